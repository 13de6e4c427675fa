"""`mailtrap send` on a terminal asks for what the flags leave out; programs are never asked."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROGRAM, Run
from tests.loopback import SENT, Loopback
from tests.terminal import Terminal

LOCAL = (PROGRAM, "send", "-p", "local")


def script(path: Path, text: str) -> str:
    """Create a program with this name, such as an editor."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def captured(mailtrap: Run) -> list[Any]:
    found: list[Any] = mailtrap("messages", "list", "-p", "local", "-o", "json").json()
    return found


def test_missing_parts_are_asked_for_and_mistakes_asked_again(mailtrap: Run, environment: dict[str, str]) -> None:
    terminal = Terminal(LOCAL, environment)
    for question, count, keys in (
        ("To: ", 1, "\n"),
        ("To: ", 2, "ada@@example.com\n"),
        ("To: ", 3, "Ada <ada@example.com>, bob@example.com\n"),
        ("Subject: ", 1, "\n"),
        ("Subject: ", 2, "Hello there\n"),
        ("on a line of its own", 1, "One\n\nTwo\n\x04"),
    ):
        terminal.until_count(question, count)
        terminal.type(keys)
    assert terminal.wait() == 0, terminal.screen
    assert terminal.screen.startswith("sandbox 1 · profile local\nTo: ")
    assert terminal.screen.count("sandbox 1 · profile local") == 1
    assert "'ada@@example.com' is not an address." in terminal.screen
    (mail,) = captured(mailtrap)
    assert (mail["subject"], mail["to_email"]) == ("Hello there", "ada@example.com, bob@example.com")
    assert mailtrap("messages", "text", "latest", "-p", "local").out == "One\n\nTwo\n"


def test_a_live_send_takes_the_body_from_the_editor(
    environment: dict[str, str], server: Loopback, tmp_path: Path
) -> None:
    editor = script(tmp_path / "my editor", 'printf "%s\\n" "$1" > "$2" && printf "Grüße\\n" > "$2"')
    server.reply(SENT)
    env = {**environment, **server.env, "VISUAL": f"'{editor}' --wait", "EDITOR": "false"}
    terminal = Terminal((PROGRAM, "send", "--live", "--to", "ada@example.com"), env)
    terminal.until("From: ")
    terminal.type("Acme <a@acme.example>\n")
    terminal.until("Subject: ")
    terminal.type("Hi\n")
    assert terminal.wait() == 0, terminal.screen
    assert "To: " not in terminal.screen
    assert "[y/N]" not in terminal.screen
    (request,) = server.requests
    assert request.json() == {
        "from": {"email": "a@acme.example", "name": "Acme"},
        "to": [{"email": "ada@example.com"}],
        "subject": "Hi",
        "text": "Grüße\n",
    }


@pytest.mark.parametrize(
    ("editor", "code", "message"),
    [
        ("true", 2, "The body is empty, so nothing was sent"),
        ("false", 3, "ended with exit code 1; nothing was sent"),
        ("/no/such/editor", 3, "cannot be run: No such file or directory; nothing was sent"),
        ("'", 3, "cannot be run: No closing quotation; nothing was sent"),
    ],
)
def test_without_a_body_nothing_is_sent(
    mailtrap: Run, environment: dict[str, str], editor: str, code: int, message: str
) -> None:
    terminal = Terminal((*LOCAL, "--to", "ada@example.com", "--subject", "x"), {**environment, "EDITOR": editor})
    assert terminal.wait() == code
    assert message in terminal.screen.replace("\n", " ")
    assert captured(mailtrap) == []


@pytest.mark.parametrize("keys", ["\x04", "\x03"])
def test_ctrl_d_and_ctrl_c_at_a_question_send_nothing(mailtrap: Run, environment: dict[str, str], keys: str) -> None:
    terminal = Terminal(LOCAL, environment)
    terminal.until("To: ")
    terminal.interrupt() if keys == "\x03" else terminal.type(keys)
    assert terminal.wait() == 130
    assert captured(mailtrap) == []


@pytest.mark.parametrize(
    ("arguments", "env"),
    [
        (("--no-input",), {}),
        ((), {"MAILTRAP_NO_INPUT": "1"}),
        (("-o", "json"), {}),
        (("--subject", ""), {}),  # an answer, and a wrong one
        (("--header", "no colon"), {}),
    ],
)
def test_without_prompts_the_missing_parts_are_listed(
    environment: dict[str, str], arguments: tuple[str, ...], env: dict[str, str]
) -> None:
    terminal = Terminal((*LOCAL, *arguments), {**environment, **env})
    assert terminal.wait() == 2
    assert "To: " not in terminal.screen
    assert "--" in terminal.screen


def test_a_pipe_is_never_asked(environment: dict[str, str]) -> None:
    terminal = Terminal(("sh", "-c", 'echo Hello | "$@"', "sh", *LOCAL), environment)
    assert terminal.wait() == 2
    assert "No recipient and no subject" in terminal.screen
    done = subprocess.run(LOCAL, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert done.returncode == 2
