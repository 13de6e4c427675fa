"""Captured messages and their attachments (sandbox.openapi.yml)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..api.responses import Answer
from .calls import ID, NOT_FOUND, Call, Routes, number_in, refused
from .replies import answer
from .store import Captured

PAGE = 30  # messages (sandbox.openapi.yml, getSandboxEmailMessage)
NOTHING_LEAVES = "The local sandbox does not forward messages: nothing leaves this machine"


def _list_messages(call: Call) -> Answer:
    from . import documents

    (sandbox_id,) = call.numbers
    if not call.store.has_sandbox(sandbox_id):
        return NOT_FOUND
    last, page = number_in(call.param("last_id")), number_in(call.param("page"))
    found = call.store.page(
        sandbox_id,
        search=call.param("search"),
        before=last,
        offset=0 if last or not page else (page - 1) * PAGE,
        size=PAGE,
    )
    return answer(200, [documents.message(captured) for captured in found])


Respond = Callable[[Call, Captured, dict[str, Any]], Answer]


def _find_message(respond: Respond) -> Callable[[Call], Answer]:
    """Make a route that needs its message, both as a list shows it and complete; 404 if it does not exist."""

    def route(call: Call) -> Answer:
        found = call.store.message(call.numbers[0], call.numbers[1])
        return NOT_FOUND if found is None else respond(call, *found)

    return route


def _show_message(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    from . import documents

    return answer(200, documents.message(captured))


def _update_message(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    read = str(call.field("message", "is_read")).lower()
    if read not in ("true", "false"):
        return refused(422, "is_read must be true or false")
    call.store.set_read(captured.sandbox_id, captured.id, read == "true")
    changed = call.store.message(captured.sandbox_id, captured.id)
    return NOT_FOUND if changed is None else answer(200, _shorten_message(changed[0]))


def _delete(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    call.store.delete(captured.sandbox_id, captured.id)
    return answer(200, _shorten_message(captured))


def _shorten_message(captured: Captured) -> dict[str, Any]:
    """Describe a message as updates and deletions return it: with `blacklists_report_info` as a boolean."""
    from . import documents

    return {**documents.message(captured), "blacklists_report_info": False}


def _forward_message(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    return refused(422, NOTHING_LEAVES)


def _report_spam(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    from . import documents

    return answer(200, documents.spam_report())


def _analyze_html(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    from .html import analysis

    return answer(200, analysis(message.get("html") or ""))


def _read_text(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    return _read_part(message.get("text"), "text/plain")


def _read_html(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    """Return the HTML as the recipient gets it: with tracking if it was sent live and a server runs that can follow
    it.
    """
    html = message.get("html")
    if html and captured.sandbox_id == 0:
        from .ready_file import find_server
        from .tracking import track_html

        base = call.base.removesuffix("/account") if call.is_served else find_server(call.store.path.parent)
        html = html if base is None else track_html(call.store, captured, html, base)
    return _read_part(html, "text/html")


def _read_html_source(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    return _read_part(message.get("html"), "text/html")


def _read_part(body: str | None, kind: str) -> Answer:
    if not body:
        return Answer(409, {"content-type": "text/plain; charset=utf-8"}, b"Conflict")
    return Answer(200, {"content-type": f"{kind}; charset=utf-8"}, body.encode("utf-8", "replace"))


def _read_raw(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    from .mime import raw

    return Answer(200, {"content-type": "text/plain; charset=utf-8"}, raw(captured, message))


def _read_eml(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    from .mime import raw

    return Answer(200, {"content-type": "message/rfc822"}, raw(captured, message))


def _read_headers(call: Call, captured: Captured, message: dict[str, Any]) -> Answer:
    from .mime import list_headers

    headers: dict[str, str] = {}
    for name, text in list_headers(captured, message):
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
            # Never a type that a browser would run or display: captured content may be anything.
            return Answer(200, {"content-type": "application/octet-stream"}, part.content)
    return NOT_FOUND


_MESSAGE = f"/api/sandboxes/{ID}/messages/{ID}"

ROUTES: Routes = {
    f"/api/sandboxes/{ID}/messages": {"GET": _list_messages},
    _MESSAGE: {
        "GET": _find_message(_show_message),
        "PATCH": _find_message(_update_message),
        "DELETE": _find_message(_delete),
    },
    rf"{_MESSAGE}/body\.txt": {"GET": _find_message(_read_text)},
    rf"{_MESSAGE}/body\.html": {"GET": _find_message(_read_html)},
    rf"{_MESSAGE}/body\.htmlsource": {"GET": _find_message(_read_html_source)},
    rf"{_MESSAGE}/body\.raw": {"GET": _find_message(_read_raw)},
    rf"{_MESSAGE}/body\.eml": {"GET": _find_message(_read_eml)},
    f"{_MESSAGE}/mail_headers": {"GET": _find_message(_read_headers)},
    f"{_MESSAGE}/forward": {"POST": _find_message(_forward_message)},
    f"{_MESSAGE}/spam_report": {"GET": _find_message(_report_spam)},
    f"{_MESSAGE}/analyze": {"GET": _find_message(_analyze_html)},
    f"{_MESSAGE}/attachments": {"GET": _find_message(_list_attachments)},
    f"{_MESSAGE}/attachments/{ID}": {"GET": _find_message(_show_attachment)},
    f"{_MESSAGE}/attachments/{ID}/download": {"GET": _find_message(_download_attachment)},
}
