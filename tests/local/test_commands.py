"""`mailtrap local env|reset|path|stats`, and what each command imports."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_root import modules_of
from tests.conftest import PROGRAM, Run
from tests.local.conftest import Serve
from tests.local.test_faults import SEND
from tests.terminal import Terminal

HEAVY = {"uvicorn", "starlette", "jinja2", "dns", "asyncio"}


def fill(mailtrap: Run, count: int = 3) -> None:
    for _ in range(count):
        assert mailtrap("send", "-p", "local", "--to", "ada@example.com", "--subject", "Hi", "--text", "x").code == 0


# ------------------------------------------------------------------------------------------------ env


def test_the_printed_environment_points_this_tool_at_the_server(
    serve: Serve, environment: dict[str, str], tmp_path: Path
) -> None:
    server = serve("--latency", "0")
    quoted = " ".join(shlex.quote(word) for word in SEND)
    script = f'eval "$({PROGRAM} local env --port {server.port})"; {PROGRAM} send {quoted} -q'
    script += f"; {PROGRAM} messages list -o json"
    done = subprocess.run(
        ["sh", "-ec", script], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "ada@example.com" in server.out
    assert json.loads(done.stdout.partition("\n")[2])[0]["subject"] == "Hi"


def test_serve_and_env_print_the_same(serve: Serve, mailtrap: Run) -> None:
    server = serve()
    assert mailtrap("local", "env", "--port", str(server.port), "--smtp-port", str(server.smtp_port)).out == server.out
    assert mailtrap("local", "env").out == server.out  # the ports of the running server
    assert mailtrap("sandboxes", "get", "1", "-p", "local", "-o", "json").json()["smtp_ports"] == [server.smtp_port]
    assert mailtrap("local", "fault", "--latency", "1ms").code == 0
    checks = mailtrap("doctor", "-p", "local", "-o", "json").json()
    (message,) = [check["message"] for check in checks if check["check"] == "local sandbox"]
    assert message.endswith(f"; served at {server.url}, SMTP on port {server.smtp_port}")
    assert "http://127.0.0.1:99/send" in mailtrap("local", "env", "--port", "99").out
    server.end()
    other = serve("--host", "127.0.0.2")
    assert mailtrap("local", "env").out == other.out


PROFILES = """
default_profile = "production"
[profiles.production]
token = "live-token"
sandbox = false
sandbox_id = 77
stream = "bulk"
from = "live@acme.example"
[profiles.production.hosts]
bulk = "https://bulk.example.com"
sandbox = "https://sandbox.example.com"
"""


@pytest.mark.parametrize("named", ["default_profile", "MAILTRAP_PROFILE"])
def test_the_printed_environment_wins_over_the_users_profile(
    serve: Serve, mailtrap: Run, tmp_path: Path, named: str
) -> None:
    server = serve()
    config = tmp_path / "config.toml"
    config.write_text(PROFILES if named == "default_profile" else PROFILES.replace("default_profile", "other"))
    config.chmod(0o600)
    env = {"MAILTRAP_CONFIG": str(config), "MAILTRAP_STREAM": "bulk"}
    if named == "MAILTRAP_PROFILE":
        env["MAILTRAP_PROFILE"] = "production"
    printed = mailtrap("local", "env", "--port", str(server.port), "-o", "json", env=env)
    assert printed.err == ""
    env |= printed.json()
    result = mailtrap("send", "--to", "ada@example.com", "--subject", "Hi", "--text", "x", env=env)
    assert result.code == 0, result.err
    assert "sandbox 1 · profile production" in result.err
    assert server.messages() == 1


def test_a_profile_that_needs_no_server_is_pointed_out(mailtrap: Run) -> None:
    result = mailtrap("local", "env", env={"MAILTRAP_PROFILE": "local"})
    assert result.code == 0
    assert "The profile local is in use" in result.err
    assert mailtrap("local", "env").err == ""


def test_an_invalid_address_never_reaches_a_shell(mailtrap: Run) -> None:
    for host in ("x;touch pwned;$(touch pwned)'", "x y", "192.0.2.1"):
        result = mailtrap("local", "env", "--host", host)
        assert (result.code, result.out) == (3, "")
        assert "MAILTRAP_SEND_URL" in result.err


def test_a_token_in_a_variable_is_named_but_not_shown(mailtrap: Run) -> None:
    result = mailtrap("local", "env", "--token-env", "ACME", env={"ACME": "s3cret"})
    assert result.out.splitlines()[0] == 'export MAILTRAP_API_TOKEN="$ACME"'
    assert "s3cret" not in result.out + result.err
    found = mailtrap("local", "env", "--token-env", "ACME", "-o", "json", env={"ACME": "s3cret"}).json()
    assert "MAILTRAP_API_TOKEN" not in found
    assert mailtrap("local", "env", "--token-env", "ACME").code == 3
    assert mailtrap("local", "env", "--token-env", "$(id)").code == 2


def test_env_takes_another_address(mailtrap: Run) -> None:
    found = mailtrap("local", "env", "--host", "::1", "--port", "99", "--tls", "-o", "json").json()
    assert found["MAILTRAP_API_URL"] == "https://[::1]:99/account"


# ------------------------------------------------------------------------------------------------ reset


def test_reset_deletes_every_message_and_keeps_sandboxes(mailtrap: Run) -> None:
    fill(mailtrap)
    mailtrap("send", "-p", "local", "--sandbox-id", "7", "--to", "a@example.com", "--subject", "Hi", "--text", "x")
    result = mailtrap("local", "reset", "--yes")
    assert (result.code, result.err) == (0, "✓ Deleted 4 messages\n")
    stats = mailtrap("local", "stats", "-o", "json").json()
    assert (stats["messages"], stats["sandboxes"]) == (0, 2)


def test_reset_asks_on_a_terminal(mailtrap: Run, environment: dict[str, str]) -> None:
    fill(mailtrap)
    for answer, left in (("n\n", "3\n"), ("y\n", "0\n")):
        terminal = Terminal([PROGRAM, "local", "reset"], environment)
        terminal.type(answer)
        assert terminal.wait() == 0
        assert "Delete 3 messages from the local sandbox? [y/N]" in terminal.screen
        assert mailtrap("local", "stats", "-q").out == left


def test_reset_needs_yes_without_a_terminal(mailtrap: Run) -> None:
    fill(mailtrap, 1)
    result = mailtrap("local", "reset")
    assert result.code == 2
    assert "--yes" in result.err
    assert mailtrap("local", "stats", "-q").out == "1\n"


def test_reset_while_a_server_runs_is_seen_by_it(serve: Serve, mailtrap: Run) -> None:
    server = serve()
    server.send()
    assert mailtrap("local", "reset", "--yes").code == 0
    assert server.messages() == 0
    assert server.send().status == 200
    assert server.messages() == 1


# ------------------------------------------------------------------------------------------------ path, stats


def test_a_store_that_does_not_exist_has_only_a_path(mailtrap: Run, home: Path) -> None:
    folder = home / ".local" / "state" / "mailtrap"
    assert mailtrap("local", "path").out == f"{folder / 'sandbox.sqlite3'}\n"
    assert mailtrap("local", "path", "-o", "json").json() == str(folder / "sandbox.sqlite3")
    assert mailtrap("local", "stats", "-o", "json").json() == {
        "messages": 0,
        "live": 0,
        "unread": 0,
        "sandboxes": 0,
        "bytes": 0,
        "path": str(folder / "sandbox.sqlite3"),
    }
    assert mailtrap("local", "reset").err == "No messages to delete.\n"
    assert not folder.exists()


def test_stats_count_the_contents(serve: Serve, mailtrap: Run) -> None:
    server = serve()
    server.send()
    server.send("/sandbox/api/send/7")
    server.send("/send/api/send")
    server.ask("PATCH", "/account/api/sandboxes/7/all_read")
    found = mailtrap("local", "stats", "-o", "json").json()
    assert {key: found[key] for key in ("messages", "live", "unread", "sandboxes")} == {
        "messages": 3,
        "live": 1,
        "unread": 2,
        "sandboxes": 2,
    }
    assert found["bytes"] > 10_000
    assert mailtrap("local", "stats").out.splitlines()[0] == "messages\tlive\tunread\tsandboxes\tbytes\tpath"
    assert mailtrap("local", "stats", "-q").out == "3\n"


def test_another_state_folder_is_another_store(mailtrap: Run, tmp_path: Path) -> None:
    fill(mailtrap, 1)
    env = {"MAILTRAP_STATE_DIR": str(tmp_path / "other")}
    assert mailtrap("local", "path", env=env).out == f"{tmp_path / 'other' / 'sandbox.sqlite3'}\n"
    assert mailtrap("local", "stats", "-q", env=env).out == "0\n"


# ------------------------------------------------------------------------------------------------ imports


@pytest.mark.parametrize(
    "arguments",
    [
        ("local", "--help"),
        ("local", "serve", "--help"),
        ("local", "env"),
        ("local", "path"),
        ("local", "stats"),
        ("local", "reset", "--yes"),
        ("send", "-p", "local", *SEND, "-o", "json"),
        ("messages", "list", "-p", "local"),
        ("config", "list"),
    ],
)
def test_only_serve_imports_the_server(environment: dict[str, str], arguments: tuple[str, ...]) -> None:
    assert not modules_of(environment, *arguments) & HEAVY


def test_fault_imports_no_server_and_no_httpx(serve: Serve, environment: dict[str, str]) -> None:
    server = serve()
    assert not modules_of(environment, "local", "fault", "--port", str(server.port)) & (HEAVY | {"httpx", "rich"})


def test_serve_imports_no_httpx_no_rich_and_no_template_engine(serve: Serve, environment: dict[str, str]) -> None:
    busy = serve()
    script = (
        "import sys, json; from mailtrap_cli.__main__ import run_flushed; run_flushed(sys.argv[1:]);"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "local", "serve", "--port", str(busy.port)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(json.loads(done.stdout))
    assert {"uvicorn", "starlette"} <= loaded
    assert not loaded & {"httpx", "rich", "jinja2", "dns", "pydantic", "email.headerregistry"}
