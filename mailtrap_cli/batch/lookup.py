"""Looks up rows of unknown outcome by their custom variable, in the sandbox's messages or the email logs."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..api.paging import Paging, read_pages
from ..api.rate_limit import Pace, Pacer
from ..errors import ApiError, MailtrapError
from ..units import format_time
from .journal import UNSENT, Chunk, Fate
from .model import TRACE_VARIABLE, trace_of

if TYPE_CHECKING:
    from ..api.client import Client
    from ..config.settings import Settings

# Seconds after a request by which its messages surely show. The API says of neither list when it is complete: these
# are many times what they take.
LOGS_CATCH_UP, SANDBOX_CATCHES_UP = 180.0, 30.0
LOGS_FORGET = 47 * 3600.0  # seconds: every plan keeps logs for two days; later, a message may be gone from them
CLOCKS_DIFFER = 86400.0  # seconds that this clock and the server's may be apart: time zones too are set wrongly
LOGS_LIMIT = (60, 60.0)  # requests (the API's own limit)
LOGS = Paging("search_after", cursor="next_page_cursor")  # listEmailLogs
MESSAGES = Paging("last_id", size=30)  # getSandboxEmailMessage
LOOKING = 8  # requests in flight
GROUP = 50  # addresses in one question to the logs: their URL then has some 4,000 characters


class NotVisible(MailtrapError):  # noqa: N818 - an answer, if not the desired one
    """The lists do not tell what happened to the rows; the message says why."""


def catch_up(settings: Settings) -> float:
    """Return the seconds after a request before a message that is in no list counts as not sent."""
    if settings.local:
        return 0.0  # in this process: what was not stored when it ended will never be
    return SANDBOX_CATCHES_UP if settings.sandbox else LOGS_CATCH_UP


def ready_at(chunks: list[Chunk], wait: float) -> float:
    """Return the time (seconds since 1970) from which the lists show what happened to these.

    Raises NotVisible if that is unknown, because by this clock they went out in the future.
    """
    last = max(chunk.ended_at or chunk.begun_at for chunk in chunks)
    if last > time.time() + 60:
        raise NotVisible("The clock of this machine has been set back since they were sent")
    return last + wait


class LookUp:
    """Finds rows of a run. `emails` are the rows to find, with their first recipient in lower case.

    `seen` gets the message ids (separated by spaces, "" where the list has none) of each row that is found.
    """

    def __init__(self, api: Client, pacer: Pacer, run: str, emails: Mapping[int, str], since: float) -> None:
        self.seen: dict[int, str] = {}
        self._api = api
        self._pacer = pacer
        self._run = run
        self._emails = emails
        self._begun = since
        self._since = since - CLOCKS_DIFFER
        self._traces = re.compile(rf"\b{re.escape(run)}-([0-9]+)\b")

    def find_rows(self, control: str | None) -> None:
        """Fill `seen`. Raises NotVisible if a row that is not in it may have been sent anyway.

        `control` is the id of a message of this run that was surely sent: the logs must know it.
        """
        try:
            if self._api.settings.sandbox:
                self._search_sandbox()
            else:
                self._search_logs(control)
        except NotVisible:
            raise
        except MailtrapError as error:
            if error.status in (401, 403, 404):
                where = "the sandbox's messages" if self._api.settings.sandbox else "the email logs"
                raise NotVisible(f"This token cannot read {where} ({error.status} {error.message})") from error
            raise NotVisible(error.message) from error

    # -------------------------------------------------------------------------------------------- email logs

    def _search_logs(self, control: str | None) -> None:
        """Search the email logs (listEmailLogs), which show a token only the domains that it has access to."""
        pacer = Pacer(Pace(LOGS_LIMIT))
        if control is not None:
            try:
                self._api.get(f"/api/email_logs/{control}", limiter=pacer)
            except ApiError as error:
                if error.status == 404:
                    raise NotVisible("With this token, the email logs do not show what the run sent") from error
                raise
        if time.time() - self._begun > LOGS_FORGET:
            raise NotVisible("They were sent too long ago for the email logs to be complete")
        rows = iter(self._emails.items())
        while group := dict(islice(rows, GROUP)):
            for entry in self._log_entries(sorted(set(group.values())), pacer):
                variables = entry.get("custom_variables")
                row = self._row_of(str(variables.get(TRACE_VARIABLE))) if isinstance(variables, dict) else None
                if row is not None:
                    ids = self.seen.get(row, "").split()
                    self.seen[row] = " ".join(dict.fromkeys([*ids, str(entry.get("message_id"))]))
                if group.keys() <= self.seen.keys():
                    break

    def _log_entries(self, emails: list[str], pacer: Pacer) -> Iterator[Mapping[str, Any]]:
        params: dict[str, Any] = {
            "filters[sent_after]": format_time(self._since),
            "filters[to][operator]": "ci_equal",
            "filters[to][value][]": emails,
        }
        yield from read_pages(self._api, "/api/email_logs", LOGS, params, rows="messages", limiter=pacer)

    # -------------------------------------------------------------------------------------------- sandbox

    def _search_sandbox(self) -> None:
        """Search the sandbox's messages, newest first; the variable is in the headers of each (getMailHeaders...)."""
        from concurrent.futures import ThreadPoolExecutor

        path = f"/api/sandboxes/{self._api.settings.sandbox_id}/messages"
        emails = set(self._emails.values())
        hidden = 0

        def headers_of(message: Mapping[str, Any]) -> str:
            answer = self._api.get(f"{path}/{message['id']}/mail_headers", limiter=self._pacer).json()
            return str(answer.get("headers") if isinstance(answer, dict) else None)

        with ThreadPoolExecutor(LOOKING) as pool:
            for page in self._sandbox_pages(path):
                found = [message for message in page if not _recipients_of(message).isdisjoint(emails)]
                for message, headers in zip(found, pool.map(headers_of, found), strict=True):
                    row = self._row_of(headers)
                    if row is not None:
                        self.seen[row] = ""
                    elif TRACE_VARIABLE not in headers and _parse_time(message.get("created_at")) > self._begun - 60:
                        hidden += 1
                if len(self.seen) == len(self._emails):
                    return
        if hidden and not self.seen:
            raise NotVisible("The sandbox does not show the custom variables of its messages")

    def _sandbox_pages(self, path: str) -> Iterator[list[Mapping[str, Any]]]:
        """Yield the messages since the run began, a page at a time."""
        rows = read_pages(self._api, path, MESSAGES, limiter=self._pacer)
        while page := list(islice(rows, MESSAGES.size)):
            recent = [message for message in page if _parse_time(message.get("created_at")) >= self._since]
            yield recent
            if len(recent) < len(page):
                return

    def _row_of(self, text: str) -> int | None:
        """Return the row that a text names, if it is one of those looked for."""
        for found in self._traces.finditer(text):
            row = int(found[1])
            if row in self._emails and found[0] == trace_of(self._run, row):
                return row
        return None


