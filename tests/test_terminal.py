"""Streams: closed ones, and those that end in the log of GitHub Actions."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtrap_cli.terminal import CommandGuard, drop_bad_sizes
from tests.conftest import PROGRAM, Run
from tests.loopback import SENT, Loopback, Reply

PIECES = st.lists(st.sampled_from([":", "::", "#", "##", "##[", "[", "error", "\n", "\r", " ", "\t", "\u2003", "x"]))
SEND = ("send", "--live", "--from", "a@acme.example", "--to", "ada@example.com", "--subject", "Hi", "--text", "Hello")
ACTIONS = {"GITHUB_ACTIONS": "true"}


@given(PIECES)
def test_no_line_is_a_workflow_command_however_it_is_written(pieces: list[str]) -> None:
    stream = io.StringIO()
    guard = CommandGuard(stream)
    for piece in pieces:
        guard.write(piece)
    written = stream.getvalue()
    assert not any(line.lstrip().startswith("::") for line in re.split(r"[\r\n]", written))
    assert "##[" not in written
    assert written.replace(" ", "") == "".join(pieces).replace(" ", "")


@pytest.mark.parametrize("text", ["a::b", "C:\\x", "time 10::20\n", "# [x]", ": one", "https://x.example"])
def test_other_text_is_written_unchanged(text: str) -> None:
    stream = io.StringIO()
    CommandGuard(stream).write(text)
    assert stream.getvalue() == text


@pytest.mark.parametrize("fmt", ["table", "json", "csv"])
def test_a_server_cannot_command_the_runner(mailtrap: Run, server: Loopback, fmt: str) -> None:
    evil = "x\n::error::boo\r::stop-commands::x ##[error]boo"
    server.script = lambda _: Reply(422, {"errors": [evil, "::error::two"]})
    result = mailtrap(*SEND, "-v", "-o", fmt, env={**server.env, **ACTIONS})
    found = result.out + result.err
    assert not any(line.lstrip().startswith("::") for line in re.split(r"[\r\n]", found))
    assert "##[" not in found
    server.script = lambda _: Reply(200, [{"id": 1, "name": f"::error::a\n{evil}"}])
    listed = mailtrap("sandboxes", "list", "-o", fmt, env={**server.env, **ACTIONS})
    assert listed.code == 0
    assert not any(line.lstrip().startswith("::") for line in re.split(r"[\r\n]", listed.out))
    assert "##[" not in listed.out
    if fmt == "json":
        assert listed.json()[0]["name"] == f"::error::a\n{evil}"


def test_a_body_in_the_log_is_harmless_and_in_a_file_unchanged(
    mailtrap: Run, server: Loopback, environment: dict[str, str], tmp_path: Path
) -> None:
    body = "::error::boo\n  ::add-mask::x\n"
    server.script = lambda request: Reply(200, body) if "body" in request.path else Reply(200, {"id": 5})
    env = {**server.env, **ACTIONS}
    assert mailtrap("messages", "text", "5", "--sandbox-id", "7", env=env).out == ": :error::boo\n  : :add-mask::x\n"
    with open(tmp_path / "body.txt", "wb") as file:
        command = [PROGRAM, "messages", "text", "5", "--sandbox-id", "7"]
        subprocess.run(command, env={**environment, **env}, stdout=file, check=True)
    assert (tmp_path / "body.txt").read_text() == body


@pytest.mark.parametrize("columns", ["²", "٣", "-1", "1e9", "99999999", ""])
def test_an_absurd_terminal_size_is_ignored(mailtrap: Run, server: Loopback, columns: str) -> None:
    server.reply(SENT)
    result = mailtrap(*SEND, "-o", "table", env={**server.env, "COLUMNS": columns})
    assert result.code == 0
    env = {"COLUMNS": columns}
    drop_bad_sizes(env)
    assert env == {}


@pytest.mark.parametrize("redirection", [">&-", "> /dev/full"])
@pytest.mark.parametrize("fmt", ["table", "json"])
def test_a_send_whose_result_is_lost_says_sent_with_the_ids(
    environment: dict[str, str], server: Loopback, redirection: str, fmt: str
) -> None:
    server.reply(SENT)
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" "$@" {redirection}', PROGRAM, *SEND, "-o", fmt],
        env={**environment, **server.env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 7
    assert "was sent" in done.stderr
    assert "0c7fd939-02cf-11ed-88c2-0a58a9feac02" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", ["--version", "--help", "config path", "config list", "commands"])
def test_no_command_succeeds_if_its_result_is_lost(environment: dict[str, str], arguments: str) -> None:
    command = ["sh", "-c", f'exec "$0" {arguments} >&-', PROGRAM]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", ["٣", "1_000", "9" * 30, "²"])
def test_numbers_are_ascii_digits(mailtrap: Run, number: str) -> None:
    for arguments in (("messages", "list", "--sandbox-id", number), ("sandboxes", "get", number)):
        result = mailtrap(*arguments, "-p", "local")
        assert result.code in (2, 5)
        assert "Internal error" not in result.err
    assert mailtrap("messages", "list", "--sandbox-id", number, "-p", "local").code == 2
    assert mailtrap("messages", "list", "--timeout", number, "-p", "local").code == 2
    assert mailtrap("messages", "list", "--since", f"{number}m", "-p", "local").code == 2


def test_a_deleted_working_folder_does_not_crash(environment: dict[str, str], tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    for arguments in ("config list", "send -p local --to a@b.example --subject s --text t", "batch x.csv -p local"):
        gone.mkdir()
        command = ["sh", "-c", f'rmdir "$PWD" && exec "$0" {arguments}', PROGRAM]
        done = subprocess.run(command, cwd=gone, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 2, 3)
        assert "Internal error" not in done.stderr
        gone.mkdir()
        relative = {**environment, "MAILTRAP_CONFIG": "x.toml", "MAILTRAP_STATE_DIR": "state"}
        done = subprocess.run(command, cwd=gone, env=relative, capture_output=True, text=True, check=False)
        assert done.returncode == 3
        assert "MAILTRAP_CONFIG is x.toml" in done.stderr
