"""`mailtrap local serve`: run the local sandbox on ports of this machine."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...cli.examples import join_examples
from ...cli.options import expand_options
from ...cli.value_types import FILE, FOLDER
from ...errors import InputError
from ...local.environment import LOOPBACK, PORT, SMTP_PORT, Endpoint
from ...terminal import has_file
from .shared import FaultOptions, read_token, state_dir

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from socket import socket

    from ...cli.context import World
    from ...local.served_templates import ServedTemplates
    from ...local.server import Background
    from ...local.store import Store
    from ...local.webhook_delivery import Pace

app = typer.Typer()

EVENTS = "Events and webhooks"
LONGEST_WAIT = 365 * 86400.0  # seconds
API, SMTP = "API", "SMTP"  # the names of the ports for people
PORT_HINTS = {API: "--port 0 picks a free one.", SMTP: "--smtp-port 0 picks a free one; --no-smtp turns SMTP off."}


@dataclass
class ListenOptions:
    """Where the server listens, and who may use it."""

    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port of the API; 0 picks one.")] = PORT
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")] = LOOPBACK
    allow_remote: Annotated[
        bool,
        typer.Option("--allow-remote", help="Allow webhooks to other machines, and other machines to reach --host."),
    ] = False
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="Another host name that clients use; repeatable."),
    ] = None
    token_env: Annotated[
        str | None, typer.Option("--token-env", metavar="VARIABLE", help="Accept only the token in this variable.")
    ] = None
    tls_cert: Annotated[
        str | None,
        typer.Option(
            "--tls-cert", click_type=FILE, help="Serve https, and offer STARTTLS, with this certificate (PEM)."
        ),
    ] = None
    tls_key: Annotated[
        str | None, typer.Option("--tls-key", click_type=FILE, help="Private key of --tls-cert (PEM).")
    ] = None
    ready_file: Annotated[
        str | None,
        typer.Option(
            "--ready-file", click_type=FILE, help="Write url, port, smtp_port and pid to FILE once it is running."
        ),
    ] = None

    open: Annotated[bool, typer.Option("--open", help="Open the web inbox in the browser.")] = False

    def load_certificate(self) -> ssl.SSLContext | None:
        """Load the certificate and its key; None if not given."""
        from ...local.server import load_certificate

        if (self.tls_cert is None) != (self.tls_key is None):
            raise InputError("--tls-cert and --tls-key must be used together", hint="Use both, or neither.")
        if self.tls_cert is None or self.tls_key is None:
            return None
        return load_certificate(self.tls_cert, self.tls_key)


@dataclass
class EventOptions:
    """Where events are sent, and how soon."""

    webhook: Annotated[
        list[str] | None,
        typer.Option(
            "--webhook", metavar="URL", help="Send all events to this URL; repeatable.", rich_help_panel=EVENTS
        ),
    ] = None
    webhook_interval: Annotated[
        str,
        typer.Option(
            "--webhook-interval",
            metavar="DURATION",
            help="Time between batches (Mailtrap: 30s).",
            rich_help_panel=EVENTS,
        ),
    ] = "100ms"
    webhook_retry: Annotated[
        str,
        typer.Option(
            "--webhook-retry",
            metavar="DURATION",
            help="Wait before resending a failed batch (Mailtrap: 5m).",
            rich_help_panel=EVENTS,
        ),
    ] = "1s"

    event_delay: Annotated[
        str,
        typer.Option(
            "--event-delay",
            metavar="DURATION",
            help="Delay the events of magic addresses, such as bounces.",
            rich_help_panel=EVENTS,
        ),
    ] = "0s"

    def find_delay(self) -> float:
        """Return the delay of events, in seconds."""
        return _parse_wait(self.event_delay, "--event-delay")

    def find_pace(self) -> Pace:
        """Parse the durations."""
        from ...local.webhook_delivery import Pace

        return Pace(
            _parse_wait(self.webhook_interval, "--webhook-interval"), _parse_wait(self.webhook_retry, "--webhook-retry")
        )

    def create_webhooks(self, store: Store, *, allow_remote: bool) -> list[dict[str, str]]:
        """Create the missing webhooks; return the URL and the signing secret of each."""
        from ...local.webhooks import ensure_webhooks

        found = []
        for url in self.webhook or ():
            try:
                secret = ensure_webhooks(store, url, allow_remote=allow_remote)
            except InputError as error:
                raise InputError(f"--webhook: {error.message}") from error
            found.append({"url": url, "signing_secret": secret})
        return found


@dataclass
class SmtpOptions:
    """Where the server accepts mail by SMTP."""

    smtp_port: Annotated[
        int | None,
        typer.Option(
            "--smtp-port",
            min=0,
            max=65535,
            help=f"SMTP port; 0 picks one (default: {SMTP_PORT}, or 0 with --port 0).",
            rich_help_panel=SMTP,
        ),
    ] = None
    no_smtp: Annotated[bool, typer.Option("--no-smtp", help="Do not accept mail by SMTP.", rich_help_panel=SMTP)] = (
        False
    )
    max_size: Annotated[
        str,
        typer.Option(
            "--max-size", metavar="SIZE", help="Largest message accepted by SMTP, such as 500kB.", rich_help_panel=SMTP
        ),
    ] = "30MB"

    def read_max_size(self) -> int:
        """Parse the size, in bytes."""
        from ...units import parse_size

        return parse_size(self.max_size, "--max-size")

    def choose_port(self, http_port: int) -> int | None:
        """Choose the SMTP port; None for no SMTP. If the other port is picked automatically, so is this one."""
        if self.no_smtp:
            if self.smtp_port is not None:
                raise InputError("--smtp-port and --no-smtp cannot be used together", hint="Use one of them.")
            return None
        if self.smtp_port is None:
            return SMTP_PORT if http_port else 0
        return self.smtp_port


def _parse_wait(text: str, flag: str) -> float:
    from ...units import parse_duration

    seconds = parse_duration(text, flag)
    if seconds > LONGEST_WAIT:
        raise InputError(f"{flag}: {text!r} is too long", hint="Use at most 365d.")
    return seconds


@app.command(
    epilog=join_examples(
        "mailtrap local serve --open",
        "mailtrap local serve --port 0 --ready-file server.json",
        "mailtrap local serve --latency 100ms --fail 500:5%",
    )
)
@expand_options
def serve(
    ctx: typer.Context,
    listen: ListenOptions,
    smtp: SmtpOptions,
    faults: FaultOptions,
    events: EventOptions,
    max_messages: Annotated[
        int, typer.Option("--max-messages", min=1, help="Keep at most this many; the oldest are deleted first.")
    ] = 100_000,
    templates: Annotated[
        str | None,
        typer.Option(
            "--templates", click_type=FOLDER, help="Serve the templates in this folder; see mailtrap help local."
        ),
    ] = None,
    strict_domains: Annotated[
        bool, typer.Option("--strict-domains", help="Refuse live mail from domains that were never created.")
    ] = False,
) -> None:
    """Run the local sandbox on ports of this machine, for programs in any language.

    The four hosts of the API are under /send, /bulk, /sandbox and /account, the web inbox at /. SMTP accepts any login:
    the users api and smtp send on the transactional stream, bulk on the bulk stream, all others to a sandbox. -p local
    reads what arrives. Prints the lines to export, then one line per message; with -v each request on stderr. Ctrl-C
    and SIGTERM stop it with exit code 0.

    JSON lines (-o jsonl): one object with url, port, smtp_port, pid, with --webhook webhooks (url, signing_secret), and
    with --templates templates (folder, uuid); then one per message: stream, sandbox_id, from, to, subject.
    """
    from ...local.app import Sandbox
    from ...local.application import Names, create_application
    from ...local.delayed_events import follow_delays
    from ...local.faults import Dice, Faults, changed
    from ...local.group_commit import GroupCommit
    from ...local.message_log import Lines, lines
    from ...local.ready_file import SERVER_FILE, ReadyFile
    from ...local.server import is_loopback, run_server
    from ...local.store import Store
    from ...local.web.app import WebInbox
    from ...local.webhook_delivery import Courier

    world: World = ctx.obj
    remote = not is_loopback(listen.host)
    if remote and not listen.allow_remote:
        raise InputError(
            f"--host: {listen.host} can be reached from other machines", hint="Use --allow-remote if this is intended."
        )
    tls = listen.load_certificate()
    token = read_token(world, listen.token_env)
    dice = Dice(changed(Faults(), faults.list_changes()), faults.seed)
    pace, delay = events.find_pace(), events.find_delay()
    max_size = smtp.read_max_size()
    ready_file = None if listen.ready_file is None else ReadyFile(listen.ready_file)
    with ExitStack() as cleanup:
        if ready_file is not None:
            cleanup.callback(ready_file.remove)
        sockets = _open_sockets(listen, smtp)
        for opened in sockets.values():
            cleanup.enter_context(opened)
        ports = {name: opened.getsockname()[1] for name, opened in sockets.items()}
        endpoint = Endpoint(listen.host, ports[API], ports.get(SMTP), tls is not None, listen.token_env)
        store = Store(state_dir(world), max_messages=max_messages, event_delay=delay)
        cleanup.callback(store.close)

        def trouble(sentence: str) -> None:
            with suppress(OSError, ValueError):  # stderr is closed; the server continues
                world.trace(sentence)

        served_templates = _serve_templates(store, templates, trouble, cleanup)
        server_file = ReadyFile(str(store.path.with_name(SERVER_FILE)), private=True)
        cleanup.callback(server_file.remove)
        webhooks = events.create_webhooks(store, allow_remote=listen.allow_remote)
        if remote:
            who = "anyone who can reach it" if token is None else "anyone with the token"
            world.trace(
                f"Warning: {listen.host} can be reached from other machines; {who} can read and delete every message"
            )

        shown = None if world.common.quiet or not has_file(world.stdout) else Lines(world.stdout, trouble)
        if shown is not None:
            cleanup.callback(shown.close)

        def ready() -> None:
            if shown is not None:
                shown.put(_announce(world, endpoint, webhooks, served_templates))
                mail = "" if endpoint.smtp_port is None else f", SMTP on {endpoint.client_host}:{endpoint.smtp_port}"
                trouble(f"Listening on {endpoint.url}{mail}; Ctrl-C stops it")
            for webhook in webhooks:
                trouble(f"Webhook {webhook['url']} · signing secret {webhook['signing_secret']}")
            if served_templates is not None:
                for sentence in served_templates.describe():
                    trouble(sentence)
            server_file.write(_describe_server(endpoint))
            if ready_file is not None:
                ready_file.write(_describe_server(endpoint))
            if listen.open:
                _open_inbox(endpoint, trouble)

        format_line = world.out.line  # once: checking the type of stdout costs more than printing a line

        def captured(stream: str, sandbox_id: int, messages: list[dict[str, Any]]) -> None:
            if shown is not None:
                shown.put(*lines(stream, sandbox_id, messages, format_line))

        names = Names(
            remote=remote, others=frozenset(name.lower() for name in [listen.host, *(listen.allow_host or ())])
        )
        smtp_ports = () if endpoint.smtp_port is None else (endpoint.smtp_port,)
        sandbox = Sandbox(
            store,
            token=token,
            captured=captured,
            strict_domains=strict_domains,
            allow_remote=listen.allow_remote,
            smtp_ports=smtp_ports,
            templates=served_templates,
        )
        commits = GroupCommit(store.database)
        log = trouble if world.common.verbose else None
        web = WebInbox(store.path.parent, endpoint.list_variables(), token=token)
        cleanup.callback(web.close)
        served = create_application(sandbox, dice, commits, names=names, trouble=trouble, log=log, web=web)
        background: list[Background] = [
            Courier(store, pace, trouble).run,
            partial(follow_delays, store, trouble),
            web.run,
        ]
        if served_templates is not None:
            background.append(served_templates.follow)
        if SMTP in sockets:
            from ...local.smtp import SmtpServer

            mail_server = SmtpServer(sandbox, dice, commits, tls=tls, max_size=max_size, trouble=trouble, log=log)
            background.append(partial(mail_server.run, sockets[SMTP]))
        run_server(served, sockets[API], tls=tls, ready=ready, background=background)


def _open_inbox(endpoint: Endpoint, trouble: Callable[[str], None]) -> None:
    """Open the web inbox; in a thread, since a browser may run until its window is closed."""
    from threading import Thread

    from ...cli.browser import open_in_browser

    def start() -> None:
        problem = open_in_browser(f"{endpoint.url}/")
        if problem:
            trouble(problem)

    Thread(target=start, daemon=True).start()


def _open_sockets(listen: ListenOptions, smtp: SmtpOptions) -> dict[str, socket]:
    from ...local.server import PortError, open_sockets

    smtp_port = smtp.choose_port(listen.port)
    try:
        return open_sockets(listen.host, {API: listen.port} | ({} if smtp_port is None else {SMTP: smtp_port}))
    except PortError as error:
        error.hint = " ".join(PORT_HINTS[name] for name in error.names) or "Use another --host."
        raise


def _describe_server(endpoint: Endpoint) -> dict[str, Any]:
    import os

    return {"url": endpoint.url, "port": endpoint.port, "smtp_port": endpoint.smtp_port, "pid": os.getpid()}


def _serve_templates(
    store: Store, folder: str | None, trouble: Callable[[str], None], cleanup: ExitStack
) -> ServedTemplates | None:
    """Store the templates of a folder until the end; None without a folder."""
    from ...local.ready_file import read_server
    from ...local.served_templates import ServedTemplates, withdraw_templates
    from ...local.template_files import TemplateFolder

    if read_server(store.path.parent) is None:
        withdraw_templates(store)  # those of a server that was killed
    if folder is None:
        return None
    try:
        served = ServedTemplates(store, TemplateFolder(folder), trouble)
        cleanup.callback(served.withdraw)
        served.load()
    except InputError as error:
        raise InputError(f"--templates: {error.message}", hint=error.hint) from error
    return served


def _announce(
    world: World, endpoint: Endpoint, webhooks: list[dict[str, str]], templates: ServedTemplates | None
) -> str:
    extra: dict[str, Any] = {"webhooks": webhooks} if webhooks else {}
    if templates is not None:
        extra["templates"] = [{"folder": file.folder, "uuid": file.uuid} for file in templates.list_files()]
    return world.out.line({**_describe_server(endpoint), **extra}, endpoint.format_exports())
