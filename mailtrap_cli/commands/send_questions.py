"""The prompts of `mailtrap send` on a terminal, for the parts of an email that flags leave out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..cli.prompts import ask_line, find_editor, run_editor
from ..errors import InputError

if TYPE_CHECKING:
    from ..cli.context import World
    from ..mail.addresses import Address
    from ..mail.checks import Problem
    from ..mail.message import Message

END_OF_FILE = "Ctrl-Z and Enter" if sys.platform == "win32" else "Ctrl-D"


def can_ask(world: World, message: Message, problems: Sequence[Problem]) -> bool:
    """Return whether a person is there, and only parts that can be asked for are missing.

    An empty text that was given is an answer, and a program that reads JSON gets its error.
    """
    given = {"subject": message.subject, "text": message.text if message.html is None else message.html}
    return (
        world.interactive
        and not world.out.for_programs
        and all(p.missing and p.field in QUESTIONS and given.get(p.field) is None for p in problems)
    )


def ask_for_missing(world: World, message: Message, problems: Sequence[Problem]) -> Message:
    """Ask for each part that is missing. Raises typer.Abort on Ctrl-D, InputError for an empty body."""
    for problem in problems:
        message = replace(message, **{_FIELDS[problem.field]: QUESTIONS[problem.field](world)})
    return message


def _ask_sender(world: World) -> Address:
    from ..mail.addresses import parse_address

    return ask_line(world, "From: ", lambda text: parse_address(text, "From"))


def _ask_recipients(world: World) -> list[Address]:
    from ..mail.addresses import parse_addresses

    return ask_line(world, "To: ", lambda text: parse_addresses(text, "To"))


def _ask_subject(world: World) -> str:
    return ask_line(world, "Subject: ", _parse_subject)


def _parse_subject(text: str) -> str:
    from ..mail.checks import has_controls

    if not text:
        raise InputError("Type a subject")
    if has_controls(text):
        raise InputError("The subject contains a control character")
    return text


def _ask_body(world: World) -> str:
    editor = find_editor(world.env)
    text = _type_text(world) if editor is None else _edit_text(world, editor)
    if not text.strip():
        raise InputError("The body is empty, so nothing was sent", hint="Use --text or --text-file.")
    return text


def _type_text(world: World) -> str:
    assert world.stdin is not None
    world.trace(f"Body (end it with {END_OF_FILE} on a line of its own):")
    return "".join(iter(world.stdin.readline, ""))


def _edit_text(world: World, editor: str) -> str:
    from tempfile import TemporaryDirectory

    world.trace(f"Body: write it in {editor}")
    with TemporaryDirectory() as folder:  # mode 0700
        path = Path(folder, "body.txt")
        path.touch()
        run_editor(editor, path, "nothing was sent")
        try:
            return path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            raise InputError("The body is not UTF-8 text, so nothing was sent", hint="Save it as UTF-8.") from None
        except FileNotFoundError:
            return ""


QUESTIONS: dict[str, Callable[[World], Any]] = {
    "from": _ask_sender,
    "to": _ask_recipients,
    "subject": _ask_subject,
    "text": _ask_body,
}
_FIELDS = {"from": "sender", "to": "to", "subject": "subject", "text": "text"}  # of Message
