"""The files of a run, written from its journal: the outcome of each row, and the failed rows unchanged."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from heapq import merge
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from ..errors import InputError, OutputError, name_option
from ..files import check_writable, replace_file
from ..rows.table import MISSING
from ..text import clean_block, dumps

if TYPE_CHECKING:
    from .journal import Fate, Journal
    from .model import Plan

FORMATS = (".csv", ".tsv", ".jsonl")
NOT_SENT = "not sent"


class Outcome(NamedTuple):
    """The outcome of an input row; `message_ids` are separated by spaces."""

    line: int
    email: str
    status: str
    message_ids: str
    error: str


COLUMNS = Outcome._fields


class Fates:
    """What the journal says about each row; a few chunks are in memory at a time."""

    def __init__(self, journal: Journal, total: int) -> None:
        self._chunk_of = array("I", [0]) * total
        for chunk in journal.read_chunks():
            for row, fate in chunk.fates():
                if fate != 0:
                    self._chunk_of[row] = chunk.id

        @lru_cache(maxsize=16)
        def load_chunk(number: int) -> tuple[dict[int, Fate], str]:
            chunk = journal.read_chunk(number)
            return dict(chunk.fates()), chunk.error

        self._load = load_chunk

    def fate_of(self, row: int) -> tuple[str, str, str]:
        """Status (sent, failed, unknown, not sent), message ids separated by spaces, and error."""
        number = self._chunk_of[row]
        if not number:
            return NOT_SENT, "", ""
        fates, error = self._load(number)
        match fates[row]:
            case str(ids):
                return "sent", ids, ""
            case list(sentences):
                return "failed", "", clean_block("; ".join(sentences))
            case _:
                return "unknown", "", clean_block(error or "The command ended while it was in flight")


def read_outcomes(plan: Plan, fates: Fates) -> Iterator[Outcome]:
    """Yield the outcome of every row of the input.

    Rows that are not messages are `skipped`, with the reason as their error, unless an earlier command sent them.
    """
    left_out = ((row, line, "", why) for row, line, why in plan.skipped())
    sent = ((message.row, message.line, message.email, "") for message in plan.messages(None))
    for row, line, email, why in merge(sent, left_out):
        status, ids, error = fates.fate_of(row)
        if why and status == NOT_SENT:
            status, error = "skipped", why
        yield Outcome(line, email, status, ids, error)


def write_results(path: Path, plan: Plan, fates: Fates) -> None:
    """Write a line for each row of the input: its line number, email, status, message IDs and error."""
    with _replace_table(path, "results") as file:
        write = _csv_rows(file, path) if path.suffix != ".jsonl" else None
        if write:
            write(COLUMNS)
        for row in read_outcomes(plan, fates):
            if write:
                write(row)
            else:
                document = {**row._asdict(), "message_ids": row.message_ids.split(), "error": row.error or None}
                file.write(dumps(document) + "\n")


def write_failed(path: Path, plan: Plan, fates: Fates) -> int:
    """Write the failed rows as they came, plus a column `error`. Return their number."""
    header = [name for name in plan.header if name != "error"]
    kept = [place for place, name in enumerate(plan.header) if name != "error"]
    count = 0
    with _replace_table(path, "failed") as file:
        write = _csv_rows(file, path) if path.suffix != ".jsonl" else None
        if write:
            write((*header, "error"))
        for row, _, cells in plan.originals():
            status, _, error = fates.fate_of(row)
            if status == "failed":
                count += 1
                found = [cells[place] if place < len(cells) else "" for place in kept]
                if write:
                    write((*map(_as_text, found), error))
                else:
                    pairs = zip((*header, "error"), (*found, error), strict=True)
                    file.write(dumps({name: cell for name, cell in pairs if cell is not MISSING}) + "\n")
    return count


def _as_text(cell: object) -> str:
    """Write a JSON cell as text."""
    if isinstance(cell, str):
        return cell
    return "" if cell is None or cell is MISSING else dumps(cell)


def check_file(path: Path, where: str) -> None:
    """Raise InputError before anything is sent if this file could not be written at the end."""
    if path.suffix not in FORMATS:
        raise InputError(f"{where}: {path} does not end in {', '.join(FORMATS)}", hint=f"Example: {where} out.csv")
    check_writable(path, where)


@contextmanager
def _replace_table(path: Path, option: str) -> Iterator[TextIO]:
    """Write a file that replaces the old one only when it is complete."""
    try:
        with replace_file(path) as file:
            text = TextIOWrapper(file, encoding="utf-8", newline="")
            yield text
            text.detach()  # flushes what is buffered
    except OSError as error:
        raise OutputError(
            f"{name_option(option)}: {path} cannot be written: {error.strerror}",
            hint="Run the same command again to write the file. Nothing is sent twice.",
        ) from error


def _csv_rows(file: TextIO, path: Path) -> Callable[[Sequence[object]], object]:
    return csv.writer(file, delimiter="\t" if path.suffix == ".tsv" else ",", lineterminator="\n").writerow
