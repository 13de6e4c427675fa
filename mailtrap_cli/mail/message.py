"""One message: from flags and files to the payload of the sending API. Pure, but for reading attachments."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import InputError
from .addresses import Address, parse_address, parse_addresses

__all__ = ["Address", "Attachment", "Message", "check_message", "parse_address", "parse_addresses"]

# Limits of the API.
MAX_BYTES = 10 * 1024 * 1024  # of a message with its attachments
MAX_RECIPIENTS = 1000  # in each of to, cc, bcc
MAX_CATEGORY = 255  # characters
MAX_VARIABLES = 1000  # bytes of the custom variables as JSON

MAX_FILE = 64 * 1024 * 1024  # bytes of any file that is read: no message in any encoding is near it

# Headers that the API writes itself, and the flag that sets each.
RESERVED = {
    "from": "--from",
    "to": "--to",
    "cc": "--cc",
    "bcc": "--bcc",
    "reply-to": "--reply-to",
    "subject": "--subject",
    "content-type": None,
    "content-transfer-encoding": None,
    "content-disposition": None,
    "mime-version": None,
    "date": None,
    "message-id": None,
    "dkim-signature": None,
    "received": None,
    "return-path": None,
}

_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_HEADER_NAME = re.compile(r"[!-9;-~]+")  # RFC 5322, 3.6.8: printable ASCII without the colon
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CONTENT_ID = re.compile(r"[!-;=?-~]+")  # of RFC 2392's addr-spec, what cannot leave its angle brackets


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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
        """The API's JSON, with what is set and nothing else."""
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


# ------------------------------------------------------------------------------------------------ checks


def check_message(message: Message) -> None:
    """Everything that can be known to be refused, before the request.

    Raises InputError: the first problem is its sentence, all of them its `details` where there are several.
    """
    problems = list(_problems(message))
    if problems:
        first, hint = problems[0]
        raise InputError(first, hint=hint, details=[text for text, _ in problems] if len(problems) > 1 else ())


Problem = tuple[str, str | None]
_ONE_LINE = "It must be one line of text."


def _problems(message: Message) -> Iterable[Problem]:
    if message.sender is None:
        yield "There is no sender", "Give --from, set MAILTRAP_FROM_EMAIL, or: mailtrap config set from ADDRESS"
    if not (message.to or message.cc or message.bcc):
        yield "There is no recipient", "Give --to, --cc or --bcc."
    for flag, addresses in (("--to", message.to), ("--cc", message.cc), ("--bcc", message.bcc)):
        if len(addresses) > MAX_RECIPIENTS:
            yield f"{flag}: {len(addresses)} recipients; a message may have {MAX_RECIPIENTS}", "See: mailtrap batch"
    yield from _content_problems(message)
    yield from _line_problems(message)
    if message.category is not None and len(message.category) > MAX_CATEGORY:
        yield f"--category: {len(message.category)} characters; {MAX_CATEGORY} are allowed", None
    if message.custom_variables:
        size = len(json.dumps(dict(message.custom_variables), ensure_ascii=False).encode("utf-8", "surrogatepass"))
        if size > MAX_VARIABLES:
            yield f"--variable: {size} bytes of JSON in all; {MAX_VARIABLES} are allowed", None
    if message.attachments:
        yield from _attachment_problems(message.attachments)
    size = size_of(message)
    if size > MAX_BYTES:
        yield (
            f"The message with its attachments has {size:,} bytes; {MAX_BYTES:,} ({MAX_BYTES >> 20} MB) are allowed",
            "Send a link to the file instead.",
        )


def _content_problems(message: Message) -> Iterable[Problem]:
    if message.template_uuid is not None:
        if not _UUID.fullmatch(message.template_uuid):
            yield (
                f"--template: {message.template_uuid!r} is not a UUID",
                "It is shown beside the template, such as b81aabcd-1a1e-41cf-91b6-eca0254b3d96.",
            )
        given = [name for name in ("subject", "text", "html") if getattr(message, name) is not None]
        if given:
            flags = " and ".join(f"--{name}" for name in given)
            yield f"--template excludes {flags}: the template has them", "Leave one or the other out."
        return
    if message.template_variables is not None:
        yield "There are template variables but no template", "Give --template UUID."
    if not message.subject:
        yield "There is no subject", "Give --subject."
    if not message.text and not message.html:
        yield "There is no body", "Give --text, --html or their -file forms, or pipe the text in."
    for name, body in (("text", message.text), ("html", message.html)):
        if body == "" and (message.text or message.html):
            yield f"--{name}: the body is empty", "Leave it out."
        if body is not None and not body.isascii() and _SURROGATE.search(body):
            yield f"--{name}: the body holds bytes that are not UTF-8 text", "Convert it to UTF-8."


