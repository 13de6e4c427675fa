"""`mailtrap config`: the profiles in the configuration file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..cli.options import Yes
from ..config.file import (
    ConfigFile,
    check_config,
    config_path,
    edit_config,
    parse_config,
    read_bytes,
    read_config,
    replace_config,
)
from ..config.profile import (
    KEYS,
    LOCAL,
    TOKEN_KEYS,
    check_given,
    find_profile,
    flatten_profile,
    known_key,
    mask_token,
    set_value,
    unset_value,
    value_from,
    whole_number,
)
from ..errors import ConfigError, InputError
from ..output import Column

if TYPE_CHECKING:
    from ..cli.context import World

app = typer.Typer()

PROFILES = (
    Column("Name", "name"),
    Column("Default", "default"),
    Column("Target", "target"),
    Column("From", "from"),
    Column("Token", "token"),
)
VALUES = (Column("Key", "key", keep=True), Column("Value", "value", main=True))
ORIGINS = (*VALUES, Column("Origin", "origin"))

Name = Annotated[str, typer.Argument(metavar="NAME", help="The profile.")]
OneName = Annotated[str | None, typer.Argument(metavar="NAME", help="The profile; the one in use by default.")]
Key = Annotated[str, typer.Argument(metavar="KEY", help="Such as from, stream, sandbox_id, hosts.send.")]


@app.command(epilog="Example: mailtrap config init staging --sandbox-id 123456 --from no-reply@acme.example")
def init(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The profile; else one named default.")] = None,
    token_stdin: Annotated[bool, typer.Option("--token-stdin", help="Read the token from standard input.")] = False,
    token_env: Annotated[
        str | None, typer.Option("--token-env", metavar="VARIABLE", help="Take the token from this variable.")
    ] = None,
    token_command: Annotated[
        str | None, typer.Option("--token-command", metavar="COMMAND", help="Take the token from this command.")
    ] = None,
    stream: Annotated[
        str | None, typer.Option("--stream", metavar="transactional|bulk", help="The stream of live sends.")
    ] = None,
    sandbox_id: Annotated[
        int | None, typer.Option("--sandbox-id", metavar="ID", min=1, help="Send to this sandbox.")
    ] = None,
    sender: Annotated[str | None, typer.Option("--from", metavar="ADDRESS", help="The sender of its emails.")] = None,
) -> None:
    """Make a profile, or change it: what is given is set, on a terminal the rest is asked for.

    The token is never taken from the command line, where other users and the shell's history would see it.
    """
    world: World = ctx.obj
    path = config_path(world.env)
    name = _new_name(name if name is not None else world.common.profile or "default")
    values = {**_credential(world, token_stdin, token_env, token_command), "stream": stream, "from": sender}
    values["sandbox_id"] = sandbox_id
    _check(values)
    known = read_config(path).profiles.get(name, {})
    if world.interactive and not token_stdin:
        _ask(world, name, values, known)
        _check(values)
    if not any(key in values or key in known for key in TOKEN_KEYS):
        raise InputError(
            f"The profile {name} needs a token, and there is no terminal to ask on",
            hint="Give --token-stdin, --token-env VARIABLE or --token-command COMMAND.",
        )
    if values["sandbox_id"] is not None:
        values["sandbox"] = True

    def change(document: dict[str, Any]) -> None:
        profile = document.setdefault("profiles", {}).setdefault(name, {})
        for key, value in values.items():
            if value is not None:
                set_value(profile, key, value)
        document.setdefault("default_profile", name)

    _edit(world, change)
    world.notice(f"Profile {name} is in {path}")
    if read_config(path).default_profile != name:
        from shlex import quote

        world.notice(f"To make it the default: mailtrap config use {quote(name)}")


@app.command("list", epilog="Example: mailtrap config list")
def list_(ctx: typer.Context) -> None:
    """List the profiles; local, the embedded sandbox, is always there.

    JSON: name, default, target, from, token (masked), one object a profile.
    """
    world: World = ctx.obj
    file = _file(world)
    in_use = _in_use(world, file)
    rows = [
        {
            "name": name,
            "default": name == in_use,
            "target": _target(name, profile),
            "from": profile.get("from"),
            "token": _shown_token(profile) if name != LOCAL else None,
        }
        for name, profile in {**file.profiles, LOCAL: file.profiles.get(LOCAL, {})}.items()
    ]
    world.out.rows(rows, PROFILES, essential="name")


@app.command(epilog="Example: mailtrap config show --origins")
def show(
    ctx: typer.Context,
    name: OneName = None,
    origins: Annotated[
        bool, typer.Option("--origins", help="Every setting of a run as it would be now, and where each comes from.")
    ] = False,
) -> None:
    """Show a profile; the token is masked.

    JSON: the profile's keys and values; with --origins a list of key, value, origin.
    """
    world: World = ctx.obj
    if origins:
        if name is not None:
            world.common.profile = name
        world.out.rows(_origins(world), ORIGINS, essential="key")
        return
    name, profile = _profile(world, name)
    rows = [{"key": key, "value": value} for key, value in flatten_profile(_masked(profile)).items()]
    world.out.record(_masked(profile), VALUES, parts=rows, essential="value", empty=f"The profile {name} sets nothing.")


@app.command(epilog="Example: mailtrap config get from")
def get(ctx: typer.Context, key: Key) -> None:
    """Print one value of the profile in use; a token is masked.

    JSON: the value.
    """
    world: World = ctx.obj
    known_key(key)
    name, profile = _profile(world, None)
    values = flatten_profile(_masked(profile))
    if key not in values:
        how = f"init {name}" if key == "token" else f"set {key} VALUE"  # a token is never an argument
        raise ConfigError(f"The profile {name} does not set {key}", hint=f"To set it: mailtrap config {how}")
    from ..output import plain

    world.out.text(values[key], plain(values[key]))


@app.command("set", epilog="Example: mailtrap config set from no-reply@acme.example")
def set_(
    ctx: typer.Context,
    key: Key,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="The new value.")],
) -> None:
    """Set one value of the profile in use (--profile names another)."""
    world: World = ctx.obj
    known_key(key)
    if key == "token":
        raise InputError(
            "A token is not taken from the command line, where ps and the shell's history would show it",
            hint="Pipe it in: mailtrap config init NAME --token-stdin",
        )
    new = value_from(key, value)
    check_given(key, new)
    _edit_profile(world, lambda profile: set_value(profile, key, new))


@app.command(epilog="Example: mailtrap config unset stream")
def unset(ctx: typer.Context, key: Key) -> None:
    """Take one value out of the profile in use."""
    world: World = ctx.obj
    known_key(key)

    def change(profile: dict[str, Any]) -> None:
        if not unset_value(profile, key):
            raise ConfigError(f"The profile does not set {key}", hint="See: mailtrap config show")

    _edit_profile(world, change)


@app.command(epilog="Example: mailtrap config use staging")
def use(ctx: typer.Context, name: Name) -> None:
    """Make a profile the default one."""
    world: World = ctx.obj
    path = config_path(world.env)

    def change(document: dict[str, Any]) -> None:
        find_profile(document.get("profiles", {}), name, path)
        document["default_profile"] = name

    _edit(world, change)
    if world.env.get("MAILTRAP_PROFILE") not in (None, "", name):
        world.notice(f"MAILTRAP_PROFILE={world.env['MAILTRAP_PROFILE']} still comes first")


@app.command(epilog="Example: mailtrap config rename staging qa")
def rename(
    ctx: typer.Context,
    name: Name,
    new: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")],
) -> None:
    """Rename a profile."""
    world: World = ctx.obj
    path = config_path(world.env)
    new = _new_name(new)

    def change(document: dict[str, Any]) -> None:
        profiles = document.get("profiles", {})
        _own(profiles, name, path)
        if new in profiles:
            raise InputError(f"There is a profile {new} already", hint=f"To take it out: mailtrap config remove {new}")
        document["profiles"] = {new if key == name else key: profile for key, profile in profiles.items()}
        if document.get("default_profile") == name:
            document["default_profile"] = new

    _edit(world, change)


@app.command(epilog="Example: mailtrap config remove staging --yes")
def remove(ctx: typer.Context, name: Name, yes: Yes = False) -> None:
    """Remove a profile, with its token."""
    world: World = ctx.obj
    path = config_path(world.env)
    _own(read_config(path).profiles, name, path)
    if not world.confirm(f"Remove the profile {name}?", yes=yes):
        world.notice("Nothing was done.")
        return

    def change(document: dict[str, Any]) -> None:
        _own(document.get("profiles", {}), name, path)
        del document["profiles"][name]
        if document.get("default_profile") == name:
            del document["default_profile"]

    _edit(world, change)


@app.command("path", epilog="Example: mailtrap config path")
def path_(ctx: typer.Context) -> None:
    """Print where the configuration file is, whether it exists or not."""
    world: World = ctx.obj
    path = str(config_path(world.env))
    world.out.text(path, path)


@app.command("edit", epilog="Example: mailtrap config edit")
def edit_(ctx: typer.Context) -> None:
    """Edit the file in $VISUAL or $EDITOR: a private copy, which replaces the file once it is valid."""
    import shlex
    import subprocess
    from tempfile import TemporaryDirectory

    world: World = ctx.obj
    path = config_path(world.env)
    editor = world.env.get("VISUAL") or world.env.get("EDITOR") or ("notepad" if sys.platform == "win32" else "vi")
    before = read_bytes(path)
    with TemporaryDirectory() as folder:  # mode 0700
        copy = Path(folder, "config.toml")
        copy.write_bytes(before)
        while True:
            try:
                done = subprocess.run([*shlex.split(editor), str(copy)], check=False)
            except (OSError, ValueError) as error:
                reason = error.strerror if isinstance(error, OSError) else str(error)
                raise ConfigError(f"The editor {editor!r} cannot be run: {reason}", hint="Set EDITOR.") from error
            if done.returncode:
                raise ConfigError(f"The editor {editor!r} ended with exit code {done.returncode}; nothing was changed")
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


# ------------------------------------------------------------------------------------------------ inside


def _credential(world: World, token_stdin: bool, token_env: str | None, token_command: str | None) -> dict[str, Any]:
    flags = {"--token-stdin": token_stdin or None, "--token-env": token_env, "--token-command": token_command}
    given = [flag for flag, value in flags.items() if value is not None]
    if len(given) > 1:
        raise InputError(f"{given[0]} and {given[1]} exclude each other", hint="Give one of them.")
    if token_stdin:
        token = world.read_stdin("--token-stdin").strip()
        if not token:
            raise InputError("--token-stdin: standard input is empty", hint="Pipe the token in.")
        return {"token": token}
    if token_command is not None:
        return {"token_command": value_from("token_command", token_command)}
    return {} if token_env is None else {"token_env": token_env}


def _check(values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if value is not None:
            check_given(key, value)


def _ask(world: World, name: str, values: dict[str, Any], known: Mapping[str, Any]) -> None:
    """Fill in what the flags left open, by asking on the terminal; an empty answer leaves it open."""
    if not any(key in values or key in known for key in TOKEN_KEYS):
        from getpass import getpass

        try:
            token = getpass(f"API token of {name} (not shown): ", stream=world.stderr).strip()
        except EOFError:
            raise typer.Abort from None
        if not token:
            raise InputError("No token was given", hint="Settings, API Tokens, in Mailtrap has it.")
        values["token"] = token
    if values["sandbox_id"] is None and values["stream"] is None and not known:
        answer = _prompt(world, "Sandbox to send to, by its id; empty to send live: ")
        if answer:
            if (number := whole_number(answer)) is None:
                raise InputError(
                    f"{answer!r} is not the id of a sandbox", hint="It is the number in the sandbox's URL."
                )
            values["sandbox_id"] = number
    if values["from"] is None and "from" not in known:
        values["from"] = (
            _prompt(world, "Sender, such as Acme <no-reply@acme.example>; empty to leave it open: ") or None
        )


def _prompt(world: World, question: str) -> str:
    assert world.stdin is not None
    world.stderr.write(question)
    world.stderr.flush()
    answer = world.stdin.readline()
    if not answer:  # Ctrl-D is no answer
        raise typer.Abort
    return answer.strip()


def _file(world: World) -> ConfigFile:
    file = read_config(config_path(world.env))
    for warning in file.warnings:
        world.notice(warning)
    return file


def _edit(world: World, change: Callable[[dict[str, Any]], None]) -> None:
    for notice in edit_config(config_path(world.env), change):
        world.notice(notice)


def _edit_profile(world: World, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the profile in use, which must be there when the file is written."""
    name, _ = _profile(world, None)

    def change_document(document: dict[str, Any]) -> None:
        profiles = document.setdefault("profiles", {})
        find_profile(profiles, name, config_path(world.env))
        change(profiles.setdefault(name, {}))

    _edit(world, change_document)


