"""`mailtrap webhooks` (email-sending.openapi.yml)."""

from __future__ import annotations

from ..cli.rest import Field, Id, Kind, Operation, Resource, commands, standard_verbs
from ..output import Column

COLUMNS = (
    Column("ID", "id", right=True),
    Column("URL", "url", main=True),
    Column("Type", "webhook_type"),
    Column("Active", "active", keep=True),
    Column("Events", "event_types"),
)
WHOLE = (
    *COLUMNS,
    Column("Stream", "sending_stream"),
    Column("Domain", "domain_id", right=True),
    Column("Inbound inbox", "inbound_inbox_id", right=True),
    Column("Format", "payload_format"),
)
EVENTS = (
    *("delivery", "soft_bounce", "bounce", "suspension", "unsubscribe", "open", "spam_complaint", "click", "reject"),
)
TYPES = ("email_sending", "campaigns", "audit_log", "inbound_receiving")
PATH = "/api/webhooks"
DOMAIN = Id("domain", path="/api/domains", rows="data", key="domain_name")
URL = Field("url", "URL that gets the events.", kind=Kind.URL, sample="https://acme.example/mailtrap")
CHANGEABLE = (
    Field("event_types", "Event to send; repeatable.", many=True, option="--event", choices=EVENTS),
    Field("active", "Send events, or pause.", kind=bool),
    Field("payload_format", "A JSON document, or a line per event.", option="--format", choices=("json", "jsonlines")),
    Field("inbound_inbox_id", "Inbound inbox whose messages are reported.", kind=int),
)

RESOURCE = Resource(
    noun="webhook",
    columns=COLUMNS,
    ids={"webhook_id": Id("webhook", path=PATH, key="url", rows="data")},
    operations=(
        *standard_verbs(
            *("webhook", PATH, "webhook_id"),
            sample="7",
            update=(URL, *CHANGEABLE),
            wrap="webhook",
            rows="data",
            whole=WHOLE,
            answers=True,
            only="list get update delete",
        ),
        Operation(
            "create",
            "POST",
            PATH,
            "Create a webhook. Its signing secret is shown once, now.",
            "mailtrap webhooks create --url https://acme.example/mailtrap --stream bulk --event bounce",
            fields=(
                Field("url", URL.help, kind=Kind.URL, required=True, sample=URL.sample),
                Field("webhook_type", "What it reports.", option="--type", choices=TYPES, default="email_sending"),
                Field("sending_stream", "Stream to report.", option="--stream", choices=("transactional", "bulk")),
                Field("domain_id", "Domain to report; all by default.", kind=int, option="--domain", ref=DOMAIN),
                *CHANGEABLE,
            ),
            wrap="webhook",
            rows="data",
            columns=(*WHOLE, Column("Signing secret", "signing_secret", keep=True)),
            essential="signing_secret",
            more=(
                "mailtrap webhooks create --url https://acme.example/bounces --stream transactional "
                "--event bounce --event spam_complaint",
            ),
        ),
    ),
)

app = commands(RESOURCE)
