"""Email campaigns: their states, and sending to the contacts of their lists (email-campaigns.openapi.yml)."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ..api.responses import Answer
from .calls import ID, NOT_FOUND, Call, Handler, Routes
from .contacts import is_subscribed
from .documents import timestamp
from .fields import BLANK, INVALID, Errors, Field, check_fields, parse_time
from .live_mail import send_live
from .replies import NOTHING, answer
from .resource_store import Row
from .resources import Resource, find_resource, join_routes, list_resources, routes_of, times_of
from .stats import answer_with_dates, date_range, shape_stats

MONTH = 31 * 86_400_000
_TAG = re.compile(r"\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}")
_REPLY_TO = ("display_name", "local_part", "domain")
_TEMPLATE = (
    Field("subject", required=True, longest=255),
    Field("body_html", null=True, longest=10_000_000),
    Field("body_text", null=True, longest=10_000_000),
    Field("merge_tags", "texts"),
)


def _shape_campaign(call: Call, row: Row) -> dict[str, Any]:
    document = row.document
    started = document.get("last_started_at")
    shown = {
        "id": row.id,
        "domain_id": document["domain_id"],
        "domain_name": document["domain_name"],
        "name": document["name"] or "",
        "from_local_part": document["from_local_part"] or "",
        "from_display_name": document["from_display_name"],
        "reply_to": {name: (document["reply_to"] or {}).get(name) or "" for name in _REPLY_TO},
        "current_state": document["current_state"],
        "current_state_metadata": document["current_state_metadata"],
        **times_of(row),
        "last_started_at": None if started is None else timestamp(started),
        "recipient_total_count": document.get("recipient_total_count"),
        "contact_list_ids": document["contact_list_ids"] or [],
        "contact_segment_ids": document["contact_segment_ids"] or [],
        "delivery_mode": document["delivery_mode"],
        "delivery_options": {"emails_per_hour": (document["delivery_options"] or {}).get("emails_per_hour")},
        "template": {"id": row.id, **document["template"], "merge_tags": document["template"].get("merge_tags") or []},
    }
    if started is not None:
        shown["last_started_at_date"] = timestamp(started)[:10]
    return shown


def _shape_in_list(call: Call, row: Row) -> dict[str, Any]:
    shown = _shape_campaign(call, row)
    del shown["template"]["body_html"], shown["template"]["body_text"]
    return shown


def _check_fields(call: Call, row: Row | None, values: dict[str, Any], errors: Errors) -> None:
    old: dict[str, Any] = (
        row.document if row else {"current_state": "draft", "current_state_metadata": {}, "template": {}}
    )
    if old["current_state"] != "draft":
        errors["base"] = ["Campaign can only be edited in draft"]
        return
    if "domain_id" in values:
        domain = call.store.resources.get("domain", values["domain_id"])
        if domain is None:
            errors["domain"] = [BLANK]
        else:
            values["domain_name"] = domain.document["domain_name"]
    given = values.pop("template_attributes", None)
    if given is not None:
        template, wrong = check_fields(_TEMPLATE, given, creating=row is None)
        errors.update({f"template.{name}": sentences for name, sentences in wrong.items()})
        values["template"] = {"body_html": None, "body_text": None, **old["template"], **template}
    elif row is None:
        errors.pop("template_attributes", None)
        errors["template.subject"] = [BLANK]
    for name, kind in (("contact_list_ids", "contact_list"),):
        if any(call.store.resources.get(kind, number) is None for number in values.get(name) or ()):
            errors[name] = [INVALID]
    rate = (values.get("delivery_options") or {}).get("emails_per_hour")
    if rate is not None and not (isinstance(rate, int) and not isinstance(rate, bool) and 0 < rate <= 150_000):
        errors["delivery_options.emails_per_hour"] = [INVALID]
    reply_to = values.get("reply_to") or {}
    if not all(isinstance(reply_to.get(name), str | None) for name in _REPLY_TO):
        errors["reply_to"] = [INVALID]
    values.setdefault("current_state", old["current_state"])
    values.setdefault("current_state_metadata", old["current_state_metadata"])


CAMPAIGN = Resource(
    "campaign",
    "/api/email_campaigns",
    (
        Field("name", longest=255),
        Field("domain_id", "integer", required=True),
        Field("from_display_name", null=True, longest=255),
        Field("from_local_part", longest=64),
        Field("reply_to", "map", null=True),
        Field("template_attributes", "map"),
        Field("delivery_mode", choices=("rapid", "gradual"), default="rapid"),
        Field("delivery_options", "map", null=True),
        Field("contact_list_ids", "ids"),
        Field("contact_segment_ids", "ids"),
    ),
    _shape_campaign,
    envelope=True,
    paging="tokens",
    key="name",
    search="search",
    check=_check_fields,
)


def _refuse_action(sentence: str) -> Answer:
    return answer(422, {"errors": [sentence]})


def _run_action(act: Callable[[Call, Row], Answer]) -> Handler:
    def handle(call: Call) -> Answer:
        start_due(call)
        row = find_resource(CAMPAIGN, call)
        return NOT_FOUND if row is None else act(call, row)

    return handle


def _show_campaign(call: Call, row: Row) -> Answer:
    return answer(200, {"data": _shape_campaign(call, row)})


def _list_campaigns(call: Call) -> Answer:
    from dataclasses import replace

    start_due(call)
    return list_resources(replace(CAMPAIGN, shape=_shape_in_list), call)


def _delete_campaign(call: Call, row: Row) -> Answer:
    if row.document["current_state"] != "draft":
        return answer(422, {"errors": {"base": ["Campaign can only be deleted in draft"]}})
    call.store.resources.delete(row)
    return NOTHING


def _find_problem(call: Call, row: Row) -> str | None:
    """Return why this campaign cannot be sent, or None if it can."""
    document = row.document
    if document["current_state"] != "draft":
        return "Campaign is not a draft"
    if not document["template"].get("body_html"):
        return "Template body_html can't be blank"
    if not document["from_local_part"]:
        return "From local part can't be blank"
    if not (document["contact_list_ids"] or document["contact_segment_ids"]):
        return "Audience can't be blank"
    if call.store.resources.get("domain", document["domain_id"]) is None:
        return "Domain can't be blank"
    return None


def _move_state(call: Call, row: Row, state: str, **more: Any) -> Row:
    document = {**row.document, "current_state": state, "current_state_metadata": {}, **more}
    return call.store.resources.update(row, document)


def _start_campaign(call: Call, row: Row) -> Answer:
    problem = _find_problem(call, row)
    if problem is not None:
        return _refuse_action(problem)
    started = send_campaign(call, row)
    # It has finished by the next request; like the platform, this answer shows it as started.
    return answer(200, {"data": {**_shape_campaign(call, started), "current_state": "started"}})


def send_campaign(call: Call, row: Row) -> Row:
    """Send to every subscribed contact of the campaign's lists, once each."""
    document = row.document
    wanted = set(document["contact_list_ids"] or ())
    contacts = [
        contact
        for contact in call.store.resources.list_rows("contact")
        if wanted & set(contact.document["list_ids"]) and is_subscribed(call, contact)
    ]
    messages = [_compose_message(document, contact.document) for contact in contacts]
    now = time.time_ns() // 1_000_000
    with call.store.database.writing():
        send_live(call.store, "bulk", messages, extra={"campaign_id": row.id})
        state = "started" if document["delivery_mode"] == "gradual" and messages else "finished"
        return _move_state(call, row, state, last_started_at=now, recipient_total_count=len(messages))


