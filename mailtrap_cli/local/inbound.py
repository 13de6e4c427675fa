"""Inbound mail: folders, inboxes, forward rules, messages and threads (inbound.openapi.yml)."""

from __future__ import annotations

import re
from typing import Any

from ..api.responses import Answer
from . import rules
from .calls import ID, NOT_FOUND, Call, Handler, Routes
from .documents import timestamp
from .fields import BLANK, INVALID, Errors, Field, is_email
from .inbound_store import FIRST_ID, SOURCE
from .live_mail import send_live
from .replies import NOTHING, answer
from .resource_store import Row
from .resources import Resource, body_of, join_routes, routes_of, times_of

PAGE = 50
HOSTED = "inbound-mailtrap.io"
_OPERATORS = ("equal", "not_equal", "contains", "starts_with", "ends_with", "empty", "not_empty")

FOLDER = Resource(
    "inbound_folder",
    "/api/inbound/folders",
    (Field("name", required=True, longest=100, unique=True),),
    lambda call, row: {"id": row.id, "name": row.document["name"]},
    key="name",
    children=("inbound_inbox", "inbound_message", SOURCE),
)


def _shape_inbox(call: Call, row: Row) -> dict[str, Any]:
    document = row.document
    return {"id": row.id, "name": document["name"], "address": document["address"], "domain_id": document["domain_id"]}


def _check_inbox(call: Call, row: Row | None, values: dict[str, Any], errors: Errors) -> None:
    if row is not None or errors:
        return
    if values["domain_id"] is None:
        import os

        slug = re.sub("[^a-z0-9]+", "-", values["name"].lower()).strip("-") or "inbox"
        values.update(address=f"{slug}-{os.urandom(3).hex()}@{HOSTED}", domain_id=0)
        return
    domain = call.store.resources.get("domain", values["domain_id"])
    if domain is None:
        errors["domain"] = [BLANK]
    elif not domain.document["inbound_enabled"]:
        errors["domain"] = ["is not enabled for inbound receiving"]
    else:
        values["address"] = f"*@{domain.document['domain_name']}"


INBOX = Resource(
    "inbound_inbox",
    f"/api/inbound/folders/{ID}/inboxes",
    (Field("name", required=True, longest=100, unique=True), Field("domain_id", "integer", fixed=True)),
    _shape_inbox,
    parent="inbound_folder",
    check=_check_inbox,
    children=("inbound_message", SOURCE),
)


def _check_rule(call: Call, row: Row | None, values: dict[str, Any], errors: Errors) -> None:
    for name in ("conditions", "destinations"):
        if values.get(name) is None and (row is None or name in values):
            values[name] = []
        if len(values.get(name) or ()) > 5:
            errors[name] = ["is too long (maximum is 5)"]
    if row is None and call.store.resources.count("forward_rule", parent=int(call.parts[0])) >= 5:
        errors["base"] = ["You've reached the maximum number of forward rules for this inbox"]
    names = ("match_type", "operator", "value", "header_key")
    if "conditions" in values:
        values["conditions"] = [{name: entry.get(name) for name in names} for entry in values["conditions"]]
    for condition in values.get("conditions") or ():
        if condition["match_type"] not in ("sender", "recipient", "header"):
            errors["conditions.match_type"] = [INVALID]
        if condition["operator"] not in _OPERATORS:
            errors["conditions.operator"] = [INVALID]
        elif condition["operator"] not in ("empty", "not_empty") and not condition["value"]:
            errors["conditions.value"] = [BLANK]
        if not isinstance(condition["value"], str | None):
            errors["conditions.value"] = [INVALID]
        if condition["match_type"] == "header" and not isinstance(condition["header_key"], str):
            errors["conditions.header_key"] = [BLANK]
    if not all(is_email(entry.get("email")) for entry in values.get("destinations") or ()):
        errors["destinations.email"] = [INVALID]
    if "destinations" in values:
        values["destinations"] = [{"email": entry.get("email")} for entry in values["destinations"]]


def _shape_rule(call: Call, row: Row) -> dict[str, Any]:
    names = ("name", "conditions", "destinations")
    return {"id": row.id, **times_of(row), **{name: row.document[name] for name in names}}


RULE = Resource(
    "forward_rule",
    f"/api/inbound/inboxes/{ID}/forward_rules",
    (Field("name", required=True, longest=255), Field("conditions", "objects"), Field("destinations", "objects")),
    _shape_rule,
    parent="inbound_inbox",
    envelope=True,
    list_envelope=True,
    check=_check_rule,
)

# ------------------------------------------------------------------------------------------------ messages


def _shape_message(call: Call, row: Row, *, whole: bool = False) -> dict[str, Any]:
    document = row.document
    text, html = document.get("text_body"), document.get("html_body")
    shown = {
        "id": str(FIRST_ID + row.id),
        "inbox_id": row.parent,
        **{name: document.get(name) for name in ("from", "reply_to", "subject", "rfc_message_id", "in_reply_to")},
        **{name: document.get(name) or [] for name in ("to", "cc", "bcc", "references", "attachments")},
        "headers": document.get("headers") or {},
        "size": document.get("size") or 0,
        "html_size": len((html or "").encode("utf-8", "replace")),
        "text_size": len((text or "").encode("utf-8", "replace")),
        "received_at": timestamp(row.created_at),
        "thread_id": str(document["thread"]),
        "forwards": document.get("forwards") or [],
    }
    if whole:
        shown |= {"raw_message_url": None, "raw_message_expires_at": None, "html_body": html, "text_body": text}
    return shown


