"""What errors call the fields of a message that comes from flags, from a file, or from both."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..mail.checks import FieldNames
    from ..mail.message import Message

_FLAGS = {
    "custom_variables": "--variable",
    "headers": "--header",
    "template_uuid": "--template",
    "template_variables": "--template-var",
    "reply_to": "--reply-to",
}
_MISSING = {
    "from": "Use --from, or save a sender: mailtrap config set from ADDRESS",
    "to": "Use --to, --cc or --bcc.",
    "subject": "Use --subject.",
    "text": "Use --text, --html, --text-file or --html-file, or pipe the text in.",
    "template_uuid": "Use --template UUID.",
}
_HINTS = {"headers": "Example: --header 'X-Campaign: spring'"}
# The headers of a MIME file that the fields come from.
_HEADERS = {"from": "From", "to": "To", "cc": "Cc", "bcc": "Bcc", "reply_to": "Reply-To", "subject": "Subject"}


def name_flag(field: str) -> str:
    """The flag that sets a field of the API, such as `--inline` for `attachments[0].content_id`."""
    root = _root_of(field)
    if root == "attachments":
        return "--inline" if field.endswith(".content_id") else "--attach"
    return _FLAGS.get(root, f"--{root}")


def flag_names() -> FieldNames:
    """The names of a message that comes from flags alone."""
    from ..mail.checks import FieldNames

    hints = {f"reserved.{field}": f"Use {name_flag(field)} instead." for field in _HEADERS}
    return FieldNames(name_flag, _MISSING, {**_HINTS, **hints})


def file_names(where: str, of_file: Message, given: Collection[str], *, mime: bool) -> FieldNames:
    """The names of a message of which the file `where` holds all but the fields `given` by flags."""
    from ..mail.checks import FieldNames

    def name(field: str) -> str:
        root = _root_of(field)
        if root == "attachments" and int(field.partition("[")[2].partition("]")[0]) >= len(of_file.attachments):
            return name_flag(field)
        if root == "headers" and field.partition(".")[2] not in of_file.headers:
            return name_flag(field)
        if root in given or (root == "from" and of_file.sender is None):
            return name_flag(field)
        if not mime:
            return f"{where}: {field}"
        return f"{where}: {_HEADERS.get(root, field)}"

    return FieldNames(name, _MISSING)


def _root_of(field: str) -> str:
    return re.split(r"[.\[]", field)[0]
