"""`mailtrap messages wait`: late messages, extracted values, timeouts."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mailtrap_cli.cli.context import World
from mailtrap_cli.sandbox.extract import extract_value, parse_target
from mailtrap_cli.sandbox.mailbox import Filters, Mail
from tests.commands.conftest import CORPUS, Inbox, message
from tests.conftest import PROGRAM, Run
from tests.loopback import Reply, Request, until

Deliver = Callable[..., None]

LINKS = {
    "verification": "https://shop.example/account/confirm?token=f3b1c2d4e5a697880912&user=4711",
    "reset": "https://shop.example/users/password/edit?reset_password_token=Zx8-Yq2_LmN0pQrStUvW",
    "receipt": "https://shop.example/orders/20261234",
    "newsletter": "https://shop.example/teas/assam",
    "german": "https://laden.example/konto/bestaetigen/k7Qm2pVx9LtR4sWz8NbC",
    "spanish": "https://tienda.example/clave/nueva?t=aB3dE5fG7hJ9kL1m",
    "french": "https://boutique.example/compte/valider?jeton=Qm2pVx9LtR4sWz8NbCk7",
    "chinese": "https://shop.example/zh/que-ren/9f8e7d6c5b4a39281706",
    "japanese": "https://shop.example/ja/reissue/11aa22bb33cc44dd55ee",
    "text_only": "https://tool.example/auth/magic?code=eyJhbGciOiJIUzI1NiJ9.e30.xyz123&next=%2Fhome",
    "broken_html": "https://shop.example/activate/77aa88bb99cc00dd11ee?x=1&y=2",
    "broken_mime": "https://host.example/confirm?id=42",
}
CODES = {
    "code": "482913",
    "code_letters": "WX4K-9PTQ",
    "german": "7391",
    "spanish": "904417",
    "french": "551288",
    "chinese": "839201",
    "japanese": "482913",
    "unknown_charset": "551920",
}
NAMES = sorted(path.stem for path in CORPUS.glob("*.eml"))


def test_the_link_and_the_code_of_every_message_of_the_corpus(
    environment: dict[str, str], deliver: Deliver, tmp_path: Path
) -> None:
    environment["MAILTRAP_STATE_DIR"] = str(tmp_path)  # for the programs that send as well
    deliver(*NAMES)
    world = World(env=environment)
    world.common.profile = "local"
    with world.mailbox(None) as box:
        mails = dict(zip(reversed(NAMES), (Mail(box, row) for row in box.find(Filters())), strict=True))
        for kind, expected in (("link", LINKS), ("code", CODES)):
            found = {
                name: extract_value(parse_target(kind, "--extract"), mail, tmp_path) for name, mail in mails.items()
            }
            assert {name: value for name, value in found.items() if value is not None} == expected


def test_a_message_without_the_value_is_skipped(mailtrap: Run, deliver: Deliver) -> None:
    deliver("code", "receipt")
    wanted = ("messages", "wait", "-p", "local", "--wait", "0", "--extract")
    assert mailtrap(*wanted, "code", "-q").out == "482913\n"
    result = mailtrap(*wanted, "link:/confirm")
    assert (result.code, result.out) == (10, "")
    assert '2 "Your receipt for order 20261234" to ada@example.com has no link:/confirm' in result.err


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("link:/unsubscribe", "https://shop.example/unsubscribe?u=8a7f3c21d9e04b55"),
        ("link:Confirm my", LINKS["verification"]),
        ("regex:within ([0-9]+) hours", "24"),
        ("regex:[Tt]hanks for \\w+", "thanks for signing"),
        ("regex:user=\\d+", "user=4711"),
        ("header:SUBJECT", "Please confirm your email address"),
    ],
)
def test_a_value_is_printed_alone_on_one_line(mailtrap: Run, deliver: Deliver, what: str, value: str) -> None:
    deliver("verification")
    result = mailtrap("messages", "wait", "-p", "local", "-q", "--wait", "0", "--extract", what)
    assert (result.code, result.out, result.err) == (0, f"{value}\n", "")


def test_a_json_value_names_its_message(mailtrap: Run, deliver: Deliver) -> None:
    deliver("code", "chinese")
    one = ("messages", "wait", "-p", "local", "--wait", "0", "--extract", "code", "-o", "json")
    assert mailtrap(*one).json() == {"message_id": 2, "kind": "code", "value": "839201"}
    assert [row["value"] for row in mailtrap(*one, "--count", "2").json()] == ["839201", "482913"]


def test_an_attachment_is_saved_under_a_safe_name_and_its_path_is_the_value(
    mailtrap: Run, inbox: Inbox, tmp_path: Path
) -> None:
    inbox.messages = [message(1)]
    place = "/1/attachments/5/download"
    described = {"id": 5, "filename": "../../etc/bill.pdf", "download_path": f"/api/sandboxes/7/messages{place}"}
    inbox.parts = {"/1/attachments": Reply(200, [described]), place: Reply(200, b"%PDF")}
    wanted = ("messages", "wait", "--wait", "0", "--extract", "attachment:*bill.pdf", "--dir", str(tmp_path))
    assert mailtrap(*wanted, env=inbox.env).out == f"{tmp_path}/bill.pdf\n"
    assert mailtrap(*wanted, env=inbox.env).out == f"{tmp_path}/bill (2).pdf\n"
    assert (tmp_path / "bill.pdf").read_bytes() == b"%PDF"
    result = mailtrap(*wanted[:-1], "/dev/null/none", env=inbox.env)
    assert result.code == 2
    assert "Cannot create the folder" in result.err


def test_a_value_cannot_control_the_terminal_or_add_a_line(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(1)]
    inbox.parts["/1/mail_headers"] = Reply(200, {"headers": {"X-Id": "4\x1b[2J2\r\n::error::x\u202e"}})
    result = mailtrap("messages", "wait", "--wait", "0", "--extract", "header:x-id", "-q", env=inbox.env)
    assert result.out == "42 ::error::x\n"


def test_a_message_that_arrives_late_is_waited_for(
    mailtrap: Run, environment: dict[str, str], deliver: Deliver
) -> None:
    deliver("code")
    waiting = subprocess.Popen(
        [PROGRAM, "messages", "wait", "-p", "local", "--new", "--wait", "50s", "--extract", "code"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert waiting.stderr
    assert "Waiting up to 50 s" in waiting.stderr.readline()
    deliver("receipt", "chinese")
    out, _ = waiting.communicate(timeout=50)
    assert (waiting.returncode, out) == (0, "839201\n")


def test_without_new_an_existing_message_counts(mailtrap: Run, deliver: Deliver) -> None:
    deliver("code")
    result = mailtrap("messages", "wait", "-p", "local", "-q", "--to", "ada@example.com")
    assert (result.code, result.out) == (0, "1\n")
    shown = mailtrap("messages", "wait", "-p", "local").out
    assert "Subject: Your sign-in code\n" in shown
    assert mailtrap("messages", "wait", "-p", "local", "-o", "json").json()["subject"] == "Your sign-in code"
    result = mailtrap("messages", "wait", "-p", "local", "--new", "--wait", "100ms")
    assert result.code == 10


def test_a_body_that_arrives_a_moment_later_is_shown(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(1)]

    def script(request: Request) -> Reply:
        if len(inbox.lists) == 3:
            inbox.parts["/1/body.txt"] = Reply(200, "Hello Ada")
        return inbox.answer(request)

    inbox.server.script = script
    inbox.parts["/1/mail_headers"] = Reply(200, {"headers": {}})
    inbox.parts["/1/attachments"] = Reply(200, [])
    assert "Hello Ada" in mailtrap("messages", "wait", env=inbox.env).out


def test_new_messages_are_recognized_by_id_not_by_time(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(40, created_at="2999-01-01T00:00:00Z")]

    def script(request: Request) -> Reply:
        if len(inbox.lists) == 2:
            inbox.messages.insert(0, message(41, created_at="1999-01-01T00:00:00Z"))
        return inbox.answer(request)

    inbox.server.script = script
    result = mailtrap("messages", "wait", "--new", "-q", "--wait", "30s", env=inbox.env)
    assert (result.code, result.out) == (0, "41\n")


def test_a_timeout_is_exit_10_and_names_what_did_arrive(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(1)]

    def script(request: Request) -> Reply:
        if len(inbox.lists) == 1:
            inbox.messages.insert(0, message(2, subject="Other\x1b[2J", to_email="bob@example.com"))
        return inbox.answer(request)

    inbox.server.script = script
    result = mailtrap("messages", "wait", "--to", "zoe@example.com", "--wait", "1s", "-o", "json", env=inbox.env)
    assert (result.code, result.out) == (10, "")
    error = result.error()
    assert error["message"] == "No message to zoe@example.com arrived in sandbox 7 within 1 s"
    assert error["details"] == ['2 "Other" to bob@example.com does not match']


def test_too_few_messages_are_reported(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(2), message(1)]
    result = mailtrap("messages", "wait", "--count", "3", "--wait", "0", env=inbox.env)
    assert result.code == 10
    assert "Only 2 of 3 in sandbox 7" in result.err
    result = mailtrap("messages", "wait", "--count", "2", "--wait", "0", "-q", env=inbox.env)
    assert result.out == "2\n1\n"


def test_it_polls_seldom_and_never_rereads_old_pages(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(number) for number in range(90, 0, -1)]
    result = mailtrap("messages", "wait", "--to", "nobody", "--wait", "4s", env=inbox.env)
    assert result.code == 10
    # The first look goes through all pages, the next ones see the newest alone: 0.5, 0.75, 1.1 ... s apart.
    assert inbox.lists.count("last_id=31") == 1
    assert len(inbox.lists) <= 16


def test_later_failures_are_waited_out_but_not_the_first(mailtrap: Run, inbox: Inbox) -> None:
    broken = threading.Event()

    def script(request: Request) -> Reply:
        if len(inbox.lists) == 1 and not broken.is_set():
            broken.set()
            return Reply(fault="reset")
        if broken.is_set():
            inbox.messages = [message(1)]
        return inbox.answer(request)

    inbox.server.script = script
    result = mailtrap("messages", "wait", "-q", "--wait", "30s", env=inbox.env)
    assert (result.code, result.out) == (0, "1\n")
    inbox.server.script = lambda request: Reply(401, {"error": "Incorrect API token"})
    result = mailtrap("messages", "wait", env=inbox.env)
    assert result.code == 4


def test_a_silent_server_does_not_delay_it_past_its_deadline(mailtrap: Run, inbox: Inbox) -> None:
    def script(request: Request) -> Reply:
        return Reply(fault="silence") if len(inbox.lists) >= 2 else inbox.answer(request)

    inbox.server.script = script
    started = time.monotonic()
    result = mailtrap("messages", "wait", "--wait", "1s", env=inbox.env, timeout=50)
    assert result.code == 10
    assert "The last request failed" in result.err
    assert time.monotonic() - started < 28  # the time-out of one request alone is 30 s
    inbox.server.script = lambda request: Reply(503) if inbox.lists else inbox.answer(request)
    inbox.lists.clear()
    result = mailtrap("messages", "wait", "--wait", "0", env=inbox.env)
    assert result.code == 7


def test_too_many_requests_are_waited_out(mailtrap: Run, inbox: Inbox) -> None:
    limited = iter([True, False])

    def script(request: Request) -> Reply:
        return (
            Reply(429, {"errors": "Too many"}, {"Retry-After": "0"}) if next(limited, False) else inbox.answer(request)
        )

    inbox.server.script = script
    inbox.messages = [message(1)]
    assert mailtrap("messages", "wait", "-q", env=inbox.env).out == "1\n"


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--extract", "regex:(a"), "unterminated subpattern at position 1"),
        (("--extract", "regex:"), "regex needs a value"),
        (("--extract", "header"), "header needs a value"),
        (("--extract", "everything"), "not one of link, code"),
        (("--wait", "long"), "--wait: 'long' is not a duration"),
        (("--count", "0"), "--count"),
    ],
)
def test_bad_flags_are_refused_before_any_request(
    mailtrap: Run, inbox: Inbox, flags: tuple[str, ...], words: str
) -> None:
    result = mailtrap("messages", "wait", *flags, env=inbox.env)
    assert result.code == 2
    assert words in result.err
    assert inbox.server.requests == []


def test_an_endless_regular_expression_is_stopped(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(1)]
    inbox.parts = {"/1/body.txt": Reply(200, "a" * 60 + "!"), "/1/body.html": Reply(409, "Conflict")}
    result = mailtrap("messages", "wait", "--extract", "regex:(a+)+$", env=inbox.env, timeout=40)
    assert result.code == 2
    assert "took longer than 5 s" in result.err


def test_ctrl_c_ends_the_wait_with_130(environment: dict[str, str], inbox: Inbox) -> None:
    import signal

    waiting = subprocess.Popen(
        [PROGRAM, "messages", "wait", "--wait", "50s"],
        env={**environment, **inbox.env},
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: len(inbox.lists) >= 3)
    waiting.send_signal(signal.SIGINT)
    _, err = waiting.communicate(timeout=20)
    assert waiting.returncode == 130
    assert "Traceback" not in err


def test_a_timeout_is_reported_to_continuous_integration(mailtrap: Run, inbox: Inbox, tmp_path: Path) -> None:
    junit, summary = tmp_path / "reports" / "wait.xml", tmp_path / "summary.md"
    env = {**inbox.env, "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    result = mailtrap("messages", "wait", "--to", "zoe", "--wait", "0", "--junit", str(junit), env=env)
    assert result.code == 10
    assert re.search(r"^::error title=mailtrap messages wait::a message to zoe arrives: No message", result.err, re.M)
    assert "1 of 1 failed" in summary.read_text(encoding="utf-8")
    assert 'failures="1"' in junit.read_text(encoding="utf-8")
    assert result.out == ""


def test_what_lacks_a_link_is_listed_newest_first_and_the_rest_by_a_command_that_works(mailtrap: Run) -> None:
    for number in range(12):
        mailtrap("send", "-p", "local", "--to", "ada@example.com", "--subject", f"No {number}", "--text", "Hello")
    error = mailtrap("messages", "wait", "-p", "local", "--extract", "link", "--wait", "0s").err
    assert [line.split()[0] for line in error.splitlines()[1:11]] == [str(number) for number in range(12, 2, -1)]
    assert "More: mailtrap messages list --sandbox-id 1 -p local\n" in error
