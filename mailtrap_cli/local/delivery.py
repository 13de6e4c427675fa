"""Deliver live mail: suppressed recipients are rejected, magic addresses cause events, the rest is delivered.

`deliver` stores the messages, their log entries and their events in one transaction.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .documents import LOOPBACK, timestamp
from .log_store import Entry, Happened, LogRow
from .resource_store import Row
from .rules import list_recipients
from .store import Store, new_message_ids

# Magic local parts → the events they cause, and the resulting suppression.
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
TRACKING = {
    "open": "open_tracking_enabled",
    "click": "click_tracking_enabled",
}  # settings of a domain
TRACKED = TRACKING.keys()
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


@dataclass(frozen=True, slots=True)
class Copy:
    """One recipient's copy of a message: its events, now and later, and any suppression that results."""

    recipient: str
    happened: list[Happened]
    later: list[Happened]
    suppression: str | None

    @property
    def kinds(self) -> list[str]:
        """The kinds of its events so far."""
        return [kind for kind, _ in self.happened]


@dataclass(frozen=True, slots=True)
class _Fate:
    """The domain of a message, and the fate of each recipient's copy."""

    domain: Row
    copies: list[Copy]

    @property
    def all_rejected(self) -> bool:
        return all("reject" in copy.kinds for copy in self.copies)


@dataclass(frozen=True, slots=True)
class Sent:
    """An accepted message: its IDs, one per recipient, and the recipients that it is delivered to."""

    ids: list[str]
    delivered: list[str]


def deliver(
    store: Store,
    stream: str,
    messages: Sequence[Mapping[str, Any]],
    *,
    extra: Mapping[str, Any] | None = None,
) -> list[Sent]:
    """Accept live messages that passed the rules. Only `live_mail` calls this.

    A message whose recipients are all rejected is logged, but not stored. `extra` holds facts for the log
    (`campaign_id`, `thread_id`, `in_reply_to`, `references`). Events of magic addresses follow after
    `store.event_delay` seconds.
    """
    now = time.time_ns() // 1_000_000
    with store.database.writing():
        decided = _Fates(store, stream).decide_all(messages)
        kept = [message for message, fate in zip(messages, decided, strict=True) if not fate.all_rejected]
        number, kept_ids = store.insert(stream, 0, kept, now) if kept else (0, [])
        numbered = iter(zip(range(number, number + len(kept)), kept_ids, strict=True))
        sent: list[Sent] = []
        rows: list[LogRow] = []
        later: list[tuple[int, Copy, Mapping[str, Any]]] = []
        for message, fate in zip(messages, decided, strict=True):
            if fate.all_rejected:
                own, place = new_message_ids(now, len(fate.copies)).split(), None
            else:
                place, own = next(numbered)
            sent.append(Sent(own, [copy.recipient for copy in fate.copies if "delivery" in copy.kinds]))
            # Insert the first recipient last: lists show the newest entry first.
            for message_id, copy in zip(reversed(own), reversed(fate.copies), strict=True):
                if copy.later:
                    later.append((len(rows), copy, message))
                elif copy.suppression is not None:
                    document = _suppression_document(stream, fate.domain, now, message, copy)
                    store.resources.create("suppression", document, key=copy.recipient)
                row = _log_row(stream, fate.domain, now, message, place, message_id, copy, extra or {})
                rows.append((row, copy.happened))
        first = store.log.add(rows, now)
        for index, copy, message in later:
            domain = ensure_domain(store, message["from"]["email"])
            suppression = _suppression_document(stream, domain, now, message, copy) if copy.suppression else None
            store.log.add_later(first + index, copy.later, suppression, now + round(store.event_delay * 1000))
    return sent


def settle_delayed(store: Store, now: int) -> int:
    """Turn delayed events that are due into events; return how many there were."""
    with store.database.writing():
        delayed = store.log.take_due(now)
        for event in delayed:
            entry = store.log.get(event.entry)
            if entry is None:
                continue  # the message was deleted
            if event.kind in TRACKED and not is_tracked(store, entry.recipient, entry.domain_id, event.kind):
                continue
            store.log.record(entry, event.kind, event.details, now, status=STATUS.get(event.kind))
            if event.suppression is not None:
                store.resources.create("suppression", event.suppression, key=entry.recipient)
    return len(delayed)


