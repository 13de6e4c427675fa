"""`mailtrap doctor`: every check, against a server on loopback."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROGRAM, Result, Run
from tests.loopback import Loopback, Reply, Request, closed_port
from tests.terminal import Terminal

READY = {"domain_name": "acme.example", "dns_verified": True, "compliance_status": "compliant"}
ANSWERS: dict[str, Any] = {
    "/account/api/accounts": [{"id": 7, "name": "Acme"}],
    "/account/api/sandboxes/5": {"id": 5, "name": "Demo"},
    "/account/api/domains": {"data": [READY]},
}


def statuses(result: Result) -> dict[str, str]:
    found = result.json()
    assert all(set(check) == {"check", "status", "message", "hint"} for check in found)
    assert {check["status"] for check in found} <= {"ok", "warning", "failed"}
    return {check["check"]: check["status"] for check in found}


def message(result: Result, name: str) -> str:
    found: str = next(check["message"] for check in result.json() if check["check"] == name)
    return found


@pytest.fixture
def account(server: Loopback) -> dict[str, str]:
    """The environment of an account without problems."""

    def answer(request: Request) -> Reply:
        return Reply(200, ANSWERS[request.path]) if request.path in ANSWERS else Reply(404, {"error": "Not found"})

    server.script = answer
    return {**server.env, "MAILTRAP_FROM_EMAIL": "no-reply@acme.example", "SHELL": ""}


def test_without_a_configuration_one_check_fails_with_two_suggestions(mailtrap: Run) -> None:
    result = mailtrap("doctor", "-o", "json")
    assert result.code == 8
    failed = [check for check in result.json() if check["status"] == "failed"]
    assert [check["check"] for check in failed] == ["token"]
    assert "mailtrap config init" in failed[0]["hint"]
    assert "mailtrap send -p local" in failed[0]["hint"]


def test_a_working_live_setup_is_exit_0(mailtrap: Run, account: dict[str, str], server: Loopback) -> None:
    result = mailtrap("doctor", "-o", "json", env=account)
    assert (result.code, result.err) == (0, "")
    assert statuses(result) == {
        "configuration": "ok",
        "token": "ok",
        "host send": "ok",
        "host bulk": "ok",
        "host sandbox": "ok",
        "host account": "ok",
        "proxy": "ok",
        "clock": "ok",
        "sender": "ok",
        "completion": "ok",
        "version": "ok",
        "local sandbox": "ok",
    }
    assert message(result, "token") == "from MAILTRAP_API_TOKEN, valid for account Acme (7)"
    probes = [request for request in server.requests if request.path in ("/send/", "/bulk/", "/sandbox/", "/account/")]
    assert len(probes) == 4
    assert all("authorization" not in request.headers for request in probes)
    assert all(request.method == "GET" for request in server.requests)


def test_the_sandbox_in_use_is_looked_up(mailtrap: Run, account: dict[str, str]) -> None:
    env = {**account, "MAILTRAP_USE_SANDBOX": "true"}
    found = mailtrap("doctor", "-o", "json", env={**env, "MAILTRAP_SANDBOX_ID": "5"})
    assert (found.code, message(found, "sandbox")) == (0, "5 (Demo)")
    missing = mailtrap("doctor", "-o", "json", env={**env, "MAILTRAP_SANDBOX_ID": "6"})
    assert (missing.code, statuses(missing)["sandbox"]) == (8, "failed")
    unnamed = mailtrap("doctor", "-o", "json", env=env)
    assert (unnamed.code, statuses(unnamed)["sandbox"]) == (8, "failed")


def test_a_refused_token_and_a_senders_unknown_domain_fail(
    mailtrap: Run, account: dict[str, str], server: Loopback
) -> None:
    other = mailtrap("doctor", "-o", "json", env={**account, "MAILTRAP_FROM_EMAIL": "a@other.example"})
    assert (other.code, statuses(other)["sender"]) == (8, "failed")
    server.script = lambda request: Reply(401, {"error": "Incorrect API token"})
    refused = mailtrap("doctor", "-q", env=account)
    assert (refused.code, refused.out) == (8, "token\n")


def test_a_host_that_cannot_be_reached_fails(mailtrap: Run, account: dict[str, str]) -> None:
    env = {**account, "MAILTRAP_BULK_URL": f"http://127.0.0.1:{closed_port()}"}
    result = mailtrap("doctor", "-o", "json", env=env)
    assert result.code == 8
    assert [name for name, status in statuses(result).items() if status == "failed"] == ["host bulk"]


def test_a_clock_that_is_wrong_is_a_warning(mailtrap: Run, account: dict[str, str], server: Loopback) -> None:
    past = format_datetime(datetime.now(UTC) - timedelta(hours=3), usegmt=True)
    before = server.script
    assert before
    server.script = lambda request: Reply(**{**vars(before(request)), "headers": {"Date": past}})
    server.omit_date = True
    result = mailtrap("doctor", "-o", "json", env=account)
    assert (result.code, statuses(result)["clock"]) == (0, "warning")
    assert "3 h" in message(result, "clock")


@pytest.mark.parametrize("body", [5, None, [], [1], {"a": 1}, [{"id": {}}], "<html>", b"\xff"])
def test_odd_answers_do_not_crash(mailtrap: Run, account: dict[str, str], server: Loopback, body: Any) -> None:
    server.script = lambda request: Reply(200, body)
    env = {**account, "MAILTRAP_USE_SANDBOX": "true", "MAILTRAP_SANDBOX_ID": "5"}
    for extra in ({}, {"MAILTRAP_USE_SANDBOX": ""}):
        result = mailtrap("doctor", "-o", "json", env={**env, **extra})
        assert result.code in (0, 7, 8)
        assert "Internal error" not in result.err


def test_a_broken_file_and_an_unusable_state_folder_are_failed_checks(
    mailtrap: Run, home: Path, tmp_path: Path
) -> None:
    path = home / "broken.toml"
    path.write_text("profiles = 5\n")
    state = tmp_path / "state"
    state.write_text("")
    result = mailtrap("doctor", "-o", "json", env={"MAILTRAP_CONFIG": str(path), "MAILTRAP_STATE_DIR": str(state)})
    assert result.code == 8
    assert statuses(result)["configuration"] == "failed"
    assert statuses(result)["local sandbox"] == "failed"


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_a_file_that_others_can_read_is_a_warning(mailtrap: Run, home: Path, account: dict[str, str]) -> None:
    path = home / "open.toml"
    path.write_text("")
    path.chmod(0o644)
    result = mailtrap("doctor", "-o", "json", env={**account, "MAILTRAP_CONFIG": str(path)})
    assert (result.code, statuses(result)["configuration"]) == (0, "warning")
    found = next(check for check in result.json() if check["check"] == "configuration")
    assert found["hint"] == f"Fix it with: chmod 600 {path}"


def test_a_terminal_shows_marks_and_hints(environment: dict[str, str]) -> None:
    terminal = Terminal([PROGRAM, "doctor"], {**environment, "SHELL": "/bin/bash"})
    assert terminal.wait() == 8
    for mark in ("✓", "!", "✗"):
        assert mark in terminal.screen
    assert "mailtrap completion --install" in terminal.screen
