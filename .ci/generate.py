"""Write the generated files: `completions/`, `.ci/man1/`, and in the package the index of commands and the root's page.

    python .ci/generate.py [--check]

With --check nothing is written; the stale files are named, and the exit code is 1.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from difflib import unified_diff
from itertools import islice
from pathlib import Path

import man
from completion import bash, fish, powershell, tree, zsh

from mailtrap_cli.cli.commands import COMMANDS
from mailtrap_cli.cli.examples import collect_examples
from mailtrap_cli.cli.loader import INDEX, find_modules, load_verbs, read_index
from mailtrap_cli.cli.root import root
from mailtrap_cli.completion import FILES

TOP = Path(__file__).resolve().parent.parent
RENDER = {"bash": bash.render, "zsh": zsh.render, "fish": fish.render, "powershell": powershell.render}


def generated() -> Iterator[tuple[Path, str]]:
    """Return each file with its contents."""
    yield INDEX, index_commands()
    node = tree.read(root())
    for shell, name in FILES.items():
        yield TOP / "completions" / name, RENDER[shell](node)
    yield TOP / "mailtrap_cli" / "cli" / "help.txt", help_of("mailtrap")
    for name, text in man.render_pages():
        yield TOP / ".ci" / "man1" / name, text


# Verbs that come first and last in the help of a noun; the others are in the order of their modules.
FIRST = ("list", "show", "get", "wait", "expect", "open", "check", "create", "update")
LAST = ("delete", "remove")


def index_commands() -> str:
    """List the verbs of each noun, each with its module, its help line and its first example."""
    index: dict[str, dict[str, dict[str, str]]] = {}
    for name, entry in COMMANDS.items():
        if not entry.noun:
            continue
        found = {
            verb: {
                "module": module,
                "help": command.get_short_help_str(limit=1000),
                "example": collect_examples(command)[0],
            }
            for module in find_modules(name)
            for verb, command in load_verbs([module]).items()
        }
        order = [*FIRST, *(verb for verb in found if verb not in {*FIRST, *LAST}), *LAST]
        index[name] = {verb: found[verb] for verb in order if verb in found}
    return json.dumps(index, indent=2) + "\n"


def help_of(command: str) -> str:
    """Return the help page of `mailtrap …` as in a pipe, 80 columns wide, whatever the machine's settings.

    COLUMNS keeps `mailtrap --help` from answering with the file that this writes.
    """
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "PYTHONPATH") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "mailtrap_cli", *command.split()[1:], "--help"],
        env={**kept, "COLUMNS": "80", "PYTHONUTF8": "1"},
        cwd=TOP,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout


def main(arguments: list[str]) -> int:
    """Write the files, or with --check name the stale ones; return the exit code."""
    stale = 0
    for path, text in generated():
        before = path.read_text(encoding="utf-8") if path.is_file() else ""
        if before == text:
            continue
        stale += 1
        if arguments == ["--check"]:
            print(f"{path.relative_to(TOP)} is stale. Run: .venv/bin/python .ci/generate.py", file=sys.stderr)
            changes = unified_diff(before.splitlines(), text.splitlines(), "as it is", "as it must be", "", "", 0, "")
            print("\n".join(islice(changes, 20)), file=sys.stderr)
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            read_index.cache_clear()
            print(f"wrote {path.relative_to(TOP)}")
    return 1 if stale and arguments == ["--check"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
