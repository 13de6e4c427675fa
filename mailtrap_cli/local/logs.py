"""The email logs of the live streams, one entry a recipient (email-sending.openapi.yml, listEmailLogs)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from ..api.responses import Answer
from .calls import NOT_FOUND, Call, Routes, refused
from .documents import LOOPBACK, timestamp
from .replies import answer
from .store import NEWEST, Captured, Store

PAGE = 100  # entries in one answer; the API's own number is not published

# What an entry holds, and what this sandbox cannot know: nothing was delivered to anybody's server.
_FIELDS = ("to", "from", "subject", "status", "category", "sending_stream", "client_ip", "domain_id")
_COUNTS = ("opens_count", "clicks_count")
_UNKNOWN = ("sending_ip", "email_service_provider_response", "email_service_provider", "recipient_mx")


def list_entries(store: Store, query: Mapping[str, list[str]], after: str) -> dict[str, Any]:
    """A page of entries, newest first, after the one with the message id `after` ("" for the first page).

    Raises LookupError where there is no such message.
    """
    filters = list(_filters(query))
    since, until = _time(query, "sent_after", 0), _time(query, "sent_before", NEWEST)
    found = _entries_after(store, after.lower(), since, until)
    page = list(islice((entry for entry in found if all(wanted.holds(entry) for wanted in filters)), PAGE + 1))
    if filters:
        every = (entry for captured in store.live(since=since, until=until) for entry in entries(captured))
        total = sum(all(wanted.holds(entry) for wanted in filters) for entry in every)
    else:
        total = store.live_count(since=since, until=until)
    cursor = page[PAGE - 1]["message_id"] if len(page) > PAGE else None
    return {"messages": page[:PAGE], "total_count": total, "next_page_cursor": cursor}


def show_entry(store: Store, message_id: str) -> dict[str, Any] | None:
    """One entry with its events; None where there is none."""
    captured = store.find_live(message_id)
    if captured is None:
        return None
    entry = entries(captured)[captured.ids.split().index(message_id)]
    delivery = {"event_type": "delivery", "created_at": entry["sent_at"], "details": {}}
    return {**entry, "events": [delivery]}


def entries(captured: Captured) -> list[dict[str, Any]]:
    """The entries of a message, one a recipient."""
    message = captured.fields()
    recipients = [entry["email"] for field in ("to", "cc", "bcc") for entry in message.get(field) or ()]
    return [
        {
            "message_id": message_id,
            "status": "delivered",
            "subject": message.get("subject"),
            "from": message["from"]["email"],
            "to": recipient,
            "sent_at": timestamp(captured.created_at),
            "client_ip": LOOPBACK,
            "category": message.get("category"),
            "custom_variables": message.get("custom_variables") or {},
            "sending_stream": captured.stream,
            "domain_id": 0,
            "template_id": None,
            "template_variables": message.get("template_variables") or {},
            "opens_count": 0,
            "clicks_count": 0,
        }
        for message_id, recipient in zip(captured.ids.split(), recipients, strict=True)
    ]


def _entries_after(store: Store, after: str, since: int, until: int) -> Iterator[dict[str, Any]]:
    before = NEWEST, NEWEST
    if after:
        captured = store.find_live(after)
        if captured is None:
            raise LookupError(after)
        before = captured.created_at, captured.id
        yield from entries(captured)[captured.ids.split().index(after) + 1 :]
    for captured in store.live(since=since, until=until, before=before):
        yield from entries(captured)


# ------------------------------------------------------------------------------------------------ filters


@dataclass(frozen=True)
class _Filter:
    """One filter (schema EmailLogsListFilters): `field` compared to any of `values`."""

    field: str
    operator: str
    values: Sequence[str]

    def holds(self, entry: Mapping[str, Any]) -> bool:
        """Whether an entry passes."""
        actual = str(entry[self.field]) if entry.get(self.field) is not None else ""
        values = self.values
        if self.operator.startswith("ci_"):
            actual, values = actual.lower(), [value.lower() for value in values]
        operator = self.operator.removeprefix("ci_")
        match operator.removeprefix("not_"):
            case "equal":
                holds = actual in values
            case "contain":
                holds = any(value in actual for value in values)
            case "empty":
                holds = actual == ""
            case "include_event":
                holds = "delivery" in values
            case "greater_than":
                holds = int(actual) > int(values[0])
            case _:
                holds = int(actual) < int(values[0])
        return holds != operator.startswith("not_")


_TEXT = ("equal", "not_equal", "contain", "not_contain", "ci_equal", "ci_not_equal", "ci_contain", "ci_not_contain")
_OPERATORS = {
    **dict.fromkeys((*_FIELDS, *_UNKNOWN), (*_TEXT, "empty", "not_empty")),
    **dict.fromkeys(_COUNTS, ("equal", "greater_than", "less_than")),
    "events": ("include_event", "not_include_event"),
}


def _filters(query: Mapping[str, list[str]]) -> Iterator[_Filter]:
    """The filters of a query; invalid and unknown ones are ignored, as the API does."""
    for field, operators in _OPERATORS.items():
        operator = query.get(f"filters[{field}][operator]", [""])[-1]
        values = query.get(f"filters[{field}][value][]") or query.get(f"filters[{field}][value]") or []
        if operator not in operators or not (values or operator.endswith("empty")):
            continue
        if field in _COUNTS and not (values[0].isascii() and values[0].isdecimal()):
            continue
        yield _Filter(field, operator, values)


def _time(query: Mapping[str, list[str]], name: str, otherwise: int) -> int:
    """A bound in milliseconds since 1970; `otherwise` where it is not there or no ISO 8601 time."""
    try:
        time = datetime.fromisoformat(query.get(f"filters[{name}]", [""])[-1])
        if time.tzinfo is None:
            time = time.replace(tzinfo=UTC)
        return int(time.timestamp() * 1000)
    except (ValueError, OverflowError):
        return otherwise


def _list_logs(call: Call) -> Answer:
    after = call.param("search_after")
    try:
        return answer(200, list_entries(call.store, call.query, after))
    except LookupError:
        return refused(400, f"search_after: there is no message {after}")


def _show_log(call: Call) -> Answer:
    document = show_entry(call.store, call.parts[0].lower())
    return NOT_FOUND if document is None else answer(200, document)


ROUTES: Routes = {
    "/api/email_logs": {"GET": _list_logs},
    "/api/email_logs/([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})": {"GET": _show_log},
}
