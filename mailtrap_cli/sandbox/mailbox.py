"""The messages of one sandbox: which of them match, and their parts, fetched when first used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import ApiError, ConfigError, InputError, MailtrapError, TransportError, name_option
from ..records import record
from ..text import clean

if TYPE_CHECKING:
    from datetime import datetime

    from ..api.client import Client
    from ..api.responses import Answer
    from ..config.settings import Settings
    from ..output import Row

PAGE = 30  # messages in one answer (sandbox.openapi.yml, getSandboxEmailMessage)
LATEST = "latest"
STREAMS = ("sandbox", "transactional", "bulk")
LIVE_STREAMS = STREAMS[1:]


@record
class Filters:
    """Which messages match: all given filters must hold.

    `search` is the API's own (subject and recipient). `to` and `sender`: a whole address is compared as a whole, any
    other text is searched for in addresses and names. `subject` is looked for in the subject. Case does not matter.
    `since` is a duration, such as 5m, before now by the server's clock. `stream` is one of STREAMS: the local sandbox
    captures the live streams too; whatever has no stream was sent to a sandbox.
    """

    search: str | None = None
    to: str | None = None
    sender: str | None = None
    subject: str | None = None
    unread: bool = False
    since: str | None = None
    stream: str | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def __str__(self) -> str:
        """The filters as words: `to ada@example.com, subject "Receipt"`."""
        words = [
            f'with "{self.search}"' if self.search else "",
            f"to {self.to}" if self.to else "",
            f"from {self.sender}" if self.sender else "",
            f'with the subject "{self.subject}"' if self.subject else "",
            "unread" if self.unread else "",
            f"sent to {self.stream}" if self.stream else "",
            f"from the last {self.since}" if self.since else "",
        ]
        return clean(", ".join(filter(None, words)))

    @property
    def noun(self) -> str:
        """`message`, or `message to ada@example.com`."""
        return f"message {self}".rstrip()

    def start_time(self, now: datetime) -> datetime | None:
        """Return the time before which no message matches; InputError if `since` is not a duration."""
        if self.since is None:
            return None
        from datetime import timedelta

        from ..units import parse_duration

        try:
            return now - timedelta(seconds=parse_duration(self.since, "since"))
        except OverflowError:
            raise InputError(f"since: {self.since!r} is too long ago") from None

    def match(self, row: Row) -> bool:
        """Whether a message, as the list has it, matches; `search` and `since` are left to `Mailbox.find`."""
        return (
            (self.to is None or any(_matches_address(self.to, *entry) for entry in _list_recipients(row)))
            and (self.sender is None or _matches_address(self.sender, row.get("from_email"), row.get("from_name")))
            and (self.subject is None or self.subject.casefold() in str(row.get("subject") or "").casefold())
            and not (self.unread and row.get("is_read"))
            and self.stream in (None, row.get("stream") or STREAMS[0])
        )


def _list_recipients(row: Row) -> Iterator[tuple[Any, Any]]:
    """List address and name of everyone a message went to: the To header and the envelope."""
    for email in str(row.get("to_email") or "").split(","):
        yield email, row.get("to_name")
    envelope = (row.get("smtp_information") or {}).get("data") or {}
    for email in envelope.get("rcpt_to_addrs") or ():
        yield email, None


def _matches_address(wanted: str, email: Any, name: Any) -> bool:
    wanted, found = wanted.strip().casefold(), str(email or "").strip().casefold()
    if wanted.partition("@")[0] and wanted.partition("@")[2]:
        return wanted == found
    return wanted in found or wanted in str(name or "").casefold()


class Mailbox:
    """The messages of sandbox `number`. Errors name the sandbox and the likely reason."""

    def __init__(self, api: Client, number: int) -> None:
        self.api = api
        self.number = number
        self.path = f"/api/sandboxes/{number}/messages"
        self._start: datetime | None = None  # what `since` means, counted from the first answer

    def find(self, filters: Filters, *, after: int = 0) -> Iterator[Row]:
        """Yield matching messages with IDs above `after`, newest first, a page at a time.

        It requests no further page once a message is older than the filters' `since`, or has an ID up to `after`.
        """
        from ..api.paging import Paging, read_pages, unexpected_shape

        filters.start_time(self.api.server_time())  # a wrong duration is refused before any request
        with self._explain_errors():
            params = {"search": filters.search or None}
            for row in read_pages(self.api, self.path, Paging("last_id", size=PAGE), params):
                if not isinstance(row.get("id"), int):
                    raise unexpected_shape("the id of a message")
                self._start = self._start or filters.start_time(self.api.server_time())
                if row["id"] <= after or (filters.since and self._start and _parse_sent_at(row) < self._start):
                    return
                if filters.match(row):
                    yield row

    def one(self, which: str, filters: Filters) -> Mail:
        """Return the message with this ID, or the `latest` match; ApiError (not found) if none."""
        if which != LATEST:
            if filters:
                raise InputError("Filters work with latest, not with an ID", hint=f"Use {LATEST} instead.")
            from ..api.paging import object_of

            return Mail(self, object_of(self.get(int(which))))
        for row in self.find(filters):
            return Mail(self, row)
        raise ApiError(
            f"No {filters.noun} in sandbox {self.number}",
            status=404,
            hint="Wait for one: mailtrap messages wait",
        )

    def newest_id(self) -> int:
        """Return the ID of the newest message; 0 in an empty sandbox."""
        return next((int(row["id"]) for row in self.find(Filters())), 0)

    def get(self, message_id: int, part: str = "") -> Answer:
        """GET a part of a message, such as `/body.txt` or `/mail_headers`; the message itself without `part`."""
        with self._explain_errors(message_id):
            return self.api.get(f"{self.path}/{message_id}{part}")

    def call(self, method: str, message_id: int, part: str = "", body: object = None) -> Answer:
        """Send any other method to a message or a part of it."""
        with self._explain_errors(message_id):
            return self.api.call(method, f"{self.path}/{message_id}{part}", body=body)

    @contextmanager
    def _explain_errors(self, message_id: int | None = None) -> Iterator[None]:
        try:
            yield
        except ApiError as error:
            if error.status == 404:
                if message_id is not None:
                    error.message = f"Message {message_id} is not in sandbox {self.number}"
                    error.hint = f"See: mailtrap messages list. For another sandbox use {name_option('sandbox_id')}."
                else:
                    error.message = f"This token has no sandbox {self.number}"
                    error.hint = "See: mailtrap sandboxes list"
            elif error.status == 403:
                error.hint = (
                    f"The token has no access to sandbox {self.number}, or the sandbox belongs to another account. "
                    "See: mailtrap sandboxes list"
                )
            raise


def require_sandbox_id(settings: Settings, how: str | None = None) -> int:
    """Return the ID of the sandbox in use. Raises ConfigError if none is set, or first if there is no token."""
    if settings.sandbox_id is None:
        settings.token()
        how = how or f"Use {name_option('sandbox_id')}, or set MAILTRAP_SANDBOX_ID."
        raise ConfigError("No sandbox chosen", hint=f"{how} To see the IDs: mailtrap sandboxes list")
    return settings.sandbox_id


class Mail:
    """One message: `row` as the list has it; everything else is fetched once, on first use."""

    def __init__(self, box: Mailbox, row: Row) -> None:
        self.box = box
        self.row = row

    @property
    def id(self) -> int:
        """The message's id."""
        number = self.row.get("id")
        if not isinstance(number, int):
            from ..api.paging import unexpected_shape

            raise unexpected_shape("the ID of a message")
        return number

    @property
    def subject(self) -> str:
        """The subject; "" without one."""
        return str(self.row.get("subject") or "")

    @property
    def lacks_body(self) -> bool:
        """Whether the text or the HTML does not exist (yet)."""
        return self.text is None or self.html is None

    @cached_property
    def text(self) -> str | None:
        """The text body; None without one."""
        return self._fetch_body("/body.txt")

    @cached_property
    def html(self) -> str | None:
        """The HTML body as it was sent; None without one.

        The local sandbox puts its tracking into the formatted HTML of live mail, which is no link of the sender's.
        """
        return self._fetch_body("/body.htmlsource" if self.row.get("stream") in LIVE_STREAMS else "/body.html")

    @cached_property
    def html_text(self) -> str:
        """The text that a reader of the HTML sees; "" without HTML."""
        from .html import read_text

        return read_text(self.html) if self.html else ""

    @cached_property
    def headers(self) -> dict[str, str]:
        """The headers, in order."""
        found = self._fetch_object("/mail_headers").get("headers")
        return {str(name): _join_values(value) for name, value in found.items()} if isinstance(found, dict) else {}

    @cached_property
    def attachments(self) -> list[dict[str, Any]]:
        """The attachments, as the API describes them."""
        from ..api.paging import unexpected_shape, unwrap_answer

        listed = unwrap_answer(self.box.get(self.id, "/attachments").json(), "")
        if not isinstance(listed, list):
            raise unexpected_shape("a list of attachments")
        return listed

    def find_attachment(self, number: str) -> dict[str, Any] | None:
        """Fetch one attachment by its ID; None if the message has none with this ID."""
        try:
            answer = self.box.api.get(f"{self.box.path}/{self.id}/attachments/{number}")
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        from ..api.paging import object_of

        return object_of(answer)

    @cached_property
    def spam(self) -> dict[str, Any]:
        """The answer of the spam filter: its `report` may be missing or empty while it is made."""
        return self._fetch_object("/spam_report")

    @cached_property
    def analysis(self) -> dict[str, Any]:
        """The answer of the HTML check."""
        return self._fetch_object("/analyze")

    def header(self, name: str) -> str | None:
        """Return the value of a header, ignoring case."""
        for key, value in self.headers.items():
            if key.casefold() == name.strip().casefold():
                return value
        return None

    def content(self, attachment: dict[str, Any]) -> bytes:
        """Fetch the bytes of an attachment.

        They come from the path that the API names, on its own host, since the token goes nowhere else. If that path
        leads elsewhere or nowhere, they are taken from the raw message.
        """
        path = _path_on_host(str(attachment.get("download_path") or ""), self.box.api.settings.hosts["account"])
        if path is not None:
            try:
                return self.box.api.get(path).body
            except (ApiError, TransportError) as error:
                if error.status is None or not (300 <= error.status < 400 or error.status == 404):
                    raise
        same = [each.get("id") for each in self.attachments if each.get("filename") == attachment.get("filename")]
        found = _parts_matches_address(self.box.get(self.id, "/body.eml").body, str(attachment.get("filename") or ""))
        if len(found) != len(same):
            raise MailtrapError(
                f"The attachment {attachment.get('filename')!r} cannot be downloaded",
                hint=f"Save the whole message instead: mailtrap messages eml {self.id} --save message.eml",
            )
        return found[same.index(attachment.get("id"))]

    def document(self) -> dict[str, Any]:
        """The API's message object with headers, text and html added (null without one)."""
        return {**self.row, "headers": self.headers, "text": self.text, "html": self.html}

    def _fetch_object(self, part: str) -> dict[str, Any]:
        from ..api.paging import object_of

        return object_of(self.box.get(self.id, part))

    def _fetch_body(self, part: str) -> str | None:
        try:
            return self.box.get(self.id, part).text
        except ApiError as error:
            if error.status in (404, 409):  # the API's answers for a body that does not exist
                return None
            raise


