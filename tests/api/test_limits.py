"""How the client handles the API's limits, and the errors of an import."""

from __future__ import annotations

import json

from mailtrap_cli.api.client import Client
from mailtrap_cli.api.responses import Answer, decode_errors, failure_of
from mailtrap_cli.config.settings import Flags, resolve_settings
from tests.loopback import Loopback, Reply


def test_the_two_limits_of_the_api_are_distinguished() -> None:
    account = failure_of(Answer(429, {}, b'{"errors": "Rate limit exceeded"}'), "GET", "https://mailtrap.io")
    token = failure_of(Answer(429, {}, b'{"error": "Throttled"}'), "GET", "https://mailtrap.io")
    assert account is not None
    assert token is not None
    assert (account.message, token.message) == ("Rate limit exceeded", "Throttled")
    assert "account's limit" in (account.hint or "")
    assert "150 requests in 10 s" in (token.hint or "")
    assert account.exit_code == token.exit_code == 6


def test_the_errors_of_an_import_name_their_row() -> None:
    errors = [{"email": "ada@acme", "errors": {"email": ["is invalid"], "base": ["contacts limit reached"]}}]
    assert decode_errors(json.dumps({"errors": errors}).encode()) == [
        "ada@acme: email is invalid",
        "ada@acme: contacts limit reached",
    ]


def test_requests_wait_for_the_limit_by_the_apis_own_count(server: Loopback) -> None:
    left = {"x-ratelimit-limit": "150", "x-ratelimit-remaining": "1"}
    server.reply(Reply(200, [], left), Reply(200, [], left))
    slept: list[float] = []
    env = {**server.env, "HOME": "/nonexistent", "MAILTRAP_CONFIG": "/nonexistent/config.toml"}
    settings = resolve_settings(Flags(), env)
    with Client(settings, clock=lambda: sum(slept), sleep=slept.append) as api:
        api.get("/api/projects")
        api.get("/api/projects")
    assert slept == [5.0]
