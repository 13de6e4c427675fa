"""The engine: several requests in flight, each journaled before it goes out and after its answer."""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Callable, Container, Iterable
from typing import TYPE_CHECKING, Any, Protocol

from ..api.rate_limit import Pacer, Stopped
from ..errors import ApiError, MailtrapError, TransportError, describe_bug
from .journal import Chunk, Journal
from .journal_file import Counts, JournalError
from .requests import LONGEST_ERROR, Request, fates_of, shorten_errors

if TYPE_CHECKING:
    from ..api.client import Client
    from ..config.target import Target

MOST_IN_MEMORY = 16_000_000  # bytes of messages in flight or ready to be; a larger request goes alone
AHEAD = 2  # requests that are ready, in addition to those in flight
IN_A_ROW = 3  # consecutive failures of the server or the network before the run stops
TICK = 0.1  # seconds

BUG = "This is a bug in mailtrap: please report it. The journal holds what was done."

# Answers after which no other request would succeed: no access, no such sandbox, rate limited to the end.
HOPELESS = (401, 403, 404, 429)
# Refusals for the moment, not because of the messages (RFC 9110, 15.5.9; RFC 8470, 5.2).
NOT_NOW = (408, 425)


class Progress(Protocol):
    """Called about ten times a second with the progress of a run."""

    def update(self, counts: Counts) -> None:
        """Record how many rows of the run are settled."""
        ...


class States:
    """The outcome of each row, in one byte, and the number of rows of each kind."""

    UNSENT, SENT, FAILED, UNKNOWN = range(4)

    def __init__(self, total: int) -> None:
        self._rows = bytearray(total)
        self._counts = [total, 0, 0, 0]

    def is_unsent(self, row: int) -> bool:
        """Whether this row has yet to be sent."""
        return not self._rows[row]

    def count_rows(self, rows: Iterable[int], *states: int) -> int:
        """Count how many of `rows` are in one of `states`."""
        return sum(self._rows[row] in states for row in rows)

    def apply_chunk(self, chunk: Chunk, only: Container[int] | None = None) -> None:
        """Apply a chunk of the journal to `only` these rows: others may be in a later chunk by now."""
        for row, fate in chunk.fates():
            if only is not None and row not in only:
                continue
            state = self.SENT if type(fate) is str else _STATES[type(fate)]
            self._counts[self._rows[row]] -= 1
            self._rows[row] = state
            self._counts[state] += 1

    @property
    def counts(self) -> Counts:
        """The rows that have been tried."""
        return Counts(*self._counts[1:])


_STATES = {list: States.FAILED, type(None): States.UNKNOWN, int: States.UNSENT}  # by the type of a fate


