"""Templates, contacts, domains, suppressions and so on in the local sandbox, checked against the OpenAPI files."""

from __future__ import annotations

from typing import Any

import pytest

from mailtrap_cli.local.store import Store
from tests import openapi
from tests.local.conftest import MESSAGE, Api

UNKNOWN = "00000000-0000-4000-8000-000000000000"


class Judged:
    """Sends requests to the account host, and checks each answer against one of the OpenAPI files."""

    def __init__(self, api: Api, file: str) -> None:
        self.api = api
        self.file = file

    def __call__(self, method: str, url: str, body: object = None, *, status: int = 200) -> Any:
        answer = self.api.ask("account", method, url, body)
        assert answer.status == status, (method, url, answer)
        if status != 204:
            path = url.partition("?")[0]
            kind = answer.headers["content-type"]
            openapi.check_response(self.file, method, path, status, kind, answer.body)
        return answer.json() if answer.body else None


def test_both_template_apis_share_their_templates(api: Api) -> None:
    ask = Judged(api, "templates")
    fields = {"name": "Welcome", "category": "onboarding", "subject": "Hi {{name}}", "body_html": "<p>Hi"}
    made = ask("POST", "/api/email_templates", {"email_template": fields}, status=201)
    assert made["body_text"] == ""
    assert ask("GET", "/api/email_templates") == [made]
    assert ask("GET", f"/api/templates/{made['id']}") == {"data": made}
    other = ask("POST", "/api/templates", {**fields, "name": "Second"}, status=201)["data"]
    page = ask("GET", "/api/templates?per_page=1")
    assert [entry["id"] for entry in page["data"]] == [other["id"]]
    assert page["pagination"]["next_token"] == 2
    assert [entry["id"] for entry in ask("GET", "/api/templates?per_page=1&token=2")["data"]] == [made["id"]]
    assert ask("GET", "/api/templates?token=0", status=422) == {"errors": "token is out of range"}
    changed = ask("PATCH", f"/api/email_templates/{made['id']}", {"email_template": {"subject": "Hello"}})
    assert (changed["subject"], changed["name"]) == ("Hello", "Welcome")
    blank = "can't be blank"
    errors = {"errors": {"name": [blank], "category": [blank], "subject": [blank]}}
    assert ask("POST", "/api/email_templates", {"email_template": {}}, status=422) == errors
    long = {"errors": {"name": ["is too long (maximum is 255 characters)"]}}
    assert ask("PATCH", f"/api/templates/{made['id']}", {"name": "x" * 256}, status=422) == long
    ask("DELETE", f"/api/templates/{made['id']}", status=204)
    for path in ("/api/templates", "/api/email_templates"):
        for method in ("GET", "PATCH", "DELETE"):
            assert ask(method, f"{path}/{made['id']}", {}, status=404) == {"error": "Not Found"}


