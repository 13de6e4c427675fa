"""`mailtrap config init`: flags without a terminal, prompts on a real one, and the request that tests the token."""

from __future__ import annotations

import stat
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROGRAM, Run
from tests.loopback import SENT, Loopback, Reply, Request
from tests.terminal import Terminal

TOKEN = "tok-0123456789abcdef1a2b"
SANDBOXES = [{"id": 123456, "name": "Demo"}, {"id": 777, "name": "Other"}]
NAMED = '[profiles.staging]\nfrom = "Acme <a@acme.example>"\n'


@pytest.fixture
def path(home: Path) -> Path:
    return home / ".config" / "mailtrap" / "config.toml"


def document(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_text(text)


@pytest.fixture
def account(server: Loopback) -> dict[str, str]:
    """The environment for an account with two sandboxes; any token but TOKEN is refused."""

    def answer(request: Request) -> Reply:
        if request.headers["authorization"] != f"Bearer {TOKEN}":
            return Reply(401, {"error": "Incorrect API token"})
        return Reply(200, SANDBOXES if request.path == "/api/sandboxes" else [{"id": 1, "name": "Acme"}])

    server.script = answer
    return {"MAILTRAP_API_URL": server.url}


# ------------------------------------------------------------------------------------------------ flags


def test_init_creates_a_private_file_with_a_default_profile(
    mailtrap: Run, path: Path, server: Loopback, account: dict[str, str]
) -> None:
    result = mailtrap(
        "config", "init", "staging", "--token-stdin", "--sandbox-id", "123456", stdin=f"{TOKEN}\n", env=account
    )
    assert (result.code, result.out) == (0, "")
    assert result.err == (
        '✓ Saved profile "staging": sends to sandbox 123456 (Demo). Try: mailtrap send --from hello@example.com '
        "--to you@example.com --subject Hello --text Hi\n"
    )
    assert document(path) == {
        "default_profile": "staging",
        "profiles": {"staging": {"token": TOKEN, "sandbox_id": 123456, "sandbox": True}},
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [(request.method, request.path) for request in server.requests] == [("GET", "/api/sandboxes")]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_not_saved(mailtrap: Run, path: Path, server: Loopback, status: int) -> None:
    server.reply(Reply(status, {"error": "Incorrect API token"}))
    env = {"MAILTRAP_API_URL": server.url, "MAILTRAP_API_TOKEN": "another"}
    result = mailtrap("config", "init", "it", "--token-stdin", "--live", stdin=TOKEN, env=env)
    assert result.code == 4
    assert "The token was refused, so nothing was saved: Incorrect API token" in result.err
    assert "--no-check" in result.err
    assert not path.exists()
    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert server.requests[0].path == "/api/accounts"


@pytest.mark.parametrize("reply", [Reply(500, "oops"), Reply(200, "<html>"), Reply(200, 5), Reply(fault="close")])
def test_an_answer_that_does_not_judge_the_token_is_a_warning(
    mailtrap: Run, path: Path, server: Loopback, reply: Reply
) -> None:
    server.reply(reply)
    env = {"MAILTRAP_API_URL": server.url}
    result = mailtrap("config", "init", "it", "--token-stdin", "--sandbox-id", "5", stdin=TOKEN, env=env)
    assert result.code == 0
    assert "Warning: the token was not checked" in result.err
    assert document(path)["profiles"]["it"]["token"] == TOKEN


def test_a_sandbox_without_access_for_the_token_is_a_warning(
    mailtrap: Run, path: Path, account: dict[str, str]
) -> None:
    result = mailtrap("config", "init", "--token-stdin", "--sandbox-id", "5", stdin=TOKEN, env=account)
    assert result.code == 0
    assert "Warning: the token has no access to sandbox 5" in result.err


def test_init_accepts_every_setting_as_a_flag(mailtrap: Run, path: Path) -> None:
    command = ("--token-command", "op read 'op://my vault/it'", "--stream", "bulk", "--from", "a@acme.example")
    assert mailtrap("config", "init", *command, "--no-check").code == 0
    assert document(path)["profiles"] == {
        "default": {"token_command": ["op", "read", "op://my vault/it"], "stream": "bulk", "from": "a@acme.example"}
    }
    assert mailtrap("config", "init", "-p", "other", "--token-env", "ACME", "--live", "--no-check").code == 0
    assert document(path)["profiles"]["other"] == {"token_env": "ACME", "sandbox": False}
    assert document(path)["default_profile"] == "default"


def test_repeating_init_changes_only_what_is_given(mailtrap: Run, path: Path) -> None:
    write(path, f'[profiles.staging]\ntoken = "{TOKEN}"\nfrom = "a@acme.example"\nsandbox = true\nsandbox_id = 5\n')
    assert mailtrap("config", "init", "staging", "--token-env", "ACME", "--live", "--no-check").code == 0
    assert document(path)["profiles"]["staging"] == {
        "token_env": "ACME",
        "from": "a@acme.example",
        "sandbox_id": 5,
        "sandbox": False,
    }


def test_a_second_profile_gets_a_hint_to_make_it_the_default(mailtrap: Run, path: Path) -> None:
    write(path, 'default_profile = "staging"\n[profiles.staging]\n')
    result = mailtrap("config", "init", "third", "--live", "--token-env", "X", "--no-check")
    assert result.err.splitlines() == [
        "To make it the default: mailtrap config use third",
        '✓ Saved profile "third": sends LIVE transactional. Try: mailtrap doctor -p third',
    ]
    assert mailtrap("config", "init", "third", "--token-env", "X", "-q").err == ""
    fourth = mailtrap("config", "init", "a fourth", "--live", "--token-env", "X", "--no-check")
    assert "mailtrap config use 'a fourth'\n" in fourth.err


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        ((), "", "The profile it needs a place to send to and a token"),
        (("--live",), "", "The profile it needs a token"),
        (("--token-env", "X"), "", "The profile it needs a place to send to"),
        (("--token-stdin",), TOKEN, "Use --sandbox-id ID or --live."),
        (("--token-stdin",), " \n", "--token-stdin: standard input is empty"),
        (("--token-stdin",), "secret token\n", "token contains a space, a line break or another character"),
        (("--token-stdin",), "x" * 9000, "token has 9,000 characters, which is too long for a token"),
        (("--token-stdin",), "x" * 20_000_000, "--token-stdin"),
        (("--token-stdin", "--token-env", "X"), TOKEN, "--token-stdin and --token-env cannot be used together"),
        (("--token-env", "X", "--token-command", "x"), "", "--token-env and --token-command cannot be used together"),
        (("--token-env", ""), "", "token_env is empty"),
        (("--token-command", ""), "", "token_command must be a list of words"),
        (("--token-command", "op 'x"), "", 'token_command: "op \'x" has no closing quotation'),
        (("--token-env", "X", "--stream", "fast"), "", "--stream: 'fast' is not one of transactional, bulk"),
        (("--token-env", "X", "--sandbox-id", "0"), "", "--sandbox-id"),
        (("--token-env", "X", "--sandbox-id", "9" * 30), "", "at most 18 digits"),
        (("--token-env", "X", "--sandbox-id", "5", "--live"), "", "--live and --sandbox-id cannot be used together"),
        (("--token-env", "X", "--keyring"), "", "--keyring"),
        (("--token-env", "X", "--from", "nobody"), "", "from"),
    ],
)
def test_init_refuses_bad_input_and_writes_nothing(
    mailtrap: Run, path: Path, arguments: tuple[str, ...], stdin: str, message: str
) -> None:
    result = mailtrap("config", "init", "it", *arguments, stdin=stdin)
    assert result.code == 2
    assert message in result.err
    assert len(result.err) < 1500
    assert "secret" not in result.err
    assert not path.exists()


