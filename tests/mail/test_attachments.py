"""Files that rows and flags attach."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mailtrap_cli.errors import InputError
from mailtrap_cli.mail.attachments import read_attachment


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("secret")
    inside = tmp_path / "mail"
    inside.mkdir()
    (inside / "bill.txt").write_text("bill")
    (inside / "sub").mkdir()
    (inside / "sub" / "a.txt").write_text("a")
    (inside / "out").symlink_to(tmp_path / "secret.txt")
    (inside / "in").symlink_to("bill.txt")
    return inside


@pytest.mark.parametrize("path", ["bill.txt", "sub/a.txt", "sub/../bill.txt", "in", "../mail/bill.txt"])
def test_a_file_in_the_folder_is_read(folder: Path, path: str) -> None:
    assert read_attachment(path, "attachments", str(folder)).content


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/passwd", "out", "/proc/self/environ", "../mail2/x"])
def test_a_file_outside_of_the_folder_is_refused(folder: Path, path: str) -> None:
    with pytest.raises(InputError, match=r"^attachments: .* is outside "):
        read_attachment(path, "attachments", str(folder))


def test_an_absolute_path_into_the_folder_is_read(folder: Path) -> None:
    assert read_attachment(str(folder / "bill.txt"), "attachments", str(folder)).filename == "bill.txt"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with pytest.raises(InputError, match="is not a regular file"):
        read_attachment("pipe", "attachments", str(folder))


def test_an_empty_file_is_refused(folder: Path) -> None:
    (folder / "empty.txt").write_text("")
    with pytest.raises(InputError, match=r"^attachments: empty\.txt is empty$"):
        read_attachment("empty.txt", "attachments", str(folder))
