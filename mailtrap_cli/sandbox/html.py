"""HTML of an email as a person sees it: its text and its links. Pure; one pass over the input, whatever it holds.

The tokens are those of the HTML Living Standard, 13.2.5, as far as text and attributes need them. The parser of the
standard library is not used: on hostile input it takes a time that grows with the square of its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape

_OPEN = re.compile(r"<(?=/?[a-zA-Z]|[!?])")
_NAME = re.compile(r"/?[a-zA-Z][^\s/>]*+")
# A reference in an attribute needs its semicolon where a letter, a digit or "=" follows: `?a=1&copy=2` holds none.
_REFERENCE = re.compile(r"&(?:#[0-9]++;?|#[xX][0-9a-fA-F]++;?|[a-zA-Z][a-zA-Z0-9]*+(?:;|(?![=a-zA-Z0-9])))")
_ATTRIBUTE = re.compile(
    r"""[\s/]*+(?P<name>[^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"?|'(?P<single>[^']*+)'?|(?P<bare>[^\s>]*+)))?"""
)
_GAP = re.compile(r"[\s/]*+")
_HIDDEN = frozenset(("script", "style", "title", "template", "textarea", "xmp", "iframe"))
_ENDS = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _HIDDEN}
_BREAKS = frozenset(
    re.findall(
        r"\w+",
        "p div br hr table tbody thead tr ul ol li dl dt dd h1 h2 h3 h4 h5 h6 section article header footer"
        " blockquote pre center form address body html",
    )
)


@dataclass(frozen=True)
class Tag:
    """A start tag (`name` in lower case), or an end tag (`/name`); its attributes with entities decoded."""

    name: str
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class Link:
    """A link: its target, the words that it is put on, and up to 160 characters of the text before it."""

    url: str
    words: str
    before: str
    button: bool = False


def tokens(html: str) -> Iterator[str | Tag]:
    """Tags and pieces of text, entities decoded; comments, scripts and styles are left out."""
    at = 0
    while opened := _OPEN.search(html, at):
        start = opened.start()
        if start > at:
            yield unescape(html[at:start])
        if name := _NAME.match(html, start + 1):
            tag, at = _tag(html, name)
            yield tag
            if tag.name in _HIDDEN:
                end = _ENDS[tag.name].search(html, at)
                at = end.start() if end else len(html)
        elif html.startswith("<!--", start):
            at = _after(html, "-->", start + 4)
        else:
            at = _after(html, ">", start + 2)
    if at < len(html):
        yield unescape(html[at:])


def _tag(html: str, name: re.Match[str]) -> tuple[Tag, int]:
    attributes: dict[str, str] = {}
    at = name.end()
    while found := _ATTRIBUTE.match(html, at):
        value = found["double"] or found["single"] or found["bare"] or ""
        attributes.setdefault(found["name"].lower(), _REFERENCE.sub(lambda reference: unescape(reference[0]), value))
        at = found.end()
    at = _GAP.match(html, at).end()  # type: ignore[union-attr]  # it matches the empty text too
    return Tag(name[0].lower(), attributes), at + html.startswith(">", at)


def _after(html: str, mark: str, at: int) -> int:
    found = html.find(mark, at)
    return len(html) if found < 0 else found + len(mark)


def text_of(html: str) -> str:
    """The text that a reader sees, a line a paragraph or a cell's row."""
    pieces: list[str] = []
    for token in tokens(html):
        if isinstance(token, str):
            pieces.append(re.sub(r"\s+", " ", token))
        elif token.name.lstrip("/") in _BREAKS:
            pieces.append("\n")
        elif token.name in ("td", "th"):
            pieces.append(" ")
        elif token.name == "img":
            pieces.append(f" {token.attributes.get('alt', '')} ")
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def links_of(html: str, most: int) -> list[Link]:
    """The first `most` links, in their order: whatever has an `href` and is no stylesheet and no base."""
    found: list[Link] = []
    seen = ""  # the end of the text so far
    url, words, before, button = "", "", "", False
    for token in tokens(html):
        ends = isinstance(token, Tag) and (token.name in ("/a", "/area") or _leads(token))
        if ends and url:
            found.append(Link(url, _line(words), before, button))
            url = ""
            if len(found) >= most:
                return found
        if isinstance(token, Tag) and _leads(token):
            url, before, words = target(token.attributes["href"]), _line(seen), token.attributes.get("title", "")
            button = bool(re.search(r"button|btn|cta", " ".join(token.attributes.values()), re.IGNORECASE))
            continue
        piece = _seen(token)
        words += piece if url and len(words) < 500 else ""
        seen = (seen + piece)[-160:]
    return [*found, Link(url, _line(words), before, button)] if url else found


def _leads(tag: Tag) -> bool:
    return "href" in tag.attributes and tag.name not in ("link", "base")


def _seen(token: str | Tag) -> str:
    """What a token adds to the text of a line."""
    if isinstance(token, str):
        return token
    if token.name == "img":
        return f" {token.attributes.get('alt', '')} "
    return " " if token.name in _BREAKS else ""


def target(href: str) -> str:
    """A link's target as a browser reads it: without surrounding space, line breaks and tabs (URL Standard, 4.4)."""
    return re.sub(r"[\t\n\r]", "", href).strip("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x1b ")


def _line(text: str) -> str:
    return " ".join(text.split())
