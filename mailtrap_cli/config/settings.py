"""The settings of a run: flags, profiles of the configuration file, and the environment, in the contract's order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, cast

from ..errors import ConfigError, InputError, name_option
from ..records import record
from .folders import user_folder
from .profile import (
    HOSTS,
    LARGEST_ID,
    LOCAL,
    STREAMS,
    TOKEN_KEYS,
    check_url,
    find_profile,
    flatten_profile,
    quote_value,
    whole_number,
)

LOCAL_SENDER = "local@mailtrap.test"  # the default sender, so that the first email needs no setup

# The variables of each setting; the first that is set wins, an empty one counts as not set.
ENVIRONMENT: Mapping[str, tuple[str, ...]] = {
    "token": ("MAILTRAP_API_TOKEN", "MAILTRAP_API_KEY"),
    "stream": ("MAILTRAP_STREAM",),
    "sandbox": ("MAILTRAP_USE_SANDBOX",),
    "sandbox_id": ("MAILTRAP_SANDBOX_ID", "MAILTRAP_TEST_INBOX_ID", "MAILTRAP_INBOX_ID"),
    "from": ("MAILTRAP_FROM_EMAIL",),
    "hosts.send": ("MAILTRAP_SEND_URL",),
    "hosts.bulk": ("MAILTRAP_BULK_URL",),
    "hosts.sandbox": ("MAILTRAP_SANDBOX_URL",),
    "hosts.account": ("MAILTRAP_API_URL",),
}

NOT_SET_UP = "No API token: nothing is set up yet"
NEXT_STEPS = (
    "Set it up with: mailtrap config init. Or try it without an account: "
    "mailtrap send -p local --to you@example.com --subject Hello --text Hi"
)

Stream = Literal["transactional", "bulk"]
Host = Literal["send", "bulk", "sandbox", "account"]


@record
class Flags:
    """The command line's flags; None if not given."""

    profile: str | None = None
    stream: str | None = None
    sandbox: bool | None = None
    sandbox_id: int | None = None
    sender: str | None = None


@record
class Settings:
    """The settings of one run. `origins` says where the value of each key came from."""

    profile: str | None
    local: bool
    stream: Stream
    sandbox: bool
    sandbox_id: int | None
    sender: str | None
    rate_limit: str | None
    hosts: Mapping[str, str]
    state_dir: Path
    origins: Mapping[str, str]
    warnings: tuple[str, ...]
    credential: tuple[str, Any] | None  # (one of TOKEN_KEYS, its value)
    env: Mapping[str, str]

    def token(self) -> str:
        """Return the API token from its configured source. Raises ConfigError if there is none."""
        if self.local:
            return LOCAL
        if self.credential is None:
            raise ConfigError(
                NOT_SET_UP if self.profile is None else f"No API token: the profile {self.profile} does not set one",
                hint=NEXT_STEPS if self.profile is None else f"Add one with: {self._init_command()}",
            )
        key, value = self.credential
        if key == "token_env":
            if not self.env.get(value, "").strip():
                raise ConfigError(
                    f"The environment variable {value}, which {self.origins['token']} names for the token, is not set",
                    hint=f"Set {value}, or store the token with: {self._init_command()}",
                )
            value = self.env[value]
        if key == "token_keyring":
            from . import keyring_store

            return keyring_store.load_token(self.profile or "", self._init_command())
        if key == "token_command":
            from .token_command import load_token

            return load_token(tuple(value))
        return cast(str, value).strip()

    def _init_command(self) -> str:
        from shlex import quote

        return f"mailtrap config init {quote(self.profile)}" if self.profile else "mailtrap config init"

    def url_of(self, host: Host, path: str) -> str | None:
        """Return the URL of a request; None in the local sandbox, which is not a server."""
        return None if self.local else self.hosts[host] + path

    def describe_url(self, url: str) -> str:
        """Describe a URL of `hosts` for people: in the local sandbox, the path."""
        return f"/{url.split('/', 3)[3]} (local sandbox)" if self.local else url


@record
class _Layer:
    """Values from one source; `name` identifies it, for origins and errors."""

    name: str
    values: Mapping[str, Any]

    def describe_origin(self, key: str) -> str:
        if self.name == "environment":
            return f"environment {self.values[f'{key}@']}"
        return self.name


