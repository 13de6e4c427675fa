"""The server on its port: what it accepts, what it refuses, how it starts and stops."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import re
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.conftest import Serve
from tests.local.serving import SENDABLE, Serving
from tests.loopback import until

HEAD = "POST /sandbox/api/send/1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\n"
JSON = "Content-Type: application/json\r\n"
MEGABYTE = 1 << 20


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
def test_each_host_has_its_stream_and_each_message_one_line(serve: Serve, path: str, stream: str) -> None:
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


@pytest.mark.parametrize("path", ["/send", "/nope/api/send", "/sandbox/", "//", "/healthz/", "/%2e%2e/api", "/a/../b"])
def test_other_paths_are_404(standing: Serving, path: str) -> None:
    answer = standing.ask("GET", path)
    assert answer.status == 404
    assert answer.json()


def test_missing_operations_of_the_local_sandbox_are_reported(standing: Serving) -> None:
    for path in ("/api/nothing", "/api/segments", "/api/sandboxes/1/segments"):
        answer = standing.ask("GET", f"/account{path}")
        assert answer.status == 404
        assert answer.json()["error"] == f"Not part of the local sandbox: GET {path}"


def test_a_compressed_body_is_read(standing: Serving) -> None:
    body = json.dumps(SENDABLE).encode()
    for encoding, content, status in (
        ("gzip", gzip.compress(body), 200),
        ("deflate", zlib.compress(body), 200),
        ("gzip", body, 400),
        ("gzip", gzip.compress(body)[:-9], 400),
        ("br", body, 415),
        ("gzip", gzip.compress(b" " * (60 << 20)), 413),
    ):
        headers = {"Content-Encoding": encoding}
        assert standing.ask("POST", "/sandbox/api/send/1", content, headers=headers).status == status, encoding


def test_head_works_where_get_does(standing: Serving) -> None:
    reply = standing.ask("HEAD", "/account/api/sandboxes")
    assert (reply.status, reply.body) == (200, b"")


def test_a_wrong_method_lists_the_right_ones(standing: Serving) -> None:
    assert standing.ask("PUT", "/account/api/domains").headers["allow"] == "GET, POST"
    assert standing.ask("GET", "/send/api/send").headers["allow"] == "POST"


def test_doubled_and_trailing_slashes_are_accepted(standing: Serving) -> None:
    for path in ("/account/api/sandboxes/", "//account//api/sandboxes"):
        assert standing.ask("GET", path).status == 200, path


def test_a_request_with_two_lengths_closes_its_connection(standing: Serving) -> None:
    head = HEAD.encode() + b"Content-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    after = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    reply = standing.raw(head + b"0\r\n\r\n" + after)
    assert reply.count(b"HTTP/1.1 ") == 1, reply


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "HEAD", "TRACE", "BREW"])
def test_another_method_is_405(standing: Serving, method: str) -> None:
    assert standing.ask(method, "/sandbox/api/send/1").status == 405


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
def test_the_host_header_must_name_this_machine(standing: Serving, host: str, status: int) -> None:
    assert standing.ask("GET", "/healthz", headers={"Host": host}).status == status
    assert standing.ask("PATCH", "/faults", {}, headers={"Host": host}).status == status
    assert standing.ask("GET", "/account/api/sandboxes", headers={"Host": host}).status == status


def test_two_host_headers_or_none_are_refused(standing: Serving) -> None:
    two = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"
    assert standing.raw(two).startswith(b"HTTP/1.1 400 ")
    assert standing.raw(b"GET /healthz HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert standing.raw(b"GET /healthz HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 421")


def test_another_host_name_can_be_allowed(serve: Serve) -> None:
    server = serve("--allow-host", "Mailtrap")
    assert server.ask("GET", "/healthz", headers={"Host": "mailtrap:3580"}).status == 200
    assert server.ask("GET", "/healthz", headers={"Host": "other:3580"}).status == 421


def test_no_page_of_another_site_can_read_or_drive_it(standing: Serving) -> None:
    origin = {"Origin": "https://evil.example"}
    preflight = standing.ask("OPTIONS", "/faults", headers={**origin, "Access-Control-Request-Method": "PATCH"})
    assert preflight.status == 405
    # What a page may send without such a question: these types, and no Authorization.
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        given = {**origin, "Content-Type": kind}
        assert standing.ask("POST", "/sandbox/api/send/1", SENDABLE, headers=given).status == 415
        assert standing.ask("POST", "/faults", {"latency": 5}, headers=given).status == 404
        assert standing.ask("PATCH", "/faults", {"latency": 5}, headers=given).status == 415
    answers = [preflight, standing.ask("GET", "/healthz", headers=origin), standing.send()]
    assert not [name for answer in answers for name in answer.headers if name.startswith("access-control")]
    assert standing.ask("GET", "/account/api/sandboxes", headers={**origin, "Authorization": ""}).status == 401


def test_any_token_is_accepted_but_one_is_required(standing: Serving) -> None:
    assert standing.ask("POST", "/send/api/send", SENDABLE, headers={"Authorization": "Bearer whatever"}).status == 200
    assert (
        standing.ask("POST", "/send/api/send", SENDABLE, headers={"Authorization": "", "Api-Token": "x"}).status == 200
    )
    refused = standing.ask("POST", "/send/api/send", SENDABLE, headers={"Authorization": ""})
    assert (refused.status, refused.json()) == (401, {"success": False, "errors": ["Unauthorized"]})


def test_with_a_token_in_the_environment_only_that_one_is_accepted(serve: Serve) -> None:
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
        b"GET /nope HTTP/9.9\r\nHost: localhost\r\n\r\n",
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
def test_malformed_http_gets_a_4xx_or_a_close_and_the_server_survives(standing: Serving, data: bytes) -> None:
    answer = standing.raw(data + b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer == b"" or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 501"))
    assert standing.send().status == 200


@pytest.mark.parametrize("version", ["HTTP/0.9", "HTTP/2.0", "HTTP/1.2", "RTSP/2.0"])
def test_another_version_is_refused(standing: Serving, version: str) -> None:
    answer = standing.raw(f"GET /healthz {version}\r\nHost: localhost\r\n\r\n".encode())
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 505 "))


@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_the_offer_of_another_protocol_is_passed_over(standing: Serving, framing: str) -> None:
    """As Java's client and `curl --http2` make it with the first request of a connection."""
    body = json.dumps(SENDABLE).encode()
    if framing == "chunks":
        length, body = "Transfer-Encoding: chunked", b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    else:
        length = f"Content-Length: {len(body)}"
    offer = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"
    last = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    answer = standing.raw(f"{HEAD}{JSON}{offer}{length}\r\n\r\n".encode() + body + last)
    assert answer.count(b"HTTP/1.1 200 ") == 2
    assert b"message_ids" in answer


