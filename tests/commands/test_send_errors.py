"""Refused sends: by the API, by bad input, by the machine. Nothing is sent silently."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROGRAM, Result, Run
from tests.loopback import SENT, Loopback, Reply

ID = "0c7fd939-02cf-11ed-88c2-0a58a9feac02"
UUID = "b81aabcd-1a1e-41cf-91b6-eca0254b3d96"
FROM = ("--from", "a@acme.example")
SHORT = (*FROM, "--to", "ada@example.com", "--subject", "Hi")
MESSAGE = (*SHORT, "--text", "Hello")
TARGETS = {"transactional": ("--live",), "sandbox": ("--sandbox-id", "123456")}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The folder in which the program runs, with files for its flags."""
    folder = tmp_path / "work"
    folder.mkdir(exist_ok=True)
    (folder / "folder").mkdir()
    (folder / "hello.txt").write_text("Hello")
    (folder / "logo.png").write_bytes(b"\x89PNG")
    (folder / "latin.txt").write_bytes(b"Gr\nGr\xfc\xdfe")
    (folder / "half.bin").write_bytes(bytes(5 << 20))
    (folder / "broken.json").write_text('{\n "subject": "x",\n "text" "y"\n}')
    (folder / "list.json").write_text("[]")
    return folder


# ------------------------------------------------------------------------------------------------ refusals of the API


def failed(result: Result, code: int) -> dict[str, Any]:
    """Return the error of a run with `-o json`, checked for the contract's shape."""
    assert result.code == code, result.err
    assert result.out == ""
    error = result.error()
    assert list(error) == ["code", "message", "hint", "status", "details"]
    assert error["code"] == code
    return error


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    ("target", "reasons"),
    [("transactional", ("sandbox", "stream", "domain is not verified")), ("sandbox", ("live sending", "account"))],
)
def test_a_401_or_403_names_the_likely_reason(
    mailtrap: Run, server: Loopback, status: int, target: str, reasons: Sequence[str]
) -> None:
    server.script = lambda _: Reply(status, {"success": False, "errors": ["Unauthorized"]})
    error = failed(mailtrap("send", *TARGETS[target], *MESSAGE, "-o", "json", env=server.env), 4)
    assert error["message"] == "Unauthorized"
    assert error["status"] == status
    for reason in reasons:
        assert reason in error["hint"]


def test_an_unknown_sandbox_is_exit_5_with_its_reason(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(404, {"error": "Not Found"}))
    error = failed(mailtrap("send", *TARGETS["sandbox"], *MESSAGE, "-o", "json", env=server.env), 5)
    assert "may have no access to this sandbox" in error["hint"]


def test_several_errors_are_one_sentence_each_reported_once(mailtrap: Run, server: Loopback) -> None:
    refusal = Reply(400, {"success": False, "errors": ["'from' is required", "'subject' is required"]})
    server.reply(refusal, refusal)
    error = failed(mailtrap("send", "--live", *MESSAGE, "-o", "jsonl", env=server.env), 1)
    assert error["details"] == ["'from' is required", "'subject' is required"]
    result = mailtrap("send", "--live", *MESSAGE, env=server.env)
    assert result.err.endswith("\nError: 'from' is required; 'subject' is required.\n")


# ------------------------------------------------------------------------------------------------ bad input

LIVE = ("send", "--live")

