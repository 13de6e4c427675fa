"""The installed `mailtrap local serve` as a process, and raw HTTP to it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import PROGRAM
from tests.loopback import until
from tests.preloaded import Forked, preloaded

SENDABLE = {
    "from": {"email": "shop@acme.example"},
    "to": [{"email": "ada@example.com"}],
    "subject": "Your order",
    "text": "Thank you.",
}


@dataclass(frozen=True)
class Reply:
    """A status, headers in lower case, a body."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Serving:
    """A running server. `url`, `port` and `smtp_port` come from its ready file."""

    @classmethod
    def at(cls, process: subprocess.Popen[bytes], port: int) -> Serving:
        """Wrap a server that was started in another way."""
        found = object.__new__(cls)
        found.process, found.port, found.url = process, port, f"http://127.0.0.1:{port}"
        return found

    def __init__(self, env: Mapping[str, str], folder: Path, *args: str, as_installed: bool = False) -> None:
        """Start the server: as a fork (see `tests.preloaded`), or with `as_installed` through the console script."""
        self.environment = env
        self.ready_file = folder / "ready.json"
        self._out, self._err = folder / "serve.out", folder / "serve.err"
        self.ready_file.unlink(missing_ok=True)
        words = ["local", "serve", "--port", "0", "--ready-file", str(self.ready_file), *args]
        self.process: subprocess.Popen[bytes] | Forked
        with open(os.devnull, "rb") as null, self._out.open("wb") as out, self._err.open("wb") as err:
            if preloaded().is_fit(env) and not as_installed:
                streams = (null.fileno(), out.fileno(), err.fileno())
                self.process = preloaded().start(words, env=env, cwd=Path.cwd(), streams=streams)
            else:
                self.process = subprocess.Popen([PROGRAM, *words], env=env, stdin=null, stdout=out, stderr=err)
        until(lambda: self.ready_file.exists() or self.process.poll() is not None, seconds=30)
        assert self.process.poll() is None, self.err
        ready = json.loads(self.ready_file.read_text())
        assert ready["pid"] == self.process.pid
        self.url: str = ready["url"]
        self.port: int = ready["port"]
        self.smtp_port: int = ready["smtp_port"]

    @property
    def out(self) -> str:
        """Its stdout so far."""
        return self._out.read_text(encoding="utf-8")

    @property
    def err(self) -> str:
        """Its stderr so far."""
        return self._err.read_text(encoding="utf-8")

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float = 20,
    ) -> Reply:
        """Send one request on a new connection; a body that is not bytes is sent as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        content = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        given = {"Authorization": "Bearer t", "Content-Type": "application/json", **(headers or {})}
        try:
            connection.request(method, path, content, given)
            answer = connection.getresponse()
            return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def send(self, path: str = "/sandbox/api/send/1", **fields: Any) -> Reply:
        """Send a valid message with these fields."""
        return self.ask("POST", path, {**SENDABLE, **fields})

    def raw(self, data: bytes, *, timeout: float = 20) -> bytes:
        """Send these bytes, and read until the server closes or resets the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as connection:
            received = b""
            try:
                connection.sendall(data)
                while chunk := connection.recv(65536):
                    received += chunk
            except (ConnectionResetError, BrokenPipeError):
                pass
            return received

    def messages(self) -> int:
        """How many messages the server has stored."""
        found: int = self.ask("GET", "/healthz").json()["messages"]
        return found

    def memory(self, field: str = "VmRSS") -> int:
        """Its memory in bytes, as Linux counts it."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
        raise AssertionError(field)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Stop it with this signal; return its exit code."""
        if self.process.poll() is None:
            os.kill(self.process.pid, number)
        return self.process.wait(20)
