"""`mailtrap messages`: find by filters, show parts, mark, forward, delete."""

from __future__ import annotations

import email
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.commands.conftest import MESSAGES, Inbox, message
from tests.conftest import PROGRAM, Run
from tests.loopback import Reply
from tests.terminal import Terminal, on_terminal

Deliver = Callable[..., None]


def test_a_list_continues_over_pages_and_stops_at_the_limit(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(number) for number in range(70, 0, -1)]
    result = mailtrap("messages", "list", "-q", env=inbox.env)
    assert result.out.split() == [str(number) for number in range(70, 0, -1)]
    assert inbox.lists == ["", "last_id=41", "last_id=11"]
    inbox.lists.clear()
    result = mailtrap("messages", "list", "--limit", "5", "-o", "json", env=inbox.env)
    assert [row["id"] for row in result.json()] == [70, 69, 68, 67, 66]
    assert inbox.lists == [""]
    assert "Showing the first 5" in result.err


@pytest.mark.parametrize(
    ("flags", "ids"),
    [
        (("--to", "bob@example.com"), [4]),
        (("--to", "BOB"), [4]),
        (("--to", "ob@example.com"), []),
        (("--to", "@example.com"), [5, 4, 3, 2, 1]),
        (("--to", "copy@else.example"), [2]),
        (("--to", "second@example.com"), [5]),
        (("--from", "billing@shop.example"), [3]),
        (("--from", "shop"), [5, 4, 3, 2, 1]),
        (("--subject", "STRASSE"), [1]),
        (("--unread",), [5, 4, 3, 1]),
        (("--unread", "--from", "billing"), [3]),
    ],
)
def test_filters_combine_and_a_whole_address_must_match_exactly(
    mailtrap: Run, inbox: Inbox, flags: tuple[str, ...], ids: list[int]
) -> None:
    inbox.messages = [
        message(5, to_email="ada@example.com,second@example.com"),
        message(4, to_email="bob@example.com", to_name="Bob"),
        message(3, from_email="billing@shop.example"),
        message(2, is_read=True, smtp_information={"ok": True, "data": {"rcpt_to_addrs": ["copy@else.example"]}}),
        message(1, subject="In der Straße"),
    ]
    assert mailtrap("messages", "list", "-q", *flags, env=inbox.env).out.split() == [str(number) for number in ids]


def test_several_recipients_are_their_addresses_and_one_has_its_name(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [
        message(2, to_email="ada@example.com,bob@example.com", to_name="Ada"),
        message(1, to_email="ada@example.com", to_name="Ada"),
    ]
    header, *rows = mailtrap("messages", "list", env=inbox.env).out.splitlines()
    place = header.split("\t").index("to")
    shown = [row.split("\t")[place] for row in rows]
    assert shown == ["ada@example.com, bob@example.com", "Ada <ada@example.com>"]


def test_search_is_the_apis_own(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(2), message(1)]
    assert mailtrap("messages", "list", "-q", "--search", "Subject 1", env=inbox.env).out == "1\n"
    assert inbox.lists == ["search=Subject+1"]


def test_since_requests_no_page_of_older_messages(mailtrap: Run, inbox: Inbox) -> None:
    now = datetime.now(UTC)
    inbox.messages = [
        message(100 - age, created_at=(now - timedelta(minutes=age)).isoformat(timespec="milliseconds"))
        for age in range(90)
    ]
    assert len(mailtrap("messages", "list", "-q", "--since", "5m30s", env=inbox.env).out.split()) == 6
    assert len(inbox.lists) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("list", "--since", "soon"), 2, "--since: 'soon' is not a duration"),
        (("list", "--since", "9999999999d"), 2, "--since"),
        (("show", "0"), 2, "'0' is neither"),
        (("show", "newest"), 2, "neither a message ID nor latest"),
        (("show", "1", "--to", "x"), 2, "latest"),
        (("show", "9"), 5, "Message 9 is not in sandbox 7"),
        (("text", "latest", "--to", "nobody"), 5, "No message to nobody in sandbox 7"),
        (("forward", "1", "not an address"), 2, "ADDRESS"),
    ],
)
def test_a_message_that_cannot_be_found_or_read_is_one_sentence(
    mailtrap: Run, inbox: Inbox, arguments: tuple[str, ...], code: int, words: str
) -> None:
    inbox.messages = [message(1)]
    result = mailtrap("messages", *arguments, env=inbox.env)
    assert (result.code, result.out) == (code, "")
    assert words in result.err


