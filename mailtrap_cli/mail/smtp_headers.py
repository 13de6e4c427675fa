"""`X-MT-Category` and `X-MT-Custom-Variables`, by which Mailtrap's SMTP sets what its API has fields for. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from .checks import MAX_CATEGORY, MAX_VARIABLES
from .message import Message

CATEGORY, VARIABLES = "x-mt-category", "x-mt-custom-variables"


def read_smtp_headers(message: Message) -> Message:
    """Move these headers of a message into its fields."""
    given = {name.lower(): value for name, value in message.headers.items()}
    if CATEGORY not in given and VARIABLES not in given:
        return message
    category = given.get(CATEGORY, "").strip()[:MAX_CATEGORY]
    return replace(
        message,
        headers={name: value for name, value in message.headers.items() if name.lower() not in (CATEGORY, VARIABLES)},
        category=category or message.category,
        custom_variables={**message.custom_variables, **_parse_variables(given.get(VARIABLES, ""))},
    )


def _parse_variables(text: str) -> Mapping[str, str]:
    """Parse a JSON object of strings; of an array the first value counts, and what is too large is dropped."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(document, dict) or len(text.encode()) > MAX_VARIABLES:
        return {}
    values = {name: value[0] if isinstance(value, list) and value else value for name, value in document.items()}
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in values.items()
        if not isinstance(value, dict | list | None)
    }
