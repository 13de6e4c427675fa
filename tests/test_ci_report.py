"""What is reported to continuous integration, with outside text that tries to report more."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtrap_cli.ci_report import Case, annotate_line, check_file, escape_markdown, report_cases, write_junit
from mailtrap_cli.cli.context import World
from mailtrap_cli.errors import InputError, OutputError

HOSTILE = "100%\r\n::set-env name=X::y\x1b[2J,a:b"


def world(**env: str) -> World:
    return World(env=env, stdout=io.StringIO(), stderr=io.StringIO())


def said(to: World) -> str:
    stream = getattr(to.stderr, "unguarded", to.stderr)
    assert isinstance(stream, io.StringIO)
    return stream.getvalue()


def test_an_annotation_is_one_line_at_its_place() -> None:
    github = world(GITHUB_ACTIONS="true")
    annotate_line(github, "unknown column", file="people, all.csv", line=17, title="a:b")
    assert said(github) == "::error file=people%2C all.csv,line=17,title=a%3Ab::unknown column\n"


def test_an_annotation_names_its_file_from_the_top_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for file, shown in (
        ("p.csv", f"{tmp_path.name}/p.csv"),
        ("../data/p.csv", "data/p.csv"),
        ("../../p.csv", "../../p.csv"),
    ):
        github = world(GITHUB_ACTIONS="true", GITHUB_WORKSPACE=str(tmp_path.parent))
        annotate_line(github, "bad", file=file)
        assert said(github) == f"::error file={shown},title=mailtrap::bad\n"


def test_hostile_text_in_an_annotation_is_not_a_command() -> None:
    github = world(GITHUB_ACTIONS="true")
    annotate_line(github, HOSTILE, file=HOSTILE)
    (line,) = said(github).splitlines()
    assert line.startswith("::error file=100%25 %3A%3Aset-env name=X%3A%3Ay%2Ca%3Ab,title=mailtrap::100%25 ::set-env")


def test_outside_of_ci_nothing_is_reported(tmp_path: Path) -> None:
    plain = world(GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"))
    report_cases(plain, "suite", [Case("a", "failed")])
    assert said(plain) == ""
    assert list(tmp_path.iterdir()) == []


def test_a_report_annotates_ten_failures_and_sums_up_all(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    github = world(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    cases = [
        *(Case(f"row {number}", "bad", file="p.csv", line=number) for number in range(20)),
        Case("x", skipped="no"),
    ]
    report_cases(github, "suite", cases, str(tmp_path / "new" / "junit.xml"))
    assert said(github).count("::error file=p.csv,line=") == 10
    lines = summary.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["before", "### suite: 20 of 21 failed"]
    assert lines[-2] == "| ⏭️ | x | no |"
    root = ElementTree.parse(tmp_path / "new" / "junit.xml").getroot()
    assert root[0].attrib == {"name": "suite", "tests": "21", "failures": "20", "errors": "0", "skipped": "1"}
    assert root[0][3].attrib == {"classname": "suite", "name": "row 3", "file": "p.csv", "line": "3"}


def test_a_summary_that_cannot_be_written_is_only_a_notice(tmp_path: Path) -> None:
    github = world(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(tmp_path))
    report_cases(github, "suite", [Case("a")])
    assert "cannot be written" in said(github)


def test_a_summary_is_limited_in_size(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    github = world(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    report_cases(github, "suite", [Case("x" * 100_000)] * 30)
    assert summary.stat().st_size < 1_000_000
    assert "and more" in summary.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a|b", "a\\|b"),
        ("<img src=x>", "&lt;img src=x&gt;"),
        ("[x](https://evil.example)", "\\[x\\]\\(https&#58;//evil.example\\)"),
        ("@team `x` *y* _z_", "&#64;team \\`x\\` \\*y\\* \\_z\\_"),
        ("one\ntwo\x1b[2J", "one two"),
    ],
)
def test_markdown_is_escaped(text: str, written: str) -> None:
    assert escape_markdown(text) == written


@given(st.text(), st.text())
def test_any_text_is_well_formed_xml(tmp_path_factory: pytest.TempPathFactory, name: str, failure: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.xml"
    write_junit(str(path), name, [Case(name, failure), Case(name, skipped=failure)])
    assert len(ElementTree.parse(path).getroot()[0]) == 2


def test_an_unwritable_file_is_detected_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    check_file(None, "--junit")
    check_file(str(tmp_path / "new" / "folder" / "junit.xml"), "--junit")
    check_file(str(tmp_path / "file"), "--junit")
    for path in (tmp_path, tmp_path / "file" / "junit.xml"):
        with pytest.raises(InputError, match="--junit: "):
            check_file(str(path), "--junit")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_that_cannot_be_written_after_all_does_not_hide_a_failure(tmp_path: Path) -> None:
    plain = world()
    report_cases(plain, "suite", [Case("a", "failed")], str(tmp_path))
    assert "cannot be written" in said(plain)
    with pytest.raises(OutputError):
        report_cases(plain, "suite", [Case("a")], str(tmp_path))


def test_a_part_is_reported_with_its_case_and_totals_come_first(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    github = world(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    cases = [Case("whole", "bad"), Case("half", "worse", part=True), Case("the rest", count=2000)]
    report_cases(github, "suite", cases, totals={"Run": "a|b", "Total": 2002})
    assert said(github) == "::error title=suite::whole: bad\n"
    lines = summary.read_text(encoding="utf-8").splitlines()
    assert lines[:5] == [
        "### suite: 2 of 2,002 failed",
        "",
        "| Run | Total |",
        "| --- | --- |",
        "| a\\|b | 2,002 |",
    ]


def test_an_unwritable_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r".* cannot be written"):
        write_junit(str(tmp_path), "suite", [])
