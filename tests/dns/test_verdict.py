"""Verdicts on records, from what was found."""

from __future__ import annotations

import pytest

from mailtrap_cli.dns.records import Failure, Found, Problem, Record, dns_only
from mailtrap_cli.dns.verdict import judge_record, mark_differences

CNAME = Record("verification", "CNAME", "ve6w", "ve6w.acme.example", "smtp.mailtrap.live", "missing")
DMARC = Record("dmarc", "TXT", "_dmarc", "_dmarc.acme.example", "v=DMARC1; p=none; rua=mailto:d@smtp.mailtrap.live")
SPF = Record("spf", "TXT", "", "acme.example", "v=spf1 include:_spf.smtp.mailtrap.live ~all")
TOKEN = Record("verification", "TXT", "", "acme.example", "mailtrap-verification=abc")

INCLUDE = "include:_spf.smtp.mailtrap.live"


def test_a_record_is_read_from_the_apis_object() -> None:
    item = {"key": "dkim1", "domain": "rwmt1._domainkey.mailtrap.io", "type": "CNAME"}
    item |= {"value": "rwmt1.dkim.smtp.mailtrap.live", "status": "pass", "name": "rwmt1._domainkey"}
    assert Record.of(item) == Record(
        key="dkim1",
        type="CNAME",
        name="rwmt1._domainkey",
        domain="rwmt1._domainkey.mailtrap.io",
        value="rwmt1.dkim.smtp.mailtrap.live",
        status="pass",
    )


@pytest.mark.parametrize(
    ("record", "texts", "verdict", "values", "detail"),
    [
        (SPF, [f"v=spf1 {INCLUDE} ~all"], "ok", [0], ""),
        (SPF, ["other=1", f"v=spf1 mx {INCLUDE} -all"], "ok", [1], ""),
        (SPF, [], "missing", [], ""),
        (SPF, ["other=1"], "missing", [], ""),
        (SPF, ["v=spf1 mx -all"], "mismatch", [0], f"It does not contain {INCLUDE}."),
        (SPF, ["v=spf1; mx"], "mismatch", [0], "It does not start with exactly v=spf1."),
        (
            SPF,
            [f"v=spf1 {INCLUDE} includes:x.example"],
            "mismatch",
            [0],
            "Receivers reject this SPF record: 'includes:x.example' is not an SPF term.",
        ),
        (
            SPF,
            [f"v=spf1 {INCLUDE} " + "a " * 10],
            "mismatch",
            [0],
            "Receivers reject this SPF record: it needs 11 DNS lookups, but receivers stop at 10.",
        ),
        (
            SPF,
            [f"v=spf1 {INCLUDE} ~all", "V=SPF1 mx -all"],
            "duplicate",
            [0, 1],
            "acme.example has 2 SPF records; receivers ignore SPF unless there is just one.",
        ),
        (DMARC, ["v=DMARC1; p=none; rua=mailto:d@smtp.mailtrap.live"], "ok", [0], ""),
        (DMARC, ["v=DMARC1;p=reject;rua=mailto:me@a.example,mailto:d@smtp.mailtrap.live;pct=5"], "ok", [0], ""),
        (
            DMARC,
            ["v=DMARC1; p=reject"],
            "warning",
            [0],
            "Reports do not go to mailto:d@smtp.mailtrap.live; Mailtrap may require the record exactly as listed.",
        ),
        (DMARC, [], "missing", [], ""),
        (DMARC, ["v=dmarc1; p=none"], "mismatch", [0], "It does not start with exactly v=DMARC1."),
        (DMARC, ["v=DMARC1; rua=mailto:x@y.example"], "mismatch", [0], "It has no policy: the tag p is missing."),
        (
            DMARC,
            ["v=DMARC1; p=none", "v=DMARC1; p=reject"],
            "duplicate",
            [0, 1],
            "_dmarc.acme.example has 2 DMARC records; receivers ignore DMARC unless there is just one.",
        ),
        (TOKEN, ["x=y", "mailtrap-verification=abc"], "ok", [1], ""),
        (TOKEN, ["x=y", "mailtrap-verification=ABC"], "mismatch", [1], ""),
        (TOKEN, ["x=y"], "missing", [], ""),
    ],
)
def test_texts_are_judged_by_their_meaning(
    record: Record, texts: list[str], verdict: str, values: list[int], detail: str
) -> None:
    checked = judge_record(record, [Found(values=tuple(texts))])
    assert (checked.verdict, checked.values, checked.detail) == (verdict, tuple(texts[n] for n in values), detail)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (Found(values=("SMTP.mailtrap.live.",), aliases=("SMTP.mailtrap.live.",)), "ok"),
        (Found(values=("x.example",), aliases=("x.example", "smtp.mailtrap.live")), "ok"),
        (Found(values=("smtp.mailtrap.io",), aliases=("smtp.mailtrap.io",)), "mismatch"),
        (Found(addresses=("192.0.2.1",)), "mismatch"),
        (Found(), "missing"),
        (Found(failure=Failure(Problem.TIMEOUT, "It did not answer.")), "error"),
    ],
)
def test_a_cname_is_judged_by_the_names_it_leads_to(found: Found, verdict: str) -> None:
    assert judge_record(CNAME, [found]).verdict == verdict


