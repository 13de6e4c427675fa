"""How the API's lists go on, and the shapes of its answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .responses import Answer, unexpected_answer

if TYPE_CHECKING:
    from ..errors import TransportError
    from .client import Client

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Paging:
    """How a list goes on: `param` of the query gets the answer's `cursor`; where it has none, the last row's id.

    Without a cursor, an answer of fewer than `size` rows is the last.
    """

    param: str
    cursor: str = ""
    size: int = 0


def pages(
    api: Client, path: str, paging: Paging, params: Mapping[str, Any] | None = None, *, rows: str = ""
) -> Iterator[Row]:
    """Every row of a list, a page at a time; the next page is asked for when its first row is."""
    asked = dict(params or {})
    while True:
        document = api.get(path, params=asked).json()
        page = part(document, rows)
        if not isinstance(page, list):
            raise unexpected(f"the list of {path}")
        yield from page
        following = document.get(paging.cursor) if paging.cursor else page[-1].get("id") if page else None
        # A cursor that stays where it is would go round for ever.
        if following is None or following == asked.get(paging.param) or (not paging.cursor and len(page) < paging.size):
            return
        asked[paging.param] = following


def part(document: Any, key: str) -> Any:
    """The list or object under this key of an answer, or the answer itself; TransportError where it is neither."""
    found = document.get(key) if key and isinstance(document, dict) else document
    if not isinstance(found, dict | list) or not all(isinstance(row, dict) for row in found if isinstance(found, list)):
        raise unexpected(key or "a list or an object")
    return found


def object_of(answer: Answer) -> dict[str, Any]:
    """The object that an answer is; TransportError where it is anything else."""
    found = answer.json()
    if not isinstance(found, dict):
        raise unexpected("an object", sent=answer.sent)
    return found


def unexpected(what: str, *, sent: bool = False) -> TransportError:
    """The error for an answer that is JSON but not what the API's description has."""
    return unexpected_answer(f"it does not hold {what}", sent=sent)
