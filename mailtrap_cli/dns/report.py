"""A domain's records with their verdicts beside what the API says of it, and the sentence that sums both up. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..ci_report import Case
from .compliance import advice, can_send
from .verdict import Checked, Problem, Verdict

CHECK_AGAIN = "Mailtrap looks at DNS every hour"
NAMED = 3  # records named in a sentence; the others are counted

_UNANSWERED = (Problem.NETWORK, Problem.TIMEOUT)


@dataclass(frozen=True)
class Report:
    """One domain. What the API says is None where it was not asked, or does not say."""

    domain: str
    checked: tuple[Checked, ...]
    can_send: bool | None = None
    dns_verified: bool | None = None
    compliance_status: str | None = None

    @classmethod
    def of(cls, item: Mapping[str, Any], checked: Sequence[Checked]) -> Report:
        """The report from the API's domain object."""
        status = item.get("compliance_status")
        return cls(item["domain_name"], tuple(checked), can_send(item), item.get("dns_verified") is True, status)

    @property
    def wrong(self) -> list[Checked]:
        """The records that are needed and, as DNS has it, not as they should be."""
        return [one for one in self.checked if one.record.needed and one.verdict is not Verdict.OK and one.told]

    @property
    def unknown(self) -> list[Checked]:
        """The records that are needed and that DNS told nothing of."""
        return [one for one in self.checked if one.record.needed and not one.told]

    @property
    def good(self) -> bool:
        """Whether the check holds: it can send; without the API, DNS has what can be known."""
        return not (self.wrong or self.unknown) if self.can_send is None else self.can_send

    @property
    def unanswered(self) -> bool:
        """Whether no server answered anything."""
        return bool(self.checked) and all(one.problem in _UNANSWERED for one in self.checked)

    @property
    def _nowhere(self) -> bool:
        return bool(self.checked) and all(one.problem is Problem.NO_DOMAIN for one in self.checked)

    @property
    def advice(self) -> str:
        """What to do about the compliance status, or ""."""
        return "" if self.can_send is None else advice(self.domain, self.compliance_status)

    def document(self) -> dict[str, Any]:
        """The JSON: `found` is one text, several one a line, or null; `name` is relative to the domain."""
        return {
            "domain": self.domain,
            "can_send": self.can_send,
            "dns_verified": self.dns_verified,
            "compliance_status": self.compliance_status,
            "records": [
                {
                    "key": one.record.key,
                    "type": one.record.type,
                    "name": one.record.name,
                    "expected": one.record.value,
                    "found": "\n".join(one.values) if one.values else None,
                    "mailtrap_status": one.record.status or None,
                    "verdict": str(one.verdict),
                }
                for one in self.checked
            ],
        }

    def sentence(self) -> str:
        """Whether it can send, and what stands against it, from both what the API says and what DNS has now."""
        name, unknown = self.domain, _names(self.unknown)
        wrong = f"its DNS is not right: {_names(self.wrong)}" if self.wrong else ""
        if self._nowhere:
            wrong = "the domain itself is not in DNS"
        if self.can_send is None:
            if wrong:
                return f"{name} cannot send yet: {wrong}"
            return (
                f"DNS does not tell about {unknown}" if unknown else f"{name} has in DNS what can be known from there"
            )
        if self.can_send:
            demo = " to the owner of the account and to nobody else" if self.compliance_status == "demo" else ""
            if wrong:
                return f"{name} can send{demo}, but not for long: {wrong}. {CHECK_AGAIN}"
            return f"{name} can send{demo}" + (f"; DNS does not tell about {unknown} now" if unknown else "")
        if self.dns_verified:
            return f"{name} cannot send yet: its compliance status is {self.compliance_status}"
        if wrong:
            return f"{name} cannot send yet: {wrong}"
        if unknown:
            return f"{name} cannot send yet: Mailtrap has not verified its DNS, which does not tell about {unknown} now"
        return f"{name} cannot send yet: its DNS is right now, but Mailtrap has not seen it so. {CHECK_AGAIN}"

    def next_step(self) -> str:
        """What to do next; "" where there is nothing to do."""
        command = f"mailtrap domains check {self.domain}"
        steps = []
        if self._nowhere:
            steps.append("Is the name right, registered, and delegated to its name servers?")
        elif self.wrong:
            flag = " --dns-only" if self.can_send is None else ""
            steps.append(f"To get the records in a form to paste: {command}{flag} --fix bind")
        elif self.can_send is None and not self.unknown:
            steps.append(f"Whether it can send, the API knows: {command}")
        elif self.can_send is False and not self.dns_verified and not self.unknown:
            steps.append(f"To wait for that: {command} --wait 90m")
        if not self.good and self.compliance_status not in ("unverified_dns", "demo"):
            steps.append(self.advice)
        return " ".join(filter(None, steps))

    def cases(self) -> list[Case]:
        """For continuous integration: whether the domain can send, and each record, which fails where that stops it."""
        told = f"{self.sentence()}. {self.next_step()}".rstrip().removeprefix(f"{self.domain} ")
        cases = [Case(self.domain, failure="" if self.good else told)]
        for one in self.checked:
            name = f"{one.record.domain} {one.record.type}"
            found = f"found {', '.join(one.values)}" if one.values else ""
            expected = f"expected {one.record.value}"
            why = "; ".join(filter(None, [str(one.verdict), expected, found, remark(one)]))
            if one.verdict is Verdict.OK:
                cases.append(Case(name, part=True))
            elif one in self.wrong and not self.good:
                cases.append(Case(name, failure=why, part=True))
            else:
                cases.append(Case(name, skipped=why, part=True))
        return cases

    def remarks(self) -> list[str]:
        """A sentence for each record with something to tell: for where no table tells it."""
        return [f"{one.record.domain} {one.record.type}: {note}" for one in self.checked if (note := remark(one))]


def remark(checked: Checked) -> str:
    """What there is to tell about a record besides what is expected and found, or ""."""
    detail = checked.detail
    if checked.verdict not in (Verdict.OK, Verdict.ERROR) and not checked.record.needed:
        optional = "Sending may do without it."
        return f"{detail} {optional}" if detail else optional
    return detail


def _names(checked: Sequence[Checked]) -> str:
    shown = [f"{one.record.name or '@'} {one.record.type}" for one in checked[:NAMED]]
    if len(checked) > NAMED:
        shown.append(f"{len(checked) - NAMED} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
