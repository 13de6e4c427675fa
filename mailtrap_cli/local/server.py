"""The embedded sandbox on a loopback port: the four hosts' paths, `/healthz`, and faults on demand.

The only importer of uvicorn and starlette.
"""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any, cast

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from ..errors import InputError
from .app import Host, Sandbox
from .faults import Dice, changed

HOSTS: tuple[Host, ...] = ("send", "bulk", "sandbox", "account")
MAX_BODY = 50 * 1024 * 1024  # bytes of a request (NOTES.md, "Limits")
SLOW = 30.0  # seconds within which a client has to send its headers, and then its body
IDLE = 15  # seconds that a kept-alive connection may wait for its next request

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Connection(H11Protocol):
    """uvicorn's connection, which waits for headers for ever, with a deadline for them; and with `drop`."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Start to wait for the first request's headers."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "drop": self.drop}
        self._await_headers()

    def data_received(self, data: bytes) -> None:
        """Stop the clock while a request is handled, start it with the first byte of the next."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        elif self._deadline is None:
            self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_waiting()
        super().connection_lost(exc)

    def drop(self) -> None:
        """Cut the connection, without an answer."""
        self.transport.abort()

    def _await_headers(self) -> None:
        self._deadline = self.loop.call_later(SLOW, self.drop)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class _TooLarge(Exception):  # noqa: N818 - an answer on its way out
    """A body over MAX_BYTES; it is not read further."""


def application(sandbox: Sandbox, dice: Dice, *, names: tuple[str, ...]) -> Starlette:
    """The ASGI application; `names` are the Host headers it answers to ("*" for all), against DNS rebinding."""

    async def answer(request: Request) -> Response:
        try:
            body = await _body(request)
        except _TooLarge:
            return _error(request, 413, f"Request body is larger than {MAX_BODY >> 20} MB", {"Connection": "close"})
        except TimeoutError:
            return _error(request, 408, "The request did not arrive in time", {"Connection": "close"})
        return await _answer(request, sandbox, dice, body)

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok", "messages": sandbox.store.count(), "faults": dice.faults.as_json()})

    async def faults(request: Request) -> Response:
        # Only JSON: another site's page cannot send that without asking first, and nobody answers such a question.
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return JSONResponse({"error": "Content-Type must be application/json"}, 415)
        try:
            dice.faults = changed(dice.faults, json.loads(await _body(request)))
        except (ValueError, RecursionError):
            return JSONResponse({"error": "The body is not JSON"}, 400)
        except InputError as error:
            return JSONResponse({"error": error.message}, 400)
        except (_TooLarge, TimeoutError):
            return JSONResponse({"error": "The request is too large or too slow"}, 413)
        return JSONResponse(dice.faults.as_json())

    return Starlette(
        routes=[
            Route("/healthz", health, methods=["GET"]),
            Route("/faults", faults, methods=["PATCH"]),
            Route("/{host}{path:path}", answer, methods=METHODS),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(names), www_redirect=False)],
    )


async def _answer(request: Request, sandbox: Sandbox, dice: Dice, body: bytes) -> Response:
    host, path = request.path_params["host"], request.path_params["path"]
    if host not in HOSTS or not path:
        return JSONResponse({"error": "Not Found"}, 404)
    token = request.headers.get("authorization") or request.headers.get("api-token") or ""
    wait = dice.over_limit(token)
    if wait is not None:
        return _error(request, 429, "Rate limit exceeded", {"Retry-After": str(int(wait) + 1)})
    status = dice.failure()
    if status is not None:
        await _sleep(dice)
        return _error(request, status, "Internal server error" if status == 500 else f"Failing with {status} on demand")
    answer = sandbox.handle(
        cast(Host, host),
        request.method,
        path,
        request.scope["query_string"].decode("latin-1"),
        request.headers,
        body,
        refuse=dice.refuses if dice.faults.partial else None,
    )
    await _sleep(dice)
    if dice.faults.reset and dice.resets():
        request.scope["state"]["drop"]()
    return Response(answer.body, answer.status, dict(answer.headers))


async def _sleep(dice: Dice) -> None:
    delay = dice.delay()
    if delay:
        await asyncio.sleep(delay)


async def _body(request: Request) -> bytes:
    """The body, at most MAX_BODY bytes of it and at most SLOW seconds long."""
    if int(request.headers.get("content-length") or 0) > MAX_BODY:
        raise _TooLarge
    chunks: list[bytes] = []
    size = 0
    async with asyncio.timeout(SLOW):
        try:
            async for chunk in request.stream():
                size += len(chunk)
                if size > MAX_BODY:
                    raise _TooLarge
                chunks.append(chunk)
        except ClientDisconnect:
            raise TimeoutError from None
    return b"".join(chunks)


def _error(request: Request, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error in the shape of the host that was asked."""
    account = request.path_params.get("host") == "account"
    document: dict[str, Any] = {"error": sentence} if account else {"success": False, "errors": [sentence]}
    return JSONResponse(document, status, dict(headers or {}))


def names_of(host: str) -> tuple[str, ...]:
    """The Host headers of a server bound to `host`: loopback's names, and its own where it is another address."""
    loopback = ("127.0.0.1", "localhost", "[::1]")
    return loopback if is_loopback(host) else ("*",)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach this address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def serve(app: Starlette, host: str, port: int, ready: Callable[[int], None]) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is called with the port once connections are taken.

    Raises InputError where the port cannot be had.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=5,
    )
    listening = _listen(host, port)

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Both signals are the way to end this program, so they are not raised anew afterwards."""
            handled = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
            try:
                yield
            finally:
                for number, handler in handled.items():
                    signal.signal(number, handler)

        async def startup(self, sockets: list[Any] | None = None) -> None:
            await super().startup(sockets)
            ready(listening.getsockname()[1])

    Server(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    # The protocol is named because asyncio turns Nagle's delay (40 ms an answer) off only for sockets that name it.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise InputError(
            f"--port: {host}:{port} cannot be listened on: {error.strerror}", hint="Try --port 0, which picks one."
        ) from error
    return listening
