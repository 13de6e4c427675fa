"""`mailtrap completion`: print or install the completion script of a shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..cli.examples import join_examples
from ..cli.value_types import OneOf
from ..completion import FILES, script
from ..errors import InputError

if TYPE_CHECKING:
    from ..cli.context import World

app = typer.Typer()


@app.command(epilog=join_examples("mailtrap completion bash --install", "mailtrap completion zsh > _mailtrap"))
def completion(
    ctx: typer.Context,
    shell: Annotated[
        str | None,
        typer.Argument(click_type=OneOf(*FILES), help="Shell (default with --install: yours)."),
    ] = None,
    install: Annotated[
        bool, typer.Option("--install", help="Install the script where the shell looks for it.")
    ] = False,
) -> None:
    """Print or install shell completions.

    The script is static: Tab starts Python only to look up the names of profiles.

    JSON: shell, script; with --install shell, path, notes.
    """
    world: World = ctx.obj
    if shell is None and install:
        shell = _own_shell(world)
    if shell is None:
        raise InputError("No shell given", hint=f"Use one of {', '.join(FILES)}.")
    text = script(shell)
    if install:
        from ..completion import install as put

        done = put(shell, text, world.env)
        state = "The completion script is up to date" if done.unchanged else "Wrote the completion script"
        document = {"shell": shell, "path": str(done.path), "notes": list(done.notes)}
        world.out.text(document, "\n".join([f"{state}: {done.path}", *done.notes]), essential="path")
    else:
        world.out.text({"shell": shell, "script": text}, text)


def _own_shell(world: World) -> str:
    """Return the shell that $SHELL names; InputError if it is not supported."""
    from pathlib import PurePath

    name = PurePath(world.env.get("SHELL", "")).stem
    name = {"pwsh": "powershell"}.get(name, name)
    if name not in FILES:
        raise InputError(
            f"No completions for your shell, {name}" if name else "No shell given, and SHELL is not set",
            hint=f"Use one of {', '.join(FILES)}.",
        )
    return name
