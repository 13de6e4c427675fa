"""The client's promises, seen from outside: the installed program against a real server on loopback."""

from __future__ import annotations

import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from mailtrap_cli.answers import decode_errors, retry_after

from .conftest import PROGRAM, Result, Run
from .loopback import SENT, Loopback, Reply, closed_port, until
from .processes import start

SEND = ("send", "--live", "--from", "a@acme.example", "--to", "ada@example.com", "--subject", "Hi", "--text", "Hello")
REFUSED_BY_API = {"success": False, "errors": ["Internal Server Error"]}


def sending(mailtrap: Run, server: Loopback, *more: str, **env: str) -> Result:
    return mailtrap(*SEND, *more, env={**server.env, **env})


def test_a_send_posts_the_payload_with_the_token_and_a_user_agent(mailtrap: Run, server: Loopback) -> None:
    server.reply(SENT)
    result = sending(mailtrap, server)
    assert result.code == 0
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/send/api/send")
    assert request.headers["authorization"] == "Bearer token-for-tests"
    assert request.headers["user-agent"].startswith("mailtrap-cli/")
    assert request.headers["content-type"] == "application/json"
    assert request.json() == {
        "from": {"email": "a@acme.example"},
        "to": [{"email": "ada@example.com"}],
        "subject": "Hi",
        "text": "Hello",
    }


@pytest.mark.parametrize(
    "first",
    [
        Reply(429, {"success": False, "errors": ["Too Many Requests"]}),
        Reply(429, {"success": False, "errors": ["Too Many Requests"]}, {"Retry-After": "0"}),
        Reply(503, "<html><title>503 Service Unavailable</title></html>"),
        Reply(500, REFUSED_BY_API),
    ],
    ids=["429", "429 with Retry-After", "503", "500 in the API's shape"],
)
def test_a_send_is_repeated_when_it_surely_was_not_accepted(mailtrap: Run, server: Loopback, first: Reply) -> None:
    server.reply(first, SENT)
    assert sending(mailtrap, server).code == 0
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "answer",
    [
        Reply(fault="reset"),
        Reply(fault="close"),
        Reply(502, "<html><head><title>502 Bad Gateway</title></head></html>"),
        Reply(504, "gateway timeout"),
        Reply(500, "<h1>Oops</h1>"),
        Reply(500, "{not json"),
        Reply(200, "not json"),
        Reply(200, {"something": "else"}),
        Reply(302, "", {"Location": "https://elsewhere.example/"}),
    ],
    ids=["reset", "close", "502", "504", "500 in HTML", "500 broken", "200 no JSON", "200 other JSON", "redirect"],
)
def test_a_send_of_unknown_outcome_is_said_so_and_never_repeated(
    mailtrap: Run, server: Loopback, answer: Reply
) -> None:
    server.reply(answer)
    result = sending(mailtrap, server)
    assert result.code == 7
    assert "outcome unknown" in result.err
    assert result.out == ""
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", ["silence", "drip"])
def test_the_timeout_is_a_deadline_for_the_whole_request(mailtrap: Run, server: Loopback, fault: str) -> None:
    server.reply(Reply(200, {"success": True, "message_ids": ["x" * 400]}, fault=fault))
    began = time.monotonic()
    result = sending(mailtrap, server, "--timeout", "1")
    assert result.code == 7
    assert "outcome unknown" in result.err
    assert "within 1 s" in result.err
    assert time.monotonic() - began < 20  # not the 40 s that the dripped answer takes


def test_without_a_connection_nothing_was_sent(mailtrap: Run) -> None:
    port = closed_port()
    result = mailtrap(*SEND, env={"MAILTRAP_API_TOKEN": "t", "MAILTRAP_SEND_URL": f"http://127.0.0.1:{port}"})
    assert result.code == 7
    assert "not sent" in result.err
    assert "outcome unknown" not in result.err


def test_429_to_the_end_is_exit_6(mailtrap: Run, server: Loopback) -> None:
    server.script = lambda request: Reply(429, {"success": False, "errors": ["Slow down"]}, {"Retry-After": "0"})
    result = sending(mailtrap, server, "-o", "json")
    assert result.code == 6
    assert result.error()["status"] == 429
    assert len(server.requests) == 5


def test_a_retry_after_of_an_hour_is_reported_not_waited_for(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(429, {"success": False, "errors": ["Slow down"]}, {"Retry-After": "3600"}))
    result = sending(mailtrap, server)
    assert result.code == 6
    assert "3600 s" in result.err