def test_contacts_have_lists_fields_and_events(api: Api) -> None:
    ask = Judged(api, "contacts")
    news = ask("POST", "/api/contacts/lists", {"name": "News"})
    ask("POST", "/api/contacts/fields", {"name": "Age", "data_type": "integer", "merge_tag": "age"}, status=201)
    taken = ask("POST", "/api/contacts/fields", {"name": "age", "data_type": "no", "merge_tag": "age"}, status=422)
    assert set(taken["errors"]) == {"name", "data_type", "merge_tag"}
    fields = {"email": "Ada@example.com", "fields": {"age": 36, "first_name": "Ada"}, "list_ids": [news["id"]]}
    ada = ask("POST", "/api/contacts", {"contact": fields}, status=201)["data"]
    assert (ada["status"], ada["list_ids"]) == ("subscribed", [news["id"]])
    assert ask("GET", "/api/contacts/ada%40example.com") == {"data": ada}
    assert ask("GET", f"/api/contacts/{ada['id']}") == {"data": ada}
    for wrong in (
        {"email": "nope"},
        {"email": "ada@example.com"},
        {"email": "b@example.com", "fields": {"age": "old"}},
        {"email": "b@example.com", "fields": {"shoe": 1}},
        {"email": "b@example.com", "list_ids": [99]},
    ):
        ask("POST", "/api/contacts", {"contact": wrong}, status=422)
    change = {"email": "ada@example.com", "list_ids_excluded": [news["id"]], "unsubscribed": True}
    updated = ask("PATCH", f"/api/contacts/{ada['id']}", {"contact": change})
    assert (updated["action"], updated["data"]["status"], updated["data"]["list_ids"]) == (
        "updated",
        "unsubscribed",
        [],
    )
    assert (
        ask("PATCH", "/api/contacts/new@example.com", {"contact": {"email": "new@example.com"}})["action"] == "created"
    )
    event = ask("POST", f"/api/contacts/{ada['id']}/events", {"name": "Bought", "params": {"price": 3}}, status=201)
    assert (event["contact_email"], event["params"]) == ("ada@example.com", {"price": 3})
    ask("POST", f"/api/contacts/{ada['id']}/events", {"name": "x" * 256, "params": []}, status=422)
    assert [entry["name"] for entry in ask("GET", "/api/contacts/lists?search=ne")] == ["News"]
    assert ask("GET", "/api/contacts/lists?search=ews") == []
    ask("DELETE", "/api/contacts/ada@example.com", status=204)
    assert ask("DELETE", "/api/contacts/ada@example.com", status=404) == {"errors": "Contact(s) not found"}


def test_contact_imports_and_exports_are_jobs_that_finish(api: Api) -> None:
    ask = Judged(api, "contacts")
    api.ask("account", "POST", "/api/contacts", {"contact": {"email": "old@example.com"}})
    entries = [{"email": "new@example.com", "fields": {"first_name": "New"}}, {"email": "old@example.com"}]
    job = ask("POST", "/api/contacts/imports", {"contacts": entries}, status=201)
    done = ask("GET", f"/api/contacts/imports/{job['id']}")
    assert (done["status"], done["created_contacts_count"], done["updated_contacts_count"]) == ("finished", 1, 1)
    refused = ask("POST", "/api/contacts/imports", {"contacts": [*entries, {"email": "nope"}]}, status=422)
    assert refused == {"errors": [{"email": "nope", "errors": {"email": ["is invalid"]}}]}
    job = ask("POST", "/api/contacts/exports", {"filters": []}, status=201)
    done = ask("GET", f"/api/contacts/exports/{job['id']}")
    path = done["url"].removeprefix("http://account.local.invalid")
    lines = api.ask("account", "GET", path).body.decode().splitlines()
    assert lines == [
        "email,status,first_name,last_name",
        "old@example.com,subscribed,,",
        "new@example.com,subscribed,New,",
    ]
    ask("POST", "/api/contacts/exports", {"filters": [{"name": "x"}]}, status=422)


def test_new_domains_are_verified(api: Api) -> None:
    ask = Judged(api, "email-sending")
    made = ask("POST", "/api/domains", {"domain": {"domain_name": "Acme.example"}})
    assert (made["domain_name"], made["dns_verified"], made["compliance_status"]) == ("acme.example", True, "compliant")
    assert [record["key"] for record in made["dns_records"]][:2] == ["verification", "spf"]
    assert ask("GET", "/api/domains") == {"data": [made]}
    path = f"/api/domains/{made['id']}"
    assert ask("PATCH", path, {"domain": {"open_tracking_enabled": False}})["open_tracking_enabled"] is False
    ask("GET", f"{path}/company_info", status=404)
    company = dict.fromkeys(("name", "address", "city", "country", "zip_code"), "x")
    ask("POST", f"{path}/company_info", {"company_info": company}, status=422)
    company["website_url"] = "https://acme.example"
    assert ask("POST", f"{path}/company_info", {"company_info": company})["data"]["info_level"] == "business"
    assert ask("PATCH", f"{path}/company_info", {"company_info": {"city": "Bern"}})["data"]["city"] == "Bern"
    assert ask("GET", f"{path}/company_info")["data"]["name"] == "x"
    ask("POST", f"{path}/send_setup_instructions", {"email": "ops@acme.example"}, status=204)
    ask("POST", f"{path}/send_setup_instructions", {"email": "nope"}, status=422)
    for name in ("acme.example", "no dots", "", "a" * 300):
        ask("POST", "/api/domains", {"domain": {"domain_name": name}}, status=422)
    ask("DELETE", path, status=204)
    ask("GET", path, status=404)


