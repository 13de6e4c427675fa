"""The building blocks of REST engine declarations: nouns, operations, IDs, fields. `rest` explains how to write
them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING, Any

from ..api.paging import Paging
from ..records import record
from .facts import Type

if TYPE_CHECKING:
    from ..api.client import Host
    from ..output import Column


class Kind(Enum):
    """Types of fields beyond Python's own: how the text of a flag becomes the API's value."""

    DATE = "DATE"  # 2026-01-01, 7d (ago), today, yesterday → "2026-01-01"
    TIME = "TIME"  # the same, or with a time → "2026-01-01T00:00:00Z"
    FUTURE = "FUTURE"  # a time; 90d is 90 days from now
    MAP = "KEY=VALUE"  # repeatable → an object; KEY:=JSON for a number, true or null
    OBJECT = "JSON|@FILE"  # JSON text or a file of it → an object
    OBJECTS = "JSON|@FILE "  # the same → a list of objects; one object is a list of one
    FILE = "FILE"  # text from a file; - is stdin
    EMAIL = "ADDRESS"  # one address, without a name
    DOMAIN = "DOMAIN"  # a domain name → its A-labels
    URL = "URL"  # http or https
    MAILBOX = "ADDRESS "  # Ada <ada@acme.example> → an object of email and name
    ATTACHMENT = "PATH"  # a file → an attachment as the API has it


TYPES: Mapping[type | Kind, Type] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    Kind.DATE: "date",
    Kind.TIME: "date",
    Kind.FUTURE: "date",
    Kind.FILE: "file",
}  # all other kinds are strings


@record
class Id:
    """A path ID, as an argument. With `path`, names are accepted too and looked up in that list.

    `noun` is used in errors (`No API token 7`). `path` returns the list, bare or under the key `rows`, on several pages
    if it has `paging`; it may contain earlier IDs in braces. `key` holds the name, `value` the ID; `search` is the
    query parameter that finds a name. If names are looked up, an ID of kind str must be a UUID.
    """

    noun: str
    kind: type = int
    path: str = ""
    rows: str = ""
    key: str = "name"
    value: str = "id"
    search: str = ""
    paging: Paging | None = None
    help: str = ""

    @property
    def described(self) -> str:
        """Its help line."""
        names = self.key.replace("_", " ").removeprefix(f"{self.noun} ")
        return self.help or (
            f"{names[:1].upper()}{names[1:]} or ID of the {self.noun}." if self.path else f"ID of the {self.noun}."
        )


@record
class Field:
    """A value of the request: `--email-username` for `email_username`; in the query of a GET, otherwise in the body.

    `name` may be a path (`reply_to.local_part`). `kind` is str, int, float, bool (a pair of flags, `--x/--no-x`) or a
    `Kind`. `many` makes the flag repeatable and the value a list. `choices` are the API's own words; flags also accept
    them in lowercase with hyphens (`hard-bounce`). `option` is the flag if it differs from the name: two fields of one
    name (`--html`, `--html-file`) cannot be used together. `ref` is the noun the value refers to: names are looked up.
    `null` is the word that sends null (`never`). `default` is sent if the flag is missing, as if typed. `longest` is
    the maximum number of characters, or of items in a list; `pattern` is a regular expression for the whole text, and
    `rule` states it in words (`letters, digits and underscores`).
    """

    name: str
    help: str
    kind: type | Kind = str
    required: bool = False
    many: bool = False
    choices: tuple[Any, ...] = ()
    option: str = ""
    ref: Id | None = None
    null: str = ""
    default: str = ""
    metavar: str = ""
    sample: str = ""
    longest: int = 0
    pattern: str = ""
    rule: str = ""

    @property
    def flag(self) -> str:
        """The long flag."""
        return self.option or "--" + re.sub(r"[^a-z0-9]+", "-", self.name).strip("-")

    @property
    def parameter(self) -> str:
        """The parameter name in the command's signature: never a Python keyword or the name of an ID."""
        return self.flag.removeprefix("--").replace("-", "_") + "_"

    @property
    def words(self) -> tuple[str, ...]:
        """The choices in the form that flags prefer."""
        return tuple(as_word(choice) for choice in self.choices)

    @property
    def takes(self) -> str | None:
        """The metavar."""
        if self.metavar:
            return self.metavar
        if self.choices:
            return "|".join(self.words) if len(self.choices) < 12 else "NAME"
        if isinstance(self.kind, Kind):
            return self.kind.value.strip().replace("FUTURE", "TIME")
        return "NAME|ID" if self.ref else None


@record
class Operation:
    """One operation of the API as one command.

    `wrap` is the key around the body, `rows` the envelope to take off the answer. A list has --limit.
    `ask` is the question before something is destroyed, `done` the notice after an operation with an empty answer; both
    may use the path's IDs in braces. `essential` is what --quiet prints. `columns` default to those of the group, then
    of the resource. `sends` marks operations that send email. `listed` marks a list under a verb other than `list`.
    `more` adds examples where the derived ones (`derived_examples.py`) do not fit. `web` is the page of mailtrap.io
    that shows the same thing; it adds a --web flag.
    """

    verb: str
    method: str
    path: str
    help: str
    example: str
    fields: tuple[Field, ...] = ()
    wrap: str = ""
    rows: str = ""
    paging: Paging | None = None
    destructive: bool = False
    ask: str = ""
    done: str = ""
    essential: str = ""
    columns: Sequence[Column] | None = None
    host: Host = "account"
    sends: bool = False
    listed: bool = False
    more: tuple[str, ...] = ()
    web: str = ""

    @property
    def question(self) -> str:
        """The question before it runs; "" if it destroys nothing."""
        if self.ask or not (self.destructive or self.method == "DELETE"):
            return self.ask
        ids = re.findall(r"{\w+}", self.path)
        return " ".join([self.help.partition(".")[0], *ids]) + "?"

    @property
    def is_list(self) -> bool:
        """Whether it returns a list."""
        return self.listed or self.verb.split()[-1] == "list" or self.paging is not None


