"""A sandbox for these tests: a loopback server answers the pages of a list of messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import Run
from tests.loopback import Loopback, Reply, Request

CORPUS = Path(__file__).parents[1] / "corpus"
MESSAGES = "/account/api/sandboxes/7/messages"


def message(number: int, **more: Any) -> dict[str, Any]:
    """Build a message as the API lists it (schema SandboxMessage), one minute newer than the one before."""
    return {
        "id": number,
        "sandbox_id": 7,
        "subject": f"Subject {number}",
        "created_at": f"2026-01-01T00:{number % 60:02}:00.000Z",
        "sent_at": f"2026-01-01T00:{number % 60:02}:00.000Z",
        "from_email": "no-reply@shop.example",
        "from_name": "Shop",
        "to_email": "ada@example.com",
        "to_name": "Ada",
        "is_read": False,
        **more,
    }


@dataclass
class Inbox:
    """Sandbox 7 on a server: `messages`, newest first; `parts` are its other answers, by path below it."""

    server: Loopback
    messages: list[dict[str, Any]] = field(default_factory=list)
    parts: dict[str, Reply] = field(default_factory=dict)
    lists: list[str] = field(default_factory=list)  # the query of each list that was asked for

    @property
    def env(self) -> dict[str, str]:
        return {**self.server.env, "MAILTRAP_SANDBOX_ID": "7"}

    def answer(self, request: Request) -> Reply:
        url = urlsplit(request.path)
        below = url.path.removeprefix(MESSAGES)
        if not url.path.startswith(MESSAGES):
            return self.parts.get(url.path, Reply(404, {"error": "Not Found"}))
        if below in self.parts or below:
            found = {f"/{each['id']}": Reply(200, each) for each in self.messages}
            return self.parts.get(f"{request.method} {below}", self.parts.get(below, found.get(below, NOT_FOUND)))
        self.lists.append(url.query)
        query = parse_qs(url.query)
        before = int(query.get("last_id", ["0"])[0])
        words = query.get("search", [""])[0]
        found_here = [
            each for each in self.messages if (not before or each["id"] < before) and words in each["subject"]
        ]
        return Reply(200, found_here[:30])


NOT_FOUND = Reply(404, {"error": "Not Found"})


@pytest.fixture
def inbox(server: Loopback) -> Inbox:
    found = Inbox(server)
    server.script = found.answer
    return found


@pytest.fixture
def deliver(mailtrap: Run) -> Any:
    """Send messages of the corpus, by name, to the local sandbox."""

    def send(*names: str) -> None:
        for name in names:
            result = mailtrap("send", "-p", "local", "--eml", str(CORPUS / f"{name}.eml"))
            assert result.code == 0, result.err

    return send
