"""Trigger delayed events while `local serve` runs; those left over when a server stops wait for the next one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from ..errors import MailtrapError
from .delivery import settle_delayed
from .store import Store

TICK = 0.05  # seconds between looks


async def follow_delays(store: Store, trouble: Callable[[str], None]) -> None:
    """Settle events as they become due, until canceled; report a store problem to `trouble`, once."""
    told = ""
    while True:
        try:
            now = time.time_ns() // 1_000_000
            if store.log.has_due(now):
                settle_delayed(store, now)
            told = ""
        except MailtrapError as error:
            if error.message != told:
                told = error.message
                trouble(f"Delayed events are not triggered: {error.message}")
        await asyncio.sleep(TICK)
