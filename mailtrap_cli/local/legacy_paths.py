"""The account host's older paths and names, which the official SDKs still use.

`/api/accounts/{account_id}/inboxes/{inbox_id}/…` stands for `/api/sandboxes/{sandbox_id}/…`; fields are renamed the
same way. Any account ID is accepted, since there is only one account.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from ..api.responses import Answer

_PATHS = {"inboxes": "sandboxes", "sending_domains": "domains"}
_TAKEN = {"inbox": "sandbox", "sending_domain": "domain"}
_GIVEN = {"sandbox_id": "inbox_id", "sandboxes": "inboxes"}
_GIVEN_BY_LOGS = {"domain_id": "sending_domain_id"}  # only stats use this one
_TYPES = {"inbox": "sandbox", "sending_domain": "domain"}  # resource types of a token
_NONE = ("accounts", "organizations", "inbound", "email_campaigns", "tracking_opt_outs")  # no older path exists


def translate_request(
    respond: Callable[[str, str, Callable[[], Any]], Answer], path: str, query: str, body: Callable[[], Any]
) -> Answer:
    """Answer a request to an older path (path, query and JSON body) through `respond`, using the older names."""
    segments = re.sub("/api/accounts/[0-9]+/", "/api/", path, count=1).split("/")
    group = segments[2]
    if group in _NONE:
        return respond(path, query, body)
    query = query.replace("sending_domain_id", "domain_id")
    newer = "/".join(_PATHS.get(segment, segment) for segment in segments)
    found = respond(newer, query, lambda: _rename_types(_rename(body(), _TAKEN), _TYPES))
    if found.status not in (200, 201) or "json" not in found.headers.get("content-type", ""):
        return found
    names = _GIVEN | (_GIVEN_BY_LOGS if group in ("email_logs", "stats") else {})
    types = {new: old for old, new in _TYPES.items()}
    document = _rename_types(_rename_answer(found.json(), names), types) if group == "api_tokens" else None
    return Answer(found.status, found.headers, json.dumps(document or _rename_answer(found.json(), names)).encode())


def _rename_answer(document: Any, names: dict[str, str]) -> Any:
    """Rename the fields of a document, a list of documents, or a page of email logs."""
    if isinstance(document, list):
        return [_rename(entry, names) for entry in document]
    if isinstance(document, dict) and isinstance(document.get("messages"), list):
        return {**document, "messages": _rename_answer(document["messages"], names)}
    return _rename(document, names)


def _rename(document: Any, names: dict[str, str]) -> Any:
    if not isinstance(document, dict):
        return document
    return {names.get(key, key): value for key, value in document.items()}


def _rename_types(document: Any, types: dict[str, str]) -> Any:
    """Rename the resource types of a token (or of several)."""
    if isinstance(document, list):
        return [_rename_types(entry, types) for entry in document]
    if not isinstance(document, dict) or not isinstance(document.get("resources"), list):
        return document

    def renamed(entry: Any) -> Any:
        kind = entry.get("resource_type") if isinstance(entry, dict) else None
        return {**entry, "resource_type": types[kind]} if isinstance(kind, str) and kind in types else entry

    return {**document, "resources": [renamed(entry) for entry in document["resources"]]}
