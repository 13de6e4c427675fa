"""`mailtrap send`: one email, from flags, files or standard input."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..cli.facts import with_facts
from ..cli.options import (
    CONTENT,
    Attach,
    Category,
    From,
    Header,
    HtmlFile,
    Inline,
    ReplyTo,
    Sandbox,
    SandboxId,
    Stream,
    Variable,
)
from ..cli.value_types import FILE
from ..errors import ApiError, InputError, MailtrapError, OutputError, TransportError
from ..output import Column

if TYPE_CHECKING:
    from ..api.client import Client
    from ..cli.context import World
    from ..config.settings import Settings, Target
    from ..mail.addresses import Address
    from ..mail.message import Message

app = typer.Typer()

TEMPLATE, FILES = "Template", "Whole messages"

COLUMNS = (Column("Recipient", "recipient"), Column("Message ID", "message_id", keep=True))

Many = list[str] | None
One = str | None


@app.command(
    epilog="Example: mailtrap send --from no-reply@acme.example --to ada@example.com --subject Receipt "
    "--text-file receipt.txt --attach receipt.pdf"
)
@with_facts("POST /api/send", "POST /api/send/{sandbox_id}", hosts=("send", "bulk", "sandbox"), sends=True)
def send(
    ctx: typer.Context,
    from_: From = None,
    to: Annotated[Many, typer.Option("--to", metavar="ADDRESS", help="Recipient, or a list; repeatable.")] = None,
    cc: Annotated[Many, typer.Option("--cc", metavar="ADDRESS", help="As --to, for a copy.")] = None,
    bcc: Annotated[Many, typer.Option("--bcc", metavar="ADDRESS", help="As --to, for a blind copy.")] = None,
    reply_to: ReplyTo = None,
    subject: Annotated[One, typer.Option("--subject", metavar="TEXT", help="Subject line.")] = None,
    text: Annotated[
        One,
        typer.Option("--text", metavar="TEXT", help="Text body; piped in, it needs no flag.", rich_help_panel=CONTENT),
    ] = None,
    text_file: Annotated[
        One, typer.Option("--text-file", click_type=FILE, help="Text body; - is stdin.", rich_help_panel=CONTENT)
    ] = None,
    html: Annotated[One, typer.Option("--html", metavar="HTML", help="HTML body.", rich_help_panel=CONTENT)] = None,
    html_file: HtmlFile = None,
    attach: Attach = None,
    inline: Inline = None,
    header: Header = None,
    category: Category = None,
    variable: Variable = None,
    template: Annotated[
        One, typer.Option("--template", metavar="UUID", help="Template, for all content.", rich_help_panel=TEMPLATE)
    ] = None,
    template_var: Annotated[
        Many,
        typer.Option("--template-var", metavar="K=V", help="Template variable; repeatable.", rich_help_panel=TEMPLATE),
    ] = None,
    template_vars: Annotated[
        One,
        typer.Option("--template-vars", click_type=FILE, help="JSON object of variables.", rich_help_panel=TEMPLATE),
    ] = None,
    payload: Annotated[
        One, typer.Option("--payload", click_type=FILE, help="The API's JSON; flags override.", rich_help_panel=FILES)
    ] = None,
    eml: Annotated[
        One, typer.Option("--eml", click_type=FILE, help="A MIME message; flags override.", rich_help_panel=FILES)
    ] = None,
    sandbox: Sandbox = None,
    sandbox_id: SandboxId = None,
    stream: Stream = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the request and send nothing.")] = False,
) -> None:
    """Send one email.

    It goes where the profile says, or --sandbox, --live and --stream; a line on stderr tells. Everything that can be
    checked is checked before the request.

    JSON: success, message_ids, target (transactional, bulk or sandbox), recipients.
    """
    world: World = ctx.obj
    settings = world.settings(stream=stream, sandbox=sandbox, sandbox_id=sandbox_id, sender=from_)
    target = settings.target()
    files = Files(world)
    given = {
        "from": from_,
        "to": to,
        "cc": cc,
        "bcc": bcc,
        "reply_to": reply_to,
        "subject": subject,
        "category": category,
        "template_uuid": template,
        "text": text or text_file,
        "html": html or html_file,
        "custom_variables": variable,
        "template_variables": template_var or template_vars,
    }
    replaced = {name for name, value in given.items() if value is not None}
    of_file = message = files.whole(payload, eml, replaced)
    message = replace(
        message,
        **_given(
            to=addresses(to, "--to"),
            cc=addresses(cc, "--cc"),
            bcc=addresses(bcc, "--bcc"),
            subject=subject,
            category=category,
            template_uuid=template,
            text=files.body("--text", text, text_file),
            html=files.body("--html", html, html_file),
        ),
    )
    message = with_addresses(message, settings, from_, reply_to)
    message = with_parts(message, files, attach, inline, header, variable, template_var, template_vars)
    if message.text is None and message.html is None and message.template_uuid is None:
        message = replace(message, text=files.piped())
    from ..cli.message_flags import file_names, flag_names
    from ..mail.checks import InvalidMessage, check_message

    try:
        check_message(message)
    except InvalidMessage as error:
        where = eml or payload
        names = flag_names() if where is None else file_names(_shown(where), of_file, replaced, mime=payload is None)
        raise error.rename_fields(names) from None
    _tell_kept_recipients(world, eml or payload, of_file, replaced)
    world.notice(f"{'Dry run: ' if dry_run else ''}{target.label}")
    if dry_run:
        _show_request(world, settings, target, message)
        return
    with world.api(settings) as api:
        try:
            answer = api.call("POST", target.send_path, body=message.to_payload(), host=target.host)
        except ApiError as error:
            raise explained(error, target, api, message.sender) from error
    show_result(world, target, message, answer.body, answer.status)


class Files:
    """What the flags name besides their own values: files and standard input, which only one flag can have."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.reader: str | None = None

    def read(self, flag: str, name: str) -> bytes:
        """The bytes of a file, or of standard input for `-`."""
        from ..mail.attachments import MAX_FILE, read_file

        if name == "-":
            if self.reader:
                raise InputError(f"{self.reader} and {flag} both read standard input", hint="Give one of them a file.")
            self.reader = flag
            return self.world.read_stdin_bytes(flag, MAX_FILE)

        return read_file(name, flag)

    def text(self, flag: str, name: str) -> str:
        """The file as UTF-8 text."""
        data = self.read(flag, name)
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise InputError(f"{flag}: {_shown(name)}:{line} is not UTF-8 text", hint="Convert it to UTF-8.") from error

    def body(self, flag: str, value: str | None, name: str | None) -> str | None:
        """A body given as a value or as a file, not both."""
        if value is not None and name is not None:
            raise InputError(f"{flag} and {flag}-file exclude each other", hint="Give one of them.")
        return value if name is None else self.text(f"{flag}-file", name)

    def piped(self) -> str | None:
        """The text that was piped in without a flag; None where there is none."""
        from ..terminal import is_terminal

        if self.reader or self.world.stdin is None or is_terminal(self.world.stdin):
            return None
        return self.text("--text", "-") or None

    def whole(self, payload: str | None, eml: str | None, replaced: set[str]) -> Message:
        """The message to start from: --payload, --eml, or an empty one."""
        if payload is not None and eml is not None:
            raise InputError("--payload and --eml exclude each other", hint="Give one of them.")
        if payload is not None:
            from ..mail.payload import from_payload, load_json

            where = _shown(payload)
            return from_payload(load_json(self.text("--payload", payload), where), where)
        if eml is not None:
            from ..mail.mime import parse_eml

            found = parse_eml(self.read("--eml", eml), _shown(eml), replaced)
            for notice in found.notices:
                self.world.notice(f"Notice: {notice}")
            return found.message
        from ..mail.message import Message

        return Message()


