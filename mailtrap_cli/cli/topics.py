"""The topics of `mailtrap help TOPIC`: Markdown pages in the package, rendered on a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..terminal import is_terminal

if TYPE_CHECKING:
    from .context import World

WIDEST = 100  # columns: longer lines are hard to read
FOLDER = Path(__file__).parent.parent / "help"

# The topics shown on the help pages of a command, if they differ from OTHERS.
RELATED = {
    "send": ("sending", "local"),
    "batch": ("batch", "exit-codes"),
    "config": ("config", "environment"),
    "doctor": ("config", "exit-codes"),
    "domains": ("domains", "exit-codes"),
    "completion": ("environment",),
    "messages": ("ci", "local"),
    "attachments": ("ci", "output"),
    "sandboxes": ("ci", "output"),
    "local": ("local", "sdk"),
    "contacts": ("imports", "output"),
    "suppressions": ("imports", "output"),
}
OTHERS = ("output", "exit-codes")


def list_topics() -> list[str]:
    """List the names of all topics."""
    return sorted(path.stem for path in FOLDER.glob("*.md"))


def related_topics(command: str) -> tuple[str, ...]:
    """List the topics that say more about a command of the root."""
    return RELATED.get(command, OTHERS)


def read_title(topic: str) -> str:
    """Read the heading of a topic, such as `Email tests in CI`."""
    with (FOLDER / f"{topic}.md").open(encoding="utf-8") as page:
        return page.readline().removeprefix("#").strip()


def show_topic(world: World, name: str) -> bool:
    """Print the topic of this name; return whether it exists."""
    if name not in list_topics():
        return False
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    if not is_terminal(world.stdout):
        world.write(text)
        return True
    from ..output.markdown import render_markdown
    from ..output.tables import width_of

    width = min(width_of(world.stdout, world.env), WIDEST)
    world.show_help(render_markdown(text, world.stdout, world.color(world.stdout), width))
    return True
