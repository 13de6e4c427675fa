"""`mailtrap suppressions`, except `import` and `export` (email-sending.openapi.yml)."""

from __future__ import annotations

from ...cli.rest import Field, Id, Kind, Paging, Resource, commands, standard_verbs
from ...output import Column

COLUMNS = (
    Column("Email", "email", main=True),
    Column("Type", "type", keep=True),
    Column("Stream", "sending_stream", keep=True),
    Column("Domain", "domain_name"),
    Column("Created at", "created_at", time=True),
    Column("ID", "id", keep=True),
)
PATH = "/api/suppressions"
PAGES = Paging("last_id", size=1000)
DOMAIN = Id("domain", path="/api/domains", rows="data", key="domain_name")
TYPES = ("hard bounce", "unsubscription", "spam complaint", "manual import")
RATE = (10, 60.0)

RESOURCE = Resource(
    noun="suppression",
    columns=COLUMNS,
    ids={"suppression_id": Id("suppression", kind=str, path=PATH, key="email", search="email", help="Email or ID.")},
    operations=standard_verbs(
        *("suppression", PATH, "suppression_id"),
        sample="ada@example.com",
        filters=(
            Field("email", "Exactly this address.", kind=Kind.EMAIL),
            Field("start_time", "Created at this time or later.", kind=Kind.TIME, option="--since"),
            Field("end_time", "Created at this time or earlier.", kind=Kind.TIME, option="--until"),
        ),
        paging=PAGES,
        create=(
            Field(
                "email", "Address that gets no more emails.", kind=Kind.EMAIL, required=True, sample="ada@example.com"
            ),
            Field(
                *("domain_id", "Domain."),
                kind=int,
                required=True,
                option="--domain",
                ref=DOMAIN,
                sample="acme.example",
            ),
            Field("sending_stream", "Stream.", required=True, option="--stream", choices=("transactional", "bulk")),
            Field("type", "Reason.", choices=TYPES),
        ),
        create_rows="data",
        answers=True,
        ask="Delete suppression {suppression_id}? Emails to this address will be sent again.",
        only="list create delete",
    ),
    rate=RATE,
)

app = commands(RESOURCE)
