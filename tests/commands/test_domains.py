"""`mailtrap domains …` except the check, and the hint of a refused live send; every request checked against OpenAPI."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mailtrap_cli.dns.compliance import ADVICE
from tests.conftest import Run
from tests.domains import domain, domains, unverified
from tests.loopback import SENT, Loopback, Reply
from tests.openapi import check_request, check_response, operation, resolved

FILE = "email-sending"
COMPANY = {
    "name": "Acme",
    "address": "1 Main Street",
    "city": "Springfield",
    "country": "US",
    "zip_code": "12345",
    "website_url": "https://acme.example",
}
COMPANY_FLAGS = tuple(word for name, value in COMPANY.items() for word in (f"--{name.replace('_', '-')}", value))
OPTIONAL = {
    "phone": "+1-555-0100",
    "privacy_policy_url": "https://acme.example/privacy",
    "terms_of_service_url": "https://acme.example/terms",
    "info_level": "business",
}
OPTIONAL_FLAGS = tuple(word for name, value in OPTIONAL.items() for word in (f"--{name.replace('_', '-')}", value))

# Command, method, path, body, answer.
REQUESTS: list[tuple[tuple[str, ...], str, str, Any, Reply]] = [
    (("list",), "GET", "/api/domains", None, domains(domain())),
    (("get", "435"), "GET", "/api/domains/435", None, Reply(200, domain())),
    (
        ("create", "--domain-name", "acme.example"),
        "POST",
        "/api/domains",
        {"domain": {"domain_name": "acme.example"}},
        Reply(200, unverified()),
    ),
    (
        (
            *("update", "435", "--open-tracking-enabled", "--no-click-tracking-enabled"),
            "--auto-unsubscribe-link-enabled",
        ),
        "PATCH",
        "/api/domains/435",
        {
            "domain": {
                "open_tracking_enabled": True,
                "click_tracking_enabled": False,
                "auto_unsubscribe_link_enabled": True,
            }
        },
        Reply(200, domain()),
    ),
    (("delete", "435", "--yes"), "DELETE", "/api/domains/435", None, Reply(204)),
    (
        ("send-setup-instructions", "435", "--email", "dns@acme.example"),
        "POST",
        "/api/domains/435/send_setup_instructions",
        {"email": "dns@acme.example"},
        Reply(204),
    ),
    (
        ("company-info", "get", "435"),
        "GET",
        "/api/domains/435/company_info",
        None,
        Reply(200, {"data": COMPANY | OPTIONAL}),
    ),
    (
        ("company-info", "create", "435", *COMPANY_FLAGS, *OPTIONAL_FLAGS),
        "POST",
        "/api/domains/435/company_info",
        {"company_info": COMPANY | OPTIONAL},
        Reply(200, {"data": COMPANY | OPTIONAL}),
    ),
    (
        ("company-info", "update", "435", "--city", "New York"),
        "PATCH",
        "/api/domains/435/company_info",
        {"company_info": {"city": "New York"}},
        Reply(200, {"data": COMPANY | {"city": "New York"}}),
    ),
]
EVERY = pytest.mark.parametrize(
    ("arguments", "method", "path", "body", "answer"), REQUESTS, ids=[" ".join(one[0][:2]) for one in REQUESTS]
)


@EVERY
def test_a_command_is_one_request_and_json_its_answer(
    mailtrap: Run,
    server: Loopback,
    arguments: tuple[str, ...],
    method: str,
    path: str,
    body: Any,
    answer: Reply,
) -> None:
    server.reply(answer)
    result = mailtrap("domains", *arguments, "-o", "json", env=server.env)
    assert result.code == 0, result.err
    [request] = server.requests
    assert (request.method, request.path) == (method, f"/account{path}")
    assert (request.json() if request.body else None) == body
    if answer.body is None:
        assert result.out == ""
        assert "435" in result.err
    else:
        assert result.json() == answer.body.get("data", answer.body), "no envelope"


@EVERY
def test_the_request_and_the_answer_are_those_of_the_openapi_file(
    arguments: tuple[str, ...], method: str, path: str, body: Any, answer: Reply
) -> None:
    check_request(FILE, method, path, body=body)
    if answer.body is not None:
        check_response(FILE, method, path, answer.status, "application/json", json.dumps(answer.body).encode())
    else:
        assert str(answer.status) in operation(FILE, method, path)["responses"]


def test_every_compliance_status_of_the_openapi_file_has_its_advice() -> None:
    response = resolved(FILE, operation(FILE, "GET", "/api/domains/435")["responses"]["200"])
    schema = resolved(FILE, response["content"]["application/json"]["schema"])
    known = schema["properties"]["compliance_status"]["enum"]
    assert set(known) == {"compliant", *ADVICE}


def test_the_list_shows_at_a_glance_which_can_send(mailtrap: Run, server: Loopback) -> None:
    server.reply(domains(domain(), unverified("new.example", 436), domain("demo.example", 437, status="demo")))
    result = mailtrap("domains", "list", env=server.env)
    assert result.out == (
        "id\tdomain\tcan_send\tdns_verified\tcompliance\n"
        "435\tacme.example\ttrue\ttrue\tcompliant\n"
        "436\tnew.example\tfalse\tfalse\tunverified_dns\n"
        "437\tdemo.example\ttrue\ttrue\tdemo\n"
    )


@pytest.mark.parametrize("name", ["acme.example", "ACME.Example."])
def test_a_domain_can_be_given_by_name(mailtrap: Run, server: Loopback, name: str) -> None:
    server.reply(domains(domain("other.example", 1), domain()), Reply(200, domain()))
    result = mailtrap("domains", "get", name, env=server.env)
    assert result.code == 0
    assert [request.path for request in server.requests] == ["/account/api/domains", "/account/api/domains/435"]
    assert result.out.splitlines()[1].startswith("435\tacme.example\ttrue\t")


@pytest.mark.parametrize("given", ["münchen.example", "xn--mnchen-3ya.example"])
@pytest.mark.parametrize("kept", ["münchen.example", "xn--mnchen-3ya.example"])
def test_an_internationalized_name_is_found_in_both_forms(
    mailtrap: Run, server: Loopback, given: str, kept: str
) -> None:
    server.reply(domains(domain(kept)), Reply(200, domain(kept)))
    assert mailtrap("domains", "get", given, "-q", env=server.env).out == "435\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("get", "acne.example"),
        ("delete", "acne.example", "--yes"),
        ("update", "acne.example", "--open-tracking-enabled"),
        ("company-info", "get", "acne.example"),
    ],
)
def test_an_unknown_name_is_exit_5_with_the_nearest(
    mailtrap: Run, server: Loopback, arguments: tuple[str, ...]
) -> None:
    server.reply(domains(domain()))
    result = mailtrap("domains", *arguments, env=server.env)
    assert (result.code, result.out) == (5, "")
    assert "No domain named acne.example" in result.err
    assert "Hint: Did you mean acme.example?" in result.err


def test_nothing_is_deleted_without_confirmation(mailtrap: Run, server: Loopback) -> None:
    result = mailtrap("domains", "delete", "435", env=server.env)
    assert result.code == 2
    assert "Delete domain 435" in result.err
    assert not server.requests


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("update", "435"), "Nothing to change"),
        (("company-info", "update", "435", "--info-level", "club"), "'club' is not one of business, individual"),
        (("company-info", "create", "435", "--name", "Acme"), "--address"),
        (("create",), "--domain-name"),
    ],
)
def test_bad_input_sends_no_request(mailtrap: Run, server: Loopback, arguments: tuple[str, ...], words: str) -> None:
    result = mailtrap("domains", *arguments, env=server.env)
    assert result.code == 2
    assert words in result.err
    assert not server.requests


# ---------------------------------------------------------------------------------------------- the hint of send

SEND = ("send", "--from", "Acme <no-reply@acme.example>", "--to", "ada@example.com", "--subject", "Hi", "--text", "Hi")


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (domains(domain()), "The sender's domain acme.example is verified for this token"),
        (
            domains(unverified()),
            "acme.example is not ready to send. To see what it lacks: mailtrap domains check acme.",
        ),
        (domains(domain(status="demo")), "acme.example is a demo domain"),
        (domains(domain("acne.example")), "acme.example is not one of this token's (it knows acne.example)."),
        (domains(), "acme.example is not one of this token's (it knows none)."),
        (domains(domain("ACME.example.")), "acme.example is verified"),
        (Reply(401, {"error": "Incorrect API token"}), "or the sender's domain is not verified."),
        (Reply(500, {"error": "Oh"}), "or the sender's domain is not verified."),
        (Reply(429, {"error": "Slow down"}), "or the sender's domain is not verified."),
        (Reply(200, "<title>Maintenance</title>"), "or the sender's domain is not verified."),
        (Reply(200, {"data": [None]}), "or the sender's domain is not verified."),
        (Reply(fault="reset"), "or the sender's domain is not verified."),
    ],
)
def test_a_refused_live_send_asks_once_about_the_senders_domain(
    mailtrap: Run, server: Loopback, status: int, answer: Reply, hint: str
) -> None:
    server.reply(Reply(status, {"success": False, "errors": ["Unauthorized"]}), answer)
    result = mailtrap(*SEND, "--live", "-q", env=server.env)
    assert (result.code, result.out) == (4, "")
    assert [request.path for request in server.requests] == ["/send/api/send", "/account/api/domains"]
    said, hinted = result.err.splitlines()
    assert said == "Error: Unauthorized."
    assert hint in hinted


def test_the_domain_of_an_internationalized_sender_is_found(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(403, {"errors": ["Forbidden"]}), domains(domain("münchen.example")))
    result = mailtrap(*SEND, "--from", "a@münchen.example", "--live", env=server.env)
    assert "is verified for this token" in result.err


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        (("--sandbox-id", "7"), Reply(403, {"errors": ["Forbidden"]})),
        (("--live",), Reply(422, {"errors": ["'from' address is invalid"]})),
        (("--live",), SENT),
    ],
)
def test_other_sends_do_not_ask_about_domains(
    mailtrap: Run, server: Loopback, target: tuple[str, ...], answer: Reply
) -> None:
    server.reply(answer)
    mailtrap(*SEND, *target, env=server.env)
    assert len(server.requests) == 1


def test_an_internationalized_domain_is_created_in_the_form_that_dns_uses(mailtrap: Run) -> None:
    assert mailtrap("domains", "create", "-p", "local", "--domain-name", "bücher.example").code == 0
    assert (
        '"domain_name": "xn--bcher-kva.example"'
        in mailtrap("domains", "get", "Bücher.example", "-p", "local", "-o", "json").out
    )
    refused = mailtrap("domains", "create", "-p", "local", "--domain-name", "x_y")
    assert (refused.code, refused.err.partition("\n")[0]) == (2, "Error: --domain-name: 'x_y' is not a domain name.")
