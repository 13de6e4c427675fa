"""Send one message and print the answer; shared by `send`, `messages send` and `batch --test-to`."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from ..errors import ApiError, MailtrapError, OutputError, TransportError
from ..output import Column

if TYPE_CHECKING:
    from ..api.client import Client
    from ..config.settings import Settings
    from ..config.target import Target
    from ..mail.addresses import Address
    from ..mail.message import Message
    from .context import World

COLUMNS = (Column("Recipient", "recipient"), Column("Message ID", "message_id", keep=True))


def send_message(world: World, settings: Settings, target: Target, message: Message) -> None:
    """Send a checked message and print the result."""
    with world.api(settings) as api:
        try:
            answer = api.call("POST", target.send_path, body=message.to_payload(), host=target.host)
        except ApiError as error:
            raise explain_refusal(error, target, api, message.sender) from error
    show_result(world, target, message, answer.body, answer.status)


def show_request(world: World, settings: Settings, target: Target, message: Message) -> None:
    """Print the request that would be sent, for --dry-run."""
    from ..text import dumps

    where = settings.describe_url(settings.hosts[target.host] + target.send_path)
    url = settings.url_of(target.host, target.send_path)
    payload = message.to_payload()
    world.out.text({"method": "POST", "url": url, "body": payload}, f"POST {where}\n{dumps(payload, indent=2)}\n")


def show_result(world: World, target: Target, message: Message, body: bytes, status: int) -> None:
    """Print the answer to a message. Raises ApiError, or TransportError if the outcome is unknown."""
    from ..api.responses import decode_errors, join_sentences, load_json

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
            raise ApiError(join_sentences(errors), status=status, details=errors if len(errors) > 1 else ())
        raise TransportError(
            "The answer is not from the Mailtrap API, so it is unclear whether the email was sent: outcome unknown",
            outcome="outcome unknown",
            status=status,
            hint="Check the sandbox or the email logs before sending it again.",
        )
    recipients = [address.email for address in (*message.to, *message.cc, *message.bcc)]
    result = {"success": True, "message_ids": ids, "target": target.kind, "recipients": recipients}
    rows = [{"recipient": who, "message_id": id_} for who, id_ in zip_longest(recipients, ids)]
    try:
        world.out.record(result, COLUMNS, parts=rows, essential="message_id", paged=False)
        world.stdout.flush()
    except (OutputError, OSError) as error:
        raise OutputError(
            "The email was sent, but the result could not be written to standard output",
            hint=f"Do not send it again. {error}",
            details=[f"Message ID: {id_}" for id_ in ids],
        ) from error


def explain_refusal(error: ApiError, target: Target, api: Client, sender: Address | None) -> MailtrapError:
    """Add the likely reason to a 401, 403 or 404. For a live send, ask the account about the sender's domain."""
    from ..dns.compliance import sender_hint

    if error.status in (401, 403) and error.hint is None:
        error.hint = (
            "The token may have no access to this sandbox: it may be for live sending, or belong to another account."
            if target.kind == "sandbox"
            else (sender_hint(api, sender.email) if sender else None)
            or "The token may be revoked, or for a sandbox or another stream; or the sender's domain is not verified."
        )
    elif error.status == 404 and target.kind == "sandbox":
        error.hint = "The token may have no access to this sandbox. Compare the ID with the sandbox's URL."
    return error
