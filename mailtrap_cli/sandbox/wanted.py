"""`--extract`: what is wanted of a message, and how it is taken out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InputError
from ..files import safe_name, save
from ..text import clean
from . import extract
from .html import text_of
from .patterns import compiled, search

if TYPE_CHECKING:
    from .mailbox import Mail

KINDS = ("link", "code", "regex", "header", "attachment")
FLAG = "--extract"


@dataclass(frozen=True)
class Wanted:
    """A kind of value, narrowed by what stood after the colon; `pattern` is that of a regex."""

    kind: str
    narrow: str
    pattern: re.Pattern[str] | None = None

    def __str__(self) -> str:
        return f"{self.kind}:{self.narrow}" if self.narrow else self.kind


def parse(text: str) -> Wanted:
    """`link`, `link:/confirm`, `code`, `code:6`, `regex:…`, `header:NAME`, `attachment:NAME`; InputError for others."""
    kind, _, narrow = text.partition(":")
    if kind not in KINDS:
        raise InputError(
            f"{FLAG}: {text!r} is none of link, code, regex:…, header:…, attachment:…",
            hint=r"Such as link, link:/confirm, code, code:6, regex:'Order (\d+)', header:X-Id, attachment:bill.pdf.",
        )
    if not narrow and kind in ("regex", "header", "attachment"):
        raise InputError(f"{FLAG}: {kind} needs a value, as in {kind}:NAME")
    return Wanted(kind, narrow, compiled(narrow, FLAG) if kind == "regex" else None)


def take(wanted: Wanted, mail: Mail, folder: Path) -> str | None:
    """The value as one harmless line; None where the message does not hold it.

    An attachment is saved in `folder`, under a name that is free there, and its path is the value. Raises InputError
    for a regular expression that does not come to an end, and for a folder that cannot be written to.
    """
    found = _found(wanted, mail, folder)
    return None if found is None else clean(found).strip()


def _found(wanted: Wanted, mail: Mail, folder: Path) -> str | None:
    match wanted.kind:
        case "link":
            return extract.link(mail.text, mail.html, wanted.narrow)
        case "code":
            return extract.code(mail.subject, mail.text, mail.html, wanted.narrow)
        case "header":
            return mail.header(wanted.narrow)
        case "attachment":
            for attachment in named(mail, wanted.narrow):
                return str(save(mail.content(attachment), folder, file_name(attachment)))
            return None
        case _:
            return _first_match(wanted, mail)


def _first_match(wanted: Wanted, mail: Mail) -> str | None:
    """The first group of the first match, or all of it, in the subject, the text, the HTML's text, its source."""
    assert wanted.pattern is not None
    for body in bodies(mail):
        if match := search(wanted.pattern, body, FLAG):
            return next((group for group in match.groups() if group is not None), match[0])
    return None


def bodies(mail: Mail) -> list[str]:
    """What a message says, in the order in which it is searched: subject, text, the HTML as read, its source."""
    html = mail.html
    return [mail.subject, *([mail.text] if mail.text else []), *([text_of(html), html] if html else [])]


def file_name(attachment: Mapping[str, object]) -> str:
    """The name that an attachment is saved under."""
    return safe_name(str(attachment.get("filename") or ""), f"attachment-{attachment.get('id')}")


def named(mail: Mail, name: str) -> list[dict[str, object]]:
    """The attachments with this id, name or pattern (`*.pdf`), whatever the case."""
    from fnmatch import fnmatchcase

    return [
        attachment
        for attachment in mail.attachments
        if name == str(attachment.get("id"))
        or fnmatchcase(str(attachment.get("filename") or "").casefold(), name.casefold())
        or str(attachment.get("filename") or "").casefold() == name.casefold()
    ]
