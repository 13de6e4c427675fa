"""What happens to live mail: suppressions reject it, magic addresses make events, the rest is delivered.

`deliver` keeps the messages, their log entries and events in one transaction.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .documents import LOOPBACK, timestamp
from .log_store import Event
from .resource_store import Row
from .rules import list_recipients
from .store import Store, new_message_ids

Happened = tuple[str, dict[str, Any]]

# The magic local parts → the events they make, and the suppression that comes of it.
MAGIC: dict[str, tuple[tuple[str, ...], str | None]] = {
    "bounce": (("bounce",), "hard bounce"),
    "soft-bounce": (("soft_bounce",), None),
    "spam": (("delivery", "spam"), "spam complaint"),
    "unsubscribe": (("delivery", "unsubscribe"), "unsubscription"),
    "open": (("delivery", "open"), None),
    "click": (("delivery", "open", "click"), None),
    "reject": (("reject",), None),
    "suspension": (("suspension",), None),
}
STATUS = {"bounce": "not_delivered", "reject": "not_delivered", "soft_bounce": "enqueued", "suspension": "enqueued"}
_PROVIDERS = {
    "gmail.com": "Google",
    "googlemail.com": "Google",
    "yahoo.com": "Yahoo",
    "outlook.com": "Outlook",
    "hotmail.com": "Outlook",
    "live.com": "Outlook",
    "icloud.com": "iCloud",
    "me.com": "iCloud",
    "proton.me": "ProtonMail",
    "protonmail.com": "ProtonMail",
    "gmx.net": "GMX.net",
    "fastmail.com": "FastMail",
}
OTHER_PROVIDER = "Other"


@dataclass(frozen=True)
class Copy:
    """One recipient's copy of a message, and what happens to it."""

    recipient: str
    happened: list[Happened]
    suppression: str | None

    @property
    def kinds(self) -> list[str]:
        """The kinds of its events."""
        return [kind for kind, _ in self.happened]


