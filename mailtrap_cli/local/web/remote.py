"""Find and remove what a message would fetch from elsewhere.

The frame's policy blocks all of it anyway; with it removed, nothing is even tried, and images show their alternative
text. Only what the message itself contains stays: data URLs and inline images.
"""

from __future__ import annotations

import re

from ...sandbox.html import Tag, read_target

LINKS = ("a", "area")
_SOURCES = ("src", "srcset", "imagesrcset", "background", "poster", "data", "href", "xlink:href", "lowsrc", "dynsrc")
_ANIMATED = ("to", "from", "by", "values")  # set by SVG animations in place of another attribute
_OWN = re.compile(r"data:|cid:|#|\Z", re.IGNORECASE)
# Escapes (CSS Syntax 4.3.7) in function names and URL prefixes, so that no spelling can hide one.
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\r\n\f]?|([g-zG-Z]))")
_COMMENT = re.compile(r"(\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+')|/\*.*?(?:\*/|\Z)", re.DOTALL)
_IMPORT = re.compile(r"@import\b\s*(?:url\([^)]*\)?|\"[^\"]*\"?|'[^']*'?)[^;{}]*;?", re.IGNORECASE)
_URL = re.compile(r"url\(\s*+(?:\"([^\"]*+)\"?|'([^']*+)'?|([^)]*+))[^)]*+\)?", re.IGNORECASE)
_SET = re.compile(r"(?<![\w-])(?:(?:-webkit-)?image-set|src|image)\(", re.IGNORECASE)


def is_fetch(tag: Tag, name: str, value: str) -> bool:
    """Return whether an attribute (other than `style`) would fetch something from elsewhere."""
    if tag.name.startswith(("animate", "set")) and name in _ANIMATED:
        return "/" in value or ":" in value
    return name in _SOURCES and tag.name not in LINKS and not _OWN.match(read_target(value))


def count_fetches(css: str) -> int:
    """Count what a style sheet, or the declarations of an attribute, would fetch from elsewhere."""
    if "(" not in css and "\\" not in css and "@" not in css:
        return 0
    css = _read_css(css)
    urls = sum(not _is_own(match) for match in _URL.finditer(_IMPORT.sub("", css)))
    return len(_IMPORT.findall(css)) + urls + len(_SET.findall(css))


def block_css(css: str) -> str:
    """Remove from a style sheet what it would fetch from elsewhere."""
    css = _IMPORT.sub("", _read_css(css))
    css = _URL.sub(lambda match: match[0] if _is_own(match) else "url(data:,)", css)
    return _SET.sub("blocked(", css)


def _read_css(css: str) -> str:
    """Remove comments, and decode escaped letters, colons and slashes."""
    css = _COMMENT.sub(lambda match: match[1] or " ", css)
    return _ESCAPE.sub(_decode, css) if "\\" in css else css


def _decode(escape: re.Match[str]) -> str:
    code = int(escape[1], 16) if escape[1] else ord(escape[2])
    plain = code < 128 and (chr(code).isalpha() or chr(code) in ":/@")
    return chr(code) if plain else escape[0]


def _is_own(url: re.Match[str]) -> bool:
    address = next((group for group in url.groups() if group is not None), "")
    return bool(_OWN.match(read_target(address)))
