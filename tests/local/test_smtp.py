"""Mail by SMTP: what is accepted, where it goes, that it stays unchanged, and what clients may do wrong."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import smtplib
import socket
import ssl
import struct
import subprocess
import threading
from contextlib import closing, suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme

from mailtrap_cli.local.app import Sandbox
from mailtrap_cli.local.faults import Dice, Faults
from mailtrap_cli.local.group_commit import GroupCommit
from mailtrap_cli.local.smtp import SmtpServer
from mailtrap_cli.local.store import Store
from tests.conftest import Run
from tests.local.conftest import Serve
from tests.local.serving import Serving
from tests.loopback import until

MAIL = b"From: Shop <shop@acme.example>\r\nTo: ada@example.com\r\nSubject: Your order\r\n\r\nThank you.\r\n"


class Client:
    """One connection for sending any bytes and reading replies."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._file = self.socket.makefile("rb")

    def say(self, data: bytes | str) -> None:
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def read(self) -> str:
        """Read one complete reply; "" at the end of the connection."""
        lines = []
        while line := self._file.readline():
            lines.append(line.decode())
            if line[3:4] != b"-":
                break
        return "".join(lines)

    def ask(self, command: bytes | str) -> str:
        self.say(command.encode() + b"\r\n" if isinstance(command, str) else command + b"\r\n")
        return self.read()

    def close(self) -> None:
        self._file.close()
        self.socket.close()

    def send(self, mail: bytes, recipients: tuple[str, ...] = ("ada@example.com",)) -> str:
        """Send these bytes unchanged, followed by the end mark; return the reply to the last."""
        assert self.ask("MAIL FROM:<shop@acme.example>").startswith("250")
        for recipient in recipients:
            assert self.ask(f"RCPT TO:<{recipient}>").startswith("250")
        assert self.ask("DATA").startswith("354")
        self.say(mail + b".\r\n")
        return self.read()


def connect(server: Serving, *, greet: bool = True) -> Client:
    client = Client(server.smtp_port)
    assert client.read().startswith("220 ")
    if greet:
        assert client.ask("EHLO test").startswith("250")
    return client


def newest(server: Serving, sandbox_id: int = 1) -> dict[str, Any]:
    found: dict[str, Any] = server.ask("GET", f"/account/api/sandboxes/{sandbox_id}/messages").json()[0]
    return found


def source(server: Serving, message: dict[str, Any]) -> bytes:
    return server.ask("GET", f"/account{message['download_path']}").body


# ------------------------------------------------------------------------------------------------ as it came


@pytest.mark.parametrize(
    "mail",
    [
        MAIL,
        b"",
        b"no headers at all\r\n",
        b"Subject: a line of 100 kB\r\n\r\n<p>" + b"x" * 100_000 + b"</p>\r\n",
        b"Subject: garbage \xff\xfe\r\n\r\n\x00\x80\xff bare\nline\rends \x1b[31m\r\n",
        b"From: not an address\r\nTo: <<>>\r\nSubject: =?x-no-such?B?####?=\r\n\r\nx\r\n",
        b"Subject: smuggled\r\n\r\n\n.\n\n.\r\n\r.\r\n\r.\rMAIL FROM:<eve@example.com>\r\n",
    ],
    ids=["plain", "empty", "no headers", "long line", "8-bit", "malformed", "end marks with bare line ends"],
)
def test_a_message_is_kept_byte_for_byte(standing: Serving, mail: bytes) -> None:
    before = standing.messages()
    with closing(connect(standing)) as client:
        assert client.send(mail).startswith("250 2.0.0 OK: queued as ")
        assert client.ask("NOOP").startswith("250")
    assert standing.messages() == before + 1
    assert source(standing, newest(standing)) == mail
    for part in ("body.txt", "body.html", "mail_headers", "attachments"):
        path = f"/account/api/sandboxes/1/messages/{newest(standing)['id']}/{part}"
        assert standing.ask("GET", path).status in (200, 409)


