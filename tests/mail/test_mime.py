"""MIME messages read into messages of the API."""

from __future__ import annotations

from base64 import b64encode
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailtrap_cli.errors import InputError
from mailtrap_cli.mail.addresses import Address
from mailtrap_cli.mail.checks import check_message
from mailtrap_cli.mail.message import Attachment, Message
from mailtrap_cli.mail.mime import parse_eml
from mailtrap_cli.mail.payload import from_payload

PNG = b"\x89PNG\r\n\x1a\n\x00"

SIMPLE = b"""\
Received: from mx.example by in.example; Tue, 24 Nov 2026 10:00:00 +0000
DKIM-Signature: v=1; a=rsa-sha256; d=acme.example
Return-Path: <bounce@acme.example>
From: Acme <no-reply@acme.example>
To: "Doe, Jane" <jane@x.example>, bob@y.example
Cc: Carol <carol@z.example>
Bcc: dora@z.example
Reply-To: Support <support@acme.example>
Subject: Hello
Date: Tue, 24 Nov 2026 10:00:00 +0000
Message-ID: <1@acme.example>
In-Reply-To: <0@acme.example>
References: <-1@acme.example>
 <0@acme.example>
List-Unsubscribe: <https://acme.example/u>
X-Campaign: spring
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Good morning.
"""


def read(data: bytes | str) -> Message:
    return parse_eml(data if isinstance(data, bytes) else data.encode(), "mail.eml").message


def multipart(kind: str, *parts: str, headers: str = "From: a@b.example\n") -> str:
    """A message of these parts, the boundary being the kind."""
    body = "".join(f"--{kind}\n{part}\n" for part in parts)
    return f"{headers}Content-Type: multipart/{kind}; boundary={kind}\n\n{body}--{kind}--\n"


def nested(kind: str, *parts: str) -> str:
    return multipart(kind, *parts, headers="")


TEXT = "Content-Type: text/plain\n\nplain"
HTML = "Content-Type: text/html\n\n<p>rich</p>"
IMAGE = "Content-Type: image/png\nContent-ID: <logo@x>\nContent-Disposition: inline; filename=logo.png\n\npng"
FILE = "Content-Type: text/csv\nContent-Disposition: attachment; filename=a.csv\n\n1,2"


def test_headers_become_fields_and_those_of_transport_are_dropped() -> None:
    assert read(SIMPLE) == Message(
        sender=Address("no-reply@acme.example", "Acme"),
        to=(Address("jane@x.example", "Doe, Jane"), Address("bob@y.example")),
        cc=(Address("carol@z.example", "Carol"),),
        bcc=(Address("dora@z.example"),),
        reply_to=Address("support@acme.example", "Support"),
        subject="Hello",
        text="Good morning.\n",
        headers={
            "In-Reply-To": "<0@acme.example>",
            "References": "<-1@acme.example> <0@acme.example>",
            "List-Unsubscribe": "<https://acme.example/u>",
            "X-Campaign": "spring",
        },
    )


def test_parsed_messages_pass_the_checks() -> None:
    check_message(read(SIMPLE))


def test_crlf_line_ends_are_read_alike() -> None:
    assert read(SIMPLE.replace(b"\n", b"\r\n")) == read(SIMPLE)


def test_alternatives_become_text_and_html() -> None:
    message = read(multipart("alternative", TEXT, HTML))
    assert (message.text, message.html, message.attachments) == ("plain", "<p>rich</p>", ())


def test_nested_parts_are_sorted_into_bodies_inline_images_and_attachments() -> None:
    message = read(multipart("mixed", nested("alternative", TEXT, nested("related", HTML, IMAGE)), FILE))
    assert (message.text, message.html) == ("plain", "<p>rich</p>")
    assert message.attachments == (
        Attachment(b"png", "logo.png", "image/png", "inline", "logo@x"),
        Attachment(b"1,2", "a.csv", "text/csv", "attachment", None),
    )


def test_related_around_alternative_is_read_too() -> None:
    message = read(multipart("related", nested("alternative", TEXT, HTML), IMAGE))
    assert (message.text, message.html, message.attachments[0].content_id) == ("plain", "<p>rich</p>", "logo@x")


