"""`mailtrap domains check`, end to end: the installed program, the API on loopback, a real DNS server."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.cli.test_root import modules_of
from tests.conftest import PROGRAM, Run
from tests.dnsserver import TLD, DnsServer
from tests.domains import DMARC, MAILTRAP, RECORDS, SPF, domain, domains, unverified, zone
from tests.loopback import Loopback, Reply, closed_port, until
from tests.terminal import Terminal, on_terminal

Start = Callable[[str], DnsServer]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start DNS servers with these zones and Mailtrap's; they stop after the test."""
    servers: list[DnsServer] = []

    def begin(zones: str) -> DnsServer:
        servers.append(DnsServer(f"{TLD}\n{MAILTRAP}\n{zones}"))
        return servers[-1]

    yield begin
    for server in servers:
        server.close()


@pytest.fixture
def check(mailtrap: Run, server: Loopback) -> Callable[..., Any]:
    """Run the check of acme.example (or of `names`) against one DNS server."""

    def run(dns: DnsServer, *arguments: str, names: tuple[str, ...] = ("acme.example",)) -> Any:
        return mailtrap("domains", "check", *names, "--nameserver", str(dns.server), *arguments, env=server.env)

    return run


def verdicts(document: Any) -> dict[str, str]:
    return {record["key"]: record["verdict"] for record in document["records"]}


ALL_OK = {key: "ok" for key, *_ in RECORDS}

# ---------------------------------------------------------------------------------------------- what is found


def test_a_domain_that_can_send_is_exit_0(check: Callable[..., Any], server: Loopback, start: Start) -> None:
    server.reply(domains(domain()))
    result = check(start(zone()))
    assert (result.code, result.err) == (0, "acme.example can send.\n")
    header, *rows = result.out.splitlines()
    assert header.split("\t") == [
        "domain",
        "type",
        "name",
        "expected",
        "found",
        "mailtrap_status",
        "verdict",
        "remark",
    ]
    assert [row.split("\t") for row in rows] == [
        ["acme.example", kind, label or "@", value, value, "pass", "ok", ""] for _, kind, label, value in RECORDS
    ]
    assert [request.path for request in server.requests] == ["/account/api/domains"]


def test_the_json_has_the_documented_shape(check: Callable[..., Any], server: Loopback, start: Start) -> None:
    server.reply(domains(domain(), domain("other.example", 7)))
    result = check(start(zone(dmarc="")), "-o", "json", "-q")
    assert result.code == 8
    [document] = result.json()
    assert {key: value for key, value in document.items() if key != "records"} == {
        "domain": "acme.example",
        "can_send": True,
        "dns_verified": True,
        "compliance_status": "compliant",
    }
    assert document["records"][0] == {
        "key": "verification",
        "type": "CNAME",
        "name": "ve6wza2rbpe60x7z",
        "expected": "smtp.mailtrap.live",
        "found": "smtp.mailtrap.live",
        "mailtrap_status": "pass",
        "verdict": "ok",
        "reason": None,
        "cure": None,
    }
    assert document["records"][4] == {
        "key": "dmarc",
        "type": "TXT",
        "name": "_dmarc",
        "expected": DMARC,
        "found": None,
        "mailtrap_status": "pass",
        "verdict": "missing",
        "reason": "_dmarc.acme.example has no DMARC TXT record.",
        "cure": f"Add a TXT record at _dmarc.acme.example with the value {DMARC}.",
    }


