"""Delayed events of magic addresses (`local serve --event-delay`)."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

from mailtrap_cli.local.app import Sandbox
from mailtrap_cli.local.delivery import settle_delayed
from mailtrap_cli.local.store import Store
from tests.conftest import Run
from tests.local.conftest import Api, Serve
from tests.loopback import until


def kinds_of(api: Api, number: int) -> list[str]:
    return [event.kind for event in api.store.log.events(number)]


def test_events_of_magic_addresses_are_delayed_but_deliveries_are_not(tmp_path: Path) -> None:
    store = Store(tmp_path / "state", event_delay=60.0)
    api = Api(store)
    api.sandbox = Sandbox(store)
    for name in ("ada", "bounce", "click", "spam", "soft-bounce"):
        api.sent(host="send", to=[{"email": f"{name}@example.com"}])
    api.sent(host="send", to=[{"email": "bounce@example.com"}])  # not suppressed yet
    assert [kinds_of(api, number) for number in range(1, 7)] == [
        *(["delivery"], [], ["delivery"], ["delivery"], [], []),
    ]
    shown: list[dict[str, Any]] = api.get("/api/email_logs")["messages"]
    assert [row["status"] for row in shown[::-1]] == [
        *("delivered", "enqueued", "delivered", "delivered", "enqueued", "enqueued"),
    ]
    domain = store.resources.find("domain", "acme.example")
    assert domain is not None
    api.ask("account", "POST", "/api/tracking_opt_outs", {"email": "click@example.com", "domain_id": domain.id})
    sent_at = store.log.entries("1", (), size=1)[0].sent_at
    assert settle_delayed(store, sent_at + 59_000) == 0
    store.close()

    store = Store(tmp_path / "state")  # another process, later
    api = Api(store)
    assert settle_delayed(store, sent_at + 61_000) == 6
    assert [kinds_of(api, number) for number in range(1, 7)] == [
        *(["delivery"], ["bounce"], ["delivery"], ["delivery", "spam"], ["soft_bounce"], ["bounce"]),
    ]
    shown = api.get("/api/email_logs")["messages"]
    assert [row["status"] for row in shown[::-1]] == [
        *("delivered", "not_delivered", "delivered", "delivered", "enqueued", "not_delivered"),
    ]
    suppressed = api.get("/api/suppressions")
    assert {row["email"]: row["type"] for row in suppressed} == {
        "bounce@example.com": "hard bounce",
        "spam@example.com": "spam complaint",
    }
    api.sent(host="send", to=[{"email": "bounce@example.com"}])
    assert kinds_of(api, 7) == ["reject"]
    stats = api.get("/api/stats?start_date=2020-01-01&end_date=2099-01-01")
    assert (stats["bounce_count"], stats["spam_count"], stats["click_count"]) == (2, 1, 0)
    store.close()


def test_delayed_events_survive_the_end_of_the_server(serve: Serve, mailtrap: Run) -> None:
    server = serve("--event-delay", "1h")
    server.send("/send/api/send", to=[{"email": "bounce@example.com"}])
    server.end(signal.SIGKILL)
    store = Store(Path(mailtrap("local", "path").out.strip()).parent)
    with store.database.writing() as db:
        db.execute("UPDATE delayed_events SET due_at = 0")
    serve()
    until(lambda: bool(store.log.events(1)))
    store.close()
