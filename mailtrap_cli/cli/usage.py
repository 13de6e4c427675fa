"""Turn a command line that cannot be parsed into one sentence that names the option, and a hint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from typer.core import TyperOption

from ..errors import ExitCode, MailtrapError
from .typer_internals import (
    EXTRA_ARGUMENTS,
    BadOptionUsage,
    BadParameter,
    ClickException,
    MissingParameter,
    NoSuchOption,
    Parameter,
    UsageError,
)


def explain_usage_error(error: ClickException, words: Sequence[str] = ()) -> MailtrapError:
    """Turn a parsing error into one for the boundary; words of other tools get a hint with ours."""
    from .other_tools import suggest_command

    path = error.ctx.command_path if isinstance(error, UsageError) and error.ctx else "mailtrap"
    ours = suggest_command(words)
    message = _word_error(error)
    if ours is not None:
        message = message.partition(" Did you mean")[0]  # the hint knows better than the spelling suggestion
    problem = MailtrapError(message, hint=ours or f"See: {path} --help")
    problem.exit_code = ExitCode.USAGE
    return problem


def _word_error(error: ClickException) -> str:
    match error:
        case NoSuchOption():
            return f"No such option: {error.option_name}.{suggest(error.option_name, _list_flags(error))}"
        case MissingParameter(param=Parameter() as parameter):
            return f"Missing {parameter.param_type_name} {name_parameter(parameter)}."
        case BadParameter(param=Parameter() as parameter):
            return f"{name_parameter(parameter)}: {error.message}"
        case BadOptionUsage():
            flag = _find_option(error)
            return f"{error.option_name} {'takes no value' if flag and flag.is_flag else 'needs a value'}."
    _, extra, rest = error.message.partition(EXTRA_ARGUMENTS)
    return f"Too many arguments: {rest.removesuffix(')')}." if extra else error.format_message()


def _list_options(error: UsageError) -> list[TyperOption]:
    return [found for found in error.ctx.command.params if isinstance(found, TyperOption)] if error.ctx else []


def _list_flags(error: UsageError) -> list[str]:
    return [flag for option in _list_options(error) for flag in (*option.opts, *option.secondary_opts)]


def _find_option(error: BadOptionUsage) -> TyperOption | None:
    return next((option for option in _list_options(error) if error.option_name in option.opts), None)


def suggest(word: str, known: Iterable[str]) -> str:
    """Suggest the nearest known word: ` Did you mean --to?`; "" if none is close."""
    from difflib import get_close_matches

    names = {name.lstrip("-"): name for name in known}  # the dashes would make short flags look alike
    near = get_close_matches(word.lstrip("-"), list(names), n=1)
    return f" Did you mean {names[near[0]]}?" if near else ""


def name_parameter(parameter: Parameter) -> str:
    """Name an option by its long flag, and an argument as help does."""
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or (parameter.name or "").upper())
    return max(parameter.opts, key=len)
