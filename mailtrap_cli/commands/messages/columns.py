"""The columns of a message in every list of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...output import Column
from ...sandbox.mailbox import format_address

if TYPE_CHECKING:
    from ...sandbox.mailbox import Mailbox

COLUMNS = (
    Column("ID", "id", right=True),
    Column("From", lambda row: format_address(row.get("from_name"), row.get("from_email"))),
    Column("To", lambda row: format_address(row.get("to_name"), row.get("to_email"))),
    Column("Subject", "subject", main=True),
    Column("Sent at", "sent_at", keep=True, time=True),
    Column("Read", "is_read", spare=True),  # unread ones are bold
)
STREAM = Column("Stream", "stream", keep=True, spare=True)  # only in the local sandbox


def columns_of(box: Mailbox) -> tuple[Column, ...]:
    """Return the columns for a list from this sandbox: the local sandbox has a stream for each message."""
    return (*COLUMNS, STREAM) if box.api.settings.local else COLUMNS
