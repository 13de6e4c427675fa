"""The REST engine: requests on the wire, names for IDs, paged lists, confirmations."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from mailtrap_cli.api.client import Client
from mailtrap_cli.api.paging import Paging, read_pages
from mailtrap_cli.api.rate_limit import Throttle
from mailtrap_cli.api.responses import LOCAL_GAP, Answer, failure_of
from mailtrap_cli.cli import rest
from mailtrap_cli.cli.context import World
from mailtrap_cli.cli.names import resolve_id
from mailtrap_cli.cli.rest import Field, Id, Kind, Operation, Resource, standard_verbs
from mailtrap_cli.errors import ApiError, InputError, MailtrapError, NotInLocalSandbox, TransportError
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


def test_an_ambiguous_name_is_refused_with_its_ids(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(200, SANDBOXES))
    result = mailtrap("sandboxes", "delete", "Twin", "--yes", env=server.env)
    assert result.code == 2
    assert "Twin names more than one sandbox" in result.err
    assert "8, 9" in result.err
    assert len(server.requests) == 1


def test_an_unknown_name_is_not_found_and_the_nearest_is_suggested(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(200, SANDBOXES))
    result = mailtrap("sandboxes", "get", "Stagin", env=server.env)
    assert result.code == 5
    assert "Did you mean Staging" in result.err


def test_a_deletion_without_a_terminal_needs_yes(mailtrap: Run, server: Loopback) -> None:
    result = mailtrap("projects", "delete", "7", env=server.env)
    assert result.code == 2
    assert "--yes" in result.err
    assert server.requests == []
    result = mailtrap("sandboxes", "reset-credentials", "7", env=server.env)
    said = "Refusing to continue without confirmation: Replace the SMTP credentials of sandbox 7? Anything still"
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
    assert "Delete project 7 and all its sandboxes? [y/N]" in terminal.screen
    assert ("Nothing was done" in terminal.screen) == (requests == 0)
    assert len(server.requests) == requests


def test_an_update_without_values_is_refused(mailtrap: Run, server: Loopback) -> None:
    result = mailtrap("sandboxes", "update", "7", env=server.env)
    assert result.code == 2
    assert "--name, --email-username" in result.err


@pytest.mark.parametrize(
    ("reply", "code", "words"),
    [
        (Reply(401, {"error": "Incorrect API token"}), 4, "config show --origins"),
        (Reply(403, {"errors": "Account access forbidden"}), 4, "permissions"),
        (Reply(404, {"error": "Not Found"}), 5, "No project 7.\nHint: See: mailtrap projects list\n"),
        (Reply(422, {"errors": {"name": ["is taken", "is too short"]}}), 1, "name is too short"),
        (Reply(200, "<html><title>Sign in</title></html>"), 7, "Sign in"),
        (Reply(200, [1, 2]), 7, "does not contain a list or an object"),
        (Reply(200, '"text"'), 7, "does not contain a list or an object"),
        (Reply(200, ""), 7, "200 with an empty body, not JSON"),
    ],
)
def test_a_refusal_or_an_odd_answer_is_one_sentence(
    mailtrap: Run, server: Loopback, reply: Reply, code: int, words: str
) -> None:
    server.reply(reply)
    result = mailtrap("projects", "get", "7", env=server.env)
    assert (result.code, result.out) == (code, "")
    assert words in result.err


@pytest.mark.parametrize(
    ("command", "answer"), [("get", {"data": {"id": 7, "name": "A"}}), ("list", {"data": [{"id": 7, "name": "A"}]})]
)
def test_an_envelope_is_taken_off_where_none_is_documented(
    mailtrap: Run, server: Loopback, command: str, answer: dict[str, Any]
) -> None:
    server.reply(Reply(200, answer))
    result = mailtrap("projects", command, *(["7"] if command == "get" else []), "-o", "json", env=server.env)
    assert json.loads(result.out) == answer["data"]


def test_something_created_without_an_answer_is_unknown(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(200, ""))
    result = mailtrap("projects", "create", "--name", "Shop", env=server.env)
    assert (result.code, result.out) == (7, "")
    assert "an empty body" in result.err


def test_an_empty_answer_prints_what_was_done(server: Loopback) -> None:
    server.reply(Reply(204))
    operation = Operation("delete", "DELETE", "/api/things/{thing}", "Delete.", "", done="Deleted {thing}.")
    out, err = run(server, operation, "ada+x@example.com/../1", "--yes")
    assert (out, err) == ("", "Deleted ada+x@example.com/../1.\n")
    assert server.requests[0].path == "/account/api/things/ada%2Bx%40example.com%2F..%2F1"


def test_query_parameters_keep_the_apis_names_under_flags_of_their_own(server: Loopback) -> None:
    server.reply(Reply(200, []))
    fields = (Field("domain_ids[]", "Only these.", kind=int, many=True, option="--domain-id"), Field("from", "Start."))
    operation = Operation("list", "GET", "/api/stats", "List.", "", fields=fields)
    run(server, operation, "--domain-id", "1", "--domain-id", "2", "--from", "2026-01-01")
    assert server.requests[0].path == "/account/api/stats?domain_ids%5B%5D=1&domain_ids%5B%5D=2&from=2026-01-01"


def test_a_list_continues_by_last_id_and_stops_at_the_limit(server: Loopback) -> None:
    def script(request: Request) -> Reply:
        before = int(request.path.partition("last_id=")[2] or 8)
        return Reply(200, [{"id": number} for number in range(before - 1, max(before - 4, 0), -1)])

    server.script = script
    operation = Operation("list", "GET", "/api/things", "List.", "", paging=Paging("last_id", size=3))
    assert run(server, operation) == ("id\n7\n6\n5\n4\n3\n2\n1\n", "")
    assert [request.path.partition("?")[2] for request in server.requests] == ["", "last_id=5", "last_id=2"]
    out, err = run(server, operation, "--limit", "2")
    assert out == "id\n7\n6\n"
    assert "Showing the first 2." in err


def test_a_list_continues_by_the_answers_cursor(api: Client, server: Loopback) -> None:
    server.reply(
        Reply(200, {"messages": [{"id": "a"}], "next": "a"}),
        Reply(200, {"messages": [{"id": "b"}], "next": None}),
    )
    rows = read_pages(api, "/api/logs", Paging("after", cursor="next"), {"q": "x"}, rows="messages")
    assert [row["id"] for row in rows] == ["a", "b"]
    assert server.requests[1].path == "/account/api/logs?q=x&after=a"


def test_a_repeated_cursor_does_not_loop_forever(api: Client, server: Loopback) -> None:
    server.reply(Reply(200, {"messages": [], "next": "a"}), Reply(200, {"messages": [], "next": "a"}))
    assert list(read_pages(api, "/api/logs", Paging("after", cursor="next"), rows="messages")) == []


def test_a_page_of_another_shape_is_reported(api: Client, server: Loopback) -> None:
    server.reply(Reply(200, {"error": "none"}))
    with pytest.raises(TransportError, match="it does not contain messages"):
        list(read_pages(api, "/api/logs", Paging("after", cursor="next"), rows="messages"))


def test_a_name_is_looked_up_below_the_ids_before_it(api: Client, server: Loopback) -> None:
    server.reply(Reply(200, {"data": [{"id": 3, "name": "In"}]}))
    inbox = Id("inbox", path="/api/folders/{folder}/inboxes", rows="data")
    assert resolve_id(api, inbox, "in", {"folder": 5}) == 3
    assert server.requests[0].path == "/account/api/folders/5/inboxes"


def test_an_invalid_choice_is_refused(server: Loopback) -> None:
    operation = Operation(
        "list", "GET", "/api/things", "List.", "", fields=(Field("kind", "Kind.", choices=("a", "b")),)
    )
    with pytest.raises(InputError, match="--kind: 'c' is not one of a, b"):
        run(server, operation, "--kind", "c")


def run(server: Loopback, operation: Operation, *arguments: str) -> tuple[str, str]:
    """Run one operation of a made-up resource by its command line; return stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    world = World(env={**server.env, "MAILTRAP_CONFIG": "/nonexistent/config.toml"}, stdout=out, stderr=err)
    resource = Resource("thing", (Column("ID", "id"),), (operation,), {"thing": Id("thing", kind=str)})
    typer.main.get_command(rest.commands(resource)).main(arguments, obj=world, standalone_mode=False)
    return out.getvalue(), err.getvalue()


