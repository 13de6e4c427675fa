"""`python -m mailtrap_cli`, and the console script `mailtrap`."""

import sys


def main() -> int:
    """Run the command line of this process; returns its exit code."""
    if sys.argv[1:] == ["--version"]:  # answered before Typer is imported: a fifth of the start-up
        from . import __version__

        print(f"mailtrap {__version__}")
        return 0
    from .cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
