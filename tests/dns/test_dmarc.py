"""DMARC records by meaning."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtrap_cli.dns import dmarc

EXPECTED = (
    "v=DMARC1; p=none; rua=mailto:dmarc@smtp.mailtrap.live; ruf=mailto:dmarc@smtp.mailtrap.live; rf=afrf; pct=100"
)


@given(seed=st.integers(0, 10_000), gap=st.sampled_from(["", " ", "  ", "\t"]), upper=st.booleans(), end=st.booleans())
def test_order_spaces_and_case_do_not_matter(seed: int, gap: str, upper: bool, end: bool) -> None:
    tags = [part.strip().split("=", 1) for part in EXPECTED.split(";")[1:]]
    random.Random(seed).shuffle(tags)
    parts = [f"{name}{gap}={gap}{value}" for name, value in tags]
    text = f"{gap};{gap}".join(parts) + (";" if end else "")
    text = f"v{gap}={gap}DMARC1{gap};{gap}" + (text.upper() if upper else text)
    assert dmarc.is_dmarc(text)
    assert dmarc.find_problem(EXPECTED, text) is None
    assert dmarc.list_unreported(EXPECTED, text) == []


@given(st.sampled_from(dmarc.POLICIES), st.sampled_from(dmarc.POLICIES))
def test_a_policy_is_fine_when_it_is_at_least_as_strict(wanted: str, found: str) -> None:
    strictness = {"none": 0, "quarantine": 1, "reject": 2}
    fine = dmarc.find_problem(f"v=DMARC1; p={wanted}", f"v=DMARC1; p={found}") is None
    assert fine == (strictness[found] >= strictness[wanted])


@pytest.mark.parametrize(
    "found",
    [
        "v=DMARC1; p=none",
        "v=DMARC1;p=reject;pct=10",
        "v=DMARC1; p=reject; rua=mailto:me@acme.example; adkim=s; fo=1",
        "v=DMARC1; P=Quarantine",
        "v=DMARC1; p=none; p=bad",
    ],
)
def test_own_tags_and_stricter_policies_are_fine(found: str) -> None:
    assert dmarc.find_problem(EXPECTED, found) is None


@pytest.mark.parametrize(
    ("expected", "found", "why"),
    [
        ("v=DMARC1; p=reject", "v=DMARC1; p=none", "its policy none is weaker than reject"),
        ("v=DMARC1; p=reject", "v=DMARC1; p=reject; pct=20", "its policy applies to only 20 % of the mail"),
        ("v=DMARC1; p=none", "v=DMARC1", "it has no policy: the tag p is missing"),
        ("v=DMARC1; p=none", "v=DMARC1; p=monitor", "p=monitor is not a policy"),
        ("v=DMARC1; p=none; sp=reject", "v=DMARC1; p=none", "its policy for subdomains is weaker than reject"),
    ],
)
def test_problems_are_reported(expected: str, found: str, why: str) -> None:
    assert dmarc.find_problem(expected, found) == why


@pytest.mark.parametrize("text", ["", "v=dmarc1; p=none", "p=none; v=DMARC1", "v=DMARC12; p=none", "v=spf1 -all"])
def test_a_record_begins_with_exactly_its_version(text: str) -> None:
    assert not dmarc.is_dmarc(text)


def test_addresses_without_reports_are_named() -> None:
    found = "v=DMARC1; p=none; rua=mailto:me@acme.example, mailto:DMARC@smtp.mailtrap.live"
    assert dmarc.list_unreported(EXPECTED, found) == ["mailto:dmarc@smtp.mailtrap.live"]
    assert dmarc.list_unreported(EXPECTED, EXPECTED) == []


def test_records_are_merged_with_the_strictest_policy_and_all_addresses() -> None:
    one = dmarc.merge_records(
        EXPECTED, ["v=DMARC1; p=none; rua=mailto:me@acme.example; pct=50", "v=DMARC1;p=reject;adkim=s"]
    )
    assert one == (
        "v=DMARC1; p=reject; rua=mailto:me@acme.example,mailto:dmarc@smtp.mailtrap.live; pct=50; adkim=s; "
        "ruf=mailto:dmarc@smtp.mailtrap.live; rf=afrf"
    )


@given(
    found=st.lists(st.sampled_from(dmarc.POLICIES), min_size=1, max_size=3),
    wanted=st.sampled_from(dmarc.POLICIES),
    own=st.sampled_from(["", "; pct=20", "; sp=none"]),
    sp=st.sampled_from(["", "; sp=reject"]),
)
def test_a_merged_record_is_fine_for_what_was_expected(found: list[str], wanted: str, own: str, sp: str) -> None:
    expected = f"v=DMARC1; p={wanted}; rua=mailto:a@b.example{sp}"
    one = dmarc.merge_records(expected, [f"v=DMARC1; p={policy}{own}" for policy in found])
    assert dmarc.find_problem(expected, one) is None
    assert dmarc.list_unreported(expected, one) == []


def test_only_spaces_and_tabs_are_white_space() -> None:
    assert dmarc.find_problem(EXPECTED, "v=DMARC1;\u00a0p=none") == "it has no policy: the tag p is missing"
    assert dmarc.merge_records(EXPECTED, ["v=DMARC1;\u00a0p=none"]).isascii()


def test_the_record_of_a_subdomain_is_not_weaker_than_its_parents_policy() -> None:
    assert dmarc.subdomain_policy("v=DMARC1; p=reject; sp=quarantine") == "quarantine"
    assert dmarc.merge_records("v=DMARC1; p=none", [], at_least="reject") == "v=DMARC1; p=reject"
    assert dmarc.merge_records("v=DMARC1; p=none", [], at_least="none") == "v=DMARC1; p=none"
