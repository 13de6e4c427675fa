"""The rows of an import, read and checked before the first request."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ..errors import InputError, name_option
from ..rows.table import MISSING, RowError, Table, fit_cells, fold_name

SHOWN = 20  # bad rows that are listed; all are counted

Entry = TypeVar("Entry")


class BadRows(InputError):  # noqa: N818 - a verdict on the input
    """Rows that cannot be imported: `details` lists the first of them as file:line and reason."""

    def __init__(self, checked: CheckedRows[Any]) -> None:
        super().__init__(
            f"{checked.invalid:,} of {checked.total - checked.first + 1:,} rows cannot be imported, "
            "so nothing was imported",
            hint=f"Fix them, or skip them with {name_option('skip_invalid')}.",
            details=checked.problems,
        )


@dataclass
class CheckedRows(Generic[Entry]):
    """The rows from number `first` (from 1, not counting the header) to the last, `total`, as entries of a request.

    `invalid` rows are left out; `problems` lists the first of them. `repeated` counts rows with the key of an earlier
    one; `repeats` lists the lines of the first of them.
    """

    table: Table
    read_row: Callable[[Sequence[Any]], Entry]
    first: int
    total: int = 0
    invalid: int = 0
    problems: list[str] = field(default_factory=list)
    repeated: int = 0
    repeats: list[int] = field(default_factory=list)
    left_out: array[int] = field(default_factory=lambda: array("Q"))  # the numbers of invalid rows

    @property
    def name(self) -> str:
        """The file name as the user gave it."""
        return self.table.source.name

    @property
    def count(self) -> int:
        """How many rows are imported."""
        return self.total - self.first + 1 - self.invalid

    def entries(self) -> Iterator[tuple[int, int, Entry]]:
        """Yield number, line and entry of each valid row. Raises InputError as soon as the file differs from what
        was checked.
        """
        left_out = iter(self.left_out)
        skipped = next(left_out, 0)
        for number, (line, cells) in enumerate(self.table.rows(), 1):
            if number < self.first:
                continue
            if number == skipped:
                skipped = next(left_out, 0)
                continue
            yield number, line, self.read_row(fit_cells(cells, len(self.table.header)))


def check_rows(
    table: Table,
    read_row: Callable[[Sequence[Any]], Entry],
    key_of: Callable[[Entry], str],
    *,
    first: int = 1,
    skip_invalid: bool = False,
) -> CheckedRows[Entry]:
    """Read and check the rows from number `first` on; `read_row` raises RowError, `key_of` identifies repeated entries.

    Raises BadRows unless `skip_invalid`, and InputError if nothing is left to import.
    """
    checked = CheckedRows(table, read_row, first)
    seen: set[int] = set()
    for number, (line, cells) in enumerate(table.rows(), 1):
        checked.total = number
        if number < first:
            continue
        try:
            key = hash(key_of(read_row(fit_cells(cells, len(table.header)))))
        except RowError as error:
            checked.invalid += 1
            checked.left_out.append(number)
            if len(checked.problems) < SHOWN:
                checked.problems.append(f"{checked.name}:{line}: {error}")
            continue
        if key in seen:
            checked.repeated += 1
            if len(checked.repeats) < 3:
                checked.repeats.append(line)
        seen.add(key)
    if not checked.total:
        raise InputError(f"{checked.name} has a header and no rows", hint="Add a row for each address.")
    if first > checked.total:
        raise InputError(f"{checked.name} has {checked.total:,} rows, so there are none from row {first:,} on")
    if checked.invalid and not skip_invalid:
        raise BadRows(checked)
    if not checked.count:
        raise InputError(f"{checked.name} has no row that can be imported", details=checked.problems)
    return checked


def text_of_cell(cell: Any, column: str) -> str:
    """Return a cell as stripped text; "" for an empty or missing cell and null. Raises RowError for a list."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None or cell is MISSING:
        return ""
    if isinstance(cell, list | dict):
        raise RowError(f"{column} holds {'a list' if isinstance(cell, list) else 'an object'}, not text")
    return ("true" if cell else "false") if isinstance(cell, bool) else str(cell)


def read_email(cell: Any, column: str) -> str:
    """Return the address in a cell. Raises RowError if it is empty, malformed or several addresses."""
    from ..mail.addresses import parse_address

    text = text_of_cell(cell, column)
    if not text:
        raise RowError(f"no address in {column}")
    try:
        return parse_address(text, column).email
    except InputError as error:
        raise RowError(error.message) from None


def find_column(header: Sequence[str], name: str, file: str) -> int:
    """Return the index of the column with this name. Raises InputError."""
    if name in header:
        return list(header).index(name)
    same = [place for place, column in enumerate(header) if fold_name(column) == fold_name(name)]
    if len(same) != 1:
        raise InputError(f"{file} has no column {name!r}", hint=f"Its columns are {', '.join(header[:20])}.")
    return same[0]