@pytest.mark.parametrize("name", ["local", "", " ", "a\nb", "\x1b[31m", "n" * 300])
def test_init_refuses_an_invalid_name(mailtrap: Run, path: Path, name: str) -> None:
    result = mailtrap("config", "init", name, "--token-env", "X")
    assert result.code == 2
    assert not path.exists()


def test_send_uses_what_init_saved(mailtrap: Run, server: Loopback, path: Path) -> None:
    write(path, NAMED)
    env = {key: value for key, value in server.env.items() if key != "MAILTRAP_API_TOKEN"}
    arguments = ("--token-stdin", "--sandbox-id", "7", "--no-check")
    assert mailtrap("config", "init", "staging", *arguments, stdin=TOKEN).code == 0
    server.reply(SENT)
    result = mailtrap("send", "--to", "ada@example.com", "--subject", "Hi", "--text", "Hello", env=env)
    assert result.code == 0
    (request,) = server.requests
    assert request.path == "/sandbox/api/send/7"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.json()["from"] == {"email": "a@acme.example", "name": "Acme"}


# ------------------------------------------------------------------------------------------------ keyring

STORE = """
import json, os, pathlib
from keyring.backend import KeyringBackend
class Store(KeyringBackend):
    priority = 9
    def _read(self):
        store = pathlib.Path(os.environ["STORE"])
        return json.loads(store.read_text()) if store.exists() else {}
    def _write(self, held):
        pathlib.Path(os.environ["STORE"]).write_text(json.dumps(held))
    def get_password(self, service, name):
        return self._read().get(service + "/" + name)
    def set_password(self, service, name, password):
        self._write({**self._read(), service + "/" + name: password})
    def delete_password(self, service, name):
        held = self._read()
        del held[service + "/" + name]
        self._write(held)
"""


