"""`mailtrap contacts`, except `import` and `export` (contacts.openapi.yml)."""

from __future__ import annotations

from typing import Any

from ...cli.rest import Field, Id, Kind, Operation, Resource, commands, standard_verbs
from ...output import Column

COLUMNS = (
    Column("Email", "email", main=True),
    Column("Status", "status", keep=True, style=lambda text: "green" if text == "subscribed" else "yellow"),
    Column("Lists", "list_ids"),
    Column("Fields", "fields"),
    Column("ID", "id", keep=True),
)
IMPORT = (
    Column("ID", "id", right=True),
    Column("Status", "status", keep=True),
    Column("Created", "created_contacts_count", right=True),
    Column("Updated", "updated_contacts_count", right=True),
    Column("Over the limit", "contacts_over_limit_count", right=True),
)
EXPORT = (
    Column("ID", "id", right=True),
    Column("Status", "status", keep=True),
    Column("Created at", "created_at", time=True),
    Column("URL", "url"),
)

PATH = "/api/contacts"
ONE = f"{PATH}/{{contact_identifier}}"
LISTS: dict[str, Any] = {
    "kind": int,
    "many": True,
    "ref": Id("contact list", path="/api/contacts/lists", search="search"),
}
EMAIL = Field("email", "Email address.", kind=Kind.EMAIL, required=True, sample="ada@example.com")
FIELDS = Field("fields", "Value of a field, by its merge tag; repeatable.", kind=Kind.MAP, option="--field")

RESOURCE = Resource(
    noun="contact",
    columns=COLUMNS,
    ids={
        "contact_identifier": Id("contact", kind=str, help="Email or ID of the contact."),
        "import_id": Id("import"),
        "export_id": Id("export"),
    },
    operations=(
        *standard_verbs(
            *("contact", PATH, "contact_identifier"),
            sample="ada@example.com",
            create=(
                EMAIL,
                FIELDS,
                Field("list_ids", "Contact list; repeatable.", option="--list", **LISTS),
            ),
            update=(
                EMAIL,
                FIELDS,
                Field("list_ids_included", "List to add it to; repeatable.", option="--add-to-list", **LISTS),
                Field("list_ids_excluded", "List to remove it from; repeatable.", option="--remove-from-list", **LISTS),
                Field("unsubscribed", "Unsubscribe it, or subscribe it again.", kind=bool),
            ),
            wrap="contact",
            rows="data",
            only="get create update delete",
        ),
        Operation(
            "create-event",
            "POST",
            f"{ONE}/events",
            "Record an event of a contact, for automations.",
            "mailtrap contacts create-event ada@example.com --name signup",
            fields=(
                Field("name", "Name of the event.", required=True, longest=255, sample="signup"),
                Field("params", "Parameter; repeatable.", kind=Kind.MAP, option="--param"),
            ),
            columns=(
                Column("Contact", "contact_email", main=True),
                Column("Event", "name"),
                Column("Parameters", "params"),
                Column("Contact ID", "contact_id", keep=True),
            ),
            essential="contact_id",
            more=("mailtrap contacts create-event ada@example.com --name order --param total:=42",),
        ),
        Operation(
            "import-status",
            "GET",
            f"{PATH}/imports/{{import_id}}",
            "Show the progress of an import.",
            "mailtrap contacts import-status 7",
            columns=IMPORT,
        ),
        Operation(
            "export-status",
            "GET",
            f"{PATH}/exports/{{export_id}}",
            "Show the progress of an export, and its URL.",
            "mailtrap contacts export-status 7",
            columns=EXPORT,
        ),
    ),
    rate=(200, 60.0),
)

app = commands(RESOURCE)
