"""Domain names and name server addresses, as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address

from ..errors import InputError, name_option

_HINT = "Use the name alone, such as acme.example."


def domain_name(text: str, where: str) -> str:
    """Return the domain in lower-case A-labels (RFC 5891), without a trailing dot.

    Raises InputError, naming `where`, if it is not a domain name: one label, an address, a URL.
    """
    import idna

    name = text.strip().rstrip(".")
    try:
        ascii_name = idna.encode(name, uts46=True, std3_rules=True).decode("ascii").lower()
    except idna.IDNAError as error:
        raise InputError(f"{where}: {text!r} is not a domain name", hint=_HINT) from error
    last = ascii_name.rpartition(".")[2]
    if "." not in ascii_name or last.isdecimal():
        raise InputError(f"{where}: {text!r} is not a domain name", hint=_HINT)
    return ascii_name


def plain_name(name: str) -> str:
    """Normalize a name for comparison: lower case, no trailing dot (RFC 4343), A-labels."""
    lowered = name.strip().rstrip(".").lower()
    if lowered.isascii():
        return lowered
    import idna

    try:  # label by label: `_dmarc` is not a host name label, and stays
        labels = [one if one.isascii() else idna.encode(one, uts46=True).decode("ascii") for one in lowered.split(".")]
    except ValueError:  # idna raises several kinds
        return lowered
    return ".".join(labels)


def readable_name(name: str) -> str:
    """Decode the A-labels of a name for people; unchanged if it has none."""
    import idna

    try:
        return idna.decode(name)
    except ValueError:  # idna raises several kinds
        return name


@dataclass(frozen=True)
class Server:
    """A name server: an IP address and a port."""

    address: str
    port: int = 53

    def __str__(self) -> str:
        if self.port == 53:
            return self.address
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


def parse_server(text: str) -> Server:
    """Parse IP, IP:PORT, [IPV6] or [IPV6]:PORT. Raises InputError for anything else."""
    stripped, where = text.strip(), name_option("nameserver")
    parts = re.fullmatch(r"\[(?P<six>[^]]*)\](?::(?P<six_port>\d+))?|(?P<four>[^:]*):(?P<four_port>\d+)", stripped)
    address, port = stripped, "53"
    if parts:
        address = parts["four"] if parts["six"] is None else parts["six"]
        port = parts["six_port"] or parts["four_port"] or "53"
    try:
        host = ip_address(address)
        if parts and (host.version == 6) != (parts["six"] is not None):
            raise ValueError
    except ValueError as error:
        raise InputError(
            f"{where}: {text!r} is not the address of a name server",
            hint="Use an IP address, with a port if it is not 53: 192.0.2.1, 192.0.2.1:5353, [2001:db8::1]:5353.",
        ) from error
    if not 1 <= int(port) <= 65535:
        raise InputError(f"{where}: {port} is not a port", hint="A port is a number from 1 to 65535.")
    return Server(str(host), int(port))
