"""The installed program, stopped in every possible way, and repeated until it is done."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import pytest

from tests import processes
from tests.batch.plans import accepted, email, received, recipients
from tests.conftest import PROGRAM, Run
from tests.loopback import Loopback, Reply, Request, until
from tests.preloaded import PipedFork

CONTENT = ("--subject", "Hi {{ name }}", "--text", "Hello {{ name }}", "--yes", "--lookup-wait", "0")


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A file of 6,000 rows."""
    path = tmp_path / "people.csv"
    path.write_text("email,name\n" + "".join(f"{email(row)},Name {row}\n" for row in range(6000)))
    return path


@pytest.fixture(autouse=True)
def hang_up_is_heard() -> Iterator[None]:
    """A program under `nohup`, and whatever it starts, ignores SIGHUP: the tests may run so."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def live(environment: dict[str, str], server: Loopback, tmp_path: Path) -> dict[str, str]:
    """An environment that sends to the server, with its own state folder."""
    server.script = accepted
    state = {"MAILTRAP_STATE_DIR": str(tmp_path / "state"), "MAILTRAP_FROM_EMAIL": "a@acme.example"}
    return {**environment, **server.env, **state}


Process: TypeAlias = PipedFork | subprocess.Popen[bytes]


def start(env: Mapping[str, str], *args: str) -> PipedFork:
    return processes.start_piped(["batch", *args], env)


def end(process: Process) -> tuple[int, str]:
    """Return the exit code and stderr."""
    _, err = process.communicate(timeout=30)
    assert b"Traceback" not in err, err.decode()
    assert process.returncode is not None
    return process.returncode, err.decode()


def begun(process: Process, server: Loopback) -> None:
    """Wait until it starts sending, or exits."""
    before = len(server.requests)
    until(lambda: len(server.requests) > before or process.poll() is not None)


class Api:
    """A server that accepts batches slowly and keeps logs, which it shows a moment later."""

    def __init__(self) -> None:
        self.entries: dict[str, list[dict[str, object]]] = {}
        self.random = random.Random(5)
        self.lost = 0.25  # the share of answers that do not arrive
        self.lock = threading.Lock()

    def __call__(self, request: Request) -> Reply:
        if request.method == "GET":
            return self.logs(request)
        with self.lock:
            for message in request.json()["requests"]:
                to = message["to"][0]["email"]
                known = self.entries.setdefault(to, [])
                known.append({"message_id": f"{to}/{len(known)}", "custom_variables": message["custom_variables"]})
        return Reply(200, accepted(request).body, delay=0.03, fault="reset" if self.random.random() < self.lost else "")

    def logs(self, request: Request) -> Reply:
        from urllib.parse import parse_qs, urlsplit

        url = urlsplit(request.path)
        if url.path != "/account/api/email_logs":
            return Reply(200, {"message_id": url.path.rpartition("/")[2]})
        query = parse_qs(url.query)
        assert query["filters[to][operator]"] == ["ci_equal"]
        wanted = query["filters[to][value][]"]
        found = [entry for to in wanted for entry in self.entries.get(to, ())]
        begin = next((n + 1 for n, e in enumerate(found) if [e["message_id"]] == query.get("search_after")), 0)
        page = found[begin : begin + 30]
        cursor = page[-1]["message_id"] if begin + 30 < len(found) else None
        return Reply(200, {"messages": page, "total_count": len(found), "next_page_cursor": cursor})


def test_killed_at_any_moment_and_repeated_every_row_is_sent_once(
    live: dict[str, str], server: Loopback, people: Path, tmp_path: Path
) -> None:
    api = Api()
    server.script = api
    chance, codes = random.Random(11), list[int]()
    arguments = (str(people), *CONTENT, "--concurrency", "2", "--results", str(tmp_path / "results.csv"))
    for _ in range(40):
        process = start(live, *arguments)
        if len(codes) < 6:
            begun(process, server)
            time.sleep(chance.uniform(0, 0.12))
            process.send_signal(signal.SIGKILL)
            time.sleep(0.1)  # what it had sent arrives
        code, err = end(process)
        codes.append(code)
        assert code in (0, 9, -signal.SIGKILL), err
        if code == 0:
            break
    assert codes[-1] == 0
    assert -signal.SIGKILL in codes
    counts = Counter(to for to, entries in api.entries.items() for _ in entries)
    assert counts == Counter(email(row) for row in range(6000))
    results = (tmp_path / "results.csv").read_text().splitlines()[1:]
    assert len(results) == 6000
    assert all(",sent," in line for line in results)


def test_after_a_kill_the_local_sandbox_shows_what_was_captured(
    environment: dict[str, str], people: Path, tmp_path: Path
) -> None:
    chance, codes = random.Random(3), list[int]()
    state = tmp_path / "state"
    env = {**environment, "MAILTRAP_STATE_DIR": str(state)}
    while 0 not in codes:
        process = start(env, str(people), "-p", "local", "--subject", "Hi", "--text", "Hello")
        if len(codes) < 4:
            while not any((state / "runs").glob("*.sqlite3")) and process.poll() is None:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.3))
            process.send_signal(signal.SIGKILL)
        codes.append(end(process)[0])
        assert codes[-1] in (0, -signal.SIGKILL)
    assert -signal.SIGKILL in codes
    db = sqlite3.connect(state / "sandbox.sqlite3")
    found = [to for (to,) in db.execute("SELECT to_email FROM messages")]
    db.close()
    assert sorted(found) == sorted(email(row) for row in range(6000))


def test_ctrl_c_finishes_what_is_in_flight_and_says_how_to_resume(
    live: dict[str, str], server: Loopback, people: Path
) -> None:
    server.script = lambda request: Reply(200, accepted(request).body, delay=0.4)
    process = start(live, str(people), *CONTENT, "--concurrency", "2")
    until(lambda: len(server.requests) == 2)
    process.send_signal(signal.SIGINT)
    code, err = end(process)
    assert code == 130
    assert len(server.requests) == 2
    assert "1,000 of 6,000 rows sent" in err
    assert f"mailtrap batch {people} --subject 'Hi {{{{ name }}}}'" in err
    server.script = accepted
    assert end(start(live, str(people), *CONTENT))[0] == 0
    assert sorted(received(server)) == sorted(email(row) for row in range(6000))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)])
def test_a_second_ctrl_c_stops_at_once_and_leaves_rows_unknown(
    live: dict[str, str], server: Loopback, people: Path, number: signal.Signals
) -> None:
    server.script = lambda request: Reply(200, accepted(request).body, delay=120)
    process = start(live, str(people), *CONTENT, "--concurrency", "2", "-o", "json")
    until(lambda: len(server.requests) == 2)
    process.send_signal(number)
    while b"Stopping" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in err
    report = json.loads(out)
    assert (report["sent"], report["unknown"], report["unsent"]) == (0, 1000, 5000)


def test_ctrl_c_while_the_limit_makes_it_wait_is_heard_at_once(
    live: dict[str, str], server: Loopback, people: Path
) -> None:
    process = start(live, str(people), *CONTENT, "--rate-limit", "3/1h", "--again", "--resend-unknown")
    until(lambda: len(server.requests) == 3)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    code, err = end(process)
    assert (code, len(server.requests)) == (130, 3)
    assert "1,500 of 6,000" in err
    (hint,) = (line for line in err.splitlines() if "Resume: " in line)
    assert hint.endswith("--lookup-wait 0 --rate-limit 3/1h")  # neither the whole run nor what is unknown once more


def test_ctrl_c_while_it_waits_for_the_logs_is_heard_at_once(
    live: dict[str, str], server: Loopback, people: Path
) -> None:
    server.script = lambda request: Reply(fault="reset") if email(0) in recipients(request) else accepted(request)
    assert end(start(live, str(people), *CONTENT))[0] == 9
    process = start(live, str(people), *CONTENT, "--lookup-wait", "1h")
    while b"looking them up" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    code, err = end(process)
    assert code == 130
    assert "5,500 of 6,000 rows sent, 500 of unknown outcome" in err


@pytest.mark.skipif(sys.platform == "win32", reason="there is no mkfifo")
def test_killed_while_writing_results_it_leaves_no_partial_file(
    live: dict[str, str], server: Loopback, people: Path, tmp_path: Path, mailtrap: Run
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    process = start(live, str(people), *CONTENT, "--results", str(folder / "r.csv"))
    until(lambda: len(server.requests) == 12 and bool(list(folder.iterdir())))
    process.send_signal(signal.SIGTERM)
    code, _ = end(process)
    assert [path.name for path in folder.iterdir()] == (["r.csv"] if code == 0 else [])
    assert mailtrap("batch", str(people), *CONTENT, "--results", str(folder / "r.csv"), env=live).code == 0
    assert (folder / "r.csv").read_text().count(",sent,") == 6000
    assert len(server.requests) == 12


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_closed_terminal_stops_nothing(live: dict[str, str], server: Loopback, people: Path, tmp_path: Path) -> None:
    import pty

    server.script = lambda request: Reply(200, accepted(request).body, delay=0.3)
    parent, child = pty.openpty()
    arguments = (str(people), *CONTENT, "--concurrency", "4", "--results", str(tmp_path / "r.csv"))
    process = processes.start(
        [PROGRAM, "batch", *arguments], env=live, stdin=child, stdout=child, stderr=child, start_new_session=True
    )
    os.close(child)
    until(lambda: len(server.requests) > 0)
    os.close(parent)
    assert process.wait(30) == 7  # the report could not be printed
    assert sorted(received(server)) == sorted(email(row) for row in range(6000))
    assert (tmp_path / "r.csv").read_text().count(",sent,") == 6000


def test_a_second_process_is_refused_while_the_first_is_sending(
    live: dict[str, str], server: Loopback, people: Path
) -> None:
    server.script = lambda request: Reply(200, accepted(request).body, delay=0.5)
    first = start(live, str(people), *CONTENT, "--concurrency", "2")
    until(lambda: len(server.requests) > 0)
    code, err = end(start(live, str(people), *CONTENT))
    assert code == 2
    assert "Another process" in err
    assert end(first)[0] == 0
    assert sorted(received(server)) == sorted(email(row) for row in range(6000))


def test_rows_beyond_the_lookup_limit_are_not_treated_as_unsent(
    live: dict[str, str], server: Loopback, tmp_path: Path, mailtrap: Run
) -> None:
    path = tmp_path / "few.csv"
    path.write_text('email,name\n"""one, two""@example.com",N\n' + "".join(f"{email(row)},N\n" for row in range(19)))
    api = Api()
    server.script, api.lost = api, 1
    command = ("batch", str(path), *CONTENT, "-o", "json")
    assert mailtrap(*command, env=live).json()["unknown"] == 20
    api.lost = 0
    del api.entries[email(0)]
    for flag in ((), ("--resend-unknown",), ()):
        part = mailtrap(*command, "--limit", "5", *flag, env=live).json()
        assert (part["sent"], part["unknown"], part["unsent"]) == (5, 15, 0)
    rest = mailtrap(*command, env=live)
    assert (rest.code, rest.json()["sent"]) == (0, 20)
    assert {len(entries) for entries in api.entries.values()} == {1}