@pytest.mark.parametrize(
    ("key", "value", "extra", "verdict", "found"),
    [
        ("dkim1", "rwmt2.dkim.smtp.mailtrap.live", "", "mismatch", "rwmt2.dkim.smtp.mailtrap.live"),
        ("dkim1", "RWMT1.dkim.smtp.Mailtrap.live", "", "ok", "RWMT1.dkim.smtp.Mailtrap.live"),
        (
            "dkim1",
            "alias.acme.example",
            "alias.acme.example. 60 IN CNAME rwmt1.dkim.smtp.mailtrap.live.",
            "ok",
            "alias.acme.example",
        ),
        ("dkim1", "", "", "missing", None),
        ("dmarc", "v=DMARC1;p=reject", "", "warning", "v=DMARC1;p=reject"),
        ("dmarc", "v=DMARC1; p=nothing", "", "mismatch", "v=DMARC1; p=nothing"),
        (
            "dmarc",
            "v=DMARC1; p=none",
            '_dmarc.acme.example. 60 IN TXT "v=DMARC1; p=reject"',
            "duplicate",
            "v=DMARC1; p=none\nv=DMARC1; p=reject",
        ),
        (
            "spf",
            "v=spf1 mx include:_spf.smtp.mailtrap.live -all",
            'acme.example. 60 IN TXT "other=1"',
            "ok",
            "v=spf1 mx include:_spf.smtp.mailtrap.live -all",
        ),
        ("spf", "v=spf1 mx -all", "", "mismatch", "v=spf1 mx -all"),
        (
            "spf",
            f"v=spf1 include:_spf.smtp.mailtrap.live {'a ' * 10}~all",
            "",
            "mismatch",
            ...,
        ),
        ("spf", SPF, 'acme.example. 60 IN TXT "v=spf1 -all"', "duplicate", f"{SPF}\nv=spf1 -all"),
    ],
)
def test_each_record_gets_its_verdict(
    check: Callable[..., Any],
    server: Loopback,
    start: Start,
    key: str,
    value: str,
    extra: str,
    verdict: str,
    found: Any,
) -> None:
    server.reply(domains(unverified()))
    result = check(start(f"{zone(**{key: value})}{extra}\n"), "-o", "json")
    assert result.code == 8
    [document] = result.json()
    assert verdicts(document) == {**ALL_OK, key: verdict}
    if found is not ...:
        assert next(record["found"] for record in document["records"] if record["key"] == key) == found


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("SERVFAIL", "failed (SERVFAIL)"),
        ("REFUSED", "refused to answer (REFUSED)"),
        ("silent", "did not answer in 1 s"),
        ("garbage", "sent a malformed answer"),
    ],
)
def test_dns_failures_are_distinguished(
    check: Callable[..., Any], server: Loopback, start: Start, fault: str, words: str
) -> None:
    dns = start(zone())
    dns.faults["rwmt1._domainkey.acme.example"] = fault
    server.reply(domains(unverified()))
    result = check(dns, "-o", "json", "--dns-timeout", "1")
    assert result.code == 8
    assert verdicts(result.json()[0]) == {**ALL_OK, "dkim1": "error"}
    error = result.error()
    assert "DNS did not answer for rwmt1._domainkey CNAME" in error["message"]
    assert words in " ".join(error["details"])


def test_a_domain_missing_from_dns_is_reported(check: Callable[..., Any], server: Loopback, start: Start) -> None:
    server.reply(domains(unverified()))
    result = check(start(""))
    assert result.code == 8
    assert {line.split("\t")[6] for line in result.out.splitlines()[1:]} == {"error"}
    assert "acme.example does not exist in DNS (NXDOMAIN)." in result.out
    assert result.err.splitlines()[0] == "Error: acme.example cannot send yet: the domain itself is not in DNS."


def test_the_records_of_all_domains_are_asked_for_within_one_timeout(
    mailtrap: Run, server: Loopback, start: Start
) -> None:
    dns = start("".join(zone(f"d{number}.example") for number in range(8)))
    dns.faults["*"] = "silent"
    server.reply(domains(*(unverified(f"d{number}.example", number) for number in range(8))))
    # 48 records that time out one after another would outlast the minute that a run may take.
    result = mailtrap(
        "domains", "check", "--all", "--nameserver", str(dns.server), "--timeout", "2", "-o", "json", env=server.env
    )
    assert result.code == 7
    assert len(result.json()) == 8
    assert "did not answer in 2 s" in result.error()["message"]


def test_if_servers_disagree_each_is_shown(
    mailtrap: Run, server: Loopback, start: Start, environment: dict[str, str]
) -> None:
    new, old = start(zone()), start(zone(dkim2="old.dkim.smtp.mailtrap.live"))
    server.reply(domains(domain()))
    servers = ("--nameserver", str(new.server), "--nameserver", str(old.server))
    result = mailtrap("domains", "check", "acme.example", *servers, "-o", "table", env=server.env)
    assert result.code == 8
    shown = result.out[result.out.index("rwmt2._domainkey") : result.out.index("_dmarc")]
    assert [line.split() for line in shown.splitlines()[1:5]] == [
        ["expected", "[rwmt2].dkim.smtp.mailtrap.live"],
        [str(new.server), "rwmt2.dkim.smtp.mailtrap.live"],
        [str(old.server), "[old].dkim.smtp.mailtrap.live"],
        ["The", "servers", "disagree."],
    ]


