"""Receive mail for inbound inboxes: add it to its thread and apply the inbox's forward rules."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from .delivery import deliver
from .inbound import FIRST_ID, SOURCE, receive_message
from .resource_store import Row
from .source import read_headers
from .store import Store


def receive_mail(store: Store, inbox: Row, message: Mapping[str, Any]) -> str:
    """Store a message received by SMTP (`smtp_delivery.make_message`) in an inbox; return its ID in the API's form.

    Forward rules send their copies immediately. Everything happens in one transaction.
    """
    headers = {name.lower(): value for name, value in reversed(read_headers(message["source"]))}
    document = _make_document(message, headers)
    with store.database.writing():
        row = receive_message(store, inbox, document)
        store.resources.create(SOURCE, {"source": b64encode(message["source"]).decode()}, parent=row.id)
        forwards = _forward_copies(store, inbox, message, document)
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
    store: Store, inbox: Row, message: Mapping[str, Any], document: Mapping[str, Any]
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
            (ids,) = deliver(store, "transactional", [copy])
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
