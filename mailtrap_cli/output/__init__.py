"""Print results on stdout: one declaration of columns becomes a table, tsv, json, jsonl or csv.

A command says what it has, never how to print it: a list (`rows`), one object (`record`), a body of text (`text`,
`data`), or items one after another (`stream`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Literal, TextIO

from ..errors import lost_output
from ..terminal import is_terminal
from ..text import clean_block, dumps
from .columns import Column, Row, csv_cell, plain

if TYPE_CHECKING:
    from .tables import Listing

__all__ = ["FORMATS", "Column", "Format", "Output", "Row", "plain"]

Format = Literal["table", "json", "jsonl", "csv"]
FORMATS: tuple[Format, ...] = ("table", "json", "jsonl", "csv")

NOTHING = "Nothing found."


class Output:
    """Where results go. `fmt` None means the default: a table on a terminal, tab-separated values otherwise.

    Every method takes the API's own object as `document` (or a function that creates it, if that costs requests): json
    and jsonl print that. `essential` is what --quiet prints: a key of the row, or the values themselves; a list prints
    one line per item, and nothing for a row without such a value. Text for people goes through the pager if the run
    `pages` and the command's output is `paged`.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        fmt: Format | None,
        quiet: bool,
        color: bool,
        env: Mapping[str, str],
        notice: Callable[[str], None] | None = None,
        pages: bool = False,
    ) -> None:
        self.color = color
        self.env = env
        self._stream = stream
        self._notice = notice
        self._terminal = is_terminal(stream)
        self._pages = pages and self._terminal
        self._shape: Literal["json", "jsonl", "quiet", "csv", "tsv", "table"]
        if fmt in ("json", "jsonl"):
            self._shape = fmt
        elif quiet:
            self._shape = "quiet"
        else:
            self._shape = fmt or ("table" if self._terminal else "tsv")

    # -------------------------------------------------------------------------------------------- for commands

    def rows(
        self,
        rows: Iterable[Row],
        columns: Sequence[Column],
        *,
        essential: str | Sequence[object] = "id",
        documents: Iterable[Any] | None = None,
        title: str | None = None,
        empty: str = NOTHING,
        human: Callable[[], None] | None = None,
        row_style: Callable[[Row], str] | None = None,
        paged: bool = True,
    ) -> None:
        """Print a list, row by row if the format allows it.

        `documents` are the JSON objects if they are not simply the rows; `human` replaces the table, in which
        `row_style` gives a row its Rich style.
        """
        rows = iter(rows)
        rows = chain(list(islice(rows, 1)), rows)  # report an error before the header is written
        match self._shape:
            case "json" | "jsonl":
                self._write_documents(rows if documents is None else documents)
            case "quiet":
                if isinstance(essential, str):
                    self._write_essentials(Column("", essential).of(row) for row in rows)
                else:
                    self._write_essentials(essential)
            case "csv":
                self._write_csv((column.name for column in columns), ([c.of(row) for c in columns] for row in rows))
            case "tsv":
                self.write("\t".join(column.name for column in columns) + "\n")
                for row in rows:
                    self.write("\t".join(plain(column.of(row)) for column in columns) + "\n")
            case "table":
                if human is not None:
                    human()
                elif listed := list(rows):
                    from .tables import list_table, width_of

                    table = list_table(listed, columns, title, width_of(self._stream, self.env), row_style)
                    self._show_rich(table, paged=paged)
                elif self._notice is not None:
                    self._notice(empty)

    def record(
        self,
        document: Row,
        columns: Sequence[Column],
        *,
        essential: str = "id",
        parts: Iterable[Row] | None = None,
        row: Row | None = None,
        title: str | None = None,
        empty: str = NOTHING,
        summary: str = "",
        paged: bool = True,
    ) -> None:
        """Print one object: one field per line in a table, one row in tsv and csv, the object in json and jsonl.

        A `summary` sentence replaces the table. With `parts`, the object is shown as the list of these (the headers of
        a message), described by `columns`; `row` replaces the object in tables and csv.
        """
        if self._shape in ("json", "jsonl"):
            self._write_document(document)
        elif parts is not None:
            self.rows(parts, columns, essential=essential, title=title, empty=empty, paged=paged)
        elif self._shape == "table" and summary:
            from rich.text import Text

            mark, _, sentence = summary.partition(" ")
            color = "green" if mark == "✓" else "yellow"
            self._show_rich(Text.assemble((mark, color), " ", sentence), paged=False)
        elif self._shape == "table":
            from .tables import make_cards

            self._show_rich(make_cards([document if row is None else row], columns, title), paged=paged)
        else:
            self.rows([document if row is None else row], columns, essential=essential)

    def text(
        self,
        document: Any,
        text: str | Callable[[], str],
        *,
        essential: str = "",
        row: Row | None = None,
        columns: Sequence[Column] = (),
        every: Iterable[Any] | None = None,
        paint: Callable[[str], str] | None = None,
    ) -> None:
        """Print a body, cleaned of escapes even in a pipe, which may lead to a terminal; ends with a line break.

        csv prints `row` with its `columns` instead. `every` are the objects for jsonl if the text and json show only
        the first of them. --quiet prints the text too, unless there is an `essential` key. `paint` colors the text for
        a terminal.
        """
        match self._shape:
            case "json":
                self._write_document(_make_document(document))
            case "jsonl":
                self._write_documents([_make_document(document)] if every is None else every)
            case "quiet" if essential:
                self._write_essentials([Column("", essential).of(_make_document(document) if row is None else row)])
            case "csv" if row is not None:
                self.rows([row], columns)
            case _:
                colored = self.is_table and self.color
                self._write_body(text() if callable(text) else text, paint=paint if colored else None)

    def data(self, document: Any, content: bytes, *, pretty: Callable[[bytes], str | None] = lambda _: None) -> None:
        """Print bytes: cleaned text on a terminal, unchanged in a pipe or file; the document in json and jsonl.

        `pretty` creates the text for a terminal; by default it is the decoded content.
        """
        if self._shape in ("json", "jsonl") and document is not None:
            self._write_document(_make_document(document))
        elif self._terminal or not hasattr(self._stream, "buffer"):
            self._write_body(pretty(content) or content.decode("utf-8", errors="replace"))
        else:
            with _lost_unless_written():
                self._stream.flush()
                self._stream.buffer.write(content)

    def stream(self, items: Iterable[tuple[Any, str]]) -> None:
        """Print items, each with its document and its text, in order."""
        match self._shape:
            case "json" | "jsonl":
                self._write_documents(document for document, _ in items)
            case _:
                for _, text in items:
                    self._write_body(text, paged=False)

    def line(self, document: Any, text: str) -> str:
        """Return one item of an endless stream as one line; the caller writes it."""
        return dumps(document) if self._shape in ("json", "jsonl") else text

    @property
    def is_streaming(self) -> bool:
        """Return whether rows are written as they arrive."""
        return self._shape not in ("json", "table")

    @property
    def is_table(self) -> bool:
        """Return whether results are shown as tables."""
        return self._shape == "table"

    @property
    def for_programs(self) -> bool:
        """Return whether a program reads the output: additions to a table then go elsewhere."""
        return self._shape in ("json", "jsonl")

    # -------------------------------------------------------------------------------------------- custom tables

    def listing(self, listing: Listing) -> None:
        """Print a listing in any format."""
        from rich.console import Group

        from .tables import listing_lines, width_of

        self._show_rich(Group(*listing_lines(listing, width_of(self._stream, self.env))), paged=False)

    @contextmanager
    def live(self) -> Iterator[Callable[[str, Sequence[Listing]], None] | None]:
        """Return a function that replaces a line and listings on the screen; None if stdout is not a screen."""
        if self._shape != "table" or not self._terminal or self.env.get("TERM") == "dumb":
            yield None
            return
        from .tables import live_listings, width_of

        with live_listings(self._stream, self.color, width_of(self._stream, self.env)) as update:
            yield update

    def write(self, text: str) -> None:
        """Write to stdout unchanged. Raises OutputError if that fails (a full disk)."""
        with _lost_unless_written():
            self._stream.write(text)

    def show(self, text: str, *, paged: bool = True) -> None:
        """Write to stdout unchanged, through the pager if the run pages and the text is long."""
        if not (paged and self._pages and "\n" in text.rstrip()):
            self.write(text)
            return
        from .pager import page_text

        with _lost_unless_written():
            page_text(text, self._stream, self.env)

    # -------------------------------------------------------------------------------------------- formats

    def _write_document(self, document: Any) -> None:
        self.write(dumps(document, indent=2 if self._shape == "json" else None) + "\n")

    def _write_documents(self, documents: Iterable[Any]) -> None:
        """Write a list: one array, all or nothing; or one object per line as they arrive."""
        if self._shape == "json":
            self._write_document(list(documents))
        else:
            for document in documents:
                self._write_document(document)

    def _write_essentials(self, values: Iterable[object]) -> None:
        for value in values:
            for one in value if isinstance(value, list) else [value]:
                if shown := plain(one):
                    self.write(shown + "\n")

    def _write_csv(self, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
        import csv

        writer = csv.writer(self, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([csv_cell(value) for value in row] for row in rows)

    def _write_body(self, text: str, *, paged: bool = True, paint: Callable[[str], str] | None = None) -> None:
        if shown := clean_block(text):
            shown = paint(shown) if paint else shown
            self.show(shown if shown.endswith("\n") else shown + "\n", paged=paged)

    def _show_rich(self, renderable: Any, *, paged: bool) -> None:
        from .tables import render_text, width_of

        text = render_text(renderable, self._stream, self.color, width_of(self._stream, self.env))
        self.show(text, paged=paged)


@contextmanager
def _lost_unless_written() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise lost_output(error) from error


def _make_document(document: Any) -> Any:
    return document() if callable(document) else document
