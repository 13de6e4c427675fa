"""`mailtrap messages expect`: whether the right email was sent."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from ...cli.filters import MessageFilters, SandboxId
from ...cli.options import Junit, expand_options
from ...errors import InputError
from ...output import Column
from ...sandbox.mailbox import Filters, Mail, Mailbox

if TYPE_CHECKING:
    from ...cli.context import World
    from ...sandbox.expectations import Check, Expectations

app = typer.Typer()

COLUMNS = (
    Column("Message", "message_id", right=True),
    Column("Expectation", "expectation"),
    Column("OK", "ok", style=lambda text: {"yes": "green", "no": "red"}.get(text, "yellow"), keep=True),
    Column("Found", "found"),
)
SUITE = "mailtrap messages expect"
PANEL = "What is expected"

Many = list[str] | None


@app.command(
    epilog="Example: mailtrap messages expect --to ada@example.com --contains 'Hello Ada' --links-ok --wait 60s"
)
@expand_options
def expect(
    ctx: typer.Context,
    filters: MessageFilters,
    sandbox_id: SandboxId = None,
    count: Annotated[
        int | None,
        typer.Option("--count", min=0, metavar="N", help="Exactly this many messages.", rich_help_panel=PANEL),
    ] = None,
    contains: Annotated[
        Many,
        typer.Option("--contains", metavar="TEXT", help="In the subject, the text or the HTML.", rich_help_panel=PANEL),
    ] = None,
    not_contains: Annotated[
        Many, typer.Option("--not-contains", metavar="TEXT", help="In none of them.", rich_help_panel=PANEL)
    ] = None,
    matches: Annotated[
        Many,
        typer.Option("--matches", metavar="REGEX", help="In one of them, as Python writes it.", rich_help_panel=PANEL),
    ] = None,
    header: Annotated[
        Many,
        typer.Option("--header", metavar="'NAME: VALUE'", help="A header; a name alone: any.", rich_help_panel=PANEL),
    ] = None,
    has_attachment: Annotated[
        Many,
        typer.Option(
            "--has-attachment", metavar="[NAME]", help="Any, a name, or such as '*.pdf'.", rich_help_panel=PANEL
        ),
    ] = None,
    max_spam_score: Annotated[
        float | None,
        typer.Option("--max-spam-score", metavar="SCORE", help="No more than this.", rich_help_panel=PANEL),
    ] = None,
    no_html_errors: Annotated[
        bool, typer.Option("--no-html-errors", help="Nothing that html-check finds.", rich_help_panel=PANEL)
    ] = False,
    links_ok: Annotated[
        bool, typer.Option("--links-ok", help="Links are well-formed, absolute, https.", rich_help_panel=PANEL)
    ] = False,
    variables_filled: Annotated[
        bool, typer.Option("--variables-filled", help="No {{ placeholder }} left over.", rich_help_panel=PANEL)
    ] = False,
    duration: Annotated[
        str, typer.Option("--wait", metavar="DURATION", help="Wait for the messages first, such as 60s.")
    ] = "0",
    new: Annotated[bool, typer.Option("--new", help="Only messages that arrive after the start.")] = False,
    junit: Junit = None,
) -> None:
    """Check that the right email was sent; every expectation that does not hold is listed.

    The newest message is checked, or with --count each of exactly so many; --count 0 expects none, for the whole of
    --wait. What a sandbox cannot check is said, and is no failure. Exit code 8 where an expectation does not hold; 10
    where no message came within --wait.

    JSON: a list of message_id, expectation, ok (null: not checked), found.
    """
    from ...ci_report import check_file
    from ...sandbox.expectations import Expectations, parse_header
    from ...sandbox.patterns import compile_pattern
    from ...units import parse_duration

    world: World = ctx.obj
    seconds = parse_duration(duration, "--wait")
    if new and not seconds:
        raise InputError("--new needs --wait: nothing can have arrived yet", hint="Such as --wait 60s.")
    check_file(junit)
    expected = Expectations(
        contains=tuple(contains or ()),
        excludes=tuple(not_contains or ()),
        patterns=tuple(compile_pattern(text, "--matches") for text in matches or ()),
        headers=tuple(parse_header(text, "--header") for text in header or ()),
        attachments=tuple(has_attachment or ()),
        max_spam_score=max_spam_score,
        no_html_errors=no_html_errors,
        links_ok=links_ok,
        variables_filled=variables_filled,
    )
    with world.mailbox(sandbox_id) as box:
        found = _find_messages(world, box, filters, count, seconds, new, junit)
        checks = list(_check_messages(found, filters, count, expected))
    _report_checks(world, checks, junit)


def _find_messages(
    world: World,
    box: Mailbox,
    filters: Filters,
    count: int | None,
    seconds: float,
    new: bool,
    junit: str | None,
) -> list[Mail]:
    """The messages to check: the newest alone without a count. TimedOut where none came within the wait."""
    from ...sandbox.wait import Wait

    if not seconds:
        rows = box.find(filters)
        return [Mail(box, row) for row in (rows if count is not None else islice(rows, 1))]
    waiting = Wait(box, filters, seconds, max(count or 1, 1))
    waiting.start()
    waiting.after = waiting.newest_at_start if new else 0
    waiting.on_wait = lambda: world.notice(f"Waiting up to {seconds:g} s for a {filters.noun} in sandbox {box.number}")
    found = waiting.run()
    if not found and count != 0:
        from ...ci_report import Case, report

        error = waiting.make_timeout_error()
        report(world, SUITE, [Case(f"a {filters.noun} arrives", error.message)], junit)
        raise error
    if count is None:
        return found[:1]
    # There may be more than were waited for.
    return [Mail(box, row) for row in box.find(filters, after=waiting.after)]


def _check_messages(found: Sequence[Mail], filters: Filters, count: int | None, expected: Expectations) -> list[Check]:
    from ...sandbox.expectations import Check, check_mail
    from ...sandbox.wait import describe_mail

    if count is None:
        result = [Check(f"there is a {filters.noun}", bool(found), describe_mail(found[0]) if found else "none")]
    else:
        named = "; ".join(describe_mail(mail) for mail in found[:5]) or "none"
        what = f"there are exactly {count} messages {filters}".rstrip()
        result = [Check(what, len(found) == count, f"{len(found)}: {named}" if found else named)]
    return result + [checked for mail in found[: count or 1] for checked in check_mail(mail, expected)]


def _report_checks(world: World, checks: list[Check], junit: str | None) -> None:
    from dataclasses import asdict

    from ...ci_report import Case, report
    from ...errors import CheckFailed

    cases = [
        Case(
            check.expectation if check.message_id is None else f"message {check.message_id} {check.expectation}",
            failure=f"found: {check.found}" if check.ok is False else "",
            skipped=check.found if check.ok is None else "",
        )
        for check in checks
    ]
    failed = [case for case in cases if case.failure]
    seen = next((check.message_id for check in checks if check.message_id is not None), None)
    ids = dict.fromkeys(check.message_id for check in checks)
    world.out.rows([asdict(check) for check in checks], COLUMNS, essential=list(ids))
    report(world, SUITE, cases, junit)
    for case in cases:
        if case.skipped:
            world.notice(f"{case.name}: {case.skipped}")
    if failed:
        raise CheckFailed(
            f"{len(failed)} of {len(cases)} expectations did not hold",
            details=[f"{case.name}: {case.failure}" for case in failed],
            hint=None if seen is None else f"See the message: mailtrap messages show {seen}",
        )
