"""Read suppressions from rows: an address, a sending domain, a stream and a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import InputError, name_option
from ..rows.table import RowError, Table, fold_name
from .checked_rows import find_column, read_email, text_of_cell

STREAMS = ("transactional", "bulk")
TYPES = ("hard bounce", "unsubscription", "spam complaint", "manual import")
# Folded column names for each part; the last ones are the names in the API and in exports.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "to"),
    "domain": ("domain", "domainname", "domainid"),
    "stream": ("stream", "sendingstream"),
    "type": ("type", "reason"),
}


@dataclass(frozen=True)
class Defaults:
    """Values for rows that have none: a domain ID, a stream, a type."""

    domain_id: int | None = None
    stream: str | None = None
    type: str | None = None


@dataclass
class SuppressionColumns:
    """Where the parts of a suppression are in a row; `ignored` lists the other columns. `domains` maps names and IDs
    to IDs.
    """

    header: Sequence[str]
    places: Mapping[str, int]
    defaults: Defaults
    domains: Callable[[], Mapping[str, int]]
    ignored: list[str] = field(default_factory=list)
    _known: Mapping[str, int] | None = None

    def read_suppression(self, cells: Sequence[Any]) -> dict[str, Any]:
        """Build a suppression for the API (email-sending.openapi.yml, createSuppression). Raises RowError."""
        place = self.places["email"]
        found: dict[str, Any] = {"email": read_email(cells[place], self.header[place])}
        domain = self._text(cells, "domain")
        found["domain_id"] = self._find_domain(domain) if domain else self.defaults.domain_id
        found["sending_stream"] = self._choice(cells, "stream", STREAMS) or self.defaults.stream
        kind = self._choice(cells, "type", TYPES) or self.defaults.type
        for name, option in (("domain_id", "domain"), ("sending_stream", "stream")):
            if found[name] is None:
                raise RowError(f"no {option}: add a column, or use {name_option(option)}")
        return found | ({"type": kind} if kind else {})

    def _text(self, cells: Sequence[Any], name: str) -> str:
        place = self.places.get(name)
        return "" if place is None else text_of_cell(cells[place], self.header[place])

    def _choice(self, cells: Sequence[Any], name: str, choices: Sequence[str]) -> str:
        text = self._text(cells, name)
        word = text.casefold().replace("-", " ").replace("_", " ")
        if word and word not in choices:
            raise RowError(f"{self.header[self.places[name]]}: {text[:50]!r} is not one of {', '.join(choices)}")
        return word

    def _find_domain(self, text: str) -> int:
        if self._known is None:
            self._known = self.domains()
        found = self._known.get(text.casefold().rstrip("."))
        if found is None:
            raise RowError(f"{self.header[self.places['domain']]}: the account has no domain {text[:80]}")
        return found


def match_suppression_columns(
    table: Table, defaults: Defaults, domains: Callable[[], Mapping[str, int]], *, mapped: Mapping[str, str]
) -> SuppressionColumns:
    """Match columns by name; `mapped` names the column of a part. Raises InputError."""
    header, where = table.header, f"{table.source.name}:{table.line}"
    part_of = {name: part for part, names in _NAMES.items() for name in names}
    places: dict[str, int] = {}
    for given, column in mapped.items():
        part = part_of.get(fold_name(given))
        if part is None:
            raise InputError(
                f"{name_option('map')}: a suppression has no {given!r}", hint="It has email, domain, stream and type."
            )
        places[part] = find_column(header, column, table.source.name)
    chosen = dict(places)
    ignored: list[str] = []
    for place, column in enumerate(header):
        part = part_of.get(fold_name(column))
        if place in chosen.values():
            continue
        if part is None or part in chosen:
            ignored.append(column)
        elif part in places:
            raise InputError(
                f"{where}: columns {header[places[part]]!r} and {column!r} are both the {part}",
                hint=f"Choose one: {name_option('map')} '{part}={column}'",
            )
        else:
            places[part] = place
    if "email" not in places:
        candidates = [column for column in header if "mail" in column.casefold()] or ["COLUMN"]
        raise InputError(
            f"{where}: no column email among {', '.join(header[:20])}",
            hint=f"Name the column of the address: {name_option('map')} 'email={candidates[0]}'",
        )
    if table.messages:
        raise InputError(f"{table.source.name} holds messages, not addresses")
    return SuppressionColumns(header, places, defaults, domains, ignored)
