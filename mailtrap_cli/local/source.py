"""Read a message as it travels (MIME), as `send --eml` does, but without ever failing. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import InputError
from ..mail.charsets import decode_bytes
from ..mail.message import Message
from ..mail.mime import parse_eml
from ..mail.mime_headers import decode_header, split_headers
from ..mail.smtp_headers import read_smtp_headers

_ADDRESSES = ("from", "to", "cc", "bcc", "reply_to")


def read_source(data: bytes) -> dict[str, Any]:
    """Read a message into the API's fields, leaving out those that cannot be read.

    Without headers, or nested too deeply, the whole message becomes the text.
    """
    for replaced in ((), _ADDRESSES):
        try:
            message = parse_eml(data, "the message", replaced).message
        except InputError:
            continue
        return read_smtp_headers(message).to_payload()
    return Message(text=decode_bytes(data, None).text.replace("\r\n", "\n")).to_payload()


def make_message(sender: str, recipients: Sequence[str], data: bytes) -> dict[str, Any]:
    """Build the API's fields of a message, with its envelope and its source.

    Envelope recipients that are not in To or Cc go to `bcc`. Without a From header, the envelope's sender is used.
    """
    message = read_source(data)
    message["from"] = message.get("from") or {"email": sender}
    message.setdefault("subject", "")
    named = {entry["email"].lower() for field in ("to", "cc") for entry in message.get(field) or ()}
    hidden = [{"email": address} for address in recipients if address.lower() not in named]
    message.pop("bcc", None)
    if hidden:
        message["bcc"] = hidden
    return message | {"envelope": {"from": sender, "to": list(recipients)}, "source": data}


def read_headers(data: bytes) -> list[tuple[str, str]]:
    """Return the headers in order, each with its name and its value as shown to a person."""
    headers, _ = split_headers(data)
    return [(name, decode_header(value)) for name, value in headers]
