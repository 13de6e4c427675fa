"""A run: a plan sent from first row to last, over as many commands as that takes."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

from ..api.rate_limit import DEFAULT_LIMIT, Pace, Pacer, Rate, most_messages
from ..config.target import choose_target
from ..errors import ConfigError, InputError, Interrupted, MailtrapError, name_option
from ..files import FileLock
from ..records import record
from ..units import format_count
from .engine import Engine, Interruption, Progress, States
from .journal import UNSENT, Chunk, Fate, Journal
from .journal_file import JournalError, Known, broken_journal, read_run, remove_files
from .journal_file import write_failed as journal_failed
from .lookup import LookUp, NotVisible, catch_up, ready_at, settle_fates, split_addresses, wait_until
from .model import Plan
from .requests import MOST_MESSAGES, requests_of
from .results import Fates, Outcome, read_outcomes, write_failed, write_results
from .runs import key_of, lock_beside, lock_of, new_id, path_of, runs_with, storable_path, unfinished_runs

if TYPE_CHECKING:
    from ..api.client import Client
    from ..config.settings import Settings

# Requests in flight. Where the API answers at once, 4 do as well; where it takes 100 ms, 16 are 1.8 times as fast as 4.
# The 15 a second that it allows need 15 in flight where it takes a second.
CONCURRENCY = 16


@record
class Sending:
    """How a plan is sent. Rates are (count, seconds): `rate_limit` of requests, `rate` of messages; None is no limit.

    `journal` is the file of the run if it is not in the state folder. `lookup_wait` is how many seconds after
    a request the server's lists surely show its messages; None picks a value for the target.
    """

    concurrency: int = CONCURRENCY
    rate_limit: Rate | None = DEFAULT_LIMIT
    rate: Rate | None = None
    journal: Path | None = None
    again: bool = False
    traced: bool = True
    resend_unknown: bool = False
    lookup_wait: float | None = None


@record
class Report:
    """The outcome of a run. Rows are of the whole run; requests, seconds and the rate are of this command.

    `unsent` rows wait for the same command to be run again. `stopped` is what ended the run early, and
    `interrupted` means that the user did. `finished_at` is the time of the last answer (seconds since 1970) of a run
    with nothing left to send.
    """

    run: str
    total: int
    sent: int
    failed: int
    unknown: int
    skipped: int
    unsent: int
    requests: int
    seconds: float
    messages_per_second: float
    finished_at: float | None = None
    interrupted: bool = False
    stopped: MailtrapError | None = None

    def as_json(self) -> dict[str, Any]:
        """The object of `-o json`."""
        return {
            "run": self.run,
            "total": self.total,
            "sent": self.sent,
            "failed": self.failed,
            "unknown": self.unknown,
            "skipped": self.skipped,
            "unsent": self.unsent,
            "requests": self.requests,
            "seconds": round(self.seconds, 3),
            "messages_per_second": round(self.messages_per_second, 1),
        }


class Run:
    """One run of a plan, locked against other processes; a context manager.

    `before` is what earlier commands did, `left` the number of unsettled rows; `done` is set if
    nothing is left to send. `notices` are sentences for the user (an older unfinished run of the same file). Nothing is
    written before `send`.
    """

    def __init__(self, plan: Plan, settings: Settings, sending: Sending, known: Known, lock: FileLock) -> None:
        self.id = known.id
        self.known = known
        self.notices: list[str] = []
        self.finished_at: float | None = None
        self._plan = plan
        self._settings = settings
        self._sending = sending
        self._target = choose_target(settings)
        self._lock = lock
        self._states = States(plan.total)
        self._journal: Journal | None = None
        if known.file.exists():
            self._journal = Journal(known.file, known, new=False)
            try:
                for chunk in self._journal.read_chunks():
                    self._states.apply_chunk(chunk)
            except (sqlite3.Error, ValueError, LookupError, TypeError) as error:
                self._journal.close()
                raise broken_journal(known.file, error) from error
        self.before = self._states.counts
        self.left = self._states.count_rows(plan.rows(), States.UNSENT, States.UNKNOWN)
        self.done = self._journal is not None and not self.before.unknown and not self.left
        if self._journal is not None and self.done:
            self.finished_at = self._journal.last_answer()

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        if self._journal is not None:
            self._journal.close()
        self._lock.release()

    def send(
        self,
        api: Client,
        progress: Progress | None = None,
        notice: Callable[[str], None] = print,
        *,
        stopping: Callable[[int], None] = lambda _: None,
        waiting: Callable[[float, float], None] = lambda *_: None,
    ) -> Report:
        """Look up what is unknown, and send what is not sent. Ctrl-C and SIGTERM end it in good order.

        `stopping` gets the number of requests in flight, once, when the user asks to stop; `waiting` gets the seconds
        left and the total, each second of a wait before a look-up. What ends the run early is in the report, not
        raised. Raises JournalError if the journal cannot be created.
        """
        sending, plan, states = self._sending, self._plan, self._states
        if self._journal is None:
            self._journal = self._create_journal()
        journal = self._journal
        pacer = Pacer(Pace(sending.rate_limit, sending.rate, _earlier_answers(journal)))
        engine = Engine(api, self._target, journal, pacer, states, traced=sending.traced, width=sending.concurrency)
        before, began = states.counts.sent, time.perf_counter()
        with Interruption() as interruption:

            def tick() -> None:
                if interruption.asked and not engine.interrupted:
                    stopping(engine.stop_sending())
                if progress is not None:
                    progress.update(states.counts)

            try:
                self._settle_unknown(api, pacer, notice, waiting)
                interruption.awaited = True
                before, began = states.counts.sent, time.perf_counter()
                journal.set_finished(None)
                messages = plan.messages(self.id if sending.traced else None)
                most = most_messages(sending.rate, MOST_MESSAGES)
                engine.send(requests_of(messages, plan.base, most=most, unsent=states.is_unsent), tick)
                if not states.count_rows(plan.rows(), States.UNSENT) and not states.counts.unknown:
                    engine.interrupted, engine.stopped, engine.failure = False, None, None  # too late to matter
                    self.finished_at = time.time()
                    journal.set_finished(self.finished_at)
            except (KeyboardInterrupt, Interrupted):
                engine.interrupted = True
            except JournalError as error:
                engine.stop_sending(error)
        if isinstance(engine.stopped, JournalError) and journal.is_empty():  # the disk was full from the start
            journal.close()
            remove_files(journal.path)
            self._lock.write_note("")
        return self._make_report(engine, before, time.perf_counter() - began)

    def _create_journal(self) -> Journal:
        """Create the journal, and note in the lock that it exists; leave nothing behind if the disk is full."""
        journal = Journal(self.known.file, self.known, new=True)
        try:
            self._lock.write_note(self.id)
        except OSError as error:
            journal.close()
            remove_files(journal.path)
            raise journal_failed(journal.path, error, sent=False) from error
        return journal

    def report(self) -> Report:
        """Return the report of a finished run."""
        return self._make_report(None, self.before.sent, 0.0)

    def write_results(self, path: Path) -> None:
        """Write each row's line, email, status, message_ids and error, as CSV, TSV or JSON Lines."""
        write_results(path, self._plan, self._load_fates())

    def write_failed(self, path: Path) -> int:
        """The failed rows as they came, with a column `error`; says how many there are."""
        return write_failed(path, self._plan, self._load_fates())

    def first_troubled(self, most: int) -> list[Outcome]:
        """Return the first rows that failed, or whose outcome is unknown, up to this many."""
        rows = read_outcomes(self._plan, self._load_fates())
        return list(islice((row for row in rows if row.status in ("failed", "unknown")), most))

    def _load_fates(self) -> Fates:
        assert self._journal is not None, "only of a run that was begun"
        return Fates(self._journal, self._plan.total)

    def _make_report(self, engine: Engine | None, before: int, seconds: float) -> Report:
        counts, plan = self._states.counts, self._plan
        tried = counts.sent + counts.failed + counts.unknown
        unsent = self._states.count_rows(plan.rows(), States.UNSENT)
        return Report(
            run=self.id,
            total=plan.total,
            sent=counts.sent,
            failed=counts.failed,
            unknown=counts.unknown,
            skipped=plan.total - tried - unsent,
            unsent=unsent,
            requests=engine.requests if engine else 0,
            seconds=seconds,
            messages_per_second=(counts.sent - before) / seconds if seconds else 0.0,
            finished_at=self.finished_at,
            interrupted=engine is not None and engine.interrupted,
            stopped=engine.stopped or engine.failure if engine else None,
        )

    # -------------------------------------------------------------------------------------------- unknown rows

    def _settle_unknown(
        self,
        api: Client,
        pacer: Pacer,
        notice: Callable[[str], None],
        waiting: Callable[[float, float], None],
    ) -> None:
        """Look up unknown rows: mark those found as sent, and queue those surely not sent."""
        assert self._journal is not None
        chunks = [chunk for chunk in self._journal.read_chunks() if None in (chunk.outcome or [None])]
        if not chunks:
            return
        if self._sending.resend_unknown:
            again = self._emails_of(chunks).keys()
            notice(
                f"Sending {format_count(len(again), 'row')} of unknown outcome again ({name_option('resend_unknown')})."
            )
            self._revise_chunks(chunks, {}, again)
            return
        traced = [chunk for chunk in chunks if chunk.traced]
        if len(traced) < len(chunks):
            notice(f"Rows that were sent with {name_option('no_trace')} cannot be looked up: they stay unknown.")
        emails = self._emails_of(traced)
        if not emails:
            return
        wait = self._sending.lookup_wait
        try:
            ready = ready_at(traced, catch_up(self._settings) if wait is None else wait)
        except NotVisible as error:
            rows = format_count(len(emails), "row")
            notice(f"{error.message}: {rows} of unknown outcome cannot be looked up and stay unknown.")
            return
        where = "the sandbox's messages" if self._settings.sandbox else "the email logs"
        seconds = max(0, round(ready - time.time()))
        pause = f" in {seconds} s, when they are complete" if seconds else ""
        notice(f"{format_count(len(emails), 'row')} with an unknown outcome: looking them up in {where}{pause}.")
        wait_until(ready, waiting)
        search = LookUp(api, pacer, self.id, emails, min(chunk.begun_at for chunk in traced))
        complete = True
        try:
            search.find_rows(self._last_accepted())
        except NotVisible as error:
            complete = False
            notice(f"{error.message}: rows that were not found stay unknown.")
        self._revise_chunks(traced, search.seen, emails.keys() if complete else ())
        left = len(emails) - len(search.seen)
        rest = "" if not left else f", {left:,} were not and are sent now" if complete else f", {left:,} stay unknown"
        notice(f"{format_count(len(search.seen), 'row')} {'was' if len(search.seen) == 1 else 'were'} sent{rest}.")

    def _revise_chunks(self, chunks: list[Chunk], seen: dict[int, str], unsent: Collection[int]) -> None:
        assert self._journal is not None
        for chunk in chunks:
            unknown = _unknown_rows(chunk)
            chunk.outcome = settle_fates(chunk, seen, unsent)
            if chunk.outcome.count(UNSENT) == len(chunk.outcome):
                self._journal.drop_chunk(chunk)
            else:
                self._journal.revise_chunk(chunk)
            self._states.apply_chunk(chunk, unknown)

    def _emails_of(self, chunks: list[Chunk]) -> dict[int, str]:
        """Return the first recipient, in lower case, of each unknown row of this plan (a limit may exclude some)."""
        rows = set().union(*map(_unknown_rows, chunks))
        found = {}
        for message in self._plan.messages(None):
            if message.row in rows:
                found[message.row] = split_addresses(message.email)[0]
                if len(found) == len(rows):
                    break
        return found

    def _last_accepted(self) -> str | None:
        """Return the ID of the last message that was surely accepted."""
        assert self._journal is not None
        return next(
            (
                fate.split()[0]
                for chunk in self._journal.read_answered()
                for fate in chunk.outcome or ()
                if _has_ids(fate)
            ),
            None,
        )


