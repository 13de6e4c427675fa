"""`mailtrap messages expect`: check that the right email was sent."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...cli.examples import join_examples
from ...cli.facts import with_facts
from ...cli.filters import MessageFilters, SandboxId
from ...cli.options import Junit, expand_options
from ...cli.value_types import FILE, OptionalText, Text
from ...cli.waiting import WaitOptions, run_wait
from ...errors import InputError
from ...output import Column
from ...records import record
from ...sandbox.mailbox import Filters, Mail, Mailbox

if TYPE_CHECKING:
    from ...cli.context import World
    from ...sandbox.expectations import Check, Expectations, SnapshotFile

app = typer.Typer()

COLUMNS = (
    Column("Message", "message_id", right=True),
    Column("Expectation", "expectation"),
    Column("OK", "ok", style=lambda text: {"yes": "green", "no": "red"}.get(text, "yellow"), keep=True),
    Column("Found", "found"),
)
SUITE = "mailtrap messages expect"
PANEL = "Expectations"
SETTLE = "2s"

Many = list[str] | None


def _expectation(flag: str, takes: str | Text | None, help_: str) -> Any:
    if isinstance(takes, Text):
        return typer.Option(flag, click_type=takes, help=help_, rich_help_panel=PANEL)
    return typer.Option(flag, metavar=takes, help=help_, rich_help_panel=PANEL)


@record
class ExpectationOptions:
    """What the message should look like."""

    contains: Annotated[
        Many, _expectation("--contains", "TEXT", "Text that the subject, text or HTML must contain.")
    ] = None
    not_contains: Annotated[Many, _expectation("--not-contains", "TEXT", "Text that none of them may contain.")] = None
    matches: Annotated[
        Many, _expectation("--matches", "REGEX", "Python regular expression that one of them must match.")
    ] = None
    header: Annotated[
        Many, _expectation("--header", "'NAME: VALUE'", "Header with this value; without a value, any.")
    ] = None
    has_attachment: Annotated[
        Many,
        typer.Option(
            "--has-attachment",
            click_type=OptionalText("NAME", default="*"),
            help="Any attachment, or one with this name, such as '*.pdf'.",
            rich_help_panel=PANEL,
        ),
    ] = None
    max_spam_score: Annotated[
        float | None, _expectation("--max-spam-score", "SCORE", "Spam score of at most this.")
    ] = None
    no_html_errors: Annotated[bool, _expectation("--no-html-errors", None, "No problems found by html-check.")] = False
    has_link: Annotated[bool, _expectation("--has-link", None, "At least one link.")] = False
    links_ok: Annotated[bool, _expectation("--links-ok", None, "Links are well-formed, absolute, https.")] = False
    online: Annotated[bool, _expectation("--online", None, "Links work: request each one. Uses up one-time links.")] = (
        False
    )
    allow_private: Annotated[
        bool, _expectation("--allow-private", None, "With --online: also links to private addresses, over http.")
    ] = False
    variables_filled: Annotated[
        bool, _expectation("--variables-filled", None, "No {{ placeholder }} left, including in headers.")
    ] = False
    snapshot: Annotated[
        str | None,
        _expectation("--snapshot", FILE, "The message matches FILE; the first run creates it."),
    ] = None
    mask: Annotated[
        Many, _expectation("--mask", "REGEX", "With --snapshot: text to ignore because it always differs; repeatable.")
    ] = None
    update_snapshot: Annotated[
        bool, _expectation("--update-snapshot", None, "With --snapshot: update FILE to match the message.")
    ] = False

    def parse(self) -> Expectations:
        """Return the expectations. Raises InputError for malformed or conflicting options."""
        from ...sandbox.expectations import Expectations, parse_header
        from ...sandbox.patterns import compile_pattern

        if self.allow_private and not self.online:
            raise InputError("--allow-private needs --online")
        return Expectations(
            contains=tuple(self.contains or ()),
            excludes=tuple(self.not_contains or ()),
            patterns=tuple(compile_pattern(text, "--matches") for text in self.matches or ()),
            headers=tuple(parse_header(text, "--header") for text in self.header or ()),
            attachments=tuple(self.has_attachment or ()),
            max_spam_score=self.max_spam_score,
            no_html_errors=self.no_html_errors,
            has_link=self.has_link,
            links_ok=self.links_ok or self.online,
            online=self.online,
            allow_private=self.allow_private,
            variables_filled=self.variables_filled,
            snapshot=self._parse_snapshot(),
        )

    def _parse_snapshot(self) -> SnapshotFile | None:
        from ...sandbox.expectations import SnapshotFile
        from ...sandbox.patterns import compile_pattern

        if not self.snapshot:
            if self.mask or self.update_snapshot or self.snapshot is not None:
                raise InputError("--mask and --update-snapshot need --snapshot FILE")
            return None
        masks = tuple(compile_pattern(text, "--mask") for text in self.mask or ())
        return SnapshotFile(Path(self.snapshot), masks, self.update_snapshot, "--snapshot")


@app.command(
    epilog=join_examples(
        "mailtrap messages expect --to ada@example.com --contains 'Hello Ada'",
        "mailtrap messages expect --subject Confirm --links-ok --wait 60s",
        "mailtrap messages expect --to bob@example.com --count 0",
    )
)
@with_facts("GET /api/sandboxes/{sandbox_id}/messages", exit_codes=(8, 10))
@expand_options
def expect(
    ctx: typer.Context,
    filters: MessageFilters,
    expectations: ExpectationOptions,
    options: WaitOptions,
    sandbox_id: SandboxId = None,
    count: Annotated[
        int | None,
        typer.Option("--count", min=0, metavar="N", help="Exactly this many messages.", rich_help_panel=PANEL),
    ] = None,
    settle: Annotated[
        str,
        typer.Option(
            "--settle",
            metavar="DURATION",
            help="With --count and --wait: check again after this long for extra messages.",
        ),
    ] = SETTLE,
    junit: Junit = None,
) -> None:
    """Check that the right email was sent, and list every expectation that fails.

    Checks the newest message, or with --count each of exactly that many; --count 0 expects none for the whole --wait.
    What a sandbox cannot check is reported as not checked, which is not a failure. Exit code 8 if an expectation fails;
    10 if no message arrived within --wait.

    JSON: a list of message_id, expectation, ok (null: not checked), found.
    """
    from ...ci_report import check_file
    from ...units import parse_duration

    world: World = ctx.obj
    seconds, pause = options.parse_seconds("0"), parse_duration(settle, "--settle")
    if options.after_latest and not seconds:
        flag = "--new" if options.new else "--after latest"
        raise InputError(f"{flag} needs --wait: nothing can have arrived yet", hint="Example: --wait 60s")
    expected = expectations.parse()
    if expected.snapshot and (count or 1) > 1:
        raise InputError("--snapshot compares one message, so it cannot be used with --count above 1")
    check_file(junit, "--junit")
    with world.mailbox(sandbox_id) as box:
        found = _find_messages(world, box, filters, _Wanted(expected, options, seconds, count, pause), junit)
        checks = _check_messages(found, filters, count, expected)
    _report_checks(world, checks, junit)


@record
class _Wanted:
    """What to wait for, for how long, and how long to settle in seconds."""

    expected: Expectations
    options: WaitOptions
    seconds: float
    count: int | None
    settle: float


def _find_messages(world: World, box: Mailbox, filters: Filters, wanted: _Wanted, junit: str | None) -> list[Mail]:
    """Find the messages to check: only the newest without a count. Raises TimedOut if none arrived in time."""
    if not wanted.seconds:
        rows = box.find(filters, after=int(wanted.options.after or 0))
        return [Mail(box, row) for row in (rows if wanted.count is not None else islice(rows, 1))]
    needed = max(wanted.count or 1, 1)
    waiting = wanted.options.make_wait(
        box, filters, wanted.seconds, needed, complete=lambda mail: _has_body(mail, wanted.expected)
    )
    found = run_wait(world, waiting)
    if not found and wanted.count != 0:
        from ...ci_report import Case, report_cases

        error = waiting.make_timeout_error()
        report_cases(world, SUITE, [Case(f"a {filters.noun} arrives", error.message)], junit)
        raise error
    if wanted.count is None:
        return found[:1]
    if len(found) == wanted.count:
        time.sleep(wanted.settle)
    # More may have arrived than expected.
    return [Mail(box, row) for row in box.find(filters, after=waiting.after)]


def _has_body(mail: Mail, expected: Expectations) -> bool:
    """Return whether the message lacks nothing that a body, arriving a moment later, could provide."""
    from ...sandbox.expectations import check_mail

    return all(check.ok for check in check_mail(mail, expected.of_body))


def _check_messages(found: Sequence[Mail], filters: Filters, count: int | None, expected: Expectations) -> list[Check]:
    from ...sandbox.expectations import Check, check_mail
    from ...sandbox.wait import describe_mail

    if count is None:
        result = [Check(f"there is a {filters.noun}", bool(found), describe_mail(found[0]) if found else "none")]
    else:
        named = "; ".join(describe_mail(mail) for mail in found[:5]) or "none"
        what = f"there {'is' if count == 1 else 'are'} exactly {count} message{'s' * (count != 1)} {filters}".rstrip()
        result = [Check(what, len(found) == count, f"{len(found)}: {named}" if found else named)]
    return result + [checked for mail in found[: count or 1] for checked in check_mail(mail, expected)]


def _report_checks(world: World, checks: list[Check], junit: str | None) -> None:
    from ...ci_report import Case, report_cases
    from ...errors import CheckFailed

    cases = [
        Case(
            check.expectation if check.message_id is None else f"message {check.message_id} {check.expectation}",
            failure=f"found: {check.found}" if check.ok is False else "",
            skipped=check.found if check.ok is None else "",
        )
        for check in checks
    ]
    failed = [(case, check) for case, check in zip(cases, checks, strict=True) if case.failure]
    seen = next((check.message_id for check in checks if check.message_id is not None), None)
    ids = dict.fromkeys(check.message_id for check in checks if check.message_id is not None)
    names = ("message_id", "expectation", "ok", "found")
    rows = [{name: getattr(check, name) for name in names} for check in checks]
    world.out.rows(rows, COLUMNS, essential=list(ids), paged=False)
    report_cases(world, SUITE, cases, junit)
    for case in cases:
        if case.skipped:
            world.notice(f"{case.name}: {case.skipped}")
    if failed:
        details = [line for case, check in failed for line in (f"{case.name}: {case.failure}", *check.details)]
        raise CheckFailed(
            f"{len(failed)} of {len(cases)} expectations failed",
            details=details,
            hint=None if seen is None else f"See the message: mailtrap messages show {seen}",
        )
