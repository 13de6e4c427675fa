"""`mailtrap send`, end to end: the installed program, a real server on loopback, the wire spelled out."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROGRAM, Run
from tests.loopback import SENT, Loopback, Reply
from tests.terminal import on_terminal

ID = "0c7fd939-02cf-11ed-88c2-0a58a9feac02"
UUID = "b81aabcd-1a1e-41cf-91b6-eca0254b3d96"
FROM = ("--from", "a@acme.example")
MESSAGE = (*FROM, "--to", "ada@example.com", "--subject", "Hi", "--text", "Hello")
BODY = {"from": {"email": "a@acme.example"}, "to": [{"email": "ada@example.com"}], "subject": "Hi", "text": "Hello"}

# The flags that choose each target, the path that it has, and the words that say so.
TARGETS = {
    "transactional": (("--live",), "/send/api/send", "LIVE transactional"),
    "bulk": (("--live", "--stream", "bulk"), "/bulk/api/send", "LIVE bulk"),
    "sandbox": (("--sandbox-id", "123456"), "/sandbox/api/send/123456", "sandbox 123456"),
}
on_every_target = pytest.mark.parametrize("target", TARGETS)


def sent(count: int = 1) -> Reply:
    return Reply(200, {"success": True, "message_ids": [f"{ID[:-1]}{number}" for number in range(count)]})


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The folder in which the program runs, with files for its flags."""
    folder = tmp_path / "work"
    folder.mkdir(exist_ok=True)
    (folder / "hello.txt").write_text("Grüße\n", encoding="utf-8")
    (folder / "hello.html").write_text("<p>Grüße</p>\n", encoding="utf-8")
    (folder / "receipt.pdf").write_bytes(b"%PDF\0\xff")
    (folder / "logo.png").write_bytes(b"\x89PNG")
    (folder / "vars.json").write_text('{"name": "Ada", "items": [{"price": 1.5}], "vip": true}')
    return folder


# ------------------------------------------------------------------------------------------------ the wire

# Flags beside MESSAGE, and what they change in BODY.
FLAGS: list[tuple[Sequence[str], dict[str, Any]]] = [
    ((), {}),
    (
        ("--from", "Acme, Inc. <b@acme.example>".replace("Acme, Inc.", '"Acme, Inc."')),
        {"from": {"email": "b@acme.example", "name": "Acme, Inc."}},
    ),
    (
        ("--to", '"Doe, Ada" <a@x.example>, Bob <b@bücher.example>', "--to", "c@x.example"),
        {
            "to": [
                {"email": "ada@example.com"},
                {"email": "a@x.example", "name": "Doe, Ada"},
                {"email": "b@xn--bcher-kva.example", "name": "Bob"},
                {"email": "c@x.example"},
            ]
        },
    ),
    (
        ("--cc", "Jörg <j@x.example>", "--cc", "k@x.example"),
        {"cc": [{"email": "j@x.example", "name": "Jörg"}, {"email": "k@x.example"}]},
    ),
    (("--bcc", "l@x.example,m@x.example"), {"bcc": [{"email": "l@x.example"}, {"email": "m@x.example"}]}),
    (("--reply-to", "Help <help@acme.example>"), {"reply_to": {"email": "help@acme.example", "name": "Help"}}),
    (("--subject", "Ünïcode – 🙂"), {"subject": "Ünïcode – 🙂"}),
    (("--text", "two\nlines"), {"text": "two\nlines"}),
    (("--html", "<b>x</b>"), {"html": "<b>x</b>"}),
    (("--html-file", "hello.html"), {"html": "<p>Grüße</p>\n"}),
    (
        ("--attach", "receipt.pdf", "--attach", "hello.txt"),
        {
            "attachments": [
                {
                    "content": b64(b"%PDF\0\xff"),
                    "filename": "receipt.pdf",
                    "type": "application/pdf",
                    "disposition": "attachment",
                },
                {
                    "content": b64("Grüße\n".encode()),
                    "filename": "hello.txt",
                    "type": "text/plain",
                    "disposition": "attachment",
                },
            ]
        },
    ),
    (
        ("--html", "<img src='cid:logo.png'>", "--inline", "logo.png", "--inline", "top=logo.png"),
        {
            "html": "<img src='cid:logo.png'>",
            "attachments": [
                {
                    "content": b64(b"\x89PNG"),
                    "filename": "logo.png",
                    "type": "image/png",
                    "disposition": "inline",
                    "content_id": "logo.png",
                },
                {
                    "content": b64(b"\x89PNG"),
                    "filename": "logo.png",
                    "type": "image/png",
                    "disposition": "inline",
                    "content_id": "top",
                },
            ],
        },
    ),
    (
        ("--header", "X-Campaign: spring: 1", "--header", "List-Unsubscribe:<mailto:u@x.example>"),
        {"headers": {"X-Campaign": "spring: 1", "List-Unsubscribe": "<mailto:u@x.example>"}},
    ),
    (("--category", "Receipts"), {"category": "Receipts"}),
    (("--variable", "user_id=42", "--variable", "q=a=b"), {"custom_variables": {"user_id": "42", "q": "a=b"}}),
]


