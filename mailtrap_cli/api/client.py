"""The HTTP client: hosts, auth, deadline and retries."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, Protocol
from urllib.parse import urlencode

from .. import __version__
from ..errors import ConfigError, InputError, Interrupted, MailtrapError, TransportError
from ..text import shorten_text
from .attempt import send_request
from .decoding import ACCEPTED
from .rate_limit import Headroom
from .responses import DENIED, LOCAL_NOTICE, Answer, failure_of, unexpected_answer
from .retries import asked_wait, back_off_pauses, wait_before_next
from .tls import trusting_context

if TYPE_CHECKING:
    from datetime import datetime

    import httpx

    from ..config.settings import Settings

Host = Literal["send", "bulk", "sandbox", "account"]

LATE = 1  # attempts that may use up the whole deadline and still be repeated
SHORTEST = 10.0  # seconds for a request, even if less time is left

USER_AGENT = f"mailtrap-cli/{__version__} (Python {sys.version_info.major}.{sys.version_info.minor}; {sys.platform})"


class Limiter(Protocol):
    """Paces requests (`rate_limit.Throttle`, `rate_limit.Pacer`).

    If it `owns_retries`, it decides whether to retry after a 429; otherwise the client does.
    """

    owns_retries: bool

    def acquire(self) -> None:
        """Wait until one more attempt may start. If it raises, the request is not sent."""

    def release(self, status: int | None, asked: float | None) -> bool:
        """Record a finished attempt: its status, None for no answer, and its Retry-After in seconds.

        Return True if a 429 should be retried after the next `acquire`, which then waits as long as needed.
        """
        ...

    def sleep(self, seconds: float) -> None:
        """Wait between attempts."""


# Raised by Python if an answer has other types, or lacks what the API documents.
_MISREAD = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)


class Client:
    """The API client of one profile. Safe for several threads; a context manager that closes its connections.

    `timeout` is the deadline of one request in seconds, connection and answer included; `until` may be set to a time of
    `clock` after which nothing waits any longer. `log` is called with one line per attempt: method, URL, status,
    milliseconds, bytes; `notice` with a line before each wait. A `transport` answers in place of the network. `clock`
    and `sleep` are the system's, in seconds, unless a test brings its own.
    """

    until: float | None = None
    _dated: tuple[str, float] | None = None  # the first Date header, and when it arrived by this machine's clock

    def __init__(
        self,
        settings: Settings,
        *,
        timeout: float = 30.0,
        log: Callable[[str], None] | None = None,
        notice: Callable[[str], None] | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self.timeout = timeout
        self._log = log
        self._notice = notice
        self._transport = transport
        self._http = _http_client(settings, timeout, transport)
        self._known_token: str | None = None
        self._lock = threading.Lock()
        self._clock = clock
        self._sleep = sleep
        self._headroom = Headroom()
        self.last_answer: Answer | None = None  # of the last attempt that was answered, even with an error
        self._answered: set[str] = set()  # the methods of requests that got an answer

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *raised: object) -> None:
        self._http.close()
        # Answers are checked where they are read. This is for the rest: a server can answer anything.
        error = raised[1] if len(raised) > 1 else None
        if isinstance(error, _MISREAD) and self._answered and not self.settings.local:
            raise unexpected_answer(f"{type(error).__name__}: {error}", sent=self._answered != {"GET"}) from error

    def server_time(self) -> datetime:
        """Return the current time by the clock of the last server that answered (Date header), or this machine's if
        none has.
        """
        from datetime import UTC, datetime, timedelta

        if self._dated:
            from email.utils import parsedate_to_datetime

            date, came = self._dated
            with suppress(ValueError, OverflowError):
                return parsedate_to_datetime(date).replace(tzinfo=UTC) + timedelta(seconds=time.time() - came)
        return datetime.now(UTC)

    def get(
        self,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        host: Host = "account",
        limiter: Limiter | None = None,
        retry: bool = True,
    ) -> Answer:
        """GET a path of `host` ("/api/domains"); repeated after any temporary failure, unless `retry` is False.

        `params` that are None are left out. Raises ApiError for an error answer, TransportError without an answer.
        """
        return self._request_with_retries("GET", host, path, params=params, limiter=limiter, retry=retry)

    def call(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        params: Mapping[str, Any] | None = None,
        host: Host = "account",
        limiter: Limiter | None = None,
    ) -> Answer:
        """Send any other method, with a JSON body; repeated only if the request surely had no effect.

        A body of bytes is JSON already; so is a `Pieces`, whose parts are never joined.

        Raises ApiError for an error answer; TransportError with its `outcome` "not sent" or "outcome unknown".
        """
        if method == "GET":
            return self._request_with_retries("GET", host, path, params=params, limiter=limiter)
        content = body if isinstance(body, bytes | Pieces) else None if body is None else _encode_body(body)
        return self._request_with_retries(method, host, path, params=params, content=content, limiter=limiter)

    def download(self, url: str, write: Callable[[bytes], object]) -> int:
        """Pass the file at a URL from the API to `write`, piece by piece; return its size. The token is not sent.

        Raises TransportError and ApiError, see `download.download_file`.
        """
        from .download import download_file

        if self._log:
            self._log(f"GET {url.partition('?')[0]}")
        return download_file(
            url,
            write,
            timeout=float("inf") if self.settings.local else self.timeout,
            user_agent=USER_AGENT,
            transport=self._transport,
            clock=self._clock,
        )

    def probe(self, host: Host) -> Answer:
        """Return a host's answer to a request without the token, whatever its status. Raises TransportError."""
        return self._attempt_once("GET", f"{self.settings.hosts[host]}/", {"User-Agent": USER_AGENT}, None)

    def _request_with_retries(
        self,
        method: str,
        host: Host,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        content: bytes | Pieces | None = None,
        limiter: Limiter | None = None,
        retry: bool = True,
    ) -> Answer:
        url = self.settings.hosts[host] + path + _query_string(params)
        headers = {
            "Authorization": f"Bearer {self._load_token()}",
            "User-Agent": USER_AGENT,
            "Accept": "application/json, */*",
            "Accept-Encoding": ACCEPTED,
        }
        if content is not None:
            headers["Content-Type"] = "application/json"
        if isinstance(content, Pieces):
            headers["Content-Length"] = str(len(content))
        late = 0  # attempts that timed out
        back_off = back_off_pauses() if retry else iter((None,))
        while True:
            if limiter:
                limiter.acquire()
            if host == "account" and (pause := self._headroom.pause(self._clock())):
                self._wait_for_headroom(pause)
            answer: Answer | None = None
            again, asked = False, None
            started = self._clock()
            try:
                answer = self._attempt_once(method, url, headers, content)
                failure = failure_of(answer, method, self.settings.hosts[host])
            except TransportError as error:
                failure = error
            finally:
                asked = asked_wait(answer.headers) if answer else None
                if limiter:
                    again = limiter.release(answer.status if answer else None, asked)
            if answer and failure is None:
                return answer
            if again:
                continue
            assert failure is not None
            if host == "account" and failure.hint is None:
                failure.hint = DENIED.get(failure.status or 0)
            late += self._clock() - started >= self.timeout
            # A 429 that the limiter does not retry is final.
            owner = limiter if limiter and limiter.owns_retries else None
            back = None if owner and failure.status == 429 else next(back_off)
            wait = wait_before_next(failure, method, back if late <= LATE else None, asked)
            if wait is None or wait > self._time_left():
                raise failure
            if owner:
                owner.sleep(wait)
            else:
                self._pause_before_retry(wait, failure, method)

    def _load_token(self) -> str:
        """Load the token once: it may come from a slow command, or one that asks a person."""
        with self._lock:
            if self._known_token is None:
                self._known_token = _header_safe(self.settings.token())
            return self._known_token

    def _wait_for_headroom(self, seconds: float) -> None:
        if seconds >= 1 and self._notice:
            self._notice(f"Close to the API's rate limit; waiting {seconds:.0f} s")
        self._sleep(seconds)

    def _pause_before_retry(self, seconds: float, failure: MailtrapError, method: str) -> None:
        try:
            if self._notice:
                self._notice(f"{failure.message}; waiting {seconds:.1f} s before the next attempt")
            self._sleep(seconds)
        except KeyboardInterrupt:
            said = "" if method == "GET" else ": not sent"
            raise Interrupted(f"Interrupted while waiting for the next attempt{said}") from None

    def _attempt_once(self, method: str, url: str, headers: dict[str, str], content: bytes | Pieces | None) -> Answer:
        import httpx

        try:
            request = self._http.build_request(method, url, headers=headers, content=content)
        except (httpx.InvalidURL, ValueError) as error:
            raise InputError(f"{shorten_text(url, 200)} is not a URL: {error}", hint="Check the path.") from error
        started = time.perf_counter()
        try:
            deadline = None if self.settings.local else min(self.timeout, max(self._time_left(), SHORTEST))
            answer = send_request(self._http, request, deadline)
        except TransportError as error:
            self._log_attempt(request, started, error.outcome or "no answer")
            raise
        self._answered.add(method)
        self._log_attempt(request, started, f"{answer.status}", len(answer.body))
        self.last_answer = answer
        self._headroom.note(answer.headers, self._clock())
        if self._notice and LOCAL_NOTICE in answer.headers:
            self._notice(answer.headers[LOCAL_NOTICE])
        if self._dated is None and "date" in answer.headers:
            self._dated = (answer.headers["date"], time.time())
        return answer

    def _time_left(self) -> float:
        return float("inf") if self.until is None else self.until - self._clock()

    def _log_attempt(self, request: httpx.Request, started: float, result: str, received: int = 0) -> None:
        if self._log:
            milliseconds = (time.perf_counter() - started) * 1000
            sent = request.headers.get("Content-Length", "0")
            where = self.settings.describe_url(str(request.url))
            self._log(f"{request.method} {where} {result} {milliseconds:.0f} ms, {sent} bytes out, {received} in")


