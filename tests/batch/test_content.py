"""Templates: names of columns, what is strict, escaped and bounded; the short way gives what Jinja gives."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from mailtrap_cli.batch.columns import match_columns
from mailtrap_cli.batch.content import Content, RowError, Templates
from mailtrap_cli.errors import InputError

HEADER = ["E-Mail", "name", "First Name", "n", "Größe"]
ROW = ["ada@example.com", "<Ada> & Co", "Ada", "3", "XL"]


def compiled(source: str, *, html: bool = False, constants: Mapping[str, str] | None = None) -> Content:
    columns = match_columns(HEADER, {"tarif": "n"}, "people.csv")
    return Templates(columns, constants or {}, typed=False).compile(source, "--text", html=html)


def rendered(source: str, *, html: bool = False, constants: Mapping[str, str] | None = None) -> str:
    content = compiled(source, html=html, constants=constants)
    return content.fixed or (content.render(ROW) if content.render else "")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Hi {{ name }}!\n", "Hi <Ada> & Co!\n"),
        ("{{name}}{{n}}", "<Ada> & Co3"),
        ("{{ First Name }} {{first_name}} {{ First Name|upper }}", "Ada Ada ADA"),
        ("{{ Größe }} {{ e_mail }} {{ email }} {{ E-Mail }}", "XL ada@example.com ada@example.com ada@example.com"),
        ("{{ Name }}", "<Ada> & Co"),
        ("{{ tarif }} {{ plan }}", "3 pro"),
        ("{% if n|int > 2 %}many{% else %}few{% endif %}", "many"),
        ("{% for i in range(3) %}{{ loop.index }}/{{ loop.length }} {% endfor %}", "1/3 2/3 3/3 "),
        ("{# a note #}{{ '{{' }}", "{{"),
        ("no placeholder, {single} braces\r\n", "no placeholder, {single} braces\r\n"),
    ],
)
def test_placeholders_name_columns_constants_and_mapped_names(source: str, expected: str) -> None:
    assert rendered(source, constants={"plan": "pro"}) == expected


@pytest.mark.parametrize("source", ["<p>{{ name }}{{ plan }}", "<p>{{ name|trim }}{{ plan|trim }}"])
def test_values_are_escaped_in_html_and_only_there(source: str) -> None:
    assert rendered(source, html=True, constants={"plan": "<b>"}) == "<p>&lt;Ada&gt; &amp; Co&lt;b&gt;"
    assert rendered(source, constants={"plan": "<b>"}) == "<p><Ada> & Co<b>"


def test_safe_is_the_authors_own_decision() -> None:
    assert rendered("{{ name|safe }}", html=True) == "<Ada> & Co"


@pytest.mark.parametrize("source", ["Hello", "Hello {{ plan }}", "{% set x = 1 %}{{ x }}"])
def test_what_no_column_is_in_is_the_same_for_all_rows(source: str) -> None:
    assert compiled(source, constants={"plan": "pro"}).render is None


@pytest.mark.parametrize(
    ("source", "words", "hint"),
    [
        ("{{ nmae }}", "--text: there is no column 'nmae'", "Is it 'name'?"),
        ("{% if false %}{{ nmae }}{% endif %}", "--text: there is no column 'nmae'", "E-Mail, name, First Name, n"),
        ("{{ name }}\n{{ a b }}", "--text:2: expected token", "{{ column }}"),
        ("{{ name", "--text:1: unexpected end", "{{ column }}"),
        ("{{ name|nofilter }}", "--text:1: No filter named 'nofilter'", "{{ column }}"),
        ("{{ name|random }}", "--text:1: No filter named 'random'", "{{ column }}"),
        ("{{ lipsum() }}", "--text: there is no column 'lipsum'", "--set"),
        ("{% for i in range(10**9) %}{% endfor %}", "--text: Range too big", ""),
        ("bad \udcff {{ name }}", "--text holds bytes that are not UTF-8", "UTF-8"),
    ],
)
def test_a_template_that_cannot_work_is_refused_before_any_row(source: str, words: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        compiled(source)
    assert caught.value.message.startswith(words)
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(10**9) %}{% endfor %}{{ n }}",
        "{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}{{ n }}",
        "{% macro f(k) %}{{ f(k) }}{{ f(k) }}{% endmacro %}{{ f(n) }}",
        "{{ n ~ 10**10**10 }}",
        "{{ n * 10**10 }}",
        "{{ [n] * 10**10 }}",
    ],
)
def test_a_template_without_end_is_a_bad_row_soon(source: str) -> None:
    content = compiled(source)
    assert content.render
    with pytest.raises(RowError, match=r"^--text: "):
        content.render(ROW)


@pytest.mark.parametrize(
    "source",
    ["{{ n.__class__.__mro__ }}", "{{ n|attr('__class__') }}", "{{ 1 / (n|int - 3) }}", "{{ n.no_such }}", "{{ n() }}"],
)
def test_what_fails_for_a_row_is_a_bad_row(source: str) -> None:
    content = compiled(source)
    assert content.render
    with pytest.raises(RowError, match=r"^--text: "):
        content.render(ROW)


def test_a_cell_is_never_read_as_a_template() -> None:
    content = compiled("{{ name }} {{ n|upper }}")
    assert content.render
    assert content.render(["a@b.example", "{{ 7*7 }}", "", "{{ n }}", ""]) == "{{ 7*7 }} {{ N }}"


TEXT = st.text(st.characters(exclude_characters="{}#%\r", exclude_categories=["Cs"]), max_size=12)


@given(
    parts=st.lists(TEXT | st.sampled_from(["{{ name }}", "{{n}}", "{{- n -}}", "{{ plan }}", "{# x #}"]), max_size=8),
    row=st.lists(st.text(max_size=12), min_size=5, max_size=5),
    html=st.booleans(),
)
def test_joined_parts_are_what_jinja_renders(parts: list[str], row: list[str], html: bool) -> None:
    source = "".join(parts)
    content = compiled(source, html=html, constants={"plan": "<pro>"})
    jinja = Environment(autoescape=html, keep_trailing_newline=True)
    expected = jinja.from_string(source).render(name=row[1], n=row[3], plan="<pro>")
    assert (content.render(row) if content.render else content.fixed) == expected
