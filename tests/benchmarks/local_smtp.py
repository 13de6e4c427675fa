"""How many messages a second `mailtrap local serve` takes by SMTP, at what cost, and whether memory stays flat.

    python -m tests.benchmarks.local_smtp [MESSAGES]

Eight connections of one client process beside the server; each message is one transaction of five commands, as
smtplib sends it. Beside the rate it prints the processor time of the server for one message, which tells more than the
rate where the machine has other work. A bare aiosmtpd, which keeps nothing, is measured in turn with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from smtplib import SMTP
from statistics import median
from tempfile import TemporaryDirectory

from tests.benchmarks.local_serve import PROGRAM, ended

CONNECTIONS = 8
ROUNDS = 3
MAIL = (
    "From: Shop <shop@acme.example>\r\nTo: Ada <ada@example.com>\r\nSubject: Your order\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
    + "Thank you for your order.\r\n" * 20
    + "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    + "<p>Thank you for your order.</p>\r\n" * 20
    + "--b--\r\n"
)
BARE = """
import asyncio, json, sys
from aiosmtpd.smtp import SMTP

class Handler:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"

async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(), hostname="localhost", loop=loop), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


def started(folder: str, *flags: str) -> tuple[subprocess.Popen[bytes], int]:
    """Start a server with a store in this folder; return it and its SMTP port."""
    ready = Path(folder, "ready")
    server = subprocess.Popen(
        [PROGRAM, "local", "serve", *flags, "--port", "0", "--ready-file", str(ready)],
        env={"PATH": os.environ["PATH"], "HOME": folder, "MAILTRAP_STATE_DIR": f"{folder}/state"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not ready.exists():
        time.sleep(0.01)
    return server, json.loads(ready.read_text())["smtp_port"]


def bare() -> tuple[subprocess.Popen[bytes], int]:
    """Start a bare aiosmtpd; return it and its port."""
    server = subprocess.Popen([sys.executable, "-c", BARE], stdout=subprocess.PIPE)
    assert server.stdout is not None
    return server, int(server.stdout.readline())


def cpu(process: subprocess.Popen[bytes]) -> float:
    """Return the seconds of processor time that a process has used."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run_on_connections(act: Callable[[], None]) -> None:
    """Run this on one thread per connection."""
    threads = [threading.Thread(target=act) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def measure(process: subprocess.Popen[bytes], port: int, messages: int) -> tuple[float, float]:
    """Return messages per second, and the server's microseconds of processor time for each."""

    def send() -> None:
        with SMTP("127.0.0.1", port) as client:
            for _ in range(messages // CONNECTIONS):
                client.sendmail("shop@acme.example", ["ada@example.com"], MAIL)

    used, began = cpu(process), time.perf_counter()
    run_on_connections(send)
    return messages / (time.perf_counter() - began), (cpu(process) - used) / messages * 1e6


def main(messages: int) -> None:
    """Print rates and costs, then the server's memory as messages go in."""
    with TemporaryDirectory() as folder:
        server, port = started(folder, "--max-messages", "10000")
        other, other_port = bare()
        pairs = [(measure(server, port, messages), measure(other, other_port, messages)) for _ in range(ROUNDS)]
        (rate, cost), (bare_rate, bare_cost) = (
            tuple(median(figures) for figures in zip(*results, strict=True)) for results in zip(*pairs, strict=True)
        )
        print(f"mailtrap {rate:7.0f} messages/s (at least 500)  {cost:6.0f} us of processor time each")
        print(f"aiosmtpd {bare_rate:7.0f} messages/s                 {bare_cost:6.0f} us, keeping nothing")
        for _ in range(4):
            measure(server, port, messages * 2)
            status = Path(f"/proc/{server.pid}/status").read_text()
            resident = next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1]
            print(f"{int(resident) / 1024:6.1f} MB of memory after {messages * 2} more")
        ended(server)
        ended(other)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4000)
