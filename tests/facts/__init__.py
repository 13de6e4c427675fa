"""The facts of the API that contract tests hold commands against: `api.json`, written by `.ci/facts.py`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FACTS: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("api.json").read_text(encoding="utf-8"))


def body_of(facts: dict[str, Any], wrap: str) -> dict[str, Any]:
    """The schema of an operation's body, under its wrapper."""
    body: dict[str, Any] = facts.get("body") or {}
    return body["properties"][wrap] if wrap else body


def schema_at(schema: dict[str, Any], path: str) -> dict[str, Any]:
    """The schema of a value by its path of keys (`reply_to.local_part`)."""
    for key in path.split("."):
        schema = schema["properties"][key]
    return schema


def types_of(schema: dict[str, Any]) -> set[str]:
    """The JSON types that a value may have."""
    alternatives = schema.get("oneOf") or schema.get("anyOf")
    if alternatives:
        return {found for one in alternatives for found in types_of(one)}
    given = schema.get("type", "object" if "properties" in schema or "map" in schema else "any")
    found = {given} if isinstance(given, str) else set(given)
    return found | ({"null"} if schema.get("nullable") else set())
