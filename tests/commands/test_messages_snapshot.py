"""`mailtrap messages expect --snapshot`: a changed email is noticed, line by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import Inbox, message
from tests.conftest import Run
from tests.loopback import Reply

HTML = '<p class="a"  id=b>Hello\n  Ada</p><!-- 1 --><a href="https://a.example/v?token={0}">Verify</a>'
TEXT = "Hello Ada,\r\n\r\n\r\nyour code is {0}.  \n"


def deliver(inbox: Inbox, token: str, text: str = TEXT) -> None:
    inbox.messages = [message(1, subject=f"Order  {token}")]
    inbox.parts = {"/1/body.html": Reply(200, HTML.format(token)), "/1/body.txt": Reply(200, text.format(token))}


@pytest.fixture
def expect(mailtrap: Run, inbox: Inbox, tmp_path: Path) -> tuple[Path, Run]:
    file = tmp_path / "snapshots" / "welcome.txt"

    def run(*flags: str, **more: object) -> object:
        flags = ("messages", "expect", "--snapshot", str(file), *flags)
        return mailtrap(*flags, env=inbox.env)

    return file, run  # type: ignore[return-value]


def test_the_first_run_writes_it_and_later_ones_compare(inbox: Inbox, expect: tuple[Path, Run]) -> None:
    file, run = expect
    deliver(inbox, "4821")
    assert f"written to {file}" in run("--mask", "[0-9]{4}").out
    assert file.read_text(encoding="utf-8") == (
        "# Subject\nOrder [masked]\n\n# Text\nHello Ada,\n\nyour code is [masked].\n\n"
        "# Links\nhttps://a.example/v?token=[masked]\n\n"
        '# HTML\n<p class="a" id="b">\nHello Ada\n</p>\n'
        '<a href="https://a.example/v?token=[masked]">\nVerify\n</a>\n'
    )
    deliver(inbox, "7391")
    result = run("--mask", "[0-9]{4}")
    assert result.code == 0, result.err
    assert "the same" in result.out


def test_a_change_is_shown_line_by_line_and_can_be_accepted(inbox: Inbox, expect: tuple[Path, Run]) -> None:
    file, run = expect
    deliver(inbox, "4821")
    assert run().code == 0
    kept = file.read_bytes()
    deliver(inbox, "4821", TEXT.replace("your code is", "here is your code:"))
    result = run()
    assert result.code == 8
    assert f"message 1 matches {file}: found: 2 changed lines" in result.err
    lines = [line.strip() for line in result.err.splitlines()]
    assert "-your code is 4821." in lines
    assert "+here is your code: 4821." in lines
    assert file.read_bytes() == kept
    assert run("--update-snapshot").code == 0
    assert run().code == 0


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--mask", "x"), "--snapshot FILE"),
        (("--update-snapshot",), "--snapshot FILE"),
        (("--snapshot", "s", "--count", "2"), "one message"),
        (("--snapshot", "s", "--mask", "("), "--mask: '('"),
    ],
)
def test_conflicting_options_are_refused(mailtrap: Run, inbox: Inbox, flags: tuple[str, ...], words: str) -> None:
    result = mailtrap("messages", "expect", *flags, env=inbox.env)
    assert result.code == 2
    assert words in result.err
    assert inbox.server.requests == []


def test_a_file_that_cannot_be_read_or_written_is_named(mailtrap: Run, inbox: Inbox, tmp_path: Path) -> None:
    deliver(inbox, "4821")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    for path, words in (("binary", "not UTF-8"), (".", "Is a directory"), ("binary/x", "--snapshot: ")):
        result = mailtrap("messages", "expect", "--snapshot", str(tmp_path / path), env=inbox.env)
        assert result.code == 2, result.err
        assert words in result.err
