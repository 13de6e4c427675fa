"""`mailtrap domains check`: can a domain send, and if not, why?"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...cli.examples import join_examples
from ...cli.facts import with_facts
from ...cli.options import Junit
from ...cli.value_types import OneOf
from ...errors import ApiError, CheckFailed, ConfigError, InputError, MailtrapError, TimedOut, TransportError
from .check_output import build_listing, print_fixes, print_reports

if TYPE_CHECKING:
    from ...cli.context import World
    from ...config.settings import Settings
    from ...dns.fixes import Provider
    from ...dns.report import Report
    from ...dns.verdict import Checked

app = typer.Typer()

DNS_TIMEOUT = 5.0  # seconds for all DNS queries of one look

PROVIDERS: tuple[Provider, ...] = ("bind", "cloudflare", "route53", "terraform")


@app.command(
    epilog=join_examples(
        "mailtrap domains check acme.example",
        "mailtrap domains check acme.example --wait 30m",
        "mailtrap domains check acme.example --fix bind",
    )
)
@with_facts("GET /api/domains", exit_codes=(8, 10))
def check(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[DOMAIN]...", help="Names or IDs (default: the domain of the profile's sender)."),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Check every domain the token has access to.")] = False,
    nameserver: Annotated[
        list[str] | None,
        typer.Option("--nameserver", metavar="IP[:PORT]", help="Ask only this name server (repeatable)."),
    ] = None,
    dns_timeout: Annotated[
        float | None,
        typer.Option(
            "--dns-timeout",
            metavar="SECONDS",
            help="Time limit for all DNS questions together (default: 5, or --timeout if that is less).",
        ),
    ] = None,
    wait: Annotated[
        str | None,
        typer.Option("--wait", metavar="DURATION", help="Check again until all domains pass, such as 30m."),
    ] = None,
    dns_only: Annotated[bool, typer.Option("--dns-only", help="Check DNS alone. Needs no token.")] = False,
    fix: Annotated[
        str | None,
        typer.Option("--fix", click_type=OneOf(*PROVIDERS), help="Print only the records to set, in this format."),
    ] = None,
    junit: Junit = None,
) -> None:
    """Check whether domains can send, and if not, why.

    Compares the records that Mailtrap expects with what DNS has now. Asks the zone's own servers first, then the
    system's, so that a new record is seen at once. Each record is ok, warning, missing, mismatch, duplicate (two SPF or
    DMARC records) or error (DNS did not answer), with the reason and a cure.

    Exit code 0: both Mailtrap and DNS say that every domain can send. 8: a required record is wrong or missing, or
    Mailtrap says no. 10: --wait was not long enough. 7: no DNS server answered. Optional records (tracking) only warn.
    With -q, prints only the domains that pass.

    JSON: an array with an object per domain: domain, can_send, dns_verified, compliance_status (null with --dns-only)
    and records: key, type, name (relative), expected, found (null, or one value per line), mailtrap_status, verdict,
    reason and cure (sentences; null if ok).
    """
    from ...ci_report import check_file

    world: World = ctx.obj
    _refuse_contradictions(world, names, all_=all_, wait=wait, dns_only=dns_only, fix=fix)
    if dns_timeout is not None and not (dns_timeout > 0 and math.isfinite(dns_timeout)):
        raise InputError(f"--dns-timeout: {dns_timeout:g} must be a number of seconds greater than 0")
    seconds = None if wait is None else _parse_wait(wait)
    check_file(junit, "--junit")
    look = _Look(
        world,
        names or [],
        all_=all_,
        dns_only=dns_only,
        nameservers=nameserver or [],
        timeout=dns_timeout or min(DNS_TIMEOUT, world.common.timeout),
    )
    with look:
        reports = look() if seconds is None else _wait(world, look, seconds)
    if fix is not None:
        print_fixes(world, reports, fix, optional=not dns_only)
    else:
        print_reports(world, reports)
    world.stdout.flush()
    error = _conclude(world, reports, wait=wait, fix=fix)
    _report_cases(world, reports, error, junit)
    if error is not None:
        raise error


def _refuse_contradictions(
    world: World, names: Sequence[str] | None, *, all_: bool, wait: str | None, dns_only: bool, fix: str | None
) -> None:
    together = [
        (bool(names) and all_, "DOMAIN and --all"),
        (dns_only and all_, "--dns-only and --all"),
        (fix is not None and wait is not None, "--fix and --wait"),
        (fix is not None and world.common.output is not None, "--fix and --output"),
    ]
    for given, flags in together:
        if given:
            raise InputError(f"{flags} cannot be used together", hint="Use one of them.")
    if fix is not None and fix not in PROVIDERS:
        raise InputError(f"--fix: {fix!r} is not one of {', '.join(PROVIDERS)}")


def _parse_wait(text: str) -> float:
    from ...units import parse_duration

    return parse_duration(text, "--wait")


# ------------------------------------------------------------------------------------------------ looking


class _Look:
    """Looks at the API and at DNS each time it is called; a context manager that holds the connection."""

    def __init__(
        self,
        world: World,
        names: Sequence[str],
        *,
        all_: bool,
        dns_only: bool,
        nameservers: Sequence[str],
        timeout: float,
    ) -> None:
        from ...dns.names import domain_name, parse_server

        settings = world.settings()
        if not names and not all_:
            if not dns_only:
                settings.token()  # without any setup, report that
            names = [_senders_domain(settings)]
        self.names = list(dict.fromkeys(name if name.isdecimal() else domain_name(name, "DOMAIN") for name in names))
        self.servers = [parse_server(text) for text in nameservers]
        self.timeout = timeout
        if dns_only:
            for name in self.names:
                domain_name(name, "DOMAIN")
        self.local = settings.local and not dns_only
        self.api = None if dns_only else world.api(settings)

    def __enter__(self) -> _Look:
        return self

    def __exit__(self, *raised: object) -> None:
        if self.api:
            self.api.__exit__(*raised)

    def __call__(self, *, retry: bool = True) -> list[Report]:
        """Return a report for each domain, in the given order. `retry`: whether to repeat failed API requests."""
        from ...dns.lookup import Resolver
        from ...dns.records import Record, dns_only
        from ...dns.report import Report
        from ...dns.verdict import trust_status

        resolver = Resolver(timeout=self.timeout, nameservers=self.servers)
        if self.api is None:
            records = [dns_only(name) for name in self.names]
            checked = iter(resolver.check_records([one for each in records for one in each]))
            return [Report(name, _take_checked(checked, each)) for name, each in zip(self.names, records, strict=True)]
        items = self._items(retry=retry)
        records = [[Record.of(one) for one in item.get("dns_records") or []] for item in items]
        flat = [one for each in records for one in each]
        # Real DNS knows nothing about the domains of the local sandbox, and no network is needed.
        checked = iter(map(trust_status, flat) if self.local and not self.servers else resolver.check_records(flat))
        return [Report.of(item, _take_checked(checked, each)) for item, each in zip(items, records, strict=True)]

    def _items(self, *, retry: bool) -> list[dict[str, Any]]:
        """Return the API's objects for the given domains."""
        from ...dns.compliance import list_domains
        from ...dns.names import plain_name

        assert self.api is not None
        try:
            found = list_domains(self.api, retry=retry)
        except (ApiError, ConfigError) as error:
            if isinstance(error, ConfigError):
                error.details = ["To check DNS without a token, use --dns-only."]
            elif error.status in (401, 403):
                reason = (
                    error.hint or "The token may be revoked, belong to another account, or have no access to domains."
                )
                error.hint = f"{reason} To check DNS without a token: --dns-only"
            raise
        if not self.names:
            return found
        known = {plain_name(item["domain_name"]): item for item in found} | {
            str(item.get("id")): item for item in found
        }
        for name in self.names:
            if name not in known:
                raise _unknown_domain(name, [item["domain_name"] for item in found])
        return list({known[name]["domain_name"]: known[name] for name in self.names}.values())


