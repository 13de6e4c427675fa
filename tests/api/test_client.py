"""The client's promises, seen from outside: the installed program against a real server on loopback."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from mailtrap_cli.api.responses import decode_errors
from mailtrap_cli.api.retries import retry_after
from tests.conftest import PROGRAM, Result, Run
from tests.loopback import SENT, Loopback, Reply, closed_port, until
from tests.processes import start

SEND = ("send", "--live", "--from", "a@acme.example", "--to", "ada@example.com", "--subject", "Hi", "--text", "Hello")
REFUSED_BY_API = {"success": False, "errors": ["Internal Server Error"]}


def hosts(url: str) -> dict[str, str]:
    return {"MAILTRAP_API_TOKEN": "token-for-tests", "MAILTRAP_SEND_URL": url}


def sending(mailtrap: Run, server: Loopback, *more: str, **env: str) -> Result:
    return mailtrap(*SEND, *more, env={**server.env, **env})


def test_a_send_posts_the_payload_with_the_token_and_a_user_agent(mailtrap: Run, server: Loopback) -> None:
    server.reply(SENT)
    result = sending(mailtrap, server)
    assert result.code == 0
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/send/api/send")
    assert request.headers["authorization"] == "Bearer token-for-tests"
    assert re.match(r"mailtrap-cli/\d+\.\d+\.\d+ .+", request.headers["user-agent"])
    assert request.headers["content-type"] == "application/json"
    assert request.json() == {
        "from": {"email": "a@acme.example"},
        "to": [{"email": "ada@example.com"}],
        "subject": "Hi",
        "text": "Hello",
    }


@pytest.mark.parametrize(
    "first",
    [
        Reply(429, {"success": False, "errors": ["Too Many Requests"]}),
        Reply(429, {"success": False, "errors": ["Too Many Requests"]}, {"Retry-After": "0"}),
        Reply(503, "<html><title>503 Service Unavailable</title></html>"),
        Reply(500, REFUSED_BY_API),
    ],
    ids=["429", "429 with Retry-After", "503", "500 in the API's shape"],
)
def test_a_send_is_repeated_when_it_surely_was_not_accepted_and_accepted_once(
    patient: Run, server: Loopback, first: Reply
) -> None:
    server.reply(first, first, SENT)
    result = sending(patient, server)
    assert result.code == 0
    assert len(server.requests) == 3
    assert len({request.body for request in server.requests}) == 1
    assert len(re.findall(r"waiting \d\.\d s before the next attempt", result.err)) == 2


def test_quiet_hides_the_waits(patient: Run, server: Loopback) -> None:
    server.reply(Reply(503, ""), SENT)
    assert sending(patient, server, "-q").err == ""


def waits(result: Result) -> list[float]:
    return [float(seconds) for seconds in re.findall(r"waiting (\d+\.\d) s", result.err)]


@pytest.mark.parametrize("status", [429, 503])
def test_the_server_says_how_long_to_wait_in_seconds_or_by_a_date(patient: Run, server: Loopback, status: int) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=4), usegmt=True)
    server.reply(Reply(status, {"errors": ["x"]}, {"Retry-After": "1"}))
    server.reply(Reply(status, {"errors": ["x"]}, {"Retry-After": soon}), SENT)
    result = sending(patient, server)
    assert result.code == 0
    first, second = waits(result)
    assert 1 <= first <= 1.3
    assert second <= 4.3


@pytest.mark.parametrize("value", ["soon", "", "nan", "-1", "1e999", "Thu, 32 Foo 2026 99:99:99 GMT"])
def test_an_absurd_retry_after_counts_as_none(patient: Run, server: Loopback, value: str) -> None:
    server.reply(Reply(429, {"errors": ["x"]}, {"Retry-After": value}), SENT)
    assert sending(patient, server).code == 0


def test_back_off_grows_and_503_to_the_end_is_exit_7_and_not_sent(patient: Run, server: Loopback) -> None:
    server.script = lambda request: Reply(503, "")
    result = sending(patient, server)
    assert result.code == 7
    assert result.err.splitlines()[-2].endswith("answered 503: not sent.")
    assert "Nothing was done" in result.err.splitlines()[-1]
    assert len(server.requests) == 5
    assert waits(result) == sorted(waits(result))
    assert len(waits(result)) == 4


@pytest.mark.parametrize(
    "answer",
    [
        Reply(fault="reset"),
        Reply(fault="close"),
        Reply(502, "<html><head><title>502 Bad Gateway</title></head></html>"),
        Reply(504, "gateway timeout"),
        Reply(500, "<h1>Oops</h1>"),
        Reply(500, "{not json"),
        Reply(500, {"message": "of another program"}),
        Reply(500, {"status": 500, "error": "Internal Server Error"}),
        Reply(500, {"error": "crash", "errors": []}),
        Reply(500, {"errors": [""]}),
        Reply(500, {"errors": ["x"]}, {"Content-Encoding": "br"}),
        Reply(500, "oops", {"Content-Type": "text/html; charset=idna"}),
        Reply(200, "oops", {"Content-Type": "text/html; charset=punycode"}),
        Reply(200, b"x", {"Content-Encoding": ", ".join(["gzip"] * 10)}),
        Reply(200, {"success": True, "message_ids": ["x" * 400]}, fault="cut"),
        Reply(200, b"\x1f\x8bno gzip", {"Content-Encoding": "gzip"}),
        Reply(200, ""),
        Reply(200, [1]),
        Reply(200, b"[" * 100_000),
        Reply(200, {"success": True, "message_ids": 5}),
        Reply(200, "not json"),
        Reply(200, {"something": "else"}),
        Reply(302, "", {"Location": "https://elsewhere.example/"}),
    ],
    ids=[
        "reset",
        "close",
        "502",
        "504",
        "500 in HTML",
        "500 broken",
        "500 other",
        "500 of a crash",
        "500 with errors of nothing",
        "500 with an empty error",
        "500 in br",
        "500 in idna",
        "200 in punycode",
        "200 in stacked gzip",
        "cut",
        "no gzip",
        "200 empty",
        "200 a list",
        "200 nested",
        "200 no ids",
        "200 no JSON",
        "200 other JSON",
        "redirect",
    ],
)
def test_a_send_of_unknown_outcome_is_reported_and_never_repeated(
    mailtrap: Run, server: Loopback, answer: Reply
) -> None:
    server.reply(answer)
    result = sending(mailtrap, server)
    assert result.code == 7
    assert "outcome unknown" in result.err
    assert result.out == ""
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", ["silence", "drip"])
def test_the_timeout_is_a_deadline_for_the_whole_request(mailtrap: Run, server: Loopback, fault: str) -> None:
    server.reply(Reply(200, {"success": True, "message_ids": ["x" * 400]}, fault=fault))
    began = time.monotonic()
    result = sending(mailtrap, server, "--timeout", "1")
    assert result.code == 7
    assert "outcome unknown" in result.err
    assert "within 1 s" in result.err
    assert time.monotonic() - began < 20  # not the 40 s that the dripped answer takes


def test_without_a_connection_it_is_tried_again_and_nothing_was_sent(patient: Run) -> None:
    port = closed_port()
    result = patient(*SEND, "-o", "json", env=hosts(f"http://127.0.0.1:{port}"))
    assert result.code == 7
    assert result.error()["message"] == f"No connection to 127.0.0.1:{port}: Connection refused: not sent"
    assert "outcome unknown" not in result.err
    assert len(waits(result)) == 4


@pytest.fixture
def deaf() -> Iterator[str]:
    """The address of a listener that accepts no connection: one is already waiting, and the queue is full."""
    with socket.socket() as listener, socket.socket() as first:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        first.connect(listener.getsockname())
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def test_a_connection_that_never_opens_is_not_sent_and_tried_twice(mailtrap: Run, deaf: str) -> None:
    result = mailtrap(*SEND, "--timeout", "0.5", env=hosts(f"http://{deaf}"))
    assert result.code == 7
    assert result.err.splitlines()[-2] == f"Error: {deaf} did not answer within 0.5 s: not sent."
    assert len(waits(result)) == 1


@pytest.mark.parametrize("fault", ["silence", "drip"])
def test_a_get_that_takes_all_of_its_time_is_tried_twice(mailtrap: Run, server: Loopback, fault: str) -> None:
    server.reply(*[Reply(200, [{"x": "y" * 400}], fault=fault)] * 2)
    result = mailtrap("messages", "list", "--sandbox-id", "7", "--timeout", "0.5", env=server.env)
    assert result.code == 7
    assert "within 0.5 s" in result.err
    assert "sent" not in result.err


def test_permanent_failures_are_not_retried(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(301, "", {"Location": "http://elsewhere.example/"}))
    result = mailtrap("messages", "list", "--sandbox-id", "7", env=server.env)
    assert result.code == 7
    assert "redirected to http://elsewhere.example/, which is not followed because it would receive" in result.err
    server.reply(Reply(200, b" " * ((64 << 20) + 1)))
    result = mailtrap("messages", "list", "--sandbox-id", "7", env=server.env)
    assert result.code == 7
    assert "more than 64 MB" in result.err


def test_429_to_the_end_is_exit_6(patient: Run, server: Loopback) -> None:
    server.script = lambda request: Reply(429, {"success": False, "errors": ["Slow down"]}, {"Retry-After": "0"})
    result = sending(patient, server, "-o", "json")
    assert result.code == 6
    assert result.error()["status"] == 429
    assert "command again" in result.error()["hint"]
    assert len(server.requests) == 5


def test_a_retry_after_of_an_hour_is_reported_not_waited_for(patient: Run, server: Loopback) -> None:
    server.reply(Reply(429, {"success": False, "errors": ["Slow down"]}, {"Retry-After": "3600"}))
    result = sending(patient, server)
    assert result.code == 6
    assert "wait 1 h" in result.err


@pytest.mark.parametrize(
    ("status", "body", "code", "words"),
    [
        (400, {"success": False, "errors": ["'from' is required", "'subject' is required"]}, 1, "'from' is required"),
        (401, {"success": False, "errors": ["Unauthorized"]}, 4, "Unauthorized"),
        (401, {"error": "Incorrect API token"}, 4, "Incorrect API token"),
        (403, {"errors": "Account access forbidden"}, 4, "Account access forbidden"),
        (404, {"error": "Not Found"}, 5, "Not Found"),
        (422, {"errors": {"name": ["is too short", "is taken"]}}, 1, "name is too short"),
        (
            413,
            "<html><head><title>413 Too Large</title></head></html>",
            1,
            '/send answered 413: an HTML page, "413 Too Large"',
        ),
        (403, "Forbidden\n by\x1b[0m policy", 4, "/send answered 403: Forbidden by"),
        (400, "", 1, "/send answered 400"),
        (418, {"message": "of a teapot"}, 1, '/send answered 418: {"message": "of a teapot"}'),
    ],
)
def test_an_error_of_any_shape_becomes_one_sentence_and_the_exit_code(
    mailtrap: Run, server: Loopback, status: int, body: object, code: int, words: str
) -> None:
    server.script = lambda _: Reply(status, body)
    plain = sending(mailtrap, server)
    assert plain.code == code
    assert words in plain.err
    as_json = sending(mailtrap, server, "-o", "json")
    error = as_json.error()
    assert set(error) == {"code", "message", "hint", "status", "details"}
    assert error["status"] == status
    assert error["code"] == code
    assert words in error["message"]


def test_a_success_of_false_is_a_refusal(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(200, {"success": False, "errors": ["'to' address is suppressed"]}))
    result = sending(mailtrap, server)
    assert result.code == 1
    assert "suppressed" in result.err


def test_verbose_shows_each_request_but_never_the_token(patient: Run, server: Loopback) -> None:
    server.reply(Reply(503, ""), SENT)
    result = sending(patient, server, "-v")
    lines = [line for line in result.err.splitlines() if line.startswith("POST ")]
    assert [line.split()[2] for line in lines] == ["503", "200"]
    assert f"{server.url}/send/api/send" in lines[0]
    assert "token-for-tests" not in result.err + result.out


def test_a_hostile_error_text_cannot_control_the_terminal(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(400, {"success": False, "errors": ["\x1b]0;owned\x07\x1b[31m[red]bad\u202e\x9b2J"]}))
    result = sending(mailtrap, server)
    assert "\x1b" not in result.err
    assert "\x9b" not in result.err
    assert "\u202e" not in result.err
    assert "[red]bad" in result.err


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example",
        "http://127.0.0.1@evil.example",
        "http://127.0.0.1:80@evil.example",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://evil.example#127.0.0.1",
        "http://[::2]",
        "http://[v1.localhost]",
        "http://0.0.0.0",
        "ftp://127.0.0.1",
        "//127.0.0.1",
    ],
)
def test_plain_http_is_refused_except_on_loopback(mailtrap: Run, url: str) -> None:
    for dry in ("--dry-run", "-v"):
        result = mailtrap(*SEND, dry, env=hosts(url))
        assert result.code == 3
        assert "MAILTRAP_SEND_URL" in result.err
        assert "POST" not in result.err + result.out


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2", "[::1]", "LOCALHOST"])
def test_every_loopback_address_is_recognized(mailtrap: Run, host: str) -> None:
    result = mailtrap(*SEND, "--dry-run", env=hosts(f"http://{host}:8025/x/"))
    assert result.code == 0
    assert result.out.startswith(f"POST http://{host}:8025/x/api/send\n")


@pytest.mark.parametrize("host", ["a..b", f"{'a' * 64}.example"])
def test_an_invalid_host_name_is_an_error_like_any_other(mailtrap: Run, host: str) -> None:
    result = mailtrap(*SEND, env=hosts(f"https://{host}"))
    assert result.code == 7
    assert "not sent" in result.err
    assert waits(result) == []


def send_under_way(environment: dict[str, str], server: Loopback) -> subprocess.Popen[str]:
    env = {**environment, **server.env}
    return start([PROGRAM, *SEND], env=env, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)


def test_an_interrupted_send_says_that_its_outcome_is_unknown(environment: dict[str, str], server: Loopback) -> None:
    server.reply(Reply(fault="silence"))
    run = send_under_way(environment, server)
    until(lambda: len(server.requests) == 1)
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=20)
    assert run.returncode == 130
    assert "outcome unknown" in err
    assert "Hint: It may have been done. Check the sandbox or the email logs before you run the command again" in err


def test_an_interrupted_wait_says_that_nothing_was_sent(environment: dict[str, str], server: Loopback) -> None:
    server.reply(Reply(429, {"errors": ["Slow down"]}, {"Retry-After": "50"}))
    run = send_under_way(environment, server)
    assert run.stderr
    while "waiting 5" not in run.stderr.readline():
        assert run.poll() is None
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=20)
    assert run.returncode == 130
    assert err == "Error: Interrupted while waiting for the next attempt: not sent.\n"


# ------------------------------------------------------------------------------------------------ TLS and proxies


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A certificate authority that nobody trusts yet."""
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    """The file that makes it trusted."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Loopback]:
    """A server that speaks TLS, as localhost only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    loopback = Loopback(context)
    try:
        yield loopback
        loopback.verify()
    finally:
        loopback.close()


