"""All uses of Typer internals in this program.

Typer 0.26 to 0.28 carry their own copy of Click (`typer._click`) and do not export the base classes that on-demand
commands, value types and the error boundary need. Nothing else in the package imports from `typer._click`;
`tests/cli/test_typer_internals.py` tells which of these a new version of Typer has moved.
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

EXTRA_ARGUMENTS = "Got unexpected extra argument(s) ("  # the beginning of the error for too many arguments

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
