"""What the columns of an input mean: message fields by name, and variables by their names in templates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ..errors import InputError, name_option
from ..records import record
from ..rows.table import fold_name

# The columns that are message fields; all others are variables.
ROLES = ("email", "name", "cc", "bcc", "subject", "reply_to", "category", "attachments", "vars")
ALIASES: Mapping[str, str] = {"to": "email"}


_ROLE_OF = {fold_name(name): ALIASES.get(name, name) for name in (*ROLES, *ALIASES)}


def identifier_of(name: str) -> str:
    """Convert a column name to one that templates can use: `First Name` is `first_name`."""
    if name.isidentifier():
        return name
    word = re.sub(r"\W+", "_", name.strip().casefold()).strip("_")
    return word if word.isidentifier() else f"_{word}"


def has_recipient(header: Iterable[str], mapped: Mapping[str, str]) -> bool:
    """Whether one of these columns is the recipient."""
    wanted = [fold_name(mapped[role]) for role in ("email", "to") if role in mapped]
    return any(fold_name(name) in wanted or _ROLE_OF.get(fold_name(name)) == "email" for name in header)


@record
class Columns:
    """`roles` are the positions of message fields; `names` those of all columns, by every name they have."""

    header: Sequence[str]
    roles: Mapping[str, int]
    names: Mapping[str, int]

    def find_column(self, name: str) -> int | None:
        """Return the position of the column that templates call `name`, or None."""
        if name in self.names:
            return self.names[name]
        same = [number for number, column in enumerate(self.header) if fold_name(column) == fold_name(name)]
        return same[0] if len(same) == 1 else None

    def unknown_error(self, name: str, where: str, constants: Iterable[str] = ()) -> InputError:
        """Build the error for a name that is not a column."""
        return InputError(f"{where}: no column {name!r}", hint=self.hint_for(name, constants))

    def hint_for(self, name: str, constants: Iterable[str] = ()) -> str:
        """Name the columns, and the nearest one."""
        from difflib import get_close_matches

        known = [*self.header, *constants]
        by_fold = {fold_name(column): column for column in known}
        near = [by_fold[key] for key in get_close_matches(fold_name(name), by_fold, n=1, cutoff=0.7)]
        shown = ", ".join(known[:20]) + (f" and {len(known) - 20} more" if len(known) > 20 else "")
        meant = f"Did you mean {near[0]!r}? " if near else ""
        constant = f"{name_option('set')} {identifier_of(name)}=VALUE"
        return f"{meant}Columns: {shown}. For the same value in every row: {constant}"


def match_columns(header: Sequence[str], mapped: Mapping[str, str], where: str, line: int = 1) -> Columns:
    """Find the message fields among the columns. `mapped` are the --map pairs: a role or a variable to a column.

    Raises InputError if no column is the recipient, two are the same field, or a --map names no column.
    """
    plain = Columns(header, {}, {name: number for number, name in enumerate(header)})
    roles: dict[str, int] = {}
    names: dict[str, int] = {}
    for given, column in mapped.items():
        number = plain.find_column(column)
        if number is None:
            near = plain.hint_for(column).partition(". For the same")[0]
            raise InputError(f"{name_option('map')}: {where} has no column {column!r}", hint=f"{near}.")
        role = _ROLE_OF.get(fold_name(given))
        if role is not None:
            roles[role] = number
        names[given] = number
    chosen = set(roles)
    for number, name in enumerate(header):
        role = _ROLE_OF.get(fold_name(name))
        if role is None or role in chosen or number in roles.values():
            continue
        if role in roles:
            raise InputError(
                f"{where}:{line}: columns {header[roles[role]]!r} and {name!r} both map to {role}",
                hint=f"Choose one: {name_option('map')} '{role}={name}'",
            )
        roles[role] = number
    if "email" not in roles:
        from difflib import get_close_matches

        by_fold = {fold_name(name): name for name in header}
        close = get_close_matches("email", by_fold, n=1) or [key for key in by_fold if "mail" in key]
        named = f"Choose one: {name_option('map')} 'email={by_fold[close[0]] if close else 'COLUMN'}'"
        raise InputError(
            f"{where}:{line}: no column named email or to; found {', '.join(header[:20])}",
            hint="The first line must name the columns, such as: email,name" if "@" in "".join(header) else named,
        )
    for number, name in enumerate(header):
        names.setdefault(name, number)
    for number, name in enumerate(header):
        names.setdefault(identifier_of(name), number)
    for role, number in roles.items():
        names.setdefault(role, number)
    return Columns(header, roles, names)
