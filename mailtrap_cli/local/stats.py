"""Sending stats, computed from the email log (email-sending.openapi.yml)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from ..api.responses import Answer
from .calls import Call, Handler, Routes, refused
from .log_store import COUNTS
from .replies import answer

DAYS = 30  # dates of a request that names none
_DAY = "date(sent_at / 1000, 'unixepoch')"
_FILTERS = {
    "domain_ids[]": "domain_id",
    "sending_streams[]": "stream",
    "categories[]": "category",
    "email_service_providers[]": "provider",
}


class _DateError(ValueError):
    """The API refuses these dates."""


def shape_stats(sums: Sequence[int]) -> dict[str, Any]:
    """Build counts and rates (schema Stats) from the sums of the log: those of COUNTS, then the number sent."""
    count = dict(zip((*COUNTS, "sent"), sums, strict=True))
    delivered, sent = count["delivered"], count["sent"]
    return {
        "delivery_count": delivered,
        "delivery_rate": _rate_of(delivered, sent),
        "bounce_count": count["bounced"],
        "bounce_rate": _rate_of(count["bounced"], sent),
        "open_count": count["opens"],
        "open_rate": _rate_of(count["opens"], delivered),
        "click_count": count["clicks"],
        "click_rate": _rate_of(count["clicks"], delivered),
        "spam_count": count["spam"],
        "spam_rate": _rate_of(count["spam"], delivered),
    }


def _rate_of(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def date_range(call: Call, start_otherwise: date | None = None) -> tuple[int, int]:
    """Return the first and last millisecond of `start_date` and `end_date` (days in UTC). Raises _DateError."""
    today = datetime.now(UTC).date()
    end = _day_of(call, "end_date") or today
    start = _day_of(call, "start_date") or start_otherwise or date.fromordinal(max(end.toordinal() - DAYS + 1, 1))
    if start > end:
        raise _DateError("end_date must not be before start_date")
    midnight = datetime(start.year, start.month, start.day, tzinfo=UTC)
    last = datetime(end.year, end.month, end.day, tzinfo=UTC)
    return int(midnight.timestamp() * 1000), int(last.timestamp() * 1000) + 86_400_000 - 1


def _day_of(call: Call, name: str) -> date | None:
    text = call.param(name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise _DateError(f"{name} is not a valid date") from None


def answer_with_dates(respond: Callable[[Call], Answer]) -> Handler:
    """Wrap a handler so that bad dates are answered with a 400."""

    def handle(call: Call) -> Answer:
        try:
            return respond(call)
        except _DateError as error:
            return refused(400, str(error))

    return handle


def _sum_counts(call: Call, group: str, *, more: str = "1") -> list[tuple[Any, ...]]:
    since, until = date_range(call)
    parts, values = [f"sent_at BETWEEN ? AND ? AND {more}"], [since, until]
    for name, column in _FILTERS.items():
        wanted = call.query.get(name, [])[:500]
        if wanted:
            parts.append(f"CAST({column} AS TEXT) IN ({', '.join('?' * len(wanted))})")
            values += wanted  # type: ignore[arg-type]  # SQLite accepts both
    return call.store.log.sums(group, " AND ".join(parts), values)


def _sum_all(call: Call) -> Answer:
    found = _sum_counts(call, "1")
    return answer(200, shape_stats(found[0][1:] if found else [0] * (len(COUNTS) + 1)))


def _group_by(name: str, group: str, more: str = "1") -> Handler:
    def handle(call: Call) -> Answer:
        return answer(
            200, [{name: row[0], "stats": shape_stats(row[1:])} for row in _sum_counts(call, group, more=more)]
        )

    return answer_with_dates(handle)


ROUTES: Routes = {
    "/api/stats": {"GET": answer_with_dates(_sum_all)},
    "/api/stats/domains": {"GET": _group_by("domain_id", "domain_id")},
    "/api/stats/categories": {"GET": _group_by("category", "category", "category IS NOT NULL")},
    "/api/stats/email_service_providers": {"GET": _group_by("email_service_provider", "provider")},
    "/api/stats/date": {"GET": _group_by("date", _DAY)},
}
