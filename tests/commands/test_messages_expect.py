"""`mailtrap messages expect`: every failed expectation is listed, with what was found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mailtrap_cli.sandbox.link_check import find_link_fault
from tests.commands.conftest import Inbox, message
from tests.conftest import Run
from tests.loopback import Reply, Request

Deliver = Callable[..., None]

EXPECT = ("messages", "expect", "-p", "local")


def test_a_good_message_meets_every_expectation(mailtrap: Run, deliver: Deliver) -> None:
    deliver("newsletter", "verification")
    result = mailtrap(
        *(*EXPECT, "--to", "ada@example.com", "--subject", "confirm", "-o", "json"),
        *(
            "--contains",
            "Please confirm your address within 24 hours",
            "--contains",
            "Hi Ada",
            "--not-contains",
            "ERROR",
        ),
        *("--matches", r"token=\w{20}", "--header", "From: Shop Example <no-reply@shop.example>", "--header", "Date"),
        *("--links-ok", "--variables-filled", "--max-spam-score", "5"),
    )
    assert result.code == 0, result.err
    checks = result.json()
    assert [check["ok"] for check in checks] == [True] * 7 + [None] + [True] * 2
    assert set(checks[0]) == {"message_id", "expectation", "ok", "found"}
    (spam,) = [check for check in checks if check["ok"] is None]
    assert "spam score of 5" in spam["expectation"]
    assert "Not checked" in spam["found"]
    assert "Not checked" in result.err


def test_every_failure_is_listed_with_what_was_found(mailtrap: Run, deliver: Deliver) -> None:
    deliver("newsletter")
    result = mailtrap(
        *EXPECT,
        *("--contains", "Hello Ada", "--not-contains", "Ten teas", "--matches", "order [0-9]+"),
        *("--header", "X-Id: 42", "--header", "Subject: Other", "--has-attachment", "*.pdf"),
        *("--links-ok", "--variables-filled"),
    )
    assert result.code == 8
    listed = result.err.splitlines()
    assert listed[0] == "Error: 8 of 9 expectations failed."
    said = "\n".join(listed[1:])
    for words in (
        "contains 'Hello Ada': found: Shop Example View in browser",
        "does not contain 'Ten teas': found: …Ten teas for winter…",
        "matches 'order [0-9]+': found: ",
        "has the header X-Id: 42: found: no X-Id among ",
        "has the header Subject: Other: found: Subject: Ten teas for winter",
        "has the attachment *.pdf: found: no attachments",
        "http://shop.example/teas/earl-grey: http is not https; #: it leads nowhere; /teas: it is not absolute",
        "has no unfilled placeholder: found: {{ first_name }}",
        "mailtrap messages show 1",
    ):
        assert words in said
    assert result.out.startswith("message\texpectation\tok\tfound\n")
    assert result.out.count("\tfalse\t") == 8


def test_attachments_are_named_or_matched(mailtrap: Run, deliver: Deliver) -> None:
    deliver("invoice")
    flags = ("--has-attachment", "*.pdf", "--has-attachment", "LINES.csv", "--header", "x-invoice: 20260042")
    assert mailtrap(*EXPECT, *flags, "-q").out == "1\n"
    assert mailtrap(*EXPECT, "--has-attachment", "other.pdf").code == 8


def test_any_attachment_is_expected_without_a_name(mailtrap: Run, deliver: Deliver) -> None:
    deliver("invoice")
    assert mailtrap(*EXPECT, "--has-attachment", "--variables-filled").code == 0
    assert mailtrap(*EXPECT, "--variables-filled", "--has-attachment").code == 0
    deliver("code")
    result = mailtrap(*EXPECT, "--has-attachment", "--contains", "no such words")
    assert "has the attachment *: found: no attachments" in result.err
    assert "2 of 3 expectations failed" in result.err


def test_an_exact_number_of_messages_is_expected(mailtrap: Run, deliver: Deliver) -> None:
    deliver("code", "receipt", "receipt")
    assert mailtrap(*EXPECT, "--subject", "receipt", "--count", "2", "--contains", "Tea pot").code == 0
    result = mailtrap(*EXPECT, "--subject", "receipt", "--count", "1")
    assert result.code == 8
    assert 'exactly 1 message with the subject "receipt": found: 2: 3 "Your receipt' in result.err
    assert mailtrap(*EXPECT, "--to", "zoe", "--count", "0").code == 0
    assert mailtrap(*EXPECT, "--count", "0").code == 8


def test_without_options_it_expects_a_message(mailtrap: Run, inbox: Inbox) -> None:
    result = mailtrap("messages", "expect", env=inbox.env)
    assert result.code == 8, result.err
    assert "there is a message: found: none" in result.err
    inbox.messages = [message(1)]
    assert mailtrap("messages", "expect", env=inbox.env).code == 0


def test_an_extra_message_is_noticed_a_moment_later(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(1)]

    def script(request: Request) -> Reply:
        if len(inbox.lists) == 2:  # the newest ID, the first look; what follows comes after the pause
            inbox.messages = [message(2), message(1)]
        return inbox.answer(request)

    inbox.server.script = script
    wanted = ("messages", "expect", "--count", "1", "--wait", "20s")
    result = mailtrap(*wanted, "--settle", "100ms", env=inbox.env)
    assert result.code == 8
    assert "exactly 1 message: found: 2: 2 " in result.err


def test_after_a_message_only_newer_ones_count(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(number) for number in (41, 40, 39)]
    for command in (("expect", "--count", "1"), ("wait", "--wait", "0", "-q")):
        assert mailtrap("messages", *command, "--after", "40", env=inbox.env).code == 0
    assert mailtrap("messages", "expect", "--count", "3", "--after", "", env=inbox.env).code == 0
    result = mailtrap("messages", "wait", "--after", "latest", "--wait", "0", env=inbox.env)
    assert result.code == 10
    assert "No message after message 41 in sandbox 7" in result.err
    assert mailtrap("messages", "expect", "--after", "latest", env=inbox.env).code == 2
    for wrong in ("newest", "-1", "1.5", "٣"):
        result = mailtrap("messages", "wait", "--after", wrong, env=inbox.env)
        assert result.code == 2
        assert "neither a message ID nor latest" in result.err


@pytest.mark.parametrize("part", ["body.txt", "body.html"])
def test_a_body_that_arrives_a_moment_later_counts(mailtrap: Run, inbox: Inbox, part: str) -> None:
    inbox.messages = [message(1)]

    def script(request: Request) -> Reply:
        if len(inbox.lists) == 3:
            inbox.parts[f"/1/{part}"] = Reply(200, "Hello Ada")
        return inbox.answer(request)

    inbox.server.script = script
    result = mailtrap("messages", "expect", "--wait", "20s", "--contains", "Hello Ada", env=inbox.env)
    assert result.code == 0, result.err


def test_no_links_are_good_links_unless_one_is_expected(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(1)]
    inbox.parts["/1/body.txt"] = Reply(200, "Hello")
    result = mailtrap("messages", "expect", "--links-ok", env=inbox.env)
    assert result.code == 0
    assert "no links" in result.out
    result = mailtrap("messages", "expect", "--links-ok", "--has-link", env=inbox.env)
    assert result.code == 8
    assert "has a link: found: no links" in result.err


def test_links_are_requested_online(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(1)]
    site = inbox.server.url
    inbox.parts = {
        "/1/body.txt": Reply(200, f"{site}/good and {site}/bad and mailto:a@b.example"),
        "/good": Reply(200),
        "/bad": Reply(404),
    }
    online = ("messages", "expect", "--links-ok", "--online")
    result = mailtrap(*online, "--allow-private", env=inbox.env)
    assert result.code == 8
    assert f"found: {site}/bad: it answers 404" in result.err
    result = mailtrap(*online, env=inbox.env)
    assert f"{site}/good: http is not https" in result.err
    inbox.parts["/1/body.txt"] = Reply(200, f"{site}/good")
    assert mailtrap(*online, "--allow-private", env=inbox.env).code == 0
    assert mailtrap("messages", "expect", "--allow-private", env=inbox.env).code == 2


def test_placeholders_in_headers_are_found(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(1)]
    unsubscribe = "<https://a.example/u/{{ token }}>"
    inbox.parts["/1/mail_headers"] = Reply(200, {"headers": {"List-Unsubscribe": unsubscribe}})
    result = mailtrap("messages", "expect", "--variables-filled", env=inbox.env)
    assert result.code == 8
    assert "found: {{ token }}" in result.err


def test_no_message_is_exit_8_and_after_a_wait_10(mailtrap: Run, inbox: Inbox) -> None:
    result = mailtrap("messages", "expect", "--to", "zoe", env=inbox.env)
    assert result.code == 8
    assert "there is a message to zoe: found: none" in result.err
    result = mailtrap("messages", "expect", "--to", "zoe", "--wait", "200ms", env=inbox.env)
    assert result.code == 10


def test_it_waits_and_then_checks(mailtrap: Run, inbox: Inbox) -> None:
    def script(request: Request) -> Reply:
        if len(inbox.lists) == 2:
            inbox.messages = [message(1)]
        return inbox.answer(request)

    inbox.server.script = script
    inbox.parts = {"/1/body.txt": Reply(200, "Hello"), "/1/body.html": Reply(409, "Conflict")}
    result = mailtrap("messages", "expect", "--wait", "30s", "--new", "--contains", "Hello", env=inbox.env)
    assert result.code == 0, result.err
    result = mailtrap("messages", "expect", "--new", env=inbox.env)
    assert result.code == 2
    assert "--new needs --wait" in result.err


def test_count_0_expects_none_for_the_whole_wait(mailtrap: Run, inbox: Inbox) -> None:
    assert mailtrap("messages", "expect", "--count", "0", "--wait", "300ms", env=inbox.env).code == 0
    inbox.messages = [message(1)]
    assert mailtrap("messages", "expect", "--count", "0", "--wait", "30s", env=inbox.env).code == 8
    assert mailtrap("messages", "expect", "--count", "0", "--wait", "300ms", "--new", env=inbox.env).code == 0


@pytest.mark.parametrize(
    ("report", "code", "words"),
    [
        ({"Score": 1.2, "Details": None}, 0, "1.2"),
        ({"Score": 7.5, "Details": [{"RuleName": "BAD", "Pts": 7.5}, None]}, 8, "7.5: BAD 7.5"),
        ({}, 8, "no score"),
        (None, 8, "no score"),
    ],
)
def test_the_spam_score_is_compared_with_the_limit(
    mailtrap: Run, inbox: Inbox, report: object, code: int, words: str
) -> None:
    inbox.messages = [message(1)]
    inbox.parts["/1/spam_report"] = Reply(200, {"report": report})
    result = mailtrap("messages", "expect", "--max-spam-score", "5", env=inbox.env)
    assert result.code == code
    assert words in result.out


def test_html_errors_are_those_of_the_report(mailtrap: Run, inbox: Inbox) -> None:
    inbox.messages = [message(1)]
    clients = {"desktop": ["Outlook (Windows)", "Outlook (macOS)"], "mobile": None, "web": ["Gmail (Desktop Webmail)"]}
    found = {"email_clients": clients}
    inbox.parts = {
        "/1/body.html": Reply(200, "<p>x"),
        "/1/analyze": Reply(200, {"report": {"errors": [{"error_line": 3, "rule_name": "style"} | found]}}),
    }
    result = mailtrap("messages", "expect", "--no-html-errors", env=inbox.env)
    assert result.code == 8
    assert "found: line 3: style (not in Outlook, Gmail)" in result.err
    inbox.parts["/1/analyze"] = Reply(200, {"report": {"errors": []}})
    assert mailtrap("messages", "expect", "--no-html-errors", env=inbox.env).code == 0


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--matches", "x[9-0]"), "bad character range 9-0 at position 3"),
        (("--header", ": 42"), "--header: ': 42' does not start with a header's name"),
        (("--count", "-1"), "--count"),
        (("--wait", "never"), "--wait"),
    ],
)
def test_bad_flags_are_refused_before_any_request(
    mailtrap: Run, inbox: Inbox, flags: tuple[str, ...], words: str
) -> None:
    result = mailtrap("messages", "expect", *flags, env=inbox.env)
    assert result.code == 2
    assert words in result.err
    assert inbox.server.requests == []


def test_an_unwritable_junit_file_is_refused_before_any_request(mailtrap: Run, inbox: Inbox, tmp_path: Path) -> None:
    for command in ("expect", "wait"):
        result = mailtrap("messages", command, "--junit", str(tmp_path), env=inbox.env)
        assert result.code == 2
        assert "--junit: " in result.err
    assert inbox.server.requests == []


def test_results_are_reported_to_continuous_integration(mailtrap: Run, deliver: Deliver, tmp_path: Path) -> None:
    deliver("newsletter")
    junit, summary = tmp_path / "expect.xml", tmp_path / "summary.md"
    flags = ("--contains", "::evil::<b>|", "--max-spam-score", "5", "--junit", str(junit))
    env = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    result = mailtrap(*EXPECT, *flags, env=env)
    assert result.code == 8
    annotations = [line for line in result.err.splitlines() if line.lstrip().startswith("::")]
    assert len(annotations) == 1
    assert annotations[0].startswith("::error title=mailtrap messages expect::message 1 contains")
    assert "::error" not in result.out
    assert "&lt;b&gt;\\|" in summary.read_text(encoding="utf-8")
    suite = ElementTree.parse(junit).getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")
    quiet = mailtrap(*EXPECT, *flags[:2], env={"GITHUB_STEP_SUMMARY": str(tmp_path / "none.md")})
    assert "::error" not in quiet.err
    assert not (tmp_path / "none.md").exists()


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("https://a.example/x?y=1#z", None),
        ("mailto:a@b.example", None),
        ("tel:+49301234", None),
        ("__unsubscribe_url__", None),  # Mailtrap fills it in
        ("http://a.example", "http is not https"),
        ("ftp://a.example", "ftp is not https"),
        ("", "it leads nowhere"),
        ("#", "it leads nowhere"),
        ("/x", "it is not absolute"),
        ("www.a.example", "it is not absolute"),
        ("//a.example/x", "it is not absolute"),
        ("https:///x", "it has no host"),
        ("https://[::1", "Invalid IPv6 URL"),
        ("https://a.example:port/", "Port could not be cast to integer value as 'port'"),
        ("https://a.example/a b", "it contains a space or a character that must be encoded"),
        ("mailto:", "it has no recipient"),
        ("{{url}}", "it is not absolute"),
        ("https://{{host}}/x", "it has no host"),
    ],
)
def test_a_good_link_is_absolute_https_and_well_formed(url: str, fault: str | None) -> None:
    assert find_link_fault(url) == fault
