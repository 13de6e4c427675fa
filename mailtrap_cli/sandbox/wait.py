"""Waiting for messages: a loop that asks seldom enough for the API, and stops in time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from ..errors import ApiError, MailtrapError, TimedOut, TransportError
from ..text import clean
from .mailbox import Filters, Mail, Mailbox

# Seconds between two questions. The API takes 150 requests in 10 s a token, which other jobs may share.
FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.5, 5.0, 1.5
OVERLAP = 30  # ids that are looked at again: a message may show after one with a higher id
JUDGED = 30  # messages, the newest, that `accept` is asked about in one look
LAST_LOOK = 5.0  # seconds for what came meanwhile, once time is up
SHOWN = 10  # messages that are named when time is up


@dataclass
class Wait:
    """A wait of `seconds` for `count` messages that `accept` takes; `new` ones have come after the start.

    What is new is told by ids, which grow, so that no clock here or there matters.
    """

    box: Mailbox
    filters: Filters
    seconds: float
    count: int = 1
    new: bool = False
    accept: Callable[[Mail], bool] | None = None
    found: dict[int, Mail] = field(default_factory=dict)
    refused: dict[int, Mail] = field(default_factory=dict)
    newest_at_start: int = 0
    _looked_up_to: int = 0
    _looked: bool = False  # whether any question was answered
    _failure: MailtrapError | None = None

    def start(self) -> None:
        """Look which message is the newest; raises the request's error."""
        self.newest_at_start = max((row["id"] for row in islice(self.box.find(Filters()), 1)), default=0)

    def run(self) -> list[Mail]:
        """The messages, newest first, once there are `count`; those that there are when time is up.

        Failures of the network and of the server are waited out; one is raised where there was nothing else.
        """
        self.box.api.until = end = time.monotonic() + self.seconds
        for pause in _pauses():
            self._look()
            left = end - time.monotonic()
            if len(self.found) >= self.count or left <= 0:
                break
            time.sleep(min(pause, left))
        self.box.api.until = None
        if self._failure is not None and not self._looked:
            raise self._failure
        return [self.found[number] for number in sorted(self.found, reverse=True)]

    def _look(self) -> None:
        after = max(self._looked_up_to - OVERLAP, self.newest_at_start if self.new else 0)
        listed = replace(Filters(), search=self.filters.search, since=self.filters.since)
        judged = 0
        try:
            newest = self._looked_up_to
            for row in self.box.find(listed, after=after):
                newest = max(newest, row["id"])
                if row["id"] in self.found or row["id"] in self.refused or not self.filters.match(row):
                    continue
                self._judge(Mail(self.box, row))
                judged += self.accept is not None
                if len(self.found) >= self.count or judged >= JUDGED:
                    break
            self._looked_up_to, self._looked, self._failure = newest, True, None
        except (TransportError, ApiError) as error:
            lasting = error.status not in (404, 429) if isinstance(error, ApiError) else not error.passing
            if lasting:
                raise
            self._failure = error

    def _others(self) -> list[Mail]:
        """What came since the start and is not meant, as far as it can be told at once."""
        if self._failure is not None:
            return []
        self.box.api.until = time.monotonic() + LAST_LOOK
        try:
            rows = list(islice(self.box.find(Filters(), after=self.newest_at_start), SHOWN + 1))
        except MailtrapError:
            return []
        return [Mail(self.box, row) for row in rows if row["id"] not in {*self.refused, *self.found}]

    def _judge(self, mail: Mail) -> None:
        (self.found if self.accept is None or self.accept(mail) else self.refused)[mail.id] = mail

    def timed_out(self, lacking: str = "") -> TimedOut:
        """The error for a wait in vain: what did arrive meanwhile, and what the refused messages are `lacking`."""
        details = [f"{line(mail)}, which holds no {lacking}" for mail in self.refused.values()]
        details += [f"{line(mail)}, which is another" for mail in self._others()]
        what = f"{'new ' if self.new else ''}{self.filters.noun}" + (f" that holds a {lacking}" if lacking else "")
        where = f"sandbox {self.box.number}"
        where = f"came to {where} within {self.seconds:g} s" if self.seconds else f"is in {where}"
        message = f"No {what} {where}" if not self.found else f"{len(self.found)} of {self.count} {where}: {what}"
        if self._failure is not None:
            details.append(f"The last request failed: {self._failure.message}")
        if not details and self.seconds:
            message += "; nothing else came meanwhile"
        more = [f"and more: mailtrap messages list --sandbox-id {self.box.number}"] if len(details) > SHOWN else []
        hint = "Was it sent, and to this sandbox? --wait DURATION waits longer." + (
            " With --new only what is sent after the start counts." if self.new else ""
        )
        return TimedOut(message, hint=hint, details=[*details[:SHOWN], *more])


def line(mail: Mail) -> str:
    """A message in a few words: `7 "Your receipt" to ada@example.com`."""
    return clean(f'{mail.id} "{mail.subject}" to {mail.row.get("to_email")}')


def _pauses() -> Iterator[float]:
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * GROWTH, LONGEST_PAUSE)
