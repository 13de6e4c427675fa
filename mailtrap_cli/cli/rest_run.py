"""The REST engine at work: run one declared operation, from the given values to the printed answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from ..api.paging import read_pages, unwrap_answer
from ..errors import ApiError, InputError, NotInLocalSandbox
from .browser import open_page
from .names import resolve_id
from .options import UNLIMITED
from .values import NULL, check_order, parse_value

if TYPE_CHECKING:
    from typer import Context

    from ..api.client import Client, Limiter
    from .context import World
    from .declarations import Field, Id, Operation, Resource

Item = TypeVar("Item")


def run_operation(
    ctx: Context, resource: Resource, operation: Operation, ids: Mapping[str, Id], given: Mapping[str, Any]
) -> None:
    """Confirm, resolve names, send the request, print the answer."""
    world: World = ctx.obj
    command = " ".join(ctx.command_path.split()[: -len(operation.verb.split())])  # `mailtrap projects`
    values = collect_values(world, operation, given)
    limit = given.get("limit", UNLIMITED)
    names = {name: given[name] for name in ids}
    settings = world.settings()
    settings.token()  # no token, no point in asking
    if operation.question and not world.confirm(operation.question.format(**names), yes=given["yes"]):
        world.notice("Nothing was done.")
        return
    if given.get("web") and (settings.local or not ids):
        open_page(world, settings, operation.web)
        return
    limiter = limiter_of(world, resource.rate, local=settings.local)
    columns, essential = resource.columns_of(operation), resource.essential_of(operation)
    with world.api(settings) as api:
        found: dict[str, Any] = {}
        try:
            for name, id_ in ids.items():
                found[name] = quote(str(resolve_id(api, id_, names[name], found, limiter)), safe="")
        except ApiError as error:
            if error.status == 404 and not isinstance(error, NotInLocalSandbox):
                error.hint = error.hint or _point_to_list(command, resource, operation, names)
            raise
        if given.get("web"):
            open_page(world, settings, operation.web.format(**found))
            return
        path = operation.path.format(**found)
        _resolve_fields(api, operation, values, limiter)
        try:
            if operation.is_list:
                rows = read_pages(api, path, operation.paging, values, rows=operation.rows, limiter=limiter)
                world.out.rows(limit_rows(world, rows, limit), columns, essential=essential)
                return
            if operation.method == "GET":
                answer = api.get(path, params=values, host=operation.host, limiter=limiter)
            else:
                body = build_body(operation, values)
                answer = api.call(operation.method, path, body=body, host=operation.host, limiter=limiter)
        except ApiError as error:
            if error.status == 404 and names and not isinstance(error, NotInLocalSandbox):
                error.message = "No " + ", or no ".join(f"{ids[name].noun} {given}" for name, given in names.items())
                error.hint = _point_to_list(command, resource, operation, names) or error.hint
            raise
    if not answer.body.strip() and (operation.done or operation.method not in ("GET", "POST")):
        world.notice(operation.done.format(**names) or "Done.")
        return
    document = unwrap_answer(answer.json(), operation.rows)
    if isinstance(document, list):
        world.out.rows(document, columns, essential=essential)
    else:
        world.out.record(document, columns, essential=essential, paged=operation.method == "GET")


def _point_to_list(command: str, resource: Resource, operation: Operation, names: Mapping[str, Any]) -> str | None:
    """Return a hint with the command that lists what exists: the longest list above the operation's path."""
    import re
    import shlex

    lists = [other for other in resource.operations if other.is_list and operation.path.startswith(f"{other.path}/")]
    if not lists:
        return None
    listed = max(lists, key=lambda other: len(other.path))
    given = [str(names[name]) for name in re.findall(r"{(\w+)}", listed.path)]
    return f"See: {command} {shlex.join([*listed.verb.split(), *given])}"


def limiter_of(world: World, rate: tuple[int, float] | None, *, local: bool) -> Limiter | None:
    """Return the limiter for a noun's own rate limit; None if it has none, and in the local sandbox."""
    if rate is None or local:
        return None
    from ..api.rate_limit import Throttle

    return Throttle(rate, notice=world.notice)


# ------------------------------------------------------------------------------------------------ values


def collect_values(world: World, operation: Operation, given: Mapping[str, Any]) -> dict[str, Any]:
    """Collect the given values under the API's names.

    Raises InputError for a value of the wrong kind, for two flags of one field, and for an update without values.
    """
    values: dict[str, Any] = {}
    flags: dict[str, str] = {}
    for field in operation.fields:
        value = given[field.parameter]
        if value in (None, []):
            value = field.default or None
            if value is None:
                continue
        if field.name in flags:
            raise InputError(f"{flags[field.name]} and {field.flag} cannot be used together", hint="Use one of them.")
        flags[field.name] = field.flag
        values[field.name] = parse_value(world, field, value)
    check_order(values, flags)
    if operation.method == "PATCH" and operation.fields and not values:
        possible = ", ".join(field.flag for field in operation.fields)
        raise InputError("Nothing to change", hint=f"Use at least one of {possible}.")
    return values


def build_body(operation: Operation, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Build the JSON body: dotted names become nested objects, inside the operation's wrapper; None if it takes no
    body.
    """
    if not operation.fields:
        return None
    body: dict[str, Any] = {}
    for name, value in values.items():
        *path, last = name.split(".")
        home = body
        for key in path:
            home = home.setdefault(key, {})
        home[last] = None if value is NULL else value
    return {operation.wrap: body} if operation.wrap else body


def _resolve_fields(api: Client, operation: Operation, values: dict[str, Any], limiter: Limiter | None) -> None:
    """Replace names with IDs in the fields that refer to a noun."""

    def find_id(field: Field, value: Any) -> Any:
        assert field.ref is not None
        try:
            found = resolve_id(api, field.ref, value, limiter=limiter)
        except ApiError as error:
            if error.status == 404:
                error.message = f"{field.flag}: {error.message}"
            raise
        return int(found) if field.kind is int else found

    for field in operation.fields:
        if field.ref is not None and field.name in values and values[field.name] is not NULL:
            value = values[field.name]
            values[field.name] = [find_id(field, one) for one in value] if field.many else find_id(field, value)


# ------------------------------------------------------------------------------------------------ lists


def limit_rows(world: World, rows: Iterable[Item], limit: int) -> Iterator[Item]:
    """Yield the first `limit` rows, with progress on a terminal and a notice if there are more."""
    from .progress import RowCounter

    counter = RowCounter(world)
    try:
        for number, row in enumerate(rows):
            if number == limit:
                counter.close()
                world.notice(f"Showing the first {limit:,}. Use --limit N or --limit all for more.")
                return
            counter.count()
            yield row
    finally:
        counter.close()


def print_list(
    world: World,
    api: Client,
    resource: Resource,
    operation: Operation,
    params: Mapping[str, Any],
    limit: int,
) -> None:
    """Print a list of the API for a command that builds its own parameters; the rest comes from the declaration."""
    limiter = limiter_of(world, resource.rate, local=api.settings.local)
    rows = read_pages(api, operation.path, operation.paging, params, rows=operation.rows, limiter=limiter)
    columns = resource.columns_of(operation)
    world.out.rows(limit_rows(world, rows, limit), columns, essential=resource.essential_of(operation))
