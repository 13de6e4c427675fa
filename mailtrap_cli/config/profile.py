"""The keys of a profile, their types and rules, in the file, the environment and on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from ..errors import ConfigError, InputError
from ..text import shorten_text

# The servers of each file of the published API.
HOSTS: Mapping[str, str] = {
    "send": "https://send.api.mailtrap.io",
    "bulk": "https://bulk.api.mailtrap.io",
    "sandbox": "https://sandbox.api.mailtrap.io",
    "account": "https://mailtrap.io",
}
STREAMS = ("transactional", "bulk")

LARGEST_TOKEN = 8192  # characters: it travels in a header, and servers do not accept longer ones
LARGEST_ID = 10**18 - 1

LOCAL = "local"  # the profile that always exists: the local sandbox
LOCAL_VALUES: Mapping[str, Any] = {"sandbox": True, "sandbox_id": 1}

# The keys of a profile and their types; `token_command` is a list of words, `hosts` a table of URLs.
KEYS: Mapping[str, type] = {
    "token": str,
    "token_env": str,
    "token_command": list,
    "token_keyring": bool,
    "stream": str,
    "sandbox": bool,
    "sandbox_id": int,
    "from": str,
    "rate_limit": str,
    "hosts": dict,
}
TOKEN_KEYS = ("token", "token_env", "token_command", "token_keyring")  # a profile has at most one of these
FLAT_KEYS = (*(key for key in KEYS if key != "hosts"), *(f"hosts.{host}" for host in HOSTS))


def find_profile(
    profiles: Mapping[str, dict[str, Any]], name: str, path: Path, named_by: str | None = None
) -> dict[str, Any]:
    """Find a profile by name. A ConfigError lists the nearest names, and what named the profile."""
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
        hint=f"Available profiles: {', '.join(near)}. To create it: mailtrap config init {quote(name or 'NAME')}",
    )


def flatten_profile(profile: Mapping[str, Any]) -> dict[str, Any]:
    """Flatten the known keys of a profile: hosts as `hosts.send` and so on, URLs without a trailing slash."""
    hosts = {f"hosts.{host}": url.rstrip("/") for host, url in profile.get("hosts", {}).items() if host in HOSTS}
    return {**{key: value for key, value in profile.items() if key in KEYS and key != "hosts"}, **hosts}


def set_value(profile: dict[str, Any], key: str, value: Any) -> None:
    """Set one of FLAT_KEYS in a profile; one token key replaces another."""
    if key in TOKEN_KEYS:
        for other in TOKEN_KEYS:
            profile.pop(other, None)
    noun, _, host = key.partition(".")
    if host:
        profile.setdefault(noun, {})[host] = value
    else:
        profile[noun] = value


def unset_value(profile: dict[str, Any], key: str) -> bool:
    """Remove one of FLAT_KEYS from a profile. Return whether it was there."""
    noun, _, host = key.partition(".")
    table = profile.get(noun, {}) if host else profile
    found = table.pop(host or noun, None) is not None
    if host and profile.get(noun) == {}:
        del profile[noun]
    return found


def mask_token(token: str) -> str:
    """Mask a token for display: only its last four characters, if it is long enough."""
    return f"••••{token[-4:]}" if len(token) >= 16 else "••••"


def mask_profile(profile: Mapping[str, Any]) -> dict[str, Any]:
    """Return the known keys of a profile, without secrets. Unknown keys may contain one and are left out."""
    shown = {key: value for key, value in profile.items() if key in KEYS}
    if "token" in shown:
        shown["token"] = mask_token(shown["token"])
    if len(shown.get("token_command", ())) > 1:  # its arguments may contain a password
        shown["token_command"] = [shown["token_command"][0], "…"]
    return shown


def describe_token(profile: Mapping[str, Any]) -> str | None:
    """Describe where a profile's token comes from, without the token: `••••1a2b`, `$ACME`, `command op`, `keyring`."""
    if "token" in profile:
        return mask_token(profile["token"])
    if "token_env" in profile:
        return f"${profile['token_env']}"
    if profile.get("token_keyring"):
        return "keyring"
    return f"command {profile['token_command'][0]}" if "token_command" in profile else None


def describe_target(name: str, profile: Mapping[str, Any]) -> str:
    """Describe where a profile sends: `sandbox 123456`, `LIVE transactional`."""
    if name == LOCAL or profile.get("sandbox"):
        return f"sandbox {profile.get('sandbox_id', 1 if name == LOCAL else '?')}"
    return f"LIVE {profile.get('stream', 'transactional')}"


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
        raise ConfigError(f"{here} is the local sandbox; it can set only from and sandbox_id", hint="Rename it.")


