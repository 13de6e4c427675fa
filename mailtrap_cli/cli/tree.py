"""The whole command tree as data for programs: one object per command, with its options and API operations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import ExitCode
from .examples import read_examples
from .facts import Facts, facts_of
from .options import PANEL
from .typer_internals import Command, Context

EVERYWHERE = (ExitCode.OK, ExitCode.USAGE, ExitCode.CONFIG, ExitCode.FAILED, ExitCode.INTERRUPTED)
ANSWERS = (
    ExitCode.REFUSED,
    ExitCode.DENIED,
    ExitCode.NOT_FOUND,
    ExitCode.RATE_LIMITED,
)  # exit codes of commands that use the API


def describe_commands(
    command: Command, path: tuple[str, ...] = (), parent: Context | None = None
) -> Iterator[dict[str, Any]]:
    """Describe each command below this one, except groups; imports them all."""
    ctx = Context(command, info_name=path[-1] if path else "mailtrap", parent=parent, **command.context_settings)
    members = getattr(command, "list_commands", None)
    if members is None:
        yield describe_command(command, path, ctx)
        return
    for name in members(ctx):
        member = command.get_command(ctx, name)  # type: ignore[attr-defined]  # only groups have members
        if member is not None and not member.hidden:
            yield from describe_commands(member, (*path, name), ctx)


def describe_command(command: Command, path: tuple[str, ...], ctx: Context) -> dict[str, Any]:
    """Describe one command: what it does, its parameters, its API operations, its exit codes."""
    facts = facts_of(command.callback)
    parameters: list[Any] = list(command.get_params(ctx))
    arguments = [one for one in parameters if one.param_type_name == "argument" and not one.hidden]
    options = [one for one in parameters if one.param_type_name != "argument" and not one.hidden]
    return {
        "name": " ".join(path),
        "summary": command.get_short_help_str(limit=1000),
        "help": (command.help or "").strip(),
        "arguments": [{"name": one.name, "metavar": one.metavar, **_describe_value(one, facts)} for one in arguments],
        "options": [
            {"flags": _list_flags(one), **_describe_value(one, facts), "common": _is_common(one)} for one in options
        ],
        "operations": list(facts.operations),
        "hosts": list(facts.hosts),
        "destructive": facts.destructive,
        "sends": facts.sends,
        "examples": read_examples(command.epilog),
        "exit_codes": sorted({*map(int, EVERYWHERE), *map(int, ANSWERS if facts.hosts else ()), *facts.exit_codes}),
    }


def _describe_value(parameter: Any, facts: Facts) -> dict[str, Any]:
    name = parameter.name.rstrip("_") if parameter.param_type_name == "argument" else parameter.name
    choices = facts.choices.get(name) or tuple(map(str, getattr(parameter.type, "choices", ())))
    default = None if callable(parameter.default) or isinstance(parameter.default, bool) else parameter.default
    return {
        "type": facts.types.get(name) or _name_type(parameter, bool(choices)),
        "choices": list(choices) or None,
        "default": False if getattr(parameter, "is_flag", False) and not parameter.secondary_opts else default,
        "required": bool(parameter.required),
        "repeatable": bool(getattr(parameter, "multiple", False) or parameter.nargs == -1),
        "help": getattr(parameter, "help", None) or "",
    }


def _name_type(parameter: Any, has_choices: bool) -> str:
    if has_choices:
        return "enum"
    if getattr(parameter, "is_flag", False):
        return "boolean"
    kind = getattr(parameter.type, "kind", None)
    for name, python in (("integer", int), ("number", float)):
        if kind is python or parameter.type.name.startswith({"integer": "int", "number": "float"}[name]):
            return name
    return "file" if parameter.type.name == "path" else "string"


def _list_flags(parameter: Any) -> list[str]:
    """List flags: short names first, `--x` before `--no-x`."""
    return [*sorted(parameter.opts, key=lambda flag: (flag.startswith("--"), flag)), *parameter.secondary_opts]


def _is_common(parameter: Any) -> bool:
    return getattr(parameter, "rich_help_panel", None) == PANEL
