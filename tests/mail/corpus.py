"""MIME messages of many kinds, generated from a seed: the kind, the bytes, and the expected result."""

from __future__ import annotations

import random
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from quopri import encodestring
from typing import Any


@dataclass(frozen=True)
class Sample:
    """`expected` are attributes of the parsed message; `files` are (name, type, bytes) of its attachments."""

    kind: str
    data: bytes
    expected: dict[str, Any] = field(default_factory=dict)
    files: list[tuple[str, str, bytes]] | None = None


HEAD = b"From: Ada <a@x.example>\r\nTo: b@y.example\r\nSubject: Hi\r\nMIME-Version: 1.0\r\n"
# A label, the codec that has its characters, and a text in it.
CHARSETS = [
    ("iso-8859-1", "cp1252", "Preis: 5 € – „gut“"),
    ("windows-1252", "cp1252", "naïve café…"),
    ("latin1", "cp1252", "straße ™"),
    ("iso-8859-15", "iso-8859-15", "5 € œuvre"),
    ("iso-8859-2", "iso-8859-2", "Zażółć gęślą jaźń"),
    ("windows-1250", "cp1250", "Příliš žluťoučký kůň"),
    ("windows-1251", "cp1251", "Съешь ещё этих булок"),
    ("koi8-r", "koi8-r", "Съешь ещё этих булок"),
    ("koi8-u", "koi8-u", "Її ґанок"),
    ("iso-8859-7", "iso-8859-7", "Καλημέρα κόσμε"),
    ("windows-1253", "cp1253", "Καλημέρα κόσμε"),
    ("windows-1254", "cp1254", "Pijamalı hasta yağız"),
    ("iso-8859-9", "cp1254", "şoföre çabucak"),
    ("windows-1255", "cp1255", "שלום עולם"),
    ("iso-8859-8-i", "iso-8859-8", "שלום עולם"),
    ("windows-1256", "cp1256", "مرحبا بالعالم"),
    ("windows-1257", "cp1257", "Įlinkdama fechtuotojo"),
    ("windows-874", "cp874", "สวัสดีชาวโลก"),
    ("tis-620", "cp874", "สวัสดี"),
    ("gb2312", "gb18030", "朱镕基，你好"),
    ("gbk", "gbk", "你好，世界"),
    ("gb18030", "gb18030", "你好 𠀀"),
    ("big5", "big5hkscs", "你好，世界"),
    ("big5-hkscs", "big5hkscs", "嗰個係"),
    ("shift_jis", "cp932", "こんにちは①㈱髙"),
    ("x-sjis", "cp932", "こんにちは"),
    ("iso-2022-jp", "iso2022_jp", "こんにちは世界"),
    ("euc-jp", "euc_jp", "こんにちは世界"),
    ("ks_c_5601-1987", "cp949", "안녕하세요 똠방각하"),
    ("euc-kr", "cp949", "안녕하세요"),
    ("x-mac-roman", "mac-roman", "naïve café"),
    ("ibm866", "cp866", "Привет"),
    ("utf-8", "utf-8", "Grüße 🎉"),
    ("utf-16le", "utf-16-le", "Grüße"),
    ("utf-16be", "utf-16-be", "Grüße"),
    ("unknown-8bit", "utf-8", "Grüße"),
    ("us-ascii", "cp1252", "Grüße"),
]


