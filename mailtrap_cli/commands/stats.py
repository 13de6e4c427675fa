"""`mailtrap stats` (email-sending.openapi.yml)."""

from __future__ import annotations

from ..cli.rest import Field, Id, Kind, Operation, Resource, commands
from ..output import Column

PATH = "/api/stats"
COMMAND = "mailtrap stats"
PROVIDERS = (
    *("Google", "Yahoo", "Outlook", "Hey", "Google Workspace", "Zoho Email", "ProtonMail", "Yandex", "iCloud"),
    *("Office 365", "Amazon SES (Simple Email Service)", "Proofpoint Email Protection", "Mimecast Email Protection"),
    *("GMX.net", "Rackspace", "OVH hosted", "Linode hosted", "GoDaddy", "Symantec Email Protection"),
    *("Barracuda Email Protection", "Cisco Email Protection", "FastMail", "Naver", "Seznam", "Comcast", "Spectrum"),
)
DOMAIN = Id("domain", path="/api/domains", rows="data", key="domain_name")
FIELDS = (
    Field("start_date", "First day.", kind=Kind.DATE, default="29d"),
    Field("end_date", "Last day.", kind=Kind.DATE, default="today"),
    Field("domain_ids[]", "Domain; repeatable.", kind=int, many=True, option="--domain", ref=DOMAIN),
    Field("sending_streams[]", "Stream; repeatable.", many=True, option="--stream", choices=("transactional", "bulk")),
    Field("categories[]", "Category; repeatable.", many=True, option="--category"),
    Field(
        *("email_service_providers[]", "Provider of the recipients; repeatable."),
        many=True,
        option="--esp",
        choices=PROVIDERS,
    ),
)


def _count_column(word: str, key: str) -> Column:
    return Column(word, key, right=True)


def _rate_column(word: str, key: str) -> Column:
    return Column(word, key, right=True, percent=True)


def _count_columns(prefix: str = "") -> tuple[Column, ...]:
    return (
        _count_column("Delivered", f"{prefix}delivery_count"),
        _rate_column("Delivery rate", f"{prefix}delivery_rate"),
        _count_column("Bounces", f"{prefix}bounce_count"),
        _count_column("Opens", f"{prefix}open_count"),
        _count_column("Clicks", f"{prefix}click_count"),
        _count_column("Spam", f"{prefix}spam_count"),
    )


WHOLE = (
    *_count_columns(),
    _rate_column("Bounce rate", "bounce_rate"),
    _rate_column("Open rate", "open_rate"),
    _rate_column("Click rate", "click_rate"),
    _rate_column("Spam rate", "spam_rate"),
)


def _operation_by(word: str, path: str, key: str, header: str) -> Operation:
    return Operation(
        *(f"by-{word}", "GET", f"{PATH}/{path}", f"Show what happened to emails, by {header.lower()}."),
        f"{COMMAND} by-{word} --start-date 7d",
        fields=FIELDS,
        columns=(Column(header, key, main=True), *_count_columns("stats.")),
        essential=key,
        listed=True,
        more=(f"{COMMAND} by-{word} --stream bulk -o csv",),
    )


RESOURCE = Resource(
    noun="statistics",
    columns=WHOLE,
    ids={},
    operations=(
        Operation(
            "get",
            "GET",
            PATH,
            "Show what happened to emails. -q prints the number of deliveries.",
            "mailtrap stats get --start-date 7d --stream transactional",
            fields=FIELDS,
            essential="delivery_count",
            more=(f"{COMMAND} get --start-date yesterday --end-date yesterday -o json",),
        ),
        _operation_by("domain", "domains", "domain_id", "Domain"),
        _operation_by("category", "categories", "category", "Category"),
        _operation_by("esp", "email_service_providers", "email_service_provider", "Email service provider"),
        _operation_by("date", "date", "date", "Date"),
    ),
    rate=(10, 60.0),
)

app = commands(RESOURCE)
