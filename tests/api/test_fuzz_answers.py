"""A seeded fuzzer: whatever a server answers, every command ends with a clear sentence and a known exit code.

More rounds: pytest tests/api/test_fuzz_answers.py --fuzz 2000
"""

from __future__ import annotations

import copy
import gzip
import json
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mailtrap_cli.cli.commands import COMMANDS
from mailtrap_cli.cli.loader import load_command
from tests.conftest import Result, Run
from tests.loopback import Loopback, Reply, Request

# What a command needs although its parameters do not say so.
SKIPPED = {"completion", "config", "local", "help", "mcp", "commands", "sendmail"}
EXTRA = {
    "mailtrap send": ["--from", "a@acme.example", "--to", "b@acme.example", "--subject", "s", "--text", "t"],
    "mailtrap batch": ["people.csv", "--from", "a@acme.example", "--subject", "s", "--text", "t", "--yes"],
    "mailtrap messages expect": ["--subject", "x", "--wait", "0s"],
    "mailtrap messages wait": ["--wait", "0s"],
    "mailtrap domains check": ["acme.example", "--nameserver", "127.0.0.1:1", "--dns-timeout", "0.2"],
    "mailtrap messages forward": ["5", "b@acme.example"],
    "mailtrap api": ["GET", "/api/domains"],
}
VALUES: dict[str, str] = {"int": "5", "float": "5", "bool": "true"}

ITEM: dict[str, Any] = {
    "id": 5,
    "name": "Demo",
    "subject": "Hi",
    "from_email": "a@acme.example",
    "to_email": "b@acme.example",
    "sent_at": "2026-01-02T03:04:05Z",
    "created_at": "2026-01-02T03:04:05Z",
    "is_read": False,
    "message_ids": ["1"],
    "success": True,
    "responses": [{"success": True, "message_ids": ["1"]}, {"success": False, "errors": ["no"]}],
    "headers": {"Subject": "Hi", "Received": ["a", "b"]},
    "report": {"Score": 1.5, "Details": [{"Pts": "1.0", "RuleName": "X", "Description": "y"}], "ResponseMessage": "ok"},
    "domain_name": "acme.example",
    "dns_verified": True,
    "compliance_status": "compliant",
    "dns_records": [
        {"key": "dkim1", "type": "CNAME", "name": "a", "domain": "a.acme.example", "value": "b", "status": "pass"}
    ],
    "filename": "a.txt",
    "content_type": "text/plain",
    "attachment_size": 5,
    "download_path": "/api/sandboxes/5/messages/5/attachments/5/download",
    "permissions": {"can_read": True},
    "sandboxes": [{"id": 1, "name": "x"}],
    "emails_count": 3,
    "smtp_information": {"ok": True, "data": {"rcpt_to_addrs": ["b@acme.example"]}},
    "status": "delivered",
    "events": [{"event_type": "delivery", "created_at": "2026-01-02T03:04:05Z"}],
}
TEXT = "Hello https://acme.example/x\nYour code is 123456\n"
ODD: tuple[Any, ...] = (
    None, True, False, -1, 0, 5, 10**30, 1.5, float("nan"), float("inf"), 1e308, "", "x", "5", "٣", "\ud800", "\x1b[2J",
    "::error::x", "2026-13-45", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "x" * 3000, [], {}, [[]], [None],
    {"a": {}}, {"id": None}, "https://[::1", "a@b@c",
)  # fmt: skip


