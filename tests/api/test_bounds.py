"""Time and memory are bounded whatever a server answers; and the parts that ensure it."""

from __future__ import annotations

import gc
import gzip
import json
import math
import weakref
import zlib

import pytest

from mailtrap_cli.api.decoding import BodyReader, UnreadableBody
from mailtrap_cli.api.responses import Answer, decode_errors, failure_of, load_json
from mailtrap_cli.api.retries import retry_after
from mailtrap_cli.batch.requests import fates_of
from mailtrap_cli.errors import MailtrapError, TransportError
from mailtrap_cli.text import dumps, shorten_text
from tests.conftest import Run
from tests.loopback import Loopback, Reply

SEND = ("send", "--live", "--from", "a@acme.example", "--to", "ada@example.com", "--subject", "Hi", "--text", "Hello")
HTML = {"content-type": "text/html"}


def read(encoding: str, *chunks: bytes, limit: int = 1000) -> bytes:
    reader = BodyReader(encoding, limit)
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("", b"text"),
        ("identity", b"text"),
        ("gzip", gzip.compress(b"text", mtime=0)),
        ("X-GZIP", gzip.compress(b"te", mtime=0) + gzip.compress(b"xt", mtime=0)),
        ("deflate", zlib.compress(b"text")),
        ("deflate", zlib.compress(b"text")[2:-4]),  # without its header, as some servers send it
    ],
)
def test_a_body_is_decompressed_in_chunks_of_any_size(encoding: str, data: bytes) -> None:
    assert read(encoding, data) == b"text"
    assert read(encoding, *(bytes([byte]) for byte in data)) == b"text"


def test_a_body_is_released_without_the_garbage_collector() -> None:
    reader = BodyReader("", 10)
    reader.feed(b"text")
    released = weakref.ref(reader)
    gc.disable()
    try:
        del reader
        assert released() is None
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("encoding", "data", "words"),
    [
        ("br", b"x", "not requested"),
        ("gzip, gzip", b"x", "not requested"),
        ("gzip", b"no gzip", "no valid gzip"),
        ("gzip", gzip.compress(b"text" * 100, mtime=0)[:-12], "cut off"),
        ("", b"0" * 1001, "of more than"),
    ],
)
def test_a_mislabeled_body_is_refused(encoding: str, data: bytes, words: str) -> None:
    with pytest.raises(UnreadableBody, match=words):
        read(encoding, data)


def test_a_small_body_that_decompresses_to_100_mb_is_refused() -> None:
    packed = zlib.compressobj(1, wbits=31)
    gzipped = b"".join(packed.compress(bytes(1_000_000)) for _ in range(100)) + packed.flush()
    for encoding, data in (("gzip", gzipped), ("deflate", gzipped[10:-8])):  # with no header: raw deflate
        with pytest.raises(UnreadableBody, match="of more than"):
            read(encoding, data)


