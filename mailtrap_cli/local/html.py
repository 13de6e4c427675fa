"""What can be said of a message's HTML without the service: tags that do not match. Pure."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from typing import Any

MOST = 100  # findings in one report
NOT_CHECKED = "CSS, attributes, and what email clients support"

# Elements that have no end tag, and those whose end tag may be left out (HTML Living Standard, 13.1.2).
VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
OPTIONAL = frozenset(
    ("html", "head", "body", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "colgroup")
)


def analysis(html: str) -> dict[str, Any]:
    """A report of tags that are never closed or never opened (getSandboxEmailMessageHTMLAnalysis).

    No email client is named in it, for none is known here; `not_checked` says so. At most MOST findings, in the order
    of their lines.
    """
    tags = _Tags()
    try:
        tags.feed(html)
        tags.close()
    except AssertionError:  # the parser's own, at a broken <![…] declaration
        tags.find(tags.getpos()[0], "a <![…] declaration is broken; nothing after it was read")
    for name, line in tags.opened:
        if name not in OPTIONAL:
            tags.find(line, f"<{name}> is not closed")
    errors = sorted(tags.found, key=lambda finding: finding["error_line"])
    return {"report": {"status": "success", "errors": errors[:MOST], "not_checked": NOT_CHECKED}}


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.opened: list[tuple[str, int]] = []
        self.found: list[dict[str, Any]] = []
        self._open: Counter[str] = Counter()

    def find(self, line: int, rule: str) -> None:
        if len(self.found) <= MOST:
            clients: dict[str, list[str]] = {"desktop": [], "mobile": [], "web": []}
            self.found.append({"error_line": line, "rule_name": rule, "email_clients": clients})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.opened.append((tag, self.getpos()[0]))
            self._open[tag] += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<br/>`: neither opened nor closed."""

    def handle_endtag(self, tag: str) -> None:
        if not self._open[tag]:
            if tag not in VOID and tag not in OPTIONAL:
                self.find(self.getpos()[0], f"</{tag}> closes nothing")
            return
        while True:
            name, line = self.opened.pop()
            self._open[name] -= 1
            if name == tag:
                return
            if name not in OPTIONAL:
                self.find(line, f"<{name}> is not closed")
