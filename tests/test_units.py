"""Durations and rates as people write them."""

from __future__ import annotations

import pytest

from mailtrap_cli.errors import InputError
from mailtrap_cli.units import format_count, format_duration, parse_duration, parse_rate


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("60s", 60),
        ("5m", 300),
        ("1h30m", 5400),
        ("250ms", 0.25),
        ("2", 2),
        (" 1.5H ", 5400),
        ("2w", 1209600),
        ("1w1d", 691200),
    ],
)
def test_a_duration_is_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text, "--wait") == seconds


@pytest.mark.parametrize("text", ["", "soon", "5 min", "-1s", "1h x", "٣", "٣s", "1y"])
def test_an_invalid_duration_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"--wait: .* is not a duration"):
        parse_duration(text, "--wait")


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("150/10s", (150, 10.0)),
        ("5000/hour", (5000, 3600.0)),
        ("20/s", (20, 1.0)),
        ("1/1h30m", (1, 5400.0)),
        ("OFF", None),
    ],
)
def test_a_rate_is_a_count_and_seconds(text: str, rate: tuple[int, float] | None) -> None:
    assert parse_rate(text, "--rate") == rate


@pytest.mark.parametrize(
    "text", ["", "150", "0/s", "-1/s", "x/s", "10/", "10/0s", "10/fortnight", "٣/s", "1/٣s", "9" * 400 + "/s"]
)
def test_an_invalid_rate_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"--rate: .* is not a rate"):
        parse_rate(text, "--rate")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (3601, "1 h"),
        (356_400, "4 d 3 h"),
    ],
)
def test_a_duration_in_words_has_two_units_at_most(seconds: float, words: str) -> None:
    assert format_duration(seconds) == words


def test_a_count_uses_the_singular_or_the_plural() -> None:
    assert [format_count(number, "row") for number in (0, 1, 2001)] == ["0 rows", "1 row", "2,001 rows"]
