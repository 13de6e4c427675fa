"""The web inbox in a real browser: one server and one browser for all tests."""

from __future__ import annotations

import json
import os
import re
import smtplib
import subprocess
from base64 import b64encode
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.conftest import PROGRAM
from tests.local.browsing import CHROMIUM, assert_accessible, assert_fits, open_page, start_browser
from tests.local.serving import Serving

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

LONG = "Aprettylongsubjectwithoutanyspace" * 8
GIF = b64encode(b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00").decode()
STYLED = """
<style>@import url(https://evil.example/a.css); .note{color:rgb(1,2,3)} p{color:red}</style>
<style media="print">p{font-size:99px}</style>
<p class="note" style="font-size:31px;color:rgb(4,5,6)">Your code is 483920</p>
<p style="color:green; background:url(https://evil.example/bg.png)}">Odd brackets</p>
<p id="after" style="font-size:17px">After them</p>
<a href="https://shop.example/confirm?token=8f14e45fceea167a">Confirm</a> <a id="here" href="#after">Down</a>
<img src="cid:logo" alt="Logo"><img src="https://evil.example/open.gif" alt="Tracker">
"""
HOSTILE = """
<script>parent.document.title = "owned"; fetch("https://evil.example/fetch")</script>
<svg onload="alert(1)"><script>alert(2)</script><image href="https://evil.example/svg.png" /></svg>
<img src=x onerror="alert(3)"><img srcset="https://evil.example/1.png 1x"><body onload="alert(4)">
<meta http-equiv="refresh" content="0;url=https://evil.example/refresh"><base href="https://evil.example/">
<link rel="stylesheet" href="https://evil.example/l.css"><link rel="preconnect" href="https://evil.example">
<style>@import "https://evil.example/i.css"; p { background: url(//evil.example/p.png) } </style>
<style>@font-face { font-family: x; src: url(https://evil.example/f.woff) } * { font-family: x }</style>
<p style="background: u\72l('https:evil.example/esc.png')">escape</p><img src="\\\\evil.example/back.png">
<svg><image><animate attributeName="href" to="https://evil.example/anim.png" /></image>
<rect fill="url(//evil.example/r)" />
<p style="background-image: image-set('https://evil.example/s.png' 1x)">text</p>
<iframe src="https://evil.example/frame"></iframe><object data="https://evil.example/o"></object>
<video poster="https://evil.example/v.png" src="https://evil.example/v.mp4" autoplay></video>
<form action="https://evil.example/form" target="_top"><button id="submit">Send</button></form>
<a id="js" href="javascript:alert(5)">javascript</a><a id="top" href="https://evil.example/top" target="_top">top</a>
</style></iframe></template><script>alert(6)</script>
"""
SUBJECT = "</script><script>alert(7)</script><img src=https://evil.example/s.gif onerror=alert(8)>{{7*7}}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = start_browser(playwright)
        yield started
        started.close()


@pytest.fixture
def clean(standing: Serving) -> Serving:
    """The module's server without messages."""
    clear = {"Origin": standing.url, "X-Mailtrap-Inbox": "1"}
    assert standing.ask("DELETE", "/web/messages", headers=clear).status == 204
    return standing


@pytest.fixture
def full(standing: Serving) -> Serving:
    """The server with contents for each of its pages; the webhook is new, since one that keeps failing is paused."""
    made = [
        standing.ask("POST", f"/account/api/{path}", document).status
        for path, document in (
            (
                "email_templates",
                {"email_template": {"name": "Welcome", "category": "On", "subject": "Hi", "body_html": "<b>Hi</b>"}},
            ),
            (
                "webhooks",
                {
                    "webhook": {
                        "url": "http://127.0.0.1:9/hook",
                        "webhook_type": "email_sending",
                        "sending_stream": "transactional",
                        "event_types": ["bounce"],
                    }
                },
            ),
        )
    ]
    assert set(made) <= {200, 201}, made
    return standing


def rows(page: Page) -> Locator:
    return page.get_by_role("list", name="Messages").get_by_role("link")


def row(page: Page, text: str) -> Locator:
    return rows(page).filter(has_text=text)


def test_mail_arrives_without_a_reload_from_the_api_and_from_another_process(browser: Browser, clean: Serving) -> None:
    with open_page(browser) as (page, seen):
        page.goto(clean.url)
        expect(page.get_by_text("No messages yet.")).to_be_visible()
        page.evaluate("window.sameDocument = true")
        clean.send(subject="By the API")
        expect(row(page, "By the API")).to_be_visible()
        clean.send("/bulk/api/send", subject="In bulk")
        expect(row(page, "In bulk")).to_contain_text("bulk")
        with smtplib.SMTP("127.0.0.1", json.loads(clean.ready_file.read_text())["smtp_port"]) as smtp:
            smtp.sendmail("a@acme.example", ["ada@example.com"], "Subject: By SMTP\r\n\r\nHello\r\n")
        expect(row(page, "By SMTP")).to_be_visible()
        home = str(clean.ready_file.parent)
        subprocess.run(
            [PROGRAM, "send", "-p", "local", "--to", "ada@example.com", "--subject", "By a process", "--text", "x"],
            env={"PATH": os.environ["PATH"], "HOME": home},
            check=True,
            capture_output=True,
        )
        expect(row(page, "By a process")).to_be_visible()
        expect(rows(page)).to_have_count(4)
        expect(rows(page).first).to_contain_text("By a process")
        expect(page.get_by_text("4 messages, 4 unread")).to_be_visible()
        assert page.title().startswith("(4)")
        assert page.evaluate("window.sameDocument")
        # What another process deletes goes away too.
        home_env = {"PATH": os.environ["PATH"], "HOME": home}
        subprocess.run([PROGRAM, "local", "reset", "--yes"], env=home_env, check=True, capture_output=True)
        expect(page.get_by_text("No messages yet.")).to_be_visible()
        assert not seen.trouble


def test_a_message_shows_its_styles_its_code_and_link_and_loads_remote_content_only_when_asked(
    browser: Browser, clean: Serving
) -> None:
    images = [
        {"filename": "logo.gif", "type": "image/gif", "content": GIF, "disposition": "inline", "content_id": "logo"},
        {"filename": "../../päper.html", "type": "text/html", "content": b64encode(b"<script>").decode()},
    ]
    clean.send(subject="Confirm", html=STYLED, text="Your code is 483920", attachments=images, headers={"X-Id": "4711"})
    with open_page(browser) as (page, seen):
        page.goto(clean.url)
        row(page, "Confirm").click()
        frame = page.frame_locator("iframe")
        note = frame.get_by_text("Your code is 483920")
        style = note.evaluate("e => [getComputedStyle(e).fontSize, getComputedStyle(e).color]")
        assert style == ["31px", "rgb(4, 5, 6)"]
        assert frame.locator("#after").evaluate("e => getComputedStyle(e).fontSize") == "17px"
        assert frame.get_by_alt_text("Logo").evaluate("e => e.src").startswith("data:image/gif;base64,")
        link = frame.get_by_role("link", name="Confirm")
        assert link.get_attribute("target") == "_blank"
        assert "noopener" in (link.get_attribute("rel") or "")
        found = page.get_by_role("list", name="Found in the message")
        expect(found).to_contain_text("483920")
        expect(found.get_by_role("link")).to_have_attribute("href", re.compile("^https://shop.example/confirm"))

        assert not seen.leaving(clean.url)
        page.get_by_role("button", name="Mobile").click()
        expect(page.get_by_role("button", name="Mobile")).to_have_attribute("aria-pressed", "true")
        box = page.locator("iframe").bounding_box()
        assert box is not None
        assert box["width"] <= 392
        page.get_by_role("button", name="Dark mode").click()
        expect(page.get_by_text("This message has no dark styles")).to_be_visible()
        expect(frame.locator("html")).to_have_css("filter", re.compile("invert"))
        assert not seen.leaving(clean.url)
        page.get_by_role("button", name="Load remote content").click()
        expect(page.get_by_text("Remote content is blocked")).to_be_hidden()
        expect(frame.get_by_alt_text("Tracker")).to_have_attribute("src", "https://evil.example/open.gif")
        page.wait_for_timeout(200)
        assert "https://evil.example/open.gif" in seen.leaving(clean.url)

        page.get_by_role("tab", name="Text").click()
        expect(page.get_by_role("tabpanel")).to_contain_text("Your code is 483920")
        page.get_by_role("tab", name="Source").click()
        expect(page.get_by_role("tabpanel")).to_contain_text("X-Id: 4711")
        page.get_by_role("tab", name="Headers").click()
        expect(page.get_by_role("row", name="X-Id 4711")).to_be_visible()
        page.get_by_role("tab", name="Attachments").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Download päper.html").click()
        assert download.value.suggested_filename == "päper.html"
        page.get_by_role("tab", name="Checks").click()
        expect(page.get_by_role("heading", name="HTML in email clients")).to_contain_text("finding")
        expect(page.get_by_role("heading", name="Spam")).to_contain_text("Not checked")
        expect(page.get_by_role("tabpanel")).to_contain_text("https://shop.example/confirm")


def test_hostile_html_and_subjects_do_nothing(browser: Browser, clean: Serving) -> None:
    clean.send(subject=SUBJECT, html=HOSTILE, text="<script>alert(9)</script>", to=[{"email": "a@b.example"}])
    clean.send(subject="Names", to=[{"email": "a@b.example", "name": "<img src=x onerror=alert(1)>"}], html=HOSTILE)
    with open_page(browser) as (page, seen):
        policies: list[str] = []
        page.on("response", lambda response: policies.append(response.headers.get("content-security-policy", "")))
        page.goto(clean.url)
        for subject in ("alert(7)", "Names"):
            row(page, subject).click()
            expect(page.get_by_role("heading", level=2).first).to_contain_text(subject)
            frame = page.frame_locator("iframe")
            expect(frame.get_by_text("text", exact=True)).to_be_visible()
            frame.locator("#js").click()
            frame.locator("#submit").click()
            for name in ("Text", "Source", "Headers", "Attachments", "Checks", "HTML"):
                page.get_by_role("tab", name=name).click()
        page.wait_for_timeout(500)
        assert not seen.leaving(clean.url)
        assert [each for each in seen.trouble if "sandbox" not in each and "Security Policy" not in each] == []
        assert "owned" not in page.title()
        assert page.url.startswith(f"{clean.url}/messages/")
        assert all(policies)
        assert not [policy for policy in policies if "unsafe" in policy]
        sandbox = page.locator("iframe").get_attribute("sandbox") or ""
        assert sandbox
        assert not re.search("allow-(scripts|same-origin|forms|top)", sandbox)
        # A link leads elsewhere only in a new tab, and only when clicked.
        with page.expect_popup() as popup:
            frame.locator("#top").click()
        assert popup.value.evaluate("window.opener") is None
        assert page.url.startswith(clean.url)


def test_delete_mark_and_clear(browser: Browser, clean: Serving) -> None:
    for number in range(3):
        clean.send(subject=f"Number {number}")
    with open_page(browser) as (page, seen):
        page.goto(clean.url)
        for number in range(3):
            expect(row(page, f"Number {number}")).to_have_css("font-weight", "650")
        row(page, "Number 1").click()
        expect(row(page, "Number 1")).to_have_css("font-weight", "400")
        page.get_by_role("button", name="Mark as unread").click()
        expect(row(page, "Number 1")).to_have_css("font-weight", "650")
        page.get_by_role("button", name="Mark as read").click()
        expect(page.get_by_text("3 messages, 2 unread")).to_be_visible()
        page.get_by_role("button", name="Delete").click()
        expect(row(page, "Number 1")).to_have_count(0)
        expect(page.get_by_text("2 messages, 2 unread")).to_be_visible()
        assert clean.messages() == 2
        page.get_by_role("button", name="Mark all as read").click()
        expect(page.get_by_text("2 messages", exact=True)).to_be_visible()
        page.get_by_role("button", name="Clear").click()
        asked = page.get_by_role("dialog", name="Delete all messages?")
        assert_accessible(page, "the question")
        asked.get_by_role("button", name="Cancel").click()
        assert clean.messages() == 2
        page.get_by_role("button", name="Clear").click()
        page.get_by_role("button", name="Clear").click()  # the only one of that name, as long as the question stands
        expect(page.get_by_text("No messages yet.")).to_be_visible()
        assert clean.messages() == 0
        assert not seen.trouble


def test_everything_works_by_keyboard(browser: Browser, clean: Serving) -> None:
    for number in range(3):
        clean.send(subject=f"Number {number}")
    with open_page(browser) as (page, seen):
        page.goto(clean.url)
        expect(row(page, "Number 2")).to_be_visible()
        press = page.keyboard.press
        press("j")
        expect(row(page, "Number 2")).to_be_focused()
        press("j")
        press("j")
        press("k")
        expect(row(page, "Number 1")).to_be_focused()
        press("Enter")
        heading = page.locator("#subject")
        expect(heading).to_have_text("Number 1")
        expect(page.get_by_role("button", name="Mark as unread")).to_be_visible()
        press("u")
        expect(page.get_by_role("button", name="Mark as read")).to_be_visible()
        press("j")
        expect(heading).to_have_text("Number 0")
        press("#")
        expect(row(page, "Number 0")).to_have_count(0)
        press("Delete")
        expect(rows(page)).to_have_count(1)
        press("/")
        expect(page.get_by_role("searchbox", name="Search")).to_be_focused()
        page.keyboard.type("j#")  # letters in a field are letters
        expect(page.get_by_text("No matching messages.")).to_be_visible()
        press("Escape")
        press("?")
        expect(page.get_by_role("dialog", name="Keyboard and search")).to_be_visible()
        assert_accessible(page, "the help")
        press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert not seen.trouble


def test_search_accepts_the_filters_of_the_commands(browser: Browser, clean: Serving) -> None:
    clean.send(subject="Your order 4711")
    clean.send("/send/api/send", subject="Receipt", to=[{"email": "grace@example.com"}])
    clean.send("/sandbox/api/send/7", subject="Elsewhere", **{"from": {"email": "boss@other.example"}})
    with open_page(browser) as (page, seen):
        page.goto(clean.url)
        expect(rows(page)).to_have_count(3)
        search = page.get_by_role("searchbox", name="Search")
        for text, subjects in (
            ("order", ["Your order"]),
            ("grace@example.com", ["Receipt"]),
            ("from:other.example", ["Elsewhere"]),
            ('subject:"your order" to:ada', ["Your order"]),
            ("stream:transactional since:10m", ["Receipt"]),
            ("nothing like that", []),
        ):
            search.fill(text)
            expect(rows(page)).to_have_count(len(subjects))
            for subject in subjects:
                expect(row(page, subject)).to_be_visible()
        search.fill("since:soon")
        expect(page.get_by_role("alert")).to_contain_text("soon")
        search.fill("")
        expect(rows(page)).to_have_count(3)
        page.get_by_label("Sandbox").select_option("7")
        expect(rows(page)).to_have_count(1)
        page.get_by_label("Sandbox").select_option("")
        page.get_by_label("Stream").select_option("transactional")
        expect(row(page, "Receipt")).to_be_visible()
        expect(rows(page)).to_have_count(1)
        row(page, "Receipt").click()
        expect(page.get_by_role("button", name="Mark as unread")).to_be_visible()
        page.get_by_label("Unread").check()
        expect(page.get_by_text("No matching messages.")).to_be_visible()
        page.get_by_label("Stream").select_option("")
        expect(rows(page)).to_have_count(2)
        row(page, "Your order").click()  # what is read stays in the list of the unread while it is open
        expect(page.get_by_role("button", name="Mark as unread")).to_be_visible()
        clean.send(subject="And another")
        expect(rows(page)).to_have_count(3)
        page.goto(f"{clean.url}/?unread=1")
        expect(rows(page)).to_have_count(2)
        page.reload()  # the address keeps the filters
        expect(rows(page)).to_have_count(2)
        assert not seen.trouble


def test_scrolling_the_list_loads_older_messages(browser: Browser, clean: Serving) -> None:
    base = {"from": {"email": "shop@acme.example"}, "subject": "One of many", "text": "x"}
    requests = [{"to": [{"email": f"n{number}@example.com"}]} for number in range(160)]
    assert clean.ask("POST", "/sandbox/api/batch/1", {"base": base, "requests": requests}).status == 200
    with open_page(browser) as (page, seen):
        page.goto(clean.url)
        expect(page.get_by_text("160 messages")).to_be_visible()
        assert rows(page).count() <= 100
        while (shown := rows(page).count()) < 160:
            rows(page).last.scroll_into_view_if_needed()
            expect(rows(page).nth(shown)).to_be_attached()
        expect(row(page, "n0@example.com")).to_have_count(1)
        expect(rows(page)).to_have_count(160)
        clean.send(subject="The newest")
        expect(rows(page)).to_have_count(161)
        assert not seen.trouble


@pytest.mark.parametrize(("width", "dark"), [(400, True), (1280, False)])
def test_every_page_is_reachable_readable_and_accessible(
    browser: Browser, clean: Serving, full: Serving, width: int, dark: bool
) -> None:
    full.send("/send/api/send", to=[{"email": f"bounce+{width}@example.com"}], category="orders", subject=LONG)
    full.send(subject=LONG, html=STYLED, headers={"X-Long": LONG}, text=LONG)
    with open_page(browser, width, dark=dark) as (page, seen):
        page.goto(full.url)
        expect(rows(page)).to_have_count(2)
        assert_fits(page, "the list")
        assert_accessible(page, "the list")
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", background))) < 384) == dark
        rows(page).first.click()
        for name in ("HTML", "Text", "Source", "Headers", "Checks"):
            page.get_by_role("tab", name=name).click()
            expect(page.get_by_role("tabpanel")).not_to_contain_text("Loading")
            assert_fits(page, name)
        assert_accessible(page, "a message")
        for name, content in (
            ("Templates", "Welcome"),
            ("Logs", f"bounce+{width}@example.com"),
            ("Stats", "Bounced"),
            ("Suppressions", f"bounce+{width}@example.com"),
            ("Webhooks", "Connection refused"),
        ):
            page.get_by_role("link", name=name, exact=True).click()
            expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
            expect(page.get_by_role("main")).to_contain_text(content)
            assert_fits(page, name)
            assert_accessible(page, name)
        page.get_by_role("link", name="Logs", exact=True).click()
        expect(page.get_by_text("1 entry")).to_be_visible()
        full.send("/bulk/api/send", subject="One more")
        expect(page.get_by_text("2 entries")).to_be_visible()
        page.get_by_role("link", name="ada@example.com").click()
        expect(page.get_by_role("heading", name="Events")).to_be_visible()
        assert_accessible(page, "an entry of the log")
        page.get_by_role("link", name="Open the message").click()
        expect(page.get_by_role("heading", name="One more")).to_be_visible()
        assert not seen.leaving(full.url)
        assert not seen.trouble
