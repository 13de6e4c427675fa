"""`mailtrap send`: one email, from flags, files or standard input."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..cli.compose import (
    Files,
    add_parts,
    parse_flag_addresses,
    read_template_variables,
    set_addresses,
    shown_name,
)
from ..cli.deliver import send_message
from ..cli.examples import join_examples
from ..cli.facts import with_facts
from ..cli.message_options import ADDRESS, MessageOptions, TargetOptions, content, list_given
from ..cli.options import expand_options
from ..cli.value_types import FILE, Text

if TYPE_CHECKING:
    from ..cli.context import World
    from ..config.settings import Settings, Target
    from ..mail.message import Message

app = typer.Typer()

TEMPLATE, FILES = "Template", "Whole messages"


@dataclass(frozen=True)
class Recipients:
    """Who gets it, before all else in the help."""

    to: Annotated[list[str], typer.Option("--to", click_type=ADDRESS, help="Recipient or list; repeatable.")] = field(
        default_factory=list
    )


@dataclass(frozen=True)
class SendOptions(MessageOptions):
    """What `send` takes besides: a message of a file, and the variables of a template."""

    text: Annotated[str | None, content("--text", Text(), "Text body (or pipe it to stdin).")] = None
    template: Annotated[
        str | None,
        typer.Option(
            "--template",
            click_type=Text("UUID"),
            help="Template for the subject and all content.",
            rich_help_panel=TEMPLATE,
        ),
    ] = None
    template_var: Annotated[
        list[str],
        typer.Option(
            "--template-var",
            click_type=Text("KEY=VALUE"),
            help="Template variable; repeatable.",
            rich_help_panel=TEMPLATE,
        ),
    ] = field(default_factory=list)
    template_vars: Annotated[
        str | None,
        typer.Option(
            "--template-vars", click_type=FILE, help="Template variables: a JSON object.", rich_help_panel=TEMPLATE
        ),
    ] = None
    payload: Annotated[
        str | None,
        typer.Option("--payload", click_type=FILE, help="The API's JSON; flags override it.", rich_help_panel=FILES),
    ] = None
    eml: Annotated[
        str | None,
        typer.Option("--eml", click_type=FILE, help="A MIME message; flags override it.", rich_help_panel=FILES),
    ] = None


@app.command(
    epilog=join_examples(
        "mailtrap send --to ada@example.com --subject Hello --text 'It works'",
        "echo 'The build is green.' | mailtrap send --to team@example.com --subject CI",
        "mailtrap send --to ada@example.com --subject Bill --text Hi --attach bill.pdf",
    )
)
@with_facts("POST /api/send", "POST /api/send/{sandbox_id}", hosts=("send", "bulk", "sandbox"), sends=True)
@expand_options
def send(
    ctx: typer.Context,
    recipients: Recipients,
    options: SendOptions,
    target_options: TargetOptions,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the request and send nothing.")] = False,
) -> None:
    """Send one email.

    Where it goes: the profile decides, or --sandbox, --live and --stream. A line on stderr says so. Everything that
    can be checked is checked before the request.

    JSON: success, message_ids, target (transactional, bulk or sandbox), recipients.
    """
    world: World = ctx.obj
    settings = target_options.resolve_settings(world, options.sender)
    target = settings.target()
    message = _compose(world, settings, options, recipients.to)
    world.tell_destination(f"{'Dry run: ' if dry_run else ''}{target.label}")
    if dry_run:
        _show_request(world, settings, target, message)
    else:
        send_message(world, settings, target, message)


def _compose(world: World, settings: Settings, options: SendOptions, to: list[str]) -> Message:
    """Make the message of the flags and files, and check it."""
    from ..cli.message_flags import file_names, flag_names
    from ..mail.checks import InvalidMessage, check_message

    files = Files(world)
    replaced = list_given(
        **{
            "from": options.sender,
            "to": to,
            "cc": options.cc,
            "bcc": options.bcc,
            "reply_to": options.reply_to,
            "subject": options.subject,
            "category": options.category,
            "template_uuid": options.template,
            "text": options.text or options.text_file,
            "html": options.html or options.html_file,
            "custom_variables": options.variable,
            "template_variables": options.template_var or options.template_vars,
        }
    )
    of_file = files.whole(options.payload, options.eml, replaced)
    fields: dict[str, Any] = {
        "to": parse_flag_addresses(to, "--to"),
        "cc": parse_flag_addresses(options.cc, "--cc"),
        "bcc": parse_flag_addresses(options.bcc, "--bcc"),
        "subject": options.subject,
        "category": options.category,
        "template_uuid": options.template,
        "text": files.body("--text", options.text, options.text_file),
        "html": files.body("--html", options.html, options.html_file),
    }
    message = replace(of_file, **{name: value for name, value in fields.items() if value is not None})
    message = set_addresses(message, settings, options.sender, options.reply_to)
    variables = read_template_variables(files, options.template_var, options.template_vars)
    message = add_parts(message, files, options, variables)
    if message.text is None and message.html is None and message.template_uuid is None:
        message = replace(message, text=files.piped())
    where = options.eml or options.payload
    try:
        check_message(message)
    except InvalidMessage as error:
        if where is None:
            raise error.rename_fields(flag_names()) from None
        names = file_names(shown_name(where), of_file, replaced, mime=options.payload is None)
        raise error.rename_fields(names) from None
    _tell_kept_recipients(world, where, of_file, replaced)
    return message


def _tell_kept_recipients(world: World, file: str | None, of_file: Message, replaced: set[str]) -> None:
    """Say who else of the file gets the message when --to replaces its To."""
    if file is None or "to" not in replaced:
        return
    kept = [("Cc", of_file.cc)] if "cc" not in replaced else []
    kept += [("Bcc", of_file.bcc)] if "bcc" not in replaced else []
    for name, addresses in kept:
        if addresses:
            shown = ", ".join(address.email for address in addresses[:5])
            more = f" and {len(addresses) - 5:,} more" if len(addresses) > 5 else ""
            world.notice(f"Notice: {name} of {shown_name(file)} still gets it: {shown}{more}")


def _show_request(world: World, settings: Settings, target: Target, message: Message) -> None:
    from ..text import dumps

    url = settings.hosts[target.host] + target.send_path
    payload = message.to_payload()
    world.out.text({"method": "POST", "url": url, "body": payload}, f"POST {url}\n{dumps(payload, indent=2)}\n")
