"""What a report concludes; the sentences themselves are tested end to end in test_domains_check.py."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailtrap_cli.dns.records import Failure, Found, Problem, Record
from mailtrap_cli.dns.report import Report, remark_on
from mailtrap_cli.dns.verdict import Checked, judge_record
from tests.domains import domain

DKIM = Record("dkim1", "CNAME", "rwmt1._domainkey", "rwmt1._domainkey.acme.example", "rwmt1.dkim.smtp.mailtrap.live")
LINK = Record("link_verification", "CNAME", "mt-link", "mt-link.acme.example", "t.mailtrap.live", needed=False)


def failed(problem: Problem, record: Record = DKIM) -> Checked:
    return judge_record(record, [Found(failure=Failure(problem, "It failed."))])


GOOD = judge_record(DKIM, [Found(values=(DKIM.value,), aliases=(DKIM.value,))])
MISSING = judge_record(DKIM, [Found()])


@pytest.mark.parametrize(
    ("checked", "wrong", "unknown", "unanswered"),
    [
        ([GOOD], 0, 0, False),
        ([MISSING], 1, 0, False),
        ([judge_record(LINK, [Found()])], 0, 0, False),
        ([failed(Problem.SERVFAIL)], 0, 1, True),
        ([failed(Problem.NO_DOMAIN)], 1, 0, False),
        ([failed(Problem.TIMEOUT), failed(Problem.NETWORK, LINK)], 0, 1, True),
        ([failed(Problem.TIMEOUT), GOOD], 0, 1, False),
        ([], 0, 0, False),
    ],
)
def test_known_and_unknown_dns_answers_are_distinguished(
    checked: list[Checked], wrong: int, unknown: int, unanswered: bool
) -> None:
    report = Report("acme.example", tuple(checked))
    assert (len(report.wrong), len(report.unknown), report.unanswered) == (wrong, unknown, unanswered)
    assert report.good == (not wrong and not unknown)


def test_one_server_that_answers_is_an_answer() -> None:
    timeout = Found(failure=Failure(Problem.TIMEOUT, "Late."), server="192.0.2.1")
    both = judge_record(DKIM, [timeout, Found(values=(DKIM.value,), aliases=(DKIM.value,), server="192.0.2.2")])
    report = Report("acme.example", (both,))
    assert (both.verdict, both.reason) == ("warning", "Late.")
    assert report.good
    assert not report.unanswered


@pytest.mark.parametrize(
    ("verified", "status", "can_send"),
    [
        (True, "compliant", True),
        (True, "demo", True),
        (False, "compliant", False),
        (True, "demo_exhausted", False),
        (True, "under_review", False),
    ],
)
def test_the_api_decides_whether_it_can_send(verified: bool, status: str, can_send: bool) -> None:
    report = Report.of(domain(verified=verified, status=status), [MISSING])
    assert report.can_send is can_send
    assert not report.good
    assert Report.of(domain(verified=verified, status=status), [GOOD]).good is can_send


def test_a_list_of_names_stays_short() -> None:
    many = [replace(MISSING, record=replace(DKIM, name=f"n{number}")) for number in range(5)]
    assert "n0 CNAME, n1 CNAME, n2 CNAME and 2 more" in Report("acme.example", tuple(many)).sum_up()


def test_a_remark_names_a_record_that_sending_does_not_need() -> None:
    assert remark_on(judge_record(LINK, [Found()])) == "This record is optional."
    assert remark_on(MISSING) == ""
    assert remark_on(failed(Problem.SERVFAIL, LINK)) == "It failed."
