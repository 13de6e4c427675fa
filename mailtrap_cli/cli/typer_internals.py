"""What this program uses of Typer's insides, in one place.

Typer 0.26 to 0.28 carry their own copy of Click (`typer._click`), and do not export the base classes that a command
loaded on demand, a type of value or an error boundary needs. Nothing else in the package imports from `typer._click`;
`tests/cli/test_typer_internals.py` says which of these a new version of Typer moved.
"""

from __future__ import annotations

from typer._click.core import Command, Context, Parameter
from typer._click.exceptions import (
    BadOptionUsage,
    BadParameter,
    ClickException,
    MissingParameter,
    NoSuchOption,
    UsageError,
)
from typer._click.globals import get_current_context
from typer._click.types import FloatParamType, FloatRange, IntParamType, IntRange, ParamType

EXTRA_ARGUMENTS = "Got unexpected extra argument(s) ("  # how the error for too many arguments begins

__all__ = [
    "BadOptionUsage",
    "BadParameter",
    "ClickException",
    "Command",
    "Context",
    "FloatParamType",
    "FloatRange",
    "IntParamType",
    "IntRange",
    "MissingParameter",
    "NoSuchOption",
    "ParamType",
    "Parameter",
    "UsageError",
    "get_current_context",
]
