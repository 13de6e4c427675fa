"""Examples of commands: the lines of the epilog, which help pages, man pages and `mailtrap commands` show."""

from __future__ import annotations

import re
from typing import Any

MOST = 3  # examples per command
LONGEST = 78  # the longest example that fits on one line of a help page


def join_examples(*lines: str) -> str:
    """Join examples (whole command lines) into the epilog of a command."""
    return "\n".join(lines)


def read_examples(epilog: str | None) -> list[str]:
    """Parse the examples from an epilog."""
    found = [line.strip().removeprefix("Example:").strip() for line in (epilog or "").splitlines()]
    return [line for line in found if line]


def collect_examples(command: Any) -> list[str]:
    """List a command's own examples; for a group without any, the first ones of its first subcommands."""
    own = read_examples(command.epilog)
    members = [] if own else [found for member in _list_members(command) if (found := collect_examples(member))]
    return own or [found[0] for found in members[:MOST]]


def _list_members(command: Any) -> list[Any]:
    return [member for member in getattr(command, "commands", {}).values() if not member.hidden]


def wrap_example(example: str, width: int) -> list[str]:
    """Break a command line before its options, in shell syntax, if it is longer than `width`."""
    lines: list[str] = []
    for piece in re.split(r" (?=--?\w)", example):
        indent = "    " if lines else ""
        if lines and len(lines[-1]) + 1 + len(piece) <= width - 2:
            lines[-1] += f" {piece}"
        elif lines and len(example) > width:
            lines[-1] += " \\"
            lines.append(indent + piece)
        else:
            lines = [f"{lines[0]} {piece}"] if lines else [piece]
    return lines
