"""Turn a row into a message: `build_message` returns all of it, `compose_row` its JSON, by a shortcut if that is
sure to give the same result."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any, Protocol

from ..errors import InputError, name_option
from ..mail.addresses import Address, is_plain, parse_addresses
from ..mail.attachments import read_attachment
from ..mail.checks import check_message, has_controls
from ..mail.message import MAX_BYTES, Attachment, Message, size_of
from ..mail.payload import from_payload, load_json
from ..rows.table import MISSING, RowError, Table, fit_cells, fold_name
from .columns import Columns, identifier_of
from .content import Content, Templates
from .model import LONGEST_TRACE, TRACE_VARIABLE, Composed, trace_of
from .row_templates import RowTemplates

LONGEST_ADDRESS = 1000  # characters with the name; the full parser takes seconds for a long text that is not an address

CONTENT = ("subject", "text", "html")
# The columns that are not variables of a template: they belong to the envelope, or have another meaning.
_PRIVATE = ("cc", "bcc", "reply_to", "category", "attachments", "vars")


class RowFiles:
    """The attachments that rows name, relative to `folder`; none may change after it was first read."""

    def __init__(self, folder: str = "") -> None:
        self._folder = folder or "."
        self._digests: dict[str, bytes] = {}

    def read_file(self, path: str, where: str) -> Attachment:
        """Read the file as an attachment; InputError, or RowError if it has changed."""
        attachment = read_attachment(path, where, self._folder)
        digest = sha256(attachment.content).digest()
        if self._digests.setdefault(path, digest) != digest:
            raise RowError(f"{where}: {path} has changed since it was checked")
        return attachment

    @property
    def digest(self) -> str:
        """Hex SHA-256 of the paths and contents of all files read."""
        return sha256(b"".join(path.encode() + digest for path, digest in self._digests.items())).hexdigest()


class Composer(Protocol):
    """Turns the rows of one table into messages. `base` is what all of them share, in the API's form."""

    base: Mapping[str, Any]
    files: RowFiles

    def build_message(self, cells: Sequence[Any], trace: str | None = None) -> Message:
        """Build and check the whole message of a row; `trace` is the value of the custom variable. Raises RowError."""
        ...

    def compose_row(self, row: int, line: int, cells: Sequence[Any], trace: str | None) -> Composed:
        """Compose the message's JSON for a request, without what is in `base`; `trace` is the run. Raises RowError."""
        ...


