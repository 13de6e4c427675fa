"""The loop that waits for messages, against a real server, with a clock that does not sleep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from mailtrap_cli.cli.context import World
from mailtrap_cli.sandbox.mailbox import Filters, Mail, Mailbox
from mailtrap_cli.sandbox.wait import Clock, Wait
from tests.commands.conftest import Inbox, message
from tests.conftest import Run
from tests.loopback import Loopback, Reply, Request


@dataclass
class FakeTime:
    """Time that passes only when somebody sleeps; `then` runs during each sleep."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)
    then: Callable[[int], None] = lambda times: None

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        self.then(len(self.slept))

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.now, sleep=self.sleep)


@pytest.fixture
def inbox(server: Loopback) -> Inbox:
    found = Inbox(server)
    server.script = found.answer
    return found


@pytest.fixture
def box(inbox: Inbox, environment: dict[str, str]) -> Iterator[Mailbox]:
    with World(env={**environment, **inbox.env}).mailbox(None) as found:
        yield found


def is_wanted(mail: Mail) -> bool:
    return mail.text == "wanted"


def test_a_message_that_shows_up_below_the_newest_id_is_found(inbox: Inbox, box: Mailbox) -> None:
    time = FakeTime()
    inbox.messages = [message(41)]

    def deliver(times: int) -> None:
        if times == 2:
            inbox.messages.append(message(40, to_email="zoe@example.com"))

    time.then = deliver
    found = Wait(box, Filters(to="zoe@example.com"), 30, clock=time.clock).run()
    assert [mail.id for mail in found] == [40]


@pytest.mark.parametrize("status", [404, 409])
def test_a_message_whose_body_arrives_late_is_checked_again(inbox: Inbox, box: Mailbox, status: int) -> None:
    time = FakeTime()
    inbox.messages = [message(1)]
    inbox.parts["/1/body.txt"] = inbox.parts["/1/body.html"] = Reply(status, {"error": "Not Found"})

    def deliver(times: int) -> None:
        if times == 3:
            inbox.parts["/1/body.txt"] = Reply(200, "wanted")
            # The message is no longer among those that each look goes through.
            inbox.messages = [message(number, to_email="bob@example.com") for number in range(80, 1, -1)] + [message(1)]

    time.then = deliver
    found = Wait(box, Filters(to="ada@example.com"), 30, accept=is_wanted, clock=time.clock).run()
    assert [mail.id for mail in found] == [1]


def test_a_message_without_html_is_not_checked_forever(inbox: Inbox, box: Mailbox) -> None:
    time = FakeTime()
    inbox.messages = [message(number) for number in range(20, 0, -1)]
    for number in range(1, 21):
        inbox.parts[f"/{number}/body.txt"] = Reply(200, "other")
    waiting = Wait(box, Filters(), 600, accept=is_wanted, clock=time.clock)
    assert waiting.run() == []
    assert set(waiting.refused) == set(range(1, 21))
    bodies = [request for request in inbox.server.requests if request.path.endswith("body.txt")]
    assert len(bodies) < 100


def test_the_pauses_grow_and_the_last_one_ends_on_time(inbox: Inbox, box: Mailbox) -> None:
    time = FakeTime()
    told: list[str] = []
    Wait(box, Filters(), 20, clock=time.clock, on_wait=lambda: told.append("waiting")).run()
    assert time.slept[:3] == [0.5, 0.75, 1.125]
    assert max(time.slept) <= 5
    assert sum(time.slept) == pytest.approx(20)
    assert told == ["waiting"]


def test_nothing_is_shown_if_the_message_is_already_there(inbox: Inbox, box: Mailbox) -> None:
    inbox.messages = [message(1)]
    told: list[str] = []
    Wait(box, Filters(), 20, on_wait=lambda: told.append("waiting")).run()
    assert told == []


@pytest.mark.parametrize(("ahead", "age", "code"), [(-90, 50, 0), (90, 50, 0), (-90, 70, 10), (90, 70, 10), (0, 50, 0)])
def test_since_follows_the_servers_clock(mailtrap: Run, inbox: Inbox, ahead: int, age: int, code: int) -> None:
    there = datetime.now(UTC) + timedelta(seconds=ahead)
    inbox.messages = [message(1, created_at=(there - timedelta(seconds=age)).isoformat())]

    def script(request: Request) -> Reply:
        reply = inbox.answer(request)
        return Reply(reply.status, reply.body, {"Date": format_datetime(there, usegmt=True)})

    inbox.server.script = script
    assert mailtrap("messages", "wait", "--since", "1m", "--wait", "0", "-q", env=inbox.env).code == code
