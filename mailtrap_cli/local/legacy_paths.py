"""The account host's older paths and names, which the official SDKs still use.

`/api/accounts/{account_id}/inboxes/{inbox_id}/…` for `/api/sandboxes/{sandbox_id}/…`, and so in the fields. Any account
id is taken: there is one account here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from ..api.responses import Answer

_PATHS = {"inboxes": "sandboxes"}
_TAKEN = {"inbox": "sandbox"}
_GIVEN = {"sandbox_id": "inbox_id", "sandboxes": "inboxes", "domain_id": "sending_domain_id"}


def translated(
    respond: Callable[[str, str, Callable[[], Any]], Answer], path: str, query: str, body: Callable[[], Any]
) -> Answer:
    """The answer of `respond` to an older path (path, query and JSON body), in the older names."""
    segments = re.sub("/api/accounts/[0-9]+/", "/api/", path, count=1).split("/")
    found = respond("/".join(_PATHS.get(segment, segment) for segment in segments), query, lambda: _taken(body()))
    if found.status != 200 or "json" not in found.headers["content-type"]:
        return found
    return Answer(found.status, found.headers, json.dumps(_given(found.json())).encode())


def _taken(document: Any) -> Any:
    return _renamed(document, _TAKEN)


def _given(document: Any) -> Any:
    """A document, a list of documents, or a page of email logs, in the older names."""
    if isinstance(document, list):
        return [_renamed(entry, _GIVEN) for entry in document]
    if isinstance(document.get("messages"), list):
        return {**document, "messages": _given(document["messages"])}
    return _renamed(document, _GIVEN)


def _renamed(document: Any, names: dict[str, str]) -> Any:
    if not isinstance(document, dict):
        return document
    return {names.get(key, key): value for key, value in document.items()}
