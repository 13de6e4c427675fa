"""`mailtrap account-access` (account-management.openapi.yml)."""

from __future__ import annotations

from typing import Any

from ..cli.rest import Field, Id, Operation, Resource, commands
from ..output import Column, Row

PATH = "/api/account_accesses"
LEVELS: dict[Any, str] = {1000: "owner", 100: "admin", 50: "viewer+", 10: "viewer", 1: "indeterminate"}


def _resources(row: Row) -> list[str]:
    found = [one for one in row.get("resources") or () if isinstance(one, dict)]
    return [f"{one.get('resource_type')} {one.get('resource_id')}: {_level(one.get('access_level'))}" for one in found]


def _level(number: Any) -> str:
    return LEVELS.get(number, str(number))


RESOURCE = Resource(
    noun="account access",
    columns=(
        Column("ID", "id", right=True),
        Column("Kind", "specifier_type", keep=True),
        Column("Name", "specifier.name"),
        Column("Email", "specifier.email", main=True),
        Column("Access", _resources),
    ),
    ids={"account_access_id": Id("account access")},
    operations=(
        Operation(
            "list",
            "GET",
            PATH,
            "List who has access: users, invitations and API tokens.",
            "mailtrap account-access list --domain-id 7",
            fields=(
                Field("project_ids", "Only access to this project; repeatable.", many=True, option="--project-id"),
                Field("sandbox_ids", "Only access to this sandbox; repeatable.", many=True, option="--sandbox-id"),
                Field("domain_ids", "Only access to this domain; repeatable.", many=True, option="--domain-id"),
            ),
        ),
        Operation(
            "delete",
            "DELETE",
            f"{PATH}/{{account_access_id}}",
            "Remove somebody's access to the account.",
            "mailtrap account-access delete 7 --yes",
            ask="Remove account access {account_access_id}?",
            columns=(Column("ID", "id", right=True),),
        ),
    ),
)

app = commands(RESOURCE)