def _messages(call: Call) -> list[Row]:
    rows = call.store.resources.list_rows("inbound_message", parent=call.numbers[0], newest_first=True)
    return [row for row in rows if not row.document.get("outbound")]


def _read_page(call: Call, rows: list[dict[str, Any]]) -> Answer:
    last = call.param("last_id")
    older = [row for row in rows if int(row["id"]) < int(last)] if last.isdecimal() and len(last) < 30 else rows
    page = older[:PAGE]
    cursor = page[-1]["id"] if len(older) > PAGE else None
    return answer(200, {"data": page, "total_count": len(rows), "last_id": cursor})


def _in_inbox(respond: Handler) -> Handler:
    def handle(call: Call) -> Answer:
        return respond(call) if call.store.resources.get("inbound_inbox", call.numbers[0]) else NOT_FOUND

    return handle


def _list_messages(call: Call) -> Answer:
    return _read_page(call, [_shape_message(call, row) for row in _messages(call)])


def _find_message(call: Call) -> Row | None:
    row = call.store.resources.get("inbound_message", max(call.numbers[1] - FIRST_ID, 0))
    if row is None or row.parent != call.numbers[0] or row.document.get("outbound"):
        return None
    return row


def _show_message(call: Call) -> Answer:
    row = _find_message(call)
    return NOT_FOUND if row is None else answer(200, _shape_message(call, row, whole=True))


def _delete_message(call: Call) -> Answer:
    row = _find_message(call)
    if row is None:
        return NOT_FOUND
    _delete_row(call, row)
    return NOTHING


def _delete_row(call: Call, row: Row) -> None:
    with call.store.database.writing():
        for source in call.store.resources.list_rows(SOURCE, parent=row.id):
            call.store.resources.delete(source)
        call.store.resources.delete(row)


def _send_answer(call: Call, kind: str) -> Answer:
    """Reply, reply to all, or forward: send on the transactional stream and add the message to the thread."""
    row = _find_message(call)
    if row is None:
        return NOT_FOUND
    inbox = call.store.resources.get("inbound_inbox", row.parent)
    given, original = body_of(call), row.document
    address = inbox.document["address"] if inbox else ""
    sender = given.get("from") or {"email": address.replace("*", "inbox")}
    subject = re.sub(r"^((re|fwd):\s*)+", "", original.get("subject") or "", flags=re.IGNORECASE)
    message = {name: given[name] for name in _SENT if given.get(name) is not None}
    message |= {"from": sender, "subject": f"{'Fwd' if kind == 'forward' else 'Re'}: {subject}"}
    if kind == "forward":
        message["text"] = (
            (message.get("text") or "") + "\n" + (original.get("text_body") or original.get("html_body") or "")
        )
        attachments = [*(message.get("attachments") or ()), *_read_attachments(call, row)]
        if attachments:
            message["attachments"] = attachments
    elif not message.get("to"):
        message["to"] = [{"email": original.get("reply_to") or original.get("from") or ""}]
    if kind == "reply_all":
        others = [*(original.get("to") or ()), *(original.get("cc") or ())]
        copies = [{"email": other} for other in others if other.lower() != address.lower()]
        message["cc"] = [*(message.get("cc") or []), *copies]
    problems = rules.problems(message)
    if problems:
        return answer(422, {"errors": problems})
    references = [
        *(original.get("references") or ()),
        *([original["rfc_message_id"]] if original.get("rfc_message_id") else ()),
    ]
    extra: dict[str, Any] = {"thread_id": str(original["thread"])}
    if kind != "forward":
        extra |= {"in_reply_to": original.get("rfc_message_id"), "references": references}
        if original.get("rfc_message_id"):
            headers = {"In-Reply-To": original["rfc_message_id"], "References": " ".join(references)}
            own = message.get("headers") or {}
            named = {name.lower() for name in own}
            message["headers"] = {name: text for name, text in headers.items() if name.lower() not in named} | own
    (ids,) = send_live(call.store, "transactional", [message], extra=extra)
    sent = {
        "outbound": ids[0],
        "thread": original["thread"],
        "subject": message["subject"],
        "from": sender.get("email"),
        **{name: [entry["email"] for entry in message.get(name) or ()] for name in ("to", "cc", "bcc")},
        "rfc_message_id": f"<{ids[0]}@sandbox.local.invalid>",
        "in_reply_to": extra.get("in_reply_to"),
        "references": extra.get("references") or [],
        "text_body": message.get("text"),
        "html_body": message.get("html"),
    }
    call.store.resources.create("inbound_message", sent, key=sent["rfc_message_id"], parent=row.parent)
    return answer(201, {"message_ids": ids})


