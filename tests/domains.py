"""Domains as the API describes them, and the DNS zones that go with them."""

from __future__ import annotations

from typing import Any

from tests.loopback import Reply

DMARC = "v=DMARC1; p=none; rua=mailto:dmarc@smtp.mailtrap.live; ruf=mailto:dmarc@smtp.mailtrap.live; rf=afrf; pct=100"
SPF = "v=spf1 include:_spf.smtp.mailtrap.live ~all"

RECORDS = (
    ("verification", "CNAME", "ve6wza2rbpe60x7z", "smtp.mailtrap.live"),
    ("spf", "TXT", "", SPF),
    ("dkim1", "CNAME", "rwmt1._domainkey", "rwmt1.dkim.smtp.mailtrap.live"),
    ("dkim2", "CNAME", "rwmt2._domainkey", "rwmt2.dkim.smtp.mailtrap.live"),
    ("dmarc", "TXT", "_dmarc", DMARC),
    ("link_verification", "CNAME", "mt-link", "t.mailtrap.live"),
)

MAILTRAP = """
smtp.mailtrap.live. 60 IN SOA ns.mailtrap.live. hostmaster.mailtrap.live. 1 60 60 60 60
_spf.smtp.mailtrap.live. 60 IN TXT "v=spf1 ip4:192.0.2.0/24 ~all"
"""


def domain(
    name: str = "acme.example",
    number: int = 435,
    *,
    verified: bool = True,
    status: str = "compliant",
    seen: str = "pass",
) -> dict[str, Any]:
    """Build the API's object (email-sending.openapi.yml, Domain); `seen` is Mailtrap's status of every record."""
    records = [
        {
            "key": key,
            "domain": f"{label}.{name}".lstrip("."),
            "type": kind,
            "value": value,
            "status": seen,
            "name": label,
        }
        for key, kind, label, value in RECORDS
    ]
    return {
        "id": number,
        "domain_name": name,
        "demo": status.startswith("demo"),
        "compliance_status": status,
        "dns_verified": verified,
        "dns_verified_at": "2024-12-26T09:40:44.161Z" if verified else None,
        "dns_records": records,
        "open_tracking_enabled": True,
        "click_tracking_enabled": False,
        "auto_unsubscribe_link_enabled": False,
        "custom_domain_tracking_enabled": True,
        "health_alerts_enabled": True,
        "critical_alerts_enabled": True,
        "alert_recipient_email": None,
        "permissions": {"can_read": True, "can_update": True, "can_destroy": True},
    }


def unverified(name: str = "acme.example", number: int = 435) -> dict[str, Any]:
    """Build a new domain, whose DNS Mailtrap has not seen yet."""
    return domain(name, number, verified=False, status="unverified_dns", seen="missing")


def domains(*items: dict[str, Any]) -> Reply:
    """Build the API's list of these."""
    return Reply(200, {"data": list(items)})


def zone(name: str = "acme.example", **other: str) -> str:
    """Build a zone with every record as expected, except those in `other` by key ("" for none at all)."""
    values = {key: value for key, _, _, value in RECORDS} | other
    lines = [f"{name}. 60 IN SOA ns.{name}. hostmaster.{name}. 1 60 60 60 60"]
    for key, kind, label, _ in RECORDS:
        owner = f"{label}.{name}".lstrip(".")
        if values[key]:
            lines.append(f"{owner}. 60 IN {kind} " + (f'"{values[key]}"' if kind == "TXT" else f"{values[key]}."))
    return "\n".join(lines) + "\n"
