"""Turn the HTML of a message into a document for a sandboxed frame: it runs nothing, and fetches nothing until asked.

Its policy has no `unsafe-inline`: style sheets carry a nonce, and the `style` attributes of elements become rules of
one such sheet, more specific than any rule a message would have by accident. So they win over the message's own rules,
and lose to those that are `!important`, as attributes do (CSS Cascade 5, 6.4.3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any

from ...sandbox.html import Style, Tag, escape_css, read_safe_tokens, read_target, write_tag
from .remote import LINKS, block_css, count_fetches, is_fetch

MARK = "data-mt-style"
STRONG = ":not(#mt-1#mt-2#mt-3)"  # more specific than three IDs; matches any element
_SCHEME = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)", re.IGNORECASE)
_LEAVES = re.compile(r"(?:https?:)?//|(?:mailto|tel|sms):", re.IGNORECASE)
# Skip strings, escapes and comments; the remaining brackets and quotes must come in pairs.
_CSS_TOKEN = re.compile(
    r"\\.|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|/\*.*?\*/|(?P<mark>[\[\](){}\"']|/\*|\\\Z)", re.DOTALL
)
_PAIRS = {")": "(", "]": "["}

BASE = ":where(html){background:#fff;color:#000;font-family:sans-serif}:where(body){overflow-wrap:break-word}"
# Dark mode for a message without dark styles of its own, as clients do it: invert colors, except in images.
INVERTED = (
    "html{filter:invert(1) hue-rotate(180deg)!important;background:#fff!important;min-height:100%}"
    "img,video,picture{filter:invert(1) hue-rotate(180deg)!important}"
)
DARK = ":where(html){background:#111;color:#eee;color-scheme:dark}"


def describe_html(html: str) -> dict[str, Any]:
    """Count what the HTML would fetch from elsewhere, and tell whether it has styles for dark mode."""
    remote, dark = 0, False
    for token in read_safe_tokens(html):
        if isinstance(token, Style):
            remote += count_fetches(token)
            dark = dark or has_dark_styles(token) or has_dark_styles(token.media)
        elif isinstance(token, Tag):
            for name, value in token.attributes.items():
                remote += count_fetches(value) if name == "style" else is_fetch(token, name, value)
    return {"remote": remote, "dark": dark}


def has_dark_styles(css: str) -> bool:
    """Return whether a style sheet (or a media query) depends on the color scheme."""
    return bool(_SCHEME.search(css))


def build_policy(nonce: str, *, remote: bool) -> str:
    """Return the Content-Security-Policy of the frame's document."""
    elsewhere = " http: https:" if remote else ""
    return "; ".join(
        (
            "default-src 'none'",
            f"img-src data:{elsewhere}",
            f"style-src 'nonce-{nonce}'{elsewhere}",
            f"font-src data:{elsewhere}",
            f"media-src data:{elsewhere}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
            "sandbox allow-popups allow-popups-to-escape-sandbox",
        )
    )


def render_frame(html: str, embed: Callable[[str], str], nonce: str, *, dark: bool, remote: bool) -> str:
    """Render the document. `embed` inserts inline images; `dark` shows it as a client in dark mode would.

    Without `remote`, everything it would fetch is removed, so that images show their alternative text (the policy would
    block them anyway).
    """
    writer = _Writer(embed, nonce, dark=dark, remote=remote)
    content = "".join(writer.write_tokens(html))
    extra = "" if not dark else DARK if writer.knows_dark else INVERTED
    head = "".join(f'<style nonce="{nonce}">{css}</style>' for css in (BASE + extra, *writer.list_sheets()))
    return f'<!doctype html><html><head><meta charset="utf-8"><base target="_blank">{head}</head>{content}'


class _Writer:
    def __init__(self, embed: Callable[[str], str], nonce: str, *, dark: bool, remote: bool) -> None:
        self._embed = embed
        self._nonce = nonce
        self._dark = dark
        self._remote = remote
        self._numbers: dict[str, int] = {}  # numbers of the values of `style` attributes
        self._changed: dict[str, str] = {}  # those values, original and rewritten
        self.knows_dark = False

    def write_tokens(self, html: str) -> Iterator[str]:
        for token in read_safe_tokens(html):
            if isinstance(token, Style):
                self.knows_dark = self.knows_dark or has_dark_styles(token) or has_dark_styles(token.media)
                media = f' media="{escape(self._settle_scheme(token.media))}"' if token.media else ""
                css = escape_css(self._change_css(token))
                yield f'<style nonce="{self._nonce}"{media}>{css}</style>'
            elif isinstance(token, str):
                yield escape(token, quote=False)
            else:
                yield write_tag(token.name, self._change_attributes(token))

    def list_sheets(self) -> Iterator[str]:
        """Return the `style` attributes as style sheets: one for all, and a separate one for each that would break
        what follows.
        """
        rules = {f"[{MARK}='{number}']{STRONG}{{{escape_css(css)}}}": css for css, number in self._numbers.items()}
        yield "".join(rule for rule, css in rules.items() if is_balanced(css))
        yield from (rule for rule, css in rules.items() if not is_balanced(css))

    def _change_attributes(self, tag: Tag) -> Mapping[str, str]:
        changed = {
            name: self._change_value(value)
            for name, value in tag.attributes.items()
            if name not in ("style", MARK) and (self._remote or not is_fetch(tag, name, value))
        }
        if changed.get("src", "").lower().startswith("cid:"):
            del changed["src"]  # no attachment has this ID
        style = tag.attributes.get("style", "").strip()
        if style:
            css = self._changed.get(style)
            if css is None:
                css = self._changed[style] = self._change_css(style)
            changed[MARK] = str(self._numbers.setdefault(css, len(self._numbers)))
        if tag.name in LINKS:
            changed.pop("target", None)
            for name in ("href", "xlink:href"):
                target = read_target(changed.pop(name, ""))
                if target.startswith("#"):
                    changed |= {name: target, "target": "_self"}
                elif _LEAVES.match(target):
                    changed |= {name: target, "target": "_blank", "rel": "noopener noreferrer"}
        return changed

    def _change_value(self, value: str) -> str:
        """Change a value; attributes of SVG accept `url(…)` as styles do."""
        return self._embed(block_css(value) if not self._remote and count_fetches(value) else value)

    def _change_css(self, css: str) -> str:
        css = css if self._remote else block_css(css)
        return self._settle_scheme(self._embed(css))

    def _settle_scheme(self, css: str) -> str:
        """Resolve media queries for a color scheme to true or false, independent of the reader's own scheme."""
        wanted = "dark" if self._dark else "light"
        return _SCHEME.sub(lambda match: "(min-width:0)" if match[1].lower() == wanted else "(max-width:0)", css)


def is_balanced(css: str) -> bool:
    """Return whether every bracket and quote has its partner and no rule begins, so that the declarations end where
    they should.
    """
    opened: list[str] = []
    for token in _CSS_TOKEN.finditer(css):
        mark = token["mark"]
        if mark in ("(", "["):
            opened.append(mark)
        elif mark in _PAIRS:
            if not opened or opened.pop() != _PAIRS[mark]:
                return False
        elif mark:
            return False
    return not opened
