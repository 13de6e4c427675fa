"""The account host of the embedded sandbox: sandboxes, projects, messages, attachments; email logs in `logs`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from ..api.responses import LOCAL_GAP, Answer
from .replies import answer, error
from .store import Captured, Store, new_email_username

PAGE = 30  # messages (sandbox.openapi.yml, getSandboxEmailMessage)
NOTHING_LEAVES = "The embedded sandbox has no way to forward a message: nothing leaves this machine"

refused = partial(error, "account")
NOT_FOUND = refused(404, "Not Found")


@dataclass(frozen=True)
class Call:
    """One request that found its route: the parts of its path, its query, and its JSON where it has some."""

    store: Store
    parts: tuple[str, ...]
    query: Mapping[str, list[str]]
    body: Callable[[], Any]

    @property
    def numbers(self) -> tuple[int, ...]:
        """The ids of the path."""
        return tuple(map(int, self.parts))

    def param(self, name: str) -> str:
        """A parameter of the query; "" where it is not there."""
        return self.query.get(name, [""])[-1]

    def field(self, *path: str) -> Any:
        """A value of the JSON body; None where it is not there."""
        found = self.body()
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        return found


def account(store: Store, method: str, path: str, query: str, body: Callable[[], Any]) -> Answer:
    """The answer to a request of the account host."""
    if re.match(r"/api/accounts/[0-9]+/", path):
        from .legacy_paths import translated

        return translated(partial(_answered, store, method), path, query, body)
    return _answered(store, method, path, query, body)


def _answered(store: Store, method: str, path: str, query: str, body: Callable[[], Any]) -> Answer:
    for pattern, methods in ROUTES:
        route = pattern.fullmatch(path)
        if route:
            if method not in methods:
                return refused(405, "Method Not Allowed")
            return methods[method](Call(store, route.groups(), parse_qs(query, keep_blank_values=True), body))
    found = refused(404, f"Not part of the local sandbox: {method} {path[:100]}")
    return replace(found, headers={**found.headers, LOCAL_GAP: "1"})


# ------------------------------------------------------------------------------------------------ messages


def _list_messages(call: Call) -> Answer:
    from . import documents

    (sandbox_id,) = call.numbers
    if not call.store.has_sandbox(sandbox_id):
        return NOT_FOUND
    last, page = _number(call.param("last_id")), _number(call.param("page"))
    found = call.store.page(
        sandbox_id,
        search=call.param("search"),
        before=last,
        offset=0 if last or not page else (page - 1) * PAGE,
        size=PAGE,
    )
    return answer(200, [documents.message(captured) for captured in found])


Respond = Callable[[Call, Captured, dict[str, Any]], Answer]


def _message(respond: Respond) -> Callable[[Call], Answer]:
    """A route that needs its message, as a list shows it and whole: 404 without it."""

    def route(call: Call) -> Answer:
        found = call.store.message(call.numbers[0], call.numbers[1])
        return NOT_FOUND if found is None else respond(call, *found)

    return route


def _show(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    from . import documents

    return answer(200, documents.message(captured))


def _update(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    read = str(call.field("message", "is_read")).lower()
    if read not in ("true", "false"):
        return refused(422, "is_read must be true or false")
    call.store.set_read(captured.sandbox_id, captured.id, read == "true")
    changed = call.store.message(captured.sandbox_id, captured.id)
    return NOT_FOUND if changed is None else answer(200, _brief(changed[0]))


def _delete(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    call.store.delete(captured.sandbox_id, captured.id)
    return answer(200, _brief(captured))


def _brief(captured: Captured) -> dict[str, Any]:
    """The message as an update or a deletion answers it: there `blacklists_report_info` is a boolean."""
    from . import documents

    return {**documents.message(captured), "blacklists_report_info": False}


def _forward(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    return refused(422, NOTHING_LEAVES)


def _spam(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    from . import documents

    return answer(200, documents.spam_report())


def _analyze(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    from .html import analysis

    return answer(200, analysis(message.get("html") or ""))


def _text(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    return _part(message.get("text"), "text/plain")


def _html(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    return _part(message.get("html"), "text/html")


def _part(body: str | None, kind: str) -> Answer:
    if not body:
        return Answer(409, {"content-type": "text/plain; charset=utf-8"}, b"Conflict")
    return Answer(200, {"content-type": f"{kind}; charset=utf-8"}, body.encode("utf-8", "replace"))


def _raw(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    from .mime import raw

    return Answer(200, {"content-type": "text/plain; charset=utf-8"}, raw(captured, message))


def _eml(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    from .mime import raw

    return Answer(200, {"content-type": "message/rfc822"}, raw(captured, message))


def _headers(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    from .mime import build

    headers: dict[str, str] = {}
    for name, value in build(captured, message).items():
        text = str(value)
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return answer(200, {"headers": headers})


# ------------------------------------------------------------------------------------------------ attachments


def _list_attachments(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    from . import documents
    from .mime import parts

    kind = call.param("attachment_type")
    found = [part for part in parts(message) if kind in ("", part.disposition)]
    return answer(200, [documents.attachment(captured, part) for part in found])


def _show_attachment(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    from . import documents
    from .mime import parts

    for part in parts(message):
        document = documents.attachment(captured, part)
        if document["id"] == call.numbers[2]:
            return answer(200, document)
    return NOT_FOUND


def _download_attachment(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    from . import documents
    from .mime import parts

    for part in parts(message):
        if documents.attachment(captured, part)["id"] == call.numbers[2]:
            # Never a type that a browser would run or show: what was captured may be anything.
            return Answer(200, {"content-type": "application/octet-stream"}, part.content)
    return NOT_FOUND


# ------------------------------------------------------------------------------------------------ sandboxes, projects


def _sandbox_answer(store: Store, number: int) -> Answer:
    from . import documents

    row = store.sandbox(number)
    return NOT_FOUND if row is None else answer(200, documents.sandbox(row))


def _list_sandboxes(call: Call) -> Answer:
    from . import documents

    return answer(200, [documents.sandbox(row) for row in call.store.sandboxes()])


def _show_sandbox(call: Call) -> Answer:
    return _sandbox_answer(call.store, call.numbers[0])


def _create_sandbox(call: Call) -> Answer:
    (project_id,) = call.numbers
    name = call.field("sandbox", "name")
    if not any(number == project_id for number, _ in call.store.projects()):
        return NOT_FOUND
    if not isinstance(name, str) or not name:
        return answer(422, {"errors": {"name": ["can't be blank"]}})
    return _sandbox_answer(call.store, call.store.create_sandbox(project_id, name))


def _update_sandbox(call: Call) -> Answer:
    values = {key: call.field("sandbox", key) for key in ("name", "email_username")}
    given = {key: value for key, value in values.items() if value is not None}
    if not all(isinstance(value, str) and value for value in given.values()):
        return answer(422, {"errors": {key: ["can't be blank"] for key in given}})
    return _change_sandbox(call, **given)


def _change_sandbox(call: Call, **values: object) -> Answer:
    (number,) = call.numbers
    if values and call.store.sandbox(number) is not None:
        call.store.update_sandbox(number, **values)
    return _sandbox_answer(call.store, number)


def _delete_sandbox(call: Call) -> Answer:
    (number,) = call.numbers
    gone = _sandbox_answer(call.store, number)
    call.store.delete_sandbox(number)
    return gone


def _clean(call: Call) -> Answer:
    call.store.delete(call.numbers[0], None)
    return _show_sandbox(call)


def _all_read(call: Call) -> Answer:
    call.store.set_read(call.numbers[0], None, True)
    return _show_sandbox(call)


def _reset_credentials(call: Call) -> Answer:
    return _change_sandbox(call, username=os.urandom(7).hex(), password=os.urandom(7).hex())


def _toggle_email(call: Call) -> Answer:
    row = call.store.sandbox(call.numbers[0])
    return NOT_FOUND if row is None else _change_sandbox(call, email_username_enabled=not row["email_username_enabled"])


def _reset_email(call: Call) -> Answer:
    return _change_sandbox(call, email_username=new_email_username())


def _project_answer(store: Store, number: int) -> Answer:
    from . import documents

    name = dict(store.projects()).get(number)
    if name is None:
        return NOT_FOUND
    return answer(200, documents.project(number, name, store.sandboxes(project_id=number)))


def _list_projects(call: Call) -> Answer:
    from . import documents

    found = [(number, name, call.store.sandboxes(project_id=number)) for number, name in call.store.projects()]
    return answer(200, [documents.project(*project) for project in found])


def _show_project(call: Call) -> Answer:
    return _project_answer(call.store, call.numbers[0])


def _named_project(call: Call, act: Callable[[str], int]) -> Answer:
    name = call.field("project", "name")
    if not isinstance(name, str) or not 2 <= len(name) <= 100:
        return answer(422, {"errors": {"name": ["must have from 2 to 100 characters"]}})
    return _project_answer(call.store, act(name))


def _create_project(call: Call) -> Answer:
    return _named_project(call, call.store.create_project)


def _update_project(call: Call) -> Answer:
    (number,) = call.numbers

    def rename(name: str) -> int:
        call.store.rename_project(number, name)
        return number

    return _named_project(call, rename)


def _delete_project(call: Call) -> Answer:
    (number,) = call.numbers
    if _project_answer(call.store, number).status == 404:
        return NOT_FOUND
    call.store.delete_project(number)
    return answer(200, {"id": number})


# ------------------------------------------------------------------------------------------------ the rest


def _list_logs(call: Call) -> Answer:
    from . import logs

    after = call.param("search_after")
    try:
        return answer(200, logs.listed(call.store, call.query, after))
    except LookupError:
        return refused(400, f"search_after: there is no message {after}")


def _show_log(call: Call) -> Answer:
    from . import logs

    document = logs.shown(call.store, call.parts[0].lower())
    return NOT_FOUND if document is None else answer(200, document)


def _accounts(call: Call) -> Answer:
    return answer(200, [{"id": 1, "name": "Local", "access_levels": [1000]}])


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch("[1-9][0-9]{0,15}", text) else None


_ID = "([0-9]{1,18})"
_SANDBOX = f"/api/sandboxes/{_ID}"
_MESSAGE = f"{_SANDBOX}/messages/{_ID}"

ROUTES: tuple[tuple[re.Pattern[str], Mapping[str, Callable[[Call], Answer]]], ...] = tuple(
    (re.compile(pattern), methods)
    for pattern, methods in (
        (f"{_SANDBOX}/messages", {"GET": _list_messages}),
        (_MESSAGE, {"GET": _message(_show), "PATCH": _message(_update), "DELETE": _message(_delete)}),
        (rf"{_MESSAGE}/body\.txt", {"GET": _message(_text)}),
        (rf"{_MESSAGE}/body\.html(?:source)?", {"GET": _message(_html)}),
        (rf"{_MESSAGE}/body\.raw", {"GET": _message(_raw)}),
        (rf"{_MESSAGE}/body\.eml", {"GET": _message(_eml)}),
        (f"{_MESSAGE}/mail_headers", {"GET": _message(_headers)}),
        (f"{_MESSAGE}/forward", {"POST": _message(_forward)}),
        (f"{_MESSAGE}/spam_report", {"GET": _message(_spam)}),
        (f"{_MESSAGE}/analyze", {"GET": _message(_analyze)}),
        (f"{_MESSAGE}/attachments", {"GET": _message(_list_attachments)}),
        (f"{_MESSAGE}/attachments/{_ID}", {"GET": _message(_show_attachment)}),
        (f"{_MESSAGE}/attachments/{_ID}/download", {"GET": _message(_download_attachment)}),
        ("/api/sandboxes", {"GET": _list_sandboxes}),
        (_SANDBOX, {"GET": _show_sandbox, "PATCH": _update_sandbox, "DELETE": _delete_sandbox}),
        (f"{_SANDBOX}/clean", {"PATCH": _clean}),
        (f"{_SANDBOX}/all_read", {"PATCH": _all_read}),
        (f"{_SANDBOX}/reset_credentials", {"PATCH": _reset_credentials}),
        (f"{_SANDBOX}/toggle_email_username", {"PATCH": _toggle_email}),
        (f"{_SANDBOX}/reset_email_username", {"PATCH": _reset_email}),
        ("/api/projects", {"GET": _list_projects, "POST": _create_project}),
        (f"/api/projects/{_ID}", {"GET": _show_project, "PATCH": _update_project, "DELETE": _delete_project}),
        (f"/api/projects/{_ID}/sandboxes", {"POST": _create_sandbox}),
        ("/api/email_logs", {"GET": _list_logs}),
        ("/api/email_logs/([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})", {"GET": _show_log}),
        ("/api/accounts", {"GET": _accounts}),
    )
)
