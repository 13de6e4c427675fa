"""Create suppressions one by one, as the API requires, and keep track of where to resume after a failure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import ApiError, PartlyFailed
from ..units import format_count
from .checked_rows import CheckedRows

if TYPE_CHECKING:
    from ..api.client import Client, Limiter

PATH = "/api/suppressions"
RATE = (10, 60.0)  # requests in seconds (NOTES.md, Limits)
SHOWN = 10  # failed rows that are listed; all are counted
_EXISTS = re.compile(r"already|taken|exists|duplicate", re.IGNORECASE)  # undocumented wording


@dataclass
class Result:
    """The result so far. `next_row` is the first row that is not done; None at the end."""

    next_row: int | None
    rows: int
    skipped: int
    created: int = 0
    already_suppressed: int = 0
    failed: int = 0
    details: list[str] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many rows were sent and answered."""
        return self.created + self.already_suppressed + self.failed

    def as_json(self) -> dict[str, int]:
        """Return the result for programs."""
        names = ("created", "already_suppressed", "failed", "skipped", "rows")
        return {name: getattr(self, name) for name in names}


class SuppressionImport:
    """A running import. `result` is correct at any time, even after an exception."""

    def __init__(
        self,
        api: Client,
        rows: CheckedRows[dict[str, Any]],
        *,
        limiter: Limiter | None,
        show: Callable[[Result], None],
    ) -> None:
        self._api = api
        self._rows = rows
        self._limiter = limiter
        self._show = show
        self.result = Result(rows.first, rows.total - rows.first + 1, rows.invalid)

    def run(self) -> None:
        """Create the suppressions in order. Count rows that the API refuses; any other failure stops the import.

        Raises that failure, and PartlyFailed at the end if rows were refused.
        """
        result = self.result
        for row, line, entry in self._rows.entries():
            result.next_row = row
            try:
                self._api.call("POST", PATH, body=entry, limiter=self._limiter)
                result.created += 1
            except ApiError as error:
                if error.status != 422:
                    raise
                self._count_refusal(error, line)
            result.next_row = row + 1
            self._show(result)
        result.next_row = None
        if result.failed:
            more = result.failed - len(result.details)
            details = [*result.details, f"… and {more:,} more"] if more else result.details
            raise PartlyFailed(f"{format_count(result.failed, 'row')} refused", details=details)

    def _count_refusal(self, error: ApiError, line: int) -> None:
        sentences = error.details or [error.message]
        if all(_EXISTS.search(sentence) for sentence in sentences):
            self.result.already_suppressed += 1
            return
        self.result.failed += 1
        if len(self.result.details) < SHOWN:
            self.result.details.append(f"{self._rows.name}:{line}: {'; '.join(sentences)}")
