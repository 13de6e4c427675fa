"""The files of a run, and its progress display."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mailtrap_cli.batch.journal_file import Counts
from mailtrap_cli.batch.progress import Meter, State
from mailtrap_cli.batch.results import check_file
from mailtrap_cli.batch.run import Run, Sending, open_run
from mailtrap_cli.errors import InputError, OutputError
from tests.batch.plans import Rows, accepted, email, send, settings_of
from tests.conftest import PROGRAM
from tests.loopback import Loopback, Reply, Request, until
from tests.terminal import Terminal, on_terminal


@dataclass
class Sheet(Rows):
    """Rows with cells as spreadsheets write them."""

    def originals(self) -> Iterator[tuple[int, int, list[Any]]]:
        for row in range(self.total):
            yield (
                row,
                row + 2,
                [email(row), "=cmd|' /C calc'!A0", f'two\nlines, "quoted" {row}', "old"][: 4 if row else 2],
            )


HEADER = ["email", "=note", "text", "error"]


@pytest.fixture
def run(tmp_path: Path, server: Loopback) -> Iterator[Run]:
    """A run of six rows: 1 is skipped, 0 and 3 are refused, and the outcome of 5 is unknown."""

    def script(request: Request) -> Reply:
        reply = accepted(request)
        for place, message in enumerate(request.json()["requests"]):
            if message["to"][0]["email"] in (email(0), email(3)):
                reply.body["responses"][place] = {"success": False, "errors": ["no \x1b[31msuch\x1b[0m box", "sorry"]}
            if message["to"][0]["email"] == email(5):
                reply.body["responses"][place] = {"success": None}
        return reply

    server.script = script
    plan, settings = Sheet(6, left_out=(1,), header=HEADER), settings_of(tmp_path / "state", server.env)
    send(plan, settings)
    with open_run(plan, settings, Sending()) as found:
        yield found


def test_the_results_have_one_line_per_input_row(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    run.write_results(path)
    with path.open(encoding="utf-8", newline="") as file:
        found = list(csv.reader(file))
    assert found == [
        ["line", "email", "status", "message_ids", "error"],
        ["2", email(0), "failed", "", "no such box; sorry"],
        ["3", "", "skipped", "", "left out"],
        ["4", email(2), "sent", f"id-{email(2)}", ""],
        ["5", email(3), "failed", "", "no such box; sorry"],
        ["6", email(4), "sent", f"id-{email(4)}", ""],
        ["7", email(5), "unknown", "", "The answer does not say whether it was sent"],
    ]


def test_the_results_as_json_lines_have_lists_and_null(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    run.write_results(path)
    found = [json.loads(line) for line in path.read_text().splitlines()]
    assert found[2] == {
        "line": 4,
        "email": email(2),
        "status": "sent",
        "message_ids": [f"id-{email(2)}"],
        "error": None,
    }
    assert [row["status"] for row in found] == ["failed", "skipped", "sent", "failed", "sent", "unknown"]


def test_failed_rows_are_unchanged_except_for_a_new_error(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "failed.csv"
    assert run.write_failed(path) == 2
    with path.open(encoding="utf-8", newline="") as file:
        found = list(csv.reader(file))
    assert found == [
        ["email", "=note", "text", "error"],
        [email(0), "=cmd|' /C calc'!A0", "", "no such box; sorry"],
        [email(3), "=cmd|' /C calc'!A0", 'two\nlines, "quoted" 3', "no such box; sorry"],
    ]


def test_a_file_is_replaced_when_the_new_one_is_complete(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "results.csv"
    path.write_text("before")
    path.chmod(0o640)

    def broken(trace: str | None) -> Iterator[Any]:
        yield from list(Sheet(6).messages(trace))[:2]
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(run._plan, "messages", broken)
        with pytest.raises(OutputError, match="No space left"):
            run.write_results(path)
    assert path.read_text() == "before"
    run.write_results(path)
    assert path.read_text().startswith("line,")
    assert path.stat().st_mode & 0o777 == 0o640
    assert [found.name for found in tmp_path.iterdir() if found.is_file()] == ["results.csv"]


@pytest.mark.parametrize("name", ["results.txt", "results", "no/such/folder.csv", "folder.csv"])
def test_an_unwritable_file_is_refused_before_sending(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match=r"^--results: "):
        check_file(tmp_path / name, "--results")


# ------------------------------------------------------------------------------------------------ progress


def test_progress_is_the_recent_rate_what_failed_and_the_time_left() -> None:
    now, shown = [0.0], list[State]()
    meter = Meter(100_000, shown.append, 5.0, lambda: now[0])
    meter.update(Counts(1000))
    for moment, sent in ((1.0, 1500), (5.0, 6000), (6.0, 7000), (40.0, 41_000)):
        now[0] = moment
        meter.update(Counts(sent, failed=2, unknown=500))
    assert [state.line for state in shown] == [
        "6,502 of 100,000 rows, 1,100/s, 2 failed, 500 unknown, 1 min 25 s left",
        "41,502 of 100,000 rows, 1,000/s, 2 failed, 500 unknown, 58 s left",
    ]


def test_the_time_left_is_at_least_what_the_rate_limits_require() -> None:
    now, shown = [0.0], list[State]()
    meter = Meter(5000, shown.append, 0.1, lambda: now[0], least=lambda rows: rows / 5000 * 3600)
    for moment, sent in ((0.0, 0), (0.2, 0), (0.4, 13), (40.0, 26)):
        now[0] = moment
        meter.update(Counts(sent))
    assert [state.line for state in shown] == [
        "0 of 5,000 rows, 0.0/s, 1 h left",
        "13 of 5,000 rows, 32/s, 59 min 51 s left",
        "26 of 5,000 rows, 0.3/s, 4 h 12 min left",
    ]


def test_stalled_progress_shows_no_time_left() -> None:
    assert State(5, 10, 0, 0, 0.0, None).line == "5 of 10 rows, 0.0/s"


@pytest.fixture
def letters(tmp_path: Path, server: Loopback, environment: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    """The command that sends a batch slowly, and its environment."""
    server.script = lambda request: Reply(200, accepted(request).body, delay=0.3)
    path = tmp_path / "people.csv"
    path.write_text("email\n" + "".join(f"{email(row)}\n" for row in range(2000)))
    command = [PROGRAM, "batch", str(path), "--subject", "Hi", "--text", "Hello", "--from", "a@b.example", "--yes"]
    return [*command, "--live", "--concurrency", "1"], {
        **environment,
        **server.env,
        "MAILTRAP_STATE_DIR": str(tmp_path),
    }


def test_on_a_terminal_a_bar_moves_and_is_gone_at_the_end(letters: tuple[list[str], dict[str, str]]) -> None:
    code, screen = on_terminal(*letters)
    assert code == 0
    assert "1,000 of 2,000 rows" in screen
    assert " 50%" in screen
    assert "━" in screen
    assert "Sent 2,000 emails in " in screen.rpartition("\x1b[2K")[2]
    assert "of 2,000 rows" not in screen.rpartition("\x1b[2K")[2]


def test_numbers_of_a_run_that_failed_in_part_are_shown_once(
    letters: tuple[list[str], dict[str, str]], server: Loopback
) -> None:
    def fail_every_fourth(request: Request) -> Reply:
        reply = accepted(request)
        reply.body["responses"][::4] = [{"success": False, "errors": ["'to' is invalid"]}] * 125
        return reply

    server.script = fail_every_fourth
    command, env = letters
    for when in ("after", "earlier"):
        code, screen = on_terminal([*command, "--no-color"], env)
        assert code == 9
        closing = screen.rpartition("\x1b[2K")[2]
        assert closing.count("1,500") == 1
        assert "Error: 1,500 of 2,000 rows sent, 500 failed" in closing
        assert f" ended {when}" in closing


def test_ctrl_c_on_a_terminal_removes_the_bar_and_shows_the_cursor(letters: tuple[list[str], dict[str, str]]) -> None:
    terminal = Terminal(*letters)
    until(lambda: "500 of 2,000 rows" in terminal.screen)
    terminal.interrupt()
    assert terminal.wait() == 130
    assert terminal.screen.rindex("\x1b[?25h") > terminal.screen.rindex("\x1b[?25l")
    assert (
        "Stopping: waiting for 1 request in flight. Ctrl-C again stops now; those rows will be looked up"
        in (terminal.screen.rpartition("\x1b[?25h")[2])
    )
    assert "Resume: mailtrap batch" in terminal.screen


def test_quiet_shows_no_progress_and_prints_the_run(letters: tuple[list[str], dict[str, str]]) -> None:
    command, env = letters
    code, screen = on_terminal([*command, "-q"], env)
    assert code == 0
    assert len(screen.strip()) == 8
