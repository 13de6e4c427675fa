"""`mailtrap sandboxes` (sandbox.openapi.yml)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli.examples import join_examples
from ..cli.facts import with_facts
from ..cli.rest import Field, Id, Operation, Resource, commands, standard_verbs
from ..errors import InputError
from ..output import Column, Row
from ..sandbox.frameworks import Framework

if TYPE_CHECKING:
    from ..cli.context import World
    from ..sandbox.frameworks import SmtpLogin


def _address(row: Row) -> str:
    return f"{row.get('email_username')}@{row.get('email_domain')}" if row.get("email_username_enabled") else "off"


NAMES = (Column("ID", "id", right=True), Column("Name", "name", main=True))
COLUMNS = (
    *NAMES,
    Column("Project", "project_id", right=True),
    Column("Emails", "emails_count", right=True),
    Column("Unread", "emails_unread_count", right=True),
    Column("Last message", "last_message_sent_at", keep=True, time=True),
)
CREDENTIALS = (
    Column("Username", "username"),
    Column("Password", "password"),
    Column("Host", "domain"),
    Column("SMTP ports", "smtp_ports"),
)
ADDRESS = Column("Email address", _address)
WHOLE = (*COLUMNS, Column("Status", "status"), *CREDENTIALS, ADDRESS, Column("Largest message", "max_message_size"))

PATH = "/api/sandboxes"
ONE = f"{PATH}/{{sandbox_id}}"

SANDBOX = Id("sandbox", path=PATH)
PREFERRED_PORTS = (2525, 587)  # rarely blocked, and both with STARTTLS
GET = Operation(
    *("get", "GET", ONE, "Show a sandbox.", "mailtrap sandboxes get Staging"),
    columns=WHOLE,
    web="/sandboxes/{sandbox_id}/settings",
)

RESOURCE = Resource(
    noun="sandbox",
    columns=COLUMNS,
    ids={"sandbox_id": SANDBOX, "project_id": Id("project", path="/api/projects")},
    operations=(
        *standard_verbs(
            *("sandbox", PATH, "sandbox_id"),
            sample="Staging",
            plural="sandboxes",
            update=(
                Field("name", "Name.", sample="Review"),
                Field("email_username", "Part of its email address before the @."),
            ),
            wrap="sandbox",
            whole=WHOLE,
            answers=True,
            ask="Delete sandbox {sandbox_id} and all its messages?",
            only="list update delete",
        ),
        Operation(
            "create",
            "POST",
            "/api/projects/{project_id}/sandboxes",
            "Create a sandbox in a project.",
            "mailtrap sandboxes create Shop --name Staging",
            fields=(Field("name", "Name.", required=True),),
            wrap="sandbox",
            columns=WHOLE,
        ),
        Operation(
            "clean",
            "PATCH",
            f"{ONE}/clean",
            "Delete all messages of a sandbox.",
            "mailtrap sandboxes clean 123456 --yes",
            destructive=True,
            ask="Delete all messages of sandbox {sandbox_id}?",
        ),
        Operation(
            "mark-read",
            "PATCH",
            f"{ONE}/all_read",
            "Mark all messages of a sandbox as read.",
            "mailtrap sandboxes mark-read 123456",
        ),
        Operation(
            "reset-credentials",
            "PATCH",
            f"{ONE}/reset_credentials",
            "Replace the SMTP username and password of a sandbox. The old ones stop working.",
            "mailtrap sandboxes reset-credentials 123456 --yes",
            destructive=True,
            ask="Replace the SMTP credentials of sandbox {sandbox_id}? Anything still using the old ones will fail.",
            columns=(*NAMES, *CREDENTIALS),
        ),
        Operation(
            "toggle-email",
            "PATCH",
            f"{ONE}/toggle_email_username",
            "Turn the email address of a sandbox on or off.",
            "mailtrap sandboxes toggle-email 123456",
            columns=(*NAMES, ADDRESS),
        ),
        Operation(
            "reset-email",
            "PATCH",
            f"{ONE}/reset_email_username",
            "Replace the email address of a sandbox. The old one stops working.",
            "mailtrap sandboxes reset-email 123456 --yes",
            destructive=True,
            ask="Replace the email address of sandbox {sandbox_id}? Mail to the old one will be lost.",
            columns=(*NAMES, ADDRESS),
        ),
    ),
)

app = commands(RESOURCE)


@app.command(
    epilog=join_examples(
        "mailtrap sandboxes get Staging",
        "mailtrap sandboxes get Staging --format django",
        "mailtrap sandboxes get Staging --web",
    )
)
@with_facts("GET /api/sandboxes/{sandbox_id}")
def get(
    ctx: typer.Context,
    sandbox: Annotated[str, typer.Argument(metavar="SANDBOX", help=SANDBOX.described)],
    framework: Annotated[
        Framework | None,
        typer.Option("--format", help="Print its SMTP settings, including the password, for this framework."),
    ] = None,
    web: Annotated[bool, typer.Option("--web", help="Open the page on mailtrap.io instead.")] = False,
) -> None:
    """Show a sandbox.

    With --format print its SMTP settings, ready to paste into an application. They contain the password.

    JSON: the sandbox object: id, name, project_id, emails_count, emails_unread_count, last_message_sent_at, …
    """
    from ..cli.rest_run import run_operation

    world: World = ctx.obj
    if framework is None:
        run_operation(ctx, RESOURCE, GET, {"sandbox_id": SANDBOX}, {"sandbox_id": sandbox, "web": web})
        return
    from ..sandbox.frameworks import format_settings

    text = format_settings(framework, _read_login(world, sandbox))
    world.out.text(text, text)


def _read_login(world: World, sandbox: str) -> SmtpLogin:
    """Fetch the SMTP login of a sandbox."""
    from ..api.paging import object_of
    from ..cli.names import resolve_id
    from ..errors import ApiError
    from ..sandbox.frameworks import SmtpLogin

    with world.api(world.settings()) as api:
        number = resolve_id(api, SANDBOX, sandbox)
        try:
            row = object_of(api.get(f"{PATH}/{number}"))
        except ApiError as error:
            if error.status == 404:
                error.message = f"No sandbox {sandbox}"
            raise
    ports = row.get("smtp_ports") or []
    if not ports or not row.get("username"):
        raise InputError(
            f"Sandbox {sandbox} does not accept mail by SMTP", hint=f"See: mailtrap sandboxes get {sandbox}"
        )
    port = next((port for port in PREFERRED_PORTS if port in ports), ports[0])
    is_local = row.get("domain") in ("localhost", "127.0.0.1")
    return SmtpLogin(str(row["domain"]), port, row["username"], row.get("password") or "", starttls=not is_local)
