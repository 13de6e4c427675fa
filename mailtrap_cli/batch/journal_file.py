"""The file of a journal: its schema, its seal, and opening it.

A damaged journal must never pass for a shorter one, or rows would be sent twice. So there is no write-ahead log that
could go missing without notice (the journal mode is DELETE), and the row of the run seals all requests: it holds their
number and a checksum over them, written in the same transaction. Whatever is flipped, truncated or missing, the seal no
longer matches, and the journal is refused.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from dataclasses import field, replace
from hashlib import blake2b
from operator import xor
from pathlib import Path

from ..errors import ConfigError, TransportError, name_option
from ..files import make_private_folder
from ..records import record

APPLICATION = 0x4D745231  # SQLite's application_id, which marks a journal
VERSION = 2
SEAL = 16  # bytes of a checksum
_SCHEMA = f"""
CREATE TABLE run (
  id TEXT NOT NULL,
  key TEXT NOT NULL,          -- of input, content and target
  name TEXT NOT NULL,         -- the file as the user named it
  path TEXT NOT NULL,         -- the same, absolute
  target TEXT NOT NULL,       -- in words
  created_at REAL NOT NULL,   -- times are seconds since 1970
  finished_at REAL,
  total INTEGER NOT NULL,     -- rows of the input
  requests INTEGER NOT NULL,  -- how many chunks there are
  chunks_seal BLOB NOT NULL,  -- the checksums of all chunks, combined by XOR
  seal BLOB NOT NULL          -- the checksum of all the above
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
  error TEXT NOT NULL,        -- why rows are unknown
  seal BLOB NOT NULL          -- the checksum of all the above
);
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
"""


@record
class Counts:
    """Rows by outcome."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0


@record
class Known:
    """A run as its journal describes it. Times in seconds since 1970; `running` if a process is working on it."""

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
    """The journal cannot record what happened."""


def seal_of(values: Sequence[object]) -> bytes:
    """Compute the checksum of values as SQLite returns them: None, numbers, text, bytes."""
    return blake2b(repr(tuple(values)).encode("utf-8", "surrogatepass"), digest_size=SEAL).digest()


def combine_seals(one: bytes, other: bytes) -> bytes:
    """Combine the checksums of two sets of rows; combining a row again removes it."""
    return bytes(map(xor, one, other))


def sealed_run(run: Known, finished_at: float | None, requests: int, chunks_seal: bytes) -> tuple[int, bytes, bytes]:
    """Return the columns `requests`, `chunks_seal` and `seal` of the run's row."""
    described = (run.id, run.key, run.name, run.path, run.target, float(run.created_at), finished_at, run.total)
    return requests, chunks_seal, seal_of((*described, requests, chunks_seal))


def read_sealed_run(db: sqlite3.Connection, path: Path, *, whole: bool = True) -> tuple[Known, int, bytes]:
    """Read the run of a journal, its number of requests, and their combined seal.

    Raises ConfigError if anything is damaged or missing; unless `whole`, the requests themselves are not read.
    """
    try:
        found = db.execute("SELECT * FROM run").fetchall()
        if len(found) != 1:
            raise broken_journal(path, "it does not describe one run")
        (*described, requests, chunks_seal, seal) = found[0]
        if seal != seal_of((*described, requests, chunks_seal)):
            raise broken_journal(path, "its description does not match its checksum")
        counts = Counts()
        if whole:
            counts = _checked_counts(db, path, requests, chunks_seal)
        return replace(Known(*described), counts=counts, file=path), requests, chunks_seal
    except (sqlite3.Error, ValueError, TypeError, OverflowError) as error:
        raise broken_journal(path, error) from error


def _checked_counts(db: sqlite3.Connection, path: Path, requests: int, chunks_seal: bytes) -> Counts:
    combined, number, totals = bytes(SEAL), 0, [0, 0, 0]
    for *values, seal in db.execute("SELECT * FROM chunks ORDER BY id"):
        if seal != seal_of(values):
            raise broken_journal(path, f"request {values[0]} does not match its checksum")
        combined, number = combine_seals(combined, seal), number + 1
        totals = [total + more for total, more in zip(totals, values[5:8], strict=True)]
    if (number, combined) != (requests, chunks_seal):
        raise broken_journal(path, f"it contains {number} of its {requests} requests")
    return Counts(*totals)


