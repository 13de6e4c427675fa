"""The root: the table of commands, loaded on demand, and the one boundary that prints errors and exits."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer._click.core import Command, Context, Parameter
from typer._click.exceptions import ClickException, UsageError
from typer._click.globals import get_current_context
from typer.core import TyperCommand, TyperGroup

from ..errors import ExitCode, Interrupted, MailtrapError
from ..output import FORMATS
from ..terminal import drop_bad_sizes
from ..text import ESCAPED
from .context import World
from .options import answered, common_options


@dataclass(frozen=True)
class Entry:
    """A command of the root: its line in the help, and the modules that hold it (each with an `app: typer.Typer`).

    A `noun` is a group, made of the commands of all its modules.
    """

    help: str
    panel: str
    modules: tuple[str, ...]
    noun: bool = True


SENDING, SETUP, SANDBOX, INSIGHT, CONTENT, ACCOUNT, ANYTHING = (
    "Sending",
    "Set-up",
    "Sandbox",
    "Insight",
    "Content and audience",
    "Account",
    "Anything else",
)

COMMANDS: dict[str, Entry] = {
    "send": Entry("Send one email.", SENDING, ("commands.send",), noun=False),
    "batch": Entry("Send an email for each row of a file.", SENDING, ("commands.batch",), noun=False),
    "config": Entry(
        "Profiles: tokens, streams, sandboxes.",
        SETUP,
        ("commands.config.init", "commands.config.profiles", "commands.config.changes"),
    ),
    "doctor": Entry("Check the setup: token, hosts, sandbox, sender.", SETUP, ("commands.doctor",), noun=False),
    "domains": Entry(
        "Domains: which can send, and what the others lack.",
        SETUP,
        ("commands.domains.check", "commands.domains.operations"),
    ),
    "completion": Entry("Completion script for your shell.", SETUP, ("commands.completion",), noun=False),
    "messages": Entry(
        "The messages that a sandbox captured: read, wait for, check.",
        SANDBOX,
        (
            "commands.messages.list",
            "commands.messages.show",
            "commands.messages.body",
            "commands.messages.checks",
            "commands.messages.update",
            "commands.messages.open",
            "commands.messages.wait",
            "commands.messages.expect",
        ),
    ),
    "attachments": Entry("The attachments of captured messages.", SANDBOX, ("commands.attachments",)),
    "sandboxes": Entry("The sandboxes: credentials, addresses, clean-up.", SANDBOX, ("commands.sandboxes",)),
    "projects": Entry("The projects that sandboxes belong to.", SANDBOX, ("commands.projects",)),
    "local": Entry("The local sandbox, on a port and on disk.", SANDBOX, ("commands.local",)),
}

COMMANDS |= {
    "api": Entry("Send any request to the API.", ANYTHING, ("commands.api",), noun=False),
    "commands": Entry("List every command, for people and programs.", ANYTHING, ("commands.commands",), noun=False),
}

COMMANDS |= {
    "stats": Entry("Deliveries, bounces, opens and clicks.", INSIGHT, ("commands.stats",)),
    "logs": Entry("The log of each email that was sent.", INSIGHT, ("commands.logs",)),
    "suppressions": Entry("Addresses that get no more emails.", INSIGHT, ("commands.suppressions",)),
    "tracking-opt-outs": Entry("Addresses that are not tracked.", INSIGHT, ("commands.tracking_opt_outs",)),
    "webhooks": Entry("URLs that get events.", INSIGHT, ("commands.webhooks",)),
    "templates": Entry("Email templates.", CONTENT, ("commands.templates",)),
    "campaigns": Entry("Campaigns: write, schedule, send.", CONTENT, ("commands.campaigns",)),
    "contacts": Entry("Contacts: import, export, events.", CONTENT, ("commands.contacts",)),
    "contact-lists": Entry("Lists of contacts.", CONTENT, ("commands.contact_lists",)),
    "contact-fields": Entry("Fields of contacts.", CONTENT, ("commands.contact_fields",)),
    "inbound": Entry("Received emails: inboxes, messages, threads.", CONTENT, ("commands.inbound",)),
    "accounts": Entry("Accounts that the token can access.", ACCOUNT, ("commands.accounts",)),
    "account-access": Entry("Who has access to the account.", ACCOUNT, ("commands.account_access",)),
    "permissions": Entry("What users and tokens may do.", ACCOUNT, ("commands.permissions",)),
    "tokens": Entry("API tokens.", ACCOUNT, ("commands.tokens",)),
    "billing": Entry("Usage of the billing cycle.", ACCOUNT, ("commands.billing",)),
    "organizations": Entry("Sub-accounts of an organization.", ACCOUNT, ("commands.organizations",)),
}

DESCRIPTION = "The command line of the Mailtrap email platform."
FIRST_STEP = "Try it without an account: mailtrap send -p local --to you@example.com --subject Hello --text Hi"


class Root(TyperGroup):
    """The root command; subcommands are imported when they are run, and only then."""

    def list_commands(self, ctx: Context) -> list[str]:
        """The names in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """The command of this name, imported. (Help pages are written from the stand-ins in `commands`.)"""
        return load(cmd_name) if cmd_name in COMMANDS else None


