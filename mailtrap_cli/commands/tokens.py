"""`mailtrap tokens` (account-management.openapi.yml)."""

from __future__ import annotations

from ..cli.rest import Field, Id, Kind, Operation, Resource, commands
from ..output import Column

COLUMNS = (
    Column("ID", "id", right=True),
    Column("Name", "name", main=True),
    Column("Ends with", "last_4_digits", keep=True),
    Column("Created by", "created_by"),
    Column("Expires at", "expires_at", time=True),
)
WHOLE = (*COLUMNS, Column("Access", "resources"))
SECRET = (*WHOLE, Column("Token", "token", keep=True))

PATH = "/api/api_tokens"
ONE = f"{PATH}/{{id}}"
EXPIRES = Field(
    "expires_at", "When it expires: a date, 90d, or never. A year from now by default.", kind=Kind.FUTURE, null="never"
)

RESOURCE = Resource(
    noun="API token",
    columns=COLUMNS,
    ids={"id": Id("API token", path=PATH)},
    operations=(
        Operation(
            *("list", "GET", PATH, "List the API tokens, without their secrets.", "mailtrap tokens list"),
            web="/api-tokens",
        ),
        Operation("get", "GET", ONE, "Show an API token, without its secret.", "mailtrap tokens get CI", columns=WHOLE),
        Operation(
            "create",
            "POST",
            PATH,
            "Create an API token. The token itself is shown once, now.",
            "mailtrap tokens create --name CI --expires-at 90d",
            fields=(
                Field("name", "Name.", required=True, sample="CI"),
                EXPIRES,
                Field(
                    "resources",
                    "List of resource_type, resource_id and access_level (100: admin, 10: viewer).",
                    kind=Kind.OBJECTS,
                ),
            ),
            columns=SECRET,
            essential="token",
        ),
        Operation(
            "reset",
            "POST",
            f"{ONE}/reset",
            "Replace an API token. The new token is shown once, now.",
            "mailtrap tokens reset CI --yes",
            fields=(EXPIRES,),
            destructive=True,
            ask="Reset API token {id}? The old one works 12 more hours.",
            columns=SECRET,
            essential="token",
        ),
        Operation(
            "delete",
            "DELETE",
            ONE,
            "Delete an API token.",
            "mailtrap tokens delete CI --yes",
            ask="Delete API token {id}? Anything that uses it will fail.",
            done="Deleted API token {id}.",
        ),
    ),
)

app = commands(RESOURCE)
