"""The examples of a command: the lines of its epilog, which help pages, man pages and `mailtrap commands` show."""

from __future__ import annotations

import re
from typing import Any

from .declarations import Field, Kind, Operation, sample_of

MOST = 3  # examples of one command
LONGEST = 78  # characters of an example that fits into a line of a help page
UNGUESSABLE = (Kind.FILE, Kind.OBJECT, Kind.OBJECTS, Kind.ATTACHMENT, Kind.MAP, Kind.MAILBOX)


def join_examples(*lines: str) -> str:
    """Make the epilog of a command from its examples, whole command lines."""
    return "\n".join(lines)


def read_examples(epilog: str | None) -> list[str]:
    """Read the examples of an epilog."""
    found = [line.strip().removeprefix("Example:").strip() for line in (epilog or "").splitlines()]
    return [line for line in found if line]


def collect_examples(command: Any) -> list[str]:
    """List a command's own examples; for a group without any, the first ones of its first subcommands."""
    own = read_examples(command.epilog)
    members = [] if own else [found for member in _list_members(command) if (found := collect_examples(member))]
    return own or [found[0] for found in members[:MOST]]


def _list_members(command: Any) -> list[Any]:
    return [member for member in getattr(command, "commands", {}).values() if not member.hidden]


def derive_examples(operation: Operation) -> list[str]:
    """List the examples of a declared operation: its own one, and what else people do with such an operation.

    A list is filtered and saved, a deletion asks first, what is created prints its ID for a script to keep.
    """
    example = operation.example
    unused = [sample for one in operation.fields if (sample := _sample_flag(one)) and sample.split()[0] not in example]
    if operation.more:
        found = [example, *operation.more]
    elif operation.question:
        found = [example.removesuffix(" --yes"), f"{example.removesuffix(' --yes')} --yes"]
    elif operation.is_list:
        found = [example, *(f"{example} {sample}" for sample in unused[:1])]
        found.append(f"{example} --limit all -o csv" if operation.paging else f"{example} -o json")
    elif operation.method == "POST":
        longer = [f"{example} {sample}" for sample in unused[:1] if not operation.sends]
        found = [example, *(line for line in longer if len(line) <= LONGEST), f"{example} -q"]
    elif operation.method in ("PATCH", "PUT") and unused:
        needed = any(one.required for one in operation.fields)
        found = [example, f"{example if needed else example.partition(' --')[0]} {unused[0]}"]
    else:
        found = [example, f"{example} -o json"]
    if operation.web:
        found[MOST - 1 :] = [f"{example} --web"]
    return found[:MOST]


def _sample_flag(one: Field) -> str:
    """The flag with a value; "" for a field whose value nobody can guess."""
    guessable = one.sample or one.choices or (one.kind is not str and one.kind not in UNGUESSABLE and not one.ref)
    return f"{one.flag} {sample_of(one)}".strip() if guessable and not one.default else ""


def wrap_example(example: str, width: int) -> list[str]:
    """Break a command line before its options, as a shell reads it, where it is longer than `width`."""
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
