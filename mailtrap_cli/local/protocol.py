"""One HTTP connection of the local server: uvicorn's protocol plus the deadlines it lacks."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

SLOW = 30.0  # seconds a client has to send its headers, to send its body, and to read what is written to it


class Connection(H11Protocol):
    """uvicorn's connection with two deadlines where uvicorn waits forever (for headers, and for the client to read
    what was written), and with `drop`.
    """

    _deadline: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # same signature as in uvicorn
        """Start the clock for the first request's headers."""
        super().connection_made(_JoinedWrites(transport, self.loop))  # type: ignore[arg-type]  # it behaves like a transport
        self.app_state = {**self.app_state, "drop": self.drop}
        self._await_headers()

    def data_received(self, data: bytes) -> None:
        """Stop the clock while a request is handled; start it with the first byte of the next."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        elif self._deadline is None:
            self._await_headers()

    def pause_writing(self) -> None:
        """Start the clock for the client to read what was written."""
        super().pause_writing()
        self._taking = self.loop.call_later(SLOW, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop that clock."""
        self._stop_taking()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks."""
        self._stop_waiting()
        self._stop_taking()
        super().connection_lost(exc)

    def drop(self) -> None:
        """Reset the connection without an answer."""
        reset_connection(self.transport)

    def _await_headers(self) -> None:
        self._deadline = self.loop.call_later(SLOW, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _stop_taking(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None


class _JoinedWrites:
    """A transport that joins the writes of one event loop step: uvicorn writes headers and body separately.

    Each write is a system call and wakes the client, which costs as much as everything else in a small answer.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        if data:
            if not self._parts:
                self._loop.call_soon(self._flush)
            self._parts.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def abort(self) -> None:
        self._parts.clear()
        self._transport.abort()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _flush(self) -> None:
        parts, self._parts = self._parts, []
        if parts:
            self._transport.write(parts[0] if len(parts) == 1 else b"".join(parts))


def reset_connection(transport: asyncio.Transport) -> None:
    """Reset a TCP connection immediately (closing with a linger time of 0 sends a reset)."""
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
