"""httpx without what it imports wherever that is installed, though nothing here needs it: its own command line, which
brings Rich (`click`), and its asynchronous back ends (`anyio`, `trio`). They would double the start-up of every command
that talks to the API.

httpx and httpcore import these inside a `try … except ImportError` (httpx/__init__.py, httpcore/_synchronization.py and
httpcore/_backends/auto.py of httpx 0.28 and httpcore 1.0); a test tells when a new version does it elsewhere.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

_UNWANTED = ("click", "anyio", "trio")


@contextmanager
def _without_unwanted() -> Iterator[None]:
    hidden = [name for name in _UNWANTED if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # makes its import an ImportError
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def import_httpcore() -> None:
    """Import what httpx imports when it makes its first connection."""
    with _without_unwanted():
        import_module("httpcore")


with _without_unwanted():
    import httpx

__all__ = ["httpx", "import_httpcore"]
