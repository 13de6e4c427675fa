"""Every request of `send`, checked against the published OpenAPI files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtrap_cli.mail.addresses import Address
from mailtrap_cli.mail.checks import check_message
from mailtrap_cli.mail.message import Attachment, Message
from tests.commands.test_send import FLAGS, FROM, MESSAGE, TARGETS, UUID, files
from tests.conftest import Run
from tests.loopback import SENT, Loopback, Reply
from tests.openapi import check_request, check_response

# The file that describes each target, and the path of its host on the test's server.
FILES = {
    "transactional": ("email-sending-transactional", "/send"),
    "bulk": ("email-sending-bulk", "/bulk"),
    "sandbox": ("sandbox-sending", "/sandbox"),
}
SHAPES: list[Sequence[str]] = [
    *((*MESSAGE, *flags) for flags, _ in FLAGS),
    (*FROM, "--to", "ada@example.com", "--subject", "Hi", "--html", "<p>x</p>"),
    (*FROM, "--to", "ada@example.com", "--template", UUID, "--template-vars", "vars.json", "--variable", "a=b"),
]

__all__ = ["files"]  # the fixture


@pytest.mark.parametrize("target", TARGETS)
def test_every_request_is_one_that_the_api_describes(mailtrap: Run, server: Loopback, files: Path, target: str) -> None:
    file, prefix = FILES[target]
    for flags in SHAPES:
        server.reply(SENT)
        result = mailtrap("send", *TARGETS[target][0], *flags, env=server.env, cwd=files)
        assert result.code == 0, result.err
    assert len(server.requests) == len(SHAPES)
    for request in server.requests:
        url = urlsplit(request.path)
        assert not url.query
        check_request(file, request.method, url.path.removeprefix(prefix), body=request.json())


LINE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=20)
WORD = st.text("abcdefghij-", min_size=1, max_size=10)
ADDRESS = st.builds(Address, st.sampled_from(["a@b.example", '"a b"@x.example', "x@xn--bcher-kva.example"]), LINE)
ADDRESSES = st.lists(ADDRESS, max_size=3)
ATTACHMENTS = st.lists(
    st.builds(Attachment, st.binary(min_size=1, max_size=9), LINE, st.just("image/png"), st.just("inline"), WORD),
    max_size=2,
    unique_by=lambda attachment: attachment.content_id,
)
COMMON: dict[str, st.SearchStrategy[Any]] = {
    "sender": ADDRESS,
    "to": st.lists(ADDRESS, min_size=1, max_size=3),
    "cc": ADDRESSES,
    "bcc": ADDRESSES,
    "reply_to": st.none() | ADDRESS,
    "attachments": ATTACHMENTS,
    "headers": st.dictionaries(WORD.map("X-{}".format), LINE, max_size=2),
    "category": st.none() | LINE,
    "custom_variables": st.dictionaries(LINE, LINE, max_size=2),
}
BODY = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
MESSAGES = (
    st.builds(Message, **COMMON, subject=LINE, text=BODY)
    | st.builds(Message, **COMMON, subject=LINE, html=BODY, text=st.none() | BODY)
    | st.builds(
        Message, **COMMON, template_uuid=st.uuids().map(str), template_variables=st.none() | st.just({"a": [1]})
    )
)


@given(st.sampled_from(["email-sending-transactional", "email-sending-bulk"]), MESSAGES)
def test_any_message_that_passes_the_checks_is_one_that_the_api_describes(file: str, message: Message) -> None:
    check_message(message)
    check_request(file, "POST", "/api/send", body=message.to_payload())


def test_the_questions_about_a_sandbox_are_those_of_the_api(mailtrap: Run, server: Loopback) -> None:
    message = {"id": 9, "from_name": "", "from_email": "a@x.example", "to_name": "", "to_email": "b@x.example"}
    message |= {"subject": "Hi", "sent_at": "2026-01-02T03:04:05.000Z", "is_read": False}
    server.reply(Reply(200, [message]), Reply(200, message), Reply(200, {"headers": {"Subject": "Hi"}}))
    server.reply(Reply(200, "Hello"), Reply(200, []))
    common = ("--sandbox-id", "7")
    assert mailtrap("messages", "list", *common, "--search", "Hi there", env=server.env).code == 0
    assert mailtrap("messages", "show", *common, "9", env=server.env).code == 0
    for request in server.requests:
        url = urlsplit(request.path)
        names = [pair.partition("=")[0] for pair in url.query.split("&") if pair]
        check_request("sandbox", request.method, url.path.removeprefix("/account"), query=names)
    assert server.requests[0].path.endswith("/api/sandboxes/7/messages?search=Hi+there")


def test_the_local_sandbox_answers_as_the_api_does(mailtrap: Run) -> None:
    assert mailtrap("send", "-p", "local", *MESSAGE).code == 0
    listed = mailtrap("messages", "list", "-p", "local", "-o", "json").json()
    body = json.dumps(listed).encode()
    check_response("sandbox", "GET", "/api/sandboxes/1/messages", 200, "application/json", body)
    shown = mailtrap("messages", "show", "-p", "local", "1", "-o", "json").json()
    own = json.dumps({name: value for name, value in shown.items() if name in listed[0]}).encode()
    check_response("sandbox", "GET", "/api/sandboxes/1/messages/1", 200, "application/json", own)
