"""Who gets which answer from the web inbox: Host, Origin, methods, headers; and how it renders the HTML of messages."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

import httpx
import pytest

from mailtrap_cli.local.store import Store
from mailtrap_cli.local.web.app import WebInbox
from mailtrap_cli.local.web.frame import describe_html, is_balanced, render_frame
from mailtrap_cli.local.web.reader import Reader
from mailtrap_cli.local.web.remote import block_css
from mailtrap_cli.local.web.search import parse_search
from tests.local.conftest import MESSAGE, Serve
from tests.local.serving import Serving
from tests.loopback import until

PAGES = ("/", "/messages/1", "/templates", "/logs", "/stats", "/suppressions", "/webhooks")


@pytest.fixture(scope="module")
def held(standing: Serving) -> Serving:
    """The server with one message."""
    attached = {"filename": 'a"b\r\n.html', "type": "text/html", "content": b64encode(b"<script>").decode()}
    assert standing.send(html="<p style='color:red'>x</p>", attachments=[attached]).status == 200
    return standing


def test_every_answer_has_a_policy_without_unsafe_sources_and_the_other_headers(held: Serving) -> None:
    paths = (*PAGES, "/web/messages", "/web/messages/1/html?remote=1&dark=1", "/web/assets/app.css", "/web/nothing")
    for path in paths:
        headers = held.ask("GET", path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert "*" not in policy, path
        assert re.search("frame-ancestors '(none|self)'", policy), path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers
    frame = held.ask("GET", "/web/messages/1/html").headers["content-security-policy"]
    assert "sandbox allow-popups" in frame
    assert "allow-scripts" not in frame
    assert "http:" not in frame


def test_pages_load_nothing_from_elsewhere(held: Serving) -> None:
    files = re.findall(r'(?:src|href)="(/web/assets/[^"]+)"', held.ask("GET", "/").body.decode())
    texts = [held.ask("GET", path).body.decode() for path in (*PAGES, *files)]
    assert len(files) >= 3
    for text in texts:
        assert not re.search(r"""(?:src|href|url|import|fetch)\W{0,3}(?:https?:)?//(?!127\.0\.0\.1|www\.w3)""", text)
        assert "style=" not in text
        assert not re.search(r"<script(?! type=\"module\" src)", text)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "mailtrap.io", "", "localhost@evil.example"]
)
def test_requests_for_another_host_are_refused(held: Serving, host: str) -> None:
    for path in ("/", "/web/messages", "/web/events"):
        assert held.ask("GET", path, headers={"Host": host}).status == 421
    own = {"Host": host, "Origin": f"http://{host}", "X-Mailtrap-Inbox": "1"}
    assert held.ask("DELETE", "/web/messages", headers=own).status == 421
    assert held.messages() == 1


