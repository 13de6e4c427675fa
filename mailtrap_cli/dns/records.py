"""Expected and found DNS records. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from . import dmarc, spf


@dataclass(frozen=True)
class Record:
    """A record that a domain should have (email-sending.openapi.yml, Domain.dns_records).

    `name` is relative to the domain, `domain` is the full name; `status` is what Mailtrap saw at its last check.
    `needed` is False if a domain can send without it.
    """

    key: str
    type: str
    name: str
    domain: str
    value: str
    status: str = ""
    needed: bool = True

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> Record:
        """Build the record from the API's object."""
        key, kind, name, domain, value, status = (
            str(item.get(field) or "") for field in ("key", "type", "name", "domain", "value", "status")
        )
        return cls(key, kind, name, domain, value, status, needed=key != "link_verification")

    @property
    def kind(self) -> str:
        """How it is compared: spf, dmarc, or literally."""
        if self.type.upper() != "TXT":
            return "plain"
        return "spf" if spf.is_spf(self.value) else "dmarc" if dmarc.is_dmarc(self.value) else "plain"


def dns_only(domain: str) -> list[Record]:
    """List the records to expect without asking the API (the example of Domain in email-sending.openapi.yml).

    The name of the domain's verification record is random, so it is not among them. SPF is required of older domains
    only, and tracking links need not be the domain's own: both are not `needed`.
    """

    def record(key: str, kind: str, name: str, value: str, *, needed: bool = True) -> Record:
        return Record(key, kind, name, f"{name}.{domain}" if name else domain, value, needed=needed)

    return [
        record("dkim1", "CNAME", "rwmt1._domainkey", "rwmt1.dkim.smtp.mailtrap.live"),
        record("dkim2", "CNAME", "rwmt2._domainkey", "rwmt2.dkim.smtp.mailtrap.live"),
        record("dmarc", "TXT", "_dmarc", "v=DMARC1; p=none"),
        record("spf", "TXT", "", "v=spf1 include:_spf.smtp.mailtrap.live ~all", needed=False),
        record("link_verification", "CNAME", "mt-link", "t.mailtrap.live", needed=False),
    ]


class Problem(StrEnum):
    """Why a record could not be checked; the most telling first."""

    NO_DOMAIN = "nxdomain"  # the domain itself is not in DNS
    LOOP = "loop"  # its CNAMEs form a loop, or never end
    SERVFAIL = "servfail"
    REFUSED = "refused"
    BROKEN = "broken"  # an answer that makes no sense, or another error code
    NETWORK = "network"  # the query could not be sent, or nothing listens there
    TIMEOUT = "timeout"


@dataclass(frozen=True)
class Failure:
    """A problem, and a sentence about it with the server's address."""

    problem: Problem
    text: str


@dataclass(frozen=True)
class Neighbor:
    """Values at another name or of another type, those beside them to keep, and their TTL in seconds."""

    name: str
    type: str
    values: tuple[str, ...]
    rest: tuple[str, ...] = ()
    ttl: int = 3600


@dataclass(frozen=True)
class Found:
    """The answer of one server (or the zone's own servers, then the system's) for a record.

    `values` are the texts of all TXT records at the name, or the target of its CNAME. `aliases` are the names that
    CNAMEs led to, in order. `addresses` are what a name has that should have a CNAME and has none. `included` are
    the SPF records behind an SPF record, see `spf.Included`; `void` are its terms whose names are not in DNS. `strings`
    are the strings that a text is made of. `neighbors` and `parent` are asked only for a record that is not right:
    records that may be this one in a wrong place, and the name and text of the DMARC record that holds without it.
    """

    values: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    failure: Failure | None = None
    server: str = ""
    included: spf.Included = field(default_factory=dict)
    void: tuple[str, ...] = ()
    strings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    neighbors: tuple[Neighbor, ...] = ()
    parent: tuple[str, str] | None = None
