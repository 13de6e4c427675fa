"""`mailtrap templates` (templates.openapi.yml): the stable `/api/email_templates`, and the paged `/api/templates`."""

from __future__ import annotations

from typing import Annotated

import typer

from ..cli.context import World
from ..cli.examples import join_examples
from ..cli.facts import with_facts
from ..cli.options import LIMIT, Limit
from ..cli.rest import Field, Id, Kind, Operation, Paging, Resource, commands, standard_verbs
from ..errors import InputError
from ..output import Column

COLUMNS = (
    Column("ID", "id", right=True),
    Column("Name", "name", main=True),
    Column("Subject", "subject"),
    Column("Category", "category"),
    Column("UUID", "uuid", keep=True),
    Column("Updated at", "updated_at", time=True),
)
WHOLE = (
    *COLUMNS,
    Column("Created at", "created_at", time=True),
    Column("Text", "body_text"),
    Column("HTML", "body_html"),
)

PATH, PAGED = "/api/email_templates", "/api/templates"
NAMED = (
    Field("name", "Name.", required=True, longest=255, sample="Welcome"),
    Field("subject", "Subject, with {{{variable}}} placeholders.", required=True, longest=255, sample="Hello"),
    Field("category", "Category.", required=True, longest=255, sample="Onboarding"),
)
BODIES = (
    Field("body_html", "HTML body.", option="--html"),
    Field("body_html", "HTML body from a file; - is stdin.", kind=Kind.FILE, option="--html-file"),
    Field("body_text", "Text body.", option="--text"),
    Field("body_text", "Text body from a file; - is stdin.", kind=Kind.FILE, option="--text-file"),
)
TEMPLATE = Id("template", path=PATH)

RESOURCE = Resource(
    noun="template",
    columns=COLUMNS,
    ids={"email_template_id": TEMPLATE},
    operations=standard_verbs(
        *("template", PATH, "email_template_id"),
        sample="Welcome",
        create=NAMED + BODIES,
        wrap="email_template",
        whole=WHOLE,
        only="get create delete",
    ),
)
LIST = Operation(
    *("list", "GET", PAGED, "List the templates.", "mailtrap templates list --experimental"),
    rows="data",
    paging=Paging("token", cursor="pagination.next_token", size=100, size_param="per_page"),
)

app = commands(RESOURCE)


@app.command(
    "list",
    epilog=join_examples(
        "mailtrap templates list",
        "mailtrap templates list --search welcome",
        "mailtrap templates list --limit all -o csv",
    ),
)
@with_facts(f"GET {PATH}", f"GET {PAGED}")
def list_templates(
    ctx: typer.Context,
    search: Annotated[str | None, typer.Option("--search", metavar="TEXT", help="Text in the name.")] = None,
    page_token: Annotated[
        int | None, typer.Option("--page-token", metavar="N", min=1, help="Start at this page of 100.")
    ] = None,
    experimental: Annotated[
        bool, typer.Option("--experimental", help="Use the paged /api/templates, which Mailtrap calls experimental.")
    ] = False,
    limit: Limit = LIMIT,
) -> None:
    """List the templates.

    --search and --page-token use the paged list, which Mailtrap calls experimental.

    JSON: an array of the API's template objects: id, name, subject, category, uuid, …
    """
    from ..api.paging import read_pages
    from ..cli.rest_run import limit_rows

    if search is not None and not search.strip():
        raise InputError("--search: the text is empty", hint="Example: --search welcome")
    world: World = ctx.obj
    paged = experimental or search is not None or page_token is not None
    with world.api(world.settings()) as api:
        if paged:
            params = {"token": page_token} if page_token else {}
            rows = read_pages(api, PAGED, LIST.paging, params, rows=LIST.rows)
        else:
            rows = read_pages(api, PATH, None)
        if search is not None:
            wanted = search.casefold()
            rows = (row for row in rows if wanted in str(row.get("name", "")).casefold())
        world.out.rows(limit_rows(world, rows, limit), COLUMNS)


@app.command(
    "update",
    epilog=join_examples(
        "mailtrap templates update Welcome --subject Hello",
        "mailtrap templates update Welcome --html-file welcome.html",
    ),
)
@with_facts(f"GET {PATH}/{{email_template_id}}", f"PATCH {PATH}/{{email_template_id}}")
def update_template(
    ctx: typer.Context,
    template: Annotated[str, typer.Argument(metavar="TEMPLATE", help="Name or ID of the template.")],
    name: Annotated[str | None, typer.Option("--name", help="Name.")] = None,
    subject: Annotated[str | None, typer.Option("--subject", help="Subject.")] = None,
    category: Annotated[str | None, typer.Option("--category", help="Category.")] = None,
    html: Annotated[str | None, typer.Option("--html", help="HTML body.")] = None,
    html_file: Annotated[
        str | None, typer.Option("--html-file", metavar="FILE", help="HTML body from a file; - is stdin.")
    ] = None,
    text: Annotated[str | None, typer.Option("--text", help="Text body.")] = None,
    text_file: Annotated[
        str | None, typer.Option("--text-file", metavar="FILE", help="Text body from a file; - is stdin.")
    ] = None,
) -> None:
    """Update a template. What you leave out stays as it is.

    JSON: the API's template object: id, name, subject, category, uuid, …
    """
    from ..api.paging import object_of
    from ..cli.names import resolve_id
    from ..cli.values import read_text

    world: World = ctx.obj
    for flag, value, file in (("--html", html, html_file), ("--text", text, text_file)):
        if value is not None and file is not None:
            raise InputError(f"{flag} and {flag}-file cannot be used together", hint="Use one of them.")
    given = {
        "name": name,
        "subject": subject,
        "category": category,
        "body_html": html if html_file is None else read_text(world, html_file, "--html-file"),
        "body_text": text if text_file is None else read_text(world, text_file, "--text-file"),
    }
    changes = {key: value for key, value in given.items() if value is not None}
    if not changes:
        flags = "--name, --subject, --category, --html, --html-file, --text, --text-file"
        raise InputError("Nothing to change", hint=f"Use at least one of {flags}.")
    with world.api(world.settings()) as api:
        path = f"{PATH}/{resolve_id(api, TEMPLATE, template)}"
        # The API needs these three in every update (templates.openapi.yml, updateEmailTemplate).
        kept = {key: value for key, value in object_of(api.get(path)).items() if key in ("name", "subject", "category")}
        answer = api.call("PATCH", path, body={"email_template": {**kept, **changes}})
    world.out.record(object_of(answer), WHOLE)