class RowComposer:
    """Rows whose columns are message fields and variables of its content.

    `shared` holds the flags: its subject, text and html are templates, called in errors as `names` says, and so are its
    other texts that contain placeholders, and `addresses` (see `RowTemplates`). Raises InputError for errors
    that affect every row.
    """

    def __init__(
        self,
        table: Table,
        columns: Columns,
        shared: Message,
        constants: Mapping[str, str],
        *,
        traced: bool,
        names: Mapping[str, str],
        attachments_dir: str | None = None,
        addresses: Mapping[str, Sequence[str]],
    ) -> None:
        self._table = table
        self._columns = columns
        self._constants = constants
        folder = "" if table.source.name == "-" else os.path.dirname(table.source.name)
        self.files = RowFiles(attachments_dir or folder)
        self._by_template = shared.template_uuid is not None
        # A template has its own subject, so a column of this name is one of its variables.
        self._roles = {k: v for k, v in columns.roles.items() if k != "subject" or not self._by_template}
        for name in constants:
            if fold_name(name) in ("cc", "bcc", "replyto", "category", "attachments"):
                field = {"replyto": "reply_to"}.get(fold_name(name), fold_name(name))
                raise InputError(
                    f"{name_option('set')}: {name} is a field of the message, not a variable",
                    hint=f"Use {name_option(field)}.",
                )
        templates = Templates(columns, constants, typed=table.typed)
        self._content: dict[str, Content] = {
            name: templates.compile_template(source, names.get(name, name_option(name)), html=name == "html")
            for name in CONTENT
            if (source := getattr(shared, name)) is not None
        }
        fixed: dict[str, Any] = {name: content.fixed for name, content in self._content.items()}
        self._per_row = RowTemplates(replace(shared, **fixed), addresses, templates)
        self._shared = self._per_row.shared
        self._variables = self._template_columns()
        self.base: Mapping[str, Any] = self._check_shared(traced=traced)
        self._prepare_pieces()

    def _template_columns(self) -> list[tuple[str, int]]:
        """List the variables of a row for an API template: by the column's own name, and as an identifier."""
        private = {self._roles[role] for role in _PRIVATE if role in self._roles}
        open_ = [(name, place) for place, name in enumerate(self._columns.header) if place not in private]
        found = dict(open_)
        for name, place in open_:
            found.setdefault(identifier_of(name), place)
        for name, place in self._columns.names.items():
            if place not in private:
                found.setdefault(name, place)
        return list(found.items())

    def _check_shared(self, *, traced: bool) -> dict[str, Any]:
        """Check what all rows share, with stand-ins for what rows add."""
        per_row = {name for name, content in self._content.items() if content.render}
        if "subject" in self._roles:
            per_row.add("subject")
        stand_ins: dict[str, Any] = {
            "to": (Address("somebody@example.com"),),
            "custom_variables": self._with_trace("x" * LONGEST_TRACE if traced else None),
            **dict.fromkeys(per_row, "x"),
        }
        if traced and TRACE_VARIABLE in self._shared.custom_variables:
            raise InputError(
                f"{name_option('custom_variables')}: {TRACE_VARIABLE} is reserved: "
                "it is how the tool finds the messages of a run",
                hint=f"Use another name, or {name_option('no_trace')}.",
            )
        check_message(replace(self._shared, **stand_ins))
        base = replace(self._shared, cc=(), bcc=()).to_payload()
        if self._per_row.sets_sender:
            base.pop("from", None)
        return base

    def _with_trace(self, trace: str | None) -> Mapping[str, str]:
        given = self._shared.custom_variables
        return given if trace is None else {**given, TRACE_VARIABLE: trace}

    # -------------------------------------------------------------------------------------------- in full

    def build_message(self, cells: Sequence[Any], trace: str | None = None) -> Message:
        """Build and check the whole message of a row; `trace` is the value of the custom variable. Raises RowError."""
        cells = fit_cells(cells, len(self._columns.header))
        shared = self._shared
        try:
            to = self._cell_addresses(cells, "email")
            name = self._cell_text(cells, "name")
            if name and len(to) == 1 and not to[0].name:
                to = [Address(to[0].email, name)]
            reply_to = self._cell_addresses(cells, "reply_to")
            if len(reply_to) > 1:
                raise RowError(f"{self._column_of('reply_to')}: {len(reply_to)} addresses; only one is allowed")
            if not to:
                raise RowError(f"{self._column_of('email')}: no recipient")
            rendered: dict[str, Any] = {
                part: content.render(cells) for part, content in self._content.items() if content.render
            }
            message = replace(
                shared,
                to=to,
                cc=[*shared.cc, *self._cell_addresses(cells, "cc")],
                bcc=[*shared.bcc, *self._cell_addresses(cells, "bcc")],
                reply_to=reply_to[0] if reply_to else shared.reply_to,
                category=self._cell_text(cells, "category") or shared.category,
                attachments=[*shared.attachments, *self._cell_attachments(cells)],
                custom_variables=self._with_trace(trace),
                template_variables=self._template_variables(cells) if self._by_template else None,
                **rendered,
            )
            if subject := self._cell_text(cells, "subject") if "subject" in self._roles else "":
                message = replace(message, subject=subject)
            message = self._per_row.fill_message(message, cells)
            check_message(message)
        except InputError as error:
            raise RowError(_join_sentences(error)) from error
        return message

    def _cell_text(self, cells: Sequence[Any], role: str) -> str:
        place = self._roles.get(role)
        cell = None if place is None else cells[place]
        if cell is None or cell is MISSING:
            return ""
        if isinstance(cell, list | dict):
            raise RowError(
                f"{self._column_of(role)} must be text, not {'a list' if isinstance(cell, list) else 'an object'}"
            )
        return str(cell).strip()

    def _column_of(self, role: str) -> str:
        return self._columns.header[self._roles[role]]

    def _cell_addresses(self, cells: Sequence[Any], role: str) -> list[Address]:
        place = self._roles.get(role)
        if place is None:
            return []
        cell, where = cells[place], self._columns.header[place]
        if isinstance(cell, list):
            return [address for entry in cell for address in _addresses_of(entry, where)]
        return _addresses_of(cell, where)

    def _cell_attachments(self, cells: Sequence[Any]) -> Iterator[Attachment]:
        place = self._roles.get("attachments")
        cell = None if place is None else cells[place]
        paths = cell if isinstance(cell, list) else self._cell_text(cells, "attachments").split(";")
        for path in paths:
            if not isinstance(path, str):
                raise RowError(f"{self._column_of('attachments')} must contain paths")
            if path.strip():
                yield self.files.read_file(path.strip(), self._column_of("attachments"))

    def _template_variables(self, cells: Sequence[Any]) -> dict[str, Any]:
        found = {name: cells[place] for name, place in self._variables if cells[place] is not MISSING}
        place = self._roles.get("vars")
        cell = MISSING if place is None else cells[place]
        if isinstance(cell, str) and cell.strip():
            cell = load_json(cell, self._column_of("vars"))
        if cell is not MISSING and cell is not None and cell != "":
            if not isinstance(cell, dict):
                raise RowError(f"{self._column_of('vars')} is not a JSON object, such as " + '{"plan": "pro"}')
            found.update(cell)
        return {**found, **self._constants}

    # -------------------------------------------------------------------------------------------- as JSON

    def _prepare_pieces(self) -> None:
        """Prepare what `compose_row` needs: positions, and the pieces of JSON around the cells."""
        roles = self._roles
        self._width = len(self._columns.header)
        self._email = roles["email"]
        self._name = roles.get("name", -1)
        self._subject = roles.get("subject", -1)
        self._others = [place for role, place in roles.items() if role not in ("email", "name", "subject")]
        self._renders = [
            (f',"{part}":', content.render, part == "subject")
            for part, content in self._content.items()
            if content.render is not None
        ]
        self._room = (MAX_BYTES - size_of(self._shared)) // 4  # characters that surely fit: UTF-8 has at most 4 bytes
        self._needs_subject = not self._by_template and "subject" not in self._content
        self._trace_before = f',"custom_variables":{_encode_value(self._with_trace(""))[:-2]}'  # up to its value
        same = "".join(f"{_encode_value(name)}:{_encode_value(value)}," for name, value in self._constants.items())
        self._pieces = [
            (("," if number else f',"template_variables":{{{same}') + f"{_encode_value(name)}:", place)
            for number, (name, place) in enumerate(
                (name, place) for name, place in self._variables if name not in self._constants
            )
        ]
        self._short = not (self._shared.cc or self._shared.bcc or self._per_row) and bool(self._pieces)

    def compose_row(self, row: int, line: int, cells: Sequence[Any], trace: str | None) -> Composed:
        """Compose the message's JSON for a request, without what is in `base`; `trace` is the run. Raises RowError."""
        if self._short and len(cells) == self._width and not (self._table.typed and _holds_values(cells)):
            text = self._compose_plain(cells)
            if text is not None:
                end = "}" if trace is None else f'{self._trace_before}{trace_of(trace, row)}"}}}}'
                try:
                    body = (text + end).encode()
                except UnicodeEncodeError:
                    pass  # half of a surrogate pair, which the full way reports
                else:
                    return Composed(row, line, cells[self._email], 1, body)
        message = self.build_message(cells, None if trace is None else trace_of(trace, row))
        return _compose_payload(row, line, message, self.base, self._shared)

    def _compose_plain(self, cells: Sequence[Any]) -> str | None:
        """Compose the JSON of an ordinary row up to its last brace; None for a row that needs the full way."""
        email = cells[self._email]
        if not is_plain(email):
            return None
        for place in self._others:
            if cells[place]:
                return None
        subject = cells[self._subject].strip() if self._subject >= 0 else ""
        if has_controls(subject) if subject else self._needs_subject:
            return None
        name = cells[self._name].strip() if self._name >= 0 else ""
        if name and has_controls(name):
            return None
        found = (
            f'{{"to":[{{"email":"{email}","name":{encode_basestring(name)}}}]'
            if name
            else f'{{"to":[{{"email":"{email}"}}]'
        )
        if subject:
            found += f',"subject":{encode_basestring(subject)}'
        size = 0
        for key, render, is_subject in self._renders:
            if is_subject and subject:
                continue
            text = render(cells)
            if not text or (is_subject and has_controls(text)):
                return None
            size += len(text)
            found += key + encode_basestring(text)
        if size > self._room:
            return None
        if self._by_template:
            for piece, place in self._pieces:
                found += piece + encode_basestring(cells[place])
            found += "}"
        return found


