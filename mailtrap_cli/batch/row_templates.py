"""Placeholders outside the content: in headers, category, custom variables, addresses, and the sender's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..errors import InputError, name_option
from ..mail.addresses import parse_addresses
from ..mail.message import Message
from ..rows.table import RowError
from .content import Content, Templates

ADDRESSES = ("cc", "bcc", "reply_to")


def has_placeholder(text: str) -> bool:
    """Whether a text is a template."""
    return "{{" in text or "{%" in text


class RowTemplates:
    """The templates of one run other than subject and bodies; `shared` is the message without them.

    `addresses` are the values of cc, bcc and reply_to with placeholders.
    """

    def __init__(self, message: Message, addresses: Mapping[str, Sequence[str]], templates: Templates) -> None:
        def compile_all(values: Mapping[str, Any], field: str) -> dict[str, Content]:
            found = {name: value for name, value in values.items() if isinstance(value, str) and has_placeholder(value)}
            return {
                name: templates.compile_template(value, f"{name_option(field)} {name}") for name, value in found.items()
            }

        self._headers = compile_all(message.headers, "headers")
        self._variables = compile_all(message.custom_variables, "custom_variables")
        self._addresses = {
            part: [templates.compile_template(text, name_option(part)) for text in texts]
            for part, texts in addresses.items()
        }
        self._category = self._sender_name = None
        if message.category is not None and has_placeholder(message.category):
            self._category = templates.compile_template(message.category, name_option("category"))
        sender = message.sender
        if sender is not None and sender.name and has_placeholder(sender.name):
            self._sender_name = templates.compile_template(sender.name, name_option("from"))
            sender = replace(sender, name="")
        self.shared = replace(
            message,
            headers={name: value for name, value in message.headers.items() if name not in self._headers},
            custom_variables={
                name: value for name, value in message.custom_variables.items() if name not in self._variables
            },
            category=None if self._category else message.category,
            sender=sender,
        )
        self.sets_sender = self._sender_name is not None

    def __bool__(self) -> bool:
        parts = (self._headers, self._variables, self._addresses, self._category, self._sender_name)
        return any(parts)

    def fill_message(self, message: Message, cells: Sequence[Any]) -> Message:
        """Fill these fields of a row's message; fields set by a column stay. Raises RowError."""
        changes: dict[str, Any] = {}
        if self._headers:
            changes["headers"] = {**message.headers, **_render_all(self._headers, cells)}
        if self._variables:
            changes["custom_variables"] = {**message.custom_variables, **_render_all(self._variables, cells)}
        if self._category and message.category is None:
            changes["category"] = _text_of(self._category, cells)
        if self._sender_name and message.sender is not None:
            changes["sender"] = replace(message.sender, name=_text_of(self._sender_name, cells).strip())
        for part, contents in self._addresses.items():
            found = [each for content in contents for each in _parse_filled(_text_of(content, cells), part)]
            if part != "reply_to":
                changes[part] = [*getattr(message, part), *found]
            elif message.reply_to is None and found:
                if len(found) > 1:
                    raise RowError(f"{name_option('reply_to')}: {len(found)} addresses; only one is allowed")
                changes[part] = found[0]
        return replace(message, **changes)


def _parse_filled(text: str, part: str) -> list[Any]:
    try:
        return list(parse_addresses(text, name_option(part))) if text.strip() else []
    except InputError as error:
        raise RowError(error.message) from error


def _render_all(contents: Mapping[str, Content], cells: Sequence[Any]) -> dict[str, str]:
    return {name: _text_of(content, cells) for name, content in contents.items()}


def _text_of(content: Content, cells: Sequence[Any]) -> str:
    return content.render(cells) if content.render else content.fixed or ""
