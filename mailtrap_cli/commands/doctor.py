"""`mailtrap doctor`: check the configuration, the token, the hosts and this machine."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Literal

import typer

from ..cli.examples import join_examples
from ..cli.hint_profiles import keep_profile
from ..config.file import config_path
from ..errors import CheckFailed, ConfigError, MailtrapError
from ..output import Column
from ..records import record
from ..units import format_count

if TYPE_CHECKING:
    from ..api.client import Client, Host
    from ..api.responses import Answer
    from ..cli.context import World
    from ..config.settings import Settings

app = typer.Typer()

Status = Literal["ok", "warning", "failed"]

COLUMNS = (
    Column("Check", "check", keep=True),
    Column("Status", "status", keep=True),
    Column("Message", "message", main=True),
    Column("Hint", "hint"),
)
MARKS: Mapping[Status, tuple[str, str]] = {"ok": ("✓", "32"), "warning": ("!", "33"), "failed": ("✗", "31")}
HOSTS: tuple[Host, ...] = ("send", "bulk", "sandbox", "account")
MOST_SKEW = 120.0  # seconds between this machine's clock and the server's


@record
class Check:
    """The result of one check; `hint` says what to do unless it is ok."""

    check: str
    status: Status
    message: str
    hint: str | None = None


@app.command(epilog=join_examples("mailtrap doctor", "mailtrap doctor -p staging", "mailtrap doctor -o json"))
def doctor(ctx: typer.Context) -> None:
    """Check the setup: configuration, token, hosts, proxy, clock, sandbox, sender, completions.

    Exits with 8 if a check failed; warnings do not count.

    JSON: a list of check, status (ok, warning, failed), message, hint.
    """
    world: World = ctx.obj
    profile = world.common.profile
    checks = [replace(check, hint=check.hint and keep_profile(check.hint, profile)) for check in _run_checks(world)]
    failed = [check for check in checks if check.status == "failed"]
    world.out.rows(
        [asdict(check) for check in checks],
        COLUMNS,
        essential=[check.check for check in failed],
        human=lambda: _print_checks(world, checks),
    )
    if failed:
        raise CheckFailed(f"{format_count(len(failed), 'check')} failed: {', '.join(check.check for check in failed)}")


def _print_checks(world: World, checks: Sequence[Check]) -> None:
    from ..text import clean

    width = max(len(check.check) for check in checks)
    for check in checks:
        mark, color = MARKS[check.status]
        shown = f"\x1b[{color}m{mark}\x1b[0m" if world.color(world.stdout) else mark
        world.out.write(f"{shown} {check.check:{width}}  {clean(check.message)}\n")
        if check.hint and check.status != "ok":
            world.out.write(f"  {'':{width}}  {clean(check.hint)}\n")


def _run_checks(world: World) -> Iterator[Check]:
    settings: Settings | None = None
    try:
        settings = world.settings()
        yield _check_configuration(world, settings)
    except MailtrapError as error:
        yield _failed("configuration", error)
    if settings is not None:
        yield from _check_account(world, settings)
    yield _check_completion(world)
    yield _check_version()
    yield _check_local_sandbox(world, settings)


def _failed(check: str, error: MailtrapError) -> Check:
    return Check(check, "failed", error.message, error.hint)


def _check_configuration(world: World, settings: Settings) -> Check:
    path = config_path(world.env)
    found = f"{path}, profile {settings.profile}" if settings.profile else str(path)
    if not path.exists():
        profile = f", profile {settings.profile}" if settings.profile else ""
        return Check("configuration", "ok", f"no configuration file yet ({path}){profile}")
    if settings.warnings:
        message, _, hint = settings.warnings[0].removeprefix("Warning: ").partition(". ")
        return Check("configuration", "warning", message, hint)
    return Check("configuration", "ok", found)


# ------------------------------------------------------------------------------------------------ the account


def _check_account(world: World, settings: Settings) -> Iterator[Check]:
    try:
        token = settings.token()
    except ConfigError as error:
        yield _failed("token", error)
        if settings.profile is None:  # nothing is configured, so there is nothing else to check
            return
        token = ""
    try:
        api = world.api(settings)
    except MailtrapError as error:  # certificates or a proxy that cannot be used
        yield _failed("proxy" if "proxy" in error.message else "TLS", error)
        return
    with api:
        if token:
            yield _check_token(api, settings)
        if not settings.local:
            yield from _check_hosts(api, settings)
        if token:
            if settings.sandbox:
                yield _check_sandbox(api, settings)
            yield _check_sender(api, settings)


def _check_token(api: Client, settings: Settings) -> Check:
    if settings.local:
        return Check("token", "ok", "the local sandbox needs none")
    origin = f"from {settings.origins['token'].removeprefix('environment ')}"
    try:
        accounts = api.get("/api/accounts", retry=False).json()
    except MailtrapError as error:
        if error.status in (401, 403):
            return Check("token", "failed", f"{origin}, refused: {error.message}", error.hint)
        return Check("token", "warning", f"{origin}, not checked: {error.message}", error.hint)
    names = (
        [f"{one.get('name')} ({one.get('id')})" for one in accounts if isinstance(one, dict)]
        if isinstance(accounts, list)
        else []
    )
    if not names:
        return Check("token", "warning", f"{origin}, accepted, but it sees no account", "Check its permissions.")
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return Check("token", "ok", f"{origin}, valid for account {', '.join(names[:3])}{more}")


def _check_hosts(api: Client, settings: Settings) -> Iterator[Check]:
    from concurrent.futures import ThreadPoolExecutor

    def probe(host: Host) -> tuple[Answer | None, Check]:
        began = time.monotonic()
        url = settings.hosts[host]
        try:
            answer = api.probe(host)
        except MailtrapError as error:
            hint = error.hint or f"Check the network and the host. Where it comes from: {_ORIGINS}"
            return None, Check(f"host {host}", "failed", error.message, hint)
        took = f"{url} answers in {(time.monotonic() - began) * 1000:.0f} ms"
        if answer.status >= 500:
            return answer, Check(f"host {host}", "warning", f"{took}, with {answer.status}", "Try again later.")
        return answer, Check(f"host {host}", "ok", took + (" over TLS" if url.lower().startswith("https:") else ""))

    with ThreadPoolExecutor(len(HOSTS)) as pool:
        probes = list(pool.map(probe, HOSTS))
    yield from (check for _, check in probes)
    yield _check_proxy(settings)
    yield _check_clock([answer for answer, _ in probes if answer is not None])


_ORIGINS = "mailtrap config show --origins"


def _check_proxy(settings: Settings) -> Check:
    from ..api.attempt import find_proxy

    proxies = {proxy for url in settings.hosts.values() if (proxy := find_proxy(url))}
    if proxies:
        return Check("proxy", "ok", f"requests go through {', '.join(sorted(proxies))}")
    return Check("proxy", "ok", "none")


def _check_clock(answers: Sequence[Answer]) -> Check:
    from email.utils import parsedate_to_datetime

    for answer in answers:
        with suppress(ValueError, OverflowError, TypeError):
            skew = time.time() - parsedate_to_datetime(answer.headers["date"]).timestamp()
            if abs(skew) <= MOST_SKEW:
                return Check("clock", "ok", f"within {max(abs(skew), 1):.0f} s of the server's")
            from ..units import format_duration

            ahead = "ahead of" if skew > 0 else "behind"
            message = f"this machine's clock is {format_duration(abs(skew))} {ahead} the server's"
            return Check("clock", "warning", message, "Set the clock: --since and log times depend on it.")
    return Check("clock", "warning", "not checked: no host gave its time", "Check the hosts first.")


def _check_sandbox(api: Client, settings: Settings) -> Check:
    if settings.sandbox_id is None:
        return Check("sandbox", "failed", "no sandbox is named", "Find its ID with: mailtrap sandboxes list")
    number = settings.sandbox_id
    try:
        found = api.get(f"/api/sandboxes/{number}", retry=False).json()
    except MailtrapError as error:
        if error.status == 404:
            message = f"the token has no access to sandbox {number}"
            return Check("sandbox", "failed", message, "To list its sandboxes: mailtrap sandboxes list")
        status: Status = "failed" if error.status in (401, 403) else "warning"
        return Check("sandbox", status, f"sandbox {number}, not checked: {error.message}", error.hint)
    name = found.get("name") if isinstance(found, dict) else None
    return Check("sandbox", "ok", f"{number} ({name})" if name else str(number))


def _check_sender(api: Client, settings: Settings) -> Check:
    from ..cli.message_flags import suggest_sender
    from ..dns.compliance import can_send, list_domains
    from ..dns.names import plain_name
    from ..mail.addresses import parse_address

    if settings.sender is None:
        hint = f"Use --from, or {suggest_sender(settings)}"
        return Check("sender", "ok" if settings.sandbox else "warning", "no default sender", hint)
    try:
        email = parse_address(settings.sender, f"from ({settings.origins['from']})").email
        if settings.sandbox:
            return Check("sender", "ok", f"{email} (a sandbox takes any sender)")
        name = plain_name(email.rpartition("@")[2])
        domains = {plain_name(str(domain["domain_name"])): domain for domain in list_domains(api, retry=False)}
    except MailtrapError as error:
        status: Status = "warning" if error.status or error.exit_code == 7 else "failed"
        return Check("sender", status, error.message, error.hint)
    if name not in domains:
        return Check("sender", "failed", f"{name} is not a domain of this token", "See: mailtrap domains list")
    if not can_send(domains[name]):
        return Check("sender", "failed", f"{name} cannot send yet", f"See why: mailtrap domains check {name}")
    return Check("sender", "ok", f"{email}: its domain can send")


# ------------------------------------------------------------------------------------------------ this machine


def _check_completion(world: World) -> Check:
    from pathlib import PurePath

    from ..completion import FILES, place

    shell = {"pwsh": "powershell"}.get(name := PurePath(world.env.get("SHELL", "")).stem, name)
    if shell not in FILES:
        return Check("completion", "ok", "not checked: SHELL does not name a shell with completions")
    path = place(shell, world.env)
    if path.exists():
        return Check("completion", "ok", f"{shell}: {path}")
    return Check("completion", "warning", f"not installed for {shell}", "Install it: mailtrap completion --install")


def _check_version() -> Check:
    from .. import __version__

    python = ".".join(map(str, sys.version_info[:3]))
    return Check("version", "ok", f"mailtrap {__version__}, Python {python}, {sys.platform}")


def _check_local_sandbox(world: World, settings: Settings | None) -> Check:
    from ..config.settings import Flags, resolve_settings
    from ..local.database import FILE
    from ..local.ready_file import read_server

    try:
        folder = settings or resolve_settings(Flags(profile="local"), {**world.env, "MAILTRAP_CONFIG": os.devnull})
        path = folder.state_dir / FILE
        if not path.exists() and not folder.state_dir.is_file():
            return Check("local sandbox", "ok", f"not used yet ({path})")
        with world.api(resolve_settings(Flags(profile="local"), world.env, unsaved={})) as api:
            sandboxes: Any = api.get("/api/sandboxes").json()
    except MailtrapError as error:
        return _failed("local sandbox", error)
    except OSError as error:
        return Check("local sandbox", "failed", f"{error.filename}: {error.strerror}", "Check MAILTRAP_STATE_DIR.")
    messages = sum(sandbox["emails_count"] for sandbox in sandboxes)
    server = _describe_server(read_server(path.parent))
    return Check("local sandbox", "ok", f"{format_count(messages, 'message')} in {path}{server}")


def _describe_server(running: Mapping[str, Any] | None) -> str:
    """Say where the local sandbox is served; nothing if it is not."""
    if running is None:
        return ""
    smtp = f", SMTP on port {running['smtp_port']}" if running.get("smtp_port") else ", without SMTP"
    return f"; served at {running.get('url')}{smtp}"
