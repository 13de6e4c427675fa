"""The commands of `mailtrap help batch`, run unchanged."""

from __future__ import annotations

import os
import re
import subprocess
from importlib.resources import files
from pathlib import Path

from tests.conftest import PROGRAM

TOPIC = (files("mailtrap_cli") / "help" / "batch.md").read_text(encoding="utf-8")
SCRIPTS = re.findall(r"^```\n(.*?)^```", TOPIC, re.MULTILINE | re.DOTALL)


def test_the_commands_run_and_repeating_sends_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    path = f"{Path(PROGRAM).parent}{os.pathsep}{environment['PATH']}"
    for _ in range(2):
        done = subprocess.run(
            ["bash", "-e", "-c", "\n".join(SCRIPTS)],
            env={**environment, "PATH": path, "MAILTRAP_PROFILE": "local"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "Subject: Hello Ada" in done.stdout
        assert (tmp_path / "results.csv").read_text(encoding="utf-8").count(",sent,") == 2
    assert "Nothing was sent now" in done.stderr