BAD: list[tuple[str, Sequence[str], str, str]] = [
    ("no address", (*MESSAGE, "--to", "ada@@example.com"), "--to: 'ada@@example.com' is not an address", "Example:"),
    ("comma", (*MESSAGE, "--cc", "Doe, A <a@x.example>"), "--cc: a name with a comma must be", "Doe, A"),
    ("two senders", (*MESSAGE, "--from", "a@x.example,b@x.example"), "has 2 addresses; only one is allowed", ""),
    ("no sender", ("--to", "a@x.example", "--subject", "x", "--text", "x"), "No sender", "--from"),
    ("no recipient", (*FROM, "--subject", "x", "--text", "x"), "No recipient", "--to"),
    ("no subject", (*FROM, "--to", "a@x.example", "--text", "x"), "No subject", "--subject"),
    ("no body", SHORT, "No body", "--text"),
    ("break in a header", (*MESSAGE, "--header", "X-A: b\r\nBcc: c@x.example"), "X-A contains a line break", "one"),
    ("break in the subject", (*MESSAGE, "--subject", "a\nBcc: c@x.example"), "--subject contains a line break", "one"),
    ("break in a name", (*MESSAGE, "--to", '"A\r\nB" <a@x.example>'), "--to: ", "one line"),
    ("header of the API", (*MESSAGE, "--header", "Bcc: c@x"), "--header: the API sets Bcc itself", "--bcc"),
    ("no header", (*MESSAGE, "--header", "X-A"), "--header: 'X-A' is not 'Name: value'", "X-Campaign"),
    ("no variable", (*MESSAGE, "--variable", "a"), "--variable: 'a' is not KEY=VALUE", "--variable"),
    ("long category", (*MESSAGE, "--category", "x" * 256), "--category: 256 characters; the limit is 255", ""),
    ("many variables", (*MESSAGE, "--variable", "a=" + "x" * 1000), "--variable: 1,009 bytes", ""),
    ("many recipients", (*MESSAGE, "--bcc", ",".join(["a@x.example"] * 1001)), "--bcc: 1,001 recipients", "batch"),
    ("missing attachment", (*MESSAGE, "--attach", "no.pdf"), "--attach: no.pdf: file not found", "name"),
    ("folder", (*MESSAGE, "--attach", "folder"), "--attach: folder is a folder", "Use a file"),
    ("missing image", (*MESSAGE, "--inline", "a=no.png"), "--inline: no.png: file not found", ""),
    ("missing text", (*SHORT, "--text-file", "no.txt"), "--text-file: no.txt: file not found", ""),
    ("text without UTF-8", (*SHORT, "--text-file", "latin.txt"), "--text-file: latin.txt:2 is not UTF-8 text", "UTF-8"),
    ("two bodies", (*MESSAGE, "--text-file", "hello.txt"), "--text and --text-file cannot be used", "one of them"),
    ("over 10 MB in all", (*MESSAGE, "--attach", "half.bin", "--attach", "half.bin"), "is 10,485,765 bytes", ""),
    ("one id twice", (*MESSAGE, "--inline", "a=logo.png", "--inline", "a=logo.png"), "ID 'a' is used twice", ""),
    ("no UUID", (*FROM, "--to", "a@x.example", "--template", "abc"), "--template: 'abc' is not a UUID", "b81aabcd"),
    ("template and text", (*MESSAGE, "--template", UUID), "cannot be combined with --subject and --text", ""),
    ("variables alone", (*MESSAGE, "--template-var", "a=1"), "Template variables without", "--template"),
    ("broken payload", ("--payload", "broken.json"), "broken.json:3:9: ", "JSON"),
    ("broken variables", (*MESSAGE, "--template", UUID, "--template-vars", "broken.json"), "broken.json:3:9: ", "JSON"),
    ("payload of a list", ("--payload", "list.json"), "list.json must be an object, not a list", ""),
    ("payload and MIME", ("--payload", "list.json", "--eml", "hello.txt"), "--payload and --eml cannot be used", ""),
    ("no MIME message", ("--eml", "hello.txt"), "hello.txt: not a MIME message", ""),
    ("stdin for two", (*SHORT, "--text-file", "-", "--html-file", "-"), "--html-file both read standard input", ""),
    ("unknown stream", (*MESSAGE, "--stream", "fast"), "--stream: 'fast' is not one of transactional, bulk", ""),
    ("live sandbox", (*MESSAGE, "--sandbox-id", "7"), "--live and --sandbox-id cannot be used together", ""),
    ("sandbox 0", (*MESSAGE, "--sandbox-id", "0"), "0 is out of range: use 1 or more", "--help"),
]  # fmt: skip


