"""`mailtrap domains`, except `check` (email-sending.openapi.yml)."""

from __future__ import annotations

from ...cli.rest import Field, Group, Id, Kind, Operation, Resource, commands, standard_verbs
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
DOMAIN = Id("domain", path=PATH, rows=ROWS, key="domain_name", help="Name or ID of the domain.")


def _company_fields(*, required: bool) -> tuple[Field, ...]:
    """Build the fields: creation requires all but three (CompanyInfoRequest), a change none
    (CompanyInfoUpdateRequest).
    """
    return (
        Field("name", "Name of the company or person.", required=required, sample="Acme"),
        Field("address", "Street and number.", required=required, sample="1 Main Street"),
        Field("city", "City.", required=required, sample="Springfield"),
        Field("country", "Country, such as US.", required=required, sample="US"),
        Field("zip_code", "ZIP or postal code.", required=required, sample="12345"),
        Field("website_url", "URL of the website, or of a person's profile page.", kind=Kind.URL, required=required),
        Field("phone", "Phone number."),
        Field("privacy_policy_url", "URL of the privacy policy.", kind=Kind.URL),
        Field("terms_of_service_url", "URL of the terms of service.", kind=Kind.URL),
        Field("info_level", "A business or an individual.", choices=("business", "individual")),
    )


RESOURCE = Resource(
    noun="domain",
    columns=COLUMNS,
    ids={"domain_id": DOMAIN},
    operations=(
        *standard_verbs(
            *("domain", PATH, "domain_id"),
            sample="acme.example",
            list_rows=ROWS,
            web={"list": "/domains"},
            create=(Field("domain_name", "Domain name.", kind=Kind.DOMAIN, required=True, sample="acme.example"),),
            update=(
                Field("open_tracking_enabled", "Track when emails are opened.", kind=bool),
                Field("click_tracking_enabled", "Track clicks on links.", kind=bool),
                Field("tracking_opt_out_enabled", "Add a link to opt out of tracking.", kind=bool),
                Field("auto_unsubscribe_link_enabled", "Add an unsubscribe link to every email.", kind=bool),
                Field("inbound_enabled", "Receive email at this domain.", kind=bool),
            ),
            wrap="domain",
            whole=WHOLE,
            ask="Delete domain {domain_id}? Nothing can be sent from it afterwards.",
        ),
        Operation(
            "send-setup-instructions",
            "POST",
            f"{ONE}/send_setup_instructions",
            "Email somebody the DNS records to set.",
            "mailtrap domains send-setup-instructions acme.example --email dns@acme.example",
            fields=(Field("email", "Recipient of the instructions.", kind=Kind.EMAIL, required=True),),
            done="Sent the setup instructions for {domain_id}.",
        ),
        Operation(
            "company-info get",
            "GET",
            COMPANY_INFO,
            "Show who sends from a domain.",
            "mailtrap domains company-info get acme.example",
            rows=ROWS,
        ),
        Operation(
            "company-info create",
            "POST",
            COMPANY_INFO,
            "Say who sends from a domain, as its review requires.",
            "mailtrap domains company-info create acme.example --name Acme --address '1 Main Street' "
            "--city Springfield --country US --zip-code 12345 --website-url https://acme.example",
            fields=_company_fields(required=True),
            wrap="company_info",
            rows=ROWS,
        ),
        Operation(
            "company-info update",
            "PATCH",
            COMPANY_INFO,
            "Update who sends from a domain.",
            "mailtrap domains company-info update acme.example --city 'New York'",
            fields=_company_fields(required=False),
            wrap="company_info",
            rows=ROWS,
        ),
    ),
    groups={"company-info": Group("Who sends from a domain, as its review requires.", COMPANY, essential="name")},
)

app = commands(RESOURCE)
