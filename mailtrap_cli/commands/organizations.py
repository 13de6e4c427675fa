"""`mailtrap organizations` (account-management.openapi.yml)."""

from __future__ import annotations

from ..cli.rest import Field, Group, Id, Operation, Resource, commands
from ..output import Column

PATH = "/api/organizations/{organization_id}/sub_accounts"

RESOURCE = Resource(
    noun="sub-account",
    columns=(Column("ID", "id", right=True), Column("Name", "name", main=True)),
    ids={"organization_id": Id("organization")},
    groups={"sub-accounts": Group("The accounts of an organization.")},
    operations=(
        Operation(
            "sub-accounts list",
            "GET",
            PATH,
            "List the sub-accounts of an organization.",
            "mailtrap organizations sub-accounts list 7",
        ),
        Operation(
            "sub-accounts create",
            "POST",
            PATH,
            "Create a sub-account in an organization.",
            "mailtrap organizations sub-accounts create 7 --name Shop",
            fields=(Field("name", "Name.", required=True, sample="Shop"),),
            wrap="account",
        ),
    ),
)

app = commands(RESOURCE)
