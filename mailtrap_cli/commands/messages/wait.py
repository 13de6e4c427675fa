"""`mailtrap messages wait`: until the message is there; then the message, or the link or code in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...cli.filters import MessageFilters, SandboxId
from ...cli.options import Folder, Junit, expand_options
from ...sandbox.mailbox import Filters, Mail

if TYPE_CHECKING:
    from ...cli.context import World

app = typer.Typer()


@app.command(epilog="Example: mailtrap messages wait --to ada@example.com --extract link:/confirm")
@expand_options
def wait(
    ctx: typer.Context,
    filters: MessageFilters,
    sandbox_id: SandboxId = None,
    duration: Annotated[
        str, typer.Option("--wait", metavar="DURATION", help="How long to wait, such as 60s; 0 looks once.")
    ] = "60s",
    count: Annotated[int, typer.Option("--count", min=1, metavar="N", help="Wait for this many messages.")] = 1,
    new: Annotated[bool, typer.Option("--new", help="Only messages that arrive after the start.")] = False,
    extract: Annotated[
        str | None,
        typer.Option(
            "--extract",
            metavar="WHAT",
            help="Print only this: link, code, regex:EXPRESSION, header:NAME, attachment:NAME (saved; its path). "
            "Narrower: link:/confirm, code:6, code:TEXT-BEFORE-IT.",
        ),
    ] = None,
    folder: Folder = ".",
    junit: Junit = None,
) -> None:
    """Wait for a message and print it, or only the link or code in it.

    Messages that are already there count, unless you use --new. With --extract, messages without such a value are
    skipped, and only the value is printed, one line per message. Exit code 10 when time is up.

    JSON: like messages show, in a list with --count; with --extract message_id, kind, value.
    """
    from ...ci_report import check_file
    from ...sandbox.extract import extract_value, parse_target
    from ...sandbox.wait import Wait
    from ...units import parse_duration

    world: World = ctx.obj
    seconds = parse_duration(duration, "--wait")
    target = None if extract is None else parse_target(extract, "--extract")
    check_file(junit)
    values: dict[int, str] = {}

    def has_value(mail: Mail) -> bool:
        assert target is not None
        value = extract_value(target, mail, Path(folder))
        if value:
            values[mail.id] = value
        return bool(value)

    with world.mailbox(sandbox_id) as box:
        waiting = Wait(box, filters, seconds, count, accept=has_value if target else None)
        waiting.start()
        waiting.after = waiting.newest_at_start if new else 0
        notice = f"Waiting up to {seconds:g} s for a {filters.noun} in sandbox {box.number}"
        waiting.on_wait = lambda: world.notice(notice)
        found = waiting.run()
        if len(found) < count:
            error = waiting.make_timeout_error(str(target or ""))
            _report_arrival(world, filters, error.message, junit)
            raise error
        if target is None:
            _print_messages(world, found, count)
        else:
            rows = [{"message_id": mail.id, "kind": target.kind, "value": values[mail.id]} for mail in found]
            if count > 1:
                world.out.stream((row, str(row["value"])) for row in rows)
            else:
                world.out.text(rows[0], str(rows[0]["value"]), essential="value")
    _report_arrival(world, filters, "", junit)


def _print_messages(world: World, found: list[Mail], count: int) -> None:
    from .columns import COLUMNS
    from .show import print_message

    if count == 1:
        print_message(world, found[0])
    else:
        world.out.rows([mail.row for mail in found], COLUMNS, documents=(mail.document() for mail in found))


def _report_arrival(world: World, filters: Filters, failure: str, junit: str | None) -> None:
    from ...ci_report import Case, report

    if failure or junit:
        report(world, "mailtrap messages wait", [Case(f"a {filters.noun} arrives", failure)], junit)
