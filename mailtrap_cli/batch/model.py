"""What the parts of a batch hand to each other: reading and composing on one side, journal and sending on the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Composed:
    """One message, ready to be put into a request.

    `row` is its position among the rows of the input, from 0: its key in the journal. `line` is where the row begins
    in the file, from 1. `recipients` counts to, cc and bcc, so that message ids can be counted off. `body` is the
    message as UTF-8 JSON, one entry of `requests`.
    """

    row: int
    line: int
    email: str
    recipients: int
    body: bytes


class Plan(Protocol):
    """An input that passed preflight. It can be read again as often as needed and gives the same every time."""

    name: str  # the file as the user named it, `-` for standard input
    total: int  # rows in the input
    count: int  # messages to be sent: valid rows, after --dedupe and --limit
    base: Mapping[str, Any]  # what all messages share
    input_digest: str  # hex SHA-256 of the input's bytes
    # Hex SHA-256 of all that makes messages of rows: templates, base, flags, attachments. --limit, --dedupe and
    # --skip-invalid are no part of it: a row is the same message with and without them, and must not go twice.
    content_digest: str

    def rows(self) -> Iterator[int]:
        """The rows that are messages, in their order. Cheap: the input is not read for it."""
        ...

    def messages(self, trace: str | None) -> Iterator[Composed]:
        """The messages in the order of their rows; `trace` is the run's id for the custom variable, None for none.

        Raises InputError, partway through, as soon as the input or an attachment is no longer what was checked.
        """
        ...

    def originals(self) -> Iterator[tuple[int, int, list[Any]]]:
        """Row, line and cells as they came, of every row, for --failed and --results.

        A cell of JSON may be any JSON value, `MISSING` where the row has none. A bad row of CSV may have more or
        fewer cells than `header`.
        """
        ...

    def skipped(self) -> Iterator[tuple[int, int, str]]:
        """Yield row, line and reason of each row that is not sent: invalid, repeated, or beyond the limit."""
        ...

    header: list[str]  # the column names as they came


TRACE_VARIABLE = "mailtrap_run"  # the custom variable by which a message is found again; its value is `trace_of`
LONGEST_TRACE = 64  # characters of that value, for which room is kept among the custom variables


def trace_of(trace: str, row: int) -> str:
    """The value of the custom variable of this row in the run `trace`."""
    return f"{trace}-{row}"
