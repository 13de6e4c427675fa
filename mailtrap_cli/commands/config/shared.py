"""Shared by the commands of `mailtrap config`: the configuration file of this run, and the profile to work on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...cli.value_types import PROFILE
from ...config.file import ConfigFile, config_path, edit_config, read_config
from ...config.profile import LOCAL, find_profile
from ...config.settings import ENVIRONMENT, NEXT_STEPS, NOT_SET_UP
from ...errors import ConfigError, InputError

if TYPE_CHECKING:
    from ...cli.context import World

Name = Annotated[str, typer.Argument(click_type=PROFILE, help="The profile.")]
Key = Annotated[str, typer.Argument(metavar="KEY", help="Such as from, stream, sandbox_id or hosts.send.")]


def read_file(world: World) -> ConfigFile:
    """Read the configuration file; print its warnings."""
    file = read_config(config_path(world.env))
    for warning in file.warnings:
        world.notice(warning)
    return file


def edit_file(world: World, change: Callable[[dict[str, Any]], None]) -> None:
    """Apply `change` to the document and write it; print what the user should know about it."""
    for notice in edit_config(config_path(world.env), change):
        world.notice(notice)


def choose_profile(world: World, name: str | None = None) -> tuple[str, dict[str, Any]]:
    """Return the named profile, or the one in use. Raises ConfigError."""
    file = read_file(world)
    name = name if name is not None else name_in_use(world, file)
    if not name:
        if any(world.env.get(variable) for variable in ENVIRONMENT["token"]):
            raise ConfigError("No profile yet", hint="Create one with: mailtrap config init")
        raise ConfigError(NOT_SET_UP, hint=NEXT_STEPS)
    return name, find_profile(file.profiles, name, config_path(world.env))


def name_in_use(world: World, file: ConfigFile) -> str | None:
    """Return the name of the profile that a run would use."""
    return world.common.profile or world.env.get("MAILTRAP_PROFILE") or file.default_profile


def check_new_name(name: str) -> str:
    """Return the name if it is valid for a profile. Raises InputError."""
    if name == LOCAL:
        raise InputError("The profile local always exists: it is the local sandbox", hint="Choose another name.")
    if not name.isprintable() or not name.strip() or name.startswith("-") or len(name) > 100:
        raise InputError(f"{name[:100]!r} cannot be the name of a profile", hint="Use a short name, such as staging.")
    return name


def check_own(profiles: Mapping[str, Any], name: str, path: Path) -> None:
    """Raise an error unless the profile is in the file."""
    if name == LOCAL:
        raise InputError("The profile local is built in: it can be neither renamed nor removed")
    find_profile(profiles, name, path)