@pytest.mark.parametrize(
    ("status", "body", "code", "words"),
    [
        (400, {"success": False, "errors": ["'from' is required", "'subject' is required"]}, 1, "'from' is required"),
        (401, {"success": False, "errors": ["Unauthorized"]}, 4, "Unauthorized"),
        (401, {"error": "Incorrect API token"}, 4, "Incorrect API token"),
        (403, {"errors": "Account access forbidden"}, 4, "Account access forbidden"),
        (404, {"error": "Not Found"}, 5, "Not Found"),
        (422, {"errors": {"name": ["is too short", "is taken"]}}, 1, "name is too short"),
        (413, "<html><head><title>413 Too Large</title></head></html>", 1, "413 Too Large"),
    ],
)
def test_an_error_of_any_shape_becomes_one_sentence_and_the_exit_code(
    mailtrap: Run, server: Loopback, status: int, body: object, code: int, words: str
) -> None:
    server.reply(Reply(status, body), Reply(status, body))
    plain = sending(mailtrap, server)
    assert plain.code == code
    assert words in plain.err
    as_json = sending(mailtrap, server, "-o", "json")
    error = as_json.error()
    assert set(error) == {"code", "message", "hint", "status", "details"}
    assert error["status"] == status
    assert error["code"] == code
    assert words in error["message"]


def test_a_success_of_false_is_a_refusal(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(200, {"success": False, "errors": ["'to' address is suppressed"]}))
    result = sending(mailtrap, server)
    assert result.code == 1
    assert "suppressed" in result.err


def test_verbose_shows_each_request_but_never_the_token(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(503, ""), SENT)
    result = sending(mailtrap, server, "-v")
    lines = [line for line in result.err.splitlines() if line.startswith("POST ")]
    assert [line.split()[2] for line in lines] == ["503", "200"]
    assert f"{server.url}/send/api/send" in lines[0]
    assert "token-for-tests" not in result.err + result.out


def test_a_hostile_error_text_cannot_drive_the_terminal(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(400, {"success": False, "errors": ["\x1b]0;owned\x07\x1b[31m[red]bad\u202e\x9b2J"]}))
    result = sending(mailtrap, server)
    assert "\x1b" not in result.err
    assert "\x9b" not in result.err
    assert "\u202e" not in result.err
    assert "[red]bad" in result.err


def test_plain_http_is_refused_but_on_loopback(mailtrap: Run) -> None:
    result = mailtrap(*SEND, env={"MAILTRAP_API_TOKEN": "t", "MAILTRAP_SEND_URL": "http://mail.example"})
    assert result.code == 3
    assert "MAILTRAP_SEND_URL" in result.err


def test_an_interrupted_send_says_that_its_outcome_is_unknown(environment: dict[str, str], server: Loopback) -> None:
    server.reply(Reply(fault="silence"))
    run = start(
        [PROGRAM, *SEND], env={**environment, **server.env}, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    )
    until(lambda: len(server.requests) == 1)
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=20)
    assert run.returncode == 130
    assert "outcome unknown" in err


def test_a_proxy_from_the_environment_is_used(mailtrap: Run, server: Loopback) -> None:
    server.reply(SENT)
    env = {**server.env, "MAILTRAP_SEND_URL": "http://localhost:9/base", "HTTP_PROXY": server.url}
    result = mailtrap(*SEND, env=env)
    assert result.code == 0
    assert server.requests[0].path == "http://localhost:9/base/api/send"


def test_a_get_is_repeated_freely(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(fault="reset"), Reply(502, "bad"), Reply(200, []))
    result = mailtrap("messages", "list", "--sandbox-id", "7", "-o", "json", env=server.env)
    assert (result.code, result.json()) == (0, [])
    assert [request.path for request in server.requests] == ["/account/api/sandboxes/7/messages"] * 3


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7.0), ("0", 0.0), ("-3", 0.0), ("soon", None), (None, None), ("", None), ("nan", None), ("inf", None)],
)
def test_retry_after_in_seconds(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, 0.0) == seconds


def test_retry_after_as_a_date() -> None:
    now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    later = format_datetime(now + timedelta(seconds=90), usegmt=True)
    assert retry_after(later, now.timestamp()) == 90.0


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{}", b'{"errors": 5}', b"<html>", b"\xff\xfe", b'"text"'])
def test_what_is_no_error_of_the_api_decodes_to_nothing(body: bytes) -> None:
    assert decode_errors(body) == []
