"""What continuous integration learns about runs of any size and outcome."""

from __future__ import annotations

from array import array
from dataclasses import replace
from pathlib import Path

import pytest

from mailtrap_cli.batch.ci_cases import of_error, of_run
from mailtrap_cli.batch.preflight import Checked, Options, preflight
from mailtrap_cli.batch.results import Outcome
from mailtrap_cli.batch.run import Report
from mailtrap_cli.ci_report import Case
from mailtrap_cli.errors import InputError, TransportError
from mailtrap_cli.mail.addresses import Address
from mailtrap_cli.mail.message import Message
from mailtrap_cli.rows.source import open_source

REPORT = Report("r1", 5000, 0, 0, 0, 0, 0, 1, 1.0, 1.0)


@pytest.fixture
def checked(tmp_path: Path) -> Checked:
    path = tmp_path / "p.csv"
    path.write_text("email\na@b.example\nnobody\n")
    shared = Message(sender=Address("a@acme.example"), subject="Hi", text="Hello")
    with open_source(str(path), None) as source:
        found = preflight(source, Options(shared, skip_invalid=True))
    return replace(found, name="p.csv", left_out=array("Q"))


def test_bad_rows_beyond_the_listed_ones_are_counted(checked: Checked) -> None:
    report = replace(REPORT, sent=1000, failed=1500, unknown=2400, skipped=100)
    troubled = [Outcome(line, "a@b.example", "failed", "", "no") for line in range(2, 1002)]
    cases = of_run(checked, report, troubled)
    assert cases[0] == Case("p.csv:2 a@b.example", "failed: no", file="p.csv", line=2)
    assert cases[1000:] == [
        Case("2,900 rows more", "also failed, or the outcome is unknown", count=2900),
        Case("1,000 rows sent", count=1000),
        Case("p.csv:3", skipped="email: 'nobody' is not an address"),
        Case("99 rows more", skipped="left out", count=99),
    ]
    assert sum(case.count for case in cases) == report.total


@pytest.mark.parametrize(
    ("ended", "failure"),
    [
        ({"interrupted": True, "unsent": 2}, "interrupted"),
        ({"interrupted": True}, "interrupted"),
        ({"stopped": TransportError("No connection", outcome="not sent"), "unsent": 2}, "No connection"),
    ],
)
def test_a_run_that_ended_early_has_failed(checked: Checked, ended: dict[str, object], failure: str) -> None:
    cases = of_run(checked, replace(REPORT, **ended), [])  # type: ignore[arg-type]  # fields of several types
    assert [case.failure for case in cases if case.failure] == [failure]


def test_rows_of_standard_input_have_no_file(checked: Checked) -> None:
    (case, *_) = of_run(replace(checked, name="-"), replace(REPORT, failed=1), [Outcome(2, "a@b.c", "unknown", "", "")])
    assert case == Case("-:2 a@b.c", "unknown", line=2)


def test_an_error_is_located_where_its_sentence_says() -> None:
    assert of_error(InputError("a:b.csv:17: broken")) == [Case("a:b.csv:17", "broken", file="a:b.csv", line=17)]
    assert of_error(InputError("--rate: 5 is no rate")) == [Case("rows can be sent", "--rate: 5 is no rate")]
