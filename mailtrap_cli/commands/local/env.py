"""`mailtrap local env`: the variables that point programs at a local server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ...cli.examples import join_examples
from ...local.environment import LOOPBACK, PORT, SENDER, SMTP_PORT, TOKEN, Endpoint
from .shared import ServerPort, ServerTokenEnv, read_token, state_dir

if TYPE_CHECKING:
    from ...cli.context import World

app = typer.Typer()


@app.command(
    epilog=join_examples(
        'eval "$(mailtrap local env)"', "mailtrap local env --format dotenv", "mailtrap local env --format django"
    )
)
def env(
    ctx: typer.Context,
    port: ServerPort = None,
    smtp_port: Annotated[
        int | None,
        typer.Option("--smtp-port", min=1, max=65535, help="Its SMTP port (default: the running server's, or 2525)."),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option("--host", metavar="ADDRESS", help="The server's address (likewise, or 127.0.0.1)."),
    ] = None,
    tls: Annotated[bool, typer.Option("--tls", help="The server uses https.")] = False,
    token_env: ServerTokenEnv = None,
    form: Annotated[
        Literal["shell", "dotenv", "json", "rails", "laravel", "django", "nodemailer", "spring"],
        typer.Option("--format", help="Lines for a shell, a .env file, JSON, or the SMTP settings of a framework."),
    ] = "shell",
) -> None:
    """Print environment variables that point programs at a local server, for a shell's eval or a .env file.

    The MAILTRAP_ variables are for this tool and the SDKs; SMTP_HOST and the others are for programs that send by SMTP.
    The name of a framework prints its SMTP settings instead, ready to paste.

    JSON: the variables and their values; without the token if it is in a variable of yours.
    """
    from urllib.parse import urlsplit

    from ...config.settings import Flags, resolve_settings
    from ...local.ready_file import read_server

    world: World = ctx.obj
    running = read_server(state_dir(world))
    if running is not None and port in (None, running.get("port")):
        url = urlsplit(str(running.get("url")))
        port, tls, host = running.get("port"), tls or url.scheme == "https", host or url.hostname
        smtp_port = smtp_port or running.get("smtp_port")
    else:
        smtp_port = smtp_port or SMTP_PORT
    endpoint = Endpoint(host or LOOPBACK, port or PORT, smtp_port, tls, token_env)
    variables = endpoint.list_variables()
    read_token(world, token_env)
    if resolve_settings(Flags(), {**world.env, **variables}).local:
        world.notice(
            "The profile local is in use, which needs no server; use another profile, or none, to reach this one"
        )
    if form not in ("shell", "dotenv", "json"):
        from ...sandbox.frameworks import SmtpLogin, format_settings

        login = SmtpLogin(
            endpoint.client_host, smtp_port or SMTP_PORT, TOKEN, TOKEN, token_env, starttls=tls, sender=SENDER
        )
        text = format_settings(form, login)
        world.out.text(text, text)
        return
    if form == "json":
        text = json.dumps(variables, indent=2)
    elif form == "dotenv":
        text = "\n".join(f"{name}={value}" for name, value in variables.items())
    else:
        text = endpoint.format_exports()
    world.out.text(variables, text)
