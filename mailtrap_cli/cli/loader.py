"""Load commands on demand: of a noun, only the module of the verb in use.

`verbs_index.json` says which module holds which verb, with its help and example; `.ci/generate.py` writes it from the
modules themselves. A verb missing from it is looked for in all modules of its noun.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from .commands import COMMANDS
from .options import answered, common_options
from .typer_internals import Command, Context, Parameter, UsageError, get_current_context
from .value_types import OptionalText, Text, own_type

INDEX = Path(__file__).with_name("verbs_index.json")
PACKAGE = "mailtrap_cli"
# Verbs of other tools; the first of ours that the noun has is used.
ALIASES = {"ls": ("list",), "show": ("get",), "get": ("show",), "rm": ("delete", "remove")}


class Group(TyperGroup):
    """A command with subcommands and their aliases. Without a subcommand it prints its help and exits 0, as gh does."""

    def __init__(self, name: str, help_: str, commands: dict[str, Command], epilog: str | None = None) -> None:
        super().__init__(
            name=name,
            help=help_,
            epilog=epilog,
            commands=commands,
            invoke_without_command=True,
            callback=_print_help_of_group,
        )

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """Find the command for the first word, which may be an alias."""
        known = (args[0], *ALIASES.get(args[0], ()))
        name = next((name for name in known if name in self.commands), args[0])
        return super().resolve_command(ctx, [name, *args[1:]])


class Noun(Group):
    """A noun of the table; `commands` are placeholders with their help lines, as far as the index knows them."""

    def __init__(self, name: str) -> None:
        self.noun = name
        self.verbs = read_index().get(name, {})
        stand_ins: dict[str, Command] = {
            verb: TyperCommand(verb, help=entry["help"], epilog=entry.get("example"))
            for verb, entry in self.verbs.items()
        }
        super().__init__(name, COMMANDS[name].help, stand_ins or load_verbs(find_modules(name)))

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Import the module of this verb, or all modules of the noun if the index does not have it."""
        entry = self.verbs.get(cmd_name)
        verbs = load_verbs([entry["module"]], only=cmd_name) if entry else load_verbs(find_modules(self.noun))
        return verbs.get(cmd_name)


class Root(Group):
    """The root command; `commands` are placeholders for the help page."""

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Load the command of this name."""
        if cmd_name not in COMMANDS:
            return None
        if COMMANDS[cmd_name].noun:
            return equip(Noun(cmd_name))
        return load_command(cmd_name)


@cache
def read_index() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Read the index: noun → verb → its `module` and `help`. Empty before the first generation."""
    try:
        found: dict[str, Any] = json.loads(INDEX.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def find_modules(name: str) -> list[str]:
    """Find the modules of a command by name, without importing them: one file, or the files of a folder."""
    stem = name.replace("-", "_")
    folder = Path(__file__).parent.parent / "commands" / stem
    if not folder.is_dir():
        return [f"commands.{stem}"]
    return [f"commands.{stem}.{file.stem}" for file in sorted(folder.glob("[!_]*.py"))]


def load_verbs(modules: Iterable[str], *, only: str | None = None) -> dict[str, Command]:
    """Import these modules and build the commands of those that have an `app`, with the common options.

    With `only`, build only the command or group of this name, if its declaration has a name.
    """
    verbs: dict[str, Command] = {}
    for module in modules:
        app = getattr(import_module(f"{PACKAGE}.{module}"), "app", None)
        if isinstance(app, typer.Typer):
            verbs |= typer.main.get_group(_narrow_app(app, only) if only else app).commands
    return {name: equip(command) for name, command in verbs.items()}


def _narrow_app(app: typer.Typer, name: str) -> typer.Typer:
    narrow = typer.Typer()
    narrow.registered_commands = [one for one in app.registered_commands if one.name == name]
    narrow.registered_groups = [one for one in app.registered_groups if one.name == name]
    return narrow if narrow.registered_commands or narrow.registered_groups else app


def load_command(name: str) -> Command:
    """Load a command of the table, with all its verbs."""
    verbs = load_verbs(find_modules(name))
    return equip(Group(name, COMMANDS[name].help, verbs)) if COMMANDS[name].noun else verbs[name]


def equip(command: Command) -> Command:
    """Give a command and everything below it the common options, our value types and our groups."""
    if isinstance(command, TyperGroup) and not isinstance(command, Group):
        members = {name: equip(member) for name, member in command.commands.items()}
        return equip(Group(command.name or "", command.help or "", members))
    command.params.extend(common_options())
    command.params.append(answered(["-h", "--help"], _format_help, "Show this help."))
    for parameter in command.params:
        parameter.type = own_type(parameter.type)
        if parameter.param_type_name == "argument":
            parameter.metavar = parameter.metavar or _name_value(parameter)
    _adjust_parsing(command)
    if isinstance(command, TyperCommand | TyperGroup):
        command.rich_markup_mode = None  # we make our own panels, see help.py
    return command


def _name_value(parameter: Parameter) -> str:
    kind = parameter.type
    return kind.metavar if isinstance(kind, Text) else (parameter.name or "").upper()


def _adjust_parsing(command: Command) -> None:
    """Make every parsing error of this command name the command, and let an OptionalText option omit its value."""
    parse = command.parse_args
    alone = {
        flag: parameter.type.default
        for parameter in command.params
        if isinstance(parameter.type, OptionalText)
        for flag in parameter.opts
    }

    def parse_args(ctx: Context, args: list[str]) -> list[str]:
        if alone and args:
            following = [*args[1:], "--"]
            args = [
                f"{arg}={alone[arg]}" if arg in alone and after.startswith("-") else arg
                for arg, after in zip(args, following, strict=True)
            ]
        try:
            return parse(ctx, args)
        except UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    command.parse_args = parse_args  # type: ignore[method-assign]  # Typer makes the commands' classes


def _format_help(ctx: Context) -> str:
    from .help import page

    return page(ctx)


def _print_help_of_group(*_: Any, **__: Any) -> None:
    ctx = get_current_context()
    if ctx.invoked_subcommand is None:
        ctx.obj.show_help(_format_help(ctx))
