"""Log a line for each message, in such a way that no reader can block the server."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TextIO

from ..text import ESCAPED, clean
from .rules import list_recipients

MOST_NAMES = 20  # variables named in a line
PAUSE = 0.02  # seconds between writes: waking up for each line would cost more than the message
MOST = 10_000  # lines queued for a slow reader


def lines(
    stream: str, sandbox_id: int, messages: list[dict[str, Any]], form: Callable[[Any, str], str]
) -> Iterator[str]:
    """Yield a line for each message, cleaned of terminal escapes; `form` picks the document or the text."""
    for message in messages:
        document = {
            "stream": stream,
            "sandbox_id": sandbox_id or None,
            "from": message["from"]["email"],
            "to": list_recipients(message),
            "subject": message.get("subject"),
        }
        if describe_missing(message):
            document["missing_variables"] = message["missing_variables"]
        yield form(document, _format_line(document, message))


def _format_line(document: Mapping[str, Any], message: Mapping[str, Any]) -> str:
    where = f"sandbox {document['sandbox_id']}" if document["sandbox_id"] else document["stream"]
    subject = document["subject"]
    what = f"template {message.get('template_uuid')}" if subject is None else subject
    line = f"{where}  {document['from']} → {', '.join(document['to'])}  {what}".rstrip()
    missing = describe_missing(message)
    return clean(f"{line}  ({missing})" if missing else line)


def describe_missing(message: Mapping[str, Any]) -> str:
    """Describe which template variables a message lacks; "" if none."""
    # A client may send fields of these names; only a rendered message has both.
    names = message.get("missing_variables") if message.get("template_uuid") and message.get("template_id") else None
    return f"no value for {', '.join(names[:MOST_NAMES])}{', …' * (len(names) > MOST_NAMES)}" if names else ""


class Lines:
    """Write lines to a stream from a separate thread; a slow, stopped or closed reader blocks nobody.

    If the reader is too slow, lines beyond MOST are dropped; if it is gone, writing stops. Either is reported to
    `trouble`, once.
    """

    def __init__(self, stream: TextIO, trouble: Callable[[str], None]) -> None:
        stream.flush()
        # Bypass Python's own buffer: a thread stuck writing to it would block the exit of the program.
        self._file = stream.fileno()
        self._encoding = stream.encoding
        self._trouble = trouble
        self._waiting: deque[str] = deque()
        self._changed = threading.Condition()
        self._ended = False
        self._told = False
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def put(self, *lines: str) -> None:
        """Queue lines for writing; never waits, never fails."""
        with self._changed:
            room = MOST - len(self._waiting)
            self._waiting.extend(lines[:room])
            self._changed.notify()
            told, self._told = self._told, self._told or room < len(lines)
        if self._told and not told:
            self._trouble("Output is read too slowly: some messages are not shown (all are stored)")

    def close(self, seconds: float = 1.0) -> None:
        """Write what is still queued, within a time limit."""
        with self._changed:
            self._ended = True
            self._changed.notify()
        self._thread.join(seconds)

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._ended)
                text = "".join(f"{line}\n" for line in self._waiting)
                self._waiting.clear()
            if not text:
                return
            data = text.encode(self._encoding, ESCAPED)
            try:
                while data:
                    data = data[os.write(self._file, data) :]
            except OSError as error:
                self._trouble(f"Messages are no longer shown, only stored: {error.strerror}")
                return
            time.sleep(PAUSE)
