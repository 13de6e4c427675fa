"""Storage for templates, contacts, domains and all other resources: one table for all kinds."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from .database import Database

LARGEST = (1 << 63) - 1
# SQLite would otherwise scan the whole kind instead of using these indexes.
_BY_KEY, _BY_UUID = "INDEXED BY resource_keys", "INDEXED BY resource_uuids"
_COLUMNS = "kind, id, uuid, key, parent, created_at, updated_at, document"


@dataclass(frozen=True, slots=True)
class Row:
    """One resource. `key` is what it is looked up by (a name or an address, in lowercase); times are milliseconds."""

    kind: str
    id: int
    uuid: str
    key: str
    parent: int
    created_at: int
    updated_at: int
    document: dict[str, Any]


class ResourceStore:
    """Resources of every kind, numbered from 1 within each kind; numbers are never reused."""

    def __init__(self, database: Database, clock: Callable[[], int] | None = None) -> None:
        self._database = database
        self._now = clock or (lambda: time.time_ns() // 1_000_000)

    def create(
        self, kind: str, document: Mapping[str, Any], *, key: str = "", parent: int = 0, uuid: str | None = None
    ) -> Row:
        """Store a new resource, with a new UUID unless one is given."""
        now = self._now()
        with self._database.writing() as db:
            db.execute(
                "INSERT INTO resource_counters VALUES (?, 1) ON CONFLICT (kind) DO UPDATE SET last = last + 1", (kind,)
            )
            number = db.execute("SELECT last FROM resource_counters WHERE kind = ?", (kind,)).fetchone()[0]
            row = Row(kind, number, uuid or str(uuid4()), _fold_text(key), parent, now, now, dict(document))
            db.execute(
                f"INSERT INTO resources ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (kind, number, row.uuid, row.key, parent, now, now, json.dumps(row.document)),
            )
        return row

    def update(self, row: Row, document: Mapping[str, Any], *, key: str | None = None) -> Row:
        """Replace the document of a resource."""
        key = row.key if key is None else _fold_text(key)
        changed = Row(row.kind, row.id, row.uuid, key, row.parent, row.created_at, self._now(), dict(document))
        with self._database.writing() as db:
            db.execute(
                "UPDATE resources SET key = ?, updated_at = ?, document = ? WHERE kind = ? AND id = ?",
                (key, changed.updated_at, json.dumps(changed.document), row.kind, row.id),
            )
        return changed

    def delete(self, row: Row) -> None:
        """Delete a resource."""
        with self._database.writing() as db:
            db.execute("DELETE FROM resources WHERE kind = ? AND id = ?", (row.kind, row.id))

    def get(self, kind: str, number: int) -> Row | None:
        """Return the resource with this number, or None."""
        return self._first_row("kind = ? AND id = ?", (kind, min(number, LARGEST)))

    def get_by_uuid(self, kind: str, uuid: str) -> Row | None:
        """Return the resource with this UUID, or None."""
        return self._first_row("kind = ? AND uuid = ?", (kind, uuid.lower()), _BY_UUID)

    def find(self, kind: str, key: str, *, parent: int | None = None) -> Row | None:
        """Return the oldest resource with this key (of this parent), or None."""
        return self._first_row(
            "kind = ? AND key = ? AND (? IS NULL OR parent = ?) ORDER BY id",
            (kind, _fold_text(key), parent, parent),
            _BY_KEY,
        )

    def find_all(self, kind: str, key: str) -> list[Row]:
        """Return all resources with this key, oldest first."""
        return self._read("kind = ? AND key = ? ORDER BY id", (kind, _fold_text(key)), _BY_KEY)

    def list_rows(
        self,
        kind: str,
        *,
        parent: int | None = None,
        after: int = 0,
        before: int = LARGEST,
        newest_first: bool = False,
        size: int = -1,
        offset: int = 0,
    ) -> list[Row]:
        """Return the resources of a kind (and a parent), ordered by number; `size` -1 means all."""
        order = "DESC" if newest_first else "ASC"
        return self._read(
            f"kind = ? AND (? IS NULL OR parent = ?) AND id > ? AND id < ? ORDER BY id {order} LIMIT ? OFFSET ?",
            (kind, parent, parent, after, before, size, offset),
        )

    def count(self, kind: str, *, parent: int | None = None) -> int:
        """Count the resources of a kind (and a parent)."""
        found: int = self._database.select(
            "SELECT count(*) FROM resources WHERE kind = ? AND (? IS NULL OR parent = ?)", (kind, parent, parent)
        )[0][0]
        return found

    def last_id(self, kind: str) -> int:
        """Return the number given most recently; 0 before the first."""
        found = self._database.select("SELECT last FROM resource_counters WHERE kind = ?", (kind,))
        return int(found[0][0]) if found else 0

    def _first_row(self, where: str, values: tuple[object, ...], index: str = "") -> Row | None:
        found = self._read(f"{where} LIMIT 1", values, index)
        return found[0] if found else None

    def _read(self, where: str, values: tuple[object, ...], index: str = "") -> list[Row]:
        rows = self._database.select(f"SELECT {_COLUMNS} FROM resources {index} WHERE {where}", values)
        return [
            Row(kind, number, uuid, key, parent, created_at, updated_at, json.loads(document))
            for kind, number, uuid, key, parent, created_at, updated_at, document in rows
        ]


def _fold_text(key: str) -> str:
    """Normalize a key for storage and lookup: lowercase, without lone surrogates, which SQLite rejects."""
    return key.lower().encode("utf-8", "replace").decode()
