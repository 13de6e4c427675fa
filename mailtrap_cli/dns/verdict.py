"""What a domain's DNS should say, what it says, and the verdict on each record. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from . import dmarc, spf
from .names import plain


@dataclass(frozen=True)
class Record:
    """A record that a domain should have (email-sending.openapi.yml, Domain.dns_records).

    `name` is relative to the domain, `domain` is the full name; `status` is what Mailtrap saw at its last look.
    `needed` is False for what a domain can send without.
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
        """The record from the API's object."""
        key, kind, name, domain, value, status = (
            str(item.get(field) or "") for field in ("key", "type", "name", "domain", "value", "status")
        )
        return cls(key, kind, name, domain, value, status, needed=key != "link_verification")

    @property
    def kind(self) -> str:
        """How it is compared: spf, dmarc, or plainly."""
        if self.type.upper() != "TXT":
            return "plain"
        return "spf" if spf.is_spf(self.value) else "dmarc" if dmarc.is_dmarc(self.value) else "plain"


def dns_only(domain: str) -> list[Record]:
    """What can be expected of a domain without asking the API (the example of Domain in email-sending.openapi.yml).

    The name of the domain's verification record is random, so it is not among them. SPF is asked of older domains
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
    """Why nothing can be said about a record; the most telling first."""

    NO_DOMAIN = "nxdomain"  # the domain itself is not in DNS
    LOOP = "loop"  # its CNAMEs lead in a circle, or never end
    SERVFAIL = "servfail"
    REFUSED = "refused"
    BROKEN = "broken"  # an answer that is none, or another error code
    NETWORK = "network"  # nothing could be sent, or nothing listens there
    TIMEOUT = "timeout"


@dataclass(frozen=True)
class Failure:
    """A problem, and the sentence that tells it, with the server's address."""

    problem: Problem
    text: str


@dataclass(frozen=True)
class Found:
    """What one server (or the zone's own servers, then the system's) says about a record.

    `values` are the texts of all TXT records at the name, or the target of its CNAME. `aliases` are the names that
    CNAMEs led to, in order. `addresses` are what a name has that should have a CNAME and has none. `included` are
    the SPF records behind an SPF record, see `spf.Included`.
    """

    values: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    failure: Failure | None = None
    server: str = ""
    included: spf.Included = field(default_factory=dict)


class Verdict(StrEnum):
    """What is the matter with a record, the mildest first."""

    OK = "ok"
    WARNING = "warning"  # sending works, but something differs from what Mailtrap expects
    ERROR = "error"  # DNS did not tell
    MISSING = "missing"
    MISMATCH = "mismatch"
    DUPLICATE = "duplicate"


_SEVERITY = list(Verdict)


@dataclass(frozen=True)
class Checked:
    """A record with its verdict.

    `values` are those of `found` that concern it. `detail` says what the values alone do not show, or is ""; `advice`
    is how to cure that, or "". `reason` and `cure` are always sentences unless the record is ok.
    """

    record: Record
    verdict: Verdict
    found: Found
    values: tuple[str, ...] = ()
    detail: str = ""
    advice: str = ""
    views: tuple[Checked, ...] = ()  # one per server if they disagree

    @property
    def problem(self) -> Problem | None:
        """What kept DNS from answering; None if some server answered."""
        return None if self.views or self.found.failure is None else self.found.failure.problem

    @property
    def told(self) -> bool:
        """Whether it is known what DNS has. That the domain is not in DNS at all is known, too."""
        return self.verdict is not Verdict.ERROR or self.problem is Problem.NO_DOMAIN

    @property
    def reason(self) -> str | None:
        """Why the record is not ok, in a sentence; None if it is."""
        if self.verdict is Verdict.OK:
            return None
        if self.detail:
            return self.detail
        record = self.record
        if not self.values:
            return f"{record.domain} has no {_KINDS.get(record.kind, '')}{record.type.upper()} record."
        return f"{record.domain} has {' and '.join(self.values)} instead of {record.value}."

    @property
    def cure(self) -> str | None:
        """What to do about it, in a sentence; None if the record is ok."""
        if self.verdict is Verdict.OK:
            return None
        if self.advice:
            return self.advice
        record = self.record
        if self.problem is Problem.NO_DOMAIN:
            return "Check that the name is right, registered, and delegated to its name servers."
        if not self.told:
            return "Check the name servers and the network, then run the check again."
        what = f"{record.type.upper()} record at {record.domain}"
        if not self.values:
            return f"Add a {what} with the value {record.value}."
        if len(self.values) > 1:
            return f"Keep one {what} and delete the others."
        return f"Change the {what} to {record.value}."


_KINDS = {"spf": "SPF ", "dmarc": "DMARC "}
_WRONG = (Verdict.MISSING, Verdict.MISMATCH, Verdict.DUPLICATE)


def judge(record: Record, views: Sequence[Found]) -> Checked:
    """Judge a record by what every server says: the worst counts, and an optional record is a warning at most.

    If the servers disagree, `views` has the verdict of each and `detail` says so. A server that fails beside one that
    answers is a warning.
    """
    each = [_judge(record, found) for found in views]
    if not record.needed:
        each = [replace(one, verdict=Verdict.WARNING) if one.verdict in _WRONG else one for one in each]
    answers = [one for one in each if one.told] or each
    worst = max(answers, key=lambda checked: _SEVERITY.index(checked.verdict))
    if _agree(record, each):
        return worst
    failed = [one for one in each if not one.told]
    if failed and _agree(record, answers):
        silent = " ".join(one.detail for one in failed)
        if worst.verdict is Verdict.OK:
            advice = f"Check {' and '.join(one.found.server for one in failed)}, or leave it out."
            return replace(worst, verdict=Verdict.WARNING, detail=silent, advice=advice)
        return replace(worst, detail=f"{worst.detail or worst.reason} {silent}")
    said = "; ".join(f"{one.found.server} says {_said(one)}" for one in each)
    detail = f"The servers disagree: {said}."
    verdict = max(worst.verdict, Verdict.WARNING, key=_SEVERITY.index)
    advice = "Update the servers that are behind, or wait until they have the new record."
    return Checked(record, verdict, worst.found, worst.values, detail, advice, tuple(each))


