"""Read a message received by SMTP, as `send --eml` does, but without ever failing. Pure."""

from __future__ import annotations

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


def read_headers(data: bytes) -> list[tuple[str, str]]:
    """Return the headers in order, each with its name and its value as shown to a person."""
    headers, _ = split_headers(data)
    return [(name, decode_header(value)) for name, value in headers]
