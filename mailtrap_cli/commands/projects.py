"""`mailtrap projects` (sandbox.openapi.yml)."""

from __future__ import annotations

from ..cli.rest import Field, Id, Operation, Resource
from ..cli.rest import app as commands
from ..output import Column, Row


def _sandboxes(row: Row) -> list[str]:
    return [f"{sandbox.get('name')} ({sandbox.get('id')})" for sandbox in row.get("sandboxes") or () if sandbox]


COLUMNS = (Column("ID", "id", right=True), Column("Name", "name"), Column("Sandboxes", _sandboxes))

ONE = "/api/projects/{project_id}"
NAME = Field("name", "Its name, of 2 to 100 characters.", required=True)

RESOURCE = Resource(
    columns=COLUMNS,
    ids={"project_id": Id("The project's id or name.", path="/api/projects")},
    operations=(
        Operation("list", "GET", "/api/projects", "List the projects and their sandboxes.", "mailtrap projects list"),
        Operation("get", "GET", ONE, "Show a project.", "mailtrap projects get Shop"),
        Operation(
            "create",
            "POST",
            "/api/projects",
            "Create a project.",
            "mailtrap projects create --name Shop",
            fields=(NAME,),
            wrap="project",
        ),
        Operation(
            "update",
            "PATCH",
            ONE,
            "Rename a project.",
            "mailtrap projects update Shop --name 'Web shop'",
            fields=(NAME,),
            wrap="project",
        ),
        Operation(
            "delete",
            "DELETE",
            ONE,
            "Delete a project and all its sandboxes.",
            "mailtrap projects delete Shop --yes",
            ask="Delete the project {project_id} and all its sandboxes?",
            columns=COLUMNS[:1],
        ),
    ),
)

app = commands(RESOURCE)
