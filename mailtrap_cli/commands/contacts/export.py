"""`mailtrap contacts export`: the contacts as a CSV file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...cli.examples import join_examples
from ...cli.facts import with_facts
from ...cli.import_options import JobWait, OutputFile, check_output_file, resume_command, write_output
from ...cli.options import Force, expand_options
from ...cli.value_types import OneOf, Text
from ...errors import ApiError, InputError, Interrupted, MailtrapError, TimedOut
from ...output import Column
from .operations import EXPORT, LISTS, PATH, RESOURCE

if TYPE_CHECKING:
    from ...api.client import Client, Limiter
    from ...cli.context import World

app = typer.Typer()

SAVED = (
    Column("ID", "id", right=True),
    Column("File", "file", main=True),
    Column("Bytes", "bytes", right=True),
)


@app.command(
    "export",
    epilog=join_examples(
        "mailtrap contacts export --out contacts.csv",
        "mailtrap contacts export --out customers.csv.gz --list Customers",
    ),
)
@with_facts(f"POST {PATH}/exports", f"GET {PATH}/exports/{{export_id}}", f"GET {PATH}/lists", exit_codes=(10,))
@expand_options
def export_contacts(
    ctx: typer.Context,
    job: JobWait,
    out: OutputFile = None,
    force: Force = False,
    lists: Annotated[
        list[str] | None, typer.Option("--list", click_type=Text("NAME|ID"), help="Only this list; repeatable.")
    ] = None,
    status: Annotated[
        str | None,
        typer.Option("--status", click_type=OneOf("subscribed", "unsubscribed"), help="Only these contacts."),
    ] = None,
    resume: Annotated[
        int | None,
        typer.Option("--resume", metavar="ID", min=1, help="Download this export instead of creating another."),
    ] = None,
) -> None:
    """Export contacts to a CSV file.

    Creates an export, waits until it is finished and downloads it; the file is written completely or not at all. A FILE
    that ends with .gz is compressed. --no-wait only creates the export: --resume ID downloads it later.

    JSON: the export object with file and bytes. -q prints the file (the ID with --no-wait).
    """
    world: World = ctx.obj
    seconds = job.parse_seconds()
    if resume is not None and (lists or status or seconds is None):
        raise InputError("--resume takes no filter and no --no-wait", hint="The export already exists.")
    if out is None and seconds is not None:
        raise InputError("No file to write to", hint="Use --out contacts.csv, or --out - for standard output.")
    if out is not None and seconds is None:
        raise InputError(
            "--out and --no-wait cannot be used together", hint="Download it later with --resume ID --out FILE."
        )
    path = None if out is None else check_output_file(out, force=force)
    settings = world.settings()
    with world.api(settings) as api:
        from ...audience.jobs import id_of
        from ...cli.rest_run import limiter_of

        limiter = limiter_of(world, RESOURCE.rate, local=settings.local)
        if resume is None:
            created = _create_export(api, lists or [], status, limiter)
        else:
            created = _find_export(api, resume, limiter)
        number = id_of(created)
        if seconds is None:
            world.out.record(created, EXPORT)
            return
        assert out is not None
        try:
            finished = _await_export(world, api, created, seconds, limiter)
            with write_output(world, out, path, force=force) as file:
                from ...api.download import Unzipper

                pipe = Unzipper(file.write, compress=out.endswith(".gz"))
                api.download(_url_of(finished), pipe.feed)
                pipe.finish()
        except KeyboardInterrupt:
            raise Interrupted("Interrupted: nothing was written", hint=_word_resume(world, number)) from None
        except InputError:
            raise
        except MailtrapError as error:
            error.hint = " ".join(filter(None, [error.hint, _word_resume(world, number)]))
            raise
    if path is not None:
        saved = {**finished, "file": out, "bytes": pipe.written}
        world.out.record(saved, SAVED, essential="file", summary=f"✓ Exported the contacts to {out}")


def _word_resume(world: World, number: Any) -> str:
    return f"Resume: {resume_command(world, '--resume', number, without=('--list', '--status'))}"


def _create_export(api: Client, lists: list[str], status: str | None, limiter: Limiter | None) -> dict[str, Any]:
    """Create an export (schema ContactExportRequest)."""
    from ...api.paging import object_of
    from ...cli.names import resolve_id

    filters: list[dict[str, Any]] = []
    if lists:
        ids = [int(resolve_id(api, LISTS["ref"], one, limiter=limiter)) for one in lists]
        filters.append({"name": "list_id", "operator": "equal", "value": ids})
    if status is not None:
        filters.append({"name": "subscription_status", "operator": "equal", "value": status})
    try:
        return object_of(api.call("POST", f"{PATH}/exports", body={"filters": filters}, limiter=limiter))
    except ApiError as error:
        if "previous export" in " ".join([error.message, *error.details]):
            error.hint = "Wait until it is finished. With its ID: mailtrap contacts export --resume ID --out FILE"
        raise


def _find_export(api: Client, number: int, limiter: Limiter | None) -> dict[str, Any]:
    from ...api.paging import object_of

    try:
        return object_of(api.get(f"{PATH}/exports/{number}", limiter=limiter))
    except ApiError as error:
        if error.status == 404:
            error.message = f"No export {number}"
        raise


def _await_export(
    world: World, api: Client, created: dict[str, Any], seconds: float, limiter: Limiter | None
) -> dict[str, Any]:
    if created.get("status") == "finished":
        return created
    from ...audience.jobs import id_of, wait_for_job
    from ...cli.progress import WorkScreen

    number = id_of(created)
    with WorkScreen(world, 0) as screen:
        try:
            return wait_for_job(
                api,
                f"{PATH}/exports/{number}",
                seconds=seconds,
                limiter=limiter,
                sleep=world.sleep,
                watch=lambda job, waited: screen.show(0, f"export {number} is {job.get('status')}, {waited:.0f} s"),
            )
        except TimedOut as error:
            error.message = f"Export {number} is not finished: {error.message[0].lower()}{error.message[1:]}"
            raise


def _url_of(export: dict[str, Any]) -> str:
    from ...api.paging import unexpected_shape

    if export.get("status") != "finished":
        raise MailtrapError(f"Export {export.get('id')} has {export.get('status')}")
    if not isinstance(export.get("url"), str) or not export["url"]:
        raise unexpected_shape("the URL of the finished export")
    return str(export["url"])
