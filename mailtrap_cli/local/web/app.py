"""The web inbox as an ASGI application that guards every request; the rest is imported on first use."""

from __future__ import annotations

import asyncio
import binascii
from base64 import b64decode
from collections.abc import Mapping
from hmac import compare_digest
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

if TYPE_CHECKING:
    from starlette.routing import Router

    from .live import Changes
    from .reader import Reader

# The first segments of the paths of pages; `web` holds their data and files.
PAGES = frozenset(("messages", "templates", "logs", "stats", "suppressions", "webhooks", "web"))
SAFE = ("GET", "HEAD")
MARK = "x-mailtrap-inbox"  # a form cannot send this header, nor can a page of another origin without a CORS preflight

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-dns-prefetch-control": "off",
    "cache-control": "no-store",
}


class WebInbox:
    """Answer the paths of `serves_path`. Reads the store's file through its own connections, in threads.

    `variables` point an application at the server; they are shown while the inbox is empty. Requests from other
    machines need `token` as the password of HTTP Basic authentication.
    """

    def __init__(self, folder: Path, variables: Mapping[str, str] | None = None, *, token: str | None = None) -> None:
        self._folder = folder
        self._variables = variables or {}
        self._token = token
        self._router: Router | None = None
        self._reader: Reader | None = None
        self._changes: Changes | None = None

    def serves_path(self, path: str) -> bool:
        """Return whether a path belongs to the web inbox."""
        return path == "/" or path[1:].partition("/")[0] in PAGES

    async def run(self) -> None:
        """Wait for the server to stop, then end the event streams: the server waits for open requests."""
        try:
            await asyncio.Event().wait()
        finally:
            if self._changes is not None:
                self._changes.end_streams()

    def close(self) -> None:
        """Close the connections to the store."""
        for opened in (self._reader, self._changes):
            if opened is not None:
                opened.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def write(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            self._check_request(scope)
            await self._load_router()(scope, receive, write)
        except HTTPException as error:
            answer = JSONResponse({"error": error.detail}, error.status_code, error.headers)
            await answer(scope, receive, write)

    def _load_router(self) -> Router:
        if self._router is None:
            from .live import Changes
            from .reader import Reader
            from .routes import create_router

            self._reader, self._changes = Reader(self._folder), Changes(self._folder)
            self._router = create_router(self._reader, self._changes, self._variables)
        return self._router

    def _check_request(self, scope: Scope) -> None:
        """Refuse requests that another site's page may have sent, and strangers. (`application.Names` has checked
        the Host.)
        """
        headers = Headers(scope=scope)
        site = headers.get("sec-fetch-site", "same-origin")
        if scope["method"] not in SAFE:
            own = [f"{scheme}://{headers['host']}" for scheme in ("http", "https")]  # TLS may end at a proxy
            if headers.get("origin") not in own or headers.get(MARK) != "1" or site != "same-origin":
                raise HTTPException(403, "Only the web inbox can make changes here. Programs should use the API")
        elif site not in ("same-origin", "none") and (
            headers.get("sec-fetch-mode") != "navigate" or headers.get("sec-fetch-dest") != "document"
        ):
            raise HTTPException(403, "Pages of other sites cannot read the web inbox")
        if self._token is not None and not _is_local(scope) and not _knows_token(self._token, headers):
            raise HTTPException(
                401,
                "From another machine, log in with the server's token as the password",
                {"www-authenticate": 'Basic realm="mailtrap", charset="UTF-8"'},
            )


def _is_local(scope: Scope) -> bool:
    """Return whether a request comes from this machine."""
    try:
        return ip_address((scope.get("client") or ("",))[0]).is_loopback
    except ValueError:
        return False


def _knows_token(token: str, headers: Headers) -> bool:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    try:
        password = b64decode(given, validate=True).partition(b":")[2] if scheme.lower() == "basic" else b""
    except binascii.Error:
        return False
    return compare_digest(password, token.encode("utf-8", "replace"))
