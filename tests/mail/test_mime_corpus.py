"""MIME files of every kind, read right; damaged ones, read or refused; and the same as two other parsers read."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import time
from contextlib import suppress
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from mailtrap_cli.errors import InputError
from mailtrap_cli.mail.mime import parse_eml
from mailtrap_cli.mail.payload import from_payload
from tests.mail.corpus import SAMPLES, Sample, mutate, written


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.kind)
def test_each_kind_of_message_is_read_right(sample: Sample) -> None:
    message = parse_eml(sample.data, "mail.eml").message
    for name, expected in sample.expected.items():
        found = getattr(message, name)
        assert ([(a.email, a.name) for a in found] if name == "to" else found) == expected
    if sample.files is not None:
        assert [(a.filename, a.type, a.content) for a in message.attachments] == sample.files


def test_there_are_many_kinds() -> None:
    assert len({sample.kind for sample in SAMPLES}) >= 60


def test_a_damaged_message_is_read_or_refused(fuzz: int) -> None:
    chance = random.Random(7)
    for _ in range(fuzz * 20):
        data = mutate(chance.choice(SAMPLES).data, chance)
        started = time.process_time()
        try:
            message = parse_eml(data, "mail.eml").message
        except InputError:
            continue
        assert from_payload(message.to_payload(), "p") == message, data
        assert time.process_time() - started < 5, data


@pytest.mark.parametrize("piece", [b"=?a?q?", b"(", b'"', b"<", b"a@b, ", b"=?utf-8?q?a?= ", b"x*0*=a;", b"=", b"\\"])
def test_long_headers_take_linear_time(piece: bytes) -> None:
    for name in (b"Subject", b"To", b"Content-Type", b"Content-Disposition"):
        data = b"From: a@b.example\n" + name + b": x; " + piece * (100_000 // len(piece)) + b"\n\nhi"
        started = time.process_time()
        with suppress(InputError):
            parse_eml(data, "mail.eml")
        assert time.process_time() - started < 10


def test_pythons_parser_agrees_on_what_it_writes() -> None:
    for sample in written(2):
        mail = message_from_bytes(sample.data, policy=policy.default)
        found = parse_eml(sample.data, "mail.eml").message
        body = mail.get_body(("plain",))
        assert body is not None
        assert (found.subject, found.text) == (str(mail["Subject"]), body.get_content())
        theirs = [(part.get_filename(), part.get_content()) for part in mail.iter_attachments()]
        assert [(a.filename, a.content) for a in found.attachments] == theirs


POSTAL_MIME = """
import PostalMime from 'postal-mime';
import { readFileSync } from 'node:fs';
for (const data of JSON.parse(readFileSync(0))) {
  const mail = await PostalMime.parse(Buffer.from(data, 'base64'));
  console.log(JSON.stringify({ subject: mail.subject ?? null, text: mail.text ?? null,
    to: (mail.to ?? []).flatMap(one => one.group ?? [one]).map(one => one.address) }));
}
"""
# Where postal-mime differs (4.0 under Node 20), and why ours is what a mail client shows, or what the API takes.
DIFFERS = (
    r".*(iso-8859-1|windows-1252|latin1)( quoted)?",  # Node 20 has Latin-1 where the standard has windows-1252
    r".*(big5-hkscs|ks_c_5601-1987|unknown-8bit)( quoted)?",  # ICU's narrower tables, and no guess at UTF-8
    r"undeclared windows-1252|encoding: (a footer|blanks at line ends|uuencode)",
    r"address: (comma in a word|group with comments|route|quoted local part|plain utf-8|blanks around the @)",
    r"bare CR line ends|message/rfc822.*",  # it shows an attached message as text
)


def test_postal_mime_reads_the_corpus_the_same() -> None:
    folder = os.environ.get("POSTAL_MIME", "")
    if not shutil.which("node") or not Path(folder, "node_modules", "postal-mime").is_dir():
        pytest.skip("needs node, and POSTAL_MIME to name a folder where `npm install postal-mime` was run")
    from base64 import b64encode

    script = Path(folder) / "compare.mjs"
    script.write_text(POSTAL_MIME)
    given = json.dumps([b64encode(sample.data).decode() for sample in SAMPLES])
    done = subprocess.run(["node", str(script)], input=given, capture_output=True, text=True, check=True, cwd=folder)
    differing = []
    for sample, line in zip(SAMPLES, done.stdout.strip().split("\n"), strict=True):
        theirs = json.loads(line)
        ours = parse_eml(sample.data, "mail.eml").message
        same = (ours.subject or "") == (theirs["subject"] or "") and (ours.text or "").strip() == (
            theirs["text"] or ""
        ).strip()
        if not same or [address.email for address in ours.to] != theirs["to"]:
            differing.append((sample.kind, (ours.subject, ours.text, [a.email for a in ours.to]), theirs))
    unexpected = [each for each in differing if not re.fullmatch("|".join(DIFFERS), each[0])]
    assert unexpected == []