def test_dots_at_the_start_of_lines_are_kept(standing: Serving) -> None:
    with closing(connect(standing)) as client:
        client.send(b"Subject: dots\r\n\r\n..\r\n..leading\r\nnot .this\r\n....\r\n")
    assert source(standing, newest(standing)) == b"Subject: dots\r\n\r\n.\r\n.leading\r\nnot .this\r\n...\r\n"


def test_a_message_is_read_as_eml_reads_it_and_its_envelope_has_all_recipients(standing: Serving) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Cc"] = "Shop <shop@acme.example>", "Ada <ada@example.com>", "grace@example.com"
    mail["Subject"], mail["X-MT-Category"] = "Grüße", "welcome"
    mail.set_content("Thank you.\n")
    mail.add_alternative("<p>Thank you.</p>", subtype="html")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="receipt.pdf")
    with smtplib.SMTP("127.0.0.1", standing.smtp_port) as client:
        client.send_message(
            mail, "bounces@acme.example", ["ada@example.com", "grace@example.com", "hidden@example.com"]
        )
    found = newest(standing)
    assert (found["subject"], found["from_email"], found["from_name"]) == ("Grüße", "shop@acme.example", "Shop")
    assert (found["to_email"], found["to_name"]) == ("ada@example.com", "Ada")
    envelope = found["smtp_information"]["data"]
    assert envelope["mail_from_addr"] == "bounces@acme.example"
    assert envelope["rcpt_to_addrs"] == ["ada@example.com", "grace@example.com", "hidden@example.com"]
    one = f"/account/api/sandboxes/1/messages/{found['id']}"
    assert standing.ask("GET", f"{one}/body.txt").body == b"Thank you.\n"
    assert standing.ask("GET", f"{one}/body.html").body == b"<p>Thank you.</p>\n"
    (attachment,) = standing.ask("GET", f"{one}/attachments").json()
    assert attachment["filename"] == "receipt.pdf"
    assert standing.ask("GET", f"/account{attachment['download_path']}").body == b"%PDF"
    headers = standing.ask("GET", f"{one}/mail_headers").json()["headers"]
    assert headers["X-MT-Category"] == "welcome"
    assert headers["Subject"] == "Grüße"


def test_a_message_without_a_subject_has_none(standing: Serving) -> None:
    with closing(connect(standing)) as client:
        client.send(b"From: nameless@acme.example\r\n\r\nHi\r\n")
    assert newest(standing)["subject"] == ""
    line = "sandbox 1  nameless@acme.example → ada@example.com\n"
    until(lambda: line in standing.out, seconds=20)


def test_an_internationalized_envelope_is_taken(standing: Serving) -> None:
    with closing(connect(standing)) as client:
        assert client.ask("MAIL FROM:<jürgen@acme.example> SMTPUTF8 BODY=8BITMIME").startswith("250")
        assert client.ask("RCPT TO:<ada@bücher.example>").startswith("250")
        assert client.ask("DATA").startswith("354")
        client.say("Subject: Grüße\r\n\r\nÄpfel\r\n.\r\n")
        assert client.read().startswith("250")
    found = newest(standing)
    assert found["smtp_information"]["data"]["mail_from_addr"] == "jürgen@acme.example"
    assert found["to_email"] == "ada@xn--bcher-kva.example"
    assert found["subject"] == "Grüße"


def test_pipelined_commands_are_answered_in_order(standing: Serving) -> None:
    """RFC 2920: commands in one write, the next message directly after the end of the last."""
    before = standing.messages()
    with closing(connect(standing)) as client:
        begin = b"MAIL FROM:<a@acme.example>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\n"
        client.say(begin)
        assert [client.read()[:3] for _ in range(3)] == ["250", "250", "354"]
        client.say(MAIL + b".\r\n" + begin)
        assert [client.read()[:3] for _ in range(4)] == ["250", "250", "250", "354"]
        client.say(MAIL + b".\r\nQUIT\r\n")
        assert [client.read()[:3] for _ in range(3)] == ["250", "221", ""]
    assert standing.messages() == before + 2


# ------------------------------------------------------------------------------------------------ where it goes


