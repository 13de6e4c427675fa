"""`mailtrap permissions` (account-management.openapi.yml)."""

from __future__ import annotations

from ..cli.rest import Field, Id, Kind, Operation, Resource, commands
from ..output import Column

RESOURCE = Resource(
    noun="permission",
    columns=(
        Column("ID", "id", right=True),
        Column("Name", "name", main=True),
        Column("Type", "type", keep=True),
        Column("Access level", "access_level", right=True),
    ),
    ids={"account_access_id": Id("account access")},
    operations=(
        Operation(
            "list",
            "GET",
            "/api/permissions/resources",
            "List the resources that permissions can be given for.",
            "mailtrap permissions list",
        ),
        Operation(
            "update",
            "PUT",
            "/api/account_accesses/{account_access_id}/permissions/bulk",
            "Set the permissions of a user or a token.",
            "mailtrap permissions update 7 --permissions @permissions.json --yes",
            fields=(
                Field(
                    "permissions",
                    "List of resource_id, resource_type and access_level; _destroy removes one.",
                    kind=Kind.OBJECTS,
                    required=True,
                ),
            ),
            ask="Change the permissions of account access {account_access_id}?",
            columns=(Column("Message", "message"),),
            essential="message",
        ),
    ),
)

app = commands(RESOURCE)
