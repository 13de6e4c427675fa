"""Reads JSON as rows: an array, consecutive values (JSONL), or the API's `{"base", "requests"}`, piece by piece."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ..errors import InputError
from .source import Source
from .table import MISSING, Row, Table

LONGEST_VALUE = 32 * 1024 * 1024  # characters; a message with attachments of 10 MB has 14 million
_SPACE = re.compile(r"[ \t\r\n]*")


def read_json(source: Source) -> Table:
    """Read a JSON input as a table. Its header is all keys in the order in which they appear.

    Raises InputError, with file and line, for invalid JSON, or for rows that are not objects.
    """
    keys: dict[str, None] = {}
    reading = _Reading(source)
    messages = nested = False
    for number, (_, entry) in enumerate(reading.read_objects()):
        if number == 0:
            messages = reading.enveloped or _is_message(entry)
        keys.update(dict.fromkeys(entry))
        nested = nested or any(isinstance(cell, list | dict) for cell in entry.values())
    header = list(keys)
    if not header:
        raise InputError(f"{source.name} has no rows")

    def rows() -> Iterator[Row]:
        for line, entry in _Reading(source).read_objects():
            yield line, [entry.get(key, MISSING) for key in header]

    return Table(source, header, rows, typed=True, nested=nested, messages=messages, base=reading.base)


def _is_message(entry: dict[str, Any]) -> bool:
    """Whether an object is an API message rather than a row: its recipients are objects."""
    return any(
        isinstance(entry.get(key), list) and entry[key] and isinstance(entry[key][0], dict)
        for key in ("to", "cc", "bcc")
    )


class WrittenNumber(float):
    """A number that prints as it was written: `1e2`, `1.50`."""

    written: str

    def __new__(cls, text: str) -> WrittenNumber:
        """Parse a JSON number."""
        found = super().__new__(cls, text)
        found.written = text
        return found

    def __str__(self) -> str:
        return self.written


class _Reading:
    """One reading of the input: a buffer that holds one value and little more."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.enveloped = False
        self.base: dict[str, Any] = {}
        self._pieces = source.read_text()
        self._text = ""
        self._at = 0
        self._line, self._counted = 1, 0  # the line up to which breaks were counted
        self._decode = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=WrittenNumber).raw_decode

    def read_objects(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield line and object, one by one."""
        match self._peek_char():
            case "[":
                yield from self._read_array()
                self._expect_end()
            case "{" if self._is_envelope():
                self.enveloped = True
                yield from self._read_envelope()
                self._expect_end()
            case _:
                while self._peek_char():
                    yield self._read_object()

    def _is_envelope(self) -> bool:
        while not (found := re.compile(r'\{\s*"(\w*)"').match(self._text, self._at)):
            if len(self._text) - self._at > 4096 or not self._read_more():
                return False
        return found[1] in ("base", "requests")

    def _read_envelope(self) -> Iterator[tuple[int, dict[str, Any]]]:
        self._at += 1
        while True:
            self._peek_char()
            line = self._current_line()
            key = self._read_value()
            if key not in ("base", "requests"):
                raise self.source.error_at(line, f"a batch has no field {key!r}", "Its fields are base and requests.")
            self._take_one_of(":")
            following = self._peek_char()
            if key == "requests":
                if following != "[":
                    raise self.source.error_at(self._current_line(), "requests must be a list")
                yield from self._read_array()
            else:
                _, self.base = self._read_object()
            if self._take_one_of(",}") == "}":
                return

    def _read_array(self) -> Iterator[tuple[int, dict[str, Any]]]:
        self._at += 1
        if self._peek_char() == "]":
            self._at += 1
            return
        while True:
            self._peek_char()
            yield self._read_object()
            if self._take_one_of(",]") == "]":
                return

    def _read_object(self) -> tuple[int, dict[str, Any]]:
        line = self._current_line()
        found = self._read_value()
        if not isinstance(found, dict):
            raise self.source.error_at(line, "a row must be an object", 'Example: {"email": "ada@example.com"}.')
        return line, found

    def _read_value(self) -> Any:
        while True:
            try:
                found, self._at = self._decode(self._text, self._at)
            except json.JSONDecodeError as error:
                # Only an error at the end of the buffer may come from a value that continues in the next piece.
                into = error.pos - self._at
                open_end = error.msg.startswith("Unterminated string") or error.pos >= len(self._text) - 32
                too_long = len(self._text) - self._at > LONGEST_VALUE
                if open_end and not too_long and self._read_more():
                    continue
                line = self._current_line() + self._text.count("\n", self._at, self._at + into)
                raise self.source.error_at(line, f"not JSON: {error.msg}") from error
            except RecursionError:
                raise self.source.error_at(self._current_line(), "the JSON is nested too deeply") from None
            except ValueError as error:  # NaN, or an integer of thousands of digits
                raise self.source.error_at(
                    self._current_line(), f"a number that JSON does not allow: {error}"
                ) from error
            return found

    def _take_one_of(self, wanted: str) -> str:
        found = self._peek_char()
        if not found or found not in wanted:
            names = " or ".join(wanted)
            raise self.source.error_at(self._current_line(), f"not JSON: expected {names}, found {found or 'the end'}")
        self._at += 1
        return found

    def _expect_end(self) -> None:
        if self._peek_char():
            raise self.source.error_at(self._current_line(), "not JSON: extra text after the end")

    def _peek_char(self) -> str:
        """Return the next character that is not white space, without consuming it; "" at the end."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]  # it matches the empty text
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read_more():
                return ""

    def _read_more(self) -> bool:
        """Read at least as much again as is buffered, so that a long value costs at most twice its length."""
        self._current_line()
        rest = self._text[self._at :]
        pieces, length = [rest], 0
        for piece in self._pieces:
            pieces.append(piece)
            length += len(piece)
            if length >= len(rest):
                break
        self._text, self._at, self._counted = "".join(pieces), 0, 0
        return length > 0

    def _current_line(self) -> int:
        """Return the current line."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