# ---------------------------------------------------------------------------------------------- what is concluded


@pytest.mark.parametrize(
    ("item", "other", "code", "sentence", "hint"),
    [
        (domain(), {}, 0, "acme.example can send.", ""),
        (
            domain(),
            {"dmarc": ""},
            8,
            "Error: acme.example is still verified at Mailtrap, but wrong or missing in DNS: _dmarc TXT. "
            "Mailtrap checks DNS every hour.",
            "--fix bind",
        ),
        (
            domain(status="demo"),
            {},
            0,
            "acme.example can send, but only to the owner of the account.",
            "",
        ),
        (
            unverified(),
            {},
            8,
            "Error: acme.example cannot send yet: its DNS is right now, but Mailtrap has not verified it. "
            "Mailtrap checks DNS every hour.",
            "--wait 90m",
        ),
        (
            unverified(),
            {"dkim1": "", "dkim2": "", "dmarc": "", "verification": ""},
            8,
            "Error: acme.example cannot send yet: wrong or missing in DNS: ve6wza2rbpe60x7z CNAME, "
            "rwmt1._domainkey CNAME, rwmt2._domainkey CNAME and 1 more.",
            "--fix bind",
        ),
        (
            domain(status="missing_company_info"),
            {},
            8,
            "Error: acme.example cannot send yet: its compliance status is missing_company_info.",
            "mailtrap domains company-info create acme.example",
        ),
        (
            domain(status="suspended"),
            {},
            8,
            "Error: acme.example cannot send yet: its compliance status is suspended.",
            "support@mailtrap.io",
        ),
        (
            domain(status="of_next_year"),
            {},
            8,
            "Error: acme.example cannot send yet: its compliance status is of_next_year.",
            "https://mailtrap.io/domains",
        ),
    ],
)
def test_the_closing_sentence_says_what_to_do(
    check: Callable[..., Any],
    server: Loopback,
    start: Start,
    item: dict[str, Any],
    other: dict[str, str],
    code: int,
    sentence: str,
    hint: str,
) -> None:
    server.reply(domains(item))
    result = check(start(zone(**other)))
    assert result.code == code
    said, *more = result.err.splitlines()
    assert said == sentence
    assert bool([line for line in more if line.startswith("Hint")]) == bool(hint)
    assert hint in "".join(more)


def test_a_missing_optional_record_is_a_warning(check: Callable[..., Any], server: Loopback, start: Start) -> None:
    server.reply(domains(domain()))
    result = check(start(zone(link_verification="")), "-o", "json")
    assert result.code == 0
    [document] = result.json()
    assert verdicts(document) == {**ALL_OK, "link_verification": "warning"}
    assert document["records"][5]["reason"] == "mt-link.acme.example has no CNAME record."
    assert "This record is optional." in result.err


def test_dmarc_reports_sent_elsewhere_are_a_warning(check: Callable[..., Any], server: Loopback, start: Start) -> None:
    dns = start(zone(dmarc="v=DMARC1; p=none; rua=mailto:me@acme.example"))
    server.reply(domains(domain()), domains(unverified()))
    assert check(dns, "-q").out == "acme.example\n"
    result = check(dns)
    assert result.code == 8
    assert "may require _dmarc TXT exactly as listed" in result.err


def test_quiet_prints_only_domains_that_pass(check: Callable[..., Any], server: Loopback, start: Start) -> None:
    server.reply(domains(domain()))
    result = check(start(zone(dkim1="")), "-q")
    assert (result.code, result.out) == (8, "")


def test_several_domains_pass_only_if_each_can_send(mailtrap: Run, server: Loopback, start: Start) -> None:
    dns = start(zone() + zone("new.example"))
    for names, code in [(("acme.example",), 0), (("acme.example", "new.example"), 8), (("--all",), 8)]:
        server.reply(domains(domain(), unverified("new.example", 436)))
        result = mailtrap("domains", "check", *names, "--nameserver", str(dns.server), "-q", env=server.env)
        assert (result.code, result.out) == (code, "acme.example\n")
    assert result.err == "Error: 1 of 2 domains failed the check: new.example.\n"


