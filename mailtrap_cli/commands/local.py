"""`mailtrap local`: the local sandbox on a port, and its store."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ..cli.options import Yes
from ..cli.value_types import FILE
from ..errors import ConfigError, InputError
from ..output import Column
from ..terminal import has_file

if TYPE_CHECKING:
    from ..cli.context import World

app = typer.Typer()

PORT = 3580
LOOPBACK = "127.0.0.1"
TOKEN = "local"
SENDER = "local@example.com"

Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 picks one when serving.")]
ServerPort = Annotated[int, typer.Option("--port", min=1, max=65535, help="The server's port.")]
TokenEnv = Annotated[
    str | None, typer.Option("--token-env", metavar="VARIABLE", help="Take only the token in this variable.")
]
Latency = Annotated[str | None, typer.Option("--latency", metavar="DURATION", help="Answer this late, such as 100ms.")]
Jitter = Annotated[str | None, typer.Option("--jitter", metavar="DURATION", help="Up to so much later at random.")]
RateLimit = Annotated[
    str | None, typer.Option("--rate-limit", metavar="N/TIME|off", help="Requests a token, such as 150/10s.")
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

Seed = Annotated[int | None, typer.Option("--seed", help="Make the faults repeatable, from here on.")]

STATS = (
    Column("Messages", "messages", right=True),
    Column("Live", "live", right=True),
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
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="Another name that clients call it by; repeatable."),
    ] = None,
    ready_file: Annotated[
        str | None, typer.Option("--ready-file", click_type=FILE, help="Write url, port and pid here once it is up.")
    ] = None,
    token_env: TokenEnv = None,
    tls_cert: Annotated[
        str | None, typer.Option("--tls-cert", click_type=FILE, help="Serve https with this certificate (PEM).")
    ] = None,
    tls_key: Annotated[str | None, typer.Option("--tls-key", click_type=FILE, help="Its private key (PEM).")] = None,
    max_messages: Annotated[
        int, typer.Option("--max-messages", min=1, help="Keep so many, the oldest out first.")
    ] = 100_000,
    latency: Latency = None,
    jitter: Jitter = None,
    rate_limit: RateLimit = None,
    fail: Fail = None,
    reset: Reset = None,
    partial: Partial = None,
    seed: Seed = None,
    strict_domains: Annotated[
        bool, typer.Option("--strict-domains", help="Refuse live mail from domains that were never created.")
    ] = False,
) -> None:
    """Serve the local sandbox on a port of this machine, for programs in any language.

    The four hosts of the API are under /send, /bulk, /sandbox and /account. What arrives is also what -p local reads.
    It prints the lines to export, then a line a message; with -v each request on stderr. Ctrl-C and SIGTERM end it with
    exit code 0.

    JSON lines (-o jsonl): one object with url, port and pid, then one a message: stream, sandbox_id, from, to, subject.
    """
    from ..local.app import Sandbox
    from ..local.faults import Dice, Faults, changed
    from ..local.message_log import Lines, lines
    from ..local.ready_file import ReadyFile
    from ..local.server import Names, application, certificate, is_loopback
    from ..local.server import serve as run
    from ..local.store import Store

    world: World = ctx.obj
    remote = not is_loopback(host)
    if remote and not allow_remote:
        raise InputError(
            f"--host: {host} can be reached from other machines", hint="Give --allow-remote if that is meant."
        )
    if (tls_cert is None) != (tls_key is None):
        raise InputError("--tls-cert and --tls-key go together", hint="Give both, or neither.")
    tls = certificate(tls_cert, tls_key) if tls_cert is not None and tls_key is not None else None
    token = _token(world, token_env)
    faults = changed(Faults(), _collect_changes(latency, jitter, rate_limit, fail, reset, partial))
    store = Store(_state_dir(world), max_messages=max_messages)
    if remote:
        who = "whoever reaches it" if token is None else "whoever has the token"
        world.trace(f"Warning: {host} can be reached from other machines; {who} can read and delete every message")
    ready_to_say = None if ready_file is None else ReadyFile(ready_file)

    def trouble(sentence: str) -> None:
        with suppress(OSError, ValueError):  # nobody reads stderr any more; the server goes on
            world.trace(sentence)

    shown = None if world.common.quiet or not has_file(world.stdout) else Lines(world.stdout, trouble)

    def ready(number: int) -> None:
        url = _url_of(host, number, https=tls is not None)
        if shown is not None:
            shown.put(_announce(world, url, number, token_env))
            trouble(f"Listening on {url}; Ctrl-C ends it")
        if ready_to_say is not None:
            ready_to_say.write(url, number)

    def captured(stream: str, sandbox_id: int, messages: list[dict[str, Any]]) -> None:
        if shown is not None:
            shown.put(*lines(stream, sandbox_id, messages, world.out.line))

    names = Names(remote=remote, others=frozenset(name.lower() for name in [host, *(allow_host or ())]))
    sandbox = Sandbox(store, token=token, captured=captured, strict_domains=strict_domains)
    log = trouble if world.common.verbose else None
    served = application(sandbox, Dice(faults, seed), names=names, trouble=trouble, log=log)
    try:
        run(served, host, port, tls=tls, ready=ready)
    finally:
        store.close()
        if shown is not None:
            shown.close()
        if ready_to_say is not None:
            ready_to_say.remove()


@app.command(epilog='Example: eval "$(mailtrap local env)"')
def env(
    ctx: typer.Context,
    port: ServerPort = PORT,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Its address.")] = LOOPBACK,
    tls: Annotated[bool, typer.Option("--tls", help="It serves https.")] = False,
    token_env: Annotated[
        str | None, typer.Option("--token-env", metavar="VARIABLE", help="The variable that it takes its token from.")
    ] = None,
    form: Annotated[
        Literal["shell", "dotenv", "json"], typer.Option("--format", help="Lines for a shell, a .env file, or JSON.")
    ] = "shell",
) -> None:
    """Print the environment that points this tool at a local server, for a shell's eval or a .env file.

    JSON: the variables and their values; without the token where it is in a variable of yours.
    """
    from ..config.settings import Flags, resolve_settings

    world: World = ctx.obj
    url = _url_of(host, port, https=tls)
    variables = _list_variables(url)
    _token(world, token_env)
    if resolve_settings(Flags(), {**world.env, **variables}).local:
        world.notice("The profile local is in use, which needs no server: name another, or none, to reach this one")
    document = variables | ({} if token_env else {"MAILTRAP_API_TOKEN": TOKEN})
    if form == "json":
        text = json.dumps(document, indent=2)
    elif form == "dotenv":
        text = "\n".join(f"{name}={value}" for name, value in document.items())
    else:
        text = "\n".join(_format_exports(url, token_env))
    world.out.text(document, text)


@app.command(epilog="Example: mailtrap local fault --latency 2s --fail 503:10%")
def fault(
    ctx: typer.Context,
    port: ServerPort = PORT,
    token_env: Annotated[
        str | None, typer.Option("--token-env", metavar="VARIABLE", help="The variable that it takes its token from.")
    ] = None,
    latency: Latency = None,
    jitter: Jitter = None,
    rate_limit: RateLimit = None,
    fail: Fail = None,
    reset: Reset = None,
    partial: Partial = None,
    seed: Seed = None,
    clear: Annotated[bool, typer.Option("--clear", help="Take all faults back first.")] = False,
) -> None:
    """Change the faults of the server that runs on this port; without any, show them.

    JSON: latency, jitter (seconds), rate_limit, fail, reset, partial (shares from 0 to 1).
    """
    from ..local.faults import Faults
    from ..local.faults_client import change_faults

    world: World = ctx.obj
    changes = {
        **(Faults().as_json() if clear else {}),
        **_collect_changes(latency, jitter, rate_limit, fail, reset, partial),
    }
    if seed is not None:
        changes["seed"] = seed
    document = change_faults(port, changes, _token(world, token_env))
    columns = [Column(name.replace("_", " ").capitalize(), name) for name in document]
    world.out.record(document, columns, essential="latency")


@app.command(epilog="Example: mailtrap local reset --yes")
def reset(ctx: typer.Context, yes: Yes = False) -> None:
    """Delete every message of the local sandbox; sandboxes and projects stay."""
    from ..local.store import Store

    world: World = ctx.obj
    if not _is_made(_store_file(world)):
        world.notice("There are no messages")
        return
    store = Store(_state_dir(world))
    try:
        if not world.confirm(f"Delete {store.count()} messages of the local sandbox?", yes=yes):
            world.notice("Nothing was done.")
            return
        world.notice(f"{store.clear()} messages deleted")
    finally:
        store.close()


@app.command(epilog="Example: mailtrap local path")
def path(ctx: typer.Context) -> None:
    """Print where the local sandbox is kept, whether it is there yet or not.

    JSON: the path, as a string.
    """
    world: World = ctx.obj
    found = str(_store_file(world))
    world.out.text(found, found)


@app.command(epilog="Example: mailtrap local stats -o json")
def stats(ctx: typer.Context) -> None:
    """Show how much the local sandbox holds.

    JSON: messages (all), live (those of the live streams), unread, sandboxes, bytes (on disk), path.
    """
    from ..local.store import Store

    world: World = ctx.obj
    file = _store_file(world)
    row: dict[str, Any] = dict.fromkeys(("messages", "live", "unread", "sandboxes", "bytes"), 0) | {"path": str(file)}
    if _is_made(file):
        store = Store(_state_dir(world))
        try:
            sandboxes = store.sandboxes()
            row["messages"] = store.count()
            row["live"] = store.count_live()
            row["unread"] = sum(entry["emails_unread_count"] for entry in sandboxes)
            row["sandboxes"] = len(sandboxes)
            row["bytes"] = store.size()
        finally:
            store.close()
    world.out.record(row, STATS, essential="messages")


# ------------------------------------------------------------------------------------------------ inside


def _state_dir(world: World) -> Path:
    world.common.profile = "local"
    return world.settings().state_dir


def _store_file(world: World) -> Path:
    from ..local.database import FILE

    return _state_dir(world) / FILE


def _is_made(store: Path) -> bool:
    """Whether there is a store; one that cannot be reached is for the store itself to complain of."""
    try:
        store.stat()
    except FileNotFoundError:
        return False
    except OSError:
        pass
    return True


def _token(world: World, variable: str | None) -> str | None:
    """The token in this variable; None where none is named."""
    if variable is None:
        return None
    if not variable.isidentifier() or not variable.isascii():
        raise InputError(
            f"--token-env: {variable!r} is no name of a variable", hint="Name the variable, not the token."
        )
    token = world.env.get(variable, "").strip()
    if not token:
        raise ConfigError(f"--token-env: the environment variable {variable} is not set")
    return token


def _url_of(host: str, port: int, *, https: bool) -> str:
    host = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(host, host)  # all addresses: this machine's own is among them
    return f"http{'s' if https else ''}://{f'[{host}]' if ':' in host else host}:{port}"


def _list_variables(url: str) -> dict[str, str]:
    """What points this tool at the server, but for the token."""
    return {
        "MAILTRAP_SEND_URL": f"{url}/send",
        "MAILTRAP_BULK_URL": f"{url}/bulk",
        "MAILTRAP_SANDBOX_URL": f"{url}/sandbox",
        "MAILTRAP_API_URL": f"{url}/account",
        "MAILTRAP_USE_SANDBOX": "true",
        "MAILTRAP_SANDBOX_ID": "1",
        "MAILTRAP_FROM_EMAIL": SENDER,
    }


def _format_exports(url: str, token_env: str | None) -> list[str]:
    """The same as lines for a shell; a token in a variable of the user's is named, not shown."""
    from shlex import quote

    token = TOKEN if token_env is None else f'"${token_env}"'
    exports = [f"export {name}={quote(value)}" for name, value in _list_variables(url).items()]
    return [f"export MAILTRAP_API_TOKEN={token}", *exports]


def _announce(world: World, url: str, port: int, token_env: str | None) -> str:
    import os

    return world.out.line({"url": url, "port": port, "pid": os.getpid()}, "\n".join(_format_exports(url, token_env)))


def _collect_changes(
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
        shares = [parse_failure(text, "--fail") for text in fail]
        changes["fail"] = {str(status): share for status, share in shares}
    for name, share in (("reset", reset), ("partial", partial)):
        if share is not None:
            changes[name] = parse_share(share, f"--{name}")
    return changes