def log_in(server: Serving, user: str, password: str) -> smtplib.SMTP:
    client = smtplib.SMTP("127.0.0.1", server.smtp_port)
    try:
        client.login(user, password, initial_response_ok=user != "smtp")  # once as the mechanisms ask for it
    except smtplib.SMTPAuthenticationError:
        client.close()
        raise
    return client


@pytest.mark.parametrize(
    ("user", "stream"), [("api", "transactional"), ("smtp", "transactional"), ("bulk", "bulk"), ("anybody", "sandbox")]
)
def test_the_user_chooses_the_stream(standing: Serving, user: str, stream: str) -> None:
    with log_in(standing, user, "any") as client:
        client.sendmail("shop@acme.example", ["ada@example.com"], MAIL)
    assert newest(standing)["stream"] == stream


def test_a_sandboxs_own_user_and_password_choose_that_sandbox(standing: Serving) -> None:
    assert standing.send("/sandbox/api/send/7").status == 200
    sandbox = standing.ask("GET", "/account/api/sandboxes/7").json()
    assert sandbox["smtp_ports"] == [standing.smtp_port]
    with log_in(standing, sandbox["username"], sandbox["password"]) as client:
        client.sendmail("shop@acme.example", ["ada@example.com"], MAIL)
    assert source(standing, newest(standing, 7)) == MAIL
    with pytest.raises(smtplib.SMTPAuthenticationError):
        log_in(standing, sandbox["username"], "wrong")


def test_with_a_token_only_the_token_logs_in(serve: Serve) -> None:
    server = serve("--token-env", "ACME_TOKEN", env={"ACME_TOKEN": "s3cret"})
    with pytest.raises(smtplib.SMTPAuthenticationError):
        log_in(server, "api", "other")
    with log_in(server, "bulk", "s3cret") as client:
        client.sendmail("shop@acme.example", ["ada@example.com"], MAIL)
    with (
        smtplib.SMTP("127.0.0.1", server.smtp_port) as client,
        pytest.raises(smtplib.SMTPRecipientsRefused, match="530"),
    ):
        client.sendmail("shop@acme.example", ["ada@example.com"], MAIL)
    assert server.messages() == 1


def test_live_mail_bounces_and_its_recipient_is_suppressed(standing: Serving) -> None:
    with log_in(standing, "api", "any") as client:
        for _ in range(2):
            client.sendmail("shop@acme.example", ["bounce+smtp@example.com", "ada@example.com"], MAIL)
    listed = standing.ask("GET", "/account/api/suppressions?email=bounce%2Bsmtp@example.com").json()
    assert [entry["type"] for entry in listed] == ["hard bounce"]
    path = "/account/api/email_logs?filters[to][operator]=ci_equal&filters[to][value]=bounce%2Bsmtp@example.com"
    logs = standing.ask("GET", path).json()["messages"]
    assert [entry["status"] for entry in logs] == ["not_delivered", "not_delivered"]


def test_a_sandbox_address_can_request_a_bounce(standing: Serving) -> None:
    with closing(connect(standing)) as client:
        assert client.ask("MAIL FROM:<>").startswith("250")
        assert client.ask("RCPT TO:<bounce+452+over%20quota@example.com>") == "452 over quota\r\n"
        assert client.ask("RCPT TO:<bounce+ada@example.com>").startswith("250")


def test_strict_domains_hold_for_live_mail_only(serve: Serve) -> None:
    server = serve("--strict-domains")
    with (
        log_in(server, "api", "any") as client,
        pytest.raises(smtplib.SMTPDataError, match="is not allowed"),
    ):
        client.sendmail("shop@acme.example", ["ada@example.com"], MAIL)
    with log_in(server, "any", "any") as client:
        client.sendmail("shop@acme.example", ["ada@example.com"], MAIL)
    assert server.messages() == 1


# ------------------------------------------------------------------------------------------------ TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path, Path]:
    authority, folder = trustme.CA(), tmp_path_factory.mktemp("tls")
    issued = authority.issue_cert("localhost")
    cert, key = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(key)
    return authority, cert, key


