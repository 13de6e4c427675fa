"""`mailtrap messages spam` and `html-check`: reports on one message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

from ...cli.examples import join_examples
from ...cli.facts import with_facts
from ...cli.filters import MessageChoice
from ...cli.options import expand_options
from ...output import Column
from ...sandbox.mailbox import is_spam_checked

if TYPE_CHECKING:
    from ...cli.context import World

app = typer.Typer()

SPAM = (
    Column("Score", "Score"),
    Column("Threshold", "Threshold"),
    Column("Spam", "Spam"),
    Column("Says", "ResponseMessage"),
    Column("Rules", lambda row: _list_rules(row) if is_spam_checked(row) else None),
)
PROBLEMS = (
    Column("Line", "error_line", right=True),
    Column("Rule", "rule_name"),
    Column("Desktop", "email_clients.desktop"),
    Column("Mobile", "email_clients.mobile"),
    Column("Web", "email_clients.web"),
)


def _list_rules(report: Mapping[str, Any]) -> list[str]:
    return [f"{rule.get('RuleName')} {rule.get('Pts')}" for rule in report.get("Details") or () if rule]


@app.command(
    epilog=join_examples("mailtrap messages spam latest", "mailtrap messages spam latest --to ada@example.com -q")
)
@with_facts("GET /api/sandboxes/{sandbox_id}/messages/{message_id}/spam_report")
@expand_options
def spam(ctx: typer.Context, message: MessageChoice) -> None:
    """Show the report of the spam filter; -q prints only the score, or nothing without a report.

    JSON: the API's report: Score, Threshold, Spam, ResponseMessage, Details.
    """
    world: World = ctx.obj
    with message.open_mail(world) as mail:
        report = _report(mail.spam)
    made = report if is_spam_checked(report) else {**report, "Score": None, "Threshold": None, "Spam": None}
    world.out.record(report, SPAM, row=made, essential="Score")


@app.command(
    "html-check",
    epilog=join_examples("mailtrap messages html-check latest", "mailtrap messages html-check latest -p local -o json"),
)
@with_facts("GET /api/sandboxes/{sandbox_id}/messages/{message_id}/analyze")
@expand_options
def html_check(ctx: typer.Context, message: MessageChoice) -> None:
    """List what email clients do not support in the HTML, by line.

    JSON: the API's report: status, errors.
    """
    world: World = ctx.obj
    with message.open_mail(world) as mail:
        found = mail.analysis
    report = _report(found)
    if report.get("not_checked"):
        world.notice(f"Not checked: {report['not_checked']}")
    rows = [error for error in report.get("errors") or () if error]
    world.out.record(report, PROBLEMS, parts=rows, essential="rule_name", empty="No problems found.")


def _report(answer: Mapping[str, Any]) -> dict[str, Any]:
    found = answer.get("report")
    return found if isinstance(found, dict) else {}
