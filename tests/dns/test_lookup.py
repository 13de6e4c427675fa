"""How the resolver handles real servers on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from mailtrap_cli.dns.lookup import Resolver
from mailtrap_cli.dns.names import Server
from mailtrap_cli.dns.records import Found, Problem, Record
from mailtrap_cli.dns.verdict import Checked, Verdict
from tests.dnsserver import TLD, DnsServer
from tests.loopback import closed_port

SOA = "acme.example. 60 IN SOA ns.acme.example. hostmaster.acme.example. 1 60 60 60 60"
ZONE = f"""
{SOA}
acme.example. 60 IN NS ns.acme.example.
ns.acme.example. 60 IN A 127.0.0.1
acme.example. 60 IN TXT "site-verification=abc"
acme.example. 60 IN TXT "v=spf1 include:_spf.smtp.mailtrap.live ~all"
rwmt1._domainkey.acme.example. 60 IN CNAME rwmt1.dkim.smtp.mailtrap.live.
_dmarc.acme.example. 60 IN TXT "v=DMARC1; p=reject"
"""
MAILTRAP = """
smtp.mailtrap.live. 60 IN SOA ns.mailtrap.live. hostmaster.mailtrap.live. 1 60 60 60 60
_spf.smtp.mailtrap.live. 60 IN TXT "v=spf1 ip4:192.0.2.0/24 ~all"
"""

DKIM = Record("dkim1", "CNAME", "rwmt1._domainkey", "rwmt1._domainkey.acme.example", "rwmt1.dkim.smtp.mailtrap.live")
DMARC = Record("dmarc", "TXT", "_dmarc", "_dmarc.acme.example", "v=DMARC1; p=none")
SPF = Record("spf", "TXT", "", "acme.example", "v=spf1 include:_spf.smtp.mailtrap.live ~all")

Start = Callable[..., DnsServer]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start DNS servers, which stop after the test."""
    servers: list[DnsServer] = []

    def begin(zone: str = "", *, chases: bool = False) -> DnsServer:
        servers.append(DnsServer(zone, chases=chases))
        return servers[-1]

    yield begin
    for server in servers:
        server.close()


def only(server: DnsServer, record: Record, timeout: float = 5) -> Found:
    [[found]] = Resolver(timeout=timeout, nameservers=[server.server]).find_records([record])
    return found


def verdict(server: DnsServer, record: Record, timeout: float = 5) -> Checked:
    [checked] = Resolver(timeout=timeout, nameservers=[server.server]).check_records([record])
    return checked


def test_records_that_are_as_expected_are_ok(start: Start) -> None:
    dns = start(ZONE + MAILTRAP)
    checked = Resolver(timeout=5, nameservers=[dns.server]).check_records([DKIM, DMARC, SPF])
    assert [one.verdict for one in checked] == ["ok", "ok", "ok"]
    assert [one.values for one in checked] == [
        ("rwmt1.dkim.smtp.mailtrap.live",),
        ("v=DMARC1; p=reject",),
        ("v=spf1 include:_spf.smtp.mailtrap.live ~all",),
    ]


def test_the_zones_own_servers_are_asked_before_the_systems(start: Start) -> None:
    own = start(ZONE)
    system = start(ZONE.replace("p=reject", "p=none").replace("rwmt1.dkim", "old.dkim") + MAILTRAP, chases=True)
    resolver = Resolver(timeout=5, system=[system.server], port=own.port)
    [[dmarc], [dkim]] = resolver.find_records([DMARC, DKIM])
    assert dmarc.values == ("v=DMARC1; p=reject",)
    assert dkim.aliases == ("rwmt1.dkim.smtp.mailtrap.live",)
    assert {query.recursive for query in own.queries} == {False}
    assert {query.recursive for query in system.queries} == {True}


def test_the_includes_of_other_zones_are_found_through_the_system(start: Start) -> None:
    own, system = start(ZONE), start(ZONE + MAILTRAP, chases=True)
    [[found]] = Resolver(timeout=5, system=[system.server], port=own.port).find_records([SPF])
    assert found.included == {"_spf.smtp.mailtrap.live": "v=spf1 ip4:192.0.2.0/24 ~all"}


