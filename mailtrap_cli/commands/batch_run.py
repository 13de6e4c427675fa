"""Run a plan of `mailtrap batch`: send, resume, report; and list the runs."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from ..cli.deliver import explain_refusal
from ..errors import InputError
from ..output import Column
from ..terminal import is_terminal
from ..units import format_count, format_duration, format_time

if TYPE_CHECKING:
    from ..batch.preflight import Checked
    from ..batch.progress import Meter, State
    from ..batch.results import Outcome
    from ..batch.run import Report, Run, Sending
    from ..cli.context import World
    from ..config.settings import Settings
    from ..config.target import Target
    from ..output.tables import Bar
    from .batch_options import RunOptions

SUITE = "mailtrap batch"

REPORT = (
    Column("Run", "run", keep=True),
    Column("Total", "total", right=True),
    Column("Sent", "sent", right=True, style="green"),
    Column("Failed", "failed", right=True),
    Column("Unknown", "unknown", right=True),
    Column("Skipped", "skipped", right=True),
    Column("Requests", "requests", right=True),
    Column("Seconds", "seconds", right=True),
    Column("Messages per second", "messages_per_second", right=True),
)

RUNS = (
    Column("ID", "id", keep=True),
    Column("File", "file"),
    Column("Target", "target"),
    Column("Begun at", "begun_at", keep=True, time=True),
    Column("State", "state"),
    Column("Total", "total", right=True),
    Column("Sent", "sent", right=True),
    Column("Failed", "failed", right=True),
    Column("Unknown", "unknown", right=True),
)

LOOK_UP = "The same command looks up the unknown rows; --resend-unknown sends them again, some perhaps twice."
SAVE_FAILED = "Run the same command with --failed FILE to save the failed rows; nothing is sent again."
SHOWN = 10  # failed rows shown to a person


def send_plan(
    world: World,
    plan: Checked,
    settings: Settings,
    target: Target,
    sending: Sending,
    options: RunOptions,
    *,
    yes: bool,
) -> None:
    """Send the plan, or what is left of it, and report the result."""
    from pathlib import Path

    from ..batch.engine import Interruption
    from ..batch.run import open_run
    from ..batch.summary import summary_lines
    from ..errors import ApiError

    # Handle SIGTERM like Ctrl-C, so that results are never written halfway.
    with Interruption(), open_run(plan, settings, sending) as run:
        for notice in run.notices:
            world.notice(notice)
        if run.done:
            report = run.report()
            world.notice(f"{target.label}: {_when_done(report)}. Nothing was sent now; --again sends all rows again.")
        else:
            label, *rest = summary_lines(plan, target.label, sending.rate_limit, sending.rate, messages=run.left)
            world.tell_destination(label)
            for line in rest:
                world.notice(line)
            if run.before.sent or run.before.failed:
                world.notice(f"  run      Resuming run {run.id} (use --again to start over)")
            if (
                target.kind != "sandbox"
                and not settings.local
                and not world.confirm(_word_question(run, target), yes=yes)
            ):
                world.notice("Nothing was sent.")
                return
            with world.api(settings) as api, _Screen(world, plan, sending) as screen:
                report = run.send(
                    api, screen.meter, screen.notice, stopping=screen.tell_stopping, waiting=screen.count_down
                )
                if isinstance(report.stopped, ApiError):
                    explain_refusal(report.stopped, target, api, plan.first.sender if plan.first else None)
        with ExitStack() as files:  # write each one, even if another fails
            files.callback(_tell_ci, world, plan, run, report, options.junit)
            if options.failed is not None:
                files.callback(run.write_failed, Path(options.failed))
            if options.results is not None:
                files.callback(run.write_results, Path(options.results))
            world.out.record(report.as_json(), REPORT, essential="run", summary=_summarize(report, run.done))
        troubled = _first_troubled(plan, run, report)
    _raise_for(world, report, options.failed, troubled)


def _tell_ci(world: World, plan: Checked, run: Run, report: Report, junit: str | None) -> None:
    """Report the run to continuous integration, if the run is part of it."""
    from ..batch.ci_cases import of_run
    from ..batch.preflight import NAMED
    from ..ci_report import is_listened_to, report_cases

    if not is_listened_to(world, junit):
        return
    troubled = _find_troubled(run, report, NAMED)
    totals = {column.header: column.of(report.as_json()) for column in REPORT}
    report_cases(world, SUITE, of_run(plan, report, troubled), junit, totals=totals)


def _find_troubled(run: Run, report: Report, most: int) -> list[Outcome]:
    """Find the first rows that failed or have an unknown outcome."""
    if report.failed or report.unknown:
        with suppress(InputError):  # the rows have changed since, as the report says
            return run.first_troubled(most)
    return []


def _first_troubled(plan: Checked, run: Run, report: Report) -> list[str]:
    """Format the rows to show, in the style of compilers."""
    found = [f"{plan.name}:{row.line}: {row.error or row.status}" for row in _find_troubled(run, report, SHOWN)]
    more = report.failed + report.unknown - len(found)
    return [*found, f"… and {more:,} more"] if found and more > 0 else found


def _summarize(report: Report, done_before: bool) -> str:
    """Summarize a run in one line for a terminal. If it failed in part, the error below has the numbers."""
    if report.failed or report.unknown or report.unsent:
        when = "earlier" if done_before else f"after {_for_reading(report.seconds)}"
        return f"! Run {report.run} ended {when}"
    if done_before:
        return f"✓ Already sent: {format_count(report.sent, 'email')}, in run {report.run}"
    speed = f" ({report.messages_per_second:,.0f}/s)" if report.messages_per_second >= 1 else ""
    return f"✓ Sent {format_count(report.sent, 'email')} in {_for_reading(report.seconds)}{speed}"


def _for_reading(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else format_duration(seconds)


class _Screen:
    """Progress on stderr while a run is sent: a bar on a terminal, otherwise occasional lines; nothing with --quiet."""

    def __init__(self, world: World, plan: Checked, sending: Sending) -> None:
        from ..batch.progress import EVERY, REFRESH, Meter
        from ..batch.summary import least_seconds

        def least(messages: int) -> float:
            return least_seconds(plan, messages, sending.rate_limit, sending.rate)

        self._world = world
        self._bar: Bar | None = None
        self.meter: Meter | None = None
        self._on_terminal = is_terminal(world.stderr)
        if world.common.quiet:
            return
        if self._on_terminal and not world.common.verbose:
            from ..output.tables import Bar

            self._bar = Bar(world.stderr, color=world.color(world.stderr))
            self.meter = Meter(plan.count, self._show, REFRESH, least=least)
        else:
            self.meter = Meter(plan.count, lambda state: world.notice(state.line), EVERY, least=least)

    def __enter__(self) -> _Screen:
        return self

    def __exit__(self, *_: object) -> None:
        self._close_bar()

    def _show(self, state: State) -> None:
        if self._bar is not None:
            self._bar.show(state.done, state.total, state.line)

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()

    def notice(self, text: str) -> None:
        """Print a line without disturbing the bar."""
        self._close_bar()
        self._world.notice(text)

    def tell_stopping(self, flying: int) -> None:
        """Acknowledge Ctrl-C at once, and say what a second one does."""
        self._close_bar()
        self._bar = None
        if self._on_terminal:
            self._world.notice("")  # the terminal has already printed ^C
        wait = f"waiting for {format_count(flying, 'request')} in flight" if flying else "no request is in flight"
        self._world.notice(f"Stopping: {wait}. Ctrl-C again stops now; those rows will be looked up next time.")

    def count_down(self, left: float, whole: float) -> None:
        """Show the time until a look-up's lists are complete."""
        if self._bar is not None:
            self._bar.show(int(whole - left), int(whole) or 1, f"{left:.0f} s until the look-up")


