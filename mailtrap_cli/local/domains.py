"""Sending domains: created verified, with the DNS records that the API lists (email-sending.openapi.yml)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from ..api.responses import Answer
from .calls import ID, NOT_FOUND, Call, Routes
from .documents import timestamp
from .fields import BLANK, INVALID, Field, check_fields, is_email
from .replies import NOTHING, answer
from .resource_store import Row
from .resources import Resource, body_of, find_resource, join_routes, routes_of

_SETTINGS = {
    "open_tracking_enabled": True,
    "click_tracking_enabled": True,
    "tracking_opt_out_enabled": False,
    "auto_unsubscribe_link_enabled": False,
    "inbound_enabled": False,
}
NEW_DOMAIN: dict[str, Any] = {**_SETTINGS}
_DMARC = "v=DMARC1; p=none; rua=mailto:dmarc@smtp.mailtrap.live; ruf=mailto:dmarc@smtp.mailtrap.live; rf=afrf; pct=100"


def _records(name: str) -> list[dict[str, str]]:
    mark = sha256(name.encode()).hexdigest()[:16]
    records = (
        ("verification", mark, "CNAME", "smtp.mailtrap.live"),
        ("spf", "", "TXT", "v=spf1 include:_spf.smtp.mailtrap.live ~all"),
        ("dkim1", "rwmt1._domainkey", "CNAME", "rwmt1.dkim.smtp.mailtrap.live"),
        ("dkim2", "rwmt2._domainkey", "CNAME", "rwmt2.dkim.smtp.mailtrap.live"),
        ("dmarc", "_dmarc", "TXT", _DMARC),
        ("link_verification", "mt-link", "CNAME", "t.mailtrap.live"),
    )
    return [
        {
            "key": key,
            "domain": f"{label}.{name}" if label else name,
            "type": kind,
            "value": value,
            "status": "pass",
            "name": label,
        }
        for key, label, kind, value in records
    ]


def _shape(call: Call, row: Row) -> dict[str, Any]:
    name = row.document["domain_name"]
    return {
        "id": row.id,
        "domain_name": name,
        "demo": False,
        "compliance_status": "compliant",
        "dns_verified": True,
        "dns_verified_at": timestamp(row.created_at),
        "dns_records": _records(name),
        **{setting: row.document[setting] for setting in _SETTINGS},
        "custom_domain_tracking_enabled": True,
        "health_alerts_enabled": False,
        "critical_alerts_enabled": False,
        "alert_recipient_email": None,
        "inbound_verified": row.document["inbound_enabled"],
        "permissions": {"can_read": True, "can_update": True, "can_destroy": True},
    }


def _check(call: Call, row: Row | None, values: dict[str, Any], errors: dict[str, list[str]]) -> None:
    if row is None and "domain_name" in values:
        values["domain_name"] = values["domain_name"].lower()


DOMAIN = Resource(
    "domain",
    "/api/domains",
    (
        Field("domain_name", "hostname", required=True, fixed=True, unique=True),
        *(Field(name, "boolean", default=value) for name, value in _SETTINGS.items()),
    ),
    _shape,
    wrapper="domain",
    list_envelope=True,
    key="domain_name",
    created=200,
    check=_check,
)

_COMPANY = (
    *(Field(name, required=True) for name in ("name", "address", "city", "country", "zip_code")),
    Field("phone"),
    Field("privacy_policy_url", "url"),
    Field("terms_of_service_url", "url"),
    Field("website_url", "url", required=True),
    Field("info_level", choices=("business", "individual"), default="business"),
)


def _show_company(call: Call) -> Answer:
    row = _domain_of(call)
    if row is None or "company_info" not in row.document:
        return NOT_FOUND
    return answer(200, {"data": row.document["company_info"]})


def _set_company(call: Call, *, creating: bool) -> Answer:
    row = _domain_of(call)
    if row is None or not (creating or "company_info" in row.document):
        return NOT_FOUND
    values, errors = check_fields(_COMPANY, body_of(call, "company_info"), creating=creating)
    if errors:
        return answer(422, {"errors": errors})
    company = {**(row.document.get("company_info") or {}), **values}
    call.store.resources.update(row, {**row.document, "company_info": company})
    return answer(200, {"data": company})


def _send_instructions(call: Call) -> Answer:
    email = body_of(call).get("email")
    if _domain_of(call) is None:
        return NOT_FOUND
    if not email:
        return answer(422, {"errors": {"email": [BLANK]}})
    return NOTHING if is_email(email) else answer(422, {"errors": {"email": [INVALID]}})


def _domain_of(call: Call) -> Row | None:
    return find_resource(DOMAIN, call)


ROUTES: Routes = join_routes(
    routes_of(DOMAIN),
    {
        f"/api/domains/{ID}/company_info": {
            "GET": _show_company,
            "POST": lambda call: _set_company(call, creating=True),
            "PATCH": lambda call: _set_company(call, creating=False),
        },
        f"/api/domains/{ID}/send_setup_instructions": {"POST": _send_instructions},
    },
)