def test_a_suppressed_recipient_is_rejected_and_nothing_is_captured(api: Api, store: Store) -> None:
    ask = Judged(api, "email-sending")
    api.sent(host="send")
    domain = ask("GET", "/api/domains")["data"][0]
    body = {"email": "ada@example.com", "domain_id": domain["id"], "sending_stream": "transactional"}
    made = ask("POST", "/api/suppressions", body, status=201)["data"]
    assert (made["type"], made["domain_name"]) == ("manual import", "acme.example")
    ask("POST", "/api/suppressions", body, status=422)
    ask("POST", "/api/suppressions", {"email": "x", "domain_id": 99}, status=422)
    (rejected,) = api.sent(host="send")
    found = ask("GET", f"/api/email_logs/{rejected}")
    assert (found["status"], found["domain_id"]) == ("not_delivered", domain["id"])
    assert found["events"][0]["event_type"] == "reject"
    assert found["events"][0]["details"] == {"reject_reason": "suppressed: manual import"}
    assert store.count() == 1
    api.sent(host="bulk")
    assert store.count() == 2
    assert ask("GET", "/api/suppressions?email=ADA@example.com") == [made]
    assert ask("GET", "/api/suppressions?end_time=2020-01-01T00:00:00Z") == []
    assert ask("DELETE", f"/api/suppressions/{made['id']}") == made
    ask("DELETE", f"/api/suppressions/{UNKNOWN}", status=404)
    api.sent(host="send")
    assert store.count() == 3


@pytest.mark.parametrize(
    ("local_part", "events", "status", "suppression"),
    [
        ("ada", ["delivery"], "delivered", None),
        ("bounce+1", ["bounce"], "not_delivered", "hard bounce"),
        ("soft-bounce", ["soft_bounce"], "enqueued", None),
        ("spam", ["delivery", "spam"], "delivered", "spam complaint"),
        ("Unsubscribe+x", ["delivery", "unsubscribe"], "delivered", "unsubscription"),
        ("open", ["delivery", "open"], "delivered", None),
        ("click+a+b", ["delivery", "open", "click"], "delivered", None),
        ("reject", ["reject"], "not_delivered", None),
        ("suspension", ["suspension"], "enqueued", None),
    ],
)
def test_magic_addresses_make_events(
    api: Api, local_part: str, events: list[str], status: str, suppression: str | None
) -> None:
    ask = Judged(api, "email-sending")
    to = [{"email": f"{local_part}@example.com"}]
    (message_id,) = api.sent(host="send", to=to)
    found = ask("GET", f"/api/email_logs/{message_id}")
    assert ([event["event_type"] for event in found["events"]], found["status"]) == (events, status)
    assert [row["type"] for row in ask("GET", "/api/suppressions")] == ([suppression] if suppression else [])
    (again,) = api.sent(host="send", to=to)
    blocked = ask("GET", f"/api/email_logs/{again}")["events"][0]["event_type"] == "reject"
    assert blocked == (suppression is not None or local_part == "reject")
    if "open" in events:
        assert ask("GET", "/api/email_logs?filters[opens_count][operator]=greater_than&filters[opens_count][value]=0")


def test_opted_out_recipients_get_their_mail_without_tracking(api: Api) -> None:
    ask = Judged(api, "email-sending")
    to = [{"email": "click@example.com"}]
    api.sent(host="send", to=to)
    domain = ask("GET", "/api/domains")["data"][0]["id"]
    body = {"email": "click@example.com", "domain_id": domain}
    made = ask("POST", "/api/tracking_opt_outs", body, status=201)["data"]
    (message_id,) = api.sent(host="send", to=to)
    assert [event["event_type"] for event in ask("GET", f"/api/email_logs/{message_id}")["events"]] == ["delivery"]
    assert ask("GET", "/api/tracking_opt_outs") == {"data": [made], "last_id": None}
    ask("POST", "/api/tracking_opt_outs", {"email": "nope", "domain_id": domain}, status=422)
    assert ask("DELETE", f"/api/tracking_opt_outs/{made['id']}") == made


