"""What the local sandbox's live streams capture, read with `mailtrap messages`."""

from __future__ import annotations

import pytest

from tests.conftest import Run
from tests.local.conftest import Serve


@pytest.fixture
def sent(mailtrap: Run, serve: Serve) -> None:
    """Send a message to each stream and one to the sandbox, through a server on the same state folder."""
    server = serve()
    env = {
        "MAILTRAP_API_TOKEN": "any",
        "MAILTRAP_SEND_URL": f"{server.url}/send",
        "MAILTRAP_BULK_URL": f"{server.url}/bulk",
    }
    message = ("--from", "a@acme.example", "--to", "ada@example.com", "--text", "Hello")
    for stream in ("transactional", "bulk"):
        assert mailtrap("send", "--live", "--stream", stream, *message, "--subject", stream, env=env).code == 0
    assert mailtrap("send", "-p", "local", *message, "--subject", "sandbox").code == 0


@pytest.mark.usefixtures("sent")
def test_live_mail_is_read_like_the_rest(mailtrap: Run) -> None:
    local = ("-p", "local")
    listed = mailtrap("messages", "list", *local, "-o", "json").json()
    assert [(row["id"], row["stream"], row["sandbox_id"]) for row in listed] == [
        (3, "sandbox", 1),
        (2, "bulk", 1),
        (1, "transactional", 1),
    ]
    assert mailtrap("messages", "list", *local).out.splitlines()[0].endswith("\tstream")
    assert mailtrap("messages", "list", *local, "--stream", "bulk", "-q").out == "2\n"
    assert "Subject: transactional" in mailtrap("messages", "show", "latest", *local, "--stream", "transactional").out
    assert mailtrap("messages", "wait", *local, "--wait", "0", "--stream", "bulk", "-q").out == "2\n"
    assert mailtrap("messages", "text", "1", *local).out == "Hello\n"
    assert mailtrap("messages", "mark-read", "1", *local).code == 0
    assert mailtrap("messages", "list", *local, "--unread", "-q").out == "3\n2\n"
    assert mailtrap("messages", "delete", "2", *local, "--yes").code == 0
    assert mailtrap("sandboxes", "get", "1", *local, "-o", "json").json()["emails_count"] == 2
    assert mailtrap("sandboxes", "clean", "1", *local, "--yes").code == 0
    assert mailtrap("messages", "list", *local, "-o", "json").json() == []


@pytest.mark.usefixtures("sent")
def test_live_mail_appears_in_no_other_sandbox(mailtrap: Run) -> None:
    message = ("--from", "a@acme.example", "--to", "ada@example.com", "--text", "Hello", "--subject", "Other")
    assert mailtrap("send", "-p", "local", "--sandbox-id", "5", *message).code == 0
    assert mailtrap("messages", "list", "-p", "local", "--sandbox-id", "5", "-q").out == "4\n"


def test_an_unknown_stream_is_refused(mailtrap: Run) -> None:
    result = mailtrap("messages", "list", "-p", "local", "--stream", "live")
    assert result.code == 2
    assert "'live' is not one of sandbox, transactional, bulk" in result.err
