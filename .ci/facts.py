"""Write `tests/facts/api.json`: what the OpenAPI files say of each operation, without their prose.

    python .ci/facts.py [--check]

Kept are paths, methods, names, types, enums, bounds and what is required. The contract tests read this table, so that
they run in a plain clone. It needs the OpenAPI files: in `MAILTRAP_OPENAPI_DIR`, or in `shared/api` beside the
repository. With --check nothing is written, and the exit code is 1 if the table is stale.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import yaml

TOP = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("MAILTRAP_OPENAPI_DIR") or TOP.parent / "shared" / "api")
TABLE = TOP / "tests" / "facts" / "api.json"
PROSE = {"description", "summary", "title", "example", "examples", "tags", "externalDocs", "security", "operationId"}
NAMES = {"properties", "schemas", "parameters", "responses", "requestBodies", "paths", "headers"}  # of maps by name


def facts_of(node: Any, *, names: bool = False) -> Any:
    """Return the node without prose; `names` marks a map whose keys are names, all of which are kept."""
    if isinstance(node, list):
        return [facts_of(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    return {
        str(key): facts_of(value, names=key in NAMES and not names)
        for key, value in node.items()
        if names or not (key in PROSE or str(key).startswith("x-"))
    }


def read_table() -> str:
    """Return the whole table as JSON, one operation or schema per line."""
    lines = []
    for path in sorted(FOLDER.glob("*.openapi.yml")):
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
        kept = {key: document[key] for key in ("paths", "components") if key in document}
        kept.get("components", {}).pop("securitySchemes", None)
        lines.append(f"{json.dumps(path.name.removesuffix('.openapi.yml'))}: {_by_line(facts_of(kept))}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _by_line(document: dict[str, Any]) -> str:
    """Format the document with one line per path and component."""
    maps = {"paths": document["paths"], **{f"components/{key}": value for key, value in document["components"].items()}}
    text = []
    for name, entries in maps.items():
        inside = ",\n".join(
            f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in entries.items()
        )
        text.append(f"{json.dumps(name)}: {{\n{inside}\n}}")
    return "{\n" + ",\n".join(text) + "\n}"


def main(arguments: list[str]) -> int:
    """Write the table, or with --check compare it; return the exit code."""
    if not list(FOLDER.glob("*.openapi.yml")):
        print(f"no OpenAPI files in {FOLDER} (MAILTRAP_OPENAPI_DIR)", file=sys.stderr)
        return 0 if arguments == ["--check"] else 2
    stale = not TABLE.exists() or TABLE.read_text(encoding="utf-8") != read_table()
    if stale and arguments == ["--check"]:
        print("tests/facts/api.json is stale; to renew it: .venv/bin/python .ci/facts.py", file=sys.stderr)
        return 1
    if stale:
        TABLE.parent.mkdir(exist_ok=True)
        TABLE.write_text(read_table(), encoding="utf-8", newline="\n")
        print("wrote tests/facts/api.json")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
