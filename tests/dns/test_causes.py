"""Causes of missing or wrong records, on a real DNS server, and what the fix deletes."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from mailtrap_cli.dns.fixes import write_fixes
from mailtrap_cli.dns.lookup import Resolver
from mailtrap_cli.dns.records import Record
from mailtrap_cli.dns.verdict import Checked
from tests.dnsserver import TLD, DnsServer

SOA = "acme.example. 60 IN SOA ns.acme.example. hostmaster.acme.example. 1 60 60 60 60"
VALUE = "rwmt1.dkim.smtp.mailtrap.live"
INCLUDE = "include:_spf.smtp.mailtrap.live"
DKIM = Record("dkim1", "CNAME", "rwmt1._domainkey", "rwmt1._domainkey.acme.example", VALUE)
DMARC = Record("dmarc", "TXT", "_dmarc", "_dmarc.acme.example", "v=DMARC1; p=none")
SPF = Record("spf", "TXT", "", "acme.example", f"v=spf1 {INCLUDE} ~all")


@pytest.fixture
def dns() -> Iterator[DnsServer]:
    server = DnsServer(f"{TLD}\n{SOA}")
    yield server
    server.close()


def check(dns: DnsServer, record: Record) -> Checked:
    [checked] = Resolver(timeout=5, nameservers=[dns.server]).check_records([record])
    return checked


@pytest.mark.parametrize(
    ("record", "zone", "verdict", "reason", "cure", "deleted", "added"),
    [
        (
            DKIM,
            f"rwmt1._domainkey.acme.example.acme.example. 60 IN CNAME {VALUE}.",
            "missing",
            "The zone appears twice in the name: the CNAME record is at rwmt1._domainkey.acme.example.acme.example.",
            "Delete it and add it again with only rwmt1._domainkey as the name.",
            f"rwmt1._domainkey.acme.example.acme.example. CNAME {VALUE}.",
            f"{VALUE}.",
        ),
        (
            DKIM,
            f"rwmt1._domainkey.acme.example. 60 IN CNAME {VALUE}.acme.example.",
            "mismatch",
            "The value ends in acme.example: the DNS provider appended the zone because the final dot is missing.",
            f"Enter the value with a dot at the end: {VALUE}.",
            "",
            f"{VALUE}.",
        ),
        *(
            (
                DKIM,
                f"{label}.acme.example. 60 IN CNAME {VALUE}.",
                "missing",
                f"The CNAME record is at {label}.acme.example: the underscores differ.",
                "Delete it there and add it at rwmt1._domainkey.acme.example.",
                f"{label}.acme.example. CNAME {VALUE}.",
                f"{VALUE}.",
            )
            for label in ("rwmt1.domainkey", "_rwmt1.domainkey", "_rwmt1._domainkey")
        ),
        (
            DKIM,
            f'rwmt1._domainkey.acme.example. 60 IN TXT "{VALUE}"',
            "missing",
            "rwmt1._domainkey.acme.example is a TXT record with the value of the CNAME.",
            f"Delete the TXT record and add a CNAME record at rwmt1._domainkey.acme.example with the value {VALUE}.",
            f'rwmt1._domainkey.acme.example. TXT "{VALUE}"',
            f"{VALUE}.",
        ),
        *(
            (
                DKIM,
                f"rwmt1._domainkey.acme.example. 60 IN {kind} {address}",
                "mismatch",
                "rwmt1._domainkey.acme.example has an address instead of a CNAME. A DNS provider that proxies or "
                "flattens CNAMEs causes that.",
                "Turn off proxying and flattening for rwmt1._domainkey.acme.example, or replace its addresses with a "
                f"CNAME to {VALUE}.",
                f"rwmt1._domainkey.acme.example. {kind} {address}",
                f"{VALUE}.",
            )
            for kind, address in (("A", "192.0.2.7"), ("AAAA", "2001:db8::7"))
        ),
        (
            DMARC,
            '_dmarc.acme.example.acme.example. 60 IN TXT "v=DMARC1; p=reject"',
            "missing",
            "The zone appears twice in the name: the DMARC record is at _dmarc.acme.example.acme.example.",
            "Delete it and add it again with only _dmarc as the name.",
            '_dmarc.acme.example.acme.example. TXT "v=DMARC1; p=reject"',
            '"v=DMARC1; p=reject"',
        ),
        (
            DMARC,
            'dmarc.acme.example. 60 IN TXT "v=DMARC1; p=none"',
            "missing",
            "The DMARC record is at dmarc.acme.example: the underscores differ.",
            "Delete it there and add it at _dmarc.acme.example.",
            'dmarc.acme.example. TXT "v=DMARC1; p=none"',
            '"v=DMARC1; p=none"',
        ),
        (
            DMARC,
            'acme.example. 60 IN TXT "v=DMARC1; p=none"\nacme.example. 60 IN TXT "other=1"',
            "missing",
            "The DMARC record is at acme.example itself, where no receiver looks for it.",
            "Delete it there and add it at _dmarc.acme.example.",
            'acme.example. TXT "v=DMARC1; p=none"',
            '"v=DMARC1; p=none"',
        ),
        (
            DMARC,
            r'_dmarc.acme.example. 60 IN TXT "\"v=DMARC1; p=reject\""',
            "mismatch",
            "The quotes are part of the value.",
            "Enter the value of _dmarc.acme.example without quotes; the DNS provider adds those that are needed.",
            "",
            '"v=DMARC1; p=reject"',
        ),
        (
            DMARC,
            '_dmarc.acme.example. 60 IN TXT "v=DMARC1; p=reject" "rua=mailto:a@acme.example"',
            "mismatch",
            "The value is several strings, which are joined without a space.",
            "Enter the value of _dmarc.acme.example as one string, or end each string but the last with a space.",
            "",
            '"v=DMARC1; p=reject; rua=mailto:a@acme.example"',
        ),
        (
            SPF,
            f'acme.example. 60 IN TXT "v=spf1 mx" "{INCLUDE} ~all"',
            "mismatch",
            "The value is several strings, which are joined without a space.",
            "Enter the value of acme.example as one string, or end each string but the last with a space.",
            "",
            f'"v=spf1 mx {INCLUDE} ~all"',
        ),
        (
            SPF,
            f'acme.example. 60 IN TXT "v=spf1 mx {INCLUDE}~all"',
            "mismatch",
            "A space is missing before “all”.",
            "Put a space before “all” in acme.example.",
            "",
            f'"v=spf1 mx {INCLUDE} ~all"',
        ),
        (
            SPF,
            f'acme.example.acme.example. 60 IN TXT "v=spf1 {INCLUDE} ~all"',
            "missing",
            "The zone appears twice in the name: the SPF record is at acme.example.acme.example.",
            "Delete it and add it again with only @ as the name.",
            f'acme.example.acme.example. TXT "v=spf1 {INCLUDE} ~all"',
            f'"v=spf1 {INCLUDE} ~all"',
        ),
    ],
)
def test_the_cause_is_named_with_its_cure_and_the_record_to_delete(
    dns: DnsServer, record: Record, zone: str, verdict: str, reason: str, cure: str, deleted: str, added: str
) -> None:
    dns.add(zone)
    checked = check(dns, record)
    assert (checked.verdict, checked.reason, checked.cure) == (verdict, reason, cure)
    lines = write_fixes([checked], "bind").text.splitlines()
    assert [line.removeprefix("; delete: ") for line in lines if line.startswith("; delete")] == [deleted] * bool(
        deleted
    )
    assert lines[-1] == f"{record.domain}. 3600 IN {record.type} {added}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("“v=DMARC1; p=reject”", "The quotes are part of the value."),
        ("v=DMARC1\\; p=reject", "The backslashes are part of the value."),
        ('v=DMARC1; p=reject"', "The quotes are part of the value."),
        ("v=DMARC1;\u00a0p=reject", "The value has an invisible character (U+00A0), which is not white space in DNS."),
        ("\u200bv=DMARC1; p=reject", "The value has an invisible character (U+200B), which is not white space in DNS."),
    ],
)
def test_quotes_and_invisible_characters_are_named(dns: DnsServer, text: str, reason: str) -> None:
    dns.add_text("_dmarc.acme.example", text.encode())
    checked = check(dns, DMARC)
    assert (checked.verdict, checked.reason, checked.values) == ("mismatch", reason, (text,))
    assert write_fixes([checked], "bind").text.splitlines()[-1].endswith('TXT "v=DMARC1; p=reject"')


def test_a_wrong_record_at_the_right_name_comes_before_one_elsewhere(dns: DnsServer) -> None:
    dns.add('_dmarc.acme.example. 60 IN TXT "v=DMARC1; q=none"\nacme.example. 60 IN TXT "v=DMARC1; p=none"')
    assert check(dns, DMARC).reason == "It has no policy: the tag p is missing."


def test_lookalike_spaces_do_not_separate_spf_terms(dns: DnsServer) -> None:
    dns.add_text("acme.example", f"v=spf1 mx {INCLUDE}\u00a0~all".encode())
    checked = check(dns, SPF)
    assert checked.reason == "The value has an invisible character (U+00A0), which is not white space in DNS."
    assert fixes_of(checked) == f'"v=spf1 mx {INCLUDE} ~all"'


def fixes_of(checked: Checked) -> str:
    return write_fixes([checked], "bind").text.splitlines()[-1].partition(" TXT ")[2]


def test_only_the_wrong_record_at_a_name_is_deleted(dns: DnsServer) -> None:
    dns.add('acme.example. 60 IN TXT "v=DMARC1; p=none"\nacme.example. 60 IN TXT "other=1"')
    changes = json.loads(write_fixes([check(dns, DMARC)], "route53").text)["Changes"]
    assert [(change["Action"], change["ResourceRecordSet"]["Name"]) for change in changes] == [
        ("UPSERT", "acme.example."),
        ("UPSERT", "_dmarc.acme.example."),
    ]
    assert changes[0]["ResourceRecordSet"]["ResourceRecords"] == [{"Value": '"other=1"'}]


def test_a_deletion_comes_first_with_its_own_time_to_live(dns: DnsServer) -> None:
    dns.add("rwmt1._domainkey.acme.example. 60 IN A 192.0.2.7")
    checked = check(dns, DKIM)
    changes = json.loads(write_fixes([checked], "route53").text)["Changes"]
    assert [change["Action"] for change in changes] == ["DELETE", "UPSERT"]
    assert changes[0]["ResourceRecordSet"] == {
        "Name": "rwmt1._domainkey.acme.example.",
        "Type": "A",
        "TTL": 60,
        "ResourceRecords": [{"Value": "192.0.2.7"}],
    }
    assert "# delete: rwmt1._domainkey.acme.example A 192.0.2.7\n" in write_fixes([checked], "terraform").text


@pytest.mark.parametrize("found", ["", '_dmarc.mail.acme.example. 60 IN TXT "v=DMARC1; q=none"'])
def test_the_fix_of_a_subdomain_is_not_weaker_than_the_policy_of_its_parent(dns: DnsServer, found: str) -> None:
    dns.add(f'_dmarc.acme.example. 60 IN TXT "v=DMARC1; p=none; sp=reject"\n{found}')
    record = Record("dmarc", "TXT", "_dmarc", "_dmarc.mail.acme.example", "v=DMARC1; p=none")
    fix = write_fixes([check(dns, record)], "bind")
    assert "p=reject" in fix.text.splitlines()[-1]
    assert fix.notes[1] == (
        "_dmarc.mail.acme.example: the policy is not weaker than that of _dmarc.acme.example, which holds without it "
        "(RFC 7489, 6.6.3)."
    )


def test_a_policy_that_a_subdomain_has_itself_stays(dns: DnsServer) -> None:
    dns.add('_dmarc.acme.example. 60 IN TXT "v=DMARC1; p=reject"')
    dns.add('_dmarc.mail.acme.example. 60 IN TXT "v=DMARC1; p=none"')
    expected = "v=DMARC1; p=none; rua=mailto:d@smtp.mailtrap.live"
    checked = check(dns, Record("dmarc", "TXT", "_dmarc", "_dmarc.mail.acme.example", expected))
    assert checked.verdict == "warning"
    assert fixes_of(checked) == f'"{expected}"'


def test_the_cure_keeps_existing_values(dns: DnsServer) -> None:
    dns.add('acme.example. 60 IN TXT "v=spf1 mx -all"')
    assert check(dns, SPF).cure == f"Change the TXT record at acme.example to v=spf1 mx {INCLUDE} -all."
    dns.add('_dmarc.acme.example. 60 IN TXT "v=DMARC1; p=reject"')
    record = Record("dmarc", "TXT", "_dmarc", "_dmarc.mail.acme.example", "v=DMARC1; p=none")
    assert check(dns, record).cure == (
        "Add a TXT record at _dmarc.mail.acme.example with the value v=DMARC1; p=reject. "
        "The policy reject of _dmarc.acme.example already applies."
    )


def test_three_void_lookups_are_a_warning(dns: DnsServer) -> None:
    dns.add('_spf.smtp.mailtrap.live. 60 IN TXT "v=spf1 -all"\nthere.acme.example. 60 IN A 192.0.2.1')
    terms = "a:there.acme.example a:a.acme.example mx:b.acme.example"
    dns.add(f'acme.example. 60 IN TXT "v=spf1 {terms} {INCLUDE} ~all"')
    assert check(dns, SPF).verdict == "ok"
    dns.records = [record for record in dns.records if "a:a.acme" not in str(record.rdata)]
    dns.add(f'acme.example. 60 IN TXT "v=spf1 {terms} exists:c.acme.example {INCLUDE} ~all"')
    checked = check(dns, SPF)
    assert checked.verdict == "warning"
    assert checked.reason
    assert checked.reason.startswith(
        "3 of its terms match nothing in DNS (a:a.acme.example, mx:b.acme.example, exists:c"
    )
