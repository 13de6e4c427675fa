"""Live mail of the local sandbox that is for its own inbound inboxes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.conftest import Api


def create_inboxes(api: Api, *names: str) -> list[str]:
    """Create inboxes, each with a rule that forwards all mail to the next; return their addresses."""
    api.ask("account", "POST", "/api/inbound/folders", {"name": "Support"})
    made = [api.ask("account", "POST", "/api/inbound/folders/1/inboxes", {"name": name}).json() for name in names]
    addresses = [inbox["address"] for inbox in made]
    for inbox, following in zip(made, [*addresses[1:], addresses[0]], strict=True):
        rule = {"name": "All", "conditions": [], "destinations": [{"email": following}]}
        assert api.ask("account", "POST", f"/api/inbound/inboxes/{inbox['id']}/forward_rules", rule).status == 201
    return addresses


def list_received(api: Api, inbox: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"/api/inbound/inboxes/{inbox}/messages")["data"]
    return found


def test_inboxes_that_forward_to_each_other_each_get_a_message_once(api: Api) -> None:
    first, _ = create_inboxes(api, "One", "Two")
    api.sent(host="send", to=[{"email": first}])
    assert [len(list_received(api, number)) for number in (1, 2)] == [1, 1]
    assert [row["status"] for row in list_received(api, 2)[0]["forwards"]] == ["forwarded"]


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "é\ud800", "text": "\ud800\x00\r\n", "from": {"email": "a@acme.example", "name": '\ud800"<,;:>'}},
        {"headers": {"X-É": "é", "In-Reply-To": "\ud800", "References": "<a> <b", "Sender": "?", "sender": "x@y"}},
        {"attachments": [{"filename": "\ud800" * 3000, "content": "QQ==", "type": "message/rfc822"}]},
        {
            "html": "<div>" * 5000,
            "custom_variables": {"é": "\n"},
            "reply_to": {"email": "r@x.example", "name": "é" * 300},
        },
    ],
)
def test_whatever_a_message_holds_it_lands_and_can_be_answered(api: Api, fields: dict[str, Any]) -> None:
    (address,) = create_inboxes(api, "One")
    api.sent(host="send", to=[{"email": address.upper(), "name": '"'}], **fields)
    (message,) = list_received(api, 1)
    path = f"/api/inbound/inboxes/1/messages/{message['id']}"
    assert api.get(path)["id"] == message["id"]
    for action, body in (("reply_all", {"text": "Done."}), ("forward", {"to": [{"email": "boss@acme.example"}]})):
        assert api.ask("account", "POST", f"{path}/{action}", body).status == 201


def test_an_inbox_gets_no_mail_that_was_not_delivered_to_it(api: Api) -> None:
    (address,) = create_inboxes(api, "One")
    api.sent(to=[{"email": address}])  # to a sandbox, which captures all
    api.sent(host="send", to=[{"email": address.replace("@", "+x@")}])
    domain = api.get("/api/domains")["data"][0]["id"]
    suppression = {"email": address, "sending_stream": "transactional", "domain_id": domain, "reason": "manual"}
    created = api.ask("account", "POST", "/api/suppressions", suppression)
    assert created.status < 300, created
    api.sent(host="send", to=[{"email": address}])
    assert [row["to"] for row in list_received(api, 1)] == [[address.replace("@", "+x@")]]


def test_a_reply_from_one_inbox_to_another_lands_there(api: Api) -> None:
    first, second = create_inboxes(api, "One", "Two")
    for number in (1, 2):
        api.ask("account", "DELETE", f"/api/inbound/inboxes/{number}/forward_rules/{number}")
    api.sent(host="send", to=[{"email": first}], reply_to={"email": second})
    (message,) = list_received(api, 1)
    path = f"/api/inbound/inboxes/1/messages/{message['id']}/reply"
    assert api.ask("account", "POST", path, {"text": "Done."}).status == 201
    (reply,) = list_received(api, 2)
    assert (reply["from"], reply["subject"], reply["in_reply_to"]) == (
        first,
        "Re: Your order",
        message["rfc_message_id"],
    )
