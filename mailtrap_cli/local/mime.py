"""A stored message as MIME, with its bodies, headers and attachments. Imported only when a body is requested."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from .store import Captured


@dataclass(frozen=True)
class Part:
    """An attachment of a stored message; `number` counts from 1."""

    number: int
    filename: str
    content_type: str
    disposition: str
    content_id: str | None
    content: bytes


def parts(message: Mapping[str, Any]) -> list[Part]:
    """Return the attachments of a message."""
    return [
        Part(
            number,
            entry["filename"],
            entry.get("type") or "application/octet-stream",
            entry.get("disposition") or "attachment",
            entry.get("content_id"),
            b64decode(entry["content"]),
        )
        for number, entry in enumerate(message.get("attachments") or (), 1)
    ]


def raw(captured: Captured, message: Mapping[str, Any]) -> bytes:
    """Return the raw message: byte for byte if it arrived by SMTP, otherwise as it would be sent, with CRLF line
    ends.
    """
    return write_raw(captured.ids.split()[0], captured.created_at, message)


def write_raw(message_id: str, created_at: int, message: Mapping[str, Any]) -> bytes:
    """As `raw`, for a message with this ID, sent at this time (milliseconds since 1970)."""
    source: bytes | None = message.get("source")
    return source if source is not None else _build(message_id, created_at, message).as_bytes(policy=policy.SMTP)


def list_headers(captured: Captured, message: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the headers in order, each with its name and its value on one line."""
    if message.get("source") is not None:
        from .source import read_headers

        return read_headers(message["source"])
    return [(name, str(value)) for name, value in _build(captured.ids.split()[0], captured.created_at, message).items()]


def _build(message_id: str, created_at: int, message: Mapping[str, Any]) -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP)
    mail["Date"] = format_datetime(datetime.fromtimestamp(created_at // 1000, UTC))
    mail["Message-ID"] = f"<{message_id}@sandbox.local.invalid>"
    _set_header(mail, "From", [message["from"]])
    for field, name in (("to", "To"), ("cc", "Cc"), ("bcc", "Bcc")):
        if message.get(field):
            _set_header(mail, name, message[field])
    if message.get("reply_to"):
        _set_header(mail, "Reply-To", [message["reply_to"]])
    mail["Subject"] = _header_line(message.get("subject") or "")
    if message.get("category"):
        mail["X-MT-Category"] = _header_line(message["category"])
    if message.get("custom_variables"):
        import json

        mail["X-MT-Custom-Variables"] = _header_line(json.dumps(message["custom_variables"]))
    if message.get("template_uuid"):
        mail["X-MT-Template-UUID"] = message["template_uuid"]
    for name, value in (message.get("headers") or {}).items():
        if re.fullmatch(r"[!-9;-~]+", name):
            header = _PLAIN(name, _header_line(value))
            try:
                mail[name] = header
            except ValueError:  # a header that may occur once, given twice in different case
                mail.replace_header(name, header)
    _fill_part(mail, message)
    for number, part in enumerate(mail.walk()):  # fixed boundaries, so that each reading gives the same bytes
        if part.is_multipart():
            part.set_boundary(f"=_{number}_{message_id}")
    return mail


# Keep header values verbatim: Python's parsers of addresses and dates fail on some invalid ones.
_PLAIN = HeaderRegistry(use_default_map=False)


def _fill_part(mail: EmailMessage, message: Mapping[str, Any]) -> None:
    text, html = _body_of(message.get("text")), _body_of(message.get("html"))
    if text is not None or html is None:
        mail.set_content(text or "", cte="quoted-printable")
        if html is not None:
            mail.add_alternative(html, subtype="html", cte="quoted-printable")
    else:
        mail.set_content(html, subtype="html", cte="quoted-printable")
    attachments = parts(message)
    shown = [part for part in attachments if part.disposition == "inline" and part.content_id and html is not None]
    if shown:
        body = mail.get_body(("html",))
        assert isinstance(body, EmailMessage)
        for part in shown:
            body.add_related(
                part.content,
                *_kind_of(part),
                filename=_header_line(part.filename),
                cid=f"<{_header_line(part.content_id or '')}>",
            )
    for part in attachments:
        if part not in shown:
            mail.add_attachment(
                part.content, *_kind_of(part), filename=_header_line(part.filename), disposition=part.disposition
            )


def _kind_of(part: Part) -> tuple[str, str]:
    main, slash, sub = part.content_type.partition(";")[0].strip().partition("/")  # drop its parameters
    token = r"[A-Za-z0-9!#$&^_.+-]{1,127}"  # RFC 6838, 4.2
    if not slash or not re.fullmatch(token, main) or not re.fullmatch(token, sub) or main in ("multipart", "message"):
        return "application", "octet-stream"
    return main, sub


def _set_header(mail: EmailMessage, name: str, entries: list[dict[str, Any]]) -> None:
    mail[name] = tuple(Address(_header_line(entry.get("name") or ""), addr_spec=entry["email"]) for entry in entries)


def _header_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]+", " ", text)


def _body_of(text: str | None) -> str | None:
    return None if text is None else text.encode("utf-8", "replace").decode()
