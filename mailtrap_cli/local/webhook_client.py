"""One webhook request: to given addresses, within a time, with a bounded answer. No redirect is followed."""

from __future__ import annotations

import asyncio
import os
import ssl
import time
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import h11

from ..errors import reason_of
from .webhook_store import Reply

TIMEOUT = 30.0  # seconds for one attempt (NOTES.md, Webhooks)
MAX_HEAD = 64 * 1024  # bytes of an answer's status line and headers
SHOWN = 500  # bytes of an answer's body that are kept
LINGER = 2.0  # seconds to wait for that body once the status is known


async def post_body(
    url: str, addresses: Sequence[str], headers: Mapping[str, str], body: bytes, *, timeout: float = TIMEOUT
) -> Reply:
    """Post a body to a URL at one of these addresses (by default its host's). Never raises for what the target does."""
    began = time.perf_counter()
    status, text = None, ""
    try:
        async with asyncio.timeout(timeout):
            status, text = await _exchange_request(url, addresses, headers, body)
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
    return Reply(status, text, round((time.perf_counter() - began) * 1000))


async def _exchange_request(
    url: str, addresses: Sequence[str], headers: Mapping[str, str], body: bytes
) -> tuple[int | None, str]:
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = {
        "Host": parts.netloc.rpartition("@")[2],
        **headers,
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    request = h11.Request(method="POST", target=_quote_target(target), headers=list(fields.items()))
    sent = b"".join(connection.send(event) or b"" for event in (request, h11.Data(data=body), h11.EndOfMessage()))
    tls = _create_tls(local=bool(addresses)) if parts.scheme == "https" else None
    port = parts.port or (443 if tls else 80)
    reader, writer = await _open_connection(addresses or [host], port, tls, host)
    try:
        writer.write(sent)  # a target may answer, or hang up, before it has read everything
        return await _read_answer(connection, reader)
    finally:
        writer.transport.abort()


async def _open_connection(
    addresses: Sequence[str], port: int, tls: ssl.SSLContext | None, host: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for number, address in enumerate(addresses, 1):
        try:
            return await asyncio.open_connection(address, port, ssl=tls, server_hostname=host if tls else None)
        except OSError as error:
            if number == len(addresses) or isinstance(error, ssl.SSLError):
                raise
    raise AssertionError("no address")


async def _read_answer(connection: h11.Connection, reader: asyncio.StreamReader) -> tuple[int | None, str]:
    status: int | None = None
    body = b""
    received = 0
    try:
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                data = await asyncio.wait_for(reader.read(4096), None if status is None else LINGER)
                received += len(data)
                if status is None and not data:
                    return None, "the connection was closed without an answer"
                if status is None and received > MAX_HEAD:
                    return None, "the answer's headers are too large"
                connection.receive_data(data)
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) >= SHOWN:
                    break
            elif isinstance(event, h11.EndOfMessage):
                break
    except (TimeoutError, OSError, h11.RemoteProtocolError):
        if status is None:
            raise  # otherwise the status alone decides
    return status, bytes(body[:SHOWN]).decode("utf-8", "replace")


def _create_tls(*, local: bool) -> ssl.SSLContext:
    """On this machine any certificate will do: nobody is in between, and it is a self-signed one as a rule."""
    if not local:
        return ssl.create_default_context()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _quote_target(target: str) -> str:
    from urllib.parse import quote

    return quote(target, safe="/?:@!$&'()*+,;=%-._~[]")
