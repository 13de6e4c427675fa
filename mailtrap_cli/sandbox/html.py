"""Reads the HTML of an email as a person sees it: text and links. Pure; one pass over any input.

The tokens are those of the HTML Living Standard, 13.2.5, as far as text and attributes need them. The parser of the
standard library is not used: on hostile input its time grows with the square of the length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape

from .vocabulary import INVISIBLE

_OPEN = re.compile(r"<(?=/?[a-zA-Z]|[!?])")
_NAME = re.compile(r"/?[a-zA-Z][^\s/>]*+")
# A reference in an attribute needs its semicolon where a letter, a digit or "=" follows: `?a=1&copy=2` has none.
UNSUBSCRIBE, OPT_OUT = "__unsubscribe_url__", "__tracking_opt_out_url__"  # href placeholders that Mailtrap fills in
_REFERENCE = re.compile(r"&(?:#[0-9]++;?|#[xX][0-9a-fA-F]++;?|[a-zA-Z][a-zA-Z0-9]*+(?:;|(?![=a-zA-Z0-9])))")
_ATTRIBUTE = re.compile(
    r"""[\s/]*+(?P<name>[^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"?|'(?P<single>[^']*+)'?|(?P<bare>[^\s>]*+)))?"""
)
_BUTTON = re.compile(r"button|btn|cta|background[^;]*;.*padding|padding.*background", re.IGNORECASE)
_AROUND = "".join(map(chr, range(0x21))) + "\u00a0\u3000" + INVISIBLE
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
    """A link: its target, its text, and up to 160 characters of the text before it."""

    url: str
    words: str
    before: str
    button: bool = False
    image: bool = False  # there is nothing but an image


class Style(str):
    """The content of a style sheet as it is in the HTML; `media` is its media query, "" for all."""

    media = ""


def read_tokens(html: str, *, styles: bool = False) -> Iterator[str | Tag]:
    """Yield tags and text with entities decoded, without comments and scripts, and with `styles` on demand."""
    at = 0
    while opened := _OPEN.search(html, at):
        start = opened.start()
        if start > at:
            yield unescape(html[at:start])
        if name := _NAME.match(html, start + 1):
            tag, at = _read_tag(html, name)
            yield tag
            if tag.name in _HIDDEN:
                end = _ENDS[tag.name].search(html, at)
                until = end.start() if end else len(html)
                if styles and tag.name == "style":
                    style = Style(html[at:until])
                    style.media = tag.attributes.get("media", "")
                    yield style
                at = until
        elif html.startswith("<!--", start):
            at = _find_after(html, "-->", start + 4)
        else:
            at = _find_after(html, ">", start + 2)
    if at < len(html):
        yield unescape(html[at:])


def _read_tag(html: str, name: re.Match[str]) -> tuple[Tag, int]:
    attributes: dict[str, str] = {}
    at = name.end()
    while found := _ATTRIBUTE.match(html, at):
        value = found["double"] or found["single"] or found["bare"] or ""
        attributes.setdefault(found["name"].lower(), _REFERENCE.sub(lambda reference: unescape(reference[0]), value))
        at = found.end()
    at = _GAP.match(html, at).end()  # type: ignore[union-attr]  # it matches the empty text too
    return Tag(name[0].lower(), attributes), at + html.startswith(">", at)


def _find_after(html: str, mark: str, at: int) -> int:
    found = html.find(mark, at)
    return len(html) if found < 0 else found + len(mark)


# What is shown of a message: no element that runs, embeds, redirects, or makes a browser resolve a host early.
_UNSAFE = frozenset(
    (
        *("script", "link", "meta", "base", "iframe", "frame", "frameset", "object", "embed", "applet", "template"),
        *("xmp", "plaintext", "noembed", "noframes", "noscript", "title", "textarea", "portal"),
    )
)
_UNSAFE_ATTRIBUTE = re.compile(r"on|ping$|srcdoc$|formaction$|http-equiv$|attributionsrc$")
_UNSAFE_URL = re.compile(r"(?:javascript|vbscript|data:text)", re.IGNORECASE)
_SAFE_NAME = re.compile(r"/?[a-z][a-z0-9-]*(?::[a-z][a-z0-9-]*)?")


def read_safe_tokens(html: str) -> Iterator[str | Tag]:
    """The tokens, styles included, without the elements and attributes that run or fetch by themselves."""
    for token in read_tokens(html, styles=True):
        if isinstance(token, str):
            yield token
        elif token.name.lstrip("/") in _UNSAFE or token.name in ("style", "/style"):
            continue
        elif _SAFE_NAME.fullmatch(token.name):
            yield Tag(token.name, {} if token.name.startswith("/") else dict(_keep_safe(token.attributes)))


def _keep_safe(attributes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in attributes.items():
        if _is_safe_name(name) and not (":" in value and _UNSAFE_URL.match(read_target(value))):
            yield name, value


@lru_cache(maxsize=1000)
def _is_safe_name(name: str) -> bool:
    return bool(re.fullmatch(r"[a-z][a-z0-9:_-]*", name) and not _UNSAFE_ATTRIBUTE.match(name))


def sanitize_html(html: str, change: Callable[[str], str]) -> str:
    """Rewrite the HTML from its tokens, without anything that runs or fetches by itself. Styles stay.

    `change` is applied to every value of an attribute and to every style sheet.
    """
    pieces: list[str] = []
    for token in read_safe_tokens(html):
        if isinstance(token, Style):
            media = {"media": token.media} if token.media else {}
            pieces.append(f"{write_tag('style', media)}{escape_css(change(token))}</style>")
        elif isinstance(token, str):
            pieces.append(escape(token, quote=False))
        else:
            pieces.append(write_tag(token.name, {name: change(value) for name, value in token.attributes.items()}))
    return "".join(pieces)


def write_tag(name: str, attributes: Mapping[str, str]) -> str:
    """Write a tag as HTML."""
    written = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>"


def escape_css(css: str) -> str:
    """Escape a style sheet so that it cannot end its element: `<` as in CSS Syntax 4.3.7."""
    return css.replace("<", "\\3c ")


def read_text(html: str, mark: str = "") -> str:
    """Return the text that a reader sees, one line per paragraph or table row.

    `mark` stands where a tag within a line begins or ends, such as bold.
    """
    pieces: list[str] = []
    for token in read_tokens(html):
        if isinstance(token, str):
            pieces.append(re.sub(r"\s+", " ", token))
        elif token.name.lstrip("/") in _BREAKS:
            pieces.append("\n")
        elif token.name in ("td", "th"):
            pieces.append(" ")
        elif token.name == "img":
            pieces.append(f" {token.attributes.get('alt', '')} ")
        elif mark:
            pieces.append(mark)
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line.strip(mark))


def find_links(html: str, most: int) -> list[Link]:
    """Find the first `most` links: anything with an `href` (except style sheets), and forms by their `action`."""
    found: list[Link] = []
    base = ""
    seen = ""  # the end of the text so far
    opened: dict[str, _OpenLink] = {}  # by the end tag that closes it
    for token in read_tokens(html):
        if isinstance(token, Tag):
            if token.name == "base":
                base = base or read_target(token.attributes.get("href", ""))
                continue
            following = _open_link(token, base, seen)
            closing = following.end if following else token.name
            if closing in opened:
                found.append(opened.pop(closing).close())
                if len(found) >= most:
                    return found
            if following and token.name == "area":
                found.append(following.close())
            elif following:
                opened[following.end] = following
            if following:
                continue
        piece = _read_piece(token)
        for link in opened.values():
            link.add(token)
        seen = (seen + piece)[-160:]
    return [*found, *(link.close() for link in opened.values())][:most]


@dataclass
class _OpenLink:
    """A link whose end tag has not been read yet."""

    url: str
    end: str
    words: str
    before: str
    button: bool
    text: bool = False  # any that is not of an image
    image: bool = False

    def add(self, token: str | Tag) -> None:
        """Continue the content of the link."""
        self.image |= isinstance(token, Tag) and token.name == "img"
        self.text |= isinstance(token, str) and not token.isspace()
        if len(self.words) < 500:
            self.words += _read_piece(token) or _read_button(token)

    def close(self) -> Link:
        """Finish the link at its end tag."""
        return Link(self.url, _join_space(self.words), self.before, self.button, self.image and not self.text)


def _open_link(tag: Tag, base: str, seen: str) -> _OpenLink | None:
    """Open the link that starts with this tag, if any."""
    attributes = tag.attributes
    if tag.name == "form" and attributes.get("action"):
        return _OpenLink(resolve_target(attributes["action"], base), "/form", "", _join_space(seen), True)
    if "href" not in attributes or tag.name in ("link", "base"):
        return None
    # Not values that may contain an address or a text: they are the sender's data.
    looks = " ".join(attributes.get(name, "") for name in ("class", "id", "role", "style", "name"))
    words = f"{attributes.get('title', '')} {attributes.get('alt', '')}"
    button = bool(_BUTTON.search(looks))
    return _OpenLink(resolve_target(attributes["href"], base), "/a", words, _join_space(seen), button)


def _read_button(token: str | Tag) -> str:
    if isinstance(token, Tag) and token.name == "input" and token.attributes.get("type", "").lower() == "submit":
        return f" {token.attributes.get('value', '')} "
    return ""


def _read_piece(token: str | Tag) -> str:
    """Return what a token adds to the text of a line."""
    if isinstance(token, str):
        return token
    if token.name == "img":
        return f" {token.attributes.get('alt', '')} "
    return " " if token.name in _BREAKS else ""


def read_target(href: str) -> str:
    """Normalize a link's target as browsers do: without surrounding space, line breaks and tabs (URL Standard, 4.4).

    Spaces inside are encoded, so that the address stays in one piece; zero-width characters around it are removed.
    """
    inner = re.sub(r"[\t\n\r]", "", href).strip(_AROUND)
    return inner.replace(" ", "%20")


def resolve_target(href: str, base: str) -> str:
    """Make a link's target absolute if the document has a base, or if only the scheme is missing."""
    url = read_target(href)
    if not base and not url.startswith("//"):
        return url
    from urllib.parse import urljoin

    try:
        return urljoin(base or "https:", url)
    except ValueError:
        return url


def _join_space(text: str) -> str:
    return " ".join(text.split())
