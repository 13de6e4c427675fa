"""The exit codes, and the exceptions that carry them to the one boundary in `cli.py` that prints and exits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum
from typing import Literal

from .text import shorten_text

LONGEST = 1000  # characters of a message, whatever a server or file contributes

Outcome = Literal["not sent", "outcome unknown"]


class ExitCode(IntEnum):
    """Exit codes. Scripts rely on these numbers."""

    OK = 0  # done
    REFUSED = 1  # the API refused it: 400, 409, 422 ...
    USAGE = 2  # bad flags, unreadable or malformed input; nothing was sent
    CONFIG = 3  # no token, unknown profile, broken file
    DENIED = 4  # 401, 403
    NOT_FOUND = 5  # 404
    RATE_LIMITED = 6  # 429 to the end
    FAILED = 7  # network or server failure; the message says whether anything was sent
    CHECK_FAILED = 8  # a check failed
    PARTIAL = 9  # part of a batch failed or is unknown
    TIMED_OUT = 10  # timed out waiting
    INTERRUPTED = 130  # Ctrl-C


class MailtrapError(Exception):
    """An error for the user: one sentence, what to do next, and the exit code.

    `message` says what and where (file:line, flag or field), without a trailing hint; `hint` says what to do next.
    `status` is the HTTP status if there was an answer; `details` are further sentences (the API's own list of
    errors, one per field).
    """

    exit_code: ExitCode = ExitCode.REFUSED

    def __init__(
        self, message: str, *, hint: str | None = None, status: int | None = None, details: Sequence[str] = ()
    ) -> None:
        super().__init__(message)
        self.message = shorten_text(message, LONGEST)
        self.hint = hint
        self.status = status
        self.details = [shorten_text(detail, LONGEST) for detail in details]


class InputError(MailtrapError):
    """Bad flags, or unreadable or malformed input. Nothing was sent."""

    exit_code = ExitCode.USAGE


class ConfigError(MailtrapError):
    """No token, an unknown profile, a configuration or state folder that cannot be used."""

    exit_code = ExitCode.CONFIG


class ApiError(MailtrapError):
    """The API answered with an error; its status decides the exit code."""

    def __init__(self, message: str, *, status: int, hint: str | None = None, details: Sequence[str] = ()) -> None:
        super().__init__(message, hint=hint, status=status, details=details)
        self.exit_code = _exit_code_of(status)


class NotInLocalSandbox(ApiError):  # noqa: N818 - a limit, not a fault
    """The local sandbox does not support this operation. Not to be confused with "not found"."""


class TransportError(MailtrapError):
    """No usable answer: network, time-out, gateway, broken body.

    `outcome` tells senders whether the request surely had no effect; `passing` whether the same request
    may succeed a moment later.
    """

    exit_code = ExitCode.FAILED

    def __init__(
        self,
        message: str,
        *,
        outcome: Outcome | None,
        hint: str | None = None,
        status: int | None = None,
        passing: bool = True,
    ) -> None:
        super().__init__(message, hint=hint, status=status)
        self.outcome = outcome
        self.passing = passing


class OutputError(MailtrapError):
    """The work is done, but the result could not be written."""

    exit_code = ExitCode.FAILED


class CheckFailed(MailtrapError):  # noqa: N818 - a verdict, not a fault
    """A check failed."""

    exit_code = ExitCode.CHECK_FAILED


class PartlyFailed(MailtrapError):  # noqa: N818 - a verdict, not a fault
    """Part of a batch failed or is unknown."""

    exit_code = ExitCode.PARTIAL


class TimedOut(MailtrapError):  # noqa: N818 - a verdict, not a fault
    """Nothing arrived in time."""

    exit_code = ExitCode.TIMED_OUT


class Interrupted(MailtrapError):  # noqa: N818 - the user's own wish
    """The user interrupted; `message` says what was done and how to continue."""

    exit_code = ExitCode.INTERRUPTED


_option_names: ContextVar[Callable[[str], str]] = ContextVar("option_names", default=str)


@contextmanager
def naming_options(name: Callable[[str], str]) -> Iterator[None]:
    """Name options in messages as this caller's users know them: a command line installs its flags."""
    token = _option_names.set(name)
    try:
        yield
    finally:
        _option_names.reset(token)


def name_option(field: str) -> str:
    """Return what messages call an option: its field, such as `skip_invalid`, or what `naming_options` makes of it."""
    return _option_names.get()(field)


def reason_of(error: BaseException) -> str:
    """Return the reason in the words of the system or library, without codes (`[Errno 111]`, `(_ssl.c:1000)`)."""
    import re

    return re.sub(r"^\[[^]]*\] ?| ?\(_ssl\.c:\d+\)", "", str(error)).rstrip(".") or "no reason was given"


def _exit_code_of(status: int) -> ExitCode:
    match status:
        case 401 | 403:
            return ExitCode.DENIED
        case 404:
            return ExitCode.NOT_FOUND
        case 429:
            return ExitCode.RATE_LIMITED
        case _ if status >= 500:
            return ExitCode.FAILED
        case _:
            return ExitCode.REFUSED


def lost_output(error: OSError) -> OutputError:
    """Build the error for a result that could not be written to stdout."""
    return OutputError(
        f"The result could not be written to standard output: {error.strerror}",
        hint="The command itself succeeded; only its output was lost.",
    )


def describe_bug(error: Exception) -> str:
    """Describe an unforeseen exception."""
    return f"Internal error, {type(error).__name__}: {error}"
