"""Render the pages: the inbox's frame, templates, logs, stats, suppressions, webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from ..webhooks import list_deliveries
from .reader import Reader

NAVIGATION = (
    ("/", "Inbox"),
    ("/templates", "Templates"),
    ("/logs", "Logs"),
    ("/stats", "Stats"),
    ("/suppressions", "Suppressions"),
    ("/webhooks", "Webhooks"),
)
MEASURES = ("delivery", "open", "click", "bounce", "spam")
ATTEMPTS = 50  # how many recent webhook deliveries to show
STATUSES = ("delivered", "not_delivered", "enqueued", "opted_out")


class Pages:
    """Render each page from the local sandbox's own API answers."""

    def __init__(self, reader: Reader, variables: Mapping[str, str]) -> None:
        self._reader = reader
        self._variables = variables
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).with_name("pages")),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {"time": _format_time, "number": _format_number, "percent": _format_percent}

    def list_routes(self) -> list[BaseRoute]:
        """Return the route of each page."""
        return [
            Route("/", self._show_inbox),
            Route("/messages/{number:int}", self._show_inbox),
            Route("/templates", self._show_templates),
            Route("/logs", self._show_logs),
            Route("/logs/{uuid}", self._show_log),
            Route("/stats", self._show_stats),
            Route("/suppressions", self._show_suppressions),
            Route("/webhooks", self._show_webhooks),
        ]

    def _render(self, name: str, title: str, request: Request, **values: Any) -> Response:
        template = self._templates.get_template(f"{name}.html")
        page = template.render(
            title=title, navigation=NAVIGATION, current=f"/{request.url.path[1:].partition('/')[0]}", **values
        )
        return HTMLResponse(page.encode("utf-8", "replace"))

    def _show_inbox(self, request: Request) -> Response:
        return self._render("inbox", "Inbox", request, variables=self._variables)

    def _show_templates(self, request: Request) -> Response:
        return self._render("templates", "Templates", request, templates=self._reader.ask("/api/email_templates") or [])

    def _show_logs(self, request: Request) -> Response:
        query = request.query_params
        search, status = query.get("search", "").strip(), query.get("status", "")
        filters: dict[str, object] = {}
        if search:
            filters |= {"filters[to][operator]": "ci_contain", "filters[to][value]": search}
        if status:
            filters |= {"filters[status][operator]": "equal", "filters[status][value]": status}
        found = self._reader.ask("/api/email_logs", search_after=query.get("after", ""), **filters) or {}
        return self._render(
            "logs",
            "Logs",
            request,
            entries=found.get("messages") or [],
            total=found.get("total_count") or 0,
            after=found.get("next_page_cursor"),
            search=search,
            status=status,
            statuses=STATUSES,
        )

    def _show_log(self, request: Request) -> Response:
        entry = self._reader.ask(f"/api/email_logs/{request.path_params['uuid']}")
        if entry is None:
            raise HTTPException(404, "No log entry has this ID")
        return self._render("log", "Logs", request, entry=entry)

    def _show_stats(self, request: Request) -> Response:
        ask = self._reader.ask
        groups = (
            ("Category", "category", ask("/api/stats/categories")),
            ("Domain", "domain_id", ask("/api/stats/domains")),
            ("Email service provider", "email_service_provider", ask("/api/stats/email_service_providers")),
        )
        days = ask("/api/stats/date") or []
        names = {domain["id"]: domain["domain_name"] for domain in (ask("/api/domains") or {}).get("data") or ()}
        return self._render(
            "stats",
            "Stats",
            request,
            total=ask("/api/stats"),
            measures=MEASURES,
            days=days,
            busiest=max((day["stats"]["delivery_count"] + day["stats"]["bounce_count"] for day in days), default=0),
            groups=groups,
            domains=names,
        )

    def _show_suppressions(self, request: Request) -> Response:
        found = self._reader.ask("/api/suppressions", last_id=request.query_params.get("after", ""))
        rows = (found or {}).get("data") or [] if isinstance(found, dict) else found or []
        return self._render("suppressions", "Suppressions", request, suppressions=rows)

    def _show_webhooks(self, request: Request) -> Response:
        found = self._reader.ask("/api/webhooks") or {}
        attempts = list_deliveries(self._reader.store, size=ATTEMPTS)
        return self._render("webhooks", "Webhooks", request, webhooks=found.get("data") or [], attempts=attempts)


def _format_time(value: str | None) -> str:
    """Format a time element, which the page's script converts to the reader's time zone."""
    if not value:
        return ""
    return Markup('<time datetime="{0}">{1} UTC</time>').format(value, value[:16].replace("T", " "))


def _format_number(value: float | None) -> str:
    return f"{value or 0:,}"


def _format_percent(value: float | None) -> str:
    return f"{(value or 0) * 100:.1f} %"
