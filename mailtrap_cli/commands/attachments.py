"""`mailtrap attachments`: list and save the attachments of a message."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..cli.examples import join_examples
from ..cli.facts import with_facts
from ..cli.filters import MessageChoice
from ..cli.options import Folder, Force, expand_options
from ..cli.value_types import FILE, OneOf
from ..errors import ApiError, InputError
from ..output import Column
from ..sandbox.mailbox import Mail

if TYPE_CHECKING:
    from ..cli.context import World

app = typer.Typer()

COLUMNS = (
    Column("ID", "id", right=True),
    Column("Name", "filename"),
    Column("Kind", "attachment_type"),
    Column("Content type", "content_type"),
    Column("Bytes", "attachment_size", right=True),
)
SAVED = (Column("ID", "id", right=True), Column("File", "file"), Column("Bytes", "bytes", right=True))


@app.command(
    "list",
    epilog=join_examples(
        "mailtrap attachments list latest -p local", "mailtrap attachments list latest --to ada@example.com -o json"
    ),
)
@with_facts("GET /api/sandboxes/{sandbox_id}/messages/{message_id}/attachments")
@expand_options
def list_(
    ctx: typer.Context,
    message: MessageChoice,
    kind: Annotated[
        str | None, typer.Option("--type", click_type=OneOf("inline", "attachment"), help="Only these.")
    ] = None,
) -> None:
    """List the attachments of a message.

    JSON: the API's attachment objects.
    """
    world: World = ctx.obj
    with message.open_mail(world) as mail:
        found = mail.attachments
    rows = [row for row in found if kind in (None, row.get("attachment_type"))]
    world.out.rows(rows, COLUMNS, empty="The message has no attachments.")


@app.command(
    epilog=join_examples(
        "mailtrap attachments get latest '*.pdf' -p local --dir downloads",
        "mailtrap attachments get latest receipt.pdf --dir . --force",
    )
)
@with_facts(
    "GET /api/sandboxes/{sandbox_id}/messages/{message_id}/attachments",
    "GET /api/sandboxes/{sandbox_id}/messages/{message_id}/attachments/{attachment_id}",
)
@expand_options
def get(
    ctx: typer.Context,
    message: MessageChoice,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Name, ID or pattern, such as '*.pdf' (default: all).")
    ] = None,
    folder: Folder = ".",
    save: Annotated[
        str | None, typer.Option("--save", click_type=FILE, help="Save the single attachment as FILE; - is stdout.")
    ] = None,
    force: Force = False,
) -> None:
    """Save the attachments of a message to a folder, or one of them to a file.

    File names are sanitized, so that none leads out of the folder. If a file exists, the new one gets a number, unless
    --force replaces it.

    JSON: a list of id, file, bytes.
    """
    world: World = ctx.obj
    with message.open_mail(world) as mail:
        found = _choose_attachments(mail, name)
        if save is not None:
            _save_one(world, mail, found, save, force)
            return
        saved: list[dict[str, Any]] = []
        for attachment in found:
            path, size = _save_attachment(
                mail, attachment, Path(folder), force and not _is_taken(saved, attachment, folder)
            )
            saved.append({"id": attachment.get("id"), "file": str(path), "bytes": size})
    world.out.rows(saved, SAVED, essential="file", empty="The message has no attachments.")


def _choose_attachments(mail: Mail, name: str | None) -> list[dict[str, Any]]:
    from ..sandbox.extract import match_attachments

    if name is None:
        return mail.attachments
    if name.isascii() and name.isdecimal() and len(name) < 19 and (one := mail.find_attachment(name)) is not None:
        return [one]
    found = match_attachments(mail, name)
    if not found:
        names = ", ".join(str(attachment.get("filename")) for attachment in mail.attachments)
        raise ApiError(f"Message {mail.id} has no attachment {name}", status=404, hint=f"It has {names or 'none'}.")
    return found


def _is_taken(saved: list[dict[str, Any]], attachment: dict[str, Any], folder: str) -> bool:
    """Return whether this run has already written a file with that name: two attachments of one name are both kept."""
    from ..sandbox.extract import attachment_file_name

    return str(Path(folder) / attachment_file_name(attachment)) in {row["file"] for row in saved}


def _save_attachment(mail: Mail, attachment: dict[str, Any], folder: Path, force: bool) -> tuple[Path, int]:
    from ..files import save_file
    from ..sandbox.extract import attachment_file_name

    content = mail.content(attachment)
    return save_file(content, folder, attachment_file_name(attachment), force=force), len(content)


def _save_one(world: World, mail: Mail, found: list[dict[str, Any]], file: str, force: bool) -> None:
    if len(found) != 1:
        names = ", ".join(str(attachment.get("filename")) for attachment in found)
        raise InputError(
            f"--save takes one attachment, and the message has {len(found)}", hint=f"Name one of: {names}."
        )
    if file == "-":
        world.out.data(None, mail.content(found[0]))
        return
    from ..files import write_new_file

    content = mail.content(found[0])
    try:
        write_new_file(content, Path(file), force=force)
    except FileExistsError:
        raise InputError(f"--save: {file} exists", hint="Use --force to replace it.") from None
    world.out.rows([{"id": found[0].get("id"), "file": file, "bytes": len(content)}], SAVED, essential="file")
