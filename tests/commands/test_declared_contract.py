"""Every declared operation checked against the facts of the API: path, method, IDs, parameters, body, answer."""

from __future__ import annotations

import os
import pkgutil
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from mailtrap_cli import commands
from mailtrap_cli.cli.declarations import Field, Kind, Operation, Resource
from mailtrap_cli.cli.rest import answer_line
from tests.facts import FACTS, body_of, schema_at, types_of
from tests.openapi import check_request

TOP = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("MAILTRAP_OPENAPI_DIR") or TOP.parent / "shared" / "api")
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
JSON_TYPES: dict[type | Kind, set[str]] = {
    str: {"string"},
    int: {"integer", "number"},
    float: {"number"},
    bool: {"boolean"},
    Kind.DATE: {"string"},
    Kind.TIME: {"string"},
    Kind.FUTURE: {"string"},
    Kind.FILE: {"string"},
    Kind.MAP: {"object"},
    Kind.OBJECT: {"object"},
    Kind.OBJECTS: {"array"},
    Kind.EMAIL: {"string"},
    Kind.URL: {"string"},
    Kind.DOMAIN: {"string"},
    Kind.MAILBOX: {"object"},
    Kind.ATTACHMENT: {"object"},
}
FORMATS = {
    "email": {Kind.EMAIL},
    "uri": {Kind.URL},
    "date": {Kind.DATE},
    "date-time": {Kind.TIME, Kind.FUTURE},
}


@pytest.mark.skipif(not list(FOLDER.glob("*.openapi.yml")), reason="no OpenAPI files (MAILTRAP_OPENAPI_DIR)")
def test_the_table_of_facts_is_that_of_the_openapi_files() -> None:
    subprocess.run([sys.executable, TOP / ".ci" / "facts.py", "--check"], check=True)


def test_the_declared_nouns_are_found() -> None:
    assert {"sandboxes", "projects", "domains"} <= set(RESOURCES)


def facts_of(declared: Operation) -> dict[str, Any]:
    name = f"{declared.method} {declared.path}"
    assert name in FACTS, f"no OpenAPI file has {name}"
    return FACTS[name]


@EVERY
def test_its_fields_are_all_of_the_apis_with_its_types(resource: Resource, declared: Operation) -> None:
    facts = facts_of(declared)
    if declared.method == "GET":
        known = {name: schema for name, schema in facts["query"].items() if name not in ("page", "per_page")}
        required = {name for name, schema in known.items() if schema.get("required") is True}
    else:
        body = body_of(facts, declared.wrap)
        known, required = body.get("properties", {}), set(body.get("required", ()))
    paging = {declared.paging.param} if declared.paging else set()
    tops = {
        name if (name := field.name.partition(".")[0]) in known else name.partition("[")[0] for field in declared.fields
    }
    tops |= paging & set(known)
    assert tops == set(known)
    for field in declared.fields:
        assert bool(field.pattern) == bool(field.rule), f"{field.name} says in words what it takes"
        schema = known[field.name] if field.name in known else schema_at({"properties": known}, field.name)
        check_field(field, schema)
        shared = sum(one.name == field.name for one in declared.fields) > 1  # --text and --text-file
        assert field.required or field.default or shared or field.name not in required, f"{field.name} is required"


def check_field(field: Field, schema: dict[str, Any]) -> None:
    types = types_of(schema)
    if field.many:
        assert "array" in types, field.name
        schema = schema.get("items", {})
        types = types_of(schema)
    longest = schema.get("maxLength", schema.get("maxItems", 0))
    assert field.longest == longest or longest > 10**6, f"{field.name} is checked before the request"
    assert field.kind in FORMATS.get(schema.get("format", ""), {field.kind}), field.name
    assert JSON_TYPES[field.kind] & types or "any" in types, (field.name, types)
    assert not field.null or "null" in types, f"{field.name} takes no null"
    if "enum" in schema:
        assert set(field.choices) == {choice for choice in schema["enum"] if choice is not None}, field.name


