"""`mailtrap batch`: send an email for each row of a file, exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..cli.compose import Files, add_parts, parse_flag_addresses, set_addresses
from ..cli.deliver import send_message
from ..cli.examples import join_examples
from ..cli.facts import with_facts
from ..cli.message_options import TargetOptions
from ..cli.options import Yes, expand_options
from ..cli.value_types import FILE
from ..errors import InputError, Interrupted
from .batch_options import BatchMessage, LookOptions, PaceOptions, RowOptions, RunOptions

if TYPE_CHECKING:
    from ..batch.preflight import Checked, Options
    from ..batch.run import Sending
    from ..cli.context import World
    from ..config.settings import Settings
    from ..config.target import Target
    from ..mail.addresses import Address
    from ..rows.source import Source

app = typer.Typer()

FEW = 3  # messages shown by a dry run


@app.command(
    epilog=join_examples(
        "mailtrap batch people.csv --subject 'Hello {{ name }}' --text-file letter.txt",
        "mailtrap batch people.csv --subject Hello --text-file letter.txt --dry-run",
        "mailtrap batch failed.csv --subject Hi --text-file letter.txt --rate 5000/hour",
    ),
)
@with_facts(
    "POST /api/batch", "POST /api/batch/{sandbox_id}", hosts=("send", "bulk", "sandbox"), sends=True, exit_codes=(9,)
)
@expand_options
def batch(
    ctx: typer.Context,
    given: BatchMessage,
    rows: RowOptions,
    look: LookOptions,
    pace: PaceOptions,
    run: RunOptions,
    target_options: TargetOptions,
    file: Annotated[
        str | None,
        typer.Argument(click_type=FILE, help="CSV, TSV, JSON or JSONL; - is stdin.", show_default=False),
    ] = None,
    yes: Yes = False,
) -> None:
    """Send an email for each row of a file, exactly once.

    The columns email (or to), name, cc, bcc, subject, reply_to, category, attachments and vars are parts of the
    message, all others are variables. All rows are checked before the first request. Every run is journaled: the same
    command sends only what has not been sent.

    JSON: run, total, sent, failed, unknown, skipped, requests, seconds, messages_per_second.
    """
    world: World = ctx.obj
    settings = target_options.resolve_settings(world, given.sender)
    from .batch_run import SUITE, forget_run, list_runs, send_plan

    if run.runs:
        list_runs(world, settings)
        return
    if run.forget is not None:
        forget_run(world, settings, run.forget)
        return
    if file is None:
        raise InputError(
            "No input file given",
            hint="Example: mailtrap batch people.csv --subject Hello --text Hi",
        )
    from ..batch import summary
    from ..batch.ci_cases import of_input
    from ..batch.preflight import Options
    from ..ci_report import check_file, report_cases
    from ..cli.message_flags import explain_problems, flag_names
    from ..config.target import choose_target
    from ..mail.checks import InvalidMessage
    from ..mail.message import Message
    from ..mail.pairs import parse_pairs

    target = choose_target(settings)
    if look.preview is None and not look.dry_run:
        settings.token()  # report a missing token before reading all rows
    sending = _plan_sending(settings, pace, run)
    for flag, path in (("--results", run.results), ("--failed", run.failed)):
        if path is not None:
            _check_writable(path, flag, file)
    check_file(run.junit, "--junit")
    if run.junit is not None:
        _not_the_rows(run.junit, "--junit", file)
    files = Files(world)
    if file == "-":
        files.reader = "FILE"
    fixed, per_row = _split_addresses(given)
    message = Message(
        cc=fixed["cc"],
        bcc=fixed["bcc"],
        subject=given.subject,
        category=given.category,
        template_uuid=given.template,
        text=files.body("--text", given.text, given.text_file),
        html=files.body("--html", given.html, given.html_file),
    )
    message = set_addresses(message, settings, given.sender, None if "reply_to" in per_row else given.reply_to)
    message = add_parts(message, files, given)
    options = Options(
        message,
        columns=parse_pairs(rows.map_ or [], "--map", "email=Address"),
        constants=parse_pairs(rows.set_ or [], "--set", "plan=pro"),
        names={part: name for part, name in (("text", given.text_file), ("html", given.html_file)) if name is not None},
        attachments_dir=rows.attachments_dir,
        addresses=per_row,
        traced=not run.no_trace,
        skip_invalid=rows.skip_invalid,
        dedupe=rows.dedupe,
        limit=rows.limit,
    )
    with _open_rows(world, file) as source:
        try:
            plan = _check_rows(world, source, options, run.junit)
        except InvalidMessage as error:
            raise explain_problems(error, flag_names(settings), world.arguments if settings.sandbox else None) from None
        if run.failed is not None and plan.table.nested and not run.failed.endswith(".jsonl"):
            raise InputError(
                f"--failed: {file} has lists or objects, which a table cannot hold", hint="Use a .jsonl file."
            )
        if look.preview is not None:
            _show_messages(world, plan, look.preview)
        elif look.dry_run:
            label = f"Dry run: {target.label}"
            for line in summary.summary_lines(plan, label, sending.rate_limit, sending.rate, messages=plan.count):
                world.notice(line)
            _show_request(world, plan, settings, target, None if run.no_trace else "RUN")
        elif look.test_to is not None:
            world.tell_destination(target.label)
            _send_test(world, plan, settings, target, look.test_to)
        else:
            send_plan(world, plan, settings, target, sending, run, yes=yes)
            return
        report_cases(world, SUITE, of_input(plan), run.junit)


def _open_rows(world: World, file: str) -> Source:
    from ..rows.source import open_source

    return open_source(file, world.stdin.buffer if world.stdin else None)


def _check_rows(world: World, source: Source, options: Options, junit: str | None) -> Checked:
    """Return the plan, after printing a line for each bad row in the style of compilers; in JSON they are in the
    details.
    """
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
        raise Interrupted("Interrupted while checking the rows: nothing was sent") from None
    for notice in plan_notices(plan, dedupe=options.dedupe):
        world.notice(notice)
    return plan


def _split_addresses(given: BatchMessage) -> tuple[dict[str, list[Address]], dict[str, list[str]]]:
    """Split addresses by field: those that are the same for all rows, and templates of those that are not."""
    from ..batch.row_templates import has_placeholder

    fixed: dict[str, list[Address]] = {}
    per_row: dict[str, list[str]] = {}
    for field, values in (("cc", given.cc), ("bcc", given.bcc)):
        fixed[field] = parse_flag_addresses([text for text in values if not has_placeholder(text)], f"--{field}") or []
        per_row[field] = [text for text in values if has_placeholder(text)]
    if given.reply_to is not None and has_placeholder(given.reply_to):
        per_row["reply_to"] = [given.reply_to]
    return fixed, {field: texts for field, texts in per_row.items() if texts}


def _plan_sending(settings: Settings, pace: PaceOptions, run: RunOptions) -> Sending:
    from pathlib import Path

    from ..batch.run import CONCURRENCY, Sending
    from ..units import parse_duration, parse_rate

    if run.journal is not None and (not run.journal or Path(run.journal).is_dir()):
        raise InputError(f"--journal: {run.journal!r} is not a file name", hint="Example: --journal run.sqlite3")
    limit = None if settings.local else Sending.rate_limit
    if pace.rate_limit is not None:
        limit = parse_rate(pace.rate_limit, "--rate-limit")
    elif settings.rate_limit is not None:
        limit = parse_rate(settings.rate_limit, f"rate_limit ({settings.origins['rate_limit']})")
    return Sending(
        concurrency=pace.concurrency or CONCURRENCY,
        rate_limit=limit,
        rate=parse_rate(pace.rate, "--rate") if pace.rate is not None else None,
        journal=None if run.journal is None else Path(run.journal),
        again=run.again,
        traced=not run.no_trace,
        resend_unknown=run.resend_unknown,
        lookup_wait=None if run.lookup_wait is None else parse_duration(run.lookup_wait, "--lookup-wait"),
    )


def _check_writable(path: str, flag: str, file: str) -> None:
    """Check before sending that the result files can be written."""
    from pathlib import Path

    from ..batch.results import check_file

    check_file(Path(path), flag)
    _not_the_rows(path, flag, file)


def _not_the_rows(path: str, flag: str, file: str) -> None:
    from pathlib import Path

    given = Path(path)
    if given.exists() and file != "-" and Path(file).exists() and given.samefile(file):
        raise InputError(f"{flag}: {path} is the file of rows itself", hint="Use another file.")


def _show_messages(world: World, plan: Checked, count: int) -> None:
    from itertools import islice

    from ..batch.summary import format_message

    first = islice(plan.full_messages(), count)
    world.out.stream(
        (message.to_payload(), ("\n" if number else "") + format_message(line, plan.name, message))
        for number, (line, message) in enumerate(first)
    )


def _show_request(world: World, plan: Checked, settings: Settings, target: Target, trace: str | None) -> None:
    """Print the first request, shortened for reading; with jsonl all of them, one per line."""
    import json

    from ..batch.requests import requests_of
    from ..batch.summary import least_requests
    from ..text import dumps

    url = settings.url_of(target.host, target.batch_path)
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
        where = settings.describe_url(settings.hosts[target.host] + target.batch_path)
        return f"POST {where}\n{dumps(body, indent=2)}\n"

    world.out.text(whole, cut, every=requests)


def _send_test(world: World, plan: Checked, settings: Settings, target: Target, to: str) -> None:
    """Send the first message to one address, without its copies; not part of the run."""
    from dataclasses import replace

    from ..mail.addresses import parse_address
    from ..mail.checks import check_message

    assert plan.first is not None
    message = replace(plan.first, to=[parse_address(to, "--test-to")], cc=(), bcc=())
    check_message(message)
    send_message(world, settings, target, message)
