"""How fast `mailtrap batch` is, how much memory it takes, and what its journal costs.

    python -m tests.benchmarks.batch [--api URL] [--rows 200000] [--million] [--limit]

Against an API of its own on loopback, which counts and accepts; or against one that is given, with the four hosts under
/send, /bulk, /sandbox and /account. Every figure is of the installed program, from its start to its end: preflight,
rendering and journal included. `--limit` adds the runs under 150 requests in 10 s, `--million` the one of a million
rows. Not part of the tests: machines are noisy.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

PROGRAM = str(Path(sys.executable).with_name("mailtrap"))
CONTENT = ("--subject", "Hello {{ name }}", "--text", "Dear {{ name }}, you have {{ plan }}. Your code is {{ code }}.")
WITHOUT_JOURNAL = """
import sys
from mailtrap_cli.batch.journal import Journal
Journal._commit_writes = lambda self, batch: [setattr(write, "done", True) for write in batch]
from mailtrap_cli.cli.root import run
sys.exit(run(sys.argv[1:]))
"""


class Api:
    """Accepts every batch. `latency` is in seconds; with a `limit`, requests beyond it in any 10 s get a 429."""

    def __init__(self, latency: float = 0.0, limit: int | None = None) -> None:
        self.refused = 0
        self._latency = latency
        self._limit = limit
        self._times: deque[float] = deque()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb", buffering=1 << 18)
        while head := stream.readline():
            length = 0
            while (line := stream.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line[15:])
            body = stream.read(length)
            if self._over():
                self.refused += 1
                status, answer = b"429 Too Many Requests", b'{"success":false,"errors":["Too Many Requests"]}'
            elif head.startswith(b"POST"):
                time.sleep(self._latency)
                one = b'{"success":true,"message_ids":["01890000-0000-7000-8000-000000000000"]}'
                entries = b",".join([one] * body.count(b'{"to":'))
                status, answer = b"200 OK", b'{"success":true,"responses":[' + entries + b"]}"
            else:
                status, answer = b"404 Not Found", b"{}"
            connection.sendall(
                b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (status, len(answer), answer)
            )
        connection.close()

    def _over(self) -> bool:
        if self._limit is None:
            return False
        with self._lock:
            now = time.monotonic()
            while self._times and now - self._times[0] >= 10:
                self._times.popleft()
            self._times.append(now)
            return len(self._times) > self._limit


@contextmanager
def own_api(latency: float, limit: int | None) -> Iterator[str]:
    """Run an API in a separate process; yield its URL. It prints how many requests it refused."""
    command = [sys.executable, "-m", "tests.benchmarks.batch", "--serve", f"{latency}", f"{limit or 0}"]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        yield server.stdout.readline().strip()
    finally:
        server.stdin.close()
        refused = server.stdout.read().strip()
        server.wait()
        if limit:
            print(f"    {refused} answers of 429")


def serve(latency: float, limit: int) -> None:
    """Serve the API until standard input ends."""
    api = Api(latency, limit or None)
    print(api.url, flush=True)
    sys.stdin.read()
    print(api.refused)


def run(url: str, rows: Path, home: str, *options: str, journal: bool = True) -> tuple[float, dict[str, float], float]:
    """Run once; return seconds, report and peak megabytes."""
    hosts = {f"MAILTRAP_{host}_URL": f"{url}/{path}" for host, path in (("SEND", "send"), ("API", "account"))}
    state = f"{home}/state-{time.monotonic_ns()}"
    env = {"PATH": os.environ["PATH"], "HOME": home, "MAILTRAP_STATE_DIR": state, "MAILTRAP_API_TOKEN": "t", **hosts}
    start = [PROGRAM] if journal else [sys.executable, "-c", WITHOUT_JOURNAL]
    command = [*start, "batch", str(rows), "--from", "a@acme.example", "--live", "--yes", "-q", "-o", "json"]
    began = time.perf_counter()
    done = subprocess.run([*command, *CONTENT, *options], env=env, stdout=subprocess.PIPE, check=True)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024  # the largest of all children so far
    return seconds, json.loads(done.stdout), peak


def measure(name: str, url: str, rows: Path, home: str, *options: str) -> None:
    """Print one line of the table."""
    seconds, report, peak = run(url, rows, home, *options)
    print(
        f"{name:34} {report['sent'] / seconds:8,.0f} messages/s, {report['messages_per_second']:8,.0f} while sending, "
        f"{seconds:5.1f} s, {report['seconds']:5.1f} s of them sending, at most {peak:.0f} MB so far",
        flush=True,
    )


def write_rows(path: Path, count: int) -> Path:
    """Write a file of N people."""
    with path.open("w", encoding="utf-8") as file:
        file.write("email,name,plan,code\n")
        for row in range(count):
            file.write(f'p{row}@example.com,"Zoë {row}, PhD",basic,{row * 2654435761 % 2**32:08X}\n')
    return path


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--api")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--limit", action="store_true")
    parser.add_argument("--serve", nargs=2, type=float)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve[0], int(given.serve[1]))
        return
    with TemporaryDirectory() as home:
        folder = Path(home)
        small = write_rows(folder / "small.csv", 20_000)
        many = write_rows(folder / "many.csv", given.rows)
        sizes = [("20,000 rows", small), (f"{given.rows:,} rows", many)]
        if given.million:
            sizes.append(("1,000,000 rows", write_rows(folder / "million.csv", 1_000_000)))
        off = ("--rate-limit", "off")
        for latency in (0, 100):
            with own_api(latency / 1000, None) as url:
                for name, rows in sizes if not latency else sizes[1:2]:
                    measure(f"{name}, {latency} ms", given.api or url, rows, home, *off)
        with own_api(0, None) as url:
            ratios = []
            for _ in range(3):
                with_it = run(given.api or url, many, home, *off)[0]
                ratios.append(with_it / run(given.api or url, many, home, *off, journal=False)[0])
            print(f"with the journal / without: {sorted(ratios)[1]:.2f} (of {', '.join(f'{r:.2f}' for r in ratios)})")
        if given.limit:
            limited = write_rows(folder / "limited.csv", 100_000)
            for latency in (0, 100):
                with own_api(latency / 1000, 150) as url:
                    measure(f"100,000 rows, 150/10s, {latency} ms", given.api or url, limited, home)


if __name__ == "__main__":
    main()
