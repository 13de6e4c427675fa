"""`mailtrap sandboxes` (sandbox.openapi.yml)."""

from __future__ import annotations

from ..cli.rest import Field, Id, Operation, Resource, commands, standard_verbs
from ..output import Column, Row


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

RESOURCE = Resource(
    noun="sandbox",
    columns=COLUMNS,
    ids={"sandbox_id": Id("sandbox", path=PATH), "project_id": Id("project", path="/api/projects")},
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
            only="list get update delete",
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
            ask="Replace the SMTP credentials of sandbox {sandbox_id}? What sends with the old ones will fail.",
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