def test_the_worst_of_the_servers_counts() -> None:
    good = Found(values=("smtp.mailtrap.live",), aliases=("smtp.mailtrap.live",), server="192.0.2.1")
    failed = Found(failure=Failure(Problem.SERVFAIL, "It failed."), server="192.0.2.2")
    missing = Found(server="192.0.2.3")
    other = Found(values=("x.example",), aliases=("x.example",), server="192.0.2.4")
    for views, worst in [((good, good), "ok"), ((good, failed), "warning"), ((failed, good, missing), "missing")]:
        assert judge_record(CNAME, views).verdict == worst
    everything = judge_record(CNAME, [good, other, missing, failed])
    assert everything.verdict == "mismatch"
    assert everything.values == ("x.example",)
    assert everything.detail == (
        "The servers disagree: 192.0.2.1 says smtp.mailtrap.live; 192.0.2.4 says x.example; 192.0.2.3 says nothing; "
        "192.0.2.2 says servfail."
    )


def test_without_a_token_the_common_record_names_are_known() -> None:
    assert [(one.key, one.type, one.domain, one.needed) for one in dns_only("acme.example")] == [
        ("dkim1", "CNAME", "rwmt1._domainkey.acme.example", True),
        ("dkim2", "CNAME", "rwmt2._domainkey.acme.example", True),
        ("dmarc", "TXT", "_dmarc.acme.example", True),
        ("spf", "TXT", "acme.example", False),
        ("link_verification", "CNAME", "mt-link.acme.example", False),
    ]


@pytest.mark.parametrize(
    ("expected", "found", "left", "right"),
    [
        (
            "rwmt1.dkim.smtp.mailtrap.live",
            "rwmt2.dkim.smtp.Mailtrap.live",
            [("rwmt1", True), (".dkim.smtp.mailtrap.live", False)],
            [("rwmt2", True), (".dkim.smtp.Mailtrap.live", False)],
        ),
        (
            "v=DMARC1; p=reject; pct=100",
            "v=DMARC1; p=none; pct=100",
            [("v=DMARC1; p=", False), ("reject", True), ("; pct=100", False)],
            [("v=DMARC1; p=", False), ("none", True), ("; pct=100", False)],
        ),
        ("a.b", "a", [("a", False), (".b", True)], [("a", False)]),
        ("t.mailtrap.live", "192.0.2.1", [("t.mailtrap.live", True)], [("192.0.2.1", True)]),
        ("same", "same", [("same", False)], [("same", False)]),
        ("a", "", [("a", True)], []),
    ],
)
def test_the_difference_is_marked(
    expected: str, found: str, left: list[tuple[str, bool]], right: list[tuple[str, bool]]
) -> None:
    assert mark_differences(expected, found) == (left, right)
