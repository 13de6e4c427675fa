"""The official Python SDK against the local server, with only its hosts changed.

The SDK supports only https, so the server has a certificate, from an authority named by REQUESTS_CA_BUNDLE.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.conftest import Run
from tests.local.conftest import Serve
from tests.local.serving import Serving

HEADER = """
import json, sys, warnings
import mailtrap
import mailtrap.client
from mailtrap.models.mail.batch_mail import BatchEmailRequest, BatchMail, BatchSendEmailParams

port = sys.argv[1]
mailtrap.client.GENERAL_HOST = f"localhost:{port}/account"  # a constant of the SDK: it has no option for this host


def client(host, token="t", **options):
    return mailtrap.MailtrapClient(token=token, api_host=f"localhost:{port}/{host}", account_id="1", **options)


def mail(**fields):
    given = {"sender": mailtrap.Address(email="shop@acme.example", name="Acme"), "subject": "Your order", "text": "Hi"}
    return mailtrap.Mail(**{**given, "to": [mailtrap.Address(email="ada@example.com")], **fields})


def batch(*recipients, **base):
    given = {"sender": mailtrap.Address(email="shop@acme.example"), "subject": "Hi", "text": "Hello"}
    requests = [BatchEmailRequest(to=[mailtrap.Address(email=recipient)]) for recipient in recipients]
    return BatchSendEmailParams(base=BatchMail(**{**given, **base}), requests=requests)


def refused(act):
    try:
        act()
    except mailtrap.APIError as error:
        return {"kind": type(error).__name__, "status": error.status, "errors": error.errors}


"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Create the files of an authority, and of a certificate for localhost with its key."""
    folder = tmp_path_factory.mktemp("tls")
    made = trustme.CA()
    issued = made.issue_cert("localhost", "127.0.0.1")
    files = {name: str(folder / f"{name}.pem") for name in ("ca", "cert", "key")}
    made.cert_pem.write_to_path(files["ca"])
    issued.cert_chain_pems[0].write_to_path(files["cert"])
    issued.private_key_pem.write_to_path(files["key"])
    return files


@pytest.fixture
def server(serve: Serve, authority: dict[str, str]) -> Serving:
    return serve("--tls-cert", authority["cert"], "--tls-key", authority["key"])


@pytest.fixture
def sdk(server: Serving, authority: dict[str, str], environment: dict[str, str]) -> Any:
    """Return a runner of programs that use the SDK against the server; it returns the JSON they `print`."""

    def run(program: str) -> Any:
        env = {**environment, "REQUESTS_CA_BUNDLE": authority["ca"], "PYTHONWARNINGS": ""}
        command = [sys.executable, "-c", HEADER + program, str(server.port)]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_it_sends_singly_on_every_stream(sdk: Any, server: Serving) -> None:
    found = sdk("""
from mailtrap.models.templates import CreateEmailTemplateParams
made = client("send").email_templates_api.templates.create(
    CreateEmailTemplateParams(name="Hi", category="c", subject="Hi {{name}}", body_text="Hi")
)
print(json.dumps([
    client("send").send(mail()),
    client("bulk", bulk=True).send(mail(cc=[mailtrap.Address(email="cc@example.com")])),
    client("sandbox", sandbox=True, inbox_id=5).send(mail(
        html="<p>Hi", category="orders", custom_variables={"row": "17"}, headers={"X-Order": "17"},
        attachments=[mailtrap.Attachment(content=b"JVBERg==", filename="receipt.pdf", mimetype="application/pdf")],
    )),
    client("sandbox", sandbox=True, inbox_id=5).send(mailtrap.MailFromTemplate(
        sender=mailtrap.Address(email="shop@acme.example"), to=[mailtrap.Address(email="ada@example.com")],
        template_uuid=made.uuid, template_variables={"name": "Ada"},
    )),
]))
""")
    assert [answer["success"] for answer in found] == [True] * 4
    assert [len(answer["message_ids"]) for answer in found] == [1, 2, 1, 1]
    assert [line.split("  ")[0] for line in server.out.splitlines()[-4:]] == [
        "transactional",
        "bulk",
        "sandbox 5",
        "sandbox 5",
    ]


