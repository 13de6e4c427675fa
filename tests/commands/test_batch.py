"""`mailtrap batch` end to end: the installed program, the local sandbox, a loopback server, a terminal."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.conftest import PROGRAM, Run
from tests.loopback import Loopback, Reply, Request
from tests.terminal import Terminal

PEOPLE = "email,name,plan\nada@example.com,Ada,pro\nbob@example.com,Bob,basic\n"
LETTER = ("--from", "a@acme.example", "--subject", "Hi {{ name }}", "--text", "Your plan is {{ plan }}.")


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE)
    return path


def answered(request: Request) -> Reply:
    """Build the API's answer to an accepted batch."""
    count = len(request.json()["requests"])
    return Reply(200, {"success": True, "responses": [{"success": True, "message_ids": ["id"]}] * count})


def captured(mailtrap: Run, *extra: str) -> list[dict[str, Any]]:
    result = mailtrap("messages", "list", "-p", "local", "-o", "json", *extra)
    assert result.code == 0, result.err
    found: list[dict[str, Any]] = result.json()
    return found


# ------------------------------------------------------------------------------------------------ a look before


def test_a_dry_run_prints_the_request_and_sends_nothing(mailtrap: Run, people: Path, home: Path) -> None:
    result = mailtrap("batch", str(people), *LETTER, "-p", "local", "--dry-run", "--no-trace", "-o", "json")
    assert result.code == 0
    assert result.json() == {
        "method": "POST",
        "url": None,  # the local sandbox is no server
        "body": {
            "base": {"from": {"email": "a@acme.example"}},
            "requests": [
                {
                    "to": [{"email": "ada@example.com", "name": "Ada"}],
                    "subject": "Hi Ada",
                    "text": "Your plan is pro.",
                },
                {
                    "to": [{"email": "bob@example.com", "name": "Bob"}],
                    "subject": "Hi Bob",
                    "text": "Your plan is basic.",
                },
            ],
        },
        "total": 2,
        "messages": 2,
        "requests": 1,
    }
    assert result.err.startswith("Dry run: sandbox 1 · profile local\n")
    assert "2 to send" in result.err
    assert "Hi Ada" in result.err
    assert not list(home.rglob("*.journal*"))
    assert captured(mailtrap) == []


