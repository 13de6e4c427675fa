"""Reports for continuous integration: GitHub's annotations and step summary, and JUnit XML. Silent elsewhere."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal, Protocol, TextIO

from .errors import OutputError
from .files import check_writable, replace_file
from .records import record
from .text import clean

MOST = 10  # annotations: GitHub shows no more of one kind per step
SUMMARY = 900_000  # bytes added to a summary; GitHub refuses one of more than 1 MB

_NO_XML = r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"  # what XML 1.0 excludes, even as references


class Surroundings(Protocol):
    """What a report needs from the run: its environment, standard error, and ways to print to people."""

    env: Mapping[str, str]
    stderr: TextIO

    def trace(self, text: str) -> None:
        """Print a line on standard error."""

    def notice(self, text: str) -> None:
        """Print a line on standard error, unless the run is quiet."""


@record
class Case:
    """One check. `failure` and `skipped` say why; if both are empty, it passed.

    `file` and `line` say where to show a failure, such as a row of a CSV file. `count` is how many things it stands
    for, such as all rows that were sent. A `part` of another case gets no annotation of its own.
    """

    name: str
    failure: str = ""
    skipped: str = ""
    file: str | None = None
    line: int | None = None
    count: int = 1
    part: bool = False


def on_github(world: Surroundings) -> bool:
    """Whether this runs in a step of GitHub Actions, which sets the variable (docs.github.com, "Variables")."""
    return world.env.get("GITHUB_ACTIONS") == "true"


def is_listened_to(world: Surroundings, path: str | None) -> bool:
    """Whether anyone reads a report: a runner, or the reader of the JUnit file `path`."""
    return path is not None or on_github(world)


def check_file(path: str | None, where: str) -> None:
    """Raise InputError, its sentence starting with `where`, if the JUnit file could not be written at the end."""
    if path is None:
        return
    check_writable(Path(path), where, makes_folders=True)


def report_cases(
    world: Surroundings,
    suite: str,
    cases: Sequence[Case],
    path: str | None = None,
    *,
    totals: Mapping[str, object] | None = None,
) -> None:
    """Write annotations and a summary under GitHub Actions, and the JUnit file if `path` is given.

    `totals` are shown above the cases in the summary. Raises OutputError for a file that cannot be written, unless a
    case has failed, which has its own exit code.
    """
    failed = [case for case in cases if case.failure and not case.part]
    for case in failed[:MOST]:
        annotate_line(world, f"{case.name}: {case.failure}", file=case.file, line=case.line, title=suite)
    if len(failed) > MOST:
        more = sum(case.count for case in failed[MOST:])
        annotate_line(world, f"{more:,} more failed: see the summary of the step", title=suite, kind="notice")
    write_summary(world, suite, cases, totals or {})
    if path is None:
        return
    try:
        write_junit(path, suite, cases)
    except OutputError as error:
        if not failed:
            raise
        world.trace(error.message)


def annotate_line(
    world: Surroundings,
    message: str,
    *,
    file: str | None = None,
    line: int | None = None,
    title: str = "mailtrap",
    kind: Literal["error", "notice"] = "error",
) -> None:
    """Write an annotation to stderr, which the runner reads, at a line of a file in the repository if one is given.

    For the format and its escapes see docs.github.com, "Workflow commands", and the toolkit's `command.ts`.
    """
    if not on_github(world):
        return
    properties = {
        "file": file and _in_repository(world, file),
        "line": None if line is None else str(line),
        "title": title,
    }
    given = ",".join(f"{name}={_escape_property(value)}" for name, value in properties.items() if value is not None)
    with suppress(OSError, ValueError):  # nobody reads it
        stream = getattr(world.stderr, "unguarded", world.stderr)
        stream.write(f"::{kind} {given}::{_escape_data(message)}\n")
        stream.flush()


def _in_repository(world: Surroundings, file: str) -> str:
    """Return the path relative to the repository, as the runner needs it, from any working directory."""
    folder = world.env.get("GITHUB_WORKSPACE")
    path = Path(os.path.abspath(file))  # without `..`
    return path.relative_to(folder).as_posix() if folder and path.is_relative_to(folder) else file


def _escape_data(text: str) -> str:
    return clean(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")


def write_summary(world: Surroundings, suite: str, cases: Sequence[Case], totals: Mapping[str, object]) -> None:
    """Write totals and cases as tables to the step summary, under GitHub Actions."""
    path = world.env.get("GITHUB_STEP_SUMMARY")
    if not path or not on_github(world):
        return
    total, failed = sum(case.count for case in cases), sum(case.count for case in cases if case.failure)
    outcome = f"{failed:,} of {total:,} failed" if failed else "passed"
    lines = [f"### {escape_markdown(suite)}: {outcome}", ""]
    if totals:
        values = [escape_markdown(f"{value:,}" if isinstance(value, int) else str(value)) for value in totals.values()]
        lines += [f"| {' | '.join(cells)} |" for cells in (map(escape_markdown, totals), ["---"] * len(totals), values)]
        lines.append("")
    lines += ["| | What | Found |", "|---|---|---|"]
    for case in cases:
        sign = "❌" if case.failure else "⏭️" if case.skipped else "✅"
        lines.append(f"| {sign} | {escape_markdown(case.name)} | {escape_markdown(case.failure or case.skipped)} |")
        if sum(map(len, lines)) * 4 > SUMMARY:
            lines.append("| | and more | |")
            break
    try:
        with open(path, "a", encoding="utf-8", errors="replace") as file:
            file.write("\n".join(lines) + "\n\n")
    except OSError as error:
        world.notice(f"The step summary {path} cannot be written: {error.strerror}")


def escape_markdown(text: str) -> str:
    """Escape outside text for a cell of a Markdown table: no markup, HTML, links or mentions."""
    text = re.sub(r"([\\`*_{}\[\]()#+!|~$-])", r"\\\1", clean(text))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("@", "&#64;").replace("://", "&#58;//").replace("www.", "www&#46;")


def write_junit(path: str, suite: str, cases: Sequence[Case]) -> None:
    """Write the cases as JUnit XML, as GitLab and Jenkins read it, creating its folder. Raises OutputError."""
    from xml.etree.ElementTree import Element, SubElement, indent, tostring

    root = Element("testsuites")
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(bool(case.failure) for case in cases)),
        "errors": "0",
        "skipped": str(sum(bool(case.skipped) for case in cases)),
    }
    listed = SubElement(root, "testsuite", {"name": _clean_xml(suite), **counts})
    for case in cases:
        place = {"file": _clean_xml(case.file)} if case.file is not None else {}
        place |= {"line": str(case.line)} if case.line is not None else {}
        entry = SubElement(listed, "testcase", {"classname": _clean_xml(suite), "name": _clean_xml(case.name), **place})
        if case.failure:
            SubElement(entry, "failure", {"message": _clean_xml(case.failure)}).text = _clean_xml(case.failure)
        elif case.skipped:
            SubElement(entry, "skipped", {"message": _clean_xml(case.skipped)})
    indent(root)
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        with replace_file(Path(path)) as file:
            file.write(b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8") + b"\n")
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}", hint="The checks were made.") from error


def _clean_xml(text: str) -> str:
    return re.sub(_NO_XML, "", clean(text))