def _word_question(run: Run, target: Target) -> str:
    return f"Send {format_count(run.left, 'email')} to real recipients, {target.label}?"


def _when_done(report: Report) -> str:
    when = f" at {format_time(report.finished_at)}" if report.finished_at else ""
    return f"run {report.run} finished{when}"


def _raise_for(world: World, report: Report, failed: str | None, troubled: list[str]) -> None:
    """Raise the error for a run that did not send everything, with the command that resumes it."""
    import shlex

    from ..errors import Interrupted, PartlyFailed

    # Not --again, which would restart the run; and --resend-unknown applied to other rows.
    words = [word for word in world.arguments if word not in ("--again", "--resend-unknown")]
    same = ", with the same rows on standard input" if "-" in words else ""
    again = f"Resume{same}: {shlex.join(['mailtrap', *words])}"
    rest = f"{report.sent:,} of {report.total:,} rows sent"
    parts = [f"{report.failed:,} failed"] if report.failed else []
    parts += [f"{report.unknown:,} of unknown outcome"] if report.unknown else []
    parts += [f"{report.unsent:,} not sent"] if report.unsent else []
    if isinstance(report.stopped, InputError) and (report.sent or report.failed or report.unknown):
        raise PartlyFailed(
            f"{report.stopped.message}: {', '.join([rest, *parts])}",
            hint="Restore the file and run the command again. As it is now, it would start a new run of all rows.",
        )
    if report.interrupted:
        raise Interrupted(f"Interrupted: {', '.join([rest, *parts])}", hint=again)
    if report.failed or report.unknown:
        hints = [f"{report.stopped.message}."] if report.stopped else []
        hints += [SAVE_FAILED] if report.failed and failed is None else []
        hints += [LOOK_UP] if report.unknown else []
        hints += [again] if report.unsent or report.unknown else []
        raise PartlyFailed(", ".join([rest, *parts]), hint=" ".join(hints) or None, details=troubled)
    if report.stopped is not None:
        report.stopped.hint = " ".join(filter(None, [report.stopped.hint, f"{rest}.", again]))
        raise report.stopped


def list_runs(world: World, settings: Settings) -> None:
    """Print the runs in the state folder."""
    from ..batch.runs import known_runs

    runs, problems = known_runs(settings.state_dir)
    rows = [
        {
            "id": run.id,
            "file": run.name,
            "target": run.target,
            "begun_at": format_time(run.created_at),
            "state": "at work" if run.running else "done" if run.finished_at else "unfinished",
            "total": run.total,
            "sent": run.counts.sent,
            "failed": run.counts.failed,
            "unknown": run.counts.unknown,
        }
        for run in runs
    ]
    world.out.rows(rows, RUNS, empty="No runs yet.")
    for problem in problems:
        world.notice(f"Warning: {problem.message}")


def forget_run(world: World, settings: Settings, run: str) -> None:
    """Remove the journal of a run."""
    from ..batch import runs

    runs.forget_run(settings.state_dir, run)
    world.notice(f"Removed the journal of run {run}. Its file can be sent again.")