def without_sources(text: str) -> str:
    """Remove from a destination line where the token and the host come from, which depends on the test's server."""
    return re.sub(r" · token from \w+| · host 127\.0\.0\.1:\d+", "", text)


def test_a_token_or_a_host_that_is_not_the_profiles_is_named(mailtrap: Run, server: Loopback) -> None:
    server.reply(SENT)
    result = mailtrap("send", "--live", *MESSAGE, env=server.env)
    host = server.url.removeprefix("http://").split("/")[0]
    assert result.err == f"LIVE transactional · token from MAILTRAP_API_TOKEN · host {host}\n"


@on_every_target
@pytest.mark.parametrize(("flags", "change"), FLAGS, ids=[" ".join(flags[:1]) or "none" for flags, _ in FLAGS])
def test_every_flag_has_its_place_on_the_wire(
    mailtrap: Run, server: Loopback, files: Path, target: str, flags: Sequence[str], change: dict[str, Any]
) -> None:
    server.reply(SENT)
    chosen, path, words = TARGETS[target]
    result = mailtrap("send", *chosen, *MESSAGE, *flags, "-o", "json", env=server.env, cwd=files)
    assert result.code == 0, result.err
    assert without_sources(result.err) == f"{words}\n"
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", path)
    assert request.headers["authorization"] == "Bearer token-for-tests"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["content-length"] == str(len(request.body))
    assert request.json() == {**BODY, **change}


@on_every_target
def test_a_template_takes_the_place_of_all_content(mailtrap: Run, server: Loopback, files: Path, target: str) -> None:
    server.reply(SENT)
    chosen, path, _ = TARGETS[target]
    flags = ("--template", UUID, "--template-vars", "vars.json", "--template-var", "name=Bob")
    result = mailtrap("send", *chosen, *FROM, "--to", "ada@example.com", *flags, env=server.env, cwd=files)
    assert result.code == 0, result.err
    assert server.requests[0].path == path
    assert server.requests[0].json() == {
        "from": {"email": "a@acme.example"},
        "to": [{"email": "ada@example.com"}],
        "template_uuid": UUID,
        "template_variables": {"name": "Bob", "items": [{"price": 1.5}], "vip": True},
    }


def payload_of(mailtrap: Run, *flags: str, stdin: str | bytes = "", cwd: Path | None = None) -> Any:
    """Return the body that these flags would send, to `ada` unless they say otherwise."""
    result = mailtrap("send", "-p", "local", *flags, "--dry-run", "-o", "json", stdin=stdin, cwd=cwd)
    assert result.code == 0, result.err
    return result.json()["body"]


SHORT = (*FROM, "--to", "ada@example.com", "--subject", "Hi")


