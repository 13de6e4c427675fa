"""The journal of a run: one SQLite file, in which each request is written down before it goes out, and its outcome.

Both are on disk when the call returns; what several threads write at the same moment shares one fsync. A request that
has no outcome was in flight when its process ended, so its rows are unknown.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..errors import ConfigError, InputError, TransportError
from ..files import FileLock, make_private_folder

FOLDER = "runs"  # in the state folder
SUFFIX = ".sqlite3"
APPLICATION = 0x4D745231  # SQLite's application_id, by which a journal is told from other files
VERSION = 1

_SCHEMA = f"""
CREATE TABLE run (
  id TEXT NOT NULL,
  key TEXT NOT NULL,          -- of input, content and target
  name TEXT NOT NULL,         -- the file as the user named it
  path TEXT NOT NULL,         -- the same, absolute
  target TEXT NOT NULL,       -- in words
  created_at REAL NOT NULL,   -- times are seconds since 1970
  finished_at REAL,
  total INTEGER NOT NULL      -- rows of the input
);
CREATE TABLE chunks (
  id INTEGER PRIMARY KEY,
  rows TEXT NOT NULL,         -- JSON: [first, count, first, count, ...]
  traced INTEGER NOT NULL,    -- whether its messages carry run and row
  begun_at REAL NOT NULL,
  ended_at REAL,              -- null while it is in flight
  sent INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  unknown INTEGER NOT NULL,
  outcome TEXT,               -- JSON: for each row its message ids in a string, its errors in a list, null or 0
  error TEXT NOT NULL         -- why rows are unknown
);
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
"""

# What became of a row, in `outcome`: sent, with its message ids separated by spaces; refused, with the API's sentences;
# None for unknown; UNSENT where a look-up (or the user) says that it was not sent.
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


@dataclass(frozen=True)
class Counts:
    """Rows by what became of them."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0


@dataclass(frozen=True)
class Known:
    """A run as its journal describes it. Times in seconds since 1970; `running` where a process is at it."""

    id: str
    key: str
    name: str
    path: str
    target: str
    created_at: float
    finished_at: float | None
    total: int
    counts: Counts = field(default_factory=Counts)
    running: bool = False
    file: Path = Path()


class JournalError(TransportError):
    """The journal does not take what happened."""


class Journal:
    """The open journal of one run; safe for several threads.

    Writing raises JournalError; its `outcome` says whether the request may go out ("not sent": it must not).
    """

    def __init__(self, path: Path, known: Known, *, new: bool) -> None:
        self.path = path
        self.run = known
        self._pending: list[_Write] = []
        self._pending_lock = threading.Lock()
        self._writing = threading.Lock()
        self._closed = False
        self._db = _create(path, known) if new else _open(path)
        self._next = self._db.execute("SELECT coalesce(max(id), 0) FROM chunks").fetchone()[0]

    def close(self, patience: float = 5.0) -> None:
        """Give the file back; whoever writes after that gets JournalError."""
        if self._writing.acquire(timeout=patience):
            try:
                self._closed = True
                self._db.close()
            finally:
                self._writing.release()

    def begin(self, chunk: Chunk) -> None:
        """The request is about to go out; once more, where it was refused before: what counts is the last moment."""
        chunk.begun_at = time.time()
        if chunk.id:
            self._write("UPDATE chunks SET begun_at = ? WHERE id = ?", (chunk.begun_at, chunk.id), sent=False)
            return
        with self._pending_lock:
            self._next += 1
            chunk.id = self._next
        self._write(
            "INSERT INTO chunks VALUES (?, ?, ?, ?, NULL, 0, 0, ?, NULL, '')",
            (chunk.id, _ranges(chunk.rows), chunk.traced, chunk.begun_at, len(chunk.rows)),
            sent=False,
        )

    def end(self, chunk: Chunk) -> None:
        """The outcome is known as well as it will be: `chunk.outcome`."""
        chunk.ended_at = time.time()
        self._settle(chunk)

    def revise(self, chunk: Chunk) -> None:
        """The outcome turned out to be another than it was; `ended_at` stays."""
        self._settle(chunk)

    def drop(self, chunk: Chunk) -> None:
        """The request did not go out, or surely had no effect."""
        self._write("DELETE FROM chunks WHERE id = ?", (chunk.id,))

    def finish(self, at: float | None) -> None:
        """Nothing is left to send since then; None where something is again."""
        self._write("UPDATE run SET finished_at = ?", (at,))

    def chunks(self) -> Iterator[Chunk]:
        """Every request, in the order they were begun. Only while nobody writes."""
        return map(_chunk, self._db.execute(f"SELECT {_COLUMNS} FROM chunks ORDER BY id"))

    def newest(self) -> Iterator[Chunk]:
        """Those with an answer, the last answer first. Only while nobody writes."""
        return map(_chunk, self._db.execute(f"SELECT {_COLUMNS} FROM chunks WHERE sent ORDER BY ended_at DESC"))

    def chunk(self, number: int) -> Chunk:
        """One request."""
        return _chunk(self._db.execute(f"SELECT {_COLUMNS} FROM chunks WHERE id = ?", (number,)).fetchone())

    def recent(self) -> list[float]:
        """When the latest requests were answered, in seconds before now, the longest first."""
        now = time.time()
        found = self._db.execute("SELECT coalesce(ended_at, begun_at) FROM chunks ORDER BY id DESC LIMIT 1000")
        return sorted((max(0.0, now - at) for (at,) in found), reverse=True)

    def last_answer(self) -> float | None:
        """When the last answer came."""
        found: float | None = self._db.execute("SELECT max(ended_at) FROM chunks").fetchone()[0]
        return found

    def _settle(self, chunk: Chunk) -> None:
        fates = chunk.outcome or []
        sent = sum(type(fate) is str for fate in fates)
        failed = sum(type(fate) is list for fate in fates)
        unknown = fates.count(None)
        self._write(
            "UPDATE chunks SET ended_at = ?, sent = ?, failed = ?, unknown = ?, outcome = ?, error = ? WHERE id = ?",
            (
                chunk.ended_at,
                sent,
                failed,
                unknown,
                json.dumps(fates, separators=(",", ":")),
                chunk.error,
                chunk.id,
            ),
        )

    def _write(self, sql: str, values: Sequence[Any], *, sent: bool = True) -> None:
        """Have it on disk. Whoever holds the file writes for all who wait for it."""
        own = _Write(sql, values)
        with self._pending_lock:
            self._pending.append(own)
        with self._writing:
            if not own.done:
                with self._pending_lock:
                    batch, self._pending = self._pending, []
                self._commit(batch)
        if own.error is not None:
            raise _no_room(self.path, own.error, sent=sent) from own.error

    def _commit(self, batch: list[_Write]) -> None:
        error: Exception | None = None
        try:
            if self._closed:
                raise sqlite3.ProgrammingError("it is closed already")
            self._db.execute("BEGIN IMMEDIATE")
            for write in batch:
                self._db.execute(write.sql, write.values)
            self._db.execute("COMMIT")
        except sqlite3.Error as problem:
            error = problem
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
        for write in batch:
            write.done, write.error = True, error


