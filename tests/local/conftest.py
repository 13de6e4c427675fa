"""A local sandbox in an empty folder, and ways to send it requests."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import pytest

from mailtrap_cli.api.responses import Answer
from mailtrap_cli.local.app import Sandbox
from mailtrap_cli.local.replies import Host
from mailtrap_cli.local.store import Store
from tests.local.serving import Serving

AUTHORIZED = {"authorization": "Bearer local", "content-type": "application/json"}
MESSAGE: dict[str, Any] = {
    "from": {"email": "shop@acme.example", "name": "Acme"},
    "to": [{"email": "ada@example.com", "name": "Ada"}],
    "subject": "Your order",
    "text": "Thank you.\n",
}


class Api:
    """Sends requests to a sandbox as a client would, and returns its answers."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.sandbox = Sandbox(store)

    def ask(self, host: Host, method: str, url: str, body: object = None) -> Answer:
        path, _, query = url.partition("?")
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.sandbox.handle(host, method, path, query, AUTHORIZED, content)

    def get(self, url: str) -> Any:
        """Return the JSON of a GET to the account host, which must succeed."""
        answer = self.ask("account", "GET", url)
        assert answer.status == 200, (url, answer)
        return answer.json()

    def send(self, message: object, *, host: Host = "sandbox", sandbox_id: int = 1) -> Answer:
        return self.ask(host, "POST", f"/api/send/{sandbox_id}" if host == "sandbox" else "/api/send", message)

    def sent(self, *, host: Host = "sandbox", sandbox_id: int = 1, **fields: Any) -> list[str]:
        """Send a valid message with these fields; return its message IDs."""
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


class Serve(Protocol):
    """Starts `mailtrap local serve` with these arguments, in the fresh user's environment."""

    def __call__(self, *args: str, env: Mapping[str, str] | None = None, as_installed: bool = False) -> Serving: ...


@pytest.fixture
def serve(environment: dict[str, str], tmp_path: Path) -> Iterator[Serve]:
    """Return a starter of servers that are stopped after the test. None of them may have had trouble with a request."""
    started: list[Serving] = []

    def start(*args: str, env: Mapping[str, str] | None = None, as_installed: bool = False) -> Serving:
        folder = tmp_path / f"server{len(started)}"
        folder.mkdir()
        started.append(Serving({**environment, **(env or {})}, folder, *args, as_installed=as_installed))
        return started[-1]

    yield start
    for server in started:
        server.end(signal.SIGKILL)
        assert "Traceback" not in server.err, server.err
        assert "Internal error" not in server.err, server.err


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """One server for the tests of a module that change only its messages."""
    folder = tmp_path_factory.mktemp("standing")
    server = Serving({"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONWARNINGS": "error"}, folder)
    yield server
    server.end()
    assert "Traceback" not in server.err, server.err
    assert "Internal error" not in server.err, server.err
