"""Webhooks as the account keeps them; their deliveries are elsewhere (email-sending.openapi.yml)."""

from __future__ import annotations

import os
from typing import Any

from .calls import Call
from .fields import BLANK, Errors, Field
from .resource_store import Row
from .resources import Resource, routes_of

EVENTS = (
    "delivery",
    "soft_bounce",
    "bounce",
    "suspension",
    "unsubscribe",
    "open",
    "spam_complaint",
    "click",
    "reject",
)
_SHOWN = (
    "url",
    "active",
    "webhook_type",
    "payload_format",
    "sending_stream",
    "domain_id",
    "inbound_inbox_id",
    "event_types",
)


def _shape_webhook(call: Call, row: Row) -> dict[str, Any]:
    return {"id": row.id, **{name: row.document[name] for name in _SHOWN}}


def _check_webhook(call: Call, row: Row | None, values: dict[str, Any], errors: Errors) -> None:
    if row is not None or errors:
        return
    store = call.store.resources
    kind = values["webhook_type"]
    if kind == "email_sending" and not values["sending_stream"]:
        errors["sending_stream"] = ["is invalid. Allowed values: transactional, bulk."]
    if kind != "email_sending":
        values["sending_stream"] = None
    if kind in ("email_sending", "campaigns") and not values["event_types"]:
        errors["event_types"] = [BLANK]
    if values["domain_id"] is not None and store.get("domain", values["domain_id"]) is None:
        errors["domain"] = [BLANK]
    inbox = values["inbound_inbox_id"]
    if kind == "inbound_receiving":
        if inbox is None or store.get("inbound_inbox", inbox) is None:
            errors["inbound_inbox"] = [BLANK]
    elif inbox is not None:
        errors["inbound_inbox"] = ["must be blank"]
    values["event_types"] = values["event_types"] or []
    values["signing_secret"] = os.urandom(16).hex()


WEBHOOK = Resource(
    "webhook",
    "/api/webhooks",
    (
        Field("url", "url", required=True),
        Field(
            "webhook_type",
            required=True,
            fixed=True,
            choices=("email_sending", "campaigns", "audit_log", "inbound_receiving"),
        ),
        Field("active", "boolean", default=True),
        Field("payload_format", choices=("json", "jsonlines"), default="json"),
        Field("sending_stream", fixed=True, null=True, choices=("transactional", "bulk")),
        Field("event_types", "texts", choices=EVENTS),
        Field("domain_id", "integer", fixed=True, null=True),
        Field("inbound_inbox_id", "integer", null=True),
    ),
    _shape_webhook,
    wrapper="webhook",
    envelope=True,
    list_envelope=True,
    created=200,
    deleted="envelope",
    check=_check_webhook,
    secret=lambda row: {"signing_secret": row.document["signing_secret"]},
)
ROUTES = routes_of(WEBHOOK)
