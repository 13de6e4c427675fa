"""`mailtrap send`: send one email, from flags, files or standard input."""

from __future__ import annotations

from dataclasses import field, replace
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
from ..cli.deliver import send_message, show_request
from ..cli.examples import join_examples
from ..cli.facts import with_facts
from ..cli.message_options import ADDRESS, MessageOptions, TargetOptions, content, list_given
from ..cli.options import expand_options
from ..cli.value_types import FILE, Text
from ..records import record

if TYPE_CHECKING:
    from ..cli.context import World
    from ..config.settings import Settings
    from ..mail.message import Message

app = typer.Typer()

TEMPLATE, FILES = "Template", "Whole messages"


@record
class Recipients:
    """The recipients, first in the help."""

    to: Annotated[list[str], typer.Option("--to", click_type=ADDRESS, help="Recipient or list; repeatable.")] = field(
        default_factory=list
    )


@record
class SendOptions(MessageOptions):
    """Options that only `send` has: a message from a file, and template variables."""

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

    The profile decides where it goes, or --sandbox, --live and --stream. A line on stderr says so. Everything that can
    be checked is checked before the request. On a terminal, prompts for what is missing: sender, recipient, subject,
    and the body in your $EDITOR.

    JSON: success, message_ids, target (transactional, bulk or sandbox), recipients.
    """
    from ..config.target import choose_target

    world: World = ctx.obj
    settings = target_options.resolve_settings(world, options.sender)
    target = choose_target(settings)
    draft = _compose(world, settings, options, recipients.to)
    label = f"{'Dry run: ' if dry_run else ''}{target.label}"
    message = _complete(world, settings, draft, label, dry_run=dry_run)
    if dry_run:
        show_request(world, settings, target, message)
    else:
        send_message(world, settings, target, message)


@record
class _Draft:
    """A message that is not checked yet, the file it came from, and the fields that flags replaced."""

    message: Message
    options: SendOptions
    of_file: Message
    replaced: set[str]

    @property
    def file(self) -> str | None:
        """The name of the file in errors."""
        name = self.options.eml or self.options.payload
        return None if name is None else shown_name(name)


def _compose(world: World, settings: Settings, options: SendOptions, to: list[str]) -> _Draft:
    """Build the message from flags and files."""
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
    return _Draft(message, options, of_file, replaced)


def _complete(world: World, settings: Settings, draft: _Draft, label: str, *, dry_run: bool) -> Message:
    """Check the message, ask for missing parts on a terminal, and print where it goes."""
    from ..mail.checks import InvalidMessage

    try:
        _check(world, settings, draft)
    except InvalidMessage as error:
        if not dry_run and all(problem.missing for problem in error.problems):
            settings.token()  # without any setup, report that
        from .send_questions import ask_for_missing, can_ask

        if not can_ask(world, draft.message, error.problems):
            raise
        world.tell_destination(label)
        draft = replace(draft, message=ask_for_missing(world, draft.message, error.problems))
        _check(world, settings, draft)
        return draft.message
    _tell_kept_recipients(world, draft)
    world.tell_destination(label)
    return draft.message


def _check(world: World, settings: Settings, draft: _Draft) -> None:
    """Raise InvalidMessage for everything that the API is known to refuse, naming flags or the file."""
    from ..cli.message_flags import explain_problems, file_names, flag_names
    from ..mail.checks import InvalidMessage, check_message

    try:
        check_message(draft.message)
    except InvalidMessage as error:
        if draft.file is None:
            names = flag_names(settings)
        else:
            mime = draft.options.payload is None
            names = file_names(settings, draft.file, draft.of_file, draft.replaced, mime=mime)
        raise explain_problems(error, names, world.arguments if settings.sandbox else None) from None


def _tell_kept_recipients(world: World, draft: _Draft) -> None:
    """Say who else in the file gets the message when --to replaces its To."""
    if draft.file is None or "to" not in draft.replaced:
        return
    kept = [("Cc", draft.of_file.cc)] if "cc" not in draft.replaced else []
    kept += [("Bcc", draft.of_file.bcc)] if "bcc" not in draft.replaced else []
    for name, addresses in kept:
        if addresses:
            shown = ", ".join(address.email for address in addresses[:5])
            more = f" and {len(addresses) - 5:,} more" if len(addresses) > 5 else ""
            world.notice(f"Notice: {name} of {draft.file} still gets it: {shown}{more}")
