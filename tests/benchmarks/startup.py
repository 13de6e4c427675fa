"""What a run costs, as a multiple of `python -c pass` of the same environment, in paired runs.

    python -m tests.benchmarks.startup [RUNS]

Prints the bound, the median of the paired ratios of wall time, its quartiles, and the ratio of the medians of CPU time,
which other work on the machine disturbs less. A declared command is timed until its request arrives. Not part of the
tests: machines are noisy.
"""

from __future__ import annotations

import os
import pty
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.loopback import SENT, Loopback, Reply, Request

PROGRAM = str(Path(sys.executable).with_name("mailtrap"))
MESSAGE = ["--from", "a@acme.example", "--to", "ada@example.com", "--subject", "Hi", "--text", "Hello"]


@dataclass(frozen=True)
class Run:
    """The duration of a run in seconds; `cpu` is the time of its processes."""

    wall: float
    cpu: float


def run_once(
    command: Sequence[str], env: Mapping[str, str], terminal: bool = False, arrived: Arrival | None = None
) -> Run:
    """Time one run from outside: on a pseudo-terminal if `terminal`, until the request if `arrived`."""
    parent, child = pty.openpty() if terminal else (None, subprocess.DEVNULL)
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=child, stderr=child, check=True)
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if parent is not None:
        os.close(child)
        os.close(parent)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(arrived.last - began if arrived else took, cpu)


class Arrival:
    """When the last request arrived, by `time.perf_counter`."""

    last = 0.0

    def answer(self, request: Request) -> Reply:
        """Record the time, and answer any request."""
        self.last = time.perf_counter()
        return SENT if request.method == "POST" else Reply(body={"data": []})


def measure(
    command: Sequence[str], env: Mapping[str, str], runs: int, terminal: bool = False, arrived: Arrival | None = None
) -> tuple[list[float], float]:
    """Return the paired ratios of wall time to a bare interpreter's, and the ratio of the medians of CPU time."""
    bare = [sys.executable, "-c", "pass"]
    for warm in (command, bare):
        run_once(warm, env, terminal)
    pairs = [(run_once(command, env, terminal, arrived), run_once(bare, env)) for _ in range(runs)]
    cpu = statistics.median(ours.cpu for ours, _ in pairs) / statistics.median(plain.cpu for _, plain in pairs)
    return [ours.wall / plain.wall for ours, plain in pairs], cpu


def main() -> None:
    """Print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    server, arrival = Loopback(), Arrival()
    server.script = arrival.answer
    with TemporaryDirectory() as home:
        env = {"PATH": os.environ["PATH"], "HOME": home, "TERM": "xterm-256color", "MAILTRAP_USE_SANDBOX": "false"}
        env |= server.env
        send = [PROGRAM, "send", *MESSAGE]
        for name, bound, command, terminal, arrived in (
            ("mailtrap --version", 1.5, [PROGRAM, "--version"], False, None),
            ("mailtrap --help, piped", 2, [PROGRAM, "--help"], False, None),
            ("mailtrap --help, terminal", 10, [PROGRAM, "--help"], True, None),
            ("mailtrap send --dry-run", 7, [*send, "--dry-run"], False, None),
            ("mailtrap send -o json", 10.5, [*send, "-o", "json"], False, None),
            ("mailtrap domains list, request", 8, [PROGRAM, "domains", "list"], False, arrival),
            ("mailtrap send -p local", None, [*send, "-p", "local"], False, None),
        ):
            ratios, cpu = measure(command, env, runs, terminal, arrived)
            low, median, high = statistics.quantiles(ratios, n=4)
            print(
                f"{name:30} at most {bound or '-':>4}   median {median:5.2f}   quartiles {low:5.2f} {high:5.2f}"
                f"   CPU of the whole run {cpu:5.2f}",
                flush=True,
            )
    server.close()


if __name__ == "__main__":
    main()
