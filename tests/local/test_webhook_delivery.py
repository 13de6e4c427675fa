"""Webhook deliveries of `local serve` to real receivers on loopback."""

from __future__ import annotations

import asyncio
import hmac
import json
import signal
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import trustme

from mailtrap_cli.local.delivery import deliver
from mailtrap_cli.local.inbound_store import receive_message
from mailtrap_cli.local.store import Store
from mailtrap_cli.local.webhook_client import post_body
from mailtrap_cli.local.webhook_delivery import collect_batch, collect_inbound
from tests.conftest import Run
from tests.local.conftest import Api, Serve
from tests.local.serving import SENDABLE
from tests.loopback import Loopback, Reply, Request, closed_port, until

EVENT = {"event", "message_id", "sending_stream", "email", "sending_domain_name", "category", "custom_variables"}
EVENT |= {"timestamp", "event_id"}
QUICK = ("--webhook-interval", "10ms", "--webhook-retry", "10ms")


class Receiver(Loopback):
    """An application's endpoint: answers 200, or what `answer` returns, and keeps the events it accepted."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(tls)
        self.events: list[dict[str, Any]] = []
        self.answer: Callable[[Request], Reply] = lambda request: Reply(200)
        self.script = self._take

    def _take(self, request: Request) -> Reply:
        reply = self.answer(request)
        if reply.status == 200 and not reply.fault:
            lines = request.headers["content-type"] == "application/jsonl"
            if lines:
                self.events += map(json.loads, request.body.splitlines())
            else:
                self.events += request.json()["events"]
        return reply

    def named(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == name]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def secret_in(err: str) -> str:
    return err.partition("signing secret ")[2].split()[0]


def hook(api: Api, url: str, **fields: Any) -> dict[str, Any]:
    """Create a webhook for all events of the transactional stream."""
    types = ["delivery", "soft_bounce", "bounce", "suspension", "unsubscribe", "open", "spam_complaint", "click"]
    given = {"webhook_type": "email_sending", "sending_stream": "transactional", "event_types": [*types, "reject"]}
    answer = api.ask("account", "POST", "/api/webhooks", {"webhook": {"url": url, **given, **fields}})
    found: dict[str, Any] = answer.json()
    return found


# ------------------------------------------------------------------------------------------------ a sample application


def test_an_application_learns_of_a_bounce_by_webhook_and_its_next_send_is_rejected(
    serve: Serve, receiver: Receiver
) -> None:
    server = serve("--webhook", f"{receiver.url}/hook?app=shop", *QUICK)
    gone = "bounce+1@example.com"

    def send(address: str) -> None:
        fields = {"to": [{"email": address}], "category": "orders", "custom_variables": {"order": "7"}}
        assert server.send("/send/api/send", **fields).status == 200

    send(gone)
    until(lambda: bool(receiver.named("bounce")))
    request = receiver.requests[0]
    assert (request.path, request.headers["content-type"]) == ("/hook?app=shop", "application/json")
    secret = secret_in(server.err)
    expected = hmac.new(secret.encode(), request.body, "sha256").hexdigest()
    assert hmac.compare_digest(request.headers["mailtrap-signature"], expected)
    (bounce,) = receiver.named("bounce")
    assert set(bounce) == EVENT | {"response", "response_code", "bounce_category"}
    assert {name: bounce[name] for name in ("email", "category", "custom_variables", "sending_domain_name")} == {
        "email": gone,
        "category": "orders",
        "custom_variables": {"order": "7"},
        "sending_domain_name": "acme.example",
    }
    assert (bounce["response_code"], bounce["bounce_category"]) == (550, "badrecipient")

    send(gone)
    until(lambda: bool(receiver.named("reject")))
    (reject,) = receiver.named("reject")
    assert (reject["email"], reject["reason"]) == (gone, "suppressed: hard bounce")
    assert [row["email"] for row in server.ask("GET", "/account/api/suppressions").json()] == [gone]
    logged = server.ask("GET", "/account/api/email_logs").json()["messages"]
    assert [row["status"] for row in logged] == ["not_delivered", "not_delivered"]
    stats = server.ask("GET", "/account/api/stats?start_date=2020-01-01&end_date=2099-12-31").json()
    assert (stats["bounce_count"], stats["delivery_count"]) == (1, 0)


def test_mail_that_another_process_sends_is_delivered_too(serve: Serve, receiver: Receiver, mailtrap: Run) -> None:
    serve("--webhook", receiver.url, *QUICK)
    message = json.dumps({**SENDABLE, "to": [{"email": "soft-bounce@example.com"}]})
    sent = mailtrap("api", "POST", "/api/send", "-p", "local", "--host", "bulk", "--input", "-", stdin=message)
    assert sent.code == 0, sent.err
    until(lambda: bool(receiver.events))
    (event,) = receiver.events
    assert (event["event"], event["sending_stream"], event["response_code"]) == ("soft bounce", "bulk", 452)


def test_mail_for_an_inbound_inbox_fires_its_webhook_however_it_is_sent(serve: Serve, receiver: Receiver) -> None:
    server = serve(*QUICK)
    receiver.script = lambda request: Reply(200)

    def ask(method: str, path: str, body: object = None) -> Any:
        reply = server.ask(method, f"/account/api{path}", body)
        assert reply.status < 300, reply
        return reply.json()

    folder = ask("POST", "/inbound/folders", {"name": "Support"})["id"]
    inbox = ask("POST", f"/inbound/folders/{folder}/inboxes", {"name": "Help"})
    messages, to = f"/inbound/inboxes/{inbox['id']}/messages", [{"email": inbox["address"]}]
    hook = {"url": receiver.url, "webhook_type": "inbound_receiving", "inbound_inbox_id": inbox["id"]}
    secret = ask("POST", "/webhooks", {"webhook": hook})["data"]["signing_secret"]

    def post(client: smtplib.SMTP, number: int) -> None:
        mail = f"From: ada@example.com\r\nTo: {inbox['address']}\r\nMessage-ID: <{number}@x>\r\nSubject: Help\r\n"
        client.sendmail("ada@example.com", [inbox["address"]], f"{mail}References: <1@x>\r\n\r\nHi\r\n")

    with smtplib.SMTP("127.0.0.1", server.smtp_port) as client:
        post(client, 1)
        client.login("bulk", "x")
        post(client, 2)
    headers = {"In-Reply-To": "<2@x>"}
    attachments = [{"filename": "a.txt", "content": "QQ=="}]
    assert server.send("/send/api/send", to=to, headers=headers, attachments=attachments).status == 200
    requests = [{"to": [{"email": "eve@example.com"}], "bcc": [*to, {"email": "mallory@example.com"}]}]
    assert server.send("/bulk/api/batch", base={**SENDABLE, "headers": headers}, requests=requests).status == 200
    until(lambda: len(receiver.requests) == 4)

    found = ask("GET", messages)["data"]
    assert [request.json()["message_id"] for request in receiver.requests] == [row["id"] for row in reversed(found)]
    for request in receiver.requests:
        expected = hmac.new(secret.encode(), request.body, "sha256").hexdigest()
        assert hmac.compare_digest(request.headers["mailtrap-signature"], expected)
    assert len({row["thread_id"] for row in found}) == 1
    assert [row["from"] for row in found] == [*["shop@acme.example"] * 2, *["ada@example.com"] * 2]
    assert (found[0]["to"], found[0]["bcc"]) == (["eve@example.com"], [inbox["address"]])
    assert [entry["filename"] for entry in found[1]["attachments"]] == ["a.txt"]
    assert ask("GET", f"{messages}/{found[1]['id']}")["text_body"] == "Thank you.\n"
    assert server.messages() == 3  # what was sent from here; what came from outside is in the inbox alone


# ------------------------------------------------------------------------------------------------ attempts


def test_a_kill_loses_no_event_and_a_repeated_one_has_the_same_id(serve: Serve, receiver: Receiver) -> None:
    receiver.answer = lambda request: Reply(500)
    arguments = ("--webhook", receiver.url, "--webhook-interval", "10ms", "--webhook-retry", "50ms")
    server = serve(*arguments)
    for number in range(5):
        server.send("/send/api/send", to=[{"email": f"ada{number}@example.com"}])
    until(lambda: len(receiver.requests) > 1)
    server.end(signal.SIGKILL)
    refused = {event["event_id"] for request in receiver.requests for event in request.json()["events"]}
    receiver.answer = lambda request: Reply(200)
    again = serve(*arguments)
    again.send("/send/api/send", to=[{"email": "ada5@example.com"}])
    until(lambda: {event["email"] for event in receiver.events} == {f"ada{number}@example.com" for number in range(6)})
    ids = [event["event_id"] for event in receiver.events]
    assert len(ids) == len(set(ids))
    assert refused <= set(ids)
    assert secret_in(server.err) == secret_in(again.err)
    assert again.end() == 0


def test_a_webhook_is_paused_after_its_last_retry_until_it_is_resumed(
    serve: Serve, receiver: Receiver, mailtrap: Run
) -> None:
    receiver.answer = lambda request: Reply(301, headers={"Location": receiver.url + "/elsewhere"})
    server = serve("--webhook", receiver.url, "--webhook-interval", "1ms", "--webhook-retry", "0s")
    server.send("/send/api/send")
    until(lambda: "paused" in server.err)
    assert len(receiver.requests) == 41
    assert {request.path for request in receiver.requests} == {"/"}
    assert "41 attempts failed, the webhook is paused; the last: answered 301" in server.err
    server.send("/send/api/send")
    receiver.answer = lambda request: Reply(200)
    assert server.ask("PATCH", "/account/api/webhooks/1", {"webhook": {"active": True}}).status == 200
    server.send("/send/api/send", to=[{"email": "new@example.com"}])
    until(lambda: bool(receiver.events))
    assert [event["email"] for event in receiver.events] == ["new@example.com"]

    listed = mailtrap("webhooks", "deliveries", "-p", "local", "--limit", "all", "-o", "json").json()
    assert [row["status"] for row in listed] == [200] + [301] * 41
    assert [row["attempt"] for row in listed] == [1, *range(41, 0, -1)]
    assert {(row["state"], row["webhook_id"], json.dumps(row["events"])) for row in listed[1:]} == {
        ("failed", 1, '{"delivery": 1}')
    }
    first = str(listed[-1]["id"])
    again = mailtrap("webhooks", "deliveries", "-p", "local", "--redeliver", first, "-o", "json")
    assert (again.code, again.json()["attempt"], again.json()["state"]) == (0, 42, "delivered")
    assert receiver.requests[0].body == receiver.requests[-1].body
    receiver.answer = lambda request: Reply(500, "\x1b[31mno")
    failed = mailtrap("webhooks", "deliveries", "-p", "local", "--redeliver", first)
    assert (failed.code, "Delivery 1 failed again: answered 500" in failed.err, "\x1b" in failed.out) == (
        7,
        True,
        False,
    )
    assert mailtrap("webhooks", "deliveries", "-p", "local", "--redeliver", "99").code == 5


def test_a_target_that_never_answers_delays_neither_others_nor_shutdown(serve: Serve, receiver: Receiver) -> None:
    silent = Receiver()
    silent.answer = lambda request: Reply(fault="silence")
    try:
        server = serve("--webhook", silent.url, "--webhook", receiver.url, *QUICK)
        server.send("/send/api/send")
        until(lambda: bool(silent.requests and receiver.events))
        server.send("/send/api/send")
        until(lambda: len(receiver.events) == 2)
        assert server.end() == 0
    finally:
        silent.close()


@contextmanager
def raw_target(answer: bytes, *, close: bool = True) -> Iterator[str]:
    """A target that sends these bytes to every client."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run() -> None:
            connection = listening.accept()[0]
            with connection:
                try:
                    connection.recv(65536)
                    connection.sendall(answer)
                    if not close:
                        connection.settimeout(5)
                        while connection.recv(65536):
                            pass
                except OSError:
                    pass

        thread = threading.Thread(target=run)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


