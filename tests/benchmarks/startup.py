"""What a run costs, as a multiple of `python -c pass` of the same environment, in paired runs.

    python -m tests.benchmarks.startup [RUNS]

Prints the bound, the median of the paired ratios, and the quartiles. Not part of the tests: machines are noisy.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.loopback import SENT, Loopback

PROGRAM = str(Path(sys.executable).with_name("mailtrap"))
MESSAGE = ["--from", "a@acme.example", "--to", "ada@example.com", "--subject", "Hi", "--text", "Hello"]


def seconds(command: Sequence[str], env: Mapping[str, str], terminal: bool) -> float:
    """One run, timed from outside; on a pseudo-terminal where `terminal`."""
    if terminal:
        import pty

        parent, child = pty.openpty()
        began = time.perf_counter()
        subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=child, stderr=child, check=True)
        took = time.perf_counter() - began
        os.close(child)
        os.close(parent)
        return took
    began = time.perf_counter()
    subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return time.perf_counter() - began


def ratios(command: Sequence[str], env: Mapping[str, str], runs: int, terminal: bool = False) -> list[float]:
    """The paired ratios of the command to a bare interpreter."""
    bare = [sys.executable, "-c", "pass"]
    for warm in (command, bare):
        seconds(warm, env, terminal)
    return sorted(seconds(command, env, terminal) / seconds(bare, env, False) for _ in range(runs))


def main() -> None:
    """Print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    server = Loopback()
    server.script = lambda request: SENT
    with TemporaryDirectory() as home:
        env = {"PATH": os.environ["PATH"], "HOME": home, "TERM": "xterm-256color", "MAILTRAP_USE_SANDBOX": "false"}
        env |= server.env
        send = [PROGRAM, "send", *MESSAGE]
        for name, bound, command, terminal in (
            ("mailtrap --version", 1.5, [PROGRAM, "--version"], False),
            ("mailtrap --help, piped", 5, [PROGRAM, "--help"], False),
            ("mailtrap --help, terminal", 10, [PROGRAM, "--help"], True),
            ("mailtrap send --dry-run", 8, [*send, "--dry-run"], False),
            ("mailtrap send -o json", 12, [*send, "-o", "json"], False),
            ("mailtrap send -p local", None, [*send, "-p", "local"], False),
        ):
            measured = ratios(command, env, runs, terminal)
            low, median, high = statistics.quantiles(measured, n=4)
            print(f"{name:28} at most {bound or '-':>4}   median {median:5.2f}   quartiles {low:5.2f} {high:5.2f}")
    server.close()


if __name__ == "__main__":
    main()
