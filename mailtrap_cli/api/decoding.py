"""Decompress the body of an answer within limits: a few kilobytes of gzip can expand to gigabytes."""

from __future__ import annotations

import zlib

ACCEPTED = "gzip, deflate"  # what requests ask for; RFC 9110, 8.4.1, names no others that the standard library reads

_CODINGS = ("gzip", "x-gzip", "deflate")
_GZIP = zlib.MAX_WBITS | 16


class UnreadableBody(Exception):  # noqa: N818 - a verdict on what a server sent
    """The body does not match its headers, or is larger than allowed; the message says which."""


class BodyReader:
    """Collects a body, chunk by chunk, in `content`. It never holds more than `limit` bytes."""

    def __init__(self, encoding: str, limit: int) -> None:
        codings = [coding for word in encoding.lower().split(",") if (coding := word.strip()) not in ("", "identity")]
        if len(codings) > 1 or any(coding not in _CODINGS for coding in codings):
            raise UnreadableBody(f"in an encoding that was not requested ({', '.join(codings)[:40]})")
        self.content = bytearray()
        self._limit = limit
        self._coding = codings[0] if codings else ""
        self._inflater = zlib.decompressobj(_GZIP) if self._coding.endswith("gzip") else None
        self._head = b""  # the first bytes of deflate

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the body. Raises UnreadableBody."""
        if chunk and self._coding:
            self._inflate_bytes(chunk)
        elif chunk:
            self._append_bytes(chunk)

    def finish(self) -> bytes:
        """Return the whole body. Raises UnreadableBody if the compressed data ends early."""
        if self._inflater and self.content and not self._inflater.eof:
            raise UnreadableBody(f"cut off within its {self._coding} encoding")
        return bytes(self.content)

    def _append_bytes(self, data: bytes) -> None:
        self.content += data
        if len(self.content) > self._limit:
            raise UnreadableBody(f"of more than {self._limit >> 20} MB")

    def _inflate_bytes(self, data: bytes) -> None:
        if self._inflater is None:
            self._head += data
            if len(self._head) < 2:
                return
            # Some servers omit the zlib header (RFC 1950, 2.2, identifies it by its first two bytes).
            wrapped = self._head[0] & 15 == 8 and int.from_bytes(self._head[:2], "big") % 31 == 0
            self._inflater = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
            data = self._head
        try:
            while data:
                if self._inflater.eof:  # a gzip file may have several members (RFC 1952, 2.2)
                    self._inflater = zlib.decompressobj(_GZIP)
                self._append_bytes(self._inflater.decompress(data, self._limit - len(self.content) + 1))
                data = self._inflater.unconsumed_tail or self._inflater.unused_data
        except zlib.error as error:
            raise UnreadableBody(f"no valid {self._coding}") from error
