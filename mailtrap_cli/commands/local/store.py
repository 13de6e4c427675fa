"""`mailtrap local path`, `stats` and `reset`: the file of the local sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ...cli.examples import join_examples
from ...cli.facts import with_facts
from ...cli.options import Yes
from ...output import Column
from ...units import format_count
from .shared import state_dir

if TYPE_CHECKING:
    from ...cli.context import World

app = typer.Typer()

STATS = (
    Column("Messages", "messages", right=True),
    Column("Live", "live", right=True),
    Column("Unread", "unread", right=True),
    Column("Sandboxes", "sandboxes", right=True),
    Column("Bytes", "bytes", right=True),
    Column("Path", "path"),
)


@app.command(epilog=join_examples("mailtrap local reset", "mailtrap local reset --yes"))
@with_facts(hosts=(), destructive=True)
def reset(ctx: typer.Context, yes: Yes = False) -> None:
    """Delete every message of the local sandbox; keep sandboxes and projects."""
    from ...local.store import Store

    world: World = ctx.obj
    if not _is_made(_store_file(world)):
        world.notice("No messages to delete.")
        return
    store = Store(state_dir(world))
    try:
        if not world.confirm(f"Delete {format_count(store.count(), 'message')} from the local sandbox?", yes=yes):
            world.notice("Nothing was done.")
            return
        world.notice(f"✓ Deleted {format_count(store.clear(), 'message')}")
    finally:
        store.close()


@app.command(epilog=join_examples("mailtrap local path", 'ls -l "$(mailtrap local path)"'))
def path(ctx: typer.Context) -> None:
    """Print the path of the local sandbox, even if it does not exist yet.

    JSON: the path, as a string.
    """
    world: World = ctx.obj
    found = str(_store_file(world))
    world.out.text(found, found)


@app.command(epilog=join_examples("mailtrap local stats", "mailtrap local stats -o json"))
def stats(ctx: typer.Context) -> None:
    """Show how much the local sandbox contains.

    JSON: messages (all), live (those of the live streams), unread, sandboxes, bytes (on disk), path.
    """
    from ...local.store import Store

    world: World = ctx.obj
    file = _store_file(world)
    row: dict[str, Any] = dict.fromkeys(("messages", "live", "unread", "sandboxes", "bytes"), 0) | {"path": str(file)}
    if _is_made(file):
        store = Store(state_dir(world))
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


def _store_file(world: World) -> Path:
    from ...local.database import FILE

    return state_dir(world) / FILE


def _is_made(store: Path) -> bool:
    """Return whether the store exists; if it cannot be accessed, opening it reports that."""
    try:
        store.stat()
    except FileNotFoundError:
        return False
    except OSError:
        pass
    return True
