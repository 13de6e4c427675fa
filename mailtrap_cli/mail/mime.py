"""A MIME message (RFC 5322, 2045 to 2049) to a `Message`: what `mailtrap send --eml` reads."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterable
from dataclasses import replace
from email import policy
from email.errors import MessageError
from email.headerregistry import AddressHeader
from email.message import EmailMessage, MIMEPart
from email.message import Message as LegacyMessage
from email.parser import BytesParser
from typing import Any
from urllib.parse import unquote

from ..errors import InputError
from .addresses import Address, parse_address
from .message import RESERVED, Attachment, Message

# Headers of the way that the message has come, which a new sending writes anew. RESERVED ones are left out as well.
_TRANSPORT = re.compile(
    r"received|received-spf|return-path|delivered-to|envelope-to|x-original-to|x-received|sender|bounces-to"
    r"|authentication-results|arc-.*|dkim-.*|domainkey-.*|resent-.*|x-google-.*|x-gm-.*|x-ms-exchange-.*|x-spam.*"
    r"|content-.*|mime-version|lines|status|x-status|x-keywords|x-uid|x-mozilla-.*",
    re.IGNORECASE,
)


# A file without any of these is something else that happens to have a colon in its first line.
_TELLTALE = {"from", "to", "cc", "bcc", "subject", "date", "message-id", "mime-version", "content-type"}

# What the standard library's parser raises on some malformed messages instead of noting a defect.
PARSER_ERRORS = (MessageError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)


class _Utf8Headers(policy.EmailPolicy):
    """The default policy, which also reads headers in plain UTF-8 (RFC 6532) or, failing that, Latin-1."""

    def header_fetch_parse(self, name: str, value: Any) -> Any:
        if isinstance(value, str) and not value.isascii():
            value = _first_decoded(value.encode("ascii", "surrogateescape"), "utf-8", "latin-1")
        return super().header_fetch_parse(name, value)


_POLICY = _Utf8Headers()


def from_eml(data: bytes, where: str) -> Message:
    """The message in `data`; InputError, its sentence starting with `where`, for one that cannot be read.

    The first text is the body, in each form that its multipart/alternative gives; every other part becomes an
    attachment, inline where it has a Content-ID. A charset that is unknown or wrong costs no text.
    """
    try:
        message = BytesParser(policy=_POLICY).parsebytes(data.removeprefix(BOM_UTF8))
        assert isinstance(message, EmailMessage), "what this policy makes"
        if _TELLTALE.isdisjoint(name.lower() for name in message.keys()):  # noqa: SIM118 - it iterates over nothing else
            raise InputError(f"{where}: this is no MIME message: it has no headers", hint="Name a .eml file.")
        bodies: dict[str, str] = {}
        attachments: list[Attachment] = []
        _collect(message, bodies, attachments, may_be_body=True)
        return Message(
            sender=_one(message, "From", where),
            to=_many(message, "To", where),
            cc=_many(message, "Cc", where),
            bcc=_many(message, "Bcc", where),
            reply_to=_one(message, "Reply-To", where),
            subject=_header(message, "Subject"),
            text=bodies.get("text/plain") or None,
            html=bodies.get("text/html") or None,
            attachments=tuple(_placed(attachment, bodies) for attachment in attachments),
            headers=_kept_headers(message),
        )
    except PARSER_ERRORS as error:
        raise InputError(f"{where}: this MIME message cannot be read: {error}") from error


def _collect(part: MIMEPart, bodies: dict[str, str], attachments: list[Attachment], *, may_be_body: bool) -> None:
    """Sort the leaves below `part`. Only the parts of a multipart/alternative are two forms of one body."""
    kind = part.get_content_type()
    if part.is_multipart() and kind != "message/rfc822":
        found_before = len(bodies)
        for child in part.iter_parts():
            still = kind == "multipart/alternative" or len(bodies) == found_before
            _collect(child, bodies, attachments, may_be_body=may_be_body and still)
        return
    if kind.startswith("multipart/"):  # in name only: without a boundary it is one piece of text
        kind = "text/plain"
    identity = re.sub(r"[^!-;=?-~]", "", str(part.get("Content-ID", ""))) or None
    disposition = part.get_content_disposition()
    is_text = kind in ("text/plain", "text/html") and disposition != "attachment" and not part.get_filename()
    if is_text and may_be_body and kind not in bodies:
        bodies[kind] = _text(part)
        return
    attachments.append(
        Attachment(
            _content(part),
            _file_name(part, kind, len(attachments) + 1),
            _one_line(kind),
            "inline" if identity and disposition != "attachment" else "attachment",
            identity,
        )
    )


def _placed(attachment: Attachment, bodies: dict[str, str]) -> Attachment:
    """Inline where the HTML shows it, whatever it says of itself; many programs give every attachment a Content-ID."""
    if attachment.disposition == "inline" or attachment.content_id is None:
        return attachment
    shown = f"cid:{attachment.content_id}" in unquote(bodies.get("text/html", ""))
    return replace(attachment, disposition="inline") if shown else replace(attachment, content_id=None)


def _content(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    inner = part.get_payload()
    if isinstance(inner, list) and inner and isinstance(inner[0], LegacyMessage):
        return inner[0].as_bytes(policy=_POLICY.clone(refold_source="none"))  # its headers are not folded anew
    return b""


def _text(part: MIMEPart) -> str:
    charset = part.get_content_charset("utf-8")
    # "us-ascii" is what careless programs say of anything.
    fallback = [] if charset in ("us-ascii", "ascii") else [charset]
    return _first_decoded(_content(part), charset, "utf-8", *fallback, "latin-1").replace("\r\n", "\n")


def _first_decoded(data: bytes, *charsets: str) -> str:
    """The text in the first charset that fits; a charset named again is then read as far as it goes."""
    tried: set[str] = set()
    for charset in charsets:
        try:
            return data.decode(charset, "replace" if charset in tried else "strict")
        except (LookupError, ValueError):
            tried.add(charset)
    return data.decode("utf-8", "replace")


def _file_name(part: MIMEPart, kind: str, number: int) -> str:
    name = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff/\\]", "_", str(part.get_filename() or "")).strip()
    if name:
        return name
    from mimetypes import guess_extension

    return f"part-{number}{'.eml' if kind == 'message/rfc822' else guess_extension(kind) or '.bin'}"


def _kept_headers(message: EmailMessage) -> dict[str, str]:
    kept: dict[str, tuple[str, str]] = {}
    for name in message.keys():  # noqa: SIM118 - a message iterates over nothing else
        key = name.lower()
        value = None if key in RESERVED or key in kept or _TRANSPORT.fullmatch(key) else _header(message, name)
        if value:
            kept[key] = (name, value)
    return dict(kept.values())


def _header(message: EmailMessage, name: str) -> str | None:
    """The first header of that name, unfolded and decoded, on one line; None where there is none."""
    try:
        value = message.get(name)
    except PARSER_ERRORS:
        value = next((raw for key, raw in message.raw_items() if key.lower() == name.lower()), None)
    return None if value is None else _one_line(str(value))


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+", " ", text).strip()


def _many(message: EmailMessage, name: str, where: str) -> tuple[Address, ...]:
    """The addresses of every header of that name: there should be one, and nobody is to be lost where there are two."""
    return tuple(_addresses(message.get_all(name, []), f"{where}: {name}"))


def _addresses(headers: Iterable[object], where: str) -> Iterable[Address]:
    for header in headers:
        if not isinstance(header, AddressHeader):
            continue
        for entry in header.addresses:
            if entry.addr_spec != "<>":
                yield replace(parse_address(entry.addr_spec, where), name=_one_line(entry.display_name) or None)


def _one(message: EmailMessage, name: str, where: str) -> Address | None:
    """The first address of the header: From and Reply-To may hold several, the API takes one."""
    found = _many(message, name, where)
    return found[0] if found else None
