"""`mailtrap contact-fields` (contacts.openapi.yml)."""

from __future__ import annotations

from ..cli.rest import Field, Id, Resource, commands, standard_verbs
from ..output import Column

PATH = "/api/contacts/fields"
NAME = Field("name", "Name.", longest=80, sample="City")
NO_SPACES = "no spaces"
TAG = Field("merge_tag", "Merge tag, without spaces.", longest=80, pattern=r"\S+", rule=NO_SPACES, sample="city")

RESOURCE = Resource(
    noun="contact field",
    columns=(
        Column("ID", "id", right=True),
        Column("Name", "name", main=True),
        Column("Merge tag", "merge_tag"),
        Column("Type", "data_type", keep=True),
    ),
    ids={"field_id": Id("contact field", path=PATH)},
    operations=standard_verbs(
        *("contact field", PATH, "field_id"),
        sample="7",
        create=(
            Field("name", NAME.help, required=True, longest=80, sample="City"),
            Field("merge_tag", TAG.help, required=True, longest=80, pattern=TAG.pattern, rule=NO_SPACES, sample="city"),
            Field(
                "data_type",
                "Type of its values.",
                required=True,
                option="--type",
                choices=("text", "integer", "float", "boolean", "date"),
            ),
        ),
        update=(NAME, TAG),
    ),
    rate=(200, 60.0),
)

app = commands(RESOURCE)
