"""Rows to table, tsv, json, jsonl or csv, from one declaration of columns. The only importer of Rich, and only where
its output is seen."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Literal, TextIO

from .errors import lost_output
from .terminal import is_terminal
from .text import clean, clean_block, dumps

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

Row = Mapping[str, Any]
Format = Literal["table", "json", "jsonl", "csv"]
FORMATS: tuple[Format, ...] = ("table", "json", "jsonl", "csv")

WIDE = 200  # characters of `-o table` into a file: little is folded
LEAST = 12  # characters to which a column of text may be narrowed


@dataclass(frozen=True)
class Column:
    """One column: its header in the table (`Message ID`; tsv and csv say `message_id`) and where its value comes from.

    `value` is a key of the row, a path of keys (`permissions.can_read`), or a function of the row. `style` is a Rich
    style for the table, or a function from the value's text to one. `keep` columns are not narrowed first. A `time` is
    an ISO 8601 text: the table shows it to the minute, in the zone of this machine; all else has it as it is.
    """

    header: str
    value: str | Callable[[Row], Any]
    style: str | Callable[[str], str] = ""
    right: bool = False
    keep: bool = False
    time: bool = False

    @property
    def name(self) -> str:
        """The column's name in tsv and csv."""
        return self.header.lower().replace(" ", "_")

    def of(self, row: Row) -> Any:
        """The raw value in this row; None where a key is missing."""
        if callable(self.value):
            return self.value(row)
        found: Any = row
        for key in self.value.split("."):
            found = found.get(key) if isinstance(found, Mapping) else None
        return found


Note = tuple[str, Sequence[tuple[str, str]]]  # a label, and a text in pieces, each with its Rich style


@dataclass(frozen=True)
class Listing:
    """A table of narrow columns, and under each row what is too long for a column: its notes, `head` for short.

    A row's only note stands at the end of its line, without its label, where it fits.
    """

    title: str
    rows: Sequence[Row]
    columns: Sequence[Column]
    head: str
    notes: Callable[[Row], Sequence[Note]]


class Output:
    """Results on stdout: `format` is None for the default (a table on a terminal, tsv otherwise)."""

    def __init__(
        self,
        stream: TextIO,
        *,
        fmt: Format | None,
        quiet: bool,
        color: bool,
        env: Mapping[str, str],
    ) -> None:
        self.stream = stream
        self.format = fmt
        self.quiet = quiet
        self.color = color
        self.env = env
        self.terminal = is_terminal(stream)

    def rows(
        self,
        rows: Iterable[Row],
        columns: Sequence[Column],
        *,
        document: Any = None,
        essential: str = "id",
        title: str | None = None,
        empty: str = "Nothing found.",
    ) -> None:
        """Print a list. `document` is the `json` answer where it is not simply the rows (`[]` when empty).

        `essential` is the key that --quiet prints, one value a line. Outside of a table rows are written as they come.
        """
        rows = iter(rows)
        rows = chain(list(islice(rows, 1)), rows)  # whatever is wrong shows before the header is written
        match self.format:
            case "json":
                self.json(list(rows) if document is None else document)
            case "jsonl":
                for row in rows:
                    self.write(dumps(row) + "\n")
            case _ if self.quiet:
                for row in rows:
                    self.write(plain(Column("", essential).of(row)) + "\n")
            case "csv":
                import csv

                writer = csv.writer(self, lineterminator="\n")
                writer.writerow([column.name for column in columns])
                writer.writerows([_csv(column.of(row)) for column in columns] for row in rows)
            case None if not self.terminal:
                self.write("\t".join(column.name for column in columns) + "\n")
                for row in rows:
                    self.write("\t".join(plain(column.of(row)) for column in columns) + "\n")
            case _:
                listed = list(rows)
                if listed:
                    self._show(_table(listed, columns, title, self._width()))
                else:
                    self.write(empty + "\n")

    def record(
        self,
        row: Row,
        columns: Sequence[Column],
        *,
        document: Any = None,
        essential: str = "id",
        title: str | None = None,
    ) -> None:
        """Print one object: fields down the page in a table, one row in tsv and csv, itself in json and jsonl."""
        if self.format in ("json", "jsonl"):
            self.json(row if document is None else document)
        elif self.quiet or self.format == "csv" or not (self.terminal or self.format == "table"):
            self.rows([row], columns, essential=essential)
        else:
            self._show(_cards([row], columns, title))

    def json(self, document: Any) -> None:
        """Print one JSON document: indented for `json`, on one line for `jsonl` (a list: an item a line)."""
        if self.format == "jsonl":
            for item in document if isinstance(document, list) else [document]:
                self.write(dumps(item) + "\n")
        else:
            self.write(dumps(document, indent=2) + "\n")

    def text(self, text: str) -> None:
        """Print a body, made harmless, since a pipe may lead to a terminal too; ends with a line break."""
        shown = clean_block(text)
        self.write(shown if shown.endswith("\n") else shown + "\n")

    @property
    def tabular(self) -> bool:
        """Whether results are shown as tables."""
        return not self.quiet and (self.format == "table" or (self.format is None and self.terminal))

    def listing(self, listing: Listing) -> None:
        """Print a listing, whatever the format."""
        from rich.console import Group

        self._show(Group(*_lines(listing, self._width())))

    @contextmanager
    def live(self) -> Iterator[Callable[[str, Sequence[Listing]], None]]:
        """Gives a function that shows a line and listings in the place of those before; at the end they are gone."""
        from rich.console import Group
        from rich.live import Live
        from rich.text import Text

        console = self._console()
        with Live(console=console, auto_refresh=False, transient=True, vertical_overflow="crop") as screen:

            def update(line: str, listings: Sequence[Listing]) -> None:
                parts = [part for listing in listings for part in _lines(listing, console.width)]
                screen.update(Group(Text(clean(line)), *parts), refresh=True)

            yield update

    def data(self, data: bytes) -> None:
        """Print bytes: harmless text on a terminal, as they are into a pipe or file."""
        if self.terminal or not hasattr(self.stream, "buffer"):
            self.text(data.decode("utf-8", errors="replace"))
            return
        try:
            self.stream.flush()
            self.stream.buffer.write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise lost_output(error) from error

    def write(self, text: str) -> None:
        """Write to stdout; OutputError where it does not take it (a full disk)."""
        try:
            self.stream.write(text)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise lost_output(error) from error

    def _width(self) -> int:
        columns = self.env.get("COLUMNS", "")
        if columns.isdecimal() and len(columns) < 5 and int(columns):
            return max(int(columns), LEAST)
        try:
            return max(os.get_terminal_size(self.stream.fileno()).columns or 80, LEAST)
        except (OSError, ValueError):  # no terminal
            return WIDE

    def _console(self) -> Console:
        return _console(self.stream, self.color, self._width())

    def _show(self, renderable: Any) -> None:
        console = self._console()
        with console.capture() as shown:
            console.print(renderable)
        # Padding after a line only breaks it where a terminal draws an emoji wider than Rich counts.
        self.write(re.sub(r" +$", "", shown.get(), flags=re.MULTILINE))


