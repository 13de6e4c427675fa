"""What programs need to know about a command besides its options; `commands -o json` prints it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, Literal, TypeVar

from ..records import record

Type = Literal["string", "integer", "number", "boolean", "date", "file", "enum"]
Command = TypeVar("Command", bound=Callable[..., Any])


@record
class Facts:
    """The API operations behind a command (`GET /api/domains`), their hosts, and what they do.

    `destructive` commands ask before they destroy; `sends` marks commands that send email. `exit_codes` are those
    beyond the usual ones. `types` and `choices` describe parameters, by name in the signature, where the signature
    alone does not.
    """

    operations: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    destructive: bool = False
    sends: bool = False
    exit_codes: tuple[int, ...] = ()
    types: Mapping[str, Type] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def with_facts(
    *operations: str,
    hosts: tuple[str, ...] = ("account",),
    destructive: bool = False,
    sends: bool = False,
    exit_codes: tuple[int, ...] = (),
) -> Callable[[Command], Command]:
    """Declare which API operations (`GET /api/domains`), on which hosts, a handwritten command uses."""
    facts = Facts(operations, hosts, destructive, sends, exit_codes)
    return lambda command: attach_facts(command, facts)


def attach_facts(command: Command, facts: Facts) -> Command:
    """Store the facts where `facts_of` finds them; wrappers that copy attributes (functools.wraps) keep them."""
    command.facts = facts  # type: ignore[attr-defined]
    return command


def facts_of(callback: Any) -> Facts:
    """Return the facts of a command's function; empty ones if it has none."""
    found = getattr(callback, "facts", None)
    return found if isinstance(found, Facts) else Facts()