@pytest.mark.parametrize("unit", ["<title", "<h1", "<title>", "<h1>", "<", "</title", "<title a", "\x00<h1>\x00"])
def test_the_title_of_a_page_is_found_in_linear_time(unit: str) -> None:
    answer = Answer(502, HTML, unit.encode() * (30_000_000 // len(unit)))
    failure = failure_of(answer, "POST", "https://x.example")
    assert isinstance(failure, TransportError)
    assert failure.outcome == "outcome unknown"
    assert len(failure.message) < 1000


@pytest.mark.parametrize("charset", ["punycode", "idna", "utf-7", "unicode_escape", "undefined", "hex", "a\0b", "ä"])
def test_a_charset_without_text_means_utf_8(charset: str) -> None:
    answer = Answer(200, {"content-type": f"text/plain; charset={charset}"}, "ä-xn--".encode() * 300_000)
    assert answer.text.startswith("ä")


@pytest.mark.parametrize(
    ("charset", "data"),
    [("iso-8859-1", b"\xe4"), ("windows-1252", b"\xe4"), ("utf-16-le", b"\xe4\0"), ('"UTF-8"', "ä".encode())],
)
def test_a_charset_that_servers_use_is_read(charset: str, data: bytes) -> None:
    assert Answer(200, {"content-type": f"text/plain; charset={charset}"}, data).text == "ä"


@pytest.mark.parametrize("data", [b"[" * 10_000, b"[" * 200 + b"]" * 200, b'{"a":' * 200 + b"1" + b"}" * 200])
def test_deeply_nested_json_is_refused(data: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)):
        load_json(data)
    assert decode_errors(data) == []


@pytest.mark.parametrize("data", [b"[" + b"{}," * 10_000_000 + b"{}]", b"[" + b"1," * 10_000_000 + b"1]"])
def test_json_of_millions_of_values_is_not_even_read(data: bytes) -> None:
    with pytest.raises(ValueError, match="more JSON"):
        load_json(data)


def test_json_without_json_numbers_becomes_null() -> None:
    found = load_json(b'{"a": NaN, "b": [Infinity, -Infinity], "c": 1e999}')
    assert json.loads(dumps(found)) == {"a": None, "b": [None, None], "c": None}
    assert dumps({"a": math.nan, "b": (1.5, math.inf)}, indent=1) == '{\n "a": null,\n "b": [\n  1.5,\n  null\n ]\n}'


def test_error_sentences_are_cut_but_keep_their_end() -> None:
    body = json.dumps({"errors": ["x" * 100_000] * 200}).encode()
    sentences = decode_errors(body)
    assert len(sentences) == 20
    assert all(len(sentence) <= 600 for sentence in sentences)
    failure = failure_of(Answer(500, {}, body), "POST", "https://x.example")
    assert failure is not None
    assert failure.message.endswith(": not sent")
    assert len(failure.message) < 1000
    assert len(MailtrapError("y" * 5000 + " the end").message) <= 1000
    assert MailtrapError("y" * 5000 + " the end").message.endswith("the end")
    assert shorten_text("short", 10) == "short"


def test_the_errors_of_a_batch_are_cut_before_they_are_kept() -> None:
    errors = {"success": False, "errors": ["x" * 100_000]}
    fates, _ = fates_of(Answer(200, {}, json.dumps({"responses": [errors] * 100}).encode()), 100)
    assert all(isinstance(fate, list) and len(fate[0]) <= 600 for fate in fates)


@pytest.mark.parametrize("value", ["1e400", "٣", "Fri, 31 Dec 99999 23:59:59 GMT", "x" * 500])
def test_an_absurd_retry_after_is_ignored(value: str) -> None:
    assert retry_after(value, 0.0) is None


@pytest.mark.parametrize("digits", [4, 80, 309, 400])
def test_a_distant_retry_after_is_a_short_sentence(patient: Run, server: Loopback, digits: int) -> None:
    server.reply(Reply(429, {"errors": ["x"]}, {"Retry-After": "9" * digits}))
    result = patient(*SEND, env=server.env)
    assert result.code == 6
    assert ("asks to wait 100 d" if digits > 4 else "asks to wait 2 h 46 min") in result.err
    assert len(server.requests) == 1
    assert len(result.err) < 400


def test_five_minutes_are_waited_for(patient: Run, server: Loopback) -> None:
    sent = {"success": True, "message_ids": ["1"]}
    server.reply(Reply(429, {"errors": ["x"]}, {"Retry-After": "299"}), Reply(200, sent))
    assert patient(*SEND, env=server.env).code == 0
    server.reply(Reply(429, {"errors": ["x"]}, {"Retry-After": "301"}))
    assert patient(*SEND, env=server.env).code == 6


@pytest.mark.parametrize(
    "reply",
    [
        Reply(422, b"\x1f\x8b", {"Content-Encoding": "gzip"}),
        Reply(422, "x" * 400, fault="cut"),
        Reply(422, "x" * 400, fault="drip"),
        Reply(422, b"0" * ((64 << 20) + 1)),
        Reply(422, "x", {"Content-Type": "text/html; charset=idna"}),
    ],
    ids=["gzip", "cut", "drip", "large", "idna"],
)
def test_the_status_alone_decides_for_a_4xx(mailtrap: Run, server: Loopback, reply: Reply) -> None:
    server.reply(reply)
    result = mailtrap(*SEND, "--timeout", "2", env=server.env)
    assert result.code == 1
    assert "422" in result.err


@pytest.mark.parametrize("ids", [[], None, [None], [[]], "x", {}])
def test_a_success_without_message_ids_is_an_unknown_outcome(patient: Run, server: Loopback, ids: object) -> None:
    server.reply(Reply(200, {"success": True, "message_ids": ids}))
    result = patient(*SEND, env=server.env)
    assert result.code == 7
    assert "outcome unknown" in result.err
