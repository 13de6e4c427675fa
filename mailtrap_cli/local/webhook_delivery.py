"""Deliver events to webhooks while `local serve` runs, as Mailtrap does (NOTES.md, Webhooks).

A batch is stored, with the number of its last event, before its first attempt; each attempt is stored when it ends. So
a crash loses no event, and a batch whose answer was not stored is sent again (at-least-once delivery; event IDs stay
the same).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from .. import __version__
from ..errors import MailtrapError
from ..files import FileLock
from .resource_store import Row
from .store import Store
from .webhook_client import TIMEOUT, post_body
from .webhook_payload import MOST, build_batch, build_inbound, select_facts, sign_body
from .webhook_store import Delivery, Fact, Reply
from .webhook_target import resolve_target
from .webhooks import AUDIT_LOG, NEVER_FIRES

RETRIES = 40  # after the first attempt; then the webhook is paused
INBOUND_RETRIES = 9  # with doubling waits; then the message is given up
TICK = 0.05  # seconds between checks for due events
SCANNED = 5000  # maximum events read at once


@dataclass(frozen=True)
class Pace:
    """How often batches are made, how long retries wait, and how long an attempt may take, in seconds."""

    interval: float = 0.1
    retry: float = 1.0
    timeout: float = TIMEOUT


class Courier:
    """Follow the events of a store and send them. Each webhook is served separately, one request at a time.

    `trouble` is called with a sentence if a webhook is paused or the store cannot be read.
    """

    def __init__(self, store: Store, pace: Pace, trouble: Callable[[str], None]) -> None:
        self._store = store
        self._pace = pace
        self._trouble = trouble
        self._running: dict[int, asyncio.Task[None]] = {}
        self._next_batch: dict[int, float] = {}
        self._unused: set[int] = set()  # webhooks that never fire, and were reported
        self._lock = FileLock(store.path.with_name("webhooks.lock"))
        self._locked = False
        self._next_try = 0.0  # when to try for the lock again
        self._problem = ""

    async def run(self) -> None:
        """Deliver until canceled. If several servers share a store, only the first delivers."""
        try:
            while True:
                if self._has_lock():
                    self._guard(self._start_due)
                await asyncio.sleep(min(TICK, max(self._pace.interval, 0.005)))
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)
            self._lock.release()

    def _has_lock(self) -> bool:
        if not self._locked and time.monotonic() >= self._next_try:
            self._next_try = time.monotonic() + 1.0
            try:
                self._locked = self._lock.take(patient=False)
            except OSError:
                self._locked = True  # the file system has no locks
        return self._locked

    def _guard(self, step: Callable[[], None]) -> None:
        """Run a step; if the store has a problem, report it once and continue."""
        try:
            step()
            self._problem = ""
        except MailtrapError as error:
            if error.message != self._problem:
                self._problem = error.message
                self._trouble(f"Webhooks cannot be delivered: {error.message}")

    def _start_due(self) -> None:
        for number in [number for number, task in self._running.items() if task.done()]:
            del self._running[number]
        for row in self._store.resources.list_rows("webhook"):
            if row.document["webhook_type"] == AUDIT_LOG:
                if row.id not in self._unused:
                    self._unused.add(row.id)
                    self._trouble(f"Webhook {row.id} ({row.document['url']}): {NEVER_FIRES}")
            elif row.document["active"] and row.id not in self._running and self._is_due(row):
                self._running[row.id] = asyncio.create_task(self._serve(row.id))

    def _is_due(self, row: Row) -> bool:
        waiting = self._store.webhooks.next_due(row.id)
        if waiting is not None:
            return waiting <= _now()
        return time.monotonic() >= self._next_batch.get(row.id, 0.0)

    async def _serve(self, number: int) -> None:
        """Send what is due to one webhook, batch by batch."""
        try:
            while True:
                row = self._store.resources.get("webhook", number)
                if row is None or not row.document["active"]:
                    return
                delivery = self._store.webhooks.find_waiting(number) or self._collect(row)
                if delivery is None or delivery.due_at > _now():
                    return
                await self._attempt(row, delivery)
        except MailtrapError as error:
            self._trouble(f"Webhook {number} cannot be delivered: {error.message}")

    def _collect(self, row: Row) -> Delivery | None:
        """Store and return the next batch of a webhook; None if there are no new events, or it is too early."""
        if time.monotonic() < self._next_batch.get(row.id, 0.0):
            return None
        full = collect_inbound(self._store, row) if _is_inbound(row) else collect_batch(self._store, row)
        if not full:
            self._next_batch[row.id] = time.monotonic() + self._pace.interval
        return self._store.webhooks.find_waiting(row.id)

    async def _attempt(self, row: Row, delivery: Delivery) -> None:
        made_at = _now()
        reply = await send_delivery(row, delivery, timeout=self._pace.timeout)
        retry_at = self._plan_retry(row, delivery)
        with self._store.database.writing():
            self._store.webhooks.record_attempt(delivery, reply, made_at, retry_at=retry_at)
            if not reply.accepted and retry_at is None:
                self._store.webhooks.give_up(delivery)
                if not _is_inbound(row):
                    self._pause(row.id)
        if not reply.accepted and retry_at is None:
            outcome = "giving up on the message" if _is_inbound(row) else "the webhook is paused"
            self._trouble(
                f"Webhook {row.id} ({delivery.url}): {delivery.attempts + 1} attempts failed, {outcome}; the last:"
                f" {describe_reply(reply)}"
            )

    def _plan_retry(self, row: Row, delivery: Delivery) -> int | None:
        """Return when to repeat a failed attempt; None after the last one."""
        if delivery.attempts >= (INBOUND_RETRIES if _is_inbound(row) else RETRIES):
            return None
        wait = self._pace.retry * (2**delivery.attempts if _is_inbound(row) else 1)
        return _now() + round(wait * 1000)

    def _pause(self, number: int) -> None:
        row = self._store.resources.get("webhook", number)
        if row is not None:
            self._store.resources.update(row, {**row.document, "active": False})


def collect_batch(store: Store, row: Row) -> bool:
    """Store a batch of the events that are new to a webhook; return whether more are left for the next one."""
    webhooks, document = store.webhooks, row.document
    start = last = max(webhooks.position(row.id), document.get("after_event") or 0)
    chosen: list[Fact] = []
    left = True
    while left and len(chosen) < MOST and last - start < SCANNED:
        facts = webhooks.read_facts(last, MOST)
        left = len(facts) == MOST
        found = select_facts(document, facts)
        room = MOST - len(chosen)
        chosen += found[:room]
        if len(found) > room:
            last, left = chosen[-1].number, True
        elif facts:
            last = facts[-1].number
    if last > start:
        batch = build_batch(chosen, document["payload_format"]) if chosen else None
        webhooks.add_batch(row.id, document["url"], batch, last=last, now=_now())
    return left


def collect_inbound(store: Store, row: Row) -> bool:
    """Store the oldest inbound message that is new to a webhook; return whether there may be more."""
    start = max(store.webhooks.position(row.id), row.document.get("after_event") or 0)
    found = store.resources.list_rows("inbound_message", after=start, size=MOST)
    inbox = row.document["inbound_inbox_id"]
    for message in found:
        if inbox in (None, message.parent) and not message.document.get("outbound"):
            batch = build_inbound(message)
            store.webhooks.add_batch(row.id, row.document["url"], batch, last=message.id, now=_now())
            return True
    if found:
        store.webhooks.add_batch(row.id, row.document["url"], None, last=found[-1].id, now=_now())
    return len(found) == MOST


async def send_delivery(row: Row, delivery: Delivery, *, timeout: float = TIMEOUT) -> Reply:
    """Send a batch once."""
    addresses = row.document.get("addresses")
    if addresses is None:  # a webhook created before targets were checked
        addresses, refusal = resolve_target(row.document["url"], allow_remote=False)
        if addresses is None:
            return Reply(None, f"not sent: the URL {refusal}", 0)
    headers = {
        "Content-Type": delivery.content_type,
        "User-Agent": _user_agent(),
        "Mailtrap-Signature": sign_body(delivery.body, row.document["signing_secret"]),
    }
    return await post_body(row.document["url"], addresses, headers, delivery.body, timeout=timeout)


def redeliver(store: Store, number: int) -> Reply | None:
    """Send a delivery again now and record the attempt. Return None if it, or its webhook, was deleted."""
    delivery = store.webhooks.find(number)
    row = store.resources.get("webhook", delivery.webhook) if delivery else None
    if delivery is None or row is None:
        return None
    made_at = _now()
    reply = asyncio.run(send_delivery(row, delivery))
    store.webhooks.record_attempt(delivery, reply, made_at)
    return reply


def describe_reply(reply: Reply) -> str:
    """Describe in a few words how an attempt ended."""
    return reply.text if reply.status is None else f"answered {reply.status}"


def _is_inbound(row: Row) -> bool:
    return bool(row.document["webhook_type"] == "inbound_receiving")


@cache
def _user_agent() -> str:
    return f"mailtrap-cli/{__version__} (local sandbox)"


def _now() -> int:
    return time.time_ns() // 1_000_000
