"""The root: help, version, the common options, the error boundary, what is not imported."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mailtrap_cli.cli import COMMANDS, load, root

from .conftest import PROGRAM, Run
from .loopback import SENT, Loopback
from .terminal import on_terminal

MESSAGE = ("--from", "a@acme.example", "--to", "ada@example.com", "--subject", "Hi", "--text", "Hello")


def test_version_is_the_packages_own(mailtrap: Run) -> None:
    result = mailtrap("--version")
    assert result.code == 0
    assert re.fullmatch(r"mailtrap \d+\.\d+\.\d+\n", result.out)
    assert mailtrap("send", "--version").out == result.out


def test_python_m_is_the_same_program(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mailtrap_cli", "--version"], env=environment, capture_output=True, check=True
    )
    assert done.stdout.startswith(b"mailtrap ")


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_names_every_command(mailtrap: Run, flag: str) -> None:
    result = mailtrap(flag)
    assert result.code == 0
    assert result.err == ""
    for name in COMMANDS:
        assert re.search(rf"^  {name} ", result.out, re.MULTILINE)


def test_help_says_the_same_on_a_terminal(environment: dict[str, str], mailtrap: Run) -> None:
    code, screen = on_terminal([PROGRAM, "send", "--help"], environment)
    assert code == 0
    assert "╭" in screen
    plain = mailtrap("send", "--help").out
    for flag in re.findall(r"--[a-z-]+", plain):
        assert flag in re.sub(r"\x1b\[[0-9;]*m", "", screen)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_a_help_page_without_markup(name: str) -> None:
    def walk(command: object) -> list[str]:
        members = getattr(command, "commands", {}).values()
        texts = [command.help or "", command.epilog or ""]  # type: ignore[attr-defined]  # every kind of command has both
        texts += [getattr(parameter, "help", None) or "" for parameter in command.params]  # type: ignore[attr-defined]
        return texts + [text for member in members for text in walk(member)]

    texts = walk(load(name))
    assert texts[0]
    assert not [text for text in texts if re.search(r"\[[a-zA-Z/#]", text)]  # Rich would take it for markup


def test_every_command_has_an_example_and_the_common_options() -> None:
    def leaves(path: str, command: object) -> list[tuple[str, object]]:
        members = getattr(command, "commands", None)
        if members is None:
            return [(path, command)]
        return [leaf for name, member in members.items() for leaf in leaves(f"{path} {name}", member)]

    for name in COMMANDS:
        for path, command in leaves(f"mailtrap {name}", load(name)):
            assert f"Example: {path}" in (command.epilog or ""), path  # type: ignore[attr-defined]
            flags = {flag for parameter in command.params for flag in parameter.opts}  # type: ignore[attr-defined]
            assert {"-p", "-o", "-q", "-v", "--timeout", "--no-color", "--version"} <= flags, path


def test_the_table_has_a_line_for_every_command() -> None:
    assert set(root().commands) == set(COMMANDS)
    assert all(entry.help.endswith(".") for entry in COMMANDS.values())


@pytest.mark.parametrize("place", ["before", "after"])
def test_common_options_stand_before_or_after_the_name(mailtrap: Run, server: Loopback, place: str) -> None:
    server.reply(SENT)
    common = ("-o", "json", "-q", "--timeout", "5")
    command = ("send", "--live", *MESSAGE)
    result = mailtrap(*((*common, *command) if place == "before" else (*command, *common)), env=server.env)
    assert result.code == 0
    assert result.json()["success"] is True
    assert result.err == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sned",), "send"),
        (("send", "--form", "x"), "--from"),
        (("send", "-o", "xml"), "'xml' is not one of table, json, jsonl, csv"),
        (("send", "--timeout", "0"), "above 0"),
        (("send", "--timeout", "nan"), "above 0"),
        (("send", "--timeout", "1e300"), "up to 86400"),
        (("messages", "show"), "ID"),
        (("messages", "show", "abc"), "abc"),
    ],
)
def test_bad_usage_is_one_sentence_with_a_hint_and_exit_2(
    mailtrap: Run, arguments: tuple[str, ...], words: str
) -> None:
    result = mailtrap(*arguments)
    assert result.code == 2
    assert result.out == ""
    assert words in result.err
    assert result.err.startswith("Error: ")
    assert "Hint: See: mailtrap" in result.err


@pytest.mark.parametrize(
    "arguments", [("-o", "json", "sned"), ("send", "--nope", "--output=jsonl"), ("send", "-ojson", "--nope")]
)
def test_bad_usage_is_json_where_json_was_asked_for(mailtrap: Run, arguments: tuple[str, ...]) -> None:
    result = mailtrap(*arguments)
    assert result.code == 2
    assert result.error()["code"] == 2
    assert result.error()["message"]


def test_a_closed_pipe_is_no_error(environment: dict[str, str]) -> None:
    run = subprocess.Popen(
        [PROGRAM, "completion", "bash"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    )
    assert run.stdout
    assert run.stderr
    run.stdout.read(1)
    run.stdout.close()
    assert run.stderr.read() == b""
    run.stderr.close()
    assert run.wait(20) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_under_stdout_is_said(environment: dict[str, str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [PROGRAM, "completion", "bash"],
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 7
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_closed_standard_streams_are_no_traceback(environment: dict[str, str]) -> None:
    done = subprocess.run(
        ["sh", "-c", '"$0" config path >&- <&-; echo $?', PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "0\n"
    assert "Traceback" not in done.stderr


LOADED = "import sys, json; from mailtrap_cli.__main__ import answer; code = answer(sys.argv[1:]); " + (
    "print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)"
)


def modules_of(environment: dict[str, str], *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], env=environment, capture_output=True, text=True, check=True
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code == 0, done.stderr
    return set(modules)


def test_version_imports_nothing_of_note(environment: dict[str, str]) -> None:
    loaded = modules_of(environment, "--version")
    assert not loaded & {"typer", "httpx", "rich", "mailtrap_cli.cli", "importlib.metadata"}


def test_help_imports_no_command_no_httpx_and_piped_no_rich(environment: dict[str, str]) -> None:
    loaded = modules_of(environment, "--help")
    assert not loaded & {"httpx", "rich", "pydantic", "click", "mailtrap_cli.config", "mailtrap_cli.api"}
    assert not [name for name in loaded if name.startswith(("mailtrap_cli.commands.", "mailtrap_cli.resources."))]


def test_a_commands_help_imports_no_other_command_and_no_httpx(environment: dict[str, str]) -> None:
    loaded = modules_of(environment, "send", "--help")
    commands = [name for name in loaded if name.startswith(("mailtrap_cli.commands.", "mailtrap_cli.resources."))]
    assert commands == ["mailtrap_cli.commands.send"]
    assert not loaded & {"httpx", "rich", "mailtrap_cli.message", "mailtrap_cli.api"}


def test_a_dry_run_imports_no_httpx(environment: dict[str, str]) -> None:
    loaded = modules_of(environment, "send", "-p", "local", *MESSAGE, "--dry-run")
    assert not loaded & {"httpx", "rich", "ssl", "email.headerregistry", "jinja2", "dns"}


def test_a_send_with_json_imports_no_rich_and_none_of_the_batch(environment: dict[str, str], server: Loopback) -> None:
    server.reply(SENT)
    loaded = modules_of({**environment, **server.env}, "send", "--live", *MESSAGE, "-o", "json")
    assert "httpx" in loaded
    assert not loaded & {"rich", "click", "httpx._main", "asyncio", "jinja2", "dns", "sqlite3", "uvicorn"}


def test_a_local_send_imports_no_mime(environment: dict[str, str]) -> None:
    loaded = modules_of(environment, "send", "-p", "local", *MESSAGE, "-o", "json")
    assert "sqlite3" in loaded
    assert not loaded & {"rich", "click", "asyncio", "email.headerregistry", "jinja2"}
