"""CI cases of an input check or a run: one per bad row, up to a limit; the rest are counted. Pure.

A million rows make only `preflight.NAMED` cases and a few more: neither JUnit XML readers nor people cope with a
million. --results has the whole list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..ci_report import Case
from ..errors import MailtrapError
from ..units import format_count

if TYPE_CHECKING:
    from .preflight import Checked
    from .results import Outcome
    from .run import Report


def of_error(error: MailtrapError) -> list[Case]:
    """Build the case of an error in the whole input, at the file:line that its message names."""
    place = re.fullmatch(r"(.+?):([0-9]+): (.+)", error.message, re.DOTALL)
    if place is None:
        return [Case("rows can be sent", failure=error.message)]
    return [_row_case(place[1], int(place[2]), failure=place[3])]


def of_input(checked: Checked, *, refused: bool = False) -> list[Case]:
    """Build the cases of an input that was only checked: bad rows fail if it is `refused`, else they are skipped."""
    good = checked.total - checked.invalid
    if not refused:
        return [*_left_out(checked, checked.total - checked.count), _rows_case(checked.count, "ready to send")]
    cases = [_row_case(checked.name, bad.line, failure=bad.why) for bad in checked.problems]
    cases += _more_cases(checked.invalid - len(cases), failure="also invalid")
    return cases + ([_rows_case(good, "valid", skipped="nothing was sent")] if good else [])


def of_run(checked: Checked, report: Report, troubled: Sequence[Outcome]) -> list[Case]:
    """Build the cases of a run; `troubled` are the first rows that failed or are unknown."""
    cases = [
        _row_case(checked.name, row.line, row.email, failure=f"{row.status}: {row.error}".removesuffix(": "))
        for row in troubled
    ]
    cases += _more_cases(report.failed + report.unknown - len(cases), failure="also failed, or the outcome is unknown")
    if report.unsent or ((report.stopped or report.interrupted) and not cases):
        why = report.stopped.message if report.stopped else "interrupted"
        cases.append(_rows_case(report.unsent, "not sent", failure=why))
    if report.sent:
        cases.append(_rows_case(report.sent, "sent"))
    return cases + _left_out(checked, report.skipped)


def _row_case(name: str, line: int, email: str = "", *, failure: str) -> Case:
    return Case(f"{name}:{line} {email}".rstrip(), failure, file=None if name == "-" else name, line=line)


def _left_out(checked: Checked, count: int) -> list[Case]:
    cases = [Case(f"{checked.name}:{bad.line}", skipped=bad.why) for bad in checked.problems]
    return cases + _more_cases(count - len(cases), skipped="left out")


def _more_cases(count: int, *, failure: str = "", skipped: str = "") -> list[Case]:
    return [_rows_case(count, "more", failure=failure, skipped=skipped)] if count > 0 else []


def _rows_case(count: int, what: str, *, failure: str = "", skipped: str = "") -> Case:
    return Case(f"{format_count(count, 'row')} {what}", failure, skipped, count=max(1, count))
