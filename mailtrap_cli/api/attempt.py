"""One attempt at a request: sent and read within a deadline; without an answer, what is known about the outcome."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import Interrupted, Outcome, TransportError, reason_of
from .decoding import BodyReader, UnreadableBody
from .responses import HINTS, Answer
from .retries import is_settled

if TYPE_CHECKING:
    import httpx

LARGEST_ANSWER = 64 * 1024 * 1024  # bytes; a raw message may be 30 MB


def send_request(http: httpx.Client, request: httpx.Request, deadline: float | None) -> Answer:
    """Send one request and read its answer. `deadline` is in seconds; None for the local sandbox, which needs no
    thread.

    Raises TransportError without a usable answer, Interrupted on Ctrl-C.
    """
    if deadline is None:
        response = http.send(request)
        return Answer(response.status_code, dict(response.headers), response.content, request.method != "GET")
    call = _Call(http, request)
    where = request.url.netloc.decode()
    request.extensions["trace"] = call.trace
    try:
        threading.Thread(target=call.run, daemon=True).start()
        finished = call.done.wait(deadline)
    except KeyboardInterrupt:
        outcome = call.give_up()
        if request.method == "GET":
            raise Interrupted(f"Interrupted while waiting for {where}") from None
        raise Interrupted(f"Interrupted while waiting for {where}: {outcome}", hint=HINTS[outcome]) from None
    if not finished:
        outcome = call.give_up()
        if call.answer is None:
            raise _no_answer(request, f"{where} did not answer within {deadline:g} s", outcome)
    if call.answer is not None and (call.error is None or is_settled(call.answer.status)):
        return call.answer
    raise _transport_error(call, where) from call.error


class _Call:
    """One attempt on a thread of its own, so that the deadline holds whatever the server or DNS does.

    The request may go out only if nobody has given up on it: this is what makes "not sent" certain. `answer` is set
    once its meaning is certain: with the headers if the status alone decides, otherwise at the end of the body.
    """

    def __init__(self, http: httpx.Client, request: httpx.Request) -> None:
        self.http = http
        self.request = request
        self.answer: Answer | None = None
        self.error: BaseException | None = None
        self.done = threading.Event()
        self.sending = False
        self._given_up = False
        self._lock = threading.Lock()

    def run(self) -> None:
        try:
            self.answer = self.read_answer()
        except BaseException as error:  # passed to the waiting thread
            self.error = error
        finally:
            self.done.set()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """httpcore's trace hook: its "send_request_headers.started" is the last moment before bytes go out."""
        if event.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
            with self._lock:
                if self._given_up:
                    raise TimeoutError("stopped before anything was sent")
                self.sending = True

    def give_up(self) -> Outcome:
        """Stop waiting for the answer. Return whether anything may have reached the server."""
        with self._lock:
            self._given_up = True
            return "outcome unknown" if self.sending else "not sent"

    def read_answer(self) -> Answer:
        import httpx

        response = self.http.send(self.request, stream=True)
        try:
            status, sent = response.status_code, self.request.method != "GET"
            headers = {name.lower(): value for name, value in response.headers.items()}
            if is_settled(status):
                self.answer = Answer(status, headers, b"", sent)
            reader = BodyReader(headers.get("content-encoding", ""), LARGEST_ANSWER)
            for chunk in response.iter_raw():
                if self._given_up:  # otherwise an endless body would keep this thread alive
                    break
                reader.feed(chunk)
            return Answer(status, headers, reader.finish(), sent)
        finally:
            response.close()
            # Each response refers to itself through its stream; until Python's collector runs, it would keep the
            # request's body in memory.
            response.stream = httpx.ByteStream(b"")
            self.request.extensions.pop("trace", None)


# Errors that another attempt does not fix begin like this: a certificate, a server without TLS, a proxy's 403 or 407.
_LASTING = ("[SSL: CERT", "[SSL: WRONG_VERSION", "4")


def _transport_error(call: _Call, where: str) -> Exception:
    import httpx

    error = call.error
    assert error is not None
    outcome: Outcome = "outcome unknown" if call.sending else "not sent"
    match error:
        case UnreadableBody():
            return _no_answer(call.request, f"The answer from {where} is {error}", outcome, passing=False)
        case httpx.ConnectError() | httpx.ProxyError() | UnicodeError() if not call.sending:  # empty host name
            passing = not isinstance(error, UnicodeError) and not str(error).startswith(_LASTING)
            message = f"No connection to {where}{_describe_proxy(call.request)}: {reason_of(error)}"
            return _no_answer(call.request, message, "not sent", passing=passing)
        case httpx.TransportError() | OSError():
            return _no_answer(call.request, f"The connection to {where} broke: {reason_of(error)}", outcome)
        case Exception() if call.sending:  # in any case, the request may have gone out
            return _no_answer(call.request, f"The answer from {where} cannot be read: {reason_of(error)}", outcome)
        case Exception():
            return error
        case _:
            return RuntimeError(repr(error))


def _describe_proxy(request: httpx.Request) -> str:
    proxy = find_proxy(str(request.url))
    return f" through the proxy {proxy}" if proxy else ""


def find_proxy(url: str) -> str | None:
    """Return the proxy that the environment sets for this URL, without a password; None for plain http (loopback)."""
    from urllib.parse import urlsplit
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get("https") or proxies.get("all")
    if parts.scheme != "https" or not proxy or proxy_bypass(parts.hostname or ""):
        return None
    return urlsplit(proxy if "://" in proxy else f"//{proxy}").netloc.rpartition("@")[2]


def _no_answer(request: httpx.Request, message: str, outcome: Outcome, *, passing: bool = True) -> TransportError:
    if request.method == "GET":
        hint = "Check the network, or try again later." if passing else None
        return TransportError(message, outcome=None, hint=hint, passing=passing)
    return TransportError(f"{message}: {outcome}", outcome=outcome, hint=HINTS[outcome], passing=passing)
