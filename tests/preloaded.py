"""The installed program with its imports already done, in a forked process.

Most of a short run is the import of its modules. A fork has them, and otherwise behaves like the console script: a
separate process that enters at `main()`, with its own arguments, environment, folder, streams and exit code.

Runs to completion on pipes do not need a new process each, most of whose cost is its pages: a fork is kept for them and
does one run after another, each entered below `main()`.

`python -m tests.preloaded FD` serves the socket FD until it is closed, see `serve`.
"""

from __future__ import annotations

import gc
import io
import json
import os
import pkgutil
import select
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, TextIO

TOP = Path(__file__).resolve().parent.parent
PROGRAM = str(Path(sys.executable).with_name("mailtrap"))
# What Python, the C library or OpenSSL reads when it starts, too early for a fork.
READ_AT_START = ("PYTHON", "LANG", "LC_", "LD_", "OPENSSL_", "MALLOC_")


class Preloaded:
    """The process to fork, started with the part of this environment that is read at startup."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._start = early_part(env)
        self._channel, theirs = socket.socketpair()
        self._lock = threading.Lock()
        self._idle: list[Runner] = []
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.preloaded", str(theirs.fileno())],
                env={"PATH": os.environ["PATH"], **self._start},
                cwd=TOP,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,  # so that its streams are set up as for a pipe
            )

    def close(self) -> None:
        for runner in self._idle:
            runner.close()
        self._channel.close()
        self._process.communicate()

    def is_fit(self, env: Mapping[str, str]) -> bool:
        """Return whether a program with this environment can be a fork."""
        return early_part(env) == self._start

    def start(
        self,
        args: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        streams: Sequence[int],
        new_session: bool = False,
    ) -> Forked:
        """Start the program with these as its stdin, stdout and stderr."""
        request = {"args": args, "env": dict(env), "cwd": str(cwd), "new_session": new_session}
        return self._fork(request, streams)

    def run(
        self, args: Sequence[str], *, env: Mapping[str, str], stdin: bytes, cwd: Path, timeout: float
    ) -> tuple[int, bytes, bytes]:
        """Like `subprocess.run` with pipes: return the exit code (negative for a signal), stdout, stderr."""
        try:
            runner = self._idle.pop()
        except IndexError:  # the first run, or one beside another
            runner = self._start_runner()
        try:
            found = runner.run({"args": args, "env": dict(env), "cwd": str(cwd)}, stdin, timeout)
        except (TimeoutError, subprocess.TimeoutExpired):
            runner.close()
            raise subprocess.TimeoutExpired([PROGRAM, *args], timeout) from None
        if runner.process.returncode is None:
            self._idle.append(runner)
        return found

    def start_piped(self, args: Sequence[str], *, env: Mapping[str, str]) -> PipedFork:
        """Start the program in this folder, with pipes."""
        ours, theirs = open_pipes()
        try:
            return PipedFork(self.start(args, env=env, cwd=Path.cwd(), streams=theirs), ours)
        finally:
            for number in theirs:
                os.close(number)

    def _fork(self, request: Mapping[str, Any], descriptors: Sequence[int]) -> Forked:
        told, tell = os.pipe()
        try:
            with self._lock:
                send_request(self._channel, request, [tell, *descriptors])
        finally:
            os.close(tell)
        return Forked(told)

    def _start_runner(self) -> Runner:
        channel, theirs = socket.socketpair()
        with theirs:
            return Runner(channel, self._fork({}, [theirs.fileno()]))


class Runner:
    """A fork that runs the program again and again, see `run_programs`."""

    def __init__(self, channel: socket.socket, process: Forked) -> None:
        self._channel = channel
        self.process = process

    def run(self, request: Mapping[str, Any], stdin: bytes, timeout: float) -> tuple[int, bytes, bytes]:
        """Run once: return its exit code, stdout, stderr. Raises TimeoutError or `subprocess.TimeoutExpired`."""
        ours, theirs = zip(*(os.pipe() if number else os.pipe()[::-1] for number in range(3)), strict=True)
        try:
            send_request(self._channel, request, theirs)
        finally:
            for number in theirs:
                os.close(number)
        out, err = exchange(ours, stdin, timeout)
        self._channel.settimeout(timeout)
        code = self._channel.recv(4, socket.MSG_WAITALL)
        return int.from_bytes(code, "big") if code else self.process.wait(timeout), out, err

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._channel.close()


class Forked:
    """A forked program, with the interface of `subprocess.Popen`."""

    def __init__(self, told: int) -> None:
        self._told = open(told, "rb", buffering=0)  # noqa: SIM115 - closed once the exit code was read
        self.pid = int(self._told.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        return self._read_code(0)

    def wait(self, timeout: float | None = None) -> int:
        code = self._read_code(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _read_code(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], timeout)[0]:
            self.returncode = int(self._told.readline())
            self._told.close()
        return self.returncode


class PipedFork:
    """A program that was forked with pipes; what is here is as in `subprocess.Popen`."""

    def __init__(self, fork: Forked, pipes: Sequence[int]) -> None:
        self._fork = fork
        self._stdin, self._stdout, stderr = pipes
        self.stderr = open(stderr, "rb", buffering=0)  # noqa: SIM115 - closed by communicate() or kill()
        self.poll, self.send_signal = fork.poll, fork.send_signal

    @property
    def returncode(self) -> int | None:
        return self._fork.returncode

    def communicate(self, timeout: float) -> tuple[bytes, bytes]:
        """Wait for the end; what it wrote to both outputs and was not read yet."""
        try:
            found = exchange((self._stdin, self._stdout, os.dup(self.stderr.fileno())), b"", timeout)
            self._fork.wait(timeout)
        except TimeoutError:
            raise subprocess.TimeoutExpired(str(self._fork.pid), timeout) from None
        finally:
            self.stderr.close()
        return found


@cache
def preloaded() -> Preloaded:
    """Return the one of this worker, for the environment of a new user (see `conftest.py`)."""
    language = {name: os.environ[name] for name in ("LANG", "LC_ALL") if name in os.environ}
    return Preloaded({**language, "PYTHONWARNINGS": "error"})


def early_part(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if value and name.startswith(READ_AT_START)}


def open_pipes() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Three pipes: our ends and those of the program, for its stdin, stdout and stderr."""
    ours, theirs = zip(*(os.pipe() if number else os.pipe()[::-1] for number in range(3)), strict=True)
    return ours, theirs