def _compose_message(document: dict[str, Any], contact: dict[str, Any]) -> dict[str, Any]:
    values = {**contact["fields"], "email": contact["email"]}
    template = document["template"]
    sender = {"email": f"{document['from_local_part']}@{document['domain_name']}"}
    if document["from_display_name"]:
        sender["name"] = document["from_display_name"]
    message = {
        "from": sender,
        "to": [{"email": contact["email"]}],
        "subject": _fill_tags(template["subject"], values),
        "html": _fill_tags(template["body_html"], values, escape=html.escape),
    }
    if template.get("body_text"):
        message["text"] = _fill_tags(template["body_text"], values)
    reply_to = document["reply_to"] or {}
    if reply_to.get("local_part") and reply_to.get("domain"):
        message["reply_to"] = {"email": f"{reply_to['local_part']}@{reply_to['domain']}"}
    return message


def _fill_tags(text: str, values: dict[str, Any], *, escape: Callable[[str], str] = str) -> str:
    """Fill in the merge tags of a text; a field that the contact lacks becomes empty."""

    def value(found: re.Match[str]) -> str:
        given = values.get(found[1])
        return "" if given is None else escape(str(given))

    return _TAG.sub(value, text)


def start_due(call: Call) -> None:
    """Start scheduled campaigns that are due, and finish gradual ones that are complete."""
    now = time.time_ns() // 1_000_000
    for row in call.store.resources.list_rows("campaign"):
        document = row.document
        if document["current_state"] == "scheduled":
            if (parse_time(document["current_state_metadata"]["scheduled_at"]) or now) <= now:
                send_campaign(call, row)
        elif document["current_state"] == "started":
            rate = (document["delivery_options"] or {}).get("emails_per_hour") or 150_000
            if now >= document["last_started_at"] + document["recipient_total_count"] * 3_600_000 // rate:
                _move_state(call, row, "finished")


