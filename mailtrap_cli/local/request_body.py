"""Read the body of a request to the local server, within limits, and decompress it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.types import Receive

from .protocol import SLOW
from .rules import MAX_REQUEST, TOO_LARGE

# Bytes of a refused body to read and discard, so that the client gets to see the answer.
MAX_DRAINED = 4 * MAX_REQUEST


class BadBody(Exception):  # noqa: N818 - an early answer, not an error
    """The body is too large, too slow or wrongly encoded; none of it was kept.

    `status` is for the answer. With `is_cut` the rest may still arrive, so the connection must be closed.
    """

    def __init__(self, status: int, sentence: str, *, is_cut: bool = False) -> None:
        super().__init__(sentence)
        self.status = status
        self.is_cut = is_cut


async def read_body(headers: Mapping[str, str], receive: Receive) -> bytes:
    """Read and decompress a body of at most MAX_REQUEST bytes, within SLOW seconds. Raises BadBody."""
    return _decompress(await _receive_all(headers, receive), headers.get("content-encoding", ""))


async def _receive_all(headers: Mapping[str, str], receive: Receive) -> bytes:
    too_large = int(headers.get("content-length") or 0) > MAX_REQUEST
    if too_large and headers.get("expect", "").lower() == "100-continue":
        raise _too_large()  # the client waits for "100 Continue" before it sends the body
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(SLOW):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise TimeoutError
                chunk = message.get("body", b"")
                size += len(chunk)
                if size > MAX_DRAINED:
                    break
                if too_large or size > MAX_REQUEST:
                    too_large = True
                    chunks.clear()
                else:
                    chunks.append(chunk)
                if not message.get("more_body", False):
                    break
    except TimeoutError:
        if not too_large:
            raise BadBody(408, "The request did not arrive in time", is_cut=True) from None
    if too_large:
        raise _too_large()
    return b"".join(chunks)


def _too_large() -> BadBody:
    return BadBody(413, TOO_LARGE, is_cut=True)


def _decompress(body: bytes, encoding: str) -> bytes:
    """Undo the content encoding (gzip, deflate or none)."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise BadBody(415, f"Content-Encoding {encoding[:50]} is not supported")
    import zlib

    # 32 detects zlib and gzip headers.
    stream = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        found = stream.decompress(body, MAX_REQUEST + 1)
    except zlib.error:
        raise BadBody(400, f"The body is not {encoding}") from None
    if len(found) > MAX_REQUEST:
        raise _too_large()
    if not stream.eof:
        raise BadBody(400, f"The body is not {encoding}")
    return found
