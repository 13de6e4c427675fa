"""`mailtrap messages`: what a sandbox captured, looked at, marked, forwarded, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...cli.filters import MessageFilters, MessageId, SandboxId
from ...cli.options import Force, Yes, expand_options
from ...errors import InputError
from ...output import Column
from ...sandbox.mailbox import Filters, Mail, format_address
from ...text import clean

if TYPE_CHECKING:
    from ...cli.context import World

app = typer.Typer()

COLUMNS = (
    Column("ID", "id", right=True),
    Column("From", lambda row: format_address(row.get("from_name"), row.get("from_email"))),
    Column("To", lambda row: format_address(row.get("to_name"), row.get("to_email"))),
    Column("Subject", "subject"),
    Column("Sent at", "sent_at", keep=True, time=True),
    Column("Read", "is_read"),
)
ENCODING = ("mime-version", "content-type", "content-transfer-encoding")  # headers that say nothing to a person
HEADERS = (Column("Name", "name", keep=True), Column("Value", "value"))
SPAM = (
    Column("Score", "Score"),
    Column("Threshold", "Threshold"),
    Column("Spam", "Spam"),
    Column("Says", "ResponseMessage"),
    Column("Rules", lambda row: [f"{rule['RuleName']} {rule['Pts']}" for rule in row.get("Details") or () if rule]),
)
PROBLEMS = (
    Column("Line", "error_line", right=True),
    Column("Rule", "rule_name"),
    Column("Desktop", "email_clients.desktop"),
    Column("Mobile", "email_clients.mobile"),
    Column("Web", "email_clients.web"),
)


@app.command("list", epilog="Example: mailtrap messages list -p local --to ada@example.com --since 10m")
@expand_options
def list_(
    ctx: typer.Context,
    filters: MessageFilters,
    sandbox_id: SandboxId = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many, newest first.")] = 100,
) -> None:
    """List the messages of a sandbox, newest first.

    JSON: the API's message objects.
    """
    from ...cli.rest import limited

    world: World = ctx.obj
    with world.mailbox(sandbox_id) as box:
        empty = f"The sandbox has no {filters.noun}." if filters else "The sandbox is empty."
        world.out.rows(limited(world, box.find(filters), limit), COLUMNS, empty=empty)


@app.command(epilog="Example: mailtrap messages show latest -p local --to ada@example.com")
@expand_options
def show(ctx: typer.Context, message_id: MessageId, filters: MessageFilters, sandbox_id: SandboxId = None) -> None:
    """Show a message as a person reads it: headers, text, attachments.

    JSON: the API's message object with headers, text and html added (null where the message has none).
    """
    world: World = ctx.obj
    with world.mailbox(sandbox_id) as box:
        print_message(world, box.one(message_id, filters))


def print_message(world: World, mail: Mail) -> None:
    """One message in the format asked for, as `messages show` has it."""
    out = world.out
    if world.common.as_json:
        out.json(mail.document())
    elif world.common.quiet:
        out.write(f"{mail.id}\n")
    elif out.format == "csv":
        out.record(mail.row, COLUMNS)
    else:
        out.text(readable(mail))


def readable(mail: Mail) -> str:
    """The headers, but for those of the encoding; the text (or the HTML's); a line an attachment."""
    from ...sandbox.html import text_of

    lines = [f"{name}: {clean(value)}" for name, value in mail.headers.items() if name.lower() not in ENCODING]
    body = mail.text or (text_of(mail.html) if mail.html else "") or "(no text)"
    lines += ["", body.rstrip("\r\n")]
    if mail.attachments:
        lines.append("")
    lines += [
        clean(f"[{found.get('filename')}, {found.get('content_type')}, {found.get('attachment_human_size')}]")
        for found in mail.attachments
    ]
    return "\n".join(lines)


@app.command(epilog="Example: mailtrap messages text latest -p local")
@expand_options
def text(ctx: typer.Context, message_id: MessageId, filters: MessageFilters, sandbox_id: SandboxId = None) -> None:
    """Print the text body.

    JSON: id, text.
    """
    _body(ctx.obj, message_id, filters, sandbox_id, "text", "/body.txt")


@app.command(epilog="Example: mailtrap messages html latest -p local")
@expand_options
def html(ctx: typer.Context, message_id: MessageId, filters: MessageFilters, sandbox_id: SandboxId = None) -> None:
    """Print the HTML body, as the API formats it.

    JSON: id, html.
    """
    _body(ctx.obj, message_id, filters, sandbox_id, "html", "/body.html")


@app.command("html-source", epilog="Example: mailtrap messages html-source latest -p local")
@expand_options
def html_source(
    ctx: typer.Context, message_id: MessageId, filters: MessageFilters, sandbox_id: SandboxId = None
) -> None:
    """Print the HTML body as it was sent.

    JSON: id, html_source.
    """
    _body(ctx.obj, message_id, filters, sandbox_id, "html_source", "/body.htmlsource")


@app.command(epilog="Example: mailtrap messages raw latest -p local")
@expand_options
def raw(ctx: typer.Context, message_id: MessageId, filters: MessageFilters, sandbox_id: SandboxId = None) -> None:
    """Print the whole message as text, headers and all.

    JSON: id, raw.
    """
    _body(ctx.obj, message_id, filters, sandbox_id, "raw", "/body.raw")


def _body(world: World, message_id: str, filters: Filters, sandbox_id: int | None, name: str, part: str) -> None:
    from ...errors import ApiError

    with world.mailbox(sandbox_id) as box:
        mail = box.one(message_id, filters)
        try:
            found = box.get(mail.id, part).text
        except ApiError as error:
            if error.status == 409:  # the API's answer for a body that does not exist
                error.message = f"Message {mail.id} has no {name.replace('html', 'HTML').replace('_', ' ')}"
                error.hint = f"What it has: mailtrap messages show {mail.id}"
            raise
    if world.common.as_json:
        world.out.json({"id": mail.id, name: found})
    else:
        world.out.text(found)


@app.command(epilog="Example: mailtrap messages eml latest -p local --save message.eml")
@expand_options
def eml(
    ctx: typer.Context,
    message_id: MessageId,
    filters: MessageFilters,
    sandbox_id: SandboxId = None,
    save: Annotated[str | None, typer.Option("--save", metavar="FILE", help="Write it to FILE.")] = None,
    force: Force = False,
) -> None:
    """Print the message as an .eml file, byte by byte, or save it.

    JSON: id, file with --save; else id, eml.
    """
    world: World = ctx.obj
    if save is not None and not force and Path(save).exists():
        raise _exists(Path(save))
    with world.mailbox(sandbox_id) as box:
        mail = box.one(message_id, filters)
        answer = box.get(mail.id, "/body.eml")
    if save is None:
        if world.common.as_json:
            world.out.json({"id": mail.id, "eml": answer.text})
        else:
            world.out.data(answer.body)
        return
    from ...files import write

    try:
        write(answer.body, Path(save), force=force)
    except FileExistsError:
        raise _exists(Path(save)) from None
    world.out.record({"id": mail.id, "file": save}, (Column("ID", "id"), Column("File", "file")), essential="file")


def _exists(path: Path) -> InputError:
    return InputError(f"--save: {path} exists", hint="Give --force to replace it.")


@app.command(epilog="Example: mailtrap messages headers latest -p local")
@expand_options
def headers(ctx: typer.Context, message_id: MessageId, filters: MessageFilters, sandbox_id: SandboxId = None) -> None:
    """List the headers.

    JSON: an object "headers" of names and values, as the API answers.
    """
    world: World = ctx.obj
    with world.mailbox(sandbox_id) as box:
        found = box.one(message_id, filters).headers
    rows = [{"name": name, "value": value} for name, value in found.items()]
    world.out.rows(rows, HEADERS, document={"headers": found}, essential="value")


@app.command(epilog="Example: mailtrap messages spam latest --sandbox-id 123456")
@expand_options
def spam(ctx: typer.Context, message_id: MessageId, filters: MessageFilters, sandbox_id: SandboxId = None) -> None:
    """Show the report of the spam filter; -q prints the score alone."""
    world: World = ctx.obj
    with world.mailbox(sandbox_id) as box:
        found = box.one(message_id, filters).spam
    world.out.record(_report(found), SPAM, document=found, essential="Score")


@app.command("html-check", epilog="Example: mailtrap messages html-check latest --sandbox-id 123456")
@expand_options
def html_check(
    ctx: typer.Context, message_id: MessageId, filters: MessageFilters, sandbox_id: SandboxId = None
) -> None:
    """List what email clients do not support in the HTML, by line.

    JSON: an object "report" with its "errors", as the API answers.
    """
    world: World = ctx.obj
    with world.mailbox(sandbox_id) as box:
        found = box.one(message_id, filters).analysis
    report = _report(found)
    if report.get("not_checked"):
        world.notice(f"Not checked: {report['not_checked']}")
    rows = [error for error in report.get("errors") or () if error]
    world.out.rows(rows, PROBLEMS, document=found, essential="rule_name", empty="No problems found.")


def _report(answer: Mapping[str, Any]) -> dict[str, Any]:
    found = answer.get("report")
    return found if isinstance(found, dict) else {}


@app.command("mark-read", epilog="Example: mailtrap messages mark-read latest -p local")
@expand_options
def mark_read(ctx: typer.Context, message_id: MessageId, filters: MessageFilters, sandbox_id: SandboxId = None) -> None:
    """Mark a message as read.

    JSON: the API's message object.
    """
    _mark(ctx.obj, message_id, filters, sandbox_id, read=True)


@app.command("mark-unread", epilog="Example: mailtrap messages mark-unread 7 -p local")
@expand_options
def mark_unread(
    ctx: typer.Context, message_id: MessageId, filters: MessageFilters, sandbox_id: SandboxId = None
) -> None:
    """Mark a message as not yet read.

    JSON: the API's message object.
    """
    _mark(ctx.obj, message_id, filters, sandbox_id, read=False)


def _mark(world: World, message_id: str, filters: Filters, sandbox_id: int | None, *, read: bool) -> None:
    from ...api.paging import object_of

    with world.mailbox(sandbox_id) as box:
        mail = box.one(message_id, filters)
        # The API takes a string here (sandbox.openapi.yml, updateSandboxEmailMessage).
        answer = box.call("PATCH", mail.id, body={"message": {"is_read": "true" if read else "false"}})
    world.out.record(object_of(answer), COLUMNS)


@app.command(epilog="Example: mailtrap messages forward latest ada@example.com --sandbox-id 123456")
@expand_options
def forward(
    ctx: typer.Context,
    message_id: MessageId,
    email: Annotated[str, typer.Argument(metavar="ADDRESS", help="Whom to forward it to.")],
    filters: MessageFilters,
    sandbox_id: SandboxId = None,
) -> None:
    """Forward a message to a real address, whose owner has confirmed it in Mailtrap.

    JSON: message, as the API answers.
    """
    from ...api.paging import object_of
    from ...mail.addresses import parse_address

    world: World = ctx.obj
    to = parse_address(email, "ADDRESS").email
    with world.mailbox(sandbox_id) as box:
        mail = box.one(message_id, filters)
        answer = box.call("POST", mail.id, "/forward", body={"email": to})
    world.out.record(object_of(answer), (Column("Message", "message"),), essential="message")


@app.command(epilog="Example: mailtrap messages delete 7 -p local --yes")
@expand_options
def delete(
    ctx: typer.Context, message_id: MessageId, filters: MessageFilters, sandbox_id: SandboxId = None, yes: Yes = False
) -> None:
    """Delete a message.

    JSON: the API's message object.
    """
    from ...api.paging import object_of

    world: World = ctx.obj
    with world.mailbox(sandbox_id) as box:
        mail = box.one(message_id, filters)
        if not world.confirm(f'Delete message {mail.id} "{mail.subject}" of sandbox {box.number}?', yes=yes):
            world.notice("Nothing was done.")
            return
        answer = box.call("DELETE", mail.id)
    world.out.record(object_of(answer), COLUMNS)