def test_an_operation_missing_from_the_local_sandbox_is_its_own_error() -> None:
    answer = Answer(404, {LOCAL_GAP: "1"}, b'{"error": "Not part of the local sandbox: GET /api/billing"}')
    error = failure_of(answer, "GET", "http://127.0.0.1")
    assert isinstance(error, NotInLocalSandbox)
    assert error.exit_code == 5
    assert not isinstance(failure_of(Answer(404, {}, b"{}"), "GET", "http://127.0.0.1"), NotInLocalSandbox)


# ------------------------------------------------------------------------------------------------ the five verbs

THING = Id("thing", path="/api/things", rows="data", search="search", paging=Paging("token", "pagination.next"))
FIELDS = (
    Field("name", "Name.", required=True),
    Field("kind", "Kind.", choices=("hard bounce", "Amazon SES (Simple)")),
    Field("level", "Level.", kind=int, choices=(10, 100)),
    Field("share", "Share.", kind=float),
    Field("active", "Active.", kind=bool),
    Field("since", "Since.", kind=Kind.DATE),
    Field("expires_at", "End.", kind=Kind.FUTURE, null="never"),
    Field("ids", "Ids.", kind=int, many=True, option="--id"),
    Field("parent_id", "Parent.", kind=int, ref=THING, option="--parent"),
    Field("fields", "Fields.", kind=Kind.MAP, option="--field"),
    Field("rules", "Rules.", kind=Kind.OBJECTS),
    Field("email", "Email.", kind=Kind.EMAIL),
    Field("url", "URL.", kind=Kind.URL),
    Field("to", "To.", kind=Kind.MAILBOX, many=True),
    Field("tag", "Tag.", pattern=r"\w+", rule="letters, digits and underscores", longest=9),
    Field("start_date", "Start.", kind=Kind.DATE),
    Field("end_date", "End.", kind=Kind.DATE),
    Field("template.body_html", "HTML.", option="--html"),
    Field("template.body_html", "HTML file.", kind=Kind.FILE, option="--html-file"),
)
VERBS = standard_verbs(
    "thing", "/api/things", "thing", sample="Box", create=FIELDS, update=FIELDS[1:], wrap="thing", rows="data"
)