@pytest.mark.parametrize("fault", ["SERVFAIL", "REFUSED", "lame", "garbage", "silent"])
def test_the_system_is_asked_when_the_zones_own_servers_fail(start: Start, fault: str) -> None:
    own, system = start(), start(ZONE, chases=True)
    own.faults["*"] = fault
    [[found]] = Resolver(timeout=2, system=[system.server], port=own.port).find_records([DMARC])
    assert found.values == ("v=DMARC1; p=reject",)
    assert own.queries


def test_the_system_is_asked_when_the_zones_servers_have_no_address(start: Start) -> None:
    own, system = start(ZONE), start(ZONE.replace("ns.acme.example. 60 IN A", "www.acme.example. 60 IN A"))
    [[found]] = Resolver(timeout=5, system=[system.server], port=own.port).find_records([DMARC])
    assert found.values == ("v=DMARC1; p=reject",)
    assert not own.queries


def test_the_next_of_the_systems_servers_is_asked_when_the_first_is_silent(start: Start) -> None:
    silent, good = start(), start(ZONE)
    silent.faults["*"] = "silent"
    resolver = Resolver(timeout=2, system=[silent.server, good.server], port=closed_port())
    [[found]] = resolver.find_records([DMARC])
    assert found.values == ("v=DMARC1; p=reject",)


def test_a_truncated_answer_is_asked_for_again_by_tcp(start: Start) -> None:
    dns = start(ZONE)
    dns.faults["_dmarc.acme.example"] = "truncated"
    assert only(dns, DMARC).values == ("v=DMARC1; p=reject",)
    assert [query.protocol for query in dns.queries] == ["udp", "tcp"]


def test_a_text_in_several_strings_is_one_text(start: Start) -> None:
    dns = start(f'{SOA}\n_dmarc.acme.example. 60 IN TXT "v=DMARC1; p=qua" "rantine; pct=" "100"')
    assert only(dns, DMARC).values == ("v=DMARC1; p=quarantine; pct=100",)


def test_names_are_compared_without_case_and_trailing_dot(start: Start) -> None:
    dns = start(f"{SOA}\nrwmt1._domainkey.ACME.example. 60 IN CNAME RWMT1.Dkim.SMTP.Mailtrap.LIVE.")
    record = Record("dkim1", "CNAME", "", "RWMT1._DomainKey.acme.example.", "rwmt1.dkim.smtp.mailtrap.live.")
    assert verdict(dns, record).verdict == "ok"


def test_a_cname_that_leads_to_the_expected_name_through_others_is_ok(start: Start) -> None:
    dns = start(
        f"{SOA}\nrwmt1._domainkey.acme.example. 60 IN CNAME one.acme.example.\n"
        "one.acme.example. 60 IN CNAME two.acme.example.\ntwo.acme.example. 60 IN CNAME rwmt1.dkim.smtp.mailtrap.live."
    )
    checked = verdict(dns, DKIM)
    assert checked.verdict == "ok"
    assert checked.values == ("one.acme.example",)
    assert checked.found.aliases == ("one.acme.example", "two.acme.example", "rwmt1.dkim.smtp.mailtrap.live")


def test_a_cname_elsewhere_is_a_mismatch_even_if_the_other_zone_fails(start: Start) -> None:
    dns = start(f"{SOA}\nrwmt1._domainkey.acme.example. 60 IN CNAME dkim.other.example.")
    dns.faults["dkim.other.example"] = "SERVFAIL"
    checked = verdict(dns, DKIM)
    assert (checked.verdict, checked.values) == ("mismatch", ("dkim.other.example",))


def test_an_address_in_place_of_a_cname_is_reported(start: Start) -> None:
    dns = start(f"{SOA}\nrwmt1._domainkey.acme.example. 60 IN A 192.0.2.7")
    checked = verdict(dns, DKIM)
    assert (checked.verdict, checked.values) == ("mismatch", ("192.0.2.7",))
    assert "proxies" in checked.detail