def _holds_values(cells: Sequence[Any]) -> bool:
    """Whether a JSON cell is something other than text."""
    return any(not isinstance(cell, str) for cell in cells)


def _join_sentences(error: InputError) -> str:
    """Join everything that is wrong with a row."""
    return "; ".join(error.details or [error.message])


def _addresses_of(entry: object, where: str) -> list[Address]:
    match entry:
        case str():
            text = entry.strip()
            if len(text) > LONGEST_ADDRESS * (1 + text.count("@")):
                raise RowError(f"{where}: {len(text):,} characters cannot be a list of addresses")
            if ";" in text and '"' not in text:
                text = text.replace(";", ",")  # Outlook's separator, which no unquoted address contains
            return parse_addresses(text, where) if text else []
        case None:
            return []
        case _ if entry is MISSING:
            return []
        case _:
            raise RowError(f"{where}: {_encode_value(entry)} is not an address")


def _compose_payload(row: int, line: int, message: Message, base: Mapping[str, Any], shared: Message) -> Composed:
    """Compose the JSON of what the message adds to the base."""
    # Attachments of all rows are already in the base: their base64 is large.
    same = len(message.attachments) == len(shared.attachments)
    payload = (replace(message, attachments=()) if same else message).to_payload()
    return _compose_entry(row, line, message, {k: v for k, v in payload.items() if base.get(k, MISSING) != v})


