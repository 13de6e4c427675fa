"""Decide where webhooks may be sent: to this machine, unless the user allows others. Names are resolved only once."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from ..errors import name_option

PATIENCE = 3.0  # seconds allowed for looking up a name


def resolve_target(url: str, *, allow_remote: bool) -> tuple[list[str] | None, str | None]:
    """Return the addresses for this webhook URL, and why it is refused; one of the two is None.

    Names are looked up now and never again, so that a name cannot point elsewhere later (DNS rebinding). For another
    machine, if allowed, the addresses are [].
    """
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761, 6.3
        return ["127.0.0.1", "::1"], None
    addresses = [host] if _is_address(host) else _look_up(host)
    if addresses and all(map(_is_loopback, addresses)):
        return addresses, None
    if allow_remote:
        return [], None
    refused = "must be a loopback address, such as http://127.0.0.1:3000/webhook"
    refused += f" ({name_option('allow_remote')} allows others)"
    return None, refused if addresses else f"{refused}; {host} does not resolve"


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(address: str) -> bool:
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return found.is_loopback


def _look_up(host: str) -> list[str]:
    found: list[str] = []

    def resolve() -> None:
        with suppress(OSError, UnicodeError):
            found.extend(str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))

    # Use a thread that cannot delay this process or its exit: a resolver may take a minute.
    thread = threading.Thread(target=resolve, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return list(dict.fromkeys(found))
