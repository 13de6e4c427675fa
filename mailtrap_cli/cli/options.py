"""The options that commands share, declared once.

Every command takes the options of `Common`, before or after its name (`root.py` adds them to the whole tree). Options
that travel together are a dataclass of annotated fields: `expand_options` gives a command one option for each field of
such a parameter, and the command receives the object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache, wraps
from inspect import Parameter, signature
from typing import Annotated, Any, get_type_hints

import typer
from typer.core import TyperOption

from ..output import FORMATS, Format
from .typer_internals import ParamType
from .value_types import FILE, FOLDER, PROFILE, OneOf, Text


@dataclass(eq=False, repr=False)
class Common:
    """The values of the common options; the last one given wins, wherever it appears."""

    profile: str | None = None
    output: Format | None = None
    quiet: bool = False
    verbose: bool = False
    timeout: float = 30.0  # seconds, per request
    no_input: bool = False
    no_color: bool = False
    no_pager: bool = False


def common_options() -> list[TyperOption]:
    """Create new `TyperOption`s for one command; each writes its value to the `Common` of the run. (`root` adds
    --help.)
    """
    return [
        _common_option(["-p", "--profile"], PROFILE, "Profile to use."),
        _common_option(["-o", "--output"], OneOf(*FORMATS), "How results are printed."),
        _common_option(
            ["-q", "--quiet"], None, "Print only the essential value, such as IDs, one per line; no notices."
        ),
        _common_option(["-v", "--verbose"], None, "Show each request on stderr, never the token."),
        _common_option(["--timeout"], Text("SECONDS"), "Deadline of one request (default: 30).", _parse_timeout),
        _common_option(["--no-input"], None, "Never ask; MAILTRAP_NO_INPUT=1 does the same."),
        _common_option(["--no-color"], None, "No colors; NO_COLOR=1 does the same."),
        _common_option(["--no-pager"], None, "Do not page long output; PAGER=cat does the same."),
        answered(["--version"], _format_version, "Print the version."),
    ]


PANEL = "Global options"


def _common_option(
    names: list[str], kind: ParamType | None, help_: str, parse: Callable[[str], Any] | None = None
) -> TyperOption:
    """Create an option of `Common`; without a `kind` it is a flag."""
    field = names[-1].removeprefix("--").replace("-", "_")

    def record(ctx: typer.Context, param: TyperOption, value: Any) -> None:
        if value is None or value is False or ctx.resilient_parsing:
            return
        common: Common = ctx.obj.common
        setattr(common, field, parse(value) if parse else value)

    return TyperOption(
        param_decls=names,
        type=kind,
        is_flag=kind is None,
        default=None,
        expose_value=False,
        callback=record,
        help=help_,
        rich_help_panel=PANEL,
    )


def answered(names: list[str], answer: Callable[[typer.Context], str], help_: str) -> TyperOption:
    """Create an option that prints something instead of running the command."""

    def print_it(ctx: typer.Context, param: TyperOption, value: bool) -> None:
        if value and not ctx.resilient_parsing:
            ctx.obj.show_help(answer(ctx))
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


def _parse_timeout(value: str) -> float:
    try:
        seconds = float(value) if value.isascii() and "_" not in value else None
    except ValueError:
        seconds = None
    if seconds is None:
        raise typer.BadParameter(f"{value!r} is not a number.")
    if not 0 < seconds <= 86_400:  # no system clock takes much more
        raise typer.BadParameter(f"{value} is not a number of seconds above 0 and up to 86400.")
    return seconds


def _format_version(ctx: typer.Context) -> str:
    from .. import __version__

    return f"mailtrap {__version__}\n"


def expand_options(command: Callable[..., None]) -> Callable[..., None]:
    """Replace each parameter of a command that is annotated with a dataclass by one option for each field of it.

    A field is declared as Typer declares a parameter, `name: Annotated[kind, typer.Option(…)] = default`; a dataclass
    that extends another may redeclare a field, for instance to word its help differently, and one may be the field of
    another. Raises TypeError if two parameters of one command have the same name.

        @app.command("list")
        @expand_options
        def list_messages(ctx: typer.Context, filters: MessageFilters, limit: int = 100) -> None: ...
    """
    hints = get_type_hints(command, include_extras=True)
    groups = {name: kind for name, kind in hints.items() if is_dataclass(kind)}

    @wraps(command)
    def run(**given: Any) -> None:
        objects = {name: _collect_fields(kind, given) for name, kind in groups.items()}
        command(**given, **objects)

    parameters: list[Parameter] = []
    own = signature(command)
    for name, parameter in own.parameters.items():
        if name in groups:
            parameters += _field_parameters(groups[name])
        else:
            parameters.append(parameter.replace(annotation=hints[name], kind=Parameter.KEYWORD_ONLY))
    names = [parameter.name for parameter in parameters]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise TypeError(f"{command.__qualname__} declares {', '.join(sorted(repeated))} more than once")
    run.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]  # what Typer reads
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


@cache
def _field_hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _field_parameters(kind: Any) -> Iterator[Parameter]:
    hints = _field_hints(kind)
    for field in fields(kind):
        if is_dataclass(hints[field.name]):
            yield from _field_parameters(hints[field.name])
            continue
        if field.default is not MISSING:
            default = field.default
        else:
            default = Parameter.empty if field.default_factory is MISSING else None
        yield Parameter(field.name, Parameter.KEYWORD_ONLY, annotation=hints[field.name], default=default)


def _collect_fields(kind: Any, given: dict[str, Any]) -> Any:
    """Take the values of the dataclass's fields out of `given`. A value of None means the field's default, such as a
    list.
    """
    hints = _field_hints(kind)
    values: dict[str, Any] = {}
    for field in fields(kind):
        nested = hints[field.name]
        value = _collect_fields(nested, given) if is_dataclass(nested) else given.pop(field.name)
        if value is not None or field.default_factory is MISSING:
            values[field.name] = value
    return kind(**values)


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
    typer.Option(
        "--stream", click_type=OneOf("transactional", "bulk"), help="Stream for live sends.", rich_help_panel=TARGET
    ),
]
LIMIT, UNLIMITED = 100, 2**63  # rows of a list, unless --limit changes it (`--limit all` for no limit)


def _row_limit(given: str | int) -> int:
    text = str(given).lower()
    if text == "all" or given == UNLIMITED:
        return UNLIMITED
    if text.isascii() and text.isdecimal() and 0 < int(text) < UNLIMITED:
        return int(text)
    raise typer.BadParameter(f"{given!r} is not a whole number of 1 or more, or all.")


Limit = Annotated[int, typer.Option("--limit", metavar="N|all", help="At most this many rows.", parser=_row_limit)]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Folder = Annotated[str, typer.Option("--dir", click_type=FOLDER, help="Folder to save files in; created if missing.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that exists.")]
Junit = Annotated[
    str | None, typer.Option("--junit", click_type=FILE, help="Also write the results to FILE as JUnit XML.")
]
