"""Import contacts in chunks, each a job of the API, and keep track of where to resume after a failure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..api.client import Pieces
from ..api.paging import object_of
from ..api.responses import sentences_of_item
from ..errors import ApiError, PartlyFailed, TimedOut, name_option
from ..units import format_count
from .checked_rows import SHOWN, CheckedRows
from .jobs import Job, id_of, wait_for_job

if TYPE_CHECKING:
    from ..api.client import Client, Limiter

PATH = "/api/contacts/imports"
MOST_CONTACTS = 50_000  # contacts per request (contacts.openapi.yml, importContacts)
MOST_BYTES = (
    10 * 1000 * 1000
)  # bytes per request: the limit of file uploads in the UI, and little enough for the time-out
MOST_ROUNDS = 10  # requests per chunk, each without the contacts that the API refused in the one before

Contact = dict[str, Any]


@dataclass
class Chunk:
    """The contacts of one request: their JSON, and the row, line and address of each."""

    bodies: list[bytes] = field(default_factory=list)
    places: list[tuple[int, int, str]] = field(default_factory=list)
    size: int = 0

    @property
    def rows(self) -> tuple[int, int]:
        """The numbers of the first and the last row."""
        return self.places[0][0], self.places[-1][0]

    @property
    def span(self) -> str:
        """The rows in words."""
        first, last = self.rows
        return f"row {first:,}" if first == last else f"rows {first:,} to {last:,}"

    def add(self, row: int, line: int, email: str, body: bytes) -> None:
        """Add a contact."""
        self.bodies.append(body)
        self.places.append((row, line, email))
        self.size += len(body) + 1

    def leave_out(self, emails: set[str]) -> int:
        """Leave out the contacts with these lowercase addresses; return how many there were."""
        kept = [number for number, (_, _, email) in enumerate(self.places) if email.lower() not in emails]
        gone = len(self.places) - len(kept)
        self.bodies = [self.bodies[number] for number in kept]
        self.places = [self.places[number] for number in kept]
        return gone


@dataclass(frozen=True)
class Lists:
    """The IDs of the lists that every contact is added to, and of those it is removed from."""

    included: Sequence[int] = ()
    excluded: Sequence[int] = ()

    def add_to(self, contact: Contact) -> Contact:
        """Add the lists to a contact, under the API's names."""
        pairs = (("list_ids_included", self.included), ("list_ids_excluded", self.excluded))
        return contact | {name: list(ids) for name, ids in pairs if ids}


def make_chunks(rows: CheckedRows[Contact], lists: Lists) -> Iterator[Chunk]:
    """Yield the contacts in order, with as many in each chunk as one request may hold."""
    chunk = Chunk()
    for row, line, contact in rows.entries():
        body = json.dumps(lists.add_to(contact), ensure_ascii=False, separators=(",", ":")).encode()
        if len(chunk.bodies) == MOST_CONTACTS or (chunk.bodies and chunk.size + len(body) > MOST_BYTES):
            yield chunk
            chunk = Chunk()
        chunk.add(row, line, contact["email"], body)
    if chunk.bodies:
        yield chunk


@dataclass
class Result:
    """The result of an import. `next_row` is the first row not known to be imported; None if all are.

    `refused` rows were left out because the API refused them; `failed` rows belong to jobs that failed.
    """

    next_row: int | None
    rows: int
    skipped: int
    jobs: list[Job] = field(default_factory=list)
    refused: int = 0
    failed: int = 0
    details: list[str] = field(default_factory=list)

    def count_contacts(self, name: str) -> int:
        """Add up a count over all jobs, such as `created_contacts_count`."""
        return sum(job[name] for job in self.jobs if isinstance(job.get(name), int))

    def as_json(self) -> dict[str, Any]:
        """Return the result for programs; the counts have the API's names."""
        ended = {job.get("status") for job in self.jobs}
        states = [state for state in ("failed", "started", "created") if state in ended]
        counts = ("created_contacts_count", "updated_contacts_count", "contacts_over_limit_count")
        return {
            "ids": [job.get("id") for job in self.jobs],
            "status": states[0] if states else "finished",
            **{name: self.count_contacts(name) for name in counts},
            "failed": self.failed + self.refused,
            "skipped": self.skipped,
            "rows": self.rows,
        }


@dataclass(frozen=True)
class Watch:
    """What an import reports: `show` gets the rows done and the state of a job, `notice` lines for the user."""

    show: Callable[[int, str], None]
    notice: Callable[[str], None]