def test_a_private_authority_in_the_environment_is_trusted(mailtrap: Run, secure: Loopback, bundle: str) -> None:
    secure.reply(SENT)
    env = {**hosts(f"https://localhost:{secure.port}/x"), "SSL_CERT_FILE": bundle}
    result = mailtrap(*SEND, env=env)
    assert result.code == 0, result.err
    assert secure.requests[0].path == "/x/api/send"
    assert secure.requests[0].headers["authorization"] == "Bearer token-for-tests"


@pytest.mark.parametrize("trusted", [True, False], ids=["another name", "another authority"])
def test_a_server_that_cannot_prove_its_name_gets_nothing_and_is_asked_once(
    mailtrap: Run, secure: Loopback, bundle: str, trusted: bool
) -> None:
    env = {**hosts(secure.url), "SSL_CERT_FILE": bundle if trusted else ""}
    result = mailtrap(*SEND, env=env)
    assert result.code == 7
    assert "certificate" in result.err
    assert "not sent" in result.err
    assert waits(result) == []
    assert secure.requests == []


def test_a_server_without_tls_gets_nothing_under_https(mailtrap: Run, server: Loopback) -> None:
    result = mailtrap(*SEND, env=hosts(server.url.replace("http:", "https:")))
    assert result.code == 7
    assert "not sent" in result.err
    assert waits(result) == []


