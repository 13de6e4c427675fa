"""A MIME message (RFC 5322, 2045 to 2049) to a `Message`: what `mailtrap send --eml` reads."""

from __future__ import annotations

import re
from dataclasses import replace
from email import policy
from email.errors import MessageError
from email.header import decode_header
from email.headerregistry import AddressHeader
from email.message import EmailMessage, MIMEPart
from email.message import Message as LegacyMessage
from email.parser import BytesParser

from .addresses import Address, parse_address
from .errors import InputError
from .message import RESERVED, Attachment, Message

# Headers of the way that the message has come, which a new sending writes anew. RESERVED ones are left out as well.
_TRANSPORT = re.compile(
    r"received|received-spf|return-path|delivered-to|envelope-to|x-original-to|x-received|sender|bounces-to"
    r"|authentication-results|arc-.*|dkim-.*|domainkey-.*|resent-.*|x-google-.*|x-gm-.*|x-ms-exchange-.*|x-spam.*"
    r"|content-.*|mime-version|lines|status|x-status|x-keywords|x-uid|x-mozilla-.*",
    re.IGNORECASE,
)


def from_eml(data: bytes, where: str) -> Message:
    """The message in `data`; InputError, its sentence starting with `where`, for one that cannot be read.

    The first text/plain and text/html parts that are no attachments are the bodies; every other part becomes an
    attachment, inline where the part has a Content-ID. Unknown charsets are read as far as they go.
    """
    try:
        message = BytesParser(policy=policy.default).parsebytes(data)
        if not message.keys() or (len(message.keys()) == 1 and not message.get_payload()):
            raise InputError(f"{where}: this is no MIME message: it has no headers", hint="Name a .eml file.")
        bodies: dict[str, str] = {}
        attachments: list[Attachment] = []
        _collect(message, bodies, attachments)
        return Message(
            sender=_one(message, "From", where),
            to=_many(message, "To", where),
            cc=_many(message, "Cc", where),
            bcc=_many(message, "Bcc", where),
            reply_to=_one(message, "Reply-To", where),
            subject=_header(message, "Subject"),
            text=bodies.get("text/plain"),
            html=bodies.get("text/html"),
            attachments=attachments,
            headers={
                name: _header(message, name) or ""
                for name in message.keys()  # noqa: SIM118 - a message iterates over nothing else
                if name.lower() not in RESERVED and not _TRANSPORT.fullmatch(name)
            },
        )
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        # The standard library's parser gives up on some malformed messages in any of these ways.
        raise InputError(f"{where}: this MIME message cannot be read: {error}") from error


def _collect(part: EmailMessage | MIMEPart, bodies: dict[str, str], attachments: list[Attachment]) -> None:
    kind = part.get_content_type()
    if part.is_multipart() and kind != "message/rfc822":
        for child in part.iter_parts():
            _collect(child, bodies, attachments)
        return
    identity = str(part.get("Content-ID", "")).strip().strip("<>") or None
    disposition = part.get_content_disposition()
    is_body = kind in ("text/plain", "text/html") and disposition != "attachment" and not part.get_filename()
    if is_body and kind not in bodies:
        bodies[kind] = _text(part)
        return
    attachments.append(
        Attachment(
            _content(part),
            _file_name(part, len(attachments) + 1),
            kind,
            "inline" if identity and disposition != "attachment" else "attachment",
            identity,
        )
    )


def _content(part: EmailMessage | MIMEPart) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        return inner[0].as_bytes() if isinstance(inner, list) and isinstance(inner[0], LegacyMessage) else b""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: EmailMessage | MIMEPart) -> str:
    data = _content(part)
    charset = part.get_content_charset() or "utf-8"
    try:
        text = data.decode(charset, errors="replace")
    except (LookupError, ValueError):
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    return text.replace("\r\n", "\n")


def _file_name(part: EmailMessage | MIMEPart, number: int) -> str:
    name = re.sub(r"[\x00-\x1f\x7f-\x9f/\\]", "_", str(part.get_filename() or "")).strip()
    if name:
        return name
    from mimetypes import guess_extension

    kind = part.get_content_type()
    extension = ".eml" if kind == "message/rfc822" else guess_extension(kind) or ".bin"
    return f"part-{number}{extension}"


def _header(message: EmailMessage, name: str) -> str | None:
    """The header unfolded and decoded, on one line; None where there is none."""
    try:
        value = message.get(name)
    except (IndexError, ValueError, TypeError, AttributeError):
        value = next((raw for key, raw in message.raw_items() if key.lower() == name.lower()), None)
    if value is None:
        return None
    text = str(value)
    if "=?" in text:
        pieces = decode_header(text)
        text = "".join(
            piece.decode(charset or "ascii", errors="replace") if isinstance(piece, bytes) else piece
            for piece, charset in pieces
        )
    return _one_line(text)


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+", " ", text).strip()


def _many(message: EmailMessage, name: str, where: str) -> list[Address]:
    header = message.get(name)
    where = f"{where}: {name}"
    if not isinstance(header, AddressHeader):
        return []
    return [
        replace(parse_address(entry.addr_spec, where), name=_one_line(entry.display_name) or None)
        for entry in header.addresses
        if entry.addr_spec != "<>"
    ]


def _one(message: EmailMessage, name: str, where: str) -> Address | None:
    """The first address of the header: From and Reply-To may hold several, the API takes one."""
    found = _many(message, name, where)
    return found[0] if found else None
