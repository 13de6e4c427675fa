"""`mailtrap tracking-opt-outs` (email-sending.openapi.yml)."""

from __future__ import annotations

from ..cli.rest import Field, Id, Kind, Paging, Resource, commands, standard_verbs
from ..output import Column

PATH = "/api/tracking_opt_outs"
DOMAIN = Id("domain", path="/api/domains", rows="data", key="domain_name")

RESOURCE = Resource(
    noun="tracking opt-out",
    columns=(
        Column("Email", "email", main=True),
        Column("Domain", "domain_name"),
        Column("Created at", "created_at", time=True),
        Column("ID", "id", keep=True),
    ),
    ids={"tracking_opt_out_id": Id("tracking opt-out", kind=str)},
    operations=standard_verbs(
        *("tracking opt-out", PATH, "tracking_opt_out_id"),
        sample="64d71bf3-1276-417b-86e1-8e66f138acfe",
        filters=(
            Field("email", "Exactly this address.", kind=Kind.EMAIL),
            Field("start_time", "Created at this time or later.", kind=Kind.TIME, option="--since"),
            Field("end_time", "Created at this time or earlier.", kind=Kind.TIME, option="--until"),
        ),
        paging=Paging("last_id", cursor="last_id"),
        create=(
            Field("email", "Address to stop tracking.", kind=Kind.EMAIL, required=True, sample="ada@example.com"),
            Field(
                *("domain_id", "Domain whose emails are not tracked."),
                kind=int,
                required=True,
                option="--domain",
                ref=DOMAIN,
                sample="acme.example",
            ),
        ),
        list_rows="data",
        create_rows="data",
        answers=True,
        only="list create delete",
    ),
    rate=(10, 60.0),
)

app = commands(RESOURCE)
