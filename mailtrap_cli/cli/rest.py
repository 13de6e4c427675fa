"""The REST engine: a declared `Resource` becomes commands. One line an operation, no hooks, no special cases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from urllib.parse import quote

import typer

from ..api.paging import Paging, pages, part
from ..errors import ApiError, InputError

if TYPE_CHECKING:
    from ..api.client import Client
    from ..output import Column
    from .context import World

Item = TypeVar("Item")

LIMIT = 100  # rows of a list that goes on, unless --limit says otherwise


@dataclass(frozen=True)
class Field:
    """A value of the request: `--email-username` for `email_username`; query of a GET, else body.

    `kind` is str, int, float or bool (a bool is a pair of flags, `--x/--no-x`); `many` makes the flag repeatable and
    the value a list. `option` is the flag where it is not the name's own: `--domain-id` for `domain_ids[]`.
    """

    name: str
    help: str
    kind: type = str
    required: bool = False
    many: bool = False
    choices: tuple[str, ...] = ()
    option: str = ""

    @property
    def flag(self) -> str:
        """The long option."""
        return self.option or "--" + self.name.replace("_", "-")

    @property
    def parameter(self) -> str:
        """The name in the command's signature: never a keyword of Python, nor the name of an id."""
        return self.flag.removeprefix("--").replace("-", "_") + "_"


@dataclass(frozen=True)
class Id:
    """An id of the path, as an argument. With `path`, a name does as well: it is looked up in that list.

    `path` answers the list (under the key `rows`, or bare) and may hold the ids before this one in braces; `key` is
    the field that holds the name.
    """

    help: str
    kind: type = int
    path: str = ""
    rows: str = ""
    key: str = "name"


@dataclass(frozen=True)
class Operation:
    """One operation of the API as one command.

    `verb` may have two words (`company-info get`). `wrap` is the key that the body is put under. `rows` is the key of
    the list, or of the object, in the answer. A list with `paging` takes --limit, and its JSON is the rows alone.
    `ask` is the question before something is destroyed, `done` the notice after an operation that answers nothing;
    both may name the path's ids in braces. `columns` default to the resource's.
    """

    verb: str
    method: str
    path: str
    help: str
    example: str
    fields: tuple[Field, ...] = ()
    wrap: str = ""
    rows: str = ""
    paging: Paging | None = None
    ask: str = ""
    done: str = ""
    columns: Sequence[Column] | None = None


@dataclass(frozen=True)
class Resource:
    """A noun of the API: its columns, the ids of its paths, its operations, and the help of verbs of two words."""

    columns: Sequence[Column]
    ids: Mapping[str, Id]
    operations: tuple[Operation, ...]
    groups: tuple[tuple[str, str], ...] = ()


def app(resource: Resource) -> typer.Typer:
    """The commands of a resource, for the table in `cli.py`."""
    result = typer.Typer()
    groups: dict[str, typer.Typer] = {}
    for operation in resource.operations:
        *group, verb = operation.verb.split()
        home = result
        if group:
            if group[0] not in groups:
                groups[group[0]] = typer.Typer()
                result.add_typer(groups[group[0]], name=group[0], help=dict(resource.groups)[group[0]])
            home = groups[group[0]]
        home.command(verb, help=operation.help, epilog=f"Example: {operation.example}")(_function(resource, operation))
    return result


def _function(resource: Resource, operation: Operation) -> Callable[..., None]:
    ids = {name: resource.ids[name] for name in re.findall(r"{(\w+)}", operation.path)}

    def run(ctx: typer.Context, **given: Any) -> None:
        _run(ctx.obj, resource, operation, ids, given)

    parameters = [Parameter("ctx", Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)]
    parameters += [
        _parameter(name, str if id_.path else id_.kind, typer.Argument(help=id_.help, metavar=name.upper()), ...)
        for name, id_ in ids.items()
    ]
    parameters += [_option(field) for field in operation.fields]
    if operation.paging:
        limit = typer.Option("--limit", min=1, metavar="N", help="At most this many.")
        parameters.append(_parameter("limit", int, limit, LIMIT))
    if operation.ask:
        parameters.append(_parameter("yes", bool, typer.Option("--yes", "-y", help="Do not ask."), False))
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # what Typer reads the options from
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _parameter(name: str, kind: Any, declared: Any, default: Any) -> Parameter:
    return Parameter(
        name,
        Parameter.KEYWORD_ONLY,
        annotation=Annotated[kind, declared],
        default=Parameter.empty if default is ... else default,
    )


