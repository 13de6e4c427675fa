"""`mailtrap suppressions import`: create a suppression for each row of a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...cli.examples import join_examples
from ...cli.facts import with_facts
from ...cli.import_options import ImportRows, Input, open_rows, resume_command
from ...cli.options import expand_options
from ...cli.value_types import OneOf, Text
from ...errors import ApiError, Interrupted, MailtrapError, TransportError
from ...output import Column
from ...units import format_count, format_duration
from .operations import DOMAIN, PATH, RATE, TYPES

if TYPE_CHECKING:
    from ...api.client import Client
    from ...audience.checked_rows import CheckedRows
    from ...audience.suppression_import import Result
    from ...audience.suppression_rows import Defaults
    from ...cli.context import World
    from ...rows.source import Source

app = typer.Typer()

COLUMNS = (
    Column("Created", "created", right=True, style="green"),
    Column("Already suppressed", "already_suppressed", right=True),
    Column("Failed", "failed", right=True),
    Column("Skipped", "skipped", right=True),
    Column("Rows", "rows", right=True),
)
FEW = 3  # suppressions shown by a dry run
HARMLESS = "Repeating rows is harmless: addresses that are already suppressed stay suppressed."


@app.command(
    "import",
    epilog=join_examples(
        "mailtrap suppressions import gone.csv --domain acme.example --stream bulk --dry-run",
        "mailtrap suppressions import gone.csv --domain acme.example --stream bulk",
        "mailtrap suppressions import gone.csv --from-row 250 --skip-invalid",
    ),
)
@with_facts(f"POST {PATH}", "GET /api/domains", exit_codes=(9,))
@expand_options
def import_suppressions(
    ctx: typer.Context,
    rows: ImportRows,
    file: Input,
    domain: Annotated[
        str | None, typer.Option("--domain", click_type=Text("NAME|ID"), help="Domain for rows without one.")
    ] = None,
    stream: Annotated[
        str | None,
        typer.Option("--stream", click_type=OneOf("transactional", "bulk"), help="Stream for rows without one."),
    ] = None,
    type_: Annotated[
        str | None,
        typer.Option(
            "--type",
            click_type=OneOf(*(kind.replace(" ", "-") for kind in TYPES)),
            help="Reason for rows without one (default: manual-import).",
        ),
    ] = None,
) -> None:
    """Suppress the address in each row of a file.

    Columns are email (or to), domain, stream and type; others are ignored. All rows are checked before the first
    request. Mailtrap allows 10 of these requests per minute, so 1,000 rows take 100 minutes. After a failure, the error
    shows the command that resumes the import. Repeating rows is harmless.

    JSON: created, already_suppressed, failed, skipped (invalid), rows. -q prints the number created.
    """
    world: World = ctx.obj
    settings = world.settings()
    settings.token()  # before reading all rows
    with open_rows(world, file) as source, world.api(settings) as api:
        from ...audience.suppression_rows import Defaults

        defaults = Defaults(_find_domain(api, domain), stream, None if type_ is None else type_.replace("-", " "))
        checked = _check_suppressions(world, api, source, rows, defaults)
        if rows.dry_run:
            _show_suppressions(world, checked)
            return
        _run_import(world, api, checked, local=settings.local)


def _find_domain(api: Client, given: str | None) -> int | None:
    from ...cli.names import resolve_id

    if given is None:
        return None
    try:
        return int(resolve_id(api, DOMAIN, given))
    except ApiError as error:
        if error.status == 404:
            error.message = f"--domain: {error.message}"
        raise


def _check_suppressions(
    world: World, api: Client, source: Source, rows: ImportRows, defaults: Defaults
) -> CheckedRows[dict[str, Any]]:
    from ...api.paging import read_pages
    from ...audience.checked_rows import check_rows
    from ...audience.suppression_rows import match_suppression_columns
    from ...cli.import_rows import explain_bad_rows, tell_about_rows
    from ...rows.reader import read_table
    from ...rows.table import fold_name

    def read_domains() -> Mapping[str, int]:
        found: dict[str, int] = {}
        for row in read_pages(api, DOMAIN.path, None, rows=DOMAIN.rows):
            found[str(row.get(DOMAIN.key)).casefold()] = found[str(row.get("id"))] = int(row["id"])
        return found

    mapped = rows.mapped
    names = {"email", "to", *(fold_name(column) for name, column in mapped.items() if fold_name(name) == "email")}
    table = read_table(source, lambda header: any(fold_name(name) in names for name in header))
    columns = match_suppression_columns(table, defaults, read_domains, mapped=mapped)
    if columns.ignored:
        world.notice(f"Ignored: {', '.join(columns.ignored[:20])}")
    with explain_bad_rows(world):
        checked = check_rows(
            table,
            columns.read_suppression,
            lambda entry: f"{entry['email'].lower()} {entry['domain_id']} {entry['sending_stream']}",
            first=rows.from_row,
            skip_invalid=rows.skip_invalid,
        )
    tell_about_rows(world, checked)
    return checked


def _show_suppressions(world: World, checked: CheckedRows[dict[str, Any]]) -> None:
    from itertools import islice

    from ...text import dumps

    first = [entry for _, _, entry in islice(checked.entries(), FEW)]
    world.notice(f"Dry run: {format_count(checked.count, 'row')} would be imported.")
    world.out.text({"suppressions": first, "rows": checked.count}, dumps({"suppressions": first}, indent=2) + "\n")


def _run_import(world: World, api: Client, checked: CheckedRows[dict[str, Any]], *, local: bool) -> None:
    from ...api.rate_limit import Throttle
    from ...audience.suppression_import import SuppressionImport
    from ...cli.progress import WorkScreen

    failure: MailtrapError | None = None
    if not local and checked.count > RATE[0]:
        seconds = (checked.count - 1) // RATE[0] * RATE[1]
        world.notice(
            f"{format_count(checked.count, 'row')} at {RATE[0]} a minute take about {format_duration(seconds)}"
        )
    with WorkScreen(world, checked.count) as screen:

        def pause(seconds: float) -> None:
            done = work.result.done
            screen.sleep(seconds, done, f"row {work.result.next_row:,}, next request in")

        def show(result: Result) -> None:
            screen.show(result.done, f"row {result.next_row:,} is next")

        limiter = None if local else Throttle(RATE, sleep=pause)
        work = SuppressionImport(api, checked, limiter=limiter, show=show)
        try:
            work.run()
        except KeyboardInterrupt:
            failure = Interrupted("Interrupted")
        except MailtrapError as error:
            failure = error
    result = work.result
    if result.done:
        already = f", {result.already_suppressed:,} already were" if result.already_suppressed else ""
        summary = f"✓ Suppressed {result.created:,} of {format_count(checked.count, 'row')}{already}"
        world.out.record(result.as_json(), COLUMNS, essential="created", summary="" if failure is not None else summary)
    if failure is not None:
        raise _explain_failure(world, failure, result)


def _explain_failure(world: World, failure: MailtrapError, result: Result) -> MailtrapError:
    """Return the error with the rows already done and the command that resumes."""
    if result.next_row is None:
        return failure
    unknown = isinstance(failure, TransportError) and failure.outcome == "outcome unknown"
    parts: list[str | None] = [None if unknown else failure.hint]
    if result.done:
        parts.append(f"The rows before {result.next_row:,} are done.")
    elif not unknown:
        parts.append("Nothing was imported.")
    if unknown:
        parts.append(HARMLESS)
    parts.append(f"Resume: {resume_command(world, '--from-row', result.next_row)}")
    if isinstance(failure, Interrupted):
        failure.message = f"Interrupted during the import, at row {result.next_row:,}"
    failure.hint = " ".join(filter(None, parts))
    return failure
