"""What a profile holds: its keys, their types and rules, in the file, in the environment and on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from ..errors import ConfigError, InputError

# The servers of each file of the published API.
HOSTS: Mapping[str, str] = {
    "send": "https://send.api.mailtrap.io",
    "bulk": "https://bulk.api.mailtrap.io",
    "sandbox": "https://sandbox.api.mailtrap.io",
    "account": "https://mailtrap.io",
}
STREAMS = ("transactional", "bulk")

LOCAL = "local"  # the profile that always exists: the embedded sandbox
LOCAL_VALUES: Mapping[str, Any] = {"sandbox": True, "sandbox_id": 1}

# The keys of a profile and their types; `token_command` is a list of words, `hosts` a table of URLs.
KEYS: Mapping[str, type] = {
    "token": str,
    "token_env": str,
    "token_command": list,
    "stream": str,
    "sandbox": bool,
    "sandbox_id": int,
    "from": str,
    "rate_limit": str,
    "hosts": dict,
}
TOKEN_KEYS = ("token", "token_env", "token_command")  # one setting: a profile has one of them
FLAT_KEYS = (*(key for key in KEYS if key != "hosts"), *(f"hosts.{host}" for host in HOSTS))


def find_profile(
    profiles: Mapping[str, dict[str, Any]], name: str, path: Path, named_by: str | None = None
) -> dict[str, Any]:
    """The profile of this name; ConfigError with the nearest names, and with what named it, for one not there."""
    if name == LOCAL:
        return {**LOCAL_VALUES, **profiles.get(LOCAL, {})}
    if name in profiles:
        return profiles[name]
    from difflib import get_close_matches
    from shlex import quote

    known = list(dict.fromkeys((*profiles, LOCAL)))
    near = get_close_matches(name, known, n=3) or known
    named = f", which {named_by} names," if named_by else ""
    raise ConfigError(
        f"The profile {name!r}{named} is not in {path}",
        hint=f"There is {', '.join(near)}. To make it: mailtrap config init {quote(name or 'NAME')}",
    )


def flatten_profile(profile: Mapping[str, Any]) -> dict[str, Any]:
    """What is ours in a profile, its hosts as `hosts.send` and so on, URLs without a slash at the end."""
    hosts = {f"hosts.{host}": url.rstrip("/") for host, url in profile.get("hosts", {}).items() if host in HOSTS}
    return {**{key: value for key, value in profile.items() if key in KEYS and key != "hosts"}, **hosts}


def set_value(profile: dict[str, Any], key: str, value: Any) -> None:
    """Set one of FLAT_KEYS in a profile; one way to a token takes the place of another."""
    if key in TOKEN_KEYS:
        for other in TOKEN_KEYS:
            profile.pop(other, None)
    noun, _, host = key.partition(".")
    if host:
        profile.setdefault(noun, {})[host] = value
    else:
        profile[noun] = value


def unset_value(profile: dict[str, Any], key: str) -> bool:
    """Take one of FLAT_KEYS out of a profile; whether it was there."""
    noun, _, host = key.partition(".")
    table = profile.get(noun, {}) if host else profile
    found = table.pop(host or noun, None) is not None
    if host and profile.get(noun) == {}:
        del profile[noun]
    return found


def mask_token(token: str) -> str:
    """A token that can be shown: its last four characters where it is long enough, else nothing of it."""
    return f"••••{token[-4:]}" if len(token) >= 16 else "••••"


# ------------------------------------------------------------------------------------------------ in the file


def check_profile(name: str, profile: object, where: str) -> None:
    """Raise ConfigError for a profile with a value of the wrong type or meaning; unknown keys pass."""
    here = f"{where}: profiles.{name}"
    if not isinstance(profile, dict):
        raise ConfigError(f"{here} must be a table", hint=f"Write it as [profiles.{name}].")
    for key, value in profile.items():
        if key in KEYS:
            check_value(key, value, f"{here}.{key}")
    if len([key for key in TOKEN_KEYS if key in profile]) > 1:
        raise ConfigError(f"{here} has more than one of {', '.join(TOKEN_KEYS)}", hint="Keep one of them.")
    if name == LOCAL and set(profile) & set(KEYS) - {"from", "sandbox_id"}:
        raise ConfigError(f"{here} is the embedded sandbox; only from and sandbox_id can be set", hint="Rename it.")


def check_value(key: str, value: object, here: str) -> None:
    """Raise ConfigError where this value cannot be a profile's `key`; `here` starts the sentence. No token is shown."""
    kind = KEYS[key]
    names = {
        str: "text in quotes",
        bool: "true or false",
        int: "a whole number",
        list: "a list of words",
        dict: "a table",
    }
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        found = "" if key == "token" else f", not {quote_value(value)}"
        raise ConfigError(f"{here} must be {names[kind]}{found}")
    match key:
        case "token" | "token_env" | "from" if not value:
            raise ConfigError(f"{here} is empty")
        case "token" if not is_token(cast(str, value)):
            raise ConfigError(f"{here} holds a space, a line break or another character that no token has")
        case "token_command" if not value or not all(isinstance(word, str) for word in cast(list[object], value)):
            raise ConfigError(f'{here} must be a list of words, such as ["op", "read", "op://vault/mailtrap"]')
        case "stream" if value not in STREAMS:
            raise ConfigError(f"{here} must be transactional or bulk, not {quote_value(value)}")
        case "sandbox_id" if cast(int, value) < 1:
            raise ConfigError(f"{here} must be 1 or more, not {value}")
        case "hosts":
            for host, url in cast(dict[str, object], value).items():
                if host in HOSTS:
                    check_url(url, f"{here}.{host}")
        case "rate_limit":
            from ..units import parse_rate

            try:
                parse_rate(cast(str, value), here)
            except InputError as error:
                raise ConfigError(error.message, hint=error.hint) from error


