"""Email templates of both API versions, which share the templates and their IDs (templates.openapi.yml)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from ..api.responses import Answer
from .calls import ID, NOT_FOUND, Call
from .fields import Errors, Field
from .replies import answer
from .resource_store import Row
from .resources import Resource, delete_resource, find_resource, join_routes, routes_of, times_of
from .served_templates import find_file


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


def _check_template(call: Call, row: Row | None, values: dict[str, Any], errors: Errors) -> None:
    if row is not None and find_file(row, "subject") is not None:
        errors["base"] = [_explain_file(row)]


def _explain_file(row: Row) -> str:
    return f"This template is a file of `mailtrap local serve --templates`: change {find_file(row, 'subject')}"


def _delete_template(resource: Resource, call: Call) -> Answer:
    row = find_resource(resource, call)
    if row is None:
        return NOT_FOUND
    if find_file(row, "subject") is not None:
        return answer(422, {"errors": {"base": [_explain_file(row)]}})
    return delete_resource(resource, call, row)


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
    check=_check_template,
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
ROUTES = join_routes(
    routes_of(STABLE),
    routes_of(PAGED),
    {f"{resource.path}/{ID}": {"DELETE": partial(_delete_template, resource)} for resource in (STABLE, PAGED)},
)
