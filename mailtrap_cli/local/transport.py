"""The local sandbox as an httpx transport: `-p local` answers in-process, without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ..api.lean_httpx import httpx
from .app import Sandbox
from .replies import Host
from .store import Store

if TYPE_CHECKING:
    from ..config.settings import Settings


class SandboxTransport(httpx.BaseTransport):
    """Hands each request to the sandbox of these settings, whose URLs tell which of the four hosts is meant."""

    def __init__(self, settings: Settings) -> None:
        self._hosts = {httpx.URL(url).host: cast(Host, host) for host, url in settings.hosts.items()}
        self._store = Store(settings.state_dir)
        self._sandbox = Sandbox(self._store)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        answer = self._sandbox.handle(
            self._hosts[request.url.host],
            request.method,
            request.url.path,
            request.url.query.decode("ascii"),
            request.headers,
            request.read(),
        )
        return httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body)

    def close(self) -> None:
        """Close the store's file."""
        self._store.close()
