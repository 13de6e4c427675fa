"""SMTP for the local sandbox (RFC 5321), in the event loop of the HTTP server. The only module that imports
aiosmtpd.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import ssl
import time
from asyncio import LimitOverrunError
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from ..errors import MailtrapError, describe_bug
from ..units import format_count
from .app import Sandbox
from .faults import Dice
from .group_commit import GroupCommit
from .protocol import reset_connection
from .smtp_delivery import (
    Route,
    find_route,
    keep_mail,
    normalize_address,
    refuse_message,
    refuse_recipient,
)
from .source import make_message

MAX_RECIPIENTS = 1000  # recipients of one message
MAX_SIZE = 30 << 20  # bytes in a message
PATIENCE = 300.0  # seconds a client has for each command, and for a whole message (RFC 5321, 4.5.3.2)
MAX_COMMAND = 12_288 + 2  # bytes in a command line; the longest answer to AUTH (RFC 4954, 4)
END = b"\r\n.\r\n"  # The end of a message. No other line endings count, so that no message can smuggle in another.


class SmtpServer:
    """Accept mail for a sandbox on one port. `commits` is shared with the HTTP server.

    `trouble` is called with a sentence if mail could not be stored, `log` once per message. `tls` enables STARTTLS;
    `max_size` is the maximum size of a message in bytes, `patience` the seconds a client has for each command and each
    message.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        dice: Dice,
        commits: GroupCommit,
        *,
        tls: ssl.SSLContext | None,
        max_size: int,
        trouble: Callable[[str], None],
        log: Callable[[str], None] | None,
        patience: float = PATIENCE,
    ) -> None:
        self._handler = _Handler(sandbox, dice, commits, trouble, log)
        self._tls = tls
        self._max_size = max_size
        self._patience = patience
        self._connections: set[SmtpConnection] = set()
        logging.getLogger("mail.log").disabled = True  # client errors are reported to the client

    async def run(self, listening: socket.socket) -> None:
        """Accept connections from this socket until the task is canceled; then close those that are open."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._make_connection, sock=listening)
        try:
            await loop.create_future()
        finally:
            server.close()
            for connection in tuple(self._connections):
                connection.say_goodbye()

    def _make_connection(self) -> SmtpConnection:
        return SmtpConnection(
            self._handler,
            self._connections,
            data_size_limit=self._max_size,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="Mailtrap local sandbox",
            tls_context=self._tls,
            timeout=self._patience,
            auth_require_tls=False,
            authenticator=self._handler.log_in,
            loop=asyncio.get_running_loop(),
        )


class SmtpConnection(SMTP):
    """aiosmtpd's connection, except that it reads a message in one piece with lines of any length, and times out
    silent clients.
    """

    AuthLoginUsernameChallenge = "Username:"
    AuthLoginPasswordChallenge = "Password:"
    line_length_limit = MAX_COMMAND

    def __init__(self, handler: _Handler, connections: set[SmtpConnection], **options: Any) -> None:
        super().__init__(handler, **options)
        self.command_size_limits["AUTH"] = MAX_COMMAND
        self._connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start talking to a client; called again after STARTTLS."""
        self._connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget the client."""
        self._connections.discard(self)
        super().connection_lost(error)

    def say_goodbye(self) -> None:
        """Close the connection because the server is stopping."""
        transport = self.transport
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(b"421 4.3.2 Service shutting down\r\n")
            transport.close()

    def drop(self) -> None:
        """Reset the connection without an answer."""
        if isinstance(self.transport, asyncio.Transport):
            reset_connection(self.transport)

    def _timeout_cb(self) -> None:
        """Drop the connection: a client that reads nothing would delay a polite close forever."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    async def _handle_client(self) -> None:
        with suppress(ConnectionError):  # the client is gone
            await super()._handle_client()

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802 - the library's name
        """Accept the name of a mechanism in any case (RFC 4422, 3.1)."""
        mechanism, blank, rest = (arg or "").partition(" ")
        await super().smtp_AUTH(f"{mechanism.upper()}{blank}{rest}")

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - the library's name
        """Ignore AUTH=, which a server that offers AUTH must accept (RFC 4954, 5)."""
        await super().smtp_MAIL(None if arg is None else re.sub(r"(?i)(>.*?) AUTH=\S*", r"\1", arg, count=1))

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - the library's name
        """Read a message in one piece, however long its lines, and pass it on."""
        if await self.check_helo_needed():
            return
        assert self.envelope is not None
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
            return
        if arg:
            await self.push("501 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        content = await self._read_message()
        if content is None:
            status = f"552 5.3.4 Message is too large (maximum is {self.data_size_limit} bytes)"
        else:
            self.envelope.content = content
            status = await self._call_handler_hook("DATA")
        self.envelope = self._create_envelope()
        await self.push(status)
        if status.startswith("421") and self.transport is not None:  # RFC 5321, 3.8
            self.transport.close()

    async def _read_message(self) -> bytes | None:
        """Read up to the end mark and undo dot-stuffing (RFC 5321, 4.5.2); None if the message is too large.

        A message that is too large is discarded. Commands that the client has already sent after it stay in the reader.
        """
        reader: Any = self._reader
        limit = self.data_size_limit or MAX_SIZE
        # The line break after the DATA command starts the mark: an empty message is a single dot.
        reader._buffer[:0] = END[:2]
        reader._limit = limit + limit // 32 + 4096  # stuffed dots do not count
        too_large = False
        try:
            while True:
                try:
                    found: bytes = await reader.readuntil(END)
                    break
                except LimitOverrunError as error:
                    too_large = True
                    await reader.readexactly(error.consumed)
        finally:
            reader._limit = self.line_length_limit
        content = found[:-3].replace(b"\r\n.", b"\r\n")[2:]
        return None if too_large or len(content) > limit else content


class _Handler:
    """Handle each command; aiosmtpd calls the hooks by name."""

    def __init__(
        self,
        sandbox: Sandbox,
        dice: Dice,
        commits: GroupCommit,
        trouble: Callable[[str], None],
        log: Callable[[str], None] | None,
    ) -> None:
        self._sandbox = sandbox
        self._dice = dice
        self._commits = commits
        self._trouble = trouble
        self._log = log

    def log_in(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        """Find the route for a login."""
        user, password = data.login.decode("utf-8", "replace"), data.password.decode("utf-8", "replace")
        route = find_route(self._sandbox, user, password)
        if route is None:
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, auth_data=route)

    async def handle_EHLO(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, replies: list[str]
    ) -> list[str]:
        """Greet the client and offer PIPELINING (RFC 2920): commands sent ahead wait in the reader."""
        session.host_name = hostname
        return [*replies[:-1], "250-PIPELINING", replies[-1]]

    async def handle_MAIL(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Begin a message, unless the client has reached its limit."""
        sender = "" if address == "<>" else normalize_address(address)
        if sender is None:
            return "553 5.1.7 Malformed sender"
        route = _route_of(session)
        wait = self._dice.over_limit(f"Bearer {route.password}" if route.user is not None else "")
        if wait is not None:
            return f"450 4.7.1 Rate limit exceeded, try again in {int(wait) + 1} s"
        envelope.mail_from = sender or "<>"  # must not be empty: aiosmtpd then assumes that no message has begun
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Add a recipient."""
        recipient = normalize_address(address)
        if recipient is None:
            return "553 5.1.3 Malformed recipient"
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return f"452 4.5.3 Too many recipients (maximum is {MAX_RECIPIENTS})"
        refused = refuse_recipient(self._sandbox, _route_of(session), recipient)
        if refused is not None:
            return refused
        if recipient not in envelope.rcpt_tos:
            envelope.rcpt_tos.append(recipient)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SmtpConnection, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's name
        """Store a message; answer once it is durable."""
        began = time.perf_counter()
        status = self._dice.failure()
        if status is not None:
            reply = f"{status} {status // 100}.3.0 Failing with {status} on demand"
        else:
            reply = await self._keep(_route_of(session), envelope)
        delay = self._dice.delay()
        if delay:
            await asyncio.sleep(delay)
        result = reply[:3]
        if reply.startswith("250") and self._dice.faults.reset and self._dice.resets():
            server.drop()
            result = "reset"
        if self._log is not None:
            milliseconds = (time.perf_counter() - began) * 1000
            size = len(envelope.content or b"")
            recipients = format_count(len(envelope.rcpt_tos), "recipient")
            self._log(f"SMTP {recipients} {result} {milliseconds:.0f} ms, {size} bytes in")
        return reply

    async def _keep(self, route: Route, envelope: Envelope) -> str:
        sender = "" if envelope.mail_from in (None, "<>") else envelope.mail_from
        content = envelope.content
        assert isinstance(content, bytes)
        assert sender is not None
        message = make_message(sender, envelope.rcpt_tos, content)
        refused = refuse_message(self._sandbox, route, message)
        if refused is not None:
            return refused
        kept = await self._commits.run(partial(keep_mail, self._sandbox, route, message))
        return f"250 2.0.0 OK: queued as {kept}"

    async def handle_exception(self, error: Exception) -> str:
        """Report an unforeseen error as temporary, so that the client keeps its mail."""
        sentence = error.message if isinstance(error, MailtrapError) else describe_bug(error)
        self._trouble(f"SMTP: {sentence}")
        return f"451 4.3.0 {re.sub('[^ -~]+', ' ', sentence)[:400]}"


def _route_of(session: Session) -> Route:
    return session.auth_data if isinstance(session.auth_data, Route) else Route()
