"""A domain's records with their verdicts and the API's view of it, and a sentence that sums both up. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..ci_report import Case
from .compliance import can_send, find_advice
from .records import Problem
from .verdict import Checked, Verdict

CHECK_AGAIN = "Mailtrap checks DNS every hour"
NAMED = 3  # records named in a sentence; the rest are counted


@dataclass(frozen=True)
class Report:
    """One domain. The API's fields are None if it was not asked or did not say."""

    domain: str
    checked: tuple[Checked, ...]
    can_send: bool | None = None
    dns_verified: bool | None = None
    compliance_status: str | None = None

    @classmethod
    def of(cls, item: Mapping[str, Any], checked: Sequence[Checked]) -> Report:
        """Build the report from the API's domain object."""
        status = item.get("compliance_status")
        return cls(item["domain_name"], tuple(checked), can_send(item), item.get("dns_verified") is True, status)

    @property
    def wrong(self) -> list[Checked]:
        """The required records that are wrong or missing in DNS now."""
        fine = (Verdict.OK, Verdict.WARNING)
        return [one for one in self.checked if one.record.needed and one.verdict not in fine and one.told]

    @property
    def unknown(self) -> list[Checked]:
        """The required records that no DNS server answered for."""
        return [one for one in self.checked if one.record.needed and not one.told]

    @property
    def good(self) -> bool:
        """Whether the check passes: the API (if asked) says that the domain can send, and DNS agrees now."""
        return self.can_send is not False and not self.wrong and not self.unknown

    @property
    def unanswered(self) -> bool:
        """Whether no server answered for any record."""
        return bool(self.checked) and not any(one.told for one in self.checked)

    @property
    def _nowhere(self) -> bool:
        return bool(self.checked) and all(one.problem is Problem.NO_DOMAIN for one in self.checked)

    @property
    def advice(self) -> str:
        """What to do about the compliance status, or ""."""
        return "" if self.can_send is None else find_advice(self.domain, self.compliance_status)

    def to_document(self) -> dict[str, Any]:
        """The JSON: `found` is one text, several texts with one per line, or null; `name` is relative to the domain."""
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
                    "reason": one.reason,
                    "cure": one.cure,
                }
                for one in self.checked
            ],
        }

    def sum_up(self) -> str:
        """Sum up in a sentence whether the domain can send, and what prevents it."""
        name, unknown = self.domain, _list_names(self.unknown)
        wrong = f"wrong or missing in DNS: {_list_names(self.wrong)}" if self.wrong else ""
        if self._nowhere:
            wrong = "the domain itself is not in DNS"
        not_told = f"DNS did not answer for {unknown}"
        if self.can_send is None:
            if wrong:
                return f"{name} cannot send yet: {wrong}"
            return f"{name} cannot be checked: {not_told}" if unknown else f"{name} has the DNS records it needs"
        if self.can_send:
            demo = ", but only to the owner of the account" if self.compliance_status == "demo" else ""
            if wrong:
                return f"{name} is still verified at Mailtrap, but {wrong}. {CHECK_AGAIN}"
            if unknown:
                return f"{name} is verified at Mailtrap, but {not_told}"
            return f"{name} can send{demo}"
        if self.dns_verified:
            return f"{name} cannot send yet: its compliance status is {self.compliance_status}"
        if wrong:
            return f"{name} cannot send yet: {wrong}"
        if unknown:
            return f"{name} cannot send yet: Mailtrap has not verified it, and {not_told}"
        near = [one for one in self.checked if one.record.needed and one.verdict is Verdict.WARNING]
        if near:
            return (
                f"{name} cannot send yet: its DNS looks right, but Mailtrap has not verified it and may require "
                f"{_list_names(near)} exactly as listed"
            )
        return f"{name} cannot send yet: its DNS is right now, but Mailtrap has not verified it. {CHECK_AGAIN}"

    def next_step(self) -> str:
        """What to do next; "" if there is nothing to do."""
        steps = []
        if self._nowhere:
            steps.append("Is the name right, registered, and delegated to its name servers?")
        elif self.wrong:
            records = f"mailtrap domains check {self.domain} --fix bind"
            if self.can_send is None:
                records = f"mailtrap domains check {self.domain} --dns-only --fix bind"
            steps.append(f"To print the records to set: {records}")
        elif self.can_send is None and not self.unknown:
            steps.append(f"To check with Mailtrap too: mailtrap domains check {self.domain}")
        elif self.can_send is False and not self.dns_verified and not self.unknown:
            steps.append(f"To wait for it: mailtrap domains check {self.domain} --wait 90m")
        if not self.good and self.compliance_status not in ("unverified_dns", "demo"):
            steps.append(self.advice)
        return " ".join(filter(None, steps))

    def to_cases(self) -> list[Case]:
        """Turn the report into CI cases: whether the domain can send, and each record."""
        told = f"{self.sum_up()}. {self.next_step()}".rstrip().removeprefix(f"{self.domain} ")
        cases = [Case(self.domain, failure="" if self.good else told)]
        for one in self.checked:
            name = f"{one.record.domain} {one.record.type}"
            found = f"found {', '.join(one.values)}" if one.values else ""
            expected = f"expected {one.record.value}"
            why = "; ".join(filter(None, [str(one.verdict), expected, found, remark_on(one)]))
            if one.verdict is Verdict.OK:
                cases.append(Case(name, part=True))
            elif one in self.wrong or one in self.unknown:
                cases.append(Case(name, failure=why, part=True))
            else:
                cases.append(Case(name, skipped=why, part=True))
        return cases

    def list_remarks(self) -> list[str]:
        """List a sentence per notable record, for output without a table."""
        return [f"{one.record.domain} {one.record.type}: {note}" for one in self.checked if (note := remark_on(one))]


def remark_on(checked: Checked) -> str:
    """Return a remark on a record besides what is expected and found, or ""."""
    optional = "" if checked.record.needed or checked.verdict is not Verdict.WARNING else "This record is optional."
    return " ".join(filter(None, [checked.detail, checked.advice, optional]))


def _list_names(checked: Sequence[Checked]) -> str:
    shown = [f"{one.record.name or '@'} {one.record.type}" for one in checked[:NAMED]]
    if len(checked) > NAMED:
        shown.append(f"{len(checked) - NAMED} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
