"""One commit for all requests handled at the same moment: a commit costs more than storing a message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from ..errors import MailtrapError
from .database import Database

Result = TypeVar("Result")


class GroupCommit:
    """Run work that writes. Results are returned only after the commit, so that nothing is answered and then lost."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._committed: asyncio.Future[None] | None = None

    async def run(self, work: Callable[[], Result]) -> Result:
        """Run this work now, in one transaction with other requests. Raises whatever the work or the commit raises."""
        if self._committed is None:
            loop = asyncio.get_running_loop()
            self._committed = loop.create_future()
            self._database.begin_shared()
            loop.call_soon(self._commit_group)  # runs after all requests that arrived together
        committed = self._committed
        with self._database.sharing():
            result = work()
        await asyncio.shield(committed)  # other requests share this commit, so a cancelled one must not stop it
        return result

    def _commit_group(self) -> None:
        committed, self._committed = self._committed, None
        assert committed is not None
        try:
            self._database.commit_shared()
        except MailtrapError as error:
            committed.set_exception(error)
            committed.exception()  # all of its requests may have been cancelled
        else:
            committed.set_result(None)