def test_it_sends_batches_and_gets_an_answer_for_each(sdk: Any) -> None:
    found = sdk("""
print(json.dumps([
    client(host, **options).batch_send(batch("a@example.com", "nope", "c@example.com"))
    for host, options in (("send", {}), ("bulk", {"bulk": True}), ("sandbox", {"sandbox": True, "inbox_id": 5}))
]))
""")
    for answer in found:
        assert answer["success"] is True
        assert [response["success"] for response in answer["responses"]] == [True, False, True]
        assert answer["responses"][1]["errors"] == ["'to' address is invalid"]
        assert len(answer["responses"][0]["message_ids"]) == 1


def test_it_reads_messages_back(sdk: Any) -> None:
    found = sdk("""
sandbox = client("sandbox", sandbox=True, inbox_id=5)
sandbox.send(mail(html="<p>Hi</p>", attachments=[
    mailtrap.Attachment(content=b"JVBERg==", filename="receipt.pdf", mimetype="application/pdf")
]))
sandbox.send(mail(subject="Second"))
testing = sandbox.testing_api
second, first = testing.messages.get_list(5)
number = first.id
print(json.dumps({
    "subjects": [first.subject, second.subject],
    "found": [message.id for message in testing.messages.get_list(5, search="second")],
    "text": testing.messages.get_text_message(5, number),
    "html": testing.messages.get_html_message(5, number),
    "source": testing.messages.get_html_source(5, number),
    "raw": testing.messages.get_raw_message(5, number),
    "eml": testing.messages.get_message_as_eml(5, number),
    "headers": testing.messages.get_mail_headers(5, number),
    "spam": testing.messages.get_spam_report(5, number).response_message,
    "html_check": testing.messages.get_html_analysis(5, number).status,
    "attachments": [entry.filename for entry in testing.attachments.get_list(5, number)],
    "read": testing.messages.update(5, number, mailtrap.UpdateEmailMessageParams(is_read=True)).is_read,
    "shown": testing.messages.show_message(5, number).is_read,
    "deleted": testing.messages.delete(5, number).id,
    "gone": refused(lambda: testing.messages.show_message(5, number)),
    "inboxes": [inbox.id for inbox in testing.inboxes.get_list()],
    "projects": [project.name for project in testing.projects.get_list()],
}))
""")
    assert found["subjects"] == ["Your order", "Second"]
    assert found["found"] == [2]
    assert (found["text"], found["html"], found["source"]) == ("Hi", "<p>Hi</p>", "<p>Hi</p>")
    assert "receipt.pdf" in found["raw"]
    assert found["raw"] == found["eml"]
    assert found["headers"]["Subject"] == "Your order"
    assert "Not checked" in found["spam"]
    assert found["html_check"] == "success"
    assert found["attachments"] == ["receipt.pdf"]
    assert (found["read"], found["shown"], found["deleted"]) == (True, True, 1)
    assert found["gone"]["status"] == 404
    assert found["inboxes"] == [1, 5]
    assert found["projects"] == ["Local"]


def test_it_finds_what_it_sent_in_the_email_logs(sdk: Any) -> None:
    found = sdk("""
sent = client("send").send(mail(custom_variables={"row": "17"}))["message_ids"]
page = client("send").email_logs_api.email_logs.get_list()
print(json.dumps({"sent": sent, "listed": [[m.message_id, m.status, m.custom_variables] for m in page.messages]}))
""")
    assert found["listed"] == [[found["sent"][0], "delivered", {"row": "17"}]]


