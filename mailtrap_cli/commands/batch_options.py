"""The options of `mailtrap batch`, in the groups of its help page."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated, Any

import typer

from ..cli.message_options import MessageOptions, content
from ..cli.options import Junit
from ..cli.value_types import FILE, FOLDER, Text
from ..records import record

ROWS, LOOK, SENDING, RUN = "Rows", "Checks before sending", "Sending", "Runs"


def _declare(flag: str, kind: Text | None, help_: str, panel: str, **more: Any) -> Any:
    return typer.Option(flag, click_type=kind, help=help_, rich_help_panel=panel, **more)


@record
class BatchMessage(MessageOptions):
    """The message for every row; most of its texts take `{{ column }}` placeholders."""

    subject: Annotated[str | None, typer.Option("--subject", help="Subject, with {{ column }} placeholders.")] = None
    text: Annotated[str | None, content("--text", Text(), "Text body, with placeholders.")] = None
    html: Annotated[str | None, content("--html", Text("HTML"), "HTML body; the values are escaped.")] = None
    template: Annotated[
        str | None, content("--template", Text("UUID"), "Template; each row provides its variables.")
    ] = None


@record
class RowOptions:
    """Which rows are sent, and what their columns mean."""

    map_: Annotated[
        list[str],
        _declare("--map", Text("NAME=COLUMN"), "Column for a field, such as email=Address; repeatable.", ROWS),
    ] = field(default_factory=list)
    set_: Annotated[
        list[str], _declare("--set", Text("KEY=VALUE"), "The same value for all rows; repeatable.", ROWS)
    ] = field(default_factory=list)
    limit: Annotated[int | None, _declare("--limit", None, "Only the first N rows.", ROWS, min=1)] = None
    dedupe: Annotated[bool, _declare("--dedupe", None, "Skip rows that repeat a recipient.", ROWS)] = False
    skip_invalid: Annotated[bool, _declare("--skip-invalid", None, "Skip invalid rows.", ROWS)] = False
    attachments_dir: Annotated[
        str | None,
        _declare("--attachments-dir", FOLDER, "Folder of the rows' attachments (default: FILE's folder).", ROWS),
    ] = None


@record
class LookOptions:
    """What to do instead of sending the rows."""

    dry_run: Annotated[
        bool, _declare("--dry-run", None, "Check all rows, print the request and send nothing.", LOOK)
    ] = False
    preview: Annotated[int | None, _declare("--preview", None, "Print the first N messages.", LOOK, min=1)] = None
    test_to: Annotated[
        str | None, _declare("--test-to", Text("ADDRESS"), "Send only the first row, to this address.", LOOK)
    ] = None


@record
class PaceOptions:
    """How fast the rows are sent."""

    rate: Annotated[str | None, _declare("--rate", Text("N/TIME"), "Email rate, such as 5000/hour.", SENDING)] = None
    rate_limit: Annotated[
        str | None, _declare("--rate-limit", Text("N/TIME|off"), "Request rate (default: 150/10s).", SENDING)
    ] = None
    concurrency: Annotated[
        int | None, _declare("--concurrency", None, "Concurrent requests.", SENDING, min=1, max=64)
    ] = None


@record
class RunOptions:
    """The run: its journal, its reports, and how it is resumed."""

    results: Annotated[
        str | None, _declare("--results", FILE, "Save the outcome of each row: .csv, .tsv or .jsonl.", RUN)
    ] = None
    failed: Annotated[str | None, _declare("--failed", FILE, "Save the failed rows, to send them again.", RUN)] = None
    journal: Annotated[str | None, _declare("--journal", FILE, "File for the journal of the run.", RUN)] = None
    again: Annotated[bool, _declare("--again", None, "Start over: send all rows again.", RUN)] = False
    resend_unknown: Annotated[bool, _declare("--resend-unknown", None, "Send rows of unknown outcome again.", RUN)] = (
        False
    )
    lookup_wait: Annotated[
        str | None,
        _declare(
            "--lookup-wait", Text("DURATION"), "How far lists may lag behind (default: 30s; email logs: 3m).", RUN
        ),
    ] = None
    no_trace: Annotated[
        bool, _declare("--no-trace", None, "Leave out the custom variable that names the row.", RUN)
    ] = False
    runs: Annotated[bool, _declare("--runs", None, "List the runs and exit.", RUN)] = False
    forget: Annotated[str | None, _declare("--forget", Text("ID"), "Remove a run's journal and exit.", RUN)] = None
    junit: Junit = None
