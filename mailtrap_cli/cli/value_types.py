"""Types of option and argument values: how help names them, what is checked, what completion offers.

Declare them as `typer.Option("--save", click_type=FILE)`; a `metavar` next to it only changes the word in help.
"""

from __future__ import annotations

import math
from typing import Any

from .typer_internals import Context, FloatParamType, FloatRange, IntParamType, IntRange, Parameter, ParamType


class Text(ParamType):
    """Any text. `metavar` is the word for it in help."""

    name = "text"

    def __init__(self, metavar: str = "TEXT") -> None:
        self.metavar = metavar

    def get_metavar(self, param: Parameter, ctx: Context) -> str:
        """Name the value in help."""
        return self.metavar

    def convert(self, value: Any, param: Parameter | None, ctx: Context | None) -> Any:
        """Accept any text."""
        return value


class Path(Text):
    """A path of a file or folder, completed by the shell."""

    name = "path"


class Profile(Text):
    """A profile name, completed from the configuration."""

    name = "profile"


class OptionalText(Text):
    """A text that may be omitted: as the last word, or before another option, the option means `default`."""

    name = "optional text"

    def __init__(self, metavar: str = "TEXT", *, default: str) -> None:
        super().__init__(f"[{metavar}]")
        self.default = default


class OneOf(ParamType):
    """One of a few words, compared exactly."""

    name = "choice"

    def __init__(self, *choices: str) -> None:
        self.choices = choices

    def get_metavar(self, param: Parameter, ctx: Context) -> str:
        """Name the choices in help."""
        return "|".join(self.choices)

    def convert(self, value: Any, param: Parameter | None, ctx: Context | None) -> Any:
        """Check that the value is one of the choices."""
        if value not in self.choices:
            self.fail(f"{value!r} is not one of {', '.join(self.choices)}.", param, ctx)
        return value


class Word(OneOf):
    """One of the API's words, in any case, with hyphens or underscores."""

    def convert(self, value: Any, param: Parameter | None, ctx: Context | None) -> Any:
        """Return the API's own spelling."""
        known = {choice.replace("-", "_").casefold(): choice for choice in self.choices}
        return super().convert(known.get(str(value).replace("-", "_").casefold(), value), param, ctx)


class Number(ParamType):
    """A whole number, or any finite number, within bounds."""

    name = "number"

    def __init__(self, kind: type[int] | type[float], least: float | None = None, most: float | None = None) -> None:
        self.kind = kind
        self.least = least
        self.most = most

    def get_metavar(self, param: Parameter, ctx: Context) -> str:
        """Name the value in help."""
        return "N" if self.kind is int else "NUMBER"

    @property
    def bounds(self) -> str:
        """The bounds in words, such as `1 or more`; "" if unbounded."""
        if self.least is None:
            return "" if self.most is None else f"up to {self.most:g}"
        return f"{self.least:g} or more" if self.most is None else f"{self.least:g} to {self.most:g}"

    def convert(self, value: Any, param: Parameter | None, ctx: Context | None) -> Any:
        """Parse the number."""
        if isinstance(value, str) and (not value.isascii() or "_" in value or len(value.strip("+-")) > 18):
            self.fail(f"{value[:30]!r} is not a number of at most 18 digits.", param, ctx)
        number: float | None
        try:
            number = self.kind(value)
        except ValueError:
            number = None
        if number is None or number in (math.inf, -math.inf) or number != number:
            self.fail(f"{value!r} is not a {'whole number' if self.kind is int else 'number'}.", param, ctx)
        if (self.least is not None and number < self.least) or (self.most is not None and number > self.most):
            self.fail(f"{value} is out of range: use {self.bounds}.", param, ctx)
        return number


FILE = Path("FILE")
FOLDER = Path("FOLDER")
PROFILE = Profile("NAME")


def own_type(kind: ParamType) -> ParamType:
    """Return the type of this module that replaces one of Typer's, so that errors and help are worded alike."""
    if isinstance(kind, IntRange | FloatRange):
        return Number(int if isinstance(kind, IntRange) else float, kind.min, kind.max)
    if isinstance(kind, IntParamType | FloatParamType):
        return Number(int if isinstance(kind, IntParamType) else float)
    return Text() if kind.name == "str" else kind