def test_requests_that_arrive_together_are_answered_in_order_and_garbage_ends_them(standing: Serving) -> None:
    paths = ("/healthz", "/account/api/sandboxes", "/nope", "/send/api/send")
    requests = b"".join(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nApi-Token: t\r\n\r\n".encode() for path in paths)
    answer = standing.raw(requests + b"\x00\x01 garbage")
    assert re.findall(rb"HTTP/1\.1 ([0-9]+) ", answer) == [b"200", b"200", b"404", b"405"]


def test_fields_after_a_chunked_body_are_not_headers(standing: Serving) -> None:
    body = json.dumps(SENDABLE).encode()
    head = f"POST /send/api/send HTTP/1.1\r\nHost: localhost\r\n{JSON}Transfer-Encoding: chunked\r\n"
    chunks = b"%x\r\n%s\r\n0\r\nAuthorization: Bearer t\r\nHost: evil.example\r\n\r\n" % (len(body), body)
    answer = standing.raw(f"{head}Connection: close\r\n\r\n".encode() + chunks)
    assert answer.startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize(
    "endless",
    [b"GET /", b"GET / HTTP/1.1\r\nX", b"GET / HTTP/1.1\r\nX: ", b"TRAILER", b"\r\n"],
    ids=["path", "name", "value", "trailer", "empty lines"],
)
def test_a_head_without_end_is_refused(standing: Serving, endless: bytes) -> None:
    start = f"{HEAD}{JSON}Transfer-Encoding: chunked\r\n\r\n0\r\nX: ".encode() if endless == b"TRAILER" else endless
    filler = b"\r\n" if endless == b"\r\n" else b"a"
    sent = 0
    with socket.create_connection(("127.0.0.1", standing.port), timeout=20) as connection:
        connection.sendall(start)
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            while sent < 64:
                connection.sendall(filler * (MEGABYTE // len(filler)))
                sent += 1
    assert sent < 64


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
def test_a_body_that_is_not_a_json_object_is_a_400(standing: Serving, body: bytes, sentence: str) -> None:
    answer = standing.ask("POST", "/sandbox/api/send/1", body)
    assert (answer.status, answer.json()) == (400, {"success": False, "errors": [sentence]})


@pytest.mark.parametrize("kind", ["", "text/plain", "application/xml", "application/jsonp", "application/json2; a=b"])
def test_a_wrong_content_type_is_a_415(standing: Serving, kind: str) -> None:
    answer = standing.ask("POST", "/send/api/send", SENDABLE, headers={"Content-Type": kind})
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
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["errors"] == ["request is too large (maximum is 50 MB)"]
    assert server.memory("VmHWM") - before < (75 if chunked else 20) * MEGABYTE
    assert server.send().status == 200


def test_expect_100_continue_is_refused_before_a_large_body(standing: Serving) -> None:
    head = f"{HEAD}{JSON}Content-Length: {60 * MEGABYTE}\r\nExpect: 100-continue\r\n\r\n"
    assert standing.raw(head.encode()).startswith(b"HTTP/1.1 413 ")


def test_an_endless_body_is_cut_off(serve: Serve) -> None:
    server = serve()
    sent = 0
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(f"{HEAD}{JSON}Transfer-Encoding: chunked\r\n\r\n".encode())
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            while sent < 1000:
                connection.sendall(b"%x\r\n" % MEGABYTE + b" " * MEGABYTE + b"\r\n")
                sent += 1
    assert sent < 300


def test_a_client_that_disconnects_mid_body_leaves_nothing(serve: Serve) -> None:
    server = serve()
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(f"{HEAD}{JSON}Content-Length: 500\r\n\r\n{{".encode())
    assert server.messages() == 0


SLOWED = """
import sys
from mailtrap_cli.local import protocol
protocol.SLOW = 1
from mailtrap_cli.__main__ import run_flushed
sys.exit(run_flushed(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server that waits one second instead of half a minute."""
    folder = tmp_path_factory.mktemp("impatient")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONWARNINGS": "error"}
    ready = folder / "ready"
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
def test_a_slow_client_is_disconnected(impatient: int, data: bytes, answer: bytes) -> None:
    with socket.create_connection(("127.0.0.1", impatient), timeout=20) as connection:
        connection.sendall(data)
        received = b""
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                received += chunk
    assert received.startswith(answer)
    assert bool(received) == bool(answer)


def test_a_client_that_does_not_read_its_answer_is_disconnected(impatient: int) -> None:
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
        time.sleep(2.5)
        connection.settimeout(20)
        received = 0
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                received += len(chunk)
    assert received < 9 * MEGABYTE
