"""Without a configuration, every command that needs an account says the same: not set up, with two suggestions."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from mailtrap_cli.cli.commands import COMMANDS
from tests.command_lines import command_line, described_commands, words_of
from tests.conftest import Run

MESSAGE = "No API token: nothing is set up yet"
HINT = (
    "Set it up with: mailtrap config init. Or try it without an account: "
    "mailtrap send -p local --to you@example.com --subject Hello --text Hi"
)
# What works without an account.
ELSEWHERE = {"config", "completion", "commands", "local", "doctor", "webhooks deliveries"}


@pytest.mark.parametrize("noun", sorted(COMMANDS.keys() - ELSEWHERE))
def test_nothing_configured_is_one_message_from_every_command(
    patient: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, noun: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("people.csv").write_text("email\nada@example.com\n")
    for entry in described_commands():
        if entry["name"].split()[0] != noun or entry["name"] in ELSEWHERE:
            continue
        words = command_line(entry)
        words += {"batch": ["people.csv"], "export": ["--out", "new.csv"]}.get(words[-1], [])
        result = patient(*words, "-o", "json")
        if result.code == 2 and (found := re.search(r"Use at least one of (--[a-z-]+)", result.error()["hint"])):
            option = next(option for option in entry["options"] if found[1] in option["flags"])
            words += words_of(option)
            result = patient(*words, "-o", "json")
        error = json.loads(result.err)["error"]
        assert (result.code, error["message"], error["hint"]) == (3, MESSAGE, HINT), shlex.join(words)
        assert result.out == ""
        assert patient(*words).err.startswith(f"Error: {MESSAGE}.\n")


@pytest.mark.parametrize("arguments", ["config show", "config get from", "config set from a@acme.example"])
def test_an_unknown_profile_is_the_same_message(patient: Run, arguments: str) -> None:
    error = patient(*arguments.split(), "-o", "json").error()
    assert (error["code"], error["message"], error["hint"]) == (3, MESSAGE, HINT)


def test_both_suggested_commands_work(patient: Run) -> None:
    first, second = (shlex.split(line)[1:] for line in re.findall(r"mailtrap [^.]*(?:\.com [^.]*)?", HINT))
    refused = patient(*first)
    assert (refused.code, "needs a place to send to" in refused.err) == (2, True)  # a terminal would ask for it
    assert patient(*second).code == 0
