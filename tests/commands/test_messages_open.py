"""`mailtrap messages open`: a private page that loads nothing from elsewhere."""

from __future__ import annotations

import os
import stat
import time
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtrap_cli.sandbox.html import sanitize_html
from tests.commands.conftest import MESSAGES, Inbox, message
from tests.conftest import Run
from tests.loopback import Reply


def opened(mailtrap: Run, inbox: Inbox, tmp_path: Path) -> tuple[Path, str]:
    """Open message 1 in a browser that records the URL; return the page's path and text."""
    seen = tmp_path / "seen"
    env = {**inbox.env, "TMPDIR": str(tmp_path), "BROWSER": f"sh -c 'echo \"$0\" > {seen}' %s"}
    result = mailtrap("messages", "open", "1", "-q", env=env)
    assert result.code == 0, result.err
    path = Path(result.out.strip())
    assert seen.read_text().strip() == path.as_uri()
    return path, path.read_text(encoding="utf-8")


def test_the_html_is_in_a_frame_without_scripts_in_a_private_file(mailtrap: Run, inbox: Inbox, tmp_path: Path) -> None:
    inbox.messages = [message(1, subject="<script>alert(1)</script>")]
    inbox.parts["/1/body.html"] = Reply(
        200, '<link rel=preconnect href="//x.y"><p onclick="x()">"Hi" & <img src="https://track.example/p.gif"></p>'
    )
    path, page = opened(mailtrap, inbox, tmp_path)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "default-src 'none'; img-src data:" in page
    assert "<script" not in page
    frame = page[page.index("<iframe") :]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame
    content = frame.partition('srcdoc="')[2].partition('"')[0]
    assert "preconnect" not in page
    assert unescape(content).endswith('<p>"Hi" &amp; <img src="https://track.example/p.gif"></p>')


@pytest.mark.parametrize(
    "html",
    [
        '<link title="<" rel=preconnect href="//evil.example">',
        "<link rel=preconnect href=//evil.example",
        "<li<link rel=preconnect href=//evil.example>",
        "<<link rel=preconnect href=//evil.example>>",
        "<p title='<link rel=preconnect href=//evil.example>'>x</p>",
        "<!--><link rel=preconnect href=//evil.example>-->",
        "<style></style x><link rel=preconnect href=//evil.example></style>",
        "<style><!--</style><link rel=preconnect href=//evil.example>",
        "<style><<//style><link rel=preconnect href=//evil.example></style>",
        "<svg><style><link rel=preconnect href=//evil.example></style></svg>",
        "<title></title/><link rel=preconnect href=//evil.example>",
        "<textarea></textarea ><link rel=preconnect href=//evil.example>",
        "<noscript><link rel=preconnect href=//evil.example></noscript>",
        "<meta http-equiv=refresh content='0;url=//evil.example'>",
        "<base href=//evil.example>",
        "<iframe src=//evil.example></iframe><script>fetch('//evil.example')</script>",
        "<svg><script href=//evil.example /></svg>",
        "<a ping=//evil.example href=x onclick=fetch()>x</a>",
        "<object data=//evil.example></object><embed src=//evil.example>",
    ],
)
def test_no_element_that_fetches_by_itself_remains(html: str) -> None:
    written = sanitize_html(html, lambda value: value)
    found = ElementCollector()
    found.feed(written)
    assert not found.names & {"link", "meta", "base", "iframe", "script", "object", "embed", "title", "textarea"}
    assert not found.attributes & {"ping", "onclick", "srcdoc"}