def check_value(key: str, value: object, here: str) -> None:
    """Raise ConfigError if this value is not valid for `key`; `here` starts the sentence. No token is shown."""
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
            raise ConfigError(f"{here} {what_is_wrong(cast(str, value))}")
        case "token_keyring" if value is not True:
            raise ConfigError(f"{here} must be true", hint="Remove it if the token is not in the keyring.")
        case "token_command" if not value or not all(isinstance(word, str) for word in cast(list[object], value)):
            raise ConfigError(f'{here} must be a list of words, such as ["op", "read", "op://vault/mailtrap"]')
        case "stream" if value not in STREAMS:
            raise ConfigError(f"{here} must be transactional or bulk, not {quote_value(value)}")
        case "sandbox_id" if not 1 <= cast(int, value) <= LARGEST_ID:
            raise ConfigError(f"{here} must be a positive number of at most 18 digits, not {quote_value(value)}")
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


_NAME = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?"
_URL = rf"(?i:(?P<scheme>https?)://)(?P<host>{_NAME}|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{{1,5}}))?(?P<path>/[!-~]*)?"


def check_url(url: object, here: str) -> None:
    """Raise ConfigError for a host that a token must not be sent to: https, or http on a loopback address only.

    The grammar is narrower than RFC 3986's, so that this check and the library that sends the request cannot read two
    different hosts out of one URL.
    """
    hint = "Example: https://send.api.mailtrap.io, or http://127.0.0.1:3580/send."
    if not isinstance(url, str):
        raise ConfigError(f"{here} must be text in quotes, not {quote_value(url)}", hint=hint)
    import re

    if "@" in url or "?" in url or "#" in url:
        raise ConfigError(f"{here} must not have a user name, query or fragment", hint=hint)
    found = re.fullmatch(_URL, url)
    if not found or "\\" in url or int(found["port"] or 0) > 65535 or not _is_host(found["host"]):
        raise ConfigError(f"{here} is not an http or https URL: {quote_value(url)}", hint=hint)
    host = found["host"].lower().strip("[]")
    if found["scheme"].lower() == "http" and not is_loopback(host):
        raise ConfigError(f"{here} is plain http to {host}, which would expose the token", hint="Use https.")


def _is_host(host: str) -> bool:
    """Return False for anything that looks like a host name or an address but is not one: `[::g]`, `xn--a`."""
    if host.startswith("["):
        from ipaddress import IPv6Address

        try:
            IPv6Address(host[1:-1])
        except ValueError:
            return False
    elif "xn--" in host.lower():
        import idna

        try:
            idna.decode(host.lower())
        except idna.IDNAError:
            return False
    return True


def what_is_wrong(token: str) -> str:
    """Explain why this text, which `is_token` refuses, cannot be a token."""
    if len(token) > LARGEST_TOKEN:
        return f"has {len(token):,} characters, which is too long for a token"
    return "contains a space, a line break or another character that tokens never contain"


def is_token(text: str) -> bool:
    """Return whether this can be a token: it travels in a header, so printable ASCII without spaces."""
    return 0 < len(text) <= LARGEST_TOKEN and text.isascii() and text.isprintable() and " " not in text


def quote_value(value: object) -> str:
    """Quote a value as TOML and JSON do, for a sentence."""
    import json

    return shorten_text(json.dumps(value, ensure_ascii=False, default=str), 200)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: `localhost`, or a loopback address without brackets."""
    if host in ("localhost", "127.0.0.1"):
        return True
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


# ------------------------------------------------------------------------------------------------ from words


def known_key(key: str) -> str:
    """Check that the key is one of FLAT_KEYS; InputError lists the nearest ones."""
    if key not in FLAT_KEYS:
        from difflib import get_close_matches

        near = get_close_matches(key, FLAT_KEYS, n=3) or FLAT_KEYS
        raise InputError(f"A profile has no key {quote_value(key)}", hint=f"Available keys: {', '.join(near)}.")
    return key


def value_from(key: str, text: str) -> Any:
    """Parse `text` of the command line as a value of this key; InputError if it is not one."""
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
                    f"{key}: {quote_value(text)} has {str(error).lower()}",
                    hint="Quote its words as you would in a shell.",
                ) from error
        case _:
            return text


def check_given(key: str, value: Any) -> None:
    """Apply the rules of the file to a value of the command line: the same sentences, as an InputError."""
    noun, _, host = key.partition(".")
    try:
        check_value(noun, {host: value} if host else value, noun)
    except ConfigError as error:
        raise InputError(error.message, hint=error.hint) from error
    if key == "from":
        from ..mail.addresses import parse_address

        parse_address(value, key)


def whole_number(text: str) -> int | None:
    """Parse an ID of 1 or more; None if it is not one."""
    digits = text.strip()
    return int(digits) or None if digits.isascii() and digits.isdecimal() and len(digits) <= 18 else None
