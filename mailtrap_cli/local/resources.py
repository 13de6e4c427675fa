"""One engine for all flat resources: list, get, create, update and delete whatever is declared as a `Resource`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from ..api.responses import Answer
from .calls import ID, NOT_FOUND, Call, Handler, Routes
from .documents import timestamp
from .fields import TAKEN, Errors, Field, check_fields
from .replies import NOTHING, answer
from .resource_store import Row

UUID = "([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
PAGE = 50  # default page size of lists with page tokens
LARGEST_PAGE = 100

Paging = Literal["none", "tokens", "last_id"]
Check = Callable[[Call, Row | None, dict[str, Any], Errors], None]


@dataclass(frozen=True)
class Resource:
    """Declares a resource of the API.

    `path` is the path of the list; the parent's ID is a group in the pattern. `wrapper` is the key around a request's
    fields, `optional_wrapper` one that is accepted too; `envelope` and `list_envelope` put answers under `data`. `key`
    is the field that resources are looked up by. `check` may refuse or add values; `shape` builds the answer's object;
    `secret` holds what only the answer to a creation includes; `deleted` is what a deletion returns.
    """

    kind: str
    path: str
    fields: tuple[Field, ...]
    shape: Callable[[Call, Row], dict[str, Any]]
    wrapper: str = ""
    optional_wrapper: str = ""
    envelope: bool = False
    list_envelope: bool = False
    key: str = ""
    parent: str = ""
    id: str = ID
    created: int = 201
    deleted: Literal["nothing", "object", "envelope"] = "nothing"
    paging: Paging = "none"
    page: int = 1000
    search: str = ""  # the query parameter that filters by the key
    search_prefix: bool = False
    update_methods: tuple[str, ...] = ("PATCH",)
    check: Check | None = None
    secret: Callable[[Row], dict[str, Any]] | None = None
    verbs: frozenset[str] = field(default=frozenset(("list", "get", "create", "update", "delete")))
    children: tuple[str, ...] = ()  # kinds to delete with it


def routes_of(resource: Resource) -> dict[str, dict[str, Handler]]:
    """Return the routes of a resource's verbs."""
    of_list: dict[str, Handler] = {}
    of_one: dict[str, Handler] = {}
    if "list" in resource.verbs:
        of_list["GET"] = lambda call: list_resources(resource, call)
    if "create" in resource.verbs:
        of_list["POST"] = lambda call: create_resource(resource, call)
    if "get" in resource.verbs:
        of_one["GET"] = _with_row(resource, lambda call, row: answer(200, _put_in_envelope(resource, call, row)))
    if "update" in resource.verbs:
        for method in resource.update_methods:
            of_one[method] = _with_row(resource, lambda call, row: update_resource(resource, call, row))
    if "delete" in resource.verbs:
        of_one["DELETE"] = _with_row(resource, lambda call, row: delete_resource(resource, call, row))
    return {resource.path: of_list} | ({f"{resource.path}/{resource.id}": of_one} if of_one else {})


def join_routes(*parts: Routes) -> Routes:
    """Merge routes; later ones add methods to a path of earlier ones."""
    joined: dict[str, dict[str, Handler]] = {}
    for part in parts:
        for path, methods in part.items():
            joined.setdefault(path, {}).update(methods)
    return joined


def find_resource(resource: Resource, call: Call) -> Row | None:
    """Return the resource that the path names; None if it or its parent does not exist."""
    if not _has_parent(resource, call):
        return None
    own = call.parts[-1]
    store = call.store.resources
    row = store.get_by_uuid(resource.kind, own) if resource.id == UUID else store.get(resource.kind, int(own))
    return row if row is not None and row.parent == _parent_id(resource, call) else None


def list_resources(resource: Resource, call: Call) -> Answer:
    """List resources, with the paging that the resource declares."""
    if not _has_parent(resource, call):
        return NOT_FOUND
    if resource.paging == "tokens":
        return _list_by_token(resource, call)
    if resource.paging == "last_id":
        return _list_after(resource, call)
    rows = _find_resource(
        resource, call, call.store.resources.list_rows(resource.kind, parent=_parent_id(resource, call))
    )
    shown = [resource.shape(call, row) for row in rows]
    return answer(200, {"data": shown} if resource.list_envelope else shown)


def create_resource(resource: Resource, call: Call) -> Answer:
    """Create a resource, or return the errors."""
    if not _has_parent(resource, call):
        return NOT_FOUND
    values, errors = _check_body(resource, call, None)
    if errors:
        return answer(422, {"errors": errors})
    row = call.store.resources.create(
        resource.kind, values, key=str(values.get(resource.key) or ""), parent=_parent_id(resource, call)
    )
    secret = resource.secret(row) if resource.secret else {}
    shown = resource.shape(call, row) | secret
    return answer(resource.created, {"data": shown} if resource.envelope else shown)


def update_resource(resource: Resource, call: Call, row: Row) -> Answer:
    """Change the fields in the request."""
    values, errors = _check_body(resource, call, row)
    if errors:
        return answer(422, {"errors": errors})
    document = {**row.document, **values}
    row = call.store.resources.update(row, document, key=str(document.get(resource.key) or ""))
    return answer(200, _put_in_envelope(resource, call, row))


