"""The offline HTML check: mismatched tags, and what email clients do not support. Pure."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from typing import Any

from .html_support import find_unsupported

MOST = 100  # maximum findings in a report

# Elements without an end tag, or with an optional one (HTML Living Standard, 13.1.2).
VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
OPTIONAL = frozenset(
    ("html", "head", "body", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "colgroup")
)


def analysis(html: str) -> dict[str, Any]:
    """Report in the API's form (getSandboxEmailMessageHTMLAnalysis): tags that are never closed or never opened, and
    features that email clients lack, with the names of the clients.

    At most MOST findings, in the order of their lines.
    """
    tags = _Tags()
    try:
        tags.feed(html)
        tags.close()
    except AssertionError:  # raised by the parser itself on a broken <![…] declaration
        tags.find(tags.getpos()[0], "malformed <![…] declaration; the rest was not checked")
    for name, line in tags.opened:
        if name not in OPTIONAL:
            tags.find(line, f"<{name}> is not closed")
    lacking = [
        {"error_line": finding.line, "rule_name": finding.feature, "email_clients": finding.clients}
        for finding in find_unsupported(html)
    ]
    errors = sorted([*tags.found, *lacking], key=lambda finding: finding["error_line"])
    return {"report": {"status": "success", "errors": errors[:MOST]}}


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
        """Skip `<br/>`: it is neither opened nor closed."""

    def handle_endtag(self, tag: str) -> None:
        if not self._open[tag]:
            if tag not in VOID and tag not in OPTIONAL:
                self.find(self.getpos()[0], f"</{tag}> has no opening tag")
            return
        while True:
            name, line = self.opened.pop()
            self._open[name] -= 1
            if name == tag:
                return
            if name not in OPTIONAL:
                self.find(line, f"<{name}> is not closed")
