"""How many messages a second `mailtrap local serve` takes: singly, and in batches of 500.

    python -m tests.benchmarks.local_serve [SECONDS]

One client process with four kept-alive connections beside the server. Not part of the tests: machines are noisy.
"""

from __future__ import annotations

import http.client
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

PROGRAM = str(Path(sys.executable).with_name("mailtrap"))
HEADERS = {"Authorization": "Bearer t", "Content-Type": "application/json"}
MESSAGE = {"from": {"email": "a@acme.example"}, "subject": "Hello", "text": "Hello, how are you?" * 10}


def rate(port: int, path: str, body: bytes, messages: int, seconds: float) -> float:
    """Messages a second over four connections."""
    stop = time.perf_counter() + seconds
    counts: list[int] = []

    def send() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        done = 0
        while time.perf_counter() < stop:
            connection.request("POST", path, body, HEADERS)
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()
            done += messages
        counts.append(done)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - began)


def main() -> None:
    """Print both rates, and the server's peak memory."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5
    with TemporaryDirectory() as home:
        env = {"PATH": os.environ["PATH"], "HOME": home, "MAILTRAP_STATE_DIR": f"{home}/state"}
        ready = Path(home, "ready")
        server = subprocess.Popen(
            [PROGRAM, "local", "serve", "-q", "--port", "0", "--ready-file", str(ready), "--max-messages", "10000000"],
            env=env,
            stdout=subprocess.DEVNULL,
        )
        while not ready.exists():
            time.sleep(0.01)
        port = json.loads(ready.read_text())["port"]
        single = json.dumps({**MESSAGE, "to": [{"email": "ada@example.com"}]}).encode()
        requests = [{"to": [{"email": f"r{number}@example.com"}]} for number in range(500)]
        batch = json.dumps({"base": MESSAGE, "requests": requests}).encode()
        print(f"single  {rate(port, '/send/api/send', single, 1, seconds):10.0f} messages/s (at least 800)")
        print(f"batches {rate(port, '/bulk/api/batch', batch, 500, seconds):10.0f} messages/s (at least 20000)")
        server.send_signal(signal.SIGTERM)
        server.wait()
        print(f"server's peak memory {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
