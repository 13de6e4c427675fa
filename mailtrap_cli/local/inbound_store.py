"""Store inbound mail: messages in the threads of their inboxes. Find the inbox of an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .resource_store import Row
from .store import Store

FIRST_ID = 10**18  # makes IDs as long as the platform's, which exceed the precision of a double
SOURCE = "inbound_source"  # the resource kind that stores the raw source of received messages


def receive_message(store: Store, inbox: Row, message: Mapping[str, Any]) -> Row:
    """Store a message in an inbox, in the thread it replies to.

    `message` has from (a text or None), to, cc, bcc, references (lists of texts), reply_to, subject, rfc_message_id,
    in_reply_to, headers (a map with lowercase names), size, text_body, html_body and attachments (the API's objects).
    """
    answered = [message.get("in_reply_to"), *(message.get("references") or ())]
    with store.database.writing():
        thread = 0
        for message_id in filter(None, answered):
            row = store.resources.find("inbound_message", message_id, parent=inbox.id)
            thread = thread or (row.document["thread"] if row else 0)
        if not thread:
            thread = FIRST_ID + store.resources.create("inbound_thread", {}, parent=inbox.id).id
        key = message.get("rfc_message_id") or ""
        return store.resources.create("inbound_message", {**message, "thread": thread}, key=key, parent=inbox.id)


def list_inboxes(store: Store) -> list[Row]:
    """List the inboxes, oldest first."""
    return store.resources.list_rows("inbound_inbox")


def find_inbox(inboxes: Iterable[Row], address: str) -> Row | None:
    """Find the inbox for this address: the one with that address (with any +tag), or the catch-all of its domain."""
    local, _, domain = address.lower().rpartition("@")
    plain = f"{local.partition('+')[0]}@{domain}"
    return next((row for row in inboxes if row.document["address"] in (plain, f"*@{domain}")), None)
