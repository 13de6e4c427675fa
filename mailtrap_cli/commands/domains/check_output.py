"""The output of `mailtrap domains check`: records as they are next to what they should be, and fixes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from ...output import Column, Row

if TYPE_CHECKING:
    from ...cli.context import World
    from ...dns.fixes import Provider
    from ...dns.report import Report
    from ...dns.verdict import Checked
    from ...output.tables import Listing, Note


def _verdict_style(verdict: str) -> str:
    return {"ok": "green", "warning": "yellow", "error": "yellow"}.get(verdict, "red")


VERDICT = Column("Verdict", "verdict", style=_verdict_style)
TYPE = Column("Type", "type")
NAME = Column("Name", lambda row: row["name"] or "@")

COLUMNS = (
    Column("Domain", "domain"),
    TYPE,
    NAME,
    Column("Expected", "expected"),
    Column("Found", lambda row: row["checked"].values),
    Column("Mailtrap status", "mailtrap_status"),
    VERDICT,
    Column("Remark", "remark"),
)
NARROW = (VERDICT, TYPE, NAME)
SEEN = Column("Mailtrap", "mailtrap_status")


def print_reports(world: World, reports: Sequence[Report]) -> None:
    """Print the reports in the requested format; with -q the domains that can send."""
    out = world.out

    def show_listings() -> None:
        for report in reports:
            if len(reports) > 1 and report is not reports[0]:
                out.write("\n")
            out.listing(build_listing(world, report))
            out.write("\n")
            out.record(report.to_document(), _list_facts(report, alone=len(reports) == 1))

    out.rows(
        (row for report in reports for row in _build_rows(report)),
        COLUMNS,
        documents=(report.to_document() for report in reports),
        essential=[report.domain for report in reports if report.good],
        human=show_listings,
    )


def _list_facts(report: Report, *, alone: bool) -> list[Column]:
    """List the facts below the records; with several domains, each one's closing sentence too."""
    facts = []
    if report.can_send is not None:
        compliance = ": ".join(filter(None, (report.compliance_status, report.advice)))
        facts = [
            Column("Can send", "can_send", style=lambda text: "green" if text == "yes" else "red"),
            Column("DNS verified", "dns_verified"),
            Column("Compliance", lambda _: compliance),
        ]
    if not alone:
        facts.append(Column("In short", lambda _: f"{report.sum_up()}. {report.next_step()}".strip()))
    return facts


def _build_rows(report: Report) -> list[Row]:
    from ...dns.report import remark_on

    records = report.to_document()["records"]
    return [
        {**record, "domain": report.domain, "remark": remark_on(checked), "checked": checked}
        for record, checked in zip(records, report.checked, strict=True)
    ]


def build_listing(world: World, report: Report, *, facts: bool = False) -> Listing:
    """Build the table of one report for people; `facts` adds what the API says to its title."""
    from ...dns.names import readable_name
    from ...dns.report import remark_on

    title, read = report.domain, readable_name(report.domain)
    if read != title:
        title += f" ({read})"
    columns = NARROW if report.can_send is None else (*NARROW, SEEN)
    if facts and report.can_send is not None:
        title += f" · DNS {'' if report.dns_verified else 'not '}verified · {report.compliance_status}"
    color = world.color(world.stdout)
    from ...output.tables import Listing

    rows: list[Row] = []
    told = {""}
    for row in _build_rows(report):
        text = remark_on(row["checked"])
        notes = _list_notes(row["checked"], "" if text in told else text, color=color)  # say once what applies to all
        told.add(text)
        rows.append({**row, "notes": notes})
    return Listing(title, rows, columns, "Found now", lambda row: row["notes"])


def _list_notes(checked: Checked, remark: str, *, color: bool) -> list[Note]:
    """List the notes below a record: expected above found, differences marked, and the remark."""
    from ...dns.verdict import Verdict, mark_differences

    expected = checked.record.value
    if checked.verdict is Verdict.OK and checked.values == (expected,) and not remark:
        return [("found now", [(expected, "")])]
    differs = (Verdict.MISMATCH, Verdict.WARNING)
    wrong = checked.verdict in differs and checked.values
    left = mark_differences(expected, checked.values[0])[0] if wrong else [(expected, False)]
    notes: list[Note] = [("expected", _style_pieces(left, "bold green", color=color))]
    for label, view in [(view.found.server, view) for view in checked.views] or [("found now", checked)]:
        texts = [
            _style_pieces(mark_differences(expected, value)[1], "bold red", color=color)
            if view.verdict in differs
            else [(value, "")]
            for value in view.values
        ]
        if not texts:
            texts = [[("nothing" if view.told else "not known", "")]]
        if checked.views and view.detail:
            texts.append([(view.detail, "")])
        notes += zip([label, *[""] * len(texts)], texts, strict=False)
    if remark:
        notes.append(("", [("The servers disagree." if checked.views else remark, "")]))
    return notes


def _style_pieces(marks: Sequence[tuple[str, bool]], style: str, *, color: bool) -> list[tuple[str, str]]:
    """Style the pieces of a text that differ; without color, put them in square brackets."""
    if color:
        return [(text, style if differs else "") for text, differs in marks]
    return [(f"[{text}]" if differs else text, "") for text, differs in marks]


def print_fixes(world: World, reports: Sequence[Report], provider: str, *, optional: bool) -> None:
    """Print what can be pasted on stdout, and the instructions on stderr."""
    from ...dns.fixes import write_fixes

    checked = [one for report in reports for one in report.checked if optional or one.record.needed]
    found = write_fixes(checked, cast("Provider", provider))
    world.out.text({"provider": provider, "text": found.text, "notes": list(found.notes)}, found.text)
    for note in found.notes:
        world.notice(note)
    if not found.text and not found.notes:
        world.notice("Nothing to change in DNS.")
    if found.text and len(reports) > 1:
        world.notice("These records belong to several domains: add each to its own zone.")
