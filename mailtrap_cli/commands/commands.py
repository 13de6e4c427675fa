"""`mailtrap commands`: list the whole command tree, for people and programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ..cli.examples import join_examples
from ..output import Column

if TYPE_CHECKING:
    from ..cli.context import World

app = typer.Typer()

COLUMNS = (
    Column("Command", "name", keep=True),
    Column("Summary", "summary", main=True),
    Column("Operations", "operations"),
)


@app.command(epilog=join_examples("mailtrap commands", "mailtrap commands -o json"))
def commands(ctx: typer.Context) -> None:
    """List every command; with -o json everything a program needs to call them.

    JSON: an array of objects: name, summary, help, arguments, options (flags, type, choices, default, required,
    repeatable), operations (such as GET /api/domains), hosts, destructive, sends, examples, exit_codes. -q prints the
    names.
    """
    from ..cli.root import root
    from ..cli.tree import describe_commands

    world: World = ctx.obj
    world.out.rows(describe_commands(root()), COLUMNS, essential="name")
