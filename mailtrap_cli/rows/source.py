"""The bytes of an input, hashed so that every reading is the same, and their text."""

from __future__ import annotations

import codecs
import threading
from collections.abc import Iterator
from hashlib import sha256
from io import StringIO
from typing import BinaryIO

from ..errors import InputError

CHUNK = 256 * 1024  # bytes read at a time
LONGEST_LINE = 32 * 1024 * 1024  # characters; no message in any encoding comes close

# Files that are not text, by their first bytes: what each is, and what to do.
_SAVE_AS = "Save it as CSV UTF-8 in your spreadsheet program, and use that file."
FORMATS = (
    (b"PK\x03\x04", "an Excel workbook or another zip archive", _SAVE_AS),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook", _SAVE_AS),
    (b"\x1f\x8b", "compressed with gzip", "Decompress it, such as: gunzip -k FILE"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", "Decompress it, such as: zstd -d FILE"),
    (b"BZh", "compressed with bzip2", "Decompress it, such as: bunzip2 -k FILE"),
    (b"\xfd7zXZ\0", "compressed with xz", "Decompress it, such as: xz -dk FILE"),
    (b"%PDF-", "a PDF document", "Export the rows as CSV."),
    (b"SQLite format 3\0", "an SQLite database", "Export the rows as CSV."),
)


class Source:
    """An input that can be read repeatedly: with the same content each time, or an InputError that it has changed.

    The first reading hashes each chunk; every later one compares before it yields the chunk.
    """

    def __init__(self, name: str, stream: BinaryIO) -> None:
        self.name = name
        self._stream = stream
        self._lock = threading.Lock()
        self._marks: list[bytes] = []
        self._whole = sha256()
        self._complete = False

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    @property
    def digest(self) -> str:
        """Hex SHA-256 of all bytes; they are read to the end if needed."""
        if not self._complete:
            for _ in self.read_chunks():
                pass
        return self._whole.hexdigest()

    def read_chunks(self) -> Iterator[bytes]:
        """Yield the bytes from the beginning."""
        number = 0
        while chunk := self._read_chunk(number):
            yield chunk
            number += 1

    def _read_chunk(self, number: int) -> bytes:
        with self._lock:
            try:
                self._stream.seek(number * CHUNK)
                chunk = self._stream.read(CHUNK)
            except OSError as error:
                raise InputError(f"{self.name} cannot be read: {error.strerror}") from error
            mark = sha256(chunk).digest()
            if number < len(self._marks):
                if self._marks[number] != mark:
                    raise self._changed_error()
            elif chunk and self._complete:
                raise self._changed_error()
            else:
                self._marks.append(mark)
                self._whole.update(chunk)
                self._complete = not chunk
            return chunk

    def _changed_error(self) -> InputError:
        return InputError(
            f"{self.name} has changed since it was checked",
            hint="Run the command again; if the file keeps changing, work on a copy.",
        )

    def error_at(self, line: int, sentence: str, hint: str | None = None) -> InputError:
        """Build the error for this line of the input."""
        return InputError(f"{self.name}:{line}: {sentence}", hint=hint)

    def read_text(self) -> Iterator[str]:
        """Yield the text in pieces, decoded by its byte-order mark, else as UTF-8. InputError names a bad line."""
        decoder: codecs.IncrementalDecoder | None = None
        encoding, line = "utf-8", 1
        for chunk in self.read_chunks():
            first = decoder is None
            if decoder is None:
                self._refuse_other_formats(chunk)
                encoding, skipped = encoding_of(chunk)
                decoder = codecs.getincrementaldecoder(encoding)()
                chunk = chunk[skipped:]
            piece = self._decode_chunk(decoder, chunk, encoding, line)
            if first:
                piece = piece.lstrip("\ufeff")  # some programs write the byte-order mark twice
            line += count_breaks(piece)
            yield piece
        if decoder is not None:
            yield self._decode_chunk(decoder, b"", encoding, line, final=True)

    def _refuse_other_formats(self, head: bytes) -> None:
        for mark, what, cure in FORMATS:
            if head.startswith(mark):
                raise InputError(f"{self.name} is {what}, not text", hint=cure)

    def _decode_chunk(
        self, decoder: codecs.IncrementalDecoder, chunk: bytes, encoding: str, line: int, *, final: bool = False
    ) -> str:
        try:
            piece = decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            line += count_breaks(error.object[: error.start].decode(encoding, "ignore"))
            shown = error.object[error.start : error.start + 1].hex()
            kind = encoding.upper().removesuffix("-LE").removesuffix("-BE")
            raise self.error_at(
                line,
                f"not {kind} text (byte 0x{shown})",
                'Save it as "CSV UTF-8", or convert it, such as: iconv -f WINDOWS-1252 -t UTF-8 IN > OUT',
            ) from error
        if "\0" in piece:
            line += count_breaks(piece[: piece.index("\0")])
            raise self.error_at(line, "contains a NUL character, which is not valid text", "Export the file again.")
        return piece

    def read_lines(self) -> Iterator[str]:
        """Yield the physical lines with their original ends: \\n, \\r\\n or \\r."""
        rest, line = "", 1
        for piece in self.read_text():
            text = rest + piece
            # A \r at the very end may be half of a \r\n.
            cut = max(text.rfind("\n"), text.rfind("\r", 0, len(text) - 1)) + 1
            rest = text[cut:]
            if len(rest) > LONGEST_LINE:
                raise self.error_at(line, f"this line is longer than {LONGEST_LINE >> 20} million characters")
            line += count_breaks(text[:cut])
            yield from StringIO(text[:cut], newline="")
        yield from StringIO(rest, newline="")


def open_source(name: str, stdin: BinaryIO | None) -> Source:
    """Open the input of this name, `-` for `stdin`. What can be read only once is copied to a private temporary file.

    Raises InputError if it cannot be opened.
    """
    if name == "-":
        if stdin is None:
            raise InputError("Standard input is closed", hint="Pipe the rows in, or name a file.")
        return Source(name, _spool_stream(name, stdin))
    try:
        stream = open(name, "rb")  # noqa: SIM115 - it stays open, so that another file of this name is not read
        return Source(name, stream if stream.seekable() else _spool_stream(name, stream))
    except (OSError, ValueError) as error:
        raise InputError(f"{name}: {_reason_of(error)}", hint="Name a CSV, TSV, JSON or JSONL file.") from error


def _reason_of(error: Exception) -> str:
    match error:
        case FileNotFoundError():
            return "file not found"
        case IsADirectoryError():
            return "is a folder"
        case OSError():
            return (error.strerror or "cannot be read").lower()
        case _:
            return "not a usable file name"


def _spool_stream(name: str, stream: BinaryIO) -> BinaryIO:
    from shutil import copyfileobj
    from tempfile import TemporaryFile

    try:
        copy = TemporaryFile()  # noqa: SIM115 - it lives as long as the source; readable by this user alone
        copyfileobj(stream, copy, CHUNK)
    except OSError as error:
        raise InputError(
            f"{name} could not be copied to a temporary file: {error.strerror}", hint="Free some space, or set TMPDIR."
        ) from error
    return copy


def encoding_of(head: bytes) -> tuple[str, int]:
    """Detect the encoding from the first bytes, and the length of the byte-order mark.

    Without a mark: UTF-16 if every other byte of the first characters is NUL, else UTF-8.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            return encoding, len(mark)
    start = head[:4]
    if len(start) == 4 and start[0] and start[2] and not start[1] and not start[3]:
        return "utf-16-le", 0
    if len(start) == 4 and start[1] and start[3] and not start[0] and not start[2]:
        return "utf-16-be", 0
    return "utf-8", 0


def count_breaks(text: str) -> int:
    """Count line breaks in any convention."""
    return text.count("\n") or text.count("\r")
