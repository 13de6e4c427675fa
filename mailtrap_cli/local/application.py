"""The local sandbox as a web application: paths for the four hosts, `/healthz`, `/faults`, and injected faults."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import InputError, MailtrapError, describe_bug, name_option
from .app import Sandbox
from .faults import Dice
from .group_commit import GroupCommit
from .protocol import SLOW
from .replies import Host
from .rules import MAX_REQUEST, TOO_LARGE
from .tracking import PATH
from .tracking_routes import list_routes
from .web.app import WebInbox

HOSTS: tuple[Host, ...] = ("send", "bulk", "sandbox", "account")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Bytes of a refused body to read and discard, so that the client gets to see the answer.
MAX_DRAINED = 4 * MAX_REQUEST


@dataclass(frozen=True)
class Names:
    """Host names the server answers to. Protects against DNS rebinding: a foreign page whose name resolves to this
    machine.

    IP addresses cannot be rebound. `others` are additional names, in lowercase.
    """

    remote: bool = False
    others: frozenset[str] = frozenset()

    def hold(self, header: str) -> bool:
        """Return whether a Host header names this server."""
        found = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::[0-9]*)?", header)
        if not found:
            return False
        name = found[1].lower().rstrip(".")
        if name in self.others or name == "localhost" or name.endswith(".localhost"):  # RFC 6761, 6.3
            return True
        try:
            address = ip_address(name.strip("[]"))
        except ValueError:
            return False
        return self.remote or address.is_loopback


class _Guard:
    """Wraps the application: checks the Host header, handles unforeseen errors, and logs one line per request."""

    def __init__(
        self, app: ASGIApp, *, names: Names, trouble: Callable[[str], None], log: Callable[[str], None] | None
    ) -> None:
        self._app = app
        self._names = names
        self._trouble = trouble
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        status = size = 0
        began = time.perf_counter()

        async def write(message: Message) -> None:
            nonlocal status, size
            status = message.get("status", status)
            size += len(message.get("body", b""))
            if ambiguous and message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
            await send(message)

        # With both headers, what follows could be a smuggled request (RFC 9112, 6.3).
        ambiguous = {b"transfer-encoding", b"content-length"} <= {name for name, _ in scope["headers"]}
        headers = [value for name, value in scope["headers"] if name == b"host"]
        if len(headers) != 1 or not self._names.hold(headers[0].decode("latin-1")):
            sentence = f"The Host header names another server. Allow it with {name_option('allow_host')}"
            await JSONResponse({"error": sentence}, 421)(scope, receive, write)
        else:
            try:
                await self._app(scope, receive, write)
            except asyncio.CancelledError:
                scope["state"]["drop"]()  # uvicorn would answer 500 although the message may have been stored
                raise
            except Exception as error:
                sentence = error.message if isinstance(error, MailtrapError) else describe_bug(error)
                self._trouble(f"{scope['method']} {scope['path']}: {sentence}")
                if not status:
                    document = _error_document(_route_request(scope["path"])[0], sentence)
                    await JSONResponse(document, 500)(scope, receive, write)
        if self._log is not None:
            result = "reset" if "dropped" in scope["state"] else status
            milliseconds = (time.perf_counter() - began) * 1000
            self._log(f"{scope['method']} {scope['path']} {result} {milliseconds:.0f} ms, {size} bytes out")


class _TooLarge(Exception):  # noqa: N818 - an early answer, not an error
    """The body exceeds MAX_REQUEST; none of it was kept."""


class _BadEncoding(Exception):  # noqa: N818 - an early answer, not an error
    """The body does not match its content encoding, or the encoding is not supported."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def create_application(
    sandbox: Sandbox,
    dice: Dice,
    commits: GroupCommit,
    *,
    names: Names,
    trouble: Callable[[str], None],
    log: Callable[[str], None] | None = None,
    web: WebInbox | None = None,
) -> Starlette:
    """Create the ASGI application, with the web inbox `web`.

    `trouble` is called with a sentence when a request fails, `log` with one line per request.
    """

    async def answer(request: Request) -> Response:
        host, path = _route_request(request.scope["path"])
        try:
            body = _decompress_body(await _read_body(request), request.headers.get("content-encoding", ""))
        except _BadEncoding as problem:
            return _error_answer(host, problem.status, str(problem))
        except _TooLarge:
            return _error_answer(host, 413, TOO_LARGE, {"Connection": "close"})
        except TimeoutError:
            return _error_answer(host, 408, "The request did not arrive in time", {"Connection": "close"})
        if host is None:
            return _error_answer(host, 404, "Not Found. Available paths: /send, /bulk, /sandbox, /account, /healthz")
        return await _answer(request, host, path, sandbox, dice, body, commits)

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok", "messages": sandbox.store.count(), "faults": dice.faults.as_json()})

    async def faults(request: Request) -> Response:
        # JSON only: a page of another site cannot send it without a CORS preflight, which nothing here answers.
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return JSONResponse({"error": "Content-Type must be application/json"}, 415)
        if not sandbox.admits(request.headers, anybody=True):
            return JSONResponse({"error": "Incorrect API token"}, 401)
        try:
            dice.change(json.loads(await _read_body(request)))
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
            Mount(PATH, routes=list_routes(sandbox.store)),
            *([] if web is None else [_WebRoute(web)]),
            Route("/{path:path}", answer, methods=METHODS),
        ],
        middleware=[Middleware(_Guard, names=names, trouble=trouble, log=log)],
    )


