"""Parse `KEY=VALUE` and `Name: value` words into dicts. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import InputError


def parse_pairs(given: Iterable[str], where: str, example: str = "user_id=42") -> dict[str, str]:
    """Parse `KEY=VALUE` words; the last value of a key wins. InputError for a word without `=` or key."""
    pairs: dict[str, str] = {}
    for word in given:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise InputError(f"{where}: {word!r} is not KEY=VALUE", hint=f"Example: {where} {example}")
        if not _is_unicode(word):
            raise InputError(f"{where}: {word!r} is not UTF-8 text")
        pairs[key] = value
    return pairs


def parse_headers(given: Iterable[str], where: str) -> dict[str, str]:
    """Parse `Name: value` words; InputError for a word without a colon, or a repeated name."""
    headers: dict[str, str] = {}
    for word in given:
        name, colon, value = word.partition(":")
        if not colon or not name.strip():
            raise InputError(f"{where}: {word!r} is not 'Name: value'", hint=f"Example: {where} 'X-Campaign: spring'")
        name = name.strip()
        if name in headers:
            raise InputError(f"{where}: {name} is given twice", hint="A header can have one value.")
        headers[name] = value.strip(" \t")
    return headers


def _is_unicode(text: str) -> bool:
    """Whether it is valid Unicode: no bytes that were not UTF-8."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
