"""SPF records by meaning (RFC 7208): what a record allows, and how many lookups it needs. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from .names import plain_name

LOOKUP_LIMIT = 10  # RFC 7208, 4.6.4
VOID_LIMIT = 2  # names that are not in DNS (RFC 7208, 4.6.4)
COUNT_LIMIT = 100  # counting stops here: a loop of includes has no end

# The SPF record of each domain that an include or a redirect names; None if it has none (or several).
Included = Mapping[str, str | None]

_DOMAIN_NEEDED = {"include", "exists"}
_LOOKUPS = {"include", "a", "mx", "ptr", "exists"}
_TERM = re.compile(r"(?P<qualifier>[+?~-]?)(?P<name>all|include|a|mx|ptr|ip4|ip6|exists)(?P<rest>[:/].+)?", re.I)
# RFC 7208, 7.1: macros and visible characters, then a dot and a top label, or a macro.
_MACRO = r"%(?:\{[a-z]\d*r?[-.+,/_=]*\}|[%_-])"
_DOMAIN = re.compile(
    rf"(?:{_MACRO}|[!-$&-~])*(?:\.(?:[a-z0-9]*[a-z][a-z0-9]*|[a-z0-9]+-[a-z0-9-]*[a-z0-9])\.?|{_MACRO})", re.I
)
_PREFIX = re.compile(r"(?:/\d{1,3})?(?://\d{1,3})?$")
_MODIFIER = re.compile(r"(?P<name>[a-z][a-z0-9._-]*)=(?P<value>.*)", re.I)
_STRICTNESS = "+?~-"  # how much an `all` refuses, least first


@dataclass(frozen=True)
class Term:
    """A mechanism or a redirect; `value` is as written, without the colon, and keeps a prefix length (`/24`)."""

    qualifier: str
    name: str
    value: str

    def __str__(self) -> str:
        if self.name == "redirect":
            return f"redirect={self.value}"
        colon = ":" if self.value and not self.value.startswith("/") else ""
        return f"{self.qualifier.replace('+', '')}{self.name}{colon}{self.value}"

    @property
    def key(self) -> str:
        """The term normalized for comparison."""
        return plain_name(str(self))

    @property
    def bare(self) -> str:
        """The term as it is compared, without its qualifier: the first such term decides (RFC 7208, 4.6.2)."""
        return self.key.lstrip("+?~-")

    @property
    def target(self) -> str:
        """The domain that the term names, without a prefix length; "" for the record's own."""
        return plain_name(_PREFIX.sub("", self.value))

    @property
    def reference(self) -> str | None:
        """The domain whose SPF record this term takes in; None if it takes in none."""
        return plain_name(self.value) if self.name in ("include", "redirect") else None


class SpfError(ValueError):
    """The record is a permanent error (RFC 7208, 2.6.7); the message says why."""


def is_spf(text: str) -> bool:
    """Whether a TXT record is an SPF record (RFC 7208, 4.5)."""
    return text.lower().split(" ", 1)[0] == "v=spf1"


def parse_terms(text: str) -> list[Term]:
    """Parse the terms that decide, in order; unknown modifiers are ignored (RFC 7208, 6). Raises SpfError."""
    terms = []
    for word in filter(None, text.split(" ")[1:]):  # only spaces separate (RFC 7208, 4.6.1)
        modifier = _MODIFIER.fullmatch(word)
        if modifier:
            if modifier["name"].lower() == "redirect":
                terms.append(Term("", "redirect", modifier["value"]))
            continue
        terms.append(_parse_mechanism(word))
    if sum(term.name == "redirect" for term in terms) > 1:
        raise SpfError("it has more than one redirect")
    return terms


def _parse_mechanism(word: str) -> Term:
    found = _TERM.fullmatch(word)
    if found is None:
        raise SpfError(f"{word!r} is not an SPF term")
    name, rest = found["name"].lower(), found["rest"] or ""
    value = rest.removeprefix(":")
    if (name in _DOMAIN_NEEDED or name in ("ip4", "ip6")) and not rest.startswith(":"):
        raise SpfError(f"{word!r} has no value")
    if name == "all" and rest:
        raise SpfError(f"{word!r} is not an SPF term")
    try:
        if name == "ip4":
            IPv4Network(value, strict=False)
        elif name == "ip6":
            IPv6Network(value, strict=False)
    except ValueError as error:
        raise SpfError(f"{word!r} is not an address") from error
    domain = value if name in _DOMAIN_NEEDED else _PREFIX.sub("", value)
    if rest.startswith(":") and name not in ("ip4", "ip6") and not _DOMAIN.fullmatch(domain):
        raise SpfError(f"{word!r} does not name a domain")
    return Term(found["qualifier"] or "+", name, value)


def repair_record(text: str, expected: str) -> str:
    """Insert the space that is missing before `all` (`include:spf.example~all`)."""
    words = []
    includes = {word.lower() for word in expected.split()}
    for word in text.split(" "):
        glued = re.fullmatch(r"(?P<term>[+?~-]?[a-z0-9]+[:/].+?)(?P<all>[~?+-]all)", word, re.I)
        # A domain may well end in "-all", so that is taken apart only behind the expected include.
        if glued and (glued["all"][0] != "-" or glued["term"].lower() in includes):
            words += [glued["term"], glued["all"]]
        else:
            words.append(word)
    return " ".join(words)


