"""Store tokens in the system's keyring, by profile name. Needs the `keyring` extra, imported on demand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..errors import ConfigError, name_option

if TYPE_CHECKING:
    from types import ModuleType

SERVICE = "mailtrap"


def load_token(profile: str, how: str) -> str:
    """Load a profile's token. Raises ConfigError if the keyring has none or cannot be used; `how` is the command
    that stores one.
    """
    with _open_keyring(profile) as keyring:
        token: str | None = keyring.get_password(SERVICE, profile)
    if not token:
        raise ConfigError(
            f"The keyring has no token for the profile {profile}", hint=f"Store it with: {how} {name_option('keyring')}"
        )
    return token


def save_token(profile: str, token: str) -> None:
    """Save a profile's token. Raises ConfigError."""
    with _open_keyring(profile) as keyring:
        keyring.set_password(SERVICE, profile, token)


def delete_token(profile: str) -> None:
    """Delete a profile's token, if any. Raises ConfigError."""
    with _open_keyring(profile) as keyring:
        if keyring.get_password(SERVICE, profile) is not None:
            keyring.delete_password(SERVICE, profile)


@contextmanager
def _open_keyring(profile: str) -> Iterator[ModuleType]:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as error:
        raise ConfigError(
            "The system's keyring needs the keyring extra, which is not installed",
            hint="Install it with: pip install 'mailtrap-cli[keyring]'",
        ) from error
    try:
        yield keyring
    except (KeyringError, OSError, RuntimeError) as error:
        from shlex import quote

        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ConfigError(
            f"The system's keyring cannot be used: {reason}",
            hint="Keep the token in an environment variable: "
            f"mailtrap config init {quote(profile)} --token-env VARIABLE",
        ) from error