def test_jsonl_is_one_line_per_domain_in_the_given_order(mailtrap: Run, server: Loopback, start: Start) -> None:
    dns = start(zone() + zone("new.example"))
    server.reply(domains(domain(), domain("new.example", 436)))
    names = ("436", "ACME.example.", "new.example")
    result = mailtrap("domains", "check", *names, "--nameserver", str(dns.server), "-o", "jsonl", env=server.env)
    assert [json.loads(line)["domain"] for line in result.out.splitlines()] == ["new.example", "acme.example"]
    assert (result.code, result.err) == (0, "All 2 domains can send.\n")


def test_the_senders_domain_is_the_default(mailtrap: Run, server: Loopback, start: Start) -> None:
    dns = start(zone())
    server.reply(domains(domain("other.example", 1), domain()))
    env = {**server.env, "MAILTRAP_FROM_EMAIL": "Acme <no-reply@acme.example>"}
    assert mailtrap("domains", "check", "-q", "--nameserver", str(dns.server), env=env).out == "acme.example\n"


def test_an_account_without_domains_fails(mailtrap: Run, server: Loopback) -> None:
    server.reply(domains())
    result = mailtrap("domains", "check", "--all", "-o", "json", env=server.env)
    assert (result.code, result.json()) == (8, [])
    assert "no domain" in result.error()["message"]


@pytest.mark.parametrize("given", ["münchen.example", "MÜNCHEN.example.", "xn--mnchen-3ya.example"])
@pytest.mark.parametrize("kept", ["münchen.example", "xn--mnchen-3ya.example"])
def test_an_internationalized_domain_is_found_in_both_forms(
    check: Callable[..., Any], server: Loopback, start: Start, given: str, kept: str
) -> None:
    server.reply(domains(domain(kept)))
    result = check(start(zone("xn--mnchen-3ya.example")), "-o", "json", names=(given,))
    assert result.code == 0
    assert verdicts(result.json()[0]) == ALL_OK


# ---------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nope",), "'nope' is not a domain name"),
        (("https://acme.example/",), "is not a domain name"),
        (("192.0.2.1",), "'192.0.2.1' is not a domain name"),
        ((f"{'a' * 64}.example",), "is not a domain name"),
        ((), "No domain given"),
        (("acme.example", "--all"), "DOMAIN and --all cannot be used together"),
        (("--dns-only", "--all"), "--dns-only and --all cannot be used together"),
        (("--dns-only", "435"), "'435' is not a domain name"),
        (("acme.example", "--fix", "route66"), "'route66' is not one of bind, cloudflare, route53, terraform"),
        (("acme.example", "--fix", "bind", "-o", "table"), "--fix and --output cannot be used together"),
        (("acme.example", "--fix", "bind", "--wait", "1m"), "--fix and --wait cannot be used together"),
        (("acme.example", "--wait", "soon"), "'soon' is not a duration"),
        (("acme.example", "--dns-timeout", "-1"), "--dns-timeout"),
        (("acme.example", "--nameserver", "ns.acme.example"), "is not the address of a name server"),
        (("acme.example", "--nameserver", "127.0.0.1:99999"), "99999 is not a port"),
    ],
)
def test_bad_input_is_one_sentence_without_any_request(
    mailtrap: Run, server: Loopback, arguments: tuple[str, ...], words: str
) -> None:
    result = mailtrap("domains", "check", *arguments, env=server.env)
    assert (result.code, result.out) == (2, "")
    assert words in result.err.splitlines()[0]
    assert not server.requests


