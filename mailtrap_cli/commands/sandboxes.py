"""`mailtrap sandboxes` (sandbox.openapi.yml)."""

from __future__ import annotations

from ..cli.rest import Field, Id, Operation, Resource
from ..cli.rest import app as commands
from ..output import Column, Row


def _address(row: Row) -> str:
    return f"{row.get('email_username')}@{row.get('email_domain')}" if row.get("email_username_enabled") else "off"


NAMES = (Column("ID", "id", right=True), Column("Name", "name"))
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

ONE = "/api/sandboxes/{sandbox_id}"
NAME = Field("name", "Its name.", required=True)

RESOURCE = Resource(
    columns=COLUMNS,
    ids={
        "sandbox_id": Id("The sandbox's id or name.", path="/api/sandboxes"),
        "project_id": Id("The project's id or name.", path="/api/projects"),
    },
    operations=(
        Operation("list", "GET", "/api/sandboxes", "List the sandboxes of the token.", "mailtrap sandboxes list"),
        Operation(
            "get", "GET", ONE, "Show a sandbox and its credentials.", "mailtrap sandboxes get Staging", columns=WHOLE
        ),
        Operation(
            "create",
            "POST",
            "/api/projects/{project_id}/sandboxes",
            "Create a sandbox in a project.",
            "mailtrap sandboxes create Shop --name Staging",
            fields=(NAME,),
            wrap="sandbox",
            columns=WHOLE,
        ),
        Operation(
            "update",
            "PATCH",
            ONE,
            "Change the name of a sandbox, or of its email address.",
            "mailtrap sandboxes update 123456 --name Review",
            fields=(
                Field("name", "Its name."),
                Field("email_username", "The part of its email address before the @."),
            ),
            wrap="sandbox",
            columns=(*COLUMNS, ADDRESS),
        ),
        Operation(
            "delete",
            "DELETE",
            ONE,
            "Delete a sandbox and all its messages.",
            "mailtrap sandboxes delete 123456 --yes",
            ask="Delete the sandbox {sandbox_id} and all its messages?",
            columns=NAMES,
        ),
        Operation(
            "clean",
            "PATCH",
            f"{ONE}/clean",
            "Delete all messages of a sandbox.",
            "mailtrap sandboxes clean 123456 --yes",
            ask="Delete all messages of the sandbox {sandbox_id}?",
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
            "Give a sandbox a new SMTP user and password; the old ones stop working.",
            "mailtrap sandboxes reset-credentials 123456 --yes",
            ask="Replace the SMTP credentials of the sandbox {sandbox_id}? Whatever sends with the old ones will fail.",
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
            "Give a sandbox a new email address; the old one stops working.",
            "mailtrap sandboxes reset-email 123456 --yes",
            ask="Replace the email address of the sandbox {sandbox_id}? Mail to the old one will be lost.",
            columns=(*NAMES, ADDRESS),
        ),
    ),
)

app = commands(RESOURCE)