def _tell_kept_recipients(world: World, file: One, of_file: Message, replaced: set[str]) -> None:
    """Say who else of the file gets the message when --to replaces its To."""
    if file is None or "to" not in replaced:
        return
    kept = [("Cc", of_file.cc)] if "cc" not in replaced else []
    kept += [("Bcc", of_file.bcc)] if "bcc" not in replaced else []
    for name, addresses in kept:
        if addresses:
            shown = ", ".join(address.email for address in addresses[:5])
            more = f" and {len(addresses) - 5:,} more" if len(addresses) > 5 else ""
            world.notice(f"Notice: {name} of {_shown(file)} still gets it: {shown}{more}")


def _shown(name: str) -> str:
    return "standard input" if name == "-" else name


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def addresses(given: Many, flag: str) -> list[Any] | None:
    """The addresses of a repeatable flag; None where it is not given."""
    from ..mail.addresses import parse_addresses

    return [address for value in given for address in parse_addresses(value, flag)] if given else None


def with_addresses(message: Message, settings: Settings, from_: One, reply_to: One) -> Message:
    """The message with its sender, by the flag or else the settings, and where answers go."""
    from ..mail.addresses import parse_address

    if from_ is not None:
        message = replace(message, sender=parse_address(from_, "--from"))
    elif message.sender is None and settings.sender is not None:
        message = replace(message, sender=parse_address(settings.sender, f"from ({settings.origins['from']})"))
    if reply_to is not None:
        message = replace(message, reply_to=parse_address(reply_to, "--reply-to"))
    return message