def test_a_domain_that_the_account_does_not_have_names_the_nearest(mailtrap: Run, server: Loopback) -> None:
    server.reply(domains(domain(), domain("other.example", 7)))
    result = mailtrap("domains", "check", "acne.example", env=server.env)
    assert (result.code, result.out) == (5, "")
    assert result.err == (
        "Error: acne.example is not a domain of this account.\nHint: Its domains: acme.example, other.example.\n"
    )


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_gets_the_hint_that_dns_only_needs_none(mailtrap: Run, server: Loopback, status: int) -> None:
    server.reply(Reply(status, {"error": "Incorrect API token"}))
    result = mailtrap("domains", "check", "acme.example", env=server.env)
    assert (result.code, result.out) == (4, "")
    assert result.err.startswith("Error: Incorrect API token.\nHint: ")
    assert "--dns-only" in result.err


def test_without_a_token_dns_only_is_suggested(mailtrap: Run) -> None:
    result = mailtrap("domains", "check", "acme.example")
    assert result.code == 3
    assert "--dns-only" in result.err


def test_the_local_sandbox_judges_domains_by_its_own_list(mailtrap: Run) -> None:
    mailtrap("domains", "create", "--domain-name", "acme.example", "-p", "local")
    [listed] = mailtrap("domains", "list", "-p", "local", "-o", "json").json()
    result = mailtrap("domains", "check", "--all", "-p", "local", "-o", "json")
    [document] = result.json()
    assert (result.code, document["can_send"], listed["dns_verified"]) == (0, True, True)
    assert set(verdicts(document).values()) == {"ok"}  # DNS is not asked: a test's domain is nobody's


@pytest.mark.parametrize("body", ["<h1>Hello</h1>", "", {"data": [1]}, {"data": None}, [], {"domains": []}])
def test_an_answer_that_is_not_the_apis_is_reported(mailtrap: Run, server: Loopback, body: Any) -> None:
    server.reply(Reply(200, body))
    result = mailtrap("domains", "check", "acme.example", env=server.env)
    assert (result.code, result.out) == (7, "")
    assert result.err.startswith(("Error: The answer ", "Error: The server's answer does not match"))
    assert "Is the host the Mailtrap API's?" in result.err


def test_without_dns_the_apis_view_is_shown(mailtrap: Run, server: Loopback) -> None:
    server.reply(domains(domain()))
    nameserver = f"127.0.0.1:{closed_port()}"
    result = mailtrap("domains", "check", "acme.example", "--nameserver", nameserver, "-o", "json", env=server.env)
    assert result.code == 7
    [document] = result.json()
    assert (document["can_send"], document["compliance_status"]) == (True, "compliant")
    assert set(verdicts(document).values()) == {"error"}
    assert result.error()["message"] == f"No DNS server answered: {nameserver} cannot be reached: Connection refused."
    assert result.error()["hint"].startswith("According to Mailtrap, acme.example can send.")


# ---------------------------------------------------------------------------------------------- --dns-only, --fix


def test_dns_only_needs_no_token(mailtrap: Run, start: Start) -> None:
    dns = start(zone(dmarc="v=DMARC1; p=reject", spf="", link_verification=""))
    nameserver = ("--nameserver", str(dns.server))
    result = mailtrap("domains", "check", "acme.example", "--dns-only", *nameserver, "-o", "json")
    assert result.code == 0
    [document] = result.json()
    assert [document[key] for key in ("can_send", "dns_verified", "compliance_status")] == [None] * 3
    assert verdicts(document) == {
        "dkim1": "ok",
        "dkim2": "ok",
        "dmarc": "ok",
        "spf": "warning",
        "link_verification": "warning",
    }
    assert "To check with Mailtrap too: mailtrap domains check acme.example" in result.err


def test_dns_only_finds_wrong_records(mailtrap: Run, start: Start) -> None:
    dns = start(zone(dkim1="rwmt2.dkim.smtp.mailtrap.live"))
    result = mailtrap("domains", "check", "acme.example", "--dns-only", "--nameserver", str(dns.server))
    assert result.code == 8
    assert result.err.startswith(
        "Error: acme.example cannot send yet: wrong or missing in DNS: rwmt1._domainkey CNAME.\n"
    )


