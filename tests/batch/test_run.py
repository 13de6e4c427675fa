"""Runs against a real server that answers in every way an API can."""

from __future__ import annotations

import gc
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mailtrap_cli.batch import engine
from mailtrap_cli.batch.model import Composed
from mailtrap_cli.batch.run import Sending, open_run
from mailtrap_cli.batch.runs import forget_run, known_runs
from mailtrap_cli.config.settings import Settings
from mailtrap_cli.errors import ConfigError, InputError
from tests.batch.plans import Rows, accepted, email, received, recipients, said, send, settings_of
from tests.conftest import client_of
from tests.loopback import Loopback, Reply, Request, closed_port


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtrap_cli.api.retries.FIRST_PAUSE", 0.01)
    monkeypatch.setattr("mailtrap_cli.api.rate_limit.FIRST_HOLD", 0.01)


@pytest.fixture
def settings(tmp_path: Path, server: Loopback) -> Settings:
    server.script = accepted
    return settings_of(tmp_path / "state", server.env)


def all_of(plan: Rows) -> list[str]:
    return [email(row) for row in range(plan.total) if row not in plan.left_out]


def test_every_row_is_sent_once_to_the_targets_path_and_a_second_time_nothing(
    settings: Settings, server: Loopback
) -> None:
    plan = Rows(1203, left_out=(0, 700))
    report = send(plan, settings)
    assert (report.total, report.sent, report.skipped, report.requests) == (1203, 1201, 2, 3)
    assert (report.failed, report.unknown, report.unsent, report.stopped) == (0, 0, 0, None)
    assert report.finished_at is not None
    assert sorted(received(server)) == sorted(all_of(plan))
    assert {request.path for request in server.requests} == {"/send/api/batch"}
    again = send(plan, settings)
    assert (again.sent, again.requests, again.run) == (1201, 0, report.run)
    assert len(server.requests) == 3


def test_again_starts_a_new_run_of_all_rows(settings: Settings, server: Loopback) -> None:
    first, second = send(Rows(3), settings), send(Rows(3), settings, again=True)
    assert first.run != second.run
    assert received(server) == all_of(Rows(3)) * 2
    assert send(Rows(3), settings).run == second.run


def test_messages_carry_a_trace_of_run_and_row_unless_turned_off(settings: Settings, server: Loopback) -> None:
    report = send(Rows(2), settings)
    assert [message["custom_variables"] for message in server.requests[0].json()["requests"]] == [
        {"mailtrap_run": f"{report.run}-0"},
        {"mailtrap_run": f"{report.run}-1"},
    ]
    send(Rows(2), settings, again=True, traced=False)
    assert "custom_variables" not in server.requests[1].json()["requests"][0]


def test_another_sandbox_host_or_content_is_another_run(settings: Settings, server: Loopback, tmp_path: Path) -> None:
    first = send(Rows(2), settings)
    other = send(Rows(2), settings_of(tmp_path / "state", server.env, sandbox_id=7))
    changed = send(Rows(2, changed="by hand"), settings)
    assert len({first.run, other.run, changed.run}) == 3
    assert [request.path for request in server.requests] == [
        "/send/api/batch",
        "/sandbox/api/batch/7",
        "/send/api/batch",
    ]


@pytest.mark.parametrize("place", [0, 250, 499])
def test_a_refused_row_fails_at_any_position(settings: Settings, server: Loopback, place: int) -> None:
    def script(request: Request) -> Reply:
        reply = accepted(request)
        reply.body["responses"][place] = {"success": False, "errors": ["'to' address is suppressed"]}
        return reply

    server.script = script
    report = send(Rows(500), settings)
    assert (report.sent, report.failed, report.unknown) == (499, 1, 0)
    again = send(Rows(500), settings)
    assert (again.failed, again.requests) == (1, 0)


@pytest.mark.parametrize("status", [408, 425])
def test_a_temporary_refusal_leaves_its_rows_to_the_next_command(
    settings: Settings, server: Loopback, status: int
) -> None:
    """RFC 9110, 15.5.9; RFC 8470, 5.2: the request was not processed, and says nothing about the messages."""
    left = [Reply(status, {"success": False, "errors": ["not now"]})]
    server.script = lambda request: left.pop() if left else accepted(request)
    report = send(Rows(10), settings)
    assert (report.sent, report.failed, report.unknown, report.unsent) == (0, 0, 0, 10)
    again = send(Rows(10), settings)
    assert (again.run, again.sent, again.failed, again.unsent) == (report.run, 10, 0, 0)


