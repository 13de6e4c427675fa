"""`mailtrap templates` (templates.openapi.yml): the stable `/api/email_templates`, and the paged `/api/templates`."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import typer

from ..cli.context import World
from ..cli.examples import join_examples
from ..cli.facts import with_facts
from ..cli.options import LIMIT, Limit, Yes, expand_options
from ..cli.rest import Field, Id, Kind, Paging, Resource, standard_verbs
from ..cli.value_types import FILE
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

CHANGES = tuple(Field(one.name, one.help, longest=255, sample=one.sample) for one in NAMED)
PAGES = Paging("token", cursor="pagination.next_token", size=100, size_param="per_page")
EXPERIMENTAL_ID = Id("template", path=PAGED, rows="data", paging=PAGES)

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
EXPERIMENTAL = Resource(
    noun="template",
    columns=COLUMNS,
    ids={"template_id": EXPERIMENTAL_ID},
    operations=standard_verbs(
        *("template", PAGED, "template_id"),
        sample="Welcome",
        create=NAMED + BODIES,
        update=CHANGES + BODIES,
        whole=WHOLE,
        rows="data",
        only="get create update delete",
    ),
)

app = typer.Typer()

Template = Annotated[str, typer.Argument(metavar="TEMPLATE", help="Name or ID of the template.")]
Experimental = Annotated[
    bool, typer.Option("--experimental", help="Use /api/templates, which Mailtrap calls experimental.")
]


@dataclass(frozen=True)
class Bodies:
    """The bodies of a template, by the parameter names of their fields."""

    html_: Annotated[str | None, typer.Option("--html", help="HTML body.")] = None
    html_file_: Annotated[
        str | None, typer.Option("--html-file", click_type=FILE, help="HTML body from a file; - is stdin.")
    ] = None
    text_: Annotated[str | None, typer.Option("--text", help="Text body.")] = None
    text_file_: Annotated[
        str | None, typer.Option("--text-file", click_type=FILE, help="Text body from a file; - is stdin.")
    ] = None


def _run_verb(
    ctx: typer.Context, verb: str, given: dict[str, Any], *, template: str = "", experimental: bool = False
) -> None:
    """Run the operation of this verb in the stable API or the experimental one."""
    from ..cli.rest_run import run_operation
    from ..errors import ApiError

    resource = EXPERIMENTAL if experimental else RESOURCE
    operation = next(one for one in resource.operations if one.verb == verb)
    ids = {name: resource.ids[name] for name in re.findall(r"{(\w+)}", operation.path)}
    try:
        run_operation(ctx, resource, operation, ids, {**dict.fromkeys(ids, template), **given})
    except ApiError as error:
        if error.status == 404 and error.hint is None:
            error.hint = "See: mailtrap templates list"
        raise


@app.command("get", epilog=join_examples("mailtrap templates get Welcome", "mailtrap templates get Welcome -o json"))
@with_facts(f"GET {PATH}/{{email_template_id}}", f"GET {PAGED}/{{template_id}}")
def get_template(ctx: typer.Context, template: Template, experimental: Experimental = False) -> None:
    """Show a template.

    JSON: the API's template object: id, name, subject, category, uuid, …
    """
    _run_verb(ctx, "get", {}, template=template, experimental=experimental)


@app.command(
    "create",
    epilog=join_examples(
        "mailtrap templates create --name Welcome --subject Hello --category Onboarding",
        "mailtrap templates create --name Hi --subject Hi --category News --html-file body.html",
    ),
)
@with_facts(f"POST {PATH}", f"POST {PAGED}")
@expand_options
def create_template(
    ctx: typer.Context,
    bodies: Bodies,
    name: Annotated[str, typer.Option("--name", help="Name.")],
    subject: Annotated[str, typer.Option("--subject", help="Subject, with {{{variable}}} placeholders.")],
    category: Annotated[str, typer.Option("--category", help="Category.")],
    experimental: Experimental = False,
) -> None:
    """Create a template.

    JSON: the API's template object: id, name, subject, category, uuid, …
    """
    given = {"name_": name, "subject_": subject, "category_": category, **asdict(bodies)}
    _run_verb(ctx, "create", given, experimental=experimental)


@app.command(
    "delete", epilog=join_examples("mailtrap templates delete Welcome", "mailtrap templates delete Welcome --yes")
)
@with_facts(f"DELETE {PATH}/{{email_template_id}}", f"DELETE {PAGED}/{{template_id}}", destructive=True)
def delete_template(
    ctx: typer.Context, template: Template, experimental: Experimental = False, yes: Yes = False
) -> None:
    """Delete a template.

    JSON: nothing. A notice confirms it.
    """
    _run_verb(ctx, "delete", {"yes": yes}, template=template, experimental=experimental)


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
    experimental: Experimental = False,
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
            rows = read_pages(api, PAGED, PAGES, params, rows=EXPERIMENTAL_ID.rows)
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
@with_facts(
    *(f"GET {PATH}/{{email_template_id}}", f"PATCH {PATH}/{{email_template_id}}"), f"PATCH {PAGED}/{{template_id}}"
)
@expand_options
def update_template(
    ctx: typer.Context,
    bodies: Bodies,
    template: Template,
    name: Annotated[str | None, typer.Option("--name", help="Name.")] = None,
    subject: Annotated[str | None, typer.Option("--subject", help="Subject.")] = None,
    category: Annotated[str | None, typer.Option("--category", help="Category.")] = None,
    experimental: Experimental = False,
) -> None:
    """Update a template. What you leave out stays unchanged.

    JSON: the API's template object: id, name, subject, category, uuid, …
    """
    from ..api.paging import object_of
    from ..cli.names import resolve_id
    from ..cli.rest_run import collect_values

    given = {"name_": name, "subject_": subject, "category_": category, **asdict(bodies)}
    if experimental:
        _run_verb(ctx, "update", given, template=template, experimental=True)
        return
    world: World = ctx.obj
    update = next(one for one in EXPERIMENTAL.operations if one.verb == "update")
    changes = collect_values(world, update, given)
    with world.api(world.settings()) as api:
        path = f"{PATH}/{resolve_id(api, TEMPLATE, template)}"
        # The API requires these three in every update (templates.openapi.yml, updateEmailTemplate).
        kept = {key: value for key, value in object_of(api.get(path)).items() if key in ("name", "subject", "category")}
        answer = api.call("PATCH", path, body={"email_template": {**kept, **changes}})
    world.out.record(object_of(answer), WHOLE)