@pytest.mark.parametrize(
    ("provider", "first"),
    [
        ("bind", "rwmt1._domainkey.acme.example. 3600 IN CNAME rwmt1.dkim.smtp.mailtrap.live."),
        ("cloudflare", "; zone file for Cloudflare; import it without proxying"),
        ("route53", "{"),
        ("terraform", "# for the AWS provider; if Terraform already manages a record, change it there instead"),
    ],
)
def test_stdout_contains_only_the_fix(
    check: Callable[..., Any], server: Loopback, start: Start, provider: str, first: str
) -> None:
    server.reply(domains(unverified()))
    result = check(start(zone(dkim1="")), "--fix", provider)
    assert result.code == 8
    assert result.out.splitlines()[0] == first
    assert "rwmt2" not in result.out
    assert "cannot send yet" in result.err
    if provider == "route53":
        [change] = result.json()["Changes"]
        assert change["ResourceRecordSet"]["Name"] == "rwmt1._domainkey.acme.example."


def test_with_nothing_to_fix_stdout_is_empty(check: Callable[..., Any], server: Loopback, start: Start) -> None:
    server.reply(domains(domain()))
    result = check(start(zone()), "--fix", "bind")
    assert (result.code, result.out) == (0, "")
    assert result.err == "Nothing to change in DNS.\nacme.example can send.\n"


def test_a_domain_that_is_not_in_dns_yet_gets_all_its_records(
    check: Callable[..., Any], server: Loopback, start: Start
) -> None:
    server.reply(domains(unverified()))
    assert len(check(start(""), "--fix", "bind").out.splitlines()) == len(RECORDS)


def test_dns_only_fixes_only_required_records(mailtrap: Run, start: Start) -> None:
    dns = start(zone(spf="", link_verification="", dkim1=""))
    result = mailtrap(
        "domains", "check", "acme.example", "--dns-only", "--fix", "bind", "--nameserver", str(dns.server)
    )
    assert result.out == "rwmt1._domainkey.acme.example. 3600 IN CNAME rwmt1.dkim.smtp.mailtrap.live.\n"


# ---------------------------------------------------------------------------------------------- --wait


def test_waiting_ends_once_it_can_send(check: Callable[..., Any], server: Loopback, start: Start) -> None:
    server.reply(domains(unverified()), domains(domain()))
    result = check(start(zone()), "--wait", "1m", "-o", "json")
    assert result.code == 0
    assert [document["can_send"] for document in result.json()] == [True]
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d acme.example cannot send yet: .* Checking again in 2 s.", result.err.splitlines()[0]
    )
    assert result.err.splitlines()[1:] == ["acme.example can send."]


def test_a_wait_that_times_out_is_exit_10_with_one_document(
    check: Callable[..., Any], server: Loopback, start: Start
) -> None:
    server.reply(domains(unverified()), domains(unverified()))
    result = check(start(zone()), "--wait", "500ms", "-o", "json", "-q")
    assert result.code == 10
    assert [document["can_send"] for document in result.json()] == [False]
    assert result.error()["message"].startswith("Timed out after 500ms: acme.example cannot send yet")


def test_an_api_that_keeps_failing_is_reported_with_the_last_result(
    check: Callable[..., Any], server: Loopback, start: Start
) -> None:
    server.reply(domains(unverified()), Reply(503))
    result = check(start(zone()), "--wait", "100ms", "-o", "json")
    assert result.code == 10
    assert [document["can_send"] for document in result.json()] == [False]
    assert "The last check failed: " in result.err


def test_dns_only_can_be_waited_for(mailtrap: Run, start: Start) -> None:
    dns = start(zone(dkim1=""))
    timer = threading.Timer(1, dns.add, ["rwmt1._domainkey.acme.example. 60 IN CNAME rwmt1.dkim.smtp.mailtrap.live."])
    timer.start()
    arguments = ("--dns-only", "--wait", "1m", "--nameserver", str(dns.server), "-q")
    result = mailtrap("domains", "check", "acme.example", *arguments)
    timer.join()
    assert (result.code, result.out) == (0, "acme.example\n")


def test_on_a_terminal_a_table_is_kept_up_to_date(server: Loopback, start: Start, environment: dict[str, str]) -> None:
    dns = start(zone())
    server.reply(domains(unverified()), domains(domain()))
    command = [PROGRAM, "domains", "check", "acme.example", "--nameserver", str(dns.server), "--wait", "1m"]
    code, screen = on_terminal(command, {**environment, **server.env})
    assert code == 0
    waiting, _, final = screen.rpartition("\x1b[2K")  # what was live is wiped away
    assert "Ctrl-C stops." in waiting
    assert "DNS not verified · unverified_dns" in waiting
    assert "Ctrl-C" not in final
    assert "Compliance    compliant" in re.sub(r"\x1b\[[0-9;]*m", "", final)
    assert final.rstrip().endswith("acme.example can send.")
    assert "\x1b[?25h" in screen  # the cursor is back


