"""Subject and bodies with `{{ column }}` placeholders. Plain placeholders are joined; everything else is Jinja,
sandboxed, strict about what is not defined, and bounded in time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from keyword import iskeyword
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..records import record
from ..rows.table import MISSING, RowError
from .columns import Columns, identifier_of

if TYPE_CHECKING:
    from jinja2 import nodes

    from .bounded_jinja import BoundedEnvironment

Render = Callable[[Sequence[Any]], str]  # of a row's cells

_SYNTAX = re.compile(r"\{[{%#]")
_NAME = re.compile(r"\{\{ *([^\W\d]\w*) *\}\}")
_JINJA_WORDS = ("true", "false", "none", "self", "super")  # not names, like Python's keywords


@record
class Content:
    """A text that is the same for all rows (`fixed`), or a `render` function over a row's cells (else None).

    `render` raises RowError.
    """

    fixed: str | None
    render: Render | None = None


class Templates:
    """Compiles the templates of one run. `constants` are the --set pairs; `typed` cells are JSON values."""

    def __init__(self, columns: Columns, constants: Mapping[str, str], *, typed: bool) -> None:
        self.columns = columns
        self.constants = constants
        self.typed = typed

    def compile_template(self, source: str, where: str, *, html: bool = False) -> Content:
        """Compile a template; InputError, named `where`, for a broken one or an unknown name."""
        if not source.isascii() and re.search(r"[\ud800-\udfff]", source):
            raise InputError(f"{where} is not UTF-8 text", hint="Convert it to UTF-8.")
        if not _SYNTAX.search(source):
            return Content(source)
        source = self._with_identifiers(source)
        segments = _split_segments(source)
        if segments is None:
            places, render = self._parse_template(source, where, html)
        else:
            places, values = self._resolve_names({text for is_name, text in segments if is_name}, where)
            render = self._join_render(segments, places, values, html)
        if places:
            return Content(None, render)
        try:
            return Content(render(()))
        except RowError as error:
            raise InputError(str(error)) from error

    def _parse_template(self, source: str, where: str, html: bool) -> tuple[Mapping[str, int], Render]:
        """Parse a template with Jinja; the columns that it uses."""
        from jinja2 import TemplateSyntaxError, meta

        from .bounded_jinja import BoundedEnvironment

        environment = BoundedEnvironment(html=html)
        try:
            tree = environment.parse(source)
            _rename_self(tree)
            places, values = self._resolve_names(meta.find_undeclared_variables(tree), where)
            return places, self._jinja_render(environment, tree, places, values, where)
        except TemplateSyntaxError as error:
            hint = _COMMENT_HINT if "comment" in str(error.message) else _SYNTAX_HINT
            names = ", ".join(identifier_of(name) for name in self.columns.header[:20])
            raise InputError(f"{where}:{error.lineno}: {error.message}", hint=f"{hint} Columns: {names}.") from error
        except RecursionError:
            raise InputError(f"{where}: the template is nested too deeply") from None

    def _with_identifiers(self, source: str) -> str:
        """Replace columns named as in the header, `{{ First Name }}`, if that is not an identifier."""
        for name in self.columns.header:
            if not name.isidentifier():
                pattern = rf"(\{{\{{-?\s*){re.escape(name.strip())}(?=\s*(?:-?\}}\}}|\|))"
                source = re.sub(pattern, lambda found, name=name: found[1] + identifier_of(name), source)  # type: ignore[misc]
        return source

    def _resolve_names(self, wanted: Iterable[str], where: str) -> tuple[dict[str, int], dict[str, str]]:
        places: dict[str, int] = {}
        values: dict[str, str] = {}
        for name in sorted(wanted):
            known = name.removesuffix("_") if name in ("self_", "super_") else name
            if known in self.constants:
                values[name] = self.constants[known]
            elif (place := self.columns.find_column(known)) is not None:
                places[name] = place
            else:
                raise self.columns.unknown_error(known, where, self.constants)
        return places, values

    def _join_render(
        self, segments: list[tuple[bool, str]], places: Mapping[str, int], values: Mapping[str, str], html: bool
    ) -> Render:
        """Render a template of only text and names by joining its parts: the same result as Jinja's, but faster."""
        if html:
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
        if holes and not (html or typed):
            form = "".join("%s" if isinstance(part, int) else part.replace("%", "%%") for part in parts)
            pick = itemgetter(*(place for _, place in holes))
            return lambda cells: form % pick(cells)

        def render(cells: Sequence[Any]) -> str:
            filled = parts.copy()
            for number, place in holes:
                cell = cells[place]
                if typed and not isinstance(cell, str):
                    cell = _cell_text(cell, header[place])
                filled[number] = escape(cell) if html else cell
            return "".join(filled)

        return render

    def _jinja_render(
        self,
        environment: BoundedEnvironment,
        tree: nodes.Template,
        places: Mapping[str, int],
        values: Mapping[str, str],
        where: str,
    ) -> Render:
        compared = _compared_columns(tree) if not self.typed else ()
        fill = environment.compile_tree(tree)

        def render(cells: Sequence[Any]) -> str:
            context: dict[str, Any] = dict(values)
            for name, place in places.items():
                cell = cells[place]
                if cell is not MISSING:  # otherwise undefined, which a template can test for
                    context[name] = "" if cell is None else cell
            try:
                return fill(context)
            except TypeError as error:
                if compared and "'str' and" in str(error):
                    name = compared[0]
                    raise RowError(f"{where}: {name} is text; write {name}|int to use it as a number") from error
                raise RowError(f"{where}: {error}") from error
            except (Exception, MemoryError) as error:  # whatever a filter raises on this row's cells
                raise RowError(f"{where}: {str(error) or type(error).__name__}") from error

        return render


