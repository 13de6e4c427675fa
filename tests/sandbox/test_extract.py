"""Links and codes taken out of text and HTML."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailtrap_cli.sandbox.codes import find_code
from mailtrap_cli.sandbox.links import collect_links, find_link
from mailtrap_cli.text import clean


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Your code is 482913.", "482913"),
        ("Your code: 482 913", "482913"),
        ("482913 is your sign-in code", "482913"),
        ("G-482913 is your verification code.", "482913"),
        ("Enter this code:\n\n   1 2 3 4 5 6\n", "123456"),
        ("Use code WXYZ-1234 to sign in", "WXYZ-1234"),
        ("Your login code: k3j9x2", "k3j9x2"),
        ("Code: ABCDEF", "ABCDEF"),
        ("Your PIN: 2024", "2024"),
        ("Ihr Bestätigungscode lautet: 7391", "7391"),
        ("Tu código de verificación es 123456. Pedido 99887766", "123456"),
        ("Kod weryfikacyjny: 4821", "4821"),
        ("Ваш код: 55512", "55512"),
        ("您的验证码是 839201，5分钟内有效", "839201"),
        ("認証コード：４８２９１３", "482913"),
        ("인증번호는 482913 입니다", "482913"),
        ("Your order 12345678 is on its way, your pickup code is 4821", "4821"),
        ("Order #12345678, total $1999. © 2026 Acme. Call +1 555 123 4567", None),
        ("Use promo code SAVE2026 or coupon code 883311", None),
        ("Meeting on 2026-11-24 at 10:30, room 4021", None),
        ("10115 Berlin, HRB 123456", None),
        ("Your code is valid until 2027", None),
        ("Rechnung 20261234 vom 24.11.2026, EUR 2400", None),
        ("Tel. 030 1234567, Fax 4821", None),
        ("https://acme.example/code/482913", None),
        ("color #336699", None),
        ("Code: 4821 EUR", None),
        ("Your code: €4821", None),
        ("", None),
    ],
)
def test_a_code_differs_from_years_prices_phones_and_orders(text: str, expected: str | None) -> None:
    assert find_code("", text, None) == expected
    assert find_code("", None, f"<p>{text}</p>".replace("\n", "<br>")) == expected


def test_a_code_of_the_subject_is_found() -> None:
    assert find_code("Your code is 482913", None, None) == "482913"


def test_a_code_is_narrowed_by_its_length_or_the_text_before_it() -> None:
    text = "Your PIN is 4821.\nYour backup code: 99887766"
    assert find_code("", text, None, "8") == "99887766"
    assert find_code("", text, None, "4") == "4821"
    assert find_code("", text, None, "backup") == "99887766"
    assert find_code("", text, None, "nothing") is None


@pytest.mark.parametrize(
    ("links_given", "expected"),
    [
        (["https://a.example/", "https://a.example/verify/1"], "https://a.example/verify/1"),
        (["https://a.example/unsubscribe?token=abc1", "https://a.example/x"], "https://a.example/x"),
        (["https://facebook.com/confirm", "https://a.example/x"], "https://a.example/x"),
        (["https://a.example/logo.png", "https://a.example/go?x=reset"], "https://a.example/go?x=reset"),
        (["https://click.example/L/https:%2F%2Fa.example%2Fconfirm", "https://a.example/x"], None),
        (["myapp://verify?t=1"], "myapp://verify?t=1"),
        (["mailto:confirm@a.example", "tel:+123456", "javascript:confirm(1)", "#confirm", "/confirm"], ""),
        (["https://a.example/unsubscribe", "https://x.com/acme"], ""),
    ],
)
def test_the_link_that_acts_is_preferred(links_given: list[str], expected: str | None) -> None:
    wanted = links_given[0] if expected is None else expected or None
    for ordered in (links_given, links_given[::-1]):
        assert find_link(None, "".join(f'<a href="{url}">here</a> ' for url in ordered)) == wanted


@pytest.mark.parametrize(
    "words",
    [
        "Confirm",
        "Reset password",
        "E-Mail bestätigen",
        "Restablecer contraseña",
        "Valider mon adresse",
        "Conferma",
        "Redefinir senha",
        "Wachtwoord herstellen",
        "Potwierdź",
        "Подтвердить",
        "确认邮箱",
        "パスワードを再設定",
        "비밀번호 재설정",
        "تأكيد",
        "Bekräfta",
        "Şifre sıfırla",
    ],
)
def test_the_words_on_a_link_count_in_many_languages(words: str) -> None:
    html = f'<a href="https://a.example/l/1">Shop</a><a href="https://a.example/l/2">{words}</a><a href="https://a.example/l/3">x</a>'
    assert find_link(None, html) == "https://a.example/l/2"


def test_a_link_is_narrowed_by_url_or_text_even_to_an_unsubscribe_link() -> None:
    html = '<a href="https://a.example/confirm">A</a> <a href="https://a.example/out/unsubscribe">Leave Us</a>'
    assert find_link(None, html, "/out") == "https://a.example/out/unsubscribe"
    assert find_link(None, html, "leave us") == "https://a.example/out/unsubscribe"
    assert find_link(None, html, "nothing") is None


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("Go to https://a.example/x.", "https://a.example/x"),
        ("(https://a.example/x_(y))", "https://a.example/x_(y)"),
        ("*https://a.example/x_y_*", "https://a.example/x_y_"),
        ("_https://a.example/x_", "https://a.example/x"),
        ("https://a.example/x_", "https://a.example/x_"),
        ("<https://a.example/x?a=1&b=2>", "https://a.example/x?a=1&b=2"),
        ("[Go](https://a.example/x)", "https://a.example/x"),
        ("点击 https://a.example/x。谢谢", "https://a.example/x"),
        ('"https://a.example/x"', "https://a.example/x"),
    ],
)
def test_a_link_in_plain_text_ends_before_the_sentence_continues(text: str, url: str) -> None:
    assert find_link(text, None) == url


def test_quoted_printable_is_not_decoded_twice() -> None:
    assert find_link("https://a.example/confirm?x=3D1&y=20", None) == "https://a.example/confirm?x=3D1&y=20"


PIECES = st.sampled_from(
    ["https://a.example/confirm?t=1&amp;u=2", "<a href=", *"<>\"'&\n$\x00\u202e\ud800", "</a>", "code", " 482913 "]
)
SCRAPS = st.sampled_from(
    ["&#x41;", "\x1b[31m", "http://", "://", "=3D", "unsubscribe", "2026", "１２３４", "%7B", "{{"]
)
MESSY = st.lists(PIECES | SCRAPS | st.text(max_size=8), max_size=30).map("".join)


@given(MESSY, MESSY, MESSY, st.sampled_from(["", "/confirm", "6", "code"]))
@example("", "", "<a href='https://a.example/\x1b]0;x\x07'>", "")
def test_extraction_never_fails_and_returns_only_links_of_the_message(
    subject: str, text: str, html: str, narrow: str
) -> None:
    find_code(subject, text, html, narrow)
    found = find_link(text, html, narrow)
    # The sources of a link: the text; the HTML without line breaks, its references read in either of the two ways.
    flat = re.sub(r"[\t\n\r]", "", html)
    attributes = re.sub(r"&(#\d+;?|#[xX][0-9a-fA-F]+;?|[a-zA-Z]\w*;)", lambda m: unescape(m[0]), flat)
    sources = (text, unescape(flat), attributes, re.sub(r"[\t\n\r]", "", attributes))
    for url in [*([found] if found is not None else []), *(each.url for each in collect_links(text, html))]:
        assert any(url in source for source in sources)
        assert clean(url) == url
        assert " " not in url


@given(MESSY, MESSY)
def test_a_code_is_made_of_the_messages_own_letters_and_digits(subject: str, text: str) -> None:
    found = find_code(subject, text, None)
    wide = str.maketrans("０１２３４５６７８９", "0123456789")
    if found is not None:
        assert re.fullmatch(r"[0-9A-Za-z-]{4,11}", found)
        assert found in re.sub(r"[ \u00a0-]", "", f"{subject}\n{text}".translate(wide)) or found in text


@pytest.mark.parametrize("unit", ["1234 ", "A", "a1", "code 123456 ", "https://", "x://", "-", "code\n123456\n", "1 "])
def test_a_megabyte_of_anything_is_read_in_time(unit: str) -> None:
    body = unit * (1_000_000 // len(unit))
    assert find_code("", body, body) is None or unit.startswith("code")
    assert find_link(body, body) is None or "://" in unit
