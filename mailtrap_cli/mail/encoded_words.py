"""Decode encoded words in headers (RFC 2047). Pure."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import a2b_qp

from .charsets import decode_bytes

# `=?charset*language?encoding?text?=`. Programs put spaces and question marks into it, against the RFC.
ENCODED_WORD = r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*){0,3})\?="


def decode_words(text: str) -> str:
    """Decode the encoded words of a text; white space between two of them is dropped (RFC 2047, 6.2).

    A character may be split between words of one charset: the RFC forbids it, but programs do it.
    """
    if "=?" not in text:
        return text
    found: list[str] = []
    end, held, charset = 0, b"", ""
    for word in re.finditer(ENCODED_WORD, text):
        between = text[end : word.start()]
        label = word[1].partition("*")[0].lower()
        adjacent = end > 0 and (not between or between.isspace())
        if not adjacent or label != charset:
            found.append(decode_bytes(held, charset).text)
            held = b""
        if not adjacent:
            found.append(between)
        held += _decode_word(word[2], word[3])
        charset, end = label, word.end()
    return "".join([*found, decode_bytes(held, charset).text, text[end:]])


def _decode_word(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return a2b_qp(raw.replace(b"\n", b"").replace(b"\r", b""), header=True)
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    kept = kept[:-1] if len(kept) % 4 == 1 else kept
    return b64decode(kept + b"=" * (-len(kept) % 4))
