"""Waits for messages in a loop that stays far below the API's rate limit and ends on time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from ..errors import ApiError, MailtrapError, TimedOut, TransportError, name_option
from ..text import clean
from .mailbox import Filters, Mail, Mailbox

# The poll interval in seconds. The API takes 150 requests in 10 s for a token, which other jobs may share.
FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.5, 5.0, 1.5
OVERLAP = 30  # IDs checked again: a message may appear after one with a higher ID
JUDGED = 30  # messages, newest first, passed to `accept` in one check
LATE_BODY = 30.0  # seconds during which a message without a text or HTML body is checked again
LATE_BODY_SHOWN = 3.0  # the same, for a message that is to be shown and need not have either
LATE_BODIES = 5  # messages, newest first, checked again for that reason
LAST_LOOK = 5.0  # seconds to find what else arrived, once time is up
SHOWN = 10  # messages named when time is up


@dataclass(frozen=True)
class Clock:
    """The time of a wait, in seconds. Tests use one that does not sleep."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Wait:
    """A wait of `seconds` for `count` messages with an ID above `after`.

    IDs grow, so clocks do not matter. `accept` says whether a message has what is wanted. `complete` says
    whether enough of a message is there: the API may list a message a moment before its bodies, so one that is not
    accepted or not complete is checked again for a while. `on_wait` is called once, before the first pause.
    """

    box: Mailbox
    filters: Filters
    seconds: float
    count: int = 1
    after: int = 0
    accept: Callable[[Mail], bool] | None = None
    complete: Callable[[Mail], bool] | None = None
    patience: float = LATE_BODY  # seconds for a late body
    on_wait: Callable[[], None] | None = None
    clock: Clock = field(default_factory=Clock)
    found: dict[int, Mail] = field(default_factory=dict)
    refused: dict[int, Mail] = field(default_factory=dict)
    newest_at_start: int = 0
    _end: float = 0.0
    _looked_up_to: int = 0
    _looked: bool = False  # whether any request was answered
    _first_seen: dict[int, float] = field(default_factory=dict)
    _late: set[int] = field(default_factory=set)  # messages to check again
    _failure: MailtrapError | None = None

    def start(self) -> None:
        """Find out which message is the newest. Raises the request's error."""
        self.newest_at_start = self.box.newest_id()

    def run(self) -> list[Mail]:
        """Return the messages, newest first, once there are `count`, or those found when time is up.

        Passing failures of the network and the server are waited out. The last one is raised if no request succeeded.
        """
        self._end = self.clock.now() + self.seconds
        self.box.api.until = time.monotonic() + self.seconds
        for pause in _grow_pauses():
            self._look()
            left = self._end - self.clock.now()
            if len(self.found) >= self.count or left <= 0:
                break
            if self.on_wait is not None:
                self.on_wait()
                self.on_wait = None
            self.clock.sleep(min(pause, left))
        self.box.api.until = None
        if self._failure is not None and not self._looked:
            raise self._failure
        return [self.found[number] for number in sorted(self.found, reverse=True)]

    def _look(self) -> None:
        oldest_late = min(sorted(self._late)[-LATE_BODIES:], default=self._looked_up_to)
        after = max(min(self._looked_up_to - OVERLAP, oldest_late - 1), self.after)
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
            if not _is_passing(error):
                raise
            self._failure = error

    def _judge(self, mail: Mail) -> None:
        """Sort the message into `found` or `refused`; one whose body may still arrive is checked again."""
        accepted = self.accept is None or self.accept(mail)
        done = accepted and (self.complete is None or self.complete(mail))
        if not done and mail.lacks_body and self._may_be_late(mail.id):
            self._late.add(mail.id)
            return
        self._late.discard(mail.id)
        (self.found if accepted else self.refused)[mail.id] = mail

    def _may_be_late(self, number: int) -> bool:
        now = self.clock.now()
        first_seen = self._first_seen.setdefault(number, now)
        newest = sorted({*self._late, number}, reverse=True)[:LATE_BODIES]
        return now < self._end and now - first_seen < self.patience and number in newest

    def _find_others(self) -> list[Mail]:
        """Find what arrived since the start and does not match, as far as is known at once."""
        if self._failure is not None:
            return []
        self.box.api.until = time.monotonic() + LAST_LOOK
        try:
            rows = list(islice(self.box.find(Filters(), after=max(self.newest_at_start, self.after)), SHOWN + 1))
        except MailtrapError:
            return []
        return [Mail(self.box, row) for row in rows if row["id"] not in {*self.refused, *self.found}]

    def make_timeout_error(self, lacking: str = "") -> TimedOut:
        """Build the error for when time is up: what did arrive, and that refused messages have no `lacking`."""
        details = [f"{describe_mail(mail)} has no {lacking}" for _, mail in sorted(self.refused.items(), reverse=True)]
        details += [f"{describe_mail(mail)} does not match" for mail in self._find_others()]
        what = self.filters.noun + (f" with a {lacking}" if lacking else "")
        what += f" after message {self.after}" if self.after else ""
        where = f"{'arrived ' if self.seconds else ''}in sandbox {self.box.number}"
        where += f" within {self.seconds:g} s" if self.seconds else ""
        message = f"Only {len(self.found)} of {self.count} {where}: {what}" if self.found else f"No {what} {where}"
        if self._failure is not None:
            details.append(f"The last request failed: {self._failure.message}")
        if not details and self.seconds:
            message += "; nothing else arrived"
        more = [f"More: mailtrap messages list --sandbox-id {self.box.number}"] if len(details) > SHOWN else []
        hint = f"Check that it was sent, and to this sandbox. Wait longer with {name_option('wait')} DURATION."
        return TimedOut(message, hint=hint, details=[*details[:SHOWN], *more])


def describe_mail(mail: Mail) -> str:
    """Describe a message in a few words: `7 "Your receipt" to ada@example.com`."""
    return clean(f'{mail.id} "{mail.subject}" to {mail.row.get("to_email")}')


def _is_passing(error: TransportError | ApiError) -> bool:
    return error.status in (404, 429) if isinstance(error, ApiError) else error.passing


def _grow_pauses() -> Iterator[float]:
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * GROWTH, LONGEST_PAUSE)
