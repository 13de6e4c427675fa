"""A profile being created by `mailtrap config init`, and the request that tests its token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...config.profile import TOKEN_KEYS, set_value
from ...errors import MailtrapError

if TYPE_CHECKING:
    from ...cli.context import World

TOKENS_PAGE = "https://mailtrap.io/api-tokens"


@dataclass
class Draft:
    """A profile being created: the new values, and those it already has."""

    name: str
    known: Mapping[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    keyring: bool = False
    sandbox_name: str = ""

    def merge(self) -> dict[str, Any]:
        """Return the resulting profile."""
        profile = dict(self.known)
        for key, value in self.values.items():
            set_value(profile, key, value)
        return profile

    def says_where(self) -> bool:
        """Return whether the profile says where it sends. A saved one with a token does: live, if it names no
        sandbox.
        """
        return not {"sandbox", "sandbox_id", "stream"}.isdisjoint(self.merge()) or any(
            key in self.known for key in TOKEN_KEYS
        )

    def has_token(self) -> bool:
        """Return whether the profile says where its token comes from."""
        return any(key in self.merge() for key in TOKEN_KEYS)


def check_token(world: World, draft: Draft) -> Sequence[Mapping[str, Any]]:
    """Test the token with one request; return the sandboxes it can see, if the profile sends to one.

    Raises ApiError (401, 403) if the token is refused. Any other problem is only a warning: it says nothing about the
    token.
    """
    from ...api.paging import unwrap_answer
    from ...config.settings import Flags, resolve_settings

    profile = draft.merge()
    try:
        settings = resolve_settings(Flags(profile=draft.name), world.env, unsaved=profile)
        with world.api(settings) as api:
            path = "/api/sandboxes" if profile.get("sandbox") else "/api/accounts"
            listed = unwrap_answer(api.get(path, retry=False).json(), "")
    except MailtrapError as error:
        if error.status in (401, 403):
            error.message = f"The token was refused, so nothing was saved: {error.message}"
            error.hint = f"Copy the token again from {TOKENS_PAGE}, or save it as it is with --no-check."
            raise
        world.notice(f"Warning: the token was not checked: {error.message}")
        return []
    return listed if isinstance(listed, list) and profile.get("sandbox") else []


def find_sandbox_name(draft: Draft, sandboxes: Sequence[Mapping[str, Any]], world: World) -> None:
    """Store the name of the profile's sandbox; warn if the token cannot see it."""
    number = draft.merge().get("sandbox_id")
    found = [sandbox for sandbox in sandboxes if sandbox.get("id") == number]
    if found:
        draft.sandbox_name = str(found[0].get("name") or "")
    elif sandboxes and number is not None:
        world.notice(
            f"Warning: the token has no access to sandbox {number}. To list its sandboxes: mailtrap sandboxes list"
        )
