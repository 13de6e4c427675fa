"""The local sandbox as a web application: the API, `/healthz`, `/faults`, tracking and the web inbox."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match, Mount, Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import InputError, MailtrapError, describe_bug, name_option
from .api_endpoint import ApiEndpoint, route_request, send_answer
from .app import Sandbox
from .faults import Dice
from .group_commit import GroupCommit
from .protocol import METHODS
from .replies import error as error_answer
from .request_body import BadBody, read_body
from .tracking import PATH
from .tracking_routes import list_routes
from .web.app import WebInbox


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
            await send(message)

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
                    host = route_request(scope["path"])[0]
                    await send_answer(error_answer(host or "account", 500, sentence), write)
        if self._log is not None:
            result = "reset" if "dropped" in scope["state"] else status
            milliseconds = (time.perf_counter() - began) * 1000
            self._log(f"{scope['method']} {scope['path']} {result} {milliseconds:.0f} ms, {size} bytes out")


def create_application(
    sandbox: Sandbox,
    dice: Dice,
    commits: GroupCommit,
    *,
    names: Names,
    trouble: Callable[[str], None],
    log: Callable[[str], None] | None = None,
    web: WebInbox | None = None,
) -> ASGIApp:
    """Create the ASGI application, with the web inbox `web`.

    `trouble` is called with a sentence when a request fails, `log` with one line per request.
    """

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok", "messages": sandbox.store.count(), "faults": dice.faults.as_json()})

    async def faults(request: Request) -> Response:
        # JSON only: a page of another site cannot send it without a CORS preflight, which nothing here answers.
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return JSONResponse({"error": "Content-Type must be application/json"}, 415)
        if not sandbox.admits(request.headers, anybody=True):
            return JSONResponse({"error": "Incorrect API token"}, 401)
        try:
            dice.change(json.loads(await read_body(request.headers, request.receive)))
        except BadBody as problem:
            return JSONResponse({"error": str(problem)}, problem.status)
        except (ValueError, RecursionError):
            return JSONResponse({"error": "The body is not JSON"}, 400)
        except InputError as error:
            return JSONResponse({"error": error.message}, 400)
        return JSONResponse(dice.faults.as_json())

    async def nothing(request: Request) -> Response:
        return JSONResponse({"error": "Not Found. Available paths: /send, /bulk, /sandbox, /account, /healthz"}, 404)

    others = Router(
        routes=[
            Route("/healthz", health, methods=["GET"]),
            Route("/faults", faults, methods=["PATCH"]),
            Mount(PATH, routes=list_routes(sandbox.store)),
            *([] if web is None else [_WebRoute(web)]),
            Route("/{path:path}", nothing, methods=METHODS),
        ]
    )
    return _Guard(ApiEndpoint(sandbox, dice, commits, others=others), names=names, trouble=trouble, log=log)


class _WebRoute(BaseRoute):
    """Match all paths of the web inbox in one step."""

    def __init__(self, web: WebInbox) -> None:
        self._web = web

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return Match.FULL if self._web.serves_path(scope["path"]) else Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._web(scope, receive, send)
