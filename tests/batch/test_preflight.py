"""From a file to messages: columns, recipients, attachments, shared fields, bad rows, repeats."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtrap_cli.batch.preflight import BadRows, Checked, Options, preflight
from mailtrap_cli.errors import InputError
from mailtrap_cli.mail.addresses import Address
from mailtrap_cli.mail.message import Attachment, Message
from mailtrap_cli.rows.source import Source, open_source

SHARED = Message(sender=Address("a@acme.example"), subject="Hi {{ name }}", text="Hello")
UUID = "b81aabcd-1a1e-41cf-91b6-eca0254b3d96"
BY_TEMPLATE = Message(sender=Address("a@acme.example"), template_uuid=UUID)


def plan(text: str, shared: Message = SHARED, *, name: str = "people.csv", **options: Any) -> Checked:
    return preflight(Source(name, io.BytesIO(text.encode())), Options(shared, **options))


def whole(checked: Checked, trace: str | None = None) -> list[dict[str, Any]]:
    """Return the messages as the API sees them: each request merged into the base."""
    return [{**checked.base, **json.loads(composed.body)} for composed in checked.messages(trace)]


def message(text: str, shared: Message = SHARED, **options: Any) -> dict[str, Any]:
    (found,) = whole(plan(text, shared, **options))
    return found


def bad_rows(text: str, shared: Message = SHARED, **options: Any) -> list[str]:
    with pytest.raises(BadRows) as caught:
        plan(text, shared, **options)
    return caught.value.details


def refusal(text: str, shared: Message = SHARED, **options: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        plan(text, shared, **options)
    return caught.value


# ------------------------------------------------------------------------------------------------ columns


@pytest.mark.parametrize("column", ["email", "Email", "E-MAIL", " e mail ", "to", "TO", "e_mail"])
def test_the_recipient_column_ignores_case_spaces_and_hyphens(column: str) -> None:
    assert message(f"{column},name\nada@example.com,Ada\n")["to"] == [{"email": "ada@example.com", "name": "Ada"}]


def test_every_part_of_a_message_can_be_a_column() -> None:
    text = (
        "to,name,CC,Bcc,Subject,Reply-To,category\n"
        'ada@example.com,Ada,"c@x.example, d@x.example",e@x.example;f@x.example,Own,Help <h@x.example>,spring\n'
    )
    assert message(text) == {
        "from": {"email": "a@acme.example"},
        "to": [{"email": "ada@example.com", "name": "Ada"}],
        "cc": [{"email": "c@x.example"}, {"email": "d@x.example"}],
        "bcc": [{"email": "e@x.example"}, {"email": "f@x.example"}],
        "reply_to": {"email": "h@x.example", "name": "Help"},
        "subject": "Own",
        "text": "Hello",
        "category": "spring",
    }


def test_an_empty_cell_keeps_the_value_of_the_flag() -> None:
    shared = replace(SHARED, category="all", reply_to=Address("r@x.example"), cc=[Address("c@x.example")])
    text = "email,name,subject,category,reply_to,cc\nada@example.com,Ada,,,,\n"
    found = message(text, shared)
    assert (found["subject"], found["category"], found["reply_to"]) == ("Hi Ada", "all", {"email": "r@x.example"})
    assert found["cc"] == [{"email": "c@x.example"}]


def test_copies_of_a_row_are_added_to_those_of_all_rows() -> None:
    shared = replace(SHARED, subject="Hi", bcc=[Address("archive@x.example")])
    found = message("email,bcc\nada@example.com,b@x.example\n", shared)
    assert found["bcc"] == [{"email": "archive@x.example"}, {"email": "b@x.example"}]


def test_a_cell_may_hold_several_named_recipients() -> None:
    text = 'email,name\n"Ada <ada@example.com>, bob@example.com",Team\n'
    assert message(text)["to"] == [{"email": "ada@example.com", "name": "Ada"}, {"email": "bob@example.com"}]


def test_map_and_set_name_columns_and_constants() -> None:
    text = "Adresse,Vorname\nada@example.com,Ada\n"
    shared = replace(SHARED, subject="{{ name }} {{ plan }} {{ Vorname }}")
    found = message(text, shared, columns={"email": "Adresse", "name": "Vorname"}, constants={"plan": "pro"})
    assert found["to"] == [{"email": "ada@example.com", "name": "Ada"}]
    assert found["subject"] == "Ada pro Ada"


@pytest.mark.parametrize(
    ("text", "options", "words", "hint"),
    [
        ("Mail Address,name\na@b.example,A\n", {}, "people.csv:1: no column named email or to", "email=Mail Addr"),
        ("sep=;\n\nMail;name\na@b.example;A\n", {}, "people.csv:3: no column named email or to", "email=Mail"),
        (
            "email,to,name\na@b.example,a@b.example,A\n",
            {},
            "columns 'email' and 'to' both map to email",
            "map 'email=to'",
        ),
        ("email,name\na@b.example,A\n", {"columns": {"cc": "copies"}}, "map: people.csv has no column 'copies'", ""),
        ("ada@example.com,Ada\nbob@example.com,Bob\n", {}, "no column named email or to", "The first line must name"),
        ("email,name\n", {}, "people.csv has a header and no rows", "row"),
        ("email,first\na@b.example,A\n", {}, "subject: no column 'name'", "email, first"),
    ],
)
def test_wrong_columns_are_reported_with_a_hint(text: str, options: dict[str, Any], words: str, hint: str) -> None:
    error = refusal(text, **options)
    assert words in error.message
    assert hint in (error.hint or "")


@pytest.mark.parametrize(
    ("shared", "words"),
    [
        (replace(SHARED, sender=None), "No sender"),
        (replace(SHARED, subject=None), "No subject"),
        (replace(SHARED, text=None), "No body"),
        (replace(SHARED, subject="Hi\nBcc: x@y.example"), "subject contains a line break"),
        (replace(BY_TEMPLATE, subject="Hi"), "template_uuid cannot be combined with subject"),
        (replace(BY_TEMPLATE, template_uuid="x"), "is not a UUID"),
        (replace(SHARED, custom_variables={"k": "x" * 950}), "bytes of JSON in total"),
        (replace(SHARED, custom_variables={"mailtrap_run": "1"}), "mailtrap_run"),
    ],
)
def test_errors_of_all_rows_are_reported_once_and_first(shared: Message, words: str) -> None:
    error = refusal("email,name\na@b.example,A\nno address,B\n", shared)
    assert not isinstance(error, BadRows)
    assert words in error.message


# ------------------------------------------------------------------------------------------------ content


def test_shared_fields_are_only_in_the_base() -> None:
    shared = replace(
        SHARED,
        html="<b>same</b>",
        attachments=[Attachment(b"%PDF", "a.pdf", "application/pdf")],
        headers={"X-Campaign": "spring"},
        custom_variables={"k": "v"},
        category="news",
    )
    checked = plan("email,name\na@b.example,A\nc@d.example,C\n", shared)
    assert set(checked.base) == {"from", "text", "html", "attachments", "headers", "custom_variables", "category"}
    for composed in checked.messages(None):
        assert set(json.loads(composed.body)) == {"to", "subject"}
    traced = [json.loads(composed.body)["custom_variables"] for composed in checked.messages("R")]
    assert traced == [{"k": "v", "mailtrap_run": "R-0"}, {"k": "v", "mailtrap_run": "R-1"}]


def test_html_is_escaped_and_text_is_not() -> None:
    shared = replace(SHARED, text="{{ name }}", html="<p>{{ name }}</p>")
    found = message("email,name\na@b.example,<b>A</b>\n", shared)
    assert (found["text"], found["html"]) == ("<b>A</b>", "<p>&lt;b&gt;A&lt;/b&gt;</p>")


def test_the_row_is_the_variables_of_a_template() -> None:
    variables = '"{""items"": [1, 2], ""name"": ""B""}"'
    text = f"email,name,First Name,subject,cc,vars\na@b.example,A,Ada,S,c@d.example,{variables}\n"
    found = message(text, BY_TEMPLATE, constants={"plan": "pro"})
    assert found["template_uuid"] == UUID
    assert found["template_variables"] == {
        "email": "a@b.example",
        "name": "B",
        "First Name": "Ada",
        "first_name": "Ada",
        "subject": "S",
        "items": [1, 2],
        "plan": "pro",
    }


@pytest.mark.parametrize(("cell", "words"), [("{", "vars:1:2: Expecting"), ("[1]", "vars is not a JSON object")])
def test_vars_must_be_a_json_object(cell: str, words: str) -> None:
    assert bad_rows(f'email,vars\na@b.example,"{cell}"\n', BY_TEMPLATE)[0].startswith(f"people.csv:2: {words}")


def test_values_of_json_keep_their_types_in_variables_and_are_texts_in_placeholders() -> None:
    text = '[{"email": "a@b.example", "name": 7, "tags": ["x", "y"], "nil": null}]'
    found = message(text, BY_TEMPLATE, name="people.json")
    assert found["template_variables"] == {"email": "a@b.example", "name": 7, "tags": ["x", "y"], "nil": None}
    shared = replace(SHARED, text="{{ name }}|{{ nil }}|{% for tag in tags %}{{ tag }}{% endfor %}")
    assert message(text, shared, name="people.json")["text"] == "7||xy"


def test_a_row_of_json_that_lacks_a_value_is_a_bad_row() -> None:
    text = '{"email": "a@b.example", "name": "A"}\n{"email": "c@d.example"}\n'
    assert bad_rows(text, name="p.jsonl") == ["p.jsonl:2: no value for 'name'"]


def test_a_template_can_ask_whether_a_row_of_json_has_a_value() -> None:
    text = '{"email": "a@b.example", "name": "A", "nick": "Al"}\n{"email": "c@d.example", "name": "C"}\n'
    shared = replace(SHARED, text="{% if nick is defined %}{{ nick }}{% else %}{{ name }}{% endif %}")
    assert [found["text"] for found in whole(plan(text, shared, name="p.jsonl"))] == ["Al", "C"]


@pytest.mark.parametrize(("name", "field"), [("category", "category"), ("Reply-To", "reply_to"), ("cc", "cc")])
def test_a_constant_named_like_a_message_field_is_refused(name: str, field: str) -> None:
    error = refusal("email,name\na@b.example,A\n", constants={name: "x"})
    assert error.hint == f"Use {field}."


def test_a_constant_wins_over_a_column_in_placeholders_and_variables() -> None:
    text = "email,name\na@b.example,A\n"
    assert message(text, constants={"name": "all"})["subject"] == "Hi all"
    assert message(text, BY_TEMPLATE, constants={"name": "all"})["template_variables"]["name"] == "all"


@pytest.mark.parametrize("shared", [replace(SHARED, text="{{ name }}", subject="S"), BY_TEMPLATE])
def test_a_lone_surrogate_is_a_bad_row(shared: Message) -> None:
    text = '{"email": "a@b.example", "name": "A", "note": "\\ud800"}'
    with pytest.raises(BadRows):
        plan(text, replace(shared, text=shared.text and "{{ note }}"), name="p.jsonl")


@pytest.mark.parametrize("cell", ['"n": 1e999', '"vars": {"n": 1e999}'])
def test_an_infinite_number_is_a_bad_row(cell: str) -> None:
    row = f'{{"email": "a@b.example", {cell}}}'
    assert bad_rows(row, BY_TEMPLATE, name="p.jsonl") == [
        "p.jsonl:1: the row contains a number that JSON does not allow"
    ]


def test_lists_of_recipients_in_json_are_recipients() -> None:
    text = '[{"to": ["a@b.example", "C <c@d.example>"], "name": "x"}]'
    assert message(text, name="p.json")["to"] == [{"email": "a@b.example"}, {"email": "c@d.example", "name": "C"}]


# ------------------------------------------------------------------------------------------------ whole messages


BATCH = {
    "base": {"from": {"email": "a@acme.example"}, "subject": "Hi", "text": "Hello", "custom_variables": {"k": "v"}},
    "requests": [
        {"to": [{"email": "a@b.example"}]},
        {"to": [{"email": "c@d.example"}, {"email": "e@f.example"}], "subject": "Own", "custom_variables": {"x": "y"}},
    ],
}
NO_FLAGS = Message(sender=Address("profile@acme.example"))


def test_the_apis_own_batch_is_sent_unchanged() -> None:
    checked = plan(json.dumps(BATCH), NO_FLAGS, name="batch.json")
    assert checked.base == BATCH["base"]
    assert [json.loads(composed.body) for composed in checked.messages(None)] == BATCH["requests"]
    assert [composed.recipients for composed in checked.messages(None)] == [1, 2]
    traced = [json.loads(composed.body)["custom_variables"] for composed in checked.messages("R")]
    assert traced == [{"k": "v", "mailtrap_run": "R-0"}, {"x": "y", "mailtrap_run": "R-1"}]


def test_messages_without_a_sender_get_the_profiles() -> None:
    text = '{"to": [{"email": "a@b.example"}], "subject": "S", "text": "T"}\n'
    assert message(text, NO_FLAGS, name="m.jsonl")["from"] == {"email": "profile@acme.example"}


def test_whole_messages_take_no_content_from_flags() -> None:
    error = refusal(json.dumps(BATCH), replace(NO_FLAGS, subject="Hi", category="x"), name="batch.json")
    assert "contains whole messages, so subject, category would have no effect" in error.message


def test_bad_messages_are_named_by_their_line() -> None:
    text = (
        '[{"to": [{"email": "a@b.example"}], "subject": "S"},\n {"to": [{"email": "x"}]},\n {"sbject": "S", "to": []}]'
    )
    found = bad_rows(text, NO_FLAGS, name="m.json")
    assert found[0] == "m.json:1: No body"
    assert found[1].startswith("m.json:2: to[0].email: 'x' is not an address")
    assert found[2] == "m.json:3: the API has no field 'sbject'"


def test_recipients_in_the_base_are_refused() -> None:
    text = json.dumps({"base": {"to": [{"email": "a@b.example"}]}, "requests": BATCH["requests"]})
    assert "base contains recipients" in refusal(text, NO_FLAGS, name="b.json").message


# ------------------------------------------------------------------------------------------------ bad rows


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",Ada,", "email: no recipient"),
        ("nobody,Ada,", "email: 'nobody' is not an address"),
        (f"{'a ' * 5000},Ada,", "email: 9,999 characters cannot be a list of addresses"),
        ('a@b.example,"Ada\nBcc: x@y.example",', "subject contains a line break"),
        ('a@b.example,Ada,"Hi\r\nBcc: x@y.example"', "subject contains a line break"),
        ("a@b.example,Ada", "2 cells, but the header has 3"),
        ("a@b.example,Ada,S,more", "4 cells, but the header has 3"),
    ],
)
def test_a_bad_row_is_named_by_the_line_where_it_begins(row: str, words: str) -> None:
    text = f'email,name,subject\n"x@y.example","two\tand",Own\n{row}\nlast@y.example,L,\n'
    found = bad_rows(text)
    assert len(found) == 1
    assert found[0].startswith(f"people.csv:3: {words}")


def test_empty_cells_beyond_the_header_are_harmless() -> None:
    assert message("email,name\na@b.example,A,,\n")["to"] == [{"email": "a@b.example", "name": "A"}]


def test_twenty_bad_rows_are_shown_and_all_counted() -> None:
    text = "email,name\n" + "good@b.example,G\n" * 3 + "bad,B\n" * 1500
    with pytest.raises(BadRows) as caught:
        plan(text)
    assert len(caught.value.details) == 20
    assert caught.value.message.startswith("1,500 of 1,503 rows")


def test_a_text_that_is_too_large_is_a_bad_row() -> None:
    shared = replace(SHARED, text="{{ name * 3000000 }}", subject="S")
    assert "11,000,000 bytes" not in bad_rows("email,name\na@b.example,abcd\n", shared)[0]
    assert "10 MB" in bad_rows("email,name\na@b.example,abcd\n", shared)[0]


def test_bad_rows_can_be_skipped() -> None:
    text = "email,name\na@b.example,A\nbad,B\nc@d.example,C\n"
    checked = plan(text, skip_invalid=True)
    assert (checked.total, checked.count, checked.invalid) == (3, 2, 1)
    assert [(composed.row, composed.line) for composed in checked.messages(None)] == [(0, 2), (2, 4)]
    assert list(checked.originals()) == [
        (0, 2, ["a@b.example", "A"]),
        (1, 3, ["bad", "B"]),
        (2, 4, ["c@d.example", "C"]),
    ]


def test_no_rows_left_is_an_error() -> None:
    assert "no row that can be sent" in refusal("email,name\nbad,B\n", skip_invalid=True).message


def test_repeated_recipients_are_counted_and_dropped_on_demand() -> None:
    text = "email,name\na@b.example,A\nbad,\nA@B.example,A\nc@d.example,C\na@b.example,A\n"
    kept = plan(text, skip_invalid=True)
    assert (kept.repeated, kept.repeats, kept.count) == (2, [4, 6], 4)
    dropped = plan(text, skip_invalid=True, dedupe=True)
    assert (dropped.repeated, dropped.count) == (2, 2)
    assert [composed.line for composed in dropped.messages(None)] == [2, 5]


def test_a_limit_takes_the_first_good_rows_and_checks_all() -> None:
    text = "email,name\nbad,B\na@b.example,A\nc@d.example,C\n"
    checked = plan(text, skip_invalid=True, limit=1)
    assert (checked.total, checked.count, checked.invalid) == (3, 1, 1)
    assert [composed.line for composed in checked.messages(None)] == [3]


def test_sending_part_of_a_file_does_not_change_its_rows() -> None:
    text = "email,name\na@b.example,A\na@b.example,A\nbad,B\n"
    plain = plan(text, skip_invalid=True)
    other = plan(text, skip_invalid=True, dedupe=True, limit=1)
    assert (plain.input_digest, plain.content_digest) == (other.input_digest, other.content_digest)
    changed = plan(text, replace(SHARED, text="Bye"), skip_invalid=True)
    assert changed.content_digest != plain.content_digest


# ------------------------------------------------------------------------------------------------ files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bills").mkdir()
    for name in ("1.pdf", "2.pdf"):
        (tmp_path / "bills" / name).write_bytes(name.encode())
    return tmp_path


@pytest.fixture
def attached(folder: Path) -> Iterator[Source]:
    path = folder / "people.csv"
    path.write_text(
        "email,name,attachments\na@b.example,A,bills/1.pdf; bills/2.pdf\nc@d.example,C,\ne@f.example,E,bills/2.pdf\n"
    )
    with open_source(str(path), None) as source:
        yield source


def test_attachments_of_a_row_are_found_beside_the_file(attached: Source) -> None:
    shared = replace(SHARED, attachments=[Attachment(b"all", "all.txt")])
    found = whole(preflight(attached, Options(shared)))
    assert [[entry["filename"] for entry in one["attachments"]] for one in found] == [
        ["all.txt", "1.pdf", "2.pdf"],
        ["all.txt"],
        ["all.txt", "2.pdf"],
    ]


def test_an_attachment_that_is_missing_is_a_bad_row(attached: Source, folder: Path) -> None:
    (folder / "bills" / "1.pdf").unlink()
    with pytest.raises(BadRows) as caught:
        preflight(attached, Options(SHARED))
    assert len(caught.value.details) == 1
    assert "people.csv:2: attachments: " in caught.value.details[0]


def test_an_attachment_that_changes_after_the_check_stops_the_run(attached: Source, folder: Path) -> None:
    checked = preflight(attached, Options(SHARED))
    (folder / "bills" / "2.pdf").write_bytes(b"another")
    with pytest.raises(InputError, match=r"people.csv:2: attachments: bills/2.pdf has changed"):
        list(checked.messages(None))


# ------------------------------------------------------------------------------------------------ any rows

CELL = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=10)
ADDRESS = st.sampled_from(["a@b.example", "Bob <b@c.example>", "x, y@z.example", "a@müller.example", " d@e.example "])


@given(
    cells=st.lists(st.tuples(ADDRESS, CELL, CELL, CELL), min_size=1, max_size=6),
    by_template=st.booleans(),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_the_fast_and_the_full_path_make_the_same_messages(
    cells: list[tuple[str, str, str, str]], by_template: bool, delimiter: str, encoding: str
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([("email", "name", "subject", "note"), *cells])
    shared = (
        BY_TEMPLATE
        if by_template
        else replace(SHARED, subject="Hi {{ note }}", text="{{ name }}: {{ note }}!", html="{{ note }}.")
    )
    source = Source("people.csv", io.BytesIO(out.getvalue().encode(encoding)))
    try:
        checked = preflight(source, Options(shared, skip_invalid=True))
    except InputError:
        return
    full = [message.to_payload() for _, message in checked.full_messages()]
    assert whole(checked) == full
    for found, (_, line, original) in zip(full, _valid(checked), strict=True):
        assert line >= 2
        if by_template:
            values = dict(zip(("email", "name", "subject", "note"), original, strict=True))
            assert found["template_variables"] == values
        else:
            assert found["text"] == f"{original[1]}: {original[3]}!"
            assert found["subject"] == (original[2].strip() or f"Hi {original[3]}")


def _valid(checked: Checked) -> Iterator[tuple[int, int, list[str]]]:
    return (entry for entry in checked.originals() if entry[0] not in checked.left_out)


# ------------------------------------------------------------------------------------------------ other placeholders


def test_placeholders_are_filled_in_every_part_of_the_message() -> None:
    shared = replace(
        SHARED,
        sender=Address("t@acme.example", "{{ name }} of Acme"),
        headers={"List-Unsubscribe": "<https://shop.example/u/{{ token }}>", "X-Same": "same"},
        category="plan-{{ plan }}",
        custom_variables={"user": "{{ token }}", "kind": "welcome"},
    )
    text = "email,name,token,plan,boss\nada@example.com,Ada,t1,pro,b@x.example\nbob@example.com,Bob,t2,basic,\n"
    first, second = whole(
        plan(
            text,
            shared,
            addresses={
                "cc": ["{{ boss }}"],
                "bcc": ["audit+{{ token }}@x.example"],
                "reply_to": ["{{ name }} <{{ token }}@x.example>"],
            },
        )
    )
    assert first["from"] == {"email": "t@acme.example", "name": "Ada of Acme"}
    assert first["headers"] == {"List-Unsubscribe": "<https://shop.example/u/t1>", "X-Same": "same"}
    assert first["category"] == "plan-pro"
    assert first["custom_variables"] == {"user": "t1", "kind": "welcome"}
    assert first["cc"] == [{"email": "b@x.example"}]
    assert second["bcc"] == [{"email": "audit+t2@x.example"}]
    assert second["reply_to"] == {"email": "t2@x.example", "name": "Bob"}
    assert not second.get("cc")
    assert "{{" not in json.dumps([first, second])


@pytest.mark.parametrize(
    ("shared", "addresses", "why"),
    [
        ({"headers": {"X-Note": "{{ note }}"}}, {}, "line break"),
        ({}, {"cc": ["{{ note }}"]}, " cc: "),
        ({"category": "{{ note }}" * 100}, {}, "category"),
    ],
)
def test_values_from_rows_are_checked_like_the_rest(shared: dict[str, Any], addresses: Any, why: str) -> None:
    (line,) = bad_rows('email,note\na@b.example,"x\ny"\n', replace(SHARED, subject="Hi", **shared), addresses=addresses)
    assert line.startswith("people.csv:2: ")
    assert why in line


def test_an_unknown_name_is_refused_in_every_part() -> None:
    assert (
        "no column 'nmae'"
        in refusal("email\na@b.example\n", replace(SHARED, subject="Hi", headers={"X": "{{ nmae }}"})).message
    )
    assert (
        "no column 'nmae'"
        in refusal("email\na@b.example\n", replace(SHARED, subject="Hi"), addresses={"cc": ["{{ nmae }}"]}).message
    )


def test_columns_that_look_like_parts_of_the_message_are_pointed_out() -> None:
    found = plan("email,from,headers\na@b.example,x,y\n", replace(SHARED, subject="Hi")).misleading_columns()
    assert [line.partition(":")[0] for line in found] == [
        "Column 'from' is only a variable",
        "Column 'headers' is only a variable",
    ]


# ------------------------------------------------------------------------------------------------ spreadsheets

ADA = [{"email": "ada@example.com", "name": "Ada"}]


@pytest.mark.parametrize(
    "text",
    [
        "email,name,,\nada@example.com,Ada,,\n",
        "email,name,,\nada@example.com,Ada\n",
        "email,,name\nada@example.com,,Ada\n",
        "email;name;;\r\nada@example.com;Ada;;\r\n;;;\r\n",
        "email,name\nada@example.com,Ada\n,\n , \n\t,\u00a0\n",
        "email,name\n\n\nada@example.com,Ada\n\n",
        "sep=;\nemail;name\nada@example.com;Ada\n",
        "SEP=;\r\nemail;name\r\nada@example.com;Ada\r\n",
        '"sep=;"\nemail;name\nada@example.com;Ada\n',
        "sep=;;\nemail;name\nada@example.com;Ada\n",
        "sep=\t\nemail\tname\nada@example.com\tAda\n",
        "sep=\\t\nemail\tname\nada@example.com\tAda\n",
        "sep = |\nemail|name\nada@example.com|Ada\n",
        "\ufeff\ufeffemail,name\nada@example.com,Ada\n",
        "\ufeffsep=,\nemail,name\nada@example.com,Ada\n",
        "email,name\rada@example.com,Ada\r",
    ],
)
def test_spreadsheet_files_are_read(text: str) -> None:
    assert message(text, replace(SHARED, subject="Hi"))["to"] == ADA


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"PK\x03\x04\x14\0", "an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "an old Excel workbook"),
        (b"\x1f\x8b\x08\0", "compressed with gzip"),
        (b"%PDF-1.7\n", "a PDF document"),
    ],
)
def test_files_that_are_not_text_are_named(head: bytes, what: str) -> None:
    with pytest.raises(InputError) as caught:
        preflight(Source("people.xlsx", io.BytesIO(head + bytes(2000))), Options(SHARED))
    assert caught.value.message.startswith(f"people.xlsx is {what}")
    assert caught.value.hint


def test_a_value_in_a_nameless_column_is_an_error_with_its_line() -> None:
    error = refusal("email,name,\nada@example.com,Ada,\nbob@example.com,Bob,x\n")
    assert error.message == "people.csv:3: column 3 has a value, but no name"


def test_a_space_before_a_quote_is_reported() -> None:
    (line,) = bad_rows('email,name,note\nada@example.com,Ada, "Love, Ada"\n')
    assert line == 'people.csv:2: 4 cells, but the header has 3: remove the space before the quote of "Love'
