"""Options that select messages of a sandbox, for all commands that work on messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..records import record
from ..sandbox.mailbox import LATEST, STREAMS, Filters, Mail
from .value_types import OneOf

if TYPE_CHECKING:
    from .context import World

PANEL = "Which messages"


def _check_message_id(value: str) -> str:
    if value != LATEST and not (value.isascii() and value.isdecimal() and 0 < int(value) < 2**63):
        raise typer.BadParameter(f"{value!r} is neither a message ID nor {LATEST}.")
    return value


def _check_since(value: str | None) -> str | None:
    from datetime import UTC, datetime, timedelta

    from ..errors import InputError
    from ..units import parse_duration

    if value is not None:
        try:
            datetime.now(UTC) - timedelta(seconds=parse_duration(value, "--since"))
        except OverflowError:
            raise InputError(f"--since: {value!r} is too long ago") from None
    return value


MessageId = Annotated[
    str, typer.Argument(metavar="ID|latest", help="Message ID, or latest.", callback=_check_message_id)
]

SandboxId = Annotated[
    int | None,
    typer.Option("--sandbox-id", min=1, metavar="ID", help="Sandbox (default: the profile's).", rich_help_panel=PANEL),
]


def _refuse_empty(value: str | None) -> str | None:
    """A variable of a shell that is not set would make every message match."""
    if value == "":
        raise typer.BadParameter("The text is empty. Leave the option out to match every message.")
    return value


def _filter(flag: str, metavar: str, help_: str) -> Any:
    return typer.Option(flag, metavar=metavar, help=help_, callback=_refuse_empty, rich_help_panel=PANEL)


@record
class MessageFilters(Filters):
    """The filters of a sandbox as options, for any command that works on messages."""

    search: Annotated[
        str | None, _filter("--search", "TEXT", "Text in the subject or the recipient; the API searches.")
    ] = None
    to: Annotated[str | None, _filter("--to", "ADDRESS", "Recipient: an address, or part of an address or name.")] = (
        None
    )
    sender: Annotated[str | None, _filter("--from", "ADDRESS", "Sender, like --to.")] = None
    subject: Annotated[str | None, _filter("--subject", "TEXT", "Text in the subject.")] = None
    unread: Annotated[bool, typer.Option("--unread", help="Only unread messages.", rich_help_panel=PANEL)] = False
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="DURATION",
            help="At most this old, such as 5m or 1h30m.",
            callback=_check_since,
            rich_help_panel=PANEL,
        ),
    ] = None
    stream: Annotated[
        str | None,
        typer.Option(
            "--stream",
            click_type=OneOf(*STREAMS),
            help="Stream it was sent to; the local sandbox captures live streams too.",
            rich_help_panel=PANEL,
        ),
    ] = None


@record
class MessageChoice:
    """One message: given by ID, or the latest that matches the filters."""

    message_id: MessageId
    filters: MessageFilters
    sandbox_id: SandboxId = None

    @contextmanager
    def open_mail(self, world: World) -> Iterator[Mail]:
        """Open the sandbox and find the message. Raises ApiError (404) if no message matches."""
        with world.mailbox(self.sandbox_id) as box:
            yield box.one(self.message_id, self.filters)
