"""Programs that a test starts and talks to. What a failing test leaves running is ended when it ends, so that it
disturbs no other test (`conftest.py` closes `leftovers` after each)."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

leftovers = ExitStack()


def start(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None, **options: Any
) -> subprocess.Popen[Any]:
    """`subprocess.Popen`, ended with the test at the latest."""
    process: subprocess.Popen[Any] = subprocess.Popen(command, env=env, cwd=cwd, **options)
    leftovers.callback(end, process)
    return process


def end(process: subprocess.Popen[Any]) -> None:
    """Kill the process where it still runs, reap it, close its pipes."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()