def test_a_sandbox_of_another_token_names_the_likely_reason(mailtrap: Run, inbox: Inbox) -> None:
    env = {**inbox.env, "MAILTRAP_SANDBOX_ID": "8"}
    result = mailtrap("messages", "list", env=env)
    assert result.code == 5
    assert "This token has no sandbox 8" in result.err
    assert "mailtrap sandboxes list" in result.err
    inbox.parts["/account/api/sandboxes/8/messages/1"] = Reply(403, {"errors": "Access forbidden"})
    result = mailtrap("messages", "show", "1", env=env)
    assert result.code == 4
    assert "no access to sandbox 8" in result.err


def test_without_a_sandbox_it_says_how_to_choose_one(mailtrap: Run, inbox: Inbox) -> None:
    result = mailtrap("messages", "list", env=inbox.server.env)
    assert result.code == 3
    assert "--sandbox-id" in result.err


def test_a_message_is_shown_in_readable_form(mailtrap: Run, deliver: Deliver) -> None:
    deliver("invoice")
    shown = mailtrap("messages", "show", "latest", "-p", "local").out
    assert "Subject: Your invoice\n" in shown
    assert "X-Invoice: 20260042\n" in shown
    assert shown.endswith(
        "\n\nYour invoice 20260042 is attached.\n\n"
        "[.._.._invoice 0042.pdf, application/pdf, 27 Bytes]\n[lines.csv, text/csv, 23 Bytes]\n"
    )
    document = mailtrap("messages", "show", "1", "-p", "local", "-o", "json").json()
    assert document["id"] == 1
    assert document["html"] is None
    assert document["headers"]["X-Invoice"] == "20260042"
    assert mailtrap("messages", "show", "1", "-p", "local", "-q").out == "1\n"


def test_a_message_without_text_is_shown_as_its_html(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(1)]
    inbox.parts = {
        "/1/mail_headers": Reply(200, {"headers": {"Subject": "Hi \x1b[31mred", "Received": ["a", "b"]}}),
        "/1/body.txt": Reply(409, "Conflict"),
        "/1/body.html": Reply(200, "<p>Hello <b>Ada</b></p>"),
        "/1/attachments": Reply(200, []),
    }
    assert mailtrap("messages", "show", "1", env=inbox.env).out == "Subject: Hi red\nReceived: a, b\n\nHello Ada\n"
    inbox.parts["/1/body.html"] = Reply(409, "Conflict")
    assert mailtrap("messages", "show", "1", env=inbox.env).out.endswith("\n\n(no text)\n")
    result = mailtrap("messages", "html", "1", env=inbox.env)
    assert result.code == 1
    assert "Message 1 has no HTML" in result.err


def test_every_form_of_a_message_is_printed(mailtrap: Run, deliver: Deliver) -> None:
    deliver("verification", "receipt")
    one = ("latest", "-p", "local", "--subject", "confirm")
    assert mailtrap("messages", "text", *one).out.startswith("Hi Ada,")
    assert "Confirm my address" in mailtrap("messages", "html", *one).out
    assert "Confirm my address" in mailtrap("messages", "html-source", *one, "-o", "json").json()["html_source"]
    assert mailtrap("messages", "text", *one, "-o", "json").json()["id"] == 1
    raw = mailtrap("messages", "raw", *one).out
    assert email.message_from_string(raw)["Subject"] == "Please confirm your email address"
    headers = mailtrap("messages", "headers", *one)
    assert "Subject\tPlease confirm your email address\n" in headers.out
    assert mailtrap("messages", "headers", *one, "-o", "json").json()["Subject"]


