"""The SQLite file of the local sandbox: its schema, how it is opened, and what its errors mean."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..errors import ConfigError, TransportError
from ..files import make_private_folder

FILE = "sandbox.sqlite3"
VERSION = 4  # the number of _STEPS
PATIENCE = 30.0  # seconds to wait while another process writes

_SCHEMA = """
CREATE TABLE projects (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);
CREATE TABLE sandboxes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  username TEXT NOT NULL,
  password TEXT NOT NULL,
  email_username TEXT NOT NULL,
  email_username_enabled INTEGER NOT NULL DEFAULT 0,
  sent_messages_count INTEGER NOT NULL DEFAULT 0,
  last_message_sent_at INTEGER
);
CREATE TABLE messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  stream TEXT NOT NULL,            -- sandbox, transactional or bulk
  sandbox_id INTEGER NOT NULL,     -- 0 for the live streams
  created_at INTEGER NOT NULL,     -- times are milliseconds since 1970
  updated_at INTEGER NOT NULL,
  is_read INTEGER NOT NULL DEFAULT 0,
  recipients INTEGER NOT NULL,
  text_size INTEGER NOT NULL,      -- bytes
  html_size INTEGER NOT NULL,
  size INTEGER NOT NULL,           -- of both and of the attachments
  subject TEXT NOT NULL,
  to_email TEXT NOT NULL,
  to_name TEXT NOT NULL,
  ids TEXT NOT NULL,               -- message ids, one a recipient in order of to, cc, bcc; separated by spaces
  head TEXT NOT NULL,              -- the message as the API took it (JSON), but for
  content TEXT NOT NULL            -- its text, html and attachments (JSON): last, so that lists do not read it
);
CREATE INDEX messages_of_sandbox ON messages (sandbox_id, id, is_read);
CREATE TABLE totals (messages INTEGER NOT NULL /* one row, so that a limit costs no counting */);
INSERT INTO totals VALUES (0);
INSERT INTO projects (name) VALUES ('Local');
INSERT INTO sandboxes (project_id, name, username, password, email_username)
  VALUES (1, 'local', lower(hex(randomblob(7))), lower(hex(randomblob(7))), lower(hex(randomblob(8))));