def test_a_text_after_the_body_is_an_attachment_and_not_another_form_of_it() -> None:
    message = read(multipart("mixed", TEXT, HTML, "Content-Type: text/plain\n\nfooter"))
    assert (message.text, message.html) == ("plain", None)
    assert [(a.content, a.filename, a.disposition) for a in message.attachments] == [
        (b"<p>rich</p>", "part-1.html", "attachment"),
        (b"footer", "part-2.txt", "attachment"),
    ]


def test_an_attached_text_file_is_not_a_body() -> None:
    message = read(multipart("mixed", "Content-Disposition: attachment; filename=n.txt\n\nnote", TEXT))
    assert message.text == "plain"
    assert [(a.filename, a.content) for a in message.attachments] == [("n.txt", b"note")]


def test_an_attachment_with_a_content_id_stays_an_attachment() -> None:
    message = read(multipart("mixed", TEXT, FILE.replace("\n", "\nContent-ID: <f1>\n", 1)))
    assert message.attachments == (Attachment(b"1,2", "a.csv", "text/csv", "attachment", None),)


def test_an_embedded_message_is_attached_with_its_headers_unchanged() -> None:
    inner = "From: x@y.example\nSubject: " + "long " * 40 + "end\nDKIM-Signature: v=1;  a=b\n\nGrüße"
    message = read(multipart("mixed", TEXT, f"Content-Type: message/rfc822\n\n{inner}"))
    assert message.attachments == (Attachment(inner.encode(), "part-1.eml", "message/rfc822", "attachment", None),)


def test_a_message_made_by_the_standard_library_comes_back() -> None:
    mail = EmailMessage()
    mail["From"] = "Ünsal <u@acme.example>"
    mail["To"] = "Jürgen Groß <j@x.example>"
    mail["Subject"] = "Grüße aus Köln – für Sie, Zeile für Zeile, mit einem Betreff, der länger als eine Zeile ist"
    mail.set_content("Grüße\n", cte="quoted-printable")
    mail.add_alternative("<p>Grüße</p>\n", subtype="html", cte="base64")
    mail.add_attachment(PNG, maintype="image", subtype="png", filename="Übersicht.png")
    message = read(mail.as_bytes())
    assert message.sender == Address("u@acme.example", "Ünsal")
    assert message.to == (Address("j@x.example", "Jürgen Groß"),)
    assert (
        message.subject == "Grüße aus Köln – für Sie, Zeile für Zeile, mit einem Betreff, der länger als eine Zeile ist"
    )
    assert (message.text, message.html) == ("Grüße\n", "<p>Grüße</p>\n")
    assert message.attachments == (Attachment(PNG, "Übersicht.png", "image/png"),)
    assert from_payload(message.to_payload(), "payload") == message


def test_headers_in_plain_utf_8_or_latin_1_are_read() -> None:
    utf_8 = "From: Jürgen <j@bücher.example>\nSubject: Grüße\nX-Ort: Köln\n\nhi"
    for data in (utf_8.encode(), utf_8.replace("bücher", "x").encode("latin-1")):
        message = read(data)
        assert message.sender is not None
        assert (message.sender.name, message.subject, message.headers) == ("Jürgen", "Grüße", {"X-Ort": "Köln"})
    assert read(utf_8).sender == Address("j@xn--bcher-kva.example", "Jürgen")


@pytest.mark.parametrize(
    ("charset", "data", "expected"),
    [
        ("iso-8859-1", b"Gr\xfc\xdfe", "Grüße"),
        ("utf-16", "Grüße".encode("utf-16"), "Grüße"),
        ("us-ascii", "Grüße".encode(), "Grüße"),
        ("us-ascii", b"Gr\xfc\xdfe", "Grüße"),
        ("x-unknown", "Grüße".encode(), "Grüße"),
        ("x-unknown", b"Gr\xfc\xdfe", "Grüße"),
        ("hex", b"Gr\xfc\xdfe", "Grüße"),
        ("utf-8", b"Gr\xc3\xbc\xdfe", "Grü\ufffde"),
    ],
)
def test_an_unknown_or_wrong_charset_loses_as_little_as_possible(charset: str, data: bytes, expected: str) -> None:
    head = f"From: a@b.example\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: "
    assert read(head.encode() + b"base64\n\n" + b64encode(data)).text == expected


def test_recipients_of_a_second_header_are_not_lost() -> None:
    assert read("To: a@b.example\nTo: c@d.example\n\nhi").to == (Address("a@b.example"), Address("c@d.example"))


