"""`mailtrap attachments`: list them, and save them where the user says."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.conftest import Inbox, message
from tests.conftest import PROGRAM, Run
from tests.loopback import Reply

Deliver = Callable[..., None]


@pytest.fixture
def described(inbox: Inbox) -> Inbox:
    """A message with two attachments of the same hostile name, an inline image and one without a name."""
    inbox.messages = [message(1)]
    names = ["../../etc/passwd", "..\\..\\etc\\passwd", "logo.png", ""]
    inbox.parts["/1/attachments"] = Reply(
        200,
        [
            {
                "id": number,
                "filename": name,
                "attachment_type": "inline" if name == "logo.png" else "attachment",
                "content_type": "text/plain",
                "attachment_size": 2,
                "download_path": f"/api/sandboxes/7/messages/1/attachments/{number}/download",
            }
            for number, name in enumerate(names, 1)
        ],
    )
    for number in range(1, 5):
        inbox.parts[f"/1/attachments/{number}/download"] = Reply(200, f"#{number}".encode())
    return inbox


def test_attachments_are_listed(mailtrap: Run, described: Inbox) -> None:
    assert mailtrap("attachments", "list", "latest", "-q", env=described.env).out.split() == ["1", "2", "3", "4"]
    result = mailtrap("attachments", "list", "1", "--type", "inline", env=described.env)
    assert result.out.splitlines()[1:] == ["3\tlogo.png\tinline\ttext/plain\t2"]


def test_all_are_saved_under_safe_names_in_the_folder(mailtrap: Run, described: Inbox, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "out"
    result = mailtrap("attachments", "get", "1", "--dir", str(folder), "-q", env=described.env)
    assert result.out.splitlines() == [
        f"{folder}/{name}" for name in ("passwd", "passwd (2)", "logo.png", "attachment-4")
    ]
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        "passwd": "#1",
        "passwd (2)": "#2",
        "logo.png": "#3",
        "attachment-4": "#4",
    }
    assert not (tmp_path / "etc").exists()


def test_a_file_that_exists_is_kept_unless_forced_and_no_link_is_followed(
    mailtrap: Run, described: Inbox, tmp_path: Path
) -> None:
    folder, target = tmp_path / "out", tmp_path / "target"
    folder.mkdir()
    target.write_text("mine")
    (folder / "logo.png").symlink_to(target)
    get = ("attachments", "get", "1", "logo.png", "--dir", str(folder), "-q")
    assert mailtrap(*get, env=described.env).out == f"{folder}/logo (2).png\n"
    assert mailtrap(*get, "--force", env=described.env).out == f"{folder}/logo.png\n"
    assert target.read_text() == "mine"
    assert not (folder / "logo.png").is_symlink()
    assert (folder / "logo.png").read_text() == "#3"


def test_a_missing_folder_is_created(mailtrap: Run, described: Inbox, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    result = mailtrap("attachments", "get", "1", "logo.png", "--dir", str(folder), "-q", env=described.env)
    assert result.out == f"{folder}/logo.png\n"
    assert (folder / "logo.png").read_text() == "#3"


def test_one_is_saved_as_a_file_or_goes_to_stdout(
    mailtrap: Run, environment: dict[str, str], described: Inbox, tmp_path: Path
) -> None:
    file = tmp_path / "x.bin"
    described.parts["/1/attachments/3/download"] = Reply(200, b"\x00\xff\r\n")
    get = ("attachments", "get", "1", "3", "--save")
    assert mailtrap(*get, str(file), "-q", env=described.env).out == f"{file}\n"
    assert file.read_bytes() == b"\x00\xff\r\n"
    result = mailtrap(*get, str(file), env=described.env)
    assert result.code == 2
    assert "--force" in result.err
    done = subprocess.run([PROGRAM, *get, "-"], env={**environment, **described.env}, capture_output=True, check=True)
    assert done.stdout == b"\x00\xff\r\n"


def test_an_attachment_id_is_fetched_without_the_list(mailtrap: Run, described: Inbox) -> None:
    listed = described.parts.pop("/1/attachments").body
    described.parts["/1/attachments/3"] = Reply(200, listed[2])
    assert mailtrap("attachments", "get", "1", "3", "--save", "-", env=described.env).out == "#3"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("1", "*.pdf"), 5, "Message 1 has no attachment *.pdf"),
        (("1", "--save", "x"), 2, "--save takes one attachment, and the message has 4"),
        (("1", "--dir", "/dev/null/none"), 2, "Cannot create the folder /dev/null/none: Not a directory"),
        (("9",), 5, "Message 9 is not in sandbox 7"),
    ],
)
def test_a_missing_attachment_is_one_sentence(
    mailtrap: Run, described: Inbox, arguments: tuple[str, ...], code: int, words: str
) -> None:
    result = mailtrap("attachments", "get", *arguments, env=described.env)
    assert (result.code, result.out) == (code, "")
    assert words in result.err


EML = b"""\
Subject: x
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b

Hello
--b
Content-Disposition: attachment; filename=x
Content-Transfer-Encoding: base64

b25l
--b
Content-Disposition: attachment; filename=x
Content-Transfer-Encoding: base64

dHdv
--b--
"""


@pytest.mark.parametrize(
    "path", ["https://evil.example/x", "//evil.example/x", "", "\\\\evil.example\\x", "/redirect", "/nowhere"]
)
def test_the_token_goes_to_no_other_host_and_the_attachment_comes_out_of_the_message(
    mailtrap: Run, described: Inbox, path: str
) -> None:
    listed = [{"id": number, "filename": "x", "download_path": path} for number in (1, 2)]
    described.parts["/1/attachments"] = Reply(200, listed)
    described.parts["/1/body.eml"] = Reply(200, EML)
    described.parts["/account/redirect"] = Reply(302, None, {"Location": "https://evil.example/x"})
    assert mailtrap("attachments", "get", "1", "2", "--save", "-", env=described.env).out == "two"
    described.parts["/1/body.eml"] = Reply(200, b"Subject: x\n\n")
    result = mailtrap("attachments", "get", "1", "2", "--save", "-", env=described.env)
    assert result.code == 1
    assert "messages eml 1 --save" in result.err


def test_an_attachment_of_the_local_sandbox_comes_back_unchanged(
    mailtrap: Run, deliver: Deliver, tmp_path: Path
) -> None:
    deliver("invoice")
    result = mailtrap("attachments", "get", "latest", "*.csv", "-p", "local", "--dir", str(tmp_path), "-o", "json")
    assert result.json() == [{"id": 1002, "file": f"{tmp_path}/lines.csv", "bytes": 23}]
    assert (tmp_path / "lines.csv").read_text() == "item,price\nTea pot,1999"