def bodies() -> Iterator[Sample]:
    for label, codec, text in CHARSETS:
        raw = text.encode(codec)
        head = HEAD + f"Content-Type: text/plain; charset={label}\r\nContent-Transfer-Encoding: ".encode()
        yield Sample(f"charset {label}", head + b"base64\r\n\r\n" + b64encode(raw), {"text": text})
        if "16" not in label:
            yield Sample(
                f"charset {label} quoted", head + b"quoted-printable\r\n\r\n" + encodestring(raw), {"text": text}
            )
            word = f"=?{label}?B?{b64encode(raw).decode()}?=".encode()
            yield Sample(f"word {label}", HEAD.replace(b"Hi", word) + b"\r\nx", {"subject": text})
    for kind, encoding, body, text in [
        ("trailing blank", b"base64 ", b"aGVsbG8=", "hello"),
        ("comment", b"base64 (really)", b"aGVsbG8=", "hello"),
        ("upper case", b"BASE64", b"aGVsbG8=", "hello"),
        ("one excess character", b"base64", b"aGVsbG8gd29ybGQhA", "hello world!"),
        ("no padding", b"base64", b"aGVsbG8", "hello"),
        ("too much padding", b"base64", b"aGVsbG8====", "hello"),
        ("two pieces", b"base64", b"aGVsbG8=\r\nIQ==", "hello!"),
        ("a footer", b"base64", b"aGVsbG8=\r\n____________________\r\nthe list of the friends of lists", "hello"),
        ("soft breaks", b"quoted-printable", b"a=\r\nb=3D=C3=BC", "ab=ü"),
        ("blanks at line ends", b"quoted-printable", b"a \t\r\nb", "a\nb"),
        ("uuencode", b"x-uuencode", b"begin 644 a\r\n%:&5L;&\\\r\n`\r\nend\r\n", "hello"),
    ]:
        head = HEAD + b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
        yield Sample(f"encoding: {kind}", head + encoding + b"\r\n\r\n" + body, {"text": text})
    yield Sample("undeclared utf-8", HEAD + "\r\nGrüße".encode(), {"text": "Grüße"})
    yield Sample("undeclared windows-1252", HEAD + b"\r\nGr\xfc\xdfe \x80", {"text": "Grüße €"})
    yield Sample("byte order mark", HEAD + b"\r\n\xef\xbb\xbfhi", {"text": "hi"})


def headers() -> Iterator[Sample]:
    for kind, line, expected in [
        (
            "angle address after an address",
            "To: carol@x.example <dave@x.example>",
            [("dave@x.example", "carol@x.example")],
        ),
        ("quoted name with an @", 'To: "carol@x.example" <dave@x.example>', [("dave@x.example", "carol@x.example")]),
        ("comment is a name", "To: dave@x.example (Dave D.)", [("dave@x.example", "Dave D.")]),
        ("words side by side", "To: =?utf-8?q?J=C3=BC?= =?utf-8?q?rgen?= <j@x.example>", [("j@x.example", "Jürgen")]),
        ("split character", "To: =?utf-8?q?J=C3?= =?utf-8?q?=BCrgen?= <j@x.example>", [("j@x.example", "Jürgen")]),
        ("comma in a word", "To: =?utf-8?q?Doe,_Jane?= <j@x.example>", [("j@x.example", "Doe, Jane")]),
        ("word in quotes", 'To: "=?utf-8?q?J=C3=BCrgen?=" <j@x.example>', [("j@x.example", "Jürgen")]),
        ("folded", "To: Ada\r\n Lovelace\r\n\t<a@x.example>", [("a@x.example", "Ada Lovelace")]),
        ("group", "To: Team: a@x.example, B <b@x.example>;", [("a@x.example", None), ("b@x.example", "B")]),
        ("group with comments", "To: (x) Team (y): (z) a@x.example (w) ; (v)", [("a@x.example", "w")]),
        ("semicolons", "To: a@x.example; b@x.example;", [("a@x.example", None), ("b@x.example", None)]),
        ("route", "To: <@a.example:b@x.example>", [("b@x.example", None)]),
        ("period in a name", "To: Dr. Who <w@x.example>", [("w@x.example", "Dr. Who")]),
        ("brackets in a name", "To: Acme [Help] <h@x.example>", [("h@x.example", "Acme [Help]")]),
        ("quoted local part", 'To: "a b"@x.example', [('"a b"@x.example', None)]),
        ("plain utf-8", "To: Jürgen <j@bücher.example>", [("j@xn--bcher-kva.example", "Jürgen")]),
        ("missing space", "To: Ada<a@x.example>", [("a@x.example", "Ada")]),
        ("blanks around the @", "To: a @ x.example", [("a@x.example", None)]),
        ("empty members", "To: , a@x.example,, b@x.example,", [("a@x.example", None), ("b@x.example", None)]),
        ("two headers", "To: a@x.example\r\nTo: b@x.example", [("a@x.example", None), ("b@x.example", None)]),
        ("undisclosed", "To: undisclosed-recipients:;", []),
    ]:
        yield Sample(f"address: {kind}", b"From: a@x.example\r\n" + line.encode() + b"\r\n\r\nhi", {"to": expected})
    dropped = [
        "X-Envelope-To",
        "X-Bcc",
        "Apparently-To",
        "Delivered-To",
        "X-Original-To",
        "Envelope-To",
        "X-Rcpt-To",
        "Resent-Bcc",
        "X-Cc",
    ]
    lines = "".join(f"{name}: hidden@x.example\r\n" for name in dropped)
    yield Sample("hidden recipients", HEAD + lines.encode() + b"X-A: 1\r\n\r\nhi", {"headers": {"X-A": "1"}})
    yield Sample("mbox separator", b"From a@x.example Tue Nov 24 10:00:00 2026\r\n" + HEAD + b"\r\nhi", {"text": "hi"})
    yield Sample("bare CR line ends", HEAD.replace(b"\r\n", b"\r") + b"\rhi", {"text": "hi", "subject": "Hi"})


