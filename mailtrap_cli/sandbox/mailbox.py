"""The messages of one sandbox: which of them are meant, and their parts, fetched when first asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import ApiError, ConfigError, InputError, MailtrapError, TransportError
from ..text import clean

if TYPE_CHECKING:
    from datetime import datetime

    from ..api.client import Client
    from ..api.responses import Answer
    from ..config.settings import Settings
    from ..output import Row

PAGE = 30  # messages in one answer (sandbox.openapi.yml, getSandboxEmailMessage)
LATEST = "latest"


@dataclass(frozen=True)
class Filters:
    """Which messages are meant. All that are given must hold.

    `search` is the API's own (subject and recipient). `to` and `sender`: a whole address is compared as a whole, any
    other text is looked for in addresses and names. `subject` is looked for in the subject. Case does not matter.
    `since` is a duration, such as 5m, before now by this machine's clock.
    """

    search: str | None = None
    to: str | None = None
    sender: str | None = None
    subject: str | None = None
    unread: bool = False
    since: str | None = None

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
            f"of the last {self.since}" if self.since else "",
        ]
        return clean(", ".join(filter(None, words)))

    @property
    def noun(self) -> str:
        """`message`, or `message to ada@example.com`."""
        return f"message {self}".rstrip()

    def start(self) -> datetime | None:
        """The time before which no message is meant; InputError where `since` is no duration."""
        if self.since is None:
            return None
        from datetime import UTC, datetime, timedelta

        from ..units import parse_duration

        try:
            return datetime.now(UTC) - timedelta(seconds=parse_duration(self.since, "--since"))
        except OverflowError:
            raise InputError(f"--since: {self.since!r} is before the beginning of time") from None

    def match(self, row: Row) -> bool:
        """Whether a message, as the list has it, is meant; `search` and `since` are left to `Mailbox.find`."""
        return (
            (self.to is None or any(_named(self.to, *entry) for entry in _recipients(row)))
            and (self.sender is None or _named(self.sender, row.get("from_email"), row.get("from_name")))
            and (self.subject is None or self.subject.casefold() in str(row.get("subject") or "").casefold())
            and not (self.unread and row.get("is_read"))
        )


def _recipients(row: Row) -> Iterator[tuple[Any, Any]]:
    """Address and name of everyone a message went to: the header's To, and whom the envelope names besides."""
    for email in str(row.get("to_email") or "").split(","):
        yield email, row.get("to_name")
    envelope = (row.get("smtp_information") or {}).get("data") or {}
    for email in envelope.get("rcpt_to_addrs") or ():
        yield email, None


def _named(wanted: str, email: Any, name: Any) -> bool:
    wanted, found = wanted.strip().casefold(), str(email or "").strip().casefold()
    if wanted.partition("@")[0] and wanted.partition("@")[2]:
        return wanted == found
    return wanted in found or wanted in str(name or "").casefold()


class Mailbox:
    """The messages of the sandbox `number`. Errors name the sandbox and the likely reason."""

    def __init__(self, api: Client, number: int) -> None:
        self.api = api
        self.number = number
        self.path = f"/api/sandboxes/{number}/messages"

    def find(self, filters: Filters, *, after: int = 0) -> Iterator[Row]:
        """The messages meant, newest first, a page at a time; none with an id up to `after`.

        It asks for no further page once a message is older than the filters' `since`, or has an id up to `after`.
        """
        from ..api.paging import Paging, pages, unexpected

        start = filters.start()
        with self._explained():
            for row in pages(self.api, self.path, Paging("last_id", size=PAGE), {"search": filters.search or None}):
                if not isinstance(row.get("id"), int):
                    raise unexpected("the id of a message")
                if row["id"] <= after or (start is not None and _sent(row) < start):
                    return
                if filters.match(row):
                    yield row

    def one(self, which: str, filters: Filters) -> Mail:
        """The message with this id, or the `latest` that is meant; ApiError (not found) where there is none."""
        if which != LATEST:
            if filters:
                raise InputError("The filters go with latest, not with an id", hint=f"Give {LATEST} in its place.")
            from ..api.paging import object_of

            return Mail(self, object_of(self.get(int(which))))
        for row in self.find(filters):
            return Mail(self, row)
        raise ApiError(
            f"There is no {filters.noun} in sandbox {self.number}",
            status=404,
            hint="Wait for one with: mailtrap messages wait",
        )

    def get(self, message_id: int, part: str = "") -> Answer:
        """GET something of a message: `/body.txt`, `/mail_headers`; the message itself without `part`."""
        with self._explained(message_id):
            return self.api.get(f"{self.path}/{message_id}{part}")

    def call(self, method: str, message_id: int, part: str = "", body: object = None) -> Answer:
        """Any other method on a message or a part of it."""
        with self._explained(message_id):
            return self.api.call(method, f"{self.path}/{message_id}{part}", body=body)

    @contextmanager
    def _explained(self, message_id: int | None = None) -> Iterator[None]:
        try:
            yield
        except ApiError as error:
            if error.status == 404:
                if message_id is not None:
                    error.message = f"Message {message_id} is not in sandbox {self.number}"
                    error.hint = "See: mailtrap messages list. Another sandbox is named with --sandbox-id."
                else:
                    error.message = f"There is no sandbox {self.number} for this token"
                    error.hint = "See: mailtrap sandboxes list"
            elif error.status == 403:
                error.hint = (
                    f"The token may not see sandbox {self.number}, or the sandbox is another account's. "
                    "Those that it may see: mailtrap sandboxes list"
                )
            raise


