"""Output streams: terminals, closed streams, and the log of GitHub Actions."""

from __future__ import annotations

import errno
import io
import os
import re
import stat
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO, cast


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether the stream is a terminal; a closed one is not."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def measure_screen(stream: TextIO | None, env: Mapping[str, str]) -> tuple[int, int]:
    """Measure the screen: COLUMNS and LINES, or what the terminal reports; 0 if unknown."""
    try:
        own = os.get_terminal_size(stream.fileno()) if stream is not None else (0, 0)
    except (OSError, ValueError):  # not a terminal
        own = (0, 0)
    columns, lines = (_read_size(env.get(name, "")) or size for name, size in zip(SIZES, own, strict=True))
    return columns, lines


SIZES = ("COLUMNS", "LINES")


def _read_size(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0


def drop_bad_sizes(env: MutableMapping[str, str]) -> None:
    """Remove COLUMNS and LINES that are not plain numbers: Rich accepts `²`, and would fill a million columns."""
    for name in SIZES:
        if name in env and not (_read_size(env[name]) or env[name] == "0"):
            del env[name]


class ClosedStream(io.StringIO):
    """Replaces a standard stream that was closed before the program started (`>&-`): every write fails."""

    def write(self, text: str) -> int:
        """Fail as the system does."""
        raise OSError(errno.EBADF, "it is closed")


def guard_stream(stream: TextIO, env: Mapping[str, str]) -> TextIO:
    """Guard the stream if its lines end up in the log of GitHub Actions."""
    return cast(TextIO, CommandGuard(stream)) if env.get("GITHUB_ACTIONS") == "true" and _is_log(stream) else stream


def _is_log(stream: TextIO) -> bool:
    """Return whether the stream may be the log: a pipe may lead to it, a file does not."""
    try:
        return not stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):
        return True


class CommandGuard:
    """A text stream whose lines contain no workflow commands for GitHub Actions.

    It reads `::error::…` at the beginning of a line, and `##[error]…` anywhere in it (the runner's ActionCommand.cs).
    A space breaks them up. `unguarded` is the stream for commands that are meant.
    """

    _START = r"(^|[\r\n])(\s*):(?=:)"

    def __init__(self, stream: TextIO) -> None:
        self.unguarded = stream
        self._line = ""  # the relevant end of what was written

    def write(self, text: str) -> int:
        """Write the text with its workflow commands broken up."""
        self.unguarded.write(self._disarm(text))
        return len(text)

    @property
    def buffer(self) -> _GuardedBuffer:
        """The byte stream; UTF-8 text in it is guarded too."""
        return _GuardedBuffer(self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unguarded, name)

    def _disarm(self, text: str) -> str:
        whole = self._line + text
        if "::" in whole:
            whole = re.sub(self._START, r"\1\2: ", whole)
        if "##[" in whole:
            whole = whole.replace("##[", "## [")
        written = whole[len(self._line) :]
        line = re.split(r"[\r\n]", whole)[-1]
        self._line = line if len(line) < 100 and not line.strip(": \t") else f"x{line[-2:]}"
        return written


class _GuardedBuffer:
    def __init__(self, guard: CommandGuard) -> None:
        self._guard = guard

    def write(self, data: bytes) -> int:
        try:
            text = data.decode()
        except UnicodeDecodeError:
            text = "\0"
        if "\0" not in text:
            data = self._guard._disarm(text).encode()
        return self._guard.unguarded.buffer.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._guard.unguarded.buffer, name)


def has_file(stream: TextIO) -> bool:
    """Return whether the stream leads anywhere: a standard stream that was closed does not."""
    try:
        return stream.fileno() >= 0
    except (OSError, ValueError):
        return False