def test_a_handshake_that_never_ends_is_not_sent(mailtrap: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        result = mailtrap(*SEND, "--timeout", "0.5", env=hosts(f"https://127.0.0.1:{mute.getsockname()[1]}"))
    assert result.code == 7
    assert "within 0.5 s: not sent" in result.err


def test_a_name_server_that_never_answers_is_not_sent(mailtrap: Run, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import socket, threading\nsocket.getaddrinfo = lambda *_, **__: threading.Event().wait()\n"
    )
    env = {**hosts("https://slow.example"), "PYTHONPATH": str(tmp_path)}
    result = mailtrap(*SEND, "--timeout", "0.5", env=env)
    assert result.code == 7
    assert result.err.splitlines()[-2] == "Error: slow.example did not answer within 0.5 s: not sent."


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_certificates_that_cannot_be_read_are_a_configuration_error(
    mailtrap: Run, tmp_path: Path, text: str | None
) -> None:
    file = tmp_path / "ca.pem"
    if text:
        file.write_text(text)
    result = mailtrap(*SEND, env={**hosts("https://localhost:1"), "SSL_CERT_FILE": str(file)})
    assert result.code == 3
    assert "SSL_CERT_FILE" in result.err


class Proxy(socketserver.ThreadingTCPServer):
    """A proxy that supports only CONNECT; `heard` is everything it received in the clear."""

    daemon_threads = True

    def __init__(self, answer: bytes = b"") -> None:
        self.heard = b""
        self.answer = answer
        super().__init__(("127.0.0.1", 0), Tunnel)
        self.url = f"http://user:pass@127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()


class Tunnel(socketserver.BaseRequestHandler):
    server: Proxy

    def handle(self) -> None:
        client: socket.socket = self.request
        head = b""
        while b"\r\n\r\n" not in head:
            data = client.recv(65536)
            if not data:
                return
            head += data
        self.server.heard += head
        if self.server.answer or not head.startswith(b"CONNECT "):
            client.sendall(self.server.answer or b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
            return
        name, _, port = head.split()[1].decode().rpartition(":")
        with socket.create_connection((name, int(port))) as target:
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=self.copy, args=(target, client), daemon=True)
            back.start()
            self.copy(client, target)
            back.join(5)

    def copy(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy() as server:
        yield server
        server.shutdown()


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_from_the_environment_carries_what_it_cannot_read(
    mailtrap: Run, secure: Loopback, bundle: str, proxy: Proxy, variable: str
) -> None:
    secure.reply(SENT)
    env = {**hosts(f"https://localhost:{secure.port}"), "SSL_CERT_FILE": bundle, variable: proxy.url}
    result = mailtrap(*SEND, "-v", env=env)
    assert result.code == 0, result.err
    assert len(secure.requests) == 1
    assert proxy.heard.startswith(f"CONNECT localhost:{secure.port} HTTP/1.1".encode())
    assert b"Proxy-Authorization: Basic" in proxy.heard
    assert b"token-for-tests" not in proxy.heard
    assert "pass@" not in result.err


def test_no_proxy_exempts_a_host(mailtrap: Run, secure: Loopback, bundle: str, proxy: Proxy) -> None:
    secure.reply(SENT)
    env = {**hosts(f"https://localhost:{secure.port}"), "SSL_CERT_FILE": bundle}
    result = mailtrap(*SEND, env={**env, "HTTPS_PROXY": proxy.url, "NO_PROXY": "localhost"})
    assert result.code == 0, result.err
    assert proxy.heard == b""


@pytest.mark.parametrize("others", ["plain", "https"])
def test_plain_http_on_loopback_never_goes_through_a_proxy(
    mailtrap: Run, server: Loopback, proxy: Proxy, others: str
) -> None:
    server.reply(SENT)
    env = server.env if others == "plain" else hosts(server.url)
    env = {**env, "HTTP_PROXY": proxy.url, "http_proxy": proxy.url, "ALL_PROXY": proxy.url, "HTTPS_PROXY": proxy.url}
    result = mailtrap(*SEND, env=env)
    assert result.code == 0, result.err
    assert proxy.heard == b""


def test_a_proxy_that_refuses_is_not_sent(mailtrap: Run, proxy: Proxy) -> None:
    proxy.answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    result = mailtrap(*SEND, env={**hosts("https://localhost:1"), "HTTPS_PROXY": proxy.url})
    assert result.code == 7
    assert "403 Forbidden: not sent" in result.err
    assert waits(result) == []


@pytest.mark.parametrize("url", ["socks5://127.0.0.1:1", "socks://127.0.0.1:1", "proxy.example:port", "http://[::1"])
def test_a_proxy_that_cannot_be_used_is_a_configuration_error(mailtrap: Run, url: str) -> None:
    result = mailtrap(*SEND, env={**hosts("https://localhost:1"), "ALL_PROXY": url})
    assert result.code == 3
    assert "ALL_PROXY" in result.err


# ------------------------------------------------------------------------------------------------ reading and decoding


def test_a_get_is_repeated_freely(patient: Run, server: Loopback) -> None:
    server.reply(Reply(fault="reset"), Reply(502, "bad"), Reply(200, []))
    result = patient("messages", "list", "--sandbox-id", "7", "-o", "json", env=server.env)
    assert (result.code, result.json()) == (0, [])
    assert [request.path for request in server.requests] == ["/account/api/sandboxes/7/messages"] * 3


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7.0), ("0", 0.0), ("-3", 0.0), ("soon", None), (None, None), ("", None), ("nan", None), ("inf", None)],
)
def test_retry_after_in_seconds(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, 0.0) == seconds


def test_retry_after_as_a_date() -> None:
    now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    later = format_datetime(now + timedelta(seconds=90), usegmt=True)
    assert retry_after(later, now.timestamp()) == 90.0


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{}", b'{"errors": 5}', b"<html>", b"\xff\xfe", b'"text"', b"[" * 100_000]
)
def test_bodies_that_are_not_api_errors_decode_to_nothing(body: bytes) -> None:
    assert decode_errors(body) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["base", "name"]), inner, max_size=2),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["errors", "error", "success"]), JSON))
def test_any_error_body_decodes_to_sentences(document: object) -> None:
    sentences = decode_errors(json.dumps(document).encode())
    assert all(isinstance(sentence, str) and sentence.strip() for sentence in sentences)


def test_field_errors_name_their_field() -> None:
    body = {"errors": {"name": ["is too short", "is taken"], "base": ["No room"], "email": "is odd"}}
    assert decode_errors(json.dumps(body).encode()) == ["name is too short", "name is taken", "No room", "email is odd"]