def send_request(channel: socket.socket, request: Mapping[str, Any], descriptors: Sequence[int]) -> None:
    content = json.dumps(request).encode()
    socket.send_fds(channel, [len(content).to_bytes(4, "big")], descriptors)
    channel.sendall(content)


def receive_request(channel: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Return what `send_request` was given. Raises EOFError."""
    head, descriptors, _, _ = socket.recv_fds(channel, 4, 4)
    if not head:
        raise EOFError
    return json.loads(channel.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL)), descriptors


def exchange(pipes: Sequence[int], data: bytes, timeout: float) -> tuple[bytes, bytes]:
    """Write the data and read until both outputs are closed; close the pipes. Raises TimeoutError."""
    stdin, *outputs = pipes
    read: dict[int, bytearray] = {number: bytearray() for number in outputs}
    end = time.monotonic() + timeout
    with selectors.DefaultSelector() as selector:
        open_pipes = set(pipes)

        def close(number: int) -> None:
            selector.unregister(number)
            os.close(number)
            open_pipes.discard(number)

        os.set_blocking(stdin, False)
        selector.register(stdin, selectors.EVENT_WRITE)
        for number in outputs:
            selector.register(number, selectors.EVENT_READ)
        try:
            while open_pipes:
                events = selector.select(end - time.monotonic())
                if not events:
                    raise TimeoutError
                for key, _ in events:
                    if key.fd != stdin:
                        chunk = os.read(key.fd, 1 << 16)
                        read[key.fd] += chunk
                        if not chunk:
                            close(key.fd)
                        continue
                    try:
                        data = data[os.write(stdin, data[: 1 << 16]) :] if data else data
                    except BrokenPipeError:
                        data = b""
                    if not data:
                        close(stdin)
        finally:
            for number in list(open_pipes):
                close(number)
    return bytes(read[outputs[0]]), bytes(read[outputs[1]])


def serve(channel: socket.socket) -> None:
    """Fork for each request; write the process ID, and at the end the exit code, to its first descriptor."""
    import mailtrap_cli

    for module in pkgutil.walk_packages(mailtrap_cli.__path__, "mailtrap_cli."):
        import_module(module.name)
    gc.freeze()
    ended, wake = os.pipe()
    os.set_blocking(ended, False)
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    running: dict[int, int] = {}
    with selectors.DefaultSelector() as selector, suppress(EOFError):
        selector.register(channel, selectors.EVENT_READ)
        selector.register(ended, selectors.EVENT_READ)
        while True:
            ready = {key.fd for key, _ in selector.select()}
            if ended in ready:
                os.read(ended, 1 << 16)
                for pid in list(running):
                    found, status = os.waitpid(pid, os.WNOHANG)
                    if found:
                        tell = running.pop(pid)
                        with suppress(BrokenPipeError):  # of a run that took too long
                            os.write(tell, b"%d\n" % os.waitstatus_to_exitcode(status))
                        os.close(tell)
            if channel.fileno() in ready:
                request, (tell, *descriptors) = receive_request(channel)
                pid = os.fork()
                if not pid:
                    become_fork(request, descriptors)
                os.write(tell, b"%d\n" % pid)
                running[pid] = tell
                for number in descriptors:
                    os.close(number)


def become_fork(request: Mapping[str, Any], descriptors: Sequence[int]) -> NoReturn:
    """Become the console script, from start to end; or a runner, if the descriptor is its channel."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    above = 3
    for number in sorted(descriptors):
        os.closerange(above, number)
        above = number + 1
    os.closerange(above, 256)
    try:
        if request:
            if request["new_session"]:
                os.setsid()
            prepare_run(request, descriptors)
            open_streams()
            from mailtrap_cli.__main__ import main

            main()  # which ends the process
        else:
            run_programs(socket.socket(fileno=descriptors[0]))
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(1)


def run_programs(channel: socket.socket) -> NoReturn:
    """Do what `main()` does for one request after another; answer each with its exit code."""
    from mailtrap_cli.__main__ import run_flushed

    channel.set_inheritable(False)
    handlers = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    nothing = os.open(os.devnull, os.O_RDWR)
    while True:
        try:
            request, descriptors = receive_request(channel)
        except EOFError:
            os._exit(0)
        prepare_run(request, descriptors)
        streams = open_streams()
        try:
            code = run_flushed(sys.argv[1:])
        except BaseException:
            traceback.print_exc()
            code = 1
        for stream in streams:
            with suppress(OSError, ValueError):
                stream.flush()
            stream.buffer.raw.close()  # type: ignore[attr-defined]  # what was not written never is
        gc.collect()  # what the end of a process would let go: locks, connections
        for signal_number, handler in handlers.items():
            signal.signal(signal_number, handler)
        os.chdir("/")
        for number in range(3):
            os.dup2(nothing, number)  # the other ends see that this is the end
        channel.sendall(code.to_bytes(4, "big"))


def prepare_run(request: Mapping[str, Any], descriptors: Sequence[int]) -> None:
    """Set the process up as the request asks; the descriptors become its streams."""
    for target, number in enumerate(descriptors):
        os.dup2(number, target)
        os.close(number)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    sys.modules.pop("webbrowser", None)  # which reads its environment once
    sys.argv = [PROGRAM, *request["args"]]
    sys.path[0] = str(Path(PROGRAM).parent)


def open_streams() -> list[TextIO]:
    """Open the standard streams as Python does."""
    made: list[TextIO] = []
    for name in ("stdin", "stdout", "stderr"):
        usual: io.TextIOWrapper = getattr(sys, f"__{name}__")
        raw = io.FileIO(len(made), "w" if made else "r", closefd=False)
        buffered = io.BufferedWriter(raw) if made else io.BufferedReader(raw)
        wrapped = io.TextIOWrapper(
            buffered,
            encoding=usual.encoding,
            errors=usual.errors,
            line_buffering=usual.line_buffering or raw.isatty(),
        )
        setattr(sys, name, wrapped)
        made.append(wrapped)
    return made


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with socket.socket(fileno=int(sys.argv[1])) as theirs:
        serve(theirs)