class Bar:
    """A progress bar on a terminal, with a text beside it; gone once it is closed. A terminal that has gone is no
    reason to stop the work."""

    def __init__(self, stream: TextIO, *, color: bool) -> None:
        from rich.progress import BarColumn, Progress, TextColumn

        self._progress = Progress(
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%", markup=False),
            TextColumn("{task.description}", markup=False),
            console=_console(stream, color, None),
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._progress.add_task("")

    def show(self, done: int, total: int, text: str) -> None:
        """Draw it anew."""
        with suppress(OSError):
            self._progress.start()
            self._progress.update(self._task, completed=done, total=total, description=clean(text), refresh=True)

    def close(self) -> None:
        """Take it off the screen."""
        with suppress(OSError):
            self._progress.stop()


def _console(stream: TextIO, color: bool, width: int | None) -> Console:
    from rich.console import Console

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


def plain(value: Any) -> str:
    """A value as one harmless line of text: None is empty, booleans are `true` and `false`."""
    return clean(_text(value))


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case list() | tuple() if all(isinstance(item, str | int | float) for item in value):
            return ", ".join(str(item) for item in value)
        case dict() | list() | tuple():
            return dumps(value)
        case _:
            return str(value)


def _csv(value: Any) -> str:
    return clean_block(_text(value))


def _shown(column: Column, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if column.time and isinstance(value, str):
        from datetime import datetime

        with suppress(ValueError, OverflowError):
            return datetime.fromisoformat(value).astimezone().strftime("%Y-%m-%d %H:%M")
    return plain(value)


def _styled(column: Column, value: Any) -> Any:
    from rich.text import Text

    shown = _shown(column, value)
    return Text(shown, style=column.style(shown) if callable(column.style) else column.style)


def _table(rows: Sequence[Row], columns: Sequence[Column], title: str | None, width: int) -> Table:
    """A row a line; where the columns would be too narrow for that, a field a line."""
    from rich.box import SIMPLE_HEAD
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
        title=title and Text(title),
        title_justify="left",
        header_style="bold",
    )
    cells = [[_styled(column, column.of(row)) for column in columns] for row in rows]
    needed = 2 * len(columns)
    for column, texts in zip(columns, zip(*cells, strict=True), strict=True):
        fixed = column.keep or column.right
        natural = max(text.cell_len for text in texts)
        least = max(natural if fixed else min(natural, LEAST), cell_len(column.header))
        needed += least
        table.add_column(
            Text(column.header),
            justify="right" if column.right else "left",
            no_wrap=fixed,
            overflow="fold",
            min_width=least,
        )
    if needed > width:
        return _cards(rows, columns, title)
    for row_cells in cells:
        table.add_row(*row_cells)
    return table


def _cards(rows: Sequence[Row], columns: Sequence[Column], title: str | None) -> Table:
    """A field a line, with an empty line between rows."""
    from rich.table import Table
    from rich.text import Text

    cards = Table(box=None, show_header=False, title=title and Text(title), title_justify="left", pad_edge=False)
    cards.add_column(style="bold", no_wrap=True)
    cards.add_column(overflow="fold")
    for number, row in enumerate(rows):
        if number:
            cards.add_row()
        for column in columns:
            cards.add_row(Text(column.header), _styled(column, column.of(row)))
    return cards


def _lines(listing: Listing, width: int) -> Iterator[Any]:
    """The listing in parts that Rich prints one under another."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    heads = [Text(column.header, style="bold") for column in listing.columns]
    cells = [[_styled(column, column.of(row)) for column in listing.columns] for row in listing.rows]
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
