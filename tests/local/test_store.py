"""The store: concurrent use, its limit, and broken files."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from mailtrap_cli.config.settings import Flags, resolve_settings
from mailtrap_cli.config.target import choose_target
from mailtrap_cli.errors import ConfigError
from mailtrap_cli.local.delivery import deliver
from mailtrap_cli.local.store import FILE, Store
from tests.conftest import Run, client_of
from tests.local.conftest import MESSAGE, Api


def test_above_the_limit_the_oldest_messages_are_removed_completely(tmp_path: Path) -> None:
    store = Store(tmp_path, max_messages=7)
    for number in range(5):
        store.add("sandbox", 1, [{**MESSAGE, "subject": str(number)}])
    deliver(store, "transactional", [{**MESSAGE, "subject": f"live {number}"} for number in range(4)])
    assert store.log.count("1", ()) == 4
    assert store.count() == 7
    assert [captured.subject for captured in store.page(1) if captured.stream == "sandbox"] == ["4", "3", "2"]
    store.add("sandbox", 1, [{**MESSAGE, "subject": f"batch {number}"} for number in range(20)])
    assert store.count() == 7
    assert store.count_live() == 0
    assert store.log.count("1", ()) == 0
    assert [captured.subject for captured in store.page(1)] == [f"batch {number}" for number in range(19, 12, -1)]
    store.delete(1, None)
    assert store.count() == 0
    store.close()
    with closing(sqlite3.connect(tmp_path / FILE)) as db, db:
        assert db.execute("SELECT (SELECT count(*) FROM messages), messages FROM totals").fetchone() == (0, 0)
    db.close()


def test_a_full_store_does_not_grow_on_disk(tmp_path: Path) -> None:
    store = Store(tmp_path, max_messages=50)
    batch = [{**MESSAGE, "text": "x" * 10_000}] * 50
    sizes = []
    for _ in range(30):
        store.add("sandbox", 1, batch)
        sizes.append(store.size())
    assert store.count() == 50
    assert sizes[-1] <= sizes[14]
    store.close()


def test_clearing_the_store_frees_disk_space(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.add("sandbox", 1, [{**MESSAGE, "text": "x" * 100_000}] * 50)
    assert store.size() > 5_000_000
    assert store.clear() == 50
    assert store.size() < 200_000
    assert store.count() == 0
    store.close()


def test_threads_that_share_a_store_lose_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)

    def send(number: int) -> list[list[str]]:
        ids = store.add("sandbox", 1, [{**MESSAGE, "subject": f"{number} {index}"} for index in range(10)])
        store.page(1)
        return ids

    with ThreadPoolExecutor(8) as pool:
        found = [ids[0] for batch in pool.map(send, range(60)) for ids in batch]
    assert len(set(found)) == 600
    assert store.count() == 600
    store.close()


def test_threads_that_share_a_client_in_this_process_lose_nothing(tmp_path: Path) -> None:
    settings = resolve_settings(
        Flags(profile="local", sandbox_id=3),
        {"MAILTRAP_STATE_DIR": str(tmp_path), "MAILTRAP_CONFIG": str(tmp_path / "none")},
    )
    base = {key: value for key, value in MESSAGE.items() if key != "to"}

    with client_of(settings) as client:

        def send(number: int) -> list[str]:
            requests = [{"to": [{"email": f"r{number}-{index}@example.com"}]} for index in range(50)]
            path, body = choose_target(settings).batch_path, {"base": base, "requests": requests}
            answer = client.call("POST", path, body=body, host="sandbox").json()
            client.get("/api/sandboxes/3/messages", params={"search": f"r{number}-"})
            return [response["message_ids"][0] for response in answer["responses"]]

        with ThreadPoolExecutor(8) as pool:
            ids = [number for numbers in pool.map(send, range(40)) for number in numbers]
        assert len(set(ids)) == 2000
        assert client.get("/api/sandboxes/3").json()["emails_count"] == 2000


SENDER = """
import json, sys
from pathlib import Path
from mailtrap_cli.local.store import Store
store = Store(Path(sys.argv[1]))
message = json.loads(sys.argv[2])
for number in range(25):
    store.add("sandbox", 1, [{**message, "subject": f"{sys.argv[3]} {number}"}] * 4)
