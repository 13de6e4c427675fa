"""The simplest plan of rows, and what a run of it needs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from mailtrap_cli.batch.model import TRACE_VARIABLE, Composed, trace_of
from mailtrap_cli.batch.run import Report, Sending, open_run
from mailtrap_cli.config.settings import Flags, Settings, resolve_settings
from tests.conftest import client_of
from tests.loopback import Loopback, Reply, Request


@dataclass
class Rows:
    """N rows, all messages except those in `left_out`; `changed` makes it another input."""

    total: int
    left_out: tuple[int, ...] = ()
    changed: str = ""
    padding: str = ""
    name: str = "people.csv"
    base: Mapping[str, Any] = field(
        default_factory=lambda: {"from": {"email": "a@acme.example"}, "subject": "Hi", "text": "Hello"}
    )
    header: list[str] = field(default_factory=lambda: ["email", "note"])

    count: int = 0
    input_digest: str = ""
    content_digest: str = "0" * 64

    def __post_init__(self) -> None:
        self.count = self.total - len(self.left_out)
        self.input_digest = sha256(f"{self.total} {self.changed}".encode()).hexdigest()

    def rows(self) -> Iterator[int]:
        return (row for row in range(self.total) if row not in self.left_out)

    def messages(self, trace: str | None) -> Iterator[Composed]:
        for row in self.rows():
            message: dict[str, Any] = {"to": [{"email": email(row)}]}
            if trace is not None:
                message["custom_variables"] = {TRACE_VARIABLE: trace_of(trace, row)}
            if self.padding:
                message["text"] = self.padding
            yield Composed(row, row + 2, email(row), 1, json.dumps(message).encode())

    def skipped(self) -> Iterator[tuple[int, int, str]]:
        return ((row, row + 2, "left out") for row in range(self.total) if row in self.left_out)

    def originals(self) -> Iterator[tuple[int, int, list[str]]]:
        for row in range(self.total):
            yield row, row + 2, [email(row), f"=note {row}"]


def email(row: int) -> str:
    return f"r{row}@example.com"


def settings_of(state: Path, env: Mapping[str, str] | None = None, **flags: Any) -> Settings:
    """Return the settings of a run with this state folder; without `env`, for the local sandbox."""
    env = {"MAILTRAP_CONFIG": str(state / "none.toml"), "MAILTRAP_STATE_DIR": str(state), **(env or {})}
    return resolve_settings(Flags(profile=None if "MAILTRAP_API_TOKEN" in env else "local", **flags), env)


def send(plan: Rows, settings: Settings, *, timeout: float = 5.0, **sending: Any) -> Report:
    """Run it without a rate limit; notices are collected in `said`."""
    said.clear()
    sending = {"rate_limit": None, "lookup_wait": 0.0, **sending}
    with open_run(plan, settings, Sending(**sending)) as run, client_of(settings, timeout=timeout) as api:
        said.extend(run.notices)
        return run.report() if run.done else run.send(api, notice=said.append)


said: list[str] = []


def recipients(request: Request) -> list[str]:
    """Return the recipients of a batch request, in order."""
    return [message["to"][0]["email"] for message in request.json()["requests"]]


def accepted(request: Request) -> Reply:
    """Build the answer that accepts a whole batch."""
    found = [{"success": True, "message_ids": [f"id-{who}"]} for who in recipients(request)]
    return Reply(200, {"success": True, "responses": found})


def received(server: Loopback) -> list[str]:
    """Return the recipients of all batch requests."""
    return [who for request in server.requests if "/api/batch" in request.path for who in recipients(request)]
