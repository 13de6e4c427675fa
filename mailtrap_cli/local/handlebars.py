"""Render Handlebars templates as Mailtrap does (api/NOTES.md, Templates): if, unless, each, with, and no other helpers.

No maintained Python library exists (pybars3: 2019), and rendering must be bounded in time and output. Differences from
handlebars.js, which a test compares this with: an empty object is falsy, a null context renders nothing, and `lookup`,
`log`, partials and decorators are errors.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .handlebars_parser import UNDEFINED, Block, Expression, Literal, Nodes, Path, Show, Template, TemplateError, Text
from .handlebars_parser import parse_template as parse_template

MAX_OUTPUT = 10 * 1024 * 1024  # characters
MAX_STEPS = 1_000_000  # rendered nodes


@dataclass(frozen=True)
class Rendered:
    """The output, and the variables it uses that were not given, in order."""

    text: str
    missing: tuple[str, ...]


def render_template(template: Template | str, variables: Any, *, max_output: int = MAX_OUTPUT) -> Rendered:
    """Render with these variables (JSON values). Raises TemplateError for a broken template or one that exceeds the
    limits.
    """
    parsed = parse_template(template) if isinstance(template, str) else template
    run = _Run(variables, max_output)
    run.render(parsed.nodes, [variables], {"root": variables}, {})
    return Rendered("".join(run.output), tuple(run.missing))


class _Run:
    def __init__(self, variables: Any, max_output: int) -> None:
        self.output: list[str] = []
        self.missing: dict[str, None] = {}
        self._left = max_output
        self._steps = MAX_STEPS

    def render(self, nodes: Nodes, depths: list[Any], data: dict[str, Any], params: dict[str, Any]) -> None:
        """Render nodes. `depths` are the contexts, innermost last; `data` the @variables; `params` those of `as
        |name|`.
        """
        for node in nodes:
            self._steps -= 1
            line = 0 if isinstance(node, Text) else node.line
            if self._steps < 0:
                raise TemplateError(line, "rendering takes too long")
            if isinstance(node, Text):
                self._write(node.value, line)
            elif isinstance(node, Show):
                value = self._evaluate_path(node.expression, depths, data, params)
                if value is UNDEFINED and isinstance(node.expression, Path):
                    self.missing.setdefault(node.expression.source)
                text = format_value(value)
                self._write(text if node.raw else escape_html(text), line)
            else:
                self._render_block(node, depths, data, params)

    def _write(self, text: str, line: int) -> None:
        self._left -= len(text)
        if self._left < 0:
            raise TemplateError(line or 1, "the output is too long")
        self.output.append(text)

    def _evaluate_path(
        self, expression: Expression, depths: list[Any], data: dict[str, Any], params: dict[str, Any]
    ) -> Any:
        if isinstance(expression, Literal):
            return expression.value
        keys = expression.keys
        if expression.data:
            scope: Any = data
            for _ in range(expression.depth):
                scope = scope.get("_parent", {})
            value = scope
        elif not expression.depth and keys and keys[0] in params:
            value = params
        else:
            value = depths[-1 - expression.depth] if expression.depth < len(depths) else UNDEFINED
        for key in keys:
            value = get_property(value, key)
        return value

    def _render_block(self, block: Block, depths: list[Any], data: dict[str, Any], params: dict[str, Any]) -> None:
        value = self._evaluate_path(block.expression, depths, data, params)
        helper = block.helper
        if not helper:  # Handlebars' blockHelperMissing
            if value is True:
                helper, value = "if", True
            elif isinstance(value, list):
                helper = "each"
            else:
                helper = "with" if value is not False else "if"
        if helper in ("if", "unless"):
            chosen = is_truthy(value, include_zero=block.include_zero) == (helper == "if")
            self.render(block.body if chosen else block.otherwise, depths, data, params)
        elif helper == "with":
            if is_truthy(value, include_zero=True):
                names = {**params, **dict(zip(block.params, (value,), strict=False))}
                self.render(block.body, _enter_block(depths, value), data, names)
            else:
                self.render(block.otherwise, depths, data, params)
        else:
            self._render_each(block, value, depths, data, params)

    def _render_each(
        self, block: Block, value: Any, depths: list[Any], data: dict[str, Any], params: dict[str, Any]
    ) -> None:
        if isinstance(value, dict):
            pairs: list[tuple[Any, Any]] = [(key, value[key]) for key in _order_keys(value)]
        elif isinstance(value, list):
            pairs = list(enumerate(value))
        else:
            pairs = []
        if not pairs:
            self.render(block.otherwise, depths, data, params)
        for number, (key, item) in enumerate(pairs):
            inner = {
                **data,
                "key": key,
                "index": number,
                "first": number == 0,
                "last": number == len(pairs) - 1,
                "_parent": data,
            }
            self._steps -= 1
            names = {**params, **dict(zip(block.params, (item, key), strict=False))}
            self.render(block.body, _enter_block(depths, item), inner, names)


def _enter_block(depths: list[Any], context: Any) -> list[Any]:
    """Add a context to the stack, unless it is the same as the innermost one: that is not a new level."""
    outer = depths[-1]
    scalar = not isinstance(context, dict | list)
    same = outer is context or (scalar and type(outer) is type(context) and outer == context)
    return depths if same else [*depths, context]


def _order_keys(value: dict[str, Any]) -> list[str]:
    """Order keys as JavaScript does: whole numbers first, ascending."""
    numbers = [key for key in value if re.fullmatch(r"0|[1-9][0-9]{0,9}", key) and int(key) < 2**32 - 1]
    return [*sorted(numbers, key=int), *(key for key in value if key not in set(numbers))] if numbers else list(value)


def get_property(value: Any, key: str) -> Any:
    """Look up an own property as JavaScript does: a key of an object, an index of a list or text, or their length."""
    if isinstance(value, dict):
        return value.get(key, UNDEFINED)
    if isinstance(value, list | str):
        if key == "length":
            return len(value) if isinstance(value, list) else len(value.encode("utf-16-le", "surrogatepass")) // 2
        if re.fullmatch(r"0|[1-9][0-9]{0,9}", key) and int(key) < len(value):
            return value[int(key)]
    return UNDEFINED


def is_truthy(value: Any, *, include_zero: bool = False) -> bool:
    """Return whether a value is truthy. Falsy are "", 0, null, false, {} and [] (NOTES.md); `include_zero` makes 0
    truthy.
    """
    if value is None or value is UNDEFINED or value is False:
        return False
    if isinstance(value, int | float) and value == 0:
        return include_zero
    return not isinstance(value, str | list | dict) or bool(value)


def format_value(value: Any) -> str:
    """Convert a value to text as JavaScript does."""
    if value is None or value is UNDEFINED:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _format_number(value)
    if isinstance(value, list):
        return ",".join(map(format_value, value))
    return "[object Object]" if isinstance(value, dict) else str(value)


def _format_number(value: float) -> str:
    """Implement ECMAScript's Number::toString: no exponent from 1e-6 up to 1e21."""
    if isinstance(value, int) and abs(value) <= 2**53:
        return str(value)
    number = float(value)
    if number == 0:
        return "0"
    mantissa, _, exponent = f"{number!r}".lower().partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    power = f"e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return f"{sign}{digits[0]}{'.' + digits[1:] if len(digits) > 1 else ''}{power}"


_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "`": "&#x60;", "=": "&#x3D;"}
)


def escape_html(text: str) -> str:
    """Escape the characters that Handlebars escapes."""
    return text.translate(_ESCAPES)