def delete_resource(resource: Resource, call: Call, row: Row) -> Answer:
    """Delete a resource and its children."""
    shown = resource.shape(call, row)
    _delete_tree(call, row, resource.children)
    if resource.deleted == "nothing":
        return NOTHING
    return answer(200, {"data": shown} if resource.deleted == "envelope" else shown)


def times_of(row: Row) -> dict[str, str]:
    """Return `created_at` and `updated_at`, which most answers include."""
    return {"created_at": timestamp(row.created_at), "updated_at": timestamp(row.updated_at)}


def body_of(call: Call, wrapper: str = "", *, optional: str = "") -> dict[str, Any]:
    """Return the fields of a request's JSON body; {} if it is not an object."""
    document = call.body()
    if isinstance(document, dict) and optional and isinstance(document.get(optional), dict):
        return dict(document[optional])
    if wrapper:
        document = document.get(wrapper) if isinstance(document, dict) else None
    return dict(document) if isinstance(document, dict) else {}


def _check_body(resource: Resource, call: Call, row: Row | None) -> tuple[dict[str, Any], Errors]:
    given = body_of(call, resource.wrapper, optional=resource.optional_wrapper)
    values, errors = check_fields(resource.fields, given, creating=row is None)
    for entry in resource.fields:
        if entry.unique and entry.name in values and values[entry.name] is not None:
            others = call.store.resources.list_rows(resource.kind, parent=_parent_id(resource, call))
            wanted = str(values[entry.name]).lower()
            taken = [other for other in others if str(other.document.get(entry.name)).lower() == wanted]
            if any(row is None or other.id != row.id for other in taken):
                errors[entry.name] = [TAKEN]
    if resource.check is not None:
        resource.check(call, row, values, errors)
    return values, errors


def _with_row(resource: Resource, respond: Callable[[Call, Row], Answer]) -> Handler:
    def route(call: Call) -> Answer:
        row = find_resource(resource, call)
        return NOT_FOUND if row is None else respond(call, row)

    return route


def _put_in_envelope(resource: Resource, call: Call, row: Row) -> dict[str, Any]:
    shown = resource.shape(call, row)
    return {"data": shown} if resource.envelope else shown


def _parent_id(resource: Resource, call: Call) -> int:
    return int(call.parts[0]) if resource.parent else 0


def _has_parent(resource: Resource, call: Call) -> bool:
    return not resource.parent or call.store.resources.get(resource.parent, _parent_id(resource, call)) is not None


def _find_resource(resource: Resource, call: Call, rows: list[Row]) -> list[Row]:
    wanted = call.param(resource.search).lower() if resource.search else ""
    if not wanted:
        return rows
    if resource.search_prefix:
        return [row for row in rows if row.key.startswith(wanted)]
    return [row for row in rows if wanted in row.key]


def _list_by_token(resource: Resource, call: Call) -> Answer:
    """Return a page by number, newest first (schema Pagination)."""
    token, size = _whole_shape(call, "token", 1), _whole_shape(call, "per_page", PAGE)
    if token is None:
        return answer(422, {"errors": "token is out of range"})
    if size is None:
        return answer(422, {"errors": "per_page is out of range"})
    size = min(size, LARGEST_PAGE)
    rows = _find_resource(resource, call, call.store.resources.list_rows(resource.kind, newest_first=True))
    page = rows[(token - 1) * size : token * size]
    following = token + 1 if token * size < len(rows) else None

    def url(number: int | None) -> str | None:
        return None if number is None else f"{call.base}{resource.path}?token={number}&per_page={size}"

    previous = token - 1 if token > 1 else None
    pagination = {
        "token": token,
        "prev_token": previous,
        "next_token": following,
        "first_url": url(1),
        "prev_url": url(previous),
        "current_url": url(token),
        "next_url": url(following),
    }
    return answer(200, {"data": [resource.shape(call, row) for row in page], "pagination": pagination})


def _whole_shape(call: Call, name: str, otherwise: int) -> int | None:
    text = call.param(name)
    if not text:
        return otherwise
    return int(text) if text.isascii() and text.isdecimal() and 0 < int(text[:19]) < 1 << 53 else None


def _list_after(resource: Resource, call: Call) -> Answer:
    """Return a page after `last_id`, newest first, with the filters `email`, `start_time` and `end_time`."""
    from .fields import parse_time

    store = call.store.resources
    last = call.param("last_id")
    before = store.get_by_uuid(resource.kind, last) if last else None
    rows = store.list_rows(resource.kind, newest_first=True, **({"before": before.id} if before else {}))
    email = call.param("email").lower()
    since, until = parse_time(call.param("start_time")), parse_time(call.param("end_time"))
    rows = [
        row
        for row in rows
        if (not email or row.key == email)
        and (since is None or row.created_at >= since)
        and (until is None or row.created_at <= until)
    ]
    page = rows[: resource.page]
    shown = [resource.shape(call, row) for row in page]
    if not resource.list_envelope:
        return answer(200, shown)
    return answer(200, {"data": shown, "last_id": page[-1].uuid if len(rows) > len(page) else None})


def _delete_tree(call: Call, row: Row, children: tuple[str, ...]) -> None:
    if children:
        for child in call.store.resources.list_rows(children[0], parent=row.id):
            _delete_tree(call, child, children[1:])
    call.store.resources.delete(row)
