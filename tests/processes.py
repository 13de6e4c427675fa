"""Programs that tests start and talk to. What a failing test leaves running is killed afterwards, so that it
disturbs no other test (`conftest.py` closes `leftovers` after each).
"""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.preloaded import PROGRAM, Forked, PipedFork, preloaded

leftovers = ExitStack()


def start(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None, **options: Any
) -> subprocess.Popen[Any]:
    """Like `subprocess.Popen`, but killed after the test at the latest."""
    process: subprocess.Popen[Any] = subprocess.Popen(command, env=env, cwd=cwd, **options)
    leftovers.callback(end, process)
    return process


def start_on(
    streams: Sequence[int], command: Sequence[str], env: Mapping[str, str], cwd: Path | None = None
) -> subprocess.Popen[bytes] | Forked:
    """Start it in a new session on these standard streams; use a fork of the program if possible."""
    program, *args = command
    if program == PROGRAM and preloaded().is_fit(env):
        return preloaded().start(args, env=env, cwd=cwd or Path.cwd(), streams=streams, new_session=True)
    stdin, stdout, stderr = streams
    return subprocess.Popen(
        command, env=env, cwd=cwd, stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=True
    )


def start_piped(args: Sequence[str], env: Mapping[str, str]) -> PipedFork:
    """The program as a fork with pipes, ended with the test at the latest."""
    fork = preloaded().start_piped(args, env=env)
    leftovers.callback(fork.send_signal, signal.SIGKILL)
    return fork


def end(process: subprocess.Popen[Any]) -> None:
    """Kill the process if it still runs, reap it, close its pipes."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def run_program(
    args: Sequence[str], *, env: Mapping[str, str], stdin: bytes, cwd: Path, timeout: float
) -> tuple[int, bytes, bytes]:
    """Run the installed program; return its exit code (negative for a signal), stdout, stderr."""
    done = subprocess.run(
        [PROGRAM, *args], env=env, input=stdin, cwd=cwd, capture_output=True, timeout=timeout, check=False
    )
    return done.returncode, done.stdout, done.stderr
