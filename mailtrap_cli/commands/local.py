"""`mailtrap local`: the embedded sandbox on a port, and its store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import ConfigError, InputError, TransportError
from ..options import Yes
from ..output import Column

if TYPE_CHECKING:
    from ..context import World

app = typer.Typer()

PORT = 3580
LOOPBACK = "127.0.0.1"
TOKEN = "local"

Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 picks one when serving.")]
Latency = Annotated[str | None, typer.Option("--latency", metavar="DURATION", help="Answer this late, such as 100ms.")]
Jitter = Annotated[str | None, typer.Option("--jitter", metavar="DURATION", help="Up to so much later at random.")]
RateLimit = Annotated[
    str | None, typer.Option("--rate-limit", metavar="RATE", help="Requests a token, such as 150/10s; or off.")
]
Fail = Annotated[
    list[str] | None, typer.Option("--fail", metavar="STATUS:SHARE", help="Fail so many, such as 500:5%; repeatable.")
]
Reset = Annotated[
    str | None, typer.Option("--reset", metavar="SHARE", help="Accept and cut the connection, such as 1%.")
]
Partial = Annotated[
    str | None, typer.Option("--partial", metavar="SHARE", help="Refuse so many messages of a batch, such as 2%.")
]

STATS = (
    Column("Messages", "messages", right=True),
    Column("Unread", "unread", right=True),
    Column("Sandboxes", "sandboxes", right=True),
    Column("Bytes", "bytes", right=True),
    Column("Path", "path"),
)


@app.command(epilog="Example: mailtrap local serve --latency 100ms --fail 500:5%")
def serve(
    ctx: typer.Context,
    port: Port = PORT,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="The address to listen on.")] = LOOPBACK,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Let --host be an address that other machines reach.")
    ] = False,
    ready_file: Annotated[
        str | None, typer.Option("--ready-file", metavar="FILE", help="Write url, port and pid here once it is up.")
    ] = None,
    token_env: Annotated[
        str | None, typer.Option("--token-env", metavar="VARIABLE", help="Take only the token in this variable.")
    ] = None,
    max_messages: Annotated[
        int, typer.Option("--max-messages", min=1, help="Keep so many, the oldest out first.")
    ] = 100_000,
    latency: Latency = None,
    jitter: Jitter = None,
    rate_limit: RateLimit = None,
    fail: Fail = None,
    reset: Reset = None,
    partial: Partial = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Make the faults repeatable.")] = None,
) -> None:
    """Serve the embedded sandbox on a port of this machine, for programs in any language.

    The four hosts of the API are under /send, /bulk, /sandbox and /account. What arrives is also what -p local reads.
    It prints the lines to export, then a line a message; Ctrl-C or SIGTERM ends it.

    JSON lines (-o jsonl): one object with url, port and pid, then one a message: stream, sandbox_id, from, to, subject.
    """
    from ..local.app import Sandbox
    from ..local.faults import Dice, Faults, changed
    from ..local.server import application, is_loopback, names_of
    from ..local.server import serve as run
    from ..local.store import Store

    world: World = ctx.obj
    if not is_loopback(host) and not allow_remote:
        raise InputError(
            f"--host: {host} can be reached from other machines", hint="Give --allow-remote if that is meant."
        )
    token = None
    if token_env is not None:
        token = world.env.get(token_env)
        if not token:
            raise ConfigError(f"--token-env: the environment variable {token_env} is not set")
    faults = changed(Faults(), _changes(latency, jitter, rate_limit, fail, reset, partial))
    store = Store(_state_dir(world), max_messages=max_messages)
    if not is_loopback(host):
        world.trace(
            f"Warning: {host} can be reached from other machines; whoever has no --token-env guard can read all"
        )

    def ready(number: int) -> None:
        url = _url(host, number)
        if ready_file is not None:
            _write_ready(ready_file, url, number)
        _announce(world, url, number)

    def captured(stream: str, sandbox_id: int, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            _show(world, stream, sandbox_id, message)
        world.stdout.flush()

    sandbox = Sandbox(store, token=token, captured=None if world.common.quiet else captured)
    try:
        run(application(sandbox, Dice(faults, seed), names=names_of(host)), host, port, ready)
    finally:
        store.close()
        if ready_file is not None:
            Path(ready_file).unlink(missing_ok=True)


@app.command(epilog='Example: eval "$(mailtrap local env)"')
def env(
    ctx: typer.Context,
    port: Port = PORT,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Its address.")] = LOOPBACK,
) -> None:
    """Print the environment that points this tool at a local server, for a shell's eval.

    JSON: the variables and their values.
    """
    world: World = ctx.obj
    variables = _variables(_url(host, port))
    if world.common.output in ("json", "jsonl"):
        world.out.json(variables)
    else:
        world.out.write("".join(f"export {name}={value}\n" for name, value in variables.items()))


@app.command(epilog="Example: mailtrap local fault --latency 2s --fail 503:10%")
def fault(
    ctx: typer.Context,
    port: Port = PORT,
    latency: Latency = None,
    jitter: Jitter = None,
    rate_limit: RateLimit = None,
    fail: Fail = None,
    reset: Reset = None,
    partial: Partial = None,
    clear: Annotated[bool, typer.Option("--clear", help="Take all faults back first.")] = False,
) -> None:
    """Change the faults of the server that runs on this port; without any, show them.

    JSON: latency, jitter (seconds), rate_limit, fail, reset, partial (shares from 0 to 1).
    """

    from ..local.faults import Faults

    world: World = ctx.obj
    changes = {**(Faults().as_json() if clear else {}), **_changes(latency, jitter, rate_limit, fail, reset, partial)}
    document = _ask_server(port, changes)
    columns = [Column(name.replace("_", " ").capitalize(), name) for name in document]
    world.out.record(document, columns, essential="latency")


@app.command(epilog="Example: mailtrap local reset --yes")
def reset(ctx: typer.Context, yes: Yes = False) -> None:
    """Delete every message of the embedded sandbox; sandboxes and projects stay."""
    from ..local.store import Store

    world: World = ctx.obj
    store = Store(_state_dir(world))
    try:
        count = store.count()
        if not world.confirm(f"Delete {count} messages of the embedded sandbox?", yes=yes):
            world.notice("Nothing was done.")
            return
        world.notice(f"{store.clear()} messages deleted")
    finally:
        store.close()


@app.command(epilog="Example: mailtrap local path")
def path(ctx: typer.Context) -> None:
    """Print where the embedded sandbox is kept."""
    from ..local.store import FILE

    world: World = ctx.obj
    found = str(_state_dir(world) / FILE)
    if world.common.output in ("json", "jsonl"):
        world.out.json(found)
    else:
        world.out.write(found + "\n")


@app.command(epilog="Example: mailtrap local stats -o json")
def stats(ctx: typer.Context) -> None:
    """Show how much the embedded sandbox holds.

    JSON: messages, unread, sandboxes, bytes, path.
    """
    from ..local.store import Store

    world: World = ctx.obj
    store = Store(_state_dir(world))
    try:
        rows = store.sandboxes()
        row = {
            "messages": store.count(),
            "unread": sum(entry["emails_unread_count"] for entry in rows),
            "sandboxes": len(rows),
            "bytes": sum(part.stat().st_size for part in store.path.parent.glob(f"{store.path.name}*")),
            "path": str(store.path),
        }
    finally:
        store.close()
    world.out.record(row, STATS, essential="messages")


# ------------------------------------------------------------------------------------------------ inside


def _state_dir(world: World) -> Path:
    world.common.profile = "local"
    return world.settings().state_dir


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _variables(url: str) -> dict[str, str]:
    return {
        "MAILTRAP_API_TOKEN": TOKEN,
        "MAILTRAP_SEND_URL": f"{url}/send",
        "MAILTRAP_BULK_URL": f"{url}/bulk",
        "MAILTRAP_SANDBOX_URL": f"{url}/sandbox",
        "MAILTRAP_API_URL": f"{url}/account",
        "MAILTRAP_USE_SANDBOX": "true",
        "MAILTRAP_SANDBOX_ID": "1",
    }


def _changes(
    latency: str | None,
    jitter: str | None,
    rate_limit: str | None,
    fail: list[str] | None,
    reset: str | None,
    partial: str | None,
) -> dict[str, Any]:
    """The flags as the JSON that changes faults; only what was given."""
    from ..local.faults import parse_failure, parse_share
    from ..units import parse_duration, parse_rate

    changes: dict[str, Any] = {}
    for name, duration in (("latency", latency), ("jitter", jitter)):
        if duration is not None:
            changes[name] = parse_duration(duration, f"--{name}")
    if rate_limit is not None:
        rate = parse_rate(rate_limit, "--rate-limit")
        changes["rate_limit"] = None if rate is None else list(rate)
    if fail:
        changes["fail"] = {str(status): share for status, share in (parse_failure(text, "--fail") for text in fail)}
    for name, share_text in (("reset", reset), ("partial", partial)):
        if share_text is not None:
            changes[name] = parse_share(share_text, f"--{name}")
    return changes


def _announce(world: World, url: str, port: int) -> None:
    import os

    if world.common.output in ("json", "jsonl"):
        _line(world, {"url": url, "port": port, "pid": os.getpid()})
        return
    world.stdout.write("".join(f"export {name}={value}\n" for name, value in _variables(url).items()))
    world.stdout.flush()
    world.notice(f"Listening on {url}; Ctrl-C ends it")


def _show(world: World, stream: str, sandbox_id: int, message: dict[str, Any]) -> None:
    from ..text import clean

    recipients = [entry["email"] for field in ("to", "cc", "bcc") for entry in message.get(field) or ()]
    sender, subject = message["from"]["email"], message.get("subject")
    if world.common.output in ("json", "jsonl"):
        _line(
            world,
            {"stream": stream, "sandbox_id": sandbox_id or None, "from": sender, "to": recipients, "subject": subject},
        )
        return
    where = f"sandbox {sandbox_id}" if sandbox_id else stream
    what = subject if subject is not None else f"template {message.get('template_uuid')}"
    world.stdout.write(clean(f"{where}  {sender} -> {', '.join(recipients)}  {what}") + "\n")


def _line(world: World, document: dict[str, Any]) -> None:
    from ..text import dumps

    world.stdout.write(dumps(document) + "\n")
    world.stdout.flush()


def _write_ready(name: str, url: str, port: int) -> None:
    import os

    target = Path(name)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.write_text(json.dumps({"url": url, "port": port, "pid": os.getpid()}) + "\n")
        draft.replace(target)  # whoever waits for the file finds it whole
    except OSError as error:
        raise InputError(f"--ready-file: {name} cannot be written: {error.strerror}") from error


def _ask_server(port: int, changes: dict[str, Any]) -> dict[str, Any]:
    """Change the faults of the server on this port (none: only read them); what they are then."""
    import urllib.error
    import urllib.request

    url = f"http://{LOOPBACK}:{port}"
    request = urllib.request.Request(
        f"{url}/faults",
        data=json.dumps(changes).encode(),
        headers={"Content-Type": "application/json"},
        method="PATCH",
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as response:
            document: dict[str, Any] = json.load(response)
            return document
    except (OSError, ValueError) as error:
        raise TransportError(
            f"No local server answers on port {port}: {getattr(error, 'reason', error)}",
            outcome=None,
            hint="Start it: mailtrap local serve, or name its port with --port.",
        ) from error
