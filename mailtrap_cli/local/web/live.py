"""Server-sent events: tell the pages that the store has changed, whichever process changed it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

from ...errors import MailtrapError
from ..store import Store

PAUSE = 0.2  # seconds between checks of the file
ALIVE = 15.0  # seconds after which a silent stream sends a keep-alive


class Changes:
    """Watch the file for changes, but only while somebody listens."""

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder)  # a separate connection: one does not see its own changes, and a search may lock it
        self._changed = asyncio.Event()
        self._listeners = 0
        self._watching: asyncio.Task[None] | None = None
        self._ended = False

    def end_streams(self) -> None:
        """End every stream."""
        self._ended = True
        self._changed.set()

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    async def listen(self) -> AsyncIterator[bytes]:
        """Yield events (HTML Living Standard, 9.2.5): `change` first, and again after each change."""
        self._listeners += 1
        try:
            if self._watching is None:
                self._watching = asyncio.create_task(self._watch_file())
            yield b"retry: 1000\n\nevent: change\ndata: 1\n\n"
            while not self._ended:
                try:
                    async with asyncio.timeout(ALIVE):
                        await self._changed.wait()
                except TimeoutError:
                    yield b": alive\n\n"
                else:
                    yield b"event: change\ndata: 1\n\n"
        finally:
            self._listeners -= 1
            if not self._listeners and self._watching is not None:
                self._watching.cancel()
                self._watching = None

    async def _watch_file(self) -> None:
        seen = None
        while not self._ended:
            with suppress(MailtrapError):  # the file is busy or gone; the page's own request reports it
                found = await asyncio.to_thread(self._store.version)
                if found != seen:  # the first time too: it may have changed since the first event was acted on
                    self._changed.set()
                    self._changed = asyncio.Event()
                seen = found
            await asyncio.sleep(PAUSE)
