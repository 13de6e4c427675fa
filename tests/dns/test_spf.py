"""SPF records by meaning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtrap_cli.dns import spf

EXPECTED = "v=spf1 include:_spf.smtp.mailtrap.live ~all"
OTHERS = ["include:_spf.other.example", "a", "mx", "ip4:192.0.2.0/24", "ip6:2001:db8::/32", "a:www.acme.example/28"]


@given(
    others=st.lists(st.sampled_from(OTHERS), unique=True),
    place=st.integers(0, 6),
    spaces=st.integers(1, 3),
    end=st.sampled_from(["", "~all", "-all", "?all", "redirect=other.example"]),
    upper=st.booleans(),
)
def test_order_spaces_case_and_other_terms_do_not_matter(
    others: list[str], place: int, spaces: int, end: str, upper: bool
) -> None:
    others.insert(place, "include:_spf.smtp.mailtrap.live")
    text = (" " * spaces).join(["v=spf1", *others, *filter(None, [end])])
    assert spf.list_lacking(EXPECTED, text.upper() if upper else text, {}) == []
    assert spf.find_problem(text, {}) is None


@given(others=st.lists(st.sampled_from(OTHERS), unique=True), end=st.sampled_from(["", "~all", "-all"]))
def test_a_record_without_the_expected_include_is_reported(others: list[str], end: str) -> None:
    assert spf.list_lacking(EXPECTED, " ".join(["v=spf1", *others, end]), {}) == ["include:_spf.smtp.mailtrap.live"]


@pytest.mark.parametrize(
    "text",
    [
        "v=spf1 ~all include:_spf.smtp.mailtrap.live",  # never tested after all
        "v=spf1 -include:_spf.smtp.mailtrap.live ~all",  # does not pass
        "v=spf1 ?include:_spf.smtp.mailtrap.live ~all",
        "v=spf1 redirect=_spf.smtp.mailtrap.live",
    ],
)
def test_an_include_with_another_qualifier_does_not_count(text: str) -> None:
    assert spf.list_lacking(EXPECTED, text, {}) == ["include:_spf.smtp.mailtrap.live"]


def test_an_include_inside_an_include_or_a_redirect_counts() -> None:
    included = {"spf.acme.example": EXPECTED, "outer.example": "v=spf1 include:spf.acme.example -all"}
    assert spf.list_lacking(EXPECTED, "v=spf1 include:Outer.example. -all", included) == []
    assert spf.list_lacking(EXPECTED, "v=spf1 mx redirect=spf.acme.example", included) == []
    assert spf.list_lacking(EXPECTED, "v=spf1 -all redirect=spf.acme.example", included) != []
    assert spf.list_lacking(EXPECTED, "v=spf1 -include:outer.example -all", included) != []


@pytest.mark.parametrize(
    ("text", "is_spf"),
    [
        ("v=spf1", True),
        ("V=SPF1 -all", True),
        ("v=spf1 a", True),
        ("v=spf10 a", False),
        ("v=spf1;a", False),
        (" v=spf1 a", False),
        ("spf2.0/pra", False),
    ],
)
def test_a_record_begins_with_exactly_its_version(text: str, is_spf: bool) -> None:
    assert spf.is_spf(text) is is_spf


def test_ten_lookups_are_allowed_and_eleven_are_not() -> None:
    ten = "v=spf1 a mx ptr exists:%{i}.a.example " + " ".join(f"include:i{n}.example" for n in range(6)) + " -all"
    assert spf.find_problem(ten, {}) is None
    assert spf.find_problem(ten.replace("-all", "a:b.example -all"), {}) == (
        "it needs 11 DNS lookups, but receivers stop at 10"
    )


def test_terms_that_need_no_lookup_are_not_counted() -> None:
    assert spf.find_problem("v=spf1 " + "ip4:192.0.2.1 ip6:2001:db8::1 " * 20 + "exp=why.example x=y -all", {}) is None


def test_the_lookups_of_includes_and_of_a_redirect_are_counted() -> None:
    five = "v=spf1 a mx a:1.example a:2.example a:3.example"
    included: dict[str, str | None] = {"five.example": five}
    assert spf.find_problem("v=spf1 a a a a include:five.example", included) is None  # 4 + 1 + 5
    assert spf.find_problem("v=spf1 a a a a redirect=five.example", included) is None
    assert spf.find_problem("v=spf1 a a a a a include:five.example", included) == (
        "it needs 11 DNS lookups, but receivers stop at 10"
    )
    assert "11" in str(spf.find_problem("v=spf1 a a a a a redirect=five.example", included))
    assert spf.find_problem("v=spf1 a a a a a ~all redirect=five.example", included) is None


def test_a_loop_of_includes_exceeds_every_limit() -> None:
    loop: dict[str, str | None] = {"a.example": "v=spf1 include:a.example -all"}
    assert spf.find_problem("v=spf1 include:a.example", loop) == (
        "it needs more than 100 DNS lookups, but receivers stop at 10"
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("v=spf1 includes:a.example", "'includes:a.example' is not an SPF term"),
        ("v=spf1 include: a.example", "'include:' is not an SPF term"),
        ("v=spf1 include ~all", "'include' has no value"),
        ("v=spf1 ip4:192.0.2.999", "'ip4:192.0.2.999' is not an address"),
        ("v=spf1 ip6:192.0.2.1", "'ip6:192.0.2.1' is not an address"),
        ("v=spf1 ip4/24", "'ip4/24' has no value"),
        ("v=spf1 -all:x", "'-all:x' is not an SPF term"),
        ("v=spf1 ~all;", "'~all;' is not an SPF term"),
        ("v=spf1 redirect=a.example redirect=b.example", "it has more than one redirect"),
        ("v=spf1 include:none.example -all", "none.example, which it includes, has no SPF record"),
        (
            "v=spf1 include:broken.example -all",
            "the record of broken.example, which it includes, is broken: 'ipv4:1' is not an SPF term",
        ),
    ],
)
def test_permanent_errors_are_reported(text: str, why: str) -> None:
    assert spf.find_problem(text, {"none.example": None, "broken.example": "v=spf1 ipv4:1 -all"}) == why


def test_only_domains_that_are_tested_and_known_are_references() -> None:
    text = "v=spf1 include:A.example. ?include:b.example include:%{d}.example ~all include:c.example redirect=d.example"
    assert spf.list_references(text) == ["a.example", "b.example"]
    assert spf.list_references("v=spf1 redirect=d.example a") == ["d.example"]
    assert spf.list_references("v=spf1 broken:x include:a.example") == []


@pytest.mark.parametrize(
    ("records", "one"),
    [
        ([EXPECTED], EXPECTED),
        (["v=spf1 mx -all", EXPECTED], "v=spf1 mx include:_spf.smtp.mailtrap.live -all"),
        (["v=spf1 MX ~all", "v=spf1 mx include:B.example ?all"], "v=spf1 mx include:B.example ~all"),
        (["v=spf1 mx redirect=r.example"], "v=spf1 mx redirect=r.example"),
        (["v=spf1 redirect=r.example", EXPECTED], "v=spf1 include:_spf.smtp.mailtrap.live include:r.example ~all"),
        (
            ["v=spf1 exists:%{I}.x.example", EXPECTED],
            "v=spf1 exists:%{I}.x.example include:_spf.smtp.mailtrap.live ~all",
        ),
        (["v=spf1 nonsense", EXPECTED], None),
    ],
)
def test_records_are_merged_into_one(records: list[str], one: str | None) -> None:
    assert spf.merge_records(records[:-1], records[-1]) == one


@given(st.lists(st.lists(st.sampled_from([*OTHERS, "~all", "-all"]), unique=True), min_size=1, max_size=3))
def test_a_merged_record_allows_all_that_the_records_allowed(records: list[list[str]]) -> None:
    texts = [" ".join(["v=spf1", *[t for t in terms if "all" not in t], "~all"]) for terms in records]
    one = spf.merge_records(texts, EXPECTED)
    assert one
    assert all(spf.list_lacking(text, one, {}) == [] for text in [*texts, EXPECTED])
    assert spf.merge_records([], one) == one


@pytest.mark.parametrize("qualifier", ["-", "?", "~"])
def test_the_first_of_two_terms_decides_and_a_merge_corrects_it(qualifier: str) -> None:
    refused = f"v=spf1 {qualifier}include:_spf.smtp.mailtrap.live include:_spf.smtp.mailtrap.live ~all"
    assert spf.list_lacking(EXPECTED, refused, {}) == ["include:_spf.smtp.mailtrap.live"]
    assert spf.merge_records([refused], EXPECTED) == EXPECTED


@pytest.mark.parametrize(
    "word",
    ["include:_spf.smtp.mailtrap.live~all", "include:a.example?all", "a:x.example~all", "include:local", "mx:1.2.3.4"],
)
def test_a_term_without_a_domain_is_an_error(word: str) -> None:
    assert spf.find_problem(f"v=spf1 {word}", {}) == f"{word!r} does not name a domain"


@pytest.mark.parametrize("end", ["~all", "-all", "?all"])
def test_an_all_without_its_space_is_split_off(end: str) -> None:
    text = f"v=spf1 mx include:_spf.smtp.mailtrap.live{end}"
    assert spf.repair_record(text, EXPECTED) == f"v=spf1 mx include:_spf.smtp.mailtrap.live {end}"
    assert spf.repair_record("v=spf1 include:for-all ~all", EXPECTED) == "v=spf1 include:for-all ~all"


def test_the_names_that_terms_look_up_are_known_through_includes() -> None:
    included: dict[str, str | None] = {"i.example": "v=spf1 a mx:m.example/24 -all"}
    assert spf.list_addresses(
        "acme.example", "v=spf1 a:w.example include:i.example exists:%{i}.x.example", included
    ) == [
        ("a:w.example", "w.example", "A"),
        ("a", "i.example", "A"),
        ("mx:m.example/24", "m.example", "MX"),
    ]
