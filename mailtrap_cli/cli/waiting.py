"""Options of commands that wait for messages, and what the user sees meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from ..records import record
from ..sandbox.mailbox import LATEST, Filters, Mail
from ..terminal import is_terminal
from .filters import PANEL

if TYPE_CHECKING:
    from ..sandbox.mailbox import Mailbox
    from ..sandbox.wait import Wait
    from .context import World

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
FRAME = 0.1  # seconds


def _check_after(value: str | None) -> str | None:
    if value in (None, "", LATEST) or (value and value.isascii() and value.isdecimal() and len(value) < 20):
        return value
    raise typer.BadParameter(f"{value!r} is neither a message ID nor {LATEST}.")


@record
class WaitOptions:
    """How long to wait, and for messages after which one."""

    duration: Annotated[
        str | None, typer.Option("--wait", metavar="DURATION", help="How long to wait, such as 60s; 0 checks once.")
    ] = None
    after: Annotated[
        str | None,
        typer.Option(
            "--after",
            metavar="ID|latest",
            help="Only messages newer than this one; latest: only what arrives from now on.",
            callback=_check_after,
            rich_help_panel=PANEL,
        ),
    ] = None
    new: Annotated[
        bool, typer.Option("--new", help="The same as --after latest.", rich_help_panel=PANEL, hidden=True)
    ] = False

    @property
    def after_latest(self) -> bool:
        """Whether only messages that arrive from now on count."""
        return self.new or self.after == LATEST

    def parse_seconds(self, default: str) -> float:
        """Parse the wait in seconds. Raises InputError."""
        from ..units import parse_duration

        return parse_duration(default if self.duration is None else self.duration, "--wait")

    def make_wait(
        self,
        box: Mailbox,
        filters: Filters,
        seconds: float,
        count: int = 1,
        *,
        accept: Callable[[Mail], bool] | None = None,
        complete: Callable[[Mail], bool] | None = None,
    ) -> Wait:
        """Prepare the wait for messages of this sandbox. Raises the error of its first request."""
        from ..sandbox.wait import Wait

        waiting = Wait(box, filters, seconds, count, accept=accept, complete=complete)
        waiting.start()
        waiting.after = waiting.newest_at_start if self.after_latest else int(self.after or 0)
        return waiting


def run_wait(world: World, waiting: Wait) -> list[Mail]:
    """Return the awaited messages; meanwhile show the remaining time on a terminal, or one line elsewhere.

    Shows nothing if they are already there.
    """
    from ..sandbox.wait import Clock

    what = f"for a {waiting.filters.noun} in sandbox {waiting.box.number}"
    if world.common.quiet or not is_terminal(world.stderr):
        waiting.on_wait = lambda: world.notice(f"Waiting up to {waiting.seconds:g} s {what}")
        return waiting.run()
    with show_countdown(world, waiting.seconds, f"Waiting {what}") as sleep:
        waiting.clock = Clock(sleep=sleep)
        return waiting.run()


@contextmanager
def show_countdown(world: World, seconds: float, text: str) -> Iterator[Callable[[float], None]]:
    """Yield a `sleep` that shows the text and the remaining time on the terminal; the line is removed at the end."""
    from ..text import clean
    from ..units import format_duration

    end = time.monotonic() + seconds
    frames = 0

    def write(line: str) -> None:
        with suppress(OSError, ValueError):
            world.stderr.write(f"\r\x1b[2K{line}")
            world.stderr.flush()

    def sleep(pause: float) -> None:
        nonlocal frames
        until = time.monotonic() + pause
        while (left := until - time.monotonic()) > 0:
            frames += 1
            remaining = format_duration(max(0.0, end - time.monotonic()))
            write(f"{FRAMES[frames % len(FRAMES)]} {clean(text)[: _width() - 20]} · {remaining} left")
            time.sleep(min(FRAME, left))

    try:
        yield sleep
    finally:
        if frames:
            write("")


def _width() -> int:
    from shutil import get_terminal_size

    return max(get_terminal_size().columns, 40)