def _join_values(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _parts_matches_address(eml: bytes, name: str) -> list[bytes]:
    """Return the contents of the MIME parts with this file name, in order; [] if the message cannot be read."""
    from ..errors import InputError
    from ..mail.mime_parts import decode_body, parse_parts

    try:
        return [decode_body(part, "").data for part in parse_parts(eml, "").leaves() if name and part.filename == name]
    except InputError:
        return []


def _path_on_host(given: str, host: str) -> str | None:
    """Return the path of an API link if it leads to the same host: the token goes nowhere else."""
    path = given.removeprefix(host)
    return path if path.startswith("/") and not path.startswith("//") and "\\" not in path else None


def _parse_sent_at(row: Row) -> datetime:
    from datetime import UTC, datetime

    for key in ("created_at", "sent_at"):
        try:
            found = datetime.fromisoformat(str(row.get(key)))
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return datetime.max.replace(tzinfo=UTC)


def is_spam_checked(report: Row) -> bool:
    """Whether a spam report is real: the local sandbox has no filter, and says so."""
    return not any((rule or {}).get("RuleName") == "NOT_CHECKED" for rule in report.get("Details") or ())


def format_address(name: Any, email: Any) -> str:
    """Format a name and an address for people; several addresses get no name, since its owner is unknown."""
    several = str(email or "").split(",")
    return f"{name} <{email}>" if name and len(several) == 1 else ", ".join(one.strip() for one in several)
