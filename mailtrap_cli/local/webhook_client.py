"""Send one webhook request: to given addresses, within a time limit, with a bounded answer. Redirects are not
followed.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from urllib.parse import urlsplit

import h11

from ..errors import reason_of
from .webhook_store import Reply

TIMEOUT = 30.0  # seconds per attempt (NOTES.md, Webhooks)
MAX_HEAD = 64 * 1024  # bytes in an answer's status line and headers
SHOWN = 500  # bytes kept of an answer's body
LINGER = 2.0  # seconds to wait for the body once the status is known


async def post_body(
    url: str, addresses: Sequence[str], headers: Mapping[str, str], body: bytes, *, timeout: float = TIMEOUT
) -> Reply:
    """Post a body to a URL at one of these addresses (by default its host's). Never raises, whatever the target
    does.
    """
    began = time.perf_counter()
    status, text = None, ""
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(timeout):
            connection, request = _start_request(url, headers, body)
            reader, writer = await _open_connection(url, addresses)
            writer.write(request)  # a target may answer, or hang up, before it has read everything
            status = await _read_status(connection, reader)
        text = await _read_text(connection, reader)
    except TimeoutError:
        text = f"no answer within {timeout:g} s"
    except ssl.SSLError as error:
        text = f"TLS failed: {reason_of(error)}"
    except OSError as error:
        text = os.strerror(error.errno) if error.errno and error.errno > 0 else reason_of(error)
    except (h11.LocalProtocolError, UnicodeError):
        text = "not sent: the URL does not fit into an HTTP request"
    except h11.RemoteProtocolError as error:
        text = f"not an HTTP answer: {reason_of(error)}"
    finally:
        if writer is not None:
            writer.transport.abort()
    return Reply(status, text, round((time.perf_counter() - began) * 1000))


def _start_request(url: str, headers: Mapping[str, str], body: bytes) -> tuple[h11.Connection, bytes]:
    """Return the state of a connection, and the bytes to send on it."""
    parts = urlsplit(url)
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = {
        "Host": parts.netloc.rpartition("@")[2],
        **headers,
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    request = h11.Request(method="POST", target=_quote_target(target), headers=list(fields.items()))
    events = (request, h11.Data(data=body), h11.EndOfMessage())
    return connection, b"".join(connection.send(event) or b"" for event in events)


async def _open_connection(url: str, addresses: Sequence[str]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    tls = _create_tls(local=bool(addresses)) if parts.scheme == "https" else None
    port = parts.port or (443 if tls else 80)
    addresses = addresses or [host]
    for number, address in enumerate(addresses, 1):
        try:
            return await asyncio.open_connection(address, port, ssl=tls, server_hostname=host if tls else None)
        except OSError as error:
            if number == len(addresses) or isinstance(error, ssl.SSLError):
                raise
    raise AssertionError("no address")


async def _read_status(connection: h11.Connection, reader: asyncio.StreamReader) -> int:
    received = 0
    while True:
        event = connection.next_event()
        if isinstance(event, h11.Response):
            return event.status_code
        if event is h11.NEED_DATA:
            data = await reader.read(4096)
            received += len(data)
            if not data:
                raise OSError("the connection was closed without an answer")
            if received > MAX_HEAD:
                raise OSError("the answer's headers are too large")
            connection.receive_data(data)


async def _read_text(connection: h11.Connection, reader: asyncio.StreamReader) -> str:
    """Read the start of the answer's body, as far as it arrives: the status is known, and it alone decides."""
    body = b""
    with suppress(TimeoutError, OSError, h11.RemoteProtocolError):
        async with asyncio.timeout(LINGER):
            while len(body) < SHOWN:
                event = connection.next_event()
                if event is h11.NEED_DATA:
                    connection.receive_data(await reader.read(4096))
                elif isinstance(event, h11.Data):
                    body += event.data
                else:
                    break
    return bytes(body[:SHOWN]).decode("utf-8", "replace")


def _create_tls(*, local: bool) -> ssl.SSLContext:
    """Accept any certificate on this machine: nobody sits in between, and it is usually self-signed."""
    if not local:
        return ssl.create_default_context()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _quote_target(target: str) -> str:
    from urllib.parse import quote

    return quote(target, safe="/?:@!$&'()*+,;=%-._~[]")
