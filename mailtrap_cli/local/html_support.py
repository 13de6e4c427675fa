"""Find HTML and CSS that email clients lack, using a small table from caniemail.com (.ci/html_support.py). Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

Clients = dict[str, list[str]]


@dataclass(frozen=True)
class Finding:
    """A feature that some clients lack, with its first line; `clients` has their names by desktop, mobile and web."""

    line: int
    feature: str
    clients: Clients


@cache
def _load_table() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(__file__).with_name("html_support.json").read_text(encoding="utf-8"))
    return found


def find_unsupported(html: str) -> list[Finding]:
    """Return the features in use that at least one client lacks, each once, ordered by line."""
    table = _load_table()
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except AssertionError:  # raised by the parser itself on a broken <![…] declaration
        pass
    found = []
    for key, line in reader.used.items():
        lacking = table["features"].get(key)
        if lacking:
            clients: Clients = {"desktop": [], "mobile": [], "web": []}
            for number in lacking:
                group, name = table["clients"][number]
                clients[group].append(name)
            found.append(Finding(line, name_feature(key), clients))
    return sorted(found, key=lambda finding: finding.line)


def name_feature(key: str) -> str:
    """Format a feature for people: `<video>`, `border-radius`, `@media`, `:hover`, `display: flex`."""
    kind, _, name = key.partition(":")
    match kind:
        case "element":
            return f"<{name}>"
        case "attribute":
            return f"{name} attribute"
        case "rule":
            return f"@{name}"
        case "pseudo":
            return f":{name}"
        case "function":
            return f"{name}()"
        case "value":
            return name.replace(":", ": ")
        case _:
            return name


class _Reader(HTMLParser):
    """Collect the keys of the table that the HTML uses, with their first lines, in `used`."""

    def __init__(self) -> None:
        super().__init__()
        self.used: dict[str, int] = {}
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        self._in_style = tag == "style"
        self.used.setdefault(f"element:{tag}", line)
        for name, value in attrs:
            self.used.setdefault(f"attribute:{name}", line)
            if name == "style" and value:
                self._read_declarations(value, line)

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if not self._in_style:
            return
        line, start = self.getpos()[0], 0
        text = re.sub(r"/\*.*?(?:\*/|\Z)", lambda match: "\n" * match[0].count("\n"), data, flags=re.DOTALL)
        for piece in re.finditer(r"([^{};]*)([{};]|\Z)", text):
            words = piece[1].strip()
            place = piece.end(1) - len(piece[1].lstrip())
            line += text.count("\n", start, place)
            start = place
            if rule := re.match(r"@([\w-]+)", words):
                self.used.setdefault(f"rule:{rule[1].lower()}", line)
            elif piece[2] == "{":
                for name in re.findall(r"(?<!\\)::?([\w-]+)", words):
                    self.used.setdefault(f"pseudo:{name.lower()}", line)
            else:
                self._read_declarations(words, line)

    def _read_declarations(self, text: str, line: int) -> None:
        for name, value in _split_declarations(text):
            self.used.setdefault(f"property:{name}", line)
            self.used.setdefault(f"value:{name}:{value}", line)
            for function in re.findall(r"([\w-]+)\(", value):
                self.used.setdefault(f"function:{function}", line)


def _split_declarations(text: str) -> Iterator[tuple[str, str]]:
    for declaration in text.split(";"):
        name, colon, value = declaration.partition(":")
        if colon and re.fullmatch(r"[\w-]+", name.strip()):
            yield name.strip().lower(), value.replace("!important", "").strip().lower()