"""
_RESOURCES_AND_LOGS = """
DROP INDEX IF EXISTS live_messages;
CREATE TABLE resources (
  kind TEXT NOT NULL,
  id INTEGER NOT NULL,
  uuid TEXT NOT NULL,
  key TEXT NOT NULL,               -- what it is looked up by, in lower case
  parent INTEGER NOT NULL,         -- the id of what it belongs to; 0 for nothing
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  document TEXT NOT NULL,          -- JSON
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX resource_keys ON resources (kind, key);
CREATE INDEX resource_uuids ON resources (kind, uuid);
CREATE TABLE resource_counters (kind TEXT PRIMARY KEY, last INTEGER NOT NULL);
CREATE TABLE log (                 -- one row per recipient of a live message
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  message INTEGER,                 -- NULL where every recipient was rejected
  message_id TEXT NOT NULL,
  sent_at INTEGER NOT NULL,
  stream TEXT NOT NULL,
  domain_id INTEGER NOT NULL,
  campaign_id INTEGER,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  provider TEXT NOT NULL,
  subject TEXT,
  category TEXT,
  template_id INTEGER,
  status TEXT NOT NULL,
  delivered INTEGER NOT NULL,
  bounced INTEGER NOT NULL,
  opens INTEGER NOT NULL,
  clicks INTEGER NOT NULL,
  spam INTEGER NOT NULL,
  unsubscribed INTEGER NOT NULL,
  extra TEXT NOT NULL              -- JSON: custom_variables, template_variables, thread_id and others
);
CREATE INDEX log_times ON log (sent_at);
CREATE TABLE events (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  entry INTEGER NOT NULL,          -- the log's number
  kind TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  details TEXT NOT NULL            -- JSON
);
CREATE INDEX events_of_entry ON events (entry, kind);
"""
_WEBHOOKS = """
CREATE TABLE webhook_positions (webhook INTEGER PRIMARY KEY, last INTEGER NOT NULL /* the last event in a batch */);
CREATE TABLE deliveries (          -- batches of events for a webhook, each until it is answered or given up
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  webhook INTEGER NOT NULL,
  url TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  kinds TEXT NOT NULL,             -- JSON: the events' names and how many there are of each
  content_type TEXT NOT NULL,
  body BLOB NOT NULL,              -- compressed
  attempts INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'waiting',  -- or delivered, or failed
  due_at INTEGER NOT NULL
);
CREATE INDEX deliveries_waiting ON deliveries (webhook, due_at) WHERE state = 'waiting';
CREATE TABLE attempts (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  delivery INTEGER NOT NULL,
  attempt INTEGER NOT NULL,        -- 1 for the first
  made_at INTEGER NOT NULL,
  milliseconds INTEGER NOT NULL,
  status INTEGER,                  -- of the answer; NULL without one
  answer TEXT NOT NULL             -- the start of its body, or why it did not come
);
CREATE INDEX attempts_of_delivery ON attempts (delivery);
CREATE TABLE delayed_events (      -- what magic addresses will make happen
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  due_at INTEGER NOT NULL,
  entry INTEGER NOT NULL,
  kind TEXT NOT NULL,
  details TEXT NOT NULL,           -- JSON
  suppression TEXT                 -- JSON: the document of the suppression that comes of it
);
CREATE INDEX delayed_events_due ON delayed_events (due_at);
INSERT INTO webhook_positions
  SELECT id, (SELECT coalesce(max(number), 0) FROM events) FROM resources WHERE kind = 'webhook';
"""
# Messages received by SMTP, byte for byte; their content is read from here.
_SOURCES = "ALTER TABLE messages ADD COLUMN source BLOB"
_STEPS = (_SCHEMA, _RESOURCES_AND_LOGS, _WEBHOOKS, _SOURCES)  # step N upgrades version N - 1 to version N


_OWN = ("BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",))
_SHARED = ("SAVEPOINT work", "RELEASE work", ("ROLLBACK TO work", "RELEASE work"))


class Database:
    """One connection to the file, safe to use from any thread. SQLite errors are translated by `failure`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._lock = threading.RLock()  # a connection has only one transaction
        self._depth = 0
        self._sharing = False  # writes go into the shared transaction
        self._shared = False  # the shared transaction is open
        self._lost: sqlite3.Error | None = None  # why the shared transaction was rolled back
        self._db = connect(folder)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Run one transaction; nested inside another of the same thread, join that one."""
        with self._lock:
            if self._depth:
                yield self._db
                return
            self._depth = 1
            begin, commit, rollback = _SHARED if self._sharing else _OWN
            try:
                if self._shared != self._sharing:
                    self._change_transaction()
                self._db.execute(begin)
                yield self._db
                self._db.execute(commit)
            except BaseException as error:
                if self._db.in_transaction:
                    for statement in rollback:
                        self._db.execute(statement)
                elif self._shared and isinstance(error, sqlite3.Error):
                    self._lost, self._shared = error, False  # SQLite has rolled everything back
                if isinstance(error, sqlite3.Error):
                    raise failure(error, self.path, writing=True) from error
                raise
            finally:
                self._depth = 0

    def begin_shared(self) -> None:
        """Open a transaction that several pieces of work share (see `sharing`); other threads wait."""
        self._lock.acquire()

    @contextmanager
    def sharing(self) -> Iterator[None]:
        """Make the writes in this block part of the shared transaction; if they fail, roll back only them."""
        self._sharing = True
        try:
            yield
        finally:
            self._sharing = False

    def commit_shared(self) -> None:
        """Commit the shared transaction. An error raised here applies to every piece of work in it."""
        try:
            if self._shared:
                self._change_transaction()
            if self._lost is not None:
                raise failure(self._lost, self.path, writing=True) from self._lost
        finally:
            self._lost = None
            self._lock.release()

    def _change_transaction(self) -> None:
        """Open the shared transaction, or commit it before other work is written."""
        if not self._shared:
            self._db.execute("BEGIN IMMEDIATE")
            self._shared = True
            return
        self._shared = False
        try:
            if self._db.in_transaction:  # a script commits any open transaction
                self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self._lost = error
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def select(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self._lock:
            try:
                return self._db.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                raise failure(error, self.path, writing=False) from error

    def run_script(self, statements: Iterable[str]) -> None:
        """Run each statement to completion, outside of any transaction."""
        with self._lock:
            try:
                self._db.executescript(";".join(statements))
            except sqlite3.Error as error:
                raise failure(error, self.path, writing=True) from error


def connect(folder: Path) -> sqlite3.Connection:
    """Open the file in this folder; create both if needed (file mode 0600, folder mode 0700).

    Safe if several processes create it at once. Raises ConfigError, or TransportError if the disk is full.
    """
    path = folder / FILE
    try:
        make_private_folder(folder)
        # Open the file here only if it does not exist: closing it would drop the locks that this process's other
        # connections hold (https://www.sqlite.org/howtocorrupt.html, 2.2), and another process, believing itself
        # alone, would then delete the write-ahead log they still use.
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _no_room(str(error.strerror), path) from error
        raise ConfigError(
            f"Cannot create the local sandbox in {folder}: {error.strerror}",
            hint="Set MAILTRAP_STATE_DIR to another folder.",
        ) from error
    db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        _prepare_file(db, path)
    except sqlite3.Error as error:
        db.close()
        raise failure(error, path, writing=True) from error
    except ConfigError:
        db.close()
        raise
    return db


def _prepare_file(db: sqlite3.Connection, path: Path) -> None:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise ConfigError(
            f"{path} was made by a newer mailtrap",
            hint=f"Update mailtrap, or set MAILTRAP_STATE_DIR to another folder, or delete {path}.",
        )
    if version < VERSION:
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        with suppress(sqlite3.OperationalError):  # one process sets it in the file for all
            db.execute("PRAGMA journal_mode = WAL")
        db.execute("BEGIN IMMEDIATE")
        made = db.execute("PRAGMA user_version").fetchone()[0]
        for step in _STEPS[made:]:  # another process may have been faster
            for statement in step.split(";\n"):
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    db.execute("PRAGMA synchronous = NORMAL")


def failure(error: sqlite3.Error, path: Path, *, writing: bool) -> ConfigError | TransportError:
    """Translate a SQLite error for the user."""
    name: str = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        if writing:
            return _no_room(str(error), path)
        return TransportError(f"{path} cannot be read: {error}", outcome=None, hint="Check the disk.")
    if name.startswith("SQLITE_BUSY"):
        return TransportError(
            f"Another process locked {path} for {PATIENCE:.0f} s" + (": not sent" if writing else ""),
            outcome="not sent" if writing else None,
            hint="Try again.",
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return ConfigError(
            f"{path} cannot be used: {error}",
            hint="Check its permissions, or set MAILTRAP_STATE_DIR to another folder.",
        )
    return ConfigError(
        f"{path} is not a local sandbox, or is damaged: {error}",
        hint="Move it away to start with a new one, or set MAILTRAP_STATE_DIR to another folder.",
    )


def _no_room(reason: str, path: Path) -> TransportError:
    return TransportError(
        f"{path} cannot be written: {reason}: not sent",
        outcome="not sent",
        hint="Free some space on that disk, or set MAILTRAP_STATE_DIR to a folder on another disk.",
    )
