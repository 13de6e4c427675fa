"""`mailtrap commands`: the whole tree, for programs."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from typing import Any

from tests.conftest import PROGRAM, Run
from tests.facts import FACTS

TYPES = {"string", "integer", "number", "boolean", "date", "file", "enum"}


@cache
def tree() -> list[dict[str, Any]]:
    done = subprocess.run([PROGRAM, "commands", "-o", "json"], capture_output=True, text=True, check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def command(name: str) -> dict[str, Any]:
    return next(entry for entry in tree() if entry["name"] == name)


def test_every_command_is_one_object_with_all_of_its_facts() -> None:
    names = [entry["name"] for entry in tree()]
    assert len(names) == len(set(names)) > 50
    assert {"send", "batch", "domains list", "domains company-info get", "messages wait", "api"} <= set(names)
    for entry in tree():
        assert set(entry) == {
            *("name", "summary", "help", "arguments", "options", "operations", "hosts"),
            *("destructive", "sends", "examples", "exit_codes"),
        }
        assert entry["summary"].endswith(".")
        assert entry["examples"], entry["name"]
        assert {0, 2} <= set(entry["exit_codes"])


def test_every_option_has_its_type_and_its_choices() -> None:
    for entry in tree():
        for parameter in (*entry["arguments"], *entry["options"]):
            assert parameter["type"] in TYPES
            assert (parameter["type"] == "enum") == bool(parameter["choices"]), parameter
        assert {"--output", "--help", "--profile"} <= {flag for one in entry["options"] for flag in one["flags"]}
    flags = {tuple(one["flags"]): one for one in command("domains update")["options"]}
    assert flags["--open-tracking-enabled", "--no-open-tracking-enabled"]["type"] == "boolean"


def test_every_api_operation_has_exactly_one_command() -> None:
    named = {operation for entry in tree() for operation in entry["operations"]}
    # The files of the two streams describe the same paths, on two hosts.
    published = {name.rpartition(": ")[2] for name in FACTS}
    assert len(FACTS) == 140
    assert named == published
    assert "GET /api/domains" in command("domains list")["operations"]


def test_deletions_are_destructive_and_senders_are_marked() -> None:
    for entry in tree():
        if any(operation.startswith("DELETE ") for operation in entry["operations"]):
            assert entry["destructive"], entry["name"]
    assert [entry["name"] for entry in tree() if entry["sends"]] != []
    assert command("send")["sends"]
    assert not command("messages list")["sends"]
    assert 9 in command("batch")["exit_codes"]
    assert 10 in command("messages wait")["exit_codes"]


def test_without_a_format_it_is_a_table_of_names_and_summaries(mailtrap: Run) -> None:
    lines = mailtrap("commands").out.splitlines()
    assert lines[0].split("\t")[:2] == ["command", "summary"]
    assert len(lines) == len(tree()) + 1
    assert mailtrap("commands", "-q").out.splitlines() == [entry["name"] for entry in tree()]


def test_every_example_is_a_command_line_of_its_command() -> None:
    for entry in tree():
        for example in entry["examples"]:
            assert re.search(rf"\bmailtrap {re.escape(entry['name'])}\b", example), (entry["name"], example)


def test_types_and_choices_come_from_declarations_not_from_metavars() -> None:
    def option(name: str, flag: str) -> dict[str, Any]:
        return next(one for one in command(name)["options"] if flag in one["flags"])

    assert option("api", "--host")["choices"] == ["account", "send", "bulk", "sandbox"]
    assert option("logs list", "--status")["choices"] == ["delivered", "not_delivered", "enqueued", "opted_out"]
    assert option("messages list", "--stream")["type"] == "enum"
    assert option("api", "--input")["type"] == option("messages expect", "--snapshot")["type"] == "file"
    folder, *_ = command("inbound folders get")["arguments"]
    assert (folder["metavar"], folder["type"]) == ("FOLDER", "string")
