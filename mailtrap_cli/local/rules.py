"""The API's validation, in its own words (sandbox-sending.openapi.yml). Pure."""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping
from typing import Any

from ..errors import InputError
from ..mail.addresses import parse_address
from ..mail.checks import MAX_CATEGORY, MAX_RECIPIENTS, MAX_VARIABLES, RESERVED
from ..mail.message import MAX_BYTES

MAX_MESSAGES = 500  # messages in a batch
MAX_REQUEST = 50 * 1024 * 1024  # bytes of a request (the API's own limit)
TOO_LARGE = f"request is too large (maximum is {MAX_REQUEST >> 20} MB)"
MAX_DEPTH = 100  # nesting of objects and arrays: far more than anyone needs, far below Python's limit

RECIPIENTS = ("to", "cc", "bcc")
CONTENT = ("subject", "text", "html")
BODIES = ("text", "html", "attachments")

_LINE_BREAK = re.compile(r"[\r\n]")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def too_deep(document: dict[str, Any] | list[Any], depth: int = MAX_DEPTH) -> bool:
    """Return whether objects and arrays are nested more than `depth` levels deep."""
    entries = document.values() if isinstance(document, dict) else document
    return any(isinstance(entry, (dict, list)) and (depth == 1 or too_deep(entry, depth - 1)) for entry in entries)


def shared(base: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the messages of a batch inherit from its base: everything except recipients (BatchEmail)."""
    return {key: value for key, value in base.items() if key not in RECIPIENTS}


def list_recipients(message: Mapping[str, Any]) -> list[str]:
    """List the addresses that receive a message: the envelope's if it arrived by SMTP, otherwise to, cc and bcc."""
    envelope = message.get("envelope")
    if envelope is not None:
        return list(envelope["to"])
    return [entry["email"] for field in RECIPIENTS for entry in message.get(field) or ()]


def problems(message: Mapping[str, Any]) -> list[str]:
    """Return the errors that the API would report for one message, as its sentences; [] if it is valid."""
    found: list[str] = []
    _check_addresses(message, found)
    _check_content(message, found)
    _check_line_breaks(message, found)
    if message.get("attachments") is not None:
        _check_attachments(message["attachments"], found)
    if message.get("headers") is not None:
        _check_strings(message, "headers", found)
        if isinstance(message["headers"], dict):
            found += [f"header '{name}' is reserved" for name in message["headers"] if name.lower() in RESERVED]
    if message.get("custom_variables") is not None:
        _check_strings(message, "custom_variables", found)
        if _json_size(message["custom_variables"]) > MAX_VARIABLES:
            found.append(f"'custom_variables' must not exceed {MAX_VARIABLES} bytes")
    category = message.get("category")
    if category is not None and not isinstance(category, str):
        found.append("'category' must be a string")
    elif category and len(category) > MAX_CATEGORY:
        found.append(f"'category' is too long (maximum is {MAX_CATEGORY} characters)")
    if not found:
        size = utf8_size(message.get("text")) + utf8_size(message.get("html")) + attached_size(message)
        if size > MAX_BYTES:
            found.append(f"message is too large (maximum is {MAX_BYTES >> 20} MB)")
    return found


def utf8_size(text: str | None) -> int:
    """Return the size of a text in bytes."""
    if not text:
        return 0
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def attached_size(message: Mapping[str, Any]) -> int:
    """Estimate the size in bytes of a valid message's attachments from their base64."""
    return sum(len(entry["content"]) * 3 // 4 for entry in message.get("attachments") or ())


def _check_addresses(message: Mapping[str, Any], found: list[str]) -> None:
    if not message.get("from"):
        found.append("'from' is required")
    elif not _is_address(message["from"]):
        found.append("'from' address is invalid")
    if not any(message.get(field) for field in RECIPIENTS):
        found.append("'to', 'cc' or 'bcc' address is required")
    for field in RECIPIENTS:
        addresses = message.get(field)
        if not addresses:
            continue
        if not isinstance(addresses, list):
            found.append(f"'{field}' must be an array")
        elif len(addresses) > MAX_RECIPIENTS:
            found.append(f"'{field}' must not exceed {MAX_RECIPIENTS} recipients")
        elif not all(map(_is_address, addresses)):
            found.append(f"'{field}' address is invalid")
    if message.get("reply_to") is not None and not _is_address(message["reply_to"]):
        found.append("'reply_to' address is invalid")


def _is_address(entry: object) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("email"), str):
        return False
    if not isinstance(entry.get("name"), str | None):
        return False
    try:
        return parse_address(entry["email"], "").name is None
    except InputError:
        return False


def _check_content(message: Mapping[str, Any], found: list[str]) -> None:
    for field in CONTENT:
        if message.get(field) is not None and not isinstance(message[field], str):
            found.append(f"'{field}' must be a string")
    if not isinstance(message.get("template_variables"), dict | None):
        found.append("'template_variables' must be an object")
    template = message.get("template_uuid")
    if template is not None:
        if not isinstance(template, str) or not _UUID.fullmatch(template):
            found.append("'template_uuid' is invalid")
        for field in CONTENT:
            if message.get(field):
                found.append(f"'{field}' is not allowed with 'template_uuid'")
        return
    if not message.get("subject"):
        found.append("'subject' is required")
    if not message.get("text") and not message.get("html"):
        found.append("must specify either text or html body")


def _check_line_breaks(message: Mapping[str, Any], found: list[str]) -> None:
    """Reject line breaks in header fields: they would start another field (RFC 5322, 2.2)."""
    for field in ("subject", "category"):
        if isinstance(message.get(field), str) and _LINE_BREAK.search(message[field]):
            found.append(f"'{field}' must not contain line breaks")
    headers = message.get("headers")
    if isinstance(headers, dict) and any(
        isinstance(text, str) and _LINE_BREAK.search(text) for pair in headers.items() for text in pair
    ):
        found.append("'headers' must not contain line breaks")


def _check_attachments(attachments: object, found: list[str]) -> None:
    if not isinstance(attachments, list) or not all(isinstance(entry, dict) for entry in attachments):
        found.append("'attachments' must be an array of objects")
        return
    for entry in attachments:
        name, content = entry.get("filename"), entry.get("content")
        if not isinstance(name, str) or not name:
            found.append("'attachments' filename is required")
        if not isinstance(content, str) or not content:
            found.append("'attachments' content is required")
        elif not _is_base64(content):
            found.append("'attachments' content must be Base64 encoded")
        if entry.get("disposition") not in (None, "attachment", "inline"):
            found.append("'attachments' disposition must be 'attachment' or 'inline'")
        for field in ("type", "content_id"):
            if not isinstance(entry.get(field), str | None):
                found.append(f"'attachments' {field} must be a string")


def _is_base64(content: str) -> bool:
    """Return whether this is base64. Line breaks are allowed, since MIME encoders (RFC 2045, 6.8) write them."""
    try:
        binascii.a2b_base64(content.replace("\r", "").replace("\n", ""), strict_mode=True)
    except ValueError:  # includes binascii.Error and non-ASCII text
        return False
    return True


def _check_strings(message: Mapping[str, Any], field: str, found: list[str]) -> None:
    values = message[field]
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        found.append(f"'{field}' must be an object of strings")


def _json_size(value: object) -> int:
    """Return the size of a value as JSON, in bytes."""
    import json

    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