def test_a_byte_order_mark_before_the_headers_is_skipped() -> None:
    assert parse_eml(b"\xef\xbb\xbfFrom: a@b.example\r\nSubject: Hi\r\n\r\nhello", "mail.eml").message.subject == "Hi"


def test_groups_expand_to_their_members() -> None:
    assert read("To: Team: a@b.example, c@d.example;\n\nhi").to == (Address("a@b.example"), Address("c@d.example"))
    assert read("To: undisclosed-recipients:;\nBcc: <>\n\nhi").to == ()


def test_an_encoded_line_break_in_a_header_cannot_add_a_header() -> None:
    assert read("Subject: =?utf-8?q?Hi=0d=0aBcc:_x@y.example?=\n\nhi").subject == "Hi Bcc: x@y.example"
    assert read("From: =?utf-8?q?a=0d=0aBcc:_b?= <a@b.example>\n\nhi").sender == Address("a@b.example", "a Bcc: b")


def test_a_file_name_with_a_path_or_a_line_break_is_sanitized() -> None:
    part = "Content-Disposition: attachment; filename*=utf-8''..%2Fa%0D%0Ab%5Cc.txt\n\nx"
    assert read(multipart("mixed", TEXT, part)).attachments[0].filename == ".._a b_c.txt"


def test_a_body_that_is_empty_is_left_out() -> None:
    message = read(multipart("alternative", "Content-Type: text/plain\n\n", HTML))
    assert (message.text, message.html) == (None, "<p>rich</p>")


def test_a_multipart_without_a_boundary_is_read_as_text() -> None:
    assert read("From: a@b.example\nContent-Type: multipart/mixed\n\nhello").text == "hello"


def test_a_header_given_twice_is_kept_once() -> None:
    assert read("From: a@b.example\nX-A: 1\nx-a: 2\nX-B:\n\nhi").headers == {"X-A": "1"}


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"hello\n", b'{"from": {"email": "a@b.example"}}\n', PNG, b"X-Only: 1\n\n"]
)
def test_a_file_that_is_not_mime_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"^mail\.eml: not a MIME message \(it has no headers\)$"):
        read(data)


def test_an_address_that_the_api_would_refuse_names_file_and_header() -> None:
    with pytest.raises(InputError, match=r"^mail\.eml: To: 'jane' is not an address$"):
        read("To: jane\n\nhi")


def test_endlessly_nested_parts_are_an_input_error_or_read() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000))
    with pytest.raises(InputError, match=r"^mail\.eml: the parts of this message are nested over 100 deep$"):
        read(b"From: a@b.example\n" + deep + b"\nhi")


NAMES = """From To Bcc Reply-To Subject X-A References MIME-Version
    Content-Type Content-Disposition Content-ID Content-Transfer-Encoding"""
WORDS = """=?utf-8?q?a=0a?= =?x?b?a?= multipart/mixed;boundary=b text/plain;charset= message/rfc822 utf-7 base64
    attachment inline filename*0*=utf-8''%ff filename= name*1=x a@b.example " < > , ; : ( ) [ ] = . @ \\ é"""
HEADERS = st.sampled_from(NAMES.split())
PIECES = st.sampled_from([*WORDS.split(), "\n ", "\r", "\0", "\x85", " "])
LINES = st.builds(lambda name, value: f"{name}: {''.join(value)}\n", HEADERS, st.lists(PIECES, max_size=6))
MAILS = st.builds(
    lambda head, part, body: ("".join(head) + "\n--b\n" + "".join(part) + "\n" + body + "\n--b--\n").encode(),
    st.lists(LINES, max_size=6),
    st.lists(LINES, max_size=4),
    st.text(max_size=20),
)


@given(
    st.one_of(MAILS, st.binary(max_size=200), st.binary(max_size=100).map(lambda data: b"From: a@b.example\n" + data))
)
@example(b"From: (\n\n")
@example(b"Content-Type: message/rfc822\n\n")
@example(b"From: a@b.example\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n!!!!")
def test_any_bytes_give_a_message_or_an_input_error(data: bytes) -> None:
    try:
        message = read(data)
    except InputError:
        return
    assert all(part.isprintable() for part in (message.subject or "", *message.headers.values()) if part.isascii())
    assert from_payload(message.to_payload(), "payload") == message