@pytest.mark.parametrize("chases", [False, True], ids=["server", "resolver"])
def test_a_text_is_found_through_cnames(start: Start, chases: bool) -> None:
    dns = start(
        f"{SOA}\n_dmarc.acme.example. 60 IN CNAME one.acme.example.\none.acme.example. 60 IN CNAME two.acme.example.\n"
        'two.acme.example. 60 IN TXT "v=DMARC1; p=none"',
        chases=chases,
    )
    found = only(dns, DMARC)
    assert found.values == ("v=DMARC1; p=none",)
    assert found.aliases == ("one.acme.example", "two.acme.example")
    assert len(dns.queries) == (1 if chases else 3)


@pytest.mark.parametrize("record", [DKIM, DMARC], ids=["CNAME", "TXT"])
@pytest.mark.parametrize("chases", [False, True], ids=["server", "resolver"])
def test_cnames_in_a_loop_are_an_error(start: Start, record: Record, chases: bool) -> None:
    dns = start(
        f"{SOA}\n{record.domain}. 60 IN CNAME one.acme.example.\none.acme.example. 60 IN CNAME {record.domain}.",
        chases=chases,
    )
    checked = verdict(dns, record)
    assert checked.verdict == "mismatch"
    assert checked.found.failure
    assert checked.found.failure.problem == "loop"
    assert "form a loop" in checked.detail


def test_endless_cnames_are_an_error(start: Start) -> None:
    links = "\n".join(f"a{n}.acme.example. 60 IN CNAME a{n + 1}.acme.example." for n in range(20))
    dns = start(f"{SOA}\n_dmarc.acme.example. 60 IN CNAME a0.acme.example.\n{links}")
    assert verdict(dns, DMARC).detail == "_dmarc.acme.example leads through more than 8 CNAMEs."


def test_a_nonexistent_name_is_missing(start: Start) -> None:
    dns = start(SOA)
    assert [verdict(dns, record).verdict for record in (DKIM, DMARC, SPF)] == ["missing"] * 3


def test_a_missing_domain_differs_from_a_missing_record(start: Start) -> None:
    dns = start(TLD)
    checked = verdict(dns, DKIM)
    assert checked.found.failure
    assert checked.found.failure.problem == "nxdomain"
    assert checked.detail == "acme.example does not exist in DNS (NXDOMAIN)."


def test_a_missing_domain_is_found_through_the_system(start: Start) -> None:
    system = start(TLD)
    [[found]] = Resolver(timeout=5, system=[system.server], port=closed_port()).find_records([DMARC])
    assert found.failure
    assert found.failure.problem == "nxdomain"


@pytest.mark.parametrize(
    ("fault", "problem", "word"),
    [
        ("SERVFAIL", Problem.SERVFAIL, "SERVFAIL"),
        ("REFUSED", Problem.REFUSED, "REFUSED"),
        ("garbage", Problem.BROKEN, "malformed answer"),
        ("silent", Problem.TIMEOUT, "did not answer in 0.3 s"),
    ],
)
def test_kinds_of_failure_are_distinguished(start: Start, fault: str, problem: Problem, word: str) -> None:
    dns = start(ZONE)
    dns.faults["*"] = fault
    checked = verdict(dns, DMARC, timeout=0.3)
    assert checked.verdict == "error"
    assert checked.found.failure
    assert checked.found.failure.problem == problem
    assert word in checked.detail
    assert str(dns.server) in checked.detail


def test_a_port_on_which_nothing_listens_is_a_network_problem() -> None:
    [[found]] = Resolver(timeout=5, nameservers=[Server("127.0.0.1", closed_port())]).find_records([DMARC])
    assert found.failure
    assert found.failure.problem == "network"


def test_a_machine_without_name_servers_is_a_network_problem() -> None:
    [[found]] = Resolver(timeout=5, system=[]).find_records([DMARC])
    assert found.failure
    assert found.failure.text == "No name server is configured on this machine."


