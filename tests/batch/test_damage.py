"""Journals damaged at random: the same command then sends exactly the rest, or is refused. No row is sent twice."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from mailtrap_cli.batch.runs import known_runs
from mailtrap_cli.config.settings import Settings
from mailtrap_cli.errors import ConfigError
from tests.batch.plans import Rows, accepted, email, received, send, settings_of
from tests.loopback import Loopback, Reply, Request

PLAN = Rows(60, padding="x" * 40)
SENDING: dict[str, Any] = {"concurrency": 1, "rate": (1000, 0.001)}


class Account:
    """A sending host with logs of everything it accepted. At one request it copies the state folder, as it is on
    disk while the program is running.
    """

    def __init__(self, state: Path, copy: Path | None = None, at: int = 0) -> None:
        self.taken: dict[str, dict[str, str]] = {}
        self._state, self._copy, self._at = state, copy, at
        self._requests = 0

    def __call__(self, request: Request) -> Reply:
        if request.method == "POST":
            self._requests += 1
            for message in request.json()["requests"]:
                self.taken[message["to"][0]["email"]] = message["custom_variables"]
            if self._copy is not None and self._requests == self._at:
                shutil.copytree(self._state, self._copy)
            return accepted(request)
        url = urlsplit(request.path)
        if url.path != "/account/api/email_logs":
            return Reply(200, {"message_id": "x"})
        addresses = parse_qs(url.query)["filters[to][value][]"]
        entries: list[dict[str, Any]] = [
            {"message_id": f"log-{who}", "to": who, "custom_variables": self.taken[who]}
            for who in addresses
            if who in self.taken
        ]
        return Reply(200, {"messages": entries, "total_count": len(entries), "next_page_cursor": None})


@pytest.fixture
def settings(tmp_path: Path, server: Loopback) -> Settings:
    return settings_of(tmp_path / "state", server.env)


@pytest.fixture
def killed(tmp_path: Path, settings: Settings, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> Account:
    """Return the account, with a state folder left by a program that was killed after seven of twelve requests."""
    monkeypatch.setattr("mailtrap_cli.batch.run.MOST_MESSAGES", 5)
    account = Account(settings.state_dir, tmp_path / "copy", at=7)
    server.script = account
    send(PLAN, settings, **SENDING)
    account.taken = {email(row): account.taken[email(row)] for row in range(35)}
    replace_state(settings, tmp_path / "copy")
    server.requests.clear()
    return account


def replace_state(settings: Settings, copy: Path) -> None:
    shutil.rmtree(settings.state_dir)
    shutil.copytree(copy, settings.state_dir)


def runs_in(settings: Settings) -> list[Path]:
    return sorted((settings.state_dir / "runs").iterdir())


def outcome(settings: Settings, server: Loopback, account: Account) -> str:
    """Send again: "refused" or "exact"; fails if a row was sent twice or lost."""
    before = dict(account.taken)
    server.requests.clear()
    try:
        report = send(PLAN, settings, **SENDING)
    except ConfigError:
        report = None
    again = received(server)
    if report is None:
        assert not again
        return "refused"
    assert not set(again) & set(before), "sent twice"
    assert len(set(again)) == len(again), "sent twice"
    assert len(before) + len(again) == PLAN.total == report.sent
    return "exact"


def damage(generator: random.Random, settings: Settings) -> None:
    """Damage one file of the journals: flip a bit, truncate it, overwrite a sector, or remove it."""
    path = generator.choice([path for path in runs_in(settings) if path.suffix != ".lock"])
    data = bytearray(path.read_bytes())
    match generator.choice(["bit", "bit", "truncate", "zero", "remove"]):
        case "bit" if data:
            place = generator.randrange(len(data))
            data[place] ^= 1 << generator.randrange(8)
            path.write_bytes(data)
        case "truncate":
            path.write_bytes(data[: generator.randrange(len(data) + 1)])
        case "zero" if data:
            place = generator.randrange(len(data))
            data[place : place + 512] = bytes(len(data[place : place + 512]))
            path.write_bytes(data)
        case _:
            path.unlink()


def test_a_run_left_by_a_killed_program_is_completed(settings: Settings, server: Loopback, killed: Account) -> None:
    assert outcome(settings, server, killed) == "exact"


def test_a_damaged_journal_is_refused_or_harmless(
    settings: Settings, server: Loopback, killed: Account, tmp_path: Path, fuzz: int
) -> None:
    taken, found = dict(killed.taken), Counter[str]()
    for seed in range(fuzz):
        killed.taken = dict(taken)
        replace_state(settings, tmp_path / "copy")
        damage(random.Random(seed), settings)
        found[outcome(settings, server, killed)] += 1
    assert found["refused"] > fuzz // 4


def test_damage_during_a_commit_is_refused_or_harmless(
    settings: Settings, server: Loopback, killed: Account, tmp_path: Path, fuzz: int
) -> None:
    """SQLite's rollback journal is beside the file then, and half of the commit is in the file."""
    copy = interrupted_commit(settings, tmp_path / "hot")
    taken, found = dict(killed.taken), Counter[str]()
    for seed in range(fuzz):
        killed.taken = dict(taken)
        replace_state(settings, copy)
        if seed:
            damage(random.Random(seed), settings)
        found[outcome(settings, server, killed)] += 1
    assert found["exact"]
    assert found["refused"]


