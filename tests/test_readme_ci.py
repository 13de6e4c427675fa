"""The jobs of the README's "Email tests in CI", their commands run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import yaml

from tests.conftest import PROGRAM

README = Path(__file__).parents[1] / "README.md"
SECTION = README.read_text(encoding="utf-8").partition("## Email tests in CI\n")[2].partition("\n## ")[0]
JOBS = {
    name: yaml.safe_load(text)
    for name, text in re.findall(r"^`(\.git\S+)`:\n\n```yaml\n(.*?)```", SECTION, re.M | re.S)
}


def run(scripts: list[str], variables: dict[str, str], environment: dict[str, str], folder: Path) -> None:
    path = f"{Path(PROGRAM).parent}{os.pathsep}{environment['PATH']}"
    assert scripts[0] == "pip install ."
    for script in scripts[1:]:
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            env={**environment, **variables, "PATH": path},
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    suite = ElementTree.parse(folder / "reports" / "email.xml").getroot()[0]
    assert (suite.get("failures"), suite.get("skipped")) == ("0", "0")
    assert int(suite.get("tests") or 0) >= 3


def test_the_github_job_runs_as_it_stands(environment: dict[str, str], tmp_path: Path) -> None:
    job = JOBS[".github/workflows/email.yml"]["jobs"]["email"]
    summary = tmp_path / "summary.md"
    runner = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    run([step["run"] for step in job["steps"] if "run" in step], {**job["env"], **runner}, environment, tmp_path)
    assert "passed" in summary.read_text(encoding="utf-8")


def test_the_gitlab_job_runs_as_it_stands(environment: dict[str, str], tmp_path: Path) -> None:
    job: dict[str, Any] = JOBS[".gitlab-ci.yml"]["email"]
    run(job["script"], job["variables"], environment, tmp_path)
    assert job["artifacts"]["reports"]["junit"] == "reports/email.xml"