def _line_problems(message: Message) -> Iterable[Problem]:
    """Line breaks and other control characters where they could add a header of their own."""
    if message.subject and has_controls(message.subject):
        yield "--subject holds a line break or another control character", _ONE_LINE
    for flag, addresses in (
        ("--from", [message.sender] if message.sender else ()),
        ("--to", message.to),
        ("--cc", message.cc),
        ("--bcc", message.bcc),
        ("--reply-to", [message.reply_to] if message.reply_to else ()),
    ):
        for address in addresses:
            if address.name and has_controls(address.name):
                yield f"{flag}: the name {address.name!r} holds a line break or another control character", _ONE_LINE
    if message.category and has_controls(message.category):
        yield "--category holds a line break or another control character", _ONE_LINE
    if message.headers:
        yield from _header_problems(message.headers)


def _header_problems(headers: Mapping[str, str]) -> Iterable[Problem]:
    seen: dict[str, str] = {}
    for name, value in headers.items():
        key = name.lower()
        if not _HEADER_NAME.fullmatch(name):
            yield f"--header: {name!r} is not the name of a header", "Such as --header 'X-Campaign: spring'."
        elif key in RESERVED:
            own = RESERVED[key]
            yield f"--header: {name} is set by the API itself", f"Use {own} for it." if own else "Leave it out."
        elif key in seen:
            yield f"--header: {seen[key]} and {name} are the same header", "Give it once."
        if has_controls(value):
            yield f"--header: {name!r} holds a line break or another control character", _ONE_LINE
        seen[key] = name


def _attachment_problems(attachments: Sequence[Attachment]) -> Iterable[Problem]:
    seen: set[str] = set()
    for attachment in attachments:
        if not attachment.filename or has_controls(attachment.filename):
            yield f"--attach: {attachment.filename!r} is not a usable file name", "Rename the file."
        if attachment.type and has_controls(attachment.type):
            yield f"--attach: {attachment.type!r} is not a MIME type", "Such as image/png."
        identity = attachment.content_id
        if identity is None:
            continue
        if not _CONTENT_ID.fullmatch(identity):
            yield f"--inline: {identity!r} is not a content id", "Use letters, digits and dots: --inline logo=logo.png"
        if identity in seen:
            yield f"--inline: the content id {identity!r} is used twice", "Give each image its own: CID=PATH."
        seen.add(identity)


def has_controls(text: str) -> bool:
    """Whether a text that must be one line holds a line break or another control character."""
    return not (text.isascii() and text.isprintable()) and _UNSAFE.search(text) is not None


def size_of(message: Message) -> int:
    """Bytes of the bodies and of the attachments as decoded."""
    bodies = sum(len(body.encode("utf-8", "replace")) for body in (message.text, message.html) if body)
    return bodies + sum(len(attachment.content) for attachment in message.attachments)


# ------------------------------------------------------------------------------------------------ flags


def parse_pairs(given: Iterable[str], flag: str, example: str = "user_id=42") -> dict[str, str]:
    """`K=V` words to a dict, the last of a key winning; InputError for a word without `=` or key."""
    pairs: dict[str, str] = {}
    for word in given:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise InputError(f"{flag}: {word!r} is not KEY=VALUE", hint=f"Such as {flag} {example}.")
        if _SURROGATE.search(word):
            raise InputError(f"{flag}: {word!r} is not UTF-8 text")
        pairs[key] = value
    return pairs


def parse_headers(given: Iterable[str], flag: str) -> dict[str, str]:
    """`Name: value` words to a dict; InputError for a word without a colon and for a name given twice."""
    headers: dict[str, str] = {}
    for word in given:
        name, colon, value = word.partition(":")
        if not colon or not name.strip():
            raise InputError(f"{flag}: {word!r} is not 'Name: value'", hint=f"Such as {flag} 'X-Campaign: spring'.")
        name = name.strip()
        if name in headers:
            raise InputError(f"{flag}: {name} is given twice", hint="The API takes one value for a header.")
        headers[name] = value.strip(" \t")
    return headers


def read_file(path: str, flag: str, limit: int = MAX_FILE) -> bytes:
    """The bytes of a file; InputError naming flag and file for one that is missing, a folder, unreadable or too large.

    No more than `limit` bytes are read, so that a device or a pipe without end does not fill the memory.
    """
    try:
        with open(path, "rb") as stream:
            data = stream.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a usable file name"
        hint = "Name a file." if isinstance(error, IsADirectoryError) else "Check its name and mode."
        raise InputError(f"{flag}: {path} cannot be read: {reason}", hint=hint) from error
    if len(data) > limit:
        raise InputError(
            f"{flag}: {path} is over {limit >> 20} MB; a message may have {MAX_BYTES >> 20} MB with its attachments",
            hint="Send a link to the file instead.",
        )
    return data


def read_attachment(path: str, flag: str) -> Attachment:
    """A file as an attachment, its type by its name; InputError where it cannot be read or is over the limit alone."""
    import os
    from mimetypes import guess_type

    content = read_file(path, flag, MAX_BYTES)
    kind, encoding = guess_type(path)
    return Attachment(content, os.path.basename(path), kind if kind and not encoding else "application/octet-stream")


def read_inline(given: str, flag: str) -> Attachment:
    """`CID=PATH`, or `PATH` whose file name is the content id, as an inline attachment."""
    import os

    identity, equals, path = given.partition("=")
    if not equals or os.path.exists(given):
        identity, path = os.path.basename(given), given
    return replace(read_attachment(path, flag), disposition="inline", content_id=identity)