class _WebRoute(BaseRoute):
    """Match all paths of the web inbox in one step, since every API request passes through here."""

    def __init__(self, web: WebInbox) -> None:
        self._web = web

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return Match.FULL if self._web.serves_path(scope["path"]) else Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._web(scope, receive, send)


def _route_request(path: str) -> tuple[Host | None, str]:
    """Return the host a path belongs to (or None), and the path on that host.

    Some clients let you set a host, but no path prefix. For them a bare `/api/…` path works too: sends with an ID go to
    the sandbox, sends without one to the transactional stream, and everything else to the account host.
    """
    path = re.sub("/{2,}", "/", path).rstrip("/")  # clients that join URLs produce doubled and trailing slashes
    first, slash, rest = path.removeprefix("/").partition("/")
    if first in HOSTS and slash:
        return first, f"/{rest}"
    if first != "api":
        return None, path
    sending = re.match("(?:send|batch)(/[0-9]+)?$", rest)
    if not sending:
        return "account", path
    return "sandbox" if sending[1] else "send", path


async def _answer(
    request: Request, host: Host, path: str, sandbox: Sandbox, dice: Dice, body: bytes, commits: GroupCommit
) -> Response:
    token = request.headers.get("authorization") or request.headers.get("api-token") or ""
    wait = dice.over_limit(token)
    if wait is not None:
        return _error_answer(host, 429, "Rate limit exceeded", {"Retry-After": str(int(wait) + 1)})
    status = dice.failure()
    if status is not None:
        await _sleep_until(dice)
        return _error_answer(
            host, status, "Internal server error" if status == 500 else f"Failing with {status} on demand"
        )
    handle = partial(
        sandbox.handle,
        host,
        request.method,
        path,
        request.scope["query_string"].decode("latin-1"),
        request.headers,
        body,
        refuse=dice.refuses if dice.faults.partial else None,
        base=f"{request.scope['scheme']}://{request.headers['host']}/account",
    )
    answer = handle() if host == "account" else await commits.run(handle)
    await _sleep_until(dice)
    if dice.faults.reset and dice.resets():
        request.scope["state"]["drop"]()
        request.scope["state"]["dropped"] = True
    return Response(answer.body, answer.status, dict(answer.headers))


async def _sleep_until(dice: Dice) -> None:
    delay = dice.delay()
    if delay:
        await asyncio.sleep(delay)


async def _read_body(request: Request) -> bytes:
    """Read the body, at most MAX_REQUEST bytes within SLOW seconds. Keep nothing of a larger one."""
    too_large = int(request.headers.get("content-length") or 0) > MAX_REQUEST
    if too_large and request.headers.get("expect", "").lower() == "100-continue":
        raise _TooLarge  # the client waits for "100 Continue" before it sends the body
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(SLOW):
            async for chunk in request.stream():
                size += len(chunk)
                if size > MAX_DRAINED:
                    break
                if too_large or size > MAX_REQUEST:
                    too_large = True
                    chunks.clear()
                else:
                    chunks.append(chunk)
    except ClientDisconnect:
        raise TimeoutError from None
    except TimeoutError:
        if not too_large:
            raise
    if too_large:
        raise _TooLarge
    return b"".join(chunks)


def _decompress_body(body: bytes, encoding: str) -> bytes:
    """Undo the content encoding (gzip, deflate or none); at most MAX_REQUEST bytes."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise _BadEncoding(415, f"Content-Encoding {encoding[:50]} is not supported")
    import zlib

    # 32 detects zlib and gzip headers.
    stream = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        found = stream.decompress(body, MAX_REQUEST + 1)
    except zlib.error:
        raise _BadEncoding(400, f"The body is not {encoding}") from None
    if len(found) > MAX_REQUEST:
        raise _TooLarge
    if not stream.eof:
        raise _BadEncoding(400, f"The body is not {encoding}")
    return found


def _error_answer(host: Host | None, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse(_error_document(host, sentence), status, dict(headers or {}))


def _error_document(host: Host | None, sentence: str) -> dict[str, Any]:
    """Return an error in the shape that this host uses."""
    return {"error": sentence} if host in (None, "account") else {"success": False, "errors": [sentence]}
