"""The API's OpenAPI files, in the form of the facts, to check requests and answers against.

Read as the API's notes say: the `oneOf` of the send schemas as `anyOf`; `nullable` as in OpenAPI 3.0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from tests.facts import DOCUMENTS


def operations(file: str) -> Iterator[tuple[str, str]]:
    """Return every (method, path template) of a file, such as ("GET", "/api/sandboxes/{sandbox_id}")."""
    for path, item in readable_document(file)["paths"].items():
        yield from ((method.upper(), path) for method in item if method in ("get", "post", "put", "patch", "delete"))


def operation(file: str, method: str, path: str) -> dict[str, Any]:
    """Return the operation for a method and a concrete path ("/api/sandboxes/7"); fail if there is none.

    `file` is a name without its suffix, such as "sandbox". Parameters of the path are included.
    """
    paths: dict[str, Any] = readable_document(file)["paths"]
    for template in sorted(paths, key=lambda template: template.count("{")):
        pattern = re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method.lower() in paths[template]:
            found: dict[str, Any] = paths[template][method.lower()]
            return {**found, "parameters": [*paths[template].get("parameters", []), *found.get("parameters", [])]}
    raise AssertionError(f"{file}.openapi.yml has no {method} {path}")


def check_request(file: str, method: str, path: str, *, body: object = None, query: Iterable[str] = ()) -> None:
    """Fail unless the file has this operation, accepts this JSON body and has these query parameters."""
    found = operation(file, method, path)
    parameters = [resolved(file, parameter) for parameter in found["parameters"]]
    known = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
    for name in query:
        plain = name.removesuffix("[]")
        assert {name, plain, plain.partition("[")[0]} & known, f"{method} {path} has no parameter {name}"
    taken = found.get("requestBody")
    if body is None:
        assert not (taken and taken.get("required")), f"{method} {path} needs a body"
        return
    assert taken, f"{method} {path} takes no body"
    _check(file, taken["content"]["application/json"]["schema"], body, f"the body of {method} {path}")


def check_response(file: str, method: str, path: str, status: int, content_type: str, body: bytes) -> None:
    """Fail unless the file documents this status, type and body for this operation."""
    responses = operation(file, method, path)["responses"]
    assert str(status) in responses, f"{method} {path} has no answer {status}, but {', '.join(responses)}"
    content = resolved(file, responses[str(status)]).get("content", {})
    kind = content_type.partition(";")[0]
    assert kind in content, f"{method} {path} does not answer {status} with {kind}, but with {', '.join(content)}"
    if kind == "application/json":
        _check(file, content[kind]["schema"], json.loads(body), f"the answer {status} to {method} {path}")


def _check(file: str, schema: dict[str, Any], value: object, what: str) -> None:
    whole = {**schema, "components": readable_document(file).get("components", {})}
    validator = Draft202012Validator(whole, format_checker=FormatChecker())
    errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]
    assert not errors, f"{what} is not as {file}.openapi.yml has it: " + "; ".join(errors)


def resolved(file: str, node: dict[str, Any]) -> dict[str, Any]:
    """Return the node itself, or what its `$ref` names."""
    if "$ref" not in node:
        return node
    found = readable_document(file)
    for step in node["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


@cache
def readable_document(file: str) -> dict[str, Any]:
    """Return an OpenAPI file with its schemas as JSON Schema 2020-12."""
    found: dict[str, Any] = _readable(DOCUMENTS[file])
    return found


def _readable(node: Any) -> Any:
    """Convert a node to JSON Schema 2020-12: `nullable` spelled out, `oneOf` of the send schemas as `anyOf`."""
    if isinstance(node, list):
        return [_readable(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    found = {key: _readable(value) for key, value in node.items()}
    branches = found.get("oneOf")
    if isinstance(branches, list) and any(branch.get("$ref", "").endswith("/EmailWithText") for branch in branches):
        found["anyOf"] = found.pop("oneOf")
    if found.get("nullable") is True:
        del found["nullable"]
        return {"anyOf": [found, {"type": "null"}]}
    return found
