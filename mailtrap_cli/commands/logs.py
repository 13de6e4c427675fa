"""`mailtrap logs` (email-sending.openapi.yml, Email Logs)."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ..cli.context import World
from ..cli.examples import join_examples
from ..cli.facts import with_facts
from ..cli.options import LIMIT, Limit
from ..cli.rest import Id, Operation, Paging, Resource, commands
from ..cli.value_types import Word
from ..cli.values import parse_choice
from ..errors import InputError
from ..output import Column

STATUS = Column(
    "Status",
    "status",
    keep=True,
    style=lambda text: {"delivered": "green", "not_delivered": "red"}.get(text, "yellow"),
)
COLUMNS = (
    Column("Sent at", "sent_at", time=True),
    STATUS,
    Column("To", "to"),
    Column("Subject", "subject", main=True),
    Column("Stream", "sending_stream"),
    Column("Opens", "opens_count", right=True),
    Column("Clicks", "clicks_count", right=True),
    Column("Message ID", "message_id", keep=True),
)


def _list_events(row: Any) -> list[str]:
    events = [one for one in row.get("events") or () if isinstance(one, dict)]
    return [f"{one.get('event_type')} {one.get('created_at')}" for one in events]


WHOLE = (
    *COLUMNS,
    Column("From", "from"),
    Column("Category", "category"),
    Column("Domain", "domain_id", right=True),
    Column("Template", "template_id", right=True),
    Column("Variables", "custom_variables"),
    Column("Events", _list_events),
    Column("Raw message", "raw_message_url"),
)

PATH = "/api/email_logs"
STATUSES = ("delivered", "not_delivered", "enqueued", "opted_out")
EVENTS = ("delivery", "open", "click", "bounce", "spam", "unsubscribe", "soft_bounce", "reject", "suspension")
STREAMS = ("transactional", "bulk")
DOMAIN = Id("domain", path="/api/domains", rows="data", key="domain_name")

RESOURCE = Resource(
    noun="email",
    columns=COLUMNS,
    ids={"sending_message_id": Id("message", kind=str)},
    operations=(
        Operation(
            "get",
            "GET",
            f"{PATH}/{{sending_message_id}}",
            "Show an email that was sent, with its events.",
            "mailtrap logs get 64d71bf3-1276-417b-86e1-8e66f138acfe",
            columns=WHOLE,
        ),
    ),
    rate=(60, 60.0),
    essential="message_id",
)
LIST = Operation(
    *("list", "GET", PATH, "List the emails that were sent.", "mailtrap logs list"),
    rows="messages",
    paging=Paging("search_after", cursor="next_page_cursor"),
)

app = commands(RESOURCE)

One = str | None
Many = list[str] | None


def _declare_option(flag: str, takes: str | Word, help_: str) -> Any:
    if isinstance(takes, Word):
        return typer.Option(flag, click_type=takes, help=help_)
    return typer.Option(flag, metavar=takes, help=help_)


@app.command(
    "list",
    epilog=join_examples(
        "mailtrap logs list --since 1d",
        "mailtrap logs list --to ada@example.com --status not_delivered",
        "mailtrap logs list --since 7d --limit all -o csv",
    ),
)
@with_facts(f"GET {PATH}")
def list_logs(
    ctx: typer.Context,
    to: Annotated[Many, _declare_option("--to", "ADDRESS", "Recipient; repeatable.")] = None,
    to_contains: Annotated[One, _declare_option("--to-contains", "TEXT", "Text in the recipient.")] = None,
    sender: Annotated[Many, _declare_option("--from", "ADDRESS", "Sender; repeatable.")] = None,
    from_contains: Annotated[One, _declare_option("--from-contains", "TEXT", "Text in the sender.")] = None,
    subject: Annotated[Many, _declare_option("--subject", "TEXT", "The whole subject; repeatable.")] = None,
    subject_contains: Annotated[One, _declare_option("--subject-contains", "TEXT", "Text in the subject.")] = None,
    status: Annotated[Many, _declare_option("--status", Word(*STATUSES), "Status; repeatable.")] = None,
    event: Annotated[
        Many, _declare_option("--event", "EVENT", f"Has this event: {', '.join(EVENTS)}; repeatable.")
    ] = None,
    without_event: Annotated[
        Many, _declare_option("--without-event", "EVENT", "Does not have this event; repeatable.")
    ] = None,
    since: Annotated[
        One, _declare_option("--since", "TIME", "Sent at this time or later, such as 7d or 2026-01-01.")
    ] = None,
    until: Annotated[One, _declare_option("--until", "TIME", "Sent at this time or earlier.")] = None,
    stream: Annotated[Many, _declare_option("--stream", Word(*STREAMS), "Stream; repeatable.")] = None,
    domain: Annotated[Many, _declare_option("--domain", "NAME|ID", "Sending domain; repeatable.")] = None,
    category: Annotated[Many, _declare_option("--category", "NAME", "Category; repeatable.")] = None,
    esp: Annotated[
        Many, _declare_option("--esp", "NAME", "Email service provider of the recipient; repeatable.")
    ] = None,
    client_ip: Annotated[Many, _declare_option("--client-ip", "IP", "Address that sent it; repeatable.")] = None,
    opened: Annotated[bool | None, typer.Option("--opened/--not-opened", help="Was opened.")] = None,
    clicked: Annotated[bool | None, typer.Option("--clicked/--not-clicked", help="Was clicked.")] = None,
    limit: Limit = LIMIT,
) -> None:
    """List the emails that were sent, newest first.

    JSON: an array of the API's log objects: message_id, status, to, subject, sent_at, … -q prints message_id.
    """
    from ..cli.names import resolve_id
    from ..cli.rest_run import print_list

    world: World = ctx.obj
    filters = _Filters()
    filters.between(since, until)
    for name, exact, contained in (
        ("to", to, to_contains),
        ("from", sender, from_contains),
        ("subject", subject, subject_contains),
    ):
        filters.text(name, exact, contained)
    filters.add("status", "equal", status)
    if event and without_event:
        raise InputError("--event and --without-event cannot be used together", hint="Use one of them.")
    filters.add("events", "include_event", _parse_choices(event, EVENTS, "--event"))
    filters.add("events", "not_include_event", _parse_choices(without_event, EVENTS, "--without-event"))
    filters.add("sending_stream", "equal", stream)
    filters.add("category", "equal", category)
    filters.add("email_service_provider", "equal", esp)
    filters.add("client_ip", "equal", client_ip)
    for name, wanted in (("opens_count", opened), ("clicks_count", clicked)):
        if wanted is not None:
            filters.add(name, "greater_than" if wanted else "equal", ["0"])
    with world.api(world.settings()) as api:
        filters.add("domain_id", "equal", [resolve_id(api, DOMAIN, one) for one in domain or ()])
        print_list(world, api, RESOURCE, LIST, filters.params, limit)


class _Filters:
    """Builds the query of the list: `filters[to][operator]`, `filters[to][value][]` (EmailLogsListFilters)."""

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}

    def add(self, name: str, operator: str, values: list[Any] | None) -> None:
        """Keep entries with one of these values; without values, all."""
        if values:
            self.params[f"filters[{name}][operator]"] = operator
            one = len(values) == 1
            self.params[f"filters[{name}][value]" + ("" if one else "[]")] = values[0] if one else list(values)

    def text(self, name: str, exact: list[str] | None, contained: str | None) -> None:
        """Keep entries equal to one of these texts, or containing one."""
        if exact and contained is not None:
            raise InputError(f"--{name} and --{name}-contains cannot be used together", hint="Use one of them.")
        self.add(name, "ci_equal", exact)
        self.add(name, "ci_contain", None if contained is None else [contained])

    def between(self, since: str | None, until: str | None) -> None:
        """Keep entries sent in this time range."""
        from ..units import parse_moment

        first = None if since is None else parse_moment(since, "--since")
        last = None if until is None else parse_moment(until, "--until")
        if first is not None and last is not None and first > last:
            raise InputError("--since is later than --until", hint="Swap them.")
        for name, moment in (("sent_after", first), ("sent_before", last)):
            if moment is not None:
                self.params[f"filters[{name}]"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _parse_choices(given: list[str] | None, choices: tuple[str, ...], flag: str) -> list[str] | None:
    return None if given is None else [parse_choice(one, choices, flag) for one in given]