def test_an_eml_file_is_saved_byte_for_byte_and_never_over_another(mailtrap: Run, inbox: Inbox, tmp_path: Path) -> None:
    inbox.messages = [message(1)]
    data = b"Subject: x\r\n\r\ncaf\xe9 \x00\xff\n"
    inbox.parts["/1/body.eml"] = Reply(200, data)
    file = tmp_path / "message.eml"
    assert mailtrap("messages", "eml", "1", "--save", str(file), "-q", env=inbox.env).out == f"{file}\n"
    assert file.read_bytes() == data
    asked = len(inbox.server.requests)
    result = mailtrap("messages", "eml", "1", "--save", str(file), env=inbox.env)
    assert result.code == 2
    assert "--force" in result.err
    assert len(inbox.server.requests) == asked
    inbox.parts["/1/body.eml"] = Reply(200, b"new")
    assert mailtrap("messages", "eml", "1", "--save", str(file), "--force", env=inbox.env).code == 0
    assert file.read_bytes() == b"new"
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["message.eml"]
    result = mailtrap("messages", "eml", "1", "--save", str(tmp_path / "no" / "x.eml"), env=inbox.env)
    assert result.code == 2
    assert "cannot be written" in result.err


def test_an_eml_file_goes_byte_for_byte_into_a_pipe(environment: dict[str, str], inbox: Inbox) -> None:
    import subprocess

    inbox.messages = [message(1)]
    data = b"Subject: x\r\n\r\ncaf\xe9 \x00\xff\n"
    inbox.parts["/1/body.eml"] = Reply(200, data)
    done = subprocess.run(
        [PROGRAM, "messages", "eml", "1"], env={**environment, **inbox.env}, capture_output=True, check=True
    )
    assert done.stdout == data


def test_a_body_is_harmless_on_a_terminal(environment: dict[str, str], inbox: Inbox) -> None:
    inbox.messages = [message(1)]
    inbox.parts["/1/body.txt"] = Reply(200, "one\x1b]0;title\x07\x1b[2J\ntwo \u202ex\n".encode().decode())
    code, screen = on_terminal([PROGRAM, "messages", "text", "1"], {**environment, **inbox.env})
    assert (code, screen) == (0, "one\ntwo x\n")


def test_a_body_in_an_unknown_charset_is_read_as_well_as_possible(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(1)]
    inbox.parts["/1/body.txt"] = Reply(200, "café".encode("latin-1"), {"Content-Type": "text/plain; charset=x-none"})
    assert mailtrap("messages", "text", "1", env=inbox.env).out == "caf\ufffd\n"
    inbox.parts["/1/body.txt"] = Reply(200, "café".encode("latin-1"), {"Content-Type": "text/plain; charset=latin1"})
    assert mailtrap("messages", "text", "1", env=inbox.env).out == "café\n"


def test_a_message_of_10_mb_is_read_whole(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(1)]
    inbox.parts["/1/body.txt"] = Reply(200, "0123456789\n" * 950_000)
    assert len(mailtrap("messages", "text", "1", env=inbox.env).out) == 11 * 950_000


REPORT = {
    "report": {
        "ResponseMessage": "Not spam",
        "Score": 1.2,
        "Spam": False,
        "Threshold": 5,
        "Details": [{"Pts": 0, "RuleName": "HTML_MESSAGE", "Description": "HTML"}, None],
    }
}


def test_quiet_shows_only_the_score_of_the_spam_report(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(1)]
    inbox.parts["/1/spam_report"] = Reply(200, REPORT)
    assert mailtrap("messages", "spam", "1", "-q", env=inbox.env).out == "1.2\n"
    assert mailtrap("messages", "spam", "1", "-o", "json", env=inbox.env).json() == REPORT["report"]
    assert mailtrap("messages", "spam", "1", env=inbox.env).out.splitlines()[1].split("\t") == [
        *("1.2", "5", "false", "Not spam", "HTML_MESSAGE 0")
    ]
    inbox.parts["/1/spam_report"] = Reply(200, {"report": None})
    assert mailtrap("messages", "spam", "1", env=inbox.env).code == 0


