"""`mailtrap templates`: which of the two APIs each command uses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.loopback import Loopback, Reply
from tests.openapi import check_request

TEMPLATE = {
    "id": 7,
    "uuid": "u",
    "name": "Welcome",
    "subject": "Hi",
    "category": "News",
    "body_html": "",
    "body_text": "",
}
NEW = ("--name", "Welcome", "--subject", "Hi", "--category", "News", "--text", "Hello")
FIELDS = {"name": "Welcome", "subject": "Hi", "category": "News", "body_text": "Hello"}


@pytest.mark.parametrize(
    ("arguments", "method", "path", "body"),
    [
        (("get", "7"), "GET", "/api/email_templates/7", None),
        (("get", "7", "--experimental"), "GET", "/api/templates/7", None),
        (("create", *NEW), "POST", "/api/email_templates", {"email_template": FIELDS}),
        (("create", *NEW, "--experimental"), "POST", "/api/templates", FIELDS),
        (("update", "7", "--subject", "New", "--experimental"), "PATCH", "/api/templates/7", {"subject": "New"}),
        (("delete", "7", "--yes"), "DELETE", "/api/email_templates/7", None),
        (("delete", "7", "--yes", "--experimental"), "DELETE", "/api/templates/7", None),
    ],
)
def test_a_flag_chooses_the_template_api(
    patient: Run, server: Loopback, arguments: tuple[str, ...], method: str, path: str, body: Any
) -> None:
    paged = path.startswith("/api/templates")
    server.reply(Reply(204) if method == "DELETE" else Reply(200, {"data": TEMPLATE} if paged else TEMPLATE))
    result = patient("templates", *arguments, "-o", "json", env=server.env)
    assert result.code == 0, result.err
    (request,) = server.requests
    assert (request.method, request.path) == (method, f"/account{path}")
    assert (request.json() if request.body else None) == body
    check_request("templates", method, path, body=body)
    if method != "DELETE":
        assert result.json() == TEMPLATE


def test_an_update_of_the_stable_api_sends_the_required_fields_too(patient: Run, server: Loopback) -> None:
    server.reply(Reply(200, TEMPLATE), Reply(200, TEMPLATE))
    assert patient("templates", "update", "7", "--subject", "New", env=server.env).code == 0
    wanted = {"name": "Welcome", "subject": "New", "category": "News"}
    assert server.requests[1].json() == {"email_template": wanted}
    assert patient("templates", "update", "7", env=server.env).code == 2
    assert patient("templates", "update", "7", "--html", "x", "--html-file", "y", env=server.env).code == 2


def test_both_template_apis_share_names_and_ids_in_the_local_sandbox(mailtrap: Run, tmp_path: Path) -> None:
    made = mailtrap("templates", "create", "-p", "local", *NEW, "--experimental", "-o", "json").json()
    assert mailtrap("templates", "get", "welcome", "-p", "local", "-o", "json").json() == made
    changed = mailtrap(
        "templates", "update", "Welcome", "-p", "local", "--subject", "New", "--experimental", "-o", "json"
    )
    assert changed.json()["subject"] == "New"
    assert mailtrap("templates", "delete", "Welcome", "-p", "local", "--experimental", "--yes").code == 0
    assert mailtrap("templates", "get", str(made["id"]), "-p", "local").code == 5
