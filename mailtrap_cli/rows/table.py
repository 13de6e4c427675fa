"""A table: rows with the lines where they begin, readable as often as needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .source import Source

Row = tuple[int, list[Any]]  # the line where it begins, and its cells in the order of the header


class Missing:
    """The cell of a JSON object without the key."""

    def __repr__(self) -> str:
        return "missing"


MISSING: Final = Missing()


@dataclass(frozen=True)
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
