"""Options that make up a message and choose its destination, declared once for `send` and `batch`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..records import record
from .options import Sandbox, SandboxId, Stream
from .value_types import FILE, Path, Text

if TYPE_CHECKING:
    from ..config.settings import Settings
    from .context import World

CONTENT = "Content"
ADDRESS = Text("ADDRESS")


def content(flag: str, kind: Text, help_: str) -> Any:
    """Declare an option of the panel "Content"."""
    return typer.Option(flag, click_type=kind, help=help_, rich_help_panel=CONTENT)


@record
class TargetOptions:
    """Where the message goes; the profile decides what is not given."""

    sandbox: Sandbox = None
    sandbox_id: SandboxId = None
    stream: Stream = None

    def resolve_settings(self, world: World, sender: str | None) -> Settings:
        """Return the settings of this run with these options and this sender."""
        return world.settings(stream=self.stream, sandbox=self.sandbox, sandbox_id=self.sandbox_id, sender=sender)


@record
class MessageOptions:
    """A message without its recipients. To add an option to both commands, add a field and use it in `compose.py`."""

    sender: Annotated[
        str | None, typer.Option("--from", click_type=ADDRESS, help="Sender (default: the profile's).")
    ] = None
    cc: Annotated[list[str], typer.Option("--cc", click_type=ADDRESS, help="Cc recipient or list; repeatable.")] = (
        field(default_factory=list)
    )
    bcc: Annotated[list[str], typer.Option("--bcc", click_type=ADDRESS, help="Bcc recipient or list; repeatable.")] = (
        field(default_factory=list)
    )
    reply_to: Annotated[str | None, typer.Option("--reply-to", click_type=ADDRESS, help="Reply-To address.")] = None
    subject: Annotated[str | None, typer.Option("--subject", help="Subject line.")] = None
    text: Annotated[str | None, content("--text", Text(), "Text body.")] = None
    text_file: Annotated[str | None, content("--text-file", FILE, "Text body from a file; - is stdin.")] = None
    html: Annotated[str | None, content("--html", Text("HTML"), "HTML body.")] = None
    html_file: Annotated[str | None, content("--html-file", FILE, "HTML body from a file; - is stdin.")] = None
    attach: Annotated[list[str], content("--attach", Path("PATH"), "Attach a file; repeatable.")] = field(
        default_factory=list
    )
    inline: Annotated[
        list[str],
        content("--inline", Path("[CID=]PATH"), "Image shown in the HTML as cid:CID (default: its name); repeatable."),
    ] = field(default_factory=list)
    header: Annotated[list[str], content("--header", Text("'NAME: VALUE'"), "Header; repeatable.")] = field(
        default_factory=list
    )
    category: Annotated[str | None, content("--category", Text("NAME"), "Category, for statistics.")] = None
    variable: Annotated[list[str], content("--variable", Text("KEY=VALUE"), "Custom variable; repeatable.")] = field(
        default_factory=list
    )
    template: Annotated[
        str | None, content("--template", Text("UUID"), "Template for the subject and all content.")
    ] = None


def list_given(**values: str | Sequence[str] | None) -> set[str]:
    """The names of the values that were given."""
    return {name for name, value in values.items() if value is not None and value != []}
