"""`mailtrap accounts` (account-management.openapi.yml)."""

from __future__ import annotations

from ..cli.rest import Operation, Resource, commands
from ..output import Column

RESOURCE = Resource(
    noun="account",
    columns=(
        Column("ID", "id", right=True),
        Column("Name", "name", main=True),
        Column("Access levels", "access_levels"),
    ),
    operations=(
        Operation(
            "list", "GET", "/api/accounts", "List the accounts that the token can access.", "mailtrap accounts list"
        ),
    ),
)

app = commands(RESOURCE)
