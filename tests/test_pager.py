"""Long output on a terminal goes through a pager, and nothing else does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import PROGRAM, Run
from tests.terminal import Terminal, on_terminal

pytestmark = pytest.mark.skipif(not shutil.which("less"), reason="this machine has no less")


@pytest.fixture
def less(environment: dict[str, str]) -> dict[str, str]:
    """The environment of a user who has less and set nothing."""
    return {**environment, "MAILTRAP_PAGER": "less"}


def marking_pager(folder: Path, script: str) -> str:
    """Create a pager that marks its output; return its path."""
    pager = folder / "pager"
    pager.write_text(f"#!/bin/sh\n{script}\n")
    pager.chmod(0o755)
    return str(pager)


def test_a_long_topic_opens_in_less_and_leaving_early_is_not_an_error(less: dict[str, str]) -> None:
    terminal = Terminal([PROGRAM, "help", "output"], less, lines=20)
    terminal.until("\x1b[K")  # less asks for a key
    assert "Output formats" in terminal.screen
    assert "\x1b[1" in terminal.screen
    assert "Options: " not in terminal.screen
    terminal.type("q")
    assert terminal.wait() == 0
    assert "Traceback" not in terminal.screen


def test_ctrl_c_is_for_the_pager(less: dict[str, str]) -> None:
    terminal = Terminal([PROGRAM, "help", "batch"], less, lines=12)
    terminal.until("\x1b[K")
    terminal.type("\x03")
    terminal.type("q")
    assert terminal.wait() == 0
    assert "Interrupted" not in terminal.screen


@pytest.mark.parametrize(
    "arguments",
    [
        ("help", "output", "--no-pager"),
        ("--no-pager", "help", "output"),
        ("help", "send", "--no-input"),
        ("send", "--help"),
        ("config", "list"),  # short
        ("commands", "--no-pager"),
        ("--no-pager", "commands"),
        ("commands", "-o", "json"),
        ("completion", "bash", "--no-pager"),
    ],
)
def test_less_is_not_started(less: dict[str, str], arguments: tuple[str, ...]) -> None:
    terminal = Terminal([PROGRAM, *arguments], less, lines=10)
    assert terminal.wait() == 0
    assert "\x1b[K" not in terminal.screen


@pytest.mark.parametrize("arguments", [("commands",), ("help", "send"), ("help", "messages", "list")])
def test_a_long_list_and_a_page_of_help_are_paged(less: dict[str, str], arguments: tuple[str, ...]) -> None:
    terminal = Terminal([PROGRAM, *arguments], less, lines=10)
    terminal.until("\x1b[K")
    terminal.type("q")
    assert terminal.wait() == 0


def test_a_long_message_is_paged_by_the_pager_that_is_set(
    environment: dict[str, str], mailtrap: Run, tmp_path: Path
) -> None:
    text = "\n".join(f"line {number}" for number in range(200))
    mailtrap("send", "-p", "local", "--to", "ada@example.com", "--subject", "Long", "--text", text)
    kept = tmp_path / "kept"
    pager = marking_pager(tmp_path, f"cat > {kept}; echo PAGED")
    code, screen = on_terminal([PROGRAM, "messages", "show", "latest", "-p", "local"], {**environment, "PAGER": pager})
    assert (code, screen) == (0, "PAGED\n")
    assert "line 199" in kept.read_text()
    # A list goes through it too, however short; MAILTRAP_PAGER wins.
    ours = {**environment, "PAGER": "false", "MAILTRAP_PAGER": f"{pager} with an argument"}
    code, screen = on_terminal([PROGRAM, "messages", "list", "-p", "local"], ours)
    assert (code, screen) == (0, "PAGED\n")
    # A single line and the result of a send do not.
    for arguments in (
        ("config", "path"),
        ("send", "-p", "local", "--to", "a@b.example", "--subject", "S", "--text", "T"),
    ):
        code, screen = on_terminal([PROGRAM, *arguments], ours)
        assert (code, "PAGED" in screen) == (0, False)


@pytest.mark.parametrize("pager", ["", "cat", "no-such-pager --flag", "env no-such-pager", "'open"])
def test_without_a_pager_everything_is_printed(environment: dict[str, str], pager: str) -> None:
    code, screen = on_terminal([PROGRAM, "help", "output"], {**environment, "PAGER": pager})
    assert code == 0
    assert screen.count("Output formats") == 1
    assert "NO_COLOR" in screen


def test_a_pager_that_exits_without_reading_is_not_an_error(environment: dict[str, str], tmp_path: Path) -> None:
    pager = marking_pager(tmp_path, "exit 0")
    code, screen = on_terminal([PROGRAM, "commands"], {**environment, "PAGER": pager})
    assert (code, screen) == (0, "")


def test_a_pipe_and_a_dumb_terminal_get_no_pager(environment: dict[str, str], mailtrap: Run, tmp_path: Path) -> None:
    pager = marking_pager(tmp_path, "echo PAGED")
    assert "PAGED" not in mailtrap("help", "output", env={"PAGER": pager}).out
    code, screen = on_terminal([PROGRAM, "help", "output"], {**environment, "PAGER": pager, "TERM": "dumb"})
    assert (code, "PAGED" in screen) == (0, False)
