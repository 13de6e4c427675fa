"""How fast requests may follow each other: the API's limit, a rate of messages, and what 429s teach."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping

Rate = tuple[int, float]  # N requests in this many seconds

DEFAULT_LIMIT: Rate = (150, 10.0)  # of each token (the API's own limit)
SMOOTH = 10.0  # seconds: the granularity of a rate of messages

FIRST_HOLD, LONGEST_HOLD = 0.5, 4.0  # seconds without requests after a 429, doubled each time
PATIENCE = 30.0  # seconds of nothing but 429s, three windows of the API, before giving up
LONGEST_ASKED = 300.0  # seconds: a Retry-After above this is reported instead of waited for

# The API has two limits, told apart by the body: `{"errors": "Rate limit exceeded"}`, `{"error": "Throttled"}`.
LIMIT_HINTS = {
    "Rate limit exceeded": "This is the account's limit for such requests. Wait a minute, then run the command again.",
    "Throttled": "This is the token's limit: 150 requests in 10 s. Wait a little, then run the command again.",
}
RATE_LIMITED = "Wait a minute, then run the same command again."  # what to do about other 429s


class Stopped(Exception):  # noqa: N818 - the user's own wish
    """No more requests should start."""


class Pace:
    """Decides when the next request may start. Pure: `now` is the caller's clock, in seconds.

    A limit of 150 in 10 s means 150 slots; each is free again 10 s after the *answer* of the request that took it. The
    server counted that request some time before its answer, so no window of 10 s, wherever it begins, holds more than
    150. `answered` are the times of earlier answers, in order. `rate` limits messages. A 429 halves the requests in
    flight and holds them all back for a moment; each answer after it allows one more.
    """

    def __init__(
        self, limit: Rate | None = DEFAULT_LIMIT, rate: Rate | None = None, answered: Iterable[float] = ()
    ) -> None:
        self.flying = 0
        self._slots, self._seconds = limit or (0, 0.0)
        self._answered = deque(answered)
        self._per_message = rate[1] / rate[0] if rate else 0.0
        self._messages_from = float("-inf")
        self._ceiling: int | None = None  # limit of requests in flight, after a 429
        self._held_until = float("-inf")
        self._hold = 0.0
        self._refused_since: float | None = None

    def time_to_start(self, now: float) -> float | None:
        """Return the seconds until one more request may start (0: now), or None if an answer must come first."""
        until = max(self._held_until, self._messages_from)
        if self._slots:
            while self._answered and self._answered[0] + self._seconds <= now:
                self._answered.popleft()
            if self.flying + len(self._answered) >= self._slots:
                if not self._answered:
                    return None
                until = max(until, self._answered[0] + self._seconds)
        if self._ceiling is not None and self.flying >= self._ceiling:
            return None
        return max(0.0, until - now)

    def record_start(self, now: float, messages: int = 0) -> None:
        """Record the start of a request with N messages."""
        self.flying += 1
        if messages:
            self._messages_from = max(self._messages_from, now) + messages * self._per_message

    def record_end(self, now: float, status: int | None, asked: float | None = None, jitter: float = 1.0) -> bool:
        """Record a finished attempt: its status, None for no answer, and its Retry-After, `asked`.

        Return True if it should be retried once `time_to_start` allows it.
        """
        in_flight, self.flying = self.flying, self.flying - 1
        if self._slots:
            self._answered.append(now)
        if status != 429:
            if status is not None and status < 500:
                self._refused_since, self._hold = None, 0.0
                if self._ceiling is not None:
                    self._ceiling += 1
            return False
        if self._refused_since is None:
            self._refused_since = now
        if now >= self._held_until:  # only the first of the 429s that were in flight together counts
            self._hold = min(LONGEST_HOLD, self._hold * 2 or FIRST_HOLD)
            self._held_until = now + self._hold * jitter
            self._ceiling = max(1, in_flight // 2)
        if asked is not None:
            if asked > LONGEST_ASKED:
                return False
            self._held_until = max(self._held_until, now + asked + 0.25 * (jitter - 0.75))
        return now - self._refused_since < PATIENCE


class Pacer:
    """A `Pace` for several threads, by the real clock. After `stop` nothing starts, and waiting threads get Stopped."""

    owns_retries = True

    def __init__(self, pace: Pace, clock: Callable[[], float] = time.monotonic) -> None:
        self._pace = pace
        self._clock = clock
        self._changed = threading.Condition()
        self._stopped = False

    def acquire(self, messages: int = 0) -> None:
        """Wait until one more request with this many messages may start."""
        with self._changed:
            while True:
                if self._stopped:
                    raise Stopped
                wait = self._pace.time_to_start(self._clock())
                if wait == 0:
                    self._pace.record_start(self._clock(), messages)
                    return
                self._changed.wait(wait)

    def release(self, status: int | None, asked: float | None = None) -> bool:
        """Record a finished attempt, see `Pace.record_end`."""
        import random

        with self._changed:
            again = self._pace.record_end(self._clock(), status, asked, random.uniform(0.75, 1.25))
            self._changed.notify_all()
            return again

    def sleep(self, seconds: float) -> None:
        """Wait this long, or until `stop`."""
        end = self._clock() + seconds
        with self._changed:
            while not self._stopped and (left := end - self._clock()) > 0:
                self._changed.wait(left)

    def stop(self) -> None:
        """Let nothing more start."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()


class Throttle:
    """Keeps the rate limit of one noun of the API in one thread; the client's own back-off handles 429s."""

    owns_retries = False

    def __init__(
        self,
        rate: Rate,
        notice: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pace = Pace(rate)
        self._rate = rate
        self._notice = notice
        self._clock = clock
        self._sleep = sleep

    def acquire(self) -> None:
        """Wait until one more request may start; report waits of more than a second."""
        wait = self._pace.time_to_start(self._clock()) or 0.0
        if wait >= 1 and self._notice:
            count, seconds = self._rate
            self._notice(f"The API allows {count} of these requests in {seconds:g} s: waiting {wait:.0f} s")
        if wait:
            self._sleep(wait)
        self._pace.record_start(self._clock())

    def release(self, status: int | None, asked: float | None = None) -> bool:
        """Record a finished attempt; the client decides whether it is retried."""
        self._pace.record_end(self._clock(), None if status == 429 else status)
        return False

    def sleep(self, seconds: float) -> None:
        """Wait between attempts."""
        self._sleep(seconds)


class Headroom:
    """Slows down before the limit is reached, by the API's own count of what is left (`x-ratelimit-remaining`). Pure.

    The last twentieth is spread over the window: the fewer requests are left, the longer each waits.
    """

    def __init__(self) -> None:
        self._until = float("-inf")

    def note(self, headers: Mapping[str, str], now: float) -> None:
        """Read the count from an answer's headers."""
        left, limit = (headers.get(f"x-ratelimit-{name}", "") for name in ("remaining", "limit"))
        if not (left.isascii() and left.isdecimal() and len(left) < 9):
            return
        slots = int(limit) if limit.isascii() and limit.isdecimal() and 0 < len(limit) < 9 else DEFAULT_LIMIT[0]
        self._until = now + DEFAULT_LIMIT[1] / (int(left) + 1) if int(left) * 20 < slots else float("-inf")

    def pause(self, now: float) -> float:
        """Return the seconds to wait before the next request."""
        return max(0.0, self._until - now)


def most_messages(rate: Rate | None, most: int) -> int:
    """Return how many messages a request may hold: `most`, or what the rate allows in a short time."""
    return most if rate is None else max(1, min(most, int(rate[0] * SMOOTH / rate[1]), rate[0]))
