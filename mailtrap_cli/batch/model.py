"""The data that the parts of a batch exchange: reading and composing on one side, journal and sending on the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from ..records import record


@record
class Composed:
    """One message, ready for a request.

    `row` is its position among the rows of the input, from 0: its key in the journal. `line` is where the row begins
    in the file, from 1. `recipients` counts to, cc and bcc, so that message IDs can be assigned. `body` is the
    message as UTF-8 JSON, one entry of `requests`.
    """

    row: int
    line: int
    email: str
    recipients: int
    body: bytes


class Plan(Protocol):
    """An input that passed preflight. It can be read as often as needed, with the same result every time."""

    name: str  # the file as the user named it, `-` for standard input
    total: int  # rows in the input
    count: int  # messages to be sent: valid rows, after --dedupe and --limit
    base: Mapping[str, Any]  # shared by all messages
    input_digest: str  # hex SHA-256 of the input's bytes
    # Hex SHA-256 of all that turns rows into messages: templates, base, flags, attachments. --limit, --dedupe and
    # --skip-invalid are not part of it: a row is the same message with and without them, and must not be sent twice.
    content_digest: str

    def rows(self) -> Iterator[int]:
        """Yield the rows to be sent, in order. Cheap: the input is not read."""
        ...

    def messages(self, trace: str | None) -> Iterator[Composed]:
        """Yield the messages in row order; `trace` is the run's ID for the custom variable, or None.

        Raises InputError, partway through, if the input or an attachment has changed since it was checked.
        """
        ...

    def originals(self) -> Iterator[tuple[int, int, list[Any]]]:
        """Yield row, line and original cells of every row, for --failed and --results.

        A cell of JSON may be any JSON value, or `MISSING`. A bad row of CSV may have more or
        fewer cells than `header`.
        """
        ...

    def skipped(self) -> Iterator[tuple[int, int, str]]:
        """Yield row, line and reason of each row that is not sent: invalid, repeated, or beyond the limit."""
        ...

    header: list[str]  # the column names as they came


TRACE_VARIABLE = "mailtrap_run"  # the custom variable that identifies a message; its value is `trace_of`
LONGEST_TRACE = 64  # characters reserved for that value among the custom variables


def trace_of(trace: str, row: int) -> str:
    """Return the value of this row's custom variable in the run `trace`."""
    return f"{trace}-{row}"
