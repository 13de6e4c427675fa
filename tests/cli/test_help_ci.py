"""The commands of `mailtrap help ci`, run unchanged."""

from __future__ import annotations

import os
import re
import subprocess
from importlib.resources import files
from pathlib import Path

from tests.conftest import PROGRAM

TOPIC = (files("mailtrap_cli") / "help" / "ci.md").read_text(encoding="utf-8")
SCRIPTS = re.findall(r"^```\n(.*?)^```", TOPIC, re.MULTILINE | re.DOTALL)


def test_the_commands_run_one_after_the_other(environment: dict[str, str], tmp_path: Path) -> None:
    path = f"{Path(PROGRAM).parent}{os.pathsep}{environment['PATH']}"
    script = "\n".join([*SCRIPTS, 'printf "%s\\n" "$newest" "$link" "$code"'])
    for _ in range(2):  # in an empty sandbox, and in one that has the messages of the first run
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            env={**environment, "PATH": path, "MAILTRAP_PROFILE": "local"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("\n1\nhttps://acme.example/confirm?token=4711\n482913\n")
    assert "confirm?[masked]" in (tmp_path / "emails" / "confirm.txt").read_text(encoding="utf-8")
