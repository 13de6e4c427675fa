"""Snapshots of emails: what a message says, in a form that stays the same until somebody changes it.

A snapshot is a text file that people read in a review: the subject, the text, the links and the HTML, one tag or one
line of text per line. Values that change with every message are masked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InputError
from ..files import describe_failure, write_new_file
from ..text import clean_block
from .html import Tag, read_tokens
from .links import collect_links
from .patterns import replace_pattern
from .vocabulary import INVISIBLE

if TYPE_CHECKING:
    from .mailbox import Mail

MASK = "[masked]"
CONTEXT = 2  # unchanged lines around a change
LONGEST_DIFF = 40  # lines
MOST_LINES = 2_000  # compared one by one: the time grows with their square
_URL_ATTRIBUTES = ("href", "src", "action", "background")


def render_snapshot(mail: Mail, masks: Sequence[re.Pattern[str]]) -> str:
    """Render what the message says, normalized and masked."""
    subject, text, html = (_mask(part, masks) for part in (mail.subject, mail.text or "", mail.html or ""))
    sections = {
        "Subject": [" ".join(subject.split())],
        "Text": _normalize_text(text),
        "Links": [link.url for link in collect_links(text, html)],
        "HTML": _normalize_html(html),
    }
    return "\n".join(f"# {name}\n" + "".join(f"{line}\n" for line in lines) for name, lines in sections.items())


def read_snapshot(path: Path, where: str) -> str | None:
    """Read the snapshot; None if the file does not exist yet. InputError, named `where`, if it is unreadable."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise InputError(f"{where}: {path} is not a snapshot: it is not UTF-8 text") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{where}: {path}: {describe_failure(error)}") from error


def write_snapshot(path: Path, snapshot: str, where: str) -> None:
    """Write the snapshot. InputError, named `where`, if that fails."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_new_file(snapshot.encode("utf-8", "replace"), path, force=True)
    except OSError as error:
        raise InputError(f"{where}: {path}: {describe_failure(error)}") from error


def compare_snapshots(kept: str, snapshot: str) -> list[str]:
    """Return the lines that differ, as a unified diff without its header; [] if none."""
    before, after = kept.splitlines()[:MOST_LINES], snapshot.splitlines()[:MOST_LINES]
    lines = list(unified_diff(before, after, n=CONTEXT, lineterm=""))[2:]
    if not lines and kept.splitlines() != snapshot.splitlines():
        lines = [f"a change below line {MOST_LINES}"]
    shown = [clean_block(line) for line in lines[:LONGEST_DIFF]]
    return [*shown, f"… and {len(lines) - LONGEST_DIFF} more lines"] if len(lines) > LONGEST_DIFF else shown


def _mask(text: str, masks: Sequence[re.Pattern[str]]) -> str:
    for mask in masks:
        text = replace_pattern(mask, text, MASK, "mask")
    return text


def _normalize_text(text: str) -> list[str]:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _normalize_html(html: str) -> list[str]:
    """Write one tag or run of text per line, attributes in a fixed order, white space collapsed."""
    lines: list[str] = []
    for token in read_tokens(html):
        if isinstance(token, Tag):
            attributes = "".join(
                f' {name}="{" ".join(value.split()) if name not in _URL_ATTRIBUTES else value}"'
                for name, value in sorted(token.attributes.items())
            )
            lines.append(f"<{token.name}{attributes}>".replace("\n", " "))
        elif shown := " ".join(token.strip(INVISIBLE).split()):
            lines.append(shown)
    return lines