class ElementCollector(HTMLParser):
    """Another parser's view of which elements and attributes exist."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


@given(st.lists(st.sampled_from(["<", ">", "link", "/", " ", '"', "'", "=", "rel=x", "<!--", "-->", "style", "p"])))
def test_no_html_produces_a_link_element(parts: list[str]) -> None:
    found = ElementCollector()
    found.feed(sanitize_html("".join(parts), lambda value: value))
    assert "link" not in found.names


def test_an_image_that_is_used_often_does_not_blow_up_the_page(mailtrap: Run, inbox: Inbox, tmp_path: Path) -> None:
    inbox.messages = [message(1)]
    place = "/1/attachments/5/download"
    image = b"P" * 3_000_000
    described = {"id": 5, "content_id": "<a>", "content_type": "image/png", "attachment_size": len(image)}
    inbox.parts = {
        "/1/body.html": Reply(200, "<img src=cid:a>" * 200),
        "/1/attachments": Reply(200, [{**described, "download_path": f"/api/sandboxes/7/messages{place}"}]),
        place: Reply(200, image),
    }
    path, page = opened(mailtrap, inbox, tmp_path)
    assert path.stat().st_size < 40_000_000
    assert page.count("data:image/png") == 7
    assert [request.path for request in inbox.server.requests].count(f"{MESSAGES}{place}") == 1


def test_styles_stay_with_their_images(mailtrap: Run, inbox: Inbox, tmp_path: Path) -> None:
    inbox.messages = [message(1)]
    inbox.parts["/1/body.html"] = Reply(200, "<style>p > a { color: red } /*<*/</style><p style='color:blue'>x</p>")
    content = opened(mailtrap, inbox, tmp_path)[1].partition('srcdoc="')[2].partition('"')[0]
    assert '<style>p > a { color: red } /*\\3c */</style><p style="color:blue">x</p>' in unescape(content)


def test_inline_images_are_put_into_the_page(mailtrap: Run, inbox: Inbox, tmp_path: Path) -> None:
    inbox.messages = [message(1)]
    place = "/1/attachments/5/download"
    described = {"id": 5, "content_id": "<logo@x>", "content_type": "image/png", "attachment_size": 3}
    inbox.parts = {
        "/1/body.html": Reply(200, '<img src="cid:logo@x">'),
        "/1/attachments": Reply(200, [{**described, "download_path": f"/api/sandboxes/7/messages{place}"}]),
        place: Reply(200, b"PNG"),
    }
    assert "data:image/png;base64,UE5H" in opened(mailtrap, inbox, tmp_path)[1]


def test_a_text_is_shown_as_text(mailtrap: Run, inbox: Inbox, tmp_path: Path) -> None:
    inbox.messages = [message(1)]
    inbox.parts = {"/1/body.html": Reply(409, "Conflict"), "/1/body.txt": Reply(200, "1 < 2 <script>")}
    content = opened(mailtrap, inbox, tmp_path)[1].partition('srcdoc="')[2]
    assert "<pre>1 &lt; 2 &lt;script&gt;</pre>" in unescape(content.partition('"')[0])


def test_pages_older_than_an_hour_are_removed(mailtrap: Run, inbox: Inbox, tmp_path: Path) -> None:
    inbox.messages = [message(1)]
    inbox.parts["/1/body.html"] = Reply(200, "<p>x</p>")
    first, _ = opened(mailtrap, inbox, tmp_path)
    second, _ = opened(mailtrap, inbox, tmp_path)
    assert first.exists()
    os.utime(first.parent, (time.time() - 4000,) * 2)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "mailtrap-open-link").symlink_to(elsewhere)
    opened(mailtrap, inbox, tmp_path)
    assert not first.parent.exists()
    assert second.exists()
    assert elsewhere.exists()


def test_without_a_browser_it_says_so_and_names_the_file(mailtrap: Run, inbox: Inbox, tmp_path: Path) -> None:
    inbox.messages = [message(1)]
    inbox.parts["/1/body.html"] = Reply(200, "<p>x</p>")
    result = mailtrap("messages", "open", "1", env={**inbox.env, "TMPDIR": str(tmp_path), "BROWSER": "false"})
    assert result.code == 0
    path = Path(result.out.splitlines()[1].split("\t")[1])
    assert path.is_file()
    assert f"Could not start a browser: open {path}" in result.err
