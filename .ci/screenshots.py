"""Take the pictures of the web inbox in `.github/images/`, from the program itself in a real browser.

    python .ci/screenshots.py [--check]

With --check nothing is taken: pictures that are missing or have another size, and those that the README shows but that
do not exist, are named, and the exit code is 1. (What they show is checked by the browser tests: no two browsers draw
the same bytes.)
"""

from __future__ import annotations

import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from mailtrap_cli.local.delivery import deliver
from mailtrap_cli.local.store import Store

TOP = Path(__file__).resolve().parent.parent
IMAGES = TOP / ".github" / "images"
PROGRAM = Path(sys.executable).with_name("mailtrap")
SCALE = 1
PORTS = (
    "(port) => { for (const pre of document.querySelectorAll('pre')) pre.textContent = pre.textContent"
    ".replaceAll(port, '3580').replace(/SMTP_PORT=\\d+/, 'SMTP_PORT=2525') }"
)  # the addresses of all other users


@dataclass(frozen=True)
class Shot:
    """One picture: the window's size, light or dark, and the open message or just the list."""

    name: str
    width: int
    height: int
    dark: bool = False
    subject: str = ""


SHOTS = (
    Shot("web-inbox", 1280, 720),
    Shot("web-message", 1280, 800, subject="Confirm your email address"),
    Shot("web-mobile-dark", 400, 800, dark=True, subject="Confirm your email address"),
)

ADA = {"email": "ada@example.com", "name": "Ada Lovelace"}
GRACE = {"email": "grace@example.com", "name": "Grace Hopper"}
SHOP = {"email": "no-reply@acme.example", "name": "Acme"}
CONFIRM = """<body style="margin:0;background:#eef2f0;font-family:Helvetica,Arial,sans-serif">
<table width="100%" role="presentation"><tr><td align="center" style="padding:28px 12px">
<table width="520" style="max-width:520px;width:100%;background:#fff;border-radius:12px" cellpadding="32"
 role="presentation"><tr><td><img src="cid:logo" width="120" height="28" alt="Acme" style="border-radius:6px">
<h1 style="font-size:24px;margin:20px 0 8px;color:#12241d">Confirm your email address</h1>
<p style="font-size:16px;line-height:1.6;color:#43524c">Hi Ada, use this code, or click the button.</p>
<p style="font-size:28px;letter-spacing:6px;font-weight:bold;background:#f2f6f4;border-radius:8px;padding:12px;
 text-align:center;color:#12241d;margin:16px 0">483 920</p>
<p style="text-align:center;margin:24px 0"><a href="https://acme.example/confirm?token=8f14e45fceea167a"
 style="background:#0d7a55;color:#fff;text-decoration:none;padding:13px 26px;border-radius:8px;font-weight:bold;
 display:inline-block">Confirm my address</a></p>
<img src="https://track.acme.example/open.gif" width="1" height="1" alt=""></td></tr></table></td></tr></table>"""


def draw_logo() -> str:
    """Draw a single-color PNG, as base64."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 120, 28, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\x0d\x7a\x55" * 120) * 28
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b64encode(png).decode()


def fill_store(folder: Path) -> None:
    """Store a morning's messages, oldest first."""
    store = Store(folder)
    now = time.time_ns() // 1_000_000
    bill = {"filename": "invoice-117.pdf", "type": "application/pdf", "content": b64encode(b"%PDF" * 9000).decode()}
    logo = {"filename": "logo.png", "type": "image/png", "content": draw_logo()}
    logo |= {"disposition": "inline", "content_id": "logo"}
    messages: list[tuple[float, str, int, dict[str, Any]]] = [
        (190, "bulk", 0, {"to": [GRACE], "subject": "What is new in October", "category": "newsletter"}),
        (64, "sandbox", 1, {"to": [GRACE], "subject": "Reset your password"}),
        (47, "transactional", 0, {"to": [{"email": "bounce@example.com"}], "subject": "Your order 4711 has shipped"}),
        (31, "sandbox", 1, {"to": [ADA], "subject": "Invoice 2026-117", "attachments": [bill]}),
        (12, "sandbox", 7, {"to": [GRACE], "subject": "Alan invited you to the team Engines"}),
        (5, "transactional", 0, {"to": [ADA], "subject": "Your order 4712: thank you!", "category": "orders"}),
        (
            1.2,
            "sandbox",
            1,
            {"to": [ADA], "subject": SHOTS[1].subject, "html": CONFIRM, "attachments": [logo], "category": "sign-up"},
        ),
    ]
    for minutes, stream, sandbox_id, fields in messages:
        message = {"from": SHOP, "text": "Your code is 483920.", **fields}
        if sandbox_id:
            store.insert(stream, sandbox_id, [message], now - int(minutes * 60_000))
        else:
            deliver(store, stream, [message])
    with store.database.writing() as db:  # set the times of their events too
        for number, (minutes, *_) in enumerate(messages, 1):
            db.execute("UPDATE messages SET created_at = ? WHERE id = ?", (now - int(minutes * 60_000), number))
    store.set_read(None, 1, True)
    store.set_read(None, 2, True)
    store.set_read(None, 4, True)
    store.close()


