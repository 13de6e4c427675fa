"""The parts of a MIME message (RFC 2045, 2046), byte for byte. Pure.

Python's own parser rebuilds message/* parts, so their bytes would be lost.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error, a2b_qp, a2b_uu
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from ..errors import InputError
from .mime_headers import Parameterized, parse_parameters, split_headers

MAX_DEPTH = 100  # parts in one another
MAX_PARTS = 10_000


@dataclass
class Part:
    """A part: its headers in order, and its body as it is in the file, or its own parts."""

    headers: list[tuple[str, str]]
    body: bytes
    parts: list[Part] = field(default_factory=list)
    default_kind: str = "text/plain"

    def leaves(self) -> Iterator[Part]:
        """The leaf parts, in order."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()

    def header(self, name: str) -> str | None:
        """The first header of this name."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    @cached_property
    def content_type(self) -> Parameterized:
        """The type with its parameters; the default of RFC 2045 if it is missing or malformed."""
        found = parse_parameters(self.header("content-type") or "")
        token = r"[a-z0-9!#$%&'*+.^_`{|}~-]+"
        return found if re.fullmatch(f"{token}/{token}", found.value) else Parameterized(self.default_kind, {})

    @property
    def kind(self) -> str:
        """The type without parameters. A multipart without parts counts as text."""
        kind = self.content_type.value
        return kind if self.parts or not kind.startswith("multipart/") else "text/plain"

    @cached_property
    def disposition(self) -> Parameterized:
        """The Content-Disposition; its value is empty if there is none."""
        return parse_parameters(self.header("content-disposition") or "")

    @property
    def filename(self) -> str:
        """The file name of the part; empty if none."""
        return self.disposition.parameters.get("filename") or self.content_type.parameters.get("name") or ""

    @property
    def encoding(self) -> str:
        """The content transfer encoding, without comments and surrounding spaces."""
        return re.sub(r"\([^()]*\)", "", self.header("content-transfer-encoding") or "").strip(" \t\"';").lower()


def parse_parts(data: bytes, where: str) -> Part:
    """Parse the message in `data`; InputError, starting with `where`, if it is nested too deeply."""
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    return _Parser(where).parse(data, "text/plain", 0)


class _Parser:
    def __init__(self, where: str) -> None:
        self._where = where
        self._count = 0

    def parse(self, data: bytes, default_kind: str, depth: int) -> Part:
        self._count += 1
        if depth > MAX_DEPTH or self._count > MAX_PARTS:
            too_many = f"nested over {MAX_DEPTH} deep" if depth > MAX_DEPTH else f"more than {MAX_PARTS:,}"
            raise InputError(f"{self._where}: the parts of this message are {too_many}", hint="Simplify the message.")
        headers, start = split_headers(data)
        part = Part(headers, data[start:], default_kind=default_kind)
        kind = part.content_type.value
        boundary = part.content_type.parameters.get("boundary")
        if kind.startswith("multipart/") and boundary:
            inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
            pieces = _split_body(part.body, boundary)
            part.parts = [self.parse(piece, inner, depth + 1) for piece in pieces]
        return part


def _split_body(body: bytes, boundary: str) -> list[bytes]:
    """Split at the boundary lines; the line break before one belongs to it (RFC 2046, 5.1.1)."""
    try:
        mark = boundary.rstrip().encode("latin-1")
    except UnicodeEncodeError:
        mark = boundary.rstrip().encode()
    line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(mark) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    pieces, start = [], -1
    for found in line.finditer(body):
        if start >= 0:
            pieces.append(body[start : found.start()])
        if found[1]:
            return pieces
        start = found.end()
        start += 2 if body[start : start + 2] == b"\r\n" else 1
    if start >= 0:
        pieces.append(body[start:])
    return pieces


# ------------------------------------------------------------------------------------------------ transfer encodings


@dataclass(frozen=True)
class Content:
    """The decoded bytes of a part, and whether all of the body could be decoded."""

    data: bytes
    whole: bool = True


def decode_body(part: Part, where: str) -> Content:
    """Undo the content transfer encoding; InputError for a body that claims to be base64 but is not."""
    match part.encoding:
        case "base64":
            return _decode_base64(part.body, where)
        case "quoted-printable":
            return Content(a2b_qp(re.sub(rb"[ \t]+(?=\r?\n|\Z)", b"", part.body)))
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return _decode_uu(part.body)
        case _:
            return Content(part.body)


def _decode_base64(body: bytes, where: str) -> Content:
    """Decode base64 as far as possible: spaces, stray characters, odd padding and trailing text do not stop it."""
    compact = re.sub(rb"[ \t\r\n]", b"", body)
    if re.fullmatch(rb"[A-Za-z0-9+/]*={0,2}", compact) and len(compact) % 4 == 0:
        return Content(b64decode(compact))
    kept: list[bytes] = []
    for line in body.splitlines():
        line = line.strip()
        letters = re.sub(rb"[^A-Za-z0-9+/=]", b"", line)
        if len(letters) * 4 < len(line) * 3 or (b" " in line and len(line.split()) > 2):
            break  # text, such as the footer of a mailing list
        kept.append(letters)
    found = b"".join(_decode_piece(piece) for piece in re.split(rb"=+", b"".join(kept)))
    if compact and not found:
        raise InputError(f"{where}: a part claims to be base64, but is not", hint="Fix the part, or leave it out.")
    padded = b"".join(kept).rstrip(b"=")
    whole = compact.rstrip(b"=") == padded and b"=" not in padded and len(padded) % 4 != 1
    return Content(found, whole)


def _decode_piece(piece: bytes) -> bytes:
    piece = piece[:-1] if len(piece) % 4 == 1 else piece
    return b64decode(piece + b"=" * (-len(piece) % 4))


def _decode_uu(body: bytes) -> Content:
    lines = body.splitlines()
    start = next((number for number, line in enumerate(lines) if line.startswith(b"begin ")), -1) + 1
    data = b""
    for line in lines[start:]:
        if line.strip() == b"end" or not line:
            break
        try:
            data += a2b_uu(line)
        except Error:  # a wrong length, or trailing garbage: take as much as the length says
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                data += a2b_uu(line[:length])
            except Error:
                return Content(data, False)
    return Content(data)
