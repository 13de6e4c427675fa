"""`mailtrap messages open`: a private page that loads nothing from elsewhere."""

from __future__ import annotations

import os
import stat
import time
from html import unescape
from pathlib import Path

from tests.commands.conftest import Inbox, message
from tests.conftest import Run
from tests.loopback import Reply


def opened(mailtrap: Run, inbox: Inbox, tmp_path: Path) -> tuple[Path, str]:
    """Open message 1 in a browser that writes down its address; the page's path and text."""
    seen = tmp_path / "seen"
    env = {**inbox.env, "TMPDIR": str(tmp_path), "BROWSER": f"sh -c 'echo \"$0\" > {seen}' %s"}
    result = mailtrap("messages", "open", "1", "-q", env=env)
    assert result.code == 0, result.err
    path = Path(result.out.strip())
    assert seen.read_text().strip() == path.as_uri()
    return path, path.read_text(encoding="utf-8")


def test_the_html_is_in_a_frame_without_scripts_in_a_file_of_the_users_own(
    mailtrap: Run, inbox: Inbox, tmp_path: Path
) -> None:
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
    assert unescape(content).endswith('<p onclick="x()">"Hi" & <img src="https://track.example/p.gif"></p>')


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
    assert result.code == 1
    assert "No browser could be started" in result.err