def test_a_dry_run_is_short_for_people_and_complete_for_programs(mailtrap: Run, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("email,name,plan\n" + "".join(f"a{n}@b.example,A,p\n" for n in range(1201)))
    short = mailtrap("batch", str(path), *LETTER, "-p", "local", "--dry-run")
    assert short.out.startswith("POST /api/batch/1 (local sandbox)\n{")
    assert len(json.loads(short.out.partition("\n")[2])["requests"]) == 3
    assert "1,198 more" in short.err
    whole = mailtrap("batch", str(path), *LETTER, "-p", "local", "--dry-run", "-o", "jsonl")
    assert [len(json.loads(line)["body"]["requests"]) for line in whole.out.splitlines()] == [500, 500, 201]


def test_a_preview_shows_messages_as_they_are_read(mailtrap: Run, people: Path) -> None:
    result = mailtrap("batch", str(people), *LETTER, "--html", "<p>{{ name }}", "-p", "local", "--preview", "1")
    assert result.code == 0
    assert result.out == (
        f"── {people}:2\nFrom: a@acme.example\nTo: Ada <ada@example.com>\nSubject: Hi Ada\n\n"
        "Your plan is pro.\n\n── HTML\n\n<p>Ada\n"
    )
    assert captured(mailtrap) == []


def test_a_preview_is_json_for_programs(mailtrap: Run, people: Path) -> None:
    result = mailtrap("batch", str(people), *LETTER, "-p", "local", "--preview", "5", "-o", "json")
    assert [message["subject"] for message in result.json()] == ["Hi Ada", "Hi Bob"]


def test_cells_cannot_control_the_terminal(mailtrap: Run, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("email,note\nada@example.com,\x1b]0;owned\x07\x1b[2Jhello [red]\n\x1b[31mbad,x\n")
    looks = ("--from", "a@acme.example", "--subject", "S", "--text", "{{ note }}", "-p", "local")
    shown = mailtrap("batch", str(path), *looks, "--preview", "1", "--skip-invalid")
    assert "\x1b" not in shown.out + shown.err
    assert "hello [red]" in shown.out


def test_the_first_row_can_be_sent_to_oneself(mailtrap: Run, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("email,name,cc\nada@example.com,Ada,carol@example.com\n")
    result = mailtrap("batch", str(path), *LETTER[:4], "--text", "x", "-p", "local", "--test-to", "me@example.com")
    assert result.code == 0, result.err
    assert "sandbox 1 · profile local" in result.err
    (message,) = captured(mailtrap)
    assert message["to_email"] == "me@example.com"
    assert message["subject"] == "Hi Ada"
    assert "carol" not in json.dumps(message)


# ------------------------------------------------------------------------------------------------ what is refused


def test_bad_rows_are_reported_like_compiler_errors_and_nothing_is_sent(mailtrap: Run, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text('email,name,plan\nada@example.com,"A\tda",pro\n"nobody","two\nlines",x\nbob@example,B,x\n')
    result = mailtrap("batch", "people.csv", *LETTER, "-p", "local", cwd=tmp_path)
    assert result.code == 2
    assert result.out == ""
    lines = result.err.splitlines()
    assert lines[0].startswith("people.csv:3: ")
    assert lines[1].startswith("people.csv:5: email: 'example' in 'bob@example' is not a domain name")
    assert lines[2] == "Error: 2 of 3 rows cannot be sent, so nothing was sent."
    assert "--skip-invalid" in lines[3]
    assert captured(mailtrap) == []


def test_bad_rows_are_details_of_the_error_in_json(mailtrap: Run, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("email,name,plan\nnobody,A,x\n")
    error = mailtrap("batch", "p.csv", *LETTER, "-p", "local", "-o", "json", cwd=tmp_path).error()
    assert error["code"] == 2
    assert error["details"] == ["p.csv:2: email: 'nobody' is not an address"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "No input file given"),
        (("nowhere.csv", *LETTER), "nowhere.csv: file not found"),
        (("p.csv", *LETTER, "--rate", "fast"), "--rate: 'fast' is not a rate"),
        (("p.csv", *LETTER, "--rate-limit", "0/10s"), "--rate-limit: '0/10s' is not a rate"),
        (("p.csv", *LETTER, "--concurrency", "0"), "--concurrency"),
        (("p.csv", *LETTER, "--limit", "0"), "--limit"),
        (("p.csv", *LETTER, "--map", "email"), "--map: 'email' is not KEY=VALUE"),
        (("p.csv", *LETTER, "--results", "r.txt"), "--results: r.txt does not end in .csv"),
        (("p.csv", *LETTER, "--failed", "no/f.csv"), "--failed: no/f.csv cannot be written"),
        (("p.csv", *LETTER, "--failed", "p.csv"), "--failed: p.csv is the file of rows itself"),
        (("p.csv", *LETTER, "--text-file", "-"), "--text and --text-file cannot be used together"),
        (("-", *LETTER[:4], "--text-file", "-"), "FILE and --text-file both read standard input"),
        (("p.csv", *LETTER[:2], "--text", "x"), "No subject"),
        (
            ("p.csv", *LETTER, "--template", "b81aabcd-1a1e-41cf-91b6-eca0254b3d96"),
            "--template cannot be combined with",
        ),
        (("p.csv", *LETTER, "--attach", "nowhere.pdf"), "--attach: nowhere.pdf: file not found"),
    ],
)
def test_bad_usage_is_one_sentence_and_nothing_is_sent(
    mailtrap: Run, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    (tmp_path / "p.csv").write_text(PEOPLE)
    result = mailtrap("batch", *arguments, "-p", "local", cwd=tmp_path)
    assert result.code == 2, result.err
    assert words in result.err
    assert result.out == ""
    assert captured(mailtrap) == []


def test_only_what_is_needed_is_imported(environment: dict[str, str], people: Path) -> None:
    import subprocess

    code = (
        "import sys; from mailtrap_cli.cli.root import run; code = run(sys.argv[1:]);"
        "print(code, *sorted({'httpx', 'rich', 'jinja2', 'dns'} & set(sys.modules)))"
    )

    def imported(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code, "batch", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.splitlines()[-1]

    assert imported("--help") == "0"
    plain = ("--from", "a@acme.example", "--subject", "S", "--text", "T", "-p", "local", "--preview", "1")
    assert imported(str(people), *plain) == "0"


# ------------------------------------------------------------------------------------------------ sending


def test_each_row_arrives_once_and_the_same_command_sends_nothing_more(mailtrap: Run, people: Path) -> None:
    command = ("batch", str(people), *LETTER, "-p", "local", "-o", "json")
    first = mailtrap(*command)
    assert first.code == 0, first.err
    report = first.json()
    assert {key: report[key] for key in ("total", "sent", "failed", "unknown", "skipped", "requests")} == {
        "total": 2,
        "sent": 2,
        "failed": 0,
        "unknown": 0,
        "skipped": 0,
        "requests": 1,
    }
    assert {"run", "seconds", "messages_per_second"} <= set(report)
    assert sorted(message["to_email"] for message in captured(mailtrap)) == ["ada@example.com", "bob@example.com"]
    second = mailtrap(*command)
    assert second.code == 0
    assert second.json()["run"] == report["run"]
    assert "Nothing was sent now" in second.err
    assert "--again" in second.err
    assert len(captured(mailtrap)) == 2
    assert mailtrap(*command, "--again").code == 0
    assert len(captured(mailtrap)) == 4


def test_a_limit_is_the_first_part_of_the_same_run(mailtrap: Run, people: Path) -> None:
    assert mailtrap("batch", str(people), *LETTER, "-p", "local", "--limit", "1").code == 0
    assert [message["to_email"] for message in captured(mailtrap)] == ["ada@example.com"]
    rest = mailtrap("batch", str(people), *LETTER, "-p", "local")
    assert rest.code == 0, rest.err
    assert sorted(message["to_email"] for message in captured(mailtrap)) == ["ada@example.com", "bob@example.com"]


def test_rows_left_out_by_this_command_keep_their_state_in_the_counts(mailtrap: Run, tmp_path: Path) -> None:
    path, results = tmp_path / "p.csv", tmp_path / "r.csv"
    path.write_text("email,name,plan\nada@example.com,A,x\nada@example.com,A,x\nbob@example.com,B,x\n")
    command = ("batch", str(path), *LETTER, "-p", "local", "-o", "json")
    assert mailtrap(*command, "--limit", "2").json()["sent"] == 2
    rest = mailtrap(*command, "--dedupe")
    assert rest.json()["sent"] == 3
    assert "1 left to send, 1 already done" in rest.err
    fewer = mailtrap(*command, "--limit", "1", "--results", str(results))
    assert (fewer.json()["sent"], fewer.json()["skipped"]) == (3, 0)
    assert [line.split(",")[2] for line in results.read_text().splitlines()] == ["status", "sent", "sent", "sent"]


def test_a_journal_elsewhere_does_not_restart_a_run(mailtrap: Run, people: Path) -> None:
    command = ("batch", str(people), *LETTER, "-p", "local")
    assert mailtrap(*command, "--limit", "1").code == 0
    elsewhere = ("--journal", str(people.with_name("j.sqlite3")))
    refused = mailtrap(*command, *elsewhere)
    assert refused.code == 2
    assert "has already sent 1 of these 2 rows" in refused.err
    assert mailtrap(*command).code == 0
    assert len(captured(mailtrap)) == 2
    assert mailtrap(*command, *elsewhere, "--again").code == 0
    assert len(captured(mailtrap)) == 4


def test_an_answer_with_lone_surrogates_can_be_saved(mailtrap: Run, server: Loopback, people: Path) -> None:
    entries = ['{"success":true,"message_ids":["a\\ud800\\u001b[2J"]}', '{"success":false,"errors":["no \\udfff"]}']
    server.reply(Reply(200, f'{{"success":true,"responses":[{",".join(entries)}]}}'))
    results = people.with_name("results.csv")
    result = mailtrap(
        "batch", str(people), *LETTER, "--sandbox-id", "7", "--results", str(results), "-o", "json", env=server.env
    )
    assert (result.code, result.json()["sent"]) == (9, 1)
    assert results.read_text().splitlines()[1:] == ["2,ada@example.com,sent,a,", "3,bob@example.com,failed,,no "]


def test_an_unwritable_file_does_not_stop_the_others(mailtrap: Run, server: Loopback, people: Path) -> None:
    folder = people.with_name("gone")
    folder.mkdir()

    def script(request: Request) -> Reply:
        folder.rmdir()
        return Reply(422, {"success": False, "errors": ["no"]})

    server.script = script
    failed = people.with_name("failed.csv")
    files = ("--results", str(folder / "r.csv"), "--failed", str(failed))
    result = mailtrap("batch", str(people), *LETTER, "--sandbox-id", "7", *files, "-o", "json", env=server.env)
    assert (result.code, result.json()["failed"]) == (7, 2)
    assert "--results" in result.error()["message"]
    assert len(failed.read_text().splitlines()) == 3


def test_rows_come_from_standard_input(mailtrap: Run) -> None:
    result = mailtrap("batch", "-", *LETTER, "-p", "local", "-q", stdin=PEOPLE.replace(",", ";").encode("utf-16"))
    assert result.code == 0, result.err
    assert len(captured(mailtrap)) == 2


def test_skipped_rows_are_in_the_report(mailtrap: Run, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(PEOPLE + "nobody,N,x\nada@example.com,Ada,pro\nzoe@example.com,Z,x\n")
    flags = ("--skip-invalid", "--dedupe", "--limit", "2", "--results", str(tmp_path / "r.jsonl"))
    result = mailtrap("batch", str(path), *LETTER, "-p", "local", *flags, "-o", "json")
    assert result.code == 0, result.err
    report = result.json()
    assert (report["total"], report["sent"], report["skipped"]) == (5, 2, 3)
    rows = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert [(row["line"], row["status"], row["error"]) for row in rows] == [
        (2, "sent", None),
        (3, "sent", None),
        (4, "skipped", "email: 'nobody' is not an address"),
        (5, "skipped", "the recipient of an earlier row, left out by --dedupe"),
        (6, "skipped", "beyond --limit"),
    ]
    assert "p.csv:4: email: 'nobody' is not an address" in result.err
    assert "p.csv:5): it is skipped." in result.err


def test_refused_rows_are_exit_9_and_can_be_fed_back(mailtrap: Run, server: Loopback, people: Path) -> None:
    def refuse_bob(request: Request) -> Reply:
        responses = [
            {"success": False, "errors": ["no such mailbox"]}
            if message["to"][0]["email"].startswith("bob")
            else {"success": True, "message_ids": ["id"]}
            for message in request.json()["requests"]
        ]
        return Reply(200, {"success": True, "responses": responses})

    server.script = refuse_bob
    failed, results = people.with_name("failed.csv"), people.with_name("results.csv")
    command = ("batch", str(people), *LETTER, "--sandbox-id", "7", "--failed", str(failed), "--results", str(results))
    result = mailtrap(*command, env=server.env)
    assert result.code == 9, result.err
    assert "1 failed" in result.err
    assert failed.read_text() == "email,name,plan,error\nbob@example.com,Bob,basic,no such mailbox\n"
    assert "no such mailbox" in results.read_text()
    server.script = answered
    again = mailtrap("batch", str(failed), *LETTER, "--sandbox-id", "7", env=server.env)
    assert again.code == 0, again.err
    sent = server.requests[-1].json()["requests"]
    assert [message["to"][0]["email"] for message in sent] == ["bob@example.com"]
    assert sent[0]["text"] == "Your plan is basic."


@pytest.mark.parametrize("kind", ["rows", "messages"])
def test_refused_json_rows_can_be_fed_back_unchanged(
    mailtrap: Run, server: Loopback, tmp_path: Path, kind: str
) -> None:
    if kind == "rows":
        content = [
            *LETTER[:4],
            "--text",
            "{% for tag in tags %}{{ tag }};{% endfor %}",
        ]
        document: Any = [
            {"email": "ada@example.com", "name": "Ada", "tags": ["x", 1]},
            {"email": "bob@example.com", "name": "Bob", "tags": ["y", 2]},
        ]
    else:
        content = []
        base = {"from": {"email": "a@acme.example"}, "subject": "Hi", "text": "Hello"}
        requests = [{"to": [{"email": "ada@example.com"}]}, {"to": [{"email": "bob@example.com"}], "category": "c"}]
        document = {"base": base, "requests": requests}
    (tmp_path / "p.json").write_text(json.dumps(document))

    def refuse(request: Request) -> Reply:
        bad = {"success": False, "errors": ["no"]}
        good = {"success": True, "message_ids": ["id"]}
        return Reply(
            200,
            {
                "success": True,
                "responses": [
                    bad if message["to"][0]["email"].startswith("bob") else good
                    for message in request.json()["requests"]
                ],
            },
        )

    server.script = refuse
    command = ("batch", *content, "--sandbox-id", "7", "--no-trace")
    table = mailtrap(*command, "p.json", "--failed", "f.csv", env=server.env, cwd=tmp_path)
    assert table.code == 2
    assert "Use a .jsonl file" in table.err
    assert mailtrap(*command, "p.json", "--failed", "f.jsonl", env=server.env, cwd=tmp_path).code == 9
    server.script = answered
    again = mailtrap(*command, "f.jsonl", env=server.env, cwd=tmp_path)
    assert again.code == 0, again.err
    first, second = (
        [{**request.json().get("base", {}), **message} for message in request.json()["requests"]]
        for request in server.requests
    )
    assert second == first[1:]


def test_a_live_run_without_a_terminal_needs_yes(mailtrap: Run, server: Loopback, people: Path) -> None:
    result = mailtrap("batch", str(people), *LETTER, "--live", env=server.env)
    assert result.code == 2
    assert "LIVE transactional" in result.err
    assert "--yes" in result.err
    assert server.requests == []
    server.script = answered
    assert mailtrap("batch", str(people), *LETTER, "--live", "--yes", env=server.env).code == 0
    assert [request.path for request in server.requests] == ["/send/api/batch"]


@pytest.mark.parametrize(("answer", "requests"), [("y\n", 1), ("n\n", 0), ("\n", 0)])
def test_a_live_run_asks_on_a_terminal(
    environment: dict[str, str], server: Loopback, people: Path, answer: str, requests: int
) -> None:
    server.script = answered
    terminal = Terminal([PROGRAM, "batch", str(people), *LETTER, "--live"], {**environment, **server.env})
    terminal.type(answer)
    assert terminal.wait() == 0
    assert re.search(r"Send 2 emails to real recipients, LIVE transactional\b.*\? \[y/N\]", terminal.screen)
    assert len(server.requests) == requests
    assert ("Nothing was sent." in terminal.screen) == (not requests)


def test_runs_are_listed_and_forgotten(mailtrap: Run, people: Path) -> None:
    assert mailtrap("batch", "--runs", "-o", "json").json() == []
    run = mailtrap("batch", str(people), *LETTER, "-p", "local", "-q").out.strip()
    listed = mailtrap("batch", "--runs", "-o", "json", env={"TZ": "America/New_York"}).json()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", listed[0]["begun_at"])
    assert [entry["id"] for entry in listed] == [run]
    assert mailtrap("batch", "--forget", run).code == 0
    assert mailtrap("batch", "--runs", "-o", "json").json() == []
    assert mailtrap("batch", "--forget", run).code in (2, 5)


def test_the_profiles_rate_limit_is_taken(mailtrap: Run, people: Path) -> None:
    assert (
        "no limit" in mailtrap("batch", str(people), *LETTER, "-p", "local", "--dry-run").err
    )  # no API to be gentle to
    assert "150 requests in 10 s" in mailtrap("batch", str(people), *LETTER, "--sandbox-id", "7", "--dry-run").err
    mailtrap("config", "set", "-p", "slow", "rate_limit", "20/s")
    off = mailtrap("batch", str(people), *LETTER, "-p", "local", "--dry-run", "--rate-limit", "off").err
    assert "no limit" in off
    hourly = mailtrap("batch", str(people), *LETTER, "-p", "local", "--dry-run", "--rate", "1/hour").err
    assert "at least 1 h" in hourly


def test_the_api_answer_to_a_test_is_reported(mailtrap: Run, server: Loopback, people: Path) -> None:
    server.reply(Reply(401, {"success": False, "errors": ["Unauthorized"]}))
    server.reply(Reply(401, {"error": "Incorrect API token"}))  # the domains, which would say why
    result = mailtrap("batch", str(people), *LETTER, "--live", "--test-to", "me@example.com", env=server.env)
    assert result.code == 4
    assert server.requests[0].path == "/send/api/send"


# ------------------------------------------------------------------------------------------------ in a pipeline


@pytest.fixture
def runner(tmp_path: Path) -> dict[str, str]:
    """Return the variables of a GitHub Actions step."""
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "GITHUB_WORKSPACE": str(tmp_path),
    }


def annotated(err: str) -> list[str]:
    return [line for line in err.splitlines() if line.startswith("::")]


def cases_of(path: Path) -> list[tuple[str, str | None, str | None, str]]:
    """Return name, file, line and outcome of each case in a JUnit file."""
    suite = ElementTree.parse(path).getroot()[0]
    return [
        (str(case.get("name")), case.get("file"), case.get("line"), case[0].tag if len(case) else "passed")
        for case in suite
    ]


def test_bad_rows_are_annotations_on_their_lines_and_the_rest_is_counted(
    mailtrap: Run, tmp_path: Path, runner: dict[str, str]
) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "p.csv").write_text(PEOPLE + "nobody,N,p\n" * 1200)
    command = ("batch", "p.csv", *LETTER, "-p", "local", "--junit", "reports/batch.xml")
    result = mailtrap(*command, env=runner, cwd=folder)
    assert result.code == 2
    found = annotated(result.err)
    assert found[0] == (
        "::error file=mail/p.csv,line=4,title=mailtrap batch::p.csv:4: email: 'nobody' is not an address"
    )
    assert len([line for line in found if line.startswith("::error ")]) == 10
    assert found[10:] == ["::notice title=mailtrap batch::1,190 more failed: see the summary of the step"]
    assert "### mailtrap batch: 1,200 of 1,202 failed" in (tmp_path / "summary.md").read_text(encoding="utf-8")
    cases = cases_of(folder / "reports" / "batch.xml")
    assert len(cases) == 1002
    assert cases[0] == ("p.csv:4", "p.csv", "4", "failure")
    assert cases[1000:] == [("200 rows more", None, None, "failure"), ("2 rows valid", None, None, "skipped")]
    mailtrap(*command, "--skip-invalid", "--dry-run", cwd=folder)
    cases = cases_of(folder / "reports" / "batch.xml")
    assert cases[0] == ("p.csv:4", None, None, "skipped")
    assert cases[-1] == ("2 rows ready to send", None, None, "passed")


@pytest.mark.parametrize(
    ("content", "flags", "place"),
    [
        ("email,name,plan\na@b.example,A\x00,p\n", (), "file=p.csv,line=2,"),
        ("name,plan\nA,p\n", (), "file=p.csv,line=1,"),
        ("email,name\na@b.example,A\n", (), ""),
    ],
)
def test_a_broken_file_is_an_annotation_too(
    mailtrap: Run, tmp_path: Path, runner: dict[str, str], content: str, flags: tuple[str, ...], place: str
) -> None:
    (tmp_path / "p.csv").write_text(content)
    result = mailtrap("batch", "p.csv", *LETTER, *flags, "-p", "local", env=runner, cwd=tmp_path)
    assert result.code == 2
    (found,) = annotated(result.err)
    assert found.startswith(f"::error {place}title=mailtrap batch::")


def test_failed_and_unknown_rows_are_annotations_and_the_summary_has_the_run(
    mailtrap: Run, server: Loopback, tmp_path: Path, runner: dict[str, str]
) -> None:
    def mixed(request: Request) -> Reply:
        outcomes: dict[str, dict[str, Any]] = {
            "bob@example.com": {"success": False, "errors": ["no such | mailbox"]},
            "eve@example.com": {"success": None},
        }
        fine = {"success": True, "message_ids": ["id"]}
        responses = [outcomes.get(message["to"][0]["email"], fine) for message in request.json()["requests"]]
        return Reply(200, {"success": True, "responses": responses})

    server.script = mixed
    (tmp_path / "p.csv").write_text(PEOPLE + "nobody,N,p\neve@example.com,Eve,pro\n")
    command = ("batch", "p.csv", *LETTER, "--sandbox-id", "7", "--skip-invalid", "--junit", "batch.xml")
    result = mailtrap(*command, env={**server.env, **runner}, cwd=tmp_path)
    assert result.code == 9, result.err
    bob, eve = annotated(result.err)
    assert bob.startswith(
        "::error file=p.csv,line=3,title=mailtrap batch::p.csv:3 bob@example.com: failed: no such | ma"
    )
    assert eve.startswith("::error file=p.csv,line=5,title=mailtrap batch::p.csv:5 eve@example.com: unknown: ")
    assert cases_of(tmp_path / "batch.xml") == [
        ("p.csv:3 bob@example.com", "p.csv", "3", "failure"),
        ("p.csv:5 eve@example.com", "p.csv", "5", "failure"),
        ("1 row sent", None, None, "passed"),
        ("p.csv:4", None, None, "skipped"),
    ]
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8").splitlines()
    assert summary[0] == "### mailtrap batch: 2 of 4 failed"
    assert summary[2].startswith("| Run | Total | Sent | Failed | Unknown | Skipped |")
    assert "| 4 | 1 | 1 | 1 | 1 |" in summary[4]
    assert any(line.endswith("| failed: no such \\| mailbox |") for line in summary)


def test_rows_that_were_not_sent_are_one_failure(mailtrap: Run, server: Loopback, people: Path) -> None:
    server.reply(Reply(401, {"errors": ["Unauthorized"]}))
    junit = people.with_name("batch.xml")
    result = mailtrap("batch", str(people), *LETTER, "--sandbox-id", "7", "--junit", str(junit), env=server.env)
    assert result.code == 4
    assert cases_of(junit) == [("2 rows not sent", None, None, "failure")]
    assert annotated(result.err) == []


def test_without_a_runner_nothing_is_written(mailtrap: Run, people: Path, tmp_path: Path) -> None:
    result = mailtrap(
        "batch", str(people), *LETTER, "-p", "local", env={"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    )
    assert result.code == 0
    assert annotated(result.err) == []
    assert not (tmp_path / "summary.md").exists()


def test_an_unwritable_junit_file_is_refused_before_sending(mailtrap: Run, people: Path) -> None:
    for junit, words in ((people, "is the file of rows itself"), (people / "x.xml", "cannot be written")):
        result = mailtrap("batch", str(people), *LETTER, "-p", "local", "--junit", str(junit))
        assert result.code == 2
        assert f"--junit: {junit} {words}" in result.err
    assert people.read_text() == PEOPLE
    assert captured(mailtrap) == []