def settle_fates(chunk: Chunk, seen: Mapping[int, str], unsent: Collection[int]) -> list[Fate]:
    """Return the fates of a chunk after a look-up; rows of `unsent` that were not seen were not sent."""
    return [
        fate if fate is not None else seen.get(row, UNSENT if row in unsent else None) for row, fate in chunk.fates()
    ]


def split_addresses(text: str) -> list[str]:
    """Split addresses at commas, in lower case; a quoted part may contain commas."""
    return [address.strip().lower() for address in re.findall(r'(?:"(?:[^"\\]|\\.)*"|[^,])+', text)]


def _recipients_of(message: Mapping[str, Any]) -> set[str]:
    smtp = message.get("smtp_information")
    data = smtp.get("data") if isinstance(smtp, dict) else None
    also = data.get("rcpt_to_addrs") if isinstance(data, dict) else None
    shown = split_addresses(str(message.get("to_email") or ""))
    return {str(address).strip().lower() for address in (*shown, *(also if isinstance(also, list) else ()))}


def _parse_time(text: object) -> float:
    """Parse an ISO 8601 time to seconds since 1970; infinity for anything else."""
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        return float("inf")


def wait_until(moment: float, waiting: Callable[[float, float], None]) -> None:
    """Sleep until then (seconds since 1970); `waiting` gets the seconds left and the total, each second."""
    whole = moment - time.time()
    while (left := moment - time.time()) > 0:
        waiting(left, whole)
        time.sleep(min(left, 1.0))
