"""The email log of the live streams: one row per recipient, with its events. Logs and stats are computed from it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .database import Database

NEWEST = 1 << 62  # larger than any time or number
ENTRY = (
    "number, message, message_id, sent_at, stream, domain_id, sender, recipient, subject, category, template_id,"
    " status, opens, clicks, extra"
)
_INSERT = (
    "message, message_id, sent_at, stream, domain_id, campaign_id, sender, recipient, provider, subject, category,"
    " template_id, status, delivered, bounced, opens, clicks, spam, unsubscribed, extra"
)
_COUNTED = {"bounce": "bounced", "open": "opens", "click": "clicks", "spam": "spam", "unsubscribe": "unsubscribed"}
COUNTS = ("delivered", "bounced", "opens", "clicks", "spam", "unsubscribed")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the log. Times are milliseconds since 1970; `extra` is JSON."""

    number: int
    message: int | None
    message_id: str
    sent_at: int
    stream: str
    domain_id: int
    sender: str
    recipient: str
    subject: str | None
    category: str | None
    template_id: int | None
    status: str
    opens: int
    clicks: int
    extra: str


@dataclass(frozen=True, slots=True)
class Event:
    """An event of one recipient's copy: `kind` is the API's event type; `number` grows over time."""

    number: int
    entry: int
    kind: str
    created_at: int
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Delayed:
    """An event to come, with the document of the suppression that follows."""

    entry: int
    kind: str
    details: dict[str, Any]
    suppression: dict[str, Any] | None


Happened = tuple[str, dict[str, Any]]  # the event kind, and its details
LogRow = tuple[tuple[object, ...], Sequence[Happened]]
_encode = json.JSONEncoder(separators=(",", ":")).encode


class LogStore:
    """The log and its events, in the store's file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, rows: Sequence[LogRow], now: int) -> int:
        """Add entries (the values of `_INSERT`) with their events; return the number of the first."""
        marks = ", ".join("?" * (_INSERT.count(",") + 1))
        with self._database.writing() as db:
            found = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'log'").fetchone()
            first = (found[0] if found else 0) + 1
            db.executemany(f"INSERT INTO log ({_INSERT}) VALUES ({marks})", [values for values, _ in rows])
            db.executemany(
                "INSERT INTO events (entry, kind, created_at, details) VALUES (?, ?, ?, ?)",
                [
                    (entry, kind, now, _encode(details))
                    for entry, (_, happened) in enumerate(rows, first)
                    for kind, details in happened
                ],
            )
        return int(first)

    def add_later(
        self, entry: int, happened: Sequence[Happened], suppression: Mapping[str, Any] | None, due_at: int
    ) -> None:
        """Schedule events for an entry; the suppression (a document) follows the last of them."""
        with self._database.writing() as db:
            for place, (kind, details) in enumerate(happened, 1):
                document = _encode(suppression) if suppression is not None and place == len(happened) else None
                db.execute(
                    "INSERT INTO delayed_events (due_at, entry, kind, details, suppression) VALUES (?, ?, ?, ?, ?)",
                    (due_at, entry, kind, _encode(details), document),
                )

    def has_due(self, now: int) -> bool:
        """Return whether a delayed event is due."""
        return bool(self._database.select("SELECT 1 FROM delayed_events WHERE due_at <= ? LIMIT 1", (now,)))

    def take_due(self, now: int, *, size: int = 500) -> list[Delayed]:
        """Remove and return the delayed events that are due, oldest first."""
        with self._database.writing() as db:
            rows = db.execute(
                "SELECT number, entry, kind, details, suppression FROM delayed_events WHERE due_at <= ?"
                " ORDER BY due_at, number LIMIT ?",
                (now, size),
            ).fetchall()
            db.executemany("DELETE FROM delayed_events WHERE number = ?", [row[:1] for row in rows])
        return [
            Delayed(entry, kind, json.loads(details), json.loads(suppression) if suppression else None)
            for _, entry, kind, details, suppression in rows
        ]

    def entries(self, where: str, values: Sequence[object], *, after: Entry | None = None, size: int) -> list[Entry]:
        """Return the entries that match a condition, newest first, starting after `after`."""
        sent_at, number = (after.sent_at, after.number) if after else (NEWEST, NEWEST)
        return self._read(
            f"{where} AND sent_at <= ? AND (sent_at < ? OR number < ?) ORDER BY sent_at DESC, number DESC LIMIT ?",
            (*values, sent_at, sent_at, number, size),
        )

    def count(self, where: str, values: Sequence[object]) -> int:
        """Count the entries that match a condition."""
        found: int = self._database.select(f"SELECT count(*) FROM log WHERE {where}", values)[0][0]
        return found

    def find(self, message_id: str) -> Entry | None:
        """Find the entry with this message ID (a UUID version 7 in lowercase, whose timestamp narrows the search)."""
        try:
            sent_at = int(message_id[:8] + message_id[9:13], 16)
        except ValueError:
            return None
        found = self._read("sent_at = ? AND message_id = ?", (sent_at, message_id))
        return found[0] if found else None

    def get(self, number: int) -> Entry | None:
        """Return the entry with this number, or None."""
        found = self._read("number = ?", (number,))
        return found[0] if found else None

    def events(self, entry: int) -> list[Event]:
        """Return the events of an entry, oldest first."""
        return self._events_of("entry = ? ORDER BY number", (entry,))

    def record(
        self, entry: Entry, kind: str, details: Mapping[str, Any], now: int, *, status: str | None = None
    ) -> None:
        """Add an event, such as an open or a click, to an entry and count it; `status` is the entry's new status."""
        column = _COUNTED.get(kind)
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO events (entry, kind, created_at, details) VALUES (?, ?, ?, ?)",
                (entry.number, kind, now, _encode(details)),
            )
            if column:
                db.execute(f"UPDATE log SET {column} = {column} + 1 WHERE number = ?", (entry.number,))
            if status is not None:
                db.execute("UPDATE log SET status = ? WHERE number = ?", (status, entry.number))

    def sums(self, group: str, where: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        """Return for each value of `group` (an SQL expression) how many entries have each of COUNTS, and how many
        were sent.
        """
        counts = ", ".join(f"count(CASE WHEN {name} > 0 THEN 1 END)" for name in COUNTS)
        return self._database.select(
            f"SELECT {group} AS g, {counts}, count(CASE WHEN delivered OR bounced THEN 1 END) FROM log WHERE {where}"
            " GROUP BY g ORDER BY g",
            values,
        )

    def forget_before(self, oldest: tuple[int] | None) -> None:
        """Delete entries older than the oldest message kept."""
        with self._database.writing() as db:
            db.execute("DELETE FROM log WHERE sent_at < ?", oldest or (NEWEST,))
            db.execute("DELETE FROM events WHERE entry < coalesce((SELECT min(number) FROM log), ?)", (NEWEST,))

    def _read(self, where: str, values: Sequence[object]) -> list[Entry]:
        return [Entry(*row) for row in self._database.select(f"SELECT {ENTRY} FROM log WHERE {where}", values)]

    def _events_of(self, where: str, values: Sequence[object]) -> list[Event]:
        columns = "number, entry, kind, created_at, details"
        rows = self._database.select(f"SELECT {columns} FROM events WHERE {where}", values)
        return [Event(number, entry, kind, at, json.loads(details)) for number, entry, kind, at, details in rows]
