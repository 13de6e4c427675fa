"""Pack messages into batch requests, and turn answers into an outcome for each message. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..api.client import Pieces
from ..api.responses import Answer, decode_errors, load_json, sentences_of
from ..records import record
from ..text import clean
from .journal import Fate
from .model import Composed

MOST_MESSAGES = 500  # in a request (the API's own limit)
MOST_BYTES = 50_000_000  # per request
# Bytes of messages at which a request is full although more were allowed: what is in flight is in memory, and larger
# ones are no faster. A request of one message may have more, and what all share is not counted: it is there once.
ENOUGH_BYTES = 4_000_000
SMALL = Pieces.SIZE  # bytes up to which a body is joined, so that it goes out in one piece

LONGEST_ERROR, MOST_ERRORS = 300, 5  # characters per sentence, and sentences, kept for a row
LONGEST_ID = 100  # characters

UNEXPLAINED = "The API refused it without saying why"


@record
class Request:
    """One request: its rows, ascending, and its JSON. `size` is the bytes of memory that only this request needs."""

    rows: list[int]
    body: bytes | Pieces
    size: int


def requests_of(
    messages: Iterable[Composed], base: Mapping[str, Any], *, most: int = MOST_MESSAGES, unsent: Callable[[int], bool]
) -> Iterator[Request]:
    """Pack `unsent` messages into requests of at most `most`."""
    start = b'{"requests":['
    if base:
        start = b'{"base":' + json.dumps(base, ensure_ascii=False, separators=(",", ":")).encode() + b',"requests":['
    room = min(ENOUGH_BYTES, MOST_BYTES - len(start) - 2)
    filling = _Filling()
    for message in messages:
        if not unsent(message.row):
            continue
        length = len(message.body) + 1
        if filling.rows and filling.size + length > room:
            full, filling = filling, _Filling()
            yield full.make_request(start)
            del full  # it is large and belongs to the caller now
        filling.rows.append(message.row)
        filling.bodies.append(message.body)
        filling.size += length
        if filling.size - filling.packed >= SMALL:
            filling.pack_bodies()
        if len(filling.rows) == most or filling.size >= room:
            full, filling = filling, _Filling()
            yield full.make_request(start)
            del full
    if filling.rows:
        yield filling.make_request(start)


class _Filling:
    """A request being filled: the JSON of its messages in large `parts` and single `bodies`."""

    __slots__ = ("bodies", "packed", "parts", "rows", "size")

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.bodies: list[bytes] = []
        self.parts: list[bytes] = []
        self.size = 0  # bytes of all messages
        self.packed = 0  # bytes of those in parts

    def pack_bodies(self) -> None:
        """Join the single bodies into one part."""
        self.parts.append(b",".join([b"", *self.bodies] if self.parts else self.bodies))
        self.bodies = []
        self.packed = self.size

    def make_request(self, start: bytes) -> Request:
        if self.bodies:
            self.pack_bodies()
        if len(start) + self.size < SMALL:
            return Request(self.rows, start + self.parts[0] + b"]}", self.size)
        return Request(self.rows, Pieces(start, *self.parts, b"]}"), self.size)


def shorten_errors(sentences: Sequence[str]) -> list[str]:
    """Keep the first few of a server's sentences, cut to a readable length: the journal stores them for each row."""
    return [clean(sentence)[:LONGEST_ERROR] for sentence in sentences[:MOST_ERRORS]]


def fates_of(answer: Answer, count: int) -> tuple[list[Fate], str]:
    """Read the fate of each of `count` messages from a 2xx answer, and why some have none ("" if all have).

    The answer's `responses` are in the order of the requests (BatchSentResponse). Unless there is one per
    message, nothing is known of any; if the API refused the whole request, all were refused.
    """
    try:
        document = load_json(answer.body)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return [None] * count, f"The answer ({answer.status}) is not the API's JSON"
    responses = document.get("responses")
    if document.get("success") is False and not responses:
        errors = decode_errors(answer.body)
        if errors:
            return [shorten_errors(errors) for _ in range(count)], ""
    if not isinstance(responses, list):
        return [None] * count, "The answer has no responses"
    if len(responses) != count:
        return [None] * count, f"The answer is for {len(responses)} of {count} messages"
    fates = [_fate_of(response) for response in responses]
    return fates, "The answer does not say whether it was sent" if None in fates else ""


def _fate_of(response: Any) -> Fate:
    if not isinstance(response, dict):
        return None
    success = response.get("success")
    if success is True:
        ids = response.get("message_ids")
        return clean(" ".join([str(each)[:LONGEST_ID] for each in ids])) if isinstance(ids, list) else ""
    if success is False:
        return shorten_errors(sentences_of(response)) or [UNEXPLAINED]
    return None