def with_parts(
    message: Message,
    files: Files,
    attach: Many,
    inline: Many,
    header: Many,
    variable: Many,
    template_var: Many,
    template_vars: One,
) -> Message:
    """The message with attachments, headers and variables of the flags added to its own."""
    from ..mail.attachments import read_attachment, read_inline
    from ..mail.pairs import parse_headers, parse_pairs

    attachments = [read_attachment(path, "--attach") for path in attach or []]
    attachments += [read_inline(word, "--inline") for word in inline or []]
    variables: dict[str, Any] = {}
    if template_vars is not None:
        from ..mail.payload import load_json

        document = load_json(files.text("--template-vars", template_vars), _shown(template_vars))
        if not isinstance(document, dict):
            raise InputError(
                f"--template-vars: {_shown(template_vars)} holds no JSON object", hint='Such as {"name": "Ada"}.'
            )
        variables.update(document)
    variables.update(parse_pairs(template_var or [], "--template-var"))
    headers = parse_headers(header or [], "--header")
    given = {name.lower() for name in headers}
    return replace(
        message,
        attachments=[*message.attachments, *attachments],
        headers={**{name: value for name, value in message.headers.items() if name.lower() not in given}, **headers},
        custom_variables={**message.custom_variables, **parse_pairs(variable or [], "--variable")},
        template_variables={**(message.template_variables or {}), **variables} or message.template_variables,
    )


def _show_request(world: World, settings: Settings, target: Target, message: Message) -> None:
    from ..text import dumps

    url = settings.hosts[target.host] + target.send_path
    payload = message.to_payload()
    world.out.text({"method": "POST", "url": url, "body": payload}, f"POST {url}\n{dumps(payload, indent=2)}\n")


def show_result(world: World, target: Target, message: Message, body: bytes, status: int) -> None:
    """Print what the API answered to a message that it took; raises where the answer says otherwise."""
    from ..api.responses import decode_errors, load_json

    try:
        document = load_json(body)
        ids = document["message_ids"]
        success = document["success"] is True and bool(ids) and isinstance(ids, list)
        success = success and all(isinstance(id_, str | int) for id_ in ids)
    except (ValueError, LookupError, TypeError, RecursionError):
        document, ids, success = None, [], False
    if not success:
        errors = decode_errors(body)
        if errors:
            raise ApiError("; ".join(errors), status=status, details=errors if len(errors) > 1 else ())
        raise TransportError(
            "The answer is not the API's, so it does not tell whether the email was sent: outcome unknown",
            outcome="outcome unknown",
            status=status,
            hint="Look at the sandbox or the email logs before sending it again.",
        )
    recipients = [address.email for address in (*message.to, *message.cc, *message.bcc)]
    result = {"success": True, "message_ids": ids, "target": target.kind, "recipients": recipients}
    rows = [{"recipient": who, "message_id": id_} for who, id_ in zip_longest(recipients, ids)]
    try:
        world.out.record(result, COLUMNS, parts=rows, essential="message_id")
        world.stdout.flush()
    except (OutputError, OSError) as error:
        raise OutputError(
            "The email was sent, but the result could not be written to standard output",
            hint=f"Do not send it again. {error}",
            details=[f"Message ID: {id_}" for id_ in ids],
        ) from error


def explained(error: ApiError, target: Target, api: Client, sender: Address | None) -> MailtrapError:
    """The error with the likely reason of a 401 or 403; for a live send, the account is asked about the domain."""
    from ..dns.compliance import sender_hint

    if error.status in (401, 403) and error.hint is None:
        error.hint = (
            "The token may have no access to this sandbox: it may be one for live sending, or of another account."
            if target.kind == "sandbox"
            else (sender_hint(api, sender.email) if sender else None)
            or "The token may be a sandbox's, of another stream or revoked, or the sender's domain not verified."
        )
    elif error.status == 404 and target.kind == "sandbox":
        error.hint = "There may be no such sandbox for this token: see its number in the sandbox's URL."
    return error
