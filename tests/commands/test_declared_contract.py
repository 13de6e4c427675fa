"""Every declared operation held against the OpenAPI files: path, method, ids, parameters, body."""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module
from typing import Any

import pytest

from mailtrap_cli import commands
from mailtrap_cli.cli.rest import Field, Operation, Resource
from tests.openapi import FOLDER, check_request, needs_files, operation, operations, resolved

RESOURCES = {
    module.name.removeprefix("mailtrap_cli.commands.").removesuffix(".operations"): found
    for module in pkgutil.walk_packages(commands.__path__, "mailtrap_cli.commands.")
    for found in vars(import_module(module.name)).values()
    if isinstance(found, Resource)
}
DECLARED = [
    pytest.param(resource, declared, id=f"{name}-{declared.verb.replace(' ', '-')}")
    for name, resource in RESOURCES.items()
    for declared in resource.operations
]
EVERY = pytest.mark.parametrize(("resource", "declared"), DECLARED)


def test_the_declared_nouns_are_found() -> None:
    assert {"sandboxes", "projects", "domains"} <= set(RESOURCES)


@needs_files
@EVERY
def test_an_operation_is_one_of_the_api(resource: Resource, declared: Operation) -> None:
    assert file_of(declared)


@needs_files
@EVERY
def test_its_fields_are_the_apis_all_of_them_and_of_its_types(resource: Resource, declared: Operation) -> None:
    known = parameters(declared) if declared.method == "GET" else properties(declared)
    paging = {declared.paging.param} if declared.paging else set()
    assert {field.name for field in declared.fields} | paging == set(known)
    for field in declared.fields:
        schema = known[field.name]
        assert field.many == (schema.get("type") == "array"), field.name
        one = schema["items"] if field.many else schema
        wanted = {"string": str, "integer": int, "number": float, "boolean": bool}.get(one.get("type", "string"))
        assert field.kind is wanted, field.name
        assert set(field.choices) == set(one.get("enum", field.choices)), field.name


@needs_files
@EVERY
def test_its_request_is_one_that_the_api_takes(resource: Resource, declared: Operation) -> None:
    values = {field.name: example(field) for field in declared.fields}
    path = concrete(declared)
    if declared.method == "GET":
        check_request(file_of(declared), "GET", path, query=values)
        return
    body = {declared.wrap: values} if declared.wrap else values
    check_request(file_of(declared), declared.method, path, body=body if declared.fields else None)
    least = {field.name: example(field) for field in declared.fields if field.required}
    if least:
        check_request(file_of(declared), declared.method, path, body={declared.wrap: least} if declared.wrap else least)


@needs_files
@EVERY
def test_its_list_is_where_the_answer_has_it(resource: Resource, declared: Operation) -> None:
    responses = operation(file_of(declared), declared.method, concrete(declared))["responses"]
    good = next(resolved(file_of(declared), responses[status]) for status in responses if status.startswith("2"))
    content = good.get("content")
    if content is None:
        assert declared.done, "an operation that answers nothing says what it did"
        return
    schema = resolved(file_of(declared), content["application/json"]["schema"])
    if declared.rows:
        assert declared.rows in schema["properties"]


@EVERY
def test_its_ids_are_described_and_its_question_names_only_those(resource: Resource, declared: Operation) -> None:
    ids = dict.fromkeys(resource.ids, "7")
    assert declared.path.format(**ids).startswith("/api/")
    assert "{" not in (declared.ask + declared.done).format(**ids)
    assert bool(declared.ask) or declared.method != "DELETE", "a deletion asks"


def concrete(declared: Operation) -> str:
    return re.sub(r"{\w+}", "7", declared.path)


def file_of(declared: Operation) -> str:
    """The OpenAPI file that has this operation, its path to the letter."""
    for path in FOLDER.glob("*.openapi.yml"):
        name = path.name.removesuffix(".openapi.yml")
        if (declared.method, declared.path) in operations(name):
            return name
    raise AssertionError(f"no OpenAPI file has {declared.method} {declared.path}")


def parameters(declared: Operation) -> dict[str, Any]:
    """The query parameters: name to schema."""
    found = operation(file_of(declared), declared.method, concrete(declared))["parameters"]
    listed = [resolved(file_of(declared), parameter) for parameter in found]
    return {entry["name"]: entry["schema"] for entry in listed if entry["in"] == "query" and entry["name"] != "page"}


def properties(declared: Operation) -> dict[str, Any]:
    """The fields of the JSON body, below the key it is wrapped in: name to schema."""
    taken = operation(file_of(declared), declared.method, concrete(declared)).get("requestBody")
    if taken is None:
        return {}
    schema = resolved(file_of(declared), taken["content"]["application/json"]["schema"])
    if declared.wrap:
        schema = resolved(file_of(declared), schema["properties"][declared.wrap])
    return {name: resolved(file_of(declared), value) for name, value in schema["properties"].items()}


def example(field: Field) -> Any:
    """A value that the field takes."""
    text = "me@acme.example" if field.name == "email" else "text"
    one: Any = field.choices[0] if field.choices else {str: text, int: 7, float: 0.5, bool: True}[field.kind]
    return [one] if field.many else one
