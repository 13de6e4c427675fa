"""Pacing, with a clock controlled by the test."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable

import pytest

from mailtrap_cli.api.rate_limit import PATIENCE, Headroom, Pace, Pacer, Stopped, most_messages


def fixed(limit: int, seconds: float) -> Callable[[float], bool]:
    """Return whether a server whose window opens with the first request accepts this one."""
    state = [float("-inf"), 0.0]

    def take(at: float) -> bool:
        if at - state[0] >= seconds:
            state[:] = [at, 0]
        state[1] += 1
        return state[1] <= limit

    return take


def aligned(limit: int, seconds: float) -> Callable[[float], bool]:
    """The same for windows aligned to the clock."""
    counts: dict[int, int] = {}

    def take(at: float) -> bool:
        window = int(at // seconds)
        counts[window] = counts.get(window, 0) + 1
        return counts[window] <= limit

    return take


def sliding(limit: int, seconds: float) -> Callable[[float], bool]:
    """The same for any window."""
    times: deque[float] = deque()

    def take(at: float) -> bool:
        while times and at - times[0] >= seconds:
            times.popleft()
        times.append(at)
        return len(times) <= limit

    return take


def simulate(
    pace: Pace, requests: int, latency: Callable[[], float], take: Callable[[float], bool]
) -> tuple[float, int]:
    """Send N requests, 8 in flight, each counted by the server somewhere between start and answer; return when it
    ended, and how many were refused.
    """
    now, refused, started = 1000.0, 0, 0
    flying: list[tuple[float, float]] = []  # when the server counts it, when it is answered
    while started < requests or flying:
        wait = pace.time_to_start(now)
        if started < requests and len(flying) < 8 and wait == 0:
            pace.record_start(now)
            took = latency()
            flying.append((now + took * random.random(), now + took))
            flying.sort(key=lambda times: times[1])
            started += 1
            continue
        end = flying[0][1] if flying else float("inf")
        if started < requests and len(flying) < 8 and wait is not None and now + wait < end:
            now += wait
            continue
        counted, now = flying.pop(0)
        if not take(counted):
            refused += 1
        pace.record_end(now, 200)
    return now - 1000.0, refused


@pytest.mark.parametrize("window", [fixed, aligned, sliding])
@pytest.mark.parametrize("latency", [0.001, 0.1, 3.0])
def test_no_window_of_the_server_ever_sees_more_than_its_limit(
    window: Callable[[int, float], Callable[[float], bool]], latency: float
) -> None:
    random.seed(7)
    _, refused = simulate(Pace((150, 10.0)), 1000, lambda: latency * random.uniform(0.2, 1), window(150, 10.0))
    assert refused == 0


@pytest.mark.parametrize("latency", [0.001, 0.1])
def test_two_hundred_requests_take_little_more_than_the_ten_seconds_that_the_limit_asks_for(latency: float) -> None:
    took, _ = simulate(Pace((150, 10.0)), 200, lambda: latency, sliding(150, 10.0))
    assert 10.0 <= took < 11.0


def test_a_slot_is_free_again_a_window_after_the_answer_and_not_after_the_start() -> None:
    pace = Pace((1, 10.0))
    pace.record_start(0.0)
    assert pace.time_to_start(1.0) is None
    pace.record_end(4.0, 200)
    assert pace.time_to_start(4.0) == 10.0
    assert pace.time_to_start(13.5) == 0.5
    assert pace.time_to_start(14.0) == 0


def test_answers_of_an_earlier_command_still_take_their_slots() -> None:
    pace = Pace((2, 10.0), None, [1.0, 5.0])
    assert pace.time_to_start(6.0) == 5.0
    assert pace.time_to_start(11.0) == 0


def test_without_a_limit_nothing_waits() -> None:
    pace = Pace(None)
    for _ in range(1000):
        assert pace.time_to_start(0.0) == 0
        pace.record_start(0.0)


def test_a_rate_of_messages_spaces_requests_by_their_size() -> None:
    pace = Pace(None, (5000, 3600.0))
    pace.record_start(0.0, 10)
    assert pace.time_to_start(0.0) == pytest.approx(7.2)
    pace.record_end(0.1, 200)
    pace.record_start(100.0, 5)  # time that passed unused is not made up for
    assert pace.time_to_start(100.0) == pytest.approx(3.6)


@pytest.mark.parametrize(
    ("rate", "messages"),
    [(None, 500), ((5000, 3600.0), 13), ((100, 3600.0), 1), ((20, 1.0), 20), ((6000, 60.0), 500), ((3, 0.5), 3)],
)
def test_a_request_holds_no_more_than_the_rate_allows_in_a_moment(
    rate: tuple[int, float] | None, messages: int
) -> None:
    assert most_messages(rate, 500) == messages


def test_a_429_holds_everything_back_and_halves_what_is_in_flight_once_for_a_burst() -> None:
    pace = Pace(None)
    for _ in range(8):
        pace.record_start(0.0)
    assert all(pace.record_end(0.1, 429) for _ in range(4))
    assert pace.time_to_start(0.1) is None  # four are still in flight, as many as may be
    for _ in range(4):
        pace.record_end(0.2, 200)
    assert pace.time_to_start(0.2) == pytest.approx(0.4)
    assert pace.time_to_start(0.6) == 0


def test_after_429s_the_pauses_grow_and_an_answer_ends_them() -> None:
    pace, now, holds = Pace(None), 0.0, []
    for _ in range(6):
        pace.record_start(now)
        pace.record_end(now, 429)
        wait = pace.time_to_start(now)
        assert wait is not None
        holds.append(wait)
        now += wait
    assert holds == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]
    pace.record_start(now)
    pace.record_end(now, 200)
    assert pace.time_to_start(now) == 0
    pace.record_start(now)
    assert pace.time_to_start(now) == 0  # one more in flight for each answer
    pace.record_end(now, 429)
    assert pace.time_to_start(now) == 0.5


def test_a_retry_after_is_waited_for_unless_it_is_too_long() -> None:
    pace = Pace(None)
    pace.record_start(0.0)
    assert pace.record_end(0.0, 429, 7.0)
    assert pace.time_to_start(0.0) == pytest.approx(7.0, abs=0.1)
    pace.record_start(8.0)
    assert not pace.record_end(8.0, 429, 3600.0)


def test_constant_429s_are_final_after_a_while() -> None:
    pace, now = Pace(None), 0.0
    pace.record_start(now)
    while pace.record_end(now, 429):
        wait = pace.time_to_start(now)
        assert wait is not None
        now += wait
        pace.record_start(now)
        assert now < 2 * PATIENCE
    assert now >= PATIENCE


def test_after_stop_nothing_waits_or_starts() -> None:
    pacer = Pacer(Pace((1, 1000.0)))
    pacer.acquire()
    pacer.release(200)
    pacer.stop()
    with pytest.raises(Stopped):
        pacer.acquire()
    pacer.sleep(1000)


def test_requests_slow_down_before_the_limit_and_never_without_a_count() -> None:
    headroom = Headroom()
    headroom.note({"x-ratelimit-limit": "150", "x-ratelimit-remaining": "100"}, 0)
    assert headroom.pause(0) == 0
    headroom.note({"x-ratelimit-limit": "150", "x-ratelimit-remaining": "4"}, 0)
    assert headroom.pause(0) == 2
    assert headroom.pause(1.5) == 0.5
    headroom.note({"x-ratelimit-limit": "150", "x-ratelimit-remaining": "0"}, 2)
    assert headroom.pause(2) == 10
    for strange in ("", "-1", "many", "9" * 50):
        before = headroom.pause(2)
        headroom.note({"x-ratelimit-remaining": strange}, 2)
        assert headroom.pause(2) == before
    headroom.note({"x-ratelimit-remaining": "149"}, 3)
    assert headroom.pause(3) == 0
