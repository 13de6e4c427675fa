"""Tables for people, with Rich; imported only when one is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from ..terminal import is_terminal, measure_screen
from ..text import clean
from .columns import Column, Row, plain

WIDE = 200  # characters of `-o table` in a file: little is cut
NARROWEST = 12  # the minimum in characters, whatever the terminal reports
LEAST = 4  # characters to which a text column may be cut; without that much room, columns are left out
COMFORTABLE = 30  # characters of the main column, below which spare columns are left out
GAP = 2  # characters between columns
UNITS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))  # age units in seconds

Note = tuple[str, Sequence[tuple[str, str]]]  # a label, and text in pieces, each with its Rich style


def make_console(stream: TextIO, color: bool, width: int | None) -> Console:
    """Create a console that does not interpret markup."""
    return Console(
        file=stream,
        color_system="auto" if color else None,
        force_terminal=color or None,
        no_color=not color,
        highlight=False,
        markup=False,
        emoji=False,
        width=width,
    )


def render_text(renderable: Any, stream: TextIO, color: bool, width: int) -> str:
    """Render with Rich for this stream."""
    return read_screen(make_console(stream, color, width), renderable)


def read_screen(screen: Console, renderable: Any) -> str:
    """Render with Rich for this console."""
    with screen.capture() as shown:
        screen.print(renderable)
    # Padding after a line only breaks it where a terminal draws an emoji wider than Rich counts.
    return re.sub(r" +$", "", shown.get(), flags=re.MULTILINE)


def width_of(stream: TextIO, env: Mapping[str, str]) -> int:
    """Return the columns of the terminal: COLUMNS, what the terminal reports, or WIDE."""
    columns, _ = measure_screen(stream, env)
    return max(columns or (80 if is_terminal(stream) else WIDE), NARROWEST)


# ------------------------------------------------------------------------------------------------ cells


def describe_age(then: datetime, now: datetime) -> str:
    """Format how long ago it was: `2 min ago`, `3 d ago`; the date from a month on, `in 5 min` for the future."""
    seconds = (now - then).total_seconds()
    if abs(seconds) >= 30 * 86_400:
        return then.strftime("%Y-%m-%d")
    if abs(seconds) < 1:
        return "now"
    size, unit = next((size, unit) for size, unit in UNITS if abs(seconds) >= size)
    amount = f"{int(abs(seconds) // size)} {unit}"
    return f"{amount} ago" if seconds > 0 else f"in {amount}"


def _time_of(column: Column, value: Any) -> datetime | None:
    with suppress(ValueError, OverflowError, OSError):
        if column.time and isinstance(value, str):
            return datetime.fromisoformat(value).astimezone()
        if column.time and isinstance(value, int):
            return datetime.fromtimestamp(value / 1000).astimezone()
    return None


def _make_cell(column: Column, value: Any, *, exact: bool = False) -> Text:
    """Format a cell for people: words for booleans, thousands separators, the age of a time."""
    style = ""
    if isinstance(value, bool):
        shown, style = ("yes", "green") if value else ("no", "dim")
    elif (then := _time_of(column, value)) is not None:
        shown = describe_age(then, datetime.now(then.tzinfo))
        if exact:
            shown = f"{then:%Y-%m-%d %H:%M}" + (f" ({shown})" if not shown.startswith(f"{then:%Y-%m-%d}") else "")
    elif column.percent and isinstance(value, int | float):
        shown = f"{value:.1%}"
    elif column.right and isinstance(value, int) and not column.is_id:
        shown = f"{value:,}"
    else:
        shown = plain(value)
    if column.style:
        style = column.style(shown) if callable(column.style) else column.style
    return Text(shown, style=style)


# ------------------------------------------------------------------------------------------------ tables


def list_table(
    rows: Sequence[Row],
    columns: Sequence[Column],
    title: str | None,
    width: int,
    row_style: Callable[[Row], str] | None = None,
) -> Table:
    """Build a table with one line per row: long cells are cut, the main column last."""
    from rich.box import SIMPLE_HEAD

    cells = [[_make_cell(column, column.of(row)) for column in columns] for row in rows]
    naturals = [
        max(cell_len(column.header), *(text.cell_len for text in texts))
        for column, texts in zip(columns, zip(*cells, strict=True), strict=True)
    ]
    widths = share_width(columns, naturals, width)
    table = Table(
        box=SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
        title=title and Text(title),
        title_justify="left",
        header_style="bold",
    )
    for column, size in zip(columns, widths, strict=True):
        if size:
            justify = "right" if column.right else "left"
            table.add_column(Text(column.header), justify=justify, no_wrap=True, overflow="ellipsis", width=size)  # type: ignore[arg-type]
    for row, texts in zip(rows, cells, strict=True):
        shown = (text for text, size in zip(texts, widths, strict=True) if size)
        table.add_row(*shown, style=row_style(row) if row_style else None)
    return table


def share_width(columns: Sequence[Column], naturals: Sequence[int], width: int) -> list[int]:
    """Return the width of each column of a table; 0 for a column that is left out for lack of room.

    Numbers, times and short words are never cut. The main column gets twice the share of the others in the rest, and
    none of these is wider than it.
    """
    main, shown = _main_column(columns), list(range(len(columns)))
    while True:
        widths = _divide_width(columns, naturals, width, main, list(shown))
        spare = [number for number in shown if columns[number].spare]
        if widths[main] >= min(naturals[main], COMFORTABLE) or not spare:
            return widths
        shown.remove(spare[-1])


def _divide_width(
    columns: Sequence[Column], naturals: Sequence[int], width: int, main: int, shown: list[int]
) -> list[int]:

    def flexible_columns() -> list[int]:
        return [n for n in shown if n == main or not (columns[n].keep or columns[n].right or columns[n].time)]

    def room_left() -> int:
        return width + 1 - GAP * len(shown) - sum(naturals[n] for n in shown if n not in flexible_columns())

    while len(shown) > 1 and room_left() < LEAST * (len(flexible_columns()) + 1):
        shown.remove(next((number for number in reversed(shown) if number not in (0, main)), 0))
    widths = [naturals[number] if number in shown else 0 for number in range(len(columns))]
    others = [number for number in flexible_columns() if number != main]
    if sum(widths[number] for number in flexible_columns()) <= room_left() or not others:
        widths[main] = max(1, min(widths[main], room_left()))
        return widths
    share = next(
        share
        for share in range(max(naturals[number] for number in others), 0, -1)
        if sum(min(naturals[number], share) for number in others) + max(share, min(naturals[main], 2 * share))
        <= room_left()
    )
    for number in others:
        widths[number] = min(naturals[number], share)
    widths[main] = room_left() - sum(widths[number] for number in others)
    return widths


def _main_column(columns: Sequence[Column]) -> int:
    """Return the index of the main column; the first text column if none is declared."""
    for number, column in enumerate(columns):
        if column.main:
            return number
    text = [n for n, column in enumerate(columns) if not (column.right or column.keep or column.time or column.is_id)]
    return text[0] if text else 0


def make_cards(rows: Sequence[Row], columns: Sequence[Column], title: str | None) -> Table:
    """Show one field per line, with an empty line between rows."""
    table = Table(box=None, show_header=False, title=title and Text(title), title_justify="left", pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for number, row in enumerate(rows):
        if number:
            table.add_row()
        for column in columns:
            table.add_row(Text(column.header), _make_cell(column, column.of(row), exact=True))
    return table


# ------------------------------------------------------------------------------------------------ listings


@dataclass(frozen=True)
class Listing:
    """A table of narrow columns; below each row is what is too long for a column: its notes, with `head` as a label.

    A single note goes at the end of the row's line, without its label, if it fits.
    """

    title: str
    rows: Sequence[Row]
    columns: Sequence[Column]
    head: str
    notes: Callable[[Row], Sequence[Note]]


def listing_lines(listing: Listing, width: int) -> Iterator[Any]:
    """Yield the parts of a listing for Rich to print one below the other."""
    from rich.padding import Padding

    heads = [Text(column.header, style="bold") for column in listing.columns]
    cells = [[_make_cell(column, column.of(row)) for column in listing.columns] for row in listing.rows]
    widths = [max(text.cell_len for text in texts) for texts in zip(heads, *cells, strict=True)]

    def line(texts: Sequence[Text]) -> Text:
        for text, size in zip(texts, widths, strict=True):
            text.truncate(size, pad=True)
        return Text("  ").join(texts)

    yield Text(clean(listing.title), style="bold")
    yield Text.assemble(line(heads), "  ", (listing.head, "bold"), no_wrap=True, overflow="crop")
    for row, texts in zip(listing.rows, cells, strict=True):
        notes = [
            (label, Text.assemble(*((clean(text), style) for text, style in pieces)))
            for label, pieces in listing.notes(row)
        ]
        shown = line(texts)
        if len(notes) == 1 and shown.cell_len + 2 + notes[0][1].cell_len <= width:
            yield Text.assemble(shown, "  ", notes[0][1])
            continue
        shown.rstrip()
        yield shown
        below = Table.grid(padding=(0, 2, 0, 0))
        below.add_column(no_wrap=True)
        below.add_column(overflow="fold")
        for label, text in notes:
            below.add_row(Text(label, style="dim"), text)
        yield Padding(below, (0, 0, 0, 2), expand=False)


@contextmanager
def live_listings(stream: TextIO, color: bool, width: int) -> Iterator[Callable[[str, Sequence[Listing]], None]]:
    """Return a function that replaces a line and listings on the screen; they disappear at the end."""
    from rich.live import Live

    screen = make_console(stream, color, width)
    with Live(console=screen, auto_refresh=False, transient=True, vertical_overflow="crop") as live:

        def update(line: str, listings: Sequence[Listing]) -> None:
            parts = [part for listing in listings for part in listing_lines(listing, screen.width)]
            live.update(Group(Text(clean(line)), *parts), refresh=True)

        yield update


class Bar:
    """A progress bar on a terminal, with a text next to it; removed when closed. If the terminal goes away, work
    continues.
    """

    def __init__(self, stream: TextIO, *, color: bool) -> None:
        from rich.progress import BarColumn, Progress, TextColumn

        self._progress = Progress(
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%", markup=False),
            TextColumn("{task.description}", markup=False),
            console=make_console(stream, color, None),
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._progress.add_task("")

    def show(self, done: int, total: int, text: str) -> None:
        """Redraw the bar."""
        with suppress(OSError):
            self._progress.start()
            self._progress.update(self._task, completed=done, total=total, description=clean(text), refresh=True)

    def close(self) -> None:
        """Remove the bar from the screen."""
        with suppress(OSError):
            self._progress.stop()