def test_starttls_is_offered_and_discards_what_came_before_it(
    serve: Serve, certificate: tuple[trustme.CA, Path, Path]
) -> None:
    authority, cert, key = certificate
    server = serve("--tls-cert", str(cert), "--tls-key", str(key))
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with smtplib.SMTP("localhost", server.smtp_port) as client:
        client.starttls(context=context)
        client.login("any", "any")
        client.sendmail("shop@acme.example", ["ada@example.com"], MAIL)
    with closing(connect(server)) as plain:
        plain.say(b"STARTTLS\r\nMAIL FROM:<eve@example.com>\r\n")
        assert plain.read().startswith("220")
        with context.wrap_socket(plain.socket, server_hostname="localhost") as secure:
            secure.sendall(b"NOOP\r\n")
            assert secure.recv(1000).startswith(b"250")  # not 503: the injected MAIL is gone


# ------------------------------------------------------------------------------------------------ what goes wrong


@pytest.mark.parametrize(
    ("commands", "code"),
    [
        (["MAIL FROM:<a@acme.example>"], "503"),
        (["EHLO test", "RCPT TO:<ada@example.com>"], "503"),
        (["EHLO test", "DATA"], "503"),
        (["EHLO test", "MAIL FROM:<a@acme.example>", "DATA"], "503"),
        (["EHLO test", "MAIL FROM:<a@acme.example>", "MAIL FROM:<b@acme.example>"], "503"),
        (["EHLO test", "MAIL FROM:<a@acme.example>", "RCPT TO:<no address>"], "55"),
        (["EHLO test", "MAIL FROM:<a@acme.example>", b"RCPT TO:<\xff\xfe@example.com>"], "55"),
        (["EHLO test", b"\xff\xfe\x00"], "500"),
        (["EHLO test", "x" * 20_000], "500"),
        (["EHLO test", "auth plain AGEAYg=="], "235"),
        (["EHLO test", "MAIL FROM:<a@acme.example> SIZE=99999999"], "552"),
        (["EHLO test", "MAIL FROM:<a@acme.example> SIZE=10 AUTH=<>"], "250"),
        (["EHLO test", "STARTTLS"], "454"),
    ],
)
def test_an_overlong_command_is_answered_and_the_session_continues(
    standing: Serving, commands: list[str | bytes], code: str
) -> None:
    with closing(connect(standing, greet=False)) as client:
        *earlier, last = [client.ask(command) for command in commands]
        assert all(reply.startswith("250") for reply in earlier)
        assert last.startswith(code)
        assert client.ask("NOOP").startswith("250")


def test_a_message_over_the_limit_is_refused_and_the_next_is_taken(serve: Serve) -> None:
    server = serve("--max-size", "100kB")
    with closing(connect(server)) as client:
        assert "SIZE 102400" in client.ask("EHLO test")
        assert client.send(b"Subject: x\r\n\r\n" + b"y" * 300_000 + b"\r\n").startswith("552 5.3.4")
        assert client.send(b"Subject: x\r\n\r\n" + b"y" * 102_300 + b"\r\n").startswith("250")
        assert client.send(b"Subject: x\r\n\r\n" + b"y" * 102_400 + b"\r\n").startswith("552 5.3.4")
    assert server.messages() == 1


def test_faults_apply(serve: Serve) -> None:
    server = serve("--fail", "451:100%", "--latency", "1ms")
    with closing(connect(server)) as client:
        assert client.send(MAIL) == "451 4.3.0 Failing with 451 on demand\r\n"
        assert server.messages() == 0
        server.ask("PATCH", "/faults", {"fail": {}, "rate_limit": [1, 60]})
        assert client.send(MAIL).startswith("250")
        assert client.ask("MAIL FROM:<a@acme.example>").startswith("450 4.7.1 Rate limit exceeded")
        server.ask("PATCH", "/faults", {"rate_limit": None, "reset": 1})
        with pytest.raises(ConnectionResetError):
            client.send(MAIL)
    assert server.messages() == 2  # accepted, then reset


def test_a_thousand_connections_are_held_and_served(standing: Serving) -> None:
    clients = [Client(standing.smtp_port) for _ in range(1000)]
    try:
        assert all(client.read().startswith("220") for client in clients)
        assert all(client.ask("EHLO test").startswith("250") for client in reversed(clients[99::100]))
        assert clients[-1].send(MAIL).startswith("250")
    finally:
        for client in clients:
            client.close()


