"""A table: rows with the lines where they begin, readable as often as needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from ..records import record
from ..units import format_count

if TYPE_CHECKING:
    from .source import Source


class RowError(Exception):
    """An error in one row: a sentence without file and line."""


Row = tuple[int, list[Any]]  # the line where it begins, and its cells in the order of the header


class Missing:
    """The cell of a JSON object without the key."""

    def __repr__(self) -> str:
        return "missing"


MISSING: Final = Missing()


@record
class Table:
    """`header` as it came, on this `line`; `rows` starts over each time.

    `typed` cells (of JSON) hold any JSON value or MISSING, others text; `nested` says that there are lists or objects
    among them. `messages` are rows that are the API's own messages; `base` is what they share.
    """

    source: Source
    header: list[str]
    rows: Callable[[], Iterator[Row]]
    typed: bool = False
    nested: bool = False
    line: int = 1
    messages: bool = False
    base: Mapping[str, Any] = field(default_factory=dict)


def fold_name(name: str) -> str:
    """Normalize a column name: ignore case, spaces, underscores and hyphens."""
    return re.sub(r"[\s_-]+", "", name).casefold()


def fit_cells(cells: Sequence[Any], width: int) -> Sequence[Any]:
    """Return as many cells as the header has; extra empty ones, which some programs write, are dropped.

    Raises RowError for any other number of cells.
    """
    if len(cells) > width and not any(cells[width:]):
        return cells[:width]
    if len(cells) != width:
        why = f"{format_count(len(cells), 'cell')}, but the header has {width}"
        quoted = next((cell for cell in cells if isinstance(cell, str) and re.match(r'\s+"', cell)), None)
        if quoted is not None:
            why += f": remove the space before the quote of {quoted.strip()}"
        raise RowError(why)
    return cells
