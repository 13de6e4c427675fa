"""How the server starts and stops, what it prints, and how it copes with trouble."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import PROGRAM, Run
from tests.local.conftest import Serve
from tests.local.serving import SENDABLE, Serving
from tests.local.test_server import HEAD, JSON
from tests.loopback import until


def state(home: Path) -> Path:
    return home / ".local" / "state" / "mailtrap" / "sandbox.sqlite3"


# ------------------------------------------------------------------------------------------------ beginning and end


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_sigterm_and_ctrl_c_stop_it_cleanly(serve: Serve, home: Path, number: int) -> None:
    server = serve(as_installed=True)
    server.send()
    idle = socket.create_connection(("127.0.0.1", server.port))
    assert server.end(number) == 0
    idle.close()
    assert not server.ready_file.exists()
    assert not list(state(home).parent.glob("*-wal"))  # SQLite has written everything into the one file
    with contextlib.closing(sqlite3.connect(state(home))) as db, db:
        assert db.execute("SELECT count(*) FROM messages").fetchone() == (1,)
    db.close()


def test_a_request_in_flight_is_answered_before_shutdown(serve: Serve) -> None:
    server = serve("--latency", "1s")
    body = json.dumps(SENDABLE).encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(f"{HEAD}{JSON}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        until(lambda: "ada@" in server.out)
        os.kill(server.process.pid, signal.SIGTERM)
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
    assert server.process.wait(20) == 0


def test_a_second_signal_stops_it_at_once_without_false_answers(serve: Serve) -> None:
    server = serve("--latency", "60s", as_installed=True)
    body = json.dumps(SENDABLE).encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(f"{HEAD}{JSON}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        until(lambda: "ada@" in server.out)
        os.kill(server.process.pid, signal.SIGINT)
        time.sleep(0.5)
        assert server.process.poll() is None
        assert server.end(signal.SIGINT) == 0
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(1000) == b""
    assert not server.ready_file.exists()


def test_kill_9_loses_no_message_that_was_acknowledged(serve: Serve) -> None:
    server = serve()
    acknowledged = 0
    for number in range(40):
        requests = [{"to": [{"email": f"r{number}-{index}@example.com"}]} for index in range(50)]
        base = {key: value for key, value in SENDABLE.items() if key != "to"}
        answer = server.ask("POST", "/bulk/api/batch", {"base": base, "requests": requests})
        acknowledged += sum(response["success"] for response in answer.json()["responses"])
        acknowledged += server.send().status == 200
    server.end(signal.SIGKILL)
    assert acknowledged == 40 * 51
    assert server.ready_file.exists()
    again = serve()
    assert again.messages() == acknowledged


def test_a_stale_ready_file_does_not_count_as_a_running_server(
    serve: Serve, environment: dict[str, str], tmp_path: Path
) -> None:
    killed = serve()
    killed.end(signal.SIGKILL)
    assert killed.ready_file.exists()
    busy = serve()
    command = [PROGRAM, "local", "serve", "--port", str(busy.port), "--ready-file", str(killed.ready_file)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert not killed.ready_file.exists()


def test_a_port_in_use_is_one_sentence_and_leaves_the_other_servers_ready_file(serve: Serve, mailtrap: Run) -> None:
    server = serve()
    result = mailtrap("local", "serve", "--no-smtp", "--port", str(server.port), "--ready-file", str(server.ready_file))
    assert result.code == 2
    assert result.err == (
        f"Error: API port {server.port} of 127.0.0.1 is already in use.\nHint: --port 0 picks a free one.\n"
    )
    assert server.ready_file.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--host", "0.0.0.0"), 2, "can be reached from other machines"),
        (("--host", "192.0.2.1", "--allow-remote"), 2, "Cannot listen on"),
        (("--host", "no.such.host.invalid", "--allow-remote"), 2, "Cannot listen on"),
        (("--token-env", "ACME"), 3, "the environment variable ACME is not set"),
        (("--token-env", "a b"), 2, "not the name of a variable"),
        (("--tls-cert", "cert.pem"), 2, "must be used together"),
        (("--tls-cert", "cert.pem", "--tls-key", "key.pem"), 2, "No such file"),
        (("--ready-file", "no/such/folder/ready"), 2, "Cannot write the ready file no/such/folder/ready: No such file"),
        (("--latency", "soon"), 2, "--latency"),
        (("--rate-limit", "150"), 2, "--rate-limit"),
        (("--fail", "200:5%"), 2, "--fail"),
        (("--fail", "500"), 2, "--fail"),
        (("--fail", "500:60%", "--fail", "503:60%"), 2, "more than 100%"),
        (("--reset", "101%"), 2, "--reset"),
        (("--partial", "x"), 2, "--partial"),
        (("--port", "70000"), 2, "--port"),
        (("--max-messages", "0"), 2, "--max-messages"),
    ],
)
def test_a_server_that_cannot_start_is_one_sentence(
    mailtrap: Run, arguments: tuple[str, ...], code: int, words: str
) -> None:
    result = mailtrap("local", "serve", *(() if "--port" in arguments else ("--port", "0")), *arguments)
    assert result.code == code
    assert words in result.err
    assert len([line for line in result.err.splitlines() if line.startswith("Error: ")]) == 1


def test_all_addresses_are_served_only_when_asked_for_and_with_a_warning(serve: Serve) -> None:
    server = serve("--host", "0.0.0.0", "--allow-remote")
    assert "Warning: 0.0.0.0 can be reached from other machines; anyone who can reach it can read" in server.err
    assert server.url == f"http://127.0.0.1:{server.port}"
    for host, status in (("10.1.2.3:3580", 200), ("evil.example", 421)):
        assert server.ask("GET", "/healthz", headers={"Host": host}).status == status


def test_the_store_is_private(serve: Serve, home: Path) -> None:
    serve().send()
    file = state(home)
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert {part.stat().st_mode & 0o777 for part in file.parent.iterdir()} == {0o600}


# ------------------------------------------------------------------------------------------------ its output


def test_json_lines_say_that_it_is_up_and_what_arrived(serve: Serve) -> None:
    server = serve("-o", "jsonl")
    server.send()
    server.send("/bulk/api/send", cc=[{"email": "cc@example.com"}])
    until(lambda: len(server.out.splitlines()) == 3)
    first, second, third = map(json.loads, server.out.splitlines())
    assert first == {
        "url": server.url,
        "port": server.port,
        "smtp_port": server.smtp_port,
        "pid": server.process.pid,
    }
    assert second == {
        "stream": "sandbox",
        "sandbox_id": 1,
        "from": "shop@acme.example",
        "to": ["ada@example.com"],
        "subject": "Your order",
    }
    assert third["sandbox_id"] is None
    assert third["to"] == ["ada@example.com", "cc@example.com"]


@pytest.mark.parametrize("form", [(), ("-o", "jsonl")])
def test_hostile_text_cannot_control_the_terminal(serve: Serve, form: tuple[str, ...]) -> None:
    server = serve(*form)
    server.send(subject="\x1b]0;owned\x07\x1b[2J sandbox 9  forged \u202egpj.exe\x9b31m")
    until(lambda: "ada@" in server.out)
    assert "forged" in server.out
    assert not set(server.out.replace("\n", "")) & {chr(code) for code in [*range(32), *range(127, 160), 0x202E]}
    assert len([line for line in server.out.splitlines() if "forged" in line]) == 1


def test_verbose_reports_the_result_of_each_request(serve: Serve) -> None:
    server = serve("-v", "--reset", "50%", "--seed", "1")
    server.send(subject="")
    for _ in range(8):
        with contextlib.suppress(ConnectionResetError):
            server.send()
    server.ask("GET", "/healthz?token=secret", headers={"Host": "evil.example"})
    until(lambda: " 421 " in server.err)
    requests = [line for line in server.err.splitlines() if " ms, " in line]
    assert re.fullmatch(r"POST /sandbox/api/send/1 400 [0-9]+ ms, 55 bytes out", requests[0])
    results = [line.split()[2] for line in requests]
    assert {"200", "reset"} == set(results[1:-1])
    assert requests[-1].startswith("GET /healthz 421 ")
    assert "secret" not in server.err


def test_quiet_prints_nothing(serve: Serve) -> None:
    server = serve("-q")
    server.send()
    assert server.end() == 0
    assert server.out + server.err == ""


def piped(environment: dict[str, str], ready: Path, stderr: int) -> tuple[subprocess.Popen[bytes], int]:
    process = subprocess.Popen(
        [PROGRAM, "local", "serve", "--port", "0", "--ready-file", str(ready)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=stderr,
    )
    until(ready.exists, seconds=30)
    return process, json.loads(ready.read_text())["port"]


def test_it_continues_if_nobody_reads_its_output(environment: dict[str, str], tmp_path: Path) -> None:
    process, port = piped(environment, tmp_path / "ready", subprocess.PIPE)
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    server = Serving.at(process, port)
    for _ in range(3):
        assert server.send().status == 200
    until(lambda: server.messages() == 3)
    process.terminate()
    assert process.wait(20) == 0
    said = process.stderr.read().decode()
    process.stderr.close()
    assert said.count("Messages are no longer shown, only stored: Broken pipe") == 1


def test_it_continues_when_its_output_is_full(environment: dict[str, str], tmp_path: Path) -> None:
    process, port = piped(environment, tmp_path / "ready", subprocess.DEVNULL)
    server = Serving.at(process, port)
    base = {key: value for key, value in SENDABLE.items() if key != "to"} | {"subject": "x" * 900}
    requests = [{"to": [{"email": "ada@example.com"}]}] * 500
    for _ in range(3):  # far more than a pipe holds
        assert server.ask("POST", "/sandbox/api/batch/1", {"base": base, "requests": requests}).status == 200
    process.terminate()
    assert process.wait(20) == 0
    assert process.stdout
    process.stdout.close()


def test_it_needs_neither_stdout_nor_stderr(environment: dict[str, str], tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    script = f'exec "{PROGRAM}" local serve --port 0 --ready-file "{ready}" <&- >&- 2>&-'
    process = subprocess.Popen(["sh", "-c", script], env=environment)
    until(ready.exists, seconds=30)
    assert Serving.at(process, json.loads(ready.read_text())["port"]).send().status == 200
    process.terminate()
    assert process.wait(20) == 0


# ------------------------------------------------------------------------------------------------ trouble


def test_a_full_disk_is_a_500_and_the_server_survives(environment: dict[str, str], tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    folder = tmp_path / "server"
    folder.mkdir()
    server = Serving(environment, folder)
    try:
        assert server.send().status == 200
        # No file may grow beyond this size: as close to a full disk as possible without one.
        limit = 300_000
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (limit, limit))
        refused = server.send(text="x" * 1_000_000)
        assert refused.status == 500
        assert refused.json()["success"] is False
        assert "not sent" in refused.json()["errors"][0]
        base = {key: value for key, value in SENDABLE.items() if key != "to"} | {"text": "x" * 2000}
        requests = [{"to": SENDABLE["to"]}] * 500
        assert server.ask("POST", "/bulk/api/batch", {"base": base, "requests": requests}).status == 500
        assert server.messages() == 1  # a batch is one transaction: nothing of it was stored
        assert "sandbox.sqlite3 cannot be written" in server.err
        assert "Traceback" not in server.err
        assert len(server.ask("GET", "/account/api/sandboxes/1/messages").json()) == 1
    finally:
        server.end(signal.SIGKILL)


def test_above_the_limit_the_oldest_messages_are_removed(serve: Serve) -> None:
    server = serve("--max-messages", "10")
    for number in range(4):
        server.send(subject=f"single {number}")
    base = {key: value for key, value in SENDABLE.items() if key != "to"}
    requests = [{"to": [{"email": "ada@example.com"}], "subject": f"batch {index}"} for index in range(25)]
    server.ask("POST", "/sandbox/api/batch/1", {"base": base, "requests": requests})
    assert server.messages() == 10
    found = [message["subject"] for message in server.ask("GET", "/account/api/sandboxes/1/messages").json()]
    assert found == [f"batch {index}" for index in range(24, 14, -1)]
