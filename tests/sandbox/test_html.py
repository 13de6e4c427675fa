"""HTML of emails: its text, its links, whatever it holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtrap_cli.sandbox.html import Link, Tag, find_links, read_text, read_tokens


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hi <b>Ada</b>,</p><p>2 &lt; 3 &amp; 4</p>", "Hi Ada,\n2 < 3 & 4"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<td>x</td><td>y</td>", "x y"),
        ("<b>482</b> <b>913</b>", "482 913"),
        ("<style>p { color: red }</style><script>if (a < b) { '</p>' }</script>seen", "seen"),
        ("<script>never closed", ""),
        ("<!-- a > b <b>not seen</b> -->seen<!-- never closed", "seen"),
        ("<!doctype html><?xml?>seen", "seen"),
        ("1 < 2 <3 << 4", "1 < 2 <3 << 4"),
        ('<a title="a > b" href=x>seen', "seen"),
        ("half a tag <a href=", "half a tag"),
        ('<img alt="Shop &amp; Co">', "Shop & Co"),
        ("<P\nCLASS=x>UPPER</P>", "UPPER"),
        ("x\u00a0y  \n z", "x y z"),
    ],
)
def test_text_is_what_a_reader_sees(html: str, text: str) -> None:
    assert read_text(html) == text


def test_links_have_their_text_and_the_text_before_them() -> None:
    html = '<p>Hi</p> <a class="btn" href=" https://a.example/?x=1&amp;y=2\n">Go <img alt="now"><br>there</a>'
    html += " or <a href=b>b"
    assert find_links(html, 9) == [
        Link("https://a.example/?x=1&y=2", "Go now there", "Hi", button=True),
        Link("b", "b", "Hi Go now there or"),
    ]
    assert len(find_links("<a href=x>" * 20, 7)) == 7


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("?a=1&copy=2&lt=3", "?a=1&copy=2&lt=3"),  # no references: "=" follows, and no semicolon
        ("?a=1&amp;copy=2", "?a=1&copy=2"),
        ("?a=1&#38;b&#x3D;2", "?a=1&b=2"),
        ("?a&amp", "?a&"),
        ("ht\ntps://a.example", "https://a.example"),
    ],
)
def test_a_link_is_decoded_as_a_browser_does(href: str, url: str) -> None:
    assert [link.url for link in find_links(f'<a href="{href}">', 9)] == [url]


def test_the_first_of_two_attributes_counts_and_names_are_in_lower_case() -> None:
    (tag,) = read_tokens("<A HREF=one href='two' checked>")
    assert tag == Tag("a", {"href": "one", "checked": ""})


@given(st.text("<>a/!-='\" &;#x\n", max_size=200) | st.text(max_size=200))
def test_any_text_has_tokens_and_loses_no_word(html: str) -> None:
    text = "".join(token for token in read_tokens(f"word {html}") if isinstance(token, str))
    assert text.startswith("word ")
    read_text(html)
    find_links(html, 10)


@pytest.mark.parametrize(
    "unit",
    ["<", "<a ", '<a "', "<a b='", "<a href=x>y</a>", "<!--", "<script>", "</", "&#1", "<br>", "<a/", "<td>", "<! "],
)
def test_any_amount_of_markup_is_read_in_time(unit: str) -> None:
    html = unit * (400_000 // len(unit))
    assert len(read_text(html)) <= len(html)
    assert len(find_links("<a href=x>" + html, 50)) <= 50
