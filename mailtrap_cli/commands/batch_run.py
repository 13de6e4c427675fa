"""What `mailtrap batch` does with a plan: send it, go on with it, say what became of it; and the runs there were."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from ..errors import InputError
from ..output import Column
from ..terminal import is_terminal
from ..units import format_count
from .send import explained

if TYPE_CHECKING:
    from ..batch.preflight import Checked
    from ..batch.progress import Meter
    from ..batch.run import Report, Run, Sending
    from ..cli.context import World
    from ..config.settings import Settings, Target

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

LOOK_UP = (
    "The same command looks up what is unknown; --resend-unknown sends it again without that, some of it perhaps twice."
)


def _local_time(seconds: float) -> str:
    """A time as programs read it: ISO 8601, in this machine's zone."""
    from datetime import datetime

    return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="seconds")


def _for_people(time: str) -> str:
    return time[:16].replace("T", " ")


def send_plan(
    world: World,
    plan: Checked,
    settings: Settings,
    target: Target,
    sending: Sending,
    *,
    yes: bool,
    results: str | None,
    failed: str | None,
    junit: str | None,
) -> None:
    """Send the plan, or what is left of it, and say what became of it."""
    from pathlib import Path

    from ..batch.engine import Interruption
    from ..batch.run import open_run
    from ..batch.summary import lines
    from ..errors import ApiError

    # SIGTERM ends it as Ctrl-C does, so that no half of a file is left while the results are written.
    with Interruption(), open_run(plan, settings, sending) as run:
        for notice in run.notices:
            world.notice(notice)
        if run.done:
            report = run.report()
            world.notice(f"{target.label}: {_when_done(report)}; nothing was sent now. To send it anew: --again")
        else:
            for line in lines(plan, target.label, sending.rate_limit, sending.rate, messages=run.left):
                world.notice(line)
            if run.before.sent or run.before.failed:
                world.notice(f"  run      {run.id} goes on; to send all rows anew: --again")
            if target.kind != "sandbox" and not world.confirm(_question(run, target), yes=yes):
                world.notice("Nothing was sent.")
                return
            with world.api(settings) as api, _progress(world, plan.count) as progress:
                report = run.send(api, progress, notice=world.notice)
                if isinstance(report.stopped, ApiError):
                    explained(report.stopped, target, api, plan.first.sender if plan.first else None)
        with ExitStack() as files:  # each is written, whatever becomes of the others
            files.callback(_tell, world, plan, run, report, junit)
            if failed is not None:
                files.callback(run.write_failed, Path(failed))
            if results is not None:
                files.callback(run.write_results, Path(results))
            world.out.record(report.as_json(), REPORT, essential="run")
    _raise_for(report, failed)


def _tell(world: World, plan: Checked, run: Run, report: Report, junit: str | None) -> None:
    """Tell continuous integration, where it listens, what became of the run."""
    from ..batch.ci_cases import of_run
    from ..batch.preflight import NAMED
    from ..ci_report import is_listened_to, report_cases

    if not is_listened_to(world, junit):
        return
    troubled = []
    if report.failed or report.unknown:
        with suppress(InputError):  # the rows have changed meanwhile, which the report says
            troubled = run.troubled(NAMED)
    totals = {column.header: column.of(report.as_json()) for column in REPORT}
    report_cases(world, SUITE, of_run(plan, report, troubled), junit, totals=totals)


@contextmanager
def _progress(world: World, total: int) -> Iterator[Meter | None]:
    """The progress on stderr: a bar on a terminal, else a line now and then; None with --quiet."""
    from ..batch.progress import EVERY, REFRESH, Meter

    if world.common.quiet:
        yield None
    elif is_terminal(world.stderr) and not world.common.verbose:
        from ..output.tables import Bar

        bar = Bar(world.stderr, color=world.color(world.stderr))
        try:
            yield Meter(total, lambda state: bar.show(state.done, state.total, state.line), REFRESH)
        finally:
            bar.close()
    else:
        yield Meter(total, lambda state: world.notice(state.line), EVERY)


def _question(run: Run, target: Target) -> str:
    return f"Send {format_count(run.left, 'email')} {target.label}?"


def _when_done(report: Report) -> str:
    when = f" on {_for_people(_local_time(report.finished_at))}" if report.finished_at else ""
    return f"run {report.run} was done{when}"


def _raise_for(report: Report, failed: str | None) -> None:
    """The exit code of a run that did not send everything, with the command that goes on."""
    import shlex
    import sys

    from ..errors import Interrupted, PartlyFailed

    # With --again the run that was begun would begin once more; --resend-unknown was said of other rows.
    words = [word for word in sys.argv[1:] if word not in ("--again", "--resend-unknown")]
    same = ", with the same rows on standard input" if "-" in words else ""
    again = f"To go on{same}: {shlex.join(['mailtrap', *words])}"
    rest = f"{report.sent:,} of {report.total:,} rows are sent"
    parts = [f"{report.failed:,} failed"] if report.failed else []
    parts += [f"{report.unknown:,} of unknown outcome"] if report.unknown else []
    parts += [f"{report.unsent:,} not sent"] if report.unsent else []
    if isinstance(report.stopped, InputError) and (report.sent or report.failed or report.unknown):
        raise PartlyFailed(
            f"{report.stopped.message}: {', '.join([rest, *parts])}",
            hint="Put it back as it was and give the command again: as it is now, it is another run, of all its rows.",
        )
    if report.interrupted:
        raise Interrupted(f"Interrupted: {', '.join([rest, *parts])}", hint=again)
    if report.failed or report.unknown:
        hints = [f"{report.stopped.message}."] if report.stopped else []
        hints += ["--failed FILE writes the failed rows, to be sent again."] if report.failed and failed is None else []
        hints += [LOOK_UP] if report.unknown else []
        hints += [again] if report.unsent or report.unknown else []
        raise PartlyFailed(", ".join([rest, *parts]), hint=" ".join(hints) or None)
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
            "begun_at": _local_time(run.created_at),
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
    world.notice(f"The journal of run {run} is removed. Its file can be sent again.")
