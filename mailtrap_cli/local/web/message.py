"""One message as the page shows it: its fields, its links and code, its parts, its checks."""

from __future__ import annotations

import re
from typing import Any

from ...files import safe_name
from ...sandbox.codes import find_code
from ...sandbox.inline_images import InlineImages
from ...sandbox.link_check import find_link_fault
from ...sandbox.links import collect_links, find_link
from ...sandbox.mailbox import format_address, is_spam_checked
from .. import documents
from ..mime import Part, list_headers, parts, raw
from ..rules import list_recipients
from ..store import Captured
from .frame import describe_html
from .reader import Reader

LONGEST = 1_000_000  # characters of text shown on a page; the whole text can be downloaded
MOST_LINKS = 200


class Message:
    """A captured message. `find` returns None if it does not exist."""

    def __init__(self, reader: Reader, captured: Captured, content: dict[str, Any]) -> None:
        self._reader = reader
        self.captured = captured
        self.content = content
        self.text: str | None = content.get("text") or None
        self.html: str | None = content.get("html") or None

    @classmethod
    def find(cls, reader: Reader, number: int) -> Message | None:
        """Find the message with this ID, in any sandbox."""
        found = reader.store.message(None, number)
        return None if found is None else cls(reader, *found)

    def describe(self) -> dict[str, Any]:
        """Return everything the page shows, in one document."""
        row = documents.message(self.captured)
        subject, text, html = self.captured.subject, self.text, self.html
        return {
            "id": row["id"],
            "sandbox_id": row["sandbox_id"],
            "stream": row["stream"],
            "subject": subject,
            "sent_at": row["sent_at"],
            "is_read": row["is_read"],
            "human_size": row["human_size"],
            "category": self.content.get("category"),
            "template": self.content.get("template_uuid"),
            "message_ids": self.captured.ids.split(),
            "addresses": self._list_addresses(),
            "text": None if text is None else text[:LONGEST],
            "html": None if html is None else describe_html(html),
            "link": find_link(text, html),
            "code": find_code(subject, text, html),
            "attachments": [self._describe_attachment(part) for part in parts(self.content)],
        }

    def _list_addresses(self) -> dict[str, str]:
        found: dict[str, str] = {}
        named: set[str] = set()
        for field, name in (("from", "From"), ("to", "To"), ("cc", "Cc"), ("bcc", "Bcc"), ("reply_to", "Reply-To")):
            entries = self.content.get(field) or []
            entries = [entries] if isinstance(entries, dict) else entries
            if entries:
                found[name] = ", ".join(format_address(entry.get("name"), entry["email"]) for entry in entries)
                named.update(entry["email"].lower() for entry in entries)
        others = [email for email in list_recipients(self.content) if email.lower() not in named]
        return found | ({"Envelope": ", ".join(others)} if others else {})

    def _describe_attachment(self, part: Part) -> dict[str, Any]:
        document = documents.attachment(self.captured, part)
        return {
            "id": document["id"],
            "filename": file_name(part),
            "content_type": part.content_type,
            "human_size": document["attachment_human_size"],
            "inline": part.disposition == "inline",
        }

    def find_part(self, number: int) -> Part | None:
        """Return the attachment with this ID."""
        return next((part for part in parts(self.content) if self._id_of(part) == number), None)

    def _id_of(self, part: Part) -> int:
        number: int = documents.attachment(self.captured, part)["id"]
        return number

    def read_source(self) -> bytes:
        """Return the raw message."""
        return raw(self.captured, self.content)

    def read_headers(self) -> list[tuple[str, str]]:
        """Return the headers, in order."""
        return list_headers(self.captured, self.content)

    def inline_images(self) -> InlineImages:
        """Return the images that the HTML refers to by `cid:`."""
        by_id = {self._id_of(part): part for part in parts(self.content)}
        described = [documents.attachment(self.captured, part) for part in by_id.values()]
        return InlineImages(lambda: described, lambda attachment: by_id[attachment["id"]].content)

    def run_checks(self) -> dict[str, Any]:
        """Check what email clients do not support, check the links, and return the spam report."""
        report = (self._ask("/analyze") or {}).get("report") or {}
        spam = (self._ask("/spam_report") or {}).get("report") or {}
        links = collect_links(self.text, self.html)
        return {
            "html": [
                {"line": error["error_line"], "rule": error["rule_name"], "clients": error["email_clients"]}
                for error in report.get("errors") or ()
            ],
            "has_html": self.html is not None,
            "links": [
                {"url": link.url, "words": link.words, "fault": find_link_fault(link.url, allow_private=True)}
                for link in links[:MOST_LINKS]
            ],
            "links_left_out": max(len(links) - MOST_LINKS, 0),
            "spam": {
                "checked": is_spam_checked(spam),
                "message": spam.get("ResponseMessage"),
                "score": spam.get("Score"),
                "threshold": spam.get("Threshold"),
                "spam": spam.get("Spam"),
                "rules": [
                    {"name": rule.get("RuleName"), "points": rule.get("Pts"), "description": rule.get("Description")}
                    for rule in spam.get("Details") or ()
                ],
            },
        }

    def _ask(self, part: str) -> Any:
        sandbox_id = documents.message(self.captured)["sandbox_id"]
        return self._reader.ask(f"/api/sandboxes/{sandbox_id}/messages/{self.captured.id}{part}")


def file_name(part: Part) -> str:
    """Return a safe file name for an attachment, on every system."""
    return safe_name(part.filename, f"attachment-{part.number}")


def attachment_header(name: str) -> str:
    """Return a Content-Disposition that makes a browser save under this name (RFC 6266, 4.3), in any script."""
    from urllib.parse import quote

    plain = re.sub(r'[^ -~]|["\\%]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
