"""`local serve` checked against the OpenAPI files with generated requests, valid and invalid.

No answer is a 5xx, and each has a status, a type and a body that its file documents. Seeded, so that every run makes
the same requests; `--fuzz N` makes more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.facts import DOCUMENTS
from tests.local.serving import SENDABLE, Serving
from tests.openapi import check_response, operation, readable_document

schemathesis = pytest.importorskip("schemathesis", reason="no schemathesis")

HOSTS = {"email-sending-transactional": "send", "email-sending-bulk": "bulk", "sandbox-sending": "sandbox"}
HEADERS = {"Authorization": "Bearer local", "Content-Type": "application/json"}
TEMPLATE = {"name": "Hi", "subject": "Hi", "category": "news"}
SUPPRESSED = {"email": "gone@example.com", "domain_id": 1, "sending_stream": "bulk"}
BODY = {"subject": "Hi", "body_html": "<p>Hi __unsubscribe_url__</p>"}
CAMPAIGN = {"name": "Spring", "domain_id": 1, "from_local_part": "news", "template_attributes": BODY}
HOOK = {"url": "http://127.0.0.1:9/", "webhook_type": "email_sending", "event_types": ["delivery"]}
SEEDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/send/api/send", SENDABLE),
    ("/sandbox/api/send/1", {**SENDABLE, "attachments": [{"filename": "a.txt", "content": "eA=="}]}),
    ("/account/api/email_templates", {"email_template": TEMPLATE}),
    ("/account/api/contacts", {"contact": {"email": "ada@example.com"}}),
    ("/account/api/contacts/lists", {"name": "Customers"}),
    ("/account/api/contacts/fields", {"name": "Plan", "data_type": "text", "merge_tag": "plan"}),
    ("/account/api/contacts/imports", {"contacts": [{"email": "bob@example.com"}]}),
    ("/account/api/contacts/exports", {}),
    ("/account/api/suppressions", SUPPRESSED),
    ("/account/api/tracking_opt_outs", {"email": "ada@example.com", "domain_id": 1}),
    ("/account/api/webhooks", {"webhook": {**HOOK, "sending_stream": "bulk"}}),
    ("/account/api/email_campaigns", CAMPAIGN),
    ("/account/api/inbound/folders", {"name": "Support"}),
    ("/account/api/inbound/folders/1/inboxes", {"name": "Help"}),
    ("/account/api/api_tokens", {"name": "CI"}),
)


class Judge:
    """Sends generated requests to a server and records what is wrong with the answers."""

    def __init__(self, server: Serving, ids: dict[str, Any]) -> None:
        self.ids = ids
        self.sent = 0
        self.problems: list[str] = []
        self._server = server

    def try_case(self, file: str, case: Any) -> None:
        """Send a request for things that mostly do not exist, and the same for things that do."""
        given_ids = dict(case.path_parameters or {})
        self._send_case(file, case, given_ids, known=False)
        if given_ids:
            self._send_case(file, case, {name: self.ids.get(name, 1) for name in given_ids}, known=True)

    def _send_case(self, file: str, case: Any, ids: dict[str, Any], *, known: bool) -> None:
        path = case.path
        for name, value in ids.items():
            path = path.replace(f"{{{name}}}", quote(str(value).encode("utf-8", "replace"), safe=""))
        query = urlencode(list(flat_query(case.query or {})), errors="replace")
        body = None if not case.operation.body else encode_body(case.body)
        url = f"/{HOSTS.get(file, 'account')}{path}" + (f"?{query}" if query else "")
        answer = self._server.ask(case.method, url, body, headers=HEADERS, timeout=60)
        content, status = answer.body, answer.status
        self.sent += 1
        if status == 404 and not known:
            return  # of an ID that does not exist, or is not an ID
        listed = operation(file, case.method, case.operation.path)["responses"]
        if status in (400, 422) and str(status) not in listed and is_refusal(content):
            return  # the files do not list these for every operation that takes input
        try:
            assert status < 500, f"{status} {content[:200]!r}"
            if status == 204:
                assert content == b""
            else:
                kind = answer.headers.get("content-type", "")
                check_response(file, case.method, case.operation.path, status, kind, content)
        except AssertionError as error:
            self.problems.append(f"{case.method} {url} {body!r:.300}: {error}")


def flat_query(query: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in query.items():
        for one in value if isinstance(value, list) else [value]:
            yield name, one if isinstance(one, str) else json.dumps(one)


def encode_body(body: Any) -> bytes | None:
    if isinstance(body, bytes):
        return body
    try:
        return json.dumps(body).encode()
    except TypeError:  # no body
        return None


def is_refusal(content: bytes) -> bool:
    """Return whether this is an error in one of the API's shapes (NOTES.md, Answers)."""
    document = json.loads(content)
    return isinstance(document, dict) and bool({"error", "errors"} & set(document))


@pytest.fixture(scope="module")
def ids(standing: Serving) -> dict[str, Any]:
    """Fill the server with one of everything; return the IDs other than 1."""
    for path, body in SEEDS:
        answer = standing.ask("POST", path, body)
        assert answer.status < 300, (path, answer)
    (inbox,) = standing.ask("GET", "/account/api/inbound/folders/1/inboxes").json()
    assert standing.send("/send/api/send", to=[{"email": inbox["address"]}]).status == 200
    logs = standing.ask("GET", "/account/api/email_logs").json()["messages"]
    opted_out = standing.ask("GET", "/account/api/tracking_opt_outs").json()["data"]
    return {
        "contact_identifier": "ada@example.com",
        "sending_message_id": logs[0]["message_id"],
        "suppression_id": standing.ask("GET", "/account/api/suppressions").json()[0]["id"],
        "tracking_opt_out_id": opted_out[0]["id"],
    }


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("file", sorted(DOCUMENTS))
def test_no_request_breaks_the_server_and_every_answer_is_one_of_the_file(
    standing: Serving, ids: dict[str, Any], fuzz: int, file: str
) -> None:
    judge = Judge(standing, ids)
    document = {"openapi": "3.1.0", "info": {"title": file, "version": "1"}, **readable_document(file)}
    schema = schemathesis.openapi.from_dict(document)
    operations = [found.ok() for found in schema.get_all_operations()]
    operations.sort(key=lambda declared: declared.method.lower() == "delete")  # last, or nothing would be left
    assert operations
    modes = schemathesis.GenerationMode
    for declared in operations:
        # Paths and queries can hardly be wrong; checking how would cost more than everything else.
        for mode in (modes.POSITIVE, modes.NEGATIVE) if declared.body else (modes.POSITIVE,):

            @seed(20260101)
            @settings(
                max_examples=max(2, fuzz // 12) if declared.body or declared.query else 1,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(declared.as_strategy(generation_mode=mode))
            def send(case: Any) -> None:
                judge.try_case(file, case)

            send()
    assert judge.sent > len(operations)
    assert not judge.problems, f"{len(judge.problems)} of {judge.sent}:\n" + "\n".join(judge.problems[:20])
