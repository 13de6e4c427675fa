"""Build JSON from fields on the command line: `a[b]=1` is an object in an object, `a[]=1` an item of a list."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from ..errors import InputError


def split_field(given: str, flag: str) -> tuple[str, str]:
    """Split `KEY=VALUE` into key and value. Raises InputError."""
    key, sign, value = given.partition("=")
    if not sign or not key.strip():
        raise InputError(f"{flag}: {given!r} is not KEY=VALUE", hint=f"Example: {flag} name=Shop")
    return key, value


def parse_typed(value: str, read_file: Callable[[str], str]) -> Any:
    """Parse `true`, `false`, `null` and numbers; `@FILE` becomes the text of the file, anything else stays text."""
    if value.startswith("@"):
        return read_file(value[1:])
    if value in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[value]
    if re.fullmatch(r"-?(0|[1-9]\d{0,17})", value):
        return int(value)
    if re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,2})?", value):
        return float(value)
    return value


def put_field(document: dict[str, Any], key: str, value: Any, flag: str) -> None:
    """Store a value under its key. Raises InputError if the key is malformed or conflicts with another."""
    if not re.fullmatch(r"[^\[\]]+(\[[^\[\]]*\])*", key):
        raise InputError(f"{flag}: {key!r} is not a valid key", hint="Examples: name, contact[email], event_types[]")
    steps = [part.rstrip("]") for part in key.split("[")]
    home: Any = document
    for step, following in pairwise(steps):
        home = _enter_step(home, step, following, key, flag)
    last = steps[-1]
    if last == "":
        home.append(value)
    elif last in home:
        raise InputError(f"{flag}: {key} is given twice", hint="For a list: KEY[]=VALUE.")
    else:
        home[last] = value


def _enter_step(home: Any, step: str, following: str, key: str, flag: str) -> Any:
    """Return the object or list under this step. If the last item of a list already has the following key, start a
    new item.
    """
    made: list[Any] | dict[str, Any] = [] if following == "" else {}
    if step == "":
        if not home or not isinstance(home[-1], dict) or isinstance(made, list) or following in home[-1]:
            home.append(made)
        return home[-1]
    found = home.setdefault(step, made)
    if type(found) is not type(made):
        raise InputError(f"{flag}: {key} conflicts with another value of {step}")
    return found
