"""The sandbox answers whatever arrives, and can show whatever it accepts."""

from __future__ import annotations

import json
import re
from email import message_from_bytes, policy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailtrap_cli.local.message_log import lines
from mailtrap_cli.local.replies import Host
from mailtrap_cli.local.store import Store
from mailtrap_cli.text import dumps
from tests.local.conftest import MESSAGE, Api

READS = ("", "/body.txt", "/body.html", "/body.htmlsource", "/body.eml", "/mail_headers", "/spam_report")

# Lone surrogates, control characters and bidirectional overrides included.
texts = st.text(st.characters(), max_size=20) | st.sampled_from(["", "\ud800", "a\r\nBcc: eve@example.com", "\x00", "‮"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
emails = st.sampled_from(
    ["ada@example.com", '"a b"@example.com', "ada@bücher.example", "a@b", "Ada <a@b.example>", "", "a@b.example\n", "@"]
)
addresses = st.fixed_dictionaries({"email": emails | values}, optional={"name": texts | values})
types = texts | st.sampled_from(["text/html", "multipart/mixed", "message/rfc822", "image/png; a=b"])
attachments = st.fixed_dictionaries(
    {"filename": texts, "content": st.sampled_from(["aGVsbG8=", "aGVs\nbG8=", "!", ""])},
    optional={
        "type": types,
        "disposition": st.sampled_from(["inline", "attachment", "other", None]),
        "content_id": texts | st.sampled_from(["logo", "<logo>"]),
    },
)
names = st.sampled_from(["X-A", "x-a", "Sender", "sender", "To", "Resent-To", "List-Unsubscribe", "Subject", "é", ":"])
messages = st.fixed_dictionaries(
    {},
    optional={
        "from": addresses | values,
        "to": st.lists(addresses, max_size=3) | values,
        "cc": st.lists(addresses, max_size=3) | values,
        "bcc": st.lists(addresses, max_size=2) | values,
        "reply_to": addresses | values,
        "subject": texts | values,
        "text": texts | values,
        "html": texts | values,
        "category": texts | values,
        "headers": st.dictionaries(names | texts, texts, max_size=3) | values,
        "custom_variables": st.dictionaries(texts, texts, max_size=2) | values,
        "attachments": st.lists(attachments, max_size=3) | values,
        "template_uuid": st.sampled_from(["b81aabcd-1a1e-41cf-91b6-eca0254b3d96", "x"]) | values,
        "template_variables": st.dictionaries(texts, values, max_size=2) | values,
        "unknown": values,
    },
)

# Values of the right types, so mostly accepted: the contents of the strings must not matter later.
good_addresses = st.fixed_dictionaries(
    {"email": st.sampled_from(["ada@example.com", '"a b"@example.com', "ada@bücher.example"])}, optional={"name": texts}
)
good_attachments = st.fixed_dictionaries(
    {"filename": texts.filter(bool), "content": st.sampled_from(["aGVsbG8=", "aGVs\nbG8="])},
    optional={
        "type": types,
        "disposition": st.sampled_from(["inline", "attachment", None]),
        "content_id": texts | st.sampled_from(["logo", "<logo>"]),
    },
)
good_messages = st.fixed_dictionaries(
    {
        "from": good_addresses,
        "to": st.lists(good_addresses, min_size=1, max_size=3),
        "subject": texts.filter(bool),
        "text": texts.filter(bool),
    },
    optional={
        "cc": st.lists(good_addresses, max_size=2),
        "bcc": st.lists(good_addresses, max_size=2),
        "reply_to": good_addresses,
        "html": texts,
        "category": texts,
        "headers": st.dictionaries(names | texts, texts, max_size=3),
        "custom_variables": st.dictionaries(texts, texts, max_size=2),
        "attachments": st.lists(good_attachments, max_size=3),
        "template_variables": st.dictionaries(texts, values, max_size=2),
        "unknown": values,
    },
)


@pytest.fixture(scope="module")
def shared() -> Any:
    with TemporaryDirectory() as folder:
        store = Store(Path(folder))
        yield Api(store)
        store.close()


def read_everything(api: Api, number: int) -> None:
    """Assert that every view of one message works, and that its raw form is a message without defects."""
    path = f"/api/sandboxes/1/messages/{number}"
    for read in READS:
        answer = api.ask("account", "GET", path + read)
        assert answer.status in (200, 409), (read, answer)
    assert api.ask("account", "GET", f"{path}/analyze").status == 200
    for attachment in api.get(f"{path}/attachments"):
        assert api.ask("account", "GET", attachment["download_path"]).status == 200
    mail = message_from_bytes(api.ask("account", "GET", f"{path}/body.raw").body, policy=policy.default)
    assert not mail.defects
    for name in ("From", "To", "Cc", "Bcc", "Subject", "Date", "Message-ID"):
        assert len(mail.get_all(name) or []) <= 1


def harmless(line: str) -> bool:
    """Return whether a terminal shows this on one line and does nothing else."""
    line.encode()
    return not re.search("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", line)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(message=good_messages | messages | messages.map(lambda message: {**MESSAGE, **message}), batch=st.booleans())
def test_any_message_is_accepted_or_refused_in_the_apis_shape(shared: Api, message: Any, batch: bool) -> None:
    body = {"base": message, "requests": [message, MESSAGE]} if batch else message
    answer = shared.ask("sandbox", "POST", f"/api/{'batch' if batch else 'send'}/1", body)
    found = answer.json()
    if answer.status == 400:
        assert found["success"] is False
        assert found["errors"]
        assert all(isinstance(error, str) for error in found["errors"])
    else:
        assert answer.status == 200, answer
        assert found["success"] is True
        for form in (lambda document, _: dumps(document), lambda _, text: text):
            assert batch or all(harmless(line) for line in lines("bulk", 0, [message], form))
    for listed in shared.get("/api/sandboxes/1/messages")[:2]:
        read_everything(shared, listed["id"])


@pytest.mark.parametrize("value", ["<", "a <", "(", ":;<", '"'])
@pytest.mark.parametrize("name", ["Sender", "Resent-To", "Resent-Date", "List-Unsubscribe"])
def test_headers_without_valid_addresses_can_be_read_back(api: Api, name: str, value: str) -> None:
    api.sent(headers={name: value})
    assert f"{name}: {value}\r\n".encode() in api.ask("account", "GET", "/api/sandboxes/1/messages/1/body.raw").body


@given(
    body=st.binary(max_size=60) | values.map(lambda value: json.dumps(value).encode()),
    host=st.sampled_from(["send", "bulk", "sandbox", "account"]),
    method=st.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD"]),
    path=st.text(max_size=20)
    | st.sampled_from(
        [
            "/api/send",
            "/api/batch",
            "/api/send/1",
            "/api/batch/٣",
            "/api/send/999999999999999999999999",
            "/api/projects",
            "/api/projects/1",
            "/api/projects/1/sandboxes",
            "/api/sandboxes/1",
            "/api/sandboxes/1/messages",
            "/api/sandboxes/1/messages/1",
            "/api/accounts/1/inboxes/1/messages/1",
            "/api/accounts/1/projects",
            "/api/email_logs",
            "/api/email_logs/00000000-0000-7000-8000-000000000000",
        ]
    ),
    query=st.text(max_size=30)
    | st.sampled_from(
        [
            "page=-1",
            "page=99999999999999999999",
            "last_id=1e3",
            "search=%FF",
            "search=%25_%5C",
            "search_after=x",
            "search_after=00000000-0000-7",
            "filters[sent_after]=-1",
            "filters[opens_count][operator]=equal&filters[opens_count][value]=²",
        ]
    ),
)
def test_no_request_makes_it_fail(shared: Api, body: bytes, host: Host, method: str, path: str, query: str) -> None:
    answer = shared.sandbox.handle(
        host, method, path, query, {"api-token": "t", "content-type": "application/json"}, body
    )
    assert 200 <= answer.status < 500
    if answer.status >= 400 and "json" in answer.headers["content-type"]:
        assert ("success" in answer.json()) == (host != "account")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"from": "\xc3\x28"}',
        b"[" * 100_000,
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b'{"template_variables": {"a": NaN}}',
        b'{"template_variables": {"a": 1e999}}',
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
    ids=["empty", "cut", "utf-16", "invalid utf-8", "deep array", "deep object", "nan", "infinity", "long number"],
)
@pytest.mark.parametrize("host", ["sandbox", "account"])
def test_invalid_json_is_a_400_in_the_hosts_shape(api: Api, host: Host, body: bytes) -> None:
    answer = api.ask(host, "POST", "/api/send/1" if host == "sandbox" else "/api/projects", body)
    assert answer.status == 400
    said = answer.json()
    assert said["errors" if host == "sandbox" else "error"]
    assert ("success" in said) == (host == "sandbox")


@pytest.mark.parametrize("json_text", ['"x"', "[]", "null", "7"])
def test_json_that_is_not_an_object_is_a_400(api: Api, json_text: str) -> None:
    answer = api.ask("send", "POST", "/api/send", json_text.encode())
    assert (answer.status, answer.json()["errors"]) == (400, ["request body must be a JSON object"])


def test_html_with_a_hundred_thousand_unclosed_tags_is_analyzed(api: Api) -> None:
    api.sent(html="<b>" * 50_000 + "</i>" * 50_000 + "<![if x[ <![CDATA[")
    report = api.get("/api/sandboxes/1/messages/1/analyze")["report"]
    assert len(report["errors"]) == 100
