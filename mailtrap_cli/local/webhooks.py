"""Webhooks as the account stores them (email-sending.openapi.yml); `webhook_delivery` sends to them."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from ..api.responses import LOCAL_NOTICE, Answer
from ..errors import InputError
from .calls import Call
from .documents import timestamp
from .fields import BLANK, Errors, Field, check_fields
from .resource_store import Row
from .resources import Resource, body_of, create_resource, join_routes, routes_of
from .store import Store
from .webhook_target import resolve_target

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
AUDIT_LOG = "audit_log"
# Mailtrap publishes neither the events of its audit log nor their fields (NOTES.md, Webhooks).
NEVER_FIRES = "The local sandbox has no audit log, so a webhook of the type audit_log is never sent anything"
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


def ensure_webhooks(store: Store, url: str, *, allow_remote: bool) -> str:
    """Set up webhooks for all email events of both streams at this URL; return the signing secret.

    Existing webhooks for the URL are kept, with their position in the events, and resumed. Raises InputError if the URL
    is not allowed.
    """
    parsed, errors = check_fields((_URL,), {"url": url}, creating=True)
    addresses, refusal = (
        (None, "is not an http or https URL") if errors else resolve_target(url, allow_remote=allow_remote)
    )
    if addresses is None:
        raise InputError(f"{url} {refusal}")
    secret = os.urandom(16).hex()
    with store.database.writing():
        rows = [row for row in store.resources.list_rows("webhook") if row.document["url"] == url]
        secret = next((row.document["signing_secret"] for row in rows), secret)
        for stream in ("transactional", "bulk"):
            own = [row for row in rows if row.document["sending_stream"] == stream]
            for row in own:
                if not row.document["active"]:
                    resumed = {**row.document, "active": True, "after_event": store.webhooks.last_event()}
                    store.resources.update(row, resumed)
            if not own:
                document = {
                    **parsed,
                    "webhook_type": "email_sending",
                    "active": True,
                    "payload_format": "json",
                    "sending_stream": stream,
                    "event_types": list(EVENTS),
                    "domain_id": None,
                    "inbound_inbox_id": None,
                    "addresses": addresses,
                    "after_event": store.webhooks.last_event(),
                    "signing_secret": secret,
                }
                store.resources.create("webhook", document)
    return secret


def list_deliveries(
    store: Store, *, webhook: int | None = None, delivery: int | None = None, before: int | None = None, size: int = 100
) -> list[dict[str, Any]]:
    """Return the attempts to send to webhooks, newest first: id (of the delivery), webhook_id, url, created_at (ISO
    8601), events (a count per name), attempt, status (None without an answer), milliseconds, answer, state (of the
    delivery: waiting, delivered or failed), number (of the attempt, for `before`).
    """
    rows = store.webhooks.list_attempts(webhook=webhook, delivery=delivery, before=before, size=size)
    return [{**row, "created_at": timestamp(row["created_at"])} for row in rows]


def _check_webhook(call: Call, row: Row | None, values: dict[str, Any], errors: Errors) -> None:
    if errors:
        return
    if "url" in values:
        allow_remote = call.allow_remote or body_of(call, "webhook").get("allow_remote") is True
        values["addresses"], refusal = resolve_target(values["url"], allow_remote=allow_remote)
        if refusal is not None:
            errors["url"] = [refusal]
    kind = row.document["webhook_type"] if row else values["webhook_type"]
    if row is None or (values.get("active") and not row.document["active"]):
        # Events from before, or from while it was paused, are not sent.
        inbound = kind == "inbound_receiving"
        values["after_event"] = (
            call.store.resources.last_id("inbound_message") if inbound else call.store.webhooks.last_event()
        )
    if row is None:
        _check_new(call, values, errors)


def _check_new(call: Call, values: dict[str, Any], errors: Errors) -> None:
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


_URL = Field("url", "url", required=True)
WEBHOOK = Resource(
    "webhook",
    "/api/webhooks",
    (
        _URL,
        Field(
            "webhook_type",
            required=True,
            fixed=True,
            choices=("email_sending", "campaigns", AUDIT_LOG, "inbound_receiving"),
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


def _create_webhook(call: Call) -> Answer:
    made = create_resource(WEBHOOK, call)
    if made.status != WEBHOOK.created or call.field("webhook", "webhook_type") != AUDIT_LOG:
        return made
    return replace(made, headers={**made.headers, LOCAL_NOTICE: f"Note: {NEVER_FIRES}"})


ROUTES = join_routes(routes_of(WEBHOOK), {WEBHOOK.path: {"POST": _create_webhook}})
