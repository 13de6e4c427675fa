"""How many messages a second `mailtrap local serve` takes, singly and in batches of 500, and whether memory stays flat.

    python -m tests.benchmarks.local_serve [SECONDS] [MESSAGES]

One client process with eight kept-alive connections beside the server. A bare application of uvicorn (h11) and
Starlette, which parses the JSON and answers, is measured in turn with it, since machines are noisy: quote the ratio.
The server's CPU time per message is the steadiest figure. Then MESSAGES (300,000) go in by batches under the default
--max-messages, while the server's memory is read.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

PROGRAM = str(Path(sys.executable).with_name("mailtrap"))
HEADERS = {"Authorization": "Bearer t", "Content-Type": "application/json"}
MESSAGE = {"from": {"email": "a@acme.example"}, "subject": "Hello", "text": "Hello, how are you?" * 10}
SINGLE = json.dumps({**MESSAGE, "to": [{"email": "ada@example.com"}]}).encode()
BATCH = json.dumps(
    {"base": MESSAGE, "requests": [{"to": [{"email": f"r{n}@example.com"}]} for n in range(500)]}
).encode()
CONNECTIONS = 8
ROUNDS = 3

ECHO = """
import json, socket, sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

async def echo(request):
    document = json.loads(await request.body())
    return JSONResponse({"success": True, "responses": [{"success": True}] * len(document.get("requests", ()))})

app = Starlette(routes=[Route("/{path:path}", echo, methods=["POST"])])
config = uvicorn.Config(app, http="h11", log_config=None, access_log=False)
uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])
"""


def rate(port: int, path: str, body: bytes, messages: int, seconds: float) -> float:
    """Return messages per second over eight connections."""
    stop = time.perf_counter() + seconds
    counts: list[int] = []

    def send() -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
            done = 0
            while time.perf_counter() < stop:
                post(connection, path, body)
                done += messages
            counts.append(done)

    threads = [threading.Thread(target=send) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - began)


def post(connection: http.client.HTTPConnection, path: str, body: bytes) -> None:
    """Send one request, which must be answered with a 200."""
    connection.request("POST", path, body, HEADERS)
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    answer.read()


def started(folder: str, *flags: str) -> tuple[subprocess.Popen[bytes], int]:
    """Start a server with a store in this folder; return it and its port."""
    ready = Path(folder, "ready")
    server = subprocess.Popen(
        [PROGRAM, "local", "serve", *flags, "--port", "0", "--ready-file", str(ready)],
        env={"PATH": os.environ["PATH"], "HOME": folder, "MAILTRAP_STATE_DIR": f"{folder}/state"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not ready.exists():
        time.sleep(0.01)
    return server, json.loads(ready.read_text())["port"]


def bare() -> tuple[subprocess.Popen[bytes], int]:
    """Start the bare application; return it and its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(100)
        port: int = listening.getsockname()[1]
        number = listening.fileno()
        server = subprocess.Popen([sys.executable, "-c", ECHO, str(number)], pass_fds=[number])
    return server, port


def ended(server: subprocess.Popen[bytes]) -> None:
    """Stop this server."""
    server.send_signal(signal.SIGTERM)
    server.wait()


def measure(
    server: subprocess.Popen[bytes], port: int, path: str, body: bytes, messages: int, seconds: float
) -> tuple[float, float]:
    """Messages a second, and the microseconds of CPU that the server spent on each."""
    used, began = cpu_time(server), time.perf_counter()
    found = rate(port, path, body, messages, seconds)
    return found, (cpu_time(server) - used) / (found * (time.perf_counter() - began))


def cpu_time(server: subprocess.Popen[bytes]) -> float:
    """Microseconds of CPU that a server has used."""
    threads = Path(f"/proc/{server.pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1000


def compare(seconds: float) -> None:
    """Print rates and CPU time per message, each next to that of the bare application."""
    with TemporaryDirectory() as folder:
        server, port = started(folder, "--max-messages", "10000000")
        echo, echo_port = bare()
        for name, path, body, count, bound in (
            ("sandbox", "/sandbox/api/send/1", SINGLE, 1, 1500),
            ("live", "/send/api/send", SINGLE, 1, 1500),
            ("batches", "/bulk/api/batch", BATCH, 500, 20_000),
        ):
            ours: list[tuple[float, float]] = []
            theirs: list[tuple[float, float]] = []
            for _ in range(ROUNDS):
                ours.append(measure(server, port, path, body, count, seconds))
                theirs.append(measure(echo, echo_port, path, body, count, seconds))
            (speed, cost), (bare_speed, bare_cost) = (
                map(median, zip(*figures, strict=True)) for figures in (ours, theirs)
            )
            ratio = median(one / other for (one, _), (other, _) in zip(ours, theirs, strict=True))
            print(
                f"{name:8} {speed:7.0f} messages/s (at least {bound}), {cost:4.0f} µs of CPU each;"
                f" bare {bare_speed:7.0f}, {bare_cost:4.0f} µs; ratio {ratio:.2f}"
            )
        ended(server)
        ended(echo)


def flatness(messages: int) -> None:
    """Print the server's memory as messages go in."""
    with TemporaryDirectory() as folder:
        server, port = started(folder)
        with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
            for number in range(0, messages + 1, 500):
                if number % max(500, messages // 6 // 500 * 500) == 0:
                    status = Path(f"/proc/{server.pid}/status").read_text()
                    resident = next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1]
                    disk = sum(part.stat().st_size for part in Path(folder, "state").iterdir())
                    print(
                        f"{number:8} messages  {int(resident) / 1024:6.1f} MB of memory  {disk / 1e6:6.1f} MB on disk"
                    )
                post(connection, "/bulk/api/batch", BATCH)
        ended(server)


if __name__ == "__main__":
    compare(float(sys.argv[1]) if len(sys.argv) > 1 else 3)
    flatness(int(sys.argv[2]) if len(sys.argv) > 2 else 300_000)
