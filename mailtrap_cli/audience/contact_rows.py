"""Read contacts from rows: which column is which contact field, and the value of each cell by the field's type."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..errors import InputError, name_option
from ..rows.table import MISSING, RowError, Table, fold_name
from .checked_rows import find_column, read_email, text_of_cell

LONGEST_TEXT = 255  # characters of a text field's value (NOTES.md, Limits)
EMAIL, FIELDS = "email", "fields"  # the column of the address; the key of the object of fields in JSON, as in the API
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")


class UnknownFields(InputError):  # noqa: N818 - a verdict on the input
    """Columns that match no known contact field."""


@dataclass(frozen=True)
class ContactField:
    """A contact field: its name, merge tag and type (text, integer, float, boolean, date)."""

    name: str
    merge_tag: str
    data_type: str


# The API's examples use these everywhere; an account that lists them does so with their types.
_USUAL = (ContactField("First name", "first_name", "text"), ContactField("Last name", "last_name", "text"))


def known_fields(rows: Iterable[Mapping[str, Any]] = ()) -> list[ContactField]:
    """Return the fields in the API's list (schema ContactField), plus first_name and last_name."""
    found = [
        ContactField(str(row.get("name") or ""), str(row["merge_tag"]), str(row.get("data_type") or "text"))
        for row in rows
        if row.get("merge_tag")
    ]
    tags = {field.merge_tag.lower() for field in found}
    return found + [field for field in _USUAL if field.merge_tag not in tags]


@dataclass(frozen=True)
class ContactColumns:
    """Where the parts of a contact are in a row: the address, the fields, and in JSON the object of fields."""

    header: Sequence[str]
    email: int
    fields: Mapping[int, ContactField]
    by_tag: Mapping[str, ContactField]
    object: int | None = None

    def read_contact(self, cells: Sequence[Any]) -> dict[str, Any]:
        """Build a contact for the API (schema ContactImportRequest) without empty cells. Raises RowError."""
        found: dict[str, Any] = {}
        email = read_email(cells[self.email], self.header[self.email])
        if self.object is not None:
            found |= self._read_object(cells[self.object])
        for place, field in self.fields.items():
            value = read_value(cells[place], field, self.header[place])
            if value is not None:
                found[field.merge_tag] = value
        return {"email": email, "fields": found} if found else {"email": email}

    def _read_object(self, cell: Any) -> dict[str, Any]:
        if cell is None or cell is MISSING:
            return {}
        if not isinstance(cell, dict):
            raise RowError(f"{FIELDS} must be an object with merge tags as keys")
        unknown = [tag for tag in cell if tag.lower() not in self.by_tag]
        if unknown:
            raise RowError(f"no contact field has the merge tag {unknown[0]}")
        found = {tag: read_value(value, self.by_tag[tag.lower()], f"{FIELDS}.{tag}") for tag, value in cell.items()}
        return {tag: value for tag, value in found.items() if value is not None}


def match_contact_columns(
    table: Table, fields: Sequence[ContactField], *, mapped: Mapping[str, str], ignored: Sequence[str]
) -> ContactColumns:
    """Match columns to the address and the fields by merge tag or name, ignoring case and spaces.

    `mapped` names the column of a field or of the email; `ignored` columns are left out. Raises InputError if no column
    has the address, or if columns match no field (it lists them all).
    """
    header, where = table.header, f"{table.source.name}:{table.line}"
    if table.messages:
        raise InputError(f"{table.source.name} holds messages, not contacts", hint="A contact has an email and fields.")
    by_tag = {field.merge_tag.lower(): field for field in fields}
    by_name = {fold_name(name): field for field in fields for name in (field.name, field.merge_tag) if name}
    chosen = {find_column(header, column, table.source.name): wanted for wanted, column in mapped.items()}
    left_out = {find_column(header, column, table.source.name) for column in ignored}
    email: int | None = None
    holder: int | None = None
    found: dict[int, ContactField] = {}
    unknown: list[str] = []
    for place, column in enumerate(header):
        if place in left_out:
            continue
        name = fold_name(chosen.get(place, column))
        field = by_name.get(name)
        if name in (EMAIL, "to") and (place in chosen or EMAIL not in map(fold_name, mapped)):
            if email is not None:
                raise InputError(
                    f"{where}: columns {header[email]!r} and {column!r} are both the address",
                    hint=f"Leave one out: {name_option('ignore')} '{column}'",
                )
            email = place
        elif field is not None:
            earlier = next((header[at] for at, other in found.items() if other is field), None)
            if earlier is not None:
                raise InputError(
                    f"{where}: columns {earlier!r} and {column!r} are both the field {field.merge_tag}",
                    hint=f"Leave one out: {name_option('ignore')} '{column}'",
                )
            found[place] = field
        elif name == FIELDS and table.typed:
            holder = place
        elif place in chosen:
            raise UnknownFields(f"{name_option('map')}: no contact field {chosen[place]!r}", hint=_name_fields(fields))
        else:
            unknown.append(column)
    if email is None:
        candidates = [column for column in header if "mail" in column.casefold()] or ["COLUMN"]
        raise InputError(
            f"{where}: no column email among {', '.join(header[:20])}",
            hint=f"Name the column of the address: {name_option('map')} 'email={candidates[0]}'",
        )
    if unknown:
        raise _unknown_columns(where, unknown, fields)
    return ContactColumns(header, email, found, by_tag, holder)


def _unknown_columns(where: str, unknown: Sequence[str], fields: Sequence[ContactField]) -> UnknownFields:
    from shlex import quote

    listed = ", ".join(map(repr, unknown[:10])) + (f" and {len(unknown) - 10} more" if len(unknown) > 10 else "")
    what = (
        f"column {listed} is not a contact field" if len(unknown) == 1 else f"columns {listed} are not contact fields"
    )
    flags = " ".join(f"{name_option('ignore')} {quote(column)}" for column in unknown[:10])
    return UnknownFields(
        f"{where}: {what}",
        hint=f"Create them with mailtrap contact-fields create --name {quote(unknown[0])} --merge-tag TAG --type text, "
        f"or leave them out: {flags}. {_name_fields(fields)}",
    )


def _name_fields(fields: Sequence[ContactField]) -> str:
    tags = [field.merge_tag for field in fields]
    return f"Fields: {', '.join(tags[:20])}{', …' if len(tags) > 20 else ''}."


def read_value(cell: Any, field: ContactField, column: str) -> Any:
    """Convert a cell to the field's type; None if it is empty. Raises RowError."""
    text = text_of_cell(cell, column)
    if not text:
        return None
    match field.data_type:
        case "integer":
            if re.fullmatch(r"[+-]?[0-9]{1,18}", text):
                return int(text)
            expected = "a whole number"
        case "float":
            if re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", text) and math.isfinite(float(text)):
                return float(text)
            expected = "a number, such as 1234.5"
        case "boolean":
            if text.casefold() in (*_TRUE, *_FALSE):
                return text.casefold() in _TRUE
            expected = "true or false"
        case "date":
            if _is_date(text):
                return text
            expected = "a date, such as 2026-01-31"
        case _:
            if len(text) <= LONGEST_TEXT:
                return _checked_text(text, column)
            raise RowError(f"{column} has {len(text):,} characters; at most {LONGEST_TEXT} are allowed")
    raise RowError(f"{column}: {text[:50]!r} is not {expected}")


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _checked_text(text: str, column: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise RowError(f"{column} has a character that is not Unicode text ({text[error.start]!r})") from None
    return text
