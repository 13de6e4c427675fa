"""The paths of the web inbox: its pages, their data under `/web`, and its files."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route, Router

from ...errors import InputError
from ..calls import number_in
from .frame import build_policy, render_frame
from .live import Changes
from .message import Message, attachment_header, file_name
from .pages import Pages
from .reader import MOST, PAGE, Reader
from .search import parse_search

ASSETS = Path(__file__).with_name("assets")
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
NUMBER = "{number:int}"


def create_router(reader: Reader, changes: Changes, variables: Mapping[str, str]) -> Router:
    """Create the router for everything the web inbox answers."""
    routes: list[BaseRoute] = [
        *Pages(reader, variables).list_routes(),
        Route("/web/assets/{name}", _serve_asset),
        Route("/web/events", _stream_events(changes)),
        Route(f"/web/templates/{NUMBER}/html", _preview_template(reader)),
        *_list_message_routes(reader),
    ]
    return Router(routes, redirect_slashes=False)


def _serve_asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in os.listdir(ASSETS):
        raise HTTPException(404, "No such file")
    content = (ASSETS / name).read_bytes()
    tag = f'"{sha256(content).hexdigest()[:16]}"'
    headers = {"cache-control": "no-cache", "etag": tag}  # revalidated on each request, sent only if changed
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=KINDS[Path(name).suffix], headers=headers)


def _answer_frame(html: str, embed: Callable[[str], str], *, dark: bool = False, remote: bool = False) -> Response:
    nonce = b64encode(os.urandom(18)).decode()
    document = render_frame(html, embed, nonce, dark=dark, remote=remote)
    headers = {"content-security-policy": build_policy(nonce, remote=remote), "x-frame-options": "SAMEORIGIN"}
    return Response(document.encode("utf-8", "replace"), media_type="text/html", headers=headers)


def _preview_template(reader: Reader) -> Callable[[Request], Response]:
    def preview(request: Request) -> Response:
        template = reader.ask(f"/api/email_templates/{request.path_params['number']}")
        if template is None:
            raise HTTPException(404, "This template has been deleted")
        return _answer_frame(template["body_html"], str)

    return preview


def _stream_events(changes: Changes) -> Callable[[Request], Any]:
    async def stream(request: Request) -> Response:
        return StreamingResponse(changes.listen(), media_type="text/event-stream")

    return stream


# Starlette runs non-coroutine handlers in threads, so that none of them blocks the API.


def _list_message_routes(reader: Reader) -> list[BaseRoute]:
    def list_messages(request: Request) -> Response:
        query = request.query_params
        unread, stream = query.get("unread") == "1", query.get("stream", "")
        rows: list[dict[str, Any]] = []
        following = problem = None
        try:
            rows, following = reader.find_messages(
                parse_search(query.get("search", ""), unread=unread, stream=stream),
                number_in(query.get("sandbox", "")),
                number_in(query.get("before", "")),
                min(number_in(query.get("limit", "")) or PAGE, MOST),
            )
        except InputError as error:  # usually half-typed
            problem = error.message
        sandboxes = reader.list_sandboxes()
        return JSONResponse({"messages": rows, "next": following, "problem": problem, "sandboxes": sandboxes})

    def clear_messages(request: Request) -> Response:
        sandbox_id = number_in(request.query_params.get("sandbox", ""))
        if sandbox_id is None:
            reader.store.clear()
        else:
            reader.store.delete(sandbox_id, None)
        return Response(status_code=204)

    def mark_all(request: Request) -> Response:
        reader.store.set_read(number_in(request.query_params.get("sandbox", "")), None, True)
        return Response(status_code=204)

    def show_message(request: Request) -> Response:
        return JSONResponse(find(request).describe())

    def mark_message(request: Request) -> Response:
        reader.store.set_read(None, find(request).captured.id, request.query_params.get("read") == "1")
        return Response(status_code=204)

    def delete_message(request: Request) -> Response:
        reader.store.delete(None, find(request).captured.id)
        return Response(status_code=204)

    def show_html(request: Request) -> Response:
        message, query = find(request), request.query_params
        embed = message.inline_images().embed
        return _answer_frame(
            message.html or "", embed, dark=query.get("dark") == "1", remote=query.get("remote") == "1"
        )

    def show_headers(request: Request) -> Response:
        return JSONResponse(find(request).read_headers())

    def show_checks(request: Request) -> Response:
        return JSONResponse(find(request).run_checks())

    def show_source(request: Request) -> Response:
        return Response(find(request).read_source(), media_type="text/plain")

    def download_message(request: Request) -> Response:
        message = find(request)
        headers = {"content-disposition": attachment_header(f"message-{message.captured.id}.eml")}
        return Response(message.read_source(), media_type="message/rfc822", headers=headers)

    def download_part(request: Request) -> Response:
        part = find(request).find_part(request.path_params["part"])
        if part is None:
            raise HTTPException(404, "No such attachment")
        # Never a type that a browser would run or display: captured content may be anything.
        headers = {"content-disposition": attachment_header(file_name(part))}
        return Response(part.content, media_type="application/octet-stream", headers=headers)

    def find(request: Request) -> Message:
        number: int = request.path_params["number"]
        message = Message.find(reader, number) if number < 1 << 63 else None
        if message is None:
            raise HTTPException(404, "This message has been deleted")
        return message

    one = f"/web/messages/{NUMBER}"
    return [
        Route("/web/messages", list_messages, methods=["GET"]),
        Route("/web/messages", clear_messages, methods=["DELETE"]),
        Route("/web/messages", mark_all, methods=["PATCH"]),
        Route(one, show_message, methods=["GET"]),
        Route(one, mark_message, methods=["PATCH"]),
        Route(one, delete_message, methods=["DELETE"]),
        Route(f"{one}/html", show_html),
        Route(f"{one}/headers", show_headers),
        Route(f"{one}/checks", show_checks),
        Route(f"{one}/source", show_source),
        Route(f"{one}/message.eml", download_message),
        Route(f"{one}/attachments/{{part:int}}", download_part),
    ]
