"""The store of the local sandbox: one SQLite file, shared by every process and thread that uses it."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .database import FILE, Database
from .log_store import LogStore
from .resource_store import ResourceStore
from .rules import BODIES, RECIPIENTS, attached_size, list_recipients, utf8_size
from .webhook_store import WebhookStore

__all__ = ["FILE", "Captured", "Store", "new_email_username"]

NEWEST = 1 << 62  # larger than any ID or time
DEFAULT_SANDBOX = 1  # the sandbox of the profile `local`, which also shows the messages of the live streams


@dataclass(frozen=True, slots=True)
class Captured:
    """A stored message without its bodies and attachments. Times are milliseconds since 1970, sizes bytes.

    `sandbox_id` is 0 for the live streams; `head` is JSON, parsed by `fields`.
    """

    id: int
    stream: str
    sandbox_id: int
    created_at: int
    updated_at: int
    is_read: int
    text_size: int
    html_size: int
    size: int
    subject: str
    to_email: str
    to_name: str
    ids: str
    head: str

    def fields(self) -> dict[str, Any]:
        """The message as the API accepted it, without text, html and attachments."""
        found: dict[str, Any] = json.loads(self.head)
        return found


def _in_sandbox(number: int | None) -> str:
    """Return the condition for the messages shown in this sandbox; None means all sandboxes."""
    if number is None:
        return "1"
    # The plus keeps SQLite from sorting the rows: in the table they are already in the order of their IDs.
    return f"+sandbox_id IN ({number:d}, 0)" if number == DEFAULT_SANDBOX else f"sandbox_id = {number:d}"


_COLUMNS = (
    "id, stream, sandbox_id, created_at, updated_at, is_read, text_size, html_size, size, subject, to_email, to_name,"
    " ids, head"
)


class Store:
    """Messages, sandboxes and projects. Every method is one transaction, safe from any thread, durable on return.

    Durable means that killing a process loses nothing (a power failure may lose the last moments). `max_messages`
    limits how many messages are kept, dropping the oldest; None is no limit. `event_delay` is the delay of events of
    magic addresses, in seconds. Raises ConfigError if the file cannot be used, TransportError ("not sent") if the disk
    is full or another process locks the file too long.
    """

    def __init__(self, folder: Path, *, max_messages: int | None = None, event_delay: float = 0.0) -> None:
        self.path = folder / FILE
        self.max_messages = max_messages
        self.event_delay = event_delay
        self.database = Database(folder)
        self.resources = ResourceStore(self.database)
        self.log = LogStore(self.database)
        self.webhooks = WebhookStore(self.database)
        self._writing = self.database.writing
        self._select = self.database.select

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    # -------------------------------------------------------------------------------------------- messages

    def add(self, stream: str, sandbox_id: int, messages: Sequence[Mapping[str, Any]]) -> list[list[str]]:
        """Store messages that passed the rules, in one transaction; return the message IDs of each.

        A sandbox is created by its first message; `sandbox_id` 0 means the live streams.
        """
        _, ids = self.insert(stream, sandbox_id, messages, time.time_ns() // 1_000_000)
        return ids

    def insert(
        self, stream: str, sandbox_id: int, messages: Sequence[Mapping[str, Any]], now: int
    ) -> tuple[int, list[list[str]]]:
        """Like `add`, with a given time (milliseconds since 1970); also return the first message's number."""
        rows = [_row_of(stream, sandbox_id, now, message) for message in messages]
        with self._writing() as db:
            if sandbox_id:
                self._ensure_sandbox(db, sandbox_id)
                db.execute(
                    "UPDATE sandboxes SET sent_messages_count = sent_messages_count + ?, last_message_sent_at = ?"
                    " WHERE id = ?",
                    (len(rows), now, sandbox_id),
                )
            last = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'messages'").fetchone()
            db.executemany(
                "INSERT INTO messages (stream, sandbox_id, created_at, updated_at, recipients, text_size, html_size,"
                " size, subject, to_email, to_name, ids, head, content, source)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            db.execute("UPDATE totals SET messages = messages + ?", (len(rows),))
            if self.max_messages is not None:
                excess = db.execute("SELECT messages - ? FROM totals", (self.max_messages,)).fetchone()[0]
                if excess > 0:
                    self._delete_rows(db, "id IN (SELECT id FROM messages ORDER BY id LIMIT ?)", (excess,))
                    self.log.forget_before(db.execute("SELECT created_at FROM messages ORDER BY id LIMIT 1").fetchone())
        return (last[0] if last else 0) + 1, [row[_IDS].split() for row in rows]

    def page(
        self,
        sandbox_id: int | None,
        *,
        search: str = "",
        unread: bool = False,
        stream: str | None = None,
        before: int | None = None,
        offset: int = 0,
        size: int = 30,
    ) -> list[Captured]:
        """Return messages of a sandbox, newest first: those older than the ID `before`, or from `offset` on.

        The default sandbox includes the live streams; None means all sandboxes.

        `search` is matched against subject, to_email and to_name, ignoring ASCII case.
        """
        like = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        return self._read(
            f"SELECT {_COLUMNS} FROM messages WHERE {_in_sandbox(sandbox_id)} AND id < ?"
            " AND (? = '%%' OR subject LIKE ? ESCAPE '\\' OR to_email LIKE ? ESCAPE '\\' OR to_name LIKE ? ESCAPE '\\')"
            f"{' AND NOT is_read' if unread else ''} AND (? IS NULL OR stream = ?)"
            " ORDER BY id DESC LIMIT ? OFFSET ?",
            (NEWEST if before is None else before, like, like, like, like, stream, stream, size, offset),
        )

    def message(self, sandbox_id: int | None, number: int) -> tuple[Captured, dict[str, Any]] | None:
        """Return one message of a sandbox twice: as a list shows it, and complete as the API accepted it.

        If it arrived by SMTP, its raw bytes are in `source`.
        """
        found = self._select(
            f"SELECT {_COLUMNS}, content, source FROM messages WHERE {_in_sandbox(sandbox_id)} AND id = ?", (number,)
        )
        if not found:
            return None
        *columns, content, source = found[0]
        captured = Captured(*columns)
        if source is None:
            return captured, captured.fields() | json.loads(content)
        from .source import read_source

        bodies = {key: value for key, value in read_source(source).items() if key in BODIES}
        return captured, captured.fields() | bodies | {"source": source}

    def set_read(self, sandbox_id: int | None, number: int | None, read: bool) -> None:
        """Mark one message, or all of a sandbox, as read or unread."""
        with self._writing() as db:
            db.execute(
                "UPDATE messages SET is_read = ?, updated_at = ?"
                f" WHERE {_in_sandbox(sandbox_id)} AND (? IS NULL OR id = ?)",
                (read, time.time_ns() // 1_000_000, number, number),
            )

    def delete(self, sandbox_id: int | None, number: int | None) -> None:
        """Delete one message, or all of a sandbox."""
        with self._writing() as db:
            self._delete_rows(db, f"{_in_sandbox(sandbox_id)} AND (? IS NULL OR id = ?)", (number, number))

    def count(self) -> int:
        """Count all messages kept."""
        found: int = self._select("SELECT messages FROM totals", ())[0][0]
        return found

    def count_live(self) -> int:
        """Count the messages of the live streams."""
        found: int = self._select("SELECT count(*) FROM messages WHERE sandbox_id = 0", ())[0][0]
        return found

    def version(self) -> int:
        """Return a number that changes whenever another connection, of any process, has changed the file."""
        found: int = self._select("PRAGMA data_version", ())[0][0]
        return found

    def size(self) -> int:
        """Return the size on disk in bytes."""
        return sum(part.stat().st_size for part in self.path.parent.glob(f"{self.path.name}*"))

    def clear(self) -> int:
        """Delete every message and free the space; return how many there were. Sandboxes and projects stay."""
        with self._writing() as db:
            gone = self._delete_rows(db, "1", ())
            for table in ("log", "events", "delayed_events", "deliveries", "attempts"):
                db.execute(f"DELETE FROM {table}")
        # Run as a script, which runs to completion: execute() would free only one page.
        self.database.run_script(("PRAGMA incremental_vacuum", "PRAGMA wal_checkpoint(TRUNCATE)"))
        return gone

    # -------------------------------------------------------------------------------------------- sandboxes, projects

    def sandboxes(self, *, project_id: int | None = None) -> list[dict[str, Any]]:
        """Return every sandbox, or those of a project, as rows with `emails_count` and `emails_unread_count`."""
        return self._read_sandboxes("? IS NULL OR s.project_id = ?", (project_id, project_id))

    def sandbox(self, number: int) -> dict[str, Any] | None:
        """Return one sandbox, as in `sandboxes`, or None."""
        found = self._read_sandboxes("s.id = ?", (number,))
        return found[0] if found else None

    def has_sandbox(self, number: int) -> bool:
        """Return whether this sandbox exists."""
        return bool(self._select("SELECT 1 FROM sandboxes WHERE id = ?", (number,)))

    def find_sandbox(self, *, username: str = "", email_username: str = "") -> tuple[int, str] | None:
        """Find a sandbox by its username, or by the local part of its own address; return its ID and password."""
        found = self._select(
            "SELECT id, password FROM sandboxes WHERE username = ? OR (email_username_enabled AND email_username = ?)",
            (username, email_username),
        )
        return found[0] if found else None

    def create_sandbox(self, project_id: int, name: str) -> int:
        """Create a sandbox; return its ID."""
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
            self._delete_rows(db, "sandbox_id = ?", (number,))
            db.execute("DELETE FROM sandboxes WHERE id = ?", (number,))

    def projects(self) -> list[tuple[int, str]]:
        """Return the ID and name of every project."""
        return [(number, name) for number, name in self._select("SELECT id, name FROM projects ORDER BY id", ())]

    def create_project(self, name: str) -> int:
        """Create a project; return its ID."""
        with self._writing() as db:
            return _new_id(db.execute("INSERT INTO projects (name) VALUES (?)", (name,)))

    def rename_project(self, number: int, name: str) -> None:
        """Rename a project."""
        with self._writing() as db:
            db.execute("UPDATE projects SET name = ? WHERE id = ?", (name, number))

    def delete_project(self, number: int) -> None:
        """Delete a project with its sandboxes and their messages."""
        with self._writing() as db:
            self._delete_rows(db, "sandbox_id IN (SELECT id FROM sandboxes WHERE project_id = ?)", (number,))
            db.execute("DELETE FROM sandboxes WHERE project_id = ?", (number,))
            db.execute("DELETE FROM projects WHERE id = ?", (number,))

    # -------------------------------------------------------------------------------------------- helpers

    def _delete_rows(self, db: sqlite3.Connection, where: str, values: Sequence[object]) -> int:
        gone = db.execute(f"DELETE FROM messages WHERE {where}", values).rowcount
        db.execute("UPDATE totals SET messages = messages - ?", (gone,))
        return gone

    def _ensure_sandbox(self, db: sqlite3.Connection, number: int) -> None:
        """Create the sandbox if it does not exist, so that scripts can use any ID."""
        if db.execute("SELECT 1 FROM sandboxes WHERE id = ?", (number,)).fetchone() is None:
            project = db.execute("SELECT min(id) FROM projects").fetchone()[0]
            if project is None:
                project = _new_id(db.execute("INSERT INTO projects (name) VALUES ('Local')"))
            self._insert_sandbox(db, number, project, f"sandbox {number}")

    def _insert_sandbox(self, db: sqlite3.Connection, number: int | None, project_id: int, name: str) -> int:
        return _new_id(
            db.execute(
                "INSERT INTO sandboxes (id, project_id, name, username, password, email_username)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (number, project_id, name, os.urandom(7).hex(), os.urandom(7).hex(), new_email_username()),
            )
        )

    def _read_sandboxes(self, where: str, values: Sequence[object]) -> list[dict[str, Any]]:
        columns = (
            "id, project_id, name, username, password, email_username, email_username_enabled, sent_messages_count,"
            " last_message_sent_at"
        )
        in_sandbox = f"(m.sandbox_id = s.id OR (m.sandbox_id = 0 AND s.id = {DEFAULT_SANDBOX}))"
        rows = self._select(
            f"SELECT {columns}, (SELECT count(*) FROM messages m WHERE {in_sandbox}),"
            f" (SELECT count(*) FROM messages m WHERE {in_sandbox} AND NOT m.is_read)"
            f" FROM sandboxes s WHERE {where} ORDER BY s.id",
            values,
        )
        names = [*columns.split(", "), "emails_count", "emails_unread_count"]
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _read(self, sql: str, values: Sequence[object]) -> list[Captured]:
        return [Captured(*row) for row in self._select(sql, values)]


def new_email_username() -> str:
    """Make the local part of a sandbox's own address."""
    return os.urandom(8).hex()


# ------------------------------------------------------------------------------------------------ rows

_IDS = 11  # the index of `ids` in a row


def _row_of(stream: str, sandbox_id: int, now: int, message: Mapping[str, Any]) -> tuple[Any, ...]:
    recipients = len(list_recipients(message))
    shown = message.get("to") or [entry for field in RECIPIENTS for entry in message.get(field) or ()]
    source = message.get("source")
    text_size, html_size = utf8_size(message.get("text")), utf8_size(message.get("html"))
    return (
        stream,
        sandbox_id,
        now,
        now,
        recipients,
        text_size,
        html_size,
        text_size + html_size + attached_size(message),
        _make_storable(message.get("subject") or ""),
        ", ".join(entry["email"] for entry in shown),
        _make_storable(", ".join(name for entry in shown if (name := entry.get("name")))),
        new_message_ids(now, recipients),
        # ASCII JSON keeps lone surrogates escaped: JSON may contain them, SQLite's UTF-8 may not.
        _json({key: value for key, value in message.items() if key not in _CONTENT}),
        _json({key: message[key] for key in BODIES if key in message}) if source is None else "{}",
        source,
    )


_CONTENT = (*BODIES, "source")
_json = json.JSONEncoder(separators=(",", ":")).encode


def _make_storable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def new_message_ids(now: int, count: int) -> str:
    """Return this many new UUIDs, separated by spaces: version 7 (RFC 9562, 5.7), since the log searches by their
    time.
    """
    digits = f"{now:012x}"
    start = f"{digits[:8]}-{digits[8:]}-7"
    return " ".join([start + _read_tail(os.urandom(10).hex()) for _ in range(count)])


def _read_tail(random: str) -> str:
    return f"{random[:3]}-{'89ab'[int(random[3], 16) & 3]}{random[4:7]}-{random[8:]}"


def _new_id(cursor: sqlite3.Cursor) -> int:
    assert cursor.lastrowid is not None
    return cursor.lastrowid