def test_rows_of_a_refused_request_are_failed_and_the_others_are_sent(settings: Settings, server: Loopback) -> None:
    def script(request: Request) -> Reply:
        if email(500) in recipients(request):
            return Reply(422, {"success": False, "errors": ["too odd"]})
        return accepted(request)

    server.script = script
    report = send(Rows(1500), settings)
    assert (report.sent, report.failed, report.stopped) == (1000, 500, None)


@pytest.mark.parametrize(
    ("reply", "requests"),
    [
        (Reply(500, {"success": False, "errors": ["Internal server error"]}), 2),
        (Reply(503, "<html>"), 2),
        (Reply(429, {"success": False, "errors": ["Too Many Requests"]}), 2),
        (Reply(429, "<html>", {"Retry-After": "0"}), 2),
    ],
)
def test_requests_that_surely_had_no_effect_are_repeated(
    settings: Settings, server: Loopback, reply: Reply, requests: int
) -> None:
    left = [reply]
    server.script = lambda request: left.pop() if left else accepted(request)
    report = send(Rows(10), settings)
    assert (report.sent, report.requests, len(server.requests)) == (10, requests, requests)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(fault="reset"), "broke"),
        (Reply(fault="close"), "broke"),
        (Reply(fault="silence"), "did not answer"),
        (Reply(500, "<html><title>oops</title>"), "answered 500"),
        (Reply(502, "<html>"), "answered 502"),
        (Reply(504, {"errors": ["late"]}), "answered 504"),
        (Reply(302, "", {"Location": "https://elsewhere.example"}), "redirected"),
        (Reply(200, "<html>"), "not the API's JSON"),
        (Reply(200, {"success": True, "responses": []}), "0 of 500"),
    ],
)
def test_unclear_outcomes_are_unknown_and_never_repeated(
    settings: Settings, server: Loopback, reply: Reply, why: str
) -> None:
    server.script = lambda request: reply if email(500) in recipients(request) else accepted(request)
    plan = Rows(1500)
    report = send(plan, settings, timeout=2 if reply.fault == "silence" else 30)
    assert (report.sent, report.unknown, report.failed, report.unsent) == (1000, 500, 0, 0)
    assert report.stopped is None
    assert sorted(received(server)) == sorted(all_of(plan))
    with open_run(plan, settings, Sending()) as run:
        path = settings.state_dir / "results.csv"
        run.write_results(path)
    assert why in path.read_text().splitlines()[501]


@pytest.mark.parametrize(("status", "code"), [(401, 4), (403, 4), (404, 5)])
def test_a_run_without_access_stops_at_once_and_can_be_resumed(
    settings: Settings, server: Loopback, status: int, code: int
) -> None:
    server.script = lambda request: Reply(status, {"success": False, "errors": ["No"]})
    report = send(Rows(10_000), settings, concurrency=2)
    assert report.stopped is not None
    assert report.stopped.exit_code == code
    assert (report.sent, report.failed, report.unknown, report.unsent) == (0, 0, 0, 10_000)
    assert len(server.requests) <= 3
    server.script = accepted
    assert send(Rows(10_000), settings).sent == 10_000


def test_a_run_stops_after_several_lost_requests(settings: Settings, server: Loopback) -> None:
    server.script = lambda request: Reply(502, "<html>")
    report = send(Rows(20_000), settings, concurrency=1)
    assert (report.unknown, report.unsent, len(server.requests)) == (1500, 18_500, 3)
    assert report.stopped is not None


