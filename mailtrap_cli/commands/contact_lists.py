"""`mailtrap contact-lists` (contacts.openapi.yml)."""

from __future__ import annotations

from ..cli.rest import Field, Id, Resource, commands, standard_verbs
from ..output import Column

PATH = "/api/contacts/lists"
NAME = Field("name", "Name.", required=True, sample="Customers")

RESOURCE = Resource(
    noun="contact list",
    columns=(Column("ID", "id", right=True), Column("Name", "name", main=True)),
    ids={"list_id": Id("contact list", path=PATH, search="search")},
    operations=standard_verbs(
        *("contact list", PATH, "list_id"),
        sample="Customers",
        filters=(Field("search", "Only names that begin with this."),),
        create=(NAME,),
        update=(Field("name", "Name.", longest=255, required=True, sample="Customers"),),
    ),
    rate=(200, 60.0),
)

app = commands(RESOURCE)
