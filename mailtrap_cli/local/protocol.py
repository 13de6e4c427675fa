"""One HTTP connection of the local server: uvicorn's protocol plus the limits and deadlines it lacks."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
SLOW = 30.0  # seconds a client has to send its headers, to send its body, and to read what is written to it
MAX_HEAD = 65_536  # bytes of a request line with its headers, and of the framing between two parts of a body


class Connection(HttpToolsProtocol):
    """uvicorn's connection with two deadlines where uvicorn waits forever (for headers, and for the client to read
    what was written), with a limit for headers, and with `drop`. It ignores offers to upgrade to another protocol.
    """

    _deadline: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None
    _unused = 0  # bytes received since the last complete headers or part of a body

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # same signature as in uvicorn
        """Start the clock for the first request's headers."""
        super().connection_made(_JoinedWrites(transport, self.loop))  # type: ignore[arg-type]  # it behaves like a transport
        self.app_state = {**self.app_state, "drop": self.drop}
        self._await_headers()

    def data_received(self, data: bytes) -> None:
        """Stop the clock while a request is handled; start it with the first byte of the next."""
        self._unset_keepalive_if_required()
        self._unused += len(data)
        try:
            self._parse(data)
        except httptools.HttpParserInvalidMethodError:  # unknown to llhttp
            self._refuse(405)
        except httptools.HttpParserError as error:
            cause = error.__context__  # raised by one of the callbacks below
            self._refuse(cause.status if isinstance(cause, _RefusedError) else 400)
        else:
            if self._unused > MAX_HEAD:
                self._refuse(431)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        elif self._deadline is None:
            self._await_headers()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a header to the request."""
        super().on_header(name, value.rstrip(b" \t"))  # RFC 9110, 5.5

    def on_headers_complete(self) -> None:
        """Start to answer the request."""
        self._unused = 0
        version = self.parser.get_http_version()
        if version not in ("1.1", "1.0"):
            raise _RefusedError(505)
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > MAX_HEAD:
            raise _RefusedError(431)
        hosts = [value for name, value in self.headers if name == b"host"]
        if len(hosts) > 1 or (not hosts and version == "1.1"):  # RFC 9112, 3.2
            raise _RefusedError(400)
        if not self.parser.should_upgrade():
            super().on_headers_complete()
            self.headers = []  # collects the trailers, which are not headers of the request (RFC 9110, 6.5)

    def on_body(self, body: bytes) -> None:
        """Add a part to the body."""
        self._unused = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Mark the request as complete."""
        self._unused = 0
        if not self.parser.should_upgrade():
            super().on_message_complete()

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

    def _parse(self, data: bytes) -> None:
        while data:
            try:
                self.parser.feed_data(data)
                return
            except httptools.HttpParserUpgrade as upgrade:
                # A server may ignore the offer (RFC 9110, 7.8), but llhttp stops here: parse again without the offer.
                data = self._head_without_offer() + data[upgrade.args[0] :]

    def _head_without_offer(self) -> bytes:
        method = self.parser.get_method()
        if method == b"CONNECT":
            raise httptools.HttpParserError("This is not a proxy")
        lines = [method + b" " + self.url + b" HTTP/" + self.parser.get_http_version().encode()]
        lines += [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        return b"\r\n".join((*lines, b"", b""))

    def _refuse(self, status: int) -> None:
        """Answer an invalid request. If an earlier one is still being answered, only close after that answer."""
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            if not cycle.more_body:
                cycle.keep_alive = False
                return
            if self.pipeline or cycle.response_started:
                self.transport.abort()  # the client would take this answer for another request's
                return
            cycle.disconnected = True
            cycle.message_event.set()
        line = STATUS_LINE[status]
        text = line[9:-2] + b"\n"
        head = b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n" % len(text)
        if status == 405:
            head += f"allow: {', '.join(METHODS)}\r\n".encode()
        self.transport.write(line + head + b"\r\n" + text)
        self.transport.close()

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


class _RefusedError(Exception):
    """The request gets this status, and the connection is closed."""

    def __init__(self, status: int) -> None:
        self.status = status


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