def resolve_settings(flags: Flags, env: Mapping[str, str], *, unsaved: Mapping[str, Any] | None = None) -> Settings:
    """Resolve the settings by precedence: a flag; the profile named with --profile; the environment; the
    profile that MAILTRAP_PROFILE or default_profile names; the defaults. `unsaved` are the values of the profile named
    with --profile while they are not in the file yet.

    Raises ConfigError for an unknown profile, a broken file or a bad value, InputError for flags that exclude each
    other.
    """
    from .file import absolute_path, config_path, read_config

    if flags.sandbox is False and flags.sandbox_id is not None:
        raise InputError(
            f"{name_option('live')} and {name_option('sandbox_id')} cannot be used together", hint="Use one of them."
        )
    path = config_path(env)
    file = read_config(path)
    named = flags.profile
    implied = None if named is not None else env.get("MAILTRAP_PROFILE") or file.default_profile
    name = named if named is not None else implied
    named_by = (
        name_option("profile")
        if named is not None
        else "MAILTRAP_PROFILE"
        if env.get("MAILTRAP_PROFILE")
        else "default_profile"
    )
    profile: Mapping[str, Any] = unsaved or {}
    if unsaved is None and name is not None:
        profile = find_profile(file.profiles, name, path, named_by)
    from_profile = _Layer(f"profile {name}", flatten_profile(profile))
    from_flags = _Layer("flag", _of_flags(flags))
    from_env = _Layer("environment", _of_environment(env))
    layers = [from_flags, from_profile, from_env] if named is not None else [from_flags, from_env, from_profile]
    local = name == LOCAL

    origins: dict[str, str] = {}

    def pick_value(key: str, default: Any = None) -> Any:
        for layer in layers:
            if key in layer.values:
                origins[key] = layer.describe_origin(key)
                return layer.values[key]
        origins[key] = "default"
        return default

    credential = None
    origins["token"] = "none"
    origins["profile"] = "none" if name is None else named_by
    origins["state_dir"] = "environment MAILTRAP_STATE_DIR" if env.get("MAILTRAP_STATE_DIR") else "default"
    for layer in layers:
        found = [key for key in TOKEN_KEYS if key in layer.values]
        if found:
            credential, origins["token"] = (found[0], layer.values[found[0]]), layer.describe_origin(found[0])
            break
    hosts = {host: pick_value(f"hosts.{host}", url) for host, url in HOSTS.items()}
    sandbox = pick_value("sandbox", False)
    if local:  # whatever the environment says, nothing leaves this machine; --live means a stream of the local sandbox
        sandbox, origins["sandbox"] = flags.sandbox is not False, from_profile.name
        origins["token"] = "not needed"
        hosts = {host: f"http://{host}.{LOCAL}.invalid" for host in HOSTS}
        for host in HOSTS:
            origins[f"hosts.{host}"] = "local sandbox"
    state = env.get("MAILTRAP_STATE_DIR")
    return Settings(
        profile=name,
        local=local,
        stream=pick_value("stream", "transactional"),
        sandbox=sandbox,
        sandbox_id=pick_value("sandbox_id"),
        sender=pick_value("from", LOCAL_SENDER if local else None),
        rate_limit=pick_value("rate_limit"),
        hosts=hosts,
        state_dir=absolute_path(state, "MAILTRAP_STATE_DIR") if state else user_folder("state"),
        origins=origins,
        warnings=file.warnings,
        credential=credential,
        env=env,
    )


def _of_flags(flags: Flags) -> dict[str, Any]:
    sandbox = True if flags.sandbox_id is not None else flags.sandbox
    if flags.stream is not None and flags.stream not in STREAMS:
        raise InputError(f"{name_option('stream')}: {flags.stream!r} is not one of transactional, bulk")
    if flags.sandbox_id is not None and not 1 <= flags.sandbox_id <= LARGEST_ID:
        raise InputError(f"{name_option('sandbox_id')} must be a positive number of at most 18 digits")
    given = {"stream": flags.stream, "sandbox": sandbox, "sandbox_id": flags.sandbox_id, "from": flags.sender}
    return {key: value for key, value in given.items() if value is not None}


def _of_environment(env: Mapping[str, str]) -> dict[str, Any]:
    """Read the values of the environment; `key@` is the variable of each."""
    values: dict[str, Any] = {}
    for key, variables in ENVIRONMENT.items():
        for variable in variables:
            if env.get(variable, "").strip():
                values[key], values[f"{key}@"] = _from_variable(key, env[variable], variable), variable
                break
    return values


def _from_variable(key: str, text: str, variable: str) -> Any:
    match key:
        case "sandbox":
            lowered = text.strip().lower()
            if lowered in ("true", "1", "yes", "on"):
                return True
            if lowered in ("false", "0", "no", "off"):
                return False
            raise ConfigError(f"{variable} must be true or false, not {quote_value(text)}")
        case "sandbox_id":
            if (number := whole_number(text)) is None:
                raise ConfigError(f"{variable} must be a whole number of 1 or more, not {quote_value(text)}")
            return number
        case "stream" if text not in STREAMS:
            raise ConfigError(f"{variable} must be transactional or bulk, not {quote_value(text)}")
        case _ if key.startswith("hosts."):
            check_url(text, variable)
            return text.rstrip("/")
        case _:
            return text
