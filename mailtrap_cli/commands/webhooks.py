"""`mailtrap webhooks` (email-sending.openapi.yml)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..cli.examples import join_examples
from ..cli.options import LIMIT, UNLIMITED, Limit
from ..cli.rest import Field, Id, Kind, Operation, Resource, commands, standard_verbs
from ..errors import InputError
from ..output import Column

if TYPE_CHECKING:
    from ..cli.context import World
    from ..local.store import Store

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
    Field(
        "payload_format", "A JSON document, or one line per event.", option="--format", choices=("json", "jsonlines")
    ),
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
                Field("domain_id", "Domain to report (default: all).", kind=int, option="--domain", ref=DOMAIN),
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

# Only the local sandbox knows --allow-remote; the API ignores unknown fields.
ALLOW_REMOTE = Field("allow_remote", "Local sandbox: allow a URL on another machine.", kind=bool)
app = commands(
    replace(
        RESOURCE,
        operations=tuple(
            replace(one, fields=(*one.fields, ALLOW_REMOTE)) if one.verb in ("create", "update") else one
            for one in RESOURCE.operations
        ),
    )
)


# ------------------------------------------------------------------------------------------------ deliveries


def _list_events(row: Any) -> list[str]:
    return [f"{count} × {name}" if count > 1 else name for name, count in row["events"].items()]


DELIVERIES = (
    Column("ID", "id", right=True),
    Column("Time", "created_at", time=True),
    Column("Webhook", "webhook_id", right=True),
    Column("Events", _list_events, main=True),
    Column("Attempt", "attempt", right=True),
    Column("Status", "status", right=True, keep=True, style=lambda text: "green" if text == "200" else "red"),
    Column("ms", "milliseconds", right=True),
    Column("Answer", "answer"),
)


@app.command(
    "deliveries",
    epilog=join_examples(
        "mailtrap webhooks deliveries -p local",
        "mailtrap webhooks deliveries -p local --redeliver 7",
    ),
)
def show_deliveries(
    ctx: typer.Context,
    webhook: Annotated[int | None, typer.Option("--webhook", min=1, help="Only this webhook (ID).")] = None,
    redeliver: Annotated[
        int | None, typer.Option("--redeliver", min=1, metavar="ID", help="Send this delivery again, now.")
    ] = None,
    limit: Limit = LIMIT,
) -> None:
    """List what `mailtrap local serve` sent to webhooks and the answers, newest first; needs -p local.

    With --redeliver, send one delivery again; an answer other than 200 is exit code 7.

    JSON: an array of attempts (with --redeliver the attempt): id (of the delivery), created_at, webhook_id, url,
    events, attempt, status, milliseconds, answer, state.
    """
    from ..local.store import Store
    from ..local.webhooks import list_deliveries

    world: World = ctx.obj
    settings = world.settings()
    if not settings.local:
        raise InputError(
            "Mailtrap's API has no list of webhook deliveries; only the local sandbox has one",
            hint="See: mailtrap webhooks deliveries -p local",
        )
    store = Store(settings.state_dir)
    try:
        if redeliver is None:
            rows = list_deliveries(store, webhook=webhook, size=min(limit, UNLIMITED - 1))
            world.out.rows(iter(rows), DELIVERIES)
        else:
            _send_again(world, store, redeliver)
    finally:
        store.close()


def _send_again(world: World, store: Store, number: int) -> None:
    from ..errors import ApiError, TransportError
    from ..local.webhook_delivery import describe_reply, redeliver
    from ..local.webhooks import list_deliveries

    reply = redeliver(store, number)
    if reply is None:
        raise ApiError(
            f"No delivery {number}, or its webhook was deleted",
            status=404,
            hint="See: mailtrap webhooks deliveries -p local",
        )
    world.out.record(list_deliveries(store, delivery=number, size=1)[0], DELIVERIES)
    if not reply.accepted:
        raise TransportError(f"Delivery {number} failed again: {describe_reply(reply)}", outcome=None)
