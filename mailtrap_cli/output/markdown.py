"""Markdown for a terminal, with Rich: headings in bold on the left, code in color without a background."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from rich.markdown import CodeBlock, Heading, Markdown
from rich.padding import Padding
from rich.text import Text
from rich.theme import Theme

from .tables import make_console, read_screen

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

CODE = "cyan"
THEME = Theme({"markdown.h1": "bold", "markdown.h2": "bold", "markdown.h3": "bold", "markdown.code": CODE})


class _LeftHeading(Heading):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.text


class _PlainCode(CodeBlock):
    """Plain code blocks: Rich would import Pygments and fill the background."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Padding(Text(str(self.text).rstrip(), style=CODE), (0, 0, 0, 2))


class _Topic(Markdown):
    elements = {  # noqa: RUF012 # as in Rich
        **Markdown.elements,
        "heading_open": _LeftHeading,
        "fence": _PlainCode,
        "code_block": _PlainCode,
    }


def render_markdown(text: str, stream: TextIO, color: bool, width: int) -> str:
    """Render a Markdown page for a terminal of this width."""
    screen = make_console(stream, color, width)
    screen.push_theme(THEME)
    return read_screen(screen, _Topic(text, hyperlinks=False))
