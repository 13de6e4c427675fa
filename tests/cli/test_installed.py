"""Every module of commands once as users run it: through the console script, with nothing imported before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailtrap_cli.cli.commands import COMMANDS
from mailtrap_cli.cli.loader import find_modules, load_verbs
from tests.api.test_fuzz_answers import ITEM, argument_list, check, leaves
from tests.conftest import Run
from tests.loopback import Loopback, Reply

ENDLESS = {"commands.local.serve"}  # which tests/local starts for real, over and over


def first_lines(name: str) -> Iterator[list[str]]:
    """Return a command line for the first command of each module with this name."""
    for module in find_modules(name):
        for verb, command in load_verbs([module]).items():
            if module not in ENDLESS:
                path = f"mailtrap {name} {verb}" if COMMANDS[name].noun else f"mailtrap {name}"
                yield argument_list(*next(leaves(path, command)))
            break


@pytest.mark.parametrize("name", COMMANDS)
def test_every_module_of_commands_runs_as_installed(
    name: str, installed: Run, server: Loopback, tmp_path: Path
) -> None:
    people = tmp_path / "work" / "people.csv"
    people.write_text("email\nb@acme.example\n")
    env = {**server.env, "MAILTRAP_SANDBOX_ID": "7", "BROWSER": "true"}
    server.script = lambda request: Reply(200, ITEM)
    for words in first_lines(name):
        check(words, "json", installed(*words, "-o", "json", env=env))