@pytest.mark.parametrize(
    ("flags", "stdin", "bodies"),
    [
        ((), "piped\n", {"text": "piped\n"}),
        ((), b"\xef\xbb\xbfwith a mark", {"text": "with a mark"}),
        (("--text-file", "-"), "piped", {"text": "piped"}),
        (("--html-file", "-"), "<p>piped</p>", {"html": "<p>piped</p>"}),
        (("--text-file", "hello.txt"), "not asked for", {"text": "Grüße\n"}),
        (("--text", "x"), "not asked for", {"text": "x"}),
        (("--html", "<p>x</p>"), "not asked for", {"html": "<p>x</p>"}),
        (("--text-file", "hello.txt", "--html-file", "-"), "<p>x</p>", {"text": "Grüße\n", "html": "<p>x</p>"}),
    ],
)
def test_bodies_can_come_from_flags_files_and_pipes(
    mailtrap: Run, files: Path, flags: Sequence[str], stdin: str | bytes, bodies: dict[str, str]
) -> None:
    body = payload_of(mailtrap, *SHORT, *flags, stdin=stdin, cwd=files)
    assert {name: body[name] for name in ("text", "html") if name in body} == bodies


PAYLOAD = {
    "from": {"email": "p@acme.example", "name": "P"},
    "to": [{"email": "p1@example.com"}],
    "subject": "Of the payload",
    "text": "Text of the payload",
    "headers": {"X-One": "1", "X-Two": "2"},
    "custom_variables": {"a": "1", "b": "2"},
    "category": "p",
    "attachments": [{"content": "eA==", "filename": "x.txt", "type": "text/plain", "disposition": "attachment"}],
}


def test_a_payload_is_sent_unchanged(mailtrap: Run, server: Loopback) -> None:
    server.reply(SENT)
    result = mailtrap("send", "--live", "--payload", "-", stdin=json.dumps(PAYLOAD), env=server.env)
    assert result.code == 0, result.err
    assert server.requests[0].json() == PAYLOAD


def test_flags_override_a_payload(mailtrap: Run, files: Path) -> None:
    (files / "message.json").write_text(json.dumps(PAYLOAD))
    flags = ("--to", "new@example.com", "--subject", "New", "--header", "x-one: new", "--variable", "b=new")
    body = payload_of(mailtrap, "--payload", "message.json", *flags, "--attach", "logo.png", cwd=files)
    assert body == {
        **PAYLOAD,
        "to": [{"email": "new@example.com"}],
        "subject": "New",
        "headers": {"X-Two": "2", "x-one": "new"},
        "custom_variables": {"a": "1", "b": "new"},
        "attachments": [
            {"content": "eA==", "filename": "x.txt", "type": "text/plain", "disposition": "attachment"},
            {"content": b64(b"\x89PNG"), "filename": "logo.png", "type": "image/png", "disposition": "attachment"},
        ],
    }
    assert payload_of(mailtrap, "--payload", "message.json", *FROM, cwd=files)["from"] == {"email": "a@acme.example"}


def test_a_template_in_a_payload_is_one(mailtrap: Run) -> None:
    document = {"to": [{"email": "p1@example.com"}], "template_uuid": UUID, "template_variables": {"n": 1, "m": None}}
    body = payload_of(mailtrap, "--payload", "-", "--template-var", "n=2", *FROM, stdin=json.dumps(document))
    assert body == {**document, "from": {"email": "a@acme.example"}, "template_variables": {"n": "2", "m": None}}


