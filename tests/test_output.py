"""Columns declared once; table, tsv, json, jsonl and csv follow. Foreign text stays harmless in each."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtrap_cli.output import Column, Format, Listing, Note, Output, plain
from mailtrap_cli.text import clean, clean_block, dumps
from tests.conftest import PROGRAM, Run
from tests.terminal import on_terminal

COLUMNS = (
    Column("ID", "id", right=True),
    Column("Subject", "subject"),
    Column("Can read", "permissions.can_read"),
    Column("Tags", lambda row: row.get("tags")),
)
ROWS: list[dict[str, Any]] = [
    {"id": 1, "subject": "Hello", "permissions": {"can_read": True}, "tags": ["a", "b"]},
    {"id": 2, "subject": "Line one\nline\ttwo", "permissions": None},
]


def written(fmt: Format | None, rows: list[dict[str, Any]] = ROWS, *, quiet: bool = False, width: str = "80") -> str:
    stream = io.StringIO()
    out = Output(stream, fmt=fmt, quiet=quiet, color=False, env={"COLUMNS": width})
    out.rows(rows, COLUMNS)
    return stream.getvalue()


def test_piped_rows_are_tab_separated_with_a_header() -> None:
    assert written(None) == "id\tsubject\tcan_read\ttags\n1\tHello\ttrue\ta, b\n2\tLine one line two\t\t\n"


def test_json_is_one_document_and_an_empty_list_is_brackets() -> None:
    assert json.loads(written("json")) == ROWS
    assert written("json", []) == "[]\n"


def test_jsonl_is_an_object_a_line() -> None:
    assert [json.loads(line) for line in written("jsonl").splitlines()] == ROWS
    assert written("jsonl", []) == ""


def test_csv_keeps_line_breaks_in_quotes() -> None:
    read = list(csv.reader(io.StringIO(written("csv"))))
    assert read == [
        ["id", "subject", "can_read", "tags"],
        ["1", "Hello", "true", "a, b"],
        ["2", "Line one\nline\ttwo", "", ""],
    ]


def test_quiet_is_the_essential_value_a_line() -> None:
    assert written(None, quiet=True) == "1\n2\n"


def test_piped_values_are_never_cut() -> None:
    long = "x" * 5000
    assert long in written(None, [{"id": 1, "subject": long}])


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_table_keeps_to_the_width_and_loses_nothing(width: int) -> None:
    subject = " ".join(f"word{number}" for number in range(40))
    shown = written("table", [{"id": 1, "subject": subject}], width=str(width))
    assert max(len(line) for line in shown.splitlines()) <= width
    for word in subject.split():
        assert word in shown


MANY = (
    Column("ID", "id", right=True),
    Column("From", "from"),
    Column("To", "to"),
    Column("Subject", "subject"),
    Column("Sent at", "sent_at", keep=True),
    Column("Read", "read"),
)
MESSAGES = [
    {
        "id": number,
        "from": "Acme, Inc. <no-reply@acme.example>",
        "to": "Ada Lovelace <ada.lovelace@analytical-engines.example>",
        "subject": "Your receipt of November",
        "sent_at": "2026-11-25T01:53:59.855Z",
        "read": False,
    }
    for number in (998, 999)
]


def table(width: int | str, columns: tuple[Column, ...] = MANY, rows: list[dict[str, Any]] = MESSAGES) -> list[str]:
    stream = io.StringIO()
    Output(stream, fmt="table", quiet=False, color=False, env={"COLUMNS": str(width)}).rows(rows, columns)
    return [line.rstrip() for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("width", [120, 200])
def test_a_table_with_room_has_its_header_and_what_is_kept_in_one_line(width: int) -> None:
    lines = table(width)
    assert lines[0].split() == ["ID", "From", "To", "Subject", "Sent", "at", "Read"]
    assert sum("2026-11-25T01:53:59.855Z  no" in line for line in lines) == 2
    assert len(lines) <= 2 + 2 * (3 if width == 120 else 1)


@pytest.mark.parametrize("width", [60, 70])
def test_a_table_without_room_is_a_field_a_line(width: int) -> None:
    lines = table(width)
    fields = [
        "From     Acme, Inc. <no-reply@acme.example>",
        "To       Ada Lovelace",
        "         <ada.lovelace@analytical-engines.example>",
        "Subject  Your receipt of November",
        "Sent at  2026-11-25T01:53:59.855Z",
        "Read     no",
    ]
    if width == 60:
        assert lines == ["ID       998", *fields, "", "ID       999", *fields]
    assert "Sent at  2026-11-25T01:53:59.855Z" in lines


@pytest.mark.parametrize("width", ["", "0", "1", "-5", "٥٠", "9" * 5000, "wide"])
def test_a_senseless_width_is_no_crash_and_hides_nothing(width: str) -> None:
    assert "".join("".join(line.split()) for line in table(width, MANY[:1])).endswith("998999")


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_terminal_gives_its_width(environment: dict[str, str], width: int) -> None:
    command = [PROGRAM, "config", "show", "--origins", "-p", "local", "--no-color"]
    code, screen = on_terminal(command, environment, columns=width)
    assert code == 0
    lines = screen.splitlines()
    assert max(len(line) for line in lines) <= width
    assert lines[0].split() == ["Key", "Value", "Origin"]
    assert any(line.startswith("hosts.account  http://account.local.invalid") for line in lines)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_json_stays_json_where_the_output_cannot_hold_every_letter(environment: dict[str, str], encoding: str) -> None:
    payload = {"to": [{"email": "a@b.example", "name": "Adä 😀"}], "subject": "Grüße", "text": "x"}
    command = [PROGRAM, "send", "-p", "local", "--payload", "-", "--dry-run", "-o", "json"]
    env = {**environment, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, env=env, input=json.dumps(payload).encode(), capture_output=True, check=True)
    body = json.loads(done.stdout.decode(encoding))["body"]
    assert (body["to"][0]["name"], body["subject"]) == ("Adä 😀", "Grüße")


def test_markup_in_foreign_text_is_shown_as_it_is() -> None:
    assert "[bold]not bold[/bold] :smile:" in written("table", [{"id": 1, "subject": "[bold]not bold[/bold] :smile:"}])


def test_a_record_is_a_row_when_piped_and_itself_as_json() -> None:
    stream = io.StringIO()
    out = Output(stream, fmt=None, quiet=False, color=False, env={})
    out.record(ROWS[0], COLUMNS)
    assert stream.getvalue() == "id\tsubject\tcan_read\ttags\n1\tHello\ttrue\ta, b\n"


HOSTILE = [
    ("\x1b[31mred\x1b[0m", "red"),
    ("\x1b]0;title\x07after", "after"),
    ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
    ("\x9b2Jcleared", "cleared"),
    ("a\x08\x08b", "ab"),
    ("user\u202egnp.exe", "usergnp.exe"),
    ("\u2066isolated\u2069", "isolated"),
    ("two\r\nlines", "two lines"),
    ("\x1bPdevice\x1b\\x", "x"),
    ("naïve 山田 👩\u200d👩", "naïve 山田 👩\u200d👩"),
]


@pytest.mark.parametrize(("text", "harmless"), HOSTILE)
def test_terminal_escapes_and_overrides_are_taken_out(text: str, harmless: str) -> None:
    assert clean(text) == harmless
    assert plain(text) == harmless


def drives_a_terminal(text: str) -> bool:
    bidi = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    return any(
        (unicodedata.category(char) == "Cc" and char not in "\n\t") or unicodedata.bidirectional(char) in bidi
        for char in text
    )


@given(st.text())
def test_no_text_drives_the_terminal_in_any_form(text: str) -> None:
    assert not drives_a_terminal(clean(text))
    assert "\n" not in clean(text)
    assert not drives_a_terminal(clean_block(text))
    assert not drives_a_terminal(dumps({"subject": text}))


@given(st.text())
def test_json_loses_nothing(text: str) -> None:
    assert json.loads(dumps({"subject": text})) == {"subject": text}


@given(st.lists(st.fixed_dictionaries({"id": st.integers(), "subject": st.text(), "tags": st.lists(st.text())})))
def test_no_value_breaks_a_row(rows: list[dict[str, Any]]) -> None:
    lines = written(None, rows).split("\n")
    assert len(lines) == len(rows) + 2
    assert {line.count("\t") for line in lines[:-1]} == {3}
    assert len(written("jsonl", rows).split("\n")) == len(rows) + 1
    assert len(written(None, rows, quiet=True).split("\n")) == len(rows) + 1
    assert len(list(csv.reader(io.StringIO(written("csv", rows), newline="")))) == len(rows) + 1


@given(st.text(st.characters() | st.sampled_from("\x1b\x9b\u202e[]31m;\x07")), st.sampled_from(["table", None, "csv"]))
def test_no_value_drives_the_terminal_in_any_format(text: str, fmt: Format | None) -> None:
    assert not drives_a_terminal(written(fmt, [{"id": 1, "subject": text, "tags": [text]}], width="60"))


# ------------------------------------------------------------------------------------------------ colours

TABLE = ("config", "show", "--origins", "-p", "local", "-o", "table")


@pytest.mark.parametrize(
    ("env", "flags", "terminal", "piped"),
    [
        ({}, (), True, False),
        ({"NO_COLOR": "1"}, (), False, False),
        ({"NO_COLOR": ""}, (), True, False),
        ({"CLICOLOR": "0"}, (), False, False),
        ({"CLICOLOR": "1"}, (), True, False),
        ({"TERM": "dumb"}, (), False, False),
        ({"FORCE_COLOR": "1"}, (), True, True),
        ({"CLICOLOR_FORCE": "1"}, (), True, True),
        ({"FORCE_COLOR": "0"}, (), True, False),
        ({"CLICOLOR_FORCE": "0"}, (), True, False),
        ({"FORCE_COLOR": "0", "CLICOLOR_FORCE": "1"}, (), True, True),
        ({"CLICOLOR": "0", "CLICOLOR_FORCE": "1"}, (), True, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, (), False, False),
        ({"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}, (), False, False),
        ({"FORCE_COLOR": "1"}, ("--no-color",), False, False),
        ({}, ("--no-color",), False, False),
    ],
)
def test_colour_is_what_the_flag_then_the_environment_then_the_terminal_says(
    environment: dict[str, str], mailtrap: Run, env: dict[str, str], flags: tuple[str, ...], terminal: bool, piped: bool
) -> None:
    for arguments in ((*TABLE, *flags), ("config", "get", "nonsense", *flags)):
        code, screen = on_terminal([PROGRAM, *arguments], {**environment, **env})
        assert ("\x1b[" in screen) is terminal, arguments
        result = mailtrap(*arguments, env={"TERM": "xterm", **env})
        assert result.code == code
        assert ("\x1b[" in result.out + result.err) is piped, arguments


def test_what_is_no_table_is_never_coloured(mailtrap: Run) -> None:
    for fmt in ((), ("-o", "json"), ("-o", "csv"), ("-q",)):
        assert "\x1b" not in mailtrap("config", "show", "--origins", "-p", "local", *fmt, env={"FORCE_COLOR": "1"}).out


# ------------------------------------------------------------------------------------------------ listings


def listed(width: str, notes: Sequence[Note]) -> list[str]:
    stream = io.StringIO()
    out = Output(stream, fmt="table", quiet=False, color=False, env={"COLUMNS": width})
    out.listing(Listing("Title", ROWS[:1], COLUMNS[:2], "Found", lambda _: notes))
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def test_the_only_note_of_a_row_stands_in_its_line_where_it_fits() -> None:
    notes = [("found", [("one ", ""), ("two three", "bold")])]
    assert listed("30", notes) == ["Title", "ID  Subject  Found", "1   Hello    one two three"]
    assert listed("20", notes) == ["Title", "ID  Subject  Found", "1   Hello", "  found  one two", "         three"]


def test_several_notes_stand_under_their_row() -> None:
    notes: list[Note] = [("expected", [("a\x1b[2J", "")]), ("", [("[bold]b", "")])]
    assert listed("80", notes)[2:] == ["1   Hello", "  expected  a", "            [bold]b"]


def test_times_are_for_people_in_a_table_and_exact_elsewhere(mailtrap: Run) -> None:
    mailtrap("send", "-p", "local", "--to", "ada@example.com", "--subject", "Hi", "--text", "Hi")
    zone = {"TZ": "Europe/Vienna"}
    table = mailtrap("messages", "list", "-p", "local", "-o", "table", env=zone).out
    piped = mailtrap("messages", "list", "-p", "local", env=zone).out
    exact = re.search(r"\d{4}-\d\d-\d\dT[\d:.]+Z", piped)
    assert exact
    shown = datetime.fromisoformat(exact[0]).astimezone(ZoneInfo("Europe/Vienna")).strftime("%Y-%m-%d %H:%M")
    assert f"  {shown}  " in table


def test_no_line_of_a_table_ends_in_padding() -> None:
    for width in ("30", "120"):
        assert not re.search(r" $", written("table", width=width), re.MULTILINE)
