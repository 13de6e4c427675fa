"""Build a message from flags and files; shared by `send` and `batch`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import InputError

if TYPE_CHECKING:
    from ..config.settings import Settings
    from ..mail.addresses import Address
    from ..mail.message import Message
    from .context import World
    from .message_options import MessageOptions


class Files:
    """Reads the files that flags name, and standard input, which only one flag can use."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.reader: str | None = None

    def read(self, flag: str, name: str) -> bytes:
        """Read a file, or standard input for `-`."""
        from ..mail.attachments import MAX_FILE, read_file

        if name == "-":
            if self.reader:
                raise InputError(f"{self.reader} and {flag} both read standard input", hint="Use a file for one.")
            self.reader = flag
            return self.world.read_stdin_bytes(flag, MAX_FILE)

        return read_file(name, flag)

    def text(self, flag: str, name: str) -> str:
        """Read a file as UTF-8 text."""
        data = self.read(flag, name)
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise InputError(
                f"{flag}: {shown_name(name)}:{line} is not UTF-8 text", hint="Convert it to UTF-8."
            ) from error

    def body(self, flag: str, value: str | None, name: str | None) -> str | None:
        """Return a body given as a value or as a file, but not both."""
        if value is not None and name is not None:
            raise InputError(f"{flag} and {flag}-file cannot be used together", hint="Use one of them.")
        return value if name is None else self.text(f"{flag}-file", name)

    def piped(self) -> str | None:
        """Return the text piped in without a flag, or None."""
        from ..terminal import is_terminal

        if self.reader or self.world.stdin is None or is_terminal(self.world.stdin):
            return None
        return self.text("--text", "-") or None

    def whole(self, payload: str | None, eml: str | None, replaced: set[str]) -> Message:
        """Return the message to start from: --payload, --eml, or an empty one."""
        if payload is not None and eml is not None:
            raise InputError("--payload and --eml cannot be used together", hint="Use one of them.")
        if payload is not None:
            from ..mail.payload import from_payload, load_json

            where = shown_name(payload)
            return from_payload(load_json(self.text("--payload", payload), where), where)
        if eml is not None:
            from ..mail.mime import parse_eml

            found = parse_eml(self.read("--eml", eml), shown_name(eml), replaced)
            for notice in found.notices:
                self.world.notice(f"Notice: {notice}")
            return found.message
        from ..mail.message import Message

        return Message()


def shown_name(name: str) -> str:
    """Return the name that errors use for this file: `-` is standard input."""
    return "standard input" if name == "-" else name


def parse_flag_addresses(given: Sequence[str], flag: str) -> list[Address] | None:
    """Parse the addresses of a repeatable flag; None if it was not given."""
    from ..mail.addresses import parse_addresses

    return [address for value in given for address in parse_addresses(value, flag)] if given else None


def set_addresses(message: Message, settings: Settings, from_: str | None, reply_to: str | None) -> Message:
    """Set the sender, from the flag or the settings, and the Reply-To address."""
    from ..mail.addresses import parse_address

    if from_ is not None:
        message = replace(message, sender=parse_address(from_, "--from"))
    elif message.sender is None and settings.sender is not None:
        message = replace(message, sender=parse_address(settings.sender, f"from ({settings.origins['from']})"))
    if reply_to is not None:
        message = replace(message, reply_to=parse_address(reply_to, "--reply-to"))
    return message


def add_parts(
    message: Message, files: Files, options: MessageOptions, template_variables: Mapping[str, Any] | None = None
) -> Message:
    """Add the attachments, headers and variables given by flags to those of the message."""
    from ..mail.attachments import read_attachment, read_inline
    from ..mail.pairs import parse_headers, parse_pairs

    attachments = [read_attachment(path, "--attach") for path in options.attach]
    attachments += [read_inline(word, "--inline") for word in options.inline]
    headers = parse_headers(options.header, "--header")
    given = {name.lower() for name in headers}
    variables = {**(message.template_variables or {}), **(template_variables or {})}
    return replace(
        message,
        attachments=[*message.attachments, *attachments],
        headers={**{name: value for name, value in message.headers.items() if name.lower() not in given}, **headers},
        custom_variables={**message.custom_variables, **parse_pairs(options.variable, "--variable")},
        template_variables=variables or message.template_variables,
    )


def read_template_variables(files: Files, pairs: Sequence[str], file: str | None) -> dict[str, Any]:
    """Read the variables of --template-vars; those of --template-var override them."""
    from ..mail.pairs import parse_pairs

    variables: dict[str, Any] = {}
    if file is not None:
        from ..mail.payload import load_json

        document = load_json(files.text("--template-vars", file), shown_name(file))
        if not isinstance(document, dict):
            raise InputError(
                f"--template-vars: {shown_name(file)} is not a JSON object", hint='Example: {"name": "Ada"}'
            )
        variables.update(document)
    return {**variables, **parse_pairs(pairs, "--template-var")}
