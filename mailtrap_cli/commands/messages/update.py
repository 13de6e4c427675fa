"""`mailtrap messages mark-read`, `mark-unread`, `forward` and `delete`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ...cli.examples import join_examples
from ...cli.facts import with_facts
from ...cli.filters import MessageChoice
from ...cli.options import Yes, expand_options
from ...output import Column
from .columns import COLUMNS

if TYPE_CHECKING:
    from ...cli.context import World

app = typer.Typer()


@app.command(
    "mark-read",
    epilog=join_examples(
        "mailtrap messages mark-read latest -p local", "mailtrap messages mark-read latest --to ada@example.com"
    ),
)
@with_facts("PATCH /api/sandboxes/{sandbox_id}/messages/{message_id}")
@expand_options
def mark_read(ctx: typer.Context, message: MessageChoice) -> None:
    """Mark a message as read.

    JSON: the API's message object.
    """
    _mark(ctx.obj, message, read=True)


@app.command(
    "mark-unread",
    epilog=join_examples(
        "mailtrap messages mark-unread latest -p local", "mailtrap messages mark-unread 7 --sandbox-id 123456"
    ),
)
@with_facts("PATCH /api/sandboxes/{sandbox_id}/messages/{message_id}")
@expand_options
def mark_unread(ctx: typer.Context, message: MessageChoice) -> None:
    """Mark a message as unread.

    JSON: the API's message object.
    """
    _mark(ctx.obj, message, read=False)


def _mark(world: World, message: MessageChoice, *, read: bool) -> None:
    from ...api.paging import object_of

    with message.open_mail(world) as mail:
        # The API takes a string here (sandbox.openapi.yml, updateSandboxEmailMessage).
        answer = mail.box.call("PATCH", mail.id, body={"message": {"is_read": "true" if read else "false"}})
    world.out.record(object_of(answer), COLUMNS)


@app.command(
    epilog=join_examples(
        "mailtrap messages forward latest ada@example.com",
        "mailtrap messages forward 7 ada@example.com --sandbox-id 123456",
    )
)
@with_facts("POST /api/sandboxes/{sandbox_id}/messages/{message_id}/forward", sends=True)
@expand_options
def forward(
    ctx: typer.Context,
    message: MessageChoice,
    email: Annotated[str, typer.Argument(metavar="ADDRESS", help="Address to forward it to.")],
) -> None:
    """Forward a message to a real address, whose owner has confirmed it in Mailtrap.

    JSON: message, the API's confirmation.
    """
    from ...api.paging import object_of
    from ...mail.addresses import parse_address

    world: World = ctx.obj
    to = parse_address(email, "ADDRESS").email
    with message.open_mail(world) as mail:
        answer = mail.box.call("POST", mail.id, "/forward", body={"email": to})
    world.out.record(object_of(answer), (Column("Message", "message"),), essential="message")


@app.command(
    epilog=join_examples(
        "mailtrap messages delete latest -p local", "mailtrap messages delete 7 --sandbox-id 123456 --yes"
    )
)
@with_facts("DELETE /api/sandboxes/{sandbox_id}/messages/{message_id}", destructive=True)
@expand_options
def delete(ctx: typer.Context, message: MessageChoice, yes: Yes = False) -> None:
    """Delete a message.

    JSON: the API's message object.
    """
    from ...api.paging import object_of

    world: World = ctx.obj
    with message.open_mail(world) as mail:
        if not world.confirm(f'Delete message {mail.id} "{mail.subject}" from sandbox {mail.box.number}?', yes=yes):
            world.notice("Nothing was done.")
            return
        answer = mail.box.call("DELETE", mail.id)
    world.out.record(object_of(answer), COLUMNS)
