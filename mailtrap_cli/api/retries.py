"""Decide whether and when to repeat a failed request; never one that may have had an effect."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from ..errors import ApiError, TransportError
from ..units import format_duration
from .rate_limit import LONGEST_ASKED, RATE_LIMITED

FAR = 100 * 86400.0  # seconds: nobody means a longer wait
RETRIES = 4  # after the first attempt
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0  # seconds of back-off, doubled each time, with jitter


def back_off_pauses() -> Iterator[float | None]:
    """Yield the seconds to wait after each attempt, with jitter; None after the last."""
    import random

    for number in range(RETRIES):
        yield min(LONGEST_PAUSE, FIRST_PAUSE * 2**number) * random.uniform(0.75, 1.25)
    yield None


def wait_before_next(
    failure: ApiError | TransportError, method: str, pause: float | None, asked: float | None
) -> float | None:
    """Return the seconds to wait before repeating this request, or None if it must not be repeated.

    `pause` is the back-off, None after the last attempt; `asked` is the answer's Retry-After.
    """
    if not _is_repeatable(failure, method):
        return None
    if asked is not None and asked > LONGEST_ASKED:
        failure.hint = f"The server asks to wait {format_duration(min(asked, FAR))}. Run the same command after that."
        return None
    if pause is None and isinstance(failure, ApiError):  # a final 429
        failure.hint = failure.hint or RATE_LIMITED
    if pause is not None and asked is not None:
        import random

        return asked + random.uniform(0, 0.25)
    return pause


def _is_repeatable(failure: ApiError | TransportError, method: str) -> bool:
    """Return whether the request surely had no effect (or may have it twice) and may succeed the next time."""
    if isinstance(failure, ApiError):
        return failure.status in RETRIED_REFUSALS
    return failure.passing and (method == "GET" or failure.outcome == "not sent")


# ------------------------------------------------------------------------------------------------ statuses

RETRIED_REFUSALS = (429,)  # these of the 4xx; a GET is repeated after any other temporary failure


def is_refusal(status: int, has_errors: bool) -> bool:
    """Return whether a 5xx surely had no effect, so that even a send may be repeated.

    True for 503, and for 500 with a non-empty `errors`, which the API's documentation calls "not delivered"; any
    crashing program could return an `error` alone.
    """
    return status == 503 or (status == 500 and has_errors)


def is_settled(status: int) -> bool:
    """Return whether the status alone decides the outcome: 4xx is refused, 503 is "not sent"."""
    return 400 <= status < 500 or status == 503


# ------------------------------------------------------------------------------------------------ Retry-After

LONGEST_DELAY = 1e15  # seconds, replacing any longer delay


def retry_after(value: str | None, now: float) -> float | None:
    """Parse a Retry-After header (RFC 9110, 10.2.3: seconds or a date) into seconds; None if it is invalid."""
    if value is None or not value.isascii():
        return None
    if value.strip().isdecimal():
        return min(float(value), LONGEST_DELAY)  # delays may have any number of digits
    if len(value) > 100:
        return None
    try:
        seconds = float(value)
    except ValueError:
        from email.utils import parsedate_to_datetime

        try:
            seconds = parsedate_to_datetime(value).timestamp() - now
        except (ValueError, OverflowError, OSError):
            return None
    return max(0.0, seconds) if seconds == seconds and seconds != float("inf") else None


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that the Retry-After of these headers asks for."""
    return retry_after(headers.get("retry-after"), time.time())