def test_a_mime_message_becomes_a_payload(mailtrap: Run, server: Loopback, files: Path) -> None:
    message = EmailMessage()
    message["From"] = "Acme <a@acme.example>"
    message["To"] = "Jörg <joerg@example.com>, ada@example.com"
    message["Subject"] = "Grüße"
    message["X-Campaign"] = "spring"
    message["Message-ID"] = "<1@acme.example>"
    message.set_content("Text\n")
    message.add_alternative("<img src='cid:logo'>\n", subtype="html")
    html = list(message.iter_parts())[1]
    assert isinstance(html, EmailMessage)
    html.add_related(b"\x89PNG", "image", "png", cid="<logo>", filename="logo.png")  # as "attachment", but shown
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="größe.pdf")
    (files / "message.eml").write_bytes(message.as_bytes())
    server.reply(sent(2))
    result = mailtrap("send", "--live", "--eml", "message.eml", "--cc", "c@x.example", env=server.env, cwd=files)
    assert result.code == 0, result.err
    assert server.requests[0].json() == {
        "from": {"email": "a@acme.example", "name": "Acme"},
        "to": [{"email": "joerg@example.com", "name": "Jörg"}, {"email": "ada@example.com"}],
        "cc": [{"email": "c@x.example"}],
        "subject": "Grüße",
        "text": "Text\n",
        "html": "<img src='cid:logo'>\n",
        "headers": {"X-Campaign": "spring"},
        "attachments": [
            {
                "content": b64(b"\x89PNG"),
                "filename": "logo.png",
                "type": "image/png",
                "disposition": "inline",
                "content_id": "logo",
            },
            {"content": b64(b"%PDF"), "filename": "größe.pdf", "type": "application/pdf", "disposition": "attachment"},
        ],
    }


# ------------------------------------------------------------------------------------------------ where it goes

CONFIG = """\
default_profile = "staging"

[profiles.staging]
token = "tok-of-staging-0123456789"
sandbox = true
sandbox_id = 123456
from = "Staging <s@acme.example>"

[profiles.production]
token = "tok-of-production-0123456789"
from = "p@acme.example"

[profiles.news]
token = "tok-of-news-0123456789"
stream = "bulk"
from = "n@acme.example"
"""


@pytest.fixture
def profiles(home: Path) -> None:
    path = home / ".config" / "mailtrap" / "config.toml"
    path.parent.mkdir(mode=0o700, parents=True)
    path.touch(mode=0o600)
    path.write_text(CONFIG)


@pytest.mark.usefixtures("profiles")
@pytest.mark.parametrize(
    ("flags", "path", "token", "words"),
    [
        ((), "/sandbox/api/send/123456", "tok-of-staging-0123456789", "sandbox 123456 · profile staging"),
        (
            ("-p", "production"),
            "/send/api/send",
            "tok-of-production-0123456789",
            "LIVE transactional · profile production",
        ),
        (("-p", "news"), "/bulk/api/send", "tok-of-news-0123456789", "LIVE bulk · profile news"),
        (
            ("-p", "news", "--sandbox-id", "7"),
            "/sandbox/api/send/7",
            "tok-of-news-0123456789",
            "sandbox 7 · profile news",
        ),
        (("--live",), "/send/api/send", "tok-of-staging-0123456789", "LIVE transactional · profile staging"),
        (("--live", "--stream", "bulk"), "/bulk/api/send", "tok-of-staging-0123456789", "LIVE bulk · profile staging"),
        (
            ("--stream", "bulk"),
            "/sandbox/api/send/123456",
            "tok-of-staging-0123456789",
            "sandbox 123456 · profile staging",
        ),
    ],
)
def test_each_send_reports_where_it_goes_and_goes_there(
    mailtrap: Run, server: Loopback, flags: Sequence[str], path: str, token: str, words: str
) -> None:
    server.reply(SENT)
    env = {name: value for name, value in server.env.items() if name.endswith("_URL")}
    result = mailtrap("send", *flags, "--to", "ada@example.com", "--subject", "Hi", "--text", "x", env=env)
    assert result.code == 0, result.err
    assert without_sources(result.err) == f"{words}\n"
    assert server.requests[0].path == path
    assert server.requests[0].headers["authorization"] == f"Bearer {token}"


# ------------------------------------------------------------------------------------------------ the result

TWO = (*MESSAGE, "--cc", "Carol <carol@example.com>")
FIRST, SECOND = f"{ID[:-1]}0", f"{ID[:-1]}1"


