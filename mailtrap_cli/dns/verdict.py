"""Judge each record: compare what DNS should say with what it says. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from . import dmarc, spf
from .causes import Cause, find_cause, is_kind
from .names import plain_name
from .records import Found, Problem, Record


class Verdict(StrEnum):
    """The state of a record, mildest first."""

    OK = "ok"
    WARNING = "warning"  # sending works, but something differs from what Mailtrap expects
    ERROR = "error"  # DNS did not answer
    MISSING = "missing"
    MISMATCH = "mismatch"
    DUPLICATE = "duplicate"


_SEVERITY = list(Verdict)


@dataclass(frozen=True)
class Checked:
    """A record with its verdict.

    `values` are those of `found` that concern it. `detail` says what the values alone do not show, or ""; `advice`
    is how to cure that, or "". `reason` and `cure` are always sentences unless the record is ok.
    """

    record: Record
    verdict: Verdict
    found: Found
    values: tuple[str, ...] = ()
    detail: str = ""
    advice: str = ""
    cause: Cause | None = None
    views: tuple[Checked, ...] = ()  # one per server if they disagree

    @property
    def problem(self) -> Problem | None:
        """What kept DNS from answering; None if some server answered."""
        return None if self.views or self.found.failure is None else self.found.failure.problem

    @property
    def told(self) -> bool:
        """Whether it is known what DNS has, including that the domain does not exist."""
        return self.verdict is not Verdict.ERROR or self.problem is Problem.NO_DOMAIN

    @property
    def reason(self) -> str | None:
        """Why the record is not ok, as a sentence; None if it is ok."""
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
        """What to do about it, as a sentence; None if the record is ok."""
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
            added = f"Add a {what} with the value {self.wanted}."
            if self.found.parent and self.wanted != record.value:
                added += f" The policy {self.inherited} of {self.found.parent[0]} already applies."
            return added
        if len(self.values) > 1:
            return f"Replace them with one {what}: {self.wanted}"
        return f"Change the {what} to {self.wanted}."

    @property
    def wanted(self) -> str:
        """The value to set: what Mailtrap expects, merged with an existing SPF or DMARC record.

        A DMARC policy is never weaker than the one that already applies.
        """
        here = [self.cause.meant] if self.cause and self.cause.meant else list(self.values)
        match self.record.kind:
            case "spf":
                merged = spf.merge_records(filter(spf.is_spf, here), self.record.value)
                return self.record.value if merged is None else merged
            case "dmarc":
                own = filter(dmarc.is_dmarc, here)
                return dmarc.merge_records(self.record.value, own, at_least=self.inherited)
        return self.record.value

    @property
    def inherited(self) -> str:
        """The policy of the parent's DMARC record (RFC 7489, 6.6.3); "" if it has none, or the name has its own."""
        if self.found.parent is None or any(dmarc.has_policy(text) for text in self.values):
            return ""
        return dmarc.subdomain_policy(self.found.parent[1])


_KINDS = {"spf": "SPF ", "dmarc": "DMARC "}
_WRONG = (Verdict.MISSING, Verdict.MISMATCH, Verdict.DUPLICATE)


def judge_record(record: Record, views: Sequence[Found]) -> Checked:
    """Judge a record by every server's answer: the worst counts, but an optional record is at most a warning.

    If the servers disagree, `views` has the verdict of each and `detail` says so. A server that fails beside one that
    answers is a warning.
    """
    each = [_judge_view(record, found) for found in views]
    if not record.needed:
        each = [replace(one, verdict=Verdict.WARNING) if one.verdict in _WRONG else one for one in each]
    answers = [one for one in each if one.told] or each
    worst = max(answers, key=lambda checked: _SEVERITY.index(checked.verdict))
    if _is_unanimous(record, each):
        return worst
    failed = [one for one in each if not one.told]
    if failed and _is_unanimous(record, answers):
        silent = " ".join(one.detail for one in failed)
        if worst.verdict is Verdict.OK:
            advice = f"Check {' and '.join(one.found.server for one in failed)}, or leave it out."
            return replace(worst, verdict=Verdict.WARNING, detail=silent, advice=advice)
        return replace(worst, detail=f"{worst.detail or worst.reason} {silent}")
    said = "; ".join(f"{one.found.server} says {_quote_answer(one)}" for one in each)
    detail = f"The servers disagree: {said}."
    verdict = max(worst.verdict, Verdict.WARNING, key=_SEVERITY.index)
    advice = "Update the servers that are behind, or wait until they have the new record."
    return Checked(record, verdict, worst.found, worst.values, detail, advice, views=tuple(each))


def trust_status(record: Record) -> Checked:
    """Judge a record by the status that the API gives it, without asking DNS."""
    if record.status != "pass":
        return judge_record(record, [Found()])
    return Checked(record, Verdict.OK, Found((record.value,)), (record.value,))


def _is_unanimous(record: Record, answers: Sequence[Checked]) -> bool:
    return len({(one.verdict, tuple(sorted(_normalize_values(record, one.values)))) for one in answers}) == 1


def _normalize_values(record: Record, values: Sequence[str]) -> list[str]:
    return [plain_name(value) for value in values] if record.type.upper() == "CNAME" else list(values)


