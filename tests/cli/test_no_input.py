"""`--no-input` and `MAILTRAP_NO_INPUT=1`: no command asks, even on a terminal, and the error names the flag to use."""

from __future__ import annotations

import io
import os
import pty
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mailtrap_cli.cli.context import World
from mailtrap_cli.cli.root import run
from tests.command_lines import command_line, described_commands
from tests.loopback import Loopback, Reply

CONFIG = """\
default_profile = "it"
[profiles.it]
token = "x"
from = "a@acme.example"
"""


class Teletype:
    """A terminal on which this process runs the program; input is typed before it asks."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self._parent, child = pty.openpty()
        os.set_blocking(self._parent, False)
        self._stdin = os.fdopen(os.dup(child), encoding="utf-8")
        self._stderr = os.fdopen(child, "w", encoding="utf-8")

    def run(self, *arguments: str, typed: str = "") -> tuple[int, str]:
        """Return the exit code, and what the terminal shows of stderr."""
        os.write(self._parent, typed.encode())
        world = World(env=self.env, stdin=self._stdin, stdout=io.StringIO(), stderr=self._stderr)
        code = run([*arguments], world)
        shown = b""
        try:
            while data := os.read(self._parent, 65536):
                shown += data
        except BlockingIOError:
            pass
        return code, shown.decode().replace("\r\n", "\n")

    def close(self) -> None:
        self._stdin.close()
        self._stderr.close()
        os.close(self._parent)


@pytest.fixture
def teletype(environment: dict[str, str], home: Path, server: Loopback) -> Iterator[Teletype]:
    """A terminal, a profile whose account is a loopback server, and a message in its sandbox."""
    path = home / "config.toml"
    path.touch(mode=0o600)
    path.write_text(CONFIG)
    server.script = lambda request: Reply(200, {"id": 5, "subject": "Hi", "uuid": "5"})
    env = {**environment, **server.env, "MAILTRAP_CONFIG": str(path), "MAILTRAP_SANDBOX_ID": "7"}
    terminal = Teletype({name: value for name, value in env.items() if name != "MAILTRAP_API_TOKEN"})
    yield terminal
    terminal.close()


def changes(server: Loopback) -> list[Any]:
    return [request for request in server.requests if request.method != "GET"]


def destructive_commands() -> list[dict[str, Any]]:
    return [entry for entry in described_commands() if entry["destructive"]]


def test_every_destructive_command_has_the_yes_flag() -> None:
    assert len(destructive_commands()) > 25
    for entry in destructive_commands():
        assert any("--yes" in option["flags"] for option in entry["options"]), entry["name"]


def test_destructive_commands_ask_on_a_terminal_and_refuse_with_no_input(teletype: Teletype, server: Loopback) -> None:
    (Path(teletype.env["HOME"]) / ".local/state/mailtrap").mkdir(parents=True, mode=0o700)
    code, _ = teletype.run("send", "-p", "local", "--to", "a@b.example", "--subject", "x", "--text", "x")
    assert code == 0
    for entry in destructive_commands():
        name = entry["name"]
        words = ["config", "remove", "it"] if name == "config remove" else command_line(entry)
        code, shown = teletype.run(*words, typed="n\n")
        assert (code, "[y/N]" in shown) == (0, True), f"{name}: {shown}"
        for refused in ([*words, "--no-input"], ["--no-input", *words]):
            code, shown = teletype.run(*refused)
            assert code == 2, f"{name}: {shown}"
            assert "[y/N]" not in shown, name
            assert "Hint: Use --yes to confirm." in shown, name
    assert changes(server) == []


def test_a_live_batch_asks_on_a_terminal_and_refuses_with_no_input(
    teletype: Teletype, server: Loopback, tmp_path: Path
) -> None:
    rows = tmp_path / "people.csv"
    rows.write_text("email\nada@example.com\n")
    words = ("batch", str(rows), "--live", "--subject", "x", "--text", "x")
    code, shown = teletype.run(*words, typed="\n")
    assert (code, "[y/N]" in shown) == (0, True), shown
    code, shown = teletype.run(*words, "--no-input")
    assert (code, "[y/N]" in shown, "--yes" in shown) == (2, False, True)
    assert changes(server) == []


def test_no_input_from_the_environment_counts_too(teletype: Teletype) -> None:
    teletype.env = {**teletype.env, "MAILTRAP_NO_INPUT": "1"}
    code, shown = teletype.run("sandboxes", "delete", "5")
    assert (code, "--yes" in shown) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "code", "flags"),
    [
        (("config", "init", "new"), 2, ("--sandbox-id", "--live", "--token-stdin", "--token-env")),
        (("config", "init", "new", "--live"), 2, ("--token-stdin", "--token-env", "--token-command")),
        (("send", "--live"), 2, ("--to", "--subject", "--text")),
    ],
)
def test_missing_answers_are_named_by_their_flags(
    teletype: Teletype, arguments: tuple[str, ...], code: int, flags: tuple[str, ...]
) -> None:
    found, shown = teletype.run(*arguments, "--no-input")
    assert found == code
    for flag in flags:
        assert flag in shown


def test_api_and_a_whole_send_never_ask(teletype: Teletype, server: Loopback) -> None:
    assert teletype.run("api", "DELETE", "/api/sandboxes/5")[0] == 0
    server.script = lambda _: Reply(200, {"success": True, "message_ids": ["1"]})
    whole = ("--to", "ada@example.com", "--subject", "x", "--text", "x")
    code, shown = teletype.run("send", "--live", *whole)
    assert (code, "?" in shown) == (0, False)
    assert [request.method for request in changes(server)] == ["DELETE", "POST"]
