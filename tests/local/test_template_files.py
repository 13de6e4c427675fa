"""Templates stored as files: `local serve --templates DIR`."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from mailtrap_cli.errors import InputError
from mailtrap_cli.local.served_templates import ServedTemplates
from mailtrap_cli.local.store import Store
from mailtrap_cli.local.template_files import TemplateFolder
from tests.conftest import Run
from tests.local.conftest import MESSAGE, Api, Serve
from tests.local.test_template_sends import create_template, template_message
from tests.loopback import until

UUID = "6e8f1a3c-0000-4000-8000-00000000000a"


def write_template(folder: Path, name: str, meta: str = 'subject = "Hi {{name}}"\n', **bodies: str) -> Path:
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    (place / "template.toml").write_text(meta)
    for ending, body in (bodies or {"html": "<p>Hello {{name}}</p>\n"}).items():
        (place / f"body.{ending}").write_text(body)
    return place


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "emails"
    place.mkdir()
    return place


def test_a_server_uses_the_current_content_of_template_files(
    serve: Serve, mailtrap: Run, folder: Path, tmp_path: Path
) -> None:
    meta = f'uuid = "{UUID.upper()}"\nname = "Your order"\ncategory = "orders"\nsubject = "Order {{{{number}}}}"\n'
    write_template(folder, "order", meta, txt="Order {{number}}", html="<b>{{number}}</b>")
    write_template(folder, "welcome")
    (folder / "README.md").write_text("Not a template.")
    (folder / "images").mkdir()
    server = serve("--templates", str(folder))

    def send(uuid: str, **variables: Any) -> Any:
        message = template_message(uuid, **variables)
        return server.ask("POST", "/send/api/send", {**message, "to": [{"email": "ada@example.com"}]}).json()

    def listed() -> dict[str, Any]:
        return {row["name"]: row for row in mailtrap("templates", "list", "-p", "local", "-o", "json").json()}

    shown = listed()
    assert (shown["Your order"]["uuid"], shown["Your order"]["category"]) == (UUID, "orders")
    welcome = shown["welcome"]["uuid"]
    assert f"Template welcome · uuid {welcome}" in server.err
    assert send(UUID, number=7)["success"]
    (newest, *_) = server.ask("GET", "/account/api/sandboxes/1/messages").json()
    assert (newest["subject"], newest["html_body_size"]) == ("Order 7", len("<b>7</b>"))

    body = folder / "welcome" / "body.html"
    body.write_text("<p>\n{{#if name}}")
    assert send(welcome)["errors"] == [f"template {body}:2: {{{{#if}}}} is not closed"]
    body.write_text("<p>\nBye {{name}}")
    assert send(welcome, name="Ada")["success"]
    html = server.ask("GET", "/account/api/sandboxes/1/messages/2/body.htmlsource").body
    assert html == b"<p>\nBye Ada"
    again = write_template(folder, "again", f'uuid = "{UUID}"\nsubject = "x"')
    paths = f"{again / 'template.toml'} and {folder / 'order' / 'template.toml'}"
    assert send("0" * 8 + UUID[8:])["errors"] == [f"template not found: {'0' * 8 + UUID[8:]}"]
    assert send(UUID)["errors"] == [f"template {paths} have the same uuid {UUID}"]

    refused = mailtrap("templates", "delete", str(shown["welcome"]["id"]), "-p", "local", "--yes")
    assert (refused.code, f"change {folder / 'welcome' / 'template.toml'}" in refused.err) == (1, True)
    for name in ("body.html", "template.toml"):
        (folder / "welcome" / name).unlink()
    until(lambda: "Template welcome was deleted" in server.err)
    assert "welcome" not in listed()
    assert server.end(signal.SIGKILL)
    assert list(listed()) == ["Your order"]
    assert serve().end() == 0  # one without templates forgets those of the one that was killed
    assert listed() == {}


def test_a_file_overrides_a_stored_template_until_the_server_stops(store: Store, api: Api, folder: Path) -> None:
    uuid = create_template(api, name="Stored", subject="Stored")
    write_template(folder, "mine", f'uuid = "{uuid}"\nsubject = "Mine"')
    served = ServedTemplates(store, TemplateFolder(str(folder)), print)
    served.load()
    assert [row["subject"] for row in api.get("/api/email_templates")] == ["Mine"]
    refused = api.ask("account", "PATCH", "/api/email_templates/1", {"email_template": {"subject": "x"}})
    assert refused.status == 422
    served.withdraw()
    assert [row["subject"] for row in api.get("/api/email_templates")] == ["Stored"]


def test_the_uuid_of_a_folder_is_the_same_on_every_machine(folder: Path) -> None:
    write_template(folder, "welcome")
    assert TemplateFolder(str(folder)).read("welcome").uuid == "e0f1270e-5573-5c35-b593-0d18f483d5c0"


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("template.toml", "a = 1\nb =", "/template.toml:2: Invalid value"),
        ("template.toml", '\nsubjct = "x"', "/template.toml:2: unknown key 'subjct'"),
        ("template.toml", "subject = 7", "/template.toml:1: subject must be a text"),
        ("template.toml", 'uuid = "x"', "/template.toml:1: uuid 'x' is not a UUID"),
        ("template.toml", "", "/template.toml: no subject"),
        ("template.toml", f'subject = "{"x" * 300}"', "/template.toml:1: subject is too long"),
        ("template.toml", '\nsubject = "{{"', "/template.toml:2: a tag is not closed"),
        ("template.toml", None, ": no template.toml"),
        ("body.html", None, ": no body.html and no body.txt, or both are empty"),
        ("body.html", b"a\nb\xff", "/body.html:2: not UTF-8 text"),
        ("body.txt", "a\n{{/if}}", "/body.txt:2: {{/if}} has no opening tag"),
        ("body.txt", os.mkdir, "/body.txt is not a regular file"),
        ("body.txt", os.mkfifo, "/body.txt is not a regular file"),
        ("body.txt", lambda path: os.symlink(os.devnull, path), "/body.txt leads out of emails, to /dev/null"),
        ("body.txt", lambda path: os.symlink(path, path), "/body.txt: "),
    ],
)
def test_a_broken_template_is_one_sentence_with_its_file(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, file: str, content: Any, sentence: str
) -> None:
    path = write_template(folder, "welcome") / file
    if content is None:
        path.unlink()
    elif callable(content):
        content(path)
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    monkeypatch.chdir(folder.parent)
    with pytest.raises(InputError) as caught:
        ServedTemplates(store, TemplateFolder("emails"), print).load()
    assert caught.value.message.startswith(f"emails/welcome{sentence}")


def test_a_folder_that_cannot_hold_templates_is_refused(mailtrap: Run, folder: Path) -> None:
    def refuse(name: str) -> str:
        result = mailtrap("local", "serve", "--port", "0", "--templates", name)
        assert (result.code, result.out) == (2, "")
        return result.err

    assert f"--templates: {folder}/no: not found" in refuse(f"{folder}/no")
    place = write_template(folder, "welcome")
    assert f"--templates: {place}/body.html: not a folder" in refuse(f"{place}/body.html")
    assert "is a template itself" in refuse(str(place))


def test_a_template_that_never_ends_names_its_file(store: Store, api: Api, folder: Path) -> None:
    body = "{{#each @root.a}}" * 4 + "{{/each}}" * 4
    place = write_template(folder, "loop", f'uuid = "{UUID}"\nsubject = "x"', txt=body)
    served = ServedTemplates(store, TemplateFolder(str(folder)), print)
    served.load()
    refused = api.send({**template_message(UUID, a=[0] * 200), "from": MESSAGE["from"]})
    assert refused.json()["errors"] == [f"template {place / 'body.txt'}: line 1: rendering takes too long"]
