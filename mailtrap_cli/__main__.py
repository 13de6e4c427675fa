"""`python -m mailtrap_cli`, and the console script `mailtrap`."""

import gc
import os
import sys


def run_flushed(argv: list[str]) -> int:
    """Run one command line in this process; return its exit code, with everything flushed."""
    text = _quick_answer(argv)
    if text is not None:
        try:
            print(text, end="", flush=True)
            return 0
        except (OSError, UnicodeError):
            pass  # a full disk or closed pipe, which the boundary below reports
    gc.set_threshold(50_000)  # start-up creates many objects and hardly any garbage: collection took 5 % of it
    from .cli.lean_typer import import_typer

    import_typer()
    from .cli.root import run

    return run(argv)


def _quick_answer(argv: list[str]) -> str | None:
    """Answer before Typer is imported, which takes four fifths of such a run; None for everything else."""
    if sys.stdout is None:  # closed; the boundary below reports it
        return None
    if argv == ["--version"]:
        from . import __version__

        return f"mailtrap {__version__}\n"
    plain = not sys.stdout.isatty() and not {"FORCE_COLOR", "COLUMNS"} & os.environ.keys()
    if argv in ([], ["-h"], ["--help"]) and plain:
        with open(os.path.join(os.path.dirname(__file__), "cli", "help.txt"), encoding="utf-8") as page:
            return page.read()  # generated from the table of commands by .ci/generate.py
    return None


def _occupy_closed_streams() -> None:
    """Keep a connection or a database from getting the number of a standard stream that was closed."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number


def main() -> None:
    """Run the console script. Exit immediately: shutting the interpreter down takes a tenth of a run."""
    _occupy_closed_streams()
    try:
        code = run_flushed(sys.argv[1:])
    except KeyboardInterrupt:  # before the boundary was set up
        code = 130
    os._exit(code)


if __name__ == "__main__":
    main()
