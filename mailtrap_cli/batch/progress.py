"""The progress of a run: a bar on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from ..units import format_duration
from .journal_file import Counts

EVERY = 5.0  # seconds between two lines
REFRESH = 0.1  # seconds between two updates of the bar
RECENT = 30.0  # seconds over which the rate is measured, so that a pause does not distort it


@dataclass(frozen=True)
class State:
    """The progress of a run: rows settled of `total`, failed and unknown ones, rows per second, seconds left.

    `left` is None until it can be estimated.
    """

    done: int
    total: int
    failed: int
    unknown: int
    rate: float
    left: float | None

    @property
    def trouble(self) -> str:
        """Failed and unknown rows in words, or ""."""
        failed = [f"{self.failed:,} failed"] if self.failed else []
        unknown = [f"{self.unknown:,} unknown"] if self.unknown else []
        return ", ".join(failed + unknown)

    @property
    def line(self) -> str:
        """The progress in words."""
        rate = f"{self.rate:,.0f}/s" if self.rate >= 10 else f"{self.rate:.1f}/s"
        left = f"{format_duration(self.left)} left" if self.left is not None and self.left >= 1 else ""
        return ", ".join(filter(None, [f"{self.done:,} of {self.total:,} rows", rate, self.trouble, left]))


class Meter:
    """Turns counts into what `show` prints, at most every `every` seconds.

    `least` returns the least seconds that N rows take: before limits slow a run down, its rate promises too much.
    """

    def __init__(
        self,
        total: int,
        show: Callable[[State], None],
        every: float,
        clock: Callable[[], float] = time.monotonic,
        *,
        least: Callable[[int], float] = lambda rows: 0.0,
    ) -> None:
        self._total = total
        self._show = show
        self._every = every
        self._clock = clock
        self._least = least
        self._next = float("-inf")
        self._seen: deque[tuple[float, int]] = deque()

    def update(self, counts: Counts) -> None:
        """So many rows of the run are settled."""
        now = self._clock()
        if not self._seen:
            self._next = now + self._every
        elif now < self._next:
            return
        done = counts.sent + counts.failed + counts.unknown
        self._seen.append((now, done))
        while now - self._seen[0][0] > RECENT and len(self._seen) > 2:
            self._seen.popleft()
        since, before = self._seen[0]
        if now == since:
            return
        self._next = now + self._every
        rate = (done - before) / (now - since)
        rows = self._total - done
        left = max(self._least(rows), rows / rate if rate > 0 else 0.0) or None
        self._show(State(done, self._total, counts.failed, counts.unknown, rate, left))
