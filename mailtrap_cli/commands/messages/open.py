"""`mailtrap messages open`: show the HTML in a browser, from a private file, loading nothing from elsewhere."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ...cli.examples import join_examples
from ...cli.facts import with_facts
from ...cli.filters import MessageChoice
from ...cli.options import expand_options
from ...output import Column
from ...sandbox.mailbox import Mail

if TYPE_CHECKING:
    from ...cli.context import World

app = typer.Typer()

PREFIX = "mailtrap-open-"
KEPT = 3600  # seconds: the browser reads the file after this program has exited

# Load nothing but the file itself: no images, fonts, styles, scripts or frames from elsewhere. A sandboxed
# frame runs no script, submits no form and follows no refresh (HTML Living Standard, 7.1.5 and 4.2.5.3); clicked
# links open in a separate tab.
PAGE = """<!doctype html>
<html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; \
font-src data:; form-action 'none'; base-uri 'none'">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>html, body, iframe {{ margin: 0; border: 0; width: 100%; height: 100%; }}</style></head>
<body><iframe sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="{content}"></iframe></body></html>
"""
HEAD = '<base target="_blank"><meta http-equiv="x-dns-prefetch-control" content="off">'


@app.command(
    "open",
    epilog=join_examples(
        "mailtrap messages open latest -p local", "mailtrap messages open latest --to ada@example.com"
    ),
)
@with_facts("GET /api/sandboxes/{sandbox_id}/messages/{message_id}/body.html")
@expand_options
def open_(ctx: typer.Context, message: MessageChoice) -> None:
    """Open a message in the browser ($BROWSER), without loading anything from elsewhere.

    Writes a file that only you can read to the temporary folder, and prints its path. The next run of this command
    removes files older than an hour. Without a browser, open the file yourself.

    JSON: id, file.
    """
    world: World = ctx.obj
    with message.open_mail(world) as mail:
        page = render_page(mail)
    path = _write_page(page)
    columns = (Column("ID", "id"), Column("File", "file"))
    world.out.record({"id": mail.id, "file": str(path)}, columns, essential="file")
    world.stdout.flush()
    from ...cli.browser import open_in_browser

    problem = open_in_browser(path.as_uri(), str(path))
    if problem:
        world.notice(problem)


def render_page(mail: Mail) -> str:
    """Render the page that shows the message: its HTML, or its text."""
    from html import escape

    from ...sandbox.html import sanitize_html
    from ...sandbox.inline_images import InlineImages

    content = sanitize_html(mail.html, InlineImages(lambda: mail.attachments, mail.content).embed) if mail.html else ""
    content = content or f"<pre>{escape(mail.text or '(no text)')}</pre>"
    return PAGE.format(title=escape(mail.subject), content=escape(HEAD + content))


def _write_page(page: str) -> Path:
    """Write the page to a new folder that only its owner can open; remove old ones."""
    import tempfile
    from shutil import rmtree

    for old in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            status = old.lstat()
            mine = not hasattr(os, "getuid") or status.st_uid == os.getuid()
            if mine and old.is_dir() and not old.is_symlink() and time.time() - status.st_mtime > KEPT:
                rmtree(old, ignore_errors=True)
        except OSError:
            continue  # another run has just removed it
    path = Path(tempfile.mkdtemp(prefix=PREFIX)) / "message.html"
    path.write_text(page, encoding="utf-8", errors="replace")
    return path
