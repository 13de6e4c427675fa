"""Addresses as people write them."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailtrap_cli.errors import InputError
from mailtrap_cli.mail import addresses
from mailtrap_cli.mail.addresses import Address, parse_address, parse_addresses

ASCII_TEXT = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=70)
DOMAINS = st.from_regex(r"[A-Za-z0-9-]{1,64}(\.[A-Za-z0-9-]{1,64}){0,3}", fullmatch=True)
NAMES = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=40).map(
    lambda name: " ".join(name.split())
)


def refusal(text: str, where: str = "--to") -> InputError:
    with pytest.raises(InputError) as caught:
        parse_addresses(text, where)
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ada@example.com", [("ada@example.com", None)]),
        ("  ada@example.com ", [("ada@example.com", None)]),
        ("Ada Lovelace <ada@example.com>", [("ada@example.com", "Ada Lovelace")]),
        ('"Doe, Jane" <jane@x.example>', [("jane@x.example", "Doe, Jane")]),
        (r'"Jane \"JD\" Doe" <jane@x.example>', [("jane@x.example", 'Jane "JD" Doe')]),
        ("a@b.example, c@d.example", [("a@b.example", None), ("c@d.example", None)]),
        (
            '"Doe, Jane" <jane@x.example>, Ada <ada@y.example>',
            [("jane@x.example", "Doe, Jane"), ("ada@y.example", "Ada")],
        ),
        ("a@b.example,", [("a@b.example", None)]),
        ("Dr. Who <who@x.example>", [("who@x.example", "Dr. Who")]),
        ("ada@example.com (work, mostly)", [("ada@example.com", None)]),
        ("<ada@example.com>", [("ada@example.com", None)]),
        ('"a b"@x.example', [('"a b"@x.example', None)]),
        ("Jürgen <j@bücher.example>", [("j@xn--bcher-kva.example", "Jürgen")]),
        ("a@BÜCHER.example", [("a@xn--bcher-kva.example", None)]),
        ("用户 <a@例え.テスト>", [("a@xn--r8jz45g.xn--zckzah", "用户")]),
        ("=?utf-8?q?J=C3=BCrgen?= <j@x.example>", [("j@x.example", "Jürgen")]),
        ("a+tag.x_y@sub.x-y.example", [("a+tag.x_y@sub.x-y.example", None)]),
    ],
)
def test_a_list_gives_its_addresses(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert parse_addresses(text, "--to") == [Address(email, name) for email, name in expected]


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", ",", "ada", "ada@", "@example.com", "ada@@example.com", "a@b@c.example", "<>", "Ada <ada@x.example"),
        *("a..b@x.example", ".a@x.example", "a@x..example", "a@.example", "a@-x.example", "a@x-.example"),
        *(
            "a@localhost",
            "a@[127.0.0.1]",
            "a@x_y.example",
            "a@bü..example",
            "a@xn--.é.example",
            f"a@{'x' * 64}.example",
        ),
        *("a b@x.example", "a@b.example c@d.example", "Ada ada@x.example", "a@b.example; c@d.example"),
        *("Team: a@b.example, c;", "undisclosed-recipients:;", "mailto:a@b.example"),
        *(f"{'a' * 65}@x.example", f"a@{'x.' * 130}example", "jürgen@x.example", '"jürgen"@x.example'),
        *("(" * 5000, "<" * 500, '"' * 500, "a@b.example" * 500, "=?utf-8?q?a=0ab?= <a@b.example>"),
    ],
)
def test_an_invalid_address_is_refused_and_the_flag_named(text: str) -> None:
    error = refusal(text)
    assert error.message.startswith("--to: ")
    assert len(error.message) < 400


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Doe, Jane <jane@x.example>", '"Doe, Jane" <jane@x.example>'),
        ("Doe, Jane, PhD <jane@x.example>", '"Doe, Jane, PhD" <jane@x.example>'),
        ("van der Berg, Jan <jan@x.example>", '"van der Berg, Jan" <jan@x.example>'),
        ("ada@y.example, Doe, Jane <jane@x.example>", '"Doe, Jane" <jane@x.example>'),
        ("Ada <ada@y.example>, Doe, Jane <jane@x.example>, b@c.example", '"Doe, Jane" <jane@x.example>'),
        (r"Doe\, Jane <jane@x.example>", r'"Doe\\, Jane" <jane@x.example>'),
    ],
)
def test_a_name_with_a_comma_gets_a_hint_with_the_quoting_that_works(text: str, quoted: str) -> None:
    error = refusal(text)
    assert "a name with a comma must be quoted" in error.message
    assert error.hint == f"Write '{quoted}'."
    assert parse_address(quoted, "--to").to_payload().keys() == {"email", "name"}


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("carol@x.example <dave@x.example>", '"carol@x.example" <dave@x.example>'),
        ("a@b.example, Carol (carol@x.example) @ Acme <dave@x.example>", '"Carol @ Acme" <dave@x.example>'),
        ('"Ca rol" @home <dave@x.example>', '"\\"Ca rol\\" @home" <dave@x.example>'),
    ],
)
def test_a_name_with_an_at_sign_is_not_taken_for_the_address(text: str, quoted: str) -> None:
    error = refusal(text)
    assert "a name with an @ must be quoted" in error.message
    assert error.hint == f"Write '{quoted}'."
    assert parse_address(quoted, "--to").email == "dave@x.example"


@pytest.mark.parametrize("text", ["a@xn--a.example", "Ada <a@XN--zzzzzz.example>", "a@x.xn--"])
def test_a_domain_in_ascii_form_that_stands_for_no_letters_is_refused(text: str) -> None:
    assert "is not a domain name" in refusal(text).message


def test_a_semicolon_between_addresses_gets_its_own_hint() -> None:
    assert refusal("a@b.example; c@d.example").hint == "Separate addresses with commas."


def test_a_group_is_its_members() -> None:
    found = parse_addresses("Team: Ada <a@b.example>, c@d.example;, e@f.example", "--to")
    assert found == [Address("a@b.example", "Ada"), Address("c@d.example"), Address("e@f.example")]


def test_a_group_without_members_has_no_address() -> None:
    assert refusal("undisclosed-recipients:;").message == "--to: no address in 'undisclosed-recipients:;'"


def test_a_local_part_that_is_not_ascii_is_refused_with_the_reason() -> None:
    error = refusal("jürgen@x.example", "people.csv:17: email")
    assert error.message == (
        "people.csv:17: email: the part before the @ of 'jürgen@x.example' is not ASCII, which the API does not accept"
    )


@pytest.mark.parametrize("character", ["\r", "\n", "\t", "\0", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\udcff"])
@pytest.mark.parametrize("text", ["a@x.example{}", "Ada{}Bcc: <a@x.example>", '"Ada{}" <a@x.example>', "a{}@x.example"])
def test_control_characters_are_refused(text: str, character: str) -> None:
    assert "control character" in refusal(text.format(character)).message


def test_exactly_one_address_is_required_where_only_one_fits() -> None:
    with pytest.raises(
        InputError, match=r"^--from: 'a@b\.example, c@d\.example' has 2 addresses; only one is allowed$"
    ):
        parse_address("a@b.example, c@d.example", "--from")


def test_the_payload_of_an_address_has_a_name_only_if_given() -> None:
    assert Address("a@b.example").to_payload() == {"email": "a@b.example"}
    assert Address("a@b.example", "").to_payload() == {"email": "a@b.example"}
    assert Address("a@b.example", "Ada").to_payload() == {"email": "a@b.example", "name": "Ada"}


@given(st.one_of(st.builds("{}@{}".format, ASCII_TEXT, DOMAINS), ASCII_TEXT))
@example("a@1.2.3.4")
@example("a@xn--a.example")
@example(f"{'a' * 64}@{'x' * 63}.example")
@example(f"{'a' * 64}@{'.'.join(['x' * 46] * 4)}.y")
@example(f"{'a' * 64}@{'.'.join(['x' * 46] * 4)}.yz")
def test_the_fast_path_agrees_with_the_full_parser(text: str) -> None:
    if addresses._PLAIN.fullmatch(text):
        assert addresses._parse_fully(text, "--to") == [Address(text)]


@pytest.mark.parametrize("text", ["ada@example.com", "Ada.B+c_d@sub.example.co.uk", "!#$%&'*+/=?^_`{|}~-@x1.example"])
def test_the_fast_path_accepts_most_addresses(text: str) -> None:
    assert addresses._PLAIN.fullmatch(text)


@given(st.text(max_size=60))
@example("=?utf-8?b?a?=@x.example")
@example("=?x?q?=0a?= <a@b.example>")
def test_any_text_gives_addresses_or_an_input_error(text: str) -> None:
    try:
        found = parse_addresses(text, "--to")
    except InputError:
        return
    assert found
    for address in found:
        assert address.email.isascii()
        assert re.search(r"[\r\n]", address.email + (address.name or "")) is None


@given(
    st.lists(st.tuples(NAMES.filter(bool), st.sampled_from(["a@b.example", '"a b"@c.example'])), min_size=1, max_size=4)
)
def test_quoted_names_come_back_unchanged(given_: list[tuple[str, str]]) -> None:
    def quoted(name: str) -> str:
        return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'

    text = ", ".join(f"{quoted(name)} <{email}>" for name, email in given_)
    if "=?" in text:  # an encoded word: it is decoded, as RFC 2047 readers do
        return
    assert parse_addresses(text, "--to") == [Address(email, name) for name, email in given_]


def test_a_plain_address_loads_neither_the_full_parser_nor_idna() -> None:
    program = (
        "import sys; from mailtrap_cli.mail.addresses import parse_address; parse_address('a@b.example', '--to');"
        "print(sorted({'email.headerregistry', 'email.message', 'idna'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_an_address_is_shown_in_readable_form() -> None:
    assert [str(Address("a@b.example", name)) for name in (None, "", "Ada, L.")] == [
        "a@b.example",
        "a@b.example",
        "Ada, L. <a@b.example>",
    ]
