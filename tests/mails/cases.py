"""The corpus: emails by kind, language and layout, each with its correct code and link."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from .languages import LANGUAGES
from .layouts import (
    CODE_LAYOUTS,
    LINK_LAYOUTS,
    SITE,
    make_token,
    render_notice,
    render_offer,
    render_receipt,
    track_url,
)

UNASKED = "unasked"  # several answers would be acceptable
NATIVE_DIGITS = {"ar": "٠١٢٣٤٥٦٧٨٩", "fa": "۰۱۲۳۴۵۶۷۸۹"}


@dataclass(frozen=True)
class Case:
    """An email, and what `--extract code` and `--extract link` should return: a value, None, or not tested."""

    name: str
    subject: str
    text: str | None
    html: str | None
    code: str | None
    link: str | None


def list_cases() -> list[Case]:
    """The whole corpus, in a fixed order."""
    from .code_cases import CODE_CASES
    from .link_cases import LINK_CASES

    return [*_make_cases(), *CODE_CASES, *LINK_CASES]


def is_held_out(case: Case) -> bool:
    """Return whether the case belongs to the third that rules are not tuned on."""
    return random.Random(case.name).random() < 1 / 3


def _make_cases() -> Iterator[Case]:
    for number, language in enumerate(LANGUAGES):
        yield from _code_cases(number)
        yield from _link_cases(number)
        order = str(20_260_000 + 137 * number)
        total = ("$48.00", "48,00 €", "4 800 kr", "¥4,800")[number % 4]
        receipt = render_receipt(language, order, total)
        yield Case(
            f"{language.tag}-receipt", language.receipt_subject, *receipt, code=None, link=f"{SITE}/orders/{order}"
        )
        notice = render_notice(language, order, total)
        yield Case(f"{language.tag}-notice", language.receipt_subject, *notice, code=None, link=None)
        promo = ("WINTER25", "SAVE2026", "ADA-4F7K", "TEATIME20")[number % 4]
        offer = render_offer(language, promo)
        yield Case(f"{language.tag}-offer", f"Acme: {promo}", *offer, code=None, link=UNASKED)


def _code_cases(number: int) -> Iterator[Case]:
    language = LANGUAGES[number]
    for step in range(3):
        layout = CODE_LAYOUTS[(number * 3 + step) % len(CODE_LAYOUTS)]
        name = f"{language.tag}-{layout.__name__.removeprefix('code_')}"
        digits = str(random.Random(name).randrange(100_000, 1_000_000))
        shown = digits
        if language.tag in NATIVE_DIGITS and step == 0:
            shown = digits.translate(str.maketrans("0123456789", NATIVE_DIGITS[language.tag]))
        yield Case(name, language.code_subject, *layout(language, shown), code=digits, link=UNASKED)


def _link_cases(number: int) -> Iterator[Case]:
    language = LANGUAGES[number]
    for step in range(2):
        layout = LINK_LAYOUTS[(number * 2 + step) % len(LINK_LAYOUTS)]
        name = f"{language.tag}-{layout.__name__}"
        url = (
            f"{SITE}/users/confirmation?confirmation_token={make_token(name)}",
            f"{SITE}/a/{make_token(name, 64)}",
            f"{SITE}/auth/callback?t={make_token(name, 400)}&lang={language.tag}",
        )[(number + step) % 3]
        if layout.__name__ == "link_tracked":
            url = track_url(name)
        yield Case(name, language.confirm_subject, *layout(language, url, name), code=None, link=url)
