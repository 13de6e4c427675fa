"""`mailtrap batch`: an email for each row of a file, each exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..cli.facts import with_facts
from ..cli.options import (
    CONTENT,
    Attach,
    Category,
    From,
    Header,
    HtmlFile,
    Inline,
    Junit,
    ReplyTo,
    Sandbox,
    SandboxId,
    Stream,
    Variable,
    Yes,
)
from ..cli.value_types import FILE
from ..errors import ApiError, InputError, Interrupted
from .send import Files, Many, One, addresses, explained, show_result, with_addresses, with_parts

if TYPE_CHECKING:
    from ..batch.preflight import Checked, Options
    from ..batch.run import Sending
    from ..batch.source import Source
    from ..cli.context import World
    from ..config.settings import Settings, Target

app = typer.Typer()

FEW = 3  # messages of a dry run that is for reading

ROWS, LOOK, SENDING, RUN = "Rows", "A look before", "Sending", "Runs"


@app.command(
    epilog="Example: mailtrap batch people.csv --subject 'Hello {{ name }}' --text-file letter.txt --dry-run",
)
@with_facts(
    "POST /api/batch", "POST /api/batch/{sandbox_id}", hosts=("send", "bulk", "sandbox"), sends=True, exit_codes=(9,)
)
def batch(
    ctx: typer.Context,
    file: Annotated[
        One,
        typer.Argument(click_type=FILE, help="CSV, TSV, JSON or JSONL; - is stdin.", show_default=False),
    ] = None,
    from_: From = None,
    cc: Annotated[Many, typer.Option("--cc", metavar="ADDRESS", help="A copy of each; repeatable.")] = None,
    bcc: Annotated[Many, typer.Option("--bcc", metavar="ADDRESS", help="A blind copy of each.")] = None,
    reply_to: ReplyTo = None,
    subject: Annotated[
        One, typer.Option("--subject", metavar="TEXT", help="Subject, with {{ column }} placeholders.")
    ] = None,
    text: Annotated[
        One, typer.Option("--text", metavar="TEXT", help="Text body, as --subject.", rich_help_panel=CONTENT)
    ] = None,
    text_file: Annotated[
        One, typer.Option("--text-file", click_type=FILE, help="Text body from a file.", rich_help_panel=CONTENT)
    ] = None,
    html: Annotated[
        One, typer.Option("--html", metavar="HTML", help="HTML body; values are escaped.", rich_help_panel=CONTENT)
    ] = None,
    html_file: HtmlFile = None,
    attach: Attach = None,
    inline: Inline = None,
    header: Header = None,
    category: Category = None,
    variable: Variable = None,
    template: Annotated[
        One,
        typer.Option("--template", metavar="UUID", help="Template; the row is its variables.", rich_help_panel=CONTENT),
    ] = None,
    map_: Annotated[
        Many,
        typer.Option("--map", metavar="NAME=COLUMN", help="Such as email=Adresse; repeatable.", rich_help_panel=ROWS),
    ] = None,
    set_: Annotated[
        Many, typer.Option("--set", metavar="K=V", help="A value for all rows; repeatable.", rich_help_panel=ROWS)
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="Only the first N rows.", rich_help_panel=ROWS)
    ] = None,
    dedupe: Annotated[
        bool, typer.Option("--dedupe", help="Leave out rows that repeat a recipient.", rich_help_panel=ROWS)
    ] = False,
    skip_invalid: Annotated[
        bool, typer.Option("--skip-invalid", help="Go on without bad rows.", rich_help_panel=ROWS)
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check all, print the request, send nothing.", rich_help_panel=LOOK)
    ] = False,
    preview: Annotated[
        int | None,
        typer.Option("--preview", min=1, metavar="N", help="Print the first N messages.", rich_help_panel=LOOK),
    ] = None,
    test_to: Annotated[
        One,
        typer.Option("--test-to", metavar="ADDRESS", help="Send the first row to this address.", rich_help_panel=LOOK),
    ] = None,
    rate: Annotated[
        One, typer.Option("--rate", metavar="N/TIME", help="Emails, such as 5000/hour.", rich_help_panel=SENDING)
    ] = None,
    rate_limit: Annotated[
        One,
        typer.Option(
            "--rate-limit", metavar="N/TIME|off", help="Requests; 150/10s by default.", rich_help_panel=SENDING
        ),
    ] = None,
    concurrency: Annotated[
        int | None,
        typer.Option("--concurrency", min=1, max=64, metavar="N", help="Requests at once.", rich_help_panel=SENDING),
    ] = None,
    attachments_dir: Annotated[
        One,
        typer.Option(
            "--attachments-dir", metavar="DIR", help="Folder of the files that rows attach (default: FILE's folder)."
        ),
    ] = None,
    yes: Yes = False,
    results: Annotated[
        One,
        typer.Option("--results", click_type=FILE, help="What became of each row; .csv, .jsonl.", rich_help_panel=RUN),
    ] = None,
    failed: Annotated[
        One, typer.Option("--failed", click_type=FILE, help="The failed rows, to send again.", rich_help_panel=RUN)
    ] = None,
    journal: Annotated[
        One, typer.Option("--journal", click_type=FILE, help="Keep the journal of the run here.", rich_help_panel=RUN)
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Send all rows again.", rich_help_panel=RUN)] = False,
    resend_unknown: Annotated[
        bool,
        typer.Option("--resend-unknown", help="Send rows of unknown outcome again.", rich_help_panel=RUN),
    ] = False,
    lookup_wait: Annotated[
        One,
        typer.Option(
            "--lookup-wait", metavar="DURATION", help="How far lists may lag; 30s, logs 3m.", rich_help_panel=RUN
        ),
    ] = None,
    no_trace: Annotated[
        bool, typer.Option("--no-trace", help="Leave out the variable that names the row.", rich_help_panel=RUN)
    ] = False,
    runs: Annotated[bool, typer.Option("--runs", help="List the runs and end.", rich_help_panel=RUN)] = False,
    forget: Annotated[
        One, typer.Option("--forget", metavar="ID", help="Remove a run's journal and end.", rich_help_panel=RUN)
    ] = None,
    junit: Junit = None,
    sandbox: Sandbox = None,
    sandbox_id: SandboxId = None,
    stream: Stream = None,
) -> None:
    """Send an email for each row of a file, each exactly once.

    Columns email (or to), name, cc, bcc, subject, reply_to, category, attachments and vars are parts of the message,
    the others variables. All rows are checked before the first request. A run is journaled: the same command sends
    only what has not been sent.

    JSON: run, total, sent, failed, unknown, skipped, requests, seconds, messages_per_second.
    """
    world: World = ctx.obj
    settings = world.settings(stream=stream, sandbox=sandbox, sandbox_id=sandbox_id, sender=from_)
    from .batch_run import SUITE, forget_run, list_runs, send_plan

    if runs:
        list_runs(world, settings)
        return
    if forget is not None:
        forget_run(world, settings, forget)
        return
    if file is None:
        raise InputError("No file of rows", hint="Example: mailtrap batch people.csv")
    from ..batch import summary
    from ..batch.ci_cases import of_input
    from ..batch.preflight import Options
    from ..batch.row_templates import has_placeholder
    from ..ci_report import check_file, report_cases
    from ..cli.message_flags import flag_names
    from ..mail.checks import InvalidMessage
    from ..mail.message import Message
    from ..mail.pairs import parse_pairs

    target = settings.target()
    if preview is None and not dry_run:
        settings.token()  # where there is none, that is said before all rows are read
    sending = _sending(
        settings, rate, rate_limit, concurrency, journal, again, not no_trace, resend_unknown, lookup_wait
    )
    for flag, path in (("--results", results), ("--failed", failed)):
        if path is not None:
            _check_writable(path, flag, file)
    check_file(junit)
    if junit is not None:
        _not_the_rows(junit, "--junit", file)
    files = Files(world)
    if file == "-":
        files.reader = "FILE"
    message = Message(
        cc=addresses([value for value in cc or () if not has_placeholder(value)], "--cc") or (),
        bcc=addresses([value for value in bcc or () if not has_placeholder(value)], "--bcc") or (),
        subject=subject,
        category=category,
        template_uuid=template,
        text=files.body("--text", text, text_file),
        html=files.body("--html", html, html_file),
    )
    reply_templates = [reply_to] if reply_to is not None and has_placeholder(reply_to) else []
    message = with_addresses(message, settings, from_, None if reply_templates else reply_to)
    per_row = {
        "cc": [value for value in cc or () if has_placeholder(value)],
        "bcc": [value for value in bcc or () if has_placeholder(value)],
        "reply_to": reply_templates,
    }
    message = with_parts(message, files, attach, inline, header, variable, None, None)
    options = Options(
        message,
        columns=parse_pairs(map_ or [], "--map", "email=Adresse"),
        constants=parse_pairs(set_ or [], "--set", "plan=pro"),
        names={part: name for part, name in (("text", text_file), ("html", html_file)) if name is not None},
        attachments_dir=attachments_dir,
        addresses={part: texts for part, texts in per_row.items() if texts},
        traced=not no_trace,
        skip_invalid=skip_invalid,
        dedupe=dedupe,
        limit=limit,
    )
    with _source(world, file) as source:
        try:
            plan = _checked(world, source, options, junit)
        except InvalidMessage as error:
            raise error.rename_fields(flag_names()) from None
        if failed is not None and plan.table.nested and not failed.endswith(".jsonl"):
            raise InputError(
                f"--failed: {file} has lists or objects, which a table cannot hold", hint="Name a .jsonl file."
            )
        if preview is not None:
            _show_messages(world, plan, preview)
        elif dry_run:
            label = f"Dry run: {target.label}"
            for line in summary.summary_lines(plan, label, sending.rate_limit, sending.rate, messages=plan.count):
                world.notice(line)
            _show_request(world, plan, settings, target, None if no_trace else "RUN")
        elif test_to is not None:
            world.notice(target.label)
            _send_test(world, plan, settings, target, test_to)
        else:
            send_plan(world, plan, settings, target, sending, yes=yes, results=results, failed=failed, junit=junit)
            return
        report_cases(world, SUITE, of_input(plan), junit)


def _source(world: World, file: str) -> Source:
    from ..batch.source import open_source

    return open_source(file, world.stdin.buffer if world.stdin else None)


def _checked(world: World, source: Source, options: Options, junit: str | None) -> Checked:
    """The plan, after a line for each bad row, as compilers write them; in JSON they are the error's details."""
    from ..batch.ci_cases import of_error, of_input
    from ..batch.preflight import BadRows, preflight
    from ..batch.summary import plan_notices
    from ..ci_report import report_cases
    from .batch_run import SUITE

    try:
        plan = preflight(source, options)
    except BadRows as error:
        report_cases(world, SUITE, of_input(error.checked, refused=True), junit)
        if not world.out.for_programs:
            for problem in error.details:
                world.trace(problem)
            error.details = []
        raise
    except InputError as error:
        report_cases(world, SUITE, of_error(error), junit)
        raise
    except KeyboardInterrupt:
        raise Interrupted("Interrupted while the rows were checked: nothing was sent") from None
    for notice in plan_notices(plan, dedupe=options.dedupe):
        world.notice(notice)
    return plan