def list_addresses(domain: str, text: str, included: Included) -> list[tuple[str, str, str]]:
    """List the names that `a`, `mx` and `exists` look up, through all includes: term, name, type; no macros.

    Each name that is not in DNS is a void lookup (RFC 7208, 4.6.4).
    """
    questions: list[tuple[str, str, str]] = []
    waiting, seen = [(domain, text)], {domain}
    while waiting:
        where, record = waiting.pop()
        try:
            terms = _tested_terms(parse_terms(record))
        except SpfError:
            continue
        for term in terms:
            name = term.target or where
            if term.name in ("a", "mx", "exists") and "%" not in name:
                questions.append((str(term), name, "MX" if term.name == "mx" else "A"))
            nested = included.get(term.reference) if term.reference else None
            if term.reference and nested is not None and term.reference not in seen:
                seen.add(term.reference)
                waiting.append((term.reference, nested))
    return list(dict.fromkeys(questions))


def list_references(text: str) -> list[str]:
    """List the domains that this record includes; those with macros are known only when mail arrives."""
    try:
        terms = _tested_terms(parse_terms(text))
    except SpfError:
        return []
    return [term.reference for term in terms if term.reference and "%" not in term.reference]


def _tested_terms(terms: list[Term]) -> list[Term]:
    """Return the terms up to `all`: later ones are never tested, and `all` cancels a redirect (RFC 7208, 5.1, 6.1)."""
    tested: list[Term] = []
    for term in terms:
        if term.name == "all":
            return tested
        if term.name != "redirect":
            tested.append(term)
    return tested + [term for term in terms if term.name == "redirect"]


def find_problem(text: str, included: Included) -> str | None:
    """Return why a receiver would treat this record as a permanent error; None if it would not."""
    try:
        count = _count_lookups(text, included)
    except SpfError as error:
        return str(error)
    if count > LOOKUP_LIMIT:
        many = f"more than {COUNT_LIMIT}" if count > COUNT_LIMIT else str(count)
        return f"it needs {many} DNS lookups, but receivers stop at {LOOKUP_LIMIT}"
    return None


def _count_lookups(text: str, included: Included) -> int:
    """Count the DNS lookups that the record may need, including those of its includes (RFC 7208, 4.6.4)."""
    count = 0
    waiting = [("", text)]
    while waiting and count <= COUNT_LIMIT:
        where, record = waiting.pop()
        try:
            terms = parse_terms(record)
        except SpfError as error:
            raise SpfError(
                f"the record of {where}, which it includes, is broken: {error}" if where else error
            ) from error
        for term in _tested_terms(terms):
            count += term.name in _LOOKUPS or term.name == "redirect"
            if term.reference and term.reference in included:
                nested = included[term.reference]
                if nested is None:
                    raise SpfError(f"{term.reference}, which it includes, has no SPF record")
                waiting.append((term.reference, nested))
    return count


def list_lacking(expected: str, found: str, included: Included) -> list[str]:
    """List the mechanisms of `expected` that `found` does not allow, directly or through includes.

    `all` is the domain owner's own policy and is not compared. Raises SpfError if `found` is broken.
    """
    passing: set[str] = set()
    seen: set[str] = set()
    waiting = [found]
    while waiting:
        decided: set[str] = set()
        for term in _tested_terms(parse_terms(waiting.pop())):
            first = term.bare not in decided
            decided.add(term.bare)
            if term.qualifier not in ("+", "") or not first:
                continue
            passing.add(term.key)
            nested = included.get(term.reference) if term.reference else None
            if term.reference and nested is not None and term.reference not in seen:
                seen.add(term.reference)
                waiting.append(nested)
    return [str(term) for term in parse_terms(expected) if term.name != "all" and term.key not in passing]


def merge_records(records: Iterable[str], expected: str) -> str | None:
    """Merge records: the terms of all, each once, and the strictest `all`; None if one of them is broken.

    What `expected` allows stays allowed, whatever the others say (`-include:X`). A redirect of one among several
    becomes an include: after a merge, it might never be reached.
    """
    terms: list[Term] = []
    ends: list[Term] = []
    redirects: list[Term] = []
    try:
        for record in [*records, expected]:
            parsed = parse_terms(repair_record(record, expected))
            ends += [term for term in parsed if term.name == "all"]
            redirects += [term for term in _tested_terms(parsed) if term.name == "redirect"]
            terms += [term for term in parsed if term.name not in ("all", "redirect")]
        needed = {term.bare: term for term in parse_terms(expected)}
    except SpfError:
        return None
    terms = [needed.get(term.bare, term) for term in terms]
    if ends:
        terms += [Term("+", "include", term.value) for term in redirects]
        terms.append(max(ends, key=lambda term: _STRICTNESS.index(term.qualifier)))
    elif len(redirects) == 1:
        terms += redirects
    else:
        terms += [Term("+", "include", term.value) for term in redirects]
    return " ".join(["v=spf1", *map(str, {term.key: term for term in terms}.values())])
