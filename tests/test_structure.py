"""Who may import whom: no circles, one direction, and Typer only where commands are."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import mailtrap_cli
from mailtrap_cli.cli.commands import COMMANDS

PACKAGE = Path(mailtrap_cli.__file__).parent
# Lower floors know nothing of higher ones. What shares a floor is apart, but for the files of one folder.
FLOORS = (
    {"__init__", "errors", "text", "units", "terminal", "files"},
    {"output", "ci_report", "completion"},
    {"mail"},
    {"config"},
    {"api"},
    {"sandbox", "batch", "dns", "local"},
    {"cli"},
    {"commands"},
    {"__main__"},
)
GROUND = FLOORS[0]  # these may import each other
TYPER = {"cli", "commands"}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        yield name.removesuffix(".__init__") or "__init__", ast.parse(path.read_text(encoding="utf-8"))


MODULES = dict(modules())
PACKAGES = {name.rpartition(".")[0] for name in MODULES if "." in name}


def imports(name: str) -> set[str]:
    """The package's own modules that this one imports, at any place, for types too."""
    found: set[str] = set()
    home = name if name in PACKAGES else name.rpartition(".")[0]
    for node in ast.walk(MODULES[name]):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        base = home.split(".") if home else []
        base = base[: len(base) - node.level + 1] + (node.module.split(".") if node.module else [])
        for alias in node.names:
            whole = ".".join([*base, alias.name])
            found.add(whole if whole in MODULES else ".".join(base) or "__init__")
    return found - {name}


NAMES = sorted((name.replace("-", "_") for name in COMMANDS), key=len, reverse=True)
GRAPH = {name: imports(name) for name in MODULES}


def floor(name: str) -> int:
    return next(number for number, parts in enumerate(FLOORS) if name.partition(".")[0] in parts)


def test_the_reader_of_imports_reads() -> None:
    assert "errors" in GRAPH["api.client"]
    assert sum(map(len, GRAPH.values())) > 200


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_imports_only_from_floors_below(name: str) -> None:
    top = name.partition(".")[0]
    for other in GRAPH[name]:
        below = floor(other) < floor(name) or other.partition(".")[0] == top or {top, other} <= GROUND
        assert below, f"{name} must not import {other}"


def test_no_module_imports_itself_by_a_circle() -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, "circle: " + " → ".join([*path[path.index(name) :], name])
        if name not in done:
            for other in GRAPH[name]:
                visit(other, (*path, name))
            done.add(name)

    for name in GRAPH:
        visit(name, ())


@pytest.mark.parametrize("name", sorted(MODULES))
def test_only_commands_and_their_frame_import_typer(name: str) -> None:
    for node in ast.walk(MODULES[name]):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
        assert name.partition(".")[0] in TYPER or not any(found.partition(".")[0] == "typer" for found in names), name


def test_no_command_imports_another() -> None:
    """`batch_run.py` is a part of `batch`, as every file of a noun's folder is a part of the noun."""

    def command_of(module: str) -> str:
        stem = module.split(".")[1]
        return next((name for name in NAMES if stem == name or stem.startswith(f"{name}_")), stem)

    for name in MODULES:
        if name.startswith("commands."):
            others = {other for other in GRAPH[name] if other.startswith("commands.")}
            foreign = {other for other in others if command_of(other) != command_of(name)}
            assert not foreign, f"{name} imports {foreign}"