def _sending(
    settings: Settings,
    rate: One,
    rate_limit: One,
    concurrency: int | None,
    journal: One,
    again: bool,
    traced: bool,
    resend_unknown: bool,
    lookup_wait: One,
) -> Sending:
    from pathlib import Path

    from ..batch.run import CONCURRENCY, Sending
    from ..units import parse_duration, parse_rate

    if journal is not None and (not journal or Path(journal).is_dir()):
        raise InputError(f"--journal: {journal!r} is not a file name", hint="Such as --journal run.sqlite3.")
    limit = None if settings.local else Sending.rate_limit
    if rate_limit is not None:
        limit = parse_rate(rate_limit, "--rate-limit")
    elif settings.rate_limit is not None:
        limit = parse_rate(settings.rate_limit, f"rate_limit ({settings.origins['rate_limit']})")
    return Sending(
        concurrency=concurrency or CONCURRENCY,
        rate_limit=limit,
        rate=parse_rate(rate, "--rate") if rate is not None else None,
        journal=None if journal is None else Path(journal),
        again=again,
        traced=traced,
        resend_unknown=resend_unknown,
        lookup_wait=None if lookup_wait is None else parse_duration(lookup_wait, "--lookup-wait"),
    )


def _check_writable(path: str, flag: str, file: str) -> None:
    """Refuse before anything is sent what could not be written after it."""
    from pathlib import Path

    from ..batch.results import check_file

    check_file(Path(path), flag)
    _not_the_rows(path, flag, file)


