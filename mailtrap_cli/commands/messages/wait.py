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
        str, typer.Option("--wait", metavar="DURATION", help="How long, such as 60s; 0 looks once.")
    ] = "60s",
    count: Annotated[int, typer.Option("--count", min=1, metavar="N", help="Until there are this many.")] = 1,
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
    """Wait for a message, and print it, or only the link or the code in it.

    Messages that are already there count, unless --new says otherwise. With --extract a message without such a value
    is passed over, and the value is printed alone, on one line a message. Exit code 10 when time is up.

    JSON: as of messages show, in a list with --count; with --extract message_id, kind, value.
    """
    from ...ci_report import check_file
    from ...sandbox.wait import Wait
    from ...sandbox.wanted import parse, take
    from ...units import parse_duration

    world: World = ctx.obj
    seconds = parse_duration(duration, "--wait")
    wanted = None if extract is None else parse(extract)
    check_file(junit)
    values: dict[int, str] = {}

    def holds(mail: Mail) -> bool:
        assert wanted is not None
        value = take(wanted, mail, Path(folder))
        if value:
            values[mail.id] = value
        return bool(value)

    with world.mailbox(sandbox_id) as box:
        waiting = Wait(box, filters, seconds, count, new, holds if wanted else None)
        waiting.start()
        if seconds:
            world.notice(f"Waiting up to {seconds:g} s for a {filters.noun} in sandbox {box.number}")
        found = waiting.run()
        if len(found) < count:
            error = waiting.timed_out(str(wanted or ""))
            _report(world, filters, error.message, junit)
            raise error
        if wanted is None:
            _print(world, found, count)
        else:
            rows = [{"message_id": mail.id, "kind": wanted.kind, "value": values[mail.id]} for mail in found]
            if world.common.as_json:
                world.out.json(rows if count > 1 else rows[0])
            else:
                world.out.write("".join(f"{row['value']}\n" for row in rows))
    _report(world, filters, "", junit)


def _print(world: World, found: list[Mail], count: int) -> None:
    from .read import COLUMNS, print_message

    if count == 1:
        print_message(world, found[0])
    elif world.common.as_json:
        world.out.json([mail.document() for mail in found])
    else:
        world.out.rows([mail.row for mail in found], COLUMNS)


def _report(world: World, filters: Filters, failure: str, junit: str | None) -> None:
    from ...ci_report import Case, report

    if failure or junit:
        report(world, "mailtrap messages wait", [Case(f"a {filters.noun} arrives", failure)], junit)
