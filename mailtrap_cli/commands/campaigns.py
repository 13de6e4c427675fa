"""`mailtrap campaigns` (email-campaigns.openapi.yml)."""

from __future__ import annotations

from ..cli.rest import Field, Id, Kind, Operation, Paging, Resource, commands, standard_verbs
from ..output import Column, Row


def _sender(row: Row) -> str:
    address = f"{row.get('from_local_part')}@{row.get('domain_name')}"
    return f"{row['from_display_name']} <{address}>" if row.get("from_display_name") else address


STATE = Column(
    "State",
    "current_state",
    keep=True,
    style=lambda text: {"finished": "green", "failed": "red", "failed_immediately": "red"}.get(text, "yellow"),
)
COLUMNS = (
    Column("ID", "id", right=True),
    Column("Name", "name", main=True),
    STATE,
    Column("Recipients", "recipient_total_count", right=True),
    Column("Updated at", "updated_at", time=True),
)
WHOLE = (
    *COLUMNS,
    Column("From", _sender),
    Column("Subject", "template.subject"),
    Column("Merge tags", "template.merge_tags"),
    Column("Contact lists", "contact_list_ids"),
    Column("Segments", "contact_segment_ids"),
    Column("Delivery", "delivery_mode"),
    Column("Emails per hour", "delivery_options.emails_per_hour", right=True),
    Column("Scheduled at", "current_state_metadata.scheduled_at", time=True),
    Column("Started at", "last_started_at", time=True),
)
STATS = tuple(
    Column(name.replace("_", " ").capitalize(), name, right=True, percent=name.endswith("rate"))
    for name in (
        *("sent_count", "delivery_count", "delivery_rate", "bounce_count", "bounce_rate", "open_count", "open_rate"),
        *("click_count", "click_rate", "spam_count", "spam_rate", "unsubscription_count", "unsubscription_rate"),
    )
)

PATH = "/api/email_campaigns"
COMMAND = "mailtrap campaigns"
ONE = f"{PATH}/{{email_campaign_id}}"
PAGES = Paging("token", cursor="pagination.next_token", size=100, size_param="per_page")
DOMAIN = Id("domain", path="/api/domains", rows="data", key="domain_name")
CONTACT_LIST = Id("contact list", path="/api/contacts/lists", search="search")


def _fields(*, required: bool) -> tuple[Field, ...]:
    design = "template_attributes"
    file = "from a file; - is stdin."
    return (
        Field("name", "Name.", required=required, sample="Spring"),
        Field(
            *("domain_id", "Domain to send from."),
            kind=int,
            required=required,
            option="--domain",
            ref=DOMAIN,
            sample="acme.example",
        ),
        Field("from_local_part", "Sender, the part before the @.", required=required, option="--from", sample="news"),
        Field("from_display_name", "Name of the sender.", option="--from-name"),
        Field(*(f"{design}.subject", "Subject."), required=required, longest=255, option="--subject", sample="Hello"),
        Field(f"{design}.body_html", "HTML body.", option="--html"),
        Field(f"{design}.body_html", f"HTML body {file}", kind=Kind.FILE, option="--html-file"),
        Field(f"{design}.body_text", "Text body.", option="--text"),
        Field(f"{design}.body_text", f"Text body {file}", kind=Kind.FILE, option="--text-file"),
        Field(f"{design}.merge_tags", "Merge tag that the bodies use; repeatable.", many=True, option="--merge-tag"),
        Field("reply_to.display_name", "Reply-To name.", option="--reply-to-name"),
        Field("reply_to.local_part", "Reply-To address, the part before the @.", option="--reply-to-local-part"),
        Field("reply_to.domain", "Reply-To domain.", option="--reply-to-domain"),
        Field(
            *("contact_list_ids", "Contact list to send to; repeatable."),
            kind=int,
            many=True,
            option="--list",
            ref=CONTACT_LIST,
        ),
        Field("contact_segment_ids", "Segment to send to; repeatable.", kind=int, many=True, option="--segment-id"),
        Field("delivery_mode", "Send all at once, or gradually.", choices=("rapid", "gradual")),
        Field(
            *("delivery_options.emails_per_hour", "Emails per hour, for gradual delivery."),
            kind=int,
            option="--emails-per-hour",
        ),
    )


def _action(verb: str, help_: str, ask: str = "", **more: object) -> Operation:
    path, example = f"{ONE}/{verb}", f"{COMMAND} {verb} Spring"
    return Operation(verb, "POST", path, help_, example, rows="data", ask=ask, columns=WHOLE, **more)  # type: ignore[arg-type]


RESOURCE = Resource(
    noun="campaign",
    columns=COLUMNS,
    ids={
        "email_campaign_id": Id("campaign", path=PATH, rows="data", search="search", paging=PAGES),
    },
    operations=(
        *standard_verbs(
            *("campaign", PATH, "email_campaign_id"),
            sample="Spring",
            filters=(Field("search", "Text in the name."),),
            paging=PAGES,
            create=_fields(required=True),
            update=_fields(required=False),
            rows="data",
            whole=WHOLE,
        ),
        _action(
            *("start", "Start sending a draft."),
            "Start campaign {email_campaign_id}? It goes to all its contacts.",
            sends=True,
        ),
        Operation(
            "schedule",
            "POST",
            f"{ONE}/schedule",
            "Schedule a draft, at most a month ahead.",
            "mailtrap campaigns schedule Spring --at 2026-12-24T09:00",
            fields=(Field("datetime", "When to start.", kind=Kind.FUTURE, required=True, option="--at", sample="7d"),),
            rows="data",
            ask="Schedule campaign {email_campaign_id}? It will go to all its contacts.",
            columns=WHOLE,
            sends=True,
        ),
        _action("cancel", "Cancel the schedule of a campaign; it becomes a draft again."),
        _action(
            *("terminate", "Stop a campaign that is being sent, for good."),
            "Terminate campaign {email_campaign_id}? It cannot be resumed.",
        ),
        _action("reset", "Reset a scheduled campaign to a draft.", "Reset campaign {email_campaign_id} to a draft?"),
        Operation(
            "stats",
            "GET",
            f"{ONE}/stats",
            "Show what happened to the emails of a campaign.",
            "mailtrap campaigns stats Spring",
            fields=(
                Field("start_date", "First day (default: the last start).", kind=Kind.DATE),
                Field("end_date", "Last day (default: today).", kind=Kind.DATE),
            ),
            rows="data",
            columns=STATS,
            essential="sent_count",
        ),
    ),
)

app = commands(RESOURCE)
