"""Sends that use a template of the local sandbox."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import pytest

from mailtrap_cli.local.message_log import lines
from tests.conftest import Run
from tests.local.conftest import MESSAGE, Api


def create_template(api: Api, **fields: str) -> str:
    given = {"name": "Welcome", "category": "x", "subject": "Hi", "body_text": "Hello", **fields}
    made: dict[str, Any] = api.ask("account", "POST", "/api/email_templates", {"email_template": given}).json()
    uuid: str = made["uuid"]
    return uuid


def template_message(uuid: str, **variables: Any) -> dict[str, Any]:
    return {"from": MESSAGE["from"], "to": MESSAGE["to"], "template_uuid": uuid, "template_variables": variables}


def test_the_log_line_names_variables_without_a_value(api: Api) -> None:
    uuid = create_template(api, subject="{{name}}", body_text="{{order.id}} {{#if vip}}{{tier}}{{/if}} {{name}}")
    shown: list[str] = []
    documents: list[Any] = []

    def keep(document: Any, text: str) -> str:
        documents.append(document)
        return text

    def captured(stream: str, sandbox_id: int, messages: list[dict[str, Any]]) -> None:
        shown.extend(lines(stream, sandbox_id, messages, keep))

    api.sandbox._captured = captured
    for message in (template_message(uuid, vip=True), template_message(uuid, name="Ada", order={"id": 7})):
        assert api.send({**message, "missing_variables": 3}).status == 200
    assert api.send({**MESSAGE, "missing_variables": ["x"], "template_id": 4}).status == 200
    assert [line.partition("  (")[2] for line in shown] == ["no value for name, order.id, tier)", "", ""]
    assert [document.get("missing_variables") for document in documents] == [["name", "order.id", "tier"], None, None]


def test_a_verbose_in_process_send_names_missing_variables(mailtrap: Run) -> None:
    local = ("-p", "local")
    template = ("--name", "W", "--category", "x", "--subject", "Hi {{name}}", "--text", "Hello")
    made = mailtrap("templates", "create", *local, *template, "-o", "json").json()
    sent = ("send", *local, "--from", "a@acme.example", "--to", "b@example.com", "--template", made["uuid"])
    loud = mailtrap(*sent, "-v")
    assert (loud.code, f"Template {made['uuid']}: no value for name" in loud.err) == (0, True)
    assert "no value" not in mailtrap(*sent).err


def test_unknown_and_broken_templates_are_refused(api: Api) -> None:
    unknown = str(uuid4())
    refused = api.send(template_message(unknown))
    assert (refused.status, refused.json()["errors"]) == (400, [f"template not found: {unknown}"])
    broken = create_template(api, name="Broken", body_text="Hello\n{{#if name}}\n\nnever closed")
    refused = api.send(template_message(broken))
    assert (refused.status, refused.json()["errors"]) == (400, ["template body_text: line 2: {{#if}} is not closed"])


@pytest.mark.parametrize(
    ("body", "problem"), [("{{/each}}" * 4, "rendering takes too long"), ("{{{@root.b}}}{{/each}}", "is too long")]
)
def test_an_endless_or_huge_template_is_stopped(api: Api, body: str, problem: str) -> None:
    uuid = create_template(api, body_text="{{#each @root.a}}" * body.count("each") + body)
    began = time.process_time()
    refused = api.send(template_message(uuid, a=[0] * 200, b="x" * 100_000))
    assert (refused.status, problem in refused.body.decode()) == (400, True)
    assert time.process_time() - began < 20
