"""`mailtrap config list`, `show`, `get` and `path`: show the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...cli.examples import join_examples
from ...cli.value_types import PROFILE
from ...config.file import config_path
from ...config.profile import (
    LOCAL,
    describe_target,
    describe_token,
    flatten_profile,
    known_key,
    mask_profile,
)
from ...errors import ConfigError
from ...output import Column
from .shared import Key, choose_profile, name_in_use, read_file

if TYPE_CHECKING:
    from ...cli.context import World

app = typer.Typer()

PROFILES = (
    Column("Name", "name", keep=True),
    Column("Default", "default", style=lambda text: "green" if text == "yes" else "dim", keep=True),
    Column("Target", "target", style=lambda text: "yellow" if text.startswith("LIVE") else "", keep=True),
    Column("From", "from", main=True),
    Column("Token", "token"),
)
VALUES = (Column("Key", "key", keep=True), Column("Value", "value", main=True))
ORIGINS = (*VALUES, Column("Origin", "origin"))

OneName = Annotated[str | None, typer.Argument(click_type=PROFILE, help="The profile (default: the one in use).")]


@app.command("list", epilog=join_examples("mailtrap config list", "mailtrap config list -o json"))
def list_(ctx: typer.Context) -> None:
    """List the profiles. The profile local (the local sandbox) always exists.

    JSON: name, default, target, from, token (masked), one object per profile.
    """
    world: World = ctx.obj
    file = read_file(world)
    in_use = name_in_use(world, file)
    rows = [
        {
            "name": name,
            "default": name == in_use,
            "target": describe_target(name, profile),
            "from": profile.get("from"),
            "token": describe_token(profile) if name != LOCAL else None,
        }
        for name, profile in {**file.profiles, LOCAL: file.profiles.get(LOCAL, {})}.items()
    ]
    world.out.rows(rows, PROFILES, essential="name")


@app.command(epilog=join_examples("mailtrap config show", "mailtrap config show -p staging --origins"))
def show(
    ctx: typer.Context,
    name: OneName = None,
    origins: Annotated[
        bool, typer.Option("--origins", help="Show every setting that a run would use, and where each comes from.")
    ] = False,
) -> None:
    """Show a profile. The token is masked.

    JSON: the profile's keys and values; with --origins a list of key, value, origin.
    """
    world: World = ctx.obj
    if origins:
        if name is not None:
            world.common.profile = name
        world.out.rows(_list_origins(world), ORIGINS, essential="key")
        return
    name, profile = choose_profile(world, name)
    shown = mask_profile(profile)
    rows = [{"key": key, "value": value} for key, value in flatten_profile(shown).items()]
    world.out.record(shown, VALUES, parts=rows, essential="value", empty=f"The profile {name} sets nothing.")


@app.command(epilog=join_examples("mailtrap config get from", "mailtrap config get sandbox_id -p staging"))
def get(ctx: typer.Context, key: Key) -> None:
    """Print one value of the profile in use. A token is masked.

    JSON: the value.
    """
    world: World = ctx.obj
    known_key(key)
    name, profile = choose_profile(world)
    values = flatten_profile(mask_profile(profile))
    if key not in values:
        from shlex import quote

        # Never put a token into arguments.
        how = f"mailtrap config init {quote(name)}" if key.startswith("token") else f"mailtrap config set {key} VALUE"
        raise ConfigError(f"The profile {name} does not set {key}", hint=f"Set it with: {how}")
    from ...output import plain

    world.out.text(values[key], plain(values[key]))


@app.command("path", epilog=join_examples("mailtrap config path", 'cat "$(mailtrap config path)"'))
def path_(ctx: typer.Context) -> None:
    """Print the path of the configuration file, even if it does not exist yet.

    JSON: the path.
    """
    world: World = ctx.obj
    path = str(config_path(world.env))
    world.out.text(path, path)


def _list_origins(world: World) -> list[dict[str, Any]]:
    settings = world.settings()
    credential = settings.credential
    values: dict[str, Any] = {
        "profile": settings.profile,
        "token": None if credential is None else describe_token(dict([credential])),
        "stream": settings.stream,
        "sandbox": settings.sandbox,
        "sandbox_id": settings.sandbox_id,
        "from": settings.sender,
        "rate_limit": settings.rate_limit,
        **{f"hosts.{host}": None if settings.local else url for host, url in settings.hosts.items()},
        "state_dir": str(settings.state_dir),
    }
    return [{"key": key, "value": value, "origin": settings.origins[key]} for key, value in values.items()]