def load(name: str) -> Command:
    """Import one command of the table and equip it with the common options."""
    entry = COMMANDS[name]
    apps: list[typer.Typer] = [import_module(f"mailtrap_cli.{module}").app for module in entry.modules]
    groups = [typer.main.get_group(app) for app in apps]
    command: Command
    if entry.noun:
        members = {member: command for group in groups for member, command in group.commands.items()}
        command = TyperGroup(name=name, help=entry.help, commands=members)
    else:
        (command,) = groups[0].commands.values()
    _equip(command)
    return command


def root() -> Root:
    """The root command, without any subcommand loaded."""
    stand_ins: dict[str, Command] = {
        name: TyperCommand(name, help=entry.help, rich_help_panel=entry.panel) for name, entry in COMMANDS.items()
    }
    command = Root(name="mailtrap", help=DESCRIPTION, epilog=FIRST_STEP, commands=stand_ins)
    _equip(command)
    return command


METAVARS = {"str": "TEXT", "int": "N", "int range": "N", "float": "NUMBER", "float range": "NUMBER"}


def _equip(command: Command) -> None:
    for parameter in command.params:
        parameter.metavar = parameter.metavar or METAVARS.get(parameter.type.name)
    command.params.extend(common_options())
    for parameter in command.params:
        _take_plain_numbers(parameter)
    command.params.append(answered(["-h", "--help"], _help, "Show this message and exit."))
    _adjust_parsing(command)
    if isinstance(command, TyperCommand | TyperGroup):
        command.rich_markup_mode = None  # the panels are our own, see helppage.py
    if isinstance(command, TyperGroup):
        command.invoke_without_command = True
        command.callback = _help_of_group
        if not isinstance(command, Root):
            for member in command.commands.values():
                _equip(member)


def _take_plain_numbers(parameter: Parameter) -> None:
    """Take numbers in ASCII digits only, of at most 18: Python reads `٣`, `1_000` and numbers of any length too."""
    if not parameter.type.name.startswith(("int", "float")):
        return
    parameter.type = copy(parameter.type)
    convert = parameter.type.convert

    def convert_plain(value: Any, param: Parameter | None, ctx: Context | None) -> Any:
        if isinstance(value, str) and (not value.isascii() or "_" in value or len(value.strip("+-")) > 18):
            parameter.type.fail(f"{value[:30]!r} is not a number of at most 18 digits.", param, ctx)
        return convert(value, param, ctx)

    parameter.type.convert = convert_plain  # type: ignore[method-assign]  # of this copy alone


def _adjust_parsing(command: Command) -> None:
    """Have each error of this command's parsing name it, as some know only their option, and let options stand alone.

    Those are written `[NAME]`: at the end or before another option they mean `*`, any name.
    """
    parse = command.parse_args
    alone = {flag for parameter in command.params if parameter.metavar == "[NAME]" for flag in parameter.opts}

    def parse_args(ctx: Context, args: list[str]) -> list[str]:
        if alone and args:
            following = [*args[1:], "--"]
            args = [
                f"{arg}=*" if arg in alone and after.startswith("-") else arg
                for arg, after in zip(args, following, strict=True)
            ]
        try:
            return parse(ctx, args)
        except UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    command.parse_args = parse_args  # type: ignore[method-assign]  # Typer makes the commands' classes


def _help(ctx: typer.Context) -> str:
    from .help import page

    return page(ctx)


