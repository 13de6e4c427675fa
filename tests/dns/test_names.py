"""Domain names and name servers, as people write them."""

from __future__ import annotations

import pytest

from mailtrap_cli.dns.names import Server, domain_name, parse_server, plain_name, readable_name
from mailtrap_cli.errors import InputError


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("acme.example", "acme.example"),
        (" ACME.Example. ", "acme.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("почта.рф", "xn--80a1acny.xn--p1ai"),
        ("mail.acme.co.uk", "mail.acme.co.uk"),
    ],
)
def test_a_domain_name_becomes_lower_case_a_labels(text: str, name: str) -> None:
    assert domain_name(text, "DOMAIN") == name


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "localhost", "192.0.2.1", "a..b", "https://acme.example", "me@acme.example", "a b.example"),
        *("-a.example", "a_b.example", "x" * 64 + ".example", "xn--a.example", "a." * 127 + "example"),
        "a.\x1b[2J.example",
    ],
)
def test_an_invalid_domain_name_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"^DOMAIN: .* is not a domain name") as error:
        domain_name(text, "DOMAIN")
    assert error.value.hint == "Use the name alone, such as acme.example."
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "server", "written"),
    [
        ("192.0.2.1", Server("192.0.2.1", 53), "192.0.2.1"),
        ("192.0.2.1:5353", Server("192.0.2.1", 5353), "192.0.2.1:5353"),
        ("2001:db8::1", Server("2001:db8::1", 53), "2001:db8::1"),
        ("[2001:DB8::1]", Server("2001:db8::1", 53), "2001:db8::1"),
        ("[2001:db8::1]:5353", Server("2001:db8::1", 5353), "[2001:db8::1]:5353"),
    ],
)
def test_a_nameserver_is_an_address_with_an_optional_port(text: str, server: Server, written: str) -> None:
    assert parse_server(text) == server
    assert str(server) == written


@pytest.mark.parametrize(
    "text",
    ["", "ns1.acme.example", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "[192.0.2.1]:53", "1.2.3:53", "[::1"],
)
def test_an_invalid_nameserver_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"^nameserver: "):
        parse_server(text)


@pytest.mark.parametrize(
    ("name", "compared", "read"),
    [
        ("ACME.example.", "acme.example", "acme.example"),
        ("münchen.example", "xn--mnchen-3ya.example", "münchen.example"),
        ("_dmarc.MÜNCHEN.example.", "_dmarc.xn--mnchen-3ya.example", "_dmarc.xn--mnchen-3ya.example"),
        ("\u2603\ufe0f.example", "\u2603\ufe0f.example", "\u2603\ufe0f.example"),
        ("xn--a.example", "xn--a.example", "xn--a.example"),
    ],
)
def test_names_are_normalized_for_comparison_and_decoded_for_reading(name: str, compared: str, read: str) -> None:
    assert plain_name(name) == compared
    assert readable_name(compared) == read
