"""The REST engine: requests on the wire, names for ids, lists that go on, questions."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
import typer

from mailtrap_cli.api.client import Client
from mailtrap_cli.api.paging import Paging, pages
from mailtrap_cli.cli import rest
from mailtrap_cli.cli.context import World
from mailtrap_cli.cli.rest import Field, Id, Operation, Resource
from mailtrap_cli.errors import InputError, TransportError
from mailtrap_cli.output import Column
from tests.conftest import PROGRAM, Run
from tests.loopback import Loopback, Reply, Request
from tests.terminal import Terminal

SANDBOXES = [{"id": 7, "name": "Staging"}, {"id": 8, "name": "Twin"}, {"id": 9, "name": "twin"}]


@pytest.fixture
def api(server: Loopback) -> Iterator[Client]:
    world = World(env={**server.env, "HOME": "/nonexistent", "MAILTRAP_CONFIG": "/nonexistent/config.toml"})
    with world.api(world.settings()) as client:
        yield client


def test_an_id_goes_into_the_path_and_the_fields_under_their_key(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(200, {"id": 7, "name": "Review"}))
    result = mailtrap("sandboxes", "update", "7", "--name", "Review", "-o", "json", env=server.env)
    (request,) = server.requests
    assert (request.method, request.path) == ("PATCH", "/account/api/sandboxes/7")
    assert request.json() == {"sandbox": {"name": "Review"}}
    assert result.json() == {"id": 7, "name": "Review"}


def test_a_name_is_looked_up_whatever_its_case(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(200, SANDBOXES), Reply(200, {"id": 7, "name": "Staging"}))
    assert mailtrap("sandboxes", "toggle-email", "staging", "-q", env=server.env).out == "7\n"
    assert server.requests[1].path == "/account/api/sandboxes/7/toggle_email_username"
    assert server.requests[1].body == b""


def test_a_name_that_two_have_is_refused_with_their_ids_and_nothing_is_deleted(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(200, SANDBOXES))
    result = mailtrap("sandboxes", "delete", "Twin", "--yes", env=server.env)
    assert result.code == 2
    assert "Twin is the name of 2 sandboxes" in result.err
    assert "8, 9" in result.err
    assert len(server.requests) == 1


def test_a_name_that_nobody_has_is_not_found_and_the_nearest_is_named(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(200, SANDBOXES))
    result = mailtrap("sandboxes", "get", "Stagin", env=server.env)
    assert result.code == 5
    assert "staging" in result.err


def test_a_deletion_without_a_terminal_needs_yes(mailtrap: Run, server: Loopback) -> None:
    result = mailtrap("projects", "delete", "7", env=server.env)
    assert result.code == 2
    assert "--yes" in result.err
    assert server.requests == []
    result = mailtrap("sandboxes", "reset-credentials", "7", env=server.env)
    said = "ask on: Replace the SMTP credentials of the sandbox 7: Whatever sends with the old ones will fail.\n"
    assert said in result.err


@pytest.mark.parametrize(("answer", "requests"), [("n\n", 0), ("\n", 0), ("y\n", 1)])
def test_a_deletion_asks_on_a_terminal(
    environment: dict[str, str], server: Loopback, answer: str, requests: int
) -> None:
    if requests:
        server.reply(Reply(200, {"id": 7}))
    terminal = Terminal([PROGRAM, "projects", "delete", "7"], {**environment, **server.env})
    terminal.type(answer)
    assert terminal.wait() == 0
    assert "Delete the project 7 and all its sandboxes? [y/N]" in terminal.screen
    assert ("Nothing was done" in terminal.screen) == (requests == 0)
    assert len(server.requests) == requests


def test_a_change_of_nothing_is_refused(mailtrap: Run, server: Loopback) -> None:
    result = mailtrap("sandboxes", "update", "7", env=server.env)
    assert result.code == 2
    assert "--name, --email-username" in result.err


@pytest.mark.parametrize(
    ("reply", "code", "words"),
    [
        (Reply(401, {"error": "Incorrect API token"}), 4, "config show --origins"),
        (Reply(403, {"errors": "Account access forbidden"}), 4, "permissions"),
        (Reply(404, {"error": "Not Found"}), 5, "There is no project 7 for this token"),
        (Reply(422, {"errors": {"name": ["is taken", "is too short"]}}), 1, "name is too short"),
        (Reply(200, "<html><title>Sign in</title></html>"), 7, "Sign in"),
        (Reply(200, [1, 2]), 7, "does not hold a list or an object"),
        (Reply(200, '"text"'), 7, "does not hold a list or an object"),
    ],
)
def test_a_refusal_or_a_strange_answer_is_one_sentence(
    mailtrap: Run, server: Loopback, reply: Reply, code: int, words: str
) -> None:
    server.reply(reply)
    result = mailtrap("projects", "get", "7", env=server.env)
    assert (result.code, result.out) == (code, "")
    assert words in result.err


def test_an_answer_of_nothing_says_what_was_done(server: Loopback) -> None:
    server.reply(Reply(204))
    operation = Operation("delete", "DELETE", "/api/things/{thing}", "Delete.", "", done="Deleted {thing}.")
    out, err = run(server, operation, "ada+x@example.com/../1")
    assert (out, err) == ("", "Deleted ada+x@example.com/../1.\n")
    assert server.requests[0].path == "/account/api/things/ada%2Bx%40example.com%2F..%2F1"


def test_query_parameters_keep_the_apis_names_under_flags_of_their_own(server: Loopback) -> None:
    server.reply(Reply(200, []))
    fields = (Field("domain_ids[]", "Only these.", kind=int, many=True, option="--domain-id"), Field("from", "Start."))
    operation = Operation("list", "GET", "/api/stats", "List.", "", fields=fields)
    run(server, operation, "--domain-id", "1", "--domain-id", "2", "--from", "2026-01-01")
    assert server.requests[0].path == "/account/api/stats?domain_ids%5B%5D=1&domain_ids%5B%5D=2&from=2026-01-01"


def test_a_list_goes_on_by_the_last_id_and_stops_at_the_limit(server: Loopback) -> None:
    def script(request: Request) -> Reply:
        before = int(request.path.partition("last_id=")[2] or 8)
        return Reply(200, [{"id": number} for number in range(before - 1, max(before - 4, 0), -1)])

    server.script = script
    operation = Operation("list", "GET", "/api/things", "List.", "", paging=Paging("last_id", size=3))
    assert run(server, operation) == ("id\n7\n6\n5\n4\n3\n2\n1\n", "")
    assert [request.path.partition("?")[2] for request in server.requests] == ["", "last_id=5", "last_id=2"]
    out, err = run(server, operation, "--limit", "2")
    assert out == "id\n7\n6\n"
    assert "more than these 2" in err


def test_a_list_goes_on_by_the_answers_cursor(api: Client, server: Loopback) -> None:
    server.reply(
        Reply(200, {"messages": [{"id": "a"}], "next": "a"}),
        Reply(200, {"messages": [{"id": "b"}], "next": None}),
    )
    rows = pages(api, "/api/logs", Paging("after", cursor="next"), {"q": "x"}, rows="messages")
    assert [row["id"] for row in rows] == ["a", "b"]
    assert server.requests[1].path == "/account/api/logs?q=x&after=a"


def test_a_cursor_that_stays_where_it_is_does_not_go_round_for_ever(api: Client, server: Loopback) -> None:
    server.reply(Reply(200, {"messages": [], "next": "a"}), Reply(200, {"messages": [], "next": "a"}))
    assert list(pages(api, "/api/logs", Paging("after", cursor="next"), rows="messages")) == []


def test_a_page_of_another_shape_is_said(api: Client, server: Loopback) -> None:
    server.reply(Reply(200, {"error": "none"}))
    with pytest.raises(TransportError, match="expected"):
        list(pages(api, "/api/logs", Paging("after", cursor="next"), rows="messages"))


def test_a_name_is_looked_up_below_the_ids_before_it(api: Client, server: Loopback) -> None:
    server.reply(Reply(200, {"data": [{"id": 3, "name": "In"}]}))
    inbox = Id("The inbox.", path="/api/folders/{folder}/inboxes", rows="data")
    assert rest.resolve(api, inbox, "in", {"folder": 5}) == 3
    assert server.requests[0].path == "/account/api/folders/5/inboxes"


def test_a_choice_that_is_none_is_refused(server: Loopback) -> None:
    operation = Operation(
        "list", "GET", "/api/things", "List.", "", fields=(Field("kind", "Kind.", choices=("a", "b")),)
    )
    with pytest.raises(InputError, match="--kind: 'c' is not one of a, b"):
        run(server, operation, "--kind", "c")


def run(server: Loopback, operation: Operation, *arguments: str) -> tuple[str, str]:
    """Run one operation of a resource made up for the purpose, by its command line; stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    world = World(env={**server.env, "MAILTRAP_CONFIG": "/nonexistent/config.toml"}, stdout=out, stderr=err)
    resource = Resource((Column("ID", "id"),), {"thing": Id("The thing.", kind=str)}, (operation,))
    typer.main.get_command(rest.app(resource)).main(arguments, obj=world, standalone_mode=False)
    return out.getvalue(), err.getvalue()


@pytest.mark.parametrize("arguments", [("list",), ("get", "5"), ("get", "acme.example")])
def test_what_the_embedded_sandbox_does_not_have_is_said_with_what_it_has(
    mailtrap: Run, arguments: tuple[str, ...]
) -> None:
    result = mailtrap("domains", *arguments, "-p", "local")
    assert result.code == 5
    assert "The embedded sandbox does not have GET /api/domains" in result.err
    assert "it has messages, attachments, sandboxes" in result.err
