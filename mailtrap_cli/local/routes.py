"""Route a request of the account host to the group of operations that answers it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from ..api.responses import LOCAL_GAP, Answer
from .calls import NOT_FOUND, Call, Handler, refused
from .store import Store

Body = Callable[[], Any]  # parses the JSON of a request when it is needed

# The first path segment after /api/ → the modules whose ROUTES answer it; imported on first use.
GROUPS: dict[str, tuple[str, ...]] = {
    "sandboxes": ("messages", "sandboxes"),
    "projects": ("sandboxes",),
    "email_logs": ("logs",),
    "stats": ("stats",),
    "email_templates": ("templates",),
    "templates": ("templates",),
    "domains": ("domains",),
    "suppressions": ("suppressions",),
    "tracking_opt_outs": ("suppressions",),
    "contacts": ("contacts",),
    "webhooks": ("webhooks",),
    "email_campaigns": ("campaigns",),
    "inbound": ("inbound",),
    "api_tokens": ("tokens",),
    "accounts": ("fixed",),
    "account_accesses": ("fixed",),
    "permissions": ("fixed",),
    "billing": ("fixed",),
    "organizations": ("fixed",),
}


@dataclass(frozen=True)
class Account:
    """The account host: the store, and the host's own URL for links in answers."""

    store: Store
    base: str
    has_body: bool  # whether the request has a body
    allow_remote: bool = False  # whether webhooks may go to other machines
    smtp_ports: tuple[int, ...] = ()


def answer_account(account: Account, method: str, path: str, query: str, body: Body) -> Answer:
    """Answer a request to the account host."""
    if re.match(r"/api/accounts/[0-9]+/", path):
        from .legacy_paths import translate_request

        return translate_request(partial(_answer, account, method), path, query, body)
    return _answer(account, method, path, query, body)


def methods_of(path: str) -> tuple[dict[str, Handler], tuple[str, ...]]:
    """Return the handlers of a path by method, and the values in the path; nothing for an unknown path."""
    first = path.removeprefix("/api/").partition("/")[0]
    for name in GROUPS.get(first, ()):
        for pattern, methods in import_module(f".{name}", __package__).ROUTES.items():
            route = re.fullmatch(pattern, path)
            if route:
                return dict(methods), route.groups()
    return {}, ()


def _is_missing(path: str) -> bool:
    """Return whether a path is known but for an ID that is not one, such as /api/projects/abc."""
    first = path.removeprefix("/api/").partition("/")[0]
    patterns = [pattern for name in GROUPS.get(first, ()) for pattern in import_module(f".{name}", __package__).ROUTES]
    return any(re.fullmatch(re.sub(r"\((?:[^()]|\([^()]*\))*\)", "[^/]+", pattern), path) for pattern in patterns)


def _answer(account: Account, method: str, path: str, query: str, body: Body) -> Answer:
    methods, parts = methods_of(path)
    if not methods and _is_missing(path):
        return NOT_FOUND
    if not methods:
        found = refused(404, f"Not part of the local sandbox: {method} {path[:100]}")
        return replace(found, headers={**found.headers, LOCAL_GAP: "1"})
    if method not in methods:
        found = refused(405, "Method Not Allowed")
        return replace(found, headers={**found.headers, "allow": ", ".join(sorted(methods))})
    values = parse_qs(query, keep_blank_values=True)
    call = Call(
        account.store,
        parts,
        values,
        body,
        account.base,
        account.has_body,
        account.allow_remote,
        account.smtp_ports,
    )
    return methods[method](call)
