"""The store of the embedded sandbox: one SQLite file, shared by every process that uses it."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ConfigError, TransportError

FILE = "sandbox.sqlite3"
VERSION = 1

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
  forwarded_messages_count INTEGER NOT NULL DEFAULT 0,
  last_message_sent_at REAL
);
CREATE TABLE messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  stream TEXT NOT NULL,            -- sandbox, transactional or bulk
  sandbox_id INTEGER NOT NULL,     -- 0 for the live streams
  created_at REAL NOT NULL,        -- seconds since 1970
  updated_at REAL NOT NULL,
  is_read INTEGER NOT NULL DEFAULT 0,
  subject TEXT NOT NULL,
  to_email TEXT NOT NULL,
  to_name TEXT NOT NULL,
  ids TEXT NOT NULL,               -- message ids, one a recipient in order of to, cc, bcc; separated by spaces
  payload TEXT NOT NULL            -- the message as the API took it
);
CREATE INDEX messages_of_sandbox ON messages (sandbox_id, id);
INSERT INTO projects (name) VALUES ('Local');
INSERT INTO sandboxes (project_id, name, username, password, email_username)
  VALUES (1, 'local', lower(hex(randomblob(7))), lower(hex(randomblob(7))), lower(hex(randomblob(8))));
PRAGMA user_version = {VERSION};
"""


@dataclass(frozen=True, slots=True)
class Captured:
    """One stored message. Times are seconds since 1970; `sandbox_id` is 0 for the live streams."""

    id: int
    stream: str
    sandbox_id: int
    created_at: float
    updated_at: float
    is_read: bool
    subject: str
    to_email: str
    to_name: str
    ids: str
    payload: str

    def message(self) -> dict[str, Any]:
        """The message as the API took it."""
        found: dict[str, Any] = json.loads(self.payload)
        return found


_COLUMNS = "id, stream, sandbox_id, created_at, updated_at, is_read, subject, to_email, to_name, ids, payload"


