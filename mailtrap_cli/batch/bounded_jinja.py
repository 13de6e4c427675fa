"""Jinja for untrusted templates and untrusted cells: no globals, nothing but
text, numbers and booleans comes out, and both time and memory are bounded.

Jinja's sandbox keeps templates away from Python's insides, but `{{ '%999999999d' % 1 }}`, `center(10**9)` or a text
that doubles itself still take all the memory (jinja.palletsprojects.com, "Sandbox", "Security Considerations").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from jinja2 import StrictUndefined, Undefined, nodes, pass_environment
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

MAX_STEPS = 1_000_000  # loops and calls of one template for one row
MAX_LENGTH = 32 * 1024 * 1024  # characters that one template produces for one row
MAX_BITS = 10_000  # of a number

# Filters and methods whose result may be longer than the text they get: at most N times as long, where N is the largest
# number, or the length of the longest text, among their arguments.
_GROWING = frozenset(
    (
        *("batch", "center", "expandtabs", "format", "format_map", "indent", "join", "ljust", "replace", "rjust"),
        *("slice", "tojson", "translate", "urlize", "wordwrap", "xmlattr", "zfill"),
    )
)
_WIDTH = re.compile(r"\d{5,}")  # of a field in a format


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """Counts the steps of loops and calls, and what texts are made, for one rendering (see `reset_counts`)."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, *, html: bool) -> None:
        super().__init__(autoescape=html, undefined=StrictUndefined, keep_trailing_newline=True, finalize=_print_value)
        self.globals.clear()  # a column may be called `range` or `dict`, and nobody should get a function by email
        del self.filters["random"]  # a row is rendered more than once, and must give the same each time
        self.filters.update({name: _guard_filter(name, function) for name, function in self.filters.items()})
        self.filters["_count_items"] = _count_items
        self.filters["_count_text"] = _count_text
        self.reset_counts()

    def reset_counts(self) -> None:
        """Start counting from zero, for the next row."""
        self.steps = 0
        self.made = 0

    def count_step(self, size: int = 0) -> None:
        """Count a step that makes text of this length."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise SecurityError(f"the template takes more than {MAX_STEPS:,} steps")
        self.count_made(size)

    def count_made(self, size: int) -> None:
        """Count text of this length, made or about to be made."""
        self.made += size
        if self.made > MAX_LENGTH:
            raise SecurityError(f"the template produces more than {MAX_LENGTH >> 20} MB of text")

    def call(self, context: Any, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a function for a template, unless its result could be too large."""
        self.count_step()
        owner = getattr(getattr(function, "__wrapped__", function), "__self__", None)  # the sandbox wraps `format`
        if isinstance(owner, str):
            self.count_made(_longest_result(function.__name__, owner, args, kwargs))
        return super().call(context, function, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Compute for a template, unless the result could be too large."""
        match operator:
            case "**" if not (_is_small(left) and _is_small(right)):
                raise SecurityError("the power is too large")
            case "*":
                for one, many in ((left, right), (right, left)):
                    if isinstance(many, int) and hasattr(one, "__len__"):
                        self.count_made(len(one) * max(0, many))
                if _bits_of(left) + _bits_of(right) > MAX_BITS:
                    raise SecurityError("the number is too large")
            case "+" if hasattr(left, "__len__") and hasattr(right, "__len__"):
                self.count_made(len(left) + len(right))
            case "%" if isinstance(left, str):
                self.count_made(_longest_result("format", left, right if isinstance(right, tuple) else (right,), {}))
        return super().call_binop(context, operator, left, right)

    def compile_tree(self, tree: nodes.Template) -> Callable[[dict[str, Any]], str]:
        """Compile a parsed template, with every loop counted and every concatenation measured."""
        for loop in list(tree.find_all(nodes.For)):
            body = sum(len(node.data) for node in loop.find_all(nodes.TemplateData))
            loop.iter = nodes.Filter(loop.iter, "_count_items", [nodes.Const(body)], [], None, None, lineno=loop.lineno)
        _measure_joins(tree)
        tree.set_environment(self)
        template = self.from_string(tree)

        def render(context: dict[str, Any]) -> str:
            self.reset_counts()
            return template.render(context)

        return render


def _measure_joins(tree: nodes.Node) -> None:
    """Wrap each `a ~ b` below this node, since Jinja does not expose its result."""
    for name, value in list(tree.iter_fields()):
        if isinstance(value, nodes.Node):
            _measure_joins(value)
            if isinstance(value, nodes.Concat):
                setattr(tree, name, _made_of(value))
        elif isinstance(value, list):
            for place, item in enumerate(value):
                if isinstance(item, nodes.Node):
                    _measure_joins(item)
                    if isinstance(item, nodes.Concat):
                        value[place] = _made_of(item)


def _made_of(node: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, "_count_text", [], [], None, None, lineno=node.lineno)


def _print_value(value: Any) -> Any:
    """Print the value of a placeholder: text, a number, `true` or `false`; nothing for null."""
    match value:
        case str() | Undefined():
            return value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case _ if hasattr(value, "__html__"):
            return value
        case list() | tuple() | dict():
            raise SecurityError("a placeholder contains a list or an object, not text")
        case _ if callable(value):
            raise SecurityError(f"a placeholder contains a function ({getattr(value, '__name__', '')}), not text")

        case _:
            raise SecurityError("a placeholder contains something other than text, a number or a boolean")


@pass_environment
def _count_items(environment: BoundedEnvironment, items: Iterable[Any], body: int) -> Iterable[Any]:
    for item in items:
        environment.count_step(body)
        yield item


@pass_environment
def _count_text(environment: BoundedEnvironment, text: Any) -> Any:
    environment.count_made(len(text) if isinstance(text, str) else 0)
    return text


def _guard_filter(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a filter: it is counted, and refused before its result is too large."""
    passes = getattr(function, "jinja_pass_arg", None)

    @wraps(function)
    def call_guarded(environment: BoundedEnvironment, context: Any, *args: Any, **kwargs: Any) -> Any:
        environment.count_step()
        value, *rest = args or ("",)
        environment.count_made(_longest_result(name, value, rest, kwargs))
        first = {"context": (context,), "eval_context": (context.eval_ctx,), "environment": (environment,)}
        return function(*first.get(passes.name if passes else "", ()), *args, **kwargs)

    @wraps(function)
    def with_context(context: Any, *args: Any, **kwargs: Any) -> Any:
        return call_guarded(context.environment, context, *args, **kwargs)

    from jinja2 import pass_context

    return pass_context(with_context)


def _longest_result(name: str, value: Any, args: Iterable[Any], kwargs: dict[str, Any]) -> int:
    """Estimate the longest possible result of a filter or method, in characters."""
    length = _length_of(value)
    if name not in _GROWING:
        return length
    given = [*args, *kwargs.values()]
    numbers = [abs(number) for number in given if isinstance(number, int)]
    if name in ("format", "format_map"):
        if any(_WIDTH.search(text) for text in (value, *given) if isinstance(text, str)):
            raise SecurityError("a field width in a format is too large")
        widths = max(numbers, default=0) if "*" in str(value) or "{" in str(value) else 0
        return length * (1 + sum(map(_length_of, given)) + widths)
    if name == "join":
        return length * (1 + sum(map(_length_of, given)))
    factor = max([1, *numbers, *map(_length_of, given)])
    return length + factor if name in ("center", "ljust", "rjust", "zfill") else (length + 1) * factor


def _length_of(value: Any) -> int:
    if isinstance(value, list | tuple):
        return len(value) + sum(len(item) for item in value if isinstance(item, str))
    return len(value) if hasattr(value, "__len__") else 20


def _is_small(number: object) -> bool:
    return isinstance(number, int | float) and abs(number) <= 1000


def _bits_of(number: object) -> int:
    return number.bit_length() if isinstance(number, int) else 0
