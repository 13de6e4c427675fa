"""Where an email goes, and the line that says so before each send."""

from __future__ import annotations

from typing import Literal

from ..errors import ConfigError, name_option
from ..records import record
from .settings import Host, Settings


@record
class Target:
    """Where an email goes: the host, the paths, and the line that says so."""

    kind: Literal["transactional", "bulk", "sandbox"]
    host: Host
    send_path: str
    batch_path: str
    label: str


def choose_target(settings: Settings) -> Target:
    """Choose the target of these settings. Raises ConfigError for a sandbox without an ID."""
    host: Host = "sandbox" if settings.sandbox else "bulk" if settings.stream == "bulk" else "send"
    if not settings.sandbox:
        return Target(settings.stream, host, "/api/send", "/api/batch", label_host(settings, host))
    if settings.sandbox_id is None:
        raise ConfigError(
            "No sandbox to send to",
            hint=f"Use {name_option('sandbox_id')}, or set MAILTRAP_SANDBOX_ID. "
            "To see the IDs: mailtrap sandboxes list",
        )
    number = settings.sandbox_id
    return Target("sandbox", host, f"/api/send/{number}", f"/api/batch/{number}", label_host(settings, host, number))


def label_host(settings: Settings, host: Host, sandbox_id: int | None = None) -> str:
    """Return the line that says where a request to this host sends, and who decided it."""
    if host == "sandbox":
        name = "sandbox" if sandbox_id is None else f"sandbox {sandbox_id}"
    else:
        stream = "bulk" if host == "bulk" else "transactional"
        name = f"local {stream} stream" if settings.local else f"LIVE {stream}"
    return "".join([name, *(f" · {part}" for part in _list_sources(settings, host))])


def _list_sources(settings: Settings, host: Host) -> list[str]:
    """List what decides where a send goes: the profile, and the token and host if they are not its own."""
    found = [f"profile {settings.profile}"] if settings.profile else []
    token, place = (settings.origins.get(key, "") for key in ("token", f"hosts.{host}"))
    if token.startswith("environment "):
        found.append(f"token from {token.removeprefix('environment ')}")
    if place.startswith("environment "):
        found.append(f"host {settings.hosts[host].split('/')[2]}")
    return found