def body_sent(server: Loopback, *flags: str) -> Any:
    server.reply(Reply(200, {"data": {"id": 1}}))
    run(server, VERBS[2], "--name", "Box", *flags)
    return server.requests[-1].json()["thing"]


@pytest.mark.parametrize(
    ("flags", "sent"),
    [
        (("--kind", "hard-bounce"), {"kind": "hard bounce"}),
        (("--kind", "Hard Bounce"), {"kind": "hard bounce"}),
        (("--kind", "amazon-ses-simple"), {"kind": "Amazon SES (Simple)"}),
        (("--level", "100"), {"level": 100}),
        (("--share", "0.5"), {"share": 0.5}),
        (("--no-active",), {"active": False}),
        (("--since", "2026-01-31"), {"since": "2026-01-31"}),
        (("--expires-at", "never"), {"expires_at": None}),
        (("--expires-at", "2099-01-01T01:00:00+01:00"), {"expires_at": "2099-01-01T00:00:00Z"}),
        (("--id", "1", "--id", "2"), {"ids": [1, 2]}),
        (("--parent", "7"), {"parent_id": 7}),
        (("--field", "a=b=c", "--field", "n:=1.5"), {"fields": {"a": "b=c", "n": 1.5}}),
        (("--rules", '[{"a": 1}]'), {"rules": [{"a": 1}]}),
        (("--rules", '{"a": 1}'), {"rules": [{"a": 1}]}),
        (("--email", "ada@acme.example"), {"email": "ada@acme.example"}),
        (("--url", "https://acme.example/x"), {"url": "https://acme.example/x"}),
        (("--to", "Ada <ada@acme.example>"), {"to": [{"email": "ada@acme.example", "name": "Ada"}]}),
        (("--tag", "first_name"[:9]), {"tag": "first_nam"}),
        (("--html", "<p>"), {"template": {"body_html": "<p>"}}),
    ],
)
def test_a_field_of_each_kind_is_sent_as_the_api_has_it(server: Loopback, flags: tuple[str, ...], sent: Any) -> None:
    assert body_sent(server, *flags) == {"name": "Box", **sent}


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--kind", "soft"), "--kind: 'soft' is not one of hard bounce, Amazon SES (Simple)"),
        (("--level", "11"), "--level: '11' is not one of 10, 100"),
        (("--since", "2026-02-30"), "--since: '2026-02-30' is not a date"),
        (("--since", "soon"), "--since: 'soon' is not a date"),
        (("--expires-at", "x"), "--expires-at: 'x' is not a time"),
        (("--expires-at", "2020-01-01"), "--expires-at: 2020-01-01 is in the past"),
        (("--parent", "7.5x"), "No thing named 7.5x"),
        (("--field", "a"), "--field: 'a' is not KEY=VALUE"),
        (("--field", "a=1", "--field", "a=2"), "--field: a is given twice"),
        (("--field", "a:=b"), "--field a:1:1: Expecting value"),
        (("--field", "a:=[1]"), "--field: the value of a is a list"),
        (("--field", 'a:={"b": 1}'), "--field: the value of a is an object"),
        (("--rules", "[1]"), "--rules: expected a JSON list of objects"),
        (("--rules", "[{]"), "--rules:1:3: Expecting property name"),
        (("--rules", "NaN"), "number that JSON does not allow: NaN"),
        (("--email", "ada@"), "--email"),
        (("--url", "acme.example"), "--url: 'acme.example' is not a URL"),
        (("--tag", "first name"), "--tag: 'first name' is not allowed: use letters, digits and underscores"),
        (("--tag", "x" * 10), "--tag: 10 characters; at most 9 are allowed"),
        (("--start-date", "2026-02-01", "--end-date", "2026-01-01"), "--start-date 2026-02-01 is after --end-date"),
        (("--html", "a", "--html-file", "b"), "--html and --html-file cannot be used together"),
        (("--html-file", "/nonexistent/x.html"), "--html-file: /nonexistent/x.html: file not found"),
    ],
)
def test_a_value_that_is_not_of_its_kind_is_refused_and_nothing_is_sent(
    server: Loopback, flags: tuple[str, ...], words: str
) -> None:
    server.script = lambda request: Reply(200, {"data": []})
    with pytest.raises(MailtrapError) as raised:
        run(server, VERBS[2], "--name", "Box", *flags)
    assert words in raised.value.message
    assert all(request.method == "GET" for request in server.requests)


