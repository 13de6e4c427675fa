"""Columns: where a value comes from, and how to show it as one harmless line of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..records import record
from ..text import clean, clean_block, dumps

Row = Mapping[str, Any]


@record
class Column:
    """One column: its header in the table (`Message ID`; tsv and csv say `message_id`) and where its value comes from.

    `value` is a key of the row, a path of keys (`permissions.can_read`), or a function of the row. `style` is a Rich
    style for the table, or a function from the value's text to one. `main` is the column people look for (subject,
    name): it is cut last, and `spare` columns are left out before it is narrow. `keep` columns and `right` ones
    (numbers) are never cut. A `time` is an ISO 8601
    text, or milliseconds since 1970: a table shows how long ago it was, everything else prints it unchanged. A
    `percent` is a share from 0 to 1.
    """

    header: str
    value: str | Callable[[Row], Any]
    style: str | Callable[[str], str] = ""
    right: bool = False
    keep: bool = False
    time: bool = False
    main: bool = False
    percent: bool = False
    spare: bool = False

    @property
    def name(self) -> str:
        """The column's name in tsv and csv."""
        return self.header.lower().replace(" ", "_")

    @property
    def is_id(self) -> bool:
        """Whether the values are IDs, which people copy, so without thousands separators."""
        return isinstance(self.value, str) and self.value.rpartition(".")[2].endswith("id")

    def of(self, row: Row) -> Any:
        """Return the raw value in this row; None if a key is missing."""
        if callable(self.value):
            return self.value(row)
        found: Any = row
        for key in self.value.split("."):
            found = found.get(key) if isinstance(found, Mapping) else None
        return found


def plain(value: Any) -> str:
    """Format a value as one harmless line of text: None is empty, booleans are `true` and `false`."""
    return clean(_text_of(value))


def csv_cell(value: Any) -> str:
    """Format a value as a CSV cell, which may contain line breaks."""
    return clean_block(_text_of(value))


def _text_of(value: Any) -> str:
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
