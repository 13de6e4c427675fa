"""Email templates of both API versions, which share the templates and their IDs (templates.openapi.yml)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .calls import Call
from .fields import Field
from .resource_store import Row
from .resources import Resource, join_routes, routes_of, times_of


def _shape(call: Call, row: Row) -> dict[str, Any]:
    document = row.document
    return {
        "id": row.id,
        "uuid": row.uuid,
        "name": document["name"],
        "category": document["category"],
        "subject": document["subject"],
        "body_text": document.get("body_text") or "",
        "body_html": document.get("body_html") or "",
        **times_of(row),
    }


_LONGEST_BODY = 10_000_000

STABLE = Resource(
    "template",
    "/api/email_templates",
    (
        Field("name", required=True, longest=255),
        Field("category", required=True, longest=255),
        Field("subject", required=True, longest=255),
        Field("body_text", null=True, longest=_LONGEST_BODY),
        Field("body_html", null=True, longest=_LONGEST_BODY),
    ),
    _shape,
    wrapper="email_template",
    key="name",
)
PAGED = replace(
    STABLE,
    path="/api/templates",
    wrapper="",
    optional_wrapper="email_template",
    envelope=True,
    paging="tokens",
    search="search",
    update_methods=("PATCH", "PUT"),
)
ROUTES = join_routes(routes_of(STABLE), routes_of(PAGED))
