"""Jobs of the API, for imports and exports of contacts: create, poll, finish."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from ..api.paging import object_of, unexpected_shape
from ..errors import TimedOut
from ..units import format_duration

if TYPE_CHECKING:
    from ..api.client import Client, Limiter

Job = dict[str, Any]
ENDED = ("finished", "failed")


def id_of(job: Job) -> int:
    """Return the ID of a created job. Raises TransportError (outcome unknown) if the answer has none."""
    number = job.get("id")
    if not isinstance(number, int):
        raise unexpected_shape("the ID of the job", sent=True)
    return number


def poll_pauses() -> Iterator[float]:
    """Yield the seconds between polls: short at first, later long enough for the limit of 200 requests a minute."""
    return chain((0.5, 1.0, 2.0), repeat(5.0))


def wait_for_job(
    api: Client,
    path: str,
    *,
    seconds: float,
    limiter: Limiter | None,
    sleep: Callable[[float], None],
    watch: Callable[[Job, float], None] = lambda job, waited: None,
) -> Job:
    """Return the job at this path once it is `finished` or `failed`; call `watch` after each poll before that.

    Raises TimedOut if it is still running after `seconds` of waiting.
    """
    waited = 0.0
    for pause in poll_pauses():
        job = object_of(api.get(path, limiter=limiter))
        if job.get("status") in ENDED:
            return job
        if waited >= seconds:
            raise TimedOut(f"Timed out after {format_duration(waited)}: still {job.get('status')}")
        watch(job, waited)
        pause = min(pause, seconds - waited)
        sleep(pause)
        waited += pause
    raise AssertionError("the pauses never end")
