"""The wheel and the sdist: their contents, and that the wheel runs anywhere."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
BUILT = ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "mailtrap_cli", "completions", "tests", ".ci")


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a wheel and an sdist from a copy, without network."""
    copy = tmp_path_factory.mktemp("copy")
    for name in BUILT:
        source = TOP / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    run = [sys.executable, "-m", "build", "--no-isolation", "--outdir", "dist", "."]
    subprocess.run(run, cwd=copy, capture_output=True, text=True, check=True)
    return copy / "dist"


def test_the_wheel_holds_the_package_the_license_and_the_completions(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith((".dist-info", ".data"))} == {"mailtrap_cli"}
    assert {"mailtrap_cli/py.typed", "mailtrap_cli/completions/_mailtrap", "mailtrap_cli/__main__.py"} <= set(names)
    assert [name for name in names if name.endswith("/licenses/LICENSE")]
    assert len([name for name in names if name.startswith("mailtrap_cli/completions/")]) == 4


def test_the_wheel_installs_the_man_pages(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    names = {name.partition(".data/data/")[2] for name in zipfile.ZipFile(wheel).namelist()}
    pages = {f"share/man/man1/{path.name}" for path in (TOP / ".ci" / "man1").glob("*.1")}
    assert {"share/man/man1/mailtrap.1", "share/man/man1/mailtrap-batch.1"} <= pages <= names


def test_the_sdist_holds_the_tests_and_what_they_need(dist: Path) -> None:
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {
        "LICENSE",
        "CHANGELOG.md",
        "README.md",
        "tests/conftest.py",
        "completions/mailtrap.bash",
        ".ci/generate.py",
    }
    assert wanted <= names


def test_the_installed_wheel_runs_in_an_empty_folder(dist: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    (wheel,) = dist.glob("*.whl")
    place, empty = tmp_path / "place", tmp_path / "empty"
    empty.mkdir()
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(place), str(wheel)]
    subprocess.run(pip, capture_output=True, check=True)
    env = {**environment, "PYTHONPATH": str(place)}

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "mailtrap_cli", *arguments]
        return subprocess.run(
            command, env=env, cwd=empty, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
        ).stdout

    sent = run(
        "send", "-p", "local", "--to", "ada@example.com", "--subject", "Hello", "--text", "It works", "-o", "json"
    )
    assert json.loads(sent)["success"] is True
    (message,) = json.loads(run("messages", "list", "-p", "local", "-o", "json"))
    assert message["subject"] == "Hello"
    where = "import mailtrap_cli; print(mailtrap_cli.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", where], env=env, cwd=empty, capture_output=True, text=True, check=True
    )
    assert Path(found.stdout.strip()).is_relative_to(place)
    for shell, name in (("bash", "mailtrap.bash"), ("zsh", "_mailtrap")):
        assert run("completion", shell) == (TOP / "completions" / name).read_text()
    assert os.listdir(empty) == []
