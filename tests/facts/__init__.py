"""The facts of the API that contract tests check commands against: `api.json`, written by `.ci/facts.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("api.json")
# The keywords of a schema that describe a value.
KEPT = ("type", "enum", "format", "nullable", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")
METHODS = ("get", "post", "put", "patch", "delete")


def read_documents() -> dict[str, dict[str, Any]]:
    """Read each OpenAPI file by name, without prose: its paths and its components."""
    found: dict[str, dict[str, Any]] = {}
    for file, parts in json.loads(TABLE.read_text(encoding="utf-8")).items():
        components = {key.removeprefix("components/"): value for key, value in parts.items() if key != "paths"}
        found[file] = {"paths": parts["paths"], "components": components}
    return found


DOCUMENTS = read_documents()


class Api:
    """One OpenAPI file, with its references resolved."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.document = DOCUMENTS[name]

    def follow(self, node: Any) -> Any:
        """Return the node itself, or what its `$ref` names."""
        while isinstance(node, dict) and "$ref" in node:
            found: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            node = found
        return node

    def operations(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Return each operation as `GET /api/domains` with its facts."""
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    operation = item[method]
                    parameters = [
                        self.follow(one) for one in (*item.get("parameters", ()), *operation.get("parameters", ()))
                    ]
                    yield f"{method.upper()} {path}", self.facts(operation, parameters)

    def facts(self, operation: dict[str, Any], parameters: list[dict[str, Any]]) -> dict[str, Any]:
        """Return query and body by name, and the answer of a success."""
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

    def schema(self, node: Any, deep: int = 8) -> dict[str, Any]:
        """Return the schema's constraints, without prose; for `oneOf` and `anyOf` the alternatives, for `allOf` the
        sum.
        """
        node = self.follow(node)
        found: dict[str, Any] = {key: node[key] for key in KEPT if key in node}
        for key in ("oneOf", "anyOf"):
            if key in node and deep:
                found[key] = [self.schema(one, deep - 1) for one in node[key]]
        for one in node.get("allOf", ()):
            part = self.schema(one, deep)
            for key, value in part.items():
                if key == "properties":
                    known = found.setdefault("properties", {})
                    for name, schema in value.items():
                        known[name] = {**known.get(name, {}), **schema}
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


def read_facts() -> dict[str, dict[str, Any]]:
    """Return each operation by method and path, `GET /api/domains`; if a second file has it too, with that file's
    name in front.
    """
    found: dict[str, dict[str, Any]] = {}
    for file in DOCUMENTS:
        for name, facts in Api(file).operations():
            found[f"{file}: {name}" if name in found else name] = facts
    return found


FACTS = read_facts()


def body_of(facts: dict[str, Any], wrap: str) -> dict[str, Any]:
    """Return the schema of an operation's body, inside its wrapper."""
    body: dict[str, Any] = facts.get("body") or {}
    return body["properties"][wrap] if wrap else body


def schema_at(schema: dict[str, Any], path: str) -> dict[str, Any]:
    """Return the schema of a value by its path of keys (`reply_to.local_part`)."""
    for key in path.split("."):
        schema = schema.get("properties", {}).get(key, {})
    return schema


def types_of(schema: dict[str, Any]) -> set[str]:
    """Return the JSON types that a value may have."""
    alternatives = schema.get("oneOf") or schema.get("anyOf")
    if alternatives:
        return {found for one in alternatives for found in types_of(one)}
    given = schema.get("type", "object" if "properties" in schema or "map" in schema else "any")
    found = {given} if isinstance(given, str) else set(given)
    return found | ({"null"} if schema.get("nullable") else set())