def test_without_a_connection_nothing_is_sent_or_unknown(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    settings = settings_of(tmp_path, {"MAILTRAP_API_TOKEN": "t", "MAILTRAP_SEND_URL": url})
    report = send(Rows(2000), settings)
    assert (report.sent, report.unknown, report.unsent) == (0, 0, 2000)
    assert report.stopped is not None
    assert report.stopped.exit_code == 7
    assert "not sent" in report.stopped.message


def test_a_storm_of_429_and_500_loses_and_repeats_no_row(settings: Settings, server: Loopback) -> None:
    lock, count = threading.Lock(), [0]

    def script(request: Request) -> Reply:
        with lock:
            count[0] += 1
            number = count[0]
        if number % 3 == 1:
            return Reply(429, {"errors": ["Too Many Requests"]})
        if number % 5 == 0:
            return Reply(500, {"success": False, "errors": ["Internal server error"]})
        taken.extend(recipients(request))
        return accepted(request)

    taken: list[str] = []
    server.script = script
    report = send(Rows(10_000), settings)
    assert (report.sent, report.unsent, report.unknown) == (10_000, 0, 0)
    assert sorted(taken) == sorted(all_of(Rows(10_000)))


def test_429_to_the_end_stops_the_run_with_nothing_sent(
    settings: Settings, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailtrap_cli.api.rate_limit.PATIENCE", 0.1)
    server.script = lambda request: Reply(429, {"errors": ["Too Many Requests"]})
    report = send(Rows(5000), settings)
    assert report.stopped is not None
    assert report.stopped.exit_code == 6
    assert (report.sent, report.unknown, report.unsent) == (0, 0, 5000)


def test_an_input_that_changes_stops_the_run_and_keeps_what_is_in_flight(settings: Settings, server: Loopback) -> None:
    class Changing(Rows):
        def messages(self, trace: str | None) -> Iterator[Any]:
            for message in super().messages(trace):
                if message.row == 1200:
                    raise InputError("people.csv:1202: changed")
                yield message

    report = send(Changing(2000), settings)
    assert report.sent == len(received(server)) <= 1000
    assert (report.unsent, report.unknown) == (2000 - report.sent, 0)
    assert report.stopped is not None
    assert "changed" in report.stopped.message


class Flying:
    """Accepts every batch after a moment, and counts how many it holds at once."""

    def __init__(self, delay: float) -> None:
        self.most = 0
        self._now = 0
        self._delay = delay
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Reply:
        self._count(1)
        threading.Timer(self._delay, self._count, (-1,)).start()
        return Reply(200, accepted(request).body, delay=self._delay)

    def _count(self, change: int) -> None:
        with self._lock:
            self._now += change
            self.most = max(self.most, self._now)


def test_concurrency_is_reached_and_never_exceeded(settings: Settings, server: Loopback) -> None:
    flying = server.script = Flying(0.3)
    assert send(Rows(10_000), settings, concurrency=5).sent == 10_000
    assert flying.most == 5


def test_memory_is_bounded_in_bytes(settings: Settings, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MOST_IN_MEMORY", 2_500_000)
    flying = server.script = Flying(0.03)
    report = send(Rows(1500, padding="x" * 2000), settings, concurrency=8)
    assert report.sent == 1500
    assert flying.most <= 2


def test_a_request_is_out_of_memory_once_it_is_answered(settings: Settings, server: Loopback) -> None:
    import httpx

    def exchanges() -> set[int]:
        return {id(found) for found in gc.get_objects() if isinstance(found, httpx.Request | httpx.Response)}

    before = exchanges()  # other tests of this process may have left some
    gc.disable()
    try:
        assert send(Rows(3000, padding="x" * 1000), settings).sent == 3000
        assert not exchanges() - before
    finally:
        gc.enable()


def test_the_local_sandbox_accepts_parallel_requests_and_refuses_single_messages(tmp_path: Path) -> None:
    class Odd(Rows):
        def messages(self, trace: str | None) -> Iterator[Composed]:
            for message in super().messages(trace):
                body = message.body if message.row % 97 else b'{"to":[]}'
                yield replace(message, body=body)

    plan, settings = Odd(6000), settings_of(tmp_path)
    report = send(plan, settings, concurrency=8)
    assert (report.sent, report.failed, report.unknown) == (5938, 62, 0)
    with open_run(plan, settings, Sending()) as run:
        path = tmp_path / "failed.jsonl"
        assert run.write_failed(path) == 62
    first = json.loads(path.read_text().splitlines()[0])
    assert first == {"email": email(0), "note": "=note 0", "error": "'to', 'cc' or 'bcc' address is required"}


# ------------------------------------------------------------------------------------------------ journals


def test_a_second_process_and_forgetting_are_refused(settings: Settings, server: Loopback) -> None:
    with open_run(Rows(5), settings, Sending()) as run, client_of(settings) as api:
        with pytest.raises(InputError, match="Another process"):
            open_run(Rows(5), settings, Sending())
        run.send(api, notice=said.append)
        assert [known.running for known in known_runs(settings.state_dir)[0]] == [True]
        with pytest.raises(InputError, match="still sending"):
            forget_run(settings.state_dir, run.id)
    ((known,), _) = known_runs(settings.state_dir)
    assert (known.running, known.total, known.counts.sent, known.name) == (False, 5, 5, "people.csv")
    assert known.finished_at is not None
    forget_run(settings.state_dir, run.id)
    assert not known_runs(settings.state_dir)[0]
    assert not list((settings.state_dir / "runs").iterdir())
    with pytest.raises(InputError, match="No run"):
        forget_run(settings.state_dir, run.id)


def test_nothing_is_written_before_the_run_is_sent(settings: Settings) -> None:
    with open_run(Rows(5), settings, Sending()) as run:
        assert not run.done
    assert not known_runs(settings.state_dir)[0]


def test_a_changed_file_is_a_new_run_and_the_unfinished_one_is_named(settings: Settings, server: Loopback) -> None:
    server.script = lambda request: Reply(401, {"errors": ["Unauthorized"]})
    first = send(Rows(5), settings)
    server.script = accepted
    second = send(Rows(5, changed="by hand"), settings)
    assert first.run in said[0]
    assert "unfinished" in said[0]
    third = send(Rows(5, changed="once more"), settings)
    assert len({first.run, second.run, third.run}) == 3
    assert len(said) == 1


def test_a_named_journal_is_reused_but_never_for_another_run(
    settings: Settings, server: Loopback, tmp_path: Path
) -> None:
    journal = tmp_path / "here.journal"
    first = send(Rows(5), settings, journal=journal)
    assert send(Rows(5), settings, journal=journal).run == first.run
    assert len(server.requests) == 1
    assert journal.stat().st_mode & 0o777 == 0o600
    with pytest.raises(InputError, match="another run"):
        open_run(Rows(6), settings, Sending(journal=journal))
    assert send(Rows(5), settings, journal=journal, again=True).run != first.run
    assert not (settings.state_dir / "runs").exists()


def test_the_journal_is_private(settings: Settings, server: Loopback) -> None:
    send(Rows(5), settings)
    folder = settings.state_dir / "runs"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize(
    "content", [b"", b"not a database at all, but long enough" * 100, b"SQLite format 3\x00" * 300]
)
def test_a_file_that_is_not_a_journal_is_refused(settings: Settings, tmp_path: Path, content: bytes) -> None:
    journal = tmp_path / "notes.txt"
    journal.write_bytes(content)
    with pytest.raises(ConfigError, match="is not a run's journal"):
        open_run(Rows(5), settings, Sending(journal=journal))
    assert journal.read_bytes() == content


def test_an_uncreatable_journal_is_reported_before_sending(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be kept"):
        open_run(Rows(5), settings, Sending(journal=tmp_path / "file" / "journal"))


def test_added_rows_are_sent_without_repeating_the_others(settings: Settings, server: Loopback) -> None:
    send(Rows(10, left_out=tuple(range(4, 10))), settings)
    report = send(Rows(10), settings)
    assert (report.sent, report.skipped, report.total) == (10, 0, 10)
    assert received(server) == all_of(Rows(10))


def test_a_broken_journal_of_another_run_does_no_harm(settings: Settings, server: Loopback) -> None:
    send(Rows(5), settings)
    (path,) = (settings.state_dir / "runs").glob("*.sqlite3")
    path.write_bytes(b"scrambled" * 1000)
    assert send(Rows(6), settings).sent == 6
    with pytest.raises(ConfigError, match="is damaged, or is not a run's journal"):
        send(Rows(5), settings)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE chunks SET outcome = 'x'",
        "UPDATE chunks SET outcome = '[1, 2]'",
        "UPDATE chunks SET rows = '[90, 5]'",
        "UPDATE chunks SET rows = '{}'",
        "DROP TABLE chunks",
        "DELETE FROM run",
    ],
)
def test_a_damaged_journal_is_refused_before_anything_is_sent(
    settings: Settings, server: Loopback, damage: str
) -> None:
    import sqlite3

    send(Rows(5), settings)
    (path,) = (settings.state_dir / "runs").glob("*.sqlite3")
    db = sqlite3.connect(path)
    db.execute(damage)
    db.commit()
    db.close()
    with pytest.raises(ConfigError, match="is damaged, or is not a run's journal"):
        send(Rows(5), settings)
    assert len(server.requests) == 1
