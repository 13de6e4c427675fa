"""DMARC records compared by meaning (RFC 7489, 6.3): tags in any order, spacing and case. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

POLICIES = ("none", "quarantine", "reject")  # the least strict first
_POLICIES_OF = ("p", "sp")
_ADDRESSES = ("rua", "ruf")
_SPACE = " \t"  # RFC 7489, 6.4: WSP, so no other white space separates
_TAG = re.compile(r"[a-z][a-z0-9_]*")
_VERSION = re.compile(r"v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)")


def is_dmarc(text: str) -> bool:
    """Whether a TXT record is a DMARC record: the version comes first and is matched exactly (RFC 7489, 6.3)."""
    return _VERSION.match(text) is not None


def parse_tags(text: str) -> dict[str, str]:
    """Parse the tags, with names in lower case. The first of a repeated tag wins."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            tags.setdefault(name.strip(_SPACE).lower(), value.strip(_SPACE))
    return tags


def find_problem(expected: str, found: str) -> str | None:
    """Return why `found` is weaker than `expected`; None if it is as strict or stricter.

    The policy is what counts: `p` (and `sp`, where expected) at least as strict, and for at least as large a share
    of the mail (`pct`). Where reports go, and how, is the domain owner's own choice; see `unreported`.
    """
    wanted, have = parse_tags(expected), parse_tags(found)
    policy = have.get("p", "").lower()
    if policy not in POLICIES:
        return f"p={policy} is not a policy" if policy else "it has no policy: the tag p is missing"
    least = wanted.get("p", "none").lower()
    if _rank_policy(policy) < _rank_policy(least):
        return f"its policy {policy} is weaker than {least}"
    if "sp" in wanted and _rank_policy(have.get("sp", policy)) < _rank_policy(wanted["sp"]):
        return f"its policy for subdomains is weaker than {wanted['sp'].lower()}"
    if policy == least != "none" and _read_share(have) < _read_share(wanted):
        return f"its policy applies to only {_read_share(have)} % of the mail"
    return None


def list_unreported(expected: str, found: str) -> list[str]:
    """List the report addresses of `expected` that `found` lacks."""
    wanted, have = parse_tags(expected), parse_tags(found)
    missing = [
        address
        for tag in _ADDRESSES
        for address in _split_addresses(wanted.get(tag, ""))
        if address.lower() not in map(str.lower, _split_addresses(have.get(tag, "")))
    ]
    return list(dict.fromkeys(missing))


def has_policy(text: str) -> bool:
    """Whether a text is a DMARC record with its own policy."""
    return is_dmarc(text) and parse_tags(text).get("p", "").lower() in POLICIES


def subdomain_policy(text: str) -> str:
    """Return the policy that a record sets for its subdomains: `sp`, or `p` without it (RFC 7489, 6.3); "" if it has
    none.
    """
    tags = parse_tags(text)
    policy = tags.get("sp", tags.get("p", "")).lower()
    return policy if policy in POLICIES else ""


def merge_records(expected: str, found: Iterable[str], *, at_least: str = "") -> str:
    """Merge records into one that satisfies `expected`: strictest policies, every address, other tags as first found.

    Without records, `expected` is taken as it stands. The policy is not weaker than `at_least`.
    """
    records = [parse_tags(text) for text in found]
    if not records and _rank_policy(at_least) <= _rank_policy(parse_tags(expected).get("p", "none")):
        return expected
    tags = {"v": "DMARC1", "p": at_least or "none"}
    for record in [*records, parse_tags(expected)]:
        for name, value in record.items():
            if not _TAG.fullmatch(name) or not value.isascii():
                continue
            if name in _POLICIES_OF:
                tags[name] = max(tags.get(name, ""), value.lower(), key=_rank_policy)
            elif name in _ADDRESSES:
                known = _split_addresses(tags.get(name, ""))
                fresh = [a for a in _split_addresses(value) if a.lower() not in map(str.lower, known)]
                tags[name] = ",".join(known + fresh)
            else:
                tags.setdefault(name, value)
    one = _write_record(tags)
    return _write_record({**tags, "pct": "100"}) if find_problem(expected, one) else one


def _write_record(tags: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in tags.items())


def _rank_policy(policy: str) -> int:
    return POLICIES.index(policy.lower()) if policy.lower() in POLICIES else -1


def _read_share(tags: dict[str, str]) -> int:
    value = tags.get("pct", "100")
    return int(value) if re.fullmatch(r"\d{1,3}", value) else 100


def _split_addresses(value: str) -> list[str]:
    return [address for address in re.split(r"[ \t]*,[ \t]*", value) if address]
