"""The missing records in each provider's format; a real parser reads the zone files back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import dns.rdatatype
import dns.zonefile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtrap_cli.dns.fixes import Fixes, Provider, quote_strings, write_fixes
from mailtrap_cli.dns.records import Failure, Found, Problem, Record
from mailtrap_cli.dns.verdict import Checked, judge_record

DKIM = Record("dkim1", "CNAME", "rwmt1._domainkey", "rwmt1._domainkey.acme.example", "rwmt1.dkim.smtp.mailtrap.live")
DMARC = Record("dmarc", "TXT", "_dmarc", "_dmarc.acme.example", "v=DMARC1; p=none")
SPF = Record("spf", "TXT", "", "acme.example", "v=spf1 include:_spf.smtp.mailtrap.live ~all")

MISSING = [judge_record(record, [Found()]) for record in (DKIM, DMARC, SPF)]


def spf_of(*texts: str, included: dict[str, str | None] | None = None) -> Checked:
    return judge_record(SPF, [Found(values=texts, included=included or {})])


def read(zone: str) -> list[tuple[str, str, list[bytes] | str]]:
    """Return the records of a zone file: owner, type, and the target or the texts."""
    rrsets = dns.zonefile.read_rrsets(zone, name=None, rdclass=None, default_ttl=None, origin=".", relativize=False)
    return [
        (
            rrset.name.to_text(),
            dns.rdatatype.to_text(rrset.rdtype),
            [b"".join(rdata.strings) for rdata in rrset]
            if rrset.rdtype == dns.rdatatype.TXT
            else rrset[0].target.to_text(),
        )
        for rrset in rrsets
    ]


def test_missing_records_are_lines_of_a_zone_file() -> None:
    text = write_fixes(MISSING, "bind").text
    assert text == (
        "rwmt1._domainkey.acme.example. 3600 IN CNAME rwmt1.dkim.smtp.mailtrap.live.\n"
        '_dmarc.acme.example. 3600 IN TXT "v=DMARC1; p=none"\n'
        'acme.example. 3600 IN TXT "v=spf1 include:_spf.smtp.mailtrap.live ~all"\n'
    )
    assert [owner for owner, _, _ in read(text)] == [
        "rwmt1._domainkey.acme.example.",
        "_dmarc.acme.example.",
        "acme.example.",
    ]


def test_cloudflare_takes_a_zone_file_without_proxying() -> None:
    fix = write_fixes(MISSING, "cloudflare")
    assert fix.text.startswith("; zone file for Cloudflare; import it without proxying\n")
    assert read(fix.text) == read(write_fixes(MISSING, "bind").text)
    assert "proxied=false" in fix.notes[0]


def test_replaced_values_are_named_in_a_comment() -> None:
    wrong = judge_record(DKIM, [Found(values=("Old.example",), aliases=("Old.example",))])
    assert write_fixes([wrong], "bind").text == (
        "; replaces: rwmt1._domainkey.acme.example. CNAME Old.example.\n"
        "rwmt1._domainkey.acme.example. 3600 IN CNAME rwmt1.dkim.smtp.mailtrap.live.\n"
    )


def test_route_53_takes_a_change_batch() -> None:
    batch = json.loads(write_fixes(MISSING, "route53").text)
    assert batch["Changes"][0] == {
        "Action": "UPSERT",
        "ResourceRecordSet": {
            "Name": "rwmt1._domainkey.acme.example.",
            "Type": "CNAME",
            "TTL": 3600,
            "ResourceRecords": [{"Value": "rwmt1.dkim.smtp.mailtrap.live."}],
        },
    }
    assert values(batch) == [
        ["rwmt1.dkim.smtp.mailtrap.live."],
        ['"v=DMARC1; p=none"'],
        ['"v=spf1 include:_spf.smtp.mailtrap.live ~all"'],
    ]


def values(batch: Any) -> list[list[str]]:
    return [[one["Value"] for one in change["ResourceRecordSet"]["ResourceRecords"]] for change in batch["Changes"]]


def test_terraform_takes_resources_of_the_aws_provider() -> None:
    assert write_fixes([MISSING[0]], "terraform").text == (
        "# for the AWS provider; if Terraform already manages a record, change it there instead\n"
        "\n"
        'variable "zone_id" {\n'
        '  description = "ID of the hosted zone in Route 53"\n'
        "  type        = string\n"
        "}\n"
        "\n"
        'resource "aws_route53_record" "mailtrap_rwmt1__domainkey_acme_example_cname" {\n'
        "  zone_id         = var.zone_id\n"
        '  name            = "rwmt1._domainkey.acme.example"\n'
        '  type            = "CNAME"\n'
        "  ttl             = 3600\n"
        '  records         = ["rwmt1.dkim.smtp.mailtrap.live."]\n'
        "}\n"
    )


def test_other_texts_at_the_name_are_kept_if_all_are_set_at_once() -> None:
    checked = [spf_of("site=1", 'quote="\\', "v=spf1 mx -all")]
    one = "v=spf1 mx include:_spf.smtp.mailtrap.live -all"
    assert values(json.loads(write_fixes(checked, "route53").text)) == [['"site=1"', '"quote=\\"\\\\"', f'"{one}"']]
    terraform = write_fixes(checked, "terraform").text
    assert f'records         = ["site=1", "quote=\\\\\\"\\\\\\\\", "{one}"]' in terraform
    assert "allow_overwrite = true" in terraform
    bind = write_fixes(checked, "bind").text
    assert bind == f'; replaces: acme.example. TXT "v=spf1 mx -all"\nacme.example. 3600 IN TXT "{one}"\n'


def test_duplicates_become_one_record() -> None:
    spf = spf_of("v=spf1 mx ~all", "v=spf1 include:_spf.smtp.mailtrap.live -all")
    dmarc = judge_record(DMARC, [Found(values=("v=DMARC1; p=reject", "v=DMARC1; p=none; rua=mailto:a@b.example"))])
    assert read(write_fixes([spf, dmarc], "bind").text) == [
        ("acme.example.", "TXT", [b"v=spf1 mx include:_spf.smtp.mailtrap.live -all"]),
        ("_dmarc.acme.example.", "TXT", [b"v=DMARC1; p=reject; rua=mailto:a@b.example"]),
    ]


def test_two_records_of_one_name_are_one_change() -> None:
    token = Record("verification", "TXT", "", "acme.example", "mailtrap=1")
    found = Found(values=("site=1", "v=spf1 mx -all", "mailtrap=0"))
    batch = json.loads(write_fixes([judge_record(SPF, [found]), judge_record(token, [found])], "route53").text)
    assert values(batch) == [['"site=1"', '"v=spf1 mx include:_spf.smtp.mailtrap.live -all"', '"mailtrap=1"']]


def test_macros_are_not_templates_in_terraform() -> None:
    text = write_fixes([spf_of("v=spf1 exists:%{i}.a.example ~all", "${x}")], "terraform").text
    assert '["$${x}", "v=spf1 exists:%%{i}.a.example include:_spf.smtp.mailtrap.live ~all"]' in text


def test_long_texts_are_split_in_every_form() -> None:
    long = replaced_value(DMARC, "v=DMARC1; p=none; rua=" + "mailto:a@b.example," * 20)
    checked = [judge_record(long, [Found()])]
    [(_, _, texts)] = read(write_fixes(checked, "bind").text)
    assert texts == [long.value.encode()]
    first, second = long.value[:255], long.value[255:]
    assert values(json.loads(write_fixes(checked, "route53").text)) == [[f'"{first}" "{second}"']]
    assert f'["{first}\\"\\"{second}"]' in write_fixes(checked, "terraform").text


def replaced_value(record: Record, value: str) -> Record:
    return Record(record.key, record.type, record.name, record.domain, value)


@given(st.binary(max_size=600))
def test_any_text_comes_back_from_a_zone_file(data: bytes) -> None:
    quoted = quote_strings(data.decode("utf-8", "surrogateescape"))
    assert all(text.isascii() and text.isprintable() for text in quoted)
    [(_, _, texts)] = read(f"a.example. 60 IN TXT {' '.join(quoted)}\n")
    assert texts == [data]


def test_route_53_escapes_in_octal() -> None:
    assert quote_strings("é\n", octal=True) == ['"\\303\\251\\012"']
    assert quote_strings("é\n") == ['"\\195\\169\\010"']


def test_an_unwritable_fix_is_reported() -> None:
    unknown = judge_record(DKIM, [Found(failure=Failure(Problem.TIMEOUT, "192.0.2.1 did not answer."))])
    alias = judge_record(DMARC, [Found(values=("v=DMARC1; p=x",), aliases=("dmarc.other.example",))])
    full = spf_of("v=spf1 " + "".join(f"a:{n}.example " for n in range(10)) + "~all")
    broken = spf_of("v=spf1 nonsense ~all")
    fix = write_fixes([unknown, alias, full, broken], "bind")
    assert fix == Fixes(
        "",
        (
            "rwmt1._domainkey.acme.example CNAME is skipped, because DNS did not say what is there now: "
            "192.0.2.1 did not answer.",
            "_dmarc.acme.example is an alias of dmarc.other.example: set the TXT record there, to: v=DMARC1; p=none",
            "acme.example TXT cannot be fixed automatically: It does not contain include:_spf.smtp.mailtrap.live. "
            "Combined: Receivers reject this SPF record: it needs 11 DNS lookups, but receivers stop at 10.",
            "acme.example TXT cannot be fixed automatically: Receivers reject this SPF record: 'nonsense' is not an "
            "SPF term. It must have: v=spf1 include:_spf.smtp.mailtrap.live ~all",
        ),
    )


def test_an_address_in_place_of_a_cname_must_be_deleted_first() -> None:
    fix = write_fixes([judge_record(DKIM, [Found(addresses=("192.0.2.7",))])], "route53")
    assert values(json.loads(fix.text)) == [["rwmt1.dkim.smtp.mailtrap.live."]]
    assert fix.notes[1] == "rwmt1._domainkey.acme.example has addresses (192.0.2.7): delete those first."


@pytest.mark.parametrize("provider", ["bind", "cloudflare", "route53", "terraform"])
def test_a_name_that_could_break_out_of_the_form_is_left_out(provider: Provider) -> None:
    hostile: Sequence[Record] = [
        replaced_value(DKIM, 'x.example\n"}'),
        Record("dmarc", "TXT", "", 'a".example\nb', "v=DMARC1; p=none"),
        Record("mx", "MX", "", "acme.example", "10 mx.example"),
    ]
    fix = write_fixes([judge_record(record, [Found()]) for record in hostile], provider)
    assert fix.text == ""
    assert len(fix.notes) == 3


@pytest.mark.parametrize("provider", ["bind", "cloudflare", "route53", "terraform"])
def test_a_domain_that_is_fine_needs_nothing(provider: Provider) -> None:
    fine = judge_record(DMARC, [Found(values=("v=DMARC1; p=reject",))])
    assert write_fixes([fine], provider) == Fixes("", ())


def test_a_domain_that_is_not_in_dns_has_none_of_its_records() -> None:
    gone = Found(failure=Failure(Problem.NO_DOMAIN, "acme.example does not exist in DNS (NXDOMAIN)."))
    assert write_fixes([judge_record(DKIM, [gone])], "bind") == write_fixes([judge_record(DKIM, [Found()])], "bind")


def test_an_internationalized_name_is_written_in_its_a_labels() -> None:
    record = Record("dmarc", "TXT", "_dmarc", "_dmarc.münchen.example", "v=DMARC1; p=none")
    text = write_fixes([judge_record(record, [Found()])], "bind").text
    assert text == '_dmarc.xn--mnchen-3ya.example. 3600 IN TXT "v=DMARC1; p=none"\n'
