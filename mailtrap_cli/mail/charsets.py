"""Decode mail as mail clients do: charset labels follow the WHATWG Encoding Standard."""

from __future__ import annotations

import codecs
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass

# Encodings of the standard that Python has under another name, or as a wider codec of the same family.
_CODECS = {
    "big5": "big5hkscs",
    "euc-kr": "cp949",
    "gbk": "gb18030",
    "ibm866": "cp866",
    "iso-8859-8-i": "iso-8859-8",
    "macintosh": "mac-roman",
    "shift_jis": "cp932",
    "windows-874": "cp874",
    "x-mac-cyrillic": "mac-cyrillic",
}
# Labels that occur in mail but not in the standard.
_LABELS = {
    "cp932": "shift_jis",
    "cp936": "gbk",
    "cp949": "euc-kr",
    "cp950": "big5",
    "ibm-1252": "windows-1252",
    "iso-2022-jp-ms": "iso-2022-jp",
    "cp50220": "iso-2022-jp",
    "cp50221": "iso-2022-jp",
    "cp51932": "euc-jp",
    "ks_c_5601": "euc-kr",
    "x-euc": "euc-jp",
    "x-ms-cp932": "shift_jis",
    "x-windows-949": "euc-kr",
    "utf8mb4": "utf-8",
}
# Labels of programs that do not know the charset. Careless ones call anything US-ASCII.
_UNDECLARED = re.compile(r"|us-ascii|ascii|(iso-ir-6|ansi_x3\.4-.*|iso646-us)|unknown(-8bit)?|x-unknown|8bit|binary")
_NOT_CHARSETS = r"(raw.)?unicode.escape|idna|punycode|undefined|mbcs|oem"  # codecs of Python's own
_BOMS = ((BOM_UTF8, "utf-8"), (BOM_UTF16_LE, "utf-16-le"), (BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True)
class Decoded:
    """Text, and how many of its characters could not be decoded and are U+FFFD."""

    text: str
    lost: int = 0


def decode_bytes(data: bytes, label: str | None) -> Decoded:
    """Decode `data`, labeled with the charset `label`.

    A byte order mark decides and is removed. If the charset is missing or unknown, it is UTF-8, or else
    windows-1252. Text that does not fit its charset but is valid UTF-8 is read as UTF-8.
    """
    for mark, codec in _BOMS:
        if data.startswith(mark) and not data.startswith(b"\xff\xfe\0\0"):
            return _decode_lossy(data[len(mark) :], codec)
    name = find_encoding(label)
    if name is None:
        try:
            return Decoded(data.decode())
        except UnicodeDecodeError:
            return Decoded(_decode_strict(data, "windows-1252"))
    try:
        return Decoded(_decode_strict(data, name).removeprefix("\ufeff"))
    except (LookupError, ValueError):
        try:
            text = data.decode()
        except UnicodeDecodeError:
            text = ""
        return Decoded(text) if text and not text.isascii() else _decode_lossy(data, name)


def find_encoding(label: str | None) -> str | None:
    """Return the encoding that a charset label names, or None. Never raises."""
    from webencodings.labels import LABELS

    key = (label or "").strip(" \t\r\n\"'").lower()
    if _UNDECLARED.fullmatch(key):
        return None
    name = _LABELS.get(key) or LABELS.get(key)
    if name is not None and name not in ("replacement", "x-user-defined"):
        return name
    try:
        codec = codecs.lookup(key)
        "".encode(codec.name)  # refused by codecs from bytes to bytes (hex, zip)
    except (LookupError, ValueError):
        return None
    # Escapes and domain names are not charsets.
    return (
        None if re.fullmatch(r"unicode.escape|raw.unicode.escape|idna|punycode|undefined|mbcs|oem", codec.name) else key
    )


def _decode_strict(data: bytes, name: str) -> str:
    """Raise UnicodeDecodeError for bytes that are not in the encoding."""
    match name:
        case "windows-1252":
            return data.decode("cp1252", _C1)
        case "iso-2022-jp":
            return _decode_iso_2022_jp(data)
        case "euc-jp":
            return _decode_euc_jp(data)
        case _:
            return data.decode(_CODECS.get(name, name))


def _decode_lossy(data: bytes, name: str) -> Decoded:
    if name in ("iso-2022-jp", "euc-jp"):
        text = data.decode({"iso-2022-jp": "iso2022_jp_ext", "euc-jp": "euc_jp"}[name], "replace")
    else:
        text = data.decode(_CODECS.get(name, name), "replace")
    return Decoded(text.removeprefix("\ufeff"), text.count("\ufffd"))


# ---------------------------------------------------------------------------------------- what Python's codecs lack


def _map_to_c1(error: UnicodeError) -> tuple[str, int]:
    """Windows-1252 has five bytes without a character, which the standard maps to the control of the same number."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


_C1 = "mailtrap.c1"
codecs.register_error(_C1, _map_to_c1)

_ESCAPE = re.compile(rb"\x1b(\([BJI]|\$[@B]|\$\([@BD])")


def _decode_iso_2022_jp(data: bytes) -> str:
    """Decode with the NEC and IBM characters that Python's codec lacks, such as ① and ㈱."""
    pieces = _ESCAPE.split(data)
    text = _decode_ascii(pieces[0])
    for escape, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        match escape:
            case b"(B" | b"(J":
                text += _decode_ascii(piece)
            case b"(I":
                text += bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in piece).decode("cp932")
            case b"$(D":
                text += (b"\x1b$(D" + piece).decode("iso2022_jp_ext")
            case _:
                text += _decode_pairs(piece)
    return text


def _decode_ascii(piece: bytes) -> str:
    return piece.replace(b"\x0e", b"").replace(b"\x0f", b"").decode("ascii")


def _decode_pairs(piece: bytes) -> str:
    """Decode pairs of JIS X 0208 (each byte 0x21 to 0x7E). A line break among them is kept."""
    text, place = "", 0
    while place < len(piece):
        byte = piece[place]
        if byte <= 0x20:
            text += chr(byte)
            place += 1
            continue
        text += _pair_to_shift_jis(piece, place, 0).decode("cp932")
        place += 2
    return text


def _decode_euc_jp(data: bytes) -> str:
    """Decode with the NEC and IBM characters that Python's codec lacks."""
    try:
        return data.decode("euc_jp")
    except UnicodeDecodeError:
        pass
    text, place = "", 0
    while place < len(data):
        byte = data[place]
        if byte < 0x80:
            text += chr(byte)
            place += 1
        elif byte == 0x8E:
            text += data[place + 1 : place + 2].decode("cp932")
            place += 2
        elif byte == 0x8F:
            text += data[place : place + 3].decode("euc_jp")
            place += 3
        else:
            text += _pair_to_shift_jis(data, place, 0x80).decode("cp932")
            place += 2
    return text


def _pair_to_shift_jis(data: bytes, place: int, offset: int) -> bytes:
    """Convert two bytes of JIS X 0208 to the Shift_JIS form of the same character (JIS X 0208:1997, annex 1)."""
    pair = data[place : place + 2]
    if len(pair) < 2 or not all(0x21 <= byte - offset <= 0x7E for byte in pair):
        raise UnicodeDecodeError("iso-2022-jp", data, place, place + len(pair), "not a pair of JIS X 0208")
    row, cell = pair[0] - offset - 0x21, pair[1] - offset - 0x21
    lead = row // 2 + (0x81 if row < 62 else 0xC1)
    trail = cell + 0x9F if row % 2 else cell + (0x40 if cell < 63 else 0x41)
    return bytes((lead, trail))
