"""Every command that a sentence of the program tells people to run is one that can be parsed."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mailtrap_cli
from mailtrap_cli.cli.commands import COMMANDS
from mailtrap_cli.cli.context import World
from mailtrap_cli.cli.loader import load_command
from mailtrap_cli.cli.typer_internals import UsageError

PACKAGE = Path(mailtrap_cli.__file__).parent
# A command in a sentence begins it or follows a colon or "or", and ends with the sentence.
COMMAND = re.compile(r"(?:: |^|or )mailtrap ([a-z][^\n]*?)(?=$|\. |\.$|, or |, and | \(|\)|; |`|, else)")
HOLE = "\0"


def text_of(node: ast.AST) -> str:
    """The text that this expression makes, with HOLE for what is put in."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(text_of(value) for value in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return text_of(left) + text_of(right)
        case ast.IfExp(body=body):
            return text_of(body)
        case _:
            return HOLE


def texts(node: ast.AST) -> Iterator[str]:
    """Every text of a module, each once and whole."""
    if isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp) and (text := text_of(node)).strip(HOLE):
        yield text
        return
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "join_examples":
        return  # tests/cli/test_help.py runs these
    for child in ast.iter_child_nodes(node):
        yield from texts(child)


def hints() -> Iterator[tuple[str, str]]:
    """Each command of a sentence, with the file that says it."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if name == "cli/help.py":  # names commands by placeholders: `mailtrap COMMAND --help`
            continue
        for text in texts(ast.parse(path.read_text(encoding="utf-8"))):
            for found in COMMAND.finditer(text if "\n" not in text.strip() else ""):
                filled = re.sub(rf"(?<= ){HOLE}", "5", found[1]).replace(HOLE, "")
                yield name, filled


def test_every_command_in_a_sentence_can_be_parsed() -> None:
    found = list(hints())
    assert len(found) > 40
    problems = {f"{file}: mailtrap {hint}": problem for file, hint in found if (problem := problem_of(hint))}
    assert not problems, "\n".join(f"{hint}: {problem}" for hint, problem in problems.items())


def problem_of(hint: str) -> str:
    """Why nobody can run this; empty if it can be run."""
    words = shlex.split(hint.replace("{domain}", "acme.example").replace("…", "x"))
    if words[0] == "help":  # of a command, or a topic
        known = words[1] in COMMANDS or (PACKAGE / "help" / f"{words[1]}.md").is_file()
        return "" if known else "no such command or topic"
    command: Any = load_command(words.pop(0)) if words[0] in COMMANDS else None
    if command is None:
        return "no such command"
    while words and hasattr(command, "commands"):
        if words[0] not in command.commands:
            return f"no such verb: {words[0]}"
        command = command.commands[words.pop(0)]
    problem = ""
    try:
        command.make_context("mailtrap", words, obj=World(env={}))
    except UsageError as error:
        problem = error.format_message()
    # A sentence may name a command alone, to be read about. With options it must be whole.
    return "" if not words and problem.startswith("Missing") else problem
