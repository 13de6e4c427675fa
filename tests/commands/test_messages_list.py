"""`mailtrap messages list` on a terminal, and as messages arrive."""

from __future__ import annotations

import re
import signal
import subprocess

import pytest

from tests.commands.conftest import Inbox, message
from tests.conftest import PROGRAM, Run
from tests.loopback import Reply, until
from tests.terminal import Terminal


def test_messages_are_shown_as_they_arrive(environment: dict[str, str], inbox: Inbox) -> None:
    inbox.messages = [message(2), message(1)]
    watching = subprocess.Popen(
        [PROGRAM, "messages", "list", "--watch", "-q"],
        env={**environment, **inbox.env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert watching.stdout
    assert [watching.stdout.readline() for _ in range(2)] == ["1\n", "2\n"]
    inbox.messages = [message(4), message(3), *inbox.messages]
    assert [watching.stdout.readline() for _ in range(2)] == ["3\n", "4\n"]
    watching.send_signal(signal.SIGINT)
    _, err = watching.communicate(timeout=20)
    assert watching.returncode == 130
    assert "Traceback" not in err


@pytest.mark.parametrize("flag", ["--to", "--from", "--subject", "--search"])
@pytest.mark.parametrize("command", [("list",), ("wait",), ("expect",), ("delete", "latest", "--yes")])
def test_an_empty_filter_does_not_match_every_message(
    mailtrap: Run, inbox: Inbox, command: tuple[str, ...], flag: str
) -> None:
    inbox.messages = [message(1)]
    result = mailtrap("messages", *command, flag, "", env=inbox.env)
    assert (result.code, result.out) == (2, "")
    assert f"{flag}: The text is empty" in result.err
    assert [message["id"] for message in inbox.messages] == [1]


def test_a_json_document_cannot_be_watched(mailtrap: Run, inbox: Inbox) -> None:
    result = mailtrap("messages", "list", "--watch", "-o", "json", env=inbox.env)
    assert result.code == 2
    assert "-o jsonl" in result.err


def test_a_terminal_shows_unread_messages_in_bold_and_redraws_the_list(
    environment: dict[str, str], inbox: Inbox
) -> None:
    inbox.messages = [message(2, subject="Not yet read"), message(1, subject="Seen", is_read=True)]
    terminal = Terminal([PROGRAM, "messages", "list", "--watch"], {**environment, **inbox.env})
    terminal.until("Seen")
    unread, read = (next(line for line in terminal.screen.splitlines() if word in line) for word in ("Not yet", "Seen"))
    assert "\x1b[1m" in unread
    assert "\x1b[1m" not in read
    inbox.messages.insert(0, message(3, subject="Just in"))
    terminal.until("Just in")
    assert terminal.screen.count("Not yet") == 2
    terminal.interrupt()
    assert terminal.wait() == 130


def test_a_terminal_shows_the_time_left_of_a_wait(environment: dict[str, str], inbox: Inbox) -> None:
    terminal = Terminal([PROGRAM, "messages", "wait", "--wait", "40s", "-q"], {**environment, **inbox.env})
    until(lambda: len(inbox.lists) >= 2)
    assert "left" not in terminal.screen  # as asked for
    terminal.close()
    terminal = Terminal([PROGRAM, "messages", "wait", "--wait", "40s"], {**environment, **inbox.env})
    terminal.until("Waiting for a message in sandbox 7 · 39 s left")
    inbox.messages = [message(1, subject="Here it is")]
    inbox.parts["/1/body.txt"] = Reply(200, "Hello")
    inbox.parts["/1/mail_headers"] = Reply(200, {"headers": {"Subject": "Here it is"}})
    inbox.parts["/1/attachments"] = Reply(200, [])
    terminal.until("Here it is")
    assert terminal.wait() == 0
    assert re.sub(r"\x1b\[[0-9;]*m", "", terminal.screen.rpartition("left")[2]).startswith(
        "\r\x1b[2KSubject: Here it is"
    )


def test_the_local_sandbox_has_no_spam_score(mailtrap: Run) -> None:
    message_ = ("--from", "a@acme.example", "--to", "ada@example.com", "--subject", "Hi", "--text", "Hello")
    assert mailtrap("send", "-p", "local", *message_).code == 0
    spam = ("messages", "spam", "1", "-p", "local")
    header, row = mailtrap(*spam).out.splitlines()
    shown = dict(zip(header.split("\t"), row.split("\t"), strict=True))
    assert (shown["score"], shown["spam"], shown["rules"]) == ("", "", "")
    assert "Not checked" in shown["says"]
    assert mailtrap(*spam, "-q").out == ""
    assert mailtrap(*spam, "-o", "json").json()["Score"] == 0.0