def _take_checked(checked: Iterator[Checked], records: Sequence[Any]) -> tuple[Checked, ...]:
    return tuple(next(checked) for _ in records)


def _senders_domain(settings: Settings) -> str:
    if settings.sender is None:
        from ...cli.message_flags import suggest_sender

        raise InputError("No domain given", hint=f"Name one, use --all, or {suggest_sender(settings)}")
    from ...mail.addresses import parse_address

    return parse_address(settings.sender, "from").email.rpartition("@")[2]


def _unknown_domain(name: str, known: list[str]) -> ApiError:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=3) or known[:5]
    hint = f"Its domains: {', '.join(near)}." if near else "To add one: mailtrap domains create --domain-name NAME"
    return ApiError(f"{name} is not a domain of this account", status=404, hint=hint)


# ------------------------------------------------------------------------------------------------ waiting


def _wait(world: World, look: _Look, seconds: float) -> list[Report]:
    """Return the last reports; before each pause, show a line (or, on a terminal, a live table)."""
    from ...dns.wait import wait_for_domains

    with world.out.live() as show:

        def show_progress(reports: list[Report], trouble: str, pause: float) -> None:
            state = trouble or _describe_progress(reports)
            line = f"{time.strftime('%H:%M:%S')} {state}. Checking again in {pause:.0f} s."
            if show is None:
                world.notice(line)
            else:
                show(f"{line} Ctrl-C stops.", [build_listing(world, report, facts=True) for report in reports])

        reports, trouble = wait_for_domains(look, seconds, show_progress)
    if trouble:
        world.notice(f"The last check failed: {trouble}.")
    return reports


