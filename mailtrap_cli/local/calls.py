"""A request of the account host that found its route, and what every group of operations answers with."""

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
    """One request that found its route: the parts of its path, its query, and its JSON where it has some."""

    store: Store
    parts: tuple[str, ...]
    query: Mapping[str, list[str]]
    body: Callable[[], Any]
    base: str = ACCOUNT_URL  # the URL of the account host, for links in answers
    has_body: bool = True
    allow_remote: bool = False  # webhooks may be sent to other machines
    smtp_ports: tuple[int, ...] = ()

    @property
    def is_served(self) -> bool:
        """Whether `base` belongs to a server rather than to a sandbox in this process."""
        return self.base != ACCOUNT_URL

    @property
    def numbers(self) -> tuple[int, ...]:
        """The ids of the path."""
        return tuple(map(int, self.parts))

    def param(self, name: str) -> str:
        """A parameter of the query; "" where it is not there."""
        return self.query.get(name, [""])[-1]

    def field(self, *path: str) -> Any:
        """A value of the JSON body; None where it is not there."""
        found = self.body()
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        return found


def number_in(text: str) -> int | None:
    """A positive whole number of a query; None for anything else."""
    return int(text) if re.fullmatch("[1-9][0-9]{0,15}", text) else None
