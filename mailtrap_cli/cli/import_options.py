"""Options of imports and exports, and the command that resumes a stopped one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from ..errors import InputError
from .value_types import FILE, Text

if TYPE_CHECKING:
    from pathlib import Path

    from ..rows.source import Source
    from .context import World

DEFAULT_WAIT = "30m"
Input = Annotated[str, typer.Argument(click_type=FILE, metavar="FILE", help="CSV, TSV, JSON or JSONL; - is stdin.")]

OutputFile = Annotated[
    str | None, typer.Option("--out", click_type=FILE, help="File to write; - is stdout.", show_default=False)
]


@dataclass(frozen=True)
class ImportRows:
    """Which rows of a file are imported, and the names of its columns."""

    map_: Annotated[
        list[str],
        typer.Option("--map", click_type=Text("NAME=COLUMN"), help="Such as email=Address; repeatable."),
    ] = field(default_factory=list)
    from_row: Annotated[
        int,
        typer.Option("--from-row", metavar="N", min=1, help="Start at this row; the first row after the header is 1."),
    ] = 1
    skip_invalid: Annotated[bool, typer.Option("--skip-invalid", help="Skip invalid rows.")] = False
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check all rows, print the first of them and import nothing.")
    ] = False

    @property
    def mapped(self) -> dict[str, str]:
        """The --map pairs: name and column."""
        from ..mail.pairs import parse_pairs

        return parse_pairs(self.map_, "--map", "email=Address")


@dataclass(frozen=True)
class JobWait:
    """How long to wait for a job."""

    wait: Annotated[
        str | None,
        typer.Option("--wait", metavar="DURATION", help=f"How long to wait for the job (default: {DEFAULT_WAIT})."),
    ] = None
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Do not wait; print the ID of the job.")] = False

    def parse_seconds(self) -> float | None:
        """Return the seconds to wait; None for no waiting. Raises InputError."""
        from ..units import parse_duration

        if self.no_wait:
            if self.wait is not None:
                raise InputError("--wait and --no-wait cannot be used together", hint="Use one of them.")
            return None
        return parse_duration(DEFAULT_WAIT if self.wait is None else self.wait, "--wait")


def open_rows(world: World, file: str) -> Source:
    """Open the rows of a file or of standard input."""
    from ..rows.source import open_source

    return open_source(file, world.stdin.buffer if world.stdin else None)


def check_output_file(file: str, *, force: bool) -> Path | None:
    """Return the file that --out names; None for `-`. Raises InputError if it exists or cannot be written."""
    from pathlib import Path

    from ..files import check_writable, is_special

    if file == "-":
        return None
    path = Path(file)
    check_writable(path, "--out")
    if path.exists() and not is_special(path) and not force:
        raise InputError(f"--out: {file} exists", hint="Use --force to replace it.")
    return path


@contextmanager
def write_output(world: World, file: str, path: Path | None, *, force: bool) -> Iterator[BinaryIO]:
    """Open the file that --out names for binary writing; it is written completely or not at all. Without `path`,
    standard output.

    Raises InputError if the file exists by now, OutputError if it cannot be written.
    """
    from ..errors import OutputError, lost_output
    from ..files import describe_failure, replace_file

    try:
        if path is None:
            world.stdout.flush()
            stream = getattr(world.stdout, "buffer", None)
            if stream is None:  # not a binary stream: a test's own, or closed
                collected = BytesIO()
                yield collected
                world.stdout.write(collected.getvalue().decode(errors="replace"))
                return
            yield stream
            stream.flush()
            return
        with replace_file(path, new=not force) as draft:
            yield draft
    except FileExistsError:
        raise InputError(f"--out: {file} exists", hint="Use --force to replace it.") from None
    except BrokenPipeError:
        raise
    except OSError as error:
        if path is None:
            raise lost_output(error) from error
        raise OutputError(f"--out: {file}: cannot be written: {describe_failure(error)}") from error


def resume_command(world: World, flag: str, value: object, *, without: tuple[str, ...] = ()) -> str:
    """Return this run's command line with `flag` set to this value and without the other value flags."""
    import shlex

    kept: list[str] = []
    words = iter(world.arguments)
    for word in words:
        if word in (flag, *without):
            next(words, None)
        elif word.partition("=")[0] not in (flag, *without):
            kept.append(word)
    return shlex.join(["mailtrap", *kept, flag, str(value)])
