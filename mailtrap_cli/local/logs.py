"""The email logs of the live streams, one entry per recipient (email-sending.openapi.yml, listEmailLogs)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..api.responses import Answer
from .calls import NOT_FOUND, Call, Routes, refused
from .documents import LOOPBACK, timestamp
from .fields import parse_time
from .log_store import Entry, Event
from .replies import answer
from .resources import UUID

PAGE = 100  # entries per page; the API's own number is not published

# The field of a filter → the SQL for its value.
_TEXTS = {
    "to": "recipient",
    "from": "sender",
    "subject": "subject",
    "status": "status",
    "category": "category",
    "sending_stream": "stream",
    "domain_id": "domain_id",
    "email_service_provider": "provider",
    "client_ip": f"'{LOOPBACK}'",
    "sending_ip": f"'{LOOPBACK}'",
    "recipient_mx": "substr(recipient, instr(recipient, '@') + 1)",
    "email_service_provider_response": (
        "(SELECT json_extract(details, '$.email_service_provider_response') FROM events"
        " WHERE entry = log.number AND kind IN ('bounce', 'soft_bounce'))"
    ),
}
_COUNTS = {"opens_count": "opens", "clicks_count": "clicks"}
_COMPARISONS = {"equal": "=", "greater_than": ">", "less_than": "<"}


def _list_logs(call: Call) -> Answer:
    last = call.param("search_after").lower()
    after = call.store.log.find(last) if last else None
    if last and after is None:
        return refused(400, f"search_after: no message has the ID {last[:50]}")
    where, values = _condition(call.query)
    found = call.store.log.entries(where, values, after=after, size=PAGE + 1)
    page = found[:PAGE]
    document = {
        "messages": [_shape(entry) for entry in page],
        "total_count": call.store.log.count(where, values),
        "next_page_cursor": page[-1].message_id if len(found) > PAGE else None,
    }
    return answer(200, document)


def _show_log(call: Call) -> Answer:
    entry = call.store.log.find(call.parts[0].lower())
    if entry is None:
        return NOT_FOUND
    document = _shape(entry)
    if entry.message is not None:
        document["raw_message_url"] = f"{call.base}/api/sandboxes/1/messages/{entry.message}/body.raw"
    document["events"] = [_shape_event(event) for event in call.store.log.events(entry.number)]
    return answer(200, document)


def _shape(entry: Entry) -> dict[str, Any]:
    extra = json.loads(entry.extra)
    return {
        "message_id": entry.message_id,
        "status": entry.status,
        "subject": entry.subject,
        "rfc_message_id": extra.get("rfc_message_id") or f"<{entry.message_id}@sandbox.local.invalid>",
        "in_reply_to": extra.get("in_reply_to"),
        "references": extra.get("references") or [],
        "thread_id": extra.get("thread_id"),
        "from": entry.sender,
        "to": entry.recipient,
        "sent_at": timestamp(entry.sent_at),
        "client_ip": LOOPBACK,
        "category": entry.category,
        "custom_variables": extra.get("custom_variables") or {},
        "sending_stream": entry.stream,
        "domain_id": entry.domain_id,
        "template_id": entry.template_id,
        "template_variables": extra.get("template_variables") or {},
        "opens_count": entry.opens,
        "clicks_count": entry.clicks,
    }


def _shape_event(event: Event) -> dict[str, Any]:
    details = {name: value for name, value in event.details.items() if name != "user_agent"}  # for webhooks only
    return {"event_type": event.kind, "created_at": timestamp(event.created_at), "details": details}


# ------------------------------------------------------------------------------------------------ filters


def _condition(query: Mapping[str, list[str]]) -> tuple[str, list[object]]:
    """Translate the filters of a query to SQL with its values. Invalid and unknown filters are ignored, as in the
    API.
    """
    parts = ["1"]
    values: list[object] = []
    for name, comparison in (("sent_after", ">="), ("sent_before", "<=")):
        time = parse_time(query.get(f"filters[{name}]", [""])[-1])
        if time is not None:
            parts.append(f"sent_at {comparison} ?")
            values.append(time)
    for part, own in _filters(query):
        parts.append(part)
        values += own
    return " AND ".join(parts), values


def _filters(query: Mapping[str, list[str]]) -> Iterator[tuple[str, Sequence[object]]]:
    for field in (*_TEXTS, *_COUNTS, "events"):
        operator = query.get(f"filters[{field}][operator]", [""])[-1]
        values = query.get(f"filters[{field}][value][]") or query.get(f"filters[{field}][value]") or []
        values = values[:500]  # SQLite limits the conditions of a query
        found = None
        if field in _TEXTS:
            found = _text_filter(_TEXTS[field], operator, values)
        elif field == "events":
            found = _event_filter(operator, values)
        elif operator in _COMPARISONS and values and values[0].isascii() and values[0].isdecimal():
            found = f"{_COUNTS[field]} {_COMPARISONS[operator]} ?", [min(int(values[0][:19]), (1 << 63) - 1)]
        if found:
            yield found


def _text_filter(column: str, operator: str, values: list[str]) -> tuple[str, list[object]] | None:
    negated = "not_" in operator
    plain = operator.replace("not_", "").removeprefix("ci_")
    column = f"coalesce({column}, '')"
    if plain == "empty":
        return f"{column} {'!=' if negated else '='} ''", []
    if plain not in ("equal", "contain") or not values:
        return None
    if operator.startswith("ci_"):
        column, values = f"lower({column})", [_lower(value) for value in values]
    if plain == "equal":
        return f"{column} {'NOT ' if negated else ''}IN ({', '.join('?' * len(values))})", list(values)
    contains = " OR ".join([f"instr({column}, ?)"] * len(values))
    return f"{'NOT ' if negated else ''}({contains})", list(values)


def _lower(text: str) -> str:
    """Lowercase as SQLite's lower() does: ASCII letters only."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _event_filter(operator: str, values: list[str]) -> tuple[str, list[object]] | None:
    if operator not in ("include_event", "not_include_event") or not values:
        return None
    found = f"EXISTS (SELECT 1 FROM events WHERE entry = log.number AND kind IN ({', '.join('?' * len(values))}))"
    return f"{'NOT ' if operator.startswith('not_') else ''}{found}", list(values)


ROUTES: Routes = {
    "/api/email_logs": {"GET": _list_logs},
    f"/api/email_logs/{UUID}": {"GET": _show_log},
}
