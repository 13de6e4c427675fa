"""`mailtrap config set`, `unset`, `use`, `rename`, `remove` and `edit`: changes to the configuration file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...cli.examples import join_examples
from ...cli.facts import with_facts
from ...cli.options import Yes
from ...cli.prompts import find_editor, run_editor
from ...config.file import check_config, config_path, parse_config, read_bytes, read_config, replace_config
from ...config.profile import (
    check_given,
    describe_target,
    find_profile,
    known_key,
    mask_profile,
    set_value,
    unset_value,
    value_from,
)
from ...errors import ConfigError, InputError
from ...output import plain
from .shared import Key, Name, check_new_name, check_own, choose_profile, edit_file, name_in_use, read_file

if TYPE_CHECKING:
    from ...cli.context import World

app = typer.Typer()


@app.command(
    "set",
    epilog=join_examples(
        "mailtrap config set from no-reply@acme.example", "mailtrap config set stream bulk -p production"
    ),
)
def set_(
    ctx: typer.Context,
    key: Key,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="The new value.")],
) -> None:
    """Set one value of the profile in use (choose another with --profile)."""
    world: World = ctx.obj
    known_key(key)
    if key in ("token", "token_keyring"):
        name = name_in_use(world, read_file(world)) or "default"
        raise InputError(
            "A token is never taken from the command line, where ps and the shell's history would show it",
            hint=f"Pipe it in: mailtrap config init {quote(name)} --token-stdin",
        )
    new = value_from(key, value)
    check_given(key, new)
    name = _edit_profile(world, lambda profile: set_value(profile, key, new))
    shown = plain(mask_profile({key: new}).get(key, new))
    world.notice(f'✓ Set {key} to {shown} in profile "{name}"')


@app.command(epilog=join_examples("mailtrap config unset from", "mailtrap config unset stream -p production"))
def unset(ctx: typer.Context, key: Key) -> None:
    """Remove one value from the profile in use (choose another with --profile)."""
    world: World = ctx.obj
    known_key(key)

    def change(profile: dict[str, Any]) -> None:
        if not unset_value(profile, key):
            raise ConfigError(f"The profile does not set {key}", hint="See: mailtrap config show")

    name = _edit_profile(world, change)
    if key == "token_keyring":
        from ...config.keyring_store import delete_token

        delete_token(name)
    world.notice(f'✓ Removed {key} from profile "{name}"')


@app.command(epilog=join_examples("mailtrap config use staging", "mailtrap config use local"))
def use(ctx: typer.Context, name: Name) -> None:
    """Make a profile the default."""
    world: World = ctx.obj
    path = config_path(world.env)
    target = ""

    def change(document: dict[str, Any]) -> None:
        nonlocal target
        target = describe_target(name, find_profile(document.get("profiles", {}), name, path))
        document["default_profile"] = name

    edit_file(world, change)
    if world.env.get("MAILTRAP_PROFILE") not in (None, "", name):
        world.notice(f"MAILTRAP_PROFILE={world.env['MAILTRAP_PROFILE']} still takes precedence")
    world.notice(f'✓ The default profile is now "{name}" ({target})')


@app.command(epilog=join_examples("mailtrap config rename staging qa", "mailtrap config rename production live"))
def rename(
    ctx: typer.Context,
    name: Name,
    new: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")],
) -> None:
    """Rename a profile."""
    world: World = ctx.obj
    path = config_path(world.env)
    new = check_new_name(new)

    def change(document: dict[str, Any]) -> None:
        profiles = document.get("profiles", {})
        check_own(profiles, name, path)
        if new in profiles:
            raise InputError(
                f"The profile {new} already exists", hint=f"Choose another name, or run: mailtrap config remove {new}"
            )
        if profiles[name].get("token_keyring"):
            from ...config.keyring_store import delete_token, load_token, save_token

            save_token(new, load_token(name, f"mailtrap config init {name}"))
            delete_token(name)
        document["profiles"] = {new if key == name else key: profile for key, profile in profiles.items()}
        if document.get("default_profile") == name:
            document["default_profile"] = new

    edit_file(world, change)
    world.notice(f'✓ Renamed profile "{name}" to "{new}"')


@app.command(epilog=join_examples("mailtrap config remove qa", "mailtrap config remove qa --yes"))
@with_facts(hosts=(), destructive=True)
def remove(ctx: typer.Context, name: Name, yes: Yes = False) -> None:
    """Remove a profile and its token."""
    world: World = ctx.obj
    path = config_path(world.env)
    check_own(read_config(path).profiles, name, path)
    if not world.confirm(f"Remove the profile {name}?", yes=yes):
        world.notice("Nothing was changed.")
        return
    in_keyring = False
    follow_up = ""

    def change(document: dict[str, Any]) -> None:
        nonlocal in_keyring, follow_up
        check_own(document.get("profiles", {}), name, path)
        in_keyring = bool(document["profiles"].pop(name).get("token_keyring"))
        if document.get("default_profile") == name:
            del document["default_profile"]
            other = quote(next(iter(document["profiles"]), "local"))
            follow_up = f". No default profile is set now. Choose one, such as: mailtrap config use {other}"

    edit_file(world, change)
    if in_keyring:
        from ...config.keyring_store import delete_token

        delete_token(name)
    world.notice(f'✓ Removed profile "{name}"{follow_up}')


@app.command("edit", epilog=join_examples("mailtrap config edit", "EDITOR=nano mailtrap config edit"))
def edit_(ctx: typer.Context) -> None:
    """Edit the configuration file in $VISUAL or $EDITOR.

    The editor gets a private copy, which replaces the file once it is valid.
    """
    from tempfile import TemporaryDirectory

    world: World = ctx.obj
    path = config_path(world.env)
    editor = find_editor(world.env) or ("notepad" if sys.platform == "win32" else "vi")
    before = read_bytes(path)
    with TemporaryDirectory() as folder:  # mode 0700
        copy = Path(folder, "config.toml")
        copy.write_bytes(before)
        while True:
            run_editor(editor, copy, "nothing was changed")
            after = read_bytes(copy)
            try:
                check_config(parse_config(after, path), path)
                break
            except ConfigError as error:
                if not world.interactive or not world.confirm(f"{error.message}. Edit again?", yes=False):
                    raise ConfigError(f"{error.message}; nothing was changed", hint="Edit it again.") from error
    if after == before:
        world.notice("Nothing was changed.")
        return
    replace_config(path, before, after)
    world.notice(f"✓ Saved {path}")


def _edit_profile(world: World, change: Callable[[dict[str, Any]], None]) -> str:
    """Change the profile in use, which must exist when the file is written. Return its name."""
    name, _ = choose_profile(world)

    def change_document(document: dict[str, Any]) -> None:
        profiles = document.setdefault("profiles", {})
        find_profile(profiles, name, config_path(world.env))
        change(profiles.setdefault(name, {}))

    edit_file(world, change_document)
    return name
