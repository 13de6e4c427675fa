"""A token from a command: what the command leaves behind, and endless output."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from mailtrap_cli.config.token_command import load_token
from mailtrap_cli.errors import ConfigError
from tests.conftest import Run

TOKEN = "tok-0123456789abcdef1a2b"


def test_a_child_that_the_command_leaves_on_its_stdout_is_not_waited_for() -> None:
    child = "import time; time.sleep(20)"
    script = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}]); print({TOKEN!r})"
    began = time.monotonic()
    assert load_token((sys.executable, "-c", script)) == TOKEN
    assert time.monotonic() - began < 15  # not the 20 s of the child


def test_a_command_with_endless_output_is_killed() -> None:
    with pytest.raises(ConfigError, match="printed too much to be a token"):
        load_token((sys.executable, "-c", "while True: print('x' * 1000)"))


@pytest.mark.parametrize("command", [("config", "show", "a"), ("config", "get", "token_command", "-p", "a")])
@pytest.mark.parametrize("fmt", ["table", "json", "csv"])
def test_the_arguments_of_a_command_are_not_shown(
    mailtrap: Run, tmp_path: Path, command: tuple[str, ...], fmt: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[profiles.a]\ntoken_command = ["vault", "login", "hunter2"]\n')
    path.chmod(0o600)
    result = mailtrap(*command, "-o", fmt, env={"MAILTRAP_CONFIG": str(path)})
    assert result.code == 0
    assert "vault" in result.out
    assert "hunter2" not in result.out + result.err
