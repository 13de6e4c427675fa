"""The REST engine's declarations: a `Resource` becomes commands; `rest_run` executes them.

A noun with the five verbs, a filter and a paged list (`commands/webhooks.py`):

    ID = Column("ID", "id", right=True)
    COLUMNS = (ID, Column("URL", "url", main=True), Column("Active", "active"), Column("Type", "webhook_type"))
    WEBHOOK = Id("webhook", path="/api/webhooks", key="url", rows="data")
    EVENTS = Field("event_types", "Event to report; repeatable.", many=True, option="--event", choices=EVENT_TYPES)
    ACTIVE = Field("active", "Deliver events, or pause.", kind=bool)

    RESOURCE = Resource(
        noun="webhook",
        columns=COLUMNS,
        ids={"webhook_id": WEBHOOK},
        operations=standard_verbs(
            "webhook", "/api/webhooks", "webhook_id",
            sample="12",
            filters=(Field("email", "Only this address."),),
            paging=Paging("last_id", size=1000),  # or cursor="pagination.next_token"
            create=(Field("url", "Where events go.", required=True), EVENTS, ACTIVE),
            update=(Field("url", "Where events go."), EVENTS, ACTIVE),
            wrap="webhook",   # the key of the request's body
            rows="data",      # the envelope of the answers; taken off
        ),
    )
    app = commands(RESOURCE)  # from ..cli.rest import commands

Any other operation is one line and its help, after `*standard_verbs(…)` in `operations`:

    Operation("reset", "POST", f"{ONE}/reset", "Reset a token.", "… tokens reset 7 --yes",
              destructive=True, ask="Reset {id}? The old value works 12 more hours.", essential="token")

A field takes a Python type or a `Kind`: dates, times, maps, JSON, files, addresses, URLs; see `declarations.Field`.
`DELETE` and `destructive=True` ask. An answer without a body prints `done`. A verb has up to three words
(`forward-rules list`); `groups` describes the first ones. `Resource.rate` keeps a limit: (10, 60.0) is 10 in 60 s.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Annotated, Any

import typer

from ..api.paging import Paging
from .declarations import TYPES, Field, Group, Id, Kind, Operation, Resource, standard_verbs
from .derived_examples import derive_examples
from .examples import join_examples
from .facts import Facts, attach_facts
from .options import LIMIT, Limit

__all__ = ["Field", "Group", "Id", "Kind", "Operation", "Paging", "Resource", "commands", "standard_verbs"]


def commands(resource: Resource) -> typer.Typer:
    """Build the commands of a resource, for the table in `root.py`."""
    result = typer.Typer()
    homes: dict[str, typer.Typer] = {"": result}
    for operation in resource.operations:
        *groups, verb = operation.verb.split()
        home = result
        for depth in range(1, len(groups) + 1):
            name = " ".join(groups[:depth])
            if name not in homes:
                homes[name] = typer.Typer()
                home.add_typer(homes[name], name=groups[depth - 1], help=resource.groups[name].help)
            home = homes[name]
        help_ = f"{operation.help}\n\n{answer_line(resource, operation)}"
        epilog = join_examples(*derive_examples(operation))
        home.command(verb, help=help_, epilog=epilog)(_make_function(resource, operation))
    return result


def answer_line(resource: Resource, operation: Operation) -> str:
    """Return the help line that says what -o json and -q print."""
    if operation.done:
        return "JSON: nothing. A notice says what was done."
    group = operation.verb.rpartition(" ")[0].replace("-", " ").removesuffix("s")
    noun = group or resource.noun
    what = f"an array of {noun} objects" if operation.is_list else f"the {noun} object"
    keys = [column.value for column in resource.columns_of(operation) if isinstance(column.value, str)]
    line = f"JSON: {what}" + (f": {', '.join(keys)}, …" if keys else ".")
    essential = resource.essential_of(operation)
    return line if essential == "id" else f"{line.rstrip('.')}; -q prints {essential}."


def _make_function(resource: Resource, operation: Operation) -> Callable[..., None]:
    ids = {name: resource.ids[name] for name in re.findall(r"{(\w+)}", operation.path)}

    def run(ctx: typer.Context, **given: Any) -> None:
        from .rest_run import run_operation

        run_operation(ctx, resource, operation, ids, given)

    parameters = [Parameter("ctx", Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)]
    parameters += [
        _make_parameter(
            name,
            str if id_.path else id_.kind,
            typer.Argument(help=id_.described, metavar=_argument_name(name, id_)),
            ...,
        )
        for name, id_ in ids.items()
    ]
    parameters += [_make_option(one) for one in operation.fields]
    if operation.is_list:  # a list of one page is here as a whole: show it, unless asked not to
        default = LIMIT if operation.paging else "all"
        parameters.append(Parameter("limit", Parameter.KEYWORD_ONLY, annotation=Limit, default=default))
    if operation.question:
        parameters.append(_make_parameter("yes", bool, typer.Option("--yes", "-y", help="Do not ask."), False))
    if operation.web:
        help_ = "Open the page on mailtrap.io instead."
        parameters.append(_make_parameter("web", bool, typer.Option("--web", help=help_), False))
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # Typer reads the options from here
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    facts = Facts(
        operations=(f"{operation.method} {operation.path}",),
        hosts=(operation.host,),
        destructive=bool(operation.question),
        sends=operation.sends,
        types={one.parameter: "enum" if one.choices else TYPES.get(one.kind, "string") for one in operation.fields},
        choices={one.parameter: tuple(map(str, one.choices)) for one in operation.fields if one.choices},
    )
    return attach_facts(run, facts)


def _argument_name(name: str, id_: Id) -> str:
    plain = re.sub(r"\W+", "_", id_.noun).upper() if name == "id" else name.removesuffix("_id").upper()
    return plain if id_.path else f"{plain}_ID"


def _make_parameter(name: str, kind: Any, declared: Any, default: Any) -> Parameter:
    return Parameter(
        name,
        Parameter.KEYWORD_ONLY,
        annotation=Annotated[kind, declared],
        default=Parameter.empty if default is ... else default,
    )


def _make_option(one: Field) -> Parameter:
    plain = one.kind in (int, float) and not (one.choices or one.ref or one.null)
    kind: Any = bool if one.kind is bool else one.kind if plain else str
    if one.many or one.kind is Kind.MAP:
        kind = list[kind]
    names = f"{one.flag}/--no-{one.flag.removeprefix('--')}" if one.kind is bool else one.flag
    declared = typer.Option(names, help=one.help, metavar=one.takes, show_default=one.default or False)
    return _make_parameter(
        one.parameter, kind if one.required else kind | None, declared, ... if one.required else None
    )
