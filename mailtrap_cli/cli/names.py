"""Names in place of IDs: looked up in the noun's list, through all of its pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..api.paging import read_pages
from ..errors import ApiError, InputError

if TYPE_CHECKING:
    from ..api.client import Client, Limiter
    from .declarations import Id

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def resolve_id(
    api: Client, id_: Id, given: Any, before: Mapping[str, Any] | None = None, limiter: Limiter | None = None
) -> Any:
    """Return the ID for `given`: an ID already, or a name in the noun's list.

    `before` are the IDs before it in the path. Raises ApiError (not found) with the nearest names, and InputError if
    several items have the name.
    """
    if not id_.path or is_id(id_, given):
        return given
    name = fold_name(given)
    params = {id_.search: given} if id_.search else None
    path = id_.path.format(**(before or {}))
    by_name: dict[str, list[Any]] = {}
    shown: dict[str, str] = {}
    for row in read_pages(api, path, id_.paging, params, rows=id_.rows, limiter=limiter):
        called = str(row.get(id_.key))
        by_name.setdefault(fold_name(called), []).append(row.get(id_.value))
        shown.setdefault(fold_name(called), called)
    found = by_name.get(name, [])
    if len(found) == 1 and found[0] is not None:
        return found[0]
    if found:
        ids = ", ".join(map(str, found))
        raise InputError(f"{given} names more than one {id_.noun}", hint=f"Use the ID: {ids}.")
    from difflib import get_close_matches

    near = [shown[one] for one in get_close_matches(name, by_name, n=3)]
    hint = f"Did you mean {' or '.join(near)}?" if near else None
    if hint is None and by_name:
        hint = f"Available: {', '.join(list(shown.values())[:5])}{', …' if len(shown) > 5 else ''}."
    raise ApiError(f"No {id_.noun} named {given}", status=404, hint=hint)


def is_id(id_: Id, given: Any) -> bool:
    """Return whether this is an ID, not a name."""
    if not isinstance(given, str):
        return True
    return bool(re.fullmatch(UUID, given.lower())) if id_.kind is str else given.isascii() and given.isdecimal()


def fold_name(name: str) -> str:
    """Normalize a name for comparison: case-folded; a domain without its trailing dot and with decoded A-labels."""
    folded = name.strip().casefold().rstrip(".")
    if "xn--" not in folded:
        return folded
    from ..dns.names import readable_name

    return readable_name(folded)
