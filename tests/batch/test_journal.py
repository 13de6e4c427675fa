"""The journal: what it stores, concurrent writers, and who may hold it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mailtrap_cli.batch.journal import Chunk, Journal
from mailtrap_cli.batch.journal_file import Counts, JournalError, Known, read_run
from mailtrap_cli.batch.runs import new_id
from mailtrap_cli.errors import ConfigError
from mailtrap_cli.files import FileLock
from tests.processes import start


def test_each_commit_survives_a_power_loss_in_one_file(journal: Journal) -> None:
    """Also for a reopened journal: SQLite keeps `synchronous` per connection only."""
    journal.close()
    again = Journal(journal.path, journal.run, new=False)
    assert again._db.execute("PRAGMA synchronous").fetchone() == (3,)  # EXTRA
    assert again._db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    again.close()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    known = Known(new_id(), "key", "people.csv", "/people.csv", "sandbox 1", time.time(), None, 100_000)
    return Journal(tmp_path / "runs" / "one.sqlite3", known, new=True)


def test_written_data_is_read_back(journal: Journal) -> None:
    chunks = [Chunk(range(3), True), Chunk([3, 5, 6, 9], False), Chunk([10], True)]
    for chunk in chunks:
        journal.begin_chunk(chunk)
    chunks[0].outcome = ["id-1 id-2", ["no", "never"], None]
    chunks[0].error = "half of it"
    journal.end_chunk(chunks[0])
    journal.drop_chunk(chunks[2])
    journal.close()
    again = Journal(journal.path, journal.run, new=False)
    first, second = again.read_chunks()
    assert list(first.fates()) == [(0, "id-1 id-2"), (1, ["no", "never"]), (2, None)]
    assert (first.error, first.traced, first.ended_at) == ("half of it", True, chunks[0].ended_at)
    assert list(second.fates()) == [(3, None), (5, None), (6, None), (9, None)]
    assert (second.outcome, second.traced, second.ended_at) == (None, False, None)
    assert again.read_chunk(first.id) == first
    again.close()
    known = read_run(journal.path)
    assert known.counts == Counts(sent=1, failed=1, unknown=5)
    assert (known.id, known.total, known.finished_at) == (journal.run.id, 100_000, None)


def test_concurrent_writers_lose_nothing(journal: Journal) -> None:
    def work(first: int) -> None:
        for row in range(first, first + 2000, 100):
            chunk = Chunk(range(row, row + 100), True)
            journal.begin_chunk(chunk)
            chunk.outcome = [f"id-{number}" for number in chunk.rows]
            journal.end_chunk(chunk)

    threads = [threading.Thread(target=work, args=(first,)) for first in range(0, 16_000, 2000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fates = dict(fate for chunk in journal.read_chunks() for fate in chunk.fates())
    assert fates == {row: f"id-{row}" for row in range(16_000)}
    journal.close()


def test_a_closed_journal_refuses_writes(journal: Journal) -> None:
    journal.close()
    with pytest.raises(JournalError, match="not sent") as raised:
        journal.begin_chunk(Chunk(range(3), True))
    assert raised.value.outcome == "not sent"


def test_a_journal_of_a_newer_version_is_left_alone(journal: Journal) -> None:
    journal._db.execute("PRAGMA user_version = 99")
    journal.close()
    with pytest.raises(ConfigError, match="newer mailtrap"):
        read_run(journal.path)


def test_the_ages_of_the_last_answers_are_known(journal: Journal) -> None:
    chunk = Chunk(range(2), True)
    journal.begin_chunk(chunk)
    chunk.outcome = ["", ""]
    journal.end_chunk(chunk)
    journal.begin_chunk(Chunk(range(2, 4), True))
    assert chunk.ended_at is not None
    chunk.ended_at -= 3600
    journal.revise_chunk(chunk)
    longest, shortest = journal.answer_ages()
    assert longest >= 3600
    assert shortest < longest
    journal.close()


def test_ids_are_short_and_unique() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(found) == 8 and found.isalnum() and found == found.lower() for found in ids)


def test_a_lock_is_held_by_one_and_dies_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "one.lock"
    holder = start(
        [
            sys.executable,
            "-c",
            "import pathlib, sys, time\n"
            "from mailtrap_cli.files import FileLock\n"
            "lock = FileLock(pathlib.Path(sys.argv[1]))\n"
            "print(lock.take(), flush=True)\n"
            "time.sleep(60)",
            str(path),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    lock = FileLock(path)
    assert lock.is_held()
    assert not lock.take()
    holder.kill()
    holder.communicate()
    assert not lock.is_held()
    assert lock.take()
    lock.release(remove=True)
    assert not path.exists()
