"""NO_COLOR and COLUMNS apply to everything people see: tables, cards, help, topics, errors."""

from __future__ import annotations

import re

import pytest

from tests.conftest import PROGRAM, Run
from tests.terminal import Terminal

SCREENS = [
    ("messages", "list", "-p", "local"),
    ("messages", "show", "latest", "-p", "local"),
    ("projects", "get", "1", "-p", "local"),
    ("doctor", "-p", "local"),
    ("send", "--help"),
    ("help", "output"),
    ("sned",),
]
COLOR = re.compile(r"\x1b\[[0-9;]*(?:3[0-8]|4[0-8]|9[0-7])[0-9;]*m")


def screen_of(arguments: tuple[str, ...], environment: dict[str, str], *, columns: int) -> str:
    terminal = Terminal([PROGRAM, *arguments], environment, columns=columns)
    terminal.wait()
    return terminal.screen


@pytest.fixture
def filled(mailtrap: Run, environment: dict[str, str]) -> dict[str, str]:
    mailtrap("send", "-p", "local", "--to", "ada@example.com", "--subject", "Hello " * 20, "--text", "It works")
    return environment


@pytest.mark.parametrize("arguments", SCREENS, ids=" ".join)
def test_no_color_leaves_no_color(filled: dict[str, str], arguments: tuple[str, ...]) -> None:
    for settings in ({"NO_COLOR": "1"}, {"CLICOLOR": "0"}):
        assert not COLOR.search(screen_of(arguments, {**filled, **settings}, columns=100))
    assert not COLOR.search(screen_of((*arguments, "--no-color"), filled, columns=100))


def test_the_subject_of_a_message_is_bold_only_on_a_terminal(filled: dict[str, str], mailtrap: Run) -> None:
    show = ("messages", "show", "latest", "-p", "local")
    assert "\x1b[2mSubject:\x1b[0m \x1b[1mHello" in screen_of(show, filled, columns=100)
    assert "\nSubject: Hello" in mailtrap(*show).out


@pytest.mark.parametrize("arguments", SCREENS[:6], ids=" ".join)
def test_the_width_of_the_screen_is_kept(filled: dict[str, str], arguments: tuple[str, ...]) -> None:
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", screen_of(arguments, filled, columns=60))
    wide = [line for line in text.splitlines() if len(line) > 60]
    # The text of a message, a path and what is to be pasted are printed as they are.
    assert not wide or arguments[0] == "doctor" or arguments[1] == "show", wide
