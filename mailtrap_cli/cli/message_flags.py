"""How errors name the fields of a message (from flags, from a file, or both), and what to do next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from .flag_names import name_flag, root_of

if TYPE_CHECKING:
    from ..config.settings import Settings
    from ..mail.checks import FieldNames, InvalidMessage, Problem
    from ..mail.message import Message

_MISSING = {
    "to": "Use --to, --cc or --bcc.",
    "subject": "Use --subject.",
    "text": "Use --text, --html, --text-file or --html-file, or pipe the text in.",
    "template_uuid": "Use --template UUID.",
}
# How to supply a missing field, for a command line to try.
_SAMPLES = {
    "from": ("--from", "you@example.com"),
    "to": ("--to", "you@example.com"),
    "subject": ("--subject", "Hello"),
    "text": ("--text", "Hi"),
}
_LONGEST = 300  # the longest command line that a hint repeats
_HINTS = {"headers": "Example: --header 'X-Campaign: spring'"}
# The headers of a MIME file behind each field.
_HEADERS = {"from": "From", "to": "To", "cc": "Cc", "bcc": "Bcc", "reply_to": "Reply-To", "subject": "Subject"}


def flag_names(settings: Settings) -> FieldNames:
    """Return the names for a message that comes from flags alone."""
    from ..mail.checks import FieldNames

    hints = {f"reserved.{field}": f"Use {name_flag(field)} instead." for field in _HEADERS}
    return FieldNames(name_flag, _hint_missing(settings), {**_HINTS, **hints})


def file_names(settings: Settings, where: str, of_file: Message, given: Collection[str], *, mime: bool) -> FieldNames:
    """Return the names for a message from the file `where`, except for the fields `given` by flags."""
    from ..mail.checks import FieldNames

    def name(field: str) -> str:
        root = root_of(field)
        if root == "attachments" and int(field.partition("[")[2].partition("]")[0]) >= len(of_file.attachments):
            return name_flag(field)
        if root == "headers" and field.partition(".")[2] not in of_file.headers:
            return name_flag(field)
        if root in given or (root == "from" and of_file.sender is None):
            return name_flag(field)
        if not mime:
            return f"{where}: {field}"
        return f"{where}: {_HEADERS.get(root, field)}"

    return FieldNames(name, _hint_missing(settings))


def suggest_sender(settings: Settings) -> str:
    """Return the end of a hint: how to set a sender permanently."""
    from shlex import quote

    if settings.profile is None:
        return "set MAILTRAP_FROM_EMAIL."
    return f"save a sender: mailtrap config set from you@example.com -p {quote(settings.profile)}"


def explain_problems(error: InvalidMessage, names: FieldNames, arguments: Sequence[str] | None) -> InvalidMessage:
    """Return the error with these names. If there are several problems, each has its own hint in the details.

    `arguments` is the command line that the hint completes; None if it cannot be run as it stands.
    """
    found = error.rename_fields(names)
    if len(found.problems) == 1:
        return found
    texts = found.details
    listed = [f"{text}. {hint}" if hint else text for text, hint in zip(texts, found.hints, strict=True)]
    if not all(problem.missing for problem in found.problems):
        found.details = [texts[0], *listed[1:]]  # the error itself states the first, with its hint
        return found
    others = [text[0].lower() + text[1:] for text in texts[1:]]
    found.message = f"{', '.join([texts[0], *others[:-1]])} and {others[-1]}"
    found.details = listed
    found.hint = _complete_command(arguments, found.problems)
    return found


def _complete_command(arguments: Sequence[str] | None, problems: Sequence[Problem]) -> str | None:
    import shlex

    if any(problem.field not in _SAMPLES for problem in problems):
        return None
    missing = [word for problem in problems for word in _SAMPLES[problem.field]]
    command = shlex.join(["mailtrap", *(arguments or ()), *missing])
    if arguments is None or len(command) > _LONGEST:
        return f"Add them, such as: {shlex.join(missing)}"
    return f"Try: {command}"


def _hint_missing(settings: Settings) -> dict[str, str]:
    return {"from": f"Use --from, or {suggest_sender(settings)}", **_MISSING}
