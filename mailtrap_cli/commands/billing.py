"""`mailtrap billing` (account-management.openapi.yml)."""

from __future__ import annotations

from ..cli.rest import Operation, Resource, commands
from ..output import Column


def _used(product: str, counter: str, header: str) -> tuple[Column, ...]:
    base = f"{product}.usage.{counter}"
    return Column(header, f"{base}.current", right=True), Column(f"{header} limit", f"{base}.limit", right=True)


RESOURCE = Resource(
    noun="usage",
    columns=(
        Column("Cycle start", "billing.cycle_start", time=True),
        Column("Cycle end", "billing.cycle_end", time=True),
        Column("Sending plan", "sending.plan.name"),
        *_used("sending", "sent_messages_count", "Sent"),
        Column("Sandbox plan", "testing.plan.name"),
        *_used("testing", "sent_messages_count", "Captured"),
        *_used("testing", "forwarded_messages_count", "Forwarded"),
        Column("Marketing plan", "marketing.plan.name"),
        *_used("marketing", "sent_messages_count", "Campaign emails"),
    ),
    operations=(
        Operation(
            "usage",
            "GET",
            "/api/billing/usage",
            "Show the usage of this billing cycle. -q prints the emails sent.",
            "mailtrap billing usage",
            essential="sending.usage.sent_messages_count.current",
        ),
    ),
    essential="",
)

app = commands(RESOURCE)