def _compose_entry(row: int, line: int, message: Message, document: Mapping[str, Any]) -> Composed:
    """Return the message whose JSON in a request is `document`."""
    emails = ", ".join(address.email for address in message.to or message.cc or message.bcc)
    count = len(message.to) + len(message.cc) + len(message.bcc)
    try:
        body = _ENCODER.encode(document).encode()
    except UnicodeEncodeError as error:
        raise RowError("the row contains half of a surrogate pair, which is not valid text") from error
    except ValueError as error:
        raise RowError("the row contains a number that JSON does not allow") from error
    return Composed(row, line, emails, count, body)


class MessageComposer:
    """Rows that are messages in the API's JSON already; `shared` gives the sender where they have none."""

    def __init__(self, table: Table, shared: Message, *, traced: bool) -> None:
        self._header = table.header
        self.files = RowFiles()
        name = table.source.name
        base = dict(table.base)
        given = from_payload(base, f"{name}: base")
        if given.to or given.cc or given.bcc:
            raise InputError(f"{name}: base contains recipients", hint="Move them into the messages under requests.")
        if given.sender is None and shared.sender is not None:
            base["from"] = shared.sender.to_payload()
        self.base: Mapping[str, Any] = base
        self._traced = traced

    def build_message(self, cells: Sequence[Any], trace: str | None = None) -> Message:
        """Build and check the whole message of a row; `trace` is the value of the custom variable. Raises RowError."""
        try:
            message = from_payload({**self.base, **self._own_fields(cells)}, "")
            kept = trace or ("x" * LONGEST_TRACE if self._traced else None)
            if kept:
                message = replace(message, custom_variables={**message.custom_variables, TRACE_VARIABLE: kept})
            check_message(message)
        except InputError as error:
            raise RowError(_join_sentences(error).removeprefix(": ")) from error
        if trace is None and self._traced:
            message = replace(
                message, custom_variables={k: v for k, v in message.custom_variables.items() if k != TRACE_VARIABLE}
            )
        return message

    def _own_fields(self, cells: Sequence[Any]) -> dict[str, Any]:
        """Return the original message, without the column that --failed adds."""
        pairs = zip(self._header, cells, strict=True)
        return {key: cell for key, cell in pairs if cell is not MISSING and key != "error"}

    def compose_row(self, row: int, line: int, cells: Sequence[Any], trace: str | None) -> Composed:
        """Compose the message's JSON for a request, unchanged except for the trace. Raises RowError."""
        message = self.build_message(cells, None if trace is None else trace_of(trace, row))
        document = self._own_fields(cells)
        if trace is not None:
            document["custom_variables"] = dict(message.custom_variables)
        return _compose_entry(row, line, message, document)


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _encode_value(value: object) -> str:
    return encode_basestring(value) if isinstance(value, str) else _ENCODER.encode(value)
