"""Find what the API would refuse in a message before it is sent. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field

from ..errors import InputError
from ..records import record
from .message import MAX_BYTES, Attachment, Message, size_of

# Limits of the API.
MAX_RECIPIENTS = 1000  # in each of to, cc, bcc
MAX_CATEGORY = 255  # characters
MAX_VARIABLES = 1000  # bytes of the custom variables as JSON

# Headers that the API writes itself, and the field that sets each.
RESERVED = {
    "from": "from",
    "to": "to",
    "cc": "cc",
    "bcc": "bcc",
    "reply-to": "reply_to",
    "subject": "subject",
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

# Compiled when first needed (`re` caches them); most runs never need them.
_UNSAFE = r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
_SURROGATE = r"[\ud800-\udfff]"
_HEADER_NAME = r"[!-9;-~]+"  # RFC 5322, 3.6.8: printable ASCII without the colon
_UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_CONTENT_ID = r"[!-;=?-~]+"  # the part of RFC 2392's addr-spec that cannot escape its angle brackets


@record
class Problem:
    """One problem. `text` names fields as `{to}`; `hint` is the default, for callers without a better one.

    `field` is the API's path: `from`, `to[2].name`, `headers.X-A`, `attachments[0].content_id`.
    """

    field: str
    text: str
    hint: str | None = None
    missing: bool = False


@record
class FieldNames:
    """What an error calls the fields of a message (by default, the API's names), and the hint for a missing one."""

    name: Callable[[str], str] = str
    missing: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)

    def fill(self, problem: Problem) -> str:
        """The problem's sentence, with these names in it."""
        return _unbrace(re.sub(r"\{([^{}]*)\}", lambda match: self.name(match[1]), problem.text))

    def hint(self, problem: Problem) -> str | None:
        """What to do about the problem."""
        return (self.missing if problem.missing else self.hints).get(problem.field, problem.hint)


class InvalidMessage(InputError):  # noqa: N818 - a verdict
    """A message that the API would refuse. The first problem is the message; all are in `details`."""

    def __init__(self, problems: Sequence[Problem], names: FieldNames | None = None) -> None:
        self.problems = problems
        names = names or FieldNames()
        texts = [names.fill(problem) for problem in problems]
        self.hints = [names.hint(problem) for problem in problems]
        super().__init__(texts[0], hint=self.hints[0], details=texts if len(texts) > 1 else ())

    def rename_fields(self, names: FieldNames) -> InvalidMessage:
        """Return the same error with the fields named as the user knows them."""
        return InvalidMessage(self.problems, names)


def check_message(message: Message) -> None:
    """Raise InvalidMessage for everything that the API is known to refuse."""
    problems = list(_find_problems(message))
    if problems:
        raise InvalidMessage(problems)


# Text from outside may contain braces, which stand for fields in a problem.
_BRACES = str.maketrans({"{": "\ue000", "}": "\ue001"})


def _show(text: str) -> str:
    return repr(text).translate(_BRACES)


def _unbrace(text: str) -> str:
    return text.replace("\ue000", "{").replace("\ue001", "}")


_ONE_LINE = "It must be one line of text."
_CONTROLS = "contains a line break or another control character"


def _find_problems(message: Message) -> Iterable[Problem]:
    if message.sender is None:
        yield Problem("from", "No sender", "Set `from`.", missing=True)
    if not (message.to or message.cc or message.bcc):
        yield Problem("to", "No recipient", "Set `to`, `cc` or `bcc`.", missing=True)
    for name, addresses in (("to", message.to), ("cc", message.cc), ("bcc", message.bcc)):
        if len(addresses) > MAX_RECIPIENTS:
            text = f"{{{name}}}: {len(addresses):,} recipients; the limit is {MAX_RECIPIENTS:,} per message"
            yield Problem(name, text, "See: mailtrap help batch")
    yield from _content_problems(message)
    yield from _line_problems(message)
    if message.category is not None and len(message.category) > MAX_CATEGORY:
        text = f"{{category}}: {len(message.category):,} characters; the limit is {MAX_CATEGORY}"
        yield Problem("category", text, "Shorten it.")
    if message.custom_variables:
        size = len(json.dumps(dict(message.custom_variables), ensure_ascii=False).encode("utf-8", "surrogatepass"))
        if size > MAX_VARIABLES:
            text = f"{{custom_variables}}: {size:,} bytes of JSON in total; the limit is {MAX_VARIABLES:,}"
            yield Problem("custom_variables", text, "Shorten them.")
    if message.attachments:
        yield from _attachment_problems(message.attachments)
    size = size_of(message)
    if size > MAX_BYTES:
        text = f"The message is {size:,} bytes with its attachments; the limit is {MAX_BYTES:,} ({MAX_BYTES >> 20} MB)"
        yield Problem("", text, "Send a link to the file instead.")