@contextmanager
def serve_store(home: Path) -> Iterator[str]:
    """Serve the messages in this home; yield the URL."""
    fill_store(home / "state")
    ready = home / "ready.json"
    process = subprocess.Popen(
        [str(PROGRAM), "local", "serve", "--port", "0", "--ready-file", str(ready), "-q"],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "MAILTRAP_STATE_DIR": str(home / "state")},
    )
    try:
        while not ready.exists():
            if process.poll() is not None:
                raise SystemExit("The server did not start")
            time.sleep(0.05)
        yield str(json.loads(ready.read_text(encoding="utf-8"))["url"])
    finally:
        process.terminate()
        process.wait()


def take_shot(browser: Browser, url: str, shot: Shot) -> None:
    """Take one picture."""
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        device_scale_factor=SCALE,
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
        locale="en-US",
        timezone_id="UTC",
    )
    page = context.new_page()
    page.goto(url)
    row = page.get_by_role("list", name="Messages").get_by_role("link").filter(has_text=SHOTS[1].subject)
    row.wait_for()
    page.get_by_text("Live", exact=True).wait_for()
    if shot.subject:
        row.click()
        page.frame_locator("iframe").get_by_role("heading").wait_for()
        page.get_by_role("button", name="Mark as unread").wait_for()
        page.mouse.move(0, 0)
    page.evaluate(PORTS, url.rpartition(":")[2])
    page.wait_for_timeout(1000)
    page.screenshot(path=IMAGES / f"{shot.name}.png")
    if shot.subject:
        page.get_by_role("button", name="Mark as unread").click()
        page.get_by_role("button", name="Mark as read").wait_for()
    context.close()


def check_pictures() -> list[str]:
    """Return what is wrong with the existing pictures."""
    found = []
    for shot in SHOTS:
        path = IMAGES / f"{shot.name}.png"
        head = path.read_bytes()[:24] if path.is_file() else b""
        if head[:8] != b"\x89PNG\r\n\x1a\n":
            found.append(f"{path.relative_to(TOP)} is missing")
        elif struct.unpack(">II", head[16:24]) != (shot.width * SCALE, shot.height * SCALE):
            found.append(f"{path.relative_to(TOP)} has another size than {shot.width} × {shot.height}")
    for name in re.findall(r"\]\((\.github/images/[^)]+)\)", (TOP / "README.md").read_text(encoding="utf-8")):
        if not (TOP / name).is_file():
            found.append(f"README.md shows {name}, which is missing")
    return found


def main(arguments: list[str]) -> int:
    """Take the pictures, or with --check name what is wrong; return the exit code."""
    if arguments != ["--check"]:
        with tempfile.TemporaryDirectory() as folder, serve_store(Path(folder)) as url, sync_playwright() as playwright:
            program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            for shot in SHOTS:
                take_shot(browser, url, shot)
                print(f"took {shot.name}")
            browser.close()
    problems = check_pictures()
    for problem in problems:
        print(f"{problem}; run: .venv/bin/python .ci/screenshots.py", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
