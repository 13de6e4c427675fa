"""Progress of long lists: the number of rows read so far, on a terminal."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from ..terminal import is_terminal

if TYPE_CHECKING:
    from .context import World

FIRST, EVERY = 0.5, 0.1  # seconds


class RowCounter:
    """Counts rows on stderr, from the second half second on; gone once it is closed.

    It stays silent if rows are printed to the same terminal as they come.
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
        """One more row."""
        self._rows += 1
        if not self._silent and self._rows % 10 == 0 and time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY
            self._shown = True
            self._write_line(f"\r\x1b[2K{self._rows:,} rows …")

    def close(self) -> None:
        """Take the line off the screen."""
        if self._shown:
            self._shown = False
            self._write_line("\r\x1b[2K")

    def _write_line(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._world.stderr.write(text)
            self._world.stderr.flush()
