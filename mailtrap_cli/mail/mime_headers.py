"""Headers of MIME messages as programs actually write them: parameters, file names, addresses. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from ..errors import InputError
from .address_list import split_addresses
from .addresses import Address, join_address
from .charsets import decode_bytes
from .encoded_words import decode_words

_CONTROLS = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
_HEADER = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)


def split_headers(data: bytes) -> tuple[list[tuple[str, str]], int]:
    """Return the headers at the start of `data`, unfolded, and the position where the body begins.

    Bytes that are not ASCII are UTF-8 (RFC 6532) or, failing that, windows-1252. The first line that is not a header
    ends them.
    """
    found: list[tuple[str, bytes]] = []
    place = 0
    while place < len(data):
        end = data.find(b"\n", place) + 1 or len(data)
        line = data[place:end].rstrip(b"\r\n")
        if not line:
            place = end
            break
        header = _HEADER.fullmatch(line)
        if line[:1] in b" \t" and found:
            found[-1] = (found[-1][0], found[-1][1] + line)
        elif header:
            found.append((header[1].decode("ascii"), header[2]))
        elif not (place == 0 and line.startswith((b"From ", b">From "))):  # the separator of an mbox
            break
        place = end
    return [(name, _decode_header(value)) for name, value in found], place


def _decode_header(value: bytes) -> str:
    value = value.strip(b" \t\r\n")
    if b"\x1b$" in value:
        return decode_bytes(value, "iso-2022-jp").text
    return value.decode("ascii") if value.isascii() else decode_bytes(value, None).text


def flatten_text(text: str) -> str:
    """Put the text on one line, without control characters."""
    return re.sub(rf"{_CONTROLS}+", " ", text).strip()


def decode_header(value: str) -> str:
    """Decode an unstructured header to one line of text."""
    return flatten_text(decode_words(value))


# ------------------------------------------------------------------------------------------------ parameters


@dataclass(frozen=True)
class Parameterized:
    """A header such as Content-Type: its value in lower case, and its parameters by name in lower case."""

    value: str
    parameters: dict[str, str]


_PARAMETER = re.compile(
    r'\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?(?:\s*\([^)]*\))?\s*(?:;|\Z)|([^;]*)(?:;|\Z))'
    r"|[^;]*(?:;|\Z)",
    re.DOTALL,
)


def parse_parameters(header: str) -> Parameterized:
    """Parse the value and parameters of a header (RFC 2045, 5.1), also continued and encoded ones (RFC 2231).

    Spaces and encoded words in a value are accepted, with and without quotes.
    """
    value, _, rest = header.partition(";")
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    place = 0
    while place < len(rest):
        found = _PARAMETER.match(rest, place)
        assert found is not None, "the last branch takes anything"
        place = max(found.end(), place + 1)
        if not found[1]:
            continue
        name = found[1].lower()
        given = re.sub(r'\\(["\\])', r"\1", found[2]) if found[2] is not None else found[3].strip()
        name, star, section = name.partition("*")
        if not star:
            plain.setdefault(name, given if found[2] is not None else _drop_comment(name, given))
        elif re.fullmatch(r"|[0-9]{1,3}\*?", section):
            number = int(section.rstrip("*") or 0)
            pieces.setdefault(name, {}).setdefault(number, (given, section in ("", f"{number}*")))
    decoded = {name: flatten_text(decode_words(text)) for name, text in plain.items()}
    return Parameterized(
        re.sub(r"\([^()]*\)", "", value).strip().lower(),
        {**decoded, **{name: flatten_text(_join_sections(found)) for name, found in pieces.items()}},
    )


def _drop_comment(name: str, text: str) -> str:
    """Drop comments: `utf-8 (Unicode)` is the charset utf-8. A file name keeps its parentheses."""
    return text if name in ("filename", "name") else re.sub(r"\s*\([^()]*\)\s*$", "", text)


def _join_sections(sections: dict[int, tuple[str, bool]]) -> str:
    """Join a continued value: `charset'language'text`, percent-encoded in sections that are marked so."""
    data, charset = b"", None
    for number in sorted(sections):
        text, encoded = sections[number]
        if encoded and number == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if encoded else text.encode("utf-8", "surrogateescape")
    return decode_words(decode_bytes(data, charset).text)


# ------------------------------------------------------------------------------------------------ addresses


def read_addresses(values: Sequence[str], where: str) -> list[Address]:
    """Read the addresses of all headers of one name: there should be one, but with two nobody is lost.

    An address in angle brackets counts, whatever precedes it. InputError, starting with `where`,
    for one that cannot be read.
    """
    return [address for value in values for address in _read_list(flatten_text(value), where)]


def _read_list(value: str, where: str) -> Iterator[Address]:
    for mailbox in split_addresses(value):
        if mailbox.source in ("<>", "< >"):
            continue
        if not mailbox.local:
            shown = mailbox.source if len(mailbox.source) <= 100 else f"{mailbox.source[:99]}…"
            raise InputError(f"{where}: {shown!r} is not an address", hint="Fix it in the file.")
        yield Address(
            join_address(mailbox.local, mailbox.domain, where), flatten_text(mailbox.name or mailbox.comment) or None
        )