def interrupted_commit(settings: Settings, copy: Path) -> Path:
    """Copy the state folder in the middle of a commit whose changes are already in the file."""
    (path,) = (settings.state_dir / "runs").glob("*.sqlite3")
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA cache_size = 1")
    db.execute("BEGIN IMMEDIATE")
    for number in range(100, 160):
        db.execute(
            "INSERT INTO chunks SELECT ?, rows, traced, begun_at, ended_at, sent, failed, unknown, ?, error, seal"
            " FROM chunks WHERE id = 1",
            (number, "x" * 2000),
        )
    assert path.with_name(path.name + "-journal").stat().st_size
    shutil.copytree(settings.state_dir, copy)
    db.execute("ROLLBACK")
    db.close()
    return copy


def test_a_flipped_row_range_in_a_closed_journal_is_noticed(
    settings: Settings, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailtrap_cli.batch.run.MOST_MESSAGES", 5)
    account = Account(settings.state_dir)
    server.script = account
    send(PLAN, settings, **SENDING)
    (path,) = (settings.state_dir / "runs").glob("*.sqlite3")
    data = path.read_bytes()
    assert data.count(b"[25,5]") == 1
    path.write_bytes(data.replace(b"[25,5]", b"[24,5]"))
    assert outcome(settings, server, account) == "refused"
    runs, problems = known_runs(settings.state_dir)
    assert not runs
    assert str(path) in problems[0].message


def test_a_missing_journal_is_refused_until_the_user_decides(
    settings: Settings, server: Loopback, killed: Account
) -> None:
    (path,) = (settings.state_dir / "runs").glob("*.sqlite3")
    path.unlink()
    with pytest.raises(ConfigError, match=r"The journal of run \w+, which sent rows of people.csv, is missing"):
        send(PLAN, settings)
    assert send(PLAN, settings, again=True).sent == PLAN.total


def test_a_copy_of_the_file_alone_is_whole(
    settings: Settings, server: Loopback, killed: Account, tmp_path: Path
) -> None:
    (path,) = (settings.state_dir / "runs").glob("*.sqlite3")
    kept = path.read_bytes()
    shutil.rmtree(settings.state_dir)
    path.parent.mkdir(parents=True)
    path.write_bytes(kept)
    assert outcome(settings, server, killed) == "exact"


def test_runs_in_a_folder_that_cannot_be_read_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(ConfigError, match="cannot be read"):
        known_runs(tmp_path / "state")
    assert known_runs(tmp_path / "new") == ([], [])