class ContactImport:
    """A running import. `result` is correct at any time, even after an exception."""

    def __init__(
        self,
        api: Client,
        rows: CheckedRows[Contact],
        lists: Lists,
        *,
        skip_refused: bool,
        wait: float | None,
        limiter: Limiter | None,
        sleep: Callable[[float], None],
        watch: Watch,
    ) -> None:
        self._api = api
        self._rows = rows
        self._lists = lists
        self._skip_refused = skip_refused
        self._wait = wait
        self._limiter = limiter
        self._sleep = sleep
        self._watch = watch
        self.result = Result(rows.first, rows.total - rows.first + 1, rows.invalid)

    def run(self) -> None:
        """Import chunk by chunk; unless waiting is off, each job ends before the next begins.

        Raises the error of the first chunk that is not accepted, TimedOut, and PartlyFailed for a failed job.
        """
        result = self.result
        for chunk in make_chunks(self._rows, self._lists):
            first, last = chunk.rows
            result.next_row = first
            job = self._create_job(chunk)
            if job is not None:
                result.jobs.append(job)
                if self._wait is not None:
                    self._await_job(job, chunk)
            result.next_row = last + 1 if last < self._rows.total else None
            if result.next_row is not None and job is not None:
                state = "started" if self._wait is None else "finished"
                self._watch.notice(
                    f"Import {id_of(job)} {state}: {chunk.span} of {self._rows.total:,} (resume after it "
                    f"with {name_option('from_row')} {result.next_row})"
                )
        result.next_row = None
        over = result.count_contacts("contacts_over_limit_count")
        troubles = [f"{format_count(over, 'contact')} over the account's limit"] if over else []
        troubles += [f"{format_count(result.refused, 'row')} refused"] if result.refused else []
        if troubles:
            raise PartlyFailed(f"Not everything was imported: {', '.join(troubles)}", details=result.details)

    def _create_job(self, chunk: Chunk) -> Job | None:
        """Create the job of this chunk; None if the API refused all of its contacts."""
        for _ in range(MOST_ROUNDS):
            self._watch.show(chunk.rows[0] - self._rows.first, f"sending {chunk.span}")
            body = Pieces(b'{"contacts":[', b",".join(chunk.bodies), b"]}")
            try:
                job = object_of(self._api.call("POST", PATH, body=body, limiter=self._limiter))
                id_of(job)
                return job
            except ApiError as error:
                named = self._name_refused(error, chunk)
                if not named or not self._skip_refused:
                    raise
            self.result.refused += chunk.leave_out(named)
            if not chunk.bodies:
                return None
        raise ApiError(f"The API keeps refusing contacts of {chunk.span}", status=422)

    def _name_refused(self, error: ApiError, chunk: Chunk) -> set[str]:
        """List the rows that the API names by address in the error; return their lowercase addresses."""
        answer = self._api.last_answer
        document = answer.json() if error.status == 422 and answer is not None else None
        items = document.get("errors") if isinstance(document, dict) else None
        named = {
            str(item.get("email") or "").lower(): "; ".join(sentences_of_item(item))
            for item in (items if isinstance(items, list) else ())
            if isinstance(item, dict)
        }
        lines = [(line, email.lower()) for _, line, email in chunk.places if email.lower() in named]
        if not lines:
            return set()
        details = [f"{self._rows.name}:{line}: {named[email]}" for line, email in lines]
        error.message = f"{format_count(len(lines), 'row')} refused, so none of {chunk.span} was imported"
        error.details = details[:SHOWN]
        error.hint = f"Fix them, or skip them with {name_option('skip_invalid')}."
        self.result.details += details[: SHOWN - len(self.result.details)]
        return {email for _, email in lines}

    def _await_job(self, job: Job, chunk: Chunk) -> None:
        number = id_of(job)
        path = f"{PATH}/{number}"
        done = chunk.rows[0] - self._rows.first

        def watch(found: Job, waited: float) -> None:
            self._watch.show(done, f"import {number} is {found.get('status')}, {waited:.0f} s")

        assert self._wait is not None
        try:
            ended = wait_for_job(
                self._api, path, seconds=self._wait, limiter=self._limiter, sleep=self._sleep, watch=watch
            )
        except TimedOut as error:
            error.message = (
                f"Import {number} ({chunk.span}) has not finished: {error.message[0].lower()}{error.message[1:]}"
            )
            error.hint = f"See its progress: mailtrap contacts import-status {number}"
            raise
        job.clear()
        job.update(ended)
        if ended.get("status") == "failed":
            self.result.failed += len(chunk.places)
            raise PartlyFailed(f"Import {number} failed: {chunk.span} may not have been imported")
