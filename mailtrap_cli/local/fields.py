"""Validate resource fields: types, lengths, choices; with the API's own error sentences. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from ..errors import InputError
from ..mail.addresses import parse_address

Kind = Literal["string", "integer", "boolean", "email", "hostname", "url", "time", "ids", "texts", "map", "objects"]
Errors = dict[str, list[str]]

BLANK = "can't be blank"
INVALID = "is invalid"
TAKEN = "has already been taken"

_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_HOSTNAME = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}", re.IGNORECASE)
LARGEST_ID = (1 << 63) - 1


@dataclass(frozen=True)
class Field:
    """One field of a resource, as a request passes it.

    A `required` field must be given at creation; later it may be left out, but not blank. A `fixed` field is read at
    creation only. `default` applies if the creation leaves the field out.
    """

    name: str
    kind: Kind = "string"
    required: bool = False
    fixed: bool = False
    null: bool = False
    unique: bool = False
    choices: tuple[str, ...] = ()
    longest: int = 0
    default: Any = None


def check_fields(fields: Iterable[Field], given: Mapping[str, Any], *, creating: bool) -> tuple[dict[str, Any], Errors]:
    """Return the values that a request sets, and the API's errors by field.

    Unknown fields are ignored, as the API does.
    """
    values: dict[str, Any] = {}
    errors: Errors = {}
    for field in fields:
        if field.fixed and not creating:
            continue
        if field.name not in given or (given[field.name] is None and not field.null):
            if creating and field.required:
                errors[field.name] = [BLANK]
            elif creating:
                values[field.name] = field.default
            continue
        value = given[field.name]
        sentence = _refusal(field, value)
        if sentence is None:
            values[field.name] = value
        else:
            errors[field.name] = [sentence]
    return values, errors


def is_email(value: object) -> bool:
    """Return whether this is one email address without a name."""
    if not isinstance(value, str):
        return False
    try:
        return parse_address(value, "").name is None
    except InputError:
        return False


def is_id(value: object) -> bool:
    """Return whether this number can be an ID."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_ID


def is_uuid(text: str) -> bool:
    """Return whether this is a UUID in its usual form."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def parse_time(text: object) -> int | None:
    """Parse an ISO 8601 time (UTC unless it has a zone) into milliseconds since 1970; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        time = datetime.fromisoformat(text)
        return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def _refusal(field: Field, value: Any) -> str | None:
    """Return why the API refuses this value, or None if it is valid."""
    if value is None:
        return None
    if field.required and value in ("", [], {}):
        return BLANK
    if not _KINDS[field.kind](value):
        return INVALID
    if field.choices and not set(value if isinstance(value, list) else [value]) <= set(field.choices):
        return f"is invalid. Allowed values: {', '.join(field.choices)}."
    if field.longest and isinstance(value, str) and len(value) > field.longest:
        return f"is too long (maximum is {field.longest} characters)"
    return None


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_url(value: object) -> bool:
    if not isinstance(value, str) or re.search(r"[\s\x00-\x1f]", value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _is_list_of(test: Any) -> Any:
    return lambda value: isinstance(value, list) and all(map(test, value))


_KINDS: dict[Kind, Any] = {
    "string": _is_text,
    "integer": is_id,
    "boolean": lambda value: isinstance(value, bool),
    "email": is_email,
    "hostname": lambda value: isinstance(value, str) and len(value) < 254 and bool(_HOSTNAME.fullmatch(value)),
    "url": _is_url,
    "time": lambda value: parse_time(value) is not None,
    "ids": _is_list_of(is_id),
    "texts": _is_list_of(_is_text),
    "map": lambda value: isinstance(value, dict),
    "objects": _is_list_of(lambda entry: isinstance(entry, dict)),
}