@record
class Group:
    """The first words of verbs with several words: their help, and the columns and essential value of their answers."""

    help: str
    columns: Sequence[Column] | None = None
    essential: str = ""


@record
class Resource:
    """A noun of the API: its columns, path IDs and operations, and the groups of its verbs with several words.

    `rate` is the API's limit for the noun, (requests, seconds).
    """

    noun: str
    columns: Sequence[Column]
    operations: tuple[Operation, ...]
    ids: Mapping[str, Id] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    rate: tuple[int, float] | None = None
    essential: str = "id"

    def columns_of(self, operation: Operation) -> Sequence[Column]:
        """Return the columns of an operation's answer: its own, its group's, or the resource's."""
        if operation.columns is not None:
            return operation.columns
        group = self._group_of(operation)
        return self.columns if group is None or group.columns is None else group.columns

    def essential_of(self, operation: Operation) -> str:
        """Return the key of the value that --quiet prints."""
        group = self._group_of(operation)
        return operation.essential or (group.essential if group else "") or self.essential

    def _group_of(self, operation: Operation) -> Group | None:
        return self.groups.get(operation.verb.rpartition(" ")[0])


def standard_verbs(
    noun: str,
    path: str,
    id_: str,
    *,
    sample: str,
    create: tuple[Field, ...] = (),
    update: tuple[Field, ...] = (),
    filters: tuple[Field, ...] = (),
    paging: Paging | None = None,
    wrap: str = "",
    rows: str = "",
    list_rows: str = "",
    create_rows: str = "",
    command: str = "",
    plural: str = "",
    group: str = "",
    whole: Sequence[Column] | None = None,
    answers: bool = False,
    ask: str = "",
    secret: str = "",
    web: Mapping[str, str] | None = None,
    only: str = "list get create update delete",
) -> tuple[Operation, ...]:
    """Declare the five verbs of a noun: list, get, create, update, delete.

    `id_` is the name of the ID in the path, `sample` the ID shown in examples. `rows` is the envelope of every answer,
    `list_rows` and `create_rows` those of the list and of a created object. `command` is the noun on the command line
    (default: its plural). `whole` are the columns of a single object. `answers` is set if a deletion returns the
    object; `ask` is its question. `web` maps verbs to pages of mailtrap.io. `secret` is the key of a value shown only
    once, at creation: --quiet prints it alone.
    """
    plural = plural or f"{noun}s"
    called = " ".join(filter(None, ("mailtrap", command or plural.replace(" ", "-").lower(), group)))
    one, a = f"{path}/{{{id_}}}", "an" if noun[0].lower() in "aeiou" else "a"
    before = "".join(f" {7 + number}" for number, _ in enumerate(re.findall(r"{\w+}", path)))

    def verb(name: str, method: str, help_: str, words: str = "", **more: Any) -> Operation:
        on = path if name in ("list", "create") else one
        example = f"{called} {name}{before}{words}"
        more = {"rows": rows, "web": (web or {}).get(name, ""), **more}
        return Operation(f"{group} {name}".strip(), method, on, help_, example, **more)

    def flags(fields: Sequence[Field]) -> str:
        return "".join(f" {field_.flag} {sample_of(field_)}".rstrip() for field_ in fields)

    def change(field_: Field) -> str:
        same = sample_of(field_) == sample and field_.kind is str
        return f" {field_.flag} 'New {sample}'" if same else flags((field_,))

    body: dict[str, Any] = {"wrap": wrap, "columns": whole}
    made = {**body, "rows": create_rows or rows}
    needed = [field_ for field_ in create if field_.required]
    verbs = {
        "list": verb(*("list", "GET", f"List the {plural}."), fields=filters, rows=list_rows or rows, paging=paging),
        "get": verb("get", "GET", f"Show {a} {noun}.", f" {sample}", columns=whole),
        "create": verb("create", "POST", f"Create {a} {noun}.", flags(needed), fields=create, essential=secret, **made),
        "update": verb(
            *("update", "PATCH", f"Update {a} {noun}."),
            f" {sample}{''.join(map(change, update[:1]))}",
            fields=update,
            **body,
        ),
        "delete": verb(
            *("delete", "DELETE", f"Delete {a} {noun}.", f" {sample} --yes"),
            ask=ask or f"Delete {noun} {{{id_}}}?",
            done="" if answers else f"Deleted {noun} {{{id_}}}.",
        ),
    }
    return tuple(verbs[name] for name in only.split())


def sample_of(field_: Field) -> str:
    """Return an example value."""
    if field_.kind is bool:
        return ""
    if field_.sample or field_.choices:
        word = field_.sample or field_.words[0]
        return word if re.fullmatch(r"[\w@%+=:,./-]+", word) else f"'{word}'"
    samples = {
        Kind.EMAIL: "ada@acme.example",
        Kind.URL: "https://acme.example",
        int: "7",
        float: "0.5",
        Kind.DATE: "7d",
        Kind.TIME: "7d",
        Kind.FUTURE: "90d",
        Kind.FILE: "body.html",
    }
    return samples.get(field_.kind, "Example" if field_.kind is str else "@body.json")


def as_word(choice: Any) -> str:
    """Turn a choice into one word for the command line: `hard-bounce` for `hard bounce`."""
    return re.sub(r"[^a-z0-9_]+", "-", str(choice).lower()).strip("-") or str(choice)
