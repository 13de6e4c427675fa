"""What the API says about a domain: whether it can send, and what its compliance status requires."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import MailtrapError, TransportError

if TYPE_CHECKING:
    from ..api.client import Client

PATH = "/api/domains"
ROWS = "data"  # the key of the list in the answer

# What to do about each status except `compliant` (email-sending.openapi.yml, Domain.compliance_status).
ADVICE: Mapping[str, str] = {
    "demo": "This is a demo domain. It can send only to the owner of the account.",
    "demo_exhausted": "The demo domain has no sends left. Add your own: mailtrap domains create --domain-name NAME",
    "unverified_dns": "Set the DNS records first. The review starts by itself.",
    "missing_company_info": "Add your company's details: mailtrap domains company-info create {domain} --help",
    "under_review": "The review takes a few minutes. You don't need to do anything.",
    "awaiting_questionnaire": "Open the domain at https://mailtrap.io/domains and fill in its questionnaire.",
    "awaiting_card_verification": "Open the domain at https://mailtrap.io/domains and add a card. The charge is "
    "refunded and the card is not stored.",
    "non_compliant": "The domain did not pass the review. Ask support@mailtrap.io for the reason.",
    "suspended": "The domain is suspended. Ask support@mailtrap.io for the reason.",
}


def can_send(domain: Mapping[str, Any]) -> bool:
    """Whether the API's domain object may send. A demo domain may, to the account's owner only."""
    return domain.get("dns_verified") is True and domain.get("compliance_status") in ("compliant", "demo")


def find_advice(name: str, status: str | None) -> str:
    """Return what to do about a compliance status, or "" for `compliant`."""
    if status == "compliant":
        return ""
    return ADVICE.get(status or "", "See the domain at https://mailtrap.io/domains.").format(domain=name)


def list_domains(api: Client, *, retry: bool = True) -> list[dict[str, Any]]:
    """List every domain that the token can see, with its records. One request.

    Raises ApiError, and TransportError also for an answer that is not a list of domains.
    """
    try:
        found = api.get(PATH, retry=retry).json()[ROWS]
        if all(isinstance(domain["domain_name"], str) for domain in found):
            return list(found)
    except (LookupError, TypeError):
        pass
    raise TransportError(
        "The answer is not the API's list of domains",
        outcome=None,
        hint="Is the host the Mailtrap API's? See: mailtrap config show --origins",
    )


def sender_hint(api: Client, email: str) -> str | None:
    """Explain why a live send from this address may have been refused with 401 or 403; None if unknown.

    Sends one request, once, and never raises.
    """
    from .names import plain_name  # which lists of domains need not import

    name = plain_name(email.rpartition("@")[2])
    try:
        domains = {plain_name(domain["domain_name"]): domain for domain in list_domains(api, retry=False)}
    except MailtrapError:
        return None
    if name not in domains:
        from difflib import get_close_matches

        near = get_close_matches(name, domains, n=3) or list(domains)[:3]
        known = f"it knows {', '.join(near)}" if near else "it knows none"
        return (
            f"The sender's domain {name} is not one of this token's ({known}). To add it: mailtrap domains create "
            f"--domain-name {name}"
        )
    if not can_send(domains[name]):
        return f"The sender's domain {name} is not ready to send. To see what it lacks: mailtrap domains check {name}"
    if domains[name]["compliance_status"] == "demo":
        return f"{name} is a demo domain: it can send only to the owner of the account."
    return (
        f"The sender's domain {name} is verified for this token, so the domain is not the reason. The token may "
        "belong to another stream, or may not be allowed to send."
    )
