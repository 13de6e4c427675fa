"""`messages wait --extract`: which value to take from a message, and how.

A new kind is one entry in `KINDS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InputError
from ..files import safe_name, save_file
from ..text import clean
from .codes import find_code
from .links import find_link
from .patterns import compile_pattern, search_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .mailbox import Mail


@dataclass(frozen=True)
class Target:
    """What to extract: a kind, narrowed by the part after the colon. `pattern` is a compiled regex.

    `where` starts the error message.
    """

    kind: str
    narrow: str = ""
    pattern: re.Pattern[str] | None = None
    where: str = "extract"

    def __str__(self) -> str:
        return f"{self.kind}:{self.narrow}" if self.narrow else self.kind


def parse_target(text: str, where: str) -> Target:
    """Parse `link`, `link:/confirm`, `code`, `code:6`, `regex:…`, `header:NAME` or `attachment:NAME`.

    Raises InputError, its sentence starting with `where`, for anything else.
    """
    kind, _, narrow = text.partition(":")
    if kind not in KINDS:
        raise InputError(
            f"{where}: {text!r} is not one of link, code, regex:…, header:…, attachment:…",
            hint=r"Examples: link, link:/confirm, code, code:6, regex:'Order (\d+)', header:X-Id, attachment:bill.pdf.",
        )
    if not narrow and KINDS[kind].needs_value:
        raise InputError(f"{where}: {kind} needs a value, as in {kind}:NAME")
    return Target(kind, narrow, compile_pattern(narrow, where) if kind == "regex" else None, where)


def extract_value(target: Target, mail: Mail, folder: Path) -> str | None:
    """Extract the value as one harmless line; None if the message does not have it.

    An attachment is saved in `folder`, under a name that is free there, and its path is the value. Raises InputError
    for a regular expression that takes too long, and for a folder that cannot be written to.
    """
    found = KINDS[target.kind].extract(target, mail, folder)
    return None if found is None else clean(found).strip()


def _extract_link(target: Target, mail: Mail, folder: Path) -> str | None:
    return find_link(mail.text, mail.html, target.narrow)


def _extract_code(target: Target, mail: Mail, folder: Path) -> str | None:
    return find_code(mail.subject, mail.text, mail.html, target.narrow)


def _extract_match(target: Target, mail: Mail, folder: Path) -> str | None:
    """Return the first group of the first match, or all of it, in subject, text, HTML text, or HTML source."""
    assert target.pattern is not None
    for body in searched_texts(mail):
        if match := search_pattern(target.pattern, body, target.where):
            return next((group for group in match.groups() if group is not None), match[0])
    return None


def _extract_header(target: Target, mail: Mail, folder: Path) -> str | None:
    return mail.header(target.narrow)


def _extract_attachment(target: Target, mail: Mail, folder: Path) -> str | None:
    for attachment in match_attachments(mail, target.narrow):
        return str(save_file(mail.content(attachment), folder, attachment_file_name(attachment)))
    return None


@dataclass(frozen=True)
class Kind:
    """How a kind is extracted, and whether it needs a value after the colon."""

    extract: Callable[[Target, Mail, Path], str | None]
    needs_value: bool = False


KINDS = {
    "link": Kind(_extract_link),
    "code": Kind(_extract_code),
    "regex": Kind(_extract_match, needs_value=True),
    "header": Kind(_extract_header, needs_value=True),
    "attachment": Kind(_extract_attachment, needs_value=True),
}


def searched_texts(mail: Mail) -> list[str]:
    """List the texts of a message in search order: subject, text, HTML as read, HTML source."""
    return [mail.subject, *filter(None, (mail.text, mail.html_text, mail.html))]


def attachment_file_name(attachment: Mapping[str, object]) -> str:
    """Return the safe name under which to save an attachment."""
    return safe_name(str(attachment.get("filename") or ""), f"attachment-{attachment.get('id')}")


def match_attachments(mail: Mail, name: str) -> list[dict[str, object]]:
    """Find attachments by ID, name or pattern (`*.pdf`), ignoring case."""
    from fnmatch import fnmatchcase

    return [
        attachment
        for attachment in mail.attachments
        if name == str(attachment.get("id"))
        or fnmatchcase(str(attachment.get("filename") or "").casefold(), name.casefold())
        or str(attachment.get("filename") or "").casefold() == name.casefold()
    ]