def deliver(
    store: Store,
    stream: str,
    messages: Sequence[Mapping[str, Any]],
    *,
    on_event: Callable[[list[Event]], None] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> list[list[str]]:
    """Take live messages that the rules let pass; returns the message ids of each, one per recipient.

    A message whose recipients are all rejected is only logged. `on_event` gets the events once they are kept. `extra`
    are facts for the log (`campaign_id`, `thread_id`, `in_reply_to`, `references`).
    """
    now = time.time_ns() // 1_000_000
    ids: list[list[str]] = []
    events: list[Event] = []
    with store.database.writing():
        for message in messages:
            domain = ensure_domain(store, message["from"]["email"])
            copies = [_decide_fate(store, stream, domain, address) for address in list_recipients(message)]
            if all("reject" in copy.kinds for copy in copies):
                number, own = None, new_message_ids(now, len(copies)).split()
            else:
                number, (own,) = store.insert(stream, 0, [message], now)
            rows = [
                (_log_row(stream, domain, now, message, number, message_id, copy, extra or {}), copy.happened)
                for message_id, copy in zip(own, copies, strict=True)
            ]
            # The first recipient last: the newest entry, which a list shows first.
            events += store.log.add(rows[::-1], now)
            for copy in copies:
                if copy.suppression is not None:
                    _suppress_recipient(store, stream, domain, now, message, copy)
            ids.append(own)
    if on_event is not None and events:
        on_event(events)
    return ids


def ensure_domain(store: Store, sender: str) -> Row:
    """The sending domain of an address; created, verified, where it is not there."""
    name = sender.rpartition("@")[2].lower()
    found = store.resources.find("domain", name)
    if found is not None:
        return found
    from .domains import NEW_DOMAIN

    return store.resources.create("domain", {**NEW_DOMAIN, "domain_name": name}, key=name)


def find_suppression(store: Store, email: str, stream: str, domain_id: int) -> Row | None:
    """The suppression that stops mail to this address on this stream from this domain."""
    for row in store.resources.find_all("suppression", email):
        fits_stream = row.document["sending_stream"] in (stream, "any")
        if fits_stream and row.document.get("domain_id") in (None, domain_id):
            return row
    return None


def _decide_fate(store: Store, stream: str, domain: Row, recipient: str) -> Copy:
    found = find_suppression(store, recipient, stream, domain.id)
    if found is not None:
        return Copy(recipient, [("reject", {"reject_reason": f"suppressed: {found.document['type']}"})], None)
    kinds, suppression = MAGIC.get(recipient.partition("@")[0].partition("+")[0].lower(), (("delivery",), None))
    if {"open", "click"} & set(kinds):
        tracked = {"open": domain.document["open_tracking_enabled"], "click": domain.document["click_tracking_enabled"]}
        if _is_opted_out(store, recipient, domain.id):
            tracked = {}
        kinds = tuple(kind for kind in kinds if kind == "delivery" or tracked.get(kind))
    return Copy(recipient, [(kind, _event_details(kind, recipient)) for kind in kinds], suppression)


def _is_opted_out(store: Store, recipient: str, domain_id: int) -> bool:
    rows = store.resources.find_all("tracking_opt_out", recipient)
    return any(row.document["domain_id"] == domain_id for row in rows)


def _event_details(kind: str, recipient: str) -> dict[str, Any]:
    host = recipient.rpartition("@")[2]
    server = {"sending_ip": LOOPBACK, "recipient_mx": host, "email_service_provider": provider_of(recipient)}
    match kind:
        case "delivery":
            return server
        case "bounce":
            return server | {
                "email_service_provider_status": "5.1.1",
                "email_service_provider_response": "550 5.1.1 No such user (local sandbox)",
                "bounce_category": "badrecipient",
            }
        case "soft_bounce":
            return server | {
                "email_service_provider_status": "4.2.2",
                "email_service_provider_response": "452 4.2.2 Mailbox busy, try later (local sandbox)",
                "bounce_category": "transientfail",
            }
        case "spam":
            return {"spam_feedback_type": "abuse"}
        case "click":
            return {"click_url": "https://example.com/", "web_ip_address": LOOPBACK}
        case "reject" | "suspension":
            return {"reject_reason": f"requested by the address {recipient}"}
        case _:
            return {"web_ip_address": LOOPBACK}


def provider_of(recipient: str) -> str:
    """The email service provider of an address, as far as its domain tells."""
    return _PROVIDERS.get(recipient.rpartition("@")[2].lower(), OTHER_PROVIDER)


def _log_row(
    stream: str,
    domain: Row,
    now: int,
    message: Mapping[str, Any],
    number: int | None,
    message_id: str,
    copy: Copy,
    extra: Mapping[str, Any],
) -> tuple[object, ...]:
    kinds = copy.kinds
    status = next((STATUS[kind] for kind in kinds if kind in STATUS), "delivered")
    more = {name: value for name, value in extra.items() if name != "campaign_id"}
    more |= {name: message[name] for name in ("custom_variables", "template_variables") if message.get(name)}
    return (
        number,
        message_id,
        now,
        stream,
        domain.id,
        extra.get("campaign_id"),
        message["from"]["email"],
        copy.recipient,
        provider_of(copy.recipient),
        _make_storable(message.get("subject")),
        _make_storable(message.get("category")),
        message.get("template_id"),
        status,
        *(kinds.count(kind) for kind in ("delivery", "bounce", "open", "click", "spam", "unsubscribe")),
        json.dumps(more),
    )


def _suppress_recipient(
    store: Store, stream: str, domain: Row, now: int, message: Mapping[str, Any], copy: Copy
) -> None:
    details = copy.happened[-1][1]
    document = {
        "email": copy.recipient,
        "type": copy.suppression,
        "sending_stream": stream,
        "domain_id": domain.id,
        "domain_name": domain.document["domain_name"],
        "message_bounce_category": details.get("bounce_category"),
        "message_category": _make_storable(message.get("category")),
        "message_client_ip": LOOPBACK,
        "message_created_at": timestamp(now),
        "message_esp_response": details.get("email_service_provider_response"),
        "message_esp_server_type": None,
        "message_outgoing_ip": LOOPBACK,
        "message_recipient_mx_name": copy.recipient.rpartition("@")[2],
        "message_sender_email": message["from"]["email"],
        "message_subject": _make_storable(message.get("subject")),
    }
    store.resources.create("suppression", document, key=copy.recipient)


def _make_storable(text: str | None) -> str | None:
    """A text that SQLite takes: without lone surrogates."""
    return text if text is None or text.isascii() else text.encode("utf-8", "replace").decode()