def test_a_token_in_the_keyring_is_not_in_the_file(
    mailtrap: Run, path: Path, tmp_path: Path, server: Loopback, account: dict[str, str]
) -> None:
    (tmp_path / "store.py").write_text(STORE)
    held = tmp_path / "held.json"
    env = {**account, "PYTHONPATH": str(tmp_path), "PYTHON_KEYRING_BACKEND": "store.Store", "STORE": str(held)}
    arguments = ("--token-stdin", "--keyring", "--live")
    assert mailtrap("config", "init", "safe", *arguments, stdin=TOKEN, env=env).code == 0
    assert document(path)["profiles"] == {"safe": {"sandbox": False, "token_keyring": True}}
    assert TOKEN in held.read_text()
    assert mailtrap("config", "rename", "safe", "safer", env=env).code == 0
    sandboxes = mailtrap("sandboxes", "list", "-q", env=env)
    assert sandboxes.out == "123456\n777\n"
    assert server.requests[-1].headers["authorization"] == f"Bearer {TOKEN}"
    assert mailtrap("config", "remove", "safer", "--yes", env=env).code == 0
    assert TOKEN not in held.read_text()


def test_a_keyring_that_cannot_be_used_is_a_configuration_error(mailtrap: Run, path: Path) -> None:
    write(path, "[profiles.safe]\ntoken_keyring = true\n")
    env = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    result = mailtrap("sandboxes", "list", "-p", "safe", env=env)
    assert result.code == 3
    assert "keyring" in result.err
    assert "Traceback" not in result.err


# ------------------------------------------------------------------------------------------------ questions

# What a shell does for its programs: the terminal becomes the one that Ctrl-C and getpass's /dev/tty belong to.
CONTROLLING = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)
WHERE, SECRET, WHICH, FROM = "Choose 1 or 2: ", "(not shown): ", "type an ID: ", "(Enter to skip): "
STREAM = "(Enter for transactional): "


def ask(environment: dict[str, str], *arguments: str, controlling: bool = True) -> Terminal:
    command = [PROGRAM, "config", "init", *arguments]
    return Terminal([sys.executable, "-c", CONTROLLING, *command] if controlling else command, environment)


def answer(terminal: Terminal, *answers: tuple[str, str]) -> None:
    """Type each answer once its question has appeared."""
    asked: dict[str, int] = {}
    for question, keys in answers:
        asked[question] = asked.get(question, 0) + 1
        terminal.until_count(question, asked[question])
        terminal.type(keys)


@pytest.mark.parametrize("controlling", [True, False])
def test_init_asks_where_it_sends_first_and_does_not_show_the_token(
    environment: dict[str, str], path: Path, account: dict[str, str], controlling: bool
) -> None:
    terminal = ask({**environment, **account}, "staging", controlling=controlling)
    answer(terminal, (WHERE, "1\n"), (SECRET, f"{TOKEN}\n"), (WHICH, "1\n"), (FROM, "Acme <a@acme.example>\n"))
    assert terminal.wait() == 0
    assert document(path)["profiles"]["staging"] == {
        "token": TOKEN,
        "from": "Acme <a@acme.example>",
        "sandbox_id": 123456,
        "sandbox": True,
    }
    assert TOKEN not in terminal.screen
    assert "https://mailtrap.io/api-tokens" in terminal.screen
    assert "1  Demo (123456)" in terminal.screen
    last = '✓ Saved profile "staging": sends to sandbox 123456 (Demo). Try: mailtrap send --to'
    assert last in terminal.screen