def _earlier_answers(journal: Journal) -> list[float]:
    """Return the times of the last answers, by the pacer's clock: the server's limit still counts them."""
    return [time.monotonic() - age for age in journal.answer_ages()]


def _unknown_rows(chunk: Chunk) -> set[int]:
    return {row for row, fate in chunk.fates() if fate is None}


def _has_ids(fate: Fate) -> TypeGuard[str]:
    return isinstance(fate, str) and fate != ""


# ------------------------------------------------------------------------------------------------ which run


def open_run(plan: Plan, settings: Settings, sending: Sending) -> Run:
    """Open the run of this plan to this target: the one that was begun, or a new one.

    A run is identified by its input, everything that turns it into messages, and where they go: host, path and profile.
    Not by the token, which changes now and then, nor by how many rows to send, or how fast.
    Raises InputError if another process is sending it, ConfigError for a journal that cannot be used.
    """
    target = choose_target(settings)
    where = settings.hosts[target.host] + target.batch_path
    key = key_of(plan.input_digest, plan.content_digest, target.kind, where, settings.profile)
    name = plan.name if plan.name == "-" else storable_path(plan.name, absolute=True)
    new = Known(new_id(), key, storable_path(plan.name), name, target.label, time.time(), None, plan.total)
    lock = lock_of(settings.state_dir, key) if sending.journal is None else lock_beside(sending.journal)
    _take_lock(lock)
    try:
        others = []
        if sending.journal is not None:
            known = _in_file(sending.journal, new, settings.state_dir, again=sending.again)
            found = [] if known.id == new.id else [known]
        else:
            found = runs_with(settings.state_dir, key)
            known = found[0] if found and not sending.again else new
            if known is new:
                known = replace(new, file=path_of(settings.state_dir, key, new.id))
                others = unfinished_runs(settings.state_dir, new)
        if not found and not sending.again and (missing := lock.read_note()):
            raise ConfigError(
                f"The journal of run {missing}, which sent rows of {plan.name}, is missing: nothing was sent",
                hint="Restore it, or check on mailtrap.io which rows were sent: "
                f"{name_option('again')} sends all of them.",
            )
        run = Run(plan, settings, sending, known, lock)
    except BaseException:
        lock.release()
        raise
    if others:
        newest = others[0]
        number = "An earlier run" if len(others) == 1 else f"{len(others)} earlier runs"
        run.notices = [
            f"{number} of {plan.name} {'is' if len(others) == 1 else 'are'} unfinished (the newest, {newest.id}: "
            f"{newest.counts.sent:,} of {newest.total:,} rows sent). This is a new run, since the rows, the content or "
            "the flags differ."
        ]
    return run


