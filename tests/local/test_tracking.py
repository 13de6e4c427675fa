"""Track opens and clicks by really loading the pixel and following the links of live mail."""

from __future__ import annotations

import re
import time
from html import unescape
from typing import Any

import pytest

from mailtrap_cli.local.tracking import find_links, quote_location
from tests.conftest import Run
from tests.local.conftest import Serve
from tests.local.serving import SENDABLE, Serving

HTML = """<html><body><p>Hi <!-- <a href="http://comment.example"> --></p>
<a title='x href=">"' HREF="https://acme.example/reset?a=1&amp;b=2">Reset</a>
<a href="https://acme.example/raw" data-mt-no-track>Raw</a> <a href="mailto:a@acme.example">Mail</a>
<a href=http://acme.example/plain>Plain</a> <a href="__unsubscribe_url__">Leave</a>
<script>"<a href='http://script.example'>"</script></BODY></html>"""


@pytest.mark.parametrize(
    ("html", "urls"),
    [
        (HTML, ["https://acme.example/reset?a=1&b=2", "http://acme.example/plain", "__unsubscribe_url__"]),
        ("<a href='http://a.example'", []),
        ("<a href='http://a.example' <a href='http://b.example'>", ["http://a.example"]),
        ("<A\nhref = \"\n http://a.exa\nmple \" >x</a><abbr href='http://no.example'>", ["http://a.example"]),
        ("<a href='javascript:http://a.example'><a href><a href=''><a>", []),
        ("<!-- never closed <a href='http://a.example'>", []),
        ("<style>x<a href='http://a.example'></style ><a href=http://b.example/>", ["http://b.example/"]),
        ("<a title=it's href='http://a.example'>", ["http://a.example"]),
        ("<a href='http://a.example' href='http://b.example'>", ["http://a.example"]),
    ],
)
def test_links_are_found_where_a_browser_finds_them(html: str, urls: list[str]) -> None:
    found = list(find_links(html))
    assert [link.url for link in found] == urls


def test_hostile_html_is_read_in_linear_time() -> None:
    began = time.process_time()
    for part in ("<a ", "<a href='", "<a href=\"x' ", "<!--", "<script>", "<a x=", "<a   /", "</body"):
        list(find_links(part * 100_000))
    assert time.process_time() - began < 20


def test_a_redirect_has_no_line_break() -> None:
    assert quote_location("https://a.example/\u00e9\ud800 x\r\nSet-Cookie: a=b") == (
        "https://a.example/%C3%A9?%20x%0D%0ASet-Cookie:%20a=b"
    )


def read_html(server: Serving, number: int = 1) -> str:
    reply = server.ask("GET", f"/account/api/sandboxes/1/messages/{number}/body.html")
    assert reply.status == 200
    return reply.body.decode()


def follow(server: Serving, url: str) -> tuple[int, str | None]:
    assert url.startswith(server.url + "/")
    reply = server.ask("GET", url.removeprefix(server.url), headers={"Authorization": "", "User-Agent": "Mail/1.0"})
    return reply.status, reply.headers.get("location")


def test_loading_the_pixel_and_following_a_link_are_events(serve: Serve, mailtrap: Run) -> None:
    server = serve()
    ids: list[str] = server.send("/send/api/send", html=HTML).json()["message_ids"]
    html = read_html(server)
    (pixel,) = re.findall(r'<img src="([^"]+)"', html)
    assert html.index("<img") < html.index("</BODY>")
    first, second, leave = (unescape(url) for url in re.findall(r'(?:href|HREF)="(http://127[^"]+)"', html))
    assert 'href="https://acme.example/raw" data-mt-no-track' in html
    assert follow(server, pixel) == (200, None)
    assert follow(server, first) == (302, "https://acme.example/reset?a=1&b=2")
    assert follow(server, second) == (302, "http://acme.example/plain")
    assert follow(server, first.replace(ids[0], ids[0][:-1] + ("0" if ids[0][-1] != "0" else "1")))[0] == 404
    assert follow(server, re.sub(r"/1$", "/9", first))[0] == 404

    def events() -> list[tuple[str, Any]]:
        shown = mailtrap("logs", "get", ids[0], "-p", "local", "-o", "json").json()
        assert (shown["opens_count"], shown["clicks_count"]) == (1, 2)
        return [(event["event_type"], event["details"].get("click_url")) for event in shown["events"]]

    expected: list[tuple[str, str | None]] = [
        *(("delivery", None), ("open", None), ("click", "https://acme.example/reset?a=1&b=2")),
        ("click", "http://acme.example/plain"),
    ]
    assert events() == expected

    # What the recipient has is shown while the server runs; the source is always what was sent.
    assert mailtrap("messages", "html", "1", "-p", "local").out.strip() == html.strip()
    assert mailtrap("messages", "html-source", "1", "-p", "local").out.strip() == HTML
    found = mailtrap("messages", "wait", "-p", "local", "--wait", "0", "--extract", "link:/reset")
    assert found.out == "https://acme.example/reset?a=1&b=2\n"

    opt_out = {"email": SENDABLE["to"][0]["email"], "domain_id": 1}  # type: ignore[index]
    assert server.ask("POST", "/account/api/tracking_opt_outs", opt_out).status == 201
    assert follow(server, pixel) == (200, None)
    assert follow(server, first)[0] == 302
    assert events() == expected
    assert "<img" not in read_html(server)

    assert follow(server, leave)[0] == 200
    assert server.ask("POST", leave.removeprefix(server.url)).status == 200
    assert server.ask("POST", leave.removeprefix(server.url)).status == 200
    assert [row["type"] for row in server.ask("GET", "/account/api/suppressions").json()] == ["unsubscription"]

    server.send("/send/api/send", html=HTML, to=[{"email": "b@example.com"}], **{"from": {"email": "a@quiet.example"}})
    domain = {"domain": {"open_tracking_enabled": False, "click_tracking_enabled": False}}
    assert server.ask("PATCH", "/account/api/domains/2", domain).status == 200
    assert read_html(server, 2).replace(server.url, "") == HTML.replace(
        "__unsubscribe_url__", "/track/unsubscribe/" + re.findall('unsubscribe/([^"]+)', read_html(server, 2))[0]
    )
    server.send(html=HTML)
    assert read_html(server, 3) == HTML  # the sandbox tracks nothing
    server.end()
    assert mailtrap("messages", "html", "1", "-p", "local").out.strip() == HTML
