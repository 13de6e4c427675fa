"""Waiting for domains, with a clock that does not sleep."""

from __future__ import annotations

import pytest

from mailtrap_cli.dns.report import Report
from mailtrap_cli.dns.wait import wait_for_domains
from mailtrap_cli.errors import ApiError, MailtrapError, TransportError

GOOD = Report("acme.example", (), can_send=True)
BAD = Report("acme.example", (), can_send=False)


class Looks:
    """Returns these reports (or raises these errors) in turn, repeating the last, and records the time."""

    def __init__(self, *results: Report | MailtrapError) -> None:
        self.results = list(results)
        self.retries: list[bool] = []
        self.time = 0.0
        self.shown: list[tuple[str, float]] = []

    def __call__(self, *, retry: bool = True) -> list[Report]:
        self.retries.append(retry)
        result = self.results.pop(0) if len(self.results) > 1 else self.results[0]
        if isinstance(result, MailtrapError):
            raise result
        return [result]

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def wait(self, seconds: float) -> tuple[list[Report], str]:
        def show(reports: list[Report], trouble: str, pause: float) -> None:
            self.shown.append((trouble, pause))

        return wait_for_domains(self, seconds, show, now=lambda: self.time, sleep=self.sleep)


def test_waiting_ends_with_the_first_look_that_passes() -> None:
    looks = Looks(BAD, BAD, GOOD)
    assert looks.wait(60) == ([GOOD], "")
    assert looks.shown == [("", 2.0), ("", 3.0)]
    assert looks.retries == [True, False, False]


def test_waiting_ends_in_time_and_the_pauses_grow_to_a_minute() -> None:
    looks = Looks(BAD)
    assert looks.wait(3600) == ([BAD], "")
    assert looks.time == 3600
    assert max(pause for _, pause in looks.shown) == 60


@pytest.mark.parametrize(
    "error",
    [TransportError("It broke", outcome=None), ApiError("Bad gateway", status=502), ApiError("Slow", status=429)],
)
def test_an_api_that_fails_for_a_while_is_asked_again(error: MailtrapError) -> None:
    assert Looks(BAD, error, GOOD).wait(60) == ([GOOD], "")
    assert Looks(BAD, error).wait(5) == ([BAD], error.message)


def test_a_refusal_ends_the_wait_at_once() -> None:
    looks = Looks(BAD, ApiError("Incorrect API token", status=401))
    with pytest.raises(ApiError, match="Incorrect API token"):
        looks.wait(60)
    assert looks.time == 2