def test_the_piped_result_is_one_line_per_recipient(mailtrap: Run, server: Loopback) -> None:
    server.reply(sent(2))
    result = mailtrap("send", "--live", *TWO, env=server.env)
    assert result.out == f"recipient\tmessage_id\nada@example.com\t{FIRST}\ncarol@example.com\t{SECOND}\n"


def test_the_json_result_follows_the_contract(mailtrap: Run, server: Loopback) -> None:
    server.reply(sent(2), sent(2))
    result = mailtrap("send", "--sandbox-id", "7", *TWO, "-o", "json", env=server.env)
    document = {
        "success": True,
        "message_ids": [FIRST, SECOND],
        "target": "sandbox",
        "recipients": ["ada@example.com", "carol@example.com"],
    }
    assert result.json() == document
    lines = mailtrap("send", "--sandbox-id", "7", *TWO, "-o", "jsonl", env=server.env).out.splitlines()
    assert [json.loads(line) for line in lines] == [document]


def test_the_result_as_csv(mailtrap: Run, server: Loopback) -> None:
    server.reply(sent(2))
    result = mailtrap("send", "--live", *TWO, "-o", "csv", env=server.env)
    rows = list(csv.reader(io.StringIO(result.out)))
    assert rows == [["recipient", "message_id"], ["ada@example.com", FIRST], ["carol@example.com", SECOND]]


def test_the_result_on_a_terminal_is_a_table(environment: dict[str, str], server: Loopback) -> None:
    server.reply(sent(2))
    command = [PROGRAM, "send", "--live", *TWO, "--no-color"]
    code, screen = on_terminal(command, {**environment, **server.env}, columns=80)
    assert code == 0
    assert [line.split() for line in without_sources(screen).splitlines()] == [
        ["LIVE", "transactional"],
        ["Recipient", "Message", "ID"],
        ["─" * 56],
        ["ada@example.com", FIRST],
        ["carol@example.com", SECOND],
    ]


def test_quiet_is_the_ids_and_nothing_else(mailtrap: Run, server: Loopback) -> None:
    server.reply(sent(2), sent(1))
    result = mailtrap("send", "--live", *TWO, "-q", env=server.env)
    assert (result.out, result.err) == (f"{FIRST}\n{SECOND}\n", "")
    assert mailtrap("send", "--live", *TWO, "-q", env=server.env).out == f"{FIRST}\n"


@pytest.mark.parametrize(("ids", "rows"), [(1, [FIRST, ""]), (3, [FIRST, SECOND, f"{ID[:-1]}2"])])
def test_no_recipient_or_id_is_lost_if_their_counts_differ(
    mailtrap: Run, server: Loopback, ids: int, rows: list[str]
) -> None:
    server.reply(sent(ids))
    result = mailtrap("send", "--live", *TWO, env=server.env)
    assert [line.split("\t")[1] for line in result.out.splitlines()[1:]] == rows


def test_verbose_shows_the_request_but_never_the_token(mailtrap: Run, server: Loopback) -> None:
    server.reply(SENT)
    result = mailtrap("send", "--live", *MESSAGE, "-v", env=server.env)
    size = len(server.requests[0].body)
    told = result.err.splitlines()[1].split()
    assert told[:3] == ["POST", f"{server.url}/send/api/send", "200"]
    assert told[4:8] == ["ms,", str(size), "bytes", "out,"]
    assert "token-for-tests" not in result.err + result.out


@on_every_target
@pytest.mark.parametrize("fmt", [(), ("-o", "csv"), ("-q",)], ids=["plain", "csv", "quiet"])
def test_a_dry_run_prints_the_request_and_sends_nothing(
    mailtrap: Run, server: Loopback, target: str, fmt: Sequence[str]
) -> None:
    chosen, path, words = TARGETS[target]
    result = mailtrap("send", *chosen, *MESSAGE, "--dry-run", *fmt, env=server.env)
    assert result.code == 0
    first, _, body = result.out.partition("\n")
    assert first == f"POST {server.url}{path}"
    assert json.loads(body) == BODY
    assert without_sources(result.err) == ("" if "-q" in fmt else f"Dry run: {words}\n")


