"""`mailtrap messages list`: list captured messages, newest first, or as they arrive."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from ...cli.examples import join_examples
from ...cli.facts import with_facts
from ...cli.filters import MessageFilters, SandboxId
from ...cli.options import LIMIT, Limit, expand_options
from ...errors import InputError
from ...output import Row
from .columns import columns_of

if TYPE_CHECKING:
    from ...cli.context import World
    from ...sandbox.mailbox import Filters, Mailbox

app = typer.Typer()

WATCH_PAUSE = 2.0  # seconds between requests with --watch
CLEAR = "\x1b[H\x1b[2J\x1b[3J"  # terminal codes: go to the first cell, clear the screen and the scrollback


@app.command(
    "list",
    epilog=join_examples(
        "mailtrap messages list",
        "mailtrap messages list -p local --to ada@example.com --since 10m",
        "mailtrap messages list --unread --limit all -o csv",
    ),
)
@with_facts("GET /api/sandboxes/{sandbox_id}/messages")
@expand_options
def list_(
    ctx: typer.Context,
    filters: MessageFilters,
    sandbox_id: SandboxId = None,
    limit: Limit = LIMIT,
    watch: Annotated[bool, typer.Option("--watch", help="Keep going, and show messages as they arrive.")] = False,
) -> None:
    """List the messages of a sandbox, newest first. Unread ones are bold.

    With --watch a terminal redraws the list whenever it changes; elsewhere the messages come oldest first, one line
    each. Stop with Ctrl-C.

    JSON: the API's message objects.
    """
    from ...cli.rest_run import limit_rows

    world: World = ctx.obj
    if watch and world.common.output == "json":
        raise InputError("--watch never ends, so it cannot print a JSON document", hint="Use -o jsonl.")
    with world.mailbox(sandbox_id) as box:
        if not watch:
            empty = f"The sandbox has no {filters.noun}." if filters else "The sandbox is empty."
            rows = limit_rows(world, box.find(filters), limit)
            world.out.rows(rows, columns_of(box), empty=empty, row_style=style_row)
        elif world.out.is_table:
            _redraw_list(world, box, filters, limit)
        else:
            world.out.rows(_follow_messages(world, box, filters, limit), columns_of(box))


def style_row(row: Row) -> str:
    """Return the style of a message in a list: bold if unread."""
    return "" if row.get("is_read") else "bold"


def _redraw_list(world: World, box: Mailbox, filters: Filters, limit: int) -> None:
    """Redraw the list whenever it changes, until Ctrl-C."""
    shown: list[Row] | None = None
    while True:
        rows = list(islice(box.find(filters), limit))
        if rows != shown:
            shown = rows
            world.out.write(CLEAR)
            waiting = f"Waiting for a {filters.noun}"
            world.out.rows(rows, columns_of(box), empty=waiting, row_style=style_row, paged=False)
            world.stdout.flush()
        time.sleep(WATCH_PAUSE)


def _follow_messages(world: World, box: Mailbox, filters: Filters, limit: int) -> Iterator[Row]:
    """Yield the messages, oldest first, and then new ones as they arrive, until Ctrl-C."""
    rows = list(islice(box.find(filters), limit))
    newest = 0
    while True:
        yield from reversed(rows)
        newest = max((row["id"] for row in rows), default=newest)
        world.stdout.flush()
        time.sleep(WATCH_PAUSE)
        rows = list(box.find(filters, after=newest))