def post(url: str, body: bytes = b"{}") -> tuple[int | None, str]:
    reply = asyncio.run(post_body(url, ["127.0.0.1"], {"Content-Type": "application/json"}, body, timeout=0.3))
    return reply.status, reply.text


@pytest.mark.parametrize(
    ("answer", "close", "expected"),
    [
        (b"", True, (None, "the connection was closed without an answer")),
        (b"", False, (None, "no answer within 0.3 s")),
        (b"HTTP/1.1 100 Continue\r\n\r\n", False, (None, "no answer within 0.3 s")),
        (b"\x00\xff garbage\r\n\r\n", True, (None, "not an HTTP answer")),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000, False, (None, "the answer's headers are too large")),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\xffok", True, (200, "\ufffdok")),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"y" * 300_000, False, (200, "y" * 500)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nslow", False, (200, "slow")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", True, (204, "")),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", True, (200, "")),
    ],
)
def test_whatever_a_target_answers_is_a_reply(answer: bytes, close: bool, expected: tuple[int | None, str]) -> None:
    with raw_target(answer, close=close) as url:
        status, text = post(url)
    assert status == expected[0]
    assert text.startswith(expected[1]) if expected[1] else not text


def test_a_target_without_a_listener_or_with_a_self_signed_certificate() -> None:
    assert post(f"http://127.0.0.1:{closed_port()}") == (None, "Connection refused")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    receiver = Receiver(context)
    try:
        assert post(f"https://localhost:{receiver.port}/x", b'{"events": []}')[0] == 200
    finally:
        receiver.close()