store.close()
"""


def test_processes_that_create_the_same_store_at_once_lose_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SENDER, str(tmp_path / "new"), json.dumps(MESSAGE)]
    senders = [subprocess.Popen([*command, str(number)], stderr=subprocess.PIPE) for number in range(6)]
    for sender in senders:
        _, said = sender.communicate(timeout=60)
        assert (sender.returncode, said) == (0, b"")
    store = Store(tmp_path / "new")
    assert store.count() == 6 * 25 * 4
    assert len(store.sandboxes()) == 1
    store.close()


def test_commands_that_send_at_once_lose_nothing(mailtrap: Run) -> None:
    def send(number: int) -> int:
        recipient = f"r{number}@example.com"
        return mailtrap("send", "-p", "local", "--to", recipient, "--subject", "Hi", "--text", "x", "-q").code

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(send, range(12))) == [0] * 12
    found = mailtrap("messages", "list", "-p", "local", "-o", "json").json()
    assert {message["to_email"] for message in found} == {f"r{number}@example.com" for number in range(12)}


def test_a_message_id_is_found_whenever_it_was_made(api: Api) -> None:
    first = api.sent(host="send", to=[{"email": f"r{number}@example.com"} for number in range(3)])
    api.sent(host="bulk")
    for place, number in enumerate(first):
        assert api.get(f"/api/email_logs/{number.upper()}")["to"] == f"r{place}@example.com"


# -------------------------------------------------------------------------------------------- files that are no store


@pytest.mark.parametrize(
    "content", [b"not a database, but a text that someone keeps here " * 100, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_a_broken_store_is_reported_and_left_unchanged(mailtrap: Run, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "state" / FILE
    file.parent.mkdir()
    file.write_bytes(content)
    env = {"MAILTRAP_STATE_DIR": str(file.parent)}
    for command in (
        ("local", "stats"),
        ("local", "reset", "--yes"),
        ("local", "serve", "--port", "0"),
        ("messages", "list", "-p", "local"),
        ("send", "-p", "local", "--to", "a@example.com", "--subject", "Hi", "--text", "x"),
    ):
        result = mailtrap(*command, env=env)
        assert result.code == 3, command
        assert f"{file} is not a local sandbox, or is damaged" in result.err
        assert "Hint: Move it away" in result.err
    assert file.read_bytes() == content


def test_an_empty_file_becomes_a_store(mailtrap: Run, tmp_path: Path) -> None:
    (tmp_path / FILE).touch()
    assert mailtrap("local", "stats", "-q", env={"MAILTRAP_STATE_DIR": str(tmp_path)}).out == "0\n"


def test_a_store_of_a_later_release_is_refused_and_left_unchanged(tmp_path: Path) -> None:
    Store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / FILE)) as db, db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(ConfigError) as refused:
        Store(tmp_path)
    assert "was made by a newer mailtrap" in refused.value.message
    assert refused.value.hint
    with closing(sqlite3.connect(tmp_path / FILE)) as db, db:
        assert db.execute("PRAGMA user_version").fetchone() == (99,)
    db.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_one_sentence(mailtrap: Run, tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o500)
    result = mailtrap("local", "serve", "--port", "0", env={"MAILTRAP_STATE_DIR": str(folder)})
    assert result.code == 3
    assert "Permission denied" in result.err


def test_a_state_folder_that_is_a_file_is_one_sentence(mailtrap: Run, tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    for command in (("local", "serve", "--port", "0"), ("messages", "list", "-p", "local")):
        result = mailtrap(*command, env={"MAILTRAP_STATE_DIR": str(tmp_path / "state")})
        assert result.code == 3
        assert f"Cannot create the local sandbox in {tmp_path / 'state'}" in result.err
        assert "MAILTRAP_STATE_DIR" in result.err


def test_a_store_survives_when_another_process_closes_it(tmp_path: Path, mailtrap: Run) -> None:
    """Opening and closing the file again must not drop the locks of the first connection."""
    state = {"MAILTRAP_STATE_DIR": str(tmp_path / "state")}
    first, second = Store(tmp_path / "state"), Store(tmp_path / "state")
    first.add("sandbox", 1, [MESSAGE])
    assert second.count() == 1
    assert mailtrap("local", "reset", "--yes", env=state).code == 0
    assert first.count() == second.count() == 0
    first.add("sandbox", 1, [MESSAGE, MESSAGE])
    assert json.loads(mailtrap("local", "stats", "-o", "json", env=state).out)["messages"] == 2
    second.close()
    assert json.loads(mailtrap("local", "stats", "-o", "json", env=state).out)["messages"] == 2
    first.close()