@pytest.mark.parametrize(("flags", "sentence", "hint"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_input_is_one_sentence_with_exit_2_and_nothing_is_sent(
    mailtrap: Run, server: Loopback, files: Path, flags: Sequence[str], sentence: str, hint: str
) -> None:
    plain = mailtrap(*LIVE, *flags, env=server.env, cwd=files)
    assert plain.code == 2
    assert plain.out == ""
    assert plain.err.startswith("Error: ")
    assert sentence in plain.err.splitlines()[0]
    error = failed(mailtrap(*LIVE, *flags, "-o", "json", env=server.env, cwd=files), 2)
    assert sentence in error["message"]
    assert hint in (error["hint"] or "")
    assert error["status"] is None


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_named(mailtrap: Run, server: Loopback, files: Path) -> None:
    (files / "logo.png").chmod(0)
    error = failed(mailtrap(*LIVE, *MESSAGE, "--attach", "logo.png", "-o", "json", env=server.env, cwd=files), 2)
    assert error["message"] == "--attach: logo.png cannot be read: Permission denied"


def test_everything_missing_is_reported_at_once(mailtrap: Run, server: Loopback) -> None:
    result = mailtrap(*LIVE, env=server.env)
    assert result.code == 2
    assert result.err.splitlines() == [
        "Error: No sender, no recipient, no subject and no body.",
        "  No sender. Use --from, or set MAILTRAP_FROM_EMAIL.",
        "  No recipient. Use --to, --cc or --bcc.",
        "  No subject. Use --subject.",
        "  No body. Use --text, --html, --text-file or --html-file, or pipe the text in.",
        "Hint: Add them, such as: --from you@example.com --to you@example.com --subject Hello --text Hi",
    ]


def test_a_missing_field_is_answered_with_the_completed_command(mailtrap: Run) -> None:
    error = failed(mailtrap("send", "-p", "local", "--category", "a b", "-o", "json"), 2)
    assert error["message"] == "No recipient, no subject and no body"
    assert len(error["details"]) == 3
    hint = error["hint"].removeprefix("Try: mailtrap ")
    assert hint == "send -p local --category 'a b' -o json --to you@example.com --subject Hello --text Hi"
    assert mailtrap(*shlex.split(hint)).code == 0


def test_something_missing_and_something_wrong_are_one_list(mailtrap: Run) -> None:
    result = mailtrap("send", "-p", "local", "--subject", "a\nb", "--text", "x")
    assert result.code == 2
    assert result.err.splitlines() == [
        "Error: No recipient.",
        "  --subject contains a line break or another control character. It must be one line of text.",
        "Hint: Use --to, --cc or --bcc.",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[profiles.staging\n", "config.toml:1: "),
        ("[profiles.staging]\nsandbox_id = 'x'\n", "profiles.staging.sandbox_id must be a whole number"),
        ("[profiles.staging]\ntoken = 5\n", "profiles.staging.token must be text"),
        ("[profiles.other]\n", "The profile 'staging', which --profile names, is not in"),
    ],
)
def test_an_unusable_configuration_is_exit_3_and_nothing_is_sent(
    mailtrap: Run, server: Loopback, tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "config.toml"
    path.touch(mode=0o600)
    path.write_text(text)
    env = {**server.env, "MAILTRAP_CONFIG": str(path)}
    error = failed(mailtrap("send", "-p", "staging", *MESSAGE, "-o", "json", env=env), 3)
    assert words in error["message"]
    assert error["hint"]


@pytest.mark.parametrize(("flags", "words"), [(("--live",), "No API token"), (("--sandbox",), "No sandbox to send to")])
def test_an_incomplete_target_is_exit_3(mailtrap: Run, flags: Sequence[str], words: str) -> None:
    error = failed(mailtrap("send", *flags, *MESSAGE, "-o", "json"), 3)
    assert words in error["message"]
    assert re.search(r"mailtrap (config|sandboxes)", error["hint"])


def test_a_state_folder_that_cannot_be_written_to_is_exit_3(mailtrap: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", Path("/proc/nowhere")):
        env = {"MAILTRAP_STATE_DIR": str(folder)}
        error = failed(mailtrap("send", "-p", "local", *MESSAGE, "-o", "json", env=env), 3)
        assert str(folder) in error["message"]


def test_a_full_disk_under_the_local_sandbox_is_not_sent(environment: dict[str, str]) -> None:
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 8; exec "$0" "$@"', PROGRAM, "send", "-p", "local", *MESSAGE, "-o", "json"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    error = failed(Result(done.returncode, done.stdout, done.stderr), 7)
    assert error["message"].endswith("not sent")


def shell(environment: dict[str, str], server: Loopback, redirection: str) -> Result:
    done = subprocess.run(
        ["sh", "-c", f'"$0" "$@" {redirection}', PROGRAM, *LIVE, *MESSAGE],
        env={**environment, **server.env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-", "<&-"])
def test_an_email_is_sent_even_if_stderr_is_closed(
    environment: dict[str, str], server: Loopback, redirection: str
) -> None:
    server.reply(SENT)
    result = shell(environment, server, redirection)
    assert result.code == 0
    assert ID in result.out


def test_a_result_lost_on_a_full_disk_is_reported_and_the_email_is_sent_once(
    environment: dict[str, str], server: Loopback
) -> None:
    server.reply(SENT)
    result = shell(environment, server, ">/dev/full")
    assert result.code == 7
    assert "The email was sent, but" in result.err


@pytest.mark.parametrize("redirection", [">&-", "| true"])
def test_a_lost_result_is_reported_with_its_ids(
    environment: dict[str, str], server: Loopback, redirection: str
) -> None:
    server.reply(SENT)
    result = shell(environment, server, redirection)
    assert "The email was sent, but" in result.err
    assert "Message ID: " in result.err
    if redirection == ">&-":  # of a pipe, the shell tells the exit code of its last command
        assert result.code == 7


P_JSON = """{"from": {"email": "a@x.example"}, "to": [{"email": "b@x.example"}], "subject": "Hi", "text": "x",
 "attachments": [{"content": "eA==", "filename": "a.png", "content_id": "a b"}]}"""


def test_a_problem_of_a_file_names_its_field_and_one_of_a_flag_names_the_flag(
    mailtrap: Run, server: Loopback, files: Path
) -> None:
    (files / "p.json").write_text(P_JSON)
    result = mailtrap(*LIVE, "--payload", "p.json", "--header", "Bcc: c@x", env=server.env, cwd=files)
    assert result.code == 2
    assert "p.json: attachments[0].content_id: 'a b' is not a content ID" in result.err
    assert "--header: the API sets Bcc itself" in result.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_a_device_and_an_empty_file_are_refused_without_waiting(
    mailtrap: Run, server: Loopback, files: Path
) -> None:
    os.mkfifo(files / "pipe")
    (files / "empty.txt").write_text("")
    for name, reason in (
        ("pipe", "is not a regular file"),
        ("/dev/null", "is not a regular file"),
        ("/proc/self/environ", "is not a regular file"),
        ("empty.txt", "is empty"),
    ):
        result = mailtrap(*LIVE, *MESSAGE, "--attach", name, env=server.env, cwd=files)
        assert (result.code, f"--attach: {name} {reason}" in result.err) == (2, True), result.err


def test_replaced_headers_are_not_parsed_and_kept_recipients_are_reported(
    mailtrap: Run, server: Loopback, files: Path
) -> None:
    (files / "m.eml").write_text("From: <<>\nTo: jane\nCc: carol@z.example\nSubject: Hi\n\nhi\n")
    flags = ("--eml", "m.eml", "--from", "a@x.example", "--to", "b@x.example", "--dry-run")
    result = mailtrap(*LIVE, *flags, env=server.env, cwd=files)
    assert result.code == 0
    assert "Cc of m.eml still gets it: carol@z.example" in result.err
