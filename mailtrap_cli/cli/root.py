"""The root: the table of commands, loaded on demand, and the single boundary that prints errors and exits."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import typer
from typer.core import TyperCommand

from ..errors import ExitCode, Interrupted, MailtrapError, describe_bug, naming_options
from ..output import FORMATS
from ..terminal import drop_bad_sizes
from ..text import ESCAPED
from .commands import COMMANDS
from .context import World
from .examples import join_examples
from .flag_names import name_flag
from .loader import Root, equip
from .typer_internals import ClickException, Command

DESCRIPTION = "The command line of the Mailtrap email platform."
EARLY_FLAGS = ("--no-pager", "--no-color", "--no-input")
FIRST_STEPS = (
    "mailtrap send -p local --to ada@example.com --subject Hello --text Hi",
    "mailtrap messages list -p local",
)


def root() -> Root:
    """Create the root command, without loading any subcommand."""
    stand_ins: dict[str, Command] = {
        name: TyperCommand(name, help=entry.help, rich_help_panel=entry.panel) for name, entry in COMMANDS.items()
    }
    command = Root("mailtrap", DESCRIPTION, stand_ins, epilog=join_examples(*FIRST_STEPS))
    equip(command)
    return command


def run(argv: list[str], world: World | None = None) -> int:
    """Run one command line: print errors, return the exit code, never raise. `world` defaults to the process's own."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            with suppress(OSError):  # a broken stream is reported on the first write to it
                stream.reconfigure(errors=ESCAPED)
    drop_bad_sizes(os.environ)
    world = world or World()
    world.arguments = list(argv)
    try:
        code = _run_command(world, list(argv))
    except BrokenPipeError:
        code = ExitCode.OK  # the reader has seen enough, like `head`
    except MailtrapError as error:
        report(world, error, argv)
        code = error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        report(world, Interrupted("Interrupted"), argv)
        code = ExitCode.INTERRUPTED
    except ClickException as error:
        from .usage import explain_usage_error

        report(world, explain_usage_error(error, argv), argv)
        code = ExitCode.USAGE
    except Exception as error:
        if world.env.get("MAILTRAP_DEBUG"):
            raise
        report(world, _explain_bug(error), argv)
        code = ExitCode.REFUSED
    _silence_streams()
    return int(code)


def _run_command(world: World, argv: list[str]) -> int:
    # Apply to help pages and parsing errors too, which end the run before the options are parsed.
    for flag in {*argv} & {*EARLY_FLAGS}:
        setattr(world.common, flag.removeprefix("--").replace("-", "_"), True)
    words = [word for word in argv if word not in EARLY_FLAGS]
    start = 0
    if "help" in words:
        from .other_tools import count_common

        start = count_common(words)
    if words[start : start + 1] == ["help"]:  # `mailtrap help send`, as in git and gh
        from .topics import show_topic

        common, topic = words[:start], words[start + 1 :]
        world.reading = True
        if len(topic) == 1 and show_topic(world, topic[0]):
            _flush_output(world)
            return ExitCode.OK
        argv = [*common, *topic, "--help"]
    try:
        with naming_options(name_flag), root().make_context("mailtrap", argv, obj=world) as ctx:
            ctx.command.invoke(ctx)
    except typer.Exit as stop:
        _flush_output(world)
        return stop.exit_code
    _flush_output(world)
    return ExitCode.OK


def _flush_output(world: World) -> None:
    try:
        world.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        from ..errors import lost_output

        raise lost_output(error) from error


def _silence_streams() -> None:
    """Keep the interpreter from complaining at exit about output that a closed pipe or full disk did not take."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, stream.fileno())
            os.close(null)


def report(world: World, error: MailtrapError, argv: Sequence[str]) -> None:
    """Print one error on stderr: a sentence with its hint, or a JSON object with `-o json|jsonl`."""
    from ..text import clean, dumps
    from .hint_profiles import keep_profile

    profile = world.common.profile
    hint = keep_profile(error.hint, profile) if error.hint else None
    details = [keep_profile(one, profile) if one.startswith("More: ") else one for one in error.details]
    if (world.common.output or _asked_format(argv)) in ("json", "jsonl"):
        document = {
            "code": int(error.exit_code),
            "message": error.message,
            "hint": hint,
            "status": error.status,
            "details": details,
        }
        text = dumps({"error": document})
    else:
        label = "\x1b[31;1mError:\x1b[0m" if world.color(world.stderr) else "Error:"
        lines = [f"{label} {clean(error.message)}" + ("" if error.message.endswith((".", "!", "?")) else ".")]
        lines += [f"  {clean(detail)}" for detail in details if detail.rstrip(".") not in error.message]
        if hint:
            lines.append(f"Hint: {clean(hint)}")
        text = "\n".join(lines)
    try:
        world.stderr.write(text + "\n")
        world.stderr.flush()
    except (OSError, ValueError):
        pass  # nobody can read it; the exit code still tells


def _asked_format(argv: Sequence[str]) -> str | None:
    """Return the format named on a command line that could not be parsed."""
    import re

    asked = None
    for word, following in zip(argv, [*argv[1:], ""], strict=False):
        found = re.fullmatch(r"(?:--output=?|-[qv]*o)(.*)", word, re.DOTALL)
        if found and (found[1] or following) in FORMATS:
            asked = found[1] or following
    return asked


def _explain_bug(error: Exception) -> MailtrapError:
    return MailtrapError(
        describe_bug(error),
        hint="This is a bug in mailtrap: please report it. MAILTRAP_DEBUG=1 shows where it happened.",
    )
