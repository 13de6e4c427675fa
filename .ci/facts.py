"""Write `tests/facts/api.json`: what the OpenAPI files say of each operation, without their prose.

    python .ci/facts.py [--check]

The contract tests read this table, so that they run in a plain clone. It needs the OpenAPI files: in
`MAILTRAP_OPENAPI_DIR`, or in `shared/api` beside the repository. With --check nothing is written, and the exit code
is 1 if the table is stale.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

TOP = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("MAILTRAP_OPENAPI_DIR") or TOP.parent / "shared" / "api")
TABLE = TOP / "tests" / "facts" / "api.json"

# What a schema says of a value; descriptions and examples stay behind.
KEPT = ("type", "enum", "format", "nullable", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")
METHODS = ("get", "post", "put", "patch", "delete")


class Api:
    """One OpenAPI file, its references followed."""

    def __init__(self, path: Path) -> None:
        """Read the file."""
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self.name = path.name.removesuffix(".openapi.yml")
        self.document: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)

    def follow(self, node: Any) -> Any:
        """The node itself, or what its `$ref` names."""
        while isinstance(node, dict) and "$ref" in node:
            found: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            node = found
        return node

    def operations(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each operation as `GET /api/domains` with its facts."""
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    operation = item[method]
                    parameters = [
                        self.follow(one) for one in (*item.get("parameters", ()), *operation.get("parameters", ()))
                    ]
                    yield f"{method.upper()} {path}", self.facts(operation, parameters)

    def facts(self, operation: dict[str, Any], parameters: list[dict[str, Any]]) -> dict[str, Any]:
        """Query and body by name, and the answer of a success."""
        facts: dict[str, Any] = {"file": self.name}
        facts["path"] = {p["name"]: self.schema(p["schema"]) for p in parameters if p["in"] == "path"}
        query = {
            p["name"]: self.schema(p["schema"]) | _required(p.get("required")) for p in parameters if p["in"] == "query"
        }
        facts["query"] = query
        body = self.follow(operation.get("requestBody"))
        if body:
            facts["body"] = self.schema(body["content"]["application/json"]["schema"])
        for status, answer in operation["responses"].items():
            if str(status).startswith("2"):
                content = self.follow(answer).get("content") or {}
                facts["status"] = int(status)
                facts["answer"] = next((self.schema(kind["schema"], deep=2) for kind in content.values()), None)
                facts["kinds"] = list(content)
                break
        return facts

    def schema(self, node: Any, deep: int = 6) -> dict[str, Any]:
        """The schema's constraints, without prose; of `oneOf` and `anyOf` the alternatives, of `allOf` the sum."""
        node = self.follow(node)
        found: dict[str, Any] = {key: node[key] for key in KEPT if key in node}
        for key in ("oneOf", "anyOf"):
            if key in node and deep:
                found[key] = [self.schema(one, deep - 1) for one in node[key]]
        for one in node.get("allOf", ()):
            part = self.schema(one, deep)
            for key, value in part.items():
                if key == "properties":
                    found["properties"] = {**found.get("properties", {}), **value}
                elif key == "required":
                    found["required"] = sorted({*found.get("required", ()), *value})
                else:
                    found.setdefault(key, value)
        if node.get("properties"):
            names = node["properties"]
            found["properties"] = {
                **found.get("properties", {}),
                **(
                    {name: self.schema(one, deep - 1) for name, one in names.items()}
                    if deep
                    else {name: {} for name in names}
                ),
            }
        if isinstance(node.get("required"), list):
            found["required"] = sorted({*found.get("required", ()), *node["required"]})
        if "items" in node and deep:
            found["items"] = self.schema(node["items"], deep - 1)
        if isinstance(node.get("additionalProperties"), dict) and deep:
            found["map"] = self.schema(node["additionalProperties"], deep - 1)
        return found


def _required(given: Any) -> dict[str, Any]:
    return {"required": True} if given else {}


@cache
def table() -> str:
    """The whole table as JSON, one operation per line."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(FOLDER.glob("*.openapi.yml")):
        for name, facts in Api(path).operations():
            key = f"{facts['file']}: {name}" if name in found else name
            found[key] = facts
    lines = [f"{json.dumps(name)}: {json.dumps(facts, ensure_ascii=False)}" for name, facts in sorted(found.items())]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main(arguments: list[str]) -> int:
    """Write the table, or with --check compare it; the exit code."""
    if not list(FOLDER.glob("*.openapi.yml")):
        print(f"no OpenAPI files in {FOLDER} (MAILTRAP_OPENAPI_DIR)", file=sys.stderr)
        return 0 if arguments == ["--check"] else 2
    stale = not TABLE.exists() or TABLE.read_text(encoding="utf-8") != table()
    if stale and arguments == ["--check"]:
        print("tests/facts/api.json is stale; to renew it: .venv/bin/python .ci/facts.py", file=sys.stderr)
        return 1
    if stale:
        TABLE.parent.mkdir(exist_ok=True)
        TABLE.write_text(table(), encoding="utf-8", newline="\n")
        print("wrote tests/facts/api.json")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
