"""The four hosts of the API as an ASGI application.

It uses bare ASGI: a framework's routing, requests and responses would cost as much as storing the message.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from functools import partial

from starlette.types import ASGIApp, Receive, Scope, Send

from ..api.responses import Answer
from .app import Accepted, Sandbox
from .faults import Dice
from .group_commit import GroupCommit
from .protocol import METHODS
from .replies import Host, error
from .request_body import BadBody, read_body

HOSTS: tuple[Host, ...] = ("send", "bulk", "sandbox", "account")


class ApiEndpoint:
    """Answer the API's paths, with injected faults; `others` answers all other paths."""

    def __init__(self, sandbox: Sandbox, dice: Dice, commits: GroupCommit, *, others: ASGIApp) -> None:
        self._sandbox = sandbox
        self._dice = dice
        self._commits = commits
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        host, path = route_request(scope["path"])
        if host is None:
            await self._others(scope, receive, send)
        else:
            await send_answer(await self._answer(host, path, scope, receive), send)

    async def _answer(self, host: Host, path: str, scope: Scope, receive: Receive) -> Answer:
        if scope["method"] not in METHODS:
            return _add_headers(error(host, 405, "Method Not Allowed"), allow=", ".join(METHODS))
        headers = read_headers(scope)
        try:
            body = await read_body(headers, receive)
        except BadBody as problem:
            refused = error(host, problem.status, str(problem))
            return _add_headers(refused, connection="close") if problem.is_cut else refused
        dice = self._dice
        wait = dice.over_limit(headers.get("authorization") or headers.get("api-token") or "")
        if wait is not None:
            return _add_headers(error(host, 429, "Rate limit exceeded"), **{"retry-after": str(int(wait) + 1)})
        status = dice.failure()
        if status is not None:
            await _sleep_until(dice)
            return error(host, status, "Internal server error" if status == 500 else f"Failing with {status} on demand")
        found = self._sandbox.accept(
            host,
            scope["method"],
            path,
            scope["query_string"].decode("latin-1"),
            headers,
            body,
            refuse=dice.refuses if dice.faults.partial else None,
            base=f"{scope['scheme']}://{headers['host']}/account",
        )
        answer = found if isinstance(found, Answer) else await self._keep(found)
        await _sleep_until(dice)
        if dice.faults.reset and dice.resets():
            scope["state"]["drop"]()
            scope["state"]["dropped"] = True
        return answer

    async def _keep(self, found: Accepted) -> Answer:
        place = (found.host, found.sandbox_id)
        keep = partial(self._sandbox.keep_messages, *place)
        return found.confirm(await self._commits.run_joined(place, keep, found.messages))


def route_request(path: str) -> tuple[Host | None, str]:
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


def read_headers(scope: Scope) -> dict[str, str]:
    """Return the headers of a request, names in lowercase; the first one if a header is repeated."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}


async def send_answer(answer: Answer, send: Send) -> None:
    """Send an answer."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]
    if answer.status != 204:  # RFC 9110, 8.6
        headers.append((b"content-length", b"%d" % len(answer.body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _add_headers(answer: Answer, **headers: str) -> Answer:
    return replace(answer, headers={**answer.headers, **headers})


async def _sleep_until(dice: Dice) -> None:
    delay = dice.delay()
    if delay:
        await asyncio.sleep(delay)
