"""Subject and bodies with `{{ column }}` placeholders. What is only placeholders is joined; the rest is Jinja's,
sandboxed, strict about what is not defined, and bounded in time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .columns import Columns, identifier
from .model import MISSING

if TYPE_CHECKING:
    from jinja2 import nodes
    from jinja2.sandbox import SandboxedEnvironment

MAX_STEPS = 1_000_000  # of the loops and calls of one template for one row
MAX_LENGTH = 32 * 1024 * 1024  # of a text that a template makes by multiplying

_SYNTAX = re.compile(r"\{[{%#]")


class RowError(Exception):
    """What is wrong with one row, in a sentence without file and line."""


@dataclass(frozen=True)
class Content:
    """A text that is the same for all rows (`fixed`), or one that `render` makes of a row's cells (else None).

    `render` raises RowError.
    """

    fixed: str | None
    render: Callable[[Sequence[Any]], str] | None = None


class Templates:
    """Compiles the templates of one run. `constants` are the --set pairs; `typed` cells are JSON values."""

    def __init__(self, columns: Columns, constants: Mapping[str, str], *, typed: bool) -> None:
        self.columns = columns
        self.constants = constants
        self.typed = typed

    def compile(self, source: str, where: str, *, html: bool = False) -> Content:
        """The content that a template stands for; InputError, named `where`, for a broken one or an unknown name."""
        if not source.isascii() and re.search(r"[\ud800-\udfff]", source):
            raise InputError(f"{where} holds bytes that are not UTF-8 text", hint="Convert it to UTF-8.")
        if not _SYNTAX.search(source):
            return Content(source)
        from jinja2 import TemplateSyntaxError, meta

        environment = _environment(html)
        try:
            tree = environment.parse(self._with_identifiers(source))
            wanted = meta.find_undeclared_variables(tree)
            places, values = self._resolve(wanted - {*environment.globals}, where)
            for name in wanted & {*environment.globals}:
                if name in self.columns.names:
                    places[name] = self.columns.names[name]
            segments = _segments(tree)
            render = (
                self._joined(segments, places, values, html)
                if segments is not None
                else self._rendered(environment, tree, places, values, where)
            )
        except TemplateSyntaxError as error:
            hint = _COMMENT_HINT if "comment" in str(error.message) else _SYNTAX_HINT
            names = ", ".join(identifier(name) for name in self.columns.header[:20])
            raise InputError(
                f"{where}:{error.lineno}: {error.message}", hint=f"{hint} The columns are {names}."
            ) from error
        except RecursionError:
            raise InputError(f"{where}: the template is nested too deeply") from None
        if places:
            return Content(None, render)
        try:
            return Content(render(()))
        except RowError as error:
            raise InputError(str(error)) from error

    def _with_identifiers(self, source: str) -> str:
        """The template with columns named as in the header, `{{ First Name }}`, where that is no identifier."""
        for name in self.columns.header:
            if not name.isidentifier():
                pattern = rf"(\{{\{{-?\s*){re.escape(name.strip())}(?=\s*(?:-?\}}\}}|\|))"
                source = re.sub(pattern, lambda found, name=name: found[1] + identifier(name), source)  # type: ignore[misc]
        return source

    def _resolve(self, wanted: Iterable[str], where: str) -> tuple[dict[str, int], dict[str, str]]:
        places: dict[str, int] = {}
        values: dict[str, str] = {}
        for name in sorted(wanted):
            if name in self.constants:
                values[name] = self.constants[name]
            elif (place := self.columns.find(name)) is not None:
                places[name] = place
            else:
                raise self.columns.unknown(name, where, self.constants)
        return places, values

    def _joined(
        self, segments: list[tuple[bool, str]], places: Mapping[str, int], values: Mapping[str, str], html: bool
    ) -> Callable[[Sequence[Any]], str]:
        """A template of nothing but text and names, as the join of its parts: what Jinja gives, in less time."""
        from markupsafe import escape

        parts: list[Any] = []
        for is_name, text in segments:
            if not is_name:
                parts.append(text)
            elif text in places:
                parts.append(places[text])
            else:
                parts.append(str(escape(values[text])) if html else values[text])
        holes = [(number, part) for number, part in enumerate(parts) if isinstance(part, int)]
        header, typed = self.columns.header, self.typed

        def render(cells: Sequence[Any]) -> str:
            filled = parts.copy()
            for number, place in holes:
                cell = cells[place]
                if typed and not isinstance(cell, str):
                    cell = _shown(cell, header[place])
                filled[number] = escape(cell) if html else cell
            return "".join(filled)

        return render

    def _rendered(
        self,
        environment: SandboxedEnvironment,
        tree: nodes.Template,
        places: Mapping[str, int],
        values: Mapping[str, str],
        where: str,
    ) -> Callable[[Sequence[Any]], str]:
        template = environment.from_string(_bounded(tree))

        def render(cells: Sequence[Any]) -> str:
            context: dict[str, Any] = dict(values)
            for name, place in places.items():
                cell = cells[place]
                if cell is not MISSING:  # else undefined, which a template can test for
                    context[name] = "" if cell is None else cell
            environment.steps = 0  # type: ignore[attr-defined]  # of _environment's own class
            try:
                return template.render(context)
            except (Exception, MemoryError) as error:  # whatever a filter makes of this row's cells
                said = str(error) or type(error).__name__
                raise RowError(f"{where}: {said}") from error

        return render


_SYNTAX_HINT = "A placeholder is {{ column }}; braces of your own are written {{ '{{' }}."
_COMMENT_HINT = "{# begins a comment: in a style sheet put a space between the two."


def _shown(cell: Any, column: str) -> str:
    """A JSON value in a text, as Jinja would write it; null is nothing."""
    if cell is MISSING:
        raise RowError(f"there is no value for {column!r}")
    return "" if cell is None else str(cell)


def _segments(tree: nodes.Template) -> list[tuple[bool, str]] | None:
    """The parts of a template that is only text and names, as (is a name, text); None for any other."""
    from jinja2 import nodes

    parts: list[tuple[bool, str]] = []
    for output in tree.body:
        if not isinstance(output, nodes.Output):
            return None
        for node in output.nodes:
            if isinstance(node, nodes.TemplateData):
                parts.append((False, node.data))
            elif isinstance(node, nodes.Name):
                parts.append((True, node.name))
            else:
                return None
    return parts


def _bounded(tree: nodes.Template) -> nodes.Template:
    """The template with each loop counted: Jinja bounds a range, but not loops in one another."""
    from jinja2 import nodes

    for loop in list(tree.find_all(nodes.For)):
        loop.iter = nodes.Filter(loop.iter, "_counted", [], [], None, None, lineno=loop.lineno)
    tree.set_environment(tree.environment)  # type: ignore[arg-type]  # of the parsed tree, for the nodes that are new
    return tree


def _environment(html: bool) -> SandboxedEnvironment:
    from jinja2 import StrictUndefined, pass_environment
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Environment(ImmutableSandboxedEnvironment):
        """Counts the steps of loops and calls, and bounds what multiplies."""

        intercepted_binops = frozenset({"*", "**"})
        steps = 0

        def step(self) -> None:
            self.steps += 1
            if self.steps > MAX_STEPS:
                raise SecurityError(f"the template takes more than {MAX_STEPS:,} steps")

        def call(self, context: Any, function: Any, /, *args: Any, **kwargs: Any) -> Any:
            self.step()
            return super().call(context, function, *args, **kwargs)

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            if operator == "**" and not (_small(left) and _small(right)):
                raise SecurityError("the power is too large")
            if operator == "*" and any(
                isinstance(many, int) and hasattr(one, "__len__") and len(one) * many > MAX_LENGTH
                for one, many in ((left, right), (right, left))
            ):
                raise SecurityError("the text is too long")
            return super().call_binop(context, operator, left, right)

    @pass_environment
    def counted(environment: Environment, items: Iterable[Any]) -> Iterable[Any]:
        for item in items:
            environment.step()
            yield item

    environment = Environment(autoescape=html, undefined=StrictUndefined, keep_trailing_newline=True)
    environment.filters["_counted"] = counted
    del environment.filters["random"]  # a row is rendered more than once, and must give the same each time
    for name in ("lipsum", "cycler", "joiner"):
        del environment.globals[name]
    return environment


def _small(number: object) -> bool:
    return isinstance(number, int | float) and abs(number) <= 1000
