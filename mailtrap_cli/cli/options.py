"""The options that commands share, declared once.

`COMMON` are taken by every command, before or after its name (`cli.py` adds them to the whole tree); the
`Annotated` aliases below are for the signatures of commands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from typer.core import TyperOption

from ..output import FORMATS, Format


@dataclass
class Common:
    """The values of the common options; the last one given wins, wherever it stood."""

    profile: str | None = None
    output: Format | None = None
    quiet: bool = False
    verbose: bool = False
    timeout: float = 30.0  # seconds, for one request
    no_color: bool = False

    @property
    def as_json(self) -> bool:
        """Whether results and errors are for programs: `json` or `jsonl`."""
        return self.output in ("json", "jsonl")


def common_options() -> list[TyperOption]:
    """Fresh `TyperOption`s for one command; each writes its value to the `Common` of the run. (`root` adds --help.)"""
    return [
        _common(["-p", "--profile"], str, "NAME", "Profile to use."),
        _common(["-o", "--output"], str, "|".join(FORMATS), "How results are printed.", check=_known_format),
        _common(["-q", "--quiet"], bool, None, "Only the essential value: ids, one a line; no progress, no notices."),
        _common(["-v", "--verbose"], bool, None, "Each request on stderr; the token is never shown."),
        _common(["--timeout"], float, "SECONDS", "Deadline of one request; 30 by default.", check=_positive),
        _common(["--no-color"], bool, None, "No colours; the environment's NO_COLOR does the same."),
        answered(["--version"], _version, "Print the version."),
    ]


PANEL = "Common options"


def _common(names: list[str], kind: type, metavar: str | None, help_: str, check: Any = None) -> TyperOption:
    field = names[-1].removeprefix("--").replace("-", "_")

    def record(ctx: typer.Context, param: TyperOption, value: Any) -> None:
        if value is None or value is False or ctx.resilient_parsing:
            return
        common: Common = ctx.obj.common
        setattr(common, field, check(value) if check else value)

    return TyperOption(
        param_decls=names,
        type=None if kind is bool else kind,
        is_flag=kind is bool,
        metavar=metavar,
        default=None,
        expose_value=False,
        callback=record,
        help=help_,
        rich_help_panel=PANEL,
    )


def answered(names: list[str], answer: Callable[[typer.Context], str], help_: str) -> TyperOption:
    """An option that prints an answer instead of running the command."""

    def print_it(ctx: typer.Context, param: TyperOption, value: bool) -> None:
        if value and not ctx.resilient_parsing:
            ctx.obj.write(answer(ctx))
            raise typer.Exit

    return TyperOption(
        param_decls=names,
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=print_it,
        help=help_,
        rich_help_panel=PANEL,
    )


def _known_format(value: str) -> Format:
    if value not in FORMATS:
        raise typer.BadParameter(f"{value!r} is not one of {', '.join(FORMATS)}.")
    return value


def _positive(value: float) -> float:
    if not 0 < value <= 86_400:  # no clock of the system takes much more
        raise typer.BadParameter(f"{value:g} is not a number of seconds above 0 and up to 86400.")
    return value


def _version(ctx: typer.Context) -> str:
    from .. import __version__

    return f"mailtrap {__version__}\n"


TARGET = "Target"

Sandbox = Annotated[
    bool | None,
    typer.Option("--sandbox/--live", help="Capture in the sandbox, or deliver for real.", rich_help_panel=TARGET),
]
SandboxId = Annotated[
    int | None,
    typer.Option("--sandbox-id", min=1, metavar="ID", help="This sandbox; implies --sandbox.", rich_help_panel=TARGET),
]
Stream = Annotated[
    str | None,
    typer.Option("--stream", metavar="transactional|bulk", help="The stream of live sends.", rich_help_panel=TARGET),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Folder = Annotated[str, typer.Option("--dir", metavar="FOLDER", help="Where files are put; made if it is not there.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that exists.")]
Junit = Annotated[
    str | None, typer.Option("--junit", metavar="FILE", help="Write the outcome to FILE as JUnit XML as well.")
]

CONTENT = "Content"


def _content(name: str, metavar: str, help_: str) -> Any:
    return typer.Option(name, metavar=metavar, help=help_, rich_help_panel=CONTENT)


# What `send` and `batch` say in the same words.
From = Annotated[str | None, typer.Option("--from", metavar="ADDRESS", help="Sender; else the profile's.")]
ReplyTo = Annotated[str | None, typer.Option("--reply-to", metavar="ADDRESS", help="Where answers go.")]
HtmlFile = Annotated[str | None, _content("--html-file", "FILE", "HTML body; - is stdin.")]
Attach = Annotated[list[str] | None, _content("--attach", "PATH", "Attachment; repeatable.")]
Inline = Annotated[
    list[str] | None, _content("--inline", "[CID=]PATH", "Image inside the HTML, as cid:NAME or cid:CID; repeatable.")
]
Header = Annotated[list[str] | None, _content("--header", "'NAME: VALUE'", "Header; repeatable.")]
Category = Annotated[str | None, _content("--category", "NAME", "Category, for statistics.")]
Variable = Annotated[list[str] | None, _content("--variable", "K=V", "Custom variable; repeatable.")]
