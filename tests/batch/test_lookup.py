"""Rows of unknown outcome, looked up in the email logs of a real server and in the local sandbox."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from mailtrap_cli.batch.journal import Chunk, Journal
from mailtrap_cli.batch.journal_file import Known
from mailtrap_cli.batch.lookup import LOGS_CATCH_UP, SANDBOX_CATCHES_UP, catch_up, ready_at, split_addresses
from mailtrap_cli.batch.run import Run, Sending, open_run
from mailtrap_cli.config.settings import Settings
from mailtrap_cli.config.target import choose_target
from tests.batch.plans import Rows, accepted, email, received, said, send, settings_of
from tests.conftest import client_of
from tests.loopback import Loopback, Reply, Request


class Logs:
    """A sending host that loses the answer of the first batch, and the logs that show a share of its messages."""

    def __init__(self, shown: range, *, status: int = 200, control: int = 200) -> None:
        self.shown = shown
        self.status = status
        self.control = control
        self.lost = 0
        self.traces: dict[str, dict[str, str]] = {}
        self.queries: list[dict[str, list[str]]] = []
        self.times: list[float] = []  # of every request

    def __call__(self, request: Request) -> Reply:
        self.times.append(time.monotonic())
        url = urlsplit(request.path)
        if request.method == "POST":
            for message in request.json()["requests"]:
                self.traces.setdefault(message["to"][0]["email"], message.get("custom_variables", {}))
            if email(0) in request.body.decode() and not self.lost:
                self.lost = len(request.json()["requests"])
                return Reply(502, "<html>")
            return accepted(request)
        if url.path != "/account/api/email_logs":
            return Reply(self.control, {"error": "Not Found"})
        self.queries.append(parse_qs(url.query))
        addresses = self.queries[-1]["filters[to][value][]"]
        shown = [row for row in self.shown if email(row) in addresses]
        entries: list[dict[str, Any]] = [
            {"message_id": f"log-{row}", "to": email(row), "custom_variables": self.traces[email(row)]} for row in shown
        ]
        others = [{"message_id": "x", "to": email(0), "custom_variables": {"mailtrap_run": "elsewhere-0"}}, {}]
        return Reply(self.status, {"messages": entries + others, "total_count": 1, "next_page_cursor": None})


@pytest.fixture
def settings(tmp_path: Path, server: Loopback) -> Settings:
    return settings_of(tmp_path / "state", server.env)


def results(run: Run, tmp_path: Path) -> list[list[str]]:
    run.write_results(tmp_path / "r.csv")
    return [line.split(",") for line in (tmp_path / "r.csv").read_text().splitlines()[1:]]


def test_rows_in_the_logs_are_sent_and_the_rest_is_sent_now(
    settings: Settings, server: Loopback, tmp_path: Path
) -> None:
    logs = server.script = Logs(range(300))
    plan = Rows(600)
    first = send(plan, settings, concurrency=1)
    assert (first.sent, first.unknown, first.unsent) == (100, 500, 0)
    second = send(plan, settings)
    assert (second.run, second.sent, second.unknown) == (first.run, 600, 0)
    assert received(server)[600:] == [email(row) for row in range(300, 500)]
    assert said[-2:] == [
        "500 rows with an unknown outcome: looking them up in the email logs.",
        "300 rows were sent, 200 were not and are sent now.",
    ]
    assert {len(query["filters[to][value][]"]) for query in logs.queries} == {50}
    assert all(query["filters[to][operator]"] == ["ci_equal"] for query in logs.queries)
    with open_run(plan, settings, Sending()) as run:
        found = results(run, tmp_path)
    assert found[0] == ["2", email(0), "sent", "log-0", ""]
    assert found[300][3] == f"id-{email(300)}"


@pytest.mark.parametrize(("status", "control"), [(403, 200), (401, 200), (404, 200), (200, 404), (500, 200)])
def test_without_trustworthy_logs_nothing_is_sent_again(
    settings: Settings, server: Loopback, status: int, control: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailtrap_cli.api.retries.FIRST_PAUSE", 0.001)
    server.script = Logs(range(0), status=status, control=control)
    send(Rows(600), settings, concurrency=1)
    report = send(Rows(600), settings)
    assert (report.sent, report.unknown, report.unsent, report.stopped) == (100, 500, 0, None)
    assert len(received(server)) == 600
    assert said[-1] == "0 rows were sent, 500 stay unknown."


def test_the_logs_are_believed_if_nothing_was_surely_sent(settings: Settings, server: Loopback) -> None:
    server.script = Logs(range(0), control=404)
    send(Rows(10), settings)
    assert send(Rows(10), settings).sent == 10


def test_rows_that_the_user_wants_sent_again_are_not_looked_up(settings: Settings, server: Loopback) -> None:
    logs = server.script = Logs(range(0))
    send(Rows(10), settings)
    report = send(Rows(10), settings, resend_unknown=True)
    assert (report.sent, report.unknown) == (10, 0)
    assert not logs.queries


def test_a_row_that_is_not_found_is_not_sent_before_the_logs_have_caught_up(
    settings: Settings, server: Loopback
) -> None:
    logs = server.script = Logs(range(0))
    send(Rows(10), settings)
    assert send(Rows(10), settings, lookup_wait=1.0).sent == 10
    lost, asked, *_ = logs.times
    assert asked - lost >= 1.0


def test_the_waiting_time_is_that_of_the_target_from_the_last_moment_a_message_may_have_gone_out(
    settings: Settings, tmp_path: Path, server: Loopback
) -> None:
    server.script = accepted
    assert catch_up(settings) == LOGS_CATCH_UP == 180
    assert catch_up(settings_of(tmp_path, server.env, sandbox_id=1)) == SANDBOX_CATCHES_UP == 30
    assert catch_up(settings_of(tmp_path)) == 0
    chunks = [Chunk(range(1), True, begun_at=100.0, ended_at=130.0), Chunk(range(1), True, begun_at=120.0)]
    assert ready_at(chunks, 30.0) == 160.0


@pytest.mark.parametrize(
    ("seconds", "words"), [(-864000, "too long ago"), (7200, "The clock of this machine has been set back")]
)
def test_old_logs_and_future_times_are_not_believed(
    settings: Settings, server: Loopback, seconds: int, words: str
) -> None:
    server.script = Logs(range(0))
    first = send(Rows(10), settings)
    (path,) = (settings.state_dir / "runs").glob("*.sqlite3")
    journal = Journal(path, Known(first.run, "", "", "", "", 0, None, 10), new=False)
    for chunk in list(journal.read_chunks()):
        assert chunk.ended_at is not None
        chunk.begun_at, chunk.ended_at = chunk.begun_at + seconds, chunk.ended_at + seconds
        journal.revise_chunk(chunk)
    journal.close()
    assert send(Rows(10), settings).unknown == 10
    assert words in " ".join(said)


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("", []),
        ("Ada@Example.com, bob@example.com", ["ada@example.com", "bob@example.com"]),
        (r'"a, \",b"@example.com,c@example.com', [r'"a, \",b"@example.com', "c@example.com"]),
    ],
)
def test_a_comma_in_quotes_is_part_of_an_address(text: str, addresses: list[str]) -> None:
    assert split_addresses(text) == addresses


# ------------------------------------------------------------------------------------------------ sandbox


def interrupted(plan: Rows, settings: Settings, rows: range, captured: range) -> None:
    """Leave a run whose process died with these rows in flight, N of which were captured."""
    with open_run(plan, settings, Sending()) as run:
        run._journal = Journal(run.known.file, run.known, new=True)
        run._journal.begin_chunk(Chunk(rows, True))
        wanted = [message for message in plan.messages(run.id) if message.row in captured]
    if wanted:
        body = b'{"base":{"from":{"email":"a@b.example"},"subject":"Hi","text":"x"},"requests":[%b]}'
        with client_of(settings) as api:
            path = choose_target(settings).batch_path
            api.call("POST", path, body=body % b",".join(message.body for message in wanted), host="sandbox")


def captured(settings: Settings) -> list[str]:
    """Return the recipients in the local sandbox."""
    found: list[str] = []
    with client_of(settings) as api:
        page = 1
        while messages := api.get("/api/sandboxes/1/messages", params={"page": page}).json():
            found += [message["to_email"] for message in messages]
            page += 1
    return found


@pytest.mark.parametrize("share", [range(0), range(3, 50), range(100)])
def test_the_sandbox_shows_which_rows_in_flight_it_captured(tmp_path: Path, share: range) -> None:
    settings, plan = settings_of(tmp_path), Rows(120)
    interrupted(plan, settings, range(100), share)
    with open_run(plan, settings, Sending()) as run:
        assert run.before.unknown == 100
        assert not run.done
    report = send(plan, settings)
    assert (report.sent, report.unknown) == (120, 0)
    assert sorted(captured(settings)) == sorted(email(row) for row in range(120))


def test_earlier_messages_to_the_same_people_do_not_match(tmp_path: Path) -> None:
    settings, plan = settings_of(tmp_path), Rows(40)
    send(Rows(40, changed="other"), settings)
    interrupted(plan, settings, range(40), range(10))
    send(plan, settings)
    assert len(captured(settings)) == 80


def test_a_sandbox_that_hides_the_custom_variables_settles_nothing(
    settings: Settings, server: Loopback, tmp_path: Path
) -> None:
    def script(request: Request) -> Reply:
        if request.method == "POST":
            return accepted(request)
        if request.path.endswith("mail_headers"):
            return Reply(200, {"headers": {"from": "a@acme.example", "to": email(0)}})
        moment = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        message = {"id": 1, "to_email": email(0), "created_at": moment}
        return Reply(200, [] if "last_id" in request.path else [message])

    server.script = script
    sandbox = settings_of(tmp_path, server.env, sandbox_id=9)
    interrupted(Rows(10), sandbox, range(10), range(0))
    report = send(Rows(10), sandbox)
    assert (report.sent, report.unknown) == (0, 10)
    assert "does not show the custom variables" in said[-2]
