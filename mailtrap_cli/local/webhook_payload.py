"""The bodies of webhook requests: events under Mailtrap's own names (NOTES.md, Webhooks). Pure."""

from __future__ import annotations

import hmac
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from .inbound_store import FIRST_ID
from .resource_store import Row
from .webhook_store import Batch, Fact

MOST = 500  # events in a batch
JSON, JSON_LINES = "application/json", "application/jsonl"

# Event kinds of the log that have another name in payloads and in `event_types`.
_NAMES = {"soft_bounce": "soft bounce"}
_TYPES = {"spam": "spam_complaint"}


def select_facts(webhook: Mapping[str, Any], facts: Iterable[Fact]) -> list[Fact]:
    """Return the events that a webhook (a document) subscribes to."""
    return [fact for fact in facts if _is_wanted(webhook, fact)]


def build_batch(facts: Sequence[Fact], payload_format: str) -> Batch:
    """Build the request of a webhook for email: at most MOST events."""
    events = [_shape_event(fact) for fact in facts]
    kinds = Counter(event["event"] for event in events)
    if payload_format == "jsonlines":
        return Batch(kinds, JSON_LINES, "".join(f"{json.dumps(event)}\n" for event in events).encode())
    return Batch(kinds, JSON, json.dumps({"events": events}).encode())


def build_inbound(message: Row) -> Batch:
    """Build the request of a webhook for inbound mail: one message, without its bodies."""
    identity = str(FIRST_ID + message.id)
    document = {
        "event": "inbound.message_received",
        "event_id": str(uuid5(UUID(message.uuid), "received")),
        "timestamp": message.created_at,
        "inbox_id": message.parent,
        "message_id": identity,
        "from": message.document.get("from"),
    }
    return Batch({"inbound.message_received": 1}, JSON, json.dumps(document).encode())


def sign_body(body: bytes, secret: str) -> str:
    """Return the value of `Mailtrap-Signature`."""
    return hmac.new(secret.encode(), body, "sha256").hexdigest()


def _is_wanted(webhook: Mapping[str, Any], fact: Fact) -> bool:
    if webhook["webhook_type"] == "email_sending":
        own = fact.campaign_id is None and fact.stream == webhook["sending_stream"]
    else:
        own = webhook["webhook_type"] == "campaigns" and fact.campaign_id is not None
    in_domain = webhook["domain_id"] in (None, fact.domain_id)
    return own and in_domain and _TYPES.get(fact.kind, fact.kind) in webhook["event_types"]


def _shape_event(fact: Fact) -> dict[str, Any]:
    return {
        "event": _NAMES.get(fact.kind, fact.kind),
        "message_id": fact.message_id,
        "sending_stream": fact.stream,
        "email": fact.recipient,
        "sending_domain_name": fact.sender.rpartition("@")[2].lower(),
        "category": fact.category,
        "custom_variables": json.loads(fact.extra).get("custom_variables") or {},
        "timestamp": fact.created_at // 1000,
        # The same for every attempt: receivers use it to drop duplicates.
        "event_id": str(uuid5(UUID(fact.message_id), str(fact.number))),
        **_shape_details(fact.kind, json.loads(fact.details)),
    }


def _shape_details(kind: str, details: Mapping[str, Any]) -> dict[str, Any]:
    match kind:
        case "bounce" | "soft_bounce":
            response = details.get("email_service_provider_response") or ""
            return {
                "response": response,
                "response_code": int(response[:3]) if response[:3].isdecimal() else None,
                "bounce_category": details.get("bounce_category"),
            }
        case "reject" | "suspension":
            return {"reason": details.get("reject_reason")}
        case "open" | "click" | "unsubscribe":
            url = {"url": details.get("click_url")} if kind == "click" else {}
            return {**url, "ip": details.get("web_ip_address"), "user_agent": details.get("user_agent") or ""}
        case _:
            return {}
