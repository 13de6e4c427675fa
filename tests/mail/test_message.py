"""Flags and the API's JSON to payloads, and what is refused before a request."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtrap_cli.errors import ExitCode, InputError
from mailtrap_cli.mail.addresses import Address
from mailtrap_cli.mail.attachments import read_attachment, read_file, read_inline
from mailtrap_cli.mail.checks import check_message
from mailtrap_cli.mail.message import Attachment, Message, size_of
from mailtrap_cli.mail.pairs import parse_headers, parse_pairs
from mailtrap_cli.mail.payload import from_payload, load_json

UUID = "b81aabcd-1a1e-41cf-91b6-eca0254b3d96"
GOOD = Message(sender=Address("a@acme.example"), to=(Address("ada@x.example", "Ada"),), subject="Hi", text="Hello")
TEMPLATE = Message(sender=Address("a@acme.example"), to=(Address("ada@x.example"),), template_uuid=UUID)


def refusal(message: Message) -> InputError:
    with pytest.raises(InputError) as caught:
        check_message(message)
    assert caught.value.exit_code == ExitCode.USAGE
    return caught.value


def payload_refusal(document: object) -> InputError:
    with pytest.raises(InputError) as caught:
        from_payload(document, "mail.json")
    return caught.value


# ------------------------------------------------------------------------------------------------ the payload


def test_a_payload_has_the_fields_of_the_api_in_reading_order_and_only_those_that_are_set() -> None:
    message = Message(
        sender=Address("a@acme.example", "Acme"),
        to=(Address("ada@x.example"), Address("bob@x.example", "Bob")),
        cc=(Address("carol@x.example"),),
        bcc=(Address("dora@x.example"),),
        reply_to=Address("help@acme.example"),
        subject="Hi",
        text="Hello",
        html="<p>Hello</p>",
        attachments=(Attachment(b"\x00\xff", "a.bin"), Attachment(b"x", "l.png", "image/png", "inline", "logo")),
        headers={"X-A": "1"},
        category="welcome",
        custom_variables={"user": "42"},
    )
    expected: dict[str, Any] = {
        "from": {"email": "a@acme.example", "name": "Acme"},
        "to": [{"email": "ada@x.example"}, {"email": "bob@x.example", "name": "Bob"}],
        "cc": [{"email": "carol@x.example"}],
        "bcc": [{"email": "dora@x.example"}],
        "reply_to": {"email": "help@acme.example"},
        "subject": "Hi",
        "text": "Hello",
        "html": "<p>Hello</p>",
        "attachments": [
            {"content": "AP8=", "filename": "a.bin", "disposition": "attachment"},
            {
                "content": "eA==",
                "filename": "l.png",
                "type": "image/png",
                "disposition": "inline",
                "content_id": "logo",
            },
        ],
        "headers": {"X-A": "1"},
        "category": "welcome",
        "custom_variables": {"user": "42"},
    }
    assert message.to_payload() == expected
    assert list(message.to_payload()) == list(expected)
    assert replace(TEMPLATE, template_variables={"n": [1, {"a": None}]}).to_payload() == {
        "from": {"email": "a@acme.example"},
        "to": [{"email": "ada@x.example"}],
        "template_uuid": "b81aabcd-1a1e-41cf-91b6-eca0254b3d96",
        "template_variables": {"n": [1, {"a": None}]},
    }
    assert Message().to_payload() == {}


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ADDRESS = st.builds(
    Address,
    st.sampled_from(["a@b.example", '"a b"@x.example', "x@xn--bcher-kva.example"]),
    st.none() | TEXT.filter(bool),
)
ADDRESSES = st.lists(ADDRESS, max_size=3).map(tuple)
ATTACHMENT = st.builds(
    Attachment,
    st.binary(max_size=20),
    TEXT.filter(bool),
    st.none() | st.sampled_from(["image/png"]),
    st.sampled_from(["attachment", "inline"]),
    st.none() | TEXT.filter(bool),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
MESSAGE = st.builds(
    Message,
    st.none() | ADDRESS,
    ADDRESSES,
    ADDRESSES,
    ADDRESSES,
    st.none() | ADDRESS,
    st.none() | TEXT,
    st.none() | TEXT,
    st.none() | TEXT,
    st.lists(ATTACHMENT, max_size=2).map(tuple),
    st.dictionaries(TEXT, TEXT, max_size=2),
    st.none() | TEXT,
    st.dictionaries(TEXT, TEXT, max_size=2),
    st.none() | TEXT,
    st.none() | st.dictionaries(TEXT, JSON, max_size=2),
)


@given(MESSAGE)
def test_every_message_comes_back_from_its_payload_as_json(message: Message) -> None:
    assert from_payload(load_json(json.dumps(message.to_payload()), "mail.json"), "mail.json") == message


# ------------------------------------------------------------------------------------------------ checks


def test_good_messages_pass() -> None:
    for message in (GOOD, replace(GOOD, text=None, html="<p>"), replace(GOOD, to=(), bcc=GOOD.to), TEMPLATE):
        check_message(message)
    check_message(replace(TEMPLATE, template_variables={"name": "Ada"}, category="c", custom_variables={"a": "b"}))
    check_message(replace(GOOD, subject="Grüße 🎉\tund mehr", headers={"X-City": "Köln", "List-ID": "<a.b>"}))
    check_message(replace(GOOD, attachments=(Attachment(b"x", "über uns.png", "image/png", "inline", "logo@acme"),)))


def test_all_problems_are_reported_at_once_the_first_as_the_message() -> None:
    error = refusal(Message())
    assert error.message == "No sender"
    assert error.hint == "Set `from`."
    assert error.details == ["No sender", "No recipient", "No subject", "No body"]


def test_a_single_problem_has_no_details() -> None:
    assert refusal(replace(GOOD, subject=None)).details == []


MANY = tuple(Address(f"a{number}@x.example") for number in range(1001))


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        (replace(GOOD, sender=None), "No sender"),
        (replace(GOOD, to=()), "No recipient"),
        (replace(GOOD, to=MANY), "to: 1,001 recipients; the limit is 1,000 per message"),
        (replace(GOOD, cc=MANY), "cc: 1,001 recipients; the limit is 1,000 per message"),
        (replace(GOOD, bcc=MANY), "bcc: 1,001 recipients; the limit is 1,000 per message"),
        (replace(GOOD, subject=""), "No subject"),
        (replace(GOOD, text=""), "No body"),
        (replace(GOOD, text="", html="<p>"), "text: the body is empty"),
        (replace(GOOD, text="a\udcff"), "text: the body is not UTF-8 text"),
        (replace(GOOD, template_variables={"a": 1}), "Template variables without a template"),
        (replace(TEMPLATE, template_uuid="welcome"), "template_uuid: 'welcome' is not a UUID"),
        (replace(TEMPLATE, template_uuid=f"{UUID}\n"), f"template_uuid: '{UUID}\\n' is not a UUID"),
        (replace(TEMPLATE, subject="Hi"), "template_uuid cannot be combined with subject: the template has its own"),
        (
            replace(TEMPLATE, text="Hi", html="Hi"),
            "template_uuid cannot be combined with text and html: the template has its own",
        ),
        (replace(GOOD, category="c" * 256), "category: 256 characters; the limit is 255"),
        (replace(GOOD, category="a\nb"), "category contains a line break or another control character"),
        (
            replace(GOOD, custom_variables={"a": "x" * 1000}),
            "custom_variables: 1,009 bytes of JSON in total; the limit is 1,000",
        ),
        (
            replace(GOOD, custom_variables={"a": "ü" * 500}),
            "custom_variables: 1,009 bytes of JSON in total; the limit is 1,000",
        ),
    ],
)
def test_messages_the_api_would_refuse_are_refused_before_the_request(message: Message, sentence: str) -> None:
    error = refusal(message)
    assert (error.message, error.details) == (sentence, [])


def test_the_limits_themselves_are_allowed() -> None:
    check_message(replace(GOOD, to=MANY[:1000], cc=MANY[:1000], bcc=MANY[:1000]))
    check_message(replace(GOOD, category="c" * 255, custom_variables={"a": "x" * 991}))
    check_message(replace(GOOD, text="x", attachments=(Attachment(bytes(10 * 1024 * 1024 - 1), "big.bin"),)))


@pytest.mark.parametrize("character", ["\r", "\n", "\0", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\udcff"])
def test_control_characters_cannot_get_into_a_header(character: str) -> None:
    bad = f"Hi{character}Bcc: x@y.example"
    address = Address("a@b.example", bad)
    for message, start in [
        (replace(GOOD, subject=bad), "subject contains"),
        (replace(GOOD, sender=address), "from.name: the name "),
        (replace(GOOD, to=(*GOOD.to, address)), "to[1].name: the name "),
        (replace(GOOD, cc=(address,)), "cc[0].name: the name "),
        (replace(GOOD, bcc=(address,)), "bcc[0].name: the name "),
        (replace(GOOD, reply_to=address), "reply_to.name: the name "),
        (replace(GOOD, headers={"X-A": bad}), "headers.X-A: the value of X-A contains"),
        (replace(GOOD, headers={bad: "x"}), "headers: "),
        (replace(GOOD, attachments=(Attachment(b"x", bad),)), "attachments[0].filename: "),
        (replace(GOOD, attachments=(Attachment(b"x", "a", bad),)), "attachments[0].type: "),
        (replace(GOOD, attachments=(Attachment(b"x", "a", None, "inline", bad),)), "attachments[0].content_id: "),
    ]:
        error = refusal(message)
        assert error.message.startswith(start)
        assert error.hint


@pytest.mark.parametrize(
    ("name", "sentence", "hint"),
    [
        ("X A", "headers: 'X A' is not a header name", "Example: X-Campaign"),
        ("Ü", "headers: 'Ü' is not a header name", "Example: X-Campaign"),
        ("", "headers: '' is not a header name", "Example: X-Campaign"),
        ("a:b", "headers: 'a:b' is not a header name", "Example: X-Campaign"),
        ("From", "headers.From: the API sets From itself", "Set `from` instead."),
        ("TO", "headers.TO: the API sets TO itself", "Set `to` instead."),
        ("cc", "headers.cc: the API sets cc itself", "Set `cc` instead."),
        ("Bcc", "headers.Bcc: the API sets Bcc itself", "Set `bcc` instead."),
        ("Reply-To", "headers.Reply-To: the API sets Reply-To itself", "Set `reply_to` instead."),
        ("Subject", "headers.Subject: the API sets Subject itself", "Set `subject` instead."),
        ("Content-Type", "headers.Content-Type: the API sets Content-Type itself", "Leave it out."),
        ("DKIM-Signature", "headers.DKIM-Signature: the API sets DKIM-Signature itself", "Leave it out."),
    ],
)
def test_invalid_and_reserved_headers_are_refused(name: str, sentence: str, hint: str) -> None:
    error = refusal(replace(GOOD, headers={name: "x"}))
    assert (error.message, error.hint) == (sentence, hint)


def test_one_header_in_two_spellings_is_refused() -> None:
    error = refusal(replace(GOOD, headers={"X-A": "1", "x-a": "2"}))
    assert error.message == "headers.x-a: X-A and x-a are the same header"


@pytest.mark.parametrize("identity", ["", "a b", "<logo>", "lögo", "a\n"])
def test_an_invalid_content_id_is_refused(identity: str) -> None:
    error = refusal(replace(GOOD, attachments=(Attachment(b"x", "l.png", "image/png", "inline", identity),)))
    assert error.message == f"attachments[0].content_id: {identity!r} is not a content ID"


def test_a_content_id_used_twice_is_refused() -> None:
    logo = Attachment(b"x", "l.png", "image/png", "inline", "logo")
    error = refusal(replace(GOOD, attachments=(logo, replace(logo, filename="m.png"))))
    assert error.message == "attachments[1].content_id: the content ID 'logo' is used twice"


def test_attachments_and_bodies_are_counted_together_as_decoded_bytes() -> None:
    half = Attachment(bytes(5 * 1024 * 1024), "half.bin")
    message = replace(GOOD, text="ü", html="x", attachments=(half, half))
    assert size_of(message) == 10 * 1024 * 1024 + 3
    error = refusal(message)
    assert error.message == "The message is 10,485,763 bytes with its attachments; the limit is 10,485,760 (10 MB)"


# ------------------------------------------------------------------------------------------------ flags and files


def test_pairs_are_split_at_the_first_equals_sign() -> None:
    assert parse_pairs(["a=1", "b=x=y", "c=", "a=2"], "--variable") == {"a": "2", "b": "x=y", "c": ""}


@pytest.mark.parametrize("word", ["a", "=1", "", "a\udcff=1"])
def test_an_invalid_pair_is_refused(word: str) -> None:
    with pytest.raises(InputError, match=r"^--variable: "):
        parse_pairs([word], "--variable")


def test_headers_are_split_at_the_first_colon() -> None:
    assert parse_headers(["X-A: 1", "X-B:a:b", "X-C : "], "--header") == {"X-A": "1", "X-B": "a:b", "X-C": ""}


@pytest.mark.parametrize(("words"), [["X-A"], [": 1"], [""], ["X-A: 1", "X-A: 2"]])
def test_invalid_and_repeated_headers_are_refused(words: list[str]) -> None:
    with pytest.raises(InputError, match=r"^--header: "):
        parse_headers(words, "--header")


def test_a_line_break_in_a_header_flag_reaches_the_check() -> None:
    headers = parse_headers(["X-A: 1\r\nBcc: x@y.example"], "--header")
    assert refusal(replace(GOOD, headers=headers)).message.startswith(
        "headers.X-A: the value of X-A contains a line break"
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("logo.png", "image/png"),
        ("a.pdf", "application/pdf"),
        ("a.unknown", "application/octet-stream"),
        ("a.tar.gz", "application/octet-stream"),
        ("README", "application/octet-stream"),
    ],
)
def test_an_attachment_has_the_files_name_and_the_type_of_its_ending(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).write_bytes(b"\x00\xff")
    assert read_attachment(str(tmp_path / name), "--attach") == Attachment(b"\x00\xff", name, kind, "attachment", None)


def test_an_inline_image_has_its_content_id_or_its_file_name(tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    path.write_bytes(b"png")
    by_name = Attachment(b"png", "logo.png", "image/png", "inline", "logo.png")
    assert read_inline(str(path), "--inline") == by_name
    assert read_inline(f"brand={path}", "--inline") == replace(by_name, content_id="brand")


def test_an_inline_file_whose_name_has_an_equals_sign_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a=b.png"
    path.write_bytes(b"png")
    assert read_inline(str(path), "--inline").content_id == "a=b.png"
    assert read_inline(f"logo={path}", "--inline").content_id == "logo"


def test_a_file_that_cannot_be_read_is_named_with_its_flag(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.pdf")
    for path, reason in [
        (missing, ": file not found"),
        (str(tmp_path), " is a folder"),
        (f"{missing}\0", " cannot be read: not a usable file name"),
    ]:
        with pytest.raises(InputError) as caught:
            read_attachment(path, "--attach")
        assert caught.value.message == f"--attach: {path}{reason}"
        assert caught.value.hint
    with pytest.raises(InputError, match=r"^--inline: .*none\.pdf: file not found"):
        read_inline(f"logo={missing}", "--inline")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_without_permission_is_named_with_its_flag(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.touch(mode=0)
    with pytest.raises(InputError, match=r"^--attach: .*secret\.txt cannot be read: Permission denied$"):
        read_attachment(str(path), "--attach")


def test_a_file_over_the_limit_is_refused_without_reading_it_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    with path.open("wb") as stream:
        stream.truncate(10 * 1024 * 1024 + 1)
    with pytest.raises(InputError, match=r"^--attach: .*big\.bin is over 10 MB; the limit of a message is 10 MB"):
        read_attachment(str(path), "--attach")
    assert len(read_file(str(path), "--text-file")) == 10 * 1024 * 1024 + 1
    if os.path.exists("/dev/zero"):
        with pytest.raises(InputError, match=r"^--attach: /dev/zero is not a regular file"):
            read_attachment("/dev/zero", "--attach")


# ------------------------------------------------------------------------------------------------ the API's JSON


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "mail.json:1:1: Expecting value"),
        ('{"to": [\n  {"email" "a@b.example"}\n]}', "mail.json:2:12: "),
        ('{"a": 1} x', "mail.json:1:10: Extra data"),
        ('{"a": NaN}', "mail.json: the JSON has a number that JSON does not allow: NaN"),
        ('{"a": "\\ud83d"}', "mail.json: the JSON contains half of a surrogate pair"),
        ('{"a": "\\uDE00"}', "mail.json: the JSON contains half of a surrogate pair"),
        (f'{{"a": {"9" * 5000}}}', "mail.json: the JSON has a number that JSON does not allow"),
        ("[" * 100_000, "mail.json: the JSON is nested too deeply"),
    ],
)
def test_broken_json_is_reported_with_line_and_column(text: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        load_json(text, "mail.json")
    assert caught.value.message.startswith(sentence)


def test_a_whole_surrogate_pair_is_a_character() -> None:
    assert load_json('"\\ud83d\\ude00"', "mail.json") == "😀"


def test_an_address_in_a_payload_may_carry_its_name_or_not() -> None:
    message = from_payload(
        {"from": {"email": "Ada <ada@bücher.example>"}, "reply_to": {"email": "a@b.example", "name": None}}, "mail.json"
    )
    assert message.sender == Address("ada@xn--bcher-kva.example", "Ada")
    assert message.reply_to == Address("a@b.example")


def test_a_null_field_counts_as_missing() -> None:
    assert (
        from_payload({"to": None, "subject": None, "headers": None, "template_variables": None}, "mail.json")
        == Message()
    )


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "mail.json must be an object, not a list"),
        (None, "mail.json must be an object, not null"),
        ({"from": "a@b.example"}, "mail.json: from must be an object, not text"),
        ({"from": {"name": "Ada"}}, "mail.json: from.email is missing"),
        ({"from": {"email": 1}}, "mail.json: from.email must be text, not the number 1"),
        ({"from": {"email": "ada"}}, "mail.json: from.email: 'ada' is not an address"),
        ({"from": {"email": "a@b.example", "name": []}}, "mail.json: from.name must be text, not a list"),
        ({"from": {"email": "a@b.example", "nam": "A"}}, "mail.json: from: the API has no field 'nam'"),
        ({"to": {"email": "a@b.example"}}, "mail.json: to must be a list, not an object"),
        ({"to": [{"email": "a@b.example"}, "b"]}, "mail.json: to[1] must be an object, not text"),
        (
            {"cc": [{"email": "a@b.example, c@d.example"}]},
            "mail.json: cc[0].email: 'a@b.example, c@d.example' has 2 addresses; only one is allowed",
        ),
        ({"reply_to": []}, "mail.json: reply_to must be an object, not a list"),
        ({"subject": True}, "mail.json: subject must be text, not true"),
        ({"headers": {"X-A": 1}}, "mail.json: headers.X-A must be text, not the number 1"),
        ({"custom_variables": {"id": 42}}, "mail.json: custom_variables.id must be text, not the number 42"),
        ({"template_variables": []}, "mail.json: template_variables must be an object, not a list"),
        ({"attachments": [{"filename": "a"}]}, "mail.json: attachments[0].content is missing"),
        ({"attachments": [{"content": "eA=="}]}, "mail.json: attachments[0].filename is missing"),
        (
            {"attachments": [{"content": "eA==", "filename": "a", "disposition": "x"}]},
            "mail.json: attachments[0].disposition must be attachment or inline, not 'x'",
        ),
        (
            {"attachments": [{"content": "eA==", "filename": "a", "cid": "x"}]},
            "mail.json: attachments[0]: the API has no field 'cid'",
        ),
    ],
)
def test_a_field_of_the_wrong_type_is_named_with_its_path(document: object, sentence: str) -> None:
    assert payload_refusal(document).message == sentence


@pytest.mark.parametrize("content", ["e", "eA=", "eA==!", "eA ==", "ü", "data:text/plain;base64,eA=="])
def test_attachments_that_are_not_base64_are_refused(content: str) -> None:
    error = payload_refusal({"attachments": [{"content": content, "filename": "a"}]})
    assert error.message.startswith("mail.json: attachments[0].content is not base64")


def test_an_unknown_field_is_refused_with_the_nearest_one() -> None:
    error = payload_refusal({"subjct": "Hi"})
    assert (error.message, error.hint) == ("mail.json: the API has no field 'subjct'", "Did you mean subject?")
    assert "template_uuid" in str(payload_refusal({"zzz": 1}).hint)


def test_a_batch_is_sent_to_its_own_command() -> None:
    error = payload_refusal({"base": {}, "requests": []})
    assert error.message == "mail.json contains a batch, not a message"
    assert error.hint == "Send it with: mailtrap batch FILE"


@given(JSON | st.dictionaries(st.sampled_from(["from", "to", "attachments", "headers", "text"]), JSON, max_size=3))
def test_any_json_gives_a_message_or_an_input_error(document: object) -> None:
    try:
        message = from_payload(document, "mail.json")
    except InputError:
        return
    message.to_payload()


def test_importing_the_module_loads_no_mail_parser_and_no_terminal_library() -> None:
    program = (
        "import sys, mailtrap_cli.mail.message;"
        "print(sorted({'email', 'idna', 'typer', 'rich', 'httpx', 'mimetypes', 'difflib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_wrapped_base64_is_read_and_other_text_gets_a_hint() -> None:
    document = {"attachments": [{"content": "aGVs\r\nbG8=\n", "filename": "a.txt"}]}
    assert from_payload(document, "p.json").attachments[0].content == b"hello"
    with pytest.raises(InputError, match=r"^p\.json: attachments\[0\]\.content is not base64") as caught:
        from_payload({"attachments": [{"content": "no base64!", "filename": "a.txt"}]}, "p.json")
    assert caught.value.hint == "Encode the file again: base64 FILE"
