"""Links that are requested: against real servers on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from mailtrap_cli.sandbox.link_check import MOST_LINKS, find_link_fault, request_links
from tests.loopback import Loopback, Reply, Request, closed_port


@pytest.fixture
def site(server: Loopback) -> Loopback:
    def answer(request: Request) -> Reply:
        match request.path:
            case "/gone":
                return Reply(404)
            case "/no-head":
                return Reply(200 if request.method == "GET" else 405)
            case "/moved":
                return Reply(302, headers={"Location": "/ok"})
            case "/loop":
                return Reply(301, headers={"Location": "/loop"})
            case "/to-gone":
                return Reply(307, headers={"Location": "/gone"})
            case "/busy":
                return Reply(429)
            case "/reset":
                return Reply(fault="reset")
            case "/app":
                return Reply(302, headers={"Location": "acme://open"})
            case _:
                return Reply(200)

    server.script = answer
    return server


def test_each_link_is_requested_with_head_and_then_with_get(site: Loopback) -> None:
    paths = ("/ok", "/gone", "/no-head", "/moved", "/loop", "/to-gone", "/busy", "/reset", "/app", "/a?b=c%20d#e")
    faults = request_links([f"{site.url}{path}" for path in paths], allow_private=True)
    assert {url.removeprefix(site.url): fault for url, fault in faults.items()} == {
        "/gone": "it answers 404",
        "/loop": "it redirects more than 10 times",
        "/to-gone": "it answers 404",
        "/reset": faults[f"{site.url}/reset"],
    }
    assert faults[f"{site.url}/reset"].startswith("no answer: ")
    methods = [request.method for request in site.requests if request.path == "/no-head"]
    assert methods == ["HEAD", "GET"]
    assert [request.method for request in site.requests if request.path == "/ok"].count("GET") == 0
    assert any(request.path == "/a?b=c%20d" for request in site.requests)
    assert all("authorization" not in request.headers for request in site.requests)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254"]
)
def test_private_addresses_are_not_requested(site: Loopback, host: str) -> None:
    url = f"http://{host}:{site.port}/ok"
    assert "private address" in request_links([url])[url]
    assert site.requests == []


def test_a_redirect_to_a_private_address_is_not_followed(site: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    from mailtrap_cli.sandbox import link_check

    # The first server counts as public, the one it redirects to does not.
    monkeypatch.setattr(link_check, "_is_private", lambda address: address != "127.0.0.1")
    site.script = lambda request: Reply(302, headers={"Location": f"http://[::1]:{site.port}/ok"})
    url = f"{site.url}/x"
    assert "private address (::1)" in request_links([url])[url]


def test_an_unreachable_host_is_a_fault() -> None:
    url = f"http://127.0.0.1:{closed_port()}/"
    assert "refused" in request_links([url], allow_private=True)[url].lower()
    assert "no answer" in request_links(["https://nobody.invalid/"])["https://nobody.invalid/"]


@pytest.fixture
def dripping() -> Iterator[str]:
    """A server that answers a byte at a time and never ends."""
    stopping = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                while not stopping.wait(0.05):
                    try:
                        connection.sendall(b"H")
                    except OSError:
                        return

        threading.Thread(target=drip, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        stopping.set()


def test_a_server_that_never_finishes_its_answer_is_given_up(dripping: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from mailtrap_cli.sandbox import link_check

    monkeypatch.setattr(link_check, "TIME_LIMIT", 0.3)
    assert request_links([dripping], allow_private=True)[dripping]


def test_no_more_than_the_first_hundred_are_requested(site: Loopback) -> None:
    urls = [f"{site.url}/{number}" for number in range(MOST_LINKS + 2)]
    faults = request_links([*urls, "mailto:a@b.example"], allow_private=True)
    assert list(faults) == urls[MOST_LINKS:]
    assert len(site.requests) == MOST_LINKS


def test_http_is_fine_only_for_private_hosts() -> None:
    assert find_link_fault("http://127.0.0.1:3000/x", allow_private=True) is None
    assert find_link_fault("http://localhost/x", allow_private=True) is None
    assert find_link_fault("http://localhost/x") == "http is not https"
    assert find_link_fault("http://acme.example/x", allow_private=True) == "http is not https"
