"""Read the API's JSON of a message back into a message; what the API would refuse is refused here. Pure."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..errors import InputError
from .addresses import Address, parse_address
from .message import Attachment, Message


def load_json(text: str, where: str) -> Any:
    """Parse JSON; InputError with `where`, line and column for a broken document.

    What Python accepts but JSON in UTF-8 does not (NaN, half a surrogate pair) is refused too.
    """
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
        if "\\ud" in text or "\\uD" in text:
            json.dumps(document, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise InputError(f"{where}:{error.lineno}:{error.colno}: {error.msg}", hint="It must be JSON.") from error
    except UnicodeEncodeError as error:
        raise InputError(
            f"{where}: the JSON contains half of a surrogate pair", hint="Write the character itself."
        ) from error
    except RecursionError:
        raise InputError(f"{where}: the JSON is nested too deeply") from None
    except ValueError as error:  # NaN, or an integer of thousands of digits
        raise InputError(f"{where}: the JSON has a number that JSON does not allow: {error}") from error
    return document


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


_TEXTS = ("subject", "text", "html", "category", "template_uuid")
_FIELDS = (
    *("from", "to", "cc", "bcc", "reply_to", "attachments", "headers", "custom_variables", "template_variables"),
    *_TEXTS,
)


def from_payload(document: object, where: str) -> Message:
    """Build the message from the API's JSON; InputError, with `where` and the field, for what it would refuse.

    A null field counts as missing. An unknown field is refused, since it would be lost silently.
    """
    fields = _check_fields(document, where, _FIELDS)
    return Message(
        sender=_read_address(fields["from"], f"{where}: from") if "from" in fields else None,
        to=_read_addresses(fields, "to", where),
        cc=_read_addresses(fields, "cc", where),
        bcc=_read_addresses(fields, "bcc", where),
        reply_to=_read_address(fields["reply_to"], f"{where}: reply_to") if "reply_to" in fields else None,
        attachments=tuple(
            _read_attachment(entry, f"{where}: attachments[{number}]")
            for number, entry in enumerate(_as_list(fields.get("attachments", []), f"{where}: attachments"))
        ),
        headers=_as_strings(fields.get("headers", {}), f"{where}: headers"),
        custom_variables=_as_strings(fields.get("custom_variables", {}), f"{where}: custom_variables"),
        template_variables=_as_object(fields["template_variables"], f"{where}: template_variables")
        if "template_variables" in fields
        else None,
        **{name: _as_text(fields[name], f"{where}: {name}") for name in _TEXTS if name in fields},
    )


def _check_fields(value: object, where: str, names: Sequence[str]) -> dict[str, Any]:
    """Return the object's non-null fields; InputError for one that the API does not have."""
    fields = _as_object(value, where)
    for name in fields:
        if name in names:
            continue
        if name in ("base", "requests"):
            raise InputError(f"{where} contains a batch, not a message", hint="Send it with: mailtrap batch FILE")
        from difflib import get_close_matches

        near = get_close_matches(name, names, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Known fields: {', '.join(sorted(names))}."
        raise InputError(f"{where}: the API has no field {name!r}", hint=hint)
    return {name: entry for name, entry in fields.items() if entry is not None}


def _read_addresses(fields: Mapping[str, Any], name: str, where: str) -> tuple[Address, ...]:
    entries = _as_list(fields.get(name, []), f"{where}: {name}")
    return tuple(_read_address(entry, f"{where}: {name}[{number}]") for number, entry in enumerate(entries))


def _read_address(entry: object, where: str) -> Address:
    fields = _check_fields(entry, where, ("email", "name"))
    if "email" not in fields:
        raise InputError(f"{where}.email is missing")
    found = parse_address(_as_text(fields["email"], f"{where}.email"), f"{where}.email")
    return replace(found, name=_as_text(fields["name"], f"{where}.name") or None) if "name" in fields else found


_BREAKS = str.maketrans("", "", "\r\n")


def _read_attachment(entry: object, where: str) -> Attachment:
    fields = _check_fields(entry, where, ("content", "filename", "type", "disposition", "content_id"))
    for name in ("content", "filename"):
        if name not in fields:
            raise InputError(f"{where}.{name} is missing")
    text = _as_text(fields["content"], f"{where}.content")
    try:
        # base64(1) and MIME libraries wrap its lines.
        content = b64decode(text.translate(_BREAKS) if "\n" in text else text, validate=True)
    except ValueError as error:
        raise InputError(
            f"{where}.content is not base64: {error}", hint="Encode the file again: base64 FILE"
        ) from error
    disposition = _as_text(fields.get("disposition", "attachment"), f"{where}.disposition")
    if disposition not in ("attachment", "inline"):
        raise InputError(f"{where}.disposition must be attachment or inline, not {disposition!r}")
    return Attachment(
        content,
        _as_text(fields["filename"], f"{where}.filename"),
        _as_text(fields["type"], f"{where}.type") if "type" in fields else None,
        disposition,
        _as_text(fields["content_id"], f"{where}.content_id") if "content_id" in fields else None,
    )


def _as_object(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(f"{where} must be an object, not {_name_kind(value)}")
    return value


def _as_list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise InputError(f"{where} must be a list, not {_name_kind(value)}")
    return value


def _as_text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"{where} must be text, not {_name_kind(value)}")
    return value


def _as_strings(value: object, where: str) -> dict[str, str]:
    return {name: _as_text(entry, f"{where}.{name}") for name, entry in _as_object(value, where).items()}


def _name_kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "an object"
