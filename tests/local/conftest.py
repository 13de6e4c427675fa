"""An embedded sandbox in an empty folder, and a way to ask it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailtrap_cli.answers import Answer
from mailtrap_cli.local.app import Host, Sandbox
from mailtrap_cli.local.store import Store

AUTHORIZED = {"authorization": "Bearer local", "content-type": "application/json"}
MESSAGE: dict[str, Any] = {
    "from": {"email": "shop@acme.example", "name": "Acme"},
    "to": [{"email": "ada@example.com", "name": "Ada"}],
    "subject": "Your order",
    "text": "Thank you.\n",
}


class Api:
    """Asks a sandbox as a client would, and gives its answers."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.sandbox = Sandbox(store)

    def ask(self, host: Host, method: str, url: str, body: object = None) -> Answer:
        path, _, query = url.partition("?")
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.sandbox.handle(host, method, path, query, AUTHORIZED, content)

    def get(self, url: str) -> Any:
        """The JSON of a GET of the account host, which must be answered."""
        answer = self.ask("account", "GET", url)
        assert answer.status == 200, (url, answer)
        return answer.json()

    def send(self, message: object, *, host: Host = "sandbox", sandbox_id: int = 1) -> Answer:
        return self.ask(host, "POST", f"/api/send/{sandbox_id}" if host == "sandbox" else "/api/send", message)

    def sent(self, *, host: Host = "sandbox", sandbox_id: int = 1, **fields: Any) -> list[str]:
        """Send a good message with these fields; its message ids."""
        answer = self.send({**MESSAGE, **fields}, host=host, sandbox_id=sandbox_id)
        assert answer.status == 200, answer
        ids: list[str] = answer.json()["message_ids"]
        return ids


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "state")
    yield opened
    opened.close()


@pytest.fixture
def api(store: Store) -> Api:
    return Api(store)
