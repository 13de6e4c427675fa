"""Suppressions, and opt-outs from open and click tracking (email-sending.openapi.yml)."""

from __future__ import annotations

from typing import Any

from .calls import Call
from .documents import timestamp
from .fields import BLANK, TAKEN, Errors, Field
from .resource_store import Row
from .resources import UUID, Resource, join_routes, routes_of

_TYPES = ("hard bounce", "unsubscription", "spam complaint", "manual import")
_OF_MESSAGE = (
    "message_bounce_category",
    "message_category",
    "message_client_ip",
    "message_created_at",
    "message_esp_response",
    "message_esp_server_type",
    "message_outgoing_ip",
    "message_recipient_mx_name",
    "message_sender_email",
    "message_subject",
)


def _shape_suppression(call: Call, row: Row) -> dict[str, Any]:
    document = row.document
    return {
        "id": row.uuid,
        "type": document["type"],
        "created_at": timestamp(row.created_at),
        "email": document["email"],
        "sending_stream": document["sending_stream"],
        "domain_name": document.get("domain_name"),
        **{name: document.get(name) for name in _OF_MESSAGE},
    }


def _shape_opt_out(call: Call, row: Row) -> dict[str, Any]:
    document = row.document
    return {
        "id": row.uuid,
        "email": document["email"],
        "created_at": timestamp(row.created_at),
        "domain_name": document.get("domain_name"),
    }


def _add_domain(call: Call, row: Row | None, values: dict[str, Any], errors: Errors) -> None:
    """Add the domain's name for the answers; check that its ID belongs to the account."""
    if "domain_id" in errors:
        errors["domain"] = errors.pop("domain_id")
    elif "domain_id" in values:
        domain = call.store.resources.get("domain", values["domain_id"])
        if domain is None:
            errors["domain"] = [BLANK]
        else:
            values["domain_name"] = domain.document["domain_name"]


def _check_suppression(call: Call, row: Row | None, values: dict[str, Any], errors: Errors) -> None:
    _add_domain(call, row, values, errors)
    if errors:
        return
    for other in call.store.resources.find_all("suppression", values["email"]):
        if all(other.document.get(name) == values[name] for name in ("domain_id", "sending_stream")):
            errors["email"] = [TAKEN]


def _check_opt_out(call: Call, row: Row | None, values: dict[str, Any], errors: Errors) -> None:
    _add_domain(call, row, values, errors)
    if errors:
        return
    for other in call.store.resources.find_all("tracking_opt_out", values["email"]):
        if other.document["domain_id"] == values["domain_id"]:
            errors["email"] = [TAKEN]


SUPPRESSION = Resource(
    "suppression",
    "/api/suppressions",
    (
        Field("email", "email", required=True),
        Field("domain_id", "integer", required=True),
        Field("sending_stream", required=True, choices=("transactional", "bulk")),
        Field("type", choices=_TYPES, default="manual import"),
    ),
    _shape_suppression,
    envelope=True,
    key="email",
    id=UUID,
    deleted="object",
    paging="last_id",
    check=_check_suppression,
    verbs=frozenset(("list", "create", "delete")),
)
OPT_OUT = Resource(
    "tracking_opt_out",
    "/api/tracking_opt_outs",
    (Field("email", "email", required=True), Field("domain_id", "integer", required=True)),
    _shape_opt_out,
    envelope=True,
    list_envelope=True,
    key="email",
    id=UUID,
    deleted="object",
    paging="last_id",
    check=_check_opt_out,
    verbs=frozenset(("list", "create", "delete")),
)
ROUTES = join_routes(routes_of(SUPPRESSION), routes_of(OPT_OUT))
