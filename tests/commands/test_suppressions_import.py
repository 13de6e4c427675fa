"""`mailtrap suppressions import` and `export`: the wire, the limit of 10 a minute, and resuming after a failure."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROGRAM, Run
from tests.loopback import Loopback, Reply, Request
from tests.openapi import check_request

PATH = "/account/api/suppressions"
DOMAINS = {"data": [{"id": 7, "domain_name": "acme.example"}, {"id": 8, "domain_name": "shop.example"}]}


def suppression(number: int, email: str = "") -> dict[str, Any]:
    return {
        "id": f"64d71bf3-1276-417b-86e1-{number:012}",
        "email": email or f"user{number}@example.com",
        "type": "hard bounce",
        "sending_stream": "bulk",
        "domain_name": "acme.example",
        "created_at": "2026-01-01T00:00:00Z",
        "message_subject": '=HYPERLINK("x"), "quoted"\nline',
    }


class List:
    """The suppression list on a server; `answers` are those for addresses, in place of a success."""

    def __init__(self, server: Loopback) -> None:
        self.created: list[dict[str, Any]] = []
        self.answers: dict[str, Reply] = {}
        self.rows: list[dict[str, Any]] = []
        self.server = server
        server.script = self.answer

    def answer(self, request: Request) -> Reply:
        if request.path == "/account/api/domains":
            return Reply(200, DOMAINS)
        path, _, query = request.path.partition("?")
        assert path == PATH
        if request.method == "GET":
            last = query.partition("last_id=")[2].partition("&")[0]
            ids = [row["id"] for row in self.rows]
            start = ids.index(last) + 1 if last else 0
            return Reply(200, self.rows[start : start + 1000])
        check_request("email-sending", "POST", "/api/suppressions", body=request.json())
        email = request.json()["email"]
        if email in self.answers:
            return self.answers[email]
        self.created.append(request.json())
        return Reply(201, {"data": suppression(len(self.created), email)})

    @property
    def env(self) -> dict[str, str]:
        return self.server.env


@pytest.fixture
def listed(server: Loopback) -> List:
    return List(server)


def write(folder: Path, text: str) -> str:
    (folder / "gone.csv").write_text(text, encoding="utf-8")
    return str(folder / "gone.csv")


def test_flags_apply_to_rows_without_a_value(listed: List, patient: Run, tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "To;Domain Name;Sending stream;reason;note\na@example.com;;;;x\nb@example.com;SHOP.example.;bulk;Hard-Bounce;\n"
        "c@example.com;7;Transactional;spam complaint;\n",
    )
    flags = ("--domain", "acme.example", "--stream", "bulk", "--type", "unsubscription")
    result = patient("suppressions", "import", file, *flags, "-o", "json", env=listed.env)
    assert result.code == 0, result.err
    assert [tuple(entry.values()) for entry in listed.created] == [
        ("a@example.com", 7, "bulk", "unsubscription"),
        ("b@example.com", 8, "bulk", "hard bounce"),
        ("c@example.com", 7, "transactional", "spam complaint"),
    ]
    assert result.json() == {"created": 3, "already_suppressed": 0, "failed": 0, "skipped": 0, "rows": 3}
    assert "Ignored: note" in result.err


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("email\na@example.com\n", ":2: no domain: add a column, or use --domain"),
        ("email,domain\na@example.com,acme.example\n", ":2: no stream: add a column, or use --stream"),
        (
            "email,domain,stream\na@example.com,acme.example,sms\n",
            ":2: stream: 'sms' is not one of transactional, bulk",
        ),
        ("email,domain,stream\na@example.com,x.example,bulk\n", ":2: domain: the account has no domain x.example"),
        ("email,domain,stream\nnope,7,bulk\n", ":2: email: 'nope' is not an address"),
        ("email,domain,domain_id,stream\na@example.com,7,7,bulk\n", ":1: columns 'domain' and 'domain_id' are both"),
        ("name\nAda\n", ":1: no column email among name"),
    ],
)
def test_a_file_with_a_bad_row_is_not_sent(
    listed: List, patient: Run, tmp_path: Path, rows: str, sentence: str
) -> None:
    result = patient("suppressions", "import", write(tmp_path, rows), env=listed.env)
    assert result.code == 2
    assert sentence in result.err
    assert not listed.created


def test_already_suppressed_rows_are_not_failures_and_refused_ones_are_named(
    listed: List, patient: Run, tmp_path: Path
) -> None:
    listed.answers = {
        "a@example.com": Reply(422, {"errors": {"email": ["has already been taken"]}}),
        "b@example.com": Reply(422, {"errors": {"base": ["No such luck"]}}),
    }
    file = write(tmp_path, "email\na@example.com\nb@example.com\nc@example.com\n")
    flags = ("--domain", "7", "--stream", "bulk", "-o", "json")
    result = patient("suppressions", "import", file, *flags, env=listed.env)
    assert result.code == 9
    assert result.json() == {"created": 1, "already_suppressed": 1, "failed": 1, "skipped": 0, "rows": 3}
    assert "gone.csv:3: No such luck" in result.error()["details"][0]


@pytest.mark.parametrize(
    ("reply", "code", "words"),
    [
        (Reply(fault="reset"), 7, "Repeating rows is harmless"),
        (Reply(403, {"error": "Access forbidden"}), 4, "Access forbidden"),
        (Reply(429, {"errors": "Rate limit exceeded"}), 6, "Rate limit exceeded"),
    ],
)
def test_a_failure_ends_it_with_the_command_that_resumes(
    listed: List, patient: Run, tmp_path: Path, reply: Reply, code: int, words: str
) -> None:
    listed.answers = {"b@example.com": reply}
    file = write(tmp_path, "email\na@example.com\nb@example.com\nc@example.com\n")
    flags = ("--domain", "7", "--stream", "bulk")
    result = patient("suppressions", "import", file, *flags, env=listed.env)
    assert result.code == code
    assert words in result.err
    assert "The rows before 2 are done." in result.err
    assert f"Resume: mailtrap suppressions import {file} --domain 7 --stream bulk --from-row 2" in result.err
    listed.answers.clear()
    listed.created.clear()
    assert patient("suppressions", "import", file, *flags, "--from-row=2", env=listed.env).code == 0
    assert [entry["email"] for entry in listed.created] == ["b@example.com", "c@example.com"]


def test_ten_requests_a_minute_are_sent_and_waits_are_reported(listed: List, patient: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "email\n" + "".join(f"u{number}@example.com\n" for number in range(12)))
    result = patient("suppressions", "import", file, "--domain", "7", "--stream", "bulk", env=listed.env)
    assert (result.code, len(listed.created)) == (0, 12)
    assert "12 rows at 10 a minute take about 1 min" in result.err
    assert "10 of 12: row 11, next request in" in result.err


def test_the_list_is_exported_whole_and_can_be_imported(listed: List, patient: Run, tmp_path: Path) -> None:
    listed.rows = [suppression(number) for number in range(2500)]
    out = tmp_path / "gone.csv"
    result = patient("suppressions", "export", "--out", str(out), "-o", "json", env=listed.env)
    assert result.json() == {"file": str(out), "rows": 2500}
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["email"] for row in rows] == [row["email"] for row in listed.rows]
    assert rows[0]["message_subject"] == '=HYPERLINK("x"), "quoted"\nline'
    assert len(listed.server.requests) == 3
    assert patient("suppressions", "export", "--out", str(out), env=listed.env).code == 2
    dry = patient("suppressions", "import", str(out), "--dry-run", "-o", "json", env=listed.env)
    assert dry.json()["suppressions"][0] == {
        "email": "user0@example.com",
        "domain_id": 7,
        "sending_stream": "bulk",
        "type": "hard bounce",
    }


def test_a_broken_export_writes_nothing_and_says_it_starts_over(listed: List, patient: Run, tmp_path: Path) -> None:
    listed.rows = [suppression(number) for number in range(1500)]
    listed.server.script = lambda request: (
        Reply(403, {"error": "Access forbidden"}) if "last_id" in request.path else listed.answer(request)
    )
    out = tmp_path / "gone.csv"
    out.write_text("mine")
    result = patient("suppressions", "export", "--out", str(out), "--force", env=listed.env)
    assert result.code == 4
    assert "the same command starts over" in result.err
    assert out.read_text() == "mine"
    assert list(tmp_path.glob(".gone*")) == []
    listed.server.script = listed.answer
    piped = patient("suppressions", "export", "--out", str(out), "--force", "-q", "--since", "7d", env=listed.env)
    assert piped.out == f"{out}\n"
    assert "start_time=" in listed.server.requests[-1].path
    order = ("--since", "2026-02-01", "--until", "2026-01-01")
    assert patient("suppressions", "export", "--out", str(out), "--force", *order, env=listed.env).code == 2


def test_a_full_disk_is_one_sentence(listed: List, environment: dict[str, str]) -> None:
    listed.rows = [suppression(1)]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [PROGRAM, "suppressions", "export", "--out", "-"],
            env={**environment, **listed.env},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 7
    assert "Traceback" not in done.stderr
    assert "No space left on device" in done.stderr
