"""One commit for all requests handled at the same moment: a commit costs more than storing a message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from ..errors import MailtrapError
from .database import Database

PATIENCE = 0.002  # seconds to wait for as many requests as the last group had; a lone client never waits
CHECKPOINT = 4000  # pages of the write-ahead log, four times SQLite's default: a checkpoint waits for the disk

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(slots=True)
class _Part:
    """One request's share of joined work, and its outcome."""

    work: Callable[[list[Any]], list[Any]]
    items: list[Any]
    results: list[Any] = field(default_factory=list)
    error: Exception | None = None


class GroupCommit:
    """Run work that writes. Results are returned only after the commit, so that nothing is answered and then lost."""

    def __init__(self, database: Database) -> None:
        database.run_script((f"PRAGMA wal_autocheckpoint = {CHECKPOINT}",))
        self._database = database
        self._waiting: list[asyncio.Future[None]] = []
        self._joined: dict[Hashable, list[_Part]] = {}
        self._expected = 1  # requests: as many as the last group had
        self._commit: asyncio.Handle

    async def run(self, work: Callable[[], Result]) -> Result:
        """Run this work now, in one transaction with other requests. Raises whatever the work or the commit raises."""
        committed = self._join_group()
        with self._database.sharing():
            result = work()
        await committed
        return result

    async def run_joined(
        self, key: Hashable, work: Callable[[list[Item]], list[Result]], items: list[Item]
    ) -> list[Result]:
        """Like `run`, for work that is faster on many items: it is called once with the items of all requests that have
        this key and arrived together, and returns one result per item.

        If it raises, it is repeated for each request on its own.
        """
        part = _Part(work, items)
        self._joined.setdefault(key, []).append(part)
        await self._join_group()
        if part.error is not None:
            raise part.error
        return part.results

    def _join_group(self) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        if not self._waiting:
            self._database.begin_shared()
            self._commit = loop.call_later(PATIENCE, self._commit_group)
        committed = loop.create_future()
        self._waiting.append(committed)
        if len(self._waiting) == self._expected:
            self._commit.cancel()
            self._commit = loop.call_soon(self._commit_group)  # runs after all requests that arrived together
        return committed

    def _commit_group(self) -> None:
        waiting, self._waiting = self._waiting, []
        joined, self._joined = self._joined, {}
        self._expected = len(waiting)
        for parts in joined.values():
            self._run_parts(parts)
        problem = None
        try:
            self._database.commit_shared()
        except MailtrapError as error:
            problem = error
        for committed in waiting:
            if committed.done():
                continue  # the request was canceled
            if problem is None:
                committed.set_result(None)
            else:
                committed.set_exception(problem)
                committed.exception()  # marks it as seen: nobody awaits it if the work failed

    def _run_parts(self, parts: list[_Part]) -> None:
        try:
            with self._database.sharing():
                results = iter(parts[0].work([item for part in parts for item in part.items]))
        except Exception as error:  # each request gets its own outcome
            if len(parts) == 1:
                parts[0].error = error
            else:
                for part in parts:
                    self._run_parts([part])
        else:
            for part in parts:
                part.results = list(islice(results, len(part.items)))
