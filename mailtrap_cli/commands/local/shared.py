"""Shared by the commands of `mailtrap local`: options, the token, and the store's folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import ConfigError, InputError

if TYPE_CHECKING:
    from ...cli.context import World

FAULTS = "Faults"

ServerPort = Annotated[
    int | None,
    typer.Option("--port", min=1, max=65535, help="The server's port (default: the running server's, or 3580)."),
]
ServerTokenEnv = Annotated[
    str | None, typer.Option("--token-env", metavar="VARIABLE", help="Variable that holds the server's token.")
]


@dataclass
class FaultOptions:
    """How the server is slow, limited or broken; None leaves a fault unchanged."""

    latency: Annotated[
        str | None,
        typer.Option("--latency", metavar="DURATION", help="Delay each answer, such as 100ms.", rich_help_panel=FAULTS),
    ] = None
    jitter: Annotated[
        str | None,
        typer.Option("--jitter", metavar="DURATION", help="Add a random delay of up to this.", rich_help_panel=FAULTS),
    ] = None
    rate_limit: Annotated[
        str | None,
        typer.Option(
            "--rate-limit",
            metavar="N/TIME|off",
            help="Limit the requests of each token, such as 150/10s.",
            rich_help_panel=FAULTS,
        ),
    ] = None
    fail: Annotated[
        list[str] | None,
        typer.Option(
            "--fail",
            metavar="STATUS:SHARE",
            help="Fail this share of requests, such as 500:5%; repeatable.",
            rich_help_panel=FAULTS,
        ),
    ] = None
    reset: Annotated[
        str | None,
        typer.Option(
            "--reset",
            metavar="SHARE",
            help="Accept, then cut the connection, such as 1%.",
            rich_help_panel=FAULTS,
        ),
    ] = None
    partial: Annotated[
        str | None,
        typer.Option(
            "--partial",
            metavar="SHARE",
            help="Refuse this share of a batch's messages, such as 2%.",
            rich_help_panel=FAULTS,
        ),
    ] = None
    seed: Annotated[
        int | None,
        typer.Option("--seed", help="Make the faults repeatable from now on.", rich_help_panel=FAULTS),
    ] = None

    def list_changes(self) -> dict[str, Any]:
        """List the given faults in the JSON form that changes them; without the seed."""
        from ...local.faults import parse_failure, parse_share
        from ...units import parse_duration, parse_rate

        changes: dict[str, Any] = {}
        for name, duration in (("latency", self.latency), ("jitter", self.jitter)):
            if duration is not None:
                changes[name] = parse_duration(duration, f"--{name}")
        if self.rate_limit is not None:
            rate = parse_rate(self.rate_limit, "--rate-limit")
            changes["rate_limit"] = None if rate is None else list(rate)
        if self.fail:
            shares = [parse_failure(text, "--fail") for text in self.fail]
            changes["fail"] = {str(status): share for status, share in shares}
        for name, share in (("reset", self.reset), ("partial", self.partial)):
            if share is not None:
                changes[name] = parse_share(share, f"--{name}")
        return changes


def state_dir(world: World) -> Path:
    """Return the folder of the local sandbox."""
    world.common.profile = "local"
    return world.settings().state_dir


def read_token(world: World, variable: str | None) -> str | None:
    """Read the token from this variable; None if no variable is named."""
    if variable is None:
        return None
    if not variable.isidentifier() or not variable.isascii():
        raise InputError(
            f"--token-env: {variable!r} is not the name of a variable", hint="Name the variable, not the token."
        )
    token = world.env.get(variable, "").strip()
    if not token:
        raise ConfigError(f"--token-env: the environment variable {variable} is not set")
    return token
