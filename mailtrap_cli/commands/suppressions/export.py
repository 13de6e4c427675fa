"""`mailtrap suppressions export`: the suppression list as a CSV file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from ...cli.examples import join_examples
from ...cli.facts import with_facts
from ...cli.import_options import OutputFile, check_output_file, write_output
from ...cli.options import Force
from ...cli.value_types import Text
from ...errors import ConfigError, InputError, Interrupted, MailtrapError
from ...output import Column
from .operations import PAGES, PATH, RATE

if TYPE_CHECKING:
    from ...cli.context import World

app = typer.Typer()

# The keys of a suppression (email-sending.openapi.yml); `suppressions import` reads the same names.
KEYS = (
    "email",
    "domain_name",
    "sending_stream",
    "type",
    "created_at",
    "id",
    "message_bounce_category",
    "message_category",
    "message_client_ip",
    "message_created_at",
    "message_esp_response",
    "message_esp_server_type",
    "message_outgoing_ip",
    "message_recipient_mx_name",
    "message_sender_email",
    "message_subject",
)
SAVED = (Column("File", "file", main=True), Column("Rows", "rows", right=True))
AGAIN = "Nothing was written: the same command starts over."


@app.command(
    "export",
    epilog=join_examples(
        "mailtrap suppressions export --out suppressions.csv",
        "mailtrap suppressions export --since 30d --out - > recent.csv",
    ),
)
@with_facts(f"GET {PATH}")
def export_suppressions(
    ctx: typer.Context,
    out: OutputFile = None,
    force: Force = False,
    email: Annotated[
        str | None, typer.Option("--email", click_type=Text("ADDRESS"), help="Exactly this address.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", click_type=Text("TIME"), help="Created at this time or later.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", click_type=Text("TIME"), help="Created at this time or earlier.")
    ] = None,
) -> None:
    """Export the suppression list to a CSV file.

    Reads all pages of 1,000, at most 10 per minute. The file is written completely or not at all: after a failure, the
    same command starts over.

    JSON: file, rows. -q prints the file.
    """
    from ...api.paging import read_pages
    from ...api.rate_limit import Throttle
    from ...cli.progress import WorkScreen

    world: World = ctx.obj
    if out is None:
        raise InputError("No file to write to", hint="Use --out suppressions.csv, or --out - for standard output.")
    params = _make_filters(email, since, until)
    path = check_output_file(out, force=force)
    settings = world.settings()
    rows = 0
    with world.api(settings) as api, WorkScreen(world, 0) as screen:

        def pause(seconds: float) -> None:
            screen.sleep(seconds, 0, f"{rows:,} rows, next page in")

        limiter = None if settings.local else Throttle(RATE, sleep=pause)
        try:
            with write_output(world, out, path, force=force) as file:
                for rows in _write_rows(file, read_pages(api, PATH, PAGES, params, limiter=limiter)):
                    if rows % 100 == 0:
                        screen.show(0, f"{rows:,} rows")
        except KeyboardInterrupt:
            raise Interrupted("Interrupted", hint=AGAIN if path is not None else None) from None
        except (ConfigError, InputError):
            raise
        except MailtrapError as error:
            if path is not None:
                error.hint = " ".join(filter(None, [AGAIN, error.hint]))
            raise
    if path is not None:
        world.out.record(
            {"file": out, "rows": rows}, SAVED, essential="file", summary=f"✓ Exported {rows:,} suppressions to {out}"
        )


def _make_filters(email: str | None, since: str | None, until: str | None) -> dict[str, str]:
    from ...cli.values import check_order
    from ...mail.addresses import parse_address
    from ...units import parse_moment

    params: dict[str, str] = {}
    if email is not None:
        params["email"] = parse_address(email, "--email").email
    for name, flag, text in (("start_time", "--since", since), ("end_time", "--until", until)):
        if text is not None:
            params[name] = parse_moment(text, flag).strftime("%Y-%m-%dT%H:%M:%SZ")
    check_order(params, {"start_time": "--since", "end_time": "--until"})
    return params


def _write_rows(file: BinaryIO, rows: Iterator[Mapping[str, Any]]) -> Iterator[int]:
    """Write the rows as they arrive; yield how many have been written after each."""
    import codecs
    import csv

    from ...output.columns import csv_cell

    writer = csv.writer(codecs.getwriter("utf-8")(file, "backslashreplace"))
    writer.writerow(KEYS)
    for number, row in enumerate(rows, 1):
        writer.writerow([csv_cell(row.get(key)) for key in KEYS])
        yield number
