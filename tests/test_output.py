"""Columns declared once; table, tsv, json, jsonl and csv follow. Foreign text stays harmless in each."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from mailtrap_cli.output import Column, Format, Output, plain
from mailtrap_cli.output.tables import Listing, Note, describe_age, share_width
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


def test_jsonl_is_one_object_per_line() -> None:
    assert [json.loads(line) for line in written("jsonl").splitlines()] == ROWS
    assert written("jsonl", []) == ""


def test_csv_keeps_line_breaks_in_quotes() -> None:
    read = list(csv.reader(io.StringIO(written("csv"))))
    assert read == [
        ["id", "subject", "can_read", "tags"],
        ["1", "Hello", "true", "a, b"],
        ["2", "Line one\nline\ttwo", "", ""],
    ]


def test_quiet_is_one_essential_value_per_line() -> None:
    assert written(None, quiet=True) == "1\n2\n"


def test_piped_values_are_never_cut() -> None:
    long = "x" * 5000
    assert long in written(None, [{"id": 1, "subject": long}])


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize(
    "subject",
    [
        " ".join(f"word{number}" for number in range(40)),
        "確認メールをお送りします。" * 9,
        "🎉🚀 Your order shipped " * 9,
        "x" * 300,
    ],
)
def test_a_long_row_is_one_line_with_an_ellipsis(width: int, subject: str) -> None:
    rows = [{"id": 1, "subject": subject}, {"id": 2, "subject": "short"}]
    lines = written("table", rows, width=str(width)).splitlines()
    assert len(lines) == 4
    assert max(cell_len(line) for line in lines) <= width
    assert "…" in lines[2]
    assert subject[:10] in lines[2]


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


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_table_fits_the_width_without_cutting_times_and_numbers(width: int) -> None:
    lines = table(width)
    assert lines[0].split()[0] == "ID"
    assert lines[0].split()[-3:] == ["Sent", "at", "Read"]
    assert len(lines) == 4
    assert max(map(len, lines)) <= width
    assert all("2026-11-25T01:53:59.855Z" in line for line in lines[2:])
    assert all(("…" in line) == (width < 160) for line in lines[2:])


@pytest.mark.parametrize("subject", ["Hi", "Your receipt of November", "Your receipt of November " * 9])
@pytest.mark.parametrize("width", range(40, 200, 7))
def test_the_main_column_is_the_widest_cut_column(width: int, subject: str) -> None:
    naturals = [4, 34, 50, len(subject), 10, 4]
    columns = [replace(column, main=column.header == "Subject") for column in MANY]
    widths = share_width(columns, naturals, width)
    assert sum(widths) + 2 * sum(size > 0 for size in widths) - 1 <= width
    assert widths[3]
    if widths != naturals:
        assert widths[3] >= max(widths[1:3])
    if width > 60:
        assert all(widths)


def test_columns_without_room_are_left_out_from_the_right() -> None:
    assert share_width(MANY, [4, 34, 50, 24, 10, 4], 24)[4:] == [0, 0]


def test_an_age_is_in_words_up_to_a_month() -> None:
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    seconds = {0: "now", 5: "5 s ago", 150: "2 min ago", 7200: "2 h ago", 3 * 86_400: "3 d ago", -90: "in 1 min"}
    for age, words in seconds.items():
        assert describe_age(now - timedelta(seconds=age), now) == words
    assert describe_age(datetime(2026, 1, 5, tzinfo=UTC), now) == "2026-01-05"


def test_numbers_have_thousands_separators_for_people_and_ids_have_none() -> None:
    columns: tuple[Column, ...] = (Column("ID", "id", right=True), Column("Emails", "emails", right=True))
    columns += (Column("Rate", "rate", percent=True, right=True), Column("Made", "made", time=True))
    rows = [{"id": 123456, "emails": 1234567, "rate": 0.9812, "made": 1_700_000_000_000}]
    assert table(80, columns, rows)[2].split()[:3] == ["123456", "1,234,567", "98.1%"]
    assert table(80, columns, rows)[2].split()[3].startswith("2023-11-1")


@pytest.mark.parametrize("width", ["", "0", "1", "-5", "٥٠", "9" * 5000, "wide"])
def test_an_absurd_width_neither_crashes_nor_hides_anything(width: str) -> None:
    assert table(width, MANY[:1])[-2:] == ["998", "999"]


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_terminal_gives_its_width(environment: dict[str, str], width: int) -> None:
    command = [PROGRAM, "config", "show", "--origins", "-p", "local", "--no-color"]
    code, screen = on_terminal(command, environment, columns=width)
    assert code == 0
    lines = screen.splitlines()
    assert max(len(line) for line in lines) <= width
    assert lines[0].split() == ["Key", "Value", "Origin"]
    assert any(line.split() == ["hosts.account", "local", "sandbox"] for line in lines)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_json_stays_valid_in_a_limited_encoding(environment: dict[str, str], encoding: str) -> None:
    payload = {"to": [{"email": "a@b.example", "name": "Adä 😀"}], "subject": "Grüße", "text": "x"}
    command = [PROGRAM, "send", "-p", "local", "--payload", "-", "--dry-run", "-o", "json"]
    env = {**environment, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, env=env, input=json.dumps(payload).encode(), capture_output=True, check=True)
    body = json.loads(done.stdout.decode(encoding))["body"]
    assert (body["to"][0]["name"], body["subject"]) == ("Adä 😀", "Grüße")


def test_markup_in_foreign_text_is_shown_literally() -> None:
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
def test_terminal_escapes_and_overrides_are_removed(text: str, harmless: str) -> None:
    assert clean(text) == harmless
    assert plain(text) == harmless


def drives_a_terminal(text: str) -> bool:
    bidi = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    return any(
        (unicodedata.category(char) == "Cc" and char not in "\n\t") or unicodedata.bidirectional(char) in bidi
        for char in text
    )


@given(st.text())
def test_no_text_controls_the_terminal_in_any_form(text: str) -> None:
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
def test_no_value_controls_the_terminal_in_any_format(text: str, fmt: Format | None) -> None:
    assert not drives_a_terminal(written(fmt, [{"id": 1, "subject": text, "tags": [text]}], width="60"))


# ------------------------------------------------------------------------------------------------ colors

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
def test_color_follows_the_flag_then_the_environment_then_the_terminal(
    environment: dict[str, str], mailtrap: Run, env: dict[str, str], flags: tuple[str, ...], terminal: bool, piped: bool
) -> None:
    for arguments in ((*TABLE, *flags), ("config", "get", "nonsense", *flags)):
        code, screen = on_terminal([PROGRAM, *arguments], {**environment, **env})
        assert ("\x1b[" in screen) is terminal, arguments
        result = mailtrap(*arguments, env={"TERM": "xterm", **env})
        assert result.code == code
        assert ("\x1b[" in result.out + result.err) is piped, arguments


def test_only_tables_are_colored(mailtrap: Run) -> None:
    for fmt in ((), ("-o", "json"), ("-o", "csv"), ("-q",)):
        assert "\x1b" not in mailtrap("config", "show", "--origins", "-p", "local", *fmt, env={"FORCE_COLOR": "1"}).out


# ------------------------------------------------------------------------------------------------ one way to print


def printed(fmt: Format | None, quiet: bool, print_it: Callable[[Output], None]) -> str:
    stream = io.StringIO()
    print_it(Output(stream, fmt=fmt, quiet=quiet, color=False, env={"COLUMNS": "80"}))
    return stream.getvalue()


def test_an_object_shown_in_parts_is_one_object_in_json() -> None:
    headers = {"Subject": "Hi", "X-Empty": ""}
    parts = [{"name": name, "value": value} for name, value in headers.items()]
    columns = (Column("Name", "name"), Column("Value", "value"))

    def print_it(out: Output) -> None:
        out.record(headers, columns, parts=parts, essential="value")

    assert json.loads(printed("json", False, print_it)) == headers
    assert printed("jsonl", False, print_it) == '{"Subject": "Hi", "X-Empty": ""}\n'
    assert printed(None, False, print_it) == "name\tvalue\nSubject\tHi\nX-Empty\t\n"
    assert printed(None, True, print_it) == "Hi\n", "no empty line for a value that is missing"


def test_a_text_is_its_document_in_json_and_its_essential_value_under_quiet() -> None:
    def print_it(out: Output) -> None:
        out.text({"id": 7, "text": "Hello"}, "Hello")
        out.text(
            lambda: {"id": 7, "text": "Hello"}, lambda: "Hello", essential="id", row={"id": 7}, columns=COLUMNS[:1]
        )

    assert printed(None, False, print_it) == "Hello\nHello\n"
    assert printed("jsonl", False, print_it) == '{"id": 7, "text": "Hello"}\n' * 2
    assert printed(None, True, print_it) == "Hello\n7\n"
    assert printed("csv", False, print_it) == "Hello\nid\n7\n"


def test_a_stream_is_an_array_in_json_lines_in_jsonl_and_text_for_people() -> None:
    def print_it(out: Output) -> None:
        out.stream(({"id": number}, f"message {number}") for number in (1, 2))

    assert json.loads(printed("json", False, print_it)) == [{"id": 1}, {"id": 2}]
    assert printed("jsonl", False, print_it) == '{"id": 1}\n{"id": 2}\n'
    assert printed(None, False, print_it) == "message 1\nmessage 2\n"


def test_an_empty_table_says_so_beside_the_results() -> None:
    stream = io.StringIO()
    said: list[str] = []
    Output(stream, fmt="table", quiet=False, color=False, env={}, notice=said.append).rows(
        [], COLUMNS, empty="None yet."
    )
    assert (stream.getvalue(), said) == ("", ["None yet."])


# ------------------------------------------------------------------------------------------------ listings


def listed(width: str, notes: Sequence[Note]) -> list[str]:
    stream = io.StringIO()
    out = Output(stream, fmt="table", quiet=False, color=False, env={"COLUMNS": width})
    out.listing(Listing("Title", ROWS[:1], COLUMNS[:2], "Found", lambda _: notes))
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def test_a_single_note_goes_on_the_line_of_its_row_if_it_fits() -> None:
    notes = [("found", [("one ", ""), ("two three", "bold")])]
    assert listed("30", notes) == ["Title", "ID  Subject  Found", "1   Hello    one two three"]
    assert listed("20", notes) == ["Title", "ID  Subject  Found", "1   Hello", "  found  one two", "         three"]


def test_several_notes_go_below_their_row() -> None:
    notes: list[Note] = [("expected", [("a\x1b[2J", "")]), ("", [("[bold]b", "")])]
    assert listed("80", notes)[2:] == ["1   Hello", "  expected  a", "            [bold]b"]


def test_times_are_ages_in_a_table_and_exact_elsewhere(mailtrap: Run) -> None:
    mailtrap("send", "-p", "local", "--to", "ada@example.com", "--subject", "Hi", "--text", "Hi")
    assert re.search(r"  (now|\d+ (s|min) ago)  ", mailtrap("messages", "list", "-p", "local", "-o", "table").out)
    assert re.search(r"\t\d{4}-\d\d-\d\dT[\d:.]+Z\t", mailtrap("messages", "list", "-p", "local").out)


def test_no_line_of_a_table_ends_in_padding() -> None:
    for width in ("30", "120"):
        assert not re.search(r" $", written("table", width=width), re.MULTILINE)
