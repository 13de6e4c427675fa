"""The local sandbox: takes a request for any of the four hosts, returns the API's answer. No network, no HTTP
library.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..api.responses import Answer
from ..records import record
from . import rules
from .calls import ACCOUNT_URL
from .environment import SMTP_PORT
from .replies import Host, answer, error

if TYPE_CHECKING:
    from .served_templates import ServedTemplates
    from .store import Store


_SEND = re.compile(r"/api/(send|batch)(?:/([1-9][0-9]{0,17}))?")
_SIGNED = re.compile(r"/api/contacts/exports/[0-9]+/[0-9a-f-]{36}/contacts\.csv")  # this link needs no token
_STREAMS = {"send": "transactional", "bulk": "bulk", "sandbox": "sandbox"}


class _Refused(Exception):  # noqa: N818 - an early answer, not an error
    def __init__(self, answer: Answer) -> None:
        self.answer = answer


@record
class Accepted:
    """Accepted messages, still to be kept; `confirm` makes the answer from the message IDs of each."""

    host: Host
    sandbox_id: int
    messages: list[dict[str, Any]]
    confirm: Callable[[list[list[str]]], Answer]


class Sandbox:
    """Answer requests from a store. Only `token` is accepted; None accepts any token.

    `captured` is called with the stream, the sandbox ID and the messages of each accepted request. `strict_domains`
    refuses live mail from domains that were never created. `allow_remote` allows webhooks to other machines.
    `smtp_ports` are the ports shown in sandbox details. `templates` are those kept as files.
    """

    def __init__(
        self,
        store: Store,
        *,
        token: str | None = None,
        captured: Callable[[str, int, list[dict[str, Any]]], None] | None = None,
        strict_domains: bool = False,
        allow_remote: bool = False,
        smtp_ports: tuple[int, ...] = (SMTP_PORT,),
        templates: ServedTemplates | None = None,
    ) -> None:
        self._strict_domains = strict_domains
        self._allow_remote = allow_remote
        self.store = store
        self.token = token
        self._captured = captured
        self.smtp_ports = smtp_ports
        self._templates = templates

    def handle(
        self,
        host: Host,
        method: str,
        path: str,
        query: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        refuse: Callable[[], bool] | None = None,
        base: str = ACCOUNT_URL,
    ) -> Answer:
        """Answer one request, and keep its messages. See `accept` for the arguments."""
        found = self.accept(host, method, path, query, headers, body, refuse=refuse, base=base)
        if isinstance(found, Answer):
            return found
        return found.confirm(self.keep_messages(found.host, found.sandbox_id, found.messages))

    def accept(
        self,
        host: Host,
        method: str,
        path: str,
        query: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        refuse: Callable[[], bool] | None = None,
        base: str = ACCOUNT_URL,
    ) -> Answer | Accepted:
        """Answer one request, or return the messages it sends, which are still to be kept.

        `headers` have lowercase names; `refuse` decides which items of a batch fail; `base` is the account host's URL,
        for links in answers.
        """
        method = "GET" if method == "HEAD" else method  # the server leaves out the body of a HEAD answer
        try:
            if not self.admits(headers) and not (host == "account" and _SIGNED.fullmatch(path)):
                return error(host, 401, "Incorrect API token" if host == "account" else "Unauthorized")
            if host == "account":
                from .routes import Account, answer_account

                return answer_account(
                    Account(self.store, base, bool(body), self._allow_remote, self.smtp_ports),
                    method,
                    path,
                    query,
                    lambda: _parse_body(host, body),
                )
            return self._answer_send(host, method, path, headers, body, refuse)
        except _Refused as refused:
            return refused.answer

    def admits(self, headers: Mapping[str, str], *, anybody: bool = False) -> bool:
        """Return whether these headers carry a valid token. With `anybody`, no token is needed if the server has
        none.
        """
        if self.token is None and anybody:
            return True
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = headers.get("api-token", "")
        return bool(token.strip()) and (self.token is None or is_same_token(token.strip(), self.token))

    def _answer_send(
        self,
        host: Host,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        refuse: Callable[[], bool] | None,
    ) -> Answer | Accepted:
        route = _SEND.fullmatch(path)
        if not route or (route[2] is not None) != (host == "sandbox"):
            return error(host, 404, "Not Found")
        if method != "POST":
            found = error(host, 405, "Method Not Allowed")
            return Answer(found.status, {**found.headers, "allow": "POST"}, found.body)
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return error(host, 415, "Content-Type must be application/json")
        if len(body) > rules.MAX_REQUEST:
            return error(host, 413, rules.TOO_LARGE)
        document = _parse_body(host, body)
        if not isinstance(document, dict):
            return error(host, 400, "request body must be a JSON object")
        if route[1] == "send":
            return self._send_single(host, int(route[2] or 0), document)
        return self._send_batch(host, int(route[2] or 0), document, refuse)

    def _send_single(self, host: Host, sandbox_id: int, message: dict[str, Any]) -> Answer | Accepted:
        foreign = self._foreign_domain(host, message)
        if foreign:
            return error(host, 403, foreign)
        message, problems = self._check_message(message)
        if problems:
            return error(host, 400, *problems)
        return Accepted(host, sandbox_id, [message], lambda ids: answer(200, {"success": True, "message_ids": ids[0]}))

    def _send_batch(
        self, host: Host, sandbox_id: int, document: dict[str, Any], refuse: Callable[[], bool] | None
    ) -> Answer | Accepted:
        requests, base = document.get("requests"), document.get("base") or {}
        if not requests:
            return error(host, 400, "empty field: 'requests'")
        if not isinstance(requests, list):
            return error(host, 400, "'requests' must be an array")
        if not isinstance(base, dict):
            return error(host, 400, "'base' must be an object")
        if len(requests) > rules.MAX_MESSAGES:
            return error(host, 400, f"'requests' must not exceed {rules.MAX_MESSAGES} messages")
        inherited = rules.shared(base)
        accepted: list[dict[str, Any]] = []
        responses: list[dict[str, Any]] = []
        for request in requests:
            message = inherited | request if isinstance(request, dict) else {}
            message, problems = self._check_message(message)
            foreign = self._foreign_domain(host, message)
            if foreign and not problems:
                problems = [foreign]
            if not problems and refuse is not None and refuse():
                problems = ["refused on demand"]
            if problems:
                responses.append({"success": False, "errors": problems})
            else:
                accepted.append(message)
                responses.append({"success": True})

        def confirm(ids: list[list[str]]) -> Answer:
            left = iter(ids)
            for response in responses:
                if response["success"]:
                    response["message_ids"] = next(left)
            return answer(200, {"success": True, "responses": responses})

        return Accepted(host, sandbox_id, accepted, confirm) if accepted else confirm([])

    def _check_message(self, message: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Return the message with its template filled in, and the errors the API would report."""
        problems = rules.problems(message)
        if problems or message.get("template_uuid") is None:
            return message, problems
        from .rendering import fill_template

        return fill_template(self.store, message, self._templates)

    def _foreign_domain(self, host: Host, message: Mapping[str, Any]) -> str | None:
        if not self._strict_domains or rules.problems(message):
            return None
        return self.refuse_domain(host, message["from"]["email"])

    def refuse_domain(self, host: Host, sender: str) -> str | None:
        """Return why live mail may not be sent from this address, or None if it may."""
        if not self._strict_domains or host == "sandbox":
            return None
        domain = sender.rpartition("@")[2]
        if self.store.resources.find("domain", domain) is not None:
            return None
        return f"Sending from domain {domain} is not allowed"

    def keep_messages(self, host: Host, sandbox_id: int, messages: list[dict[str, Any]]) -> list[list[str]]:
        """Store checked messages on a live stream or in a sandbox; return the message IDs of each."""
        if host == "sandbox":
            ids = self.store.add(_STREAMS[host], sandbox_id, messages)
        else:
            from .live_mail import send_live

            ids = send_live(self.store, _STREAMS[host], messages)
        self.report_messages(_STREAMS[host], sandbox_id, messages)
        return ids

    def report_messages(self, stream: str, sandbox_id: int, messages: list[dict[str, Any]]) -> None:
        """Report stored messages to whoever runs the sandbox; `stream` is "inbound" for those from outside."""
        if self._captured is not None:
            self._captured(stream, sandbox_id, messages)


def is_same_token(given: str, wanted: str) -> bool:
    """Return whether two tokens are equal, in constant time."""
    from hmac import compare_digest

    return compare_digest(given.encode("utf-8", "replace"), wanted.encode("utf-8", "replace"))


def _parse_body(host: Host, body: bytes) -> Any:
    """Parse the JSON of a request. Refuse invalid JSON (including NaN and infinities) and excessive nesting."""
    try:
        document = _DECODER.decode(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _Refused(error(host, 400, "request body is not valid JSON")) from None
    if isinstance(document, dict | list) and rules.too_deep(document):
        raise _Refused(error(host, 400, "request body is nested too deeply"))
    return document


def _is_finite(digits: str) -> float:
    number = float(digits)
    if number - number != 0:
        raise ValueError(f"{digits} is beyond the range of numbers")
    return number


_DECODER = json.JSONDecoder(parse_float=_is_finite, parse_constant=_is_finite)