_SYNTAX_HINT = "Write placeholders as {{ column }}, and literal braces as {{ '{{' }}."
_COMMENT_HINT = "{# starts a comment. In a style sheet, put a space between { and #."


def _rename_self(tree: nodes.Template) -> None:
    """Allow columns named `self` and `super`, which are special in Jinja."""
    from jinja2 import nodes

    for node in tree.find_all(nodes.Name):
        if node.name in ("self", "super"):
            node.name = f"{node.name}_"


def _compared_columns(tree: nodes.Template) -> list[str]:
    """List the columns that the template compares or computes with, which fails on CSV, where cells are text."""
    from jinja2 import nodes

    found = [
        name.name
        for node in tree.find_all((nodes.Compare, nodes.BinExpr))
        for name in node.find_all(nodes.Name)
        if not isinstance(node, nodes.And | nodes.Or)
    ]
    return list(dict.fromkeys(found))


def _cell_text(cell: Any, column: str) -> str:
    """Write a JSON value as text; null is empty."""
    if cell is MISSING:
        raise RowError(f"no value for {column!r}")
    if isinstance(cell, list | dict):
        raise RowError(f"{column!r} contains {'a list' if isinstance(cell, list) else 'an object'}, not text")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return "" if cell is None else str(cell)


def _split_segments(source: str) -> list[tuple[bool, str]] | None:
    """Split a template of only text and names into (is a name, text); None for any other, which Jinja parses.

    Importing Jinja takes as long as composing thousands of rows.
    """
    source = re.sub(r"\r\n?", "\n", source)  # as Jinja does
    parts: list[tuple[bool, str]] = []
    end = 0
    while opening := _SYNTAX.search(source, end):
        found = _NAME.match(source, opening.start())
        if found is None or not found[1].isidentifier() or iskeyword(found[1]) or found[1] in _JINJA_WORDS:
            return None
        parts += [(False, source[end : opening.start()]), (True, found[1])]
        end = found.end()
    return [*parts, (False, source[end:])]
