"""`mailtrap completion`: the completion script of a shell, printed or installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..completion import FILES, script
from ..errors import InputError

if TYPE_CHECKING:
    from ..cli.context import World

app = typer.Typer()


@app.command(epilog="Example: mailtrap completion bash --install")
def completion(
    ctx: typer.Context,
    shell: Annotated[
        str | None, typer.Argument(metavar="|".join(FILES), help="The shell; with --install yours by default.")
    ] = None,
    install: Annotated[bool, typer.Option("--install", help="Put the script where the shell looks for it.")] = False,
) -> None:
    """Print the completion script of a shell, or install it.

    The script is static: pressing TAB starts no Python, except to look up the names of profiles.

    JSON: shell, path of the file, notes; without --install shell, script.
    """
    world: World = ctx.obj
    if shell is None and install:
        shell = _own_shell(world)
    if shell not in FILES:
        raise InputError(
            f"{shell!r} is not a shell with completions" if shell else "The shell is not named",
            hint=f"There is {', '.join(FILES)}.",
        )
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
    """The shell that $SHELL names; InputError where that is none of ours."""
    from pathlib import PurePath

    name = PurePath(world.env.get("SHELL", "")).stem
    name = {"pwsh": "powershell"}.get(name, name)
    if name not in FILES:
        raise InputError(
            "The shell is not named, and SHELL does not tell" if not name else f"SHELL names {name!r}",
            hint="Name one of " + ", ".join(FILES) + ".",
        )
    return name