def read_run(path: Path, *, whole: bool = True) -> Known:
    """Read the run that a file describes; unless `whole`, without counts and without reading each request.

    Raises ConfigError for a file that is not a journal, or a damaged one.
    """
    db = open_file(path)
    try:
        return read_sealed_run(db, path, whole=whole)[0]
    finally:
        db.close()


def create_file(path: Path, run: Known) -> sqlite3.Connection:
    """Create a journal under another name first, so that a process that ends partway leaves no partial one."""
    making = path.with_name(path.name + ".new")
    try:
        make_private_folder(path.parent)
        for left in (making, *path.parent.glob(f"{run.key}-*.new")):
            remove_files(left)
        os.close(os.open(making, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise ConfigError(
            f"The journal {path} cannot be created: {error.strerror}",
            hint=f"Use another file with {name_option('journal')}, or set MAILTRAP_STATE_DIR to another folder.",
        ) from error
    db = sqlite3.connect(making, isolation_level=None)
    try:
        _make_durable(db)
        db.executescript("BEGIN;" + _SCHEMA)
        described = (run.id, run.key, run.name, run.path, run.target, run.created_at, run.total)
        db.execute(
            "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?)",
            (*described, *sealed_run(run, None, 0, bytes(SEAL))),
        )
        db.execute("COMMIT")
        db.close()
        os.rename(making, path)
        _sync_folder(path.parent)
    except (sqlite3.Error, OSError) as error:
        db.close()
        remove_files(making)
        raise write_failed(path, error, sent=False) from error
    return open_file(path)


def _sync_folder(folder: Path) -> None:
    """Sync the name of a new file to disk: SQLite does so only for its own log."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def open_file(path: Path) -> sqlite3.Connection:
    """Open a journal that exists. Raises ConfigError for a file that is not one."""
    try:
        with open(path, "rb"):
            pass
    except OSError as error:
        raise ConfigError(f"The journal {path} cannot be read: {error.strerror}") from error
    db = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    try:
        if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
            raise broken_journal(path, "another program made it")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise ConfigError(f"The journal {path} was made by a newer mailtrap", hint="Update mailtrap.")
        if version < VERSION:
            raise ConfigError(
                f"The journal {path} was made by an older mailtrap",
                hint=f"Finish that run with it, or use {name_option('again')}.",
            )
        _make_durable(db)
        db.execute("SELECT id FROM chunks LIMIT 1")
    except (sqlite3.Error, UnicodeDecodeError) as error:  # SQLite may quote bytes of a damaged schema
        db.close()
        raise broken_journal(path, error) from error
    except ConfigError:
        db.close()
        raise
    return db


def _make_durable(db: sqlite3.Connection) -> None:
    """Make each commit survive a power loss, in the one file.

    EXTRA also syncs the folder after the rollback journal is removed: with FULL, a commit could be undone by a power
    loss right after it (sqlite.org/pragma.html#pragma_synchronous).
    """
    db.execute("PRAGMA journal_mode = DELETE")
    db.execute("PRAGMA synchronous = EXTRA")


def remove_files(path: Path) -> None:
    """Remove a journal, and what SQLite keeps beside it."""
    for end in ("-journal", ""):
        path.with_name(path.name + end).unlink(missing_ok=True)


def broken_journal(path: Path, reason: object) -> ConfigError:
    """Build the error for a file that is not a journal, or not a complete one."""
    return ConfigError(
        f"{path} is damaged, or is not a run's journal: {reason}; nothing was sent",
        hint="Restore the file from a backup. Before you move it away, check on mailtrap.io which rows were sent: "
        "without it, all rows are sent.",
    )


def write_failed(path: Path, error: Exception, *, sent: bool) -> JournalError:
    """Build the error for a journal that cannot be written; `sent` if requests have gone out."""
    if sent:
        return JournalError(
            f"The answers could not be recorded in the journal {path}: {error}",
            outcome="outcome unknown",
            hint="Free some space on that disk, then run the same command again: it looks those rows up.",
        )
    return JournalError(
        f"The journal {path} cannot be written: {error}: not sent",
        outcome="not sent",
        hint="Free some space on that disk, then run the same command again.",
    )