def leaves(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    if hasattr(command, "commands"):
        for name, member in command.commands.items():
            yield from leaves(f"{path} {name}", member)
    else:
        yield path, command


def argument_list(path: str, command: Any) -> list[str]:
    """Build a command line that uses the API."""
    if path in EXTRA:
        return [*path.split()[1:], *EXTRA[path]]
    words = path.split()[1:]
    for parameter in command.params:
        flags = {flag for flag in parameter.opts if flag.startswith("--")}
        kind = VALUES.get(parameter.type.name.split()[0], "5")
        if not flags and parameter.required:
            words.append(kind)
        elif flags & {"--yes"}:
            words.append("--yes")
        elif parameter.required and flags:
            choices = (parameter.metavar or "").split("|")
            words += [max(flags, key=len), choices[0] if len(choices) > 1 else kind]
    return words


def argument_lists() -> list[list[str]]:
    """One for each command."""
    return [
        argument_list(path, command)
        for name in COMMANDS
        if name not in SKIPPED
        for path, command in leaves(f"mailtrap {name}", load_command(name))
        if path != "mailtrap messages open"  # which starts a browser
    ]


def mutate(value: Any, chance: random.Random) -> Any:
    """Put something odd into the value, somewhere."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        if chance.random() < 0.2:
            return {other: inner for other, inner in value.items() if other != key}
        return {**value, key: mutate(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.85:
        index = chance.randrange(len(value))
        return [*value[:index], mutate(value[index], chance), *value[index + 1 :]]
    return copy.deepcopy(chance.choice(ODD))


def answer(request: Request, chance: random.Random) -> Reply:
    item = ITEM
    for _ in range(chance.randrange(3)):
        item = mutate(item, chance) if isinstance(item, dict) else item
    shapes = ([item], item, {"data": [item]}, {"data": item}, {"messages": [item]}, mutate([item, item], chance), TEXT)
    shape = chance.choice(shapes)
    body = shape if isinstance(shape, str) else json.dumps(shape)
    data = body.encode("utf-8", "surrogatepass")
    headers = {"Content-Type": "application/json"}
    match chance.randrange(12):
        case 0:
            data = data[: chance.randrange(len(data) + 1)]
        case 1:
            data = bytes(byte if chance.random() < 0.98 else chance.randrange(256) for byte in data)
        case 2:
            headers["Content-Type"] = f"text/html; charset={chance.choice(['idna', 'punycode', 'utf-16', 'x', 'hex'])}"
        case 3:
            headers["Content-Encoding"] = chance.choice(["gzip", "br", "gzip, gzip", "deflate", "zstd"])
            data = gzip.compress(data)[: chance.choice([None, 20])] if chance.random() < 0.7 else data
        case 4:
            data = b"[" * chance.choice([50, 5_000, 200_000])
    status = chance.choice((200, 200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 422, 429, 500, 502, 503))
    if status == 204:
        data = b""
    if chance.random() < 0.1:
        headers["Retry-After"] = chance.choice(["9" * 309, "-1", "1e400", "x", "٣".encode().decode("latin-1"), "0"])
    return Reply(status, data, headers)


CODES = {0, 1, 2, 4, 5, 6, 7, 8, 9, 10}


def check(words: list[str], fmt: str, result: Result) -> None:
    told = f"{words} -o {fmt}: {result.code}\n{result.err[-600:]}"
    assert "Internal error" not in result.err, told
    assert result.code in CODES, told
    errors = [line for line in result.err.splitlines() if line.startswith(("Error:", '{"error"'))]
    assert all(len(line) < 4000 for line in errors), told
    if fmt == "json" and result.out and "api" not in words:  # which prints an answer as it came
        json.loads(result.out, parse_constant=lambda name: pytest.fail(f"{name} in {told}"))


def test_no_answer_crashes_a_command(
    patient: Run, server: Loopback, fuzz: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text("email\na@acme.example\nb@acme.example\n")
    lines = argument_lists()
    for seed in range(fuzz):
        chance = random.Random(seed)
        for words in chance.sample(lines, 5):
            server.script = partial(answer, chance=chance)
            fmt = chance.choice(("table", "json", "jsonl", "csv"))
            env = {
                **server.env,
                "MAILTRAP_SANDBOX_ID": "7",
                "MAILTRAP_USE_SANDBOX": chance.choice(("true", "false")),
                "MAILTRAP_STATE_DIR": str(tmp_path / f"state-{seed}"),
            }
            result = patient(*words, "-o", fmt, "--timeout", "20", env=env)
            check([f"seed {seed}", *words], fmt, result)