# ------------------------------------------------------------------------------------------------ what is in a batch


def batches(store: Store, number: int) -> list[bytes]:
    """Return the bodies that a webhook would get now, each accepted at once."""
    row = store.resources.get("webhook", number)
    assert row is not None
    found: list[bytes] = []
    collect = collect_inbound if row.document["webhook_type"] == "inbound_receiving" else collect_batch
    while collect(store, row) or store.webhooks.find_waiting(number):
        delivery = store.webhooks.find_waiting(number)
        if delivery is not None:
            found.append(delivery.body)
            with store.database.writing() as db:
                db.execute("UPDATE deliveries SET state = 'delivered'")
    return found


def names_in(bodies: list[bytes]) -> list[str]:
    return [event["event"] for body in bodies for event in json.loads(body)["events"]]


def test_a_webhook_gets_the_events_of_its_stream_its_domain_and_its_types(api: Api, store: Store) -> None:
    api.sent(host="send", to=[{"email": "bounce@before.example"}])
    domain = api.ask("account", "POST", "/api/domains", {"domain": {"domain_name": "other.example"}}).json()["id"]
    url = "http://localhost:1/"
    hook(api, url)
    hook(api, url, event_types=["spam_complaint", "soft_bounce"])
    hook(api, url, sending_stream="bulk")
    hook(api, url, domain_id=domain)
    for name in ("ada", "spam", "unsubscribe", "soft-bounce", "bounce", "open", "click", "suspension", "reject"):
        api.sent(host="send", to=[{"email": f"{name}@example.com"}])
    api.sent(host="bulk")
    api.send({**SENDABLE, "from": {"email": "a@OTHER.example"}}, host="send")
    assert names_in(batches(store, 1)) == [
        *("delivery", "delivery", "spam", "delivery", "unsubscribe", "soft bounce", "bounce", "delivery", "open"),
        *("delivery", "open", "click", "suspension", "reject", "delivery"),
    ]
    assert names_in(batches(store, 2)) == ["spam", "soft bounce"]
    assert names_in(batches(store, 3)) == ["delivery"]
    assert names_in(batches(store, 4)) == ["delivery"]
    hook(api, url, webhook_type="campaigns", sending_stream=None)
    deliver(store, "bulk", [SENDABLE], extra={"campaign_id": 7})
    assert (names_in(batches(store, 3)), names_in(batches(store, 5))) == ([], ["delivery"])
    assert batches(store, 1) == []