def trust_status(record: Record) -> Checked:
    """Judge a record by the status that the API gives it, without asking DNS."""
    if record.status != "pass":
        return judge(record, [Found()])
    return Checked(record, Verdict.OK, Found((record.value,)), (record.value,))


def _agree(record: Record, answers: Sequence[Checked]) -> bool:
    return len({(one.verdict, tuple(sorted(_compared(record, one.values)))) for one in answers}) == 1


def _compared(record: Record, values: Sequence[str]) -> list[str]:
    return [plain(value) for value in values] if record.type.upper() == "CNAME" else list(values)


def _said(checked: Checked) -> str:
    if checked.found.failure:
        return str(checked.found.failure.problem)
    return " and ".join(checked.values) or "nothing"


def _judge(record: Record, found: Found) -> Checked:
    if found.failure and found.failure.problem is Problem.LOOP:
        return Checked(record, Verdict.MISMATCH, found, detail=found.failure.text)
    if found.failure:
        return Checked(record, Verdict.ERROR, found, detail=found.failure.text)
    if record.type.upper() == "CNAME":
        verdict, detail = _cname(record, found)
        return Checked(record, verdict, found, found.values or found.addresses, detail)
    match record.kind:
        case "spf":
            values = tuple(text for text in found.values if spf.is_spf(text))
            decide = _spf
        case "dmarc":
            values = tuple(text for text in found.values if dmarc.is_dmarc(text))
            decide = _dmarc
        case _:
            return _text(record, found)
    if len(values) > 1:
        name = record.kind.upper()
        detail = f"{record.domain} has {len(values)} {name} records; receivers ignore {name} unless there is just one."
        return Checked(record, Verdict.DUPLICATE, found, values, detail)
    if values:
        verdict, detail = decide(record, values[0], found)
        return Checked(record, verdict, found, values, detail)
    near = tuple(text for text in found.values if re.match(rf"\s*v\s*=\s*{record.kind}", text, re.IGNORECASE))
    if near:
        version = "v=spf1" if record.kind == "spf" else "v=DMARC1"
        return Checked(record, Verdict.MISMATCH, found, near, f"It does not begin with {version}, written just so.")
    return Checked(record, Verdict.MISSING, found)


def _cname(record: Record, found: Found) -> tuple[Verdict, str]:
    if plain(record.value) in map(plain, found.aliases):
        return Verdict.OK, ""
    if found.aliases:
        return Verdict.MISMATCH, ""
    if found.addresses:
        return (
            Verdict.MISMATCH,
            f"{record.domain} has an address instead of a CNAME; a DNS provider that proxies does that: turn it off.",
        )
    return Verdict.MISSING, ""


def _spf(record: Record, value: str, found: Found) -> tuple[Verdict, str]:
    broken = spf.problem(value, found.included)
    if broken:
        return Verdict.MISMATCH, f"Receivers reject this SPF record: {broken}."
    lacking = spf.lacking(record.value, value, found.included)
    return (Verdict.MISMATCH, f"It lacks {' and '.join(lacking)}.") if lacking else (Verdict.OK, "")


def _dmarc(record: Record, value: str, found: Found) -> tuple[Verdict, str]:
    wrong = dmarc.problem(record.value, value)
    if wrong:
        return Verdict.MISMATCH, f"{wrong[0].upper()}{wrong[1:]}."
    if missing := dmarc.unreported(record.value, value):
        return Verdict.WARNING, (
            f"Reports do not go to {' and '.join(missing)}; Mailtrap may want the record to the letter."
        )
    return Verdict.OK, ""


def _text(record: Record, found: Found) -> Checked:
    """A TXT record that is neither SPF nor DMARC: the very text, or one that begins as it does up to `=`."""
    if record.value in found.values:
        return Checked(record, Verdict.OK, found, (record.value,))
    start = record.value.partition("=")[0]
    near = tuple(text for text in found.values if text.partition("=")[0] == start)
    return Checked(record, Verdict.MISMATCH if near else Verdict.MISSING, found, near)


Marked = list[tuple[str, bool]]  # a text in pieces, and whether a piece differs from the other text


def marked(expected: str, found: str) -> tuple[Marked, Marked]:
    """Both texts in pieces, marked where they differ; words are compared whole and without case."""
    left, right = (re.findall(r"[^\s.;:,=]+|.", text, re.DOTALL) for text in (expected, found))
    matcher = SequenceMatcher(None, [word.lower() for word in left], [word.lower() for word in right], autojunk=False)
    codes = [(tag == "equal", left[a:b], right[c:d]) for tag, a, b, c, d in matcher.get_opcodes()]
    marks: tuple[Marked, Marked] = ([], [])
    for number, (equal, *both) in enumerate(codes):
        between = 0 < number < len(codes) - 1 and not re.search(r"\w", "".join(both[0]))
        for pieces, words in zip(marks, both, strict=True):
            differs = not equal or between  # the dot that two other names have in common is no likeness
            if words and pieces and pieces[-1][1] == differs:
                pieces[-1] = (pieces[-1][0] + "".join(words), differs)
            elif words:
                pieces.append(("".join(words), differs))
    return marks
