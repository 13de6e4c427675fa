"""One message of the sending API. Pure."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from ..records import record
from .addresses import Address

MAX_BYTES = 10 * 1024 * 1024  # the API's limit for a message with its attachments


@record
class Attachment:
    """A file of the message; `disposition` "inline" with a `content_id` is shown inside the HTML (`cid:…`)."""

    content: bytes
    filename: str
    type: str | None = None
    disposition: str = "attachment"
    content_id: str | None = None

    def to_payload(self) -> dict[str, str]:
        """The API's form: the content in base64."""
        entry = {"content": b64encode(self.content).decode(), "filename": self.filename}
        if self.type:
            entry["type"] = self.type
        entry["disposition"] = self.disposition
        if self.content_id:
            entry["content_id"] = self.content_id
        return entry


@record
class Message:
    """Every field of the sending API (email-sending openapi, EmailWithText and its siblings)."""

    sender: Address | None = None
    to: Sequence[Address] = ()
    cc: Sequence[Address] = ()
    bcc: Sequence[Address] = ()
    reply_to: Address | None = None
    subject: str | None = None
    text: str | None = None
    html: str | None = None
    attachments: Sequence[Attachment] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    category: str | None = None
    custom_variables: Mapping[str, str] = field(default_factory=dict)
    template_uuid: str | None = None
    template_variables: Mapping[str, Any] | None = None

    def to_payload(self) -> dict[str, Any]:
        """The API's JSON, with only the fields that are set."""
        document: dict[str, Any] = {}
        if self.sender:
            document["from"] = self.sender.to_payload()
        for name, addresses in (("to", self.to), ("cc", self.cc), ("bcc", self.bcc)):
            if addresses:
                document[name] = [address.to_payload() for address in addresses]
        if self.reply_to:
            document["reply_to"] = self.reply_to.to_payload()
        for name in ("subject", "text", "html"):
            value = getattr(self, name)
            if value is not None:
                document[name] = value
        if self.attachments:
            document["attachments"] = [attachment.to_payload() for attachment in self.attachments]
        if self.headers:
            document["headers"] = dict(self.headers)
        if self.category is not None:
            document["category"] = self.category
        if self.custom_variables:
            document["custom_variables"] = dict(self.custom_variables)
        if self.template_uuid is not None:
            document["template_uuid"] = self.template_uuid
        if self.template_variables is not None:
            document["template_variables"] = dict(self.template_variables)
        return document


def size_of(message: Message) -> int:
    """Return the bytes of the bodies and of the decoded attachments."""
    bodies = sum(len(body.encode("utf-8", "replace")) for body in (message.text, message.html) if body)
    return bodies + sum(len(attachment.content) for attachment in message.attachments)
