"""A run: a plan sent from its first row to its last, over as many commands as that takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from .model import Plan

if TYPE_CHECKING:
    from ..api import Client
    from ..config import Settings
    from ..errors import MailtrapError

CONCURRENCY = 8  # requests in flight


@dataclass(frozen=True)
class Sending:
    """How a plan is sent. Rates are (count, seconds): `rate_limit` of requests, `rate` of messages; None is no limit.

    `journal` is the file of the run where it is not to be in the state folder. `lookup_wait` is how many seconds after
    a request the server's lists surely show its messages; None takes what suits the target.
    """

    concurrency: int = CONCURRENCY
    rate_limit: tuple[int, float] | None = (150, 10.0)
    rate: tuple[int, float] | None = None
    journal: Path | None = None
    again: bool = False
    traced: bool = True
    resend_unknown: bool = False
    lookup_wait: float | None = None


@dataclass(frozen=True)
class Counts:
    """Rows by what became of them."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0


@dataclass(frozen=True)
class Report:
    """What became of a run. Rows are of the whole run; requests, seconds and the rate are of this command.

    `unsent` rows wait for the same command to be given again. `stopped` is what ended the run early, and
    `interrupted` says that it was the user. `finished_at` is the time of the last answer (seconds since 1970) of a run
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
        raise NotImplementedError


class Progress(Protocol):
    """Is told, some ten times a second, how far a run is; all in rows of the run."""

    def update(self, counts: Counts, total: int) -> None:
        """So many rows are settled, of `total` that are to be sent."""
        ...


class Run:
    """One run of a plan, locked against other processes; a context manager.

    `before` says what earlier commands did; `done` is set where nothing is left to send. `notices` are sentences for
    the user (an older unfinished run of the same file). Nothing is written before `send`.
    """

    id: str
    before: Counts
    done: bool
    finished_at: float | None
    notices: list[str]

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        raise NotImplementedError

    def send(self, api: Client, progress: Progress | None = None, notice: Callable[[str], None] = print) -> Report:
        """Look up what is unknown, and send what is not sent. Ctrl-C and SIGTERM end it in good order.

        Whatever ends it early is in the report, not raised, as long as the journal holds what was done. Raises
        InputError where the input is no longer what was checked.
        """
        raise NotImplementedError

    def report(self) -> Report:
        """The report of a run that is done already."""
        raise NotImplementedError

    def write_results(self, path: Path) -> None:
        """What became of each row of the run: line, email, status, message_ids, error; CSV, or JSON Lines by suffix."""
        raise NotImplementedError

    def write_failed(self, path: Path) -> int:
        """The failed rows as they came, with a column `error`; says how many there are."""
        raise NotImplementedError


def open_run(plan: Plan, settings: Settings, sending: Sending) -> Run:
    """The run of this plan to this target: the one that was begun, or a new one.

    Raises InputError where another process is at it, ConfigError for a journal that cannot be used.
    """
    raise NotImplementedError


@dataclass(frozen=True)
class Known:
    """One run in the state folder. Times in seconds since 1970."""

    id: str
    name: str
    target: str
    created_at: float
    finished_at: float | None
    total: int
    counts: Counts = field(default_factory=Counts)
    running: bool = False


def known_runs(state_dir: Path) -> list[Known]:
    """The runs in the state folder, newest first."""
    raise NotImplementedError


def forget(state_dir: Path, run: str) -> None:
    """Remove the journal of this run. Raises InputError where there is none or while it is at work."""
    raise NotImplementedError