class Engine:
    """Sends requests, at most `width` in flight. Used from the thread that feeds it, for one run."""

    def __init__(
        self, api: Client, target: Target, journal: Journal, pacer: Pacer, states: States, *, traced: bool, width: int
    ) -> None:
        self.requests = 0  # attempts, answered or not, including 429s and repeats
        self.interrupted = False
        self.stopped: MailtrapError | None = None  # why no more is sent
        self.failure: MailtrapError | None = None  # the last request that could not be sent, even with repeats
        self._api = api
        self._target = target
        self._journal = journal
        self._pacer = pacer
        self._states = states
        self._traced = traced
        self._width = width
        self._changed = threading.Condition()
        self._ready: deque[Request] = deque()
        self._flying = 0
        self._bytes = 0
        self._workers = 0
        self._closing = False
        self._in_a_row = 0
        self._begun: dict[int, Chunk] = {}

    def send(self, requests: Iterable[Request], tick: Callable[[], None]) -> None:
        """Send all requests, unless something stops the run; return when nothing is in flight.

        `tick` is called about ten times a second. KeyboardInterrupt abandons what is in flight: it is unknown.
        """
        try:
            self._feed_requests(requests, tick)
            with self._changed:
                self._closing = True
                self._changed.notify_all()
            self._wait_until(lambda: not self._flying and (self._halted or not self._ready), tick)
        finally:
            self._pacer.stop()
            with self._changed:
                self._closing = True
                for chunk in self._begun.values():
                    chunk.outcome = None
                    self._states.apply_chunk(chunk)
                self._begun.clear()
                self._changed.notify_all()

    def stop_sending(self, why: MailtrapError | None = None) -> int:
        """Start no more requests. Return the number in flight, which are finished."""
        with self._changed:
            if why is None:
                self.interrupted = True
            elif self.stopped is None:
                self.stopped = why
            flying = self._flying
            self._changed.notify_all()
        self._pacer.stop()
        return flying

    @property
    def _halted(self) -> bool:
        return self.interrupted or self.stopped is not None

    def _feed_requests(self, requests: Iterable[Request], tick: Callable[[], None]) -> None:
        try:
            for request in requests:
                if not self._offer_request(request, tick):
                    return
                del request  # released before the next one is built
        except MailtrapError as error:  # the input has changed since it was checked
            self.stop_sending(error)

    def _offer_request(self, request: Request, tick: Callable[[], None]) -> bool:
        def has_room() -> bool:
            fits = self._bytes + request.size <= MOST_IN_MEMORY or not self._bytes
            return self._halted or (fits and len(self._ready) < AHEAD)

        self._wait_until(has_room, tick)
        with self._changed:
            if self._halted:
                return False
            self._ready.append(request)
            self._bytes += request.size
            if self._workers < self._width:
                self._workers += 1
                threading.Thread(target=self._run_worker, daemon=True).start()
            self._changed.notify()
        return True

    def _wait_until(self, condition: Callable[[], bool], tick: Callable[[], None]) -> None:
        tick()
        while True:
            with self._changed:
                if condition() or self._changed.wait_for(condition, TICK):
                    return
            tick()

    # -------------------------------------------------------------------------------------------- in the threads

    def _run_worker(self) -> None:
        while self._send_next():
            pass

    def _send_next(self) -> bool:
        """Send the next request; False if none is left. (A waiting thread keeps no request in memory.)"""
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._closing or self._halted)
            if self._halted or not self._ready:
                return False
            request = self._ready.popleft()
            self._flying += 1
        try:
            self._send_request(request)
        except MailtrapError as error:
            self.stop_sending(error)
        except Exception as error:
            self.stop_sending(MailtrapError(describe_bug(error), hint=BUG))
        finally:
            with self._changed:
                self._flying -= 1
                self._bytes -= request.size
                self._changed.notify_all()
        return True

    def _send_request(self, request: Request) -> None:
        chunk = Chunk(request.rows, self._traced)
        turn = _Turn(self, self._pacer, chunk)
        try:
            answer = self._api.call(
                "POST", self._target.batch_path, body=request.body, host=self._target.host, limiter=turn
            )
        except Stopped:
            self._record_not_sent(chunk)
        except JournalError:
            raise
        except ApiError as error:
            if error.status in HOPELESS:
                self._record_not_sent(chunk)
                self.stop_sending(error)
            elif error.status in NOT_NOW:
                self._record_not_sent(chunk, error)
            else:
                sentences = shorten_errors(error.details or [error.message])
                chunk.outcome = [list(sentences) for _ in request.rows]
                self._record_outcome(chunk)
        except TransportError as error:
            if error.outcome == "not sent":
                self._record_not_sent(chunk, error)
            else:
                chunk.outcome, chunk.error = [None] * len(request.rows), error.message[:LONGEST_ERROR]
                self._record_outcome(chunk)
                self._count_failure(error)
        else:
            chunk.outcome, chunk.error = fates_of(answer, len(request.rows))
            self._record_outcome(chunk)
            self._in_a_row = 0

    def record_start(self, chunk: Chunk) -> None:
        """Journal that this request is about to go out; its rows are unknown from now on."""
        self._journal.begin_chunk(chunk)
        with self._changed:
            self._begun[chunk.id] = chunk

    def count_attempt(self) -> None:
        """One more attempt."""
        with self._changed:
            self.requests += 1

    def _record_outcome(self, chunk: Chunk) -> None:
        self._journal.end_chunk(chunk)
        with self._changed:
            if self._begun.pop(chunk.id, None):
                self._states.apply_chunk(chunk)

    def _record_not_sent(self, chunk: Chunk, error: MailtrapError | None = None) -> None:
        if chunk.id in self._begun:
            self._journal.drop_chunk(chunk)
            with self._changed:
                self._begun.pop(chunk.id, None)
        if error is not None:
            self.failure = error
            self._count_failure(error)

    def _count_failure(self, error: MailtrapError) -> None:
        self._in_a_row += 1
        if self._in_a_row >= IN_A_ROW:
            self.stop_sending(error)


class _Turn:
    """The limiter of one request, whose intent is on disk before each attempt."""

    owns_retries = True

    def __init__(self, engine: Engine, pacer: Pacer, chunk: Chunk) -> None:
        self._engine = engine
        self._pacer = pacer
        self._chunk = chunk

    def acquire(self) -> None:
        self._pacer.acquire(0 if self._chunk.id else len(self._chunk.rows))
        try:
            self._engine.record_start(self._chunk)
        except BaseException:
            self._pacer.release(None)
            raise

    def release(self, status: int | None, asked: float | None) -> bool:
        self._engine.count_attempt()
        return self._pacer.release(status, asked)

    def sleep(self, seconds: float) -> None:
        self._pacer.sleep(seconds)


class Interruption:
    """Handles Ctrl-C, SIGTERM and SIGHUP (the terminal is closed) in this context, except signals that were ignored
    (nohup). The first one sets `asked` where it is `awaited`; any other, and every second one, raises
    KeyboardInterrupt."""

    SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows lacks the last one

    def __init__(self) -> None:
        self.asked = False
        self.awaited = False
        self._former: dict[int, Any] = {}

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread():
            numbers = [getattr(signal, name) for name in self.SIGNALS if hasattr(signal, name)]
            wanted = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
            self._former = {number: signal.signal(number, self._handle_signal) for number in wanted}
        return self

    def __exit__(self, *_: object) -> None:
        for number, former in self._former.items():
            signal.signal(number, former)

    def _handle_signal(self, number: int, frame: object) -> None:
        if not self.awaited or self.asked:
            raise KeyboardInterrupt
        self.asked = True
