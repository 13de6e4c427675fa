"""`mailtrap messages show`: show one message in readable form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer

from ...cli.examples import join_examples
from ...cli.facts import with_facts
from ...cli.filters import MessageChoice
from ...cli.options import expand_options
from ...sandbox.mailbox import Mail
from ...text import clean
from .columns import COLUMNS

if TYPE_CHECKING:
    from ...cli.context import World

app = typer.Typer()

ENCODING = ("mime-version", "content-type", "content-transfer-encoding")  # headers of no interest to people


@app.command(
    epilog=join_examples(
        "mailtrap messages show latest -p local", "mailtrap messages show latest --to ada@example.com --subject Welcome"
    )
)
@with_facts(
    "GET /api/sandboxes/{sandbox_id}/messages/{message_id}",
    "GET /api/sandboxes/{sandbox_id}/messages/{message_id}/mail_headers",
    "GET /api/sandboxes/{sandbox_id}/messages/{message_id}/body.txt",
    "GET /api/sandboxes/{sandbox_id}/messages/{message_id}/body.html",
    "GET /api/sandboxes/{sandbox_id}/messages/{message_id}/attachments",
)
@expand_options
def show(ctx: typer.Context, message: MessageChoice) -> None:
    """Show a message in readable form: headers, text, attachments.

    JSON: the API's message object with headers, text and html added (null if the message has none).
    """
    world: World = ctx.obj
    with message.open_mail(world) as mail:
        print_message(world, mail)


def print_message(world: World, mail: Mail) -> None:
    """Print one message in the requested format, as `messages show` does."""
    world.out.text(
        mail.document, lambda: readable(mail), essential="id", row=mail.row, columns=COLUMNS, paint=paint_headers
    )


def readable(mail: Mail) -> str:
    """Format the headers (except encoding), the text (or that of the HTML), and one line per attachment."""

    lines = [f"{name}: {clean(value)}" for name, value in mail.headers.items() if name.lower() not in ENCODING]
    body = mail.text or mail.html_text or "(no text)"
    lines += ["", body.rstrip("\r\n")]
    if mail.attachments:
        lines.append("")
    lines += [
        clean(f"[{found.get('filename')}, {_media_type(found)}, {found.get('attachment_human_size')}]")
        for found in mail.attachments
    ]
    return "\n".join(lines)


def paint_headers(text: str) -> str:
    """Dim the header names and make the subject bold, so that it stands out."""
    headers, blank, body = text.partition("\n\n")
    headers = re.sub(r"^([\w-]+:)", "\x1b[2m\\1\x1b[0m", headers, flags=re.MULTILINE)
    headers = re.sub(r"(?<=Subject:\x1b\[0m )(.+)", "\x1b[1m\\1\x1b[0m", headers)
    return headers + blank + body


def _media_type(attachment: Mapping[str, object]) -> str:
    """Return the content type without parameters such as a charset."""
    return str(attachment.get("content_type")).partition(";")[0]