def test_it_gets_the_apis_own_errors(sdk: Any) -> None:
    found = sdk("""
print(json.dumps([
    refused(lambda: client("send").send(mail(sender=mailtrap.Address(email="nope")))),
    refused(lambda: client("sandbox", sandbox=True, inbox_id=5).send(mail(to=[]))),
    refused(lambda: client("send").batch_send(BatchSendEmailParams(base=batch().base, requests=[]))),
    refused(lambda: client("send").sending_domains_api.sending_domains.get_by_id(99)),
]))
""")
    assert found[0] == {"kind": "APIError", "status": 400, "errors": ["'from' address is invalid"]}
    assert found[1]["errors"] == ["'to', 'cc' or 'bcc' address is required"]
    assert found[2]["errors"] == ["empty field: 'requests'"]
    assert found[3]["status"] == 404
    assert found[3]["errors"] == ["Not Found"]


def test_a_wrong_token_is_an_authorization_error(
    serve: Serve, authority: dict[str, str], environment: dict[str, str]
) -> None:
    tls = ("--tls-cert", authority["cert"], "--tls-key", authority["key"])
    server = serve(*tls, "--token-env", "ACME", env={"ACME": "right"})
    program = """
print(json.dumps([client("send", token="right").send(mail())["success"], refused(lambda: client("send").send(mail()))]))
"""
    env = {**environment, "REQUESTS_CA_BUNDLE": authority["ca"], "PYTHONWARNINGS": ""}
    done = subprocess.run(
        [sys.executable, "-c", HEADER + program, str(server.port)], env=env, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [
        True,
        {"kind": "AuthorizationError", "status": 401, "errors": ["Unauthorized"]},
    ]


def test_faults_reach_it_too(sdk: Any, server: Serving, mailtrap: Run) -> None:
    assert mailtrap("local", "fault", "--port", str(server.port), "--fail", "500:100%").code == 0
    found = sdk('print(json.dumps(refused(lambda: client("send").send(mail()))))')
    assert found == {"kind": "APIError", "status": 500, "errors": ["Internal server error"]}


README = (Path(__file__).parents[2] / "mailtrap_cli" / "help" / "sdk.md").read_text(encoding="utf-8")


def test_the_python_in_the_readme_runs_unchanged(
    server: Serving, authority: dict[str, str], environment: dict[str, str]
) -> None:
    block = next(part for part in README.split("```python\n") if part.startswith("# REQUESTS_CA_BUNDLE="))
    program = block.partition("```")[0].replace("3580", str(server.port))
    program += """
mail = mailtrap.Mail(
    sender=mailtrap.Address(email="a@acme.example"), to=[mailtrap.Address(email="b@acme.example")],
    subject="S", text="T",
)
client.send(mail)
print(client.testing_api.messages.get_list(1)[0].subject)
"""
    env = {**environment, "REQUESTS_CA_BUNDLE": authority["ca"], "PYTHONWARNINGS": ""}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "S\n"


@pytest.mark.skipif(shutil.which("curl") is None, reason="this machine has no curl")
def test_the_curl_in_the_readme_runs_unchanged(serve: Serve, environment: dict[str, str]) -> None:
    server = serve()
    script = "curl http" + README.split("\ncurl http")[1].partition("```")[0].replace("3580", str(server.port))
    done = subprocess.run(["sh", "-ec", script], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["success"] is True


def test_this_tool_can_reach_it_by_https_too(server: Serving, authority: dict[str, str], mailtrap: Run) -> None:
    env = mailtrap("local", "env", "--port", str(server.port), "--tls", "-o", "json").json()
    send = ("send", "--from", "a@acme.example", "--to", "ada@example.com", "--subject", "Hi", "--text", "x")
    assert mailtrap(*send, env={**env, "SSL_CERT_FILE": authority["ca"]}).code == 0


def test_a_certificate_without_its_key_is_one_sentence(authority: dict[str, str], mailtrap: Run) -> None:
    tls = ("--tls-cert", authority["cert"], "--tls-key", authority["ca"])
    result = mailtrap("local", "serve", "--port", "0", *tls)
    assert result.code == 2
    assert "are not a certificate and its key" in result.err
