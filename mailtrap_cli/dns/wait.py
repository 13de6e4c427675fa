"""Repeat the check of domains until they pass."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from ..errors import ApiError, ExitCode, TransportError
from .report import Report

FIRST_PAUSE, GROWTH, LONGEST_PAUSE = 2.0, 1.5, 60.0  # seconds between two checks


class Look(Protocol):
    """One check of the API and of DNS."""

    def __call__(self, *, retry: bool = True) -> list[Report]:
        """Return a report for each domain; `retry` says whether the API is asked again if it fails."""


def wait_for_domains(
    look: Look,
    seconds: float,
    show: Callable[[list[Report], str, float], None],
    *,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[list[Report], str]:
    """Return the first reports that all pass, or the last ones within `seconds`, and why the last look failed, or "".

    Before each pause, `show` is called with the reports, why the last look failed, and the seconds of the pause.
    Raises what fails in the first look; later, an API that fails for a while is asked again after the next pause.
    """
    reports, trouble = look(), ""
    pause, end = FIRST_PAUSE, now() + seconds
    while not (reports and all(report.good for report in reports)) and (left := end - now()) > 0:
        resting = min(pause, left)
        show(reports, trouble, resting)
        sleep(resting)
        pause = min(LONGEST_PAUSE, pause * GROWTH)
        try:
            reports, trouble = look(retry=False), ""
        except (TransportError, ApiError) as error:
            if error.exit_code not in (ExitCode.FAILED, ExitCode.RATE_LIMITED):
                raise
            trouble = error.message
    return reports, trouble