def _describe_progress(reports: Sequence[Report]) -> str:
    waiting = [report for report in reports if not report.good]
    if len(waiting) == 1:
        return waiting[0].sum_up()
    return f"{len(waiting)} of {len(reports)} domains do not pass yet"


# ------------------------------------------------------------------------------------------------ the verdict


def _conclude(world: World, reports: Sequence[Report], *, wait: str | None, fix: str | None) -> MailtrapError | None:
    """Print the closing sentence if the check passes; otherwise raise it as the error with the exit code."""
    bad = [report for report in reports if not report.good]
    sentence, hint = _sum_up(reports, bad)
    if fix is not None:
        hint = ""
    looked = [report for report in reports if report.checked]
    if looked and all(report.unanswered for report in looked):
        said = "Check the network, or name a server: --nameserver IP"
        if looked[0].can_send is not None:
            can = [report.domain for report in reports if report.can_send]
            said = f"According to Mailtrap, {', '.join(can) or 'none of them'} can send. {said}"
        return TransportError(f"No DNS server answered: {looked[0].checked[0].detail}", outcome=None, hint=said)
    remarks = [text for report in reports for text in report.list_remarks()] if world.out.for_programs else []
    if not bad and reports:
        for text in filter(None, [*remarks, f"{sentence}.", hint]):
            world.notice(text)
        return None
    error: MailtrapError
    if wait is not None:
        error = TimedOut(f"Timed out after {wait}: {sentence}", hint=hint or None)
    elif bad and not any(report.wrong or report.can_send is False for report in bad):
        error = TransportError(sentence, outcome=None, hint=hint or "Check the name servers, then try again.")
    else:
        error = CheckFailed(sentence, hint=hint or None)
    error.details = remarks
    return error


def _report_cases(world: World, reports: Sequence[Report], error: MailtrapError | None, junit: str | None) -> None:
    from ...ci_report import Case, is_listened_to, report_cases

    if is_listened_to(world, junit):
        cases = [case for report in reports for case in report.to_cases()]
        if error is not None and all(report.good for report in reports):
            cases.append(Case("the check", failure=error.message))
        report_cases(world, "mailtrap domains check", cases, junit)


def _sum_up(reports: Sequence[Report], bad: Sequence[Report]) -> tuple[str, str]:
    """Return the closing sentence for all domains, and what to do next."""
    if not reports:
        return "The token has access to no domain", "To add one: mailtrap domains create --domain-name NAME"
    if len(reports) == 1:
        return reports[0].sum_up(), reports[0].next_step()
    if bad:
        names = ", ".join(report.domain for report in bad)
        return f"{len(bad)} of {len(reports)} domains failed the check: {names}", ""
    what = "have the DNS records they need" if reports[0].can_send is None else "can send"
    return f"All {len(reports)} domains {what}", ""
