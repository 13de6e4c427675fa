"""`mailtrap local fault`: show or change the faults of a running server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ...cli.examples import join_examples
from ...cli.options import expand_options
from ...local.environment import PORT
from ...output import Column
from .shared import FaultOptions, ServerPort, ServerTokenEnv, read_token, state_dir

if TYPE_CHECKING:
    from ...cli.context import World

app = typer.Typer()


@app.command(epilog=join_examples("mailtrap local fault --latency 2s --fail 503:10%", "mailtrap local fault --clear"))
@expand_options
def fault(
    ctx: typer.Context,
    options: FaultOptions,
    port: ServerPort = None,
    token_env: ServerTokenEnv = None,
    clear: Annotated[bool, typer.Option("--clear", help="Clear all faults first.")] = False,
) -> None:
    """Change the faults of a running server; without options, show them.

    JSON: latency, jitter (seconds), rate_limit, fail, reset, partial (shares from 0 to 1).
    """
    from ...local.faults import Faults
    from ...local.faults_client import change_faults
    from ...local.ready_file import read_server

    world: World = ctx.obj
    changes = {**(Faults().as_json() if clear else {}), **options.list_changes()}
    if options.seed is not None:
        changes["seed"] = options.seed
    if port is None:
        running = read_server(state_dir(world))
        port = PORT if running is None else running["port"]
    document = change_faults(port, changes, read_token(world, token_env))
    columns = [Column(name.replace("_", " ").capitalize(), name) for name in document]
    world.out.record(document, columns, essential="latency")
