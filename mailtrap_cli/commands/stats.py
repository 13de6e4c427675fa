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


def _count(word: str, key: str) -> Column:
    return Column(word, key, right=True)


def _rate(word: str, key: str) -> Column:
    return Column(word, key, right=True, percent=True)


def _columns(prefix: str = "") -> tuple[Column, ...]:
    return (
        _count("Delivered", f"{prefix}delivery_count"),
        _rate("Delivery rate", f"{prefix}delivery_rate"),
        _count("Bounces", f"{prefix}bounce_count"),
        _count("Opens", f"{prefix}open_count"),
        _count("Clicks", f"{prefix}click_count"),
        _count("Spam", f"{prefix}spam_count"),
    )


WHOLE = (
    *_columns(),
    _rate("Bounce rate", "bounce_rate"),
    _rate("Open rate", "open_rate"),
    _rate("Click rate", "click_rate"),
    _rate("Spam rate", "spam_rate"),
)


def _by(word: str, path: str, key: str, header: str) -> Operation:
    return Operation(
        *(f"by-{word}", "GET", f"{PATH}/{path}", f"Show what happened to emails, by {header.lower()}."),
        f"{COMMAND} by-{word} --start-date 7d",
        fields=FIELDS,
        columns=(Column(header, key, main=True), *_columns("stats.")),
        essential=key,
        listed=True,
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
        ),
        _by("domain", "domains", "domain_id", "Domain"),
        _by("category", "categories", "category", "Category"),
        _by("esp", "email_service_providers", "email_service_provider", "Email service provider"),
        _by("date", "date", "date", "Date"),
    ),
    rate=(10, 60.0),
)

app = commands(RESOURCE)
