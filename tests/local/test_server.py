"""The server on its port: what it takes, what it refuses, how it begins and ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..conftest import PROGRAM, Run
from ..loopback import until
from .conftest import Serve
from .serving import SENDABLE, Serving

HEAD = "POST /sandbox/api/send/1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\n"
JSON = "Content-Type: application/json\r\n"
MEGABYTE = 1 << 20


def state(home: Path) -> Path:
    return home / ".local" / "state" / "mailtrap" / "sandbox.sqlite3"


# ------------------------------------------------------------------------------------------------ paths


@pytest.mark.parametrize(
    ("path", "stream"),
    [
        ("/sandbox/api/send/7", "sandbox 7"),
        ("/send/api/send", "transactional"),
        ("/bulk/api/send", "bulk"),
        ("/api/send/7", "sandbox 7"),
        ("/api/send", "transactional"),
    ],
)
def test_each_hosts_path_is_its_stream_and_each_message_a_line(serve: Serve, path: str, stream: str) -> None:
    server = serve()
    answer = server.send(path)
    assert answer.status == 200
    assert answer.json()["success"] is True
    assert len(answer.json()["message_ids"]) == 1
    until(lambda: "ada@" in server.out)
    assert server.out.splitlines()[-1] == f"{stream}  shop@acme.example → ada@example.com  Your order"


def test_an_api_path_without_a_host_reaches_the_account(serve: Serve) -> None:
    server = serve()
    server.send()
    assert len(server.ask("GET", "/api/sandboxes/1/messages").json()) == 1
    assert server.ask("GET", "/api/accounts").json() == server.ask("GET", "/account/api/accounts").json()


@pytest.mark.parametrize(
    "path", ["/", "/send", "/nope/api/send", "/sandbox/", "//", "/healthz/", "/%2e%2e/api", "/a/../b"]
)
def test_other_paths_are_404(serve: Serve, path: str) -> None:
    answer = serve().ask("GET", path)
    assert answer.status == 404
    assert answer.json()


def test_what_the_embedded_sandbox_has_not_is_said(serve: Serve) -> None:
    server = serve()
    for path in ("/api/domains", "/api/stats", "/api/accounts/1/sending_domains"):
        answer = server.ask("GET", f"/account{path}")
        assert answer.status == 404
        assert answer.json()["error"].startswith("The embedded sandbox does not have GET /api/")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "HEAD", "TRACE", "BREW"])
def test_another_method_is_405(serve: Serve, method: str) -> None:
    assert serve().ask(method, "/sandbox/api/send/1").status == 405


# ------------------------------------------------------------------------------------------------ who may ask


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:3580", 200),
        ("127.0.0.1:1", 200),
        ("127.8.8.8", 200),
        ("[::1]:3580", 200),
        ("send.localhost", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("evil.example:127.0.0.1", 421),
        ("user@localhost", 421),
        ("10.0.0.1", 421),
        ("[2001:db8::1]", 421),
        ("", 421),
    ],
)
def test_the_host_header_must_name_this_machine(serve: Serve, host: str, status: int) -> None:
    server = serve()
    assert server.ask("GET", "/healthz", headers={"Host": host}).status == status
    assert server.ask("PATCH", "/faults", {}, headers={"Host": host}).status == status
    assert server.ask("GET", "/account/api/sandboxes", headers={"Host": host}).status == status


def test_two_host_headers_or_none_are_refused(serve: Serve) -> None:
    server = serve()
    two = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"
    assert server.raw(two).startswith(b"HTTP/1.1 4")
    assert server.raw(b"GET /healthz HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 4")
    assert server.raw(b"GET /healthz HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 421")


def test_a_further_name_can_be_allowed(serve: Serve) -> None:
    server = serve("--allow-host", "Mailtrap")
    assert server.ask("GET", "/healthz", headers={"Host": "mailtrap:3580"}).status == 200
    assert server.ask("GET", "/healthz", headers={"Host": "other:3580"}).status == 421


def test_no_page_of_another_site_can_read_or_drive_it(serve: Serve) -> None:
    server = serve()
    origin = {"Origin": "https://evil.example"}
    preflight = server.ask("OPTIONS", "/faults", headers={**origin, "Access-Control-Request-Method": "PATCH"})
    assert preflight.status == 405
    # What a page may send without such a question: these types, and no Authorization.
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        given = {**origin, "Content-Type": kind}
        assert server.ask("POST", "/sandbox/api/send/1", SENDABLE, headers=given).status == 415
        assert server.ask("POST", "/faults", {"latency": 5}, headers=given).status == 404
        assert server.ask("PATCH", "/faults", {"latency": 5}, headers=given).status == 415
    answers = [preflight, server.ask("GET", "/healthz", headers=origin), server.send()]
    assert not [name for answer in answers for name in answer.headers if name.startswith("access-control")]
    assert server.ask("GET", "/account/api/sandboxes", headers={**origin, "Authorization": ""}).status == 401


def test_any_token_is_taken_but_not_none(serve: Serve) -> None:
    server = serve()
    assert server.ask("POST", "/send/api/send", SENDABLE, headers={"Authorization": "Bearer whatever"}).status == 200
    assert server.ask("POST", "/send/api/send", SENDABLE, headers={"Authorization": "", "Api-Token": "x"}).status == 200
    refused = server.ask("POST", "/send/api/send", SENDABLE, headers={"Authorization": ""})
    assert (refused.status, refused.json()) == (401, {"success": False, "errors": ["Unauthorized"]})


def test_with_a_token_in_the_environment_only_that_one_is_taken_and_it_is_never_shown(serve: Serve) -> None:
    secret = "s3cret-token"
    server = serve("--token-env", "ACME", "-v", env={"ACME": secret})
    good = {"Authorization": f"Bearer {secret}"}
    assert server.ask("POST", "/send/api/send", SENDABLE, headers=good).status == 200
    assert server.ask("PATCH", "/faults", {"latency": 0}, headers=good).status == 200
    for given in ("Bearer t", f"Bearer {secret}x", "Bearer sécret", f"Basic {secret}", ""):
        headers = {"Authorization": given.encode().decode("latin-1")}
        assert server.ask("POST", "/send/api/send", SENDABLE, headers=headers).status == 401
        assert server.ask("GET", "/account/api/sandboxes", headers=headers).json() == {"error": "Incorrect API token"}
        assert server.ask("PATCH", "/faults", {"latency": 9}, headers=headers).status == 401
    assert server.ask("GET", "/healthz").json()["faults"]["latency"] == 0
    assert 'export MAILTRAP_API_TOKEN="$ACME"' in server.out
    assert secret not in server.out + server.err


# ------------------------------------------------------------------------------------------------ hostile requests


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64) + b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n",
        b"GET / HTTP/1.1\r\n Host: localhost\r\n\r\n",
        b"\xff\xfe\xfd\r\n\r\n",
        f"{HEAD}{JSON}Content-Length: -1\r\n\r\n".encode(),
        f"{HEAD}{JSON}Content-Length: ten\r\n\r\n".encode(),
        f"{HEAD}{JSON}Content-Length: {'9' * 5000}\r\n\r\n".encode(),
        f"{HEAD}{JSON}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc".encode(),
        f"{HEAD}{JSON}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n".encode(),
        f"{HEAD}{JSON}Transfer-Encoding: nonsense\r\n\r\n".encode(),
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_malformed_http_gets_a_4xx_or_is_closed_and_the_server_lives(serve: Serve, data: bytes) -> None:
    server = serve()
    answer = server.raw(data + b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer == b"" or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 501"))
    assert server.send().status == 200


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "request body is not valid JSON"),
        (b"{", "request body is not valid JSON"),
        (b'{"from": "\xc3\x28"}', "request body is not valid JSON"),
        (json.dumps(SENDABLE).encode("utf-16"), "request body is not valid JSON"),
        (b"[" * 1_000_000, "request body is not valid JSON"),
        (b'{"a":' * 500 + b"1" + b"}" * 500, "request body is nested too deeply"),
        (b"[1]", "request body must be a JSON object"),
    ],
)
def test_what_is_no_json_object_is_a_400(serve: Serve, body: bytes, sentence: str) -> None:
    answer = serve().ask("POST", "/sandbox/api/send/1", body)
    assert (answer.status, answer.json()) == (400, {"success": False, "errors": [sentence]})


@pytest.mark.parametrize("kind", ["", "text/plain", "application/xml", "application/jsonp", "application/json2; a=b"])
def test_a_wrong_content_type_is_a_415(serve: Serve, kind: str) -> None:
    answer = serve().ask("POST", "/send/api/send", SENDABLE, headers={"Content-Type": kind})
    assert answer.status == 415
    assert "application/json" in answer.json()["errors"][0]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_50_mb_is_a_413_and_not_kept_in_memory(serve: Serve, chunked: bool) -> None:
    server = serve()
    server.send()
    before = server.memory("VmHWM")
    size = 150
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size * MEGABYTE}"
    frame = (b"%x\r\n" % MEGABYTE, b"\r\n") if chunked else (b"", b"")
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(f"{HEAD}{JSON}{length}\r\n\r\n".encode())
        for _ in range(size):
            connection.sendall(frame[0] + b" " * MEGABYTE + frame[1])
        connection.sendall(b"0\r\n\r\n" if chunked else b"")
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["errors"] == ["Request body is larger than 50 MB"]
    assert server.memory("VmHWM") - before < (75 if chunked else 20) * MEGABYTE
    assert server.send().status == 200


def test_who_asks_before_sending_too_much_is_told_before(serve: Serve) -> None:
    head = f"{HEAD}{JSON}Content-Length: {60 * MEGABYTE}\r\nExpect: 100-continue\r\n\r\n"
    assert serve().raw(head.encode()).startswith(b"HTTP/1.1 413 ")


def test_who_never_ends_an_endless_body_is_cut_off(serve: Serve) -> None:
    server = serve()
    sent = 0
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(f"{HEAD}{JSON}Transfer-Encoding: chunked\r\n\r\n".encode())
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            while sent < 1000:
                connection.sendall(b"%x\r\n" % MEGABYTE + b" " * MEGABYTE + b"\r\n")
                sent += 1
    assert sent < 300


def test_a_client_that_goes_in_the_middle_of_its_body_leaves_nothing(serve: Serve) -> None:
    server = serve()
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(f"{HEAD}{JSON}Content-Length: 500\r\n\r\n{{".encode())
    assert server.messages() == 0


SLOWED = """
import sys
from mailtrap_cli.local import server
server.SLOW = 0.5
from mailtrap_cli.__main__ import answer
sys.exit(answer(sys.argv[1:]))
"""


@pytest.fixture
def impatient(environment: dict[str, str], tmp_path: Path) -> Iterator[int]:
    """The port of a server that waits for half a second instead of half a minute."""
    ready = tmp_path / "ready"
    process = subprocess.Popen(
        [sys.executable, "-c", SLOWED, "local", "serve", "-q", "--port", "0", "--ready-file", str(ready)],
        env=environment,
        stderr=subprocess.PIPE,
    )
    until(ready.exists, seconds=30)
    yield json.loads(ready.read_text())["port"]
    process.terminate()
    _, said = process.communicate(timeout=20)
    assert said == b""


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"", b""),
        (b"POST /sandbox/api/se", b""),
        (HEAD.encode(), b""),
        (f"{HEAD}{JSON}Content-Length: 500\r\n\r\n{{".encode(), b"HTTP/1.1 408 "),
        (f"{HEAD}{JSON}Content-Length: {60 * MEGABYTE}\r\n\r\n{{".encode(), b"HTTP/1.1 413 "),
        (f"{HEAD}{JSON}Transfer-Encoding: chunked\r\n\r\n5\r\n[1,2,\r\n".encode(), b"HTTP/1.1 408 "),
    ],
    ids=["silence", "half a line", "half the headers", "half the body", "a lie", "half the chunks"],
)
def test_a_slow_client_is_cut_off_in_time(impatient: int, data: bytes, answer: bytes) -> None:
    with socket.create_connection(("127.0.0.1", impatient), timeout=20) as connection:
        connection.sendall(data)
        received = b""
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                received += chunk
    assert received.startswith(answer)
    assert bool(received) == bool(answer)


def test_a_client_that_does_not_read_its_answer_is_cut_off(impatient: int) -> None:
    big = {**SENDABLE, "text": "x" * (9 * MEGABYTE)}
    body = json.dumps(big).encode()
    with socket.create_connection(("127.0.0.1", impatient), timeout=20) as connection:
        connection.sendall(f"{HEAD}{JSON}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", impatient))
        path = "/account/api/sandboxes/1/messages/1/body.txt"
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nApi-Token: t\r\n\r\n".encode())
        time.sleep(1.5)
        connection.settimeout(20)
        received = 0
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                received += len(chunk)
    assert received < 9 * MEGABYTE


# ------------------------------------------------------------------------------------------------ beginning and end


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_sigterm_and_ctrl_c_end_it_cleanly(serve: Serve, home: Path, number: int) -> None:
    server = serve()
    server.send()
    idle = socket.create_connection(("127.0.0.1", server.port))
    assert server.end(number) == 0
    idle.close()
    assert not server.ready_file.exists()
    assert not list(state(home).parent.glob("*-wal"))  # SQLite has written everything into the one file
    with sqlite3.connect(state(home)) as db:
        assert db.execute("SELECT count(*) FROM messages").fetchone() == (1,)
    db.close()


def test_a_request_in_flight_is_answered_before_the_end(serve: Serve) -> None:
    server = serve("--latency", "1s")
    body = json.dumps(SENDABLE).encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(f"{HEAD}{JSON}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        until(lambda: "ada@" in server.out)
        os.kill(server.process.pid, signal.SIGTERM)
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
    assert server.process.wait(20) == 0


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


def test_a_ready_file_left_by_a_killed_server_is_not_taken_for_a_running_one(
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
    result = mailtrap("local", "serve", "--port", str(server.port), "--ready-file", str(server.ready_file))
    assert result.code == 2
    assert result.err == (
        f"Error: --port: 127.0.0.1:{server.port} cannot be listened on: Address already in use.\n"
        "Hint: Try --port 0, which picks one.\n"
    )
    assert server.ready_file.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--host", "0.0.0.0"), 2, "can be reached from other machines"),
        (("--host", "192.0.2.1", "--allow-remote"), 2, "cannot be listened on"),
        (("--host", "no.such.host.invalid", "--allow-remote"), 2, "cannot be listened on"),
        (("--token-env", "ACME"), 3, "the environment variable ACME is not set"),
        (("--token-env", "a b"), 2, "no name of a variable"),
        (("--tls-cert", "cert.pem"), 2, "go together"),
        (("--tls-cert", "cert.pem", "--tls-key", "key.pem"), 2, "No such file"),
        (("--ready-file", "no/such/folder/ready"), 2, "cannot be written: No such file"),
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
def test_what_cannot_be_served_is_one_sentence(
    mailtrap: Run, arguments: tuple[str, ...], code: int, words: str
) -> None:
    result = mailtrap("local", "serve", *(() if "--port" in arguments else ("--port", "0")), *arguments)
    assert result.code == code
    assert words in result.err
    assert len([line for line in result.err.splitlines() if line.startswith("Error: ")]) == 1


def test_all_addresses_are_served_only_when_asked_for_and_with_a_warning(serve: Serve) -> None:
    server = serve("--host", "0.0.0.0", "--allow-remote")
    assert "Warning: 0.0.0.0 can be reached from other machines; whoever reaches it can read" in server.err
    assert server.url == f"http://127.0.0.1:{server.port}"
    for host, status in (("10.1.2.3:3580", 200), ("evil.example", 421)):
        assert server.ask("GET", "/healthz", headers={"Host": host}).status == status


def test_the_store_is_readable_by_its_owner_alone(serve: Serve, home: Path) -> None:
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
    assert first == {"url": server.url, "port": server.port, "pid": server.process.pid}
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
def test_hostile_text_drives_no_terminal(serve: Serve, form: tuple[str, ...]) -> None:
    server = serve(*form)
    server.send(subject="\x1b]0;owned\x07\x1b[2J\r\nsandbox 9  forged \u202egpj.exe\x9b31m")
    until(lambda: "ada@" in server.out)
    assert "forged" in server.out
    assert not set(server.out.replace("\n", "")) & {chr(code) for code in [*range(32), *range(127, 160), 0x202E]}
    assert len([line for line in server.out.splitlines() if "forged" in line]) == 1


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


def test_it_goes_on_when_nobody_reads_its_output_any_more(environment: dict[str, str], tmp_path: Path) -> None:
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
    assert said.count("Messages are not shown any more, only kept: Broken pipe") == 1


def test_it_goes_on_when_its_output_is_full(environment: dict[str, str], tmp_path: Path) -> None:
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


def test_a_full_disk_is_a_500_of_the_api_and_the_server_lives(environment: dict[str, str], tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    folder = tmp_path / "server"
    folder.mkdir()
    server = Serving(environment, folder)
    try:
        assert server.send().status == 200
        # No file may grow beyond this size: as near to a full disk as comes without one.
        limit = 300_000
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (limit, limit))
        refused = server.send(text="x" * 1_000_000)
        assert refused.status == 500
        assert refused.json()["success"] is False
        assert "not sent" in refused.json()["errors"][0]
        base = {key: value for key, value in SENDABLE.items() if key != "to"} | {"text": "x" * 2000}
        requests = [{"to": SENDABLE["to"]}] * 500
        assert server.ask("POST", "/bulk/api/batch", {"base": base, "requests": requests}).status == 500
        assert server.messages() == 1  # a batch is one transaction: none of it is there
        assert "sandbox.sqlite3 cannot be written" in server.err
        assert "Traceback" not in server.err
        assert len(server.ask("GET", "/account/api/sandboxes/1/messages").json()) == 1
    finally:
        server.end(signal.SIGKILL)


def test_the_oldest_messages_go_where_there_are_too_many(serve: Serve) -> None:
    server = serve("--max-messages", "10")
    for number in range(4):
        server.send(subject=f"single {number}")
    base = {key: value for key, value in SENDABLE.items() if key != "to"}
    requests = [{"to": [{"email": "ada@example.com"}], "subject": f"batch {index}"} for index in range(25)]
    server.ask("POST", "/sandbox/api/batch/1", {"base": base, "requests": requests})
    assert server.messages() == 10
    found = [message["subject"] for message in server.ask("GET", "/account/api/sandboxes/1/messages").json()]
    assert found == [f"batch {index}" for index in range(24, 14, -1)]
