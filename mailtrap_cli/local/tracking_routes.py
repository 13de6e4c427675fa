"""The server's side of tracking: the pixel, the links, and the pages for unsubscribing and opting out."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from .store import Store
from .tracking import find_entry, follow_click, opt_out, quote_location, record_visit, unsubscribe

_PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{action}</title>
<form method="post"><p>{question}</p><button>{action}</button></form></html>"""


def list_routes(store: Store) -> list[Route]:
    """Return the routes. They need no token: only the email contains the message ID, and that is enough."""

    async def show_pixel(request: Request) -> Response:
        entry = find_entry(store, request.path_params["message_id"])
        if entry is None:
            return _not_found()
        if request.method == "GET":
            record_visit(store, entry, "open", **_describe_visitor(request))
        return Response(_PIXEL, media_type="image/gif", headers=_HEADERS)

    async def redirect_click(request: Request) -> Response:
        found = follow_click(store, request.path_params["message_id"], request.path_params["number"])
        if found is None:
            return _not_found()
        entry, url = found
        if request.method == "GET":
            record_visit(store, entry, "click", url=url, **_describe_visitor(request))
        return Response(status_code=302, headers={**_HEADERS, "Location": quote_location(url)})

    async def ask_unsubscribe(request: Request) -> Response:
        return answer_form(request, "Unsubscribe", "Stop receiving these emails?")

    async def ask_opt_out(request: Request) -> Response:
        return answer_form(request, "Stop tracking", "Stop tracking opens and clicks of these emails?")

    def answer_form(request: Request, action: str, question: str) -> Response:
        entry = find_entry(store, request.path_params["message_id"])
        if entry is None:
            return _not_found()
        if request.method != "POST":
            page = _PAGE.format(action=action, question=question)
            policy = "default-src 'none'; form-action 'self'; frame-ancestors 'none'"
            return Response(page, media_type="text/html", headers={**_HEADERS, "Content-Security-Policy": policy})
        if action == "Unsubscribe":
            unsubscribe(store, entry, **_describe_visitor(request))
        else:
            opt_out(store, entry)
        return PlainTextResponse("Done.", headers=_HEADERS)

    return [
        Route("/open/{message_id}.gif", show_pixel, methods=["GET"]),
        Route("/click/{message_id}/{number:int}", redirect_click, methods=["GET"]),
        Route("/unsubscribe/{message_id}", ask_unsubscribe, methods=["GET", "POST"]),
        Route("/opt-out/{message_id}", ask_opt_out, methods=["GET", "POST"]),
    ]


def _describe_visitor(request: Request) -> dict[str, str]:
    return {
        "ip": request.client.host if request.client else "",
        "user_agent": request.headers.get("user-agent", ""),
    }


def _not_found() -> Response:
    return PlainTextResponse("Not Found", 404, headers=_HEADERS)