def test_ctrl_c_ends_the_wait(server: Loopback, start: Start, environment: dict[str, str]) -> None:
    dns = start(zone())
    server.reply(domains(unverified()))
    command = [PROGRAM, "domains", "check", "acme.example", "--nameserver", str(dns.server), "--wait", "1h"]
    terminal = Terminal(command, {**environment, **server.env})
    until(lambda: "Ctrl-C stops." in terminal.screen)
    terminal.interrupt()
    assert terminal.wait() == 130
    assert "Traceback" not in terminal.screen
    assert "\x1b[?25h" in terminal.screen


# ---------------------------------------------------------------------------------------------- how it reads


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_a_terminal_of_any_width_shows_every_value_and_nothing_is_cut(
    server: Loopback, start: Start, environment: dict[str, str], columns: int
) -> None:
    dns = start(zone(dkim1="rwmt2.dkim.smtp.mailtrap.live", dmarc="v=DMARC1; p=nothing"))
    server.reply(domains(unverified()))
    command = [PROGRAM, "domains", "check", "acme.example", "--nameserver", str(dns.server), "--no-color"]
    code, screen = on_terminal(command, {**environment, **server.env}, columns=columns)
    assert code == 8
    table = screen[: screen.index("Error: ")]
    assert max(map(len, table.splitlines())) <= columns
    words = "".join(table.split())
    for _, kind, label, value in RECORDS:
        assert f"{kind}{label or '@'}missing" in words
        assert value.replace(" ", "") in words.replace("[", "").replace("]", "")
    assert "expected[rwmt1].dkim.smtp.mailtrap.livefoundnow[rwmt2].dkim.smtp.mailtrap.live" in words


def test_the_difference_is_marked_by_color(server: Loopback, start: Start, environment: dict[str, str]) -> None:
    dns = start(zone(dkim1="rwmt2.dkim.smtp.mailtrap.live"))
    server.reply(domains(unverified()))
    command = [PROGRAM, "domains", "check", "acme.example", "--nameserver", str(dns.server)]
    _, screen = on_terminal(command, {**environment, **server.env})
    assert "\x1b[1;32mrwmt1\x1b[0m.dkim.smtp.mailtrap.live" in screen
    assert "\x1b[1;31mrwmt2\x1b[0m.dkim.smtp.mailtrap.live" in screen


def test_no_text_from_dns_or_the_api_controls_the_terminal(
    server: Loopback, start: Start, environment: dict[str, str]
) -> None:
    dns = start(zone(dmarc=""))
    dns.add_text("_dmarc.acme.example", b"v=DMARC1; p=\x1b[2Jno\x1b]0;title\x07ne [bold]x[/bold]")
    item = unverified()
    item["compliance_status"] = "un\x1b[2Jverified"
    item["dns_records"][0]["value"] = "smtp\x1b[2J.mailtrap.live"
    server.reply(domains(item))
    command = [PROGRAM, "domains", "check", "acme.example", "--nameserver", str(dns.server), "--no-color"]
    code, screen = on_terminal(command, {**environment, **server.env})
    assert code == 8
    assert "\x1b" not in screen
    assert "[bold]x[/bold]" in screen.replace("[[", "[").replace("]]", "]")


def test_only_the_check_loads_dnspython(environment: dict[str, str], server: Loopback, start: Start) -> None:
    dns = start(zone())
    env = {**environment, **server.env}
    server.reply(domains(domain()), domains(domain()))
    assert "dns" in modules_of(env, "domains", "check", "acme.example", "--nameserver", str(dns.server), "-o", "json")
    for arguments in (("domains", "list", "-o", "json"), ("domains", "check", "--help"), ("domains",)):
        assert not modules_of(env, *arguments) & {"dns", "asyncio", "rich"}, arguments


# ---------------------------------------------------------------------------------------------- continuous integration


