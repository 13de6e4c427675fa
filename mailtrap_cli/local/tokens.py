"""API tokens (account-management.openapi.yml). They are not checked: the local sandbox accepts any token."""

from __future__ import annotations

import os
import time
from typing import Any

from ..api.responses import Answer
from .calls import ID, NOT_FOUND, Call, Routes
from .documents import timestamp
from .fields import INVALID, Errors, Field, is_id, parse_time
from .replies import answer
from .resource_store import Row
from .resources import Resource, body_of, find_resource, join_routes, routes_of

_YEAR = 365 * 86_400_000
GRACE = 12 * 3_600_000  # milliseconds that the old token keeps working after a reset
_LEVELS = (10, 100)
_TYPES = ("account", "project", "sandbox", "domain")


def _shape_token(call: Call, row: Row) -> dict[str, Any]:
    expires = row.document["expires_at"]
    return {
        "id": row.id,
        "name": row.document["name"],
        "last_4_digits": row.document["token"][-4:],
        "created_by": "Local",
        "expires_at": None if expires is None else timestamp(expires),
        "resources": row.document["resources"],
    }


def _new_secret(row: Row) -> dict[str, Any]:
    return {"token": row.document["token"]}


def _time_now() -> int:
    return time.time_ns() // 1_000_000


def _parse_expiry(given: dict[str, Any], errors: Errors) -> int | None:
    """Return when a token expires, in milliseconds since 1970: after a year by default; None means never."""
    now = _time_now()
    if "expires_at" not in given:
        return now + _YEAR
    if given["expires_at"] is None:
        return None
    expires = parse_time(given["expires_at"])
    if expires is None:
        errors["expires_at"] = [INVALID]
    elif expires <= now:
        errors["expires_at"] = ["must be in the future"]
    elif expires > now + 5 * _YEAR + 2 * 86_400_000:
        errors["expires_at"] = ["must be within 5 years"]
    return expires


def _check_token(call: Call, row: Row | None, values: dict[str, Any], errors: Errors) -> None:
    values["expires_at"] = _parse_expiry(body_of(call), errors)
    values["token"] = os.urandom(16).hex()
    resources = values.get("resources") or []
    if not all(map(_is_resource, resources)):
        errors["resources"] = [INVALID]
    names = ("resource_type", "resource_id", "access_level")
    values["resources"] = [{name: entry.get(name) for name in names} for entry in resources]


def _is_resource(entry: dict[str, Any]) -> bool:
    number = entry.get("resource_id")
    level = entry.get("access_level")
    known = entry.get("resource_type") in _TYPES and level in _LEVELS and not isinstance(level, bool)
    return known and (is_id(number) or (isinstance(number, str) and bool(number)))


TOKEN = Resource(
    "api_token",
    "/api/api_tokens",
    (Field("name", required=True, longest=255), Field("resources", "objects")),
    _shape_token,
    created=200,
    check=_check_token,
    secret=_new_secret,
    verbs=frozenset(("list", "get", "create", "delete")),
)


def _reset_token(call: Call) -> Answer:
    """Expire the token after a grace period, and return a new one with the same permissions."""
    row = find_resource(TOKEN, call)
    if row is None:
        return NOT_FOUND
    now = _time_now()
    expires = row.document["expires_at"]
    if expires is not None and expires <= now:
        return answer(422, {"errors": {"base": ["Token has already expired"]}})
    errors: Errors = {}
    until = _parse_expiry(body_of(call) if call.has_body else {}, errors)
    if errors:
        return answer(422, {"errors": errors})
    store = call.store.resources
    end = now + GRACE if expires is None else min(expires, now + GRACE)
    with call.store.database.writing():
        store.update(row, {**row.document, "expires_at": end})
        document = {**row.document, "expires_at": until, "token": os.urandom(16).hex()}
        new = store.create("api_token", document)
    return answer(200, _shape_token(call, new) | _new_secret(new))


ROUTES: Routes = join_routes(routes_of(TOKEN), {f"/api/api_tokens/{ID}/reset": {"POST": _reset_token}})
