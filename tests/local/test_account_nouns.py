"""Webhooks, campaigns, inbound mail, tokens and the account itself, checked against the OpenAPI files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailtrap_cli.local.inbound_store import find_inbox, list_inboxes, receive_message
from mailtrap_cli.local.store import Store
from tests.local.conftest import Api
from tests.local.test_resources import Judged


def make_domain(api: Api) -> Any:
    made = api.ask("account", "POST", "/api/domains", {"domain": {"domain_name": "acme.example"}}).json()
    return made["id"]


def test_webhooks_show_their_secret_once(api: Api) -> None:
    ask = Judged(api, "email-sending")
    hook = {
        "url": "http://127.0.0.1:9/hook",
        "webhook_type": "email_sending",
        "sending_stream": "bulk",
        "event_types": ["delivery", "spam_complaint"],
    }
    made = ask("POST", "/api/webhooks", {"webhook": hook})["data"]
    assert len(made.pop("signing_secret")) == 32
    assert (made["active"], made["payload_format"], made["domain_id"]) == (True, "json", None)
    path = f"/api/webhooks/{made['id']}"
    assert ask("GET", path) == {"data": made}
    assert ask("GET", "/api/webhooks") == {"data": [made]}
    changed = ask("PATCH", path, {"webhook": {"active": False, "sending_stream": "transactional"}})["data"]
    assert (changed["active"], changed["sending_stream"]) == (False, "bulk")
    for wrong in (
        {**hook, "url": "nope"},
        {**hook, "sending_stream": None},
        {**hook, "event_types": ["opened"]},
        {**hook, "event_types": []},
        {**hook, "domain_id": 9},
        {**hook, "inbound_inbox_id": 1},
        {**hook, "webhook_type": "inbound_receiving"},
        {},
    ):
        ask("POST", "/api/webhooks", {"webhook": wrong}, status=422)
    assert ask("DELETE", path)["data"] == changed
    ask("GET", path, status=404)


def test_a_campaign_is_sent_to_the_subscribed_contacts_of_its_lists(api: Api, store: Store) -> None:
    ask = Judged(api, "email-campaigns")
    news = api.ask("account", "POST", "/api/contacts/lists", {"name": "News"}).json()["id"]
    for name in ("ada", "bounce", "click", "gone"):
        contact = {"email": f"{name}@example.com", "fields": {"first_name": f"<{name}>"}, "list_ids": [news]}
        api.ask("account", "POST", "/api/contacts", {"contact": contact})
    api.ask(
        "account",
        "PATCH",
        "/api/contacts/gone@example.com",
        {"contact": {"email": "gone@example.com", "unsubscribed": True}},
    )
    draft = {
        "name": "June",
        "domain_id": make_domain(api),
        "from_local_part": "news",
        "template_attributes": {"subject": "Hi {{first_name}}", "body_html": "<p>{{first_name}}{{other}}"},
        "contact_list_ids": [news],
    }
    made = ask("POST", "/api/email_campaigns", draft, status=201)["data"]
    assert (made["current_state"], made["domain_name"]) == ("draft", "acme.example")
    path = f"/api/email_campaigns/{made['id']}"
    assert ask("GET", f"{path}/stats")["data"]["sent_count"] == 0
    changed = ask("PATCH", path, {"template_attributes": {"subject": "Hello {{first_name}}"}})["data"]
    assert changed["template"]["body_html"] == draft["template_attributes"]["body_html"]
    assert ask("POST", f"{path}/start")["data"]["current_state"] == "started"
    done = ask("GET", path)["data"]
    assert (done["current_state"], done["recipient_total_count"]) == ("finished", 3)
    assert sorted(message.subject for message in store.page(1)) == ["Hello <ada>", "Hello <bounce>", "Hello <click>"]
    whole = store.message(1, store.page(1)[-1].id)
    assert whole is not None
    assert whole[1]["html"] == "<p>&lt;ada&gt;"
    stats = ask("GET", f"{path}/stats")["data"]
    assert (stats["sent_count"], stats["delivery_count"], stats["bounce_count"], stats["click_count"]) == (3, 2, 1, 1)
    for method, action in (
        ("POST", "/start"),
        ("POST", "/cancel"),
        ("POST", "/terminate"),
        ("PATCH", ""),
        ("DELETE", ""),
    ):
        ask(method, path + action, {"name": "x"}, status=422)


def test_campaigns_can_be_scheduled_and_canceled(api: Api) -> None:
    ask = Judged(api, "email-campaigns")
    news = api.ask("account", "POST", "/api/contacts/lists", {"name": "News"}).json()["id"]
    body = {
        "name": "June",
        "domain_id": make_domain(api),
        "from_local_part": "news",
        "template_attributes": {"subject": "Hi", "body_html": "<p>Hi"},
        "contact_list_ids": [news],
    }
    made = ask("POST", "/api/email_campaigns", body, status=201)["data"]
    path = f"/api/email_campaigns/{made['id']}"
    moment = datetime.now(UTC)
    for far in (moment - timedelta(days=1), moment + timedelta(days=40)):
        ask("POST", f"{path}/schedule", {"datetime": far.isoformat()}, status=422)
    ask("POST", f"{path}/schedule", {"datetime": "soon"}, status=422)
    scheduled = ask("POST", f"{path}/schedule", {"datetime": (moment + timedelta(days=2)).isoformat()})["data"]
    assert scheduled["current_state"] == "scheduled"
    assert scheduled["current_state_metadata"]["scheduled_at"]
    assert ask("POST", f"{path}/cancel")["data"]["current_state"] == "draft"
    assert ask("POST", f"{path}/cancel", status=422) == {"errors": ["Campaign is not scheduled"]}
    page = ask("GET", "/api/email_campaigns?search=JUN&per_page=1")
    assert [entry["name"] for entry in page["data"]] == ["June"]
    assert ask("GET", "/api/email_campaigns?search=may")["data"] == []
    for wrong in ({}, {**body, "template_attributes": {}}, {**body, "domain_id": 9}, {**body, "contact_list_ids": [9]}):
        ask("POST", "/api/email_campaigns", wrong, status=422)
    ask("DELETE", path, status=204)
    ask("GET", path, status=404)


def test_inbound_mail_is_kept_in_threads_and_answered(api: Api, store: Store) -> None:
    ask = Judged(api, "inbound")
    folder = ask("POST", "/api/inbound/folders", {"name": "Support"}, status=201)
    ask("POST", "/api/inbound/folders", {"name": "support"}, status=422)
    inboxes = f"/api/inbound/folders/{folder['id']}/inboxes"
    inbox = ask("POST", inboxes, {"name": "Help desk"}, status=201)
    assert inbox["address"].startswith("help-desk-")
    assert ask("PATCH", f"{inboxes}/{inbox['id']}", {"name": "Desk"})["address"] == inbox["address"]
    row = find_inbox(list_inboxes(store), inbox["address"].replace("@", "+tag@"))
    assert row is not None
    mail = {
        "from": "ada@example.com",
        "to": [inbox["address"]],
        "cc": ["bob@example.com"],
        "subject": "Help",
        "rfc_message_id": "<1@x>",
        "text_body": "Please",
        "size": 100,
    }
    receive_message(store, row, mail)
    receive_message(store, row, {**mail, "rfc_message_id": "<2@x>", "in_reply_to": "<1@x>", "subject": "Re: Help"})
    receive_message(store, row, {**mail, "rfc_message_id": "<3@x>", "subject": "Other"})
    path = f"/api/inbound/inboxes/{inbox['id']}"
    page = ask("GET", f"{path}/messages")
    assert (page["total_count"], page["last_id"]) == (3, None)
    assert [entry["subject"] for entry in page["data"]] == ["Other", "Re: Help", "Help"]
    first = page["data"][-1]["id"]
    assert int(first) > 1 << 53
    assert ask("GET", f"{path}/messages/{first}")["text_body"] == "Please"
    older = ask("GET", f"{path}/messages?last_id={page['data'][0]['id']}")["data"]
    assert [entry["subject"] for entry in older] == ["Re: Help", "Help"]
    (message_id,) = ask("POST", f"{path}/messages/{first}/reply", {"text": "Sure"}, status=201)["message_ids"]
    assert len(ask("POST", f"{path}/messages/{first}/reply_all", {"text": "All"}, status=201)["message_ids"]) == 2
    ask("POST", f"{path}/messages/{first}/forward", {"to": [{"email": "boss@example.com"}]}, status=201)
    ask("POST", f"{path}/messages/{first}/forward", {}, status=422)
    log = api.get(f"/api/email_logs/{message_id}")
    assert (log["subject"], log["to"], log["in_reply_to"]) == ("Re: Help", "ada@example.com", "<1@x>")
    threads = ask("GET", f"{path}/threads")["data"]
    assert [entry["message_count"] for entry in threads] == [1, 5]
    assert [entry["subject"] for entry in ask("GET", f"{path}/threads?search=other")["data"]] == ["Other"]
    ask("GET", f"{path}/threads?search={'x' * 257}", status=400)
    thread = ask("GET", f"{path}/threads/{log['thread_id']}")
    assert [entry["direction"] for entry in thread["messages"]] == ["inbound"] * 2 + ["outbound"] * 3
    ask("DELETE", f"{path}/threads/{log['thread_id']}", status=204)
    ask("GET", f"{path}/messages/{first}", status=404)
    ask("DELETE", f"/api/inbound/folders/{folder['id']}", status=204)
    ask("GET", f"{path}/messages", status=404)


def test_forward_rules_are_checked(api: Api) -> None:
    ask = Judged(api, "inbound")
    folder = ask("POST", "/api/inbound/folders", {"name": "Support"}, status=201)["id"]
    inbox = ask("POST", f"/api/inbound/folders/{folder}/inboxes", {"name": "Desk"}, status=201)["id"]
    path = f"/api/inbound/inboxes/{inbox}/forward_rules"
    rule = {
        "name": "Boss",
        "conditions": [{"match_type": "sender", "operator": "contains", "value": "boss"}],
        "destinations": [{"email": "me@example.com"}],
    }
    made = ask("POST", path, rule, status=201)["data"]
    assert ask("PATCH", f"{path}/{made['id']}", {"conditions": []})["data"]["conditions"] == []
    wrong = {**rule, "conditions": [{"match_type": "sender", "operator": "contains"}]}
    assert ask("POST", path, wrong, status=422) == {"errors": {"conditions.value": ["can't be blank"]}}
    assert len(ask("GET", path)["data"]) == 1
    ask("DELETE", f"{path}/{made['id']}", status=204)


def test_a_token_expires_after_a_year_by_default(api: Api) -> None:
    ask = Judged(api, "account-management")
    made = ask("POST", "/api/api_tokens", {"name": "CI"})
    assert made["token"].endswith(made["last_4_digits"])
    lives = datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=364) < lives < timedelta(days=366)
    resource = {"resource_type": "account", "resource_id": 1, "access_level": 100}
    body = {"name": "CI", "expires_at": None, "resources": [resource]}
    never = ask("POST", "/api/api_tokens", body)
    assert (never["expires_at"], never["resources"]) == (None, [resource])
    for expires in ("2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "soon"):
        ask("POST", "/api/api_tokens", {"name": "CI", "expires_at": expires}, status=422)
    ask("POST", "/api/api_tokens", {}, status=422)
    path = f"/api/api_tokens/{never['id']}"
    assert "token" not in ask("GET", path)
    reset = ask("POST", f"{path}/reset")
    assert reset["token"] != never["token"]
    assert ask("GET", path)["expires_at"] is not None
    assert len(ask("GET", "/api/api_tokens")) == 3
    ask("DELETE", path, status=204)
    ask("GET", path, status=404)


@pytest.mark.parametrize(
    "url", ["/api/accounts", "/api/account_accesses", "/api/permissions/resources", "/api/billing/usage"]
)
def test_the_account_itself_is_answered(api: Api, url: str) -> None:
    api.sent(host="send")
    assert Judged(api, "account-management")("GET", url)


def test_access_and_sub_accounts(api: Api) -> None:
    ask = Judged(api, "account-management")
    assert ask("PUT", "/api/account_accesses/1/permissions/bulk", {"permissions": []})["message"]
    ask("DELETE", "/api/account_accesses/1", status=403)
    ask("DELETE", "/api/account_accesses/9", status=404)
    made = ask("POST", "/api/organizations/1/sub_accounts", {"account": {"name": "Team"}})
    assert ask("GET", "/api/organizations/1/sub_accounts") == [made]
    ask("POST", "/api/organizations/1/sub_accounts", {"account": {}}, status=422)


@pytest.mark.parametrize(
    "path", ["/api/email_logs/nope", "/api/projects/abc", "/api/contacts/imports/x", "/api/sandboxes/1/messages/x"]
)
def test_an_id_that_is_not_one_is_not_found(api: Api, path: str) -> None:
    answer = api.ask("account", "GET", path)
    assert (answer.status, answer.json()) == (404, {"error": "Not Found"})
