"""The embedded sandbox: a request of any of the four hosts in, the API's answer out. No network, no HTTP library."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl

from ..answers import Answer
from . import rules

if TYPE_CHECKING:
    from .store import Store

Host = Literal["send", "bulk", "sandbox", "account"]

_SEND = re.compile(r"/api/(send|batch)(?:/(\d{1,18}))?")
_JSON = {"content-type": "application/json; charset=utf-8"}


class _Refused(Exception):  # noqa: N818 - an answer on its way out
    def __init__(self, answer: Answer) -> None:
        self.answer = answer


class Sandbox:
    """Answers requests from a store. `token` restricts to that one; None takes any.

    `captured` is called with the stream, the sandbox's number and the messages of each accepted request.
    """

    def __init__(
        self,
        store: Store,
        *,
        token: str | None = None,
        captured: Callable[[str, int, list[dict[str, Any]]], None] | None = None,
    ) -> None:
        self.store = store
        self._token = token
        self._captured = captured

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
    ) -> Answer:
        """The answer to one request. `headers` have lower-case names; `refuse` decides on failing items of a batch."""
        try:
            self._authorize(host, headers)
            if host == "account":
                from .account import account

                return account(self.store, method, path, dict(parse_qsl(query, keep_blank_values=True)), _lazy(body))
            return self._send(host, method, path, headers, body, refuse)
        except _Refused as refused:
            return refused.answer

    def _authorize(self, host: Host, headers: Mapping[str, str]) -> None:
        given = headers.get("authorization", "")
        token = given.removeprefix("Bearer ").strip() if given.startswith("Bearer ") else headers.get("api-token", "")
        if not token or (self._token is not None and token != self._token):
            raise _Refused(
                account_error(401, "Incorrect API token") if host == "account" else send_error(401, "Unauthorized")
            )

    def _send(
        self,
        host: Host,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        refuse: Callable[[], bool] | None,
    ) -> Answer:
        route = _SEND.fullmatch(path)
        if not route or (route[2] is not None) != (host == "sandbox") or route[2] == "0":
            return send_error(404, "Not Found")
        if method != "POST":
            return send_error(405, "Method Not Allowed")
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return send_error(415, "Content-Type must be application/json")
        document = _parsed(body)
        if not isinstance(document, dict):
            return send_error(400, "request body must be a JSON object")
        stream = {"send": "transactional", "bulk": "bulk", "sandbox": "sandbox"}[host]
        sandbox_id = int(route[2] or 0)
        if route[1] == "send":
            return self._single(stream, sandbox_id, document)
        return self._batch(stream, sandbox_id, document, refuse)

    def _single(self, stream: str, sandbox_id: int, message: dict[str, Any]) -> Answer:
        problems = rules.problems(message)
        if problems:
            return send_error(400, *problems)
        ids = _new_ids(message)
        self._keep(stream, sandbox_id, [(message, ids)])
        return answer(200, {"success": True, "message_ids": ids.split()})

    def _batch(
        self, stream: str, sandbox_id: int, document: dict[str, Any], refuse: Callable[[], bool] | None
    ) -> Answer:
        requests, base = document.get("requests"), document.get("base") or {}
        if not requests:
            return send_error(400, "empty field: 'requests'")
        if not isinstance(requests, list) or not isinstance(base, dict):
            return send_error(
                400, "'requests' must be an array" if isinstance(base, dict) else "'base' must be an object"
            )
        if len(requests) > rules.MAX_MESSAGES:
            return send_error(400, f"'requests' must not exceed {rules.MAX_MESSAGES} messages")
        accepted: list[tuple[dict[str, Any], str]] = []
        responses: list[dict[str, Any]] = []
        for request in requests:
            message = rules.merged(base, request) if isinstance(request, dict) else {}
            problems = rules.problems(message)
            if not problems and refuse is not None and refuse():
                problems = ["refused on demand"]
            if problems:
                responses.append({"success": False, "errors": problems})
                continue
            ids = _new_ids(message)
            accepted.append((message, ids))
            responses.append({"success": True, "message_ids": ids.split()})
        if accepted:
            self._keep(stream, sandbox_id, accepted)
        return answer(200, {"success": True, "responses": responses})

    def _keep(self, stream: str, sandbox_id: int, messages: list[tuple[dict[str, Any], str]]) -> None:
        self.store.add(stream, sandbox_id, messages)
        if self._captured is not None:
            self._captured(stream, sandbox_id, [message for message, _ in messages])


def send_error(status: int, *sentences: str) -> Answer:
    """An error as the sending hosts write it."""
    return answer(status, {"success": False, "errors": list(sentences)})


def account_error(status: int, sentence: str) -> Answer:
    """An error as the account host writes it: 403 and 422 under `errors`, the others under `error`."""
    return answer(status, {"errors" if status in (403, 422) else "error": sentence})


def answer(status: int, document: object) -> Answer:
    """A JSON answer."""
    return Answer(status, _JSON, json.dumps(document).encode())


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body.decode())
    except (ValueError, RecursionError):
        raise _Refused(send_error(400, "request body is not valid JSON")) from None


def _lazy(body: bytes) -> Callable[[], Any]:
    """The JSON of an account request, parsed where it is wanted; None for a body that is none."""

    def parse() -> Any:
        try:
            return json.loads(body.decode())
        except (ValueError, RecursionError):
            return None

    return parse


def _new_ids(message: Mapping[str, Any]) -> str:
    """One new UUID (version 4) a recipient, separated by spaces: cheaper than the uuid module, for large batches."""
    count = sum(len(message.get(field) or ()) for field in rules.RECIPIENTS)
    return " ".join(_uuid(os.urandom(16).hex()) for _ in range(count))


def _uuid(digits: str) -> str:
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
