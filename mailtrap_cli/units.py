"""Parse and format durations, rates, dates and counts as people write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .errors import InputError

if TYPE_CHECKING:
    from datetime import date, datetime

# The units of every duration, in seconds. Numbers are ASCII digits: `\d` would take `٣` too.
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_UNIT = "|".join(_SECONDS)
_PART = rf"([0-9]{{1,18}}(?:\.[0-9]{{1,18}})?)({_UNIT})"
_MOMENT = rf"([0-9]{{1,18}})({_UNIT})"
_PERIODS = {"s": 1.0, "sec": 1.0, "second": 1.0, "m": 60.0, "min": 60.0, "minute": 60.0, "h": 3600.0, "hour": 3600.0}


def parse_duration(text: str, where: str) -> float:
    """Parse `60s`, `5m`, `1h30m`, `2w` or seconds without a unit into seconds. InputError, named `where`, for
    anything else.
    """
    compact = text.strip().lower()
    if re.fullmatch(r"[0-9]{1,18}(\.[0-9]{1,18})?", compact):
        return float(compact)
    if not compact or re.sub(_PART, "", compact):
        raise InputError(f"{where}: {text!r} is not a duration", hint="Examples: 60s, 5m, 1h30m, 2w.")
    return sum(float(number) * _SECONDS[unit] for number, unit in re.findall(_PART, compact))


def format_duration(seconds: float) -> str:
    """Format a duration with two units: `45 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    units = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    first = next(number for number, (_, size) in enumerate(units) if whole >= size)
    (name, size), (smaller, small) = units[first], units[first + 1]
    rest = whole % size // small
    return f"{whole // size} {name}" + (f" {rest} {smaller}" if rest else "")


def format_count(count: int, noun: str) -> str:
    """Format a count with its noun: `1 row`, `2,001 rows`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def parse_size(text: str, where: str) -> int:
    """Parse `30MB`, `500kB` or `1024` (bytes; a kB is 1,024); InputError, its sentence starting with `where`."""
    found = re.fullmatch(r"([0-9]{1,12}) ?(?:([kmg]?)b?)", text.strip(), re.IGNORECASE | re.ASCII)
    size = int(found[1]) << {"": 0, "k": 10, "m": 20, "g": 30}[found[2].lower()] if found else 0
    if size < 1:
        raise InputError(f"{where}: {text!r} is not a size", hint="Examples: 30MB, 500kB.")
    return size


def parse_rate(text: str, where: str) -> tuple[int, float] | None:
    """Parse `150/10s`, `5000/hour` or `20/s` into (count, seconds); `off` into None. InputError, named `where`, for
    anything else.
    """
    compact = text.strip().lower()
    if compact == "off":
        return None
    count, _, period = compact.partition("/")
    if count.isascii() and count.isdecimal() and len(count) <= 18 and int(count):
        if period in _PERIODS:
            return int(count), _PERIODS[period]
        if re.fullmatch(rf"({_PART})+", period) and parse_duration(period, where):
            return int(count), parse_duration(period, where)
    raise InputError(f"{where}: {text!r} is not a rate", hint="Examples: 150/10s, 5000/hour, off.")


# ------------------------------------------------------------------------------------------------ dates


def parse_date(text: str, where: str, *, today: date | None = None) -> date:
    """Parse `2026-01-01`, `7d` (or `2w`: days or weeks ago), `today` or `yesterday`, by this machine's clock.

    InputError, named `where`, for anything else.
    """
    from datetime import date, timedelta

    today = today or date.today()
    compact = text.strip().lower()
    if (days := {"today": 0, "yesterday": 1}.get(compact)) is not None:
        return today - timedelta(days=days)
    if found := re.fullmatch(r"([0-9]{1,5})([dw])", compact):
        return today - timedelta(days=int(found[1]) * (7 if found[2] == "w" else 1))
    if re.fullmatch(r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]", compact):
        try:
            return date.fromisoformat(compact)
        except ValueError as error:
            raise InputError(f"{where}: {text!r} is not a date: {error}") from None
    raise InputError(
        f"{where}: {text!r} is not a date", hint="Examples: 2026-01-31, 7d (days ago), today or yesterday."
    )


def parse_moment(text: str, where: str, *, ahead: bool = False, now: datetime | None = None) -> datetime:
    """Parse an ISO 8601 time, a date (its start, by this machine's clock), a duration such as `2h` or `7d` before now
    (`ahead`: after now), or `now`, `today`, `yesterday`; return the time in UTC.

    InputError, named `where`, for anything else.
    """
    from datetime import UTC, date, datetime, time, timedelta

    now = now or datetime.now(UTC)
    compact = text.strip().lower()
    try:
        if compact == "now":
            return now
        if re.fullmatch(rf"({_MOMENT})+", compact):
            seconds = sum(
                int(n) * (604_800 if unit == "w" else _SECONDS[unit]) for n, unit in re.findall(_MOMENT, compact)
            )
            return now + timedelta(seconds=seconds if ahead else -seconds)
        if re.fullmatch(r"[0-9]{4}-[0-9][0-9]-[0-9][0-9][t ].+", compact):
            return datetime.fromisoformat(text.strip()).astimezone(UTC)
        if compact in ("today", "yesterday") or re.fullmatch(r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]", compact):
            day = parse_date(compact, where) if compact[0] in "ty" else date.fromisoformat(compact)
            return datetime.combine(day, time()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(f"{where}: {text!r} is not a time: {error}") from None
    meaning = "from now" if ahead else "ago"
    raise InputError(
        f"{where}: {text!r} is not a time", hint=f"Examples: 2026-01-31, 2026-01-31T08:00:00Z or 7d (days {meaning})."
    )


def format_time(seconds: float) -> str:
    """Format a Unix time in the style of the API and of all output: ISO 8601 in UTC, `2026-01-31T08:00:00Z`."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