def _mixed(*parts: bytes) -> bytes:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + body + b"--b--\r\n"


TEXT = b"Content-Type: text/plain\r\n\r\nplain"


def parts() -> Iterator[Sample]:
    inner = b"Reporting-MTA: dns; x.example\r\n\r\nAction: failed\r\n\r\n"
    for kind in ("delivery-status", "disposition-notification", "feedback-report", "partial", "rfc822", "global"):
        part = f"Content-Type: message/{kind}\r\n\r\n".encode() + inner
        name = "part-1.eml" if kind in ("rfc822", "global") else "part-1.txt"
        yield Sample(f"message/{kind}", _mixed(TEXT, part), {"text": "plain"}, [(name, f"message/{kind}", inner)])
    coded = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64encode(inner)
    yield Sample("message/rfc822 in base64", _mixed(TEXT, coded), {}, [("part-1.eml", "message/rfc822", inner)])
    for kind, disposition, name in [
        ("quoted", 'filename="my report.pdf"', "my report.pdf"),
        ("unquoted with blanks", "filename=my report.pdf", "my report.pdf"),
        ("encoded word", 'filename="=?utf-8?q?=C3=9Cbersicht.pdf?="', "Übersicht.pdf"),
        ("RFC 2231", "filename*=utf-8''%C3%9Cbersicht.pdf", "Übersicht.pdf"),
        ("RFC 2231 continued", "filename*0*=utf-8''%C3%9Cber;\r\n filename*1=sicht.pdf", "Übersicht.pdf"),
        ("raw utf-8", 'filename="Übersicht.pdf"', "Übersicht.pdf"),
        ("parentheses", "filename=report (1).pdf", "report (1).pdf"),
        ("escaped quote", r'filename="a\"b.pdf"', 'a"b.pdf'),
        ("path", 'filename="../../etc/x.pdf"', ".._.._etc_x.pdf"),
        ("semicolon", 'filename="a;b.pdf"; size=3', "a;b.pdf"),
    ]:
        head = f"Content-Type: application/pdf\r\nContent-Disposition: attachment; {disposition}\r\n\r\n".encode()
        yield Sample(f"file name: {kind}", _mixed(TEXT, head + b"pdf"), {}, [(name, "application/pdf", b"pdf")])
    for kind, given, type_ in [
        (
            "calendar",
            "text/calendar; method=REQUEST; charset=utf-8; name=i.ics",
            "text/calendar; method=REQUEST; charset=utf-8",
        ),
        ("charset of a text file", "text/csv; charset=windows-1252; name=i.ics", "text/csv; charset=windows-1252"),
        ("quoted parameter", 'text/x-a; title="a b"; name=i.ics', 'text/x-a; title="a b"'),
        ("charset with a comment", "text/csv; charset=utf-8 (Unicode); name=i.ics", "text/csv; charset=utf-8"),
    ]:
        part = f"Content-Type: {given}\r\n\r\n".encode() + b"x"
        yield Sample(f"type: {kind}", _mixed(TEXT, part), {}, [("i.ics", type_, b"x")])
    image = (
        b"Content-Type: image/png\r\nContent-ID: <my logo@x>\r\nContent-Disposition: inline; filename=l.png\r\n\r\npng"
    )
    for spelling in (b"my%20logo@x", b"my logo@x", b"my%20logo%40x"):
        html = b'Content-Type: text/html\r\n\r\n<img src="cid:' + spelling + b'">'
        yield Sample(
            f"content ID with a blank as {spelling.decode()}",
            _mixed(html, image),
            {"html": '<img src="cid:my_logo@x">'},
        )
    yield Sample("empty last part", _mixed(TEXT, b"Content-Type: text/plain\r\n\r\n"), {"text": "plain"}, [])
    yield Sample("no closing boundary", _mixed(TEXT)[:-7], {"text": "plain\n"}, [])
    yield Sample("digest", _mixed(TEXT, inner).replace(b"/mixed", b"/digest"), {}, None)
    boundary = _mixed(TEXT, b"Content-Type: text/csv; name=a.csv\r\n\r\n--b2\r\n--bb--")
    yield Sample("boundary that another begins with", boundary, {}, [("a.csv", "text/csv", b"--b2\r\n--bb--")])