class Store:
    """Messages, sandboxes and projects. Every method is one transaction, durable when it returns.

    `max_messages` bounds the messages kept, the oldest out first; None is no bound. Raises ConfigError where the file
    cannot be used, TransportError ("not sent") where the disk is full.
    """

    def __init__(self, folder: Path, *, max_messages: int | None = None) -> None:
        self.path = folder / FILE
        self.max_messages = max_messages
        self._db = _open(folder, self.path)

    def close(self) -> None:
        """Give the file back."""
        self._db.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db
            self._db.execute("COMMIT")
        except BaseException as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise _failure(error, self.path) from error
            raise

    # -------------------------------------------------------------------------------------------- messages

    def add(self, stream: str, sandbox_id: int, messages: Sequence[tuple[Mapping[str, Any], str]]) -> list[int]:
        """Store messages with their ids, in one transaction; returns the numbers they got."""
        now = time.time()
        rows = [_row(stream, sandbox_id, now, message, ids) for message, ids in messages]
        with self._writing() as db:
            if sandbox_id:
                self._ensure_sandbox(db, sandbox_id)
                db.execute(
                    "UPDATE sandboxes SET sent_messages_count = sent_messages_count + ?, last_message_sent_at = ?"
                    " WHERE id = ?",
                    (len(rows), now, sandbox_id),
                )
            db.executemany(
                "INSERT INTO messages (stream, sandbox_id, created_at, updated_at, subject, to_email, to_name, ids,"
                " payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            last: int = db.execute("SELECT last_insert_rowid()").fetchone()[0]
            if self.max_messages is not None:
                db.execute(
                    "DELETE FROM messages WHERE id <= (SELECT id FROM messages ORDER BY id DESC LIMIT 1 OFFSET ?)",
                    (self.max_messages,),
                )
        return list(range(last - len(rows) + 1, last + 1))

    def page(
        self, sandbox_id: int, *, search: str = "", before: int | None = None, offset: int = 0, size: int = 30
    ) -> list[Captured]:
        """Messages of a sandbox, newest first: those older than `before`, or from `offset` on.

        `search` is matched against subject, to_email and to_name, without regard to ASCII case.
        """
        like = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        return self._read(
            f"SELECT {_COLUMNS} FROM messages WHERE sandbox_id = ? AND id < ?"
            " AND (? = '%%' OR subject LIKE ? ESCAPE '\\' OR to_email LIKE ? ESCAPE '\\' OR to_name LIKE ? ESCAPE '\\')"
            " ORDER BY id DESC LIMIT ? OFFSET ?",
            (sandbox_id, 1 << 62 if before is None else before, like, like, like, like, size, offset),
        )

    def live(self, before: int | None = None) -> Iterator[Captured]:
        """Messages of the live streams, newest first, those older than `before`."""
        while True:
            found = self._read(
                f"SELECT {_COLUMNS} FROM messages WHERE sandbox_id = 0 AND id < ? ORDER BY id DESC LIMIT 200",
                (1 << 62 if before is None else before,),
            )
            yield from found
            if len(found) < 200:
                return
            before = found[-1].id

    def message(self, sandbox_id: int, number: int) -> Captured | None:
        """One message of a sandbox."""
        found = self._read(f"SELECT {_COLUMNS} FROM messages WHERE sandbox_id = ? AND id = ?", (sandbox_id, number))
        return found[0] if found else None

    def set_read(self, sandbox_id: int, number: int | None, read: bool) -> None:
        """Mark one message, or all of a sandbox, as read or unread."""
        with self._writing() as db:
            db.execute(
                "UPDATE messages SET is_read = ?, updated_at = ? WHERE sandbox_id = ? AND (? IS NULL OR id = ?)",
                (read, time.time(), sandbox_id, number, number),
            )

    def delete(self, sandbox_id: int, number: int | None) -> None:
        """Delete one message, or all of a sandbox."""
        with self._writing() as db:
            db.execute(
                "DELETE FROM messages WHERE sandbox_id = ? AND (? IS NULL OR id = ?)", (sandbox_id, number, number)
            )

    def count(self) -> int:
        """All messages kept."""
        found: int = self._select("SELECT count(*) FROM messages", ())[0][0]
        return found

    def clear(self) -> int:
        """Delete every message; returns how many there were. Sandboxes and projects stay."""
        with self._writing() as db:
            return db.execute("DELETE FROM messages").rowcount

    # -------------------------------------------------------------------------------------------- sandboxes, projects

    def sandboxes(self, project_id: int | None = None) -> list[dict[str, Any]]:
        """Every sandbox, or those of a project, as rows with `emails_count` and `emails_unread_count`."""
        return self._rows(
            "SELECT s.*, (SELECT count(*) FROM messages m WHERE m.sandbox_id = s.id) AS emails_count,"
            " (SELECT count(*) FROM messages m WHERE m.sandbox_id = s.id AND NOT m.is_read) AS emails_unread_count"
            " FROM sandboxes s WHERE ? IS NULL OR s.project_id = ? ORDER BY s.id",
            (project_id, project_id),
        )

    def sandbox(self, number: int) -> dict[str, Any] | None:
        """One sandbox, as in `sandboxes`."""
        return next((row for row in self.sandboxes() if row["id"] == number), None)

    def create_sandbox(self, project_id: int, name: str) -> int:
        """A new sandbox; its id."""
        with self._writing() as db:
            return self._insert_sandbox(db, None, project_id, name)

    def update_sandbox(self, number: int, **values: object) -> None:
        """Set columns of a sandbox."""
        with self._writing() as db:
            assignments = ", ".join(f"{column} = ?" for column in values)
            db.execute(f"UPDATE sandboxes SET {assignments} WHERE id = ?", (*values.values(), number))

    def delete_sandbox(self, number: int) -> None:
        """Delete a sandbox with its messages."""
        with self._writing() as db:
            db.execute("DELETE FROM messages WHERE sandbox_id = ?", (number,))
            db.execute("DELETE FROM sandboxes WHERE id = ?", (number,))

    def projects(self) -> list[dict[str, Any]]:
        """Every project: id and name."""
        return self._rows("SELECT * FROM projects ORDER BY id", ())

    def create_project(self, name: str) -> int:
        """A new project; its id."""
        with self._writing() as db:
            return _id(db.execute("INSERT INTO projects (name) VALUES (?)", (name,)))

    def rename_project(self, number: int, name: str) -> None:
        """Give a project another name."""
        with self._writing() as db:
            db.execute("UPDATE projects SET name = ? WHERE id = ?", (name, number))

    def delete_project(self, number: int) -> None:
        """Delete a project with its sandboxes and their messages."""
        with self._writing() as db:
            db.execute(
                "DELETE FROM messages WHERE sandbox_id IN (SELECT id FROM sandboxes WHERE project_id = ?)", (number,)
            )
            db.execute("DELETE FROM sandboxes WHERE project_id = ?", (number,))
            db.execute("DELETE FROM projects WHERE id = ?", (number,))

    # -------------------------------------------------------------------------------------------- inside

    def _ensure_sandbox(self, db: sqlite3.Connection, number: int) -> None:
        """Sandboxes come into being with their first message, so that any id a script uses works."""
        if db.execute("SELECT 1 FROM sandboxes WHERE id = ?", (number,)).fetchone() is None:
            project = db.execute("SELECT min(id) FROM projects").fetchone()[0]
            if project is None:
                project = _id(db.execute("INSERT INTO projects (name) VALUES ('Local')"))
            self._insert_sandbox(db, number, project, f"sandbox {number}")

    def _insert_sandbox(self, db: sqlite3.Connection, number: int | None, project_id: int, name: str) -> int:
        return _id(
            db.execute(
                "INSERT INTO sandboxes (id, project_id, name, username, password, email_username)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (number, project_id, name, os.urandom(7).hex(), os.urandom(7).hex(), new_email_username()),
            )
        )

    def _read(self, sql: str, values: Sequence[object]) -> list[Captured]:
        return [Captured(*row) for row in self._select(sql, values)]

    def _rows(self, sql: str, values: Sequence[object]) -> list[dict[str, Any]]:
        cursor = self._db.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def _select(self, sql: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise _failure(error, self.path) from error


def new_email_username() -> str:
    """The local part of a sandbox's own address."""
    return os.urandom(8).hex()


def _row(stream: str, sandbox_id: int, now: float, message: Mapping[str, Any], ids: str) -> tuple[object, ...]:
    recipients = [entry for field in ("to", "cc", "bcc") for entry in message.get(field) or ()]
    emails = ", ".join(entry["email"] for entry in message.get("to") or recipients)
    names = ", ".join(entry.get("name") or "" for entry in message.get("to") or recipients).strip(", ")
    # ASCII JSON: lone surrogates, which JSON may hold and SQLite's UTF-8 may not, stay escaped.
    payload = json.dumps(message, separators=(",", ":"))
    subject = (message.get("subject") or "").encode("utf-8", "replace").decode()
    name = names.encode("utf-8", "replace").decode()
    return stream, sandbox_id, now, now, subject, emails, name, ids, payload


def _id(cursor: sqlite3.Cursor) -> int:
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _open(folder: Path, path: Path) -> sqlite3.Connection:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(
            f"The embedded sandbox cannot be kept in {folder}: {reason}",
            hint="Set MAILTRAP_STATE_DIR to another folder.",
        ) from error
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")  # survives the end of any process; not every loss of power
        _migrate(db, path)
    except sqlite3.Error as error:
        db.close()
        raise _failure(error, path) from error
    except ConfigError:
        db.close()
        raise
    return db


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version == VERSION:
        return
    if version > VERSION:
        raise ConfigError(
            f"{path} was made by a newer mailtrap", hint=f"Update mailtrap, or set MAILTRAP_STATE_DIR, or delete {path}"
        )
    db.execute("BEGIN IMMEDIATE")
    if db.execute("PRAGMA user_version").fetchone()[0] == 0:  # nobody else was faster
        for statement in _SCHEMA.split(";\n"):
            db.execute(statement)
    db.execute("COMMIT")


def _failure(error: sqlite3.Error, path: Path) -> ConfigError | TransportError:
    code = getattr(error, "sqlite_errorname", "")
    if code.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        return TransportError(
            f"The embedded sandbox could not be written ({error}): not sent",
            outcome="not sent",
            hint=f"Make room on the disk of {path}, or: mailtrap local reset",
        )
    if code.startswith("SQLITE_BUSY"):
        return TransportError(
            "The embedded sandbox was held by another process for 30 s: not sent", outcome="not sent", hint="Try again."
        )
    return ConfigError(f"{path} cannot be used: {error}", hint=f"Delete it, or set MAILTRAP_STATE_DIR: {path}")