def ensure_domain(store: Store, sender: str) -> Row:
    """Return the sending domain of an address; create it, verified, if it does not exist."""
    name = sender.rpartition("@")[2].lower()
    found = store.resources.find("domain", name)
    if found is not None:
        return found
    from .domains import NEW_DOMAIN

    return store.resources.create("domain", {**NEW_DOMAIN, "domain_name": name}, key=name)


def find_suppression(store: Store, email: str, stream: str, domain_id: int) -> Row | None:
    """Return the suppression that blocks mail to this address on this stream from this domain, or None."""
    for row in store.resources.find_all("suppression", email):
        fits_stream = row.document["sending_stream"] in (stream, "any")
        if fits_stream and row.document.get("domain_id") in (None, domain_id):
            return row
    return None


class _Fates:
    """Decide on messages in order: a bounce of one suppresses the recipient for the next."""

    def __init__(self, store: Store, stream: str) -> None:
        self._store = store
        self._stream = stream
        self._domains: dict[str, Row] = {}
        self._suppressed: dict[tuple[int, str], str | None] = {}

    def decide_all(self, messages: Sequence[Mapping[str, Any]]) -> list[_Fate]:
        """Decide on each message, in order."""
        return [self._decide_message(message) for message in messages]

    def _decide_message(self, message: Mapping[str, Any]) -> _Fate:
        sender = message["from"]["email"]
        name = sender.rpartition("@")[2].lower()
        domain = self._domains.get(name)
        if domain is None:
            domain = self._domains[name] = ensure_domain(self._store, sender)
        return _Fate(domain, [self._decide_copy(domain, address) for address in list_recipients(message)])

    def _decide_copy(self, domain: Row, recipient: str) -> Copy:
        place = (domain.id, recipient.lower())
        if place not in self._suppressed:
            found = find_suppression(self._store, recipient, self._stream, domain.id)
            self._suppressed[place] = None if found is None else found.document["type"]
        reason = self._suppressed[place]
        if reason is not None:
            return Copy(recipient, [("reject", {"reject_reason": f"suppressed: {reason}"})], [], None)
        kinds, suppression = MAGIC.get(recipient.partition("@")[0].partition("+")[0].lower(), (("delivery",), None))
        if TRACKED & set(kinds):
            opted_out = is_opted_out(self._store, recipient, domain.id)
            kinds = tuple(
                kind for kind in kinds if kind not in TRACKED or (not opted_out and domain.document[TRACKING[kind]])
            )
        happened = [(kind, _event_details(kind, recipient)) for kind in kinds]
        later: list[Happened] = []
        if self._store.event_delay:
            later = [event for event in happened if event[0] not in ("delivery", "reject")]
            happened = [event for event in happened if event[0] in ("delivery", "reject")]
        if suppression is not None and not later:
            self._suppressed[place] = suppression
        return Copy(recipient, happened, later, suppression)


def is_tracked(store: Store, recipient: str, domain_id: int, kind: str) -> bool:
    """Return whether opens or clicks ("open", "click") by this recipient are tracked for this domain."""
    domain = store.resources.get("domain", domain_id)
    return bool(domain and domain.document[TRACKING[kind]]) and not is_opted_out(store, recipient, domain_id)


def is_opted_out(store: Store, recipient: str, domain_id: int) -> bool:
    """Return whether this recipient opted out of tracking by this domain."""
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
    """Guess the email service provider of an address from its domain."""
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
    status = next((STATUS[kind] for kind in kinds if kind in STATUS), "delivered" if kinds else "enqueued")
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


def suppress_entry(store: Store, entry: Entry, kind: str, now: int) -> None:
    """Suppress the recipient of a log entry, for its stream and domain."""
    domain = store.resources.get("domain", entry.domain_id)
    if domain is not None:
        message = {"from": {"email": entry.sender}, "subject": entry.subject, "category": entry.category}
        copy = Copy(entry.recipient, [(kind, {})], [], kind)
        document = _suppression_document(entry.stream, domain, now, message, copy)
        store.resources.create("suppression", document, key=entry.recipient)


def _suppression_document(stream: str, domain: Row, now: int, message: Mapping[str, Any], copy: Copy) -> dict[str, Any]:
    details = (copy.later or copy.happened)[-1][1]
    return {
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


def _make_storable(text: str | None) -> str | None:
    """Remove what SQLite does not accept in text: lone surrogates."""
    return text if text is None or text.isascii() else text.encode("utf-8", "replace").decode()
