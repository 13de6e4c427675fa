"""`mailtrap messages`: what a sandbox captured."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import ApiError, ConfigError
from ..options import SandboxId
from ..output import Column, Row
from ..text import clean

if TYPE_CHECKING:
    from ..api import Client
    from ..config import Settings
    from ..context import World

app = typer.Typer()

PAGE = 30  # messages in one answer (sandbox.openapi.yml, getSandboxEmailMessage)

COLUMNS = (
    Column("ID", "id", right=True),
    Column("From", lambda row: address(row["from_name"], row["from_email"])),
    Column("To", lambda row: address(row["to_name"], row["to_email"])),
    Column("Subject", "subject"),
    Column("Sent at", "sent_at", keep=True),
    Column("Read", "is_read"),
)


@app.command("list", epilog="Example: mailtrap messages list -p local --search receipt")
def list_(
    ctx: typer.Context,
    sandbox_id: SandboxId = None,
    search: Annotated[str | None, typer.Option(help="Words of the subject or the recipient.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many, newest first.")] = 100,
) -> None:
    """List the messages of a sandbox, newest first.

    JSON: the API's message objects.
    """
    world: World = ctx.obj
    settings = world.settings(sandbox_id=sandbox_id)
    with world.api(settings) as api:
        messages = islice(all_messages(api, path_of(settings), search=search), limit)
        world.out.rows(
            messages, COLUMNS, empty="The sandbox has no such message." if search else "The sandbox is empty."
        )


@app.command(epilog="Example: mailtrap messages show -p local 1")
def show(
    ctx: typer.Context,
    message_id: Annotated[int, typer.Argument(metavar="ID", help="The message's id.", min=1)],
    sandbox_id: SandboxId = None,
) -> None:
    """Show a message as a person reads it: headers, then the text.

    JSON: the API's message object with headers, text and html added (null where the message has none).
    """
    world: World = ctx.obj
    settings = world.settings(sandbox_id=sandbox_id)
    with world.api(settings) as api:
        path = f"{path_of(settings)}/{message_id}"
        message = api.get(path).json()
        headers = api.get(f"{path}/mail_headers").json()["headers"]
        text, html = body(api, path, "body.txt"), body(api, path, "body.html")
    out = world.out
    if out.format in ("json", "jsonl"):
        out.json({**message, "headers": headers, "text": text, "html": html})
    elif out.format == "csv":
        out.record(message, COLUMNS)
    elif world.common.quiet:
        out.write(f"{message_id}\n")
    else:
        lines = [f"{name}: {clean(value)}" for name, value in headers.items()]
        out.text("\n".join([*lines, "", text if text is not None else html or "(no text)"]))


def path_of(settings: Settings) -> str:
    """The path of the messages of the sandbox in use."""
    if settings.sandbox_id is None:
        raise ConfigError(
            "No sandbox is named",
            hint="Give --sandbox-id, set MAILTRAP_SANDBOX_ID, or: mailtrap config set sandbox_id ID",
        )
    return f"/api/sandboxes/{settings.sandbox_id}/messages"


def all_messages(api: Client, path: str, *, search: str | None = None) -> Iterator[Row]:
    """Every message, newest first, a page at a time."""
    last: int | None = None
    while True:
        page: list[Row] = api.get(path, params={"search": search, "last_id": last}).json()
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1]["id"]


def body(api: Client, path: str, name: str) -> str | None:
    """One form of a message's body; None where it does not exist (the API's 409, or 404)."""
    try:
        return api.get(f"{path}/{name}").text
    except ApiError as error:
        if error.status in (404, 409):
            return None
        raise


def address(name: Any, email: Any) -> str:
    """A name and an address as a person writes them."""
    return f"{name} <{email}>" if name else str(email)