def test_a_lost_question_is_asked_again(start: Start) -> None:
    dns = start(ZONE)
    dns.lost = 1
    assert only(dns, DMARC, timeout=1).values == ("v=DMARC1; p=reject",)
    assert dns.asked("TXT") == ["_dmarc.acme.example"] * 2


def test_nameservers_that_disagree_are_shown(start: Start) -> None:
    new, old = start(ZONE), start(SOA)
    [checked] = Resolver(timeout=5, nameservers=[new.server, old.server]).check_records([DMARC])
    assert checked.verdict is Verdict.MISSING
    assert [(one.found.server, one.verdict) for one in checked.views] == [
        (f"127.0.0.1:{new.port}", "ok"),
        (f"127.0.0.1:{old.port}", "missing"),
    ]
    assert checked.detail == (
        f"The servers disagree: 127.0.0.1:{new.port} says v=DMARC1; p=reject; 127.0.0.1:{old.port} says nothing."
    )


def test_nameservers_that_agree_but_for_case_and_order_do_not_disagree(start: Start) -> None:
    one, other = start(ZONE + MAILTRAP), start(ZONE.replace("rwmt1.dkim", "RWMT1.DKIM"))
    [checked] = Resolver(timeout=5, nameservers=[one.server, other.server]).check_records([DKIM])
    assert (checked.verdict, checked.views, checked.detail) == ("ok", (), "")


def test_a_server_that_does_not_know_edns_is_asked_without_it(start: Start) -> None:
    dns = start(ZONE)
    dns.faults["*"] = "FORMERR"
    assert only(dns, DMARC).values == ("v=DMARC1; p=reject",)
    assert len(dns.queries) == 2


def test_a_nameserver_that_fails_beside_one_that_answers_is_a_warning(start: Start) -> None:
    good, bad = start(ZONE), start(ZONE)
    bad.faults["*"] = "REFUSED"
    [checked] = Resolver(timeout=5, nameservers=[good.server, bad.server]).check_records([DMARC])
    assert checked.verdict == "warning"
    assert checked.detail.startswith(f"127.0.0.1:{bad.port}, asked for _dmarc.acme.example TXT, refused")


def test_nested_includes_are_fetched_and_loops_end(start: Start) -> None:
    dns = start(
        f'{SOA}\nacme.example. 60 IN TXT "v=spf1 include:a.example redirect=b.example"\n'
        'a.example. 60 IN TXT "v=spf1 include:c.example -all"\nb.example. 60 IN TXT "v=spf1 include:b.example ~all"\n'
        'c.example. 60 IN TXT "other"'
    )
    assert only(dns, SPF).included == {
        "a.example": "v=spf1 include:c.example -all",
        "b.example": "v=spf1 include:b.example ~all",
        "c.example": None,
    }
    asked = [name for name in dns.asked("TXT") if name != "acme.example.acme.example"]
    assert sorted(asked) == ["a.example", "acme.example", "b.example", "c.example"]


def test_an_include_that_cannot_be_asked_for_is_left_out(start: Start) -> None:
    dns = start(ZONE)
    dns.faults["_spf.smtp.mailtrap.live"] = "REFUSED"
    checked = verdict(dns, SPF)
    assert checked.found.included == {}
    assert checked.verdict == "ok"


def test_text_that_is_not_utf_8_is_kept_byte_for_byte(start: Start) -> None:
    dns = start(SOA)
    dns.add_text("acme.example", b"a\xff", b"b")
    [value] = only(dns, SPF).values
    assert value.encode("utf-8", "surrogateescape") == b"a\xffb"


def test_an_impossible_name_is_an_error_of_its_record_only(start: Start) -> None:
    dns = start(ZONE)
    broken = Record("dkim1", "CNAME", "", "a..b", "x.example")
    [one, two] = Resolver(timeout=5, nameservers=[dns.server]).check_records([broken, DMARC])
    assert (one.verdict, one.detail) == ("error", "'a..b' is not a domain name.")
    assert two.verdict == "ok"
