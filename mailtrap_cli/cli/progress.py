"""Progress of long lists and imports."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from ..terminal import is_terminal

if TYPE_CHECKING:
    from ..output.tables import Bar
    from .context import World

FIRST, EVERY = 0.5, 0.1  # seconds


class RowCounter:
    """Counts rows on stderr, once half a second has passed; removed when closed.

    Silent if rows are printed to the same terminal as they arrive.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._rows = 0
        self._shown = False
        self._next = time.monotonic() + FIRST
        self._silent = (
            world.common.quiet
            or world.common.verbose
            or not is_terminal(world.stderr)
            or (is_terminal(world.stdout) and world.out.is_streaming)
        )

    def count(self) -> None:
        """Count one more row."""
        self._rows += 1
        if not self._silent and self._rows % 10 == 0 and time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY
            self._shown = True
            self._write_line(f"\r\x1b[2K{self._rows:,} rows …")

    def close(self) -> None:
        """Remove the line from the screen."""
        if self._shown:
            self._shown = False
            self._write_line("\r\x1b[2K")

    def _write_line(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._world.stderr.write(text)
            self._world.stderr.flush()


LINES_EVERY = 5.0  # seconds between lines without a terminal


class WorkScreen:
    """Shows progress on stderr: a bar on a terminal, otherwise a line every few seconds; nothing with --quiet.

    A context manager, which removes the bar at the end.
    """

    def __init__(self, world: World, total: int) -> None:
        self._world = world
        self._total = total
        self._bar: Bar | None = None
        self._next = time.monotonic() + LINES_EVERY
        self._on_terminal = is_terminal(world.stderr) and not world.common.verbose

    def __enter__(self) -> WorkScreen:
        return self

    def __exit__(self, *_: object) -> None:
        self._close_bar()

    def show(self, done: int, text: str) -> None:
        """Show how much of the total is done, and what is going on."""
        if self._world.common.quiet:
            return
        if self._on_terminal:
            if self._bar is None:
                from ..output.tables import Bar

                self._bar = Bar(self._world.stderr, color=self._world.color(self._world.stderr))
            self._bar.show(done, max(self._total, 1), text)
        elif time.monotonic() >= self._next:
            self._next = time.monotonic() + LINES_EVERY
            self._world.notice(self._word_line(done, text))

    def notice(self, text: str) -> None:
        """Print a line without disturbing the bar."""
        self._close_bar()
        self._world.notice(text)

    def sleep(self, seconds: float, done: int, text: str) -> None:
        """Wait; if it takes two seconds or more, show the remaining time after the text."""
        if seconds < 2 or not self._on_terminal or self._world.common.quiet:
            if seconds >= 2:
                self._world.notice(self._word_line(done, f"{text} {seconds:.0f} s"))
            self._world.sleep(seconds)
            return
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.show(done, f"{text} {left:.0f} s")
            self._world.sleep(min(1.0, left))

    def _word_line(self, done: int, text: str) -> str:
        return f"{done:,} of {self._total:,}: {text}" if self._total else text[:1].upper() + text[1:]

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
