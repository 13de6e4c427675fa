"""`mailtrap contacts import`: create or update a contact for each row of a file."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from ...cli.examples import join_examples
from ...cli.facts import with_facts
from ...cli.import_options import ImportRows, Input, JobWait, open_rows, resume_command
from ...cli.options import expand_options
from ...cli.value_types import Text
from ...errors import Interrupted, MailtrapError, PartlyFailed, TimedOut, TransportError
from ...output import Column
from ...units import format_count
from .operations import LISTS, PATH, RESOURCE

if TYPE_CHECKING:
    from ...api.client import Client, Limiter
    from ...audience.checked_rows import CheckedRows
    from ...audience.contact_import import Contact, Lists, Result
    from ...cli.context import World
    from ...rows.source import Source

app = typer.Typer()

COLUMNS = (
    Column("IDs", "ids", keep=True),
    Column("Status", "status", keep=True),
    Column("Created", "created_contacts_count", right=True, style="green"),
    Column("Updated", "updated_contacts_count", right=True, style="green"),
    Column("Over the limit", "contacts_over_limit_count", right=True),
    Column("Failed", "failed", right=True),
    Column("Skipped", "skipped", right=True),
    Column("Rows", "rows", right=True),
)
FEW = 3  # contacts shown by a dry run
HARMLESS = "Repeating rows is harmless: existing contacts are updated."


@app.command(
    "import",
    epilog=join_examples(
        "mailtrap contacts import customers.csv --dry-run",
        "mailtrap contacts import customers.csv --list Customers",
    ),
)
@with_facts(
    *(f"POST {PATH}/imports", f"GET {PATH}/imports/{{import_id}}", f"GET {PATH}/fields", f"GET {PATH}/lists"),
    exit_codes=(9, 10),
)
@expand_options
def import_contacts(
    ctx: typer.Context,
    rows: ImportRows,
    job: JobWait,
    file: Input,
    lists: Annotated[
        list[str] | None, typer.Option("--list", click_type=Text("NAME|ID"), help="Add them to this list; repeatable.")
    ] = None,
    excluded: Annotated[
        list[str] | None,
        typer.Option("--remove-from-list", click_type=Text("NAME|ID"), help="Remove them from this list; repeatable."),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", click_type=Text("COLUMN"), help="Leave this column out; repeatable."),
    ] = None,
) -> None:
    """Create or update a contact for each row of a file.

    The column email (or to) is the address; all others are contact fields, by merge tag or name. Empty cells leave
    fields unchanged. All rows are checked before the first request. Each request holds up to 50,000 contacts and starts
    a job, which the command waits for. After a failure, the error shows the command that resumes the import. Repeating
    rows is harmless: existing contacts are updated.

    JSON: ids (of the jobs), status, created_contacts_count, updated_contacts_count, contacts_over_limit_count, failed,
    skipped (invalid), rows. -q prints the IDs.
    """
    world: World = ctx.obj
    seconds = job.parse_seconds()
    settings = world.settings()
    settings.token()  # before reading all rows
    with open_rows(world, file) as source, world.api(settings) as api:
        from ...cli.rest_run import limiter_of

        limiter = limiter_of(world, RESOURCE.rate, local=settings.local)
        checked = _check_contacts(world, api, source, rows, ignore or [], limiter)
        chosen = _find_lists(api, lists or [], excluded or [], limiter)
        if rows.dry_run:
            _show_contacts(world, checked, chosen)
            return
        _run_import(world, api, checked, chosen, seconds, limiter, skip_refused=rows.skip_invalid)


def _check_contacts(
    world: World, api: Client, source: Source, rows: ImportRows, ignored: list[str], limiter: Limiter | None
) -> CheckedRows[Contact]:
    from ...api.paging import read_pages
    from ...audience.checked_rows import check_rows
    from ...audience.contact_rows import EMAIL, UnknownFields, known_fields, match_contact_columns
    from ...cli.import_rows import explain_bad_rows, tell_about_rows
    from ...rows.reader import read_table
    from ...rows.table import fold_name

    mapped = rows.mapped
    names = {EMAIL, "to", *(fold_name(column) for name, column in mapped.items() if fold_name(name) in (EMAIL, "to"))}
    table = read_table(source, lambda header: any(fold_name(name) in names for name in header))
    columns = None
    with suppress(UnknownFields):
        columns = match_contact_columns(table, known_fields(), mapped=mapped, ignored=ignored)
    if columns is None or columns.object is not None:
        fields = known_fields(read_pages(api, f"{PATH}/fields", None, limiter=limiter))
        columns = match_contact_columns(table, fields, mapped=mapped, ignored=ignored)
    with explain_bad_rows(world):
        checked = check_rows(
            table,
            columns.read_contact,
            lambda contact: str(contact["email"]).lower(),
            first=rows.from_row,
            skip_invalid=rows.skip_invalid,
        )
    tell_about_rows(world, checked)
    return checked


def _find_lists(api: Client, included: list[str], excluded: list[str], limiter: Limiter | None) -> Lists:
    from ...audience.contact_import import Lists
    from ...cli.names import resolve_id
    from ...errors import ApiError, InputError

    def find_ids(given: list[str], flag: str) -> tuple[int, ...]:
        try:
            return tuple(dict.fromkeys(int(resolve_id(api, LISTS["ref"], one, limiter=limiter)) for one in given))
        except ApiError as error:
            if error.status == 404:
                error.message = f"{flag}: {error.message}"
            raise

    lists = Lists(find_ids(included, "--list"), find_ids(excluded, "--remove-from-list"))
    if both := set(lists.included) & set(lists.excluded):
        raise InputError(f"--list and --remove-from-list both name list {min(both)}", hint="Use one of them.")
    return lists


def _show_contacts(world: World, checked: CheckedRows[Contact], lists: Lists) -> None:
    from itertools import islice

    from ...text import dumps

    first = [lists.add_to(contact) for _, _, contact in islice(checked.entries(), FEW)]
    world.notice(f"Dry run: {format_count(checked.count, 'contact')} would be imported.")
    world.out.text({"contacts": first, "rows": checked.count}, dumps({"contacts": first}, indent=2) + "\n")


def _run_import(
    world: World,
    api: Client,
    checked: CheckedRows[Contact],
    lists: Lists,
    seconds: float | None,
    limiter: Limiter | None,
    *,
    skip_refused: bool,
) -> None:
    from ...audience.contact_import import ContactImport, Watch
    from ...cli.progress import WorkScreen

    failure: MailtrapError | None = None
    with WorkScreen(world, checked.count) as screen:
        work = ContactImport(
            api,
            checked,
            lists,
            skip_refused=skip_refused,
            wait=seconds,
            limiter=limiter,
            sleep=world.sleep,
            watch=Watch(screen.show, screen.notice),
        )
        try:
            work.run()
        except KeyboardInterrupt:
            failure = Interrupted("Interrupted")
        except MailtrapError as error:
            failure = error
    result = work.result
    if result.jobs:
        summary = ""
        if failure is None and seconds is not None:
            created, updated = (result.count_contacts(f"{word}_contacts_count") for word in ("created", "updated"))
            contacts = format_count(checked.count, "contact")
            summary = f"✓ Imported {contacts} ({created:,} created, {updated:,} updated)"
        world.out.record(result.as_json(), COLUMNS, essential="ids", summary=summary)
    if failure is not None:
        raise _explain_failure(world, failure, result, checked)


def _explain_failure(
    world: World, failure: MailtrapError, result: Result, checked: CheckedRows[Contact]
) -> MailtrapError:
    """Return the error with the rows already imported and the command that resumes."""
    if result.next_row is None:
        return failure
    before = result.next_row - checked.first
    unknown = isinstance(failure, TransportError) and failure.outcome == "outcome unknown"
    broken_off = unknown or isinstance(failure, Interrupted | TimedOut)
    parts: list[str | None] = [None if unknown else failure.hint]  # no lookup needed
    if before:
        parts.append(f"Rows {checked.first:,} to {result.next_row - 1:,} are imported.")
    elif not result.jobs and not unknown:
        parts.append("Nothing was imported.")
    if broken_off:
        parts.append(HARMLESS)
    if before or broken_off:
        parts.append(f"Resume: {resume_command(world, '--from-row', result.next_row)}")
    if isinstance(failure, Interrupted):
        failure.message = f"Interrupted during the import, at row {result.next_row:,}"
    failure.hint = " ".join(filter(None, parts)) or None
    if before and failure.status == 422:
        return PartlyFailed(failure.message, hint=failure.hint, status=422, details=failure.details)
    return failure