def _take_lock(lock: FileLock) -> None:
    try:
        taken = lock.take()
    except OSError as error:
        raise ConfigError(
            f"The journal cannot be kept in {lock.path.parent}: {error.strerror}",
            hint=f"Use a file with {name_option('journal')}, or set MAILTRAP_STATE_DIR to another folder.",
        ) from error
    if not taken:
        raise InputError(
            "Another process is sending this batch: nothing was sent",
            hint="Wait for it to end; the same command then shows its result.",
        )


def _in_file(path: Path, new: Known, state_dir: Path, *, again: bool) -> Known:
    """Open the run of a journal that the user named; a new one only if the state folder has none of the same rows."""
    if not path.exists():
        begun = [] if again else runs_with(state_dir, new.key)
        if begun:
            raise InputError(
                f"Run {begun[0].id} has already sent {begun[0].counts.sent:,} of these {new.total:,} rows; "
                f"its journal is {begun[0].file}",
                hint=f"Run the command without {name_option('journal')} to resume it, or with {name_option('again')} "
                "to send all rows again.",
            )
        return replace(new, file=path)
    known = read_run(path)
    if known.key != new.key:
        raise InputError(
            f"{name_option('journal')}: {path} is the journal of another run: {known.name}, {known.target}",
            hint="Use another file. Different rows, content, flags or target make a different run.",
        )
    if again:
        remove_files(path)
        return replace(new, file=path)
    return known
