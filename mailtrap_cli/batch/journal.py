"""The journal of a run: one SQLite file that records each request before it goes out, and its outcome.

Both are on disk when the call returns; concurrent writes of several threads share one commit. A request
without an outcome was in flight when its process ended, so its rows are unknown.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from .journal_file import (
    Known,
    combine_seals,
    create_file,
    open_file,
    read_sealed_run,
    seal_of,
    sealed_run,
    write_failed,
)

# The outcome of a row, in `outcome`: sent, with its message ids separated by spaces; refused, with the API's sentences;
# None for unknown; UNSENT if a look-up (or the user) says that it was not sent.
Fate = str | list[str] | int | None


UNSENT = 0


@dataclass
class Chunk:
    """One request of the journal. `rows` are ascending; `outcome` has a fate for each, or is None while in flight."""

    rows: Sequence[int]
    traced: bool
    id: int = 0
    begun_at: float = 0.0
    ended_at: float | None = None
    outcome: list[Fate] | None = None
    error: str = ""

    def fates(self) -> Iterator[tuple[int, Fate]]:
        """Each row with its fate."""
        return zip(self.rows, self.outcome or [None] * len(self.rows), strict=True)


class Journal:
    """The open journal of one run; safe for several threads.

    Writing raises JournalError; its `outcome` says whether the request may go out ("not sent": it must not).
    """

    def __init__(self, path: Path, known: Known, *, new: bool) -> None:
        self.path = path
        self._pending: list[_Write] = []
        self._pending_lock = threading.Lock()
        self._writing = threading.Lock()
        self._closed = False
        self._db = create_file(path, known) if new else open_file(path)
        try:
            self.run, self._requests, self._chunks_seal = read_sealed_run(self._db, path)
            self._next = self._db.execute("SELECT coalesce(max(id), 0) FROM chunks").fetchone()[0]
        except BaseException:
            self._db.close()
            raise
        self._finished_at = self.run.finished_at

    def close(self, patience: float = 5.0) -> None:
        """Close the file. Later writes raise JournalError."""
        if self._writing.acquire(timeout=patience):
            try:
                self._closed = True
                self._db.close()
            finally:
                self._writing.release()

    def begin_chunk(self, chunk: Chunk) -> None:
        """Record that the request is about to go out. After a refusal, the latest time counts."""
        chunk.begun_at = time.time()
        if not chunk.id:
            with self._pending_lock:
                self._next += 1
                chunk.id = self._next
        self._write_change(lambda: self._put_chunk(chunk), sent=False)

    def end_chunk(self, chunk: Chunk) -> None:
        """Record `chunk.outcome`: all that will be known."""
        chunk.ended_at = time.time()
        self._write_change(lambda: self._put_chunk(chunk))

    def revise_chunk(self, chunk: Chunk) -> None:
        """Record a corrected outcome; `ended_at` stays."""
        self._write_change(lambda: self._put_chunk(chunk))

    def drop_chunk(self, chunk: Chunk) -> None:
        """Remove a request that did not go out, or surely had no effect."""
        self._write_change(lambda: self._remove_chunk(chunk.id))

    def set_finished(self, at: float | None) -> None:
        """Record the time since which nothing is left to send; None if something is."""

        def change() -> None:
            self._finished_at = at

        self._write_change(change)

    def read_chunks(self) -> Iterator[Chunk]:
        """Yield every request in the order they were begun. Only while nobody writes."""
        return map(_chunk_of, self._db.execute(f"SELECT {_COLUMNS} FROM chunks ORDER BY id"))

    def read_answered(self) -> Iterator[Chunk]:
        """Yield answered requests, latest answer first. Only while nobody writes."""
        return map(_chunk_of, self._db.execute(f"SELECT {_COLUMNS} FROM chunks WHERE sent ORDER BY ended_at DESC"))

    def read_chunk(self, number: int) -> Chunk:
        """Read one request."""
        return _chunk_of(self._db.execute(f"SELECT {_COLUMNS} FROM chunks WHERE id = ?", (number,)).fetchone())

    def is_empty(self) -> bool:
        """Whether no request is recorded. Only while nobody writes."""
        return not self._requests

    def answer_ages(self) -> list[float]:
        """Return how many seconds ago the latest requests were answered, longest first."""
        now = time.time()
        found = self._db.execute("SELECT coalesce(ended_at, begun_at) FROM chunks ORDER BY id DESC LIMIT 1000")
        return sorted((max(0.0, now - at) for (at,) in found), reverse=True)

    def last_answer(self) -> float | None:
        """Return the time of the last answer."""
        found: float | None = self._db.execute("SELECT max(ended_at) FROM chunks").fetchone()[0]
        return found

    def _put_chunk(self, chunk: Chunk) -> None:
        values = _columns_of(chunk)
        seal = seal_of(values)
        self._remove_seal(chunk.id)
        self._requests += 1
        self._chunks_seal = combine_seals(self._chunks_seal, seal)
        marks = ", ".join("?" * (len(values) + 1))
        self._db.execute(f"INSERT OR REPLACE INTO chunks VALUES ({marks})", (*values, seal))

    def _remove_chunk(self, number: int) -> None:
        self._remove_seal(number)
        self._db.execute("DELETE FROM chunks WHERE id = ?", (number,))

    def _remove_seal(self, number: int) -> None:
        """Remove this chunk, as it is in the file, from the seal."""
        found = self._db.execute("SELECT seal FROM chunks WHERE id = ?", (number,)).fetchone()
        if found is not None:
            self._requests -= 1
            self._chunks_seal = combine_seals(self._chunks_seal, found[0])

    def _put_run(self) -> None:
        self._db.execute(
            "UPDATE run SET finished_at = ?, requests = ?, chunks_seal = ?, seal = ?",
            (self._finished_at, *sealed_run(self.run, self._finished_at, self._requests, self._chunks_seal)),
        )

    def _write_change(self, change: Callable[[], None], *, sent: bool = True) -> None:
        """Write a change to disk. Whoever holds the file writes for all waiting threads."""
        own = _Write(change)
        with self._pending_lock:
            self._pending.append(own)
        with self._writing:
            if not own.done:
                with self._pending_lock:
                    batch, self._pending = self._pending, []
                self._commit_writes(batch)
        if own.error is not None:
            raise write_failed(self.path, own.error, sent=sent) from own.error

    def _commit_writes(self, batch: list[_Write]) -> None:
        error: Exception | None = None
        before = (self._finished_at, self._requests, self._chunks_seal)
        try:
            if self._closed:
                raise sqlite3.ProgrammingError("it is closed already")
            self._db.execute("BEGIN IMMEDIATE")
            for write in batch:
                write.change()
            self._put_run()
            self._db.execute("COMMIT")
        except sqlite3.Error as problem:
            error = problem
            self._finished_at, self._requests, self._chunks_seal = before
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
        for write in batch:
            write.done, write.error = True, error


@dataclass
class _Write:
    change: Callable[[], None]
    done: bool = False
    error: Exception | None = None


_COLUMNS = "rows, traced, id, begun_at, ended_at, outcome, error"


def _chunk_of(row: Sequence[Any]) -> Chunk:
    rows, traced, number, begun_at, ended_at, outcome, error = row
    return Chunk(_rows_of(rows), bool(traced), number, begun_at, ended_at, outcome and json.loads(outcome), error)


def _columns_of(chunk: Chunk) -> tuple[Any, ...]:
    """Return the columns of `chunks`, in the schema's order, without the seal."""
    fates, outcome = chunk.outcome, None
    sent, failed, unknown = 0, 0, len(chunk.rows)
    if fates is not None:
        kinds = Counter(map(type, fates))
        sent, failed, unknown = kinds[str], kinds[list], kinds[type(None)]
        outcome = json.dumps(fates, separators=(",", ":"))
    ranges = _ranges_of(chunk.rows)
    times = (chunk.begun_at, chunk.ended_at)
    return chunk.id, ranges, int(chunk.traced), *times, sent, failed, unknown, outcome, chunk.error


def _ranges_of(rows: Sequence[int]) -> str:
    """Encode ascending rows as JSON ranges."""
    if rows[-1] - rows[0] + 1 == len(rows):
        return f"[{rows[0]},{len(rows)}]"
    starts = [0, *(place for place, (one, two) in enumerate(pairwise(rows), 1) if two != one + 1), len(rows)]
    return json.dumps([number for one, two in pairwise(starts) for number in (rows[one], two - one)])


def _rows_of(ranges: str) -> Sequence[int]:
    numbers = json.loads(ranges)
    if len(numbers) == 2:
        return range(numbers[0], numbers[0] + numbers[1])
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return [row for first, count in pairs for row in range(first, first + count)]
