"""Show long output on a terminal through a pager, like git and gh: `MAILTRAP_PAGER`, `PAGER`, or less."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TextIO

from ..terminal import measure_screen

# Options for less unless the user sets others: exit if all fits, keep colors, keep the screen.
LESS = "FRX"
NOT_STARTED = (126, 127)  # exit codes of `env` and a shell for a command that they cannot run


def page_text(text: str, stream: TextIO, env: Mapping[str, str]) -> None:
    """Write the text to a terminal, through a pager if it is long.

    Less is started only if the text does not fit on the screen; any other pager gets everything. A missing pager is not
    an error, and neither is leaving it early. Raises OSError if the stream cannot be written.
    """
    command = find_pager(env) if env.get("TERM") != "dumb" else []
    pages = command and not (_leaves_short_text(command, env) and _fits(text, stream, env))
    if not (pages and _run_pager(command, text, stream, env)):
        stream.write(text)


def find_pager(env: Mapping[str, str]) -> Sequence[str]:
    """Return the words of the pager's command line; [] for no pager, or `cat`."""
    import shlex

    given = next((env[name] for name in ("MAILTRAP_PAGER", "PAGER") if name in env), "less")
    try:
        words = shlex.split(given, posix=os.name != "nt")
    except ValueError:  # an open quote
        return []
    return [] if words == ["cat"] else words


def _leaves_short_text(command: Sequence[str], env: Mapping[str, str]) -> bool:
    """Return whether the pager is a less that would print short text and exit."""
    flags = env.get("LESS", LESS)
    return os.path.basename(command[0]) in ("less", "less.exe") and ("F" in flags or "quit-if-one-screen" in flags)


def _fits(text: str, stream: TextIO, env: Mapping[str, str]) -> bool:
    """Return whether the text leaves room for the prompt. Without a known size, the terminal gets no pager."""
    import re

    columns, lines = measure_screen(stream, env)
    shown = re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()
    return not lines or sum(max(1, -(-len(line) // (columns or 80))) for line in shown) < lines


def _run_pager(command: Sequence[str], text: str, stream: TextIO, env: Mapping[str, str]) -> bool:
    """Show the text in the pager and wait for its end. Return False if it cannot be run."""
    stream.flush()
    defaults = {name: value for name, value in (("LESS", LESS), ("LV", "-c")) if name not in env}
    try:
        pager = subprocess.Popen(command, env={**env, **defaults}, stdin=subprocess.PIPE)
    except OSError:
        return False
    encoding, errors = stream.encoding or "utf-8", stream.errors or "replace"
    with _ignoring_interrupts():  # Ctrl-C belongs to the pager, where it stops a search
        if pager.stdin is not None:
            with suppress(BrokenPipeError):  # the user left early
                pager.stdin.write(text.encode(encoding, errors))
            with suppress(BrokenPipeError):
                pager.stdin.close()
        return pager.wait() not in NOT_STARTED


@contextmanager
def _ignoring_interrupts() -> Iterator[None]:
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
