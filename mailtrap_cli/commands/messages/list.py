"""`mailtrap messages list`: the captured messages, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ...cli.facts import with_facts
from ...cli.filters import MessageFilters, SandboxId
from ...cli.options import LIMIT, Limit, expand_options
from .columns import columns_of

if TYPE_CHECKING:
    from ...cli.context import World

app = typer.Typer()


@app.command("list", epilog="Example: mailtrap messages list -p local --to ada@example.com --since 10m")
@with_facts("GET /api/sandboxes/{sandbox_id}/messages")
@expand_options
def list_(
    ctx: typer.Context,
    filters: MessageFilters,
    sandbox_id: SandboxId = None,
    limit: Limit = LIMIT,
) -> None:
    """List the messages of a sandbox, newest first.

    JSON: the API's message objects.
    """
    from ...cli.rest_run import limit_rows

    world: World = ctx.obj
    with world.mailbox(sandbox_id) as box:
        empty = f"The sandbox has no {filters.noun}." if filters else "The sandbox is empty."
        world.out.rows(limit_rows(world, box.find(filters), limit), columns_of(box), empty=empty)
