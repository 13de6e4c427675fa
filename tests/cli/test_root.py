"""The root: help, version, the common options, the error boundary, what is not imported."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mailtrap_cli.cli.commands import COMMANDS
from mailtrap_cli.cli.loader import load_command
from mailtrap_cli.cli.root import root
from mailtrap_cli.errors import reason_of
from tests.conftest import PROGRAM, Run
from tests.loopback import SENT, Loopback, Reply, until
from tests.processes import start
from tests.terminal import on_terminal

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
def test_help_lists_every_command(mailtrap: Run, flag: str) -> None:
    result = mailtrap(flag)
    assert result.code == 0
    assert result.err == ""
    for name in COMMANDS:
        assert re.search(rf"^  {name} ", result.out, re.MULTILINE)


def test_the_stored_help_page_matches_the_commands(environment: dict[str, str], mailtrap: Run) -> None:
    bare = {name: value for name, value in environment.items() if name != "COLUMNS"}
    for arguments in ([], ["-h"], ["--help"]):
        done = subprocess.run([PROGRAM, *arguments], env=bare, capture_output=True, text=True, check=True)
        assert done.stdout == mailtrap("--help", env={"COLUMNS": "80"}).out
    assert "mailtrap_cli.cli" not in modules_of(bare, "--help")


def test_help_says_the_same_on_a_terminal_with_headings_in_bold(environment: dict[str, str], mailtrap: Run) -> None:
    code, screen = on_terminal([PROGRAM, "send", "--help"], environment, columns=80)
    assert code == 0
    assert "\x1b[1mExamples:\x1b[0m" in screen
    assert re.sub(r"\x1b\[[0-9;]*m", "", screen) == mailtrap("send", "--help", env={"COLUMNS": "80"}).out


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_a_help_page_without_markup(name: str) -> None:
    def walk(command: object) -> list[str]:
        members = getattr(command, "commands", {}).values()
        texts = [command.help or ""]  # type: ignore[attr-defined]  # every kind of command has it
        texts += [getattr(parameter, "help", None) or "" for parameter in command.params]  # type: ignore[attr-defined]
        return texts + [text for member in members for text in walk(member)]

    texts = walk(load_command(name))
    assert texts[0]
    assert not [text for text in texts if re.search(r"\[[a-zA-Z/#]", text)]  # Rich would take it for markup


def leaves(path: str, command: object) -> list[tuple[str, object]]:
    """Return the commands below this one that are not groups, by path."""
    members = getattr(command, "commands", None)
    if members is None:
        return [(path, command)]
    return [leaf for name, member in members.items() for leaf in leaves(f"{path} {name}", member)]


def test_no_line_of_a_group_help_page_is_truncated(mailtrap: Run) -> None:
    page = mailtrap("local", "--help", env={"COLUMNS": "60"}).out
    assert "..." not in page.partition("COMMAND [ARGS]...")[2]


def test_usage_and_ranges_are_written_as_people_write_them(mailtrap: Run) -> None:
    assert mailtrap("config", "set", "-h").out.startswith("Usage: mailtrap config set [OPTIONS] KEY VALUE\n")
    assert "(1 or more)" in mailtrap("send", "-h").out
    assert "(default: 3580; 0 to 65535)" in " ".join(mailtrap("local", "serve", "-h").out.split())


def test_every_command_has_the_common_options() -> None:
    for name in COMMANDS:
        for path, command in leaves(f"mailtrap {name}", load_command(name)):
            flags = {flag for parameter in command.params for flag in parameter.opts}  # type: ignore[attr-defined]
            assert {"-p", "-o", "-q", "-v", "--timeout", "--no-color", "--version"} <= flags, path


def test_the_table_has_a_line_for_every_command() -> None:
    assert set(root().commands) == set(COMMANDS)
    assert all(entry.help.endswith(".") for entry in COMMANDS.values())


def test_every_command_that_a_text_names_is_there() -> None:
    top = Path(__file__).parents[2]
    texts = [*(top / "mailtrap_cli").rglob("*.py"), top / "README.md", top / "CHANGELOG.md"]
    members = {name: set(getattr(load_command(name), "commands", ())) for name in COMMANDS}
    for text in texts:
        for name, member in re.findall(
            r"\bmailtrap ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", text.read_text(encoding="utf-8")
        ):
            assert name in {*members, "help"}, f"{text.name}: mailtrap {name}"
            assert member in {"", *members.get(name, ())} or not members.get(name), f"{text.name}: {name} {member}"


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
        (("config", "lst"), "Did you mean 'list'"),
        (("config", "list", "-p"), "mailtrap config list --help"),
        (("send", "--to"), "mailtrap send --help"),
        (("send", "left", "over"), "Too many arguments: left over.\n"),
        (("config", "use"), "NAME"),
        (("config", "--output=xml", "list"), "mailtrap config --help"),
        (("",), "''"),
        (("messages", "show"), "ID"),
        (("messages", "show", "abc"), "abc"),
        (("send", "--timeout", "soon"), "'soon' is not a number"),
        (("send", "--sandbox-id", "0"), "0 is out of range: use 1 or more"),
        (("messages", "list", "--limit", "1.5"), "'1.5' is not a whole number"),
        (("batch", "--concurrency", "65"), "65 is out of range: use 1 to 64"),
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
    "arguments",
    [("-o", "json", "sned"), ("send", "--nope", "--output=jsonl"), ("send", "-ojson", "--nope"), ("-qo", "jsonl", "x")],
)
def test_bad_usage_is_json_if_json_was_requested(mailtrap: Run, arguments: tuple[str, ...]) -> None:
    result = mailtrap(*arguments)
    assert result.code == 2
    assert result.error()["code"] == 2
    assert result.error()["message"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("-o", "csv", "config", "list", "-o", "json"),
        ("-o", "csv", "config", "-ojson", "list"),
        ("config", "--output", "csv", "list", "--output=json"),
    ],
)
def test_the_last_value_of_a_common_option_wins_at_every_level(mailtrap: Run, arguments: tuple[str, ...]) -> None:
    assert mailtrap(*arguments).json()[0]["name"] == "local"


@pytest.mark.parametrize("arguments", [(), ("config",), ("-q",)])
def test_a_group_alone_prints_its_help(mailtrap: Run, arguments: tuple[str, ...]) -> None:
    result = mailtrap(*arguments)
    assert (result.code, result.err) == (0, "")
    assert result.out == mailtrap(*arguments, "--help").out


@pytest.mark.parametrize(
    ("arguments", "page"),
    [
        (("send", "--to", "x", "-h"), "send"),
        (("config", "use", "-h"), "config use"),
        (("config", "-h", "use"), "config"),
        (("help", "config", "use"), "config use"),
    ],
)
def test_help_stands_anywhere(mailtrap: Run, arguments: tuple[str, ...], page: str) -> None:
    result = mailtrap(*arguments)
    assert result.code == 0
    assert result.out.startswith(f"Usage: mailtrap {page} [OPTIONS]")


@pytest.mark.parametrize(
    "arguments", [("send", "--version"), ("config", "--version", "list"), ("config", "list", "--version")]
)
def test_version_stands_anywhere(mailtrap: Run, arguments: tuple[str, ...]) -> None:
    assert mailtrap(*arguments).out == mailtrap("--version").out


def test_ctrl_c_is_130(environment: dict[str, str], tmp_path: Path) -> None:
    waiting = tmp_path / "waiting"
    config = tmp_path / "config.toml"
    config.write_text(f'[profiles.slow]\ntoken_command = ["sh", "-c", "touch {waiting}; exec sleep 60"]\n')
    config.chmod(0o600)
    run = start(
        [PROGRAM, "send", "-p", "slow", *MESSAGE, "-o", "json"],
        env={**environment, "MAILTRAP_CONFIG": str(config)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    until(waiting.exists)
    os.killpg(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=20)
    assert (run.returncode, out) == (130, b"")
    assert json.loads(err.splitlines()[-1])["error"]["code"] == 130


@pytest.mark.parametrize("stderr", ["/dev/full", "closed pipe"])
def test_unread_notices_do_not_stop_an_email(environment: dict[str, str], server: Loopback, stderr: str) -> None:
    server.reply(SENT)
    if stderr == "closed pipe":
        ours, theirs = os.pipe()
        os.close(ours)
    else:
        theirs = os.open(stderr, os.O_WRONLY)
    with open(theirs, "w") as stream:
        done = subprocess.run(
            [PROGRAM, "send", "--live", *MESSAGE],
            env={**environment, **server.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stream,
            check=False,
        )
    assert done.returncode == 0
    assert b"message_id" in done.stdout


def test_a_closed_pipe_is_not_an_error(environment: dict[str, str]) -> None:
    run = start(
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
@pytest.mark.parametrize("arguments", [("--version",), ("--help",), ("completion", "bash"), ("config", "list")])
def test_a_full_disk_under_stdout_is_reported(environment: dict[str, str], arguments: tuple[str, ...]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [PROGRAM, *arguments],
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 7
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_closed_standard_streams_cause_no_traceback(environment: dict[str, str]) -> None:
    done = subprocess.run(
        ["sh", "-c", '"$0" config path >&- <&-; echo $?', PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "7\n"
    assert "Traceback" not in done.stderr


LOADED = "import sys, json; from mailtrap_cli.__main__ import run_flushed; code = run_flushed(sys.argv[1:]); " + (
    "print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)"
)


def modules_of(environment: dict[str, str], *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], env=environment, capture_output=True, text=True, check=True
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code == 0, done.stderr
    return set(modules)


SELDOM_USED = {"platform", "subprocess", "typer.completion", "gettext", "uuid", "tempfile", "platformdirs"}
SELDOM_USED |= {"urllib.parse", "tomllib", "traceback", "bz2", "lzma", "tokenize", "importlib.resources"}


def test_version_imports_nothing_of_note(environment: dict[str, str]) -> None:
    loaded = modules_of(environment, "--version")
    assert not loaded & {"typer", "httpx", "rich", "mailtrap_cli.cli.root", "importlib.metadata"}


def test_help_imports_no_command_no_httpx_and_piped_no_rich(environment: dict[str, str]) -> None:
    loaded = modules_of(environment, "--help")
    assert not loaded & {
        "httpx",
        "rich",
        "pydantic",
        "click",
        "mailtrap_cli.config.settings",
        "mailtrap_cli.api.client",
    }
    assert not [name for name in loaded if name.startswith("mailtrap_cli.commands.")]


def test_a_commands_help_imports_no_other_command_and_no_httpx(environment: dict[str, str]) -> None:
    loaded = modules_of(environment, "send", "--help")
    commands = [name for name in loaded if name.startswith("mailtrap_cli.commands.")]
    assert commands == ["mailtrap_cli.commands.send"]
    assert not loaded & {"httpx", "rich", "mailtrap_cli.mail.message", "mailtrap_cli.api.client"}


def test_a_dry_run_imports_no_httpx(environment: dict[str, str]) -> None:
    loaded = modules_of(environment, "send", "-p", "local", *MESSAGE, "--dry-run")
    assert not loaded & {"httpx", "rich", "ssl", "email.headerregistry", "jinja2", "dns", *SELDOM_USED}


def test_a_send_with_json_imports_no_rich_and_none_of_the_batch(environment: dict[str, str], server: Loopback) -> None:
    server.reply(SENT)
    loaded = modules_of({**environment, **server.env}, "send", "--live", *MESSAGE, "-o", "json")
    assert "httpx" in loaded
    unwanted = {"rich", "click", "httpx._main", "asyncio", "jinja2", "dns", "sqlite3", "uvicorn", "email.message"}
    unwanted |= {"http.client", "http.cookiejar", "urllib.request", "httpcore._async", "certifi", "logging", "hashlib"}
    assert not loaded & (unwanted | SELDOM_USED - {"urllib.parse"})


def test_a_declared_command_imports_no_other_and_nothing_seldom_used(
    environment: dict[str, str], server: Loopback
) -> None:
    server.reply(Reply(body=b'{"data": []}'))
    loaded = modules_of({**environment, **server.env}, "domains", "list", "-o", "json")
    commands = {name for name in loaded if name.startswith("mailtrap_cli.commands.")}
    assert commands == {"mailtrap_cli.commands.domains", "mailtrap_cli.commands.domains.operations"}
    assert not loaded & {"rich", "click", "asyncio", "mailtrap_cli.mail.message", "http.client", "email.message"}
    assert not loaded & (SELDOM_USED - {"urllib.parse"})


def test_a_local_send_imports_no_mime(environment: dict[str, str]) -> None:
    loaded = modules_of(environment, "send", "-p", "local", *MESSAGE, "-o", "json")
    assert "sqlite3" in loaded
    assert not loaded & {"rich", "click", "asyncio", "email.headerregistry", "jinja2"}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (OSError("[SSL] PEM lib (_ssl.c:3905)"), "PEM lib"),
        (
            OSError("[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found (_ssl.c:4154)"),
            "no certificate or ",
        ),
        (OSError("Server disconnected without sending a response."), "Server disconnected without sending a response"),
        (OSError(), "no reason was given"),
    ],
)
def test_the_reason_of_a_failure_holds_no_codes(error: OSError, words: str) -> None:
    assert reason_of(error).startswith(words)
    assert not re.search(r"[\[\]]|_ssl|\.$", reason_of(error))


@pytest.mark.parametrize(
    ("words", "ours"),
    [
        (("configure",), "config init"),
        (("send", "transactional", "--to", "a@b.example"), "send --live --stream transactional --to a@b.example"),
        (
            ("sandbox-send", "single", "--sandbox-id", "5", "--subject", "Hi you"),
            "send --sandbox-id 5 --subject 'Hi you'",
        ),
        (("sandbox-send", "batch", "--file", "x"), "batch x --sandbox"),
        (("send", "batch-bulk", "--file=x", "-v"), "batch x --live --stream bulk -v"),
        (("messages", "spam-score", "--id", "7"), "messages spam 7"),
        (("messages", "show", "--id=7", "-v"), "messages show 7 -v"),
        (("email-logs", "get", "--id", "abc"), "logs get abc"),
        (("templates", "get", "--id", "7"), "templates get 7"),
        (("login",), "config init"),
        (("email-logs", "list"), "logs list"),
        (("inboxes", "list"), "sandboxes list"),
        (("version",), "--version"),
    ],
)
def test_words_of_other_tools_are_answered_with_our_command_line(
    mailtrap: Run, words: tuple[str, ...], ours: str
) -> None:
    result = mailtrap(*words)
    assert result.code == 2
    assert f"Hint: Run: mailtrap {ours}\n" in result.err
    assert "Did you mean" not in result.err