def test_clients_that_vanish_leave_nothing_behind(standing: Serving) -> None:
    """The fixtures assert that the server prints nothing about it."""
    before = standing.messages()
    for words in (
        b"",
        b"EHLO te",
        b"EHLO test\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nSubject: x",
    ):
        client = Client(standing.smtp_port)
        client.say(words)
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
    with closing(connect(standing)) as last:
        assert last.ask("NOOP").startswith("250")
    assert standing.messages() == before


def test_a_silent_client_is_disconnected(store: Store) -> None:
    """Clients that stop between commands or within a message, and one that never reads answers."""

    async def check() -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        server = SmtpServer(
            *(Sandbox(store), Dice(Faults()), GroupCommit(store.database)),
            tls=None,
            max_size=1000,
            trouble=lambda sentence: None,
            log=None,
            patience=0.3,
        )
        task = asyncio.create_task(server.run(listening))
        begun = b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nSubject"
        for words in (b"", begun):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(words)
            with suppress(ConnectionError):
                await asyncio.wait_for(reader.read(), 10)
            writer.close()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(check())
    assert store.count() == 0


def test_ports_in_use_are_named_in_one_sentence(mailtrap: Run, standing: Serving) -> None:
    result = mailtrap("local", "serve", "--port", "0", "--smtp-port", str(standing.smtp_port))
    assert result.code == 2
    assert result.err.startswith(f"Error: SMTP port {standing.smtp_port} of 127.0.0.1 is already in use.\n")
    assert "--smtp-port 0" in result.err
    both = mailtrap("local", "serve", "--port", str(standing.port), "--smtp-port", str(standing.smtp_port))
    assert f"API port {standing.port} and SMTP port {standing.smtp_port} of 127.0.0.1 are already in use" in both.err


def test_without_smtp_no_port_is_opened(serve: Serve) -> None:
    server = serve("--no-smtp")
    assert server.smtp_port is None
    assert "SMTP" not in server.out


# ------------------------------------------------------------------------------------------------ nothing is lost


def test_a_kill_loses_nothing_that_was_acknowledged(serve: Serve, mailtrap: Run) -> None:
    server = serve()
    acknowledged = [0] * 4

    def send(number: int) -> None:
        with suppress(OSError, AssertionError), closing(connect(server)) as client:
            while client.send(MAIL).startswith("250"):
                acknowledged[number] += 1

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    until(lambda: sum(acknowledged) > 100, seconds=60)
    os.kill(server.process.pid, signal.SIGKILL)
    for thread in threads:
        thread.join(30)
    kept = json.loads(mailtrap("local", "stats", "-o", "json").out)["messages"]
    assert sum(acknowledged) <= kept <= sum(acknowledged) + len(threads)


# ------------------------------------------------------------------------------------------------ other clients


