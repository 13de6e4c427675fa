"""`mailtrap api`: send any request to the API and print its answer unchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from ..cli.examples import join_examples
from ..cli.facts import with_facts
from ..cli.value_types import FILE, OneOf
from ..errors import ApiError, InputError, TransportError

if TYPE_CHECKING:
    from ..api.client import Client, Host
    from ..api.paging import Paging
    from ..api.responses import Answer
    from ..cli.context import World
    from ..config.settings import Settings

app = typer.Typer()

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
HOSTS = ("account", "send", "bulk", "sandbox")


@app.command(
    epilog=join_examples(
        "mailtrap api GET /api/domains",
        "mailtrap api GET /api/suppressions --paginate",
        "mailtrap api PATCH /api/projects/7 -f 'project[name]=Shop'",
    )
)
@with_facts(hosts=HOSTS, sends=True)
def api(
    ctx: typer.Context,
    method: Annotated[str, typer.Argument(metavar="METHOD", help="GET, POST, PUT, PATCH or DELETE.")],
    path: Annotated[str, typer.Argument(metavar="PATH", help="Path, such as /api/sandboxes/{sandbox_id}.")],
    field: Annotated[
        list[str] | None,
        typer.Option("--raw-field", "-f", metavar="KEY=VALUE", help="Text field. Brackets in KEY nest. Repeatable."),
    ] = None,
    typed: Annotated[
        list[str] | None,
        typer.Option(
            "--field", "-F", metavar="KEY=VALUE", help="Typed field: numbers, true, false, null, @FILE. Repeatable."
        ),
    ] = None,
    input_: Annotated[
        str | None, typer.Option("--input", click_type=FILE, help="Body of the request; - is standard input.")
    ] = None,
    query: Annotated[
        list[str] | None, typer.Option("--query", metavar="KEY=VALUE", help="Query parameter. Repeatable.")
    ] = None,
    host: Annotated[str, typer.Option("--host", click_type=OneOf(*HOSTS), help="Host of the API.")] = "account",
    paginate: Annotated[bool, typer.Option("--paginate", help="Read all pages; print one array of all rows.")] = False,
    include: Annotated[bool, typer.Option("--include", "-i", help="Print the status and the headers too.")] = False,
) -> None:
    """Send any request to the API and print the answer unchanged.

    Fields go into the query of a GET, and into the JSON body of everything else. {sandbox_id} in the path is the
    profile's. The body of an error is printed too, with its message on stderr. Never asks for confirmation, not even
    before DELETE.

    JSON: the API's answer, unchanged; with --paginate an array of all rows.
    """
    from ..cli.values import read_text
    from ..text import dumps

    world: World = ctx.obj
    method = method.upper()
    if method not in METHODS:
        raise InputError(f"METHOD: {method!r} is not one of {', '.join(METHODS)}")
    given = [("-f", one) for one in field or ()] + [("-F", one) for one in typed or ()]
    if input_ is not None and given:
        raise InputError("--input and fields cannot be used together", hint="Use --query KEY=VALUE for the query.")
    if paginate and (method != "GET" or include):
        raise InputError("--paginate works only with GET and without --include")
    path, _, asked = path.partition("?")
    params = parse_query(world, asked, query or [], given if method == "GET" else [])
    body = build_body(world, given) if given and method != "GET" else None
    content = None if input_ is None else read_text(world, input_, "--input").encode()
    settings = world.settings()
    path = fill_path(path, settings)
    target = cast("Host", host)
    if method == "POST" and host != "account":
        from ..config.target import label_host

        number = re.match(r"/api/(?:send|batch)/(\d+)$", path)
        world.tell_destination(label_host(settings, target, int(number[1]) if number else None))
    with world.api(settings) as client:
        try:
            if paginate:
                rows = list(read_all(client, path, params, target))
                world.out.text(rows, lambda: dumps(rows, indent=2), every=rows)
                return
            answer = (
                client.get(path, params=params, host=target)
                if method == "GET"
                else client.call(method, path, body=content or body, params=params, host=target)
            )
        except (ApiError, TransportError):
            if client.last_answer is not None and not paginate:
                print_answer(world, client.last_answer, include=include)
            raise
    print_answer(world, answer, include=include)


def fill_path(path: str, settings: Settings) -> str:
    """Return the path with a leading slash and the profile's sandbox filled in.

    Raises InputError for a full URL: the token goes only to the profile's own hosts.
    """
    if not path or re.match(r"[a-zA-Z][\w+.-]*:|//|\\", path):
        raise InputError(
            f"PATH: {path[:100]!r} is not a path", hint="Example: /api/domains (use --host for another host)"
        )
    from ..sandbox.mailbox import require_sandbox_id

    for name in re.findall(r"{(.*?)}", path):
        if name != "sandbox_id":
            raise InputError(f"PATH: {{{name}}} is not known", hint="Only {sandbox_id} is filled in.")
        path = path.replace("{sandbox_id}", str(require_sandbox_id(settings, "Set MAILTRAP_SANDBOX_ID.")))
    return "/" + path.lstrip("/")


def parse_query(world: World, asked: str, query: list[str], fields: list[tuple[str, str]]) -> dict[str, Any]:
    """Parse the query parameters, by their names as written (`filters[to][operator]`); a name may be repeated.

    `asked` is the query already in the path.
    """
    from urllib.parse import parse_qsl

    from ..cli.json_fields import parse_typed, split_field
    from ..cli.values import read_text

    found: dict[str, Any] = {}
    for key, text in parse_qsl(asked, keep_blank_values=True):
        found.setdefault(key, []).append(text)
    for flag, given in [*(("--query", one) for one in query), *fields]:
        key, text = split_field(given, flag)
        value = parse_typed(text, partial(read_text, world, flag="-F")) if flag == "-F" else text
        if value is not None:
            found.setdefault(key, []).append(value if isinstance(value, str) else _as_text(value))
    return found


def _as_text(value: Any) -> str:
    import json

    return json.dumps(value)


def build_body(world: World, fields: list[tuple[str, str]]) -> dict[str, Any]:
    """Build the JSON body from the fields."""
    from ..cli.json_fields import parse_typed, put_field, split_field
    from ..cli.values import read_text

    body: dict[str, Any] = {}
    for flag, given in fields:
        key, text = split_field(given, flag)
        value = parse_typed(text, partial(read_text, world, flag="-F")) if flag == "-F" else text
        put_field(body, key, value, flag)
    return body


# ------------------------------------------------------------------------------------------------ answers


def read_all(client: Client, path: str, params: dict[str, Any], host: Host) -> Iterator[Any]:
    """Yield all rows of a list, with any kind of paging."""
    first = client.get(path, params=params, host=host).json()
    paging, rows = paging_of(first, path)
    from ..api.paging import read_pages

    if paging is None:
        listed = first.get(rows) if rows else first
        yield from listed if isinstance(listed, list) else [listed]
        return
    yield from read_pages(client, path, paging, params, rows=rows, host=host, first=first)


def paging_of(answer: Any, path: str) -> tuple[Paging | None, str]:
    """Return the paging of the list in this answer, and the key of its rows; None for a single page."""
    from ..api.paging import Paging

    if isinstance(answer, list):
        by_id = path.rstrip("/").endswith(("/suppressions", "/messages")) and answer
        return (Paging("last_id") if by_id else None), ""
    if not isinstance(answer, dict):
        return None, ""
    rows = next((key for key in ("data", "messages") if isinstance(answer.get(key), list)), "")
    if not rows:
        return None, ""
    if isinstance(answer.get("pagination"), dict):
        return Paging("token", cursor="pagination.next_token"), rows
    for param, cursor in (("search_after", "next_page_cursor"), ("last_id", "last_id")):
        if cursor in answer:
            return Paging(param, cursor=cursor), rows
    return None, rows


def print_answer(world: World, answer: Answer, *, include: bool) -> None:
    """Print an answer unchanged; on a terminal pretty-printed and without escapes."""
    from http import HTTPStatus

    if include:
        try:
            phrase = HTTPStatus(answer.status).phrase
        except ValueError:
            phrase = ""
        lines = [f"HTTP/1.1 {answer.status} {phrase}".rstrip()]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        world.out.data(None, "".join(f"{line}\n" for line in [*lines, ""]).encode())
    if answer.body:
        world.out.data(None, answer.body, pretty=pretty_json)


def pretty_json(data: bytes) -> str | None:
    """Pretty-print JSON; None for anything else."""
    from ..api.responses import load_json
    from ..text import dumps

    try:
        return dumps(load_json(data), indent=2)
    except (ValueError, RecursionError):
        return None
