"""`mailtrap projects` (sandbox.openapi.yml)."""

from __future__ import annotations

from ..cli.rest import Field, Id, Resource, commands, standard_verbs
from ..output import Column, Row


def _sandboxes(row: Row) -> list[str]:
    return [f"{sandbox.get('name')} ({sandbox.get('id')})" for sandbox in row.get("sandboxes") or () if sandbox]


NAME = Field("name", "Name, 2 to 100 characters.", required=True, sample="Shop")

RESOURCE = Resource(
    noun="project",
    columns=(Column("ID", "id", right=True), Column("Name", "name", main=True), Column("Sandboxes", _sandboxes)),
    ids={"project_id": Id("project", path="/api/projects")},
    operations=standard_verbs(
        *("project", "/api/projects", "project_id"),
        sample="Shop",
        create=(NAME,),
        update=(NAME,),
        wrap="project",
        answers=True,
        ask="Delete project {project_id} and all its sandboxes?",
    ),
)

app = commands(RESOURCE)