KILLED_WHILE_THE_JOURNAL_IS_MADE = """
import os, signal, sys
os.rename = lambda *names: os.kill(os.getpid(), signal.SIGKILL)
from mailtrap_cli.cli.root import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killed_while_creating_the_journal_it_leaves_none(
    live: dict[str, str], server: Loopback, people: Path, mailtrap: Run
) -> None:
    command = [sys.executable, "-c", KILLED_WHILE_THE_JOURNAL_IS_MADE, "batch", str(people), *CONTENT]
    process = processes.start(command, env=live, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert end(process)[0] == -signal.SIGKILL
    assert mailtrap("batch", "--runs", "-o", "json", env=live).json() == []
    assert mailtrap("batch", str(people), *CONTENT, env=live).code == 0
    assert sorted(received(server)) == sorted(email(row) for row in range(6000))
    assert not list(Path(live["MAILTRAP_STATE_DIR"]).rglob("*.new*"))


def test_the_lookup_uses_the_last_time_a_request_went_out(
    live: dict[str, str], server: Loopback, people: Path, mailtrap: Run
) -> None:
    begun: list[float] = []

    def script(request: Request) -> Reply:
        (path,) = (Path(live["MAILTRAP_STATE_DIR"]) / "runs").glob("*.sqlite3")
        with closing(sqlite3.connect(path)) as db, db:
            begun.extend(at for (at,) in db.execute("SELECT begun_at FROM chunks"))
        return Reply(503, "") if len(begun) == 1 else accepted(request)

    server.script = script
    assert mailtrap("batch", str(people), *CONTENT, "--limit", "9", env=live).code == 0
    first, second = begun
    assert second > first


def test_an_input_that_changes_ends_the_run_without_advice_to_repeat(
    live: dict[str, str], server: Loopback, people: Path, mailtrap: Run
) -> None:
    whole = "email,name\n" + "".join(f"{email(row)},{'N' * 300}\n" for row in range(6000))
    people.write_text(whole)

    def script(request: Request) -> Reply:
        people.write_text(whole.replace("NN", "MM"))
        return accepted(request)

    server.script = script
    changed = mailtrap("batch", str(people), *CONTENT, "--concurrency", "1", "-o", "json", env=live)
    assert changed.code == 9
    assert changed.json()["sent"] + changed.json()["unsent"] == 6000
    assert "has changed since it was checked" in changed.error()["message"]
    assert "Restore the file" in changed.error()["hint"]
    server.script = accepted
    people.write_text(whole)
    assert mailtrap("batch", str(people), *CONTENT, env=live).code == 0
    assert sorted(received(server)) == sorted(email(row) for row in range(6000))


@pytest.mark.skipif(sys.platform == "win32", reason="RLIMIT_FSIZE is of POSIX")
@pytest.mark.parametrize("room", [40, 60, 90])
def test_on_a_full_disk_it_stops_and_can_be_resumed(
    live: dict[str, str], server: Loopback, people: Path, room: int
) -> None:
    api = Api()
    api.lost = 0
    server.script = api
    limited = f"import resource, os, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); n = {room} * 1024; "
    limited += "resource.setrlimit(resource.RLIMIT_FSIZE, (n, n)); os.execv(sys.argv[1], sys.argv[1:])"
    command = [sys.executable, "-c", limited, PROGRAM, "batch", str(people), *CONTENT, "--concurrency", "2"]
    process = processes.start(command, env=live, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    code, err = end(process)
    assert code in (7, 9), err
    assert "journal" in err
    assert len(received(server)) < 6000
    code, err = end(start(live, str(people), *CONTENT))
    assert code == 0, err
    assert {to: len(entries) for to, entries in api.entries.items()} == {email(row): 1 for row in range(6000)}


def test_without_a_lookup_rows_stay_unknown_until_the_user_decides(
    live: dict[str, str], server: Loopback, people: Path, mailtrap: Run
) -> None:
    def script(request: Request) -> Reply:
        if request.method == "GET":
            return Reply(403, {"errors": "Forbidden"})
        return Reply(fault="reset") if email(0) in recipients(request) else accepted(request)

    server.script = script
    first = mailtrap("batch", str(people), *CONTENT, "-o", "json", env=live)
    assert (first.code, first.json()["unknown"], first.json()["sent"]) == (9, 500, 5500)
    second = mailtrap("batch", str(people), *CONTENT, "-o", "json", env=live)
    assert (second.code, second.json()["unknown"], second.json()["requests"]) == (9, 500, 0)
    assert "This token cannot read the email logs (403 Forbidden)" in second.err
    server.script = accepted
    third = mailtrap("batch", str(people), *CONTENT, "--resend-unknown", "-o", "json", env=live)
    assert (third.code, third.json()["unknown"], third.json()["sent"]) == (0, 0, 6000)
    assert Counter(received(server)) == Counter(
        [email(row) for row in range(6000)] + [email(row) for row in range(500)]
    )


def test_rows_without_a_trace_are_not_looked_up(
    live: dict[str, str], server: Loopback, people: Path, mailtrap: Run
) -> None:
    server.script = lambda request: Reply(fault="reset") if email(0) in recipients(request) else accepted(request)
    mailtrap("batch", str(people), *CONTENT, "--no-trace", env=live)
    found = mailtrap("batch", str(people), *CONTENT, env=live)
    assert found.code == 9
    assert "cannot be looked up" in found.err
    assert os.path.exists(live["MAILTRAP_STATE_DIR"])