def test_a_batch_holds_500_events_as_json_or_lines(api: Api, store: Store) -> None:
    hook(api, "http://[::1]:1/", payload_format="jsonlines")
    base = {"from": {"email": "a@acme.example"}, "subject": "Hi", "text": "Hi"}
    requests = [{"to": [{"email": f"ada{number}@example.com"}]} for number in range(500)]
    for _ in range(2):
        assert api.ask("send", "POST", "/api/batch", {"base": base, "requests": requests}).status == 200
    api.sent(host="send")
    bodies = batches(store, 1)
    assert [len(body.splitlines()) for body in bodies] == [500, 500, 1]
    assert len({json.loads(line)["event_id"] for body in bodies for line in body.splitlines()}) == 1001


def test_inbound_mail_fires_the_webhook_of_its_inbox(api: Api, store: Store) -> None:
    api.ask("account", "POST", "/api/inbound/folders", {"name": "Support"})
    for name in ("One", "Two"):
        api.ask("account", "POST", "/api/inbound/folders/1/inboxes", {"name": name})
    given = {"webhook_type": "inbound_receiving", "inbound_inbox_id": 2, "event_types": None, "sending_stream": None}
    hook(api, "http://127.0.0.1:1/", **given)
    for number in (1, 2, 2):
        inbox = store.resources.get("inbound_inbox", number)
        assert inbox is not None
        receive_message(store, inbox, {"from": "ada@example.com", "subject": "Help", "rfc_message_id": None})
    first, second = map(json.loads, batches(store, 1))
    (newest, oldest) = api.get("/api/inbound/inboxes/2/messages")["data"]
    assert set(first) == {"event", "event_id", "timestamp", "inbox_id", "message_id", "from"}
    assert (first["event"], first["inbox_id"], first["from"]) == ("inbound.message_received", 2, "ada@example.com")
    assert [first["message_id"], second["message_id"]] == [oldest["id"], newest["id"]]
    assert first["timestamp"] > 10**12