def test_a_runner_gets_each_domain_and_each_record(
    check: Callable[..., Any], mailtrap: Run, server: Loopback, start: Start, tmp_path: Path
) -> None:
    server.reply(domains(unverified(), domain("other.example", 7)))
    dns = start(zone(dkim1="wrong.example", dmarc=""))
    junit, summary = tmp_path / "reports" / "domains.xml", tmp_path / "summary.md"
    runner = {**server.env, "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    names = ("acme.example", "other.example")
    options = ("--nameserver", str(dns.server), "--junit", str(junit))
    result = mailtrap("domains", "check", *names, *options, env=runner)
    assert result.code == 8
    annotation, _ = [line for line in result.err.splitlines() if line.startswith("::")]
    assert annotation.startswith(
        "::error title=mailtrap domains check::acme.example: cannot send yet: wrong or missing in DNS"
    )
    suite = ElementTree.parse(junit).getroot()[0]
    outcomes = {str(case.get("name")): case[0].tag if len(case) else "passed" for case in suite}
    assert outcomes["acme.example"] == "failure"
    assert outcomes["rwmt1._domainkey.acme.example CNAME"] == "failure"
    assert outcomes["rwmt2._domainkey.acme.example CNAME"] == "passed"
    assert outcomes["other.example"] == "failure"
    assert outcomes["rwmt1._domainkey.other.example CNAME"] == "failure"
    assert "### mailtrap domains check: " in summary.read_text(encoding="utf-8")


def test_no_dns_answer_is_a_failed_case_even_if_the_domain_can_send(
    mailtrap: Run, server: Loopback, tmp_path: Path
) -> None:
    server.reply(domains(domain()))
    options = ("--nameserver", f"127.0.0.1:{closed_port()}", "--junit", str(tmp_path / "d.xml"))
    result = mailtrap("domains", "check", "acme.example", *options, env=server.env)
    assert result.code == 7
    suite = ElementTree.parse(tmp_path / "d.xml").getroot()[0]
    assert [case.get("name") for case in suite if case.find("failure") is not None] == [
        "acme.example",
        *(f"{label}.acme.example {kind}".lstrip(".") for _, kind, label, _ in RECORDS[:-1]),
    ]
    assert "::error" not in result.err


@pytest.mark.parametrize("fault", ["SERVFAIL", "REFUSED", "garbage"])
@pytest.mark.parametrize(("options", "looks"), [((), 1), (("--wait", "100ms"), 2), (("--dns-only",), 0)])
def test_servers_without_an_answer_are_exit_7(
    check: Callable[..., Any], server: Loopback, start: Start, fault: str, options: tuple[str, ...], looks: int
) -> None:
    dns = start(zone())
    dns.faults["*"] = fault
    server.reply(*[domains(unverified())] * looks)
    result = check(dns, *options)
    assert result.code == 7
    assert "Error: No DNS server answered: " in result.err


def test_a_required_record_without_any_answer_is_exit_7(
    check: Callable[..., Any], server: Loopback, start: Start
) -> None:
    dns = start(zone())
    dns.faults["rwmt1._domainkey.acme.example"] = "SERVFAIL"
    server.reply(domains(domain()))
    result = check(dns)
    assert result.code == 7
    assert "Error: acme.example is verified at Mailtrap, but DNS did not answer for rwmt1._domainkey" in result.err


def test_a_dead_server_beside_a_good_one_is_a_warning(
    check: Callable[..., Any], server: Loopback, start: Start
) -> None:
    server.reply(domains(domain()))
    dead = f"127.0.0.1:{closed_port()}"
    result = check(start(zone()), "--nameserver", dead, "-o", "json")
    assert result.code == 0
    [document] = result.json()
    assert set(verdicts(document).values()) == {"warning"}
    assert document["records"][0]["reason"] == f"{dead} cannot be reached: Connection refused."
    assert document["records"][0]["cure"] == f"Check {dead}, or leave it out."


def test_an_unwritable_junit_file_is_refused_before_any_request(
    mailtrap: Run, server: Loopback, tmp_path: Path
) -> None:
    result = mailtrap("domains", "check", "acme.example", "--junit", str(tmp_path), env=server.env)
    assert result.code == 2
    assert "--junit: " in result.err
    assert server.requests == []
