"""What `mailtrap batch` does with a plan: send it, go on with it, say what became of it; and the runs there were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..output import Column

if TYPE_CHECKING:
    from ..batch.preflight import Checked
    from ..batch.run import Report, Run, Sending
    from ..config import Settings, Target
    from ..context import World

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
    Column("File", "name"),
    Column("Target", "target"),
    Column("Begun", lambda row: _local_time(row["created_at"])),
    Column("State", lambda row: "at work" if row["running"] else "done" if row["finished_at"] else "unfinished"),
    Column("Total", "total", right=True),
    Column("Sent", "counts.sent", right=True),
    Column("Failed", "counts.failed", right=True),
    Column("Unknown", "counts.unknown", right=True),
)


def _local_time(seconds: float) -> str:
    import time

    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


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
) -> None:
    """Send the plan, or what is left of it, and say what became of it."""
    from pathlib import Path

    from ..batch.run import open_run
    from ..batch.summary import lines

    with open_run(plan, settings, sending) as run:
        for notice in run.notices:
            world.notice(notice)
        if run.done:
            report = run.report()
            world.notice(f"{target.label}: {_when_done(report)}; nothing was sent now. To send it anew: --again")
        else:
            for line in lines(plan, target.label, sending.rate_limit, sending.rate):
                world.notice(line)
            if run.before.sent:
                world.notice(f"  so far   {run.before.sent:,} sent by run {run.id}; this goes on with it")
            if target.kind != "sandbox" and not world.confirm(_question(plan, run, target), yes=yes):
                world.notice("Nothing was sent.")
                return
            with world.api(settings) as api:
                report = run.send(api, notice=world.notice)
        if results is not None:
            run.write_results(Path(results))
        if failed is not None:
            run.write_failed(Path(failed))
    world.out.record(report.as_json(), REPORT, essential="run", title=None)
    _raise_for(report, failed)


def _question(plan: Checked, run: Run, target: Target) -> str:
    left = plan.count - run.before.sent - run.before.failed
    return f"Send {left:,} email{'' if left == 1 else 's'} {target.label}?"


def _when_done(report: Report) -> str:
    when = f" on {_local_time(report.finished_at)}" if report.finished_at else ""
    return f"run {report.run} was done{when}"


def _raise_for(report: Report, failed: str | None) -> None:
    """The exit code of a run that did not send everything, with the command that goes on."""
    import shlex
    import sys

    from ..errors import Interrupted, PartlyFailed

    again = f"To go on: {shlex.join(['mailtrap', *sys.argv[1:]])}"
    rest = f"{report.sent:,} of {report.total:,} rows are sent"
    if report.interrupted:
        raise Interrupted(f"Interrupted: {rest}", hint=again)
    if report.failed or report.unknown:
        parts = [f"{report.failed:,} failed"] if report.failed else []
        parts += [f"{report.unknown:,} of unknown outcome"] if report.unknown else []
        parts += [f"{report.unsent:,} not sent"] if report.unsent else []
        hints = [report.stopped.message] if report.stopped else []
        hints += [again] if report.unsent or report.unknown else []
        hints += ["--failed FILE writes the rows, to be sent again."] if report.failed and failed is None else []
        raise PartlyFailed(f"{rest}: {', '.join(parts)}", hint=" ".join(hints) or None)
    if report.stopped is not None:
        report.stopped.hint = " ".join(filter(None, [report.stopped.hint, f"{rest}.", again]))
        raise report.stopped


def list_runs(world: World, settings: Settings) -> None:
    """Print the runs in the state folder."""
    from dataclasses import asdict

    from ..batch.run import known_runs

    world.out.rows([asdict(run) for run in known_runs(settings.state_dir)], RUNS, empty="There are no runs yet.")


def forget_run(world: World, settings: Settings, run: str) -> None:
    """Remove the journal of a run."""
    from ..batch.run import forget

    forget(settings.state_dir, run)
    world.notice(f"The journal of run {run} is removed: its file can be sent again.")
