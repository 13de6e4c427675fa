"""Reads an input as a table: CSV in any dialect, or JSON. Rows come one at a time and are not kept."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from io import StringIO
from itertools import islice

from ..errors import InputError
from .source import Source
from .table import Row, Table

DELIMITERS = ",;\t|"
# Excel's separator line, as other programs quote or pad it: `sep=;`, `"SEP=;"`, `sep=\t`, `sep=;;;`
_SEP_LINE = re.compile(r'\s*"?\s*sep\s*=\s*(\\t|[^\s"]|\t)"?[\s,;|]*?(?:\r\n|\r|\n)', re.IGNORECASE)
LONGEST_CELL = 16 * 1024 * 1024  # characters: a message may have 10 MB


def read_table(source: Source, recipient: Callable[[list[str]], bool]) -> Table:
    """Read this input as a table. `recipient` tells whether a header has the column with the recipient, which decides
    between delimiters.

    Raises InputError, with file and line, for input that is not a table.
    """
    suffix = source.name.rpartition(".")[2].lower()
    head = next(source.read_text(), "")
    start = head.lstrip()[:1]
    if not start:
        raise InputError(f"{source.name} is empty", hint="It needs a header line and rows.")
    if start in "[{" and suffix not in ("csv", "tsv"):
        from .json_reader import read_json

        return read_json(source)
    if suffix in ("json", "jsonl", "ndjson"):
        raise source.error_at(
            1, "not JSON: it does not start with [ or {", "A CSV file needs a name that ends in .csv."
        )
    return _read_csv(source, head, recipient)


def _read_csv(source: Source, head: str, recipient: Callable[[list[str]], bool]) -> Table:
    csv.field_size_limit(LONGEST_CELL)
    named = _SEP_LINE.match(head)
    delimiter = named[1].replace("\\t", "\t") if named else _sniff_delimiter(head, source.name, recipient)
    skipped = 1 if named else 0

    def rows() -> Iterator[Row]:
        reader = csv.reader(islice(source.read_lines(), skipped, None), delimiter=delimiter, strict=True)
        line = skipped + 1
        try:
            for cells in reader:
                if any(map(str.strip, cells)):
                    yield line, cells
                line = skipped + 1 + reader.line_num
        except csv.Error as error:
            raise _malformed_error(source, line, str(error)) from error

    first = next(rows(), None)
    if first is None:
        raise InputError(f"{source.name} is empty", hint="It needs a header line and rows.")
    line, header = first
    _check_header(source, line, header)
    nameless = [place for place, name in enumerate(header) if not name.strip()]
    if not nameless:
        return Table(source, header, lambda: islice(rows(), 1, None), line=line)
    named_places = [place for place, name in enumerate(header) if name.strip()]

    def named_cells() -> Iterator[Row]:
        for at, cells in islice(rows(), 1, None):
            filled = [place for place in nameless if place < len(cells) and cells[place].strip()]
            if filled:
                raise source.error_at(
                    at, f"column {filled[0] + 1} has a value, but no name", f"Name it in line {line}, or remove it."
                )
            beyond = cells[len(header) :]
            yield at, [cells[place] for place in named_places if place < len(cells)] + beyond

    return Table(source, [header[place] for place in named_places], named_cells, line=line)


def _sniff_delimiter(head: str, name: str, recipient: Callable[[list[str]], bool]) -> str:
    """Choose the delimiter that gives the header a recipient column, or else the most columns."""
    preferred = "\t" if name.lower().endswith((".tsv", ".tab")) else ","

    def rank_delimiter(delimiter: str) -> tuple[bool, int, bool]:
        try:
            columns = next(filter(any, csv.reader(StringIO(head, newline=""), delimiter=delimiter, strict=True)), [])
        except csv.Error:
            columns = []
        return recipient(columns), len(columns), delimiter == preferred

    return max(DELIMITERS, key=rank_delimiter)


def _check_header(source: Source, line: int, header: list[str]) -> None:
    seen: dict[str, int] = {}
    for number, name in enumerate(header, 1):
        if not name.strip():
            continue  # a column that is empty in every row
        if name in seen:
            raise source.error_at(
                line, f"columns {seen[name]} and {number} are both named {name!r}", "Rename one of them."
            )
        seen[name] = number


def _malformed_error(source: Source, line: int, reason: str) -> InputError:
    if "end of data" in reason or "field limit" in reason:
        return source.error_at(line, "a quote that opens in this row is not closed", 'Inside quotes, write " twice.')
    if "expected after" in reason:
        return source.error_at(line, "text follows a closing quote", 'Inside quotes, write " twice.')
    return source.error_at(line, f"the row cannot be read: {reason}")