def test_only_requests_of_the_page_itself_change_anything(held: Serving) -> None:
    own = {"Origin": held.url, "X-Mailtrap-Inbox": "1", "Sec-Fetch-Site": "same-origin"}
    for bad in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": held.url.replace("127.0.0.1", "localhost")},
        {"Origin": f"http://127.0.0.1:{held.port + 1}"},
        {"Origin": ""},
        {"X-Mailtrap-Inbox": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        for method, path in (
            ("DELETE", "/web/messages"),
            ("PATCH", "/web/messages"),
            ("DELETE", "/web/messages/1"),
            ("PATCH", "/web/messages/1?read=1"),
            ("POST", "/web/messages"),
            ("POST", "/"),
        ):
            assert held.ask(method, path, headers={**own, **bad}).status == 403, (method, path, bad)
    # A form of another site, as a browser sends it, and a GET of whatever kind.
    form = {"Origin": "http://evil.example", "Content-Type": "application/x-www-form-urlencoded"}
    assert held.ask("POST", "/web/messages/1", b"_method=DELETE", headers=form).status == 403
    for path in ("/web/messages/1?read=1", "/web/messages?_method=DELETE", "/web/messages/1/html"):
        held.ask("GET", path, headers={"X-HTTP-Method-Override": "DELETE"})
    assert held.messages() == 1
    assert not held.ask("GET", "/web/messages").json()["messages"][0]["is_read"]
    assert held.ask("PATCH", "/web/messages/1?read=1", headers=own).status == 204
    assert held.ask("GET", "/web/messages").json()["messages"][0]["is_read"]
    assert held.ask("PATCH", "/web/messages/1?read=0", headers=own).status == 204


def test_another_sites_page_may_link_here_but_not_read(held: Serving) -> None:
    cross = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert held.ask("GET", "/", headers=cross).status == 200
    for mode, kind in (("no-cors", "script"), ("cors", "empty"), ("no-cors", "image"), ("navigate", "iframe")):
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": kind}
        for path in ("/", "/web/messages", "/web/events", "/web/messages/1/source"):
            assert held.ask("GET", path, headers=headers).status == 403, (path, kind)


def test_attachments_are_only_ever_downloaded(held: Serving) -> None:
    (part,) = held.ask("GET", "/web/messages/1").json()["attachments"]
    answer = held.ask("GET", f"/web/messages/1/attachments/{part['id']}")
    assert answer.body == b"<script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith('attachment; filename="a_b')
    eml = held.ask("GET", "/web/messages/1/message.eml")
    assert eml.headers["content-disposition"].startswith('attachment; filename="message-1.eml"')
    for path in ("/web/messages/1/attachments/999", "/web/messages/999", "/web/assets/..%2fapp.py", "/logs/none"):
        assert held.ask("GET", path).status == 404
    assert held.ask("GET", f"/web/messages/{10**30}").status == 404


def test_the_event_stream_ends_when_the_server_stops(serve: Serve) -> None:
    server = serve()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(b"GET /web/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        received = b""
        while b"event: change" not in received:
            received += connection.recv(65536)
        received = b""
        assert server.send().status == 200
        while b"event: change" not in received:
            received += connection.recv(65536)
        began = time.monotonic()
        assert server.end() == 0
        while chunk := connection.recv(65536):
            received += chunk
    assert received.endswith(b"0\r\n\r\n")  # the end of the answer, not of the connection
    assert time.monotonic() - began < 60


def test_open_opens_the_inbox_or_prints_its_address(serve: Serve, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    server = serve("--open", env={"BROWSER": f"sh -c 'echo \"$0\" > {seen}' %s"})
    until(lambda: seen.exists() and bool(seen.read_text()))
    assert seen.read_text().strip() == f"{server.url}/"
    none = serve("--open", env={"BROWSER": "/nowhere/browser", "PATH": "/nowhere"})
    until(lambda: "Could not start a browser" in none.err)
    assert f"open {none.url}/ yourself" in none.err


def test_from_another_machine_the_token_is_the_password(tmp_path: Path) -> None:
    Store(tmp_path).close()
    inbox = WebInbox(tmp_path, token="geheim")

    async def ask(address: str, path: str, auth: tuple[str, str] | None = None) -> httpx.Response:
        transport = httpx.ASGITransport(app=inbox, client=(address, 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://192.0.2.1") as client:
            return await client.get(path, auth=auth)

    def status(*args: Any) -> int:
        return asyncio.run(ask(*args)).status_code

    assert status("127.0.0.1", "/") == 200
    refused = asyncio.run(ask("192.0.2.7", "/"))
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Basic")
    assert status("192.0.2.7", "/web/messages", ("any", "wrong")) == 401
    assert status("192.0.2.7", "/web/messages", ("any", "geheim")) == 200
    inbox.close()


# ------------------------------------------------------------------------------------------------ the frame's document


def rendered(html: str, *, remote: bool = False, dark: bool = False) -> str:
    return render_frame(html, str, "NONCE", dark=dark, remote=remote)


@pytest.mark.parametrize(
    "css",
    [
        "background:url(https://evil.example/a)",
        "background:url( '//evil.example/a' )",
        'background:URL("HTTPS://evil.example/a)")',
        r"background:u\72 l(https://evil.example/a)",
        r"background:url(\68ttps://evil.example/a)",
        r"background:url('\2f\2f evil.example/a')",
        "background:url(/\\evil.example/a)",
        "background:image-set('https://evil.example/a' 1x)",
        "background:-webkit-image-set(url(https://evil.example/a) 1x)",
        "list-style:url(ftp://evil.example/a",
    ],
)
def test_no_spelling_of_a_url_in_a_style_is_fetched(css: str) -> None:
    for html in (
        f"<p style='{css.replace(chr(39), chr(34))}'>x</p>".replace('"', "&quot;"),
        f"<style>p{{{css}}}</style>",
    ):
        assert describe_html(html)["remote"] > 0
        document = rendered(html)
        assert not re.search(r"(?<!blocked)\(\s*[\"']?(?!data:)[^\"')]*evil", document), document
        assert "evil" in rendered(html, remote=True)


def test_styles_that_fetch_nothing_stay_unchanged() -> None:
    for css in (
        "a{color:red}",
        "p:before{content:'/* no comment */ \\201C'}",
        "p{background:url(data:image/gif;base64,R0lGODlh)}",
        "@media (max-width:600px){.md\\:flex{display:flex!important}}",
        "p{fill:url(#gradient)}",
    ):
        assert block_css(css) == css
    assert block_css("/* @import */ p{color:red} @import 'x.css' screen; a{b:c}").split() == ["p{color:red}", "a{b:c}"]


def test_style_attributes_become_rules_that_cannot_break_each_other() -> None:
    document = rendered(
        "<p style='color:red'>a</p><p style='color:red'>b</p><i style='color:blue}'>c</i><style>@x</style>"
    )
    assert document.count("{color:red}") == 1
    assert document.count('data-mt-style="0"') == 2
    assert " style=" not in document
    sheets = re.findall('<style nonce="NONCE">(.*?)</style>', document)
    assert [sheet.count("mt-style") for sheet in sheets] == [0, 1, 1, 0]
    assert re.findall("<style(?! nonce)", document) == []
    for css, balanced in (
        ("a:url(x) [y]", True),
        ("content:'}'", True),
        ("a:b}", False),
        ("a:(", False),
        ("a:'b", False),
        ("a:b\\", False),
        ("/* x", False),
    ):
        assert is_balanced(css) is balanced, css


def test_dark_mode_answers_the_media_queries_of_a_message_or_inverts_its_colors() -> None:
    knowing = "<style>@media (prefers-color-scheme: dark){p{color:#fff}}</style><p>x</p>"
    assert describe_html(knowing) == {"remote": 0, "dark": True}
    assert "@media (max-width:0){" in rendered(knowing)
    assert "@media (min-width:0){" in rendered(knowing, dark=True)
    assert "invert" not in rendered(knowing, dark=True)
    assert "invert" in rendered("<p>x</p>", dark=True)
    assert 'media="print"' in rendered("<style media=print>p{}</style>")


def test_external_links_open_in_a_new_tab() -> None:
    document = rendered(
        "<a href='https://a.example' target=_top>1</a><a href='/web/messages'>2</a><a href='#x'>3</a>"
        "<a href=' java\nscript:alert(1)'>4</a><a href='data:text/html,x'>5</a><a href='mailto:a@b.c'>6</a>"
    )
    assert re.findall('href="([^"]*)" target="([^"]*)"', document) == [
        ("https://a.example", "_blank"),
        ("#x", "_self"),
        ("mailto:a@b.c", "_blank"),
    ]
    assert document.count("href") == 3
    assert document.count('rel="noopener noreferrer"') == 2


def test_large_and_broken_html_takes_linear_time() -> None:
    for piece in ("<p style='a:url(", '<b style="x:\'">', "/*", "<style>@import '", "<a href='", "\\75", "url("):
        rendered(piece * 20_000)
        rendered(f"<style>{piece * 20_000}")


def test_filters_that_the_store_lacks_still_give_pages(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    reader.store.add("sandbox", 1, [{**MESSAGE, "subject": f"number {number}"} for number in range(1200)])
    found: list[int] = []
    before: int | None = None
    while True:
        rows, before = reader.find_messages(parse_search("from:acme"), None, before, 200)
        found += [row["id"] for row in rows]
        if before is None:
            break
    assert found == list(range(1200, 0, -1))
    assert reader.find_messages(parse_search('subject:"number 7" to:nobody'), None, None, 50) == ([], None)
    assert reader.find_messages(parse_search("from:shop is:unread number 1199"), None, None, 50)[0][0]["id"] == 1200
    reader.close()
