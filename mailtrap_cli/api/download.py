"""Download a file from a URL given by the API, such as a finished export: streamed, without the token, within a
deadline.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator

from ..config.profile import is_loopback
from ..errors import ApiError, TransportError, name_option, reason_of
from ..text import shorten_text
from .lean_httpx import httpx, make_client
from .tls import trusting_context

MOST_REDIRECTS = 5
PIECE = 256 * 1024  # bytes
_GZIP = zlib.MAX_WBITS | 16
_MAGIC = b"\x1f\x8b"  # the first bytes of a gzip file (RFC 1952, 2.3.1)


def download_file(
    url: str,
    write: Callable[[bytes], object],
    *,
    timeout: float,
    user_agent: str,
    transport: httpx.BaseTransport | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Pass the bytes at this URL to `write`, piece by piece; return their number. `timeout` limits the total, in
    seconds.

    The token is never sent. Raises TransportError if the URL or a redirect is neither https nor on a loopback address,
    and if the file arrives incomplete; ApiError for an error answer.
    """
    end = clock() + timeout
    for _ in range(MOST_REDIRECTS + 1):
        parsed = check_download_url(url) if transport is None else httpx.URL(url)
        try:
            headers = {"User-Agent": user_agent}
            with (
                _open_client(parsed, timeout, transport) as http,
                http.stream("GET", parsed, headers=headers) as response,
            ):
                if response.is_redirect:
                    url = str(parsed.join(response.headers["location"]))
                    continue
                if not response.is_success:
                    raise _refusal(response.status_code)
                size = 0
                for piece in response.iter_bytes(PIECE):
                    if clock() > end:
                        raise _too_late(timeout)
                    write(piece)
                    size += len(piece)
                return size
        except httpx.TimeoutException:
            raise _too_late(timeout) from None
        except (httpx.TransportError, httpx.DecodingError, httpx.InvalidURL) as error:
            raise _incomplete(f"The download from {parsed.host} broke: {reason_of(error)}") from error
    raise _incomplete(f"The download is redirected more than {MOST_REDIRECTS} times")


def check_download_url(url: str) -> httpx.URL:
    """Return the URL if it is https, or http on a loopback address. Raises TransportError."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError, ValueError):
        parsed = httpx.URL("")
    safe = parsed.scheme == "https" or (parsed.scheme == "http" and is_loopback(parsed.host))
    if not safe or not parsed.host or parsed.userinfo:
        raise _incomplete(f"The URL of the download is not https: {shorten_text(url, 200)!r}")
    return parsed


def _open_client(url: httpx.URL, timeout: float, transport: httpx.BaseTransport | None) -> httpx.Client:
    if transport is not None:
        return make_client(transport=_Borrowed(transport), trust_env=False)
    secure = url.scheme == "https"
    return make_client(
        verify=trusting_context() if secure else None,
        timeout=timeout,
        follow_redirects=False,
        trust_env=secure,
        mounts={"http://": None},
    )


class _Borrowed(httpx.BaseTransport):
    """A transport that outlives the client that uses it."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        return self._transport.handle_request(request)


def _refusal(status: int) -> ApiError:
    gone = "The link may have expired: they do not live long. " if status in (403, 404, 410) else ""
    return ApiError(f"The download answered {status}", status=status, hint=f"{gone}Nothing was written.")


def _too_late(timeout: float) -> TransportError:
    return _incomplete(f"The download was not complete after {timeout:g} s", f"Use a longer {name_option('timeout')}.")


def _incomplete(message: str, hint: str = "") -> TransportError:
    return TransportError(message, outcome=None, hint=f"Nothing was written. {hint}".strip())


# ------------------------------------------------------------------------------------------------ gzip


class Unzipper:
    """Passes bytes on to `write`, decompressed if they are a gzip file; with `compress`, it compresses other files
    instead.
    """

    def __init__(self, write: Callable[[bytes], object], *, compress: bool) -> None:
        self._write = write
        self._compress = compress
        self._head = b""
        self._inflater: zlib._Decompress | None = None
        self._deflater: zlib._Compress | None = None
        self._started = False
        self.written = 0

    def feed(self, data: bytes) -> None:
        """Take the next bytes. Raises TransportError for a broken gzip file."""
        if not self._started:
            self._head += data
            if len(self._head) < len(_MAGIC):
                return
            data = self._start()
        self._pass_through(data)

    def finish(self) -> None:
        """Write what is left. Raises TransportError if the gzip file ends too early."""
        if not self._started:
            self._pass_through(self._start())
        if self._inflater is not None and not self._inflater.eof:
            raise _incomplete("The downloaded file is cut off")
        if self._deflater is not None:
            self._pass_on(self._deflater.flush())

    def _start(self) -> bytes:
        self._started = True
        zipped = self._head.startswith(_MAGIC)
        if zipped and not self._compress:
            self._inflater = zlib.decompressobj(_GZIP)
        elif self._compress and not zipped:
            self._deflater = zlib.compressobj(wbits=_GZIP)
        return self._head

    def _pass_through(self, data: bytes) -> None:
        if self._inflater is not None:
            for piece in self._inflate(data):
                self._pass_on(piece)
        else:
            self._pass_on(data if self._deflater is None else self._deflater.compress(data))

    def _inflate(self, data: bytes) -> Iterator[bytes]:
        assert self._inflater is not None
        try:
            while data:
                if self._inflater.eof:  # a gzip file may have several members (RFC 1952, 2.2)
                    self._inflater = zlib.decompressobj(_GZIP)
                yield self._inflater.decompress(data, PIECE)
                data = self._inflater.unconsumed_tail or self._inflater.unused_data
        except zlib.error as error:
            raise _incomplete(f"The downloaded file is not a valid gzip file: {error}") from error

    def _pass_on(self, data: bytes) -> None:
        self._write(data)
        self.written += len(data)
