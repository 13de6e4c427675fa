"""Checks whether a link in an email is well-formed, and whether it works.

The links come from outside, so a request carries no secrets, no body is read, and private addresses are requested only
if that is allowed. The connection goes to the address that was checked, so a name cannot change in between.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

from .. import __version__
from ..errors import reason_of
from .html import OPT_OUT, UNSUBSCRIBE

if TYPE_CHECKING:
    from http.client import HTTPConnection

MOST_LINKS = 100  # links of one message that are requested
WORKERS = 8
REDIRECTS = 10
TIME_LIMIT = 10.0  # seconds for one link, its redirects included
UNDECIDED = (429, 999)  # the server exists but refuses programs


def find_link_fault(url: str, *, allow_private: bool = False) -> str | None:
    """Find what is wrong with a link as written: it must be absolute and https; mailto, tel and sms are fine.

    So are the placeholders that Mailtrap fills in. With `allow_private`, http is fine for a private host.
    """
    if url in (UNSUBSCRIBE, OPT_OUT):
        return None
    if re.search(r"[\s\x00-\x1f\x7f<>\"]", url):
        return "it contains a space or a character that must be encoded"
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        return str(error)
    if parts.scheme in ("mailto", "tel", "sms"):
        return None if parts.path else "it has no recipient"
    if not parts.scheme:
        return "it leads nowhere" if url in ("", "#") else "it is not absolute"
    if not re.fullmatch(r"[\w.-]+|[0-9a-f:.]+", parts.hostname or "") and parts.scheme in ("http", "https"):
        return "it has no host"
    if parts.scheme != "https" and not (parts.scheme == "http" and allow_private and _is_private_host(parts)):
        return f"{parts.scheme} is not https"
    return None


class _Failure(Exception):  # noqa: N818 - a verdict on the link
    """Why a link does not work."""


def request_links(urls: Iterable[str], *, allow_private: bool = False) -> dict[str, str]:
    """Request every http and https link, with HEAD and then GET. Return what is wrong with broken ones.

    At most MOST_LINKS are requested, WORKERS at a time, each for at most TIME_LIMIT seconds.
    """
    asked = [url for url in dict.fromkeys(urls) if urlsplit(url).scheme in ("http", "https")]
    faults = dict.fromkeys(asked[MOST_LINKS:], f"not requested, since the message has more than {MOST_LINKS} links")
    waiting: SimpleQueue[str] = SimpleQueue()
    answers: SimpleQueue[tuple[str, str]] = SimpleQueue()
    asked = asked[:MOST_LINKS]
    for url in asked:
        waiting.put(url)

    def work() -> None:
        while True:
            try:
                url = waiting.get_nowait()
            except Empty:
                return
            answers.put((url, _request_link(url, allow_private)))

    # Not an executor: the program must not wait for a thread that a server holds.
    workers = [threading.Thread(target=work, daemon=True) for _ in range(min(WORKERS, len(asked)))]
    for worker in workers:
        worker.start()
    end = time.monotonic() + TIME_LIMIT * (1 + len(asked) // WORKERS)
    unanswered = set(asked)
    while unanswered and (left := end - time.monotonic()) > 0:
        try:
            url, fault = answers.get(timeout=left)
        except Empty:
            break
        unanswered.discard(url)
        if fault:
            faults[url] = fault
    return faults | dict.fromkeys(sorted(unanswered), "no answer in time")


def _request_link(url: str, allow_private: bool) -> str:
    """Request a link. Return what is wrong, "" if it works."""
    end = time.monotonic() + TIME_LIMIT
    fault = ""
    for method in ("HEAD", "GET"):
        try:
            status = _follow_redirects(method, url, allow_private, end)
        except _Failure as failure:
            fault = str(failure)
            continue
        if status < 400 or status in UNDECIDED:
            return ""
        fault = f"it answers {status}"
    return fault


def _follow_redirects(method: str, url: str, allow_private: bool, end: float) -> int:
    for _ in range(REDIRECTS):
        status, location = _request_once(method, url, allow_private, end)
        if status not in (301, 302, 303, 307, 308) or not location:
            return status
        try:
            url = urljoin(url, location)
            scheme = urlsplit(url).scheme
        except ValueError as error:
            raise _Failure(f"it redirects to something that is not a link: {error}") from error
        if scheme not in ("http", "https"):
            return 200  # into an app
    raise _Failure(f"it redirects more than {REDIRECTS} times")


def _request_once(method: str, url: str, allow_private: bool, end: float) -> tuple[int, str]:
    from http.client import HTTPException

    parts = urlsplit(url)
    left = end - time.monotonic()
    if left <= 0:
        raise _Failure(f"no answer within {TIME_LIMIT:g} s")
    try:
        connection = _connect(parts, allow_private, left)
        try:
            path = re.sub(r"[^!-~]", "", parts.path) or "/"
            target = f"{path}?{parts.query}" if parts.query else path
            connection.request(method, target, headers={"User-Agent": f"mailtrap-cli/{__version__}", "Accept": "*/*"})
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Location", "")
        finally:
            connection.close()
    except TimeoutError as error:
        raise _Failure(f"no answer within {TIME_LIMIT:g} s") from error
    except (OSError, HTTPException, ValueError) as error:
        raise _Failure(f"no answer: {reason_of(error)}") from error


def _connect(parts: SplitResult, allow_private: bool, timeout: float) -> HTTPConnection:
    """Connect to an address of the host, resolved and checked here."""
    import socket
    from http.client import HTTPConnection

    host = parts.hostname or ""
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    allowed = [address for address in addresses if allow_private or not _is_private(address)]
    if not allowed:
        raise _Failure(f"{host} is a private address ({addresses[0]}), which is not requested")
    connection = HTTPConnection(host, port, timeout=timeout)
    connection.sock = socket.create_connection((allowed[0], port), timeout=timeout)
    if secure:
        from ..api.tls import trusting_context

        try:
            connection.sock = trusting_context().wrap_socket(connection.sock, server_hostname=host)
        except BaseException:
            connection.sock.close()
            raise
    return connection


def _is_private(address: str) -> bool:
    """Whether an address belongs to this machine or a private network, or is otherwise not public."""
    from ipaddress import IPv6Address, ip_address

    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return not found.is_global or found.is_multicast


def _is_private_host(parts: SplitResult) -> bool:
    """Whether the host is named as a private one: an address, or localhost."""
    host = parts.hostname or ""
    try:
        return _is_private(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".test", ".internal"))
