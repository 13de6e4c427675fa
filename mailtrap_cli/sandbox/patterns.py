"""The user's own regular expressions: errors that name the position, and a time limit."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import InputError

LONGEST = 5.0  # seconds for one search of one text


def compile_pattern(pattern: str, where: str) -> re.Pattern[str]:
    """Compile the expression. InputError, its sentence starting with `where`, with the position of what is wrong."""
    import warnings

    try:
        with warnings.catch_warnings():  # about what a later Python may read differently
            warnings.simplefilter("ignore")
            return re.compile(pattern)
    except re.error as error:
        at = "" if error.pos is None else f" at position {error.pos + 1}"
        raise InputError(
            f"{where}: {pattern!r} is not a valid regular expression: {error.msg}{at}",
            hint="Python's syntax: https://docs.python.org/3/library/re.html",
        ) from error
    except (OverflowError, RecursionError) as error:
        raise InputError(f"{where}: {pattern!r} is too large a regular expression") from error


def search_pattern(pattern: re.Pattern[str], text: str, where: str, seconds: float = LONGEST) -> re.Match[str] | None:
    """`pattern.search(text)`; InputError if it takes longer than `seconds`.

    The limit needs SIGALRM and the main thread, so on Windows an expression that backtracks without end runs until
    Ctrl-C. (Python's engine looks at signals while it searches, and at nothing else.)
    """
    with _limit_time(pattern, where, seconds):
        return pattern.search(text)


def replace_pattern(pattern: re.Pattern[str], text: str, replacement: str, where: str, seconds: float = LONGEST) -> str:
    """The text with every match replaced; InputError as for `search_pattern`."""
    with _limit_time(pattern, where, seconds):
        return pattern.sub(lambda _: replacement, text)


@contextmanager
def _limit_time(pattern: re.Pattern[str], where: str, seconds: float) -> Iterator[None]:
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: Any) -> None:
        raise InputError(
            f"{where}: {pattern.pattern!r} took longer than {seconds:g} s",
            hint="It backtracks. Avoid nested repetitions, such as (a+)+.",
        )

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
