"""Sandboxes and projects (sandbox.openapi.yml)."""

from __future__ import annotations

import os
from collections.abc import Callable

from ..api.responses import Answer
from .calls import ID, NOT_FOUND, Call, Routes
from .replies import answer
from .store import new_email_username


def _list_smtp_ports(call: Call) -> tuple[int, ...]:
    """Return the SMTP ports of the server that answers, or else of the one that is running."""
    from .ready_file import read_server

    running = None if call.is_served else read_server(call.store.path.parent)
    if running is None:
        return call.smtp_ports
    return (running["smtp_port"],) if running.get("smtp_port") else ()


def _sandbox_answer(call: Call, number: int) -> Answer:
    from . import documents

    row = call.store.sandbox(number)
    return NOT_FOUND if row is None else answer(200, documents.sandbox(row, _list_smtp_ports(call)))


def _list_sandboxes(call: Call) -> Answer:
    from . import documents

    smtp_ports = _list_smtp_ports(call)
    return answer(200, [documents.sandbox(row, smtp_ports) for row in call.store.sandboxes()])


def _show_sandbox(call: Call) -> Answer:
    return _sandbox_answer(call, call.numbers[0])


def _create_sandbox(call: Call) -> Answer:
    (project_id,) = call.numbers
    name = call.field("sandbox", "name")
    if not any(number == project_id for number, _ in call.store.projects()):
        return NOT_FOUND
    if not isinstance(name, str) or not name:
        return answer(422, {"errors": {"name": ["can't be blank"]}})
    return _sandbox_answer(call, call.store.create_sandbox(project_id, name))


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
    return _sandbox_answer(call, number)


def _delete_sandbox(call: Call) -> Answer:
    (number,) = call.numbers
    gone = _sandbox_answer(call, number)
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


def _project_answer(call: Call, number: int) -> Answer:
    from . import documents

    name = dict(call.store.projects()).get(number)
    if name is None:
        return NOT_FOUND
    return answer(200, documents.project(number, name, call.store.sandboxes(project_id=number), _list_smtp_ports(call)))


def _list_projects(call: Call) -> Answer:
    from . import documents

    found = [(number, name, call.store.sandboxes(project_id=number)) for number, name in call.store.projects()]
    smtp_ports = _list_smtp_ports(call)
    return answer(200, [documents.project(*project, smtp_ports) for project in found])


def _show_project(call: Call) -> Answer:
    return _project_answer(call, call.numbers[0])


def _named_project(call: Call, act: Callable[[str], int]) -> Answer:
    name = call.field("project", "name")
    if not isinstance(name, str) or not 2 <= len(name) <= 100:
        return answer(422, {"errors": {"name": ["must have from 2 to 100 characters"]}})
    return _project_answer(call, act(name))


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
    if _project_answer(call, number).status == 404:
        return NOT_FOUND
    call.store.delete_project(number)
    return answer(200, {"id": number})


_SANDBOX = f"/api/sandboxes/{ID}"

ROUTES: Routes = {
    "/api/sandboxes": {"GET": _list_sandboxes},
    _SANDBOX: {"GET": _show_sandbox, "PATCH": _update_sandbox, "DELETE": _delete_sandbox},
    f"{_SANDBOX}/clean": {"PATCH": _clean},
    f"{_SANDBOX}/all_read": {"PATCH": _all_read},
    f"{_SANDBOX}/reset_credentials": {"PATCH": _reset_credentials},
    f"{_SANDBOX}/toggle_email_username": {"PATCH": _toggle_email},
    f"{_SANDBOX}/reset_email_username": {"PATCH": _reset_email},
    "/api/projects": {"GET": _list_projects, "POST": _create_project},
    f"/api/projects/{ID}": {"GET": _show_project, "PATCH": _update_project, "DELETE": _delete_project},
    f"/api/projects/{ID}/sandboxes": {"POST": _create_sandbox},
}
