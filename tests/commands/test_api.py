"""`mailtrap api`: any request, its answer unchanged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROGRAM, Run
from tests.loopback import SENT, Loopback, Reply
from tests.terminal import on_terminal


def test_an_answer_is_printed_byte_for_byte(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(200, '{"data":[ 1,2 ] , "x":"é"}'))
    assert mailtrap("api", "GET", "/api/domains", env=server.env).out == '{"data":[ 1,2 ] , "x":"é"}'
    assert server.requests[0].path == "/account/api/domains"


def test_an_answer_is_pretty_and_harmless_on_a_terminal(environment: dict[str, str], server: Loopback) -> None:
    server.reply(Reply(200, {"name": "a\x1b[2Jb"}))
    code, screen = on_terminal([PROGRAM, "api", "get", "api/domains"], {**environment, **server.env})
    assert (code, screen) == (0, '{\n  "name": "a\\u001b[2Jb"\n}\n')


def test_fields_go_into_the_query_of_a_get(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(200, []))
    flags = ("-f", "filters[to][operator]=ci_equal", "-F", "n=7", "--query", "x=a b", "-f", "ids[]=1", "-f", "ids[]=2")
    mailtrap("api", "GET", "/api/email_logs?y=1", *flags, env=server.env)
    assert server.requests[0].path == (
        "/account/api/email_logs?y=1&x=a+b&filters%5Bto%5D%5Boperator%5D=ci_equal&ids%5B%5D=1&ids%5B%5D=2&n=7"
    )


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        (("-f", "name=Shop"), {"name": "Shop"}),
        (("-f", "a=7", "-F", "b=7", "-F", "c=true", "-F", "d=null"), {"a": "7", "b": 7, "c": True, "d": None}),
        (("-F", "x=1.5", "-F", "y=007", "-F", "z=-2"), {"x": 1.5, "y": "007", "z": -2}),
        (("-f", "a[b]=1", "-f", "a[c][d]=2"), {"a": {"b": "1", "c": {"d": "2"}}}),
        (("-f", "a[]=1", "-f", "a[]=2"), {"a": ["1", "2"]}),
        (("-f", "a[][b]=1", "-f", "a[][c]=2", "-f", "a[][b]=3"), {"a": [{"b": "1", "c": "2"}, {"b": "3"}]}),
        (("-f", "a[b][]=1"), {"a": {"b": ["1"]}}),
        (("-f", "a=b=c"), {"a": "b=c"}),
    ],
)
def test_fields_go_into_the_body_of_other_methods(
    mailtrap: Run, server: Loopback, fields: tuple[str, ...], body: Any
) -> None:
    server.reply(Reply(201, {"id": 1}))
    result = mailtrap("api", "POST", "/api/projects", *fields, env=server.env)
    assert result.code == 0, result.err
    assert server.requests[0].json() == body


def test_a_field_may_be_a_file_and_so_may_the_body(mailtrap: Run, server: Loopback, tmp_path: Path) -> None:
    (tmp_path / "body.json").write_text('{"a": 1}')
    server.reply(Reply(200, {}), Reply(200, {}), Reply(200, {}))
    mailtrap("api", "PATCH", "/api/x", "-F", f"html=@{tmp_path / 'body.json'}", env=server.env)
    mailtrap("api", "PATCH", "/api/x", "--input", str(tmp_path / "body.json"), "--query", "q=1", env=server.env)
    mailtrap("api", "PATCH", "/api/x", "--input", "-", env=server.env, stdin='{"b": 2}')
    assert [request.json() for request in server.requests] == [{"html": '{"a": 1}'}, {"a": 1}, {"b": 2}]
    assert server.requests[1].path == "/account/api/x?q=1"


def test_the_sandbox_of_the_profile_goes_into_the_path_and_a_host_is_named(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(200, []), Reply(200, {"success": True, "message_ids": ["1"]}))
    env = {**server.env, "MAILTRAP_SANDBOX_ID": "7"}
    mailtrap("api", "GET", "/api/sandboxes/{sandbox_id}/messages", env=env)
    result = mailtrap("api", "POST", "/api/send/{sandbox_id}", "--host", "sandbox", "-f", "subject=x", env=env)
    assert [request.path for request in server.requests] == [
        "/account/api/sandboxes/7/messages",
        "/sandbox/api/send/7",
    ]
    assert result.err.startswith("sandbox")


def test_an_error_prints_the_body_on_stdout_and_its_sentence_on_stderr(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(422, '{"errors": {"name": ["is taken"]}}'))
    result = mailtrap("api", "POST", "/api/projects", "-f", "name=x", env=server.env)
    assert (result.code, result.out) == (1, '{"errors": {"name": ["is taken"]}}')
    assert "name is taken" in result.err


def test_the_status_and_the_headers_come_first_if_asked_for(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(404, '{"error": "Not Found"}', {"X-Request-Id": "r1"}))
    result = mailtrap("api", "DELETE", "/api/projects/7", "--include", env=server.env)
    head, _, body = result.out.partition("\n\n")
    assert result.code == 5
    assert head.splitlines()[0] == "HTTP/1.1 404 Not Found"
    assert "x-request-id: r1" in head.lower()
    assert body == '{"error": "Not Found"}'


PAGES: list[tuple[list[Any], str]] = [
    ([[{"id": 2}], [{"id": 1}], []], "last_id=1"),
    ([{"data": [{"id": 2}], "last_id": "2"}, {"data": [{"id": 1}], "last_id": None}], "last_id=2"),
    ([{"messages": [{"id": 2}], "next_page_cursor": "c"}, {"messages": [{"id": 1}]}], "search_after=c"),
    ([{"data": [{"id": 2}], "pagination": {"next_token": 9}}, {"data": [{"id": 1}], "pagination": {}}], "token=9"),
    ([[{"id": 2}, {"id": 1}]], ""),
]


@pytest.mark.parametrize(("answers", "last"), PAGES, ids=["id", "last_id", "cursor", "token", "one page"])
def test_all_pages_are_one_array(mailtrap: Run, server: Loopback, answers: list[Any], last: str) -> None:
    server.reply(*(Reply(200, answer) for answer in answers))
    path = "/api/suppressions" if len(answers) > 1 else "/api/projects"
    result = mailtrap("api", "GET", path, "--paginate", env=server.env)
    assert result.json() == [{"id": 2}, {"id": 1}]
    assert server.requests[-1].path.partition("?")[2] == last


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("GET", "https://evil.example/api"), "is not a path"),
        (("GET", "//evil.example/api"), "is not a path"),
        (("GET", "/api/{account_id}/x"), "{account_id} is not known"),
        (("GET", "/api/sandboxes/{sandbox_id}"), "No sandbox chosen"),
        (("FETCH", "/api/x"), "'FETCH' is not one of GET"),
        (("GET", "/api/x", "--host", "x"), "'x' is not one of account"),
        (("POST", "/api/x", "-f", "name"), "'name' is not KEY=VALUE"),
        (("POST", "/api/x", "-f", "a[=1"), "is not a valid key"),
        (("POST", "/api/x", "-f", "a=1", "-f", "a=2"), "a is given twice"),
        (("POST", "/api/x", "-f", "a=1", "-f", "a[b]=2"), "conflicts"),
        (("POST", "/api/x", "--paginate"), "--paginate works only with GET"),
        (("POST", "/api/x", "--input", "-", "-f", "a=1"), "cannot be used together"),
        (("POST", "/api/x", "-F", "a=@/nonexistent"), "file not found"),
    ],
)
def test_bad_input_sends_nothing(mailtrap: Run, server: Loopback, arguments: tuple[str, ...], words: str) -> None:
    result = mailtrap("api", *arguments, env=server.env)
    assert result.code in (2, 3)
    assert words in result.err
    assert server.requests == []


def test_a_redirect_is_refused(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(302, "", {"Location": "https://evil.example/"}))
    assert mailtrap("api", "GET", "/api/x", env=server.env).code == 7
    assert len(server.requests) == 1


def test_it_works_on_the_local_sandbox(mailtrap: Run) -> None:
    assert json.loads(mailtrap("api", "GET", "/api/sandboxes", "-p", "local").out)
    gap = mailtrap("api", "GET", "/api/nowhere", "-p", "local")
    assert gap.code == 5
    assert "Not part of the local sandbox" in gap.err


def test_a_send_says_where_it_goes_and_who_decided_it(mailtrap: Run, server: Loopback) -> None:
    server.reply(Reply(200, SENT))
    sent = mailtrap("api", "POST", "/api/send", "--host", "bulk", "-f", "subject=x", env=server.env)
    host = server.env["MAILTRAP_BULK_URL"].split("/")[2]
    assert sent.err.startswith(f"LIVE bulk · token from MAILTRAP_API_TOKEN · host {host}\n")
    local = mailtrap("-p", "local", "api", "POST", "/api/send/1", "--host", "sandbox", "-f", "subject=x")
    assert local.err.startswith("sandbox 1 · profile local\n")
