"""Which module may import which: no circles, one direction, Typer only in the commands and their frame."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import mailtrap_cli
from mailtrap_cli.cli.commands import COMMANDS

PACKAGE = Path(mailtrap_cli.__file__).parent
# Lower floors know nothing of higher ones. What shares a floor is apart, but for the files of one folder.
FLOORS = (
    {"__init__", "errors", "text", "units", "terminal", "files", "records", "deferred"},
    {"output", "ci_report", "completion", "mail", "rows"},
    {"config"},
    {"api"},
    {"sandbox", "batch", "audience", "dns"},
    {"local"},  # its web inbox finds messages, links and codes as the commands do
    {"cli"},
    {"commands"},
    {"__main__"},
)
GROUND = FLOORS[0]  # these may import each other
TYPER = {"cli", "commands"}


Imports = list[ast.Import | ast.ImportFrom]


def read_imports() -> Iterator[tuple[str, Imports]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        found = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
        yield name.removesuffix(".__init__") or "__init__", found


@cache
def modules() -> dict[str, Imports]:
    """Return every module of the package with its import statements."""
    return dict(read_imports())


@cache
def graph() -> dict[str, set[str]]:
    """Return the package's own modules that each one imports, anywhere, including for types."""
    packages = {name.rpartition(".")[0] for name in modules() if "." in name}
    return {
        name: set(own_imports(nodes, name if name in packages else name.rpartition(".")[0])) - {name}
        for name, nodes in modules().items()
    }


def own_imports(nodes: Imports, home: str) -> Iterator[str]:
    for node in nodes:
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        base = home.split(".") if home else []
        base = base[: len(base) - node.level + 1] + (node.module.split(".") if node.module else [])
        for alias in node.names:
            whole = ".".join([*base, alias.name])
            yield whole if whole in modules() else ".".join(base) or "__init__"


NAMES = sorted((name.replace("-", "_") for name in COMMANDS), key=len, reverse=True)


def floor(name: str) -> int:
    return next(number for number, parts in enumerate(FLOORS) if name.partition(".")[0] in parts)


def test_the_import_reader_finds_imports() -> None:
    assert "errors" in graph()["api.client"]
    assert sum(map(len, graph().values())) > 200


def test_every_module_imports_only_from_floors_below() -> None:
    def is_below(other: str, name: str) -> bool:
        top = name.partition(".")[0]
        return floor(other) < floor(name) or other.partition(".")[0] == top or {top, other} <= GROUND

    wrong = [
        f"{name} must not import {other}" for name in graph() for other in graph()[name] if not is_below(other, name)
    ]
    assert not wrong


def test_there_are_no_import_circles() -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, "circle: " + " → ".join([*path[path.index(name) :], name])
        if name not in done:
            for other in graph()[name]:
                visit(other, (*path, name))
            done.add(name)

    for name in graph():
        visit(name, ())


def test_only_commands_and_their_frame_import_typer() -> None:
    users = set()
    for name, nodes in modules().items():
        for node in nodes:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            users |= {name for found in names if found.partition(".")[0] == "typer"}
    assert users
    assert {name for name in users if name.partition(".")[0] not in TYPER} == set()


def test_no_command_imports_another() -> None:
    """`batch_run.py` is part of `batch`, as every file in a noun's folder is part of the noun."""

    def command_of(module: str) -> str:
        stem = module.split(".")[1]
        return next((name for name in NAMES if stem == name or stem.startswith(f"{name}_")), stem)

    for name in graph():
        if name.startswith("commands."):
            others = {other for other in graph()[name] if other.startswith("commands.")}
            foreign = {other for other in others if command_of(other) != command_of(name)}
            assert not foreign, f"{name} imports {foreign}"


# Whole commands in hints work as they stand, flags included.
COMMAND = r"\b(?:mailtrap|aws) [a-z].*?(?=[,.:;`] | or |[`)]|$)"
FLAG = r"(?<![\w-])--(?:[a-z]|\{\})"


def literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield every string except docstrings, with its line; `{}` stands for the values of f-strings."""
    docstrings = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    inner = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings | inner:
            yield node.lineno, node.value


def test_only_commands_and_their_frame_name_flags() -> None:
    """Everything below names the option's field, with `errors.name_option`; `cli/flag_names.py` has the flags."""
    found = [
        f"{path.relative_to(PACKAGE)}:{line}: {text}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).parts[0] not in {"cli", "commands", "__main__.py"}
        for line, text in literals(ast.parse(path.read_text(encoding="utf-8")))
        if re.search(FLAG, re.sub(COMMAND, "", text))
    ]
    assert not found