def _help_of_group(*_: Any, **__: Any) -> None:
    """A group without a subcommand prints its help and exits 0, as gh does; so does `mailtrap` alone."""
    ctx = get_current_context()
    if ctx.invoked_subcommand is None:
        from .help import page

        ctx.obj.write(page(ctx))


def run(argv: list[str], world: World | None = None) -> int:
    """Run one command line; prints errors, returns the exit code, never raises. `world` is the process's by default."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            with suppress(OSError):  # what is wrong with a stream is said where it is written
                stream.reconfigure(errors=ESCAPED)
    drop_bad_sizes(os.environ)
    world = world or World()
    if argv[:1] == ["help"]:  # `mailtrap help send`, as git and gh have it
        argv = [*argv[1:], "--help"]
    try:
        code = _run(world, list(argv))
    except BrokenPipeError:
        code = ExitCode.OK  # the reader had enough, as `head` does
    except MailtrapError as error:
        report(world, error, argv)
        code = error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        report(world, Interrupted("Interrupted"), argv)
        code = ExitCode.INTERRUPTED
    except ClickException as error:
        report(world, _usage(error), argv)
        code = ExitCode.USAGE
    except Exception as error:
        if world.env.get("MAILTRAP_DEBUG"):
            raise
        report(world, _bug(error), argv)
        code = ExitCode.REFUSED
    _silence_streams()
    return int(code)


def _run(world: World, argv: list[str]) -> int:
    try:
        with root().make_context("mailtrap", argv, obj=world) as ctx:
            ctx.command.invoke(ctx)
    except typer.Exit as stop:
        _flush(world)
        return stop.exit_code
    _flush(world)
    return ExitCode.OK


def _flush(world: World) -> None:
    try:
        world.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        from ..errors import lost_output

        raise lost_output(error) from error


def _silence_streams() -> None:
    """Keep the interpreter from complaining, on its way out, of what a closed pipe or full disk did not take."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, stream.fileno())
            os.close(null)


def report(world: World, error: MailtrapError, argv: Sequence[str]) -> None:
    """Print one error on stderr: a sentence with its hint, or the JSON object under `-o json|jsonl`."""
    from ..text import clean, dumps

    if (world.common.output or _asked_format(argv)) in ("json", "jsonl"):
        document = {
            "code": int(error.exit_code),
            "message": error.message,
            "hint": error.hint,
            "status": error.status,
            "details": error.details,
        }
        text = dumps({"error": document})
    else:
        label = "\x1b[31;1mError:\x1b[0m" if world.color(world.stderr) else "Error:"
        lines = [f"{label} {clean(error.message)}" + ("" if error.message.endswith((".", "!", "?")) else ".")]
        lines += [f"  {clean(detail)}" for detail in error.details if detail not in error.message]
        if error.hint:
            lines.append(f"Hint: {clean(error.hint)}")
        text = "\n".join(lines)
    try:
        world.stderr.write(text + "\n")
        world.stderr.flush()
    except (OSError, ValueError):
        pass  # nobody is listening; the exit code still says it


def _asked_format(argv: Sequence[str]) -> str | None:
    """The format named on a command line that could not be parsed."""
    import re

    asked = None
    for word, following in zip(argv, [*argv[1:], ""], strict=True):
        found = re.fullmatch(r"(?:--output=?|-[qv]*o)(.*)", word, re.DOTALL)
        if found and (found[1] or following) in FORMATS:
            asked = found[1] or following
    return asked


def _usage(error: ClickException) -> MailtrapError:
    import re

    from .help import in_words

    path = error.ctx.command_path if isinstance(error, UsageError) and error.ctx else "mailtrap"
    message = error.format_message()
    for technical, words in ((r"valid int(eger)?( range)?", "whole number"), (r"valid float( range)?", "number")):
        message = re.sub(rf"is not a {technical}\.$", f"is not a {words}.", message)
    problem = MailtrapError(in_words(message.replace("is not in the range ", "is not ")), hint=f"See: {path} --help")
    problem.exit_code = ExitCode.USAGE
    return problem


def _bug(error: Exception) -> MailtrapError:
    return MailtrapError(
        f"Unexpected {type(error).__name__}: {error}",
        hint="This is a bug in mailtrap: please report it. MAILTRAP_DEBUG=1 shows where it happened.",
    )
