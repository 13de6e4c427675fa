"""`mailtrap local serve`: the local sandbox on ports of this machine."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...cli.examples import join_examples
from ...cli.options import expand_options
from ...cli.value_types import FILE
from ...errors import InputError
from ...local.environment import LOOPBACK, PORT, format_exports, format_url
from ...terminal import has_file
from .shared import FaultOptions, read_token, state_dir

if TYPE_CHECKING:
    import ssl

    from ...cli.context import World
    from ...local.store import Store
    from ...local.webhook_delivery import Pace

app = typer.Typer()

EVENTS = "Events and webhooks"


@dataclass
class ListenOptions:
    """Where the server listens, and whom it admits."""

    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 picks one.")] = PORT
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")] = LOOPBACK
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Let other machines be reached by webhooks, and reach --host.")
    ] = False
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="Another host name that clients use; repeatable."),
    ] = None
    token_env: Annotated[
        str | None, typer.Option("--token-env", metavar="VARIABLE", help="Accept only the token in this variable.")
    ] = None
    tls_cert: Annotated[
        str | None, typer.Option("--tls-cert", click_type=FILE, help="Serve https with this certificate (PEM).")
    ] = None
    tls_key: Annotated[
        str | None, typer.Option("--tls-key", click_type=FILE, help="Private key of --tls-cert (PEM).")
    ] = None
    ready_file: Annotated[
        str | None,
        typer.Option("--ready-file", click_type=FILE, help="Write url, port and pid to FILE once it is up."),
    ] = None

    def load_certificate(self) -> ssl.SSLContext | None:
        """Load the certificate and its key; None if none was given."""
        from ...local.server import load_certificate

        if (self.tls_cert is None) != (self.tls_key is None):
            raise InputError("--tls-cert and --tls-key go together", hint="Give both, or neither.")
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
            help="Wait before a failed batch is sent again (Mailtrap: 5m).",
            rich_help_panel=EVENTS,
        ),
    ] = "1s"

    def find_pace(self) -> Pace:
        """Read the durations."""
        from ...local.webhook_delivery import Pace
        from ...units import parse_duration

        return Pace(
            parse_duration(self.webhook_interval, "--webhook-interval"),
            parse_duration(self.webhook_retry, "--webhook-retry"),
        )

    def create_webhooks(self, store: Store, *, allow_remote: bool) -> list[str]:
        """Create the webhooks that are not there yet; a line about each, with its signing secret."""
        from ...local.webhooks import ensure_webhooks

        lines = []
        for url in self.webhook or ():
            try:
                secret = ensure_webhooks(store, url, allow_remote=allow_remote)
            except InputError as error:
                raise InputError(f"--webhook: {error.message}") from error
            lines.append(f"Webhook {url} · signing secret {secret}")
        return lines


@app.command(
    epilog=join_examples(
        "mailtrap local serve",
        "mailtrap local serve --port 0 --ready-file server.json",
        "mailtrap local serve --latency 100ms --fail 500:5%",
    )
)
@expand_options
def serve(
    ctx: typer.Context,
    listen: ListenOptions,
    faults: FaultOptions,
    events: EventOptions,
    max_messages: Annotated[
        int, typer.Option("--max-messages", min=1, help="Keep at most this many; the oldest are deleted first.")
    ] = 100_000,
    strict_domains: Annotated[
        bool, typer.Option("--strict-domains", help="Refuse live mail from domains that were never created.")
    ] = False,
) -> None:
    """Serve the local sandbox on a port of this machine, for programs in any language.

    The four hosts of the API are under /send, /bulk, /sandbox and /account. What arrives is also what -p local reads.
    Prints the lines to export, then one line per message; with -v each request on stderr. Ctrl-C and SIGTERM end it
    with exit code 0.

    JSON lines (-o jsonl): one object with url, port and pid, then one per message: stream, sandbox_id, from, to,
    subject.
    """
    from ...local.app import Sandbox
    from ...local.application import Names, create_application
    from ...local.faults import Dice, Faults, changed
    from ...local.message_log import Lines, lines
    from ...local.ready_file import ReadyFile
    from ...local.server import is_loopback, run_server
    from ...local.store import Store
    from ...local.web.app import WebInbox
    from ...local.webhook_delivery import Courier

    world: World = ctx.obj
    remote = not is_loopback(listen.host)
    if remote and not listen.allow_remote:
        raise InputError(
            f"--host: {listen.host} can be reached from other machines", hint="Give --allow-remote if that is meant."
        )
    tls = listen.load_certificate()
    token = read_token(world, listen.token_env)
    dice = Dice(changed(Faults(), faults.list_changes()), faults.seed)
    pace = events.find_pace()
    store = Store(state_dir(world), max_messages=max_messages)
    webhooks = events.create_webhooks(store, allow_remote=listen.allow_remote)
    if remote:
        who = "whoever reaches it" if token is None else "whoever has the token"
        world.trace(
            f"Warning: {listen.host} can be reached from other machines; {who} can read and delete every message"
        )
    ready_file = None if listen.ready_file is None else ReadyFile(listen.ready_file)

    def trouble(sentence: str) -> None:
        with suppress(OSError, ValueError):  # nobody reads stderr any more; the server goes on
            world.trace(sentence)

    shown = None if world.common.quiet or not has_file(world.stdout) else Lines(world.stdout, trouble)

    def ready(number: int) -> None:
        url = format_url(listen.host, number, https=tls is not None)
        if shown is not None:
            shown.put(_announce(world, url, number, listen.token_env))
            trouble(f"Listening on {url}; Ctrl-C ends it")
        for line in webhooks:
            trouble(line)
        if ready_file is not None:
            ready_file.write(url, number)

    def captured(stream: str, sandbox_id: int, messages: list[dict[str, Any]]) -> None:
        if shown is not None:
            shown.put(*lines(stream, sandbox_id, messages, world.out.line))

    names = Names(remote=remote, others=frozenset(name.lower() for name in [listen.host, *(listen.allow_host or ())]))
    sandbox = Sandbox(
        store,
        token=token,
        captured=captured,
        strict_domains=strict_domains,
        allow_remote=listen.allow_remote,
    )
    courier = Courier(store, pace, trouble)
    log = trouble if world.common.verbose else None
    web = WebInbox(store.path.parent, token=token)
    served = create_application(sandbox, dice, names=names, trouble=trouble, log=log, web=web)
    try:
        run_server(served, listen.host, listen.port, tls=tls, ready=ready, background=[courier.run, web.run])
    finally:
        web.close()
        store.close()
        if shown is not None:
            shown.close()
        if ready_file is not None:
            ready_file.remove()


def _announce(world: World, url: str, port: int, token_env: str | None) -> str:
    import os

    return world.out.line({"url": url, "port": port, "pid": os.getpid()}, "\n".join(format_exports(url, token_env)))
