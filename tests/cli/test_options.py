"""Options that travel together: one dataclass, declared once, passed to each command that uses it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from mailtrap_cli.cli.options import expand_options


@dataclass(frozen=True)
class Copies:
    cc: Annotated[list[str], typer.Option("--cc", help="A copy.")] = field(default_factory=list)
    subject: Annotated[str | None, typer.Option("--subject", help="Subject line.")] = None


@dataclass(frozen=True)
class Templates(Copies):
    subject: Annotated[str | None, typer.Option("--subject", help="Subject line, with placeholders.")] = "Hello"
    count: Annotated[int, typer.Option("--count")] = 1


def run(arguments: list[str]) -> tuple[list[object], str]:
    app = typer.Typer()
    received: list[object] = []

    @app.command()
    @expand_options
    def send(name: Annotated[str, typer.Argument()], copies: Copies, dry_run: bool = False) -> None:
        received.extend([name, copies, dry_run])

    @app.command()
    @expand_options
    def batch(templates: Templates) -> None:
        received.append(templates)

    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    return received, result.output


def test_a_command_receives_the_object() -> None:
    received, _ = run(["send", "--cc", "a", "Ada", "--cc", "b", "--subject", "Hi", "--dry-run"])
    assert received == ["Ada", Copies(["a", "b"], "Hi"), True]


def test_fields_keep_their_defaults() -> None:
    assert run(["send", "Ada"])[0] == ["Ada", Copies(), False]
    assert run(["batch"])[0] == [Templates([], "Hello", 1)]


def test_a_dataclass_that_extends_another_can_word_a_field_differently() -> None:
    assert "with placeholders" in run(["batch", "--help"])[1]
    assert "with placeholders" not in run(["send", "--help"])[1]


def test_two_parameters_of_one_name_are_an_error_at_once() -> None:
    def send(copies: Copies, subject: str = "") -> None: ...

    with pytest.raises(TypeError, match="send declares subject more than once"):
        expand_options(send)