def _content_problems(message: Message) -> Iterable[Problem]:
    if message.template_uuid is not None:
        if not re.fullmatch(_UUID, message.template_uuid):
            text = f"{{template_uuid}}: {_show(message.template_uuid)} is not a UUID"
            yield Problem("template_uuid", text, "Example: b81aabcd-1a1e-41cf-91b6-eca0254b3d96")
        given = [name for name in ("subject", "text", "html") if getattr(message, name) is not None]
        if given:
            shown = " and ".join(f"{{{name}}}" for name in given)
            text = f"{{template_uuid}} cannot be combined with {shown}: the template has its own"
            yield Problem(given[0], text, "Leave one or the other out.")
        return
    if message.template_variables is not None:
        yield Problem("template_uuid", "Template variables without a template", "Set `template_uuid`.", missing=True)
    if not message.subject:
        yield Problem("subject", "No subject", "Set `subject`.", missing=True)
    if not message.text and not message.html:
        yield Problem("text", "No body", "Set `text` or `html`.", missing=True)
    for name, body in (("text", message.text), ("html", message.html)):
        if body == "" and (message.text or message.html):
            yield Problem(name, f"{{{name}}}: the body is empty", "Leave it out.")
        if body is not None and not body.isascii() and re.search(_SURROGATE, body):
            yield Problem(name, f"{{{name}}}: the body is not UTF-8 text", "Convert it to UTF-8.")


def _line_problems(message: Message) -> Iterable[Problem]:
    """Find line breaks and other control characters that could inject a header."""
    if message.subject and has_controls(message.subject):
        yield Problem("subject", f"{{subject}} {_CONTROLS}", _ONE_LINE)
    for name, addresses in (
        ("from", [message.sender] if message.sender else ()),
        ("to", message.to),
        ("cc", message.cc),
        ("bcc", message.bcc),
        ("reply_to", [message.reply_to] if message.reply_to else ()),
    ):
        for number, address in enumerate(addresses):
            if address.name and has_controls(address.name):
                path = f"{name}.name" if name in ("from", "reply_to") else f"{name}[{number}].name"
                yield Problem(path, f"{{{path}}}: the name {_show(address.name)} {_CONTROLS}", _ONE_LINE)
    if message.category and has_controls(message.category):
        yield Problem("category", f"{{category}} {_CONTROLS}", _ONE_LINE)
    if message.headers:
        yield from _header_problems(message.headers)


def _header_problems(headers: Mapping[str, str]) -> Iterable[Problem]:
    seen: dict[str, str] = {}
    for name, value in headers.items():
        key = name.lower()
        if not re.fullmatch(_HEADER_NAME, name):
            yield Problem("headers", f"{{headers}}: {_show(name)} is not a header name", "Example: X-Campaign")
            continue
        path = f"headers.{name.translate(_BRACES)}"
        if key in RESERVED:
            own = RESERVED[key]
            hint = f"Set `{own}` instead." if own else "Leave it out."
            yield Problem(f"reserved.{own}" if own else "reserved", f"{{{path}}}: the API sets {name} itself", hint)
        elif key in seen:
            yield Problem(path, f"{{{path}}}: {seen[key]} and {name} are the same header", "Use one of them.")
        if has_controls(value):
            yield Problem(path, f"{{{path}}}: the value of {name} {_CONTROLS}", _ONE_LINE)
        seen[key] = name


def _attachment_problems(attachments: Sequence[Attachment]) -> Iterable[Problem]:
    seen: set[str] = set()
    for number, attachment in enumerate(attachments):
        path = f"attachments[{number}]"
        if not attachment.filename or has_controls(attachment.filename):
            text = f"{{{path}.filename}}: {_show(attachment.filename)} is not a usable file name"
            yield Problem(f"{path}.filename", text, "Rename the file.")
        elif not attachment.content:
            text = f"{{{path}.content}}: {_show(attachment.filename)} is empty"
            yield Problem(f"{path}.content", text, "The API refuses empty files: leave it out.")
        if attachment.type and has_controls(attachment.type):
            yield Problem(
                f"{path}.type", f"{{{path}.type}}: {_show(attachment.type)} is not a MIME type", "Example: image/png"
            )
        identity = attachment.content_id
        if identity is None:
            continue
        field_ = f"{path}.content_id"
        if not re.fullmatch(_CONTENT_ID, identity):
            hint = "Use letters, digits and dots, such as logo."
            yield Problem(field_, f"{{{field_}}}: {_show(identity)} is not a content ID", hint)
        if identity in seen:
            text = f"{{{field_}}}: the content ID {_show(identity)} is used twice"
            yield Problem(field_, text, "Give each image its own content ID.")
        seen.add(identity)


def has_controls(text: str) -> bool:
    """Whether a text that must be one line contains a line break or another control character."""
    return not text.isprintable() and re.search(_UNSAFE, text) is not None