def _option(field: Field) -> Parameter:
    kind: Any = list[field.kind] if field.many else field.kind  # type: ignore[name-defined]  # a type made at run time
    names = f"{field.flag}/--no-{field.flag.removeprefix('--')}" if field.kind is bool else field.flag
    metavar = "|".join(field.choices) or None
    declared = typer.Option(names, help=field.help, metavar=metavar, show_default=False)
    return _parameter(
        field.parameter, kind if field.required else kind | None, declared, ... if field.required else None
    )


def _run(
    world: World, resource: Resource, operation: Operation, ids: Mapping[str, Id], given: Mapping[str, Any]
) -> None:
    values = _values(operation, given)
    names = {name: given[name] for name in ids}
    settings = world.settings()
    if operation.ask and not world.confirm(operation.ask.format(**names), yes=given["yes"]):
        world.notice("Nothing was done.")
        return
    columns = resource.columns if operation.columns is None else operation.columns
    with world.api(settings) as api:
        found: dict[str, Any] = {}
        for name, id_ in ids.items():
            found[name] = quote(str(resolve(api, id_, names[name], found)), safe="")
        path = operation.path.format(**found)
        if operation.paging:
            listed = pages(api, path, operation.paging, values, rows=operation.rows)
            world.out.rows(limited(world, listed, given["limit"]), columns)
            return
        try:
            if operation.method == "GET":
                answer = api.get(path, params=values)
            else:
                body = {operation.wrap: values} if operation.wrap else values
                answer = api.call(operation.method, path, body=body if operation.fields else None)
        except ApiError as error:
            if error.status == 404 and names and "does not have" not in error.message:  # an operation, not a thing
                nouns = [f"{name.removesuffix('_id').replace('_', ' ')} {given}" for name, given in names.items()]
                error.message = f"There is no {', or no '.join(nouns)} for this token"
            raise
    if not answer.body.strip():
        world.notice(operation.done.format(**names) or "Done.")
        return
    rows = part(answer.json(), operation.rows)
    if isinstance(rows, list):
        world.out.rows(rows, columns)
    else:
        world.out.record(rows, columns)


def _values(operation: Operation, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values given, by the API's names; InputError for a value that no choice names, or a change of nothing."""
    values = {field.name: value for field in operation.fields if (value := given[field.parameter]) not in (None, [])}
    for field in operation.fields:
        found = values.get(field.name)
        for value in found if isinstance(found, list) else [found]:
            if field.choices and value is not None and value not in field.choices:
                raise InputError(f"{field.flag}: {value!r} is not one of {', '.join(field.choices)}")
    if operation.method == "PATCH" and operation.fields and not values:
        flags = ", ".join(field.flag for field in operation.fields)
        raise InputError("There is nothing to change", hint=f"Give at least one of {flags}.")
    return values


# ------------------------------------------------------------------------------------------------ lists and names


def limited(world: World, rows: Iterable[Item], limit: int) -> Iterator[Item]:
    """The first `limit` rows; a notice where there are more."""
    for number, row in enumerate(rows):
        if number == limit:
            world.notice(f"There are more than these {limit}; --limit N shows more.")
            return
        yield row


def resolve(api: Client, id_: Id, given: Any, before: Mapping[str, Any] | None = None) -> Any:
    """The id that stands for `given`, an id or, where the noun has a list to look in, a name.

    `before` are the ids of the path before it. Raises ApiError (not found) with the nearest names, and InputError
    where several have the name.
    """
    if not id_.path or (isinstance(given, str) and given.isdecimal()):
        return given
    listed = part(api.get(id_.path.format(**(before or {}))).json(), id_.rows)
    by_name: dict[str, list[Any]] = {}
    for row in listed:
        by_name.setdefault(_folded(str(row.get(id_.key))), []).append(row["id"])
    found = by_name.get(_folded(given), [])
    if len(found) == 1:
        return found[0]
    noun = id_.path.rpartition("/")[2]
    if found:
        raise InputError(
            f"{given} is the name of {len(found)} {noun}", hint=f"Give the id: {', '.join(map(str, found))}."
        )
    from difflib import get_close_matches

    near = get_close_matches(_folded(given), by_name, n=3) or list(by_name)[:5]
    hint = f"There is {', '.join(near)}." if near else "The account has none yet."
    raise ApiError(f"{given} is not among the {noun} of this account", status=404, hint=hint)


def _folded(name: str) -> str:
    """A name as it is compared: without case; a domain without its trailing dot, its A-labels as people write them."""
    folded = name.casefold().rstrip(".")
    if "xn--" not in folded:
        return folded
    from ..dns.names import readable

    return readable(folded)