@EVERY
def test_its_envelope_and_essential_value_exist_in_the_answer(resource: Resource, declared: Operation) -> None:
    facts = facts_of(declared)
    answer = facts["answer"]
    assert (answer is None) == bool(declared.done), "exactly an operation that answers nothing has a notice of its own"
    if answer is None:
        return
    if declared.rows:
        assert declared.rows in answer["properties"]
        answer = answer["properties"][declared.rows]
    else:
        assert set(answer.get("properties", ())) & {"data"} == set(), "an envelope is taken off"
    is_list = "array" in types_of(answer)
    assert is_list == declared.is_list
    one = answer.get("items", {}) if is_list else answer
    essential = resource.essential_of(declared).partition(".")[0]
    if one.get("properties"):
        assert essential in one["properties"], "-q prints the essential value, which help names"


@EVERY
def test_its_ids_are_described_and_its_question_names_only_those(resource: Resource, declared: Operation) -> None:
    facts = facts_of(declared)
    ids = re.findall(r"{(\w+)}", declared.path)
    assert set(ids) <= set(resource.ids)
    for name in ids:
        wanted = {int: "integer", str: "string"}[resource.ids[name].kind]
        assert wanted in types_of(facts["path"][name]), f"{name} is not of the kind that the path has"
    names = dict.fromkeys(ids, "7")
    assert "{" not in (declared.question + declared.done).format(**names)


@EVERY
def test_destructive_operations_ask(resource: Resource, declared: Operation) -> None:
    assert declared.question or declared.method != "DELETE", "a deletion asks"
    assert declared.question or not declared.destructive
    if re.search(r"clean|reset|terminate|revoke|bulk", declared.path):
        assert declared.question, "what cannot be undone asks"


@EVERY
def test_its_help_is_a_sentence_with_an_example_of_itself(resource: Resource, declared: Operation) -> None:
    assert declared.help[0].isupper()
    assert declared.help.endswith(".")
    assert f" {declared.verb}" in declared.example
    assert answer_line(resource, declared).startswith("JSON: ")


@EVERY
def test_its_request_is_one_that_the_api_takes(resource: Resource, declared: Operation) -> None:
    from mailtrap_cli.cli.rest_run import build_body

    file, path = facts_of(declared)["file"], re.sub(r"{\w+}", "7", declared.path)
    body = body_of(facts_of(declared), declared.wrap) if declared.method != "GET" else {}
    values = {field.name: example_of(field, schema_at(body, field.name)) for field in declared.fields}
    if declared.method == "GET":
        check_request(file, "GET", path, query=values)
        return
    check_request(file, declared.method, path, body=build_body(declared, values))
    least = {field.name: values[field.name] for field in declared.fields if field.required or field.default}
    if least:
        check_request(file, declared.method, path, body=build_body(declared, least))


def example_of(field: Field, schema: dict[str, Any]) -> Any:
    """Return a value that the field accepts."""
    text = "me@acme.example" if "email" in field.name else "https://acme.example" if "url" in field.name else "text"
    if field.choices:
        one: Any = field.choices[0]
    elif field.kind in (Kind.OBJECT, Kind.OBJECTS):
        one = example_from(schema)
    else:
        made: dict[type | Kind, Any] = {str: text, int: 7, float: 0.5, bool: True, Kind.DATE: "2026-01-01"}
        made |= {Kind.TIME: "2026-01-01T00:00:00Z", Kind.FUTURE: "2026-01-01T00:00:00Z"}
        made |= {Kind.EMAIL: "me@acme.example", Kind.URL: "https://acme.example", Kind.DOMAIN: "acme.example"}
        made |= {Kind.MAILBOX: {"email": "me@acme.example"}, Kind.ATTACHMENT: {"content": "eA==", "filename": "x"}}
        made |= {Kind.FILE: "text", Kind.MAP: {"key": "value"}}
        one = made[field.kind]
    return [one] if field.many else one


def example_from(schema: dict[str, Any]) -> Any:
    """Return a minimal value that a schema accepts."""
    alternatives = schema.get("oneOf") or schema.get("anyOf")
    if alternatives:
        return example_from(alternatives[0])
    if schema.get("enum"):
        return schema["enum"][0]
    types = types_of(schema)
    if "array" in types:
        return [example_from(schema.get("items", {}))]
    if "object" in types:
        return {name: example_from(schema["properties"][name]) for name in schema.get("required", ())}
    if types & {"integer", "number"}:
        return 7
    return "me@acme.example" if schema.get("format") == "email" else "text"
