"""The prompts of `mailtrap config init`. A mistake is explained and the question asked again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from ...cli.prompts import ask_line
from ...config.profile import check_given, is_token, mask_token, what_is_wrong, whole_number
from ...errors import ConfigError, InputError
from .draft import TOKENS_PAGE, Draft, check_token, find_sandbox_name

if TYPE_CHECKING:
    from ...cli.context import World

Value = TypeVar("Value")

PLACES = {"1": True, "sandbox": True, "s": True, "2": False, "live": False, "l": False}
STREAMS = {"": "transactional", "1": "transactional", "transactional": "transactional", "2": "bulk", "bulk": "bulk"}


def ask_for_rest(world: World, draft: Draft, *, check: bool) -> None:
    """Ask for everything that flags and profile leave open, and check the token. Raises typer.Abort on Ctrl-D."""
    if not draft.says_where():
        _ask_place(world, draft)
    if _needs_token(world, draft):
        draft.values["token"] = _ask_token(world, draft)
    sandboxes = check_token(world, draft) if check else []
    profile = draft.merge()
    if profile.get("sandbox") and profile.get("sandbox_id") is None:
        draft.values["sandbox_id"] = _ask_sandbox(world, sandboxes)
    find_sandbox_name(draft, sandboxes, world)
    if profile.get("from") is None:
        sender = ask_line(world, "Sender, such as Acme <no-reply@acme.example> (Enter to skip): ", _parse_sender)
        if sender:
            draft.values["from"] = sender


def _ask_place(world: World, draft: Draft) -> None:
    world.trace(f'Where should the profile "{draft.name}" send?')
    world.trace("  1  sandbox  captures every email; nobody receives anything")
    world.trace("  2  live     delivers to real recipients")
    sandbox = ask_line(
        world, "Choose 1 or 2: ", lambda text: _choose_from(PLACES, text, "1 for a sandbox or 2 for live")
    )
    draft.values["sandbox"] = sandbox
    if not sandbox:
        draft.values["stream"] = ask_line(
            world,
            "Stream, 1 transactional or 2 bulk (Enter for transactional): ",
            lambda text: _choose_from(STREAMS, text, "1 for transactional or 2 for bulk"),
        )


def _choose_from(choices: Mapping[str, Value], text: str, words: str) -> Value:
    if text.lower() not in choices:
        raise InputError(f"Type {words}")
    return choices[text.lower()]


def _needs_token(world: World, draft: Draft) -> bool:
    """Return whether the profile lacks a token, or names a source without one, such as an unset variable."""
    if not draft.has_token():
        return True
    if any(key.startswith("token") for key in draft.values):
        return False
    from ...config.settings import Flags, resolve_settings

    try:
        resolve_settings(Flags(profile=draft.name), world.env, unsaved=draft.merge()).token()
    except ConfigError as error:
        world.trace(f"{error.message}.")
        return True
    return False


def _ask_token(world: World, draft: Draft) -> str:
    token = read_vendor_token(Path.home() / ".mailtrap.yaml")
    if token and world.confirm(f"Use the token from ~/.mailtrap.yaml ({mask_token(token)})?", yes=False):
        return token
    from getpass import getpass

    world.trace(f"Create or copy an API token at {TOKENS_PAGE}")
    while True:
        try:
            token = getpass(f"API token of {draft.name} (not shown): ", stream=world.stderr).strip()
        except EOFError:
            raise typer.Abort from None
        if is_token(token):
            return token
        world.trace(f"The token {what_is_wrong(token)}." if token else "No token was typed.")


def read_vendor_token(path: Path) -> str | None:
    """Read the token from the configuration file of Mailtrap's Go CLI (`api-token: …`); None if there is none."""
    import re

    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            text = file.read(100_000)
    except (OSError, ValueError):
        return None
    found = re.search(r"^api-token:[ \t]*([\"']?)([!-~]+?)\1[ \t]*(?:#.*)?$", text, re.MULTILINE)
    return found[2] if found and is_token(found[2]) else None


def _ask_sandbox(world: World, sandboxes: Sequence[Mapping[str, Any]]) -> int:
    known = [sandbox for sandbox in sandboxes if type(sandbox.get("id")) is int]
    if not known:
        return ask_line(world, "ID of the sandbox (the number in its URL): ", _parse_id)
    world.trace("Which sandbox?")
    for number, sandbox in enumerate(known, 1):
        world.trace(f"  {number}  {sandbox.get('name') or ''} ({sandbox['id']})")

    def parse(text: str) -> int:
        chosen = _parse_id(text)
        if chosen in [sandbox["id"] for sandbox in known]:
            return chosen
        if chosen > len(known):
            raise InputError(f"{chosen} is not one of these sandboxes")
        number: int = known[chosen - 1]["id"]
        return number

    return ask_line(world, f"Choose 1 to {len(known)}, or type an ID: " if len(known) > 1 else "Choose 1: ", parse)


def _parse_id(text: str) -> int:
    number = whole_number(text)
    if number is None:
        raise InputError(f"{text!r} is not a number" if text else "Type a number")
    return number


def _parse_sender(text: str) -> str:
    if text:
        check_given("from", text)
    return text
