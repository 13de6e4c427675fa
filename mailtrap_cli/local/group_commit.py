"""One commit for all requests that the server handles at the same moment: a commit costs more than a message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from ..errors import MailtrapError
from .database import Database

Result = TypeVar("Result")


class GroupCommit:
    """Runs work that writes; its result is given once it is committed, so that nothing is answered that can be lost."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._committed: asyncio.Future[None] | None = None

    async def run(self, work: Callable[[], Result]) -> Result:
        """Do this work now, in one transaction with that of other requests. Raises what it raises, or the commit."""
        if self._committed is None:
            loop = asyncio.get_running_loop()
            self._committed = loop.create_future()
            self._database.begin_shared()
            loop.call_soon(self._commit_group)  # after all requests that arrived together
        committed = self._committed
        with self._database.sharing():
            result = work()
        await asyncio.shield(committed)  # a request that is cancelled is not alone in it
        return result

    def _commit_group(self) -> None:
        committed, self._committed = self._committed, None
        assert committed is not None
        try:
            self._database.commit_shared()
        except MailtrapError as error:
            committed.set_exception(error)
            committed.exception()  # all of its requests may be gone
        else:
            committed.set_result(None)
