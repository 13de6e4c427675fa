"""Extraction on the corpus of `tests.mails`: right on nearly all of it, and never an invented value."""

from __future__ import annotations

import string
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtrap_cli.sandbox.codes import find_code
from mailtrap_cli.sandbox.links import find_link
from tests.benchmarks.extraction import Outcome, score_cases
from tests.mails.cases import is_held_out, list_cases

CASES = list_cases()


@cache
def score_corpus() -> list[Outcome]:
    return score_cases(CASES)


def share_of_right(outcomes: list[Outcome]) -> float:
    return sum(outcome.ok for outcome in outcomes) / len(outcomes)


def test_the_corpus_is_large_and_varied() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 400
    assert sum(case.code is None or case.link is None for case in CASES) >= 200
    assert 1 / 4 < sum(map(is_held_out, CASES)) / len(CASES) < 2 / 5


@pytest.mark.parametrize("kind", ["code", "link"])
@pytest.mark.parametrize("held_out", [False, True], ids=["tuned", "held out"])
def test_at_least_98_percent_of_values_are_right(kind: str, held_out: bool) -> None:
    outcomes = [found for found in score_corpus() if found.kind == kind and is_held_out(found.case) == held_out]
    assert share_of_right(outcomes) >= 0.98


def test_no_value_is_invented_or_confused() -> None:
    wrong = [outcome for outcome in score_corpus() if outcome.found is not None and not outcome.ok]
    assert not wrong, [(outcome.case.name, outcome.kind, outcome.found) for outcome in wrong]


TOKENS = st.text(string.ascii_letters + string.digits + "-_", min_size=16, max_size=400)
MAILS = (
    '<a href="https://a.example/">Acme</a> <a href="https://a.example/v/{0}">Verify email</a>'
    ' <a href="https://a.example/u/{1}">Unsubscribe</a> <a href="https://a.example/support">Support</a>',
    '<a href="https://a.example/r?t={1}">Read more</a> <p>Forgot your password? <a href="https://a.example/{0}">Here</a></p>',
    '<a href="https://click.example/{1}"><img src="l.png" alt="Acme"></a>'
    '<a class="btn" href="https://click.example/{0}">Continue</a><a href="https://click.example/{2}">Abmelden</a>',
    '<a href="https://a.example/c/{1}">Terms</a><a href="https://a.example/c/{0}">Accept the new terms and confirm</a>',
)


@pytest.mark.parametrize("mail", MAILS)
@given(tokens=st.tuples(TOKENS, TOKENS, TOKENS))
def test_random_tokens_never_change_the_choice(mail: str, tokens: tuple[str, str, str]) -> None:
    urls = [url for url in mail.split('"') if "{0}" in url]
    assert find_link(None, mail.format(*tokens)) == urls[0].format(*tokens)


@given(TOKENS, TOKENS)
def test_a_random_token_in_plain_text_is_complete(token: str, other: str) -> None:
    text = f"Confirm your address: https://a.example/c/{token}\n\nHelp: https://a.example/h?u={other}\n"
    assert find_link(text, None) == f"https://a.example/c/{token}"


WORDS = st.sampled_from(["agb", "faq", "support", "contact", "legal", "terms", "unsubscribe", "cta", "btn", "help"])


@given(st.lists(WORDS | TOKENS, min_size=1, max_size=6), st.lists(WORDS | TOKENS, min_size=1, max_size=6))
def test_words_inside_values_and_tokens_never_change_the_choice(first: list[str], second: list[str]) -> None:
    verify = f"https://a.example/v/x9{'Q7'.join(first)}z0?to={'%2F'.join(second)}&mail=contact%40a.example"
    html = f'<a href="https://a.example/news">News</a> <a href="{verify}">Verify</a> <a href="https://a.example/faq">FAQ</a>'
    assert find_link(None, html) == verify


@given(
    st.integers(1000, 99_999_999).map(str),
    st.sampled_from(["验证码是{}，", "コードは{}です", "코드: {}입니다", "รหัส{}คือ"]),
)
def test_codes_next_to_scripts_without_spaces_are_complete(code: str, line: str) -> None:
    found = find_code("", line.format(code), None)
    assert found == code or (found is None and code[:2] in ("19", "20") and len(code) == 4)
