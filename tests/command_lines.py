"""Every command as `mailtrap commands` describes it, and a command line for each with everything it requires."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from mailtrap_cli.cli.root import root
from mailtrap_cli.cli.tree import describe_commands

# What a command must be given for its own reasons, where its type says too little.
VALUES = {
    "METHOD": "GET",
    "PATH": "/api/accounts",
    "ADDRESS": "ada@example.com",
    "FILE": "people.csv",
    "--domain-name": "acme.example",
    "--email": "ada@example.com",
    "--to": "ada@example.com",
    "--url": "https://acme.example/hook",
    "--website-url": "https://acme.example",
    "--permissions": '[{"resource_type": "account"}]',
    "--conditions": "[]",
    "--at": "7d",
}
TYPES = {"integer": "5", "number": "5", "boolean": "true", "date": "today"}


@cache
def described_commands() -> list[dict[str, Any]]:
    """All of them. Not to be called while tests are collected: it imports every command."""
    return list(describe_commands(root()))


def value_of(parameter: Mapping[str, Any]) -> str:
    name = parameter["flags"][-1] if "flags" in parameter else parameter["metavar"]
    return VALUES.get(name) or next(iter(parameter["choices"] or ()), None) or TYPES.get(parameter["type"], "5")


def words_of(option: Mapping[str, Any]) -> list[str]:
    return [option["flags"][0], *([] if option["type"] == "boolean" else [value_of(option)])]


def command_line(entry: Mapping[str, Any]) -> list[str]:
    """Return the command with everything it requires."""
    given = [word for option in entry["options"] if option["required"] for word in words_of(option)]
    return [*entry["name"].split(), *(value_of(one) for one in entry["arguments"] if one["required"]), *given]