def test_stats_and_logs_are_computed_from_what_was_sent(api: Api) -> None:
    ask = Judged(api, "email-sending")
    for name in ("ada", "bounce", "open", "click", "spam@gmail.com"):
        email = name if "@" in name else f"{name}@example.com"
        api.sent(host="send", to=[{"email": email}], category="orders")
    api.sent(host="bulk")
    total = ask("GET", "/api/stats")
    names = ("delivery_count", "bounce_count", "open_count", "click_count", "spam_count")
    assert [total[name] for name in names] == [5, 1, 2, 1, 1]
    assert (total["delivery_rate"], total["open_rate"]) == (0.8333, 0.4)
    assert ask("GET", "/api/stats?sending_streams[]=bulk")["delivery_count"] == 1
    assert ask("GET", "/api/stats?start_date=2020-01-01&end_date=2020-01-02")["delivery_count"] == 0
    assert [row["stats"]["delivery_count"] for row in ask("GET", "/api/stats/domains")] == [5]
    assert [row["category"] for row in ask("GET", "/api/stats/categories")] == ["orders"]
    assert [row["email_service_provider"] for row in ask("GET", "/api/stats/email_service_providers")] == [
        "Google",
        "Other",
    ]
    assert len(ask("GET", "/api/stats/date")) == 1
    ask("GET", "/api/stats?start_date=tomorrow", status=400)
    ask("GET", "/api/stats/date?start_date=2026-02-01&end_date=2026-01-01", status=400)
    for query, count in (
        ("filters[status][operator]=equal&filters[status][value]=not_delivered", 1),
        ("filters[events][operator]=include_event&filters[events][value][]=spam&filters[events][value][]=click", 2),
        ("filters[events][operator]=not_include_event&filters[events][value]=delivery", 1),
        ("filters[to][operator]=ci_not_contain&filters[to][value]=EXAMPLE", 1),
        ("filters[clicks_count][operator]=equal&filters[clicks_count][value]=1", 1),
        ("filters[nonsense][operator]=equal&filters[nonsense][value]=1", 6),
    ):
        assert ask("GET", f"/api/email_logs?{query}")["total_count"] == count, query


def test_the_raw_message_of_a_log_entry_can_be_downloaded(api: Api) -> None:
    (message_id,) = api.sent(host="send")
    url = api.get(f"/api/email_logs/{message_id}")["raw_message_url"]
    raw = api.ask("account", "GET", url.removeprefix("http://account.local.invalid"))
    assert b"Subject: Your order" in raw.body


def test_the_sdks_older_paths_work_for_the_new_nouns(api: Api) -> None:
    def ask(method: str, path: str, body: object = None) -> Any:
        return api.ask("account", method, f"/api/accounts/7/{path}", body).json()

    made = ask("POST", "sending_domains", {"sending_domain": {"domain_name": "acme.example"}})
    assert made["domain_name"] == "acme.example"
    api.send(MESSAGE, host="send")
    assert ask("GET", "email_logs")["messages"][0]["sending_domain_id"] == made["id"]
    assert ask("GET", "stats/domains")[0]["sending_domain_id"] == made["id"]
    assert ask("GET", f"stats?sending_domain_ids[]={made['id'] + 1}")["delivery_count"] == 0
    assert "Not part of the local sandbox" in ask("GET", "email_campaigns")["error"]


def test_no_text_and_no_date_makes_it_fail(api: Api) -> None:
    odd = {"name": "\ud800", "category": "c", "subject": "\ud800"}
    assert api.ask("account", "POST", "/api/templates", odd).status == 201
    assert api.ask("account", "POST", "/api/contacts/lists", odd).status == 200
    for query in ("end_date=0001-01-01", "end_date=9999-12-31", "start_date=0001-01-01", "domain_ids[]=%ED%A0%80"):
        assert api.ask("account", "GET", f"/api/stats?{query}").status == 200, query