def written(seed: int) -> Iterator[Sample]:
    """Generate random messages with Python's own library."""
    chance = random.Random(seed)
    letters = "abc äöü é 中文 🎉 ,;:\"'<>()=?_ "
    for number in range(40):
        mail = EmailMessage()
        subject = "".join(chance.choices(letters, k=chance.randint(1, 90))).strip() or "x"
        text = "".join(chance.choices(letters + "\n", k=200)) + "\n"
        mail["From"], mail["To"], mail["Subject"] = "Ünsal <a@x.example>", "b@y.example", " ".join(subject.split())
        mail.set_content(text, cte=chance.choice(["base64", "quoted-printable", "8bit"]))
        files = [(f"Ä {n}.bin", "application/octet-stream", chance.randbytes(200)) for n in range(chance.randint(0, 3))]
        for name, _, data in files:
            mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
        yield Sample(f"written {number}", mail.as_bytes(), {"subject": " ".join(subject.split()), "text": text}, files)


SAMPLES = [*bodies(), *headers(), *parts(), *written(1)]


PIECES = (b"\r\n", b"=?", b"?=", b'"', b"(", b"<", b";", b"--b", b"\x1b$B", b"%")


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Damage the message at random: flip bytes, cut, duplicate, or move a line."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(found) + 1)
        match chance.randrange(5):
            case 0 if place < len(found):
                found[place] = chance.randrange(256)
            case 1:
                del found[place : place + chance.randint(1, 40)]
            case 2:
                found[place:place] = found[place : place + chance.randint(1, 60)]
            case 3:
                found[place:place] = chance.choice(
                    [b"\r\n", b"=?", b"?=", b'"', b"(", b"<", b";", b"--b", b"\x1b$B", b"%"]
                )
            case _:
                lines = bytes(found).split(b"\n")
                lines.insert(chance.randrange(len(lines)), lines.pop(chance.randrange(len(lines))))
                found = bytearray(b"\n".join(lines))
    return bytes(found)
