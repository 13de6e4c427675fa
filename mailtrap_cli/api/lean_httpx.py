"""Import httpx without modules that nothing here needs. They would double the start-up of every command that talks to
the API.

Hidden are httpx's own command line, which pulls in Rich (`click`), and its asynchronous back ends (`anyio`, `trio`):
httpx and httpcore import these inside a `try … except ImportError` (httpx/__init__.py, httpcore/_synchronization.py and
httpcore/_backends/auto.py of httpx 0.28 and httpcore 1.0). Deferred are the asynchronous half of httpcore, proxies, and
the standard library's modules for digests, MIME and cookies. Cookies are not kept: the API has none. A test detects
when a new version changes these imports.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..deferred import defer_imports


class _NoCookies:
    """A jar that stays empty."""

    def __iter__(self) -> Iterator[object]:
        return iter(())

    def extract_cookies(self, response: object, request: object) -> None:
        """Ignore the cookies of an answer."""


class _NoRequest:
    """What the jar learns about a request."""

    def __init__(self, **described: object) -> None:
        pass


class _NoLogger:
    """Discards what httpx and httpcore log about requests; we have `--verbose`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - the name in `logging`
        """Report that nothing is logged."""
        return False

    def info(self, *message: object) -> None:
        """Log nothing."""


class _IfImported(type):
    def __instancecheck__(cls, instance: object) -> bool:
        ssl = sys.modules.get("ssl")
        return ssl is not None and isinstance(instance, ssl.SSLSocket)


class _SSLSocket(metaclass=_IfImported):
    """A stand-in for `ssl.SSLSocket`: httpcore only asks whether a connection is one."""


_UNWANTED = ("click", "anyio", "trio")
_SELDOM_USED: dict[str, tuple[str, ...]] = {
    "certifi": (),
    "email": (),
    "email.message": (),
    "hashlib": ("md5", "sha1", "sha256", "sha512"),
    "http.cookiejar": (),
    "idna": (),
    "logging": (),
    "mimetypes": (),
    "ssl": (),  # already imported if a host is https
    "urllib": (),
    "urllib.request": ("getproxies", "parse_http_list"),
    "httpcore._async": (),
    "httpcore._sync.http2": ("HTTP2Connection",),
    "httpcore._sync.http_proxy": ("HTTPProxy",),
    "httpcore._sync.socks_proxy": ("SOCKSProxy",),
}
_ASYNCHRONOUS = (
    "AsyncConnectionInterface",
    "AsyncConnectionPool",
    "AsyncHTTP2Connection",
    "AsyncHTTP11Connection",
    "AsyncHTTPConnection",
    "AsyncHTTPProxy",
    "AsyncSOCKSProxy",
)
_STAND_INS: dict[str, object] = {
    "http.cookiejar.Cookie": object,
    "http.cookiejar.CookieJar": _NoCookies,
    "urllib.request.Request": _NoRequest,
    "ssl.SSLContext": object,  # used in annotations only
    "ssl.SSLSocket": _SSLSocket,
    "logging.DEBUG": 10,
    "logging.getLogger": _NoLogger,
} | {f"httpcore._async.{name}": type(name, (), {}) for name in _ASYNCHRONOUS}


@contextmanager
def _without_unwanted() -> Iterator[None]:
    hidden = [name for name in _UNWANTED if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # makes its import an ImportError
    try:
        with defer_imports(_SELDOM_USED, _STAND_INS):
            yield
    finally:
        for name in hidden:
            del sys.modules[name]


with _without_unwanted():
    import httpx

__all__ = ["httpx", "make_client"]


def make_client(**options: Any) -> httpx.Client:
    """Create an `httpx.Client` with these options; the first one with connections imports httpcore."""
    with _without_unwanted():
        return httpx.Client(**options)
