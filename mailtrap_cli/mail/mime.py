"""Convert a MIME message (RFC 5322, 2045 to 2049) to a `Message`, for `mailtrap send --eml`."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from urllib.parse import unquote

from ..errors import InputError
from .address_list import quote_inside
from .addresses import Address
from .charsets import decode_bytes
from .checks import RESERVED
from .message import Attachment, Message
from .mime_headers import decode_header, flatten_text, read_addresses
from .mime_parts import Part, decode_body, parse_parts

# Headers that describe how the message arrived, which a new send writes again, and those that name hidden recipients.
# RESERVED ones are left out as well.
_TRANSPORT = re.compile(
    r"received(-.*)?|return-path|errors-to|bounces-to|sender|delivered-to|envelope-.*|apparently-.*|original-recipient"
    r"|x-(received|original-(to|cc|bcc)|originally-to|original-recipient|real-(to|cc|bcc|recipients?)|to|cc|bcc|rcpt-to"
    r"|recipients?|delivered-.*|envelope-.*|apparently-.*|forwarded-.*|resent-.*|failed-recipients?|mdrcpt-to)"
    r"|authentication-results|x-original-authentication-results|arc-.*|dkim-.*|x-.*dkim-.*|domainkey-.*|resent-.*"
    r"|x-google-.*|x-gm-.*|x-ms-exchange-.*|x-spam.*|x-getmail-.*|x-fetchmail.*"
    r"|content-.*|mime-version|lines|status|x-status|x-keywords|x-uid|x-mozilla-.*",
    re.IGNORECASE,
)

# A file without any of these is not a message but happens to have a colon in its first line.
_TELLTALE = {"from", "to", "cc", "bcc", "subject", "date", "message-id", "mime-version", "content-type"}


@dataclass(frozen=True)
class EmlMessage:
    """The message of a file, and notices about what was lost from the file, one sentence each."""

    message: Message
    notices: tuple[str, ...]


def parse_eml(data: bytes, where: str, replaced: Collection[str] = ()) -> EmlMessage:
    """Parse the message in `data`; InputError, starting with `where`, if it cannot be read.

    The first text is the body, in each form of its multipart/alternative; every other part becomes an
    attachment, inline where the HTML shows it. The fields in `replaced` (`from`, `reply_to`, `subject` …) are left out,
    and their headers are not parsed.
    """
    root = parse_parts(data.removeprefix(BOM_UTF8), where)
    if _TELLTALE.isdisjoint(name.lower() for name, _ in root.headers):
        raise InputError(f"{where}: not a MIME message (it has no headers)", hint="Use an .eml file.")
    return _Reader(root, where, replaced).read()


class _Reader:
    def __init__(self, root: Part, where: str, replaced: Collection[str]) -> None:
        self._root = root
        self._where = where
        self._replaced = replaced
        self._bodies: dict[str, str] = {}
        self._attachments: list[Attachment] = []
        self._content_ids: dict[str, str] = {}
        self._notices: list[str] = []

    def read(self) -> EmlMessage:
        self._collect(self._root, may_be_body=True)
        html = self._rewrite_content_ids(self._bodies.get("text/html", ""))
        subject = None if "subject" in self._replaced else self._root.header("subject")
        message = Message(
            sender=self._read_one("From", "from"),
            to=self._read_many("To", "to"),
            cc=self._read_many("Cc", "cc"),
            bcc=self._read_many("Bcc", "bcc"),
            reply_to=self._read_one("Reply-To", "reply_to"),
            subject=None if subject is None else decode_header(subject),
            text=self._bodies.get("text/plain") or None,
            html=html or None,
            attachments=tuple(_place_attachment(attachment, html) for attachment in self._attachments),
            headers=_kept_headers(self._root.headers),
        )
        return EmlMessage(message, tuple(dict.fromkeys(self._notices)))

    # -------------------------------------------------------------------------------------------- parts

    def _collect(self, part: Part, *, may_be_body: bool) -> None:
        """Sort the leaves below `part`. Only the parts of a multipart/alternative are two forms of one body."""
        kind = part.kind
        if part.parts:
            found_before = len(self._bodies)
            for child in part.parts:
                still = kind == "multipart/alternative" or len(self._bodies) == found_before
                self._collect(child, may_be_body=may_be_body and still)
            return
        is_file = part.disposition.value == "attachment" or bool(part.filename)
        if kind in ("text/plain", "text/html") and may_be_body and not is_file and kind not in self._bodies:
            self._bodies[kind] = self._decode_text(part, kind)
            return
        content = decode_body(part, self._where)
        if not content.data.strip() and not part.filename:
            return  # the empty last part that many programs write
        identity = self._safe_content_id(part.header("content-id") or "")
        name = _file_name(part, kind, len(self._attachments) + 1)
        if not content.whole:
            self._notices.append(f"{self._where}: the base64 of {name} is damaged; it was decoded as far as possible")
        inline = identity and part.disposition.value != "attachment"
        self._attachments.append(
            Attachment(content.data, name, _type_of(part, kind), "inline" if inline else "attachment", identity)
        )

    def _decode_text(self, part: Part, kind: str) -> str:
        content = decode_body(part, self._where)
        label = part.content_type.parameters.get("charset")
        decoded = decode_bytes(content.data, label)
        body = "HTML" if kind == "text/html" else "text"
        if decoded.lost:
            characters = "1 character" if decoded.lost == 1 else f"{decoded.lost:,} characters"
            self._notices.append(
                f"{self._where}: {characters} of the {body} could not be read as {flatten_text(label or 'UTF-8')[:40]}"
                " and became \ufffd"
            )
        elif not content.whole:
            self._notices.append(f"{self._where}: the base64 of the {body} is damaged; it may not be complete")
        return decoded.text.replace("\r\n", "\n")

    def _safe_content_id(self, header: str) -> str | None:
        """Return a content ID that the API accepts; one with spaces or other letters is replaced, also in the HTML."""
        found = re.search(r"<([^<>]*)>", header)
        given = flatten_text(found[1] if found else header.strip("<> "))
        safe = re.sub(r"[^!-;=?-~]", "_", given)
        if safe != given:
            taken = {*self._content_ids.values(), *(attachment.content_id for attachment in self._attachments)}
            while safe in taken:
                safe += "_"
            self._content_ids[given] = safe
        return safe or None

    def _rewrite_content_ids(self, html: str) -> str:
        """Replace changed content IDs in the HTML, written plainly or percent-encoded."""
        if not self._content_ids:
            return html
        from urllib.parse import quote

        spellings = {
            spelling: safe
            for given, safe in self._content_ids.items()
            for spelling in (given, quote(given), quote(given, safe="@"), given.replace(" ", "%20"))
        }
        pattern = "|".join(map(re.escape, sorted(spellings, key=len, reverse=True)))
        return re.sub(rf"(?i:cid:)({pattern})", lambda match: f"cid:{spellings[match[1]]}", html)

    # -------------------------------------------------------------------------------------------- addresses

    def _read_many(self, name: str, field: str) -> tuple[Address, ...]:
        if field in self._replaced:
            return ()
        values = [value for key, value in self._root.headers if key.lower() == name.lower()]
        return tuple(read_addresses(values, f"{self._where}: {name}"))

    def _read_one(self, name: str, field: str) -> Address | None:
        """Return the first address of the header: From and Reply-To may have several, but the API takes one."""
        found = self._read_many(name, field)
        if len(found) > 1:
            self._notices.append(
                f"{self._where}: {name} has {len(found)} addresses; the API takes one, so only {found[0].email} is used"
            )
        return found[0] if found else None


def _place_attachment(attachment: Attachment, html: str) -> Attachment:
    """Make it inline if the HTML shows it, whatever its headers say: many programs set a Content-ID on everything."""
    if attachment.disposition == "inline" or attachment.content_id is None:
        return attachment
    shown = f"cid:{attachment.content_id}" in unquote(html)
    return replace(attachment, disposition="inline") if shown else replace(attachment, content_id=None)


def _type_of(part: Part, kind: str) -> str:
    """Return the MIME type with the parameters needed to read it, such as `text/calendar; method=REQUEST`."""
    found = flatten_text(kind)
    if part.kind != part.content_type.value:
        return found
    for name, value in part.content_type.parameters.items():
        if name in ("name", "boundary") or not re.fullmatch(r"[a-z0-9-]{1,40}", name) or not 0 < len(value) <= 200:
            continue
        if not value.isascii():
            continue
        token = re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]+", value)
        found += f"; {name}={value}" if token else f'; {name}="{quote_inside(value)}"'
    return found


def _file_name(part: Part, kind: str, number: int) -> str:
    name = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff/\\]", "_", part.filename).strip()
    if name:
        return name
    if kind in ("message/rfc822", "message/global"):
        return f"part-{number}.eml"
    from mimetypes import guess_extension

    ending = ".txt" if kind.startswith("message/") else ".ics" if kind == "text/calendar" else guess_extension(kind)
    return f"part-{number}{ending or '.bin'}"


def _kept_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    kept: dict[str, tuple[str, str]] = {}
    for name, value in headers:
        key = name.lower()
        text = "" if key in RESERVED or key in kept or _TRANSPORT.fullmatch(key) else decode_header(value)
        if text:
            kept[key] = (name, text)
    return dict(kept.values())
