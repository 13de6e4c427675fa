"""Help pages: usage, description, examples, options, and related help.

A page is data first (`Page`); the text for pipes, the text for terminals and the man pages are made from it. It does
without Rich, which would cost more time than the rest of a help page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..terminal import is_terminal, measure_screen
from .context import World
from .examples import collect_examples, wrap_example
from .options import PANEL
from .usage import name_parameter
from .value_types import Number, OneOf

if TYPE_CHECKING:
    from .typer_internals import Context

WIDTH, WIDEST = (
    80,
    100,
)  # columns: the default if the width is unknown, and the maximum, since longer lines are hard to read
WIDEST_NAMES = 28  # columns for the names in a list; longer names have their help on the next line
LONGEST_CHOICES = 30  # the longest list of choices shown as an option's value
DOCUMENTATION = "https://docs.mailtrap.io"
REPORT = "Open an issue where you got mailtrap, with the output of mailtrap doctor."

HEADING, NAME, NOTE = "\x1b[1m", "\x1b[36m", "\x1b[2m"  # bold, cyan, dim
RESET = "\x1b[0m"

Row = tuple[str, str, str]  # the names, what they mean, and a note: the default, the bounds


@dataclass(frozen=True)
class Page:
    """The contents of a help page. `common` holds the rows of the global options, listed in full only on the root's
    page.
    """

    command: str
    usage: str
    about: Sequence[str]
    examples: Sequence[str]
    sections: Mapping[str, Sequence[Row]]
    common: Sequence[Row]
    more: Sequence[tuple[str, str]]

    @property
    def is_root(self) -> bool:
        """Whether it is the page of `mailtrap` itself."""
        return " " not in self.command


def page(ctx: Context) -> str:
    """Return the help page of this context's command, formatted for its stdout."""
    world: World = ctx.obj
    columns, _ = measure_screen(world.stdout if is_terminal(world.stdout) else None, world.env)
    return format_page(read_page(ctx), min(columns or WIDTH, WIDEST) - 2, color=world.color(world.stdout))


# ------------------------------------------------------------------------------------------------ contents


def read_page(ctx: Context) -> Page:
    """Read the page of a command from its declaration."""
    command: Any = ctx.command
    sections: dict[str, list[Row]] = {"Arguments": []}
    for parameter in command.get_params(ctx):
        if not parameter.hidden:
            default = "Arguments" if parameter.param_type_name == "argument" else "Options"
            row = _describe_parameter(ctx, parameter)
            sections.setdefault(parameter.rich_help_panel or default, []).append(row)
    for name, member in getattr(command, "commands", {}).items():
        if not member.hidden:
            row = (name, member.get_short_help_str(limit=1000), "")  # never truncated
            sections.setdefault(member.rich_help_panel or "Commands", []).append(row)
    common = sections.pop(PANEL, [])
    return Page(
        command=ctx.command_path,
        usage=_format_usage(ctx, command),
        about=list(_split_paragraphs(command.help)),
        examples=collect_examples(command),
        sections={title: rows for title, rows in sections.items() if rows},
        common=common,
        more=list(_list_more(ctx.command_path, is_group=hasattr(command, "commands"))),
    )


def _format_usage(ctx: Context, command: Any) -> str:
    """Format what follows the command's name: `[OPTIONS] FILE [NAME]`."""
    pieces = ["[OPTIONS]"]
    for parameter in command.get_params(ctx):
        if parameter.param_type_name == "argument":
            name = name_parameter(parameter)
            pieces.append(name if parameter.required or name.startswith("[") else f"[{name}]")
    return " ".join([*pieces, "COMMAND [ARGS]..."] if hasattr(command, "commands") else pieces)


def _split_paragraphs(text: str | None) -> Iterator[str]:
    for paragraph in (text or "").strip().split("\n\n"):
        if paragraph:
            yield " ".join(paragraph.split())


def _describe_parameter(ctx: Context, parameter: Any) -> Row:
    """Build the row of a parameter: its names with its value, its help, and its default and bounds."""
    notes: list[str] = []
    if parameter.param_type_name == "argument":
        names = name_parameter(parameter)
        if isinstance(parameter.type, OneOf):
            notes.append(", ".join(parameter.type.choices))
    else:
        sides = [sorted(side, key=_long_last) for side in (parameter.opts, parameter.secondary_opts) if side]
        names = " / ".join(", ".join(side) for side in sides)
        if not parameter.is_flag:
            value = parameter.make_metavar(ctx=ctx)
            if "|" in value and len(value) > LONGEST_CHOICES:
                notes.append(f"one of: {', '.join(value.strip('[]').split('|'))}")
                value = max(parameter.opts, key=len).strip("-").rpartition("-")[2].upper()
            names += f" {value}"
    if default := _show_default(parameter):
        notes.append(f"default: {default}")
    if isinstance(parameter.type, Number) and parameter.type.bounds:
        notes.append(parameter.type.bounds)
    if parameter.required and parameter.param_type_name == "option":
        notes.append("required")
    return names, parameter.help or "", f"({'; '.join(notes)})" if notes else ""


