"""`mailtrap messages send`: a captured message is sent as it was captured, by the rules of `send`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtrap_cli.local.app import Sandbox
from mailtrap_cli.local.smtp_delivery import Route, keep_mail
from mailtrap_cli.local.source import make_message
from mailtrap_cli.local.store import Store
from tests.conftest import Result, Run
from tests.loopback import SENT, Loopback, Reply

MAIL = (
    b"From: Shop <shop@acme.example>\r\nTo: Ada <ada@example.com>\r\nSubject: Your order\r\nX-MT-Category: orders\r\n"
    b"Received: from somewhere\r\nX-Order: 7\r\n\r\nThank you.\r\n"
)
BODY = {
    "from": {"email": "shop@acme.example", "name": "Shop"},
    "to": [{"email": "ada@example.com", "name": "Ada"}],
    "bcc": [{"email": "hidden@example.com"}],
    "subject": "Your order",
    "text": "Thank you.\n",
    "headers": {"X-Order": "7"},
    "category": "orders",
}


@pytest.fixture
def captured(tmp_path: Path) -> Iterator[Store]:
    """A local sandbox with one message, received by SMTP."""
    store = Store(tmp_path / "state")
    keep_mail(Sandbox(store), Route(), make_message("", ["ada@example.com", "hidden@example.com"], MAIL))
    yield store
    store.close()


def release(mailtrap: Run, server: Loopback, store: Store, *args: str) -> Result:
    env = {**server.env, "MAILTRAP_STATE_DIR": str(store.path.parent)}
    return mailtrap("messages", "send", *args, env=env)


def test_a_captured_message_is_sent_to_everyone_who_got_it(mailtrap: Run, server: Loopback, captured: Store) -> None:
    server.replies.append(SENT)
    result = release(mailtrap, server, captured, "1", "--live", "-o", "json")
    assert result.code == 0, result.err
    assert "LIVE transactional" in result.err
    assert result.json()["recipients"] == ["ada@example.com", "hidden@example.com"]
    (request,) = server.requests
    assert request.path == "/send/api/send"
    assert request.json() == BODY


def test_to_replaces_every_recipient(mailtrap: Run, server: Loopback, captured: Store) -> None:
    server.replies.append(SENT)
    result = release(
        *(mailtrap, server, captured, "latest", "--sandbox-id", "123456"),
        *("--to", "me@acme.example", "--from", "b@acme.example"),
    )
    assert result.code == 0, result.err
    (request,) = server.requests
    assert request.path == "/sandbox/api/send/123456"
    changed = {"to": [{"email": "me@acme.example"}], "from": {"email": "b@acme.example"}}
    assert request.json() == {key: value for key, value in (BODY | changed).items() if key != "bcc"}


def test_a_message_that_does_not_exist_is_looked_for_where_it_was_captured(
    mailtrap: Run, server: Loopback, captured: Store
) -> None:
    result = release(mailtrap, server, captured, "99", "--live")
    assert result.code == 5
    hint = "See: mailtrap messages list -p local. For another sandbox use --source-sandbox-id."
    assert f"Message 99 is not in sandbox 1.\nHint: {hint}" in result.err


def test_a_dry_run_sends_nothing(mailtrap: Run, server: Loopback, captured: Store) -> None:
    result = release(mailtrap, server, captured, "1", "--live", "--dry-run", "-o", "json")
    assert result.code == 0, result.err
    assert json.loads(result.out)["body"] == BODY


@pytest.mark.parametrize(
    ("reply", "code", "words"),
    [
        (Reply(401, {"success": False, "errors": ["Unauthorized"]}), 4, "Unauthorized"),
        (Reply(fault="reset"), 7, "outcome unknown"),
    ],
)
def test_errors_are_those_of_send(
    mailtrap: Run, server: Loopback, captured: Store, reply: Reply, code: int, words: str
) -> None:
    server.script = lambda request: reply if request.method == "POST" else Reply(404, {"error": "Not Found"})
    result = release(mailtrap, server, captured, "1", "--live")
    assert result.code == code
    assert words in result.err


def test_an_unsendable_message_is_refused_before_any_request(mailtrap: Run, server: Loopback, captured: Store) -> None:
    keep_mail(Sandbox(captured), Route(), make_message("", ["ada@example.com"], b"From: a@acme.example\r\n\r\nx\r\n"))
    result = release(mailtrap, server, captured, "2", "--live")
    assert result.code == 2
    assert result.err.startswith("Error: No subject.\nHint: Save it with mailtrap messages eml 2 -p local")
    assert release(mailtrap, server, captured, "99", "--live").code == 5
