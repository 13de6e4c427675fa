"""Help pages: plain text in a pipe, panels on a terminal, from the same sections.

Typer's own panels import Rich's Markdown and traceback modules, which cost more than the rest of a help page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..terminal import is_terminal
from .context import World
from .options import PANEL
from .usage import name_parameter
from .value_types import Number, OneOf

if TYPE_CHECKING:
    from rich.console import RenderableType

    from .typer_internals import Context

WIDEST = 120  # columns: longer lines are hard to read


def page(ctx: Context) -> str:
    """The help page of this context's command, as the stdout of its run shows it best."""
    world: World = ctx.obj
    if is_terminal(world.stdout) or world.env.get("FORCE_COLOR", "0") not in ("", "0"):
        return _format_panels(ctx, world)
    return _format_plain(ctx)


def _format_plain(ctx: Context) -> str:
    command: Any = ctx.command
    formatter = ctx.make_formatter()
    formatter.write_usage(ctx.command_path, _format_usage(ctx, command))
    command.format_help_text(ctx, formatter)
    for title, rows in _list_sections(ctx, command).items():
        with formatter.section(title):
            formatter.write_dl(rows)
    # An example is one line, however long, so that it can be copied.
    return formatter.getvalue() + "".join(f"\n  {paragraph}\n" for paragraph in _split_paragraphs(command.epilog))


def _format_panels(ctx: Context, world: World) -> str:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    command: Any = ctx.command
    color = world.color(world.stdout)
    console = Console(
        file=world.stdout,
        color_system="auto" if color else None,
        force_terminal=color or None,
        no_color=not color,
        highlight=False,
    )
    console.width = min(console.width, WIDEST)
    usage = f"{ctx.command_path} {_format_usage(ctx, command)}"
    with console.capture() as shown:
        console.print(Padding(Text.assemble(("Usage: ", "yellow"), (usage, "bold")), 1))
        for number, paragraph in enumerate(_split_paragraphs(command.help)):
            console.print(Padding(Text(paragraph, style="dim" if number else ""), (0, 1, 1, 1)))
        for title, rows in _list_sections(ctx, command).items():
            console.print(_make_panel(title, rows))
        for paragraph in _split_paragraphs(command.epilog):
            console.print()
            console.print(Text(f" {paragraph}"), soft_wrap=True)
        console.print()
    return shown.get()


def _format_usage(ctx: Context, command: Any) -> str:
    """Write what follows the command's name: `[OPTIONS] FILE [NAME]`."""
    pieces = ["[OPTIONS]"]
    for parameter in command.get_params(ctx):
        if parameter.param_type_name == "argument":
            name = name_parameter(parameter)
            pieces.append(name if parameter.required or name.startswith("[") else f"[{name}]")
    return " ".join([*pieces, "COMMAND [ARGS]..."] if hasattr(command, "commands") else pieces)


def _split_paragraphs(text: str | None) -> Iterator[str]:
    for paragraph in (text or "").strip().split("\n\n"):
        if paragraph:
            yield " ".join(paragraph.split())


def _list_sections(ctx: Context, command: Any) -> dict[str, list[tuple[str, str]]]:
    """The rows of each section: arguments, options, subcommands; the common options last."""
    sections: dict[str, list[tuple[str, str]]] = {}
    for parameter in command.get_params(ctx):
        if not parameter.hidden:
            default = "Arguments" if parameter.param_type_name == "argument" else "Options"
            row = _describe_parameter(ctx, parameter)
            sections.setdefault(parameter.rich_help_panel or default, []).append(row)
    for name, member in getattr(command, "commands", {}).items():
        if not member.hidden:
            row = (name, member.get_short_help_str(limit=1000))  # never cut
            sections.setdefault(member.rich_help_panel or "Commands", []).append(row)
    common = sections.pop(PANEL)
    return {**sections, PANEL: common}


def _describe_parameter(ctx: Context, parameter: Any) -> tuple[str, str]:
    """Write the row of a parameter: its names with its value, and its help with its default and bounds."""
    extra: list[str] = []
    if parameter.param_type_name == "argument":
        names = name_parameter(parameter)
    else:
        sides = [sorted(side, key=_long_last) for side in (parameter.opts, parameter.secondary_opts) if side]
        names = " / ".join(", ".join(side) for side in sides)
        if not parameter.is_flag:
            names += f" {parameter.make_metavar(ctx=ctx)}"
    default = parameter.default
    if parameter.show_default and default not in (None, False, "") and not callable(default):
        extra.append(f"default: {parameter.opts[0] if default is True else default}")
    if isinstance(parameter.type, Number) and parameter.type.bounds:
        extra.append(parameter.type.bounds)
    if isinstance(parameter.type, OneOf) and parameter.param_type_name == "argument":
        extra.append(", ".join(parameter.type.choices))
    if parameter.required and parameter.param_type_name == "option":
        extra.append("required")
    return names, f"{parameter.help or ''}  [{'; '.join(extra)}]" if extra else parameter.help or ""


def _long_last(flag: str) -> tuple[bool, str]:
    return flag.startswith("--"), flag


def _make_panel(title: str, rows: list[tuple[str, str]]) -> RenderableType:
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="cyan", overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    for names, says in rows:
        table.add_row(Text(names), Text(says))
    return Panel(table, title=Text(title, style="bold"), title_align="left", border_style="dim")
