"""The installed program on a real pseudo-terminal, without a pager unless the environment names one."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import signal
import struct
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.processes import leftovers, start_on


class Terminal:
    """A program on a terminal of this width: `type` into it, `wait` for its end, read `screen`."""

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        *,
        columns: int = 100,
        lines: int = 40,
        cwd: Path | None = None,
    ) -> None:
        self._parent, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        clean = {name: value for name, value in env.items() if name != "COLUMNS"}
        self._process = start_on((child,) * 3, command, {"TERM": "xterm-256color", "PAGER": "cat", **clean}, cwd)
        os.close(child)
        self._received = b""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        leftovers.callback(self.close)

    @property
    def screen(self) -> str:
        """Everything printed so far."""
        return self._received.decode("utf-8", errors="replace").replace("\r\n", "\n")

    def type(self, keys: str) -> None:
        os.write(self._parent, keys.encode())

    def until(self, text: str, timeout: float = 30) -> None:
        """Wait until this is printed."""
        end = time.monotonic() + timeout
        while text not in self.screen:
            assert time.monotonic() < end, f"{text!r} was not printed:\n{self.screen}"
            time.sleep(0.01)

    def until_count(self, text: str, count: int, timeout: float = 30) -> None:
        """Wait until this has been printed N times."""
        end = time.monotonic() + timeout
        while self.screen.count(text) < count:
            assert time.monotonic() < end, f"{text!r} was not printed {count} times:\n{self.screen}"
            time.sleep(0.01)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

    def wait(self, timeout: float = 30) -> int:
        """Wait for the program to exit; return its exit code."""
        try:
            return int(self._process.wait(timeout))
        finally:
            self.close()

    def close(self) -> None:
        """Kill the program if it still runs; calling it again does nothing."""
        if self._parent >= 0:
            self._process.kill()
            self._process.wait()
            self._reader.join(timeout=5)
            os.close(self._parent)
            self._parent = -1

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # what Linux answers once the program has gone
            while data := os.read(self._parent, 65536):
                self._received += data


def on_terminal(command: Sequence[str], env: Mapping[str, str], *, columns: int = 100) -> tuple[int, str]:
    """Run to the end on a terminal; return the exit code and everything printed."""
    terminal = Terminal(command, env, columns=columns)
    code = terminal.wait()
    return code, terminal.screen