@dataclass
class _Write:
    sql: str
    values: Sequence[Any]
    done: bool = False
    error: Exception | None = None


_COLUMNS = "rows, traced, id, begun_at, ended_at, outcome, error"


def _chunk(row: Sequence[Any]) -> Chunk:
    rows, traced, number, begun_at, ended_at, outcome, error = row
    return Chunk(_rows(rows), bool(traced), number, begun_at, ended_at, outcome and json.loads(outcome), error)


# ------------------------------------------------------------------------------------------------ files


def key_of(*parts: object) -> str:
    """What tells runs apart, as a hash."""
    return sha256(json.dumps(parts).encode()).hexdigest()[:24]


def new_id() -> str:
    """The name of a new run: 8 letters and digits that nobody else has chosen."""
    from base64 import b32encode

    return b32encode(os.urandom(5)).decode().lower()


def path_of(state_dir: Path, key: str, run: str) -> Path:
    """Where a run's journal is kept."""
    return state_dir / FOLDER / f"{key}-{run}{SUFFIX}"


def lock_of(state_dir: Path, key: str) -> FileLock:
    """The lock of all runs with this key, so that two processes that begin at once do not begin two runs."""
    return FileLock(state_dir / FOLDER / f"{key}.lock")


def read(path: Path) -> Known:
    """The run that a file describes. Raises ConfigError for a file that is no journal, or a broken one."""
    db = _open(path)
    try:
        row = db.execute("SELECT id, key, name, path, target, created_at, finished_at, total FROM run").fetchone()
        counts = db.execute("SELECT sum(sent), sum(failed), sum(unknown) FROM chunks").fetchone()
        if row is None:
            raise sqlite3.DatabaseError("it describes no run")
        return replace(Known(*row), counts=Counts(*(number or 0 for number in counts)), file=path)
    except sqlite3.Error as error:
        raise broken(path, error) from error
    finally:
        db.close()


def lock_beside(path: Path) -> FileLock:
    """The lock of a journal that the user named."""
    return FileLock(path.with_name(path.name + ".lock"))


def known_runs(state_dir: Path) -> list[Known]:
    """The runs in the state folder, newest first; ConfigError where a file is broken."""
    newest = runs_with(state_dir, "*")
    held = {each: lock_of(state_dir, each).is_held() for each in {run.key for run in newest}}
    return [replace(run, running=held[run.key]) for run in newest]