def _show_default(parameter: Any) -> str:
    default = parameter.default
    if isinstance(parameter.show_default, str):
        return parameter.show_default
    if not parameter.show_default or default in (None, False, "") or callable(default):
        return ""
    return str(parameter.opts[0] if default is True else default)


def _long_last(flag: str) -> tuple[bool, str]:
    return flag.startswith("--"), flag


def _list_more(path: str, *, is_group: bool) -> Iterator[tuple[str, str]]:
    """List related help: the topics of this command, the page of its noun."""
    from .topics import list_topics, read_title, related_topics

    _, *words = path.split()
    if not words:
        yield "mailtrap COMMAND --help", "Examples and options of a command."
        yield "mailtrap help TOPIC", f"More about {', '.join(list_topics())}."
        yield DOCUMENTATION, "The documentation of Mailtrap."
        yield "Report a bug", REPORT
        return
    for topic in related_topics(words[0]):
        title = read_title(topic)
        yield f"mailtrap help {topic}", title if title.endswith("?") else f"{title}."
    if is_group:
        yield f"{path} COMMAND --help", "Examples and options of a command."
    elif words[1:]:
        yield f"mailtrap {' '.join(words[:-1])} --help", f"All commands of {' '.join(words[:-1])}."


# ------------------------------------------------------------------------------------------------ layout


def format_page(found: Page, width: int, *, color: bool = False) -> str:
    """Format the page as text of at most this width."""

    def paint(style: str, text: str) -> str:
        return f"{style}{text}{RESET}" if color and text else text

    usage, *following = _wrap(f"Usage: {found.command} {found.usage}", width, indent="    ")
    lines = [usage.replace(head, paint(HEADING, head)) if (head := f"Usage: {found.command}") in usage else usage]
    lines += [*following, ""]
    for paragraph in found.about:
        lines += [*_wrap(f"  {paragraph}", width), ""]
    if found.examples:
        lines.append(paint(HEADING, "Try it without an account:" if found.is_root else "Examples:"))
        lines += [f"  {line}" for example in found.examples for line in wrap_example(example, width)]
        lines.append("")
    sections = {**found.sections, **({PANEL: found.common} if found.is_root else {})}
    size = _names_width([row for rows in sections.values() for row in rows], width)
    for title, rows in sections.items():
        lines.append(paint(HEADING, f"{title}:"))
        for names, says, note in rows:
            lines += _format_row(names, says, note, size, width, paint)
        lines.append("")
    if not found.is_root:
        lines.append(paint(HEADING, f"{PANEL}:"))
        lines += [*_wrap(f"  {_name_common(found.common)} (see mailtrap --help)", width), ""]
    lines.append(paint(HEADING, "Learn more:"))
    size = _names_width([(names, "", "") for names, _ in found.more], width)
    for names, says in found.more:
        lines += _format_row(names, says, "", size, width, paint)
    return "\n".join(lines) + "\n"


def _wrap(text: str, width: int, indent: str = "  ") -> list[str]:
    from textwrap import wrap

    return wrap(text, width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)


def _names_width(rows: Sequence[Row], width: int) -> int:
    """Return the width of the names column: that of the longest name that leaves enough room for the help."""
    most = min(WIDEST_NAMES, width * 2 // 5)
    return max((len(names) for names, _, _ in rows if len(names) <= most), default=most)


def _format_row(names: str, says: str, note: str, size: int, width: int, paint: Any) -> Iterator[str]:
    text = _wrap(f"{says} {note}".strip(), max(width - size - 4, 20), indent="")
    if len(names) > size:
        fits = len(names) + 2 <= width
        yield from (
            f"  {paint(NAME, part)}" for part in ([names] if fits else names.replace(" / ", " /\n").split("\n"))
        )
    else:
        text, first = text[1:], (text or [""])[0]
        yield f"  {paint(NAME, names)}{' ' * (size - len(names))}  {first}".rstrip()
    yield from (f"{' ' * (size + 4)}{line}" for line in text)


def _name_common(rows: Sequence[Row]) -> str:
    return ", ".join("/".join(name.split()[0] for name in names.split(", ")) for names, _, _ in rows)