class Pieces:
    """A large body in parts, which requests can share."""

    SIZE = 256 * 1024  # bytes that go out at once: httpcore copies whatever the socket does not accept

    def __init__(self, *parts: bytes) -> None:
        self._parts = parts

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            for start in range(0, len(part), self.SIZE):
                yield part[start : start + self.SIZE]


# ------------------------------------------------------------------------------------------------ httpx


def _http_client(settings: Settings, timeout: float, transport: httpx.BaseTransport | None) -> httpx.Client:
    from .lean_httpx import httpx, make_client

    if transport is not None:
        return make_client(transport=transport, trust_env=False)
    secure = any(url.lower().startswith("https:") for url in settings.hosts.values())
    try:
        return make_client(
            verify=trusting_context() if secure else None,  # without TLS there is no certificate to check
            timeout=timeout + 1,  # frees the thread of an attempt that was given up; we enforce the deadline
            follow_redirects=False,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=64),
            trust_env=secure,
            mounts={"http://": None},  # loopback only: a proxy would get the token in plain http
        )
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        raise ConfigError(
            f"The proxy in HTTPS_PROXY or ALL_PROXY cannot be used: {str(error).split(chr(10))[0]}",
            hint="Use an http or https URL, such as http://proxy.example:3128, or exempt hosts with NO_PROXY.",
        ) from error


def _query_string(params: Mapping[str, Any] | None) -> str:
    given = {key: _param_value(value) for key, value in (params or {}).items() if value is not None}
    return f"?{urlencode(given, doseq=True)}" if given else ""


def _param_value(value: Any) -> Any:
    return ("true" if value else "false") if isinstance(value, bool) else value


def _encode_body(body: object) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError as error:
        raise InputError(
            f"The request contains a character that is not valid Unicode: {error.object[error.start]!r}",
            hint="Use text in UTF-8.",
        ) from error


def _header_safe(token: str) -> str:
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError(
            "The API token contains a space, a line break or another character that tokens never contain",
            hint="Copy it again from Settings, API Tokens.",
        )
    return token
