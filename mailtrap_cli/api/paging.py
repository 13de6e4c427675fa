"""How the API's lists are paged, and the shapes of its answers. The only pager in the package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..records import record

if TYPE_CHECKING:
    from ..errors import TransportError
    from .client import Client, Host, Limiter
    from .responses import Answer

Row = Mapping[str, Any]


@record
class Paging:
    """How to get the next page: the query parameter `param` is the answer's `cursor`, a path of keys
    (`pagination.next_token`); without a cursor, the ID of the last row; with `numbered` pages, the next number.

    Without a cursor, an answer with fewer than `size` rows is the last. `size_param` requests pages of `size` rows.
    """

    param: str
    cursor: str = ""
    size: int = 0
    size_param: str = ""
    numbered: bool = False


def read_pages(
    api: Client,
    path: str,
    paging: Paging | None,
    params: Mapping[str, Any] | None = None,
    *,
    rows: str = "",
    limiter: Limiter | None = None,
    host: Host = "account",
    first: Any = None,
) -> Iterator[Row]:
    """Yield every row of a list; the next page is requested when its first row is needed.

    `rows` is the key of the list in the answer; a list without `paging` has one page. `first` is the first page's
    answer if it is already known.
    """
    asked = dict(params or {})
    if paging and paging.size_param:
        asked.setdefault(paging.size_param, paging.size)
    seen = {asked.get(paging.param) if paging else None}
    while True:
        document = api.get(path, params=asked, host=host, limiter=limiter).json() if first is None else first
        first = None
        page = unwrap_answer(document, rows)
        if not isinstance(page, list):
            raise unexpected_shape(f"the list of {path}")
        yield from page
        following = _next_page(paging, document, page, len(seen)) if paging else None
        if paging is None or following is None or following in seen:  # a repeated cursor would loop forever
            return
        seen.add(following)
        asked[paging.param] = following


def _next_page(paging: Paging, document: Any, page: list[Any], read: int) -> str | int | None:
    if paging.cursor:
        found = document
        for key in paging.cursor.split("."):
            found = found.get(key) if isinstance(found, dict) else None
    elif not page or len(page) < paging.size:
        return None
    else:
        found = read + 1 if paging.numbered else page[-1].get("id")
    return found if isinstance(found, str | int) and found != "" else None


def unwrap_answer(document: Any, key: str) -> Any:
    """Return the list or object under this key of an answer, or the answer itself; TransportError if it is neither."""
    found = document.get(key) if key and isinstance(document, dict) else _open_envelope(document)
    if not isinstance(found, dict | list) or not all(isinstance(row, dict) for row in found if isinstance(found, list)):
        raise unexpected_shape(key or "a list or an object")
    return found


def _open_envelope(document: Any) -> Any:
    """Return what a bare `{"data": …}` contains; newer parts of the API put it around answers that had none before."""
    inside = document.get("data") if isinstance(document, dict) and len(document) == 1 else None
    return inside if isinstance(inside, dict | list) else document


def object_of(answer: Answer) -> dict[str, Any]:
    """Return the answer if it is an object; raise TransportError otherwise."""
    found = _open_envelope(answer.json())
    if not isinstance(found, dict):
        raise unexpected_shape("an object", sent=answer.sent)
    return found


def unexpected_shape(what: str, *, sent: bool = False) -> TransportError:
    """Build the error for an answer that is JSON but differs from the API's documentation."""
    from .responses import unexpected_answer

    return unexpected_answer(f"it does not contain {what}", sent=sent)
