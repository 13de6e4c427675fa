"""A routed request of the account host, and helpers shared by all groups of operations."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..api.responses import Answer
from .replies import error
from .store import Store

refused = partial(error, "account")
NOT_FOUND = refused(404, "Not Found")
ID = "([0-9]{1,18})"
ACCOUNT_URL = "http://account.local.invalid"

Handler = Callable[["Call"], Answer]
Routes = Mapping[str, Mapping[str, Handler]]  # a pattern of paths → methods → handlers


@dataclass(frozen=True)
class Call:
    """A routed request: the parts of its path, its query, and its JSON body if any."""

    store: Store
    parts: tuple[str, ...]
    query: Mapping[str, list[str]]
    body: Callable[[], Any]
    base: str = ACCOUNT_URL  # the URL of the account host, for links in answers
    has_body: bool = True
    allow_remote: bool = False  # whether webhooks may go to other machines
    smtp_ports: tuple[int, ...] = ()

    @property
    def is_served(self) -> bool:
        """Return whether `base` belongs to a running server, as opposed to the in-process sandbox."""
        return self.base != ACCOUNT_URL

    @property
    def numbers(self) -> tuple[int, ...]:
        """Return the IDs in the path."""
        return tuple(map(int, self.parts))

    def param(self, name: str) -> str:
        """Return a query parameter, or "" if it is missing."""
        return self.query.get(name, [""])[-1]

    def field(self, *path: str) -> Any:
        """Return a value of the JSON body, or None if it is missing."""
        found = self.body()
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        return found


def number_in(text: str) -> int | None:
    """Parse a positive whole number from a query; None for anything else."""
    return int(text) if re.fullmatch("[1-9][0-9]{0,15}", text) else None
