"""Templates: column names, strictness, escaping and limits; the shortcut renders what Jinja renders."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from mailtrap_cli.batch.columns import match_columns
from mailtrap_cli.batch.content import Content, Templates
from mailtrap_cli.errors import InputError
from mailtrap_cli.rows.json_reader import WrittenNumber
from mailtrap_cli.rows.table import RowError

HEADER = ["E-Mail", "name", "First Name", "n", "Größe"]
ROW = ["ada@example.com", "<Ada> & Co", "Ada", "3", "XL"]


def compiled(source: str, *, html: bool = False, constants: Mapping[str, str] | None = None) -> Content:
    columns = match_columns(HEADER, {"tarif": "n"}, "people.csv")
    return Templates(columns, constants or {}, typed=False).compile_template(source, "--text", html=html)


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
        ("{ {{ n }}} }}\r\n{{n}}\r", "{ 3} }}\n3\n"),
        ("{{ tarif }} {{ plan }}", "3 pro"),
        ("{% if n|int > 2 %}many{% else %}few{% endif %}", "many"),
        ("{% for i in [7, 8, 9] %}{{ loop.index }}/{{ loop.length }} {% endfor %}", "1/3 2/3 3/3 "),
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


def test_the_safe_filter_turns_escaping_off() -> None:
    assert rendered("{{ name|safe }}", html=True) == "<Ada> & Co"


@pytest.mark.parametrize("source", ["Hello", "Hello {{ plan }}", "{% set x = 1 %}{{ x }}"])
def test_a_template_without_columns_is_the_same_for_all_rows(source: str) -> None:
    assert compiled(source, constants={"plan": "pro"}).render is None


@pytest.mark.parametrize(
    ("source", "words", "hint"),
    [
        ("{{ nmae }}", "--text: no column 'nmae'", "Did you mean 'name'?"),
        ("{% if false %}{{ nmae }}{% endif %}", "--text: no column 'nmae'", "E-Mail, name, First Name, n"),
        ("{{ name }}\n{{ a b }}", "--text:2: expected token", "{{ column }}"),
        ("{{ name", "--text:1: unexpected end", "{{ column }}"),
        ("{{ name|nofilter }}", "--text:1: No filter named 'nofilter'", "{{ column }}"),
        ("{{ name|random }}", "--text:1: No filter named 'random'", "{{ column }}"),
        ("{{ lipsum() }}", "--text: no column 'lipsum'", "set lipsum=VALUE"),
        ("{% for i in range(10**9) %}{% endfor %}", "--text: no column 'range'", "set range=VALUE"),
        ("bad \udcff {{ name }}", "--text is not UTF-8 text", "UTF-8"),
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
        "{% for i in 'x' * 90000 %}{% for j in 'x' * 90000 %}{% endfor %}{% endfor %}{{ n }}",
        "{% for i in 'x' * 90000 %}" + "long text" * 1000 + "{% endfor %}{{ n }}",
        "{{ n }}{{ '%999999999d' % 1 }}",
        "{{ '%*d' % (999999999, 1) }}{{ n }}",
        "{{ '{:999999999d}'.format(1) }}{{ n }}",
        "{{ '{:{}}'.format(n, 999999999) }}",
        "{{ n|center(999999999) }}",
        "{{ n.center(999999999) }}{{ n.zfill(999999999) }}",
        "{{ n.replace('', 'x' * 9000000).replace('x', 'y' * 1000) }}",
        "{{ n|indent(999999999, true) }}",
        "{% set a = 'x' * 1000 ~ n %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
        "{% set a = 'x' * 1000 ~ n %}" + "{% set a = a + a %}" * 40 + "{{ a }}",
        "{% macro f(s, k) %}{{ f(s ~ s, k + 1) if k < 40 else s }}{% endmacro %}{{ f(n * 99, 0) }}",
        "{% set k = n|int * 99 %}" + "{% set k = k * k %}" * 40 + "{{ k }}",
        "{{ n.title }}",
        "{{ n }}{{ [n] }}",
        "{{ n }}{{ {'a': n} }}",
        "{{ n.join }}",
        "{% macro f(k) %}{{ f(k) }}{{ f(k) }}{% endmacro %}{{ f(n) }}",
        "{{ n ~ 10**10**10 }}",
        "{{ n * 10**10 }}",
        "{{ [n] * 10**10 }}",
    ],
)
def test_an_endless_template_is_soon_a_bad_row(source: str) -> None:
    content = compiled(source)
    assert content.render
    with pytest.raises(RowError, match=r"^--text: "):
        content.render(ROW)


@pytest.mark.parametrize(
    "source",
    ["{{ n.__class__.__mro__ }}", "{{ n|attr('__class__') }}", "{{ 1 / (n|int - 3) }}", "{{ n.no_such }}", "{{ n() }}"],
)
def test_a_failure_for_one_row_is_a_bad_row(source: str) -> None:
    content = compiled(source)
    assert content.render
    with pytest.raises(RowError, match=r"^--text: "):
        content.render(ROW)


def test_csv_numbers_are_text_and_the_error_says_how_to_compare_them() -> None:
    content = compiled("{% if n > 2 %}many{% endif %}")
    assert content.render
    with pytest.raises(RowError, match=r"^--text: n is text; write n\|int to use it as a number$"):
        content.render(ROW)


NAMES = [
    "range",
    "dict",
    "namespace",
    "self",
    "super",
    "loop",
    "caller",
    "cycler",
    "joiner",
    "lipsum",
    "varargs",
    "kwargs",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("source", ["{{ NAME }}", "{{ NAME|trim }}", "{% if NAME %}{{ NAME|upper|lower }}{% endif %}"])
def test_a_column_overrides_a_jinja_name(name: str, source: str) -> None:
    columns = match_columns(["email", name], {}, "p.csv")
    content = Templates(columns, {}, typed=False).compile_template(source.replace("NAME", name), "--text")
    assert content.render
    assert content.render(["a@b.example", "mine"]) == "mine"


@pytest.mark.parametrize("source", ["{{ v }}", "{{ v if v is defined }}"])
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "true"),
        (False, "false"),
        (3, "3"),
        (WrittenNumber("1e2"), "1e2"),
        (WrittenNumber("1.50"), "1.50"),
        (None, ""),
    ],
)
def test_json_values_are_printed_as_in_json(source: str, value: object, shown: str) -> None:
    columns = match_columns(["email", "v"], {}, "p.jsonl")
    content = Templates(columns, {}, typed=True).compile_template(source, "--text")
    assert content.render
    assert content.render(["a@b.example", value]) == shown


@pytest.mark.parametrize("source", ["{{ v }}", "{{ v if v is defined }}"])
def test_json_lists_are_not_printed(source: str) -> None:
    columns = match_columns(["email", "v"], {}, "p.jsonl")
    content = Templates(columns, {}, typed=True).compile_template(source, "--text")
    assert content.render
    with pytest.raises(RowError, match="a list"):
        content.render(["a@b.example", [1, 2]])


def test_ordinary_filters_on_long_texts_are_not_refused() -> None:
    text = "word " * 200_000
    for source in ("{{ n|truncate(100) }}", "{{ n|wordcount }}", "{{ n|replace('word', 'Wort') }}", "{{ n|e|trim }}"):
        content = compiled(source)
        assert content.render
        assert content.render([*ROW[:3], text, ROW[4]])


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
def test_joined_parts_equal_what_jinja_renders(parts: list[str], row: list[str], html: bool) -> None:
    source = "".join(parts)
    content = compiled(source, html=html, constants={"plan": "<pro>"})
    jinja = Environment(autoescape=html, keep_trailing_newline=True)
    expected = jinja.from_string(source).render(name=row[1], n=row[3], plan="<pro>")
    assert (content.render(row) if content.render else content.fixed) == expected
