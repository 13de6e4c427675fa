"""The README's blocks, run unchanged in an empty home; its job for GitHub, and every help topic."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from mailtrap_cli.cli.topics import FOLDER, list_topics
from tests.conftest import PROGRAM, Run
from tests.terminal import on_terminal

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
TOUR = README.partition("## A one-minute tour\n")[2].partition("\n## ")[0]
JOB = yaml.safe_load(README.partition("`.github/workflows/email.yml`:\n\n```yaml\n")[2].partition("```")[0])["jobs"][
    "email"
]


def run_script(script: str, environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(PROGRAM).parent}{os.pathsep}{environment['PATH']}"
    return subprocess.run(
        ["bash", "-e", "-c", script],
        env={**environment, "PATH": path},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_tour_runs_unchanged(environment: dict[str, str], tmp_path: Path) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", TOUR, re.DOTALL)
    assert len(blocks) == 3
    done = run_script("\n".join(blocks), environment, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "https://shop.example/confirm?token=4711"


def test_the_github_job_runs_unchanged(environment: dict[str, str], tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    runner = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary), **JOB["env"]}
    first, *scripts = [step["run"] for step in JOB["steps"] if "run" in step]
    assert first == "pip install ."
    for script in scripts:
        done = run_script(script, {**environment, **runner}, tmp_path)
        assert done.returncode == 0, done.stderr
    suite = ElementTree.parse(tmp_path / "reports" / "email.xml").getroot()[0]
    assert (suite.get("failures"), suite.get("skipped")) == ("0", "0")
    assert "passed" in summary.read_text(encoding="utf-8")


def test_the_readme_links_every_topic_and_is_short() -> None:
    linked = set(re.findall(r"mailtrap_cli/help/([\w-]+)\.md", README))
    assert linked == set(list_topics())
    assert len(README.splitlines()) <= 220


@pytest.mark.parametrize("topic", list_topics())
def test_a_topic_is_plain_in_a_pipe_and_rendered_on_a_terminal(
    topic: str, mailtrap: Run, environment: dict[str, str]
) -> None:
    text = (FOLDER / f"{topic}.md").read_text(encoding="utf-8")
    assert mailtrap("help", topic).out == text
    code, screen = on_terminal([PROGRAM, "help", topic], environment)
    assert code == 0
    assert text.splitlines()[0].removeprefix("# ") in screen


@pytest.mark.parametrize("topic", ["sending", "batch", "imports", "exit-codes"])
def test_the_commands_of_a_topic_run(topic: str, environment: dict[str, str], tmp_path: Path) -> None:
    text = (FOLDER / f"{topic}.md").read_text(encoding="utf-8")
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        done = run_script(block, environment, tmp_path)
        assert done.returncode == 0, done.stderr
