"""What is sent to webhooks: each webhook's position in the events, batches waiting or done, and every attempt."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .database import Database

KEPT = 1000  # deliveries kept, with their bodies and attempts

# What payloads and filters of webhooks need to know about an event and its log entry.
_FACT = (
    "e.number, e.kind, e.created_at, e.details, l.message_id, l.stream, l.recipient, l.sender, l.category,"
    " l.domain_id, l.campaign_id, l.extra"
)


@dataclass(frozen=True, slots=True)
class Fact:
    """An event with what the log knows about its message. Times are milliseconds; `details` and `extra` are JSON."""

    number: int
    kind: str
    created_at: int
    details: str
    message_id: str
    stream: str
    recipient: str
    sender: str
    category: str | None
    domain_id: int
    campaign_id: int | None
    extra: str


@dataclass(frozen=True, slots=True)
class Batch:
    """The contents of one request: `kinds` counts the events by name."""

    kinds: Mapping[str, int]
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Delivery:
    """A batch on its way to a webhook. `attempts` counts those made so far."""

    number: int
    webhook: int
    url: str
    content_type: str
    body: bytes
    attempts: int
    due_at: int


@dataclass(frozen=True, slots=True)
class Reply:
    """The outcome of an attempt: `status` is None without an answer, `text` the start of the answer or the reason."""

    status: int | None
    text: str
    milliseconds: int

    @property
    def accepted(self) -> bool:
        """Whether it counts as delivered: only a 200 does (NOTES.md, Webhooks)."""
        return self.status == 200


class WebhookStore:
    """Deliveries and attempts, in the store's file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_event(self) -> int:
        """Return the number of the newest event; 0 before the first."""
        found = self._database.select("SELECT seq FROM sqlite_sequence WHERE name = 'events'")
        return int(found[0][0]) if found else 0

    def position(self, webhook: int) -> int:
        """Return the last event (or inbound message) that is in a batch for this webhook."""
        found = self._database.select("SELECT last FROM webhook_positions WHERE webhook = ?", (webhook,))
        return int(found[0][0]) if found else 0

    def read_facts(self, after: int, size: int) -> list[Fact]:
        """Return the events after this number, oldest first."""
        rows = self._database.select(
            f"SELECT {_FACT} FROM events e JOIN log l ON l.number = e.entry WHERE e.number > ?"
            " ORDER BY e.number LIMIT ?",
            (after, size),
        )
        return [Fact(*row) for row in rows]

    def add_batch(self, webhook: int, url: str, batch: Batch | None, *, last: int, now: int) -> None:
        """Store a batch to send and, in the same transaction, the position `last` of its newest event."""
        with self._database.writing() as db:
            if batch is not None:
                number = db.execute(
                    "INSERT INTO deliveries (webhook, url, created_at, kinds, content_type, body, due_at)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        webhook,
                        url,
                        now,
                        json.dumps(dict(batch.kinds)),
                        batch.content_type,
                        zlib.compress(batch.body, 1),
                        now,
                    ),
                ).lastrowid
                old = (number or 0) - KEPT
                db.execute("DELETE FROM deliveries WHERE number <= ? AND state != 'waiting'", (old,))
                db.execute("DELETE FROM attempts WHERE delivery <= ?", (old,))
            db.execute("INSERT OR REPLACE INTO webhook_positions VALUES (?, ?)", (webhook, last))

    def find_waiting(self, webhook: int) -> Delivery | None:
        """Return the oldest delivery of this webhook that is neither accepted nor given up, or None."""
        return self._find_first("webhook = ? AND state = 'waiting' ORDER BY number LIMIT 1", webhook)

    def next_due(self, webhook: int) -> int | None:
        """Return when that delivery is due for its next attempt, or None."""
        found = self._database.select(
            "SELECT due_at FROM deliveries WHERE webhook = ? AND state = 'waiting' ORDER BY number LIMIT 1", (webhook,)
        )
        return int(found[0][0]) if found else None

    def find(self, number: int) -> Delivery | None:
        """Return the delivery with this number, or None."""
        return self._find_first("number = ?", number)

    def record_attempt(self, delivery: Delivery, reply: Reply, made_at: int, *, retry_at: int | None = None) -> None:
        """Store how an attempt ended. A failed one only changes when the next is due."""
        with self._database.writing() as db:
            db.execute(
                "UPDATE deliveries SET attempts = attempts + 1, due_at = coalesce(?, due_at),"
                " state = iif(?, 'delivered', state) WHERE number = ?",
                (retry_at, reply.accepted, delivery.number),
            )
            db.execute(
                "INSERT INTO attempts (delivery, attempt, made_at, milliseconds, status, answer)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (delivery.number, delivery.attempts + 1, made_at, reply.milliseconds, reply.status, reply.text),
            )

    def give_up(self, delivery: Delivery) -> None:
        """Stop trying a delivery."""
        with self._database.writing() as db:
            db.execute("UPDATE deliveries SET state = 'failed' WHERE number = ?", (delivery.number,))

    def list_attempts(
        self, *, webhook: int | None = None, delivery: int | None = None, before: int | None = None, size: int = 100
    ) -> list[dict[str, Any]]:
        """Return attempts, newest first, in the form of `webhooks.list_deliveries`; `created_at` in milliseconds."""
        rows = self._database.select(
            "SELECT d.number, d.webhook, d.url, a.made_at, d.kinds, a.attempt, a.status, a.milliseconds, a.answer,"
            " d.state, a.number FROM attempts a JOIN deliveries d ON d.number = a.delivery"
            " WHERE (? IS NULL OR d.webhook = ?) AND (? IS NULL OR d.number = ?) AND (? IS NULL OR a.number < ?)"
            " ORDER BY a.number DESC LIMIT ?",
            (webhook, webhook, delivery, delivery, before, before, size),
        )
        names = (
            *("id", "webhook_id", "url", "created_at", "events", "attempt", "status", "milliseconds", "answer"),
            *("state", "number"),
        )
        found = [dict(zip(names, row, strict=True)) for row in rows]
        return [{**row, "events": json.loads(row["events"])} for row in found]

    def _find_first(self, where: str, *values: object) -> Delivery | None:
        columns = "number, webhook, url, content_type, body, attempts, due_at"
        rows: Sequence[Any] = self._database.select(f"SELECT {columns} FROM deliveries WHERE {where}", values)
        if not rows:
            return None
        number, webhook, url, content_type, body, attempts, due_at = rows[0]
        return Delivery(number, webhook, url, content_type, zlib.decompress(body), attempts, due_at)
