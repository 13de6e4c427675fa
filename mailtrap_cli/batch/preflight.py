"""Reads and checks the whole input before the first request. The result is a plan."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from typing import Any

from ..errors import InputError, name_option
from ..mail.message import Message
from ..records import record
from ..rows.reader import read_table
from ..rows.source import Source
from ..rows.table import MISSING, RowError, Table, fold_name
from .columns import has_recipient, match_columns
from .compose import Composer, MessageComposer, RowComposer
from .model import Composed

# Fields that whole messages set themselves.
_SHARED = (
    *("cc", "bcc", "subject", "text", "html", "category"),
    *("headers", "attachments", "reply_to", "custom_variables", "template_uuid"),
)
SHOWN, NAMED = 20, 1000  # bad rows shown to people and kept for programs; all are counted


@record
class Options:
    """How an input becomes messages. `shared` are the flags; its subject, text and html are templates.

    `columns` are the --map pairs (a part of the message or a variable, and its column), `constants` the --set pairs.
    `names` are what templates are called in errors, by "subject", "text" and "html", where that is not the flag.
    `attachments_dir` is the folder of the files that rows name; by default, that of the input.
    `addresses` are the values of cc, bcc and reply_to that hold placeholders.
    """

    shared: Message
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, Sequence[str]] = field(default_factory=dict)
    attachments_dir: str | None = None
    traced: bool = True
    skip_invalid: bool = False
    dedupe: bool = False
    limit: int | None = None


@record
class BadRow:
    """A row that cannot be sent, with the line where it begins."""

    line: int
    why: str


class BadRows(InputError):  # noqa: N818 - a verdict on the input
    """Rows that cannot be sent: `details` lists the first, each as file:line and reason."""

    def __init__(self, checked: Checked) -> None:
        super().__init__(
            f"{checked.invalid:,} of {checked.total:,} rows cannot be sent, so nothing was sent",
            hint=f"Fix them, or skip them with {name_option('skip_invalid')}.",
            details=checked.name_problems(),
        )
        self.checked = checked


@dataclass
class Checked:
    """An input that passed preflight: a `model.Plan`, and what to tell the user about it.

    `invalid` rows were left out, the first of them named in `problems`; `repeated` rows have the recipients of an
    earlier one, `repeats` are the lines of the first of them; `bytes` is the JSON of all messages to be sent.
    """

    name: str
    table: Table
    composer: Composer
    base: Mapping[str, Any]
    header: list[str]
    total: int = 0
    count: int = 0
    bytes: int = 0
    invalid: int = 0
    problems: list[BadRow] = field(default_factory=list)
    repeated: int = 0
    repeats: list[int] = field(default_factory=list)
    first: Message | None = None
    input_digest: str = ""
    content_digest: str = ""
    left_out: array[int] = field(default_factory=lambda: array("Q"))  # rows, in their order

    def misleading_columns(self) -> list[str]:
        """Warn of each column that looks like a message field but is only a variable."""
        fields = {"from": "from", "sender": "from", "headers": "headers"}
        found = [] if self.table.messages else [(name, fields.get(fold_name(name))) for name in self.header]
        return [
            f"Column {name!r} is only a variable: it does not set {name_option(field)}, which takes placeholders too."
            for name, field in found
            if field is not None
        ]

    def name_problems(self) -> list[str]:
        """List the first bad rows as compilers do."""
        return [f"{self.name}:{bad.line}: {bad.why}" for bad in self.problems[:SHOWN]]

    def messages(self, trace: str | None) -> Iterator[Composed]:
        """Yield the messages in row order; InputError if the input has changed since it was checked."""
        for row, line, cells in self._valid_rows():
            try:
                yield self.composer.compose_row(row, line, cells, trace)
            except RowError as error:
                raise InputError(
                    f"{self.name}:{line}: {error}",
                    hint="It was valid when the file was checked. Something has changed since. Run the command again.",
                ) from error

    def full_messages(self) -> Iterator[tuple[int, Message]]:
        """Yield line and whole message, for previews and tests."""
        for _, line, cells in self._valid_rows():
            yield line, self.composer.build_message(cells)

    def originals(self) -> Iterator[tuple[int, int, list[Any]]]:
        """Yield row, line and original cells of every row, in the order of `header`; whole messages with their base."""
        if not self.table.typed:
            for row, (line, cells) in enumerate(self.table.rows()):
                yield row, line, cells
            return
        for row, (line, cells) in enumerate(self.table.rows()):
            pairs = zip(self.table.header, cells, strict=True)
            found = {**self.table.base, **{key: cell for key, cell in pairs if cell is not MISSING}}
            yield row, line, [found.get(key, MISSING) for key in self.header]

    def rows(self) -> Iterator[int]:
        """Yield the rows to be sent, in order; the input is not read."""
        return self._rows_between() if self.left_out else iter(range(self.count))

    def _rows_between(self) -> Iterator[int]:
        left_out = chain(self.left_out, (-1,))
        next_out = next(left_out)
        found = 0
        for row in range(self.total):
            if row == next_out:
                next_out = next(left_out)
            elif found == self.count:
                return
            else:
                found += 1
                yield row

    def skipped(self) -> Iterator[tuple[int, int, str]]:
        """Yield row, line and reason of each row that is not sent."""
        rows = self.rows()
        wanted = next(rows, None)
        left_out = chain(self.left_out, (-1,))
        next_out = next(left_out)
        for row, (line, cells) in enumerate(self.table.rows()):
            if row == wanted:
                wanted = next(rows, None)
                continue
            why = f"beyond {name_option('limit')}"
            if row == next_out:
                next_out = next(left_out)
                why = f"the recipient of an earlier row, left out by {name_option('dedupe')}"
                try:
                    self.composer.build_message(cells)
                except RowError as error:
                    why = str(error)
            yield row, line, why

    def _valid_rows(self) -> Iterator[tuple[int, int, list[Any]]]:
        rows = self.rows()
        wanted = next(rows, None)
        for row, (line, cells) in enumerate(self.table.rows()):
            if row == wanted:
                yield row, line, cells
                wanted = next(rows, None)
            elif wanted is None:
                return


def preflight(source: Source, options: Options) -> Checked:
    """Read and check all of the input. Raises InputError for a file that cannot be used, BadRows for invalid rows."""
    table = read_table(source, lambda header: has_recipient(header, options.columns))
    composer = _choose_composer(table, options)
    header = [*table.header, *(key for key in table.base if key not in table.header)]
    checked = Checked(source.name, table, composer, composer.base, header)
    repeats = _Repeats()
    trace = "" if options.traced else None
    compose, add = composer.compose_row, repeats.add_row
    size = 0
    row = -1
    for row, (line, cells) in enumerate(table.rows()):
        try:
            found = compose(row, line, cells, trace)
        except RowError as error:
            checked.invalid += 1
            checked.left_out.append(row)
            if checked.invalid <= NAMED:
                checked.problems.append(BadRow(line, str(error)))
            continue
        size += len(found.body)
        add(found.email, row)
    checked.total = row + 1
    checked.bytes = size
    checked.input_digest = source.digest
    checked.content_digest = _digest_content(composer, options)
    if checked.total == 0:
        raise InputError(f"{source.name} has a header and no rows", hint="Add a row for each message.")
    if checked.invalid and not options.skip_invalid:
        raise BadRows(checked)
    later = repeats.find_later()
    checked.repeated = len(later)
    if later:
        checked.repeats = _find_lines(table, later[:3])
        if options.dedupe:
            checked.left_out = array("Q", sorted([*checked.left_out, *later]))
    valid = checked.total - len(checked.left_out)
    checked.count = valid if options.limit is None else min(valid, options.limit)
    if not checked.count:
        raise InputError(f"{source.name} has no row that can be sent", hint=next(iter(checked.name_problems()), None))
    checked.first = next(message for _, message in checked.full_messages())
    return checked


def _choose_composer(table: Table, options: Options) -> Composer:
    if not table.messages:
        columns = match_columns(table.header, options.columns, table.source.name, table.line)
        return RowComposer(
            table,
            columns,
            options.shared,
            options.constants,
            traced=options.traced,
            names=options.names,
            addresses=options.addresses,
            attachments_dir=options.attachments_dir,
        )
    shared = options.shared
    given = [
        *(name for name in _SHARED if getattr(shared, name)),
        *options.addresses,
        *(["map"] if options.columns else ()),
        *(["set"] if options.constants else ()),
    ]
    if given:
        named = ", ".join(map(name_option, given))
        raise InputError(
            f"{table.source.name} contains whole messages, so {named} would have no effect",
            hint="Set it in the messages or in base, or use a table of rows.",
        )
    return MessageComposer(table, shared, traced=options.traced)


def _digest_content(composer: Composer, options: Options) -> str:
    """Hash everything that turns rows into messages: templates, shared fields, and the meaning of columns."""
    shared = options.shared
    known = [
        composer.base,
        shared.subject,
        shared.text,
        shared.html,
        [[address.to_payload() for address in addresses] for addresses in (shared.cc, shared.bcc)],
        sorted(options.columns.items()),
        sorted(options.constants.items()),
        sorted((part, list(texts)) for part, texts in options.addresses.items()),
        sorted(shared.headers.items()),
        sorted(shared.custom_variables.items()),
        shared.category,
        str(shared.sender),
        composer.files.digest,
    ]
    return sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


def _find_lines(table: Table, rows: Sequence[int]) -> list[int]:
    wanted = set(rows)
    found = []
    for row, (line, _) in enumerate(table.rows()):
        if row in wanted:
            found.append(line)
            if len(found) == len(wanted):
                break
    return found


class _Repeats:
    """Finds rows that repeat an earlier recipient, with 12 bytes per row, in buckets searched one by one.

    Two of a million different recipients have the same 64 bits of Python's keyed hash once in 30 million files.
    """

    def __init__(self) -> None:
        self._hashes = [array("q") for _ in range(256)]
        self._rows = [array("I") for _ in range(256)]

    def add_row(self, recipients: str, row: int) -> None:
        number = hash(recipients.lower())
        self._hashes[number & 255].append(number)
        self._rows[number & 255].append(row)

    def find_later(self) -> array[int]:
        """Return the rows that repeat an earlier recipient, in order, and forget the rest."""
        found: list[int] = []
        for hashes, rows in zip(self._hashes, self._rows, strict=True):
            seen = set(hashes)
            if len(seen) < len(hashes):
                seen.clear()
                for number, row in zip(hashes, rows, strict=True):
                    if number in seen:
                        found.append(row)
                    seen.add(number)
        self._hashes.clear()
        self._rows.clear()
        return array("Q", sorted(found))
