"""`python -m mailtrap_cli`, and the console script `mailtrap`."""

import gc
import os
import sys


def answer(argv: list[str]) -> int:
    """Run one command line in this process; returns its exit code, with everything flushed."""
    if argv == ["--version"]:  # answered before Typer is imported: a fifth of the start-up
        from . import __version__

        try:
            print(f"mailtrap {__version__}", flush=True)
            return 0
        except OSError:
            pass  # a full disk or closed pipe, which the boundary below puts into words
    gc.set_threshold(50_000)  # start-up makes many objects and hardly any garbage: 5 % of it was collection
    from .cli import run

    return run(argv)


def main() -> None:
    """The console script. Ends the process at once: taking the interpreter down costs as much as a tenth of a run."""
    try:
        code = answer(sys.argv[1:])
    except KeyboardInterrupt:  # before there was a boundary to say so
        code = 130
    os._exit(code)


if __name__ == "__main__":
    main()
