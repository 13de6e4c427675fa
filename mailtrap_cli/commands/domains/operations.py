"""`mailtrap domains`, but for `check` (email-sending.openapi.yml)."""

from __future__ import annotations

from ...cli.rest import Field, Id, Operation, Resource
from ...cli.rest import app as commands
from ...dns.compliance import PATH, ROWS, can_send
from ...output import Column, Row

COLUMNS = (
    Column("ID", "id", right=True),
    Column("Domain", "domain_name", main=True),
    Column("Can send", can_send, style=lambda text: "green" if text == "yes" else "red", keep=True),
    Column("DNS verified", "dns_verified", keep=True),
    Column("Compliance", "compliance_status", keep=True),
)


def _tracking(row: Row) -> str:
    kinds = {"open_tracking_enabled": "opens", "click_tracking_enabled": "clicks"}
    return ", ".join(word for key, word in kinds.items() if row.get(key)) or "off"


WHOLE = (
    *COLUMNS,
    Column("Verified at", "dns_verified_at", time=True),
    Column("Tracking", _tracking),
    Column("Own tracking domain", "custom_domain_tracking_enabled"),
    Column("Unsubscribe link", "auto_unsubscribe_link_enabled"),
    Column("Health alerts", "health_alerts_enabled"),
    Column("Critical alerts", "critical_alerts_enabled"),
    Column("Alerts go to", "alert_recipient_email"),
)
COMPANY = (
    Column("Name", "name"),
    Column("Kind", "info_level"),
    Column("Address", "address"),
    Column("City", "city"),
    Column("ZIP code", "zip_code"),
    Column("Country", "country"),
    Column("Phone", "phone"),
    Column("Website", "website_url"),
    Column("Privacy policy", "privacy_policy_url"),
    Column("Terms of service", "terms_of_service_url"),
)

ONE = f"{PATH}/{{domain_id}}"
COMPANY_INFO = f"{ONE}/company_info"


def _company_fields(*, required: bool) -> tuple[Field, ...]:
    """All but three are needed at first (CompanyInfoRequest), none for a change (CompanyInfoUpdateRequest)."""
    return (
        Field("name", "The company's or the person's name.", required=required),
        Field("address", "Street and number.", required=required),
        Field("city", "City.", required=required),
        Field("country", "Country, such as US.", required=required),
        Field("zip_code", "ZIP or postal code.", required=required),
        Field("website_url", "URL of the website; for a person, a profile page does.", required=required),
        Field("phone", "Phone number."),
        Field("privacy_policy_url", "URL of the privacy policy."),
        Field("terms_of_service_url", "URL of the terms of service."),
        Field("info_level", "A business, or one person.", choices=("business", "individual")),
    )


RESOURCE = Resource(
    columns=COLUMNS,
    ids={"domain_id": Id("The domain's name or id.", path=PATH, rows=ROWS, key="domain_name")},
    operations=(
        Operation("list", "GET", PATH, "List the domains, and which can send.", "mailtrap domains list", rows=ROWS),
        Operation("get", "GET", ONE, "Show a domain.", "mailtrap domains get acme.example -o json", columns=WHOLE),
        Operation(
            "create",
            "POST",
            PATH,
            "Add a domain; domains check then says what its DNS needs.",
            "mailtrap domains create --domain-name acme.example",
            fields=(Field("domain_name", "Its name.", required=True),),
            wrap="domain",
        ),
        Operation(
            "update",
            "PATCH",
            ONE,
            "Turn tracking, or the unsubscribe link, on or off.",
            "mailtrap domains update acme.example --no-click-tracking-enabled",
            fields=(
                Field("open_tracking_enabled", "Track when emails are opened.", kind=bool),
                Field("click_tracking_enabled", "Track clicks on links.", kind=bool),
                Field("auto_unsubscribe_link_enabled", "Add an unsubscribe link to every email.", kind=bool),
            ),
            wrap="domain",
            columns=WHOLE,
        ),
        Operation(
            "delete",
            "DELETE",
            ONE,
            "Delete a domain; nothing can be sent from it any more.",
            "mailtrap domains delete acme.example --yes",
            ask="Delete the domain {domain_id}, so that nothing can be sent from it any more?",
            done="The domain {domain_id} is deleted.",
        ),
        Operation(
            "send-setup-instructions",
            "POST",
            f"{ONE}/send_setup_instructions",
            "Email somebody the DNS records to set.",
            "mailtrap domains send-setup-instructions acme.example --email dns@acme.example",
            fields=(Field("email", "Who gets the instructions.", required=True),),
            done="The instructions for {domain_id} are on their way.",
        ),
        Operation(
            "company-info get",
            "GET",
            COMPANY_INFO,
            "Show who sends from a domain.",
            "mailtrap domains company-info get acme.example",
            rows=ROWS,
            columns=COMPANY,
        ),
        Operation(
            "company-info create",
            "POST",
            COMPANY_INFO,
            "Say who sends from a domain, which its review needs.",
            "mailtrap domains company-info create acme.example --name Acme --address '1 Main Street' "
            "--city Springfield --country US --zip-code 12345 --website-url https://acme.example",
            fields=_company_fields(required=True),
            wrap="company_info",
            rows=ROWS,
            columns=COMPANY,
        ),
        Operation(
            "company-info update",
            "PATCH",
            COMPANY_INFO,
            "Change who sends from a domain.",
            "mailtrap domains company-info update acme.example --city 'New York'",
            fields=_company_fields(required=False),
            wrap="company_info",
            rows=ROWS,
            columns=COMPANY,
        ),
    ),
    groups=(("company-info", "Who sends from a domain, which its review needs."),),
)

app = commands(RESOURCE)
