"""The fixed parts of the account: the same in every local sandbox, with one user who may do everything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ..api.responses import Answer
from .calls import ID, NOT_FOUND, Call, Routes
from .documents import PERMISSIONS
from .fields import BLANK
from .replies import answer
from .resources import body_of

ACCOUNT = {"id": 1, "name": "Local", "access_levels": [1000]}
OWNER = 1  # the ID of the only account access
UNLIMITED = 1_000_000_000
_USER = {"id": 1, "email": "owner@local.invalid", "name": "Local", "two_factor_authentication_enabled": False}


def _list_accounts(call: Call) -> Answer:
    return answer(200, [ACCOUNT])


def _list_accesses(call: Call) -> Answer:
    own = {
        "id": OWNER,
        "specifier_type": "User",
        "specifier": _USER,
        "resources": [{"resource_id": 1, "resource_type": "account", "access_level": 1000}],
        "permissions": PERMISSIONS,
    }
    return answer(200, [own])


def _delete_access(call: Call) -> Answer:
    if call.numbers[0] != OWNER:
        return NOT_FOUND
    return answer(403, {"errors": "Access forbidden"})  # the owner cannot be removed


def _set_permissions(call: Call) -> Answer:
    if call.numbers[0] != OWNER:
        return NOT_FOUND
    return answer(200, {"message": "Permissions have been updated!"})


def _list_resources(call: Call) -> Answer:
    store = call.store

    def node(number: int, name: str, kind: str, inside: list[Any]) -> dict[str, Any]:
        return {"id": number, "name": name, "type": kind, "access_level": 1000, "resources": inside}

    projects = [
        node(
            number,
            name,
            "project",
            [node(row["id"], row["name"], "sandbox", []) for row in store.sandboxes(project_id=number)],
        )
        for number, name in store.projects()
    ]
    domains = [node(row.id, row.document["domain_name"], "domain", []) for row in store.resources.list_rows("domain")]
    return answer(200, [node(1, "Local", "account", projects + domains)])


def _show_usage(call: Call) -> Answer:
    """Return usage since the first of the month. The local sandbox has no limits, so they are very large numbers."""
    start = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = (start + timedelta(days=32)).replace(day=1)
    since = int(start.timestamp() * 1000)
    live = call.store.log.count("sent_at >= ?", (since,))
    captured = sum(row["sent_messages_count"] for row in call.store.sandboxes())

    def part(name: str, current: int, **more: Any) -> dict[str, Any]:
        return {
            "plan": {"name": name},
            "usage": {"sent_messages_count": {"current": current, "limit": UNLIMITED}, **more},
        }

    document = {
        "billing": {"cycle_start": start.isoformat(), "cycle_end": end.isoformat()},
        "testing": part("Local", captured, forwarded_messages_count={"current": 0, "limit": 0}),
        "sending": part("Local", live),
        "marketing": part("Local", call.store.log.count("sent_at >= ? AND campaign_id IS NOT NULL", (since,))),
    }
    return answer(200, document)


def _list_sub_accounts(call: Call) -> Answer:
    rows = call.store.resources.list_rows("sub_account", parent=call.numbers[0])
    return answer(200, [{"id": row.id + 1, "name": row.document["name"]} for row in rows])


def _create_sub_account(call: Call) -> Answer:
    name = body_of(call, "account").get("name")
    if not isinstance(name, str) or not name:
        return answer(422, {"errors": {"name": [BLANK]}})
    row = call.store.resources.create("sub_account", {"name": name}, parent=call.numbers[0])
    return answer(200, {"id": row.id + 1, "name": name})  # 1 is the account itself


ROUTES: Routes = {
    "/api/accounts": {"GET": _list_accounts},
    "/api/account_accesses": {"GET": _list_accesses},
    f"/api/account_accesses/{ID}": {"DELETE": _delete_access},
    f"/api/account_accesses/{ID}/permissions/bulk": {"PUT": _set_permissions},
    "/api/permissions/resources": {"GET": _list_resources},
    "/api/billing/usage": {"GET": _show_usage},
    f"/api/organizations/{ID}/sub_accounts": {"GET": _list_sub_accounts, "POST": _create_sub_account},
}
