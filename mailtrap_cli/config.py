"""The settings of a run: flags, profiles of the configuration file, and the environment, in the contract's order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from .errors import ConfigError, InputError

HOSTS: Mapping[str, str] = {
    "send": "https://send.api.mailtrap.io",
    "bulk": "https://bulk.api.mailtrap.io",
    "sandbox": "https://sandbox.api.mailtrap.io",
    "account": "https://mailtrap.io",
}

LOCAL = "local"  # the profile that always exists: the embedded sandbox
LOCAL_SENDER = "local@mailtrap.test"

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
TOKEN_KEYS = ("token", "token_env", "token_command")
STREAMS = ("transactional", "bulk")

# Each setting's variables, the first that is set wins.
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

Stream = Literal["transactional", "bulk"]
Host = Literal["send", "bulk", "sandbox", "account"]


@dataclass(frozen=True)
class Flags:
    """What the command line says; None where it says nothing."""

    profile: str | None = None
    stream: str | None = None
    sandbox: bool | None = None
    sandbox_id: int | None = None
    sender: str | None = None


@dataclass(frozen=True)
class Target:
    """Where an email goes: the host, the paths, and the sentence that says so."""

    kind: Literal["transactional", "bulk", "sandbox"]
    host: Host
    send_path: str
    batch_path: str
    label: str


@dataclass(frozen=True)
class Settings:
    """The settings of one run. `origins` says of each key where its value came from."""

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
        """The API token, from wherever the credential says; ConfigError where there is none."""
        if self.local:
            return LOCAL
        if self.credential is None:
            raise ConfigError(
                "There is no API token",
                hint="Run: mailtrap config init, or set MAILTRAP_API_TOKEN. Without an account: -p local.",
            )
        key, value = self.credential
        if key == "token_env":
            if not self.env.get(value):
                raise ConfigError(
                    f"The environment variable {value}, which {self.origins['token']} names for the token, is not set",
                    hint=f"Set {value}, or: mailtrap config init",
                )
            return self.env[value]
        return _token_of_command(value) if key == "token_command" else cast(str, value)

    def target(self) -> Target:
        """Where an email goes; ConfigError for a sandbox without an id."""
        suffix = f" · profile {self.profile}" if self.profile else ""
        if not self.sandbox:
            host: Host = "bulk" if self.stream == "bulk" else "send"
            return Target(self.stream, host, "/api/send", "/api/batch", f"LIVE {self.stream}{suffix}")
        if self.sandbox_id is None:
            raise ConfigError(
                "The sandbox to send to is not named",
                hint="Give --sandbox-id, set MAILTRAP_SANDBOX_ID, or: mailtrap config set sandbox_id ID",
            )
        number = self.sandbox_id
        return Target("sandbox", "sandbox", f"/api/send/{number}", f"/api/batch/{number}", f"sandbox {number}{suffix}")


@dataclass(frozen=True)
class _Layer:
    """Values from one place; `name` says which, for the origins and for errors."""

    name: str
    values: Mapping[str, Any]

    def origin(self, key: str) -> str:
        if self.name == "environment":
            return f"environment {self.values[f'{key}@']}"
        return self.name


def resolve(flags: Flags, env: Mapping[str, str]) -> Settings:
    """The settings by the contract's precedence: a flag; the profile named with --profile; the environment; the
    profile that MAILTRAP_PROFILE or default_profile names; the defaults.

    Raises ConfigError for an unknown profile, a broken file or a bad value, InputError for flags that exclude each
    other.
    """
    from .configfile import config_path, read

    if flags.sandbox is False and flags.sandbox_id is not None:
        raise InputError("--live and --sandbox-id exclude each other", hint="Give one of them.")
    path = config_path(env)
    file = read(path)
    named = flags.profile
    implied = None if named is not None else env.get("MAILTRAP_PROFILE") or file.default_profile
    name = named if named is not None else implied
    profile: dict[str, Any] = {} if name is None else profile_of(file.profiles, name, path)
    named_by = (
        "--profile" if named is not None else "MAILTRAP_PROFILE" if env.get("MAILTRAP_PROFILE") else "default_profile"
    )
    from_profile = _Layer(f"profile {name}", _flat(profile))
    from_flags = _Layer("flag", _of_flags(flags))
    from_env = _Layer("environment", _of_environment(env))
    layers = [from_flags, from_profile, from_env] if named is not None else [from_flags, from_env, from_profile]
    local = name == LOCAL
    if local and flags.sandbox is False:
        raise InputError("The profile local never sends live", hint="Name another profile with --profile.")

    origins: dict[str, str] = {}

    def pick(key: str, default: Any = None) -> Any:
        for layer in layers:
            if key in layer.values:
                origins[key] = layer.origin(key)
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
            credential, origins["token"] = (found[0], layer.values[found[0]]), layer.origin(found[0])
            break
    hosts = {host: pick(f"hosts.{host}", url) for host, url in HOSTS.items()}
    if local:
        origins["token"] = "not needed"
        hosts = {host: f"http://{host}.{LOCAL}.invalid" for host in HOSTS}
        for host in HOSTS:
            origins[f"hosts.{host}"] = "embedded"
    state = env.get("MAILTRAP_STATE_DIR")
    return Settings(
        profile=name,
        local=local,
        stream=pick("stream", "transactional"),
        sandbox=True if local else pick("sandbox", False),
        sandbox_id=pick("sandbox_id", 1 if local else None),
        sender=pick("from", LOCAL_SENDER if local else None),
        rate_limit=pick("rate_limit"),
        hosts=hosts,
        state_dir=Path(state).absolute() if state else _user_state_dir(),
        origins=origins,
        warnings=file.warnings,
        credential=credential,
        env=env,
    )


def profile_of(profiles: Mapping[str, dict[str, Any]], name: str, path: Path) -> dict[str, Any]:
    """The profile of this name; ConfigError with the nearest names for one that is not there."""
    if name in profiles:
        return profiles[name]
    if name == LOCAL:
        return {}
    from difflib import get_close_matches

    known = [*profiles, LOCAL]
    near = get_close_matches(name, known, n=3) or known
    raise ConfigError(
        f"There is no profile {name!r} in {path}",
        hint=f"There is {', '.join(near)}. To make it: mailtrap config init {name}",
    )


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
    if name == LOCAL and set(profile) - {"from", "sandbox_id"}:
        raise ConfigError(f"{here} is the embedded sandbox; only from and sandbox_id can be set", hint="Rename it.")


def check_value(key: str, value: object, here: str) -> None:
    """Raise ConfigError where this value cannot be a profile's `key`; `here` starts the sentence."""
    kind = KEYS[key]
    names = {
        str: "text in quotes",
        bool: "true or false",
        int: "a whole number",
        list: "a list of words",
        dict: "a table",
    }
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ConfigError(f"{here} must be {names[kind]}, not {value!r}")
    match key:
        case "stream" if value not in STREAMS:
            raise ConfigError(f"{here} must be transactional or bulk, not {value!r}")
        case "sandbox_id" if cast(int, value) < 1:
            raise ConfigError(f"{here} must be 1 or more, not {value}")
        case "token_command" if not value or not all(isinstance(word, str) for word in cast(list[object], value)):
            raise ConfigError(f"{here} must be a list of words, such as ['op', 'read', 'op://vault/mailtrap']")
        case "token" | "token_env" | "from" if not value:
            raise ConfigError(f"{here} is empty")
        case "hosts":
            for host, url in cast(dict[str, object], value).items():
                if host in HOSTS:
                    check_url(url, f"{here}.{host}")
        case "rate_limit":
            from .units import parse_rate

            try:
                parse_rate(cast(str, value), here)
            except InputError as error:
                raise ConfigError(error.message, hint=error.hint) from error


