"""The internals of Typer and httpx that we use still exist; a failure names what a new version moved."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import httpx
import pytest
import typer

import mailtrap_cli
from mailtrap_cli.cli import typer_internals

PACKAGE = Path(mailtrap_cli.__file__).parent
PARTS = {
    "typer._click.core": ("Command", "Context", "Parameter"),
    "typer._click.exceptions": (
        "BadOptionUsage",
        "BadParameter",
        "ClickException",
        "MissingParameter",
        "NoSuchOption",
        "UsageError",
    ),
    "typer._click.globals": ("get_current_context",),
    "typer._click.types": ("FloatParamType", "FloatRange", "IntParamType", "IntRange", "ParamType"),
}


@pytest.mark.parametrize("module", PARTS)
def test_typer_internals_are_where_we_expect_them(module: str) -> None:
    try:
        found = import_module(module)
    except ImportError:
        pytest.fail(f"typer {typer.__version__} has no {module}: change mailtrap_cli/cli/typer_internals.py")
    missing = [name for name in PARTS[module] if not hasattr(found, name)]
    assert not missing, f"typer {typer.__version__}: {module} has no {missing}"


def test_the_list_of_internals_is_complete() -> None:
    assert {name for names in PARTS.values() for name in names} == set(typer_internals.__all__)


def test_commands_and_parameters_have_what_the_frame_sets() -> None:
    app = typer.Typer()

    @app.command()
    def hello(name: str = "", count: int = typer.Option(1, min=1), wet: bool = False) -> None: ...

    command = typer.main.get_command(app)
    for attribute in ("params", "parse_args", "help", "epilog", "hidden", "rich_markup_mode"):
        assert hasattr(command, attribute), f"typer {typer.__version__}: commands have no {attribute}"
    for parameter in command.params:
        for attribute in ("type", "opts", "secondary_opts", "metavar", "is_flag", "multiple", "param_type_name"):
            assert hasattr(parameter, attribute), f"typer {typer.__version__}: parameters have no {attribute}"


def test_no_other_module_reaches_into_typer() -> None:
    for path in [*PACKAGE.rglob("*.py"), *(PACKAGE.parent / ".ci").rglob("*.py")]:
        if path.name == "typer_internals.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            assert not name.startswith("typer._"), f"{path} imports {name}: use mailtrap_cli/cli/typer_internals.py"


def test_httpx_still_works_without_the_hidden_modules() -> None:
    program = """
import sys
from mailtrap_cli.api.lean_httpx import _UNWANTED, make_client
make_client()
print(*(name for name in (*_UNWANTED, "rich") if name in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    moved = f"httpx {httpx.__version__}: see mailtrap_cli/api/lean_httpx.py"
    assert done.returncode == 0, f"{moved}\n{done.stderr}"
    assert done.stdout.split() == [], moved