def test_the_html_check_lists_problems_by_line(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(1)]
    clients = {"desktop": ["Notes 6 / 7"], "mobile": ["Gmail"]}
    found = {"report": {"errors": [{"error_line": 15, "rule_name": "style", "email_clients": clients}, None]}}
    inbox.parts["/1/analyze"] = Reply(200, found)
    assert (
        mailtrap("messages", "html-check", "1", env=inbox.env).out.splitlines()[1] == "15\tstyle\tNotes 6 / 7\tGmail\t"
    )
    assert mailtrap("messages", "html-check", "latest", "-o", "json", env=inbox.env).json() == found["report"]


def test_the_local_sandbox_says_what_it_does_not_check(mailtrap: Run, deliver: Deliver) -> None:
    deliver("broken_html")
    result = mailtrap("messages", "html-check", "latest", "-p", "local")
    assert "has no opening tag" in result.out
    assert "Not checked" in mailtrap("messages", "spam", "latest", "-p", "local").out


@pytest.mark.parametrize(("verb", "value"), [("mark-read", "true"), ("mark-unread", "false")])
def test_a_message_is_marked_in_the_apis_words(mailtrap: Run, inbox: Inbox, verb: str, value: str) -> None:
    inbox.messages = [message(1)]
    inbox.parts["PATCH /1"] = Reply(200, message(1, is_read=value == "true"))
    assert mailtrap("messages", verb, "latest", "-o", "json", env=inbox.env).json()["is_read"] is (value == "true")
    request = inbox.server.requests[-1]
    assert (request.method, request.path) == ("PATCH", f"{MESSAGES}/1")
    assert request.json() == {"message": {"is_read": value}}


def test_a_message_is_forwarded_once(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(1)]
    inbox.parts["POST /1/forward"] = Reply(200, {"message": "Your email message has been successfully forwarded"})
    result = mailtrap("messages", "forward", "1", "Ada <ada@bücher.example>", "-q", env=inbox.env)
    assert result.out == "Your email message has been successfully forwarded\n"
    assert inbox.server.requests[-1].json() == {"email": "ada@xn--bcher-kva.example"}
    inbox.parts["POST /1/forward"] = Reply(fault="reset")
    before = len(inbox.server.requests)
    result = mailtrap("messages", "forward", "1", "ada@example.com", env=inbox.env)
    assert result.code == 7
    assert "outcome unknown" in result.err
    assert len(inbox.server.requests) == before + 2


def test_a_deletion_needs_confirmation(mailtrap: Run, environment: dict[str, str], inbox: Inbox) -> None:
    inbox.messages = [message(2, subject="Two\x1b[2J"), message(1)]
    inbox.parts["DELETE /2"] = Reply(200, message(2))
    result = mailtrap("messages", "delete", "latest", env=inbox.env)
    assert result.code == 2
    assert "--yes" in result.err
    assert {request.method for request in inbox.server.requests} == {"GET"}
    terminal = Terminal([PROGRAM, "messages", "delete", "latest"], {**environment, **inbox.env})
    terminal.type("n\n")
    assert terminal.wait() == 0
    assert 'Delete message 2 "Two" from sandbox 7?' in terminal.screen
    assert {request.method for request in inbox.server.requests} == {"GET"}
    assert mailtrap("messages", "delete", "latest", "--yes", "-q", env=inbox.env).out == "2\n"
    assert inbox.server.requests[-1].method == "DELETE"


def test_jsonl_is_one_message_per_line(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(2), message(1)]
    lines = mailtrap("messages", "list", "-o", "jsonl", env=inbox.env).out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [2, 1]
    inbox.messages = []
    assert mailtrap("messages", "list", "-o", "json", env=inbox.env).json() == []
