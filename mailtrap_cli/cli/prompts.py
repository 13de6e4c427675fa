"""Ask questions on the terminal: for a line, or for text from the user's editor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from ..errors import ConfigError, InputError

if TYPE_CHECKING:
    from .context import World

Value = TypeVar("Value")


def ask_line(world: World, question: str, parse: Callable[[str], Value]) -> Value:
    """Ask until `parse` accepts the answer; show its reason if it does not. Raises typer.Abort on Ctrl-D."""
    assert world.stdin is not None
    while True:
        world.stderr.write(question)
        world.stderr.flush()
        answer = world.stdin.readline()
        if not answer:
            raise typer.Abort
        try:
            return parse(answer.strip())
        except InputError as error:
            world.trace(f"{error.message}.")


def find_editor(env: Mapping[str, str]) -> str | None:
    """Return the command line of the user's editor; None if neither $VISUAL nor $EDITOR is set."""
    return env.get("VISUAL") or env.get("EDITOR") or None


def run_editor(editor: str, path: Path, outcome: str) -> None:
    """Edit a file. If the editor fails, raises ConfigError, ending with the outcome ("nothing was sent")."""
    import shlex
    import subprocess

    try:
        done = subprocess.run([*shlex.split(editor), str(path)], check=False)
    except (OSError, ValueError, IndexError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError(f"The editor {editor!r} cannot be run: {reason}; {outcome}", hint="Set EDITOR.") from error
    if done.returncode:
        raise ConfigError(f"The editor {editor!r} ended with exit code {done.returncode}; {outcome}")
