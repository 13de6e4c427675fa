"""Injected faults: how often, which, and how to change them while the server runs."""

from __future__ import annotations

import json
import time
from collections import Counter
from http.client import RemoteDisconnected
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtrap_cli.errors import InputError
from mailtrap_cli.local.faults import MOST_TOKENS, Dice, Faults, changed, parse_failure, parse_share
from tests.conftest import Run
from tests.local.conftest import Serve
from tests.local.serving import SENDABLE, Serving
from tests.loopback import Loopback, Reply, closed_port, until

BASE = {key: value for key, value in SENDABLE.items() if key != "to"}
NONE: dict[str, Any] = {"latency": 0, "jitter": 0, "rate_limit": None, "fail": {}, "reset": 0, "partial": 0}


# ------------------------------------------------------------------------------------------------ how often


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shares_match_what_was_requested(seed: int) -> None:
    dice = Dice(Faults(fail={500: 0.05, 503: 0.1}, reset=0.01, partial=0.02), seed)
    rolls = 20_000
    failures = Counter(dice.failure() for _ in range(rolls))
    assert failures[500] / rolls == pytest.approx(0.05, abs=0.008)
    assert failures[503] / rolls == pytest.approx(0.1, abs=0.01)
    assert set(failures) == {None, 500, 503}
    assert sum(dice.resets() for _ in range(rolls)) / rolls == pytest.approx(0.01, abs=0.004)
    assert sum(dice.refuses() for _ in range(rolls)) / rolls == pytest.approx(0.02, abs=0.005)


def test_a_delay_is_the_latency_plus_at_most_the_jitter() -> None:
    dice = Dice(Faults(latency=0.1, jitter=0.05), 1)
    delays = [dice.delay() for _ in range(1000)]
    assert all(0.1 <= delay <= 0.15 for delay in delays)
    assert max(delays) - min(delays) > 0.045
    assert Dice(Faults()).delay() == 0


def test_the_same_seed_gives_the_same_run(serve: Serve) -> None:
    def run(*flags: str) -> list[int]:
        server = serve("-q", "--fail", "500:20%", "--fail", "429:10%", *flags)
        return [server.send().status for _ in range(60)]

    first = run("--seed", "7")
    assert run("--seed", "7") == first
    assert run("--seed", "8") != first
    assert set(first) == {200, 429, 500}


def test_a_new_seed_restarts_the_sequence(serve: Serve, mailtrap: Run) -> None:
    server = serve("-q", "--fail", "500:30%")
    runs = []
    for _ in range(2):
        assert mailtrap("local", "fault", "--port", str(server.port), "--seed", "7").code == 0
        runs.append([server.send().status for _ in range(40)])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 500}


def test_shares_of_zero_and_one_hundred_percent(serve: Serve) -> None:
    always = serve("--fail", "503:100%")
    assert {always.send().status for _ in range(20)} == {503}
    assert always.messages() == 0
    never = serve("--fail", "500:0%")
    assert {never.send().status for _ in range(20)} == {200}


# ------------------------------------------------------------------------------------------------ which


def test_a_failure_has_the_shape_of_the_host_and_nothing_is_accepted(serve: Serve) -> None:
    server = serve("--fail", "500:100%")
    assert server.send().json() == {"success": False, "errors": ["Internal server error"]}
    assert server.ask("GET", "/account/api/sandboxes").json() == {"error": "Internal server error"}
    assert server.messages() == 0


def test_a_reset_comes_after_the_message_was_accepted(serve: Serve) -> None:
    server = serve("--reset", "100%")
    with pytest.raises((ConnectionResetError, RemoteDisconnected)):
        server.send()
    assert server.messages() == 1


def test_this_tool_calls_a_reset_an_unknown_outcome_and_sends_nothing_twice(serve: Serve, mailtrap: Run) -> None:
    server = serve("--reset", "100%")
    result = mailtrap("send", *SEND, env=pointed_at(server))
    assert result.code == 7
    assert "outcome unknown" in result.err
    assert server.messages() == 1


