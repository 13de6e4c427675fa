"""The command tree as plain data: everything a completion script says about a command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mailtrap_cli.cli.declarations import as_word
from mailtrap_cli.cli.facts import facts_of
from mailtrap_cli.cli.typer_internals import Command, Context
from mailtrap_cli.cli.value_types import Number, OneOf, Path, Profile

Kind = Literal["text", "file", "profile", "choice"]


@dataclass(frozen=True)
class Value:
    """The value of an option or an argument; `choices` for the kind `choice`."""

    metavar: str
    kind: Kind = "text"
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Option:
    """One option with all its names; without `value` it is a flag. `rivals` exclude it (`--live` and `--sandbox`)."""

    names: tuple[str, ...]
    help: str
    value: Value | None = None
    many: bool = False
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Argument:
    """One positional argument; `many` takes all the words that follow."""

    value: Value
    many: bool = False


@dataclass(frozen=True)
class Node:
    """One command: `path` is its words after `mailtrap`, `members` are the subcommands of a group."""

    path: tuple[str, ...]
    help: str
    options: tuple[Option, ...] = ()
    arguments: tuple[Argument, ...] = ()
    members: tuple[Node, ...] = ()

    @property
    def name(self) -> str:
        """The last word of the path; empty for the root."""
        return self.path[-1] if self.path else ""

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it."""
        yield self
        for member in self.members:
            yield from member.walk()


def read(command: Command, path: tuple[str, ...] = (), parent: Context | None = None) -> Node:
    """Read the tree under this command, with everything loaded; leave out what is hidden from the help."""
    ctx = Context(command, info_name=path[-1] if path else "mailtrap", parent=parent, **command.context_settings)
    options: list[Option] = []
    arguments: list[Argument] = []
    facts = facts_of(command.callback)
    parameters: list[Any] = command.get_params(ctx)
    for parameter in parameters:
        if parameter.hidden:
            continue
        if parameter.param_type_name == "argument":
            arguments.append(Argument(_value(parameter), many=parameter.nargs == -1))
        else:
            words = tuple(map(as_word, facts.choices.get(parameter.name, ())))
            options += _options(parameter, words)
    members: list[Node] = []
    listed: Sequence[str] = getattr(command, "list_commands", lambda _: ())(ctx)
    for name in listed:
        member = command.get_command(ctx, name)  # type: ignore[attr-defined]  # only groups list commands
        if not member.hidden:
            members.append(read(member, (*path, name), ctx))
    help_ = command.get_short_help_str(limit=1000)
    return Node(path, help_, tuple(options), tuple(arguments), tuple(members))


def _options(parameter: Any, choices: tuple[str, ...]) -> Iterator[Option]:
    # Short names first; the names of --help come in no particular order.
    on, off = _in_order(parameter.opts), _in_order(parameter.secondary_opts)
    help_ = parameter.help or ""
    if parameter.is_flag:
        yield Option(on, help_, rivals=off)
        if off:
            yield Option(off, help_, rivals=on)
    else:
        value = Value(parameter.metavar, "choice", choices) if choices else _value(parameter)
        yield Option(on, help_, value, many=parameter.multiple)


def _in_order(names: list[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=lambda name: (name.startswith("--"), name)))


def _value(parameter: Any) -> Value:
    """Return what this parameter takes, from its declared type."""
    kind = parameter.type
    metavar = str(parameter.metavar or getattr(kind, "metavar", None) or "VALUE").strip("'")
    match kind:
        case OneOf():
            return Value("|".join(kind.choices), "choice", kind.choices)
        case Profile():
            return Value(metavar, "profile")
        case Path():
            return Value(metavar, "file")
        case Number():
            return Value("N" if kind.kind is int else "NUMBER")
    return Value(metavar)
