"""The options that say which messages of a sandbox are meant, for every command that works on some."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any, get_type_hints

import typer

from ..sandbox.mailbox import LATEST, Filters

PANEL = "Which messages"


def _which(value: str) -> str:
    if value != LATEST and not (value.isascii() and value.isdecimal() and 0 < int(value) < 2**63):
        raise typer.BadParameter(f"{value!r} is neither a message's id nor {LATEST}.")
    return value


MessageId = Annotated[str, typer.Argument(metavar="ID|latest", help="The message's id, or latest.", callback=_which)]

SandboxId = Annotated[
    int | None,
    typer.Option(
        "--sandbox-id", min=1, metavar="ID", help="The sandbox; the profile's by default.", rich_help_panel=PANEL
    ),
]


def _filter(flag: str, metavar: str, help_: str) -> Any:
    return Annotated[str | None, typer.Option(flag, metavar=metavar, help=help_, rich_help_panel=PANEL)]


_FILTERS: dict[str, Any] = {
    "search": _filter("--search", "TEXT", "Text of the subject or the recipient, as the API searches."),
    "to": _filter("--to", "ADDRESS", "Recipient: a whole address, or a part of one or of a name."),
    "sender": _filter("--from", "ADDRESS", "Sender: as --to."),
    "subject": _filter("--subject", "TEXT", "Text in the subject."),
    "unread": Annotated[bool, typer.Option("--unread", help="Not yet read.", rich_help_panel=PANEL)],
    "since": _filter("--since", "DURATION", "Not older than this, such as 5m or 1h30m."),
}


def filtered(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say which messages are meant; its parameter `filters` gets them as one object."""

    @wraps(command)
    def run(**given: Any) -> None:
        command(filters=Filters(**{name: given.pop(name) for name in _FILTERS}), **given)

    hints = get_type_hints(command, include_extras=True)
    own = signature(command)
    kept = [
        parameter.replace(annotation=hints[name], kind=Parameter.KEYWORD_ONLY)
        for name, parameter in own.parameters.items()
        if name != "filters"
    ]
    options = [
        Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind, default=False if name == "unread" else None)
        for name, kind in _FILTERS.items()
    ]
    parameters = [*kept, *options]
    run.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]  # what Typer reads
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run