def check_url(url: object, here: str) -> None:
    """Raise ConfigError for a host that a token must not be sent to: https, or http on a loopback address only."""
    hint = "Such as https://send.api.mailtrap.io, or http://127.0.0.1:3580/send."
    if not isinstance(url, str):
        raise ConfigError(f"{here} must be text in quotes, not {url!r}", hint=hint)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ConfigError(f"{here} is no URL: {url!r}", hint=hint) from None
    if parts.scheme not in ("http", "https") or not host or not url.isascii() or not url.isprintable() or " " in url:
        raise ConfigError(f"{here} is no http or https URL: {url!r}", hint=hint)
    if parts.username is not None or parts.query or parts.fragment:
        raise ConfigError(f"{here} must hold no user name, query or fragment", hint=hint)
    if parts.scheme == "http" and not _is_loopback(host):
        raise ConfigError(
            f"{here} is plain http to {host}, where the token could be read on the way", hint="Use https."
        )


def mask(token: str) -> str:
    """A token that can be shown: its last four characters where it is long enough, else nothing of it."""
    return f"••••{token[-4:]}" if len(token) >= 16 else "••••"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _flat(profile: Mapping[str, Any]) -> dict[str, Any]:
    """A profile with its hosts as `hosts.send` and so on, URLs without a slash at the end."""
    hosts = {f"hosts.{host}": url.rstrip("/") for host, url in profile.get("hosts", {}).items() if host in HOSTS}
    return {**{key: value for key, value in profile.items() if key in KEYS and key != "hosts"}, **hosts}


def _of_flags(flags: Flags) -> dict[str, Any]:
    sandbox = True if flags.sandbox_id is not None else flags.sandbox
    if flags.stream is not None and flags.stream not in STREAMS:
        raise InputError(f"--stream: {flags.stream!r} is not one of transactional, bulk")
    given = {"stream": flags.stream, "sandbox": sandbox, "sandbox_id": flags.sandbox_id, "from": flags.sender}
    return {key: value for key, value in given.items() if value is not None}


def _of_environment(env: Mapping[str, str]) -> dict[str, Any]:
    """The values of the environment; `key@` is the variable that gave each."""
    values: dict[str, Any] = {}
    for key, variables in ENVIRONMENT.items():
        for variable in variables:
            if env.get(variable):
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
            raise ConfigError(f"{variable} must be true or false, not {text!r}")
        case "sandbox_id":
            if not text.strip().isdecimal() or not int(text):
                raise ConfigError(f"{variable} must be a whole number, not {text!r}")
            return int(text)
        case "stream" if text not in STREAMS:
            raise ConfigError(f"{variable} must be transactional or bulk, not {text!r}")
        case _ if key.startswith("hosts."):
            check_url(text, variable)
            return text.rstrip("/")
        case _:
            return text


def _user_state_dir() -> Path:
    from platformdirs import user_state_path

    return user_state_path("mailtrap", appauthor=False)


def _token_of_command(command: list[str]) -> str:
    import subprocess

    shown = command[0]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        raise ConfigError(f"token_command {shown!r} gave no token within 60 s") from None
    except OSError as error:
        raise ConfigError(
            f"token_command {shown!r} cannot be run: {error.strerror}", hint="See: mailtrap config show"
        ) from None
    token = done.stdout.decode(errors="replace").strip()
    if done.returncode or not token:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        reason = said[-1] if said else f"exit code {done.returncode}" if done.returncode else "it printed nothing"
        raise ConfigError(f"token_command {shown!r} gave no token: {reason}", hint="Run it by hand to see why.")
    return token