def _quote_answer(checked: Checked) -> str:
    if checked.found.failure:
        return str(checked.found.failure.problem)
    return " and ".join(checked.values) or "nothing"


def _judge_view(record: Record, found: Found) -> Checked:
    """Judge one server's answer, with its cause if known."""
    checked = _judge_values(record, found)
    if checked.verdict not in (Verdict.MISSING, Verdict.MISMATCH) or found.failure:
        return checked

    def accept(text: str) -> bool:
        return _judge_values(record, replace(found, values=(text,))).verdict not in _WRONG

    cause = find_cause(record, found, accept)
    if cause is None:
        return checked
    values = checked.values
    if not values and cause.meant and not cause.deletions:  # not even the kind of the text is known
        values = tuple(text for text in found.values if not is_kind(record, text))[:1] or found.values[:1]
    verdict = Verdict.MISMATCH if values and checked.verdict is Verdict.MISSING else checked.verdict
    return replace(checked, verdict=verdict, values=values, detail=cause.reason, advice=cause.cure, cause=cause)


def _judge_values(record: Record, found: Found) -> Checked:
    if found.failure and found.failure.problem is Problem.LOOP:
        return Checked(record, Verdict.MISMATCH, found, detail=found.failure.text)
    if found.failure:
        return Checked(record, Verdict.ERROR, found, detail=found.failure.text)
    if record.type.upper() == "CNAME":
        verdict, detail = _judge_cname(record, found)
        return Checked(record, verdict, found, found.values or found.addresses, detail)
    match record.kind:
        case "spf":
            values = tuple(text for text in found.values if spf.is_spf(text))
            decide = _judge_spf
        case "dmarc":
            values = tuple(text for text in found.values if dmarc.is_dmarc(text))
            decide = _judge_dmarc
        case _:
            return _judge_text(record, found)
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
        return Checked(record, Verdict.MISMATCH, found, near, f"It does not start with exactly {version}.")
    return Checked(record, Verdict.MISSING, found)


def _judge_cname(record: Record, found: Found) -> tuple[Verdict, str]:
    if plain_name(record.value) in map(plain_name, found.aliases):
        return Verdict.OK, ""
    if found.aliases:
        return Verdict.MISMATCH, ""
    if found.addresses:
        return (
            Verdict.MISMATCH,
            f"{record.domain} has an address instead of a CNAME. The DNS provider probably proxies it: turn that off.",
        )
    return Verdict.MISSING, ""


def _judge_spf(record: Record, value: str, found: Found) -> tuple[Verdict, str]:
    broken = spf.find_problem(value, found.included)
    if broken:
        return Verdict.MISMATCH, f"Receivers reject this SPF record: {broken}."
    lacking = spf.list_lacking(record.value, value, found.included)
    if lacking:
        return Verdict.MISMATCH, f"It does not contain {' and '.join(lacking)}."
    if len(found.void) > spf.VOID_LIMIT:
        return Verdict.WARNING, (
            f"{len(found.void)} of its terms match nothing in DNS ({', '.join(found.void)}); receivers may reject SPF "
            f"with more than {spf.VOID_LIMIT} of those (RFC 7208, 4.6.4). Remove them."
        )
    return Verdict.OK, ""


def _judge_dmarc(record: Record, value: str, found: Found) -> tuple[Verdict, str]:
    wrong = dmarc.find_problem(record.value, value)
    if wrong:
        return Verdict.MISMATCH, f"{wrong[0].upper()}{wrong[1:]}."
    if missing := dmarc.list_unreported(record.value, value):
        return Verdict.WARNING, (
            f"Reports do not go to {' and '.join(missing)}; Mailtrap may require the record exactly as listed."
        )
    return Verdict.OK, ""


def _judge_text(record: Record, found: Found) -> Checked:
    """Judge a TXT record other than SPF and DMARC: the exact text, or one that starts the same up to `=`."""
    if record.value in found.values:
        return Checked(record, Verdict.OK, found, (record.value,))
    start = record.value.partition("=")[0]
    near = tuple(text for text in found.values if text.partition("=")[0] == start)
    return Checked(record, Verdict.MISMATCH if near else Verdict.MISSING, found, near)


Marked = list[tuple[str, bool]]  # a text in pieces, and whether a piece differs from the other text


def mark_differences(expected: str, found: str) -> tuple[Marked, Marked]:
    """Split both texts into pieces, marked where they differ; whole words are compared, ignoring case."""
    left, right = (re.findall(r"[^\s.;:,=]+|.", text, re.DOTALL) for text in (expected, found))
    matcher = SequenceMatcher(None, [word.lower() for word in left], [word.lower() for word in right], autojunk=False)
    codes = [(tag == "equal", left[a:b], right[c:d]) for tag, a, b, c, d in matcher.get_opcodes()]
    marks: tuple[Marked, Marked] = ([], [])
    for number, (equal, *both) in enumerate(codes):
        between = 0 < number < len(codes) - 1 and not re.search(r"\w", "".join(both[0]))
        for pieces, words in zip(marks, both, strict=True):
            differs = not equal or between  # a dot in common does not make two names similar
            if words and pieces and pieces[-1][1] == differs:
                pieces[-1] = (pieces[-1][0] + "".join(words), differs)
            elif words:
                pieces.append(("".join(words), differs))
    return marks
