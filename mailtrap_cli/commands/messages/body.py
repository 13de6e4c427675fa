"""`mailtrap messages text`, `html`, `html-source`, `raw`, `eml` and `headers`: the parts of one message."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...cli.examples import join_examples
from ...cli.facts import with_facts
from ...cli.filters import MessageChoice
from ...cli.options import Force, expand_options
from ...cli.value_types import FILE
from ...errors import ApiError, InputError
from ...output import Column

if TYPE_CHECKING:
    from ...cli.context import World

app = typer.Typer()

HEADERS = (Column("Name", "name", keep=True), Column("Value", "value"))


@app.command(
    epilog=join_examples(
        "mailtrap messages text latest -p local", "mailtrap messages text latest --to ada@example.com > message.txt"
    )
)
@with_facts("GET /api/sandboxes/{sandbox_id}/messages/{message_id}/body.txt")
@expand_options
def text(ctx: typer.Context, message: MessageChoice) -> None:
    """Print the text body.

    JSON: id, text.
    """
    _body(ctx.obj, message, "text", "/body.txt")


@app.command(
    epilog=join_examples(
        "mailtrap messages html latest -p local", "mailtrap messages html latest --to ada@example.com > message.html"
    )
)
@with_facts("GET /api/sandboxes/{sandbox_id}/messages/{message_id}/body.html")
@expand_options
def html(ctx: typer.Context, message: MessageChoice) -> None:
    """Print the HTML body, as the API formats it.

    JSON: id, html.
    """
    _body(ctx.obj, message, "html", "/body.html")


@app.command(
    "html-source",
    epilog=join_examples(
        "mailtrap messages html-source latest -p local", "mailtrap messages html-source latest > message.html"
    ),
)
@with_facts("GET /api/sandboxes/{sandbox_id}/messages/{message_id}/body.htmlsource")
@expand_options
def html_source(ctx: typer.Context, message: MessageChoice) -> None:
    """Print the HTML body as it was sent.

    JSON: id, html_source.
    """
    _body(ctx.obj, message, "html_source", "/body.htmlsource")


@app.command(
    epilog=join_examples("mailtrap messages raw latest -p local", "mailtrap messages raw latest --to ada@example.com")
)
@with_facts("GET /api/sandboxes/{sandbox_id}/messages/{message_id}/body.raw")
@expand_options
def raw(ctx: typer.Context, message: MessageChoice) -> None:
    """Print the raw message as text, including its headers.

    JSON: id, raw.
    """
    _body(ctx.obj, message, "raw", "/body.raw")


def _body(world: World, message: MessageChoice, name: str, part: str) -> None:
    with message.open_mail(world) as mail:
        try:
            found = mail.box.get(mail.id, part).text
        except ApiError as error:
            if error.status == 409:  # the API's answer if the body does not exist
                error.message = f"Message {mail.id} has no {name.replace('html', 'HTML').replace('_', ' ')}"
                error.hint = f"What it has: mailtrap messages show {mail.id}"
            raise
    world.out.text({"id": mail.id, name: found}, found)


@app.command(
    epilog=join_examples(
        "mailtrap messages eml latest -p local --save message.eml", "mailtrap messages eml latest > message.eml"
    )
)
@with_facts("GET /api/sandboxes/{sandbox_id}/messages/{message_id}/body.eml")
@expand_options
def eml(
    ctx: typer.Context,
    message: MessageChoice,
    save: Annotated[str | None, typer.Option("--save", click_type=FILE, help="Write it to FILE.")] = None,
    force: Force = False,
) -> None:
    """Print the message as an .eml file, byte for byte, or save it.

    JSON: id, file with --save; otherwise id, eml.
    """
    world: World = ctx.obj
    if save is not None and not force and Path(save).exists():
        raise _exists(Path(save))
    with message.open_mail(world) as mail:
        answer = mail.box.get(mail.id, "/body.eml")
    if save is None:
        world.out.data(lambda: {"id": mail.id, "eml": answer.text}, answer.body)
        return
    from ...files import write_new_file

    try:
        write_new_file(answer.body, Path(save), force=force)
    except FileExistsError:
        raise _exists(Path(save)) from None
    world.out.record({"id": mail.id, "file": save}, (Column("ID", "id"), Column("File", "file")), essential="file")


def _exists(path: Path) -> InputError:
    return InputError(f"--save: {path} exists", hint="Use --force to replace it.")


@app.command(
    epilog=join_examples("mailtrap messages headers latest -p local", "mailtrap messages headers latest -o json")
)
@with_facts("GET /api/sandboxes/{sandbox_id}/messages/{message_id}/mail_headers")
@expand_options
def headers(ctx: typer.Context, message: MessageChoice) -> None:
    """List the headers.

    JSON: an object of names and values.
    """
    world: World = ctx.obj
    with message.open_mail(world) as mail:
        found = mail.headers
    rows = [{"name": name, "value": value} for name, value in found.items()]
    world.out.record(found, HEADERS, parts=rows, essential="value")
