"""Every request of the handwritten commands checked against the OpenAPI files, and what these commands import."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.cli.test_root import modules_of
from tests.commands.conftest import Inbox, message
from tests.conftest import Run
from tests.loopback import Reply
from tests.openapi import check_request

COMMANDS = (
    ("messages", "list", "--search", "Subject", "--to", "ada"),
    *(("messages", verb, "latest") for verb in ("show", "text", "html", "html-source", "raw", "eml", "headers")),
    *(("messages", verb, "1") for verb in ("spam", "html-check", "mark-read", "mark-unread")),
    ("messages", "forward", "1", "ada@example.com"),
    ("messages", "delete", "1", "--yes"),
    ("messages", "wait", "--extract", "regex:Hello"),
    ("messages", "expect", "--max-spam-score", "9", "--no-html-errors", "--has-attachment", "*", "--header", "From"),
    ("attachments", "list", "1"),
)


def test_every_request_is_one_that_the_api_describes(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(number) for number in range(31, 0, -1)]
    answers = {
        "body.txt": "Hello",
        "body.html": "<p>Hello</p>",
        "body.htmlsource": "<p>Hello</p>",
        "body.raw": "From: x",
        "body.eml": "From: x",
        "mail_headers": {"headers": {"From": "x"}},
        "spam_report": {"report": {"Score": 1}},
        "analyze": {"report": {"errors": []}},
        "attachments": [{"id": 1, "filename": "x"}],
    }
    for number in (1, 31):
        inbox.parts |= {f"/{number}/{part}": Reply(200, body) for part, body in answers.items()}
    inbox.parts |= {
        "PATCH /1": Reply(200, message(1)),
        "DELETE /1": Reply(200, message(1)),
        "POST /1/forward": Reply(200, {"message": "forwarded"}),
    }
    for command in COMMANDS:
        result = mailtrap(*command, env=inbox.env)
        assert result.code == 0, (command, result.err)
    for request in inbox.server.requests:
        url = urlsplit(request.path.removeprefix("/account"))
        body = request.json() if request.body else None
        check_request("sandbox", request.method, url.path, body=body, query=parse_qs(url.query))
    assert {request.method for request in inbox.server.requests} == {"GET", "PATCH", "POST", "DELETE"}


@pytest.mark.parametrize("command", [("messages", "wait", "--help"), ("attachments", "get", "--help")])
def test_a_help_page_loads_no_client_and_nothing_that_searches(
    environment: dict[str, str], command: tuple[str, ...]
) -> None:
    loaded = modules_of(environment, *command)
    heavy = {
        "httpx",
        "rich",
        "webbrowser",
        "mailtrap_cli.api.client",
        "mailtrap_cli.sandbox.extract",
        "mailtrap_cli.cli.rest",
    }
    assert not loaded & (
        heavy | {"mailtrap_cli.sandbox.wait", "mailtrap_cli.ci_report", "mailtrap_cli.sandbox.expectations"}
    )


def test_a_list_loads_nothing_of_the_checks(environment: dict[str, str], tmp_path: Path) -> None:
    environment["MAILTRAP_STATE_DIR"] = str(tmp_path)
    loaded = modules_of(environment, "messages", "list", "-p", "local", "-o", "json")
    assert not loaded & {
        "rich",
        "mailtrap_cli.sandbox.extract",
        "mailtrap_cli.sandbox.html",
        "mailtrap_cli.ci_report",
        "xml.etree",
    }
