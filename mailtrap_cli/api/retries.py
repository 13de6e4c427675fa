"""Whether a request that failed is made again, and when; a request that may have had an effect never is."""

from __future__ import annotations

import time
from collections.abc import Iterator

from ..errors import ApiError, TransportError
from ..units import format_duration
from .rate_limit import LONGEST_ASKED
from .responses import Answer, retry_after

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
        failure.hint = failure.hint or "Wait a minute, then run the same command again."
    if pause is not None and asked is not None:
        import random

        return asked + random.uniform(0, 0.25)
    return pause


def asked_wait(answer: Answer | None) -> float | None:
    """The seconds of an answer's Retry-After."""
    return retry_after(answer.headers.get("retry-after"), time.time()) if answer else None


def _is_repeatable(failure: ApiError | TransportError, method: str) -> bool:
    """Whether the request surely had no effect, or may have it twice, and may succeed the next time."""
    if isinstance(failure, ApiError):
        return failure.status == 429
    return failure.passing and (method == "GET" or failure.outcome == "not sent")
