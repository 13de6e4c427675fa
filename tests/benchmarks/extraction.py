"""How often `--extract code` and `--extract link` are right: `python -m tests.benchmarks.extraction [--wrong] [--all]`.

Without --all only the two thirds of the corpus that rules may be tuned on are scored.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from mailtrap_cli.sandbox.codes import find_code
from mailtrap_cli.sandbox.links import find_link
from tests.mails.cases import UNASKED, Case, is_held_out, list_cases


@dataclass(frozen=True)
class Outcome:
    """What was found in one email, and what is correct."""

    case: Case
    kind: str
    right: str | None
    found: str | None

    @property
    def ok(self) -> bool:
        return self.found == self.right


def score_cases(cases: Iterable[Case]) -> list[Outcome]:
    """Answer every question of the cases."""
    outcomes: list[Outcome] = []
    for case in cases:
        if case.code != UNASKED:
            outcomes.append(Outcome(case, "code", case.code, find_code(case.subject, case.text, case.html)))
        if case.link != UNASKED:
            outcomes.append(Outcome(case, "link", case.link, find_link(case.text, case.html)))
    return outcomes


def format_score(name: str, outcomes: list[Outcome]) -> str:
    """Format one line: how many are correct, and how many found something although the answer is none."""
    right = sum(outcome.ok for outcome in outcomes)
    none = [outcome for outcome in outcomes if outcome.right is None]
    invented = sum(not outcome.ok for outcome in none)
    wrong = sum(not outcome.ok and None not in (outcome.found, outcome.right) for outcome in outcomes)
    percent = 100 * right / len(outcomes)
    return (
        f"{name:9} {right}/{len(outcomes)} right ({percent:.1f} %); {wrong} wrong value, "
        f"{len(outcomes) - right - invented - wrong} missed, {invented} of {len(none)} invented where none is right"
    )


def main() -> None:
    """Print the scores."""
    cases = list_cases()
    groups = {"tuned": [case for case in cases if not is_held_out(case)]}
    if "--all" in sys.argv:
        groups["held out"] = [case for case in cases if is_held_out(case)]
        groups["all"] = cases
    print(f"{len(cases)} emails")
    for name, group in groups.items():
        outcomes = score_cases(group)
        print(format_score(name, outcomes))
        for kind in ("code", "link"):
            print(format_score(f"  {kind}", [outcome for outcome in outcomes if outcome.kind == kind]))
        if "--wrong" in sys.argv:
            for outcome in outcomes:
                if not outcome.ok:
                    print(f"    {outcome.case.name} {outcome.kind}: {outcome.right} but found {outcome.found}")


if __name__ == "__main__":
    main()