def _read_attachments(call: Call, row: Row) -> list[dict[str, Any]]:
    """Read the attachments of a received message; empty if it did not arrive by SMTP."""
    from base64 import b64decode

    from .source import read_source

    for found in call.store.resources.list_rows(SOURCE, parent=row.id):
        return list(read_source(b64decode(found.document["source"])).get("attachments") or ())
    return []


_SENT = ("to", "cc", "bcc", "reply_to", "text", "html", "category", "attachments", "headers", "custom_variables")

# ------------------------------------------------------------------------------------------------ threads


def _threads(call: Call) -> dict[int, list[Row]]:
    """Return the messages of each thread of an inbox, oldest first."""
    threads: dict[int, list[Row]] = {}
    for row in call.store.resources.list_rows("inbound_message", parent=call.numbers[0]):
        threads.setdefault(row.document["thread"], []).append(row)
    return threads


def _shape_thread(number: int, rows: list[Row]) -> dict[str, Any]:
    received = [row for row in rows if not row.document.get("outbound")]
    sent = [row for row in rows if row.document.get("outbound")]
    last = rows[-1]
    return {
        "id": str(number),
        "subject": rows[0].document.get("subject"),
        "message_count": len(rows),
        "size": sum(row.document.get("size") or 0 for row in rows),
        "first_message_at": timestamp(rows[0].created_at),
        "last_received_at": timestamp(received[-1].created_at) if received else None,
        "last_sent_at": timestamp(sent[-1].created_at) if sent else None,
        "last_activity_at": timestamp(last.created_at),
        "last_message_id": last.document.get("outbound") or str(FIRST_ID + last.id),
        "senders": sorted({row.document["from"] for row in rows if row.document.get("from")}),
        "recipients": sorted({email for row in rows for email in row.document.get("to") or ()}),
        "attachments": [entry for row in rows for entry in row.document.get("attachments") or ()],
    }


def _list_threads(call: Call) -> Answer:
    search = call.param("search").lower()
    if len(search) > 256:
        return answer(400, {"errors": {"search": ["is too long (maximum is 256 characters)"]}})
    shown = [_shape_thread(number, rows) for number, rows in _threads(call).items()]
    if search:
        shown = [entry for entry in shown if search in " ".join([entry["subject"] or "", *entry["senders"]]).lower()]
    return _read_page(call, sorted(shown, key=lambda entry: int(entry["id"]), reverse=True))


def _show_thread(call: Call) -> Answer:
    rows = _threads(call).get(call.numbers[1])
    if rows is None:
        return NOT_FOUND
    messages = [_shape_in_thread(call, row) for row in rows]
    return answer(200, {**_shape_thread(call.numbers[1], rows), "messages": messages})


def _shape_in_thread(call: Call, row: Row) -> dict[str, Any]:
    shown = _shape_message(call, row)
    outbound = row.document.get("outbound")
    names = (
        "subject",
        "rfc_message_id",
        "in_reply_to",
        "references",
        "from",
        "to",
        "cc",
        "bcc",
        "attachments",
        "forwards",
    )
    document = {
        "visibility_status": "available",
        "direction": "outbound" if outbound else "inbound",
        "id": outbound or shown["id"],
        "message_group_id": None,
        **{name: shown[name] for name in names},
        "reply_to": shown["reply_to"] or "",
        "created_at": shown["received_at"],
        "email_size": shown["size"],
        "text_body": row.document.get("text_body"),
        "html_body": row.document.get("html_body"),
        "delivery": None,
    }
    entry = call.store.log.find(outbound) if outbound else None
    if entry is not None:
        delivered = timestamp(entry.sent_at) if entry.status == "delivered" else None
        bounced = timestamp(entry.sent_at) if entry.status == "not_delivered" else None
        times = {"delivered_at": delivered, "bounced_at": bounced}
        document["delivery"] = {"to": entry.recipient, "status": entry.status, **times}
    return document


def _delete_thread(call: Call) -> Answer:
    rows = _threads(call).get(call.numbers[1])
    if rows is None:
        return NOT_FOUND
    for row in rows:
        _delete_row(call, row)
    return NOTHING


_ID = "([0-9]{1,25})"
_INBOX = f"/api/inbound/inboxes/{ID}"
ROUTES: Routes = join_routes(
    routes_of(FOLDER),
    routes_of(INBOX),
    routes_of(RULE),
    {
        f"{_INBOX}/messages": {"GET": _in_inbox(_list_messages)},
        f"{_INBOX}/messages/{_ID}": {"GET": _in_inbox(_show_message), "DELETE": _in_inbox(_delete_message)},
        f"{_INBOX}/messages/{_ID}/reply": {"POST": lambda call: _send_answer(call, "reply")},
        f"{_INBOX}/messages/{_ID}/reply_all": {"POST": lambda call: _send_answer(call, "reply_all")},
        f"{_INBOX}/messages/{_ID}/forward": {"POST": lambda call: _send_answer(call, "forward")},
        f"{_INBOX}/threads": {"GET": _in_inbox(_list_threads)},
        f"{_INBOX}/threads/{_ID}": {"GET": _in_inbox(_show_thread), "DELETE": _in_inbox(_delete_thread)},
    },
)
