"""`mailtrap local env`: the variables that point programs at a local server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ...cli.examples import join_examples
from ...local.environment import LOOPBACK, PORT, TOKEN, format_exports, format_url, list_variables
from .shared import ServerPort, ServerTokenEnv, read_token

if TYPE_CHECKING:
    from ...cli.context import World

app = typer.Typer()


@app.command(epilog=join_examples('eval "$(mailtrap local env)"', "mailtrap local env -o json"))
def env(
    ctx: typer.Context,
    port: ServerPort = PORT,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="The server's address.")] = LOOPBACK,
    tls: Annotated[bool, typer.Option("--tls", help="The server uses https.")] = False,
    token_env: ServerTokenEnv = None,
    form: Annotated[
        Literal["shell", "dotenv", "json"], typer.Option("--format", help="Lines for a shell, a .env file, or JSON.")
    ] = "shell",
) -> None:
    """Print the environment that points this tool at a local server, for a shell's eval or a .env file.

    JSON: the variables and their values; without the token if it is in a variable of yours.
    """
    from ...config.settings import Flags, resolve_settings

    world: World = ctx.obj
    url = format_url(host, port, https=tls)
    variables = list_variables(url)
    read_token(world, token_env)
    if resolve_settings(Flags(), {**world.env, **variables}).local:
        world.notice("The profile local is in use, which needs no server: name another, or none, to reach this one")
    document = variables | ({} if token_env else {"MAILTRAP_API_TOKEN": TOKEN})
    if form == "json":
        text = json.dumps(document, indent=2)
    elif form == "dotenv":
        text = "\n".join(f"{name}={value}" for name, value in document.items())
    else:
        text = "\n".join(format_exports(url, token_env))
    world.out.text(document, text)
