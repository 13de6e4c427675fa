"""The SQLite file of the local sandbox: its schema, how it is opened, and what its errors mean."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from ..errors import ConfigError, TransportError
from ..files import make_private_folder

FILE = "sandbox.sqlite3"
VERSION = 1
PATIENCE = 30.0  # seconds to wait for another process that writes

_SCHEMA = f"""
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
CREATE INDEX live_messages ON messages (created_at, id, recipients) WHERE sandbox_id = 0;
CREATE TABLE totals (messages INTEGER NOT NULL /* one row, so that a limit costs no counting */);
INSERT INTO totals VALUES (0);
INSERT INTO projects (name) VALUES ('Local');
INSERT INTO sandboxes (project_id, name, username, password, email_username)
  VALUES (1, 'local', lower(hex(randomblob(7))), lower(hex(randomblob(7))), lower(hex(randomblob(8))));
PRAGMA user_version = {VERSION};
"""


def connect(folder: Path) -> sqlite3.Connection:
    """The file in this folder, made (mode 0600, in a folder of mode 0700) where it is not there.

    Safe while others make it too. Raises ConfigError, or TransportError where there is no room.
    """
    path = folder / FILE
    try:
        make_private_folder(folder)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _no_room(str(error.strerror), path) from error
        raise ConfigError(
            f"The local sandbox cannot be kept in {folder}: {error.strerror}",
            hint="Set MAILTRAP_STATE_DIR to another folder.",
        ) from error
    db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        _prepare(db, path)
    except sqlite3.Error as error:
        db.close()
        raise failure(error, path, writing=True) from error
    except ConfigError:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise ConfigError(
            f"{path} was made by a newer mailtrap",
            hint=f"Update mailtrap, or set MAILTRAP_STATE_DIR to another folder, or delete {path}.",
        )
    if version < VERSION:
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")
        with suppress(sqlite3.OperationalError):  # several processes at once: one of them sets it, for the file
            db.execute("PRAGMA journal_mode = WAL")
        db.execute("BEGIN IMMEDIATE")
        if db.execute("PRAGMA user_version").fetchone()[0] == 0:  # nobody else was faster
            for statement in _SCHEMA.split(";\n"):
                db.execute(statement)
        db.execute("COMMIT")
    db.execute("PRAGMA synchronous = NORMAL")


def failure(error: sqlite3.Error, path: Path, *, writing: bool) -> ConfigError | TransportError:
    """What an error of SQLite means to the user."""
    name: str = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        if writing:
            return _no_room(str(error), path)
        return TransportError(f"{path} cannot be read: {error}", outcome=None, hint="Look at that disk.")
    if name.startswith("SQLITE_BUSY"):
        return TransportError(
            f"Another process held {path} for {PATIENCE:.0f} s" + (": not sent" if writing else ""),
            outcome="not sent" if writing else None,
            hint="Try again.",
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return ConfigError(
            f"{path} cannot be used: {error}",
            hint="Check who may write it, or set MAILTRAP_STATE_DIR to another folder.",
        )
    return ConfigError(
        f"{path} is not a sandbox of mailtrap, or it is broken: {error}",
        hint="Move it away, and a new one is made; or set MAILTRAP_STATE_DIR to another folder.",
    )


def _no_room(reason: str, path: Path) -> TransportError:
    return TransportError(
        f"{path} cannot be written: {reason}: not sent",
        outcome="not sent",
        hint="Make room on that disk, or set MAILTRAP_STATE_DIR to a folder on another.",
    )