def _profile(world: World, name: str | None) -> tuple[str, dict[str, Any]]:
    """The named profile, or the one in use."""
    file = _file(world)
    name = name if name is not None else _in_use(world, file)
    if not name:
        raise ConfigError("There is no profile yet", hint="Make one: mailtrap config init NAME")
    return name, find_profile(file.profiles, name, config_path(world.env))


def _in_use(world: World, file: ConfigFile) -> str | None:
    return world.common.profile or world.env.get("MAILTRAP_PROFILE") or file.default_profile


def _new_name(name: str) -> str:
    if name == LOCAL:
        raise InputError("The profile local always exists: it is the embedded sandbox", hint="Choose another name.")
    if not name.isprintable() or not name.strip() or name.startswith("-"):
        raise InputError(f"{name!r} cannot be the name of a profile", hint="Such as staging.")
    return name


def _own(profiles: Mapping[str, Any], name: str, path: Path) -> None:
    if name == LOCAL:
        raise InputError("The profile local is part of the program: it can be neither renamed nor removed")
    find_profile(profiles, name, path)


def _masked(profile: Mapping[str, Any]) -> dict[str, Any]:
    """What is ours in a profile, the token masked. What is not ours may hide a secret, and is not shown."""
    return {key: mask_token(value) if key == "token" else value for key, value in profile.items() if key in KEYS}


def _shown_token(profile: Mapping[str, Any]) -> str | None:
    if "token" in profile:
        return mask_token(profile["token"])
    if "token_env" in profile:
        return f"${profile['token_env']}"
    return f"command {profile['token_command'][0]}" if "token_command" in profile else None


def _target(name: str, profile: Mapping[str, Any]) -> str:
    if name == LOCAL or profile.get("sandbox"):
        return f"sandbox {profile.get('sandbox_id', 1 if name == LOCAL else '?')}"
    return f"LIVE {profile.get('stream', 'transactional')}"


def _origins(world: World) -> list[dict[str, Any]]:
    settings = world.settings()
    credential = settings.credential
    values: dict[str, Any] = {
        "profile": settings.profile,
        "token": None if credential is None else _shown_token(dict([credential])),
        "stream": settings.stream,
        "sandbox": settings.sandbox,
        "sandbox_id": settings.sandbox_id,
        "from": settings.sender,
        "rate_limit": settings.rate_limit,
        **{f"hosts.{host}": url for host, url in settings.hosts.items()},
        "state_dir": str(settings.state_dir),
    }
    return [{"key": key, "value": value, "origin": settings.origins[key]} for key, value in values.items()]