# ------------------------------------------------------------------------------------------------ targets


@pytest.mark.parametrize("url", ["http://192.0.2.1/hook", "https://[2001:db8::1]/", "http://0.0.0.0:80/"])
def test_a_target_on_another_machine_is_refused_unless_it_is_allowed(api: Api, url: str) -> None:
    refused = hook(api, url)
    assert refused["errors"]["url"] == [
        "must be a loopback address, such as http://127.0.0.1:3000/webhook (allow_remote allows others)"
    ]
    assert hook(api, url, allow_remote=True)["data"]["url"] == url


def test_a_name_that_does_not_resolve_is_refused_and_an_update_is_checked_too(api: Api) -> None:
    assert "hook.invalid does not resolve" in hook(api, "http://hook.invalid/")["errors"]["url"][0]
    made = hook(api, "http://[::ffff:127.0.0.1]:8080/")["data"]["id"]
    changed = api.ask("account", "PATCH", f"/api/webhooks/{made}", {"webhook": {"url": "http://192.0.2.1/"}})
    assert (changed.status, list(changed.json()["errors"])) == (422, ["url"])


def test_only_the_local_sandbox_has_deliveries(mailtrap: Run) -> None:
    result = mailtrap("webhooks", "deliveries", env={"MAILTRAP_API_TOKEN": "t"})
    assert (result.code, result.out) == (2, "")
    assert "Mailtrap's API has no list of webhook deliveries" in result.err
    assert mailtrap("webhooks", "deliveries", "-p", "local", "-o", "json").json() == []


def test_allow_remote_is_a_flag_of_creation(mailtrap: Run) -> None:
    given = ("webhooks", "create", "-p", "local", "--url", "http://192.0.2.1/", "--stream", "bulk", "--event", "bounce")
    refused = mailtrap(*given)
    assert (refused.code, "must be a loopback address" in refused.err) == (1, True)
    assert mailtrap(*given, "--allow-remote", "-q").code == 0


def test_an_audit_log_webhook_comes_with_a_notice_that_it_receives_nothing(mailtrap: Run, serve: Serve) -> None:
    sentence = "a webhook of the type audit_log is never sent anything"
    given = ("webhooks", "create", "-p", "local", "--type", "audit_log", "--url", "http://127.0.0.1:1/")
    made = mailtrap(*given, "-o", "json")
    assert (made.code, made.json()["webhook_type"], sentence in made.err) == (0, "audit_log", True)
    server = serve()
    until(lambda: sentence in server.err)
    assert server.err.count(sentence) == 1
    refused = mailtrap(*given[:-1], "http://192.0.2.1/")
    assert (refused.code, sentence in refused.err) == (1, False)


def test_serve_names_the_webhook_that_it_refuses(mailtrap: Run) -> None:
    result = mailtrap("local", "serve", "--port", "0", "--webhook", "http://192.0.2.1/")
    assert result.code == 2
    assert "--webhook: http://192.0.2.1/ must be a loopback address" in result.err
    result = mailtrap("local", "serve", "--port", "0", "--webhook-retry", "9999999999999w")
    assert (result.code, "--webhook-retry: '9999999999999w' is too long" in result.err) == (2, True)
