"""The local sandbox as an httpx transport: `-p local` answers in-process, without a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from ..api.lean_httpx import httpx
from .app import Sandbox
from .replies import Host
from .store import Store

if TYPE_CHECKING:
    from ..config.settings import Settings


class SandboxTransport(httpx.BaseTransport):
    """Pass each request to the sandbox of these settings; the URL tells which of the four hosts it is for.

    `log` is called with a line about variables that a template uses and that were not given.
    """

    def __init__(self, settings: Settings, log: Callable[[str], None] | None = None) -> None:
        self._hosts = {httpx.URL(url).host: cast(Host, host) for host, url in settings.hosts.items()}
        self._store = Store(settings.state_dir)
        self._log = log
        self._sandbox = Sandbox(self._store, captured=self._report_missing if log else None)

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

    def _report_missing(self, stream: str, sandbox_id: int, messages: list[dict[str, Any]]) -> None:
        from .message_log import describe_missing

        for message in messages:
            missing = describe_missing(message)
            if self._log is not None and missing:
                self._log(f"Template {message['template_uuid']}: {missing}")

    def close(self) -> None:
        """Close the store's file."""
        self._store.close()
