"""Accept mail by SMTP: who may send it, where it goes, and how it is stored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from ..mail.addresses import parse_address
from .app import Sandbox, is_same_token
from .inbound_store import find_inbox, list_inboxes
from .live_mail import receive_mail
from .replies import Host
from .store import DEFAULT_SANDBOX, Store

OWN_DOMAINS = ("localhost", "inbox.mailtrap.io")  # domain of the sandboxes' own addresses, here and on the platform
_STREAMS: dict[str, Host] = {"api": "send", "smtp": "send", "bulk": "bulk"}

# What SMTPUTF8 (RFC 6531, 3.3) accepts: anything except spaces, control characters and lone surrogates.
_TEXT = r"[^\s\x00-\x1f\x7f<>@\"\ud800-\udfff]+"
_MAILBOX = re.compile(rf'(?:{_TEXT}|"[^"\r\n\x00\ud800-\udfff]*")@{_TEXT}')
_BOUNCE = re.compile(r"bounce\+([45][0-9]{2})(?:\+(.*))?@.*", re.IGNORECASE)


@dataclass(frozen=True)
class Route:
    """Where the mail of an SMTP session goes: a host of the API, and a sandbox (0 for the live streams).

    `user` is the username of the login, or None without a login.
    """

    host: Host = "sandbox"
    sandbox_id: int = DEFAULT_SANDBOX
    user: str | None = None
    password: str = ""


def find_route(sandbox: Sandbox, user: str, password: str) -> Route | None:
    """Find the route for this login; None to refuse it.

    The username decides where mail goes: `api` and `smtp` mean the transactional stream, `bulk` the bulk stream, a
    sandbox's username that sandbox, and anything else the default sandbox. The password is the server's token, if it
    has one. A sandbox's username also accepts the sandbox's own password; without a server token, it accepts only that.
    """
    is_token = sandbox.token is not None and is_same_token(password, sandbox.token)
    found = None if user in _STREAMS else sandbox.store.find_sandbox(username=user)
    number, own_password = found or (DEFAULT_SANDBOX, None)
    if own_password is None:
        admitted = is_token or sandbox.token is None
    else:
        admitted = is_token or is_same_token(password, own_password)
    if not admitted:
        return None
    return Route(_STREAMS[user], 0, user, password) if user in _STREAMS else Route("sandbox", number, user, password)


def normalize_address(address: str) -> str | None:
    """Convert the domain of an envelope address to the API's form; None for a malformed address."""
    try:
        return parse_address(address, "").email
    except InputError:
        return address if len(address.encode("utf-8", "replace")) <= 320 and _MAILBOX.fullmatch(address) else None


def refuse_recipient(sandbox: Sandbox, route: Route, address: str) -> str | None:
    """Return the reply that refuses a recipient, or None to accept it.

    `bounce+550+no+such+user@…` makes a sandbox give that reply. Without a login, a server with a token accepts mail
    only for its inbound inboxes and for the sandboxes' own addresses.
    """
    asked = _BOUNCE.fullmatch(address) if route.host == "sandbox" else None
    if asked:
        return f"{asked[1]} {_read_reply(asked[2] or '') or 'Refused, as the address requests'}"
    if route.user is None and sandbox.token is not None and not _is_open(sandbox.store, address):
        return "530 5.7.0 Authentication required"
    return None


def _read_reply(text: str) -> str:
    from urllib.parse import unquote_plus

    return re.sub(r"[^ -~]+", " ", unquote_plus(text)).strip()


def _is_open(store: Store, address: str) -> bool:
    return find_inbox(list_inboxes(store), address) is not None or _find_own_sandbox(store, address) is not None


def _find_own_sandbox(store: Store, address: str) -> int | None:
    """Find the sandbox with this address as its own, with any +tag."""
    local, _, domain = address.rpartition("@")
    if domain.lower() not in OWN_DOMAINS:
        return None
    found = store.find_sandbox(email_username=local.partition("+")[0])
    return None if found is None else found[0]


def refuse_message(sandbox: Sandbox, route: Route, message: dict[str, Any]) -> str | None:
    """Return the reply that refuses a message, or None to accept it. Only live streams require a sender."""
    if route.host == "sandbox":
        return None
    sender = message["from"]["email"]
    if not sender:
        return "550 5.1.7 A live stream needs a sender: a From header, or MAIL FROM"
    foreign = sandbox.refuse_domain(route.host, sender)
    return None if foreign is None else f"554 5.7.1 {foreign}"


def keep_mail(sandbox: Sandbox, route: Route, message: dict[str, Any]) -> str:
    """Store one message where it belongs; return its first message ID, or the ID of an inbound message.

    With a login, it is sent on that stream (see `live_mail`), or to that sandbox, which captures everything. Without
    one, it comes from outside: what is for an inbound inbox or a sandbox's own address is stored only there.
    """
    store, ids, recipients, number = sandbox.store, list[str](), message["envelope"]["to"], route.sandbox_id
    if route.user is None:
        ids = receive_mail(store, message["envelope"]["from"], recipients, message["source"])
        if ids:
            sandbox.report_messages("inbound", 0, [message])
        inboxes = list_inboxes(store)
        recipients = [address for address in recipients if find_inbox(inboxes, address) is None]
        own = (_find_own_sandbox(store, address) for address in recipients)
        number = next((found for found in own if found is not None), number)
    if recipients:
        (kept,) = sandbox.keep_messages(route.host, number, [message])
        ids = kept + ids
    return ids[0]
