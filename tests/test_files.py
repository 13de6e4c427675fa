"""Files with names from outside."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtrap_cli.errors import InputError
from mailtrap_cli.files import safe_name, save, write


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("bill.pdf", "bill.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\x.exe", "x.exe"),
        ("C:\\x.txt", "x.txt"),
        ("..", "fallback"),
        ("", "fallback"),
        (".bashrc", "bashrc"),
        ("a\x00b\n.txt", "ab.txt"),
        ("CON.txt", "_CON.txt"),
        ("lpt1", "_lpt1"),
        ("-rf", "fallback-rf"),
        ('a<b>"c"|?*.txt', "a_b__c____.txt"),
        ("x. . .", "x"),
        ("Übersicht 日本.pdf", "Übersicht 日本.pdf"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
    ],
)
def test_a_name_is_made_safe(given_name: str, name: str) -> None:
    assert safe_name(given_name, "fallback") == name


@given(st.text())
def test_any_name_is_one_file_in_the_folder(given_name: str) -> None:
    name = safe_name(given_name, "fallback")
    assert Path(name).name == name
    assert name not in ("", ".", "..")
    assert not name.startswith((".", "-"))
    assert len(name.encode()) <= 180


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    names = [save(b"x", tmp_path, "bill.tar.gz").name for _ in range(3)]
    assert names == ["bill.tar.gz", "bill.tar (2).gz", "bill.tar (3).gz"]
    assert save(b"y", tmp_path, "bill.tar.gz", force=True).read_bytes() == b"y"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def test_a_folder_that_is_missing_is_said(tmp_path: Path) -> None:
    for force in (False, True):
        with pytest.raises(InputError, match="cannot be written"):
            write(b"x", tmp_path / "none" / "x", force=force)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_file_that_is_there_is_never_written_into(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        write(b"x", Path("/dev/full"))
