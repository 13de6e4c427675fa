"""A real HTTP server on loopback that answers as a test tells it to, and fails the test for unexpected requests."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Request:
    """A received request: `path` with its query, header names in lowercase."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What to answer. `fault` replaces the answer: "reset", "close", "silence", "drip" (a byte every 100 ms) or
    "cut" (half of the body).
    """

    status: int = 200
    body: Any = None  # bytes and str as they are, anything else as JSON
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    fault: str = ""


SENT = Reply(200, {"success": True, "message_ids": ["0c7fd939-02cf-11ed-88c2-0a58a9feac02"]})

Script = Callable[[Request], Reply]


class Loopback:
    """`replies` are given in order; `script`, if set, decides instead. `url` is the base for every host.

    With `tls` it speaks https.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.replies: list[Reply] = []
        self.script: Script | None = None
        self.unexpected: list[Request] = []
        self.omit_date = False
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or each body waits 40 ms for the client to acknowledge the headers

            def _serve(self) -> None:
                loopback._serve(self)

            do_GET = do_HEAD = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815 - the names http.server looks for

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name http.server gives it
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                if not isinstance(sys.exc_info()[1], OSError):  # which is a client that hangs up or trusts nobody
                    super().handle_error(request, client_address)

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def env(self) -> dict[str, str]:
        """An environment that points every host here, with a token."""
        return {
            "MAILTRAP_API_TOKEN": "token-for-tests",
            "MAILTRAP_SEND_URL": f"{self.url}/send",
            "MAILTRAP_BULK_URL": f"{self.url}/bulk",
            "MAILTRAP_SANDBOX_URL": f"{self.url}/sandbox",
            "MAILTRAP_API_URL": f"{self.url}/account",
        }

    def reply(self, *replies: Reply) -> None:
        """Answer the next requests with these, in order."""
        self.replies.extend(replies)

    def close(self) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def verify(self) -> None:
        """Fail for unexpected requests, and for replies that were never requested."""
        assert not self.unexpected, f"unexpected requests: {self.unexpected}"
        assert not self.replies, f"replies never asked for: {self.replies}"

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        request = Request(
            handler.command,
            handler.path,
            {name.lower(): value for name, value in handler.headers.items()},
            handler.rfile.read(length),
        )
        with self._lock:
            self.requests.append(request)
            if self.script is not None:
                reply = self.script(request)
            elif self.replies:
                reply = self.replies.pop(0)
            else:
                self.unexpected.append(request)
                reply = Reply(599, "unexpected request")
        self.stopping.wait(reply.delay)
        try:
            self._answer(handler, reply)
        except OSError:
            handler.close_connection = True  # the client has gone, as some tests want it to

    def _answer(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        connection: socket.socket = handler.connection
        if reply.fault in ("reset", "close"):
            if reply.fault == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                connection.shutdown(socket.SHUT_RDWR)
            handler.close_connection = True
            connection.close()
            return
        if reply.fault == "silence":
            self.stopping.wait(60)
            handler.close_connection = True
            return
        body, kind = _encoded(reply.body)
        send_status = handler.send_response_only if "Date" in reply.headers else handler.send_response
        send_status(reply.status)
        for name, value in {"Content-Type": kind, **reply.headers}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if reply.fault == "drip":
            for byte in body:
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
                if self.stopping.wait(0.1):
                    return
        elif reply.fault == "cut":
            handler.wfile.write(body[: len(body) // 2])
            handler.close_connection = True
        else:
            handler.wfile.write(body)


def _encoded(body: Any) -> tuple[bytes, str]:
    match body:
        case None:
            return b"", "application/json"
        case bytes():
            return body, "application/octet-stream"
        case str():
            return body.encode(), "text/html" if body.lstrip().startswith("<") else "text/plain"
        case _:
            return json.dumps(body).encode(), "application/json"


def closed_port() -> int:
    """Return a port of loopback on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until the condition holds; fail after N seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition never held"
        time.sleep(0.01)
