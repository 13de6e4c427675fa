"""Render messages that name a template, using the templates in the local sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .store import Store

if TYPE_CHECKING:
    from .served_templates import ServedTemplates


def fill_template(
    store: Store, message: Mapping[str, Any], files: ServedTemplates | None = None
) -> tuple[dict[str, Any], list[str]]:
    """Return the message with the subject and bodies of its template, and the errors the API would report.

    `files` are the templates kept as files, used as they are now. `missing_variables` are those that the template uses
    and that were not given.
    """
    from .handlebars import render_template
    from .handlebars_parser import TemplateError
    from .served_templates import find_file, find_problem

    if files is not None:
        files.refresh(message["template_uuid"])
    row = store.resources.get_by_uuid("template", message["template_uuid"])
    if row is None:
        return dict(message), [f"template not found: {message['template_uuid']}"]
    problem = find_problem(row)
    if problem is not None:
        return dict(message), [f"template {problem}"]
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
            file = find_file(row, source)
            return dict(message), [f"template {source if file is None else file}: {error}"]
        filled[field] = rendered.text
        missing |= dict.fromkeys(rendered.missing)
    return {**filled, "missing_variables": list(missing)}, []