def test_a_dry_run_as_json_is_one_document_and_needs_no_token(mailtrap: Run) -> None:
    result = mailtrap("send", "--live", *MESSAGE, "--dry-run", "-o", "json")
    assert result.json() == {"method": "POST", "url": "https://send.api.mailtrap.io/api/send", "body": BODY}
    assert len(mailtrap("send", "--live", *MESSAGE, "--dry-run", "-o", "jsonl").out.splitlines()) == 1


# ------------------------------------------------------------------------------------------------ without an account


def test_the_first_email_needs_nothing_and_can_be_read_back(mailtrap: Run, files: Path) -> None:
    flags = ("--to", "Jörg <joerg@example.com>", "--subject", "Grüße", "--text", "Hello", "--attach", "receipt.pdf")
    result = mailtrap("send", "-p", "local", *flags, cwd=files)
    assert result.code == 0, result.err
    assert result.err == "sandbox 1 · profile local\n"
    (listed,) = mailtrap("messages", "list", "-p", "local", "-o", "json").json()
    assert (listed["id"], listed["subject"], listed["to_email"]) == (1, "Grüße", "joerg@example.com")
    shown = mailtrap("messages", "show", "-p", "local", "1")
    assert "To: Jörg <joerg@example.com>\n" in shown.out
    assert "Subject: Grüße\n" in shown.out
    assert shown.out.endswith("\n\nHello\n\n[receipt.pdf, application/pdf, 6 Bytes]\n")
    document = mailtrap("messages", "show", "-p", "local", "1", "-o", "json").json()
    assert (document["text"].strip(), document["html"]) == ("Hello", None)
    assert document["headers"]["From"] == "local@mailtrap.test"


def test_a_bounce_of_the_local_live_stream_blocks_the_next_email(mailtrap: Run) -> None:
    message = ("--from", "a@acme.example", "--to", "bounce@example.com", "--subject", "Hi", "--text", "Hello")
    for _ in range(2):
        sent = mailtrap("send", "-p", "local", "--live", *message, "-o", "json")
        assert (sent.code, sent.json()["target"]) == (0, "transactional")
        assert sent.err == "local transactional stream · profile local\n"
        entry = mailtrap("logs", "list", "-p", "local", "--limit", "1", "-o", "json").json()[0]
        assert (entry["status"], entry["to"]) == ("not_delivered", "bounce@example.com")
    [suppression] = mailtrap("suppressions", "list", "-p", "local", "-o", "json").json()
    assert (suppression["email"], suppression["type"]) == ("bounce@example.com", "hard bounce")
    events = mailtrap("logs", "get", entry["message_id"], "-p", "local", "-o", "json").json()["events"]
    assert [event["event_type"] for event in events] == ["reject"]


def test_an_empty_sandbox_is_an_empty_list(mailtrap: Run) -> None:
    assert mailtrap("messages", "list", "-p", "local", "-o", "json").out == "[]\n"
    assert mailtrap("messages", "list", "-p", "local", "-o", "jsonl").out == ""
    assert mailtrap("messages", "list", "-p", "local").out == "id\tfrom\tto\tsubject\tsent_at\tread\tstream\n"
    assert mailtrap("messages", "show", "-p", "local", "1").code == 5


def test_a_body_read_back_cannot_control_the_terminal(mailtrap: Run) -> None:
    text = "\x1b[2Jone\x07\n\ttwo\u202e\x9b31m"
    sent_ = mailtrap("send", "-p", "local", "--to", "a@x.example", "--subject", "x", "--text-file", "-", stdin=text)
    assert sent_.code == 0, sent_.err
    assert mailtrap("messages", "show", "-p", "local", "1").out.endswith("\n\none\n\ttwo\n")
