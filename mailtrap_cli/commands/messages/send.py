"""`mailtrap messages send`: send a captured message to real recipients."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated

import typer

from ...cli.examples import join_examples
from ...cli.facts import with_facts
from ...cli.filters import MessageId
from ...cli.hint_profiles import keep_profile
from ...cli.message_options import ADDRESS, TargetOptions
from ...cli.options import expand_options
from ...cli.value_types import PROFILE
from ...config.profile import LOCAL
from ...errors import MailtrapError, naming_options

if TYPE_CHECKING:
    from ...cli.context import World
    from ...config.settings import Settings
    from ...mail.message import Message
    from ...sandbox.mailbox import Mail

app = typer.Typer()

SOURCE = "Captured message"


@dataclass(frozen=True)
class ReleaseOptions:
    """What to change in the message."""

    to: Annotated[
        list[str],
        typer.Option(
            "--to", click_type=ADDRESS, help="Recipient or list, replacing all the captured ones; repeatable."
        ),
    ] = field(default_factory=list)
    sender: Annotated[
        str | None, typer.Option("--from", click_type=ADDRESS, help="Sender (default: the message's own).")
    ] = None


@dataclass(frozen=True)
class SourceOptions:
    """Where the message was captured."""

    source: Annotated[
        str,
        typer.Option("--source", click_type=PROFILE, help="Profile that captured it.", rich_help_panel=SOURCE),
    ] = LOCAL
    source_sandbox_id: Annotated[
        int | None,
        typer.Option(
            "--source-sandbox-id",
            min=1,
            metavar="ID",
            help="Sandbox that captured it (default: the one of --source).",
            rich_help_panel=SOURCE,
        ),
    ] = None


@app.command(
    epilog=join_examples(
        "mailtrap messages send 12 --profile staging",
        "mailtrap messages send latest --live --to me@example.com --dry-run",
    )
)
@with_facts(
    "GET /api/sandboxes/{sandbox_id}/messages/{message_id}/body.eml",
    "POST /api/send",
    "POST /api/send/{sandbox_id}",
    hosts=("account", "send", "bulk", "sandbox"),
    sends=True,
)
@expand_options
def send(
    ctx: typer.Context,
    message_id: MessageId,
    release: ReleaseOptions,
    target_options: TargetOptions,
    source: SourceOptions,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the request and send nothing.")] = False,
) -> None:
    """Send a captured message for real, like `mailtrap send`.

    The message is read from the local sandbox, or from the profile given by --source. It goes where --profile, or
    --sandbox, --live and --stream say. Everyone who received the captured message receives it, including Bcc, unless
    --to names others.

    JSON: success, message_ids, target (transactional, bulk or sandbox), recipients.
    """
    from ...cli.deliver import send_message, show_request
    from ...config.target import choose_target

    world: World = ctx.obj
    settings = target_options.resolve_settings(world, release.sender)
    if not dry_run:
        settings.token()  # without any setup, report that
    target = choose_target(settings)
    message = _read_message(world, settings, message_id, source, release)
    world.tell_destination(f"{'Dry run: ' if dry_run else ''}{target.label}")
    if dry_run:
        show_request(world, settings, target, message)
    else:
        send_message(world, settings, target, message)


@contextmanager
def _naming_source(source: SourceOptions) -> Iterator[None]:
    """Let errors name the options of the captured message: those of the target are others."""
    with naming_options(lambda field: f"--{'source-' * (field == 'sandbox_id')}{field.replace('_', '-')}"):
        try:
            yield
        except MailtrapError as error:
            error.hint = error.hint and keep_profile(error.hint, source.source)
            raise


def _read_message(
    world: World, settings: Settings, message_id: str, source: SourceOptions, release: ReleaseOptions
) -> Message:
    """Read the captured message, apply the flags, and check it."""
    from ...cli.compose import parse_flag_addresses
    from ...cli.message_flags import file_names
    from ...config.settings import Flags, resolve_settings
    from ...mail.addresses import parse_address
    from ...mail.checks import InvalidMessage, check_message
    from ...mail.mime import parse_eml
    from ...mail.smtp_headers import read_smtp_headers
    from ...sandbox.mailbox import Filters, Mailbox, require_sandbox_id

    captured_by = resolve_settings(Flags(profile=source.source, sandbox_id=source.source_sandbox_id), world.env)
    replaced = {"to", "cc", "bcc"} if release.to else set()
    replaced |= {"from"} if release.sender else set()
    with _naming_source(source), world.api(captured_by) as api:
        mail = Mailbox(api, require_sandbox_id(captured_by)).one(message_id, Filters())
        data = mail.box.get(mail.id, "/body.eml").body
    where = f"message {mail.id}"
    found = parse_eml(data, where, replaced)
    for notice in found.notices:
        world.notice(f"Notice: {notice}")
    captured = read_smtp_headers(found.message)
    message = captured if release.to else _add_envelope(captured, mail)
    to = parse_flag_addresses(release.to, "--to")
    if to is not None:
        message = replace(message, to=to)
    if release.sender is not None:
        message = replace(message, sender=parse_address(release.sender, "--from"))
    try:
        check_message(message)
    except InvalidMessage as error:
        refused = error.rename_fields(file_names(settings, where, captured, replaced, mime=True))
        if any(problem.missing and problem.field not in ("from", "to") for problem in error.problems):
            refused.hint = (
                f"Save it with mailtrap messages eml {mail.id} -p {source.source} --save message.eml, complete it with"
                " mailtrap send --eml message.eml."
            )
        raise refused from None
    return message


def _add_envelope(message: Message, mail: Mail) -> Message:
    """Add recipients of the captured message that are in no header as Bcc."""
    from ...mail.addresses import parse_address

    envelope = (mail.row.get("smtp_information") or {}).get("data") or {}
    named = {address.email.lower() for address in (*message.to, *message.cc, *message.bcc)}
    hidden = [str(email) for email in envelope.get("rcpt_to_addrs") or () if str(email).lower() not in named]
    return replace(message, bcc=(*message.bcc, *(parse_address(email, f"message {mail.id}") for email in hidden)))