def test_a_mistake_is_explained_and_the_question_asked_again(
    environment: dict[str, str], path: Path, account: dict[str, str]
) -> None:
    terminal = ask({**environment, **account}, "staging")
    places = [(WHERE, "\n"), (WHERE, "both\n"), (WHERE, "sandbox\n")]
    secrets = [(SECRET, "\n"), (SECRET, "two words\n"), (SECRET, f"{TOKEN}\n")]
    which = [(WHICH, "\n"), (WHICH, "9\n"), (WHICH, "²\n"), (WHICH, "777\n")]
    answer(terminal, *places, *secrets, *which, (FROM, "nobody\n"), (FROM, "\n"))
    assert terminal.wait() == 0
    assert document(path)["profiles"]["staging"] == {"token": TOKEN, "sandbox_id": 777, "sandbox": True}
    assert "Type 1 for a sandbox or 2 for live." in terminal.screen


def test_a_live_profile_is_asked_for_its_stream(
    environment: dict[str, str], path: Path, account: dict[str, str]
) -> None:
    terminal = ask({**environment, **account})
    answer(terminal, (WHERE, "live\n"), (STREAM, "\n"), (SECRET, f"{TOKEN}\n"), (FROM, "\n"))
    assert terminal.wait() == 0
    assert document(path)["profiles"] == {"default": {"token": TOKEN, "sandbox": False, "stream": "transactional"}}


def test_a_token_refused_on_a_terminal_is_not_saved(
    environment: dict[str, str], path: Path, account: dict[str, str]
) -> None:
    terminal = ask({**environment, **account})
    answer(terminal, (WHERE, "1\n"), (SECRET, "wrong\n"))
    assert terminal.wait() == 4
    assert not path.exists()


def test_init_asks_only_for_what_flags_leave_open(environment: dict[str, str], path: Path) -> None:
    terminal = ask(
        environment, "live", "--token-env", "ACME", "--stream", "bulk", "--from", "a@acme.example", "--no-check"
    )
    assert terminal.wait() == 0
    assert document(path)["profiles"]["live"] == {"token_env": "ACME", "stream": "bulk", "from": "a@acme.example"}
    assert "?" not in terminal.screen


def test_a_profile_whose_variable_is_not_set_is_asked_for_a_token(
    environment: dict[str, str], path: Path, mailtrap: Run, account: dict[str, str]
) -> None:
    write(path, '[profiles.production]\ntoken_env = "ACME"\nstream = "bulk"\nfrom = "a@acme.example"\n')
    failed = mailtrap("sandboxes", "list", "-p", "production")
    assert failed.code == 3
    assert "Set ACME, or store the token with: mailtrap config init production" in failed.err
    terminal = ask({**environment, **account}, "production")
    answer(terminal, (SECRET, f"{TOKEN}\n"))
    assert terminal.wait() == 0
    assert document(path)["profiles"]["production"]["token"] == TOKEN
    assert mailtrap("sandboxes", "list", "-p", "production", env=account).code == 0


def test_the_token_of_the_vendors_program_is_offered(
    environment: dict[str, str], home: Path, path: Path, account: dict[str, str]
) -> None:
    (home / ".mailtrap.yaml").write_text(f'account-id: "5"\napi-token: "{TOKEN}"\n')
    terminal = ask({**environment, **account}, "--live", "--from", "a@acme.example")
    answer(terminal, ("from ~/.mailtrap.yaml (••••1a2b)? [y/N] ", "y\n"))
    assert terminal.wait() == 0
    assert document(path)["profiles"]["default"]["token"] == TOKEN
    assert TOKEN not in terminal.screen


@pytest.mark.parametrize("keys", ["\x04", "\x03"], ids=["Ctrl-D", "Ctrl-C"])
@pytest.mark.parametrize("after", [[], [(WHERE, "1\n")]], ids=["place", "token"])
def test_ctrl_d_ends_it_and_writes_nothing(
    environment: dict[str, str], path: Path, keys: str, after: list[tuple[str, str]]
) -> None:
    terminal = ask(environment, "staging")
    answer(terminal, *after, (SECRET if after else WHERE, keys))
    assert terminal.wait() == 130
    assert "Interrupted" in terminal.screen
    assert "Traceback" not in terminal.screen
    assert not path.exists()


def test_a_bad_flag_is_refused_before_the_first_question(environment: dict[str, str]) -> None:
    terminal = ask(environment, "staging", "--from", "nobody")
    assert terminal.wait() == 2
    assert "API token" not in terminal.screen
