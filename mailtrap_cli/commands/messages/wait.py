"""`mailtrap messages wait`: wait for a message, then print it, or the link or code in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...cli.examples import join_examples
from ...cli.facts import with_facts
from ...cli.filters import MessageFilters, SandboxId
from ...cli.options import Folder, Junit, expand_options
from ...cli.waiting import WaitOptions, run_wait
from ...sandbox.mailbox import Filters, Mail, Mailbox

if TYPE_CHECKING:
    from ...cli.context import World

app = typer.Typer()

DEFAULT = "60s"


@app.command(
    epilog=join_examples(
        "mailtrap messages wait --to ada@example.com --subject Welcome",
        "mailtrap messages wait --to ada@example.com --extract link:/confirm",
        "mailtrap messages wait --since 5m --extract code --wait 90s",
    )
)
@with_facts("GET /api/sandboxes/{sandbox_id}/messages", exit_codes=(10,))
@expand_options
def wait(
    ctx: typer.Context,
    filters: MessageFilters,
    options: WaitOptions,
    sandbox_id: SandboxId = None,
    count: Annotated[int, typer.Option("--count", min=1, metavar="N", help="Wait for this many messages.")] = 1,
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
    """Wait for a message and print it, or only the link or code in it. Waits 60 s unless --wait says otherwise.

    Messages that are already there count, unless --after excludes them. With --extract, messages without such a value
    are skipped, and only the value is printed, one line per message. Exit code 10 if time runs out.

    JSON: like messages show, in a list with --count; with --extract message_id, kind, value.
    """
    from ...ci_report import check_file
    from ...sandbox.extract import extract_value, parse_target
    from ...sandbox.wait import LATE_BODY_SHOWN

    world: World = ctx.obj
    seconds = options.parse_seconds(DEFAULT)
    target = None if extract is None else parse_target(extract, "--extract")
    check_file(junit, "--junit")
    values: dict[int, str] = {}

    def has_value(mail: Mail) -> bool:
        assert target is not None
        value = extract_value(target, mail, Path(folder))
        if value:
            values[mail.id] = value
        return bool(value)

    with world.mailbox(sandbox_id) as box:
        waiting = options.make_wait(box, filters, seconds, count, accept=has_value if target else None)
        if target is None and not world.common.quiet:
            waiting.complete, waiting.patience = _has_body, LATE_BODY_SHOWN
        found = run_wait(world, waiting)
        if len(found) < count:
            error = waiting.make_timeout_error(str(target or ""))
            _report_arrival(world, filters, error.message, junit)
            raise error
        if target is None:
            _print_messages(world, box, found, count)
        else:
            rows = [{"message_id": mail.id, "kind": target.kind, "value": values[mail.id]} for mail in found]
            if count > 1:
                world.out.stream((row, str(row["value"])) for row in rows)
            else:
                world.out.text(rows[0], str(rows[0]["value"]), essential="value")
    _report_arrival(world, filters, "", junit)


def _has_body(mail: Mail) -> bool:
    return mail.box.api.settings.local or mail.text is not None or mail.html is not None


def _print_messages(world: World, box: Mailbox, found: list[Mail], count: int) -> None:
    from .columns import columns_of
    from .show import print_message

    if count == 1:
        print_message(world, found[0])
    else:
        documents = (mail.document() for mail in found)
        world.out.rows([mail.row for mail in found], columns_of(box), documents=documents, paged=False)


def _report_arrival(world: World, filters: Filters, failure: str, junit: str | None) -> None:
    from ...ci_report import Case, report_cases

    if failure or junit:
        report_cases(world, "mailtrap messages wait", [Case(f"a {filters.noun} arrives", failure)], junit)