def runs_with(state_dir: Path, key: str) -> list[Known]:
    """The runs with this key, newest first; whether they are at work is not looked at."""
    found = [read(path) for path in (state_dir / FOLDER).glob(f"{key}-*{SUFFIX}")]
    return sorted(found, key=lambda run: run.created_at, reverse=True)


def unfinished(state_dir: Path, like: Known) -> list[Known]:
    """Runs of the same file to the same target that are not finished, newest first; broken journals are passed over."""
    found = []
    for path in (state_dir / FOLDER).glob(f"*{SUFFIX}"):
        with suppress(ConfigError):
            run = read(path)
            if run.finished_at is None and run.key != like.key and (run.path, run.target) == (like.path, like.target):
                found.append(run)
    return sorted(found, key=lambda run: run.created_at, reverse=True)


def forget(state_dir: Path, run: str) -> None:
    """Remove the journal of this run. Raises InputError where there is none, or while a process is at it."""
    folder = state_dir / FOLDER
    found = [path for path in folder.glob(f"*{SUFFIX}") if path.stem.rpartition("-")[2] == run]
    if not found:
        raise InputError(f"There is no run {run!r}", hint="They are listed by: mailtrap batch --runs")
    key = found[0].stem.rpartition("-")[0]
    lock = lock_of(state_dir, key)
    if not lock.take():
        raise InputError(f"The run {run} is at work", hint="Stop it first: Ctrl-C, or kill its process.")
    try:
        remove(found[0])
    finally:
        lock.release(remove=not any(folder.glob(f"{key}-*{SUFFIX}")))


def remove(path: Path) -> None:
    """Remove a journal."""
    for end in ("-wal", "-shm", ""):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _create(path: Path, run: Known) -> sqlite3.Connection:
    """A new journal, made under another name: a process that ends in the midst leaves none that is no whole one."""
    making = path.with_name(path.name + ".new")
    try:
        make_private_folder(path.parent)
        for left in (making, *path.parent.glob(f"{run.key}-*.new")):
            remove(left)
        os.close(os.open(making, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise ConfigError(
            f"The journal {path} cannot be made: {error.strerror}",
            hint="Give another file with --journal, or set MAILTRAP_STATE_DIR to another folder.",
        ) from error
    db = sqlite3.connect(making, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.executescript("BEGIN;" + _SCHEMA)
        db.execute(
            "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, NULL, ?)",
            (run.id, run.key, run.name, run.path, run.target, run.created_at, run.total),
        )
        db.execute("COMMIT")
        db.close()  # which leaves one file
        os.rename(making, path)
        _sync_folder(path.parent)
    except (sqlite3.Error, OSError) as error:
        db.close()
        remove(making)
        raise _no_room(path, error, sent=False) from error
    return _open(path)


def _sync_folder(folder: Path) -> None:
    """Have the name of a new file on disk too: SQLite does so for its own log alone."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _open(path: Path) -> sqlite3.Connection:
    try:
        with open(path, "rb"):
            pass
    except OSError as error:
        raise ConfigError(f"The journal {path} cannot be read: {error.strerror}") from error
    db = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    try:
        if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
            raise broken(path, "another program made it")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise ConfigError(f"The journal {path} was made by a newer mailtrap", hint="Update mailtrap.")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("SELECT id FROM chunks LIMIT 1")
    except sqlite3.Error as error:
        db.close()
        raise broken(path, error) from error
    except ConfigError:
        db.close()
        raise
    return db


def broken(path: Path, reason: object) -> ConfigError:
    """The error for a file that is no journal, or no whole one."""
    return ConfigError(
        f"{path} is not the journal of a run, or it is broken: {reason}",
        hint="Move it away. Before the rows are sent again, look on mailtrap.io at what was sent.",
    )


def _no_room(path: Path, error: Exception, *, sent: bool) -> JournalError:
    if sent:
        return JournalError(
            f"The journal {path} does not take the answers that came: {error}",
            outcome="outcome unknown",
            hint="Make room on that disk and give the command again: it looks up what became of those rows.",
        )
    return JournalError(
        f"The journal {path} cannot be written: {error}: not sent",
        outcome="not sent",
        hint="Make room on that disk, then give the command again.",
    )


# ------------------------------------------------------------------------------------------------ rows


def _ranges(rows: Sequence[int]) -> str:
    """Ascending rows as JSON of their ranges."""
    if rows[-1] - rows[0] + 1 == len(rows):
        return f"[{rows[0]},{len(rows)}]"
    starts = [0, *(place for place, (one, two) in enumerate(pairwise(rows), 1) if two != one + 1), len(rows)]
    return json.dumps([number for one, two in pairwise(starts) for number in (rows[one], two - one)])


def _rows(ranges: str) -> Sequence[int]:
    numbers = json.loads(ranges)
    if len(numbers) == 2:
        return range(numbers[0], numbers[0] + numbers[1])
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return [row for first, count in pairs for row in range(first, first + count)]