def _not_the_rows(path: str, flag: str, file: str) -> None:
    from pathlib import Path

    given = Path(path)
    if given.exists() and file != "-" and Path(file).exists() and given.samefile(file):
        raise InputError(f"{flag}: {path} is the file of rows itself", hint="Name another file.")


def _show_messages(world: World, plan: Checked, count: int) -> None:
    from itertools import islice

    from ..batch.summary import format_message

    first = islice(plan.full_messages(), count)
    world.out.stream(
        (message.to_payload(), ("\n" if number else "") + format_message(line, plan.name, message))
        for number, (line, message) in enumerate(first)
    )


def _show_request(world: World, plan: Checked, settings: Settings, target: Target, trace: str | None) -> None:
    """Print the first request, cut for reading; in jsonl all of them, one per line."""
    import json

    from ..batch.requests import requests_of
    from ..batch.summary import least_requests
    from ..text import dumps

    url = settings.hosts[target.host] + target.batch_path
    requests = (
        {"method": "POST", "url": url, "body": json.loads(body if isinstance(body, bytes) else b"".join(body))}
        for body in (r.body for r in requests_of(plan.messages(trace), plan.base, unsent=lambda row: True))
    )

    def whole() -> dict[str, Any]:
        counts = {"total": plan.total, "messages": plan.count, "requests": least_requests(plan, plan.count)}
        return {**next(requests), **counts}

    def cut() -> str:
        body = next(requests)["body"]
        body["requests"] = body["requests"][:FEW]
        if plan.count > FEW:
            world.notice(f"… and {plan.count - FEW:,} more; -o jsonl prints every request.")
        return f"POST {url}\n{dumps(body, indent=2)}\n"

    world.out.text(whole, cut, every=requests)


def _send_test(world: World, plan: Checked, settings: Settings, target: Target, to: str) -> None:
    """Send the first message to one address, copies to nobody; it is no part of the run."""
    from dataclasses import replace

    from ..mail.addresses import parse_address
    from ..mail.checks import check_message

    assert plan.first is not None
    message = replace(plan.first, to=[parse_address(to, "--test-to")], cc=(), bcc=())
    check_message(message)
    with world.api(settings) as api:
        try:
            answer = api.call("POST", target.send_path, body=message.to_payload(), host=target.host)
        except ApiError as error:
            raise explained(error, target, api, message.sender) from error
    show_result(world, target, message, answer.body, answer.status)