def number_of(settings: Settings) -> int:
    """The id of the sandbox in use; ConfigError where none is named."""
    if settings.sandbox_id is None:
        raise ConfigError(
            "No sandbox is named",
            hint="Give --sandbox-id, set MAILTRAP_SANDBOX_ID, or: mailtrap config set sandbox_id ID",
        )
    return settings.sandbox_id


class Mail:
    """One message: `row` as the list has it; everything else is fetched once, when it is first asked for."""

    def __init__(self, box: Mailbox, row: Row) -> None:
        self.box = box
        self.row = row

    @property
    def id(self) -> int:
        """The message's id."""
        number: int = self.row["id"]
        return number

    @property
    def subject(self) -> str:
        """The subject; "" where it has none."""
        return str(self.row.get("subject") or "")

    @cached_property
    def text(self) -> str | None:
        """The text body; None where it has none."""
        return self._body("/body.txt")

    @cached_property
    def html(self) -> str | None:
        """The HTML body; None where it has none."""
        return self._body("/body.html")

    @cached_property
    def headers(self) -> dict[str, str]:
        """The headers, in their order."""
        found = self._document("/mail_headers").get("headers")
        return {str(name): _joined(value) for name, value in found.items()} if isinstance(found, dict) else {}

    @cached_property
    def attachments(self) -> list[dict[str, Any]]:
        """The attachments, as the API describes them."""
        from ..api.paging import part

        listed: list[dict[str, Any]] = part(self.box.get(self.id, "/attachments").json(), "")
        return listed

    @cached_property
    def spam(self) -> dict[str, Any]:
        """The answer of the spam filter: its `report` may be missing or empty while it is made."""
        return self._document("/spam_report")

    @cached_property
    def analysis(self) -> dict[str, Any]:
        """The answer of the HTML check."""
        return self._document("/analyze")

    def header(self, name: str) -> str | None:
        """The value of a header, whatever the case of its name."""
        for key, value in self.headers.items():
            if key.casefold() == name.strip().casefold():
                return value
        return None

    def content(self, attachment: dict[str, Any]) -> bytes:
        """The bytes of one of the attachments.

        From the path that the API names for it, on its own host, for the token goes nowhere else; where that leads away
        or to nothing, out of the whole message.
        """
        path = _own_path(str(attachment.get("download_path") or ""), self.box.api.settings.hosts["account"])
        if path is not None:
            try:
                return self.box.api.get(path).body
            except (ApiError, TransportError) as error:
                if error.status is None or not (300 <= error.status < 400 or error.status == 404):
                    raise
        same = [each.get("id") for each in self.attachments if each.get("filename") == attachment.get("filename")]
        found = _parts_named(self.box.get(self.id, "/body.eml").body, str(attachment.get("filename") or ""))
        if len(found) != len(same):
            raise MailtrapError(
                f"The attachment {attachment.get('filename')!r} cannot be downloaded",
                hint=f"Look for it in the whole message: mailtrap messages eml {self.id} --save message.eml",
            )
        return found[same.index(attachment.get("id"))]

    def document(self) -> dict[str, Any]:
        """The API's message object with headers, text and html added (null where the message has none)."""
        return {**self.row, "headers": self.headers, "text": self.text, "html": self.html}

    def _document(self, part: str) -> dict[str, Any]:
        from ..api.paging import object_of

        return object_of(self.box.get(self.id, part))

    def _body(self, part: str) -> str | None:
        try:
            return self.box.get(self.id, part).text
        except ApiError as error:
            if error.status in (404, 409):  # the API's answers for a body that does not exist
                return None
            raise


def _joined(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _parts_named(eml: bytes, name: str) -> list[bytes]:
    """The contents of the parts of a MIME message with this file name, in their order; [] where it cannot be read."""
    from email import message_from_bytes, policy

    from ..mail.mime import PARSER_ERRORS

    try:
        parts = message_from_bytes(eml, policy=policy.default).walk()
        contents = [part.get_payload(decode=True) for part in parts if name and part.get_filename() == name]
    except PARSER_ERRORS:
        return []
    return [content for content in contents if isinstance(content, bytes)]


def _own_path(given: str, host: str) -> str | None:
    """The path of a link of the API, if it leads to the same host: the token goes nowhere else."""
    path = given.removeprefix(host)
    return path if path.startswith("/") and not path.startswith("//") and "\\" not in path else None


def _sent(row: Row) -> datetime:
    from datetime import UTC, datetime

    for key in ("created_at", "sent_at"):
        try:
            found = datetime.fromisoformat(str(row.get(key)))
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return datetime.max.replace(tzinfo=UTC)


def address(name: Any, email: Any) -> str:
    """A name and an address as a person writes them; several addresses alone: of one name nobody knows whose it is."""
    several = str(email or "").split(",")
    return f"{name} <{email}>" if name and len(several) == 1 else ", ".join(one.strip() for one in several)