def check_url(url: object, here: str) -> None:
    """Raise ConfigError for a host that a token must not be sent to: https, or http on a loopback address only."""
    from urllib.parse import urlsplit

    hint = "Such as https://send.api.mailtrap.io, or http://127.0.0.1:3580/send."
    if not isinstance(url, str):
        raise ConfigError(f"{here} must be text in quotes, not {quote_value(url)}", hint=hint)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        if "[" in parts.netloc:
            from ipaddress import IPv6Address

            IPv6Address(host or "")
    except ValueError:
        raise ConfigError(f"{here} is no URL: {quote_value(url)}", hint=hint) from None
    if parts.username is not None or "?" in url or "#" in url:
        raise ConfigError(f"{here} must hold no user name, query or fragment", hint=hint)
    if parts.scheme not in ("http", "https") or not host or not url.isascii() or not url.isprintable() or " " in url:
        raise ConfigError(f"{here} is no http or https URL: {quote_value(url)}", hint=hint)
    if parts.scheme == "http" and not _is_loopback(host):
        raise ConfigError(
            f"{here} is plain http to {host}, where the token could be read on the way", hint="Use https."
        )


def is_token(text: str) -> bool:
    """Whether this can be a token: it travels in a header, so printable ASCII without spaces."""
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


def quote_value(value: object) -> str:
    """A value as TOML and JSON write it, for a sentence."""
    import json

    return json.dumps(value, ensure_ascii=False, default=str)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


# ------------------------------------------------------------------------------------------------ from words


def known_key(key: str) -> str:
    """The key, which must be one of FLAT_KEYS; InputError with the nearest ones."""
    if key not in FLAT_KEYS:
        from difflib import get_close_matches

        near = get_close_matches(key, FLAT_KEYS, n=3) or FLAT_KEYS
        raise InputError(f"A profile has no key {quote_value(key)}", hint=f"There is {', '.join(near)}.")
    return key


def value_from(key: str, text: str) -> Any:
    """The value of this key that the command line's `text` means; InputError where it means none."""
    match KEYS[key.partition(".")[0]]:
        case kind if kind is bool:
            if text.lower() not in ("true", "false"):
                raise InputError(f"{key} must be true or false, not {quote_value(text)}")
            return text.lower() == "true"
        case kind if kind is int:
            if (number := whole_number(text)) is None:
                raise InputError(f"{key} must be a whole number of 1 or more, not {quote_value(text)}")
            return number
        case kind if kind is list:
            import shlex

            try:
                return shlex.split(text)
            except ValueError as error:
                raise InputError(
                    f"{key}: {quote_value(text)} has {str(error).lower()}", hint="Quote its words as in a shell."
                ) from error
        case _:
            return text


def check_given(key: str, value: Any) -> None:
    """The rules of the file for a value of the command line, one of FLAT_KEYS: the same sentences as an InputError."""
    noun, _, host = key.partition(".")
    try:
        check_value(noun, {host: value} if host else value, noun)
    except ConfigError as error:
        raise InputError(error.message, hint=error.hint) from error
    if key == "from":
        from ..mail.addresses import parse_address

        parse_address(value, key)


def whole_number(text: str) -> int | None:
    """The id in this text, 1 or more; None where there is none."""
    digits = text.strip()
    return int(digits) or None if digits.isascii() and digits.isdecimal() and len(digits) <= 18 else None