def _schedule_campaign(call: Call, row: Row) -> Answer:
    body = call.body()
    moment = parse_time(body.get("datetime") if isinstance(body, dict) else None)
    now = time.time_ns() // 1_000_000
    problem = _find_problem(call, row)
    if problem is None and moment is None:
        problem = "Datetime is invalid"
    elif problem is None and moment is not None and not now < moment <= now + MONTH:
        problem = "Datetime must be in the future and at most 1 month ahead"
    if problem is not None or moment is None:
        return _refuse_action(problem or "Datetime is invalid")
    metadata = {"scheduled_at": timestamp(moment)}
    return _show_campaign(call, _move_state(call, row, "scheduled", current_state_metadata=metadata))


def _back_to_draft(call: Call, row: Row) -> Answer:
    if row.document["current_state"] != "scheduled":
        return _refuse_action("Campaign is not scheduled")
    return _show_campaign(call, _move_state(call, row, "draft"))


def _terminate_campaign(call: Call, row: Row) -> Answer:
    if row.document["current_state"] not in ("started", "queued", "paused"):
        return _refuse_action("Campaign is not sending")
    return _show_campaign(call, _move_state(call, row, "finished"))


def _compute_stats(call: Call, row: Row) -> Answer:
    started = row.document.get("last_started_at")
    first = datetime.fromtimestamp(started / 1000, UTC).date() if started else None
    since, until = date_range(call, first)
    sums = call.store.log.sums("1", "campaign_id = ? AND sent_at BETWEEN ? AND ?", (row.id, since, until))
    counts = sums[0][1:] if sums else [0] * 7
    delivered, unsubscribed, sent = counts[0], counts[5], counts[6]
    document = {
        **shape_stats(counts),
        "unsubscription_count": unsubscribed,
        "unsubscription_rate": round(unsubscribed / delivered, 4) if delivered else 0.0,
        "sent_count": sent,
    }
    return answer(200, {"data": document})


_ONE = f"/api/email_campaigns/{ID}"
ROUTES: Routes = join_routes(
    routes_of(CAMPAIGN),
    {
        "/api/email_campaigns": {"GET": _list_campaigns},
        _ONE: {"GET": _run_action(_show_campaign), "DELETE": _run_action(_delete_campaign)},
        f"{_ONE}/start": {"POST": _run_action(_start_campaign)},
        f"{_ONE}/schedule": {"POST": _run_action(_schedule_campaign)},
        f"{_ONE}/cancel": {"POST": _run_action(_back_to_draft)},
        f"{_ONE}/reset": {"POST": _run_action(_back_to_draft)},
        f"{_ONE}/terminate": {"POST": _run_action(_terminate_campaign)},
        f"{_ONE}/stats": {"GET": answer_with_dates(_run_action(_compute_stats))},
    },
)