def test_a_text_may_come_from_a_file(server: Loopback, tmp_path: Path) -> None:
    (tmp_path / "body.html").write_text("<p>Grüße</p>", encoding="utf-8")
    (tmp_path / "rules.json").write_text('[{"a": 1}]', encoding="utf-8")
    flags = ("--html-file", str(tmp_path / "body.html"), "--rules", f"@{tmp_path / 'rules.json'}")
    assert body_sent(server, *flags) == {"name": "Box", "template": {"body_html": "<p>Grüße</p>"}, "rules": [{"a": 1}]}


def test_a_name_is_looked_up_through_all_pages_with_the_apis_search(server: Loopback) -> None:
    server.reply(
        Reply(200, {"data": [{"id": 1, "name": "Boxes"}], "pagination": {"next": 2}}),
        Reply(200, {"data": [{"id": 2, "name": "Box"}], "pagination": {"next": None}}),
        Reply(200, {"data": {"id": 3}}),
    )
    run(server, VERBS[2], "--name", "Lid", "--parent", "box")
    assert [request.path.rpartition("?")[2] for request in server.requests[:2]] == ["search=box", "search=box&token=2"]
    assert server.requests[2].json()["thing"]["parent_id"] == 2


@pytest.mark.parametrize(
    ("flags", "words"), [(("--share", "1"), "No thing 7"), (("--parent", "Lid"), "--parent: No thing named Lid")]
)
def test_an_error_names_the_thing_that_is_missing(server: Loopback, flags: tuple[str, ...], words: str) -> None:
    missing = Reply(404, {"error": "Not Found"})
    server.script = lambda request: Reply(200, {"data": []}) if request.method == "GET" else missing
    with pytest.raises(ApiError) as raised:
        run(server, VERBS[3], "7", *flags)
    assert raised.value.message == words


def test_every_verb_is_a_command_with_an_example_and_its_json(server: Loopback) -> None:
    assert [operation.example for operation in VERBS] == [
        "mailtrap things list",
        "mailtrap things get Box",
        "mailtrap things create --name Example",
        "mailtrap things update Box --kind hard-bounce",
        "mailtrap things delete Box --yes",
    ]
    resource = Resource("thing", (Column("ID", "id"),), VERBS, {"thing": THING})
    assert rest.answer_line(resource, VERBS[0]) == "JSON: an array of thing objects: id, …"
    assert VERBS[4].question == "Delete thing {thing}?"


def test_limit_all_reads_every_page_and_page_numbers_count(server: Loopback) -> None:
    server.script = lambda request: Reply(200, [{"id": 1}] * 2 if "page=3" not in request.path else [{"id": 2}])
    operation = Operation("list", "GET", "/api/things", "List.", "", paging=Paging("page", size=2, numbered=True))
    assert run(server, operation, "--limit", "all")[0].count("\n") == 6
    assert [request.path.partition("?")[2] for request in server.requests] == ["", "page=2", "page=3"]


@pytest.mark.parametrize("limit", ["0", "many", "-1", "1.5", "٣"])
def test_an_invalid_limit_is_refused(mailtrap: Run, limit: str) -> None:
    result = mailtrap("messages", "list", "-p", "local", "--limit", limit)
    assert result.code == 2
    assert f"'{limit}' is not a whole number of 1 or more, or all" in result.err


def test_a_noun_keeps_its_own_limit() -> None:
    now = [0.0]
    told: list[str] = []

    def sleep(seconds: float) -> None:
        now[0] += seconds

    throttle = Throttle((10, 60.0), told.append, clock=lambda: now[0], sleep=sleep)
    for _ in range(21):
        throttle.acquire()
        throttle.release(200)
    assert now[0] == pytest.approx(120)
    assert len(told) == 2
    assert "10 of these requests in 60 s" in told[0]


def test_a_list_of_one_page_has_a_limit_too(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(200, [{"id": 1}, {"id": 2}]))
    server.reply(Reply(200, [{"id": 1}, {"id": 2}]))
    assert mailtrap("projects", "list", "--limit", "1", "-q", env=server.env).out == "1\n"
    assert mailtrap("projects", "list", "-q", env=server.env).out == "1\n2\n"
