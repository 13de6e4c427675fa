"""Read what the pages show, from the local sandbox's store and API answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from ...sandbox.mailbox import Filters
from .. import documents
from ..routes import Account, answer_account
from ..rules import list_recipients
from ..store import Captured, Store

PAGE = 50  # messages per answer
MOST = 200
CHUNK = 500  # messages read at once for filters that the store cannot apply
LOOKED_AT = 20_000  # messages read for one request


class Reader:
    """Read the store through a separate connection; change it only when the page asks to."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)

    def close(self) -> None:
        """Close the file."""
        self.store.close()

    def ask(self, path: str, **params: object) -> Any:
        """Return the local sandbox's answer to a GET of the account host; None if it refuses."""
        account = Account(self.store, "", False)
        query = urlencode({name: value for name, value in params.items() if value not in (None, "")}, doseq=True)
        answer = answer_account(account, "GET", path, query, lambda: None)
        return answer.json() if answer.status == 200 else None

    def find_messages(
        self, filters: Filters, sandbox_id: int | None, before: int | None, size: int
    ) -> tuple[list[dict[str, Any]], int | None]:
        """Return matching messages, newest first, and the ID to continue from (None at the end). Raises InputError."""
        start = filters.start_time(datetime.now(UTC))
        oldest = 0 if start is None else int(start.timestamp() * 1000)
        rest = replace(
            filters, search=None, unread=False, stream=None, since=None
        )  # a filter that the store cannot apply
        chunk = CHUNK if rest else size
        found: list[dict[str, Any]] = []
        looked_at = 0
        while looked_at < LOOKED_AT:
            page = self.store.page(
                sandbox_id,
                search=filters.search or "",
                unread=filters.unread,
                stream=filters.stream,
                before=before,
                size=chunk,
            )
            for captured in page:
                if captured.created_at < oldest:
                    return found, None
                before = captured.id
                if not rest or rest.match(_shape_match(captured)):
                    found.append(_shape_row(captured))
                    if len(found) == size:
                        return found, before
            if len(page) < chunk:
                return found, None
            looked_at += len(page)
        return found, before

    def list_sandboxes(self) -> list[dict[str, Any]]:
        """Return each sandbox with its number of messages and unread messages."""
        return [
            {
                "id": row["id"],
                "name": row["name"],
                "messages": row["emails_count"],
                "unread": row["emails_unread_count"],
            }
            for row in self.store.sandboxes()
        ]


def _shape_match(captured: Captured) -> dict[str, Any]:
    """Return only the fields that filters look at, which is cheaper than the whole document."""
    fields = captured.fields()
    return {
        "from_email": fields["from"]["email"],
        "from_name": fields["from"].get("name"),
        "to_email": captured.to_email,
        "to_name": captured.to_name,
        "subject": captured.subject,
        "smtp_information": {"data": {"rcpt_to_addrs": list_recipients(fields)}},
    }


def _shape_row(captured: Captured) -> dict[str, Any]:
    document = documents.message(captured)
    names = ("id", "sandbox_id", "stream", "subject", "sent_at", "is_read", "human_size")
    return {
        **{name: document[name] for name in names},
        "from": document["from_name"] or document["from_email"],
        "to": captured.to_name or captured.to_email or ", ".join(document["smtp_information"]["data"]["rcpt_to_addrs"]),
        "attached": captured.size > captured.text_size + captured.html_size,
    }
