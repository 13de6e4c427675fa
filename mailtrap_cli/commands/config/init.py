"""`mailtrap config init`: create or update a profile, with prompts on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...cli.examples import join_examples
from ...cli.value_types import PROFILE, OneOf
from ...config.file import config_path, read_config
from ...config.profile import (
    LARGEST_TOKEN,
    check_given,
    describe_target,
    is_token,
    set_value,
    value_from,
    what_is_wrong,
)
from ...errors import InputError
from .draft import Draft, check_token, find_sandbox_name
from .questions import ask_for_rest
from .shared import check_new_name, edit_file

if TYPE_CHECKING:
    from ...cli.context import World

app = typer.Typer()

PLACE = "Where it sends"
TOKEN = "Where its token comes from"


@app.command(
    epilog=join_examples(
        "mailtrap config init",
        "mailtrap config init staging --sandbox-id 123456",
        "mailtrap config init production --live --token-env ACME_MAILTRAP_TOKEN",
    )
)
def init(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(click_type=PROFILE, help="The profile (default: default).")] = None,
    sandbox_id: Annotated[
        int | None,
        typer.Option("--sandbox-id", metavar="ID", min=1, help="Send to this sandbox.", rich_help_panel=PLACE),
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Deliver to real recipients.", rich_help_panel=PLACE)] = False,
    stream: Annotated[
        str | None,
        typer.Option(
            "--stream",
            click_type=OneOf("transactional", "bulk"),
            help="The stream of live sends.",
            rich_help_panel=PLACE,
        ),
    ] = None,
    sender: Annotated[
        str | None, typer.Option("--from", metavar="ADDRESS", help="The sender of its emails.", rich_help_panel=PLACE)
    ] = None,
    token_stdin: Annotated[
        bool, typer.Option("--token-stdin", help="Read the token from stdin.", rich_help_panel=TOKEN)
    ] = False,
    token_env: Annotated[
        str | None,
        typer.Option(
            "--token-env",
            metavar="VARIABLE",
            help="Read the token from this variable at each run.",
            rich_help_panel=TOKEN,
        ),
    ] = None,
    token_command: Annotated[
        str | None,
        typer.Option(
            "--token-command", metavar="COMMAND", help="Run this command for the token.", rich_help_panel=TOKEN
        ),
    ] = None,
    keyring: Annotated[
        bool,
        typer.Option(
            "--keyring", help="Keep the token in the system's keyring, not in the file.", rich_help_panel=TOKEN
        ),
    ] = False,
    no_check: Annotated[
        bool, typer.Option("--no-check", help="Save the token without checking it.", rich_help_panel=TOKEN)
    ] = False,
) -> None:
    """Create or update a profile. Prompts for anything you leave out.

    The token is tested with one request before it is saved. It is never taken from the command line, where other users
    and the shell history would see it.
    """
    world: World = ctx.obj
    name = check_new_name(name if name is not None else world.common.profile or "default")
    if live and sandbox_id is not None:
        raise InputError("--live and --sandbox-id cannot be used together", hint="Use one of them.")
    path = config_path(world.env)
    file = read_config(path)
    draft = Draft(name, file.profiles.get(name, {}), keyring=keyring)
    given = {"sandbox_id": sandbox_id, "sandbox": _place_given(sandbox_id, live), "stream": stream, "from": sender}
    for key, value in {**given, **_read_credential(world, token_stdin, token_env, token_command)}.items():
        if value is not None:
            check_given(key, value)
            draft.values[key] = value
    if keyring and (token_env or token_command):
        raise InputError("--keyring stores a token: use it with --token-stdin or the prompt")
    if world.interactive and not token_stdin:
        ask_for_rest(world, draft, check=not no_check)
    else:
        _require_flags(draft)
        if not no_check:
            find_sandbox_name(draft, check_token(world, draft), world)
    _save(world, draft)


def _require_flags(draft: Draft) -> None:
    """Raise InputError for missing flags if nobody can be asked. Silence never creates a live profile."""
    needed = []
    if not draft.says_where():
        needed.append(("a place to send to", "--sandbox-id ID or --live"))
    if not draft.has_token():
        needed.append(("a token", "--token-stdin, --token-env VARIABLE or --token-command COMMAND"))
    if needed:
        missing, flags = (" and ".join(column) for column in zip(*needed, strict=True))
        raise InputError(f"The profile {draft.name} needs {missing}", hint=f"Use {flags}.")


def _place_given(sandbox_id: int | None, live: bool) -> bool | None:
    return True if sandbox_id is not None else False if live else None


def _read_credential(
    world: World, token_stdin: bool, token_env: str | None, token_command: str | None
) -> dict[str, Any]:
    flags = {"--token-stdin": token_stdin or None, "--token-env": token_env, "--token-command": token_command}
    given = [flag for flag, value in flags.items() if value is not None]
    if len(given) > 1:
        raise InputError(f"{given[0]} and {given[1]} cannot be used together", hint="Use one of them.")
    if token_stdin:
        data = world.read_stdin_bytes("--token-stdin", LARGEST_TOKEN * 4)
        token = data.decode("utf-8-sig", errors="replace").strip()
        if not token:
            raise InputError("--token-stdin: standard input is empty", hint="Pipe the token in.")
        if not is_token(token):
            raise InputError(f"--token-stdin: the token {what_is_wrong(token)}", hint="Copy the token again.")
        return {"token": token}
    if token_command is not None:
        return {"token_command": value_from("token_command", token_command)}
    return {} if token_env is None else {"token_env": token_env}


def _save(world: World, draft: Draft) -> None:
    token = draft.values.get("token")
    if draft.keyring:
        if token is None:
            raise InputError("--keyring needs a token to store", hint="Pipe it in with --token-stdin.")
        from ...config.keyring_store import save_token

        save_token(draft.name, token)
        del draft.values["token"]
        draft.values["token_keyring"] = True

    def change(document: dict[str, Any]) -> None:
        profile = document.setdefault("profiles", {}).setdefault(draft.name, {})
        for key, value in draft.values.items():
            set_value(profile, key, value)
        document.setdefault("default_profile", draft.name)

    edit_file(world, change)
    _say_what_is_next(world, draft)


def _say_what_is_next(world: World, draft: Draft) -> None:
    from shlex import quote

    profile = draft.merge()
    default = read_config(config_path(world.env)).default_profile
    chosen = "" if default == draft.name else f" -p {quote(draft.name)}"
    if chosen:
        world.notice(f"To make it the default: mailtrap config use {quote(draft.name)}")
    if profile.get("sandbox"):
        sender = "" if profile.get("from") else " --from hello@example.com"
        command = f"mailtrap send{chosen}{sender} --to you@example.com --subject Hello --text Hi"
    else:
        command = f"mailtrap doctor{chosen}"
    target = describe_target(draft.name, profile) + (f" ({draft.sandbox_name})" if draft.sandbox_name else "")
    world.notice(
        f'✓ Saved profile "{draft.name}": sends {"" if target.startswith("LIVE") else "to "}{target}. Try: {command}'
    )
