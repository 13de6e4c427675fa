"""Many clients at once, over HTTP and directly in the same store."""

from __future__ import annotations

import http.client
import json
import signal
import sqlite3
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tests.conftest import PROGRAM, Run
from tests.local.conftest import Serve
from tests.local.serving import SENDABLE, Serving


def sender(server: Serving, number: int, count: int) -> list[str]:
    """Send N messages on one kept-alive connection, each to its own recipient; return those acknowledged."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    acknowledged = []
    for index in range(count):
        recipient = f"r{number}-{index}@example.com"
        body = json.dumps({**SENDABLE, "to": [{"email": recipient}]})
        headers = {"Authorization": f"Bearer t{number}", "Content-Type": "application/json"}
        connection.request("POST", "/sandbox/api/send/1", body, headers)
        answer = connection.getresponse()
        document = json.loads(answer.read())
        if answer.status == 200 and document["success"]:
            acknowledged.append(recipient)
    connection.close()
    return acknowledged


def test_fifty_senders_while_messages_are_listed_lose_nothing(serve: Serve, mailtrap: Run) -> None:
    server = serve()
    listed: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            result = mailtrap("messages", "list", "-p", "local", "-q", "--limit", "60")
            assert result.code == 0, result.err
            listed.append(len(result.out.splitlines()))

    reader = threading.Thread(target=read)
    reader.start()
    with ThreadPoolExecutor(50) as pool:
        acknowledged = [
            name for names in pool.map(lambda number: sender(server, number, 20), range(50)) for name in names
        ]
    done.set()
    reader.join()
    assert len(acknowledged) == len(set(acknowledged)) == 1000
    assert listed
    assert listed == sorted(listed)
    found = mailtrap("messages", "list", "-p", "local", "-o", "json", "--limit", "2000").json()
    assert {message["to_email"] for message in found} == set(acknowledged)
    assert len(found) == 1000


def test_kill_9_with_fifty_senders_loses_no_acknowledged_message(serve: Serve, mailtrap: Run) -> None:
    server = serve()
    acknowledged: list[str] = []
    lock = threading.Lock()

    def send(number: int) -> None:
        for index in range(1000):
            recipient = f"r{number}-{index}@example.com"
            try:
                answer = server.send(to=[{"email": recipient}])
            except (OSError, http.client.HTTPException):
                return
            assert answer.status == 200
            with lock:
                acknowledged.append(recipient)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    server.end(signal.SIGKILL)
    for thread in threads:
        thread.join()
    found = mailtrap("messages", "list", "-p", "local", "-o", "json", "--limit", "100000").json()
    kept = {message["to_email"] for message in found}
    assert acknowledged
    assert set(acknowledged) <= kept
    assert len(found) == len(kept)
    assert len(kept) - len(acknowledged) <= 50  # accepted, then killed before the answer


def test_the_server_and_p_local_share_one_store_at_the_same_time(serve: Serve, mailtrap: Run) -> None:
    server = serve()
    command = [PROGRAM, "send", "-p", "local", "--subject", "Hi", "--text", "x", "-q", "--to"]

    def beside(number: int) -> int:
        return mailtrap(*command[1:], f"local{number}@example.com").code

    with ThreadPoolExecutor(6) as pool:
        codes = pool.map(beside, range(8))
        sent = [name for names in pool.map(lambda number: sender(server, number, 25), range(4)) for name in names]
    assert list(codes) == [0] * 8
    assert len(sent) == 100
    assert server.messages() == 108


def test_a_store_held_by_another_process_is_waited_for(serve: Serve) -> None:
    server = serve()
    server.send()
    path = subprocess.check_output([PROGRAM, "local", "path"], env=server.environment, text=True).strip()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(server.send)
        time.sleep(0.5)
        assert not answer.done()
        holder.execute("COMMIT")
        assert answer.result().status == 200
    holder.close()
