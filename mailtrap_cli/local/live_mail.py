"""Deliver mail: send it on the live streams, and put what is for an inbound inbox there and apply its forward rules.

`delivery` decides what happens to each recipient's copy.
"""

from __future__ import annotations

import re
import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from .delivery import deliver
from .inbound_store import FIRST_ID, SOURCE, find_inbox, list_inboxes, receive_message
from .resource_store import Row
from .source import make_message, read_headers
from .store import Store


def send_live(
    store: Store,
    stream: str,
    messages: Sequence[Mapping[str, Any]],
    *,
    extra: Mapping[str, Any] | None = None,
    passed: frozenset[int] = frozenset(),
) -> list[list[str]]:
    """Send live messages that passed the rules; return the message IDs of each, one per recipient.

    Copies for inbound inboxes are put there, except in the inboxes (IDs) that forwarded the messages: `passed`. For
    `extra` see `deliver`. Everything happens in one transaction.
    """
    with store.database.writing():
        now = time.time_ns() // 1_000_000
        sent = deliver(store, stream, messages, extra=extra)
        inboxes = [inbox for inbox in list_inboxes(store) if inbox.id not in passed]
        if inboxes:
            for message, outcome in zip(messages, sent, strict=True):
                inbound = [address for address in outcome.delivered if find_inbox(inboxes, address) is not None]
                if inbound:
                    from .mime import write_raw

                    sender = (message.get("envelope") or {"from": message["from"]["email"]})["from"]
                    source = write_raw(outcome.ids[0], now, {**message, "bcc": None})
                    receive_mail(store, sender, inbound, source, passed=passed)
    return [outcome.ids for outcome in sent]


def receive_mail(
    store: Store, sender: str, recipients: Sequence[str], source: bytes, *, passed: frozenset[int] = frozenset()
) -> list[str]:
    """Store a message in the inbox of each of its recipients that has one; return its IDs there, in the API's form.

    Forward rules send their copies immediately. Everything happens in one transaction.
    """
    inboxes = list_inboxes(store)
    found: dict[int, tuple[Row, list[str]]] = {}
    for address in recipients:
        inbox = find_inbox(inboxes, address)
        if inbox is not None and inbox.id not in passed:
            found.setdefault(inbox.id, (inbox, []))[1].append(address)
    with store.database.writing():
        return [
            _receive_in(store, inbox, make_message(sender, own, source), passed | {inbox.id})
            for inbox, own in found.values()
        ]


def _receive_in(store: Store, inbox: Row, message: Mapping[str, Any], passed: frozenset[int]) -> str:
    headers = {name.lower(): value for name, value in reversed(read_headers(message["source"]))}
    document = _make_document(message, headers)
    row = receive_message(store, inbox, document)
    store.resources.create(SOURCE, {"source": b64encode(message["source"]).decode()}, parent=row.id)
    forwards = _forward_copies(store, inbox, message, document, passed)
    if forwards:
        store.resources.update(row, {**row.document, "forwards": forwards})
    return str(FIRST_ID + row.id)


def _make_document(message: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    reply_to = message.get("reply_to")
    return {
        "from": message["from"]["email"] or None,
        **{field: [entry["email"] for entry in message.get(field) or ()] for field in ("to", "cc", "bcc")},
        "reply_to": reply_to["email"] if reply_to else None,
        "subject": message.get("subject"),
        "rfc_message_id": headers.get("message-id"),
        "in_reply_to": headers.get("in-reply-to"),
        "references": re.findall(r"<[^<>\s]+>", headers.get("references", "")),
        "headers": {**headers, "return-path": f"<{message['envelope']['from']}>"},
        "size": len(message["source"]),
        "text_body": message.get("text"),
        "html_body": message.get("html"),
        "attachments": [
            _shape_attachment(number, entry) for number, entry in enumerate(message.get("attachments") or (), 1)
        ],
    }


def _shape_attachment(number: int, entry: Mapping[str, str]) -> dict[str, Any]:
    content = entry["content"]
    return {
        "attachment_id": f"att-{number}",
        "size": len(content) * 3 // 4 - content[-2:].count("="),
        "filename": entry["filename"],
        "content_type": entry.get("type"),
        "content_disposition": entry["disposition"],
        "content_id": entry.get("content_id"),
    }


# ------------------------------------------------------------------------------------------------ forward rules


def _forward_copies(
    store: Store, inbox: Row, message: Mapping[str, Any], document: Mapping[str, Any], passed: frozenset[int]
) -> list[dict[str, Any]]:
    """Send a copy to each destination of the matching rules, one per address; return the outcomes in the API's form.

    Copies go out on the transactional stream, like everything that leaves the account, so that they are captured.
    """
    outcomes: list[dict[str, Any]] = []
    for rule in store.resources.list_rows("forward_rule", parent=inbox.id):
        if not all(_matches(condition, document) for condition in rule.document.get("conditions") or ()):
            continue
        for destination in rule.document.get("destinations") or ():
            email = destination["email"]
            if any(outcome["destination"].lower() == email.lower() for outcome in outcomes):
                continue
            copy = {key: value for key, value in message.items() if key not in ("to", "cc", "bcc", "source")}
            copy |= {"to": [{"email": email}], "envelope": {"from": message["envelope"]["from"], "to": [email]}}
            copy["from"] = {"email": str(inbox.document["address"]).replace("*", "inbox")}
            (ids,) = send_live(store, "transactional", [copy], passed=passed)
            outcomes.append(
                {
                    "rule_id": rule.id,
                    "rule_name": rule.document["name"],
                    "destination": email,
                    "status": "forwarded",
                    "reason": None,
                    "message_id": ids[0],
                }
            )
    return outcomes


def _matches(condition: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Return whether a condition matches, ignoring case. A negative one must hold for all values, any other for one."""
    match condition["match_type"]:
        case "sender":
            values = [document["from"] or ""]
        case "recipient":
            values = [*document["to"], *document["cc"]]
        case _:
            found = document["headers"].get(str(condition["header_key"]).lower())
            values = [] if found is None else [found]
    wanted = str(condition["value"] or "").lower()
    values = [value.lower() for value in values]
    match condition["operator"]:
        case "equal":
            return wanted in values
        case "not_equal":
            return wanted not in values
        case "contains":
            return any(wanted in value for value in values)
        case "starts_with":
            return any(value.startswith(wanted) for value in values)
        case "ends_with":
            return any(value.endswith(wanted) for value in values)
        case "empty":
            return not any(values)
        case _:
            return any(values)
