"""Man pages: one per command with all of its options, formatted by groff without a warning."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mailtrap_cli.cli.commands import COMMANDS
from tests.conftest import Run

FOLDER = Path(__file__).parents[1] / ".ci" / "man1"


def test_every_command_has_a_page_and_there_are_no_others() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {"mailtrap.1", *(f"mailtrap-{name}.1" for name in COMMANDS)}


@pytest.mark.skipif(not shutil.which("groff"), reason="this machine has no groff")
def test_groff_formats_every_page_without_a_warning_and_within_80_columns() -> None:
    pages = sorted(FOLDER.glob("*.1"))
    done = subprocess.run(
        ["groff", "-ww", "-man", "-Tascii", "-P-cbou", *map(str, pages)], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    # Only what must not be broken, such as the word of an example, may be wider.
    wide = [line for line in done.stdout.splitlines() if len(line) > 80 and " --" in line.strip()[1:]]
    assert not wide


def test_a_page_matches_the_help(mailtrap: Run) -> None:
    page = (FOLDER / "mailtrap-messages.1").read_text(encoding="utf-8").replace("\\-", "-")
    for verb in ("list", "wait", "expect"):
        options = mailtrap("messages", verb, "--help").out.partition("Global options:")[0]
        assert set(re.findall(r"--[a-z-]+", options)) <= set(re.findall(r"--[a-z-]+", page))
    batch = (FOLDER / "mailtrap-batch.1").read_text(encoding="utf-8")
    assert '.TH "MAILTRAP\\-BATCH" "1"' in batch
    assert "mailtrap batch people.csv" in batch
