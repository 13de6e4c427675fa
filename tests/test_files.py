"""Files whose names come from outside."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtrap_cli.errors import InputError
from mailtrap_cli.files import check_writable, make_private_folder, replace_file, safe_name, save_file, write_new_file


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


def test_an_existing_name_gets_a_number(tmp_path: Path) -> None:
    names = [save_file(b"x", tmp_path, "bill.tar.gz").name for _ in range(3)]
    assert names == ["bill.tar.gz", "bill.tar (2).gz", "bill.tar (3).gz"]
    assert save_file(b"y", tmp_path, "bill.tar.gz", force=True).read_bytes() == b"y"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    for force in (False, True):
        with pytest.raises(InputError, match="cannot be written"):
            write_new_file(b"x", tmp_path / "none" / "x", force=force)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_existing_file_is_never_written_into(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        write_new_file(b"x", Path("/dev/full"))


def test_a_file_is_replaced_completely_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text("old")
    path.chmod(0o640)
    with replace_file(path) as file:
        file.write(b"new")
        assert path.read_text() == "old"
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o640)
    with replace_file(path, private=True) as file:
        file.write(b"secret")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["results.csv"]


def test_a_failed_replacement_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_text("old")
    with pytest.raises(TypeError), replace_file(path) as file:
        file.write("half")  # type: ignore[call-overload]
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["results.csv"]


def test_a_device_is_written_to_and_stays_a_device() -> None:
    with replace_file(Path(os.devnull)) as file:
        file.write(b"x")
    assert Path(os.devnull).is_char_device()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_every_missing_folder_is_private_even_without_a_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make_private_folder(tmp_path / "a" / "b" / "c")
    finally:
        os.umask(before)
    for name in ("a", "a/b", "a/b/c"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["x" * 300 + ".csv", "none/out.csv", "file/out.csv", ".", "a\0b"])
def test_a_file_that_could_not_be_written_later_is_refused_first(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"^--results: .* (cannot be written: |is a folder$)") as caught:
        check_writable(tmp_path / name, "--results")
    assert len(caught.value.message) < 300
    check_writable(tmp_path / "new.csv", "--results")
    check_writable(tmp_path / "file", "--results")
    check_writable(tmp_path / "new" / "folder" / "j.xml", "--junit", makes_folders=True)
