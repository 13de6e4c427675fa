"""Whether a request that failed is made again, and when; a request that may have had an effect never is."""

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
    """Seconds of back-off after each attempt, with jitter; None after the last."""
    import random

    for number in range(RETRIES):
        yield min(LONGEST_PAUSE, FIRST_PAUSE * 2**number) * random.uniform(0.75, 1.25)
    yield None


def wait_before_next(
    failure: ApiError | TransportError, method: str, pause: float | None, asked: float | None
) -> float | None:
    """Seconds to wait before this request is repeated; None when it must not be.

    `pause` is the back-off, None after the last attempt; `asked` the answer's Retry-After.
    """
    if not _is_repeatable(failure, method):
        return None
    if asked is not None and asked > LONGEST_ASKED:
        failure.hint = f"The server asks to wait {format_duration(min(asked, FAR))}. Run the same command after that."
        return None
    if pause is None and isinstance(failure, ApiError):  # 429 to the end
        failure.hint = failure.hint or RATE_LIMITED
    if pause is not None and asked is not None:
        import random

        return asked + random.uniform(0, 0.25)
    return pause


def _is_repeatable(failure: ApiError | TransportError, method: str) -> bool:
    """Whether the request surely had no effect, or may have it twice, and may succeed the next time."""
    if isinstance(failure, ApiError):
        return failure.status in RETRIED_REFUSALS
    return failure.passing and (method == "GET" or failure.outcome == "not sent")


# ------------------------------------------------------------------------------------------------ statuses

RETRIED_REFUSALS = (429,)  # of 4xx; a GET is repeated after any other failure that may pass


def is_refusal(status: int, has_errors: bool) -> bool:
    """Whether a 5xx surely had no effect, so that even a send is repeated after it.

    That is 503, and 500 with something in `errors`, which the API's documentation calls "not delivered"; an `error`
    alone is what the crash of any program has.
    """
    return status == 503 or (status == 500 and has_errors)


def is_settled(status: int) -> bool:
    """Return True if the status alone tells what happened to a request: 4xx is refused, 503 is "not sent"."""
    return 400 <= status < 500 or status == 503


# ------------------------------------------------------------------------------------------------ Retry-After

LONGEST_DELAY = 1e15  # seconds, in place of any longer delay


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds to wait by a Retry-After header (RFC 9110, 10.2.3: seconds or a date); None where it says nothing."""
    if value is None or not value.isascii():
        return None
    if value.strip().isdecimal():
        return min(float(value), LONGEST_DELAY)  # a delay has any number of digits
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
    """Seconds to wait by the Retry-After of an answer with these headers."""
    return retry_after(headers.get("retry-after"), time.time())
