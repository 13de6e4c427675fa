"""Render messages that name a template, using the templates in the local sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .store import Store


def fill_template(store: Store, message: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the message with the subject and bodies of its template, and the errors the API would report.

    `missing_variables` are those that the template uses and that were not given.
    """
    from .handlebars import render_template
    from .handlebars_parser import TemplateError

    row = store.resources.get_by_uuid("template", message["template_uuid"])
    if row is None:
        return dict(message), [f"template not found: {message['template_uuid']}"]
    filled = {**message, "template_id": row.id}
    missing: dict[str, None] = {}
    variables = message.get("template_variables") or {}
    for field, source in (("subject", "subject"), ("text", "body_text"), ("html", "body_html")):
        template = row.document.get(source)
        if not template:
            continue
        try:
            rendered = render_template(template, variables)
        except TemplateError as error:
            return dict(message), [f"template {source}: {error}"]
        filled[field] = rendered.text
        missing |= dict.fromkeys(rendered.missing)
    return {**filled, "missing_variables": list(missing)}, []
