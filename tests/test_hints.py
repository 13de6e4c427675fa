"""Every command that the program tells people to run can be run; hints never lead in a circle."""

from __future__ import annotations

import ast
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import mailtrap_cli
from mailtrap_cli.cli.commands import COMMANDS
from mailtrap_cli.cli.context import World
from mailtrap_cli.cli.hint_profiles import COMMAND, keep_profile
from mailtrap_cli.cli.loader import load_command
from mailtrap_cli.cli.typer_internals import UsageError
from tests.conftest import Run

PACKAGE = Path(mailtrap_cli.__file__).parent
HOLE = "\0"


def text_of(node: ast.AST) -> str:
    """Return the text of this expression, with HOLE for inserted values."""
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
    """Yield every text of a module once, except the examples of help pages, which have their own test."""
    if isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp) and (text := text_of(node)).strip(HOLE):
        yield text
        return
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "join_examples":
        return  # tests/cli/test_help.py runs these
    if isinstance(node, ast.keyword) and node.arg == "epilog":
        return
    for child in ast.iter_child_nodes(node):
        yield from texts(child)


# What a person fills in.
FILLED = {
    "--out FILE": "--out new.csv",
    "--save message.eml": "--save saved.eml",
    "batch FILE": "batch batch.json",
    "{domain}": "acme.example",
    "…": "x",
    "NAME": "acme.example",
    "TOPIC": "batch",
    "FILE": "people.csv",
    "VARIABLE": "HOME",
    "config set 5 VALUE": "config set from a@acme.example",
    "--domain-name 5": "--domain-name acme.example",
    "--resume ID": "--resume 5",
}


def hints() -> Iterator[tuple[str, str]]:
    """Return each command in a sentence, with the file that contains it."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if name == "cli/help.py":  # names commands by placeholders: `mailtrap COMMAND --help`
            continue
        for text in texts(ast.parse(path.read_text(encoding="utf-8"))):
            for found in COMMAND.finditer(text if "\n" not in text.strip() else ""):
                if found[0] != text:  # the name of a command, no sentence
                    filled = re.sub(rf"(?<= ){HOLE}", "5", found[1]).replace(HOLE, "")
                    for hole, value in FILLED.items():
                        filled = filled.replace(hole, value)
                    yield name, filled


def test_every_command_in_a_sentence_can_be_parsed() -> None:
    found = list(hints())
    assert len(found) > 30
    problems = {f"{file}: mailtrap {hint}": problem for file, hint in found if (problem := problem_of(hint))}
    assert not problems, "\n".join(f"{hint}: {problem}" for hint, problem in problems.items())


ASKS = "needs a place to send to|Refusing to continue without confirmation"  # what a terminal would ask for


def test_every_command_in_a_sentence_can_be_run(patient: Run, home: Path, tmp_path: Path) -> None:
    """Run in the local sandbox, or with a profile without network; whatever it answers, the command line was valid."""
    config = home / "config.toml"
    config.touch(mode=0o600)
    config.write_text('[profiles.5]\ntoken = "x"\nhosts.account = "http://127.0.0.1:9"\n')
    env = {"MAILTRAP_CONFIG": str(config), "EDITOR": "true", "SHELL": "/bin/bash"}
    (tmp_path / "people.csv").write_text("email,name\na@b.example,Ada\n")
    (tmp_path / "message.eml").write_text("From: a@b.example\nTo: a@b.example\nSubject: Hi\n\nHi\n")
    (tmp_path / "batch.json").write_text(
        '{"base": {"subject": "Hi", "text": "Hi"}, "requests": [{"to": [{"email": "a@b.example"}]}]}'
    )
    previous = Path.cwd()
    os.chdir(tmp_path)
    problems = {}
    try:
        for file, hint in sorted(set(hints())):
            if hint == "local serve":  # never ends
                continue
            words = shlex.split(keep_profile(f"mailtrap {hint}", "local"))[1:]
            result = patient(*words, *(["--wait", "0s"] if hint == "messages wait" else []), env=env, stdin="token")
            if result.code == 2 and not re.search(ASKS, result.err):
                problems[f"{file}: mailtrap {hint}"] = result.err.splitlines()[0]
    finally:
        os.chdir(previous)
    assert problems == {}, "\n".join(problems)


@pytest.mark.parametrize(
    ("hint", "kept"),
    [
        ("See: mailtrap sandboxes list", "See: mailtrap sandboxes list -p it"),
        (
            "Create it with mailtrap contact-fields create, or leave it out: --drop",
            "Create it with mailtrap contact-fields create -p it, or leave it out: --drop",
        ),
        ("Set it with: mailtrap config set from VALUE", "Set it with: mailtrap config set from VALUE -p it"),
        ("Create one with: mailtrap config init", None),
        ("Try: mailtrap send -p local --to a@b.example", None),
        ("See: mailtrap send --help", None),
        ("Start it with mailtrap local serve, or name its port with --port.", None),
    ],
)
def test_the_commands_of_a_hint_keep_the_profile(hint: str, kept: str | None) -> None:
    assert keep_profile(hint, "it") == (kept or hint)
    assert keep_profile(hint, None) == hint


def test_hints_never_lead_in_a_circle(mailtrap: Run, home: Path) -> None:
    """Each step runs the command in the last error, filled in with what only a person knows."""
    local = mailtrap("domains", "check", "-p", "local")
    assert local.err.splitlines()[1] == "Hint: To add one: mailtrap domains create --domain-name NAME -p local"
    assert mailtrap("domains", "create", "--domain-name", "mailtrap.test", "-p", "local").code == 0
    assert mailtrap("domains", "check", "-p", "local").code == 0

    made = mailtrap("config", "init", "production", "--live", "--token-env", "ACME_TOKEN", "--no-check")
    assert made.code == 0
    unset = mailtrap("sandboxes", "list")
    assert (unset.code, "mailtrap config init production" in unset.err) == (3, True)
    again = mailtrap("config", "init", "production", "--token-stdin", "--no-check", stdin="secret-token")
    assert again.code == 0
    sender = mailtrap("send", "--to", "ada@example.com", "--subject", "x", "--text", "x", "--dry-run")
    command = sender.err.splitlines()[-1].partition("save a sender: mailtrap ")[2]
    assert (sender.code, command) == (2, "config set from you@example.com -p production")
    assert mailtrap(*shlex.split(command)).code == 0
    dry = mailtrap("send", "--to", "ada@example.com", "--subject", "x", "--text", "x", "--dry-run")
    assert dry.code == 0
    assert dry.err.startswith("Dry run: LIVE transactional · profile production")


def problem_of(hint: str) -> str:
    """Return why nobody can run this; "" if it can be run."""
    words = shlex.split(hint)
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
    except typer.Exit:  # --help
        pass
    except UsageError as error:
        problem = error.format_message()
    # A sentence may name a command alone, to be read about. With options it must be whole.
    return "" if not words and problem.startswith("Missing") else problem
