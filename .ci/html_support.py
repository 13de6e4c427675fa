"""Make mailtrap_cli/local/html_support.json from the data of caniemail.com: python .ci/html_support.py caniemail.json

The data (MIT license) is https://www.caniemail.com/api/data.json, or the npm package `caniemail`.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

FAMILIES = ("apple-mail", "gmail", "outlook", "yahoo", "aol", "thunderbird", "samsung-email")
GROUPS = {
    **dict.fromkeys(("desktop-app", "windows", "windows-mail", "macos"), "desktop"),
    **dict.fromkeys(("ios", "android", "mobile-webmail"), "mobile"),
    **dict.fromkeys(("desktop-webmail", "webmail", "outlook-com"), "web"),
}


def make_key(category: str, title: str) -> str | None:
    """Return what in a message uses the feature, such as `element:video` or `property:border-radius`."""
    for pattern, key in (
        (
            (r"<(\w+)>(?: element)?", "element:{}"),
            (r"([\w-]+) attribute", "attribute:{}"),
        )
        if category == "html"
        else (
            (r"@([\w-]+)", "rule:{}"),
            (r"::?([\w-]+)(?:\(\))?", "pseudo:{}"),
            (r"([\w-]+)\(\)", "function:{}"),
            (r"([\w-]+): ?([\w-]+)", "value:{}:{}"),
            (r"([a-z][a-z-]+?)(?: property| shorthand| CSS property)? ?", "property:{}"),
        )
    ):
        if found := re.fullmatch(pattern, title):
            return key.format(*found.groups())
    return "function:calc" if title == "CSS calc() function" else None


def main() -> None:
    """Write the table."""
    data: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    names = data["nicenames"]
    clients: dict[tuple[str, str], int] = {}
    features: dict[str, list[int]] = {}
    for feature in data["data"]:
        key = make_key(feature["category"], feature["title"])
        lacking: list[int] = []
        for family in FAMILIES:
            for platform, versions in feature["stats"].get(family, {}).items():
                if list(versions.values())[-1].startswith("n"):
                    client = (GROUPS[platform], f"{names['family'][family]} ({names['platform'][platform]})")
                    lacking.append(clients.setdefault(client, len(clients)))
        if key and lacking and key != "element:body":  # some clients rename it and show its contents
            features.setdefault(key, lacking)
    head = {"source": "caniemail.com (MIT)", "date": data["last_update_date"][:10], "clients": list(clients)}
    target = Path(__file__).parent.parent / "mailtrap_cli" / "local" / "html_support.json"
    lines = [f"  {json.dumps(key)}: {json.dumps(found)}" for key, found in sorted(features.items())]
    text = json.dumps(head, ensure_ascii=False)[:-1] + ',\n "features": {\n' + ",\n".join(lines) + "\n}}\n"
    target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
