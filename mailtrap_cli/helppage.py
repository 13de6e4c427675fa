"""Help pages: plain text in a pipe, panels on a terminal.

Typer's own panels import Rich's Markdown and traceback modules, which cost more than the rest of a help page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .context import World, is_terminal
from .options import PANEL

if TYPE_CHECKING:
    from rich.console import RenderableType
    from typer._click.core import Context

WIDEST = 120  # columns: longer lines are hard to read


def page(ctx: Context) -> str:
    """The help page of this context's command, as the stdout of its run shows it best."""
    world: World = ctx.obj
    if is_terminal(world.stdout) or world.env.get("FORCE_COLOR", "0") not in ("", "0"):
        return _panels(ctx, world)
    return ctx.get_help() + "\n"


def _panels(ctx: Context, world: World) -> str:
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
    usage = " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)])
    with console.capture() as shown:
        console.print(Padding(Text.assemble(("Usage: ", "yellow"), (usage, "bold")), 1))
        for number, paragraph in enumerate(_paragraphs(command.help)):
            console.print(Padding(Text(paragraph, style="dim" if number else ""), (0, 1, 1, 1)))
        for title, rows in _sections(ctx, command).items():
            console.print(_panel(title, rows))
        for paragraph in _paragraphs(command.epilog):
            console.print(Padding(Text(paragraph), (1, 1, 0, 1)))
        console.print()
    return shown.get()


def _paragraphs(text: str | None) -> Iterator[str]:
    for paragraph in (text or "").strip().split("\n\n"):
        if paragraph:
            yield " ".join(paragraph.split())


def _sections(ctx: Context, command: Any) -> dict[str, list[tuple[str, str]]]:
    """The rows of each panel, the common options last: what the plain page says of arguments, options, subcommands."""
    sections: dict[str, list[tuple[str, str]]] = {}
    for parameter in command.get_params(ctx):
        if (row := parameter.get_help_record(ctx)) is not None:
            default = "Arguments" if parameter.param_type_name == "argument" else "Options"
            sections.setdefault(parameter.rich_help_panel or default, []).append(row)
    for name, member in getattr(command, "commands", {}).items():
        if not member.hidden:
            row = (name, member.get_short_help_str(limit=200))
            sections.setdefault(member.rich_help_panel or "Commands", []).append(row)
    return {**sections, PANEL: sections.pop(PANEL)}


def _panel(title: str, rows: list[tuple[str, str]]) -> RenderableType:
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="cyan", overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    for names, says in rows:
        table.add_row(Text(names), Text(says))
    return Panel(table, title=Text(title, style="bold"), title_align="left", border_style="dim")
