"""Every operation of the local sandbox, checked against the OpenAPI files; and what these do not cover."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from email import message_from_bytes, policy
from typing import Any

import pytest

from mailtrap_cli.api.responses import Answer
from mailtrap_cli.local.app import Sandbox
from mailtrap_cli.local.replies import Host
from mailtrap_cli.local.routes import methods_of
from mailtrap_cli.local.store import Store
from tests import openapi
from tests.local.conftest import AUTHORIZED, MESSAGE, Api

UUID = "00000000-0000-4000-8000-000000000000"
SENDING = {"sandbox": "sandbox-sending", "send": "email-sending-transactional", "bulk": "email-sending-bulk"}
FULL: dict[str, Any] = {
    **MESSAGE,
    "cc": [{"email": "cc@example.com"}],
    "bcc": [{"email": "bcc@example.com", "name": "Hidden"}],
    "reply_to": {"email": "reply@acme.example"},
    "html": "<p>Thank <b>you</p><img src=cid:logo>",
    "category": "orders",
    "custom_variables": {"mailtrap_run": "r1", "mailtrap_row": "17"},
    "headers": {"X-Order": "17"},
    "attachments": [
        {"filename": "receipt.pdf", "content": b64encode(b"%PDF").decode(), "type": "application/pdf"},
        {
            "filename": "logo.png",
            "content": b64encode(b"\x89PNG").decode(),
            "type": "image/png",
            "disposition": "inline",
            "content_id": "logo",
        },
    ],
}
TEMPLATE = {
    "from": {"email": "shop@acme.example"},
    "to": [{"email": "ada@example.com"}],
    "template_uuid": "00000000-0000-4000-8000-000000000000",
    "template_variables": {"name": "Ada", "items": [1, 2]},
}


def make_template(api: Api, **fields: str) -> dict[str, Any]:
    """Build a message from a new template with these fields."""
    template = {"name": "Order", "category": "orders", "subject": "Hi {{name}}", **fields}
    made = api.ask("account", "POST", "/api/email_templates", {"email_template": template}).json()
    return {**TEMPLATE, "template_uuid": made["uuid"]}


def test_a_template_is_rendered_when_it_is_sent(api: Api) -> None:
    message = make_template(api, body_html="<p>{{name}}{{#each items}} {{this}}{{/each}}", body_text="{{name}}")
    for host in ("sandbox", "send"):
        answer = api.send({**message, "template_variables": {"name": "A & B", "items": [1, 2]}}, host=host)
        assert answer.status == 200, answer
    for number in (1, 2):
        path = f"/api/sandboxes/1/messages/{number}"
        assert api.get(path)["template_id"] == 1
        assert api.ask("account", "GET", f"{path}/body.html").body == b"<p>A &amp; B 1 2"
        assert api.ask("account", "GET", f"{path}/body.txt").body == b"A &amp; B"
    assert api.get("/api/email_logs")["messages"][0]["template_id"] == 1
    unknown = api.send(TEMPLATE)
    assert (unknown.status, unknown.json()["errors"]) == (400, [f"template not found: {TEMPLATE['template_uuid']}"])


@pytest.mark.parametrize("fields", [{"subject": "a\r\nBcc: x@y.example"}, {"headers": {"X-A": "a\nb"}}])
def test_line_breaks_in_the_header_are_refused(api: Api, fields: dict[str, Any]) -> None:
    answer = api.send({**MESSAGE, **fields})
    assert (answer.status, answer.json()["errors"]) == (400, [f"'{next(iter(fields))}' must not contain line breaks"])


def test_strict_domains_refuse_unknown_domains(store: Store) -> None:
    api = Api(store)
    api.sandbox = Sandbox(store, strict_domains=True)
    refused = api.send(MESSAGE, host="send")
    assert (refused.status, refused.json()["success"]) == (403, False)
    batch = api.ask("bulk", "POST", "/api/batch", {"requests": [MESSAGE]}).json()
    assert batch["responses"][0]["errors"] == ["Sending from domain acme.example is not allowed"]
    api.ask("account", "POST", "/api/domains", {"domain": {"domain_name": "acme.example"}})
    assert api.send(MESSAGE, host="send").status == 200


def test_every_operation_is_implemented() -> None:
    for file in (
        "account-management",
        "contacts",
        "email-campaigns",
        "email-sending",
        "inbound",
        "sandbox",
        "templates",
    ):
        for method, template in openapi.operations(file):
            path = re.sub(r"\{(sending_message_id|suppression_id|tracking_opt_out_id)\}", UUID, template)
            path = re.sub(r"\{.*?\}", "7", path)
            assert method in methods_of(path)[0], (method, template)


def checked(api: Api, file: str, host: Host, method: str, url: str, body: object = None) -> Answer:
    """Return the answer to a request; both are checked against the file."""
    answer = api.ask(host, method, url, body)
    path = url.partition("?")[0]
    openapi.check_response(file, method, path, answer.status, answer.headers["content-type"], answer.body)
    return answer


@pytest.mark.parametrize("host", ["sandbox", "send", "bulk"])
def test_sending_is_answered_as_the_api_does(api: Api, host: Host) -> None:
    suffix = "/1" if host == "sandbox" else ""
    file = SENDING[host]
    for message in (MESSAGE, FULL, make_template(api)):
        assert checked(api, file, host, "POST", f"/api/send{suffix}", message).status == 200
    for message in ({}, {**MESSAGE, "from": {"email": "nope"}}, {**MESSAGE, "text": ""}, {**MESSAGE, "subject": None}):
        assert checked(api, file, host, "POST", f"/api/send{suffix}", message).status == 400
    batch = {
        "base": {"from": MESSAGE["from"], "subject": "Hi", "text": "Hello"},
        "requests": [{"to": MESSAGE["to"]}, {}],
    }
    assert checked(api, file, host, "POST", f"/api/batch{suffix}", batch).status == 200
    assert checked(api, file, host, "POST", f"/api/batch{suffix}", {"requests": []}).status == 400


def test_a_missing_or_wrong_token_is_answered_as_the_api_does(store: Store) -> None:
    sandbox = Sandbox(store, token="right")
    wrong = {**AUTHORIZED, "authorization": "Bearer wrong"}
    for file, host, method, path in (
        ("sandbox-sending", "sandbox", "POST", "/api/send/1"),
        ("email-sending-bulk", "bulk", "POST", "/api/batch"),
        ("sandbox", "account", "GET", "/api/sandboxes/1/messages"),
        ("email-sending", "account", "GET", "/api/email_logs"),
        ("account-management", "account", "GET", "/api/accounts"),
    ):
        answer = sandbox.handle(host, method, path, "", wrong, b"{}")  # type: ignore[arg-type]  # one of the four
        assert answer.status == 401
        openapi.check_response(file, method, path, 401, answer.headers["content-type"], answer.body)


def test_messages_and_attachments_are_answered_as_the_api_does(api: Api) -> None:
    api.sent(**FULL)
    api.send(make_template(api))
    for number in (1, 2):
        path = f"/api/sandboxes/1/messages/{number}"
        for view in ("", "/body.txt", "/body.html", "/body.htmlsource", "/body.raw", "/body.eml", "/mail_headers"):
            answer = checked(api, "sandbox", "account", "GET", path + view)
            assert answer.status == (409 if number == 2 and view.startswith(("/body.t", "/body.h")) else 200)
        for view in ("/spam_report", "/analyze", "/attachments"):
            assert checked(api, "sandbox", "account", "GET", path + view).status == 200
    path = "/api/sandboxes/1/messages/1"
    for url in ("/api/sandboxes/1/messages", "/api/sandboxes/1/messages?search=order&page=1&last_id=9"):
        assert len(checked(api, "sandbox", "account", "GET", url).json()) == (2 if "?" not in url else 1)
    listed = api.get(f"{path}/attachments")
    assert [entry["attachment_type"] for entry in listed] == ["attachment", "inline"]
    one = f"{path}/attachments/{listed[0]['id']}"
    assert checked(api, "sandbox", "account", "GET", one).json() == listed[0]
    for answer in (
        checked(api, "sandbox", "account", "PATCH", path, {"message": {"is_read": True}}),
        checked(api, "sandbox", "account", "DELETE", path),
    ):
        assert answer.status == 200
    for view in (
        "",
        "/body.txt",
        "/body.html",
        "/body.raw",
        "/mail_headers",
        "/spam_report",
        "/analyze",
        "/attachments",
    ):
        assert checked(api, "sandbox", "account", "GET", path + view).status == 404
    assert checked(api, "sandbox", "account", "GET", one).status == 404


def test_sandboxes_and_projects_are_answered_as_the_api_does(api: Api) -> None:
    def ask(method: str, path: str, body: object = None) -> Any:
        answer = checked(api, "sandbox", "account", method, path, body)
        assert answer.status == 200
        return answer.json()

    api.sent()
    project = ask("POST", "/api/projects", {"project": {"name": "Shop"}})
    ask("GET", "/api/projects")
    ask("GET", f"/api/projects/{project['id']}")
    assert ask("PATCH", f"/api/projects/{project['id']}", {"project": {"name": "Store"}})["name"] == "Store"
    sandbox = ask("POST", f"/api/projects/{project['id']}/sandboxes", {"sandbox": {"name": "CI"}})
    path = f"/api/sandboxes/{sandbox['id']}"
    assert len(ask("GET", "/api/sandboxes")) == 2
    assert ask("GET", path) == sandbox
    assert ask("PATCH", path, {"sandbox": {"name": "CI 2"}})["name"] == "CI 2"
    assert ask("PATCH", f"{path}/reset_credentials")["password"] != sandbox["password"]
    assert ask("PATCH", f"{path}/toggle_email_username")["email_username_enabled"] is True
    assert ask("PATCH", f"{path}/reset_email_username")["email_username"] != sandbox["email_username"]
    assert ask("PATCH", "/api/sandboxes/1/all_read")["emails_unread_count"] == 0
    assert ask("PATCH", "/api/sandboxes/1/clean")["emails_count"] == 0
    ask("DELETE", path)
    assert ask("DELETE", f"/api/projects/{project['id']}") == {"id": project["id"]}
    for method, gone in (("GET", path), ("PATCH", f"{path}/clean"), ("DELETE", path), ("DELETE", "/api/projects/99")):
        assert checked(api, "sandbox", "account", method, gone).status == 404


def test_email_logs_are_answered_as_the_api_does(api: Api) -> None:
    ids = api.sent(host="send", **{**FULL, "to": FULL["to"]})
    api.send(make_template(api), host="bulk")
    page = checked(api, "email-sending", "account", "GET", "/api/email_logs").json()
    assert page["total_count"] == 4
    assert page["next_page_cursor"] is None
    assert [entry["to"] for entry in page["messages"]] == [
        "ada@example.com",
        "ada@example.com",
        "cc@example.com",
        "bcc@example.com",
    ]
    assert page["messages"][1]["custom_variables"] == FULL["custom_variables"]
    one = checked(api, "email-sending", "account", "GET", f"/api/email_logs/{ids[0]}").json()
    assert {key: one[key] for key in page["messages"][1]} == page["messages"][1]
    for after in ("nope", ids[0][:13], "00000000-0000-7000-8000-000000000000"):
        assert checked(api, "email-sending", "account", "GET", f"/api/email_logs?search_after={after}").status == 400
    missing = "/api/email_logs/00000000-0000-7000-8000-000000000000"
    assert checked(api, "email-sending", "account", "GET", missing).status == 404


def test_the_account_is_answered_as_the_api_does(api: Api) -> None:
    assert checked(api, "account-management", "account", "GET", "/api/accounts").json()[0]["id"] == 1


# ------------------------------------------------------------------------------------------------ batches


def test_a_batch_answers_for_each_message_in_its_place(api: Api) -> None:
    base = {"from": {"email": "shop@acme.example"}, "subject": "Hi", "text": "Hello"}
    requests: list[Any] = [
        {"to": [{"email": "a@example.com"}, {"email": "b@example.com"}]},
        {"to": [{"email": "nope"}]},
        {"to": [{"email": "c@example.com"}], "subject": "Own"},
        {},
        "not an object",
        {"to": [{"email": "d@example.com"}], "custom_variables": {"row": 4}},
        {"cc": [{"email": "e@example.com"}], "category": "x" * 300},
    ]
    answer = api.ask("sandbox", "POST", "/api/batch/1", {"base": base, "requests": requests})
    assert answer.status == 200
    document = answer.json()
    assert document["success"] is True
    found = document["responses"]
    assert [response["success"] for response in found] == [True, False, True, False, False, False, False]
    assert [len(response.get("message_ids", [])) for response in found] == [2, 0, 1, 0, 0, 0, 0]
    assert [response.get("errors") for response in found] == [
        None,
        ["'to' address is invalid"],
        None,
        ["'to', 'cc' or 'bcc' address is required"],
        [
            "'from' is required",
            "'to', 'cc' or 'bcc' address is required",
            "'subject' is required",
            "must specify either text or html body",
        ],
        ["'custom_variables' must be an object of strings"],
        ["'category' is too long (maximum is 255 characters)"],
    ]
    assert [message["subject"] for message in api.get("/api/sandboxes/1/messages")] == ["Own", "Hi"]


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({}, "empty field: 'requests'"),
        ({"requests": {}}, "empty field: 'requests'"),
        ({"requests": "x"}, "'requests' must be an array"),
        ({"base": [1], "requests": [{}]}, "'base' must be an object"),
        ({"requests": [{}] * 501}, "'requests' must not exceed 500 messages"),
    ],
)
def test_an_invalid_batch_is_a_400(api: Api, document: object, sentence: str) -> None:
    answer = api.ask("bulk", "POST", "/api/batch", document)
    assert (answer.status, answer.json()) == (400, {"success": False, "errors": [sentence]})


def test_a_batch_inherits_all_but_recipients(api: Api) -> None:
    base = {**FULL, "to": [{"email": "base@example.com"}]}
    requests = [
        {"to": [{"email": "a@example.com"}]},
        {"cc": [{"email": "b@example.com"}], "headers": {"X-Own": "1"}},
        {},
    ]
    found = api.ask("sandbox", "POST", "/api/batch/1", {"base": base, "requests": requests}).json()["responses"]
    assert [response["success"] for response in found] == [True, True, False]
    first = api.get("/api/sandboxes/1/messages/1/mail_headers")["headers"]
    assert (first["To"], first.get("Cc"), first["X-Order"]) == ("a@example.com", None, "17")
    second = api.get("/api/sandboxes/1/messages/2/mail_headers")["headers"]
    assert (second["Cc"], second.get("X-Order"), second["X-Own"]) == ("b@example.com", None, "1")
    assert len(api.get("/api/sandboxes/1/messages/2/attachments")) == 2


# ------------------------------------------------------------------------------------------------ lookup


def test_custom_variables_are_in_the_headers_of_a_sandboxes_message(api: Api) -> None:
    variables = {"run": "0c7fd939-02cf-11ed-88c2-0a58a9feac02" * 3, "row": "17", "名前": "ада "}
    api.sent(custom_variables=variables)
    headers = api.get("/api/sandboxes/1/messages/1/mail_headers")["headers"]
    assert json.loads(headers["X-MT-Custom-Variables"]) == variables
    raw = api.ask("account", "GET", "/api/sandboxes/1/messages/1/body.raw").body
    mail = message_from_bytes(raw, policy=policy.default)
    assert json.loads(str(mail["X-MT-Custom-Variables"])) == variables


def test_messages_are_searched_by_subject_and_recipient_and_paged(api: Api) -> None:
    for number in range(65):
        api.sent(subject=f"Order {number:02}", to=[{"email": f"r{number}@example.com", "name": f"Person {number}"}])
    pages = [[message["id"] for message in api.get(f"/api/sandboxes/1/messages?page={page}")] for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [30, 30, 5, 0]
    assert [number for page in pages for number in page] == list(range(65, 0, -1))
    assert [message["id"] for message in api.get("/api/sandboxes/1/messages?last_id=31&page=3")] == list(
        range(30, 0, -1)
    )
    for search, count in (("order+0", 10), ("R64@", 1), ("person+6", 6), ("%25", 0), ("_", 0), ("nobody", 0)):
        assert len(api.get(f"/api/sandboxes/1/messages?search={search}")) == count


def test_email_logs_are_paged_and_filtered(api: Api) -> None:
    base = {"from": {"email": "shop@acme.example"}, "subject": "Hi", "text": "Hello"}
    for start in (0, 150):
        requests = [
            {"to": [{"email": f"r{number}@example.com"}], "category": f"c{number % 3}"}
            for number in range(start, start + 150)
        ]
        api.ask("bulk" if start else "send", "POST", "/api/batch", {"base": base, "requests": requests})
    seen: list[str] = []
    after = ""
    while True:
        page = api.get(f"/api/email_logs?search_after={after}")
        assert page["total_count"] == 300
        seen += [entry["to"] for entry in page["messages"]]
        after = page["next_page_cursor"]
        if after is None:
            break
    assert seen == [f"r{number}@example.com" for number in range(299, -1, -1)]
    for query, count in (
        ("filters[to][operator]=ci_equal&filters[to][value]=R7@example.com", 1),
        ("filters[category][operator]=equal&filters[category][value][]=c1&filters[category][value][]=c2", 200),
        ("filters[sending_stream][operator]=equal&filters[sending_stream][value]=bulk", 150),
        ("filters[subject][operator]=empty", 0),
        ("filters[sent_after]=2020-01-01T00:00:00Z", 300),
        ("filters[sent_before]=2020-01-01T00:00:00Z", 0),
    ):
        assert api.get(f"/api/email_logs?{query}")["total_count"] == count, query


# -------------------------------------------------------------------------------------------- unchecked


def test_checks_are_never_invented(api: Api) -> None:
    api.sent(html="<p>broken <b>bold</p></i>")
    spam = api.get("/api/sandboxes/1/messages/1/spam_report")["report"]
    assert "Not checked" in spam["ResponseMessage"]
    assert spam["Spam"] is False
    report = api.get("/api/sandboxes/1/messages/1/analyze")["report"]
    assert [error["rule_name"] for error in report["errors"]] == ["<b> is not closed", "</i> has no opening tag"]
    assert all(error["email_clients"] == {"desktop": [], "mobile": [], "web": []} for error in report["errors"])
    refused = api.ask("account", "POST", "/api/sandboxes/1/messages/1/forward", {"email": "a@example.com"})
    assert refused.status == 422
    assert "nothing leaves this machine" in refused.json()["errors"]


def test_a_downloaded_attachment_is_never_of_a_type_that_a_browser_runs(api: Api) -> None:
    script = {"filename": "x.html", "type": "text/html", "content": b64encode(b"<script>").decode()}
    api.sent(attachments=[script])
    found = api.get("/api/sandboxes/1/messages/1/attachments")[0]
    answer = api.ask("account", "GET", found["download_path"])
    assert answer.body == b"<script>"
    assert answer.headers["content-type"] == "application/octet-stream"


def test_bcc_and_every_recipient_have_an_id_of_their_own(api: Api) -> None:
    ids = api.sent(**FULL)
    assert len(set(ids)) == 3
    data = api.get("/api/sandboxes/1/messages/1")["smtp_information"]["data"]
    assert data["rcpt_to_addrs"] == ["ada@example.com", "cc@example.com", "bcc@example.com"]


# ------------------------------------------------------------------------------------------------ the SDKs' older paths


def test_older_paths_answer_with_the_older_names(api: Api) -> None:
    api.sent()
    message = api.get("/api/accounts/7/inboxes/1/messages")[0]
    assert message["inbox_id"] == 1
    assert "sandbox_id" not in message
    project = api.get("/api/accounts/7/projects")[0]
    assert [inbox["id"] for inbox in project["inboxes"]] == [1]
    made = api.ask("account", "POST", "/api/accounts/7/projects/1/inboxes", {"inbox": {"name": "Old"}})
    assert (made.status, made.json()["name"]) == (200, "Old")