def test_this_tool_retries_what_was_surely_not_accepted(serve: Serve, mailtrap: Run) -> None:
    server = serve("--fail", "503:50%", "--seed", "3")
    for _ in range(4):
        assert mailtrap("send", *SEND, env=pointed_at(server)).code == 0
    assert server.messages() == 4


def test_part_of_a_batch_is_refused_and_the_rest_is_kept(serve: Serve) -> None:
    server = serve("--partial", "20%", "--seed", "5")
    requests = [{"to": [{"email": f"r{number}@example.com"}]} for number in range(500)]
    answer = server.ask("POST", "/bulk/api/batch", {"base": BASE, "requests": requests})
    assert answer.status == 200
    responses = answer.json()["responses"]
    refused = [response for response in responses if not response["success"]]
    assert 60 <= len(refused) <= 140
    assert all(response["errors"] == ["refused on demand"] for response in refused)
    assert server.messages() == 500 - len(refused)
    assert server.send().status == 200


def test_over_the_rate_limit_is_a_429_with_a_retry_after(serve: Serve) -> None:
    server = serve("--rate-limit", "3/4s")
    assert [server.send().status for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = server.send()
    assert refused.json() == {"success": False, "errors": ["Rate limit exceeded"]}
    wait = int(refused.headers["retry-after"])
    assert 1 <= wait <= 4
    assert server.ask("POST", "/send/api/send", SENDABLE, headers={"Authorization": "Bearer other"}).status == 200
    time.sleep(wait)
    assert server.send().status == 200
    assert server.messages() == 5


def test_the_limit_forgets_idle_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    dice = Dice(Faults(rate_limit=(1, 10)))
    for number in range(5 * MOST_TOKENS):
        now += 0.1
        assert dice.over_limit(str(number)) is None
    assert len(dice._answered) <= MOST_TOKENS
    assert dice.over_limit(str(number)) == pytest.approx(10)


def test_latency_delays_nobody_else(serve: Serve) -> None:
    server = serve("--latency", "60s")
    with pytest.raises(TimeoutError):
        server.ask("POST", "/sandbox/api/send/1", SENDABLE, timeout=0.5)
    until(lambda: server.messages() == 1)


# ------------------------------------------------------------------------------------------------ while it runs

SEND = ("--from", "a@acme.example", "--to", "ada@example.com", "--subject", "Hi", "--text", "Hello")


def pointed_at(server: Serving) -> dict[str, str]:
    """Build by hand the environment that `local env` prints."""
    hosts = {"SEND": "send", "BULK": "bulk", "SANDBOX": "sandbox", "API": "account"}
    urls = {f"MAILTRAP_{name}_URL": f"{server.url}/{host}" for name, host in hosts.items()}
    return {**urls, "MAILTRAP_API_TOKEN": "t", "MAILTRAP_USE_SANDBOX": "true", "MAILTRAP_SANDBOX_ID": "1"}


def test_faults_are_changed_while_it_runs_and_shown(serve: Serve, mailtrap: Run) -> None:
    server = serve()
    fault = ("local", "fault", "--port", str(server.port))
    assert mailtrap(*fault, "-o", "json").json() == NONE
    changes = ("--latency", "10ms", "--jitter", "5ms", "--rate-limit", "150/10s", "--fail", "500:5%", "--reset", "1%")
    expected = {
        "latency": 0.01,
        "jitter": 0.005,
        "rate_limit": [150, 10],
        "fail": {"500": 0.05},
        "reset": 0.01,
        "partial": 0,
    }
    assert mailtrap(*fault, *changes, "-o", "json").json() == expected
    assert server.ask("GET", "/healthz").json() == {"status": "ok", "messages": 0, "faults": expected}
    assert mailtrap(*fault, "--rate-limit", "off", "--partial", "2%", "-o", "json").json() == {
        **expected,
        "rate_limit": None,
        "partial": 0.02,
    }
    assert mailtrap(*fault, "--clear", "--fail", "503:100%", "-o", "json").json() == {**NONE, "fail": {"503": 1}}
    assert server.send().status == 503
    table = mailtrap(*fault, "-o", "table").out
    assert '{"503": 1.0}' in table
    assert mailtrap(*fault, "--clear").code == 0
    assert server.send().status == 200


def test_changing_faults_needs_the_servers_token(serve: Serve, mailtrap: Run) -> None:
    server = serve("--token-env", "ACME", env={"ACME": "right"})
    fault = ("local", "fault", "--port", str(server.port), "--latency", "1s")
    refused = mailtrap(*fault)
    assert refused.code == 4
    assert "--token-env" in refused.err
    wrong = mailtrap(*fault, "--token-env", "ACME", env={"ACME": "wrong"})
    assert wrong.code == 4
    assert "wrong" not in wrong.err
    assert mailtrap(*fault, "--token-env", "ACME", env={"ACME": "right"}).code == 0
    assert server.ask("GET", "/healthz").json()["faults"]["latency"] == 1


def test_no_server_on_this_port_is_one_sentence(mailtrap: Run) -> None:
    port = closed_port()
    result = mailtrap("local", "fault", "--port", str(port))
    assert result.code == 7
    assert result.err == (
        f"Error: No local sandbox is listening on port {port}: Connection refused.\n"
        "Hint: Start it with mailtrap local serve, or name its port with --port.\n"
    )


@pytest.mark.parametrize(
    "reply", [Reply(404, "nothing here"), Reply(200, {"ok": True}), Reply(200, [1]), Reply(200, 5), Reply(200, "hi")]
)
def test_another_server_on_this_port_is_one_sentence(mailtrap: Run, server: Loopback, reply: Reply) -> None:
    server.reply(reply)
    result = mailtrap("local", "fault", "--port", str(server.port))
    assert result.code == 7
    assert f"port {server.port}" in result.err


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([], "must be a JSON object"),
        ({"nope": 1}, "No such fault: 'nope'"),
        ({"seed": "x"}, "seed"),
        ({"seed": True, "latency": 1}, "seed"),
        ({"latency": -1}, "latency"),
        ({"latency": "1s"}, "latency"),
        ({"latency": True}, "latency"),
        ({"reset": 1.5}, "reset"),
        ({"fail": {"200": 0.5}}, "fail"),
        ({"fail": {"500": 2}}, "fail 500"),
        ({"fail": {"500": 0.7, "502": 0.7}}, "more than 100%"),
        ({"fail": {"x": 0.5}}, "fail"),
        ({"fail": 0.5}, "fail"),
        ({"rate_limit": [0, 10]}, "rate_limit"),
        ({"rate_limit": [True, 10]}, "rate_limit"),
        ({"rate_limit": "150/10s"}, "rate_limit"),
    ],
)
def test_an_unknown_fault_is_a_400_and_changes_nothing(standing: Serving, changes: object, words: str) -> None:
    answer = standing.ask("PATCH", "/faults", changes)
    assert answer.status == 400
    assert words in answer.json()["error"]
    assert standing.ask("GET", "/healthz").json()["faults"] == NONE


def test_faults_that_are_not_json_are_a_400(standing: Serving) -> None:
    for body in (b"", b"{", b"\xff", b"[" * 100_000):
        assert standing.ask("PATCH", "/faults", body).status == 400


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.just("500"), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(NONE)), json_values, max_size=3))
def test_any_change_is_applied_completely_or_refused(changes: dict[str, Any]) -> None:
    try:
        faults = changed(Faults(), changes)
    except InputError:
        return
    assert changed(Faults(), json.loads(json.dumps(faults.as_json()))) == faults
    Dice(faults, 1).failure()


def test_flags_are_read_as_people_write_them() -> None:
    assert parse_share(" 2.5% ", "--reset") == 0.025
    assert parse_failure("503:100%", "--fail") == (503, 1)
    for text in ("", "5", "5 %", "-1%", "1e1%", "٥%", "100.1%"):
        with pytest.raises(InputError):
            parse_share(text, "--reset")
    for text in ("500", ":5%", "500:", "5e2:5%", "٥٠٠:5%", "399:5%", "600:5%"):
        with pytest.raises(InputError):
            parse_failure(text, "--fail")
