"""Durations, rates and counts as people write them."""

from __future__ import annotations

import re

from .errors import InputError

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PERIODS = {"s": 1.0, "sec": 1.0, "second": 1.0, "m": 60.0, "min": 60.0, "minute": 60.0, "h": 3600.0, "hour": 3600.0}


def parse_duration(text: str, where: str) -> float:
    """Seconds in `60s`, `5m`, `1h30m`, `250ms`; a bare number is seconds. InputError, named `where`, for the rest."""
    compact = text.strip().lower()
    if re.fullmatch(r"\d+(\.\d+)?", compact):
        return float(compact)
    if not compact or _PART.sub("", compact):
        raise InputError(f"{where}: {text!r} is not a duration", hint="Such as 60s, 5m, 1h30m or 250ms.")
    return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(compact))


def format_duration(seconds: float) -> str:
    """A duration for a sentence, to two of its units: `45 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    units = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    first = next(number for number, (_, size) in enumerate(units) if whole >= size)
    (name, size), (smaller, small) = units[first], units[first + 1]
    rest = whole % size // small
    return f"{whole // size} {name}" + (f" {rest} {smaller}" if rest else "")


def format_count(count: int, noun: str) -> str:
    """A number of things for a sentence: `1 row`, `2,001 rows`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def parse_rate(text: str, where: str) -> tuple[int, float] | None:
    """(count, seconds) of `150/10s`, `5000/hour` or `20/s`; None for `off`. InputError, named `where`, for the rest."""
    compact = text.strip().lower()
    if compact == "off":
        return None
    count, _, period = compact.partition("/")
    if count.isdecimal() and int(count):
        if period in _PERIODS:
            return int(count), _PERIODS[period]
        if re.fullmatch(r"(\d+(\.\d+)?(ms|s|m|h|d))+", period) and parse_duration(period, where):
            return int(count), parse_duration(period, where)
    raise InputError(f"{where}: {text!r} is not a rate", hint="Such as 150/10s, 5000/hour or off.")