@pytest.mark.skipif(shutil.which("swaks") is None, reason="swaks is not installed")
def test_swaks_delivers(standing: Serving) -> None:
    words = ["swaks", "-4", "--server", f"127.0.0.1:{standing.smtp_port}", "--from", "shop@acme.example"]
    words += [
        "--to",
        "ada@example.com,grace@example.com",
        "--auth",
        "PLAIN",
        "--auth-user",
        "bulk",
        "--auth-password",
        "x",
    ]
    words += ["--header", "Subject: From swaks", "--body", "Hi", "--pipeline"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
    assert (newest(standing)["subject"], newest(standing)["stream"]) == ("From swaks", "bulk")


NODE = r"""
const net = require("net");
const [port, ...mail] = process.argv.slice(2);
const lines = ["EHLO node", "AUTH PLAIN " + Buffer.from("\0api\0token").toString("base64"),
  "MAIL FROM:<shop@acme.example>", "RCPT TO:<ada@example.com>", "DATA",
  "From: shop@acme.example\r\nTo: ada@example.com\r\nSubject: From Node\r\n\r\nHi\r\n.", "QUIT"];
const socket = net.connect(Number(port), "127.0.0.1");
let text = "";
socket.on("data", (data) => {
  text += data;
  if (!/^[0-9]{3} .*\r\n$/m.test(text)) return;
  if (text[0] > "3") { console.error(text); process.exit(1); }
  text = "";
  if (lines.length) socket.write(lines.shift() + "\r\n");
});
socket.on("end", () => process.exit(lines.length ? 1 : 0));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_node_delivers(standing: Serving) -> None:
    done = subprocess.run(
        ["node", "-e", NODE, "mailer", str(standing.smtp_port)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (newest(standing)["subject"], newest(standing)["stream"]) == ("From Node", "transactional")


# ------------------------------------------------------------------------------------------------ inbound


def test_mail_for_an_inbound_inbox_lands_in_its_thread_and_is_forwarded(standing: Serving) -> None:
    def ask(method: str, path: str, body: object = None) -> Any:
        reply = standing.ask(method, f"/account/api/inbound{path}", body)
        assert reply.status < 300, reply
        return reply.json() if reply.body else None

    folder = ask("POST", "/folders", {"name": "Support"})["id"]
    inbox = ask("POST", f"/folders/{folder}/inboxes", {"name": "Help"})
    one = f"/inboxes/{inbox['id']}"
    conditions = [{"match_type": "header", "header_key": "X-Priority", "operator": "equal", "value": "HIGH"}]
    rule = {"name": "Urgent", "conditions": conditions, "destinations": [{"email": "boss@acme.example"}]}
    ask("POST", f"{one}/forward_rules", rule)

    def send(**headers: str) -> dict[str, Any]:
        mail = EmailMessage()
        mail["From"], mail["To"] = "Ada <ada@example.com>", inbox["address"]
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content("It is broken.\n")
        mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="screen.png")
        with smtplib.SMTP("127.0.0.1", standing.smtp_port) as client:
            client.sendmail("ada@example.com", [inbox["address"]], mail.as_bytes())
        found: dict[str, Any] = ask("GET", f"{one}/messages")["data"][0]
        return found

    before = standing.messages()
    first = send(Subject="Help", Message_ID="<1@example.com>", X_Priority="high")
    assert (first["from"], first["to"]) == ("ada@example.com", [inbox["address"]])
    assert [entry["filename"] for entry in first["attachments"]] == ["screen.png"]
    (outcome,) = first["forwards"]
    assert (outcome["rule_name"], outcome["destination"], outcome["status"]) == (
        "Urgent",
        "boss@acme.example",
        "forwarded",
    )
    copy = newest(standing)
    assert (copy["stream"], copy["to_email"], copy["subject"]) == ("transactional", "boss@acme.example", "Help")
    assert standing.messages() == before + 1  # the copy alone: the mail itself is in the inbox
    until(lambda: f"inbound  ada@example.com → {inbox['address']}  Help\n" in standing.out)

    ask("POST", f"{one}/messages/{first['id']}/reply", {"text": "Try again."})
    answer = newest(standing)
    assert (answer["to_email"], answer["subject"]) == ("ada@example.com", "Re: Help")
    headers = standing.ask("GET", f"/account/api/sandboxes/1/messages/{answer['id']}/mail_headers").json()["headers"]
    second = send(Subject="Re: Help", Message_ID="<2@example.com>", In_Reply_To=headers["Message-ID"])
    assert second["thread_id"] == first["thread_id"]
    assert second["forwards"] == []
    thread = ask("GET", f"{one}/threads/{first['thread_id']}")
    assert [message["direction"] for message in thread["messages"]] == ["inbound", "outbound", "inbound"]

    ask("POST", f"{one}/messages/{first['id']}/forward", {"to": [{"email": "grace@example.com"}], "text": "See below."})
    forwarded = newest(standing)
    assert (forwarded["to_email"], forwarded["subject"]) == ("grace@example.com", "Fwd: Help")
    listed = standing.ask("GET", f"/account/api/sandboxes/1/messages/{forwarded['id']}/attachments").json()
    assert [entry["filename"] for entry in listed] == ["screen.png"]
