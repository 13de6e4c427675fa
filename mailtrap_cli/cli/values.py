"""Convert the text of a flag to the value that the API gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .declarations import Field, Kind, as_word

if TYPE_CHECKING:
    from datetime import datetime

    from .context import World


class _Null:
    """A value sent as null."""


NULL = _Null()


def parse_value(world: World, field: Field, given: Any) -> Any:
    """Parse the value of a field; a repeatable flag has several texts."""
    if field.kind is Kind.MAP:
        return parse_map(given if isinstance(given, list) else [given], field.flag)
    texts = given if isinstance(given, list) else [given]
    values = [_parse_one(world, field, one) for one in texts]
    value = values if field.many else values[0]
    if field.longest and isinstance(value, str | list) and len(value) > field.longest:
        what = "values" if isinstance(value, list) else "characters"
        raise InputError(f"{field.flag}: {len(value):,} {what}; at most {field.longest:,} are allowed")
    return value


def _parse_one(world: World, field: Field, given: Any) -> Any:
    if not isinstance(given, str):
        return given
    if field.null and given.casefold() == field.null.casefold():
        return NULL
    if field.choices:
        return parse_choice(given, field.choices, field.flag)
    if field.ref is not None:
        return given
    match field.kind:
        case Kind.DATE:
            from ..units import parse_date

            return parse_date(given, field.flag).isoformat()
        case Kind.TIME | Kind.FUTURE:
            from ..units import parse_moment

            moment = parse_moment(given, field.flag, ahead=field.kind is Kind.FUTURE)
            if field.kind is Kind.FUTURE:
                _check_future(moment, given, field.flag)
            return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        case Kind.OBJECT | Kind.OBJECTS:
            return _parse_json(world, field, given)
        case Kind.FILE:
            return read_text(world, given, field.flag)
        case Kind.EMAIL:
            return _parse_email(given, field.flag)
        case Kind.DOMAIN:
            from ..dns.names import domain_name

            return domain_name(given, field.flag)
        case Kind.URL:
            return _parse_url(given, field.flag)
        case Kind.MAILBOX:
            from ..mail.addresses import parse_address

            return parse_address(given, field.flag).to_payload()
        case Kind.ATTACHMENT:
            from ..mail.attachments import read_attachment

            return read_attachment(given, field.flag).to_payload()
        case kind if kind is int or kind is float:
            return _parse_number(given, field)
    if field.pattern:
        import re

        if not re.fullmatch(field.pattern, given):
            raise InputError(f"{field.flag}: {given!r} is not allowed: use {field.rule}")
    return given


def _check_future(moment: datetime, given: str, flag: str) -> None:
    from datetime import UTC, datetime

    if moment <= datetime.now(UTC):
        raise InputError(f"{flag}: {given} is in the past", hint=f"Example: {flag} 90d")


def check_order(values: Mapping[str, Any], flags: Mapping[str, str]) -> None:
    """Raise InputError if a start is after its end: `start_date` and `end_date`, `start_time` and `end_time`."""
    for name, start in values.items():
        end = values.get(name.replace("start_", "end_", 1)) if name.startswith("start_") else None
        if isinstance(start, str) and isinstance(end, str) and start > end:
            other = flags[name.replace("start_", "end_", 1)]
            raise InputError(f"{flags[name]} {start} is after {other} {end}", hint="Swap them.")


def _parse_email(given: str, flag: str) -> str:
    from ..mail.addresses import parse_address

    return parse_address(given, flag).email


def _parse_url(given: str, flag: str) -> str:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(given)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and given.isprintable() and " " not in given
    except ValueError:
        is_url = False
    if not is_url:
        raise InputError(f"{flag}: {given!r} is not a URL", hint="Example: https://acme.example/hook")
    return given


def parse_choice(given: str, choices: Sequence[Any], flag: str) -> Any:
    """Return the API's own word for a choice, in any case, with hyphens or spaces. Raises InputError."""
    by_word = {word: choice for choice in choices for word in (str(choice).casefold(), as_word(choice))}
    found = by_word.get(given.casefold(), by_word.get(as_word(given)))
    if found is None:
        raise InputError(f"{flag}: {given!r} is not one of {', '.join(map(str, choices))}")
    return found


def parse_map(pairs: Sequence[str], flag: str) -> dict[str, Any]:
    """Parse `KEY=VALUE` texts into an object; `KEY:=JSON` gives a number, true, false or null."""
    found: dict[str, Any] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        typed = key.endswith(":")
        key = key.removesuffix(":").strip()
        if not sign or not key:
            raise InputError(f"{flag}: {pair!r} is not KEY=VALUE", hint=f"Example: {flag} plan=pro.")
        if key in found:
            raise InputError(f"{flag}: {key} is given twice")
        found[key] = _load_json(value, f"{flag} {key}") if typed else value
        if isinstance(found[key], list | dict):  # no map of the API contains one
            what = "a list" if isinstance(found[key], list) else "an object"
            raise InputError(f"{flag}: the value of {key} is {what}", hint="Use text, a number, true, false or null.")
    return found


def _load_json(text: str, where: str) -> Any:
    from ..mail.payload import load_json

    return load_json(text, where)


def _parse_json(world: World, field: Field, given: str) -> Any:
    text = read_text(world, given[1:], field.flag) if given.startswith("@") else given
    value = _load_json(text, field.flag)
    if field.kind is Kind.OBJECT:
        if not isinstance(value, dict):
            raise InputError(f"{field.flag}: expected a JSON object", hint='Example: {"name": "value"}, or @file.json.')
        return value
    listed = [value] if isinstance(value, dict) else value
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise InputError(f"{field.flag}: expected a JSON list of objects", hint='Example: [{"name": "value"}].')
    return listed


def _parse_number(given: str, field: Field) -> int | float:
    try:
        number = int(given) if field.kind is int else float(given)
    except ValueError:
        number = float("nan")
    if number - number != 0:
        kind = "a whole number" if field.kind is int else "a number"
        also = f", nor {field.null}" if field.null else ""
        raise InputError(f"{field.flag}: {given!r} is not {kind}{also}")
    return number


def read_text(world: World, path: str, flag: str) -> str:
    """Read a UTF-8 text file; `-` is standard input."""
    if path == "-":
        return world.read_stdin(flag)
    from pathlib import Path

    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{flag}: {path}: file not found") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{flag}: {path} is not UTF-8 text (byte {error.start})") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{flag}: cannot read {path}: {reason}") from None
