"""`mailtrap inbound`: folders, inboxes, messages, threads, forward rules (inbound.openapi.yml)."""

from __future__ import annotations

from typing import Any

from ..cli.rest import Field, Group, Id, Kind, Operation, Paging, Resource, commands, standard_verbs
from ..output import Column, Row


def _conditions(row: Row) -> list[str]:
    words = ("match_type", "header_key", "operator", "value")
    return [
        " ".join(str(one[word]) for word in words if one.get(word) is not None)
        for one in row.get("conditions") or ()
        if isinstance(one, dict)
    ]


def _destinations(row: Row) -> list[str]:
    return [str(one.get("email")) for one in row.get("destinations") or () if isinstance(one, dict)]


FOLDERS = "/api/inbound/folders"
INBOXES = f"{FOLDERS}/{{folder_id}}/inboxes"
INBOX = "/api/inbound/inboxes/{inbox_id}"
MESSAGE = f"{INBOX}/messages/{{id}}"
PAGES = Paging("last_id", cursor="last_id")
DOMAIN = Id("domain", path="/api/domains", rows="data", key="domain_name")
NAME = Field("name", "Name.", required=True, longest=100, sample="Support")

IDENTITY = (Column("ID", "id", right=True), Column("Name", "name", main=True))
INBOX_COLUMNS = (*IDENTITY, Column("Address", "address"), Column("Domain", "domain_id", right=True))
MESSAGE_COLUMNS = (
    Column("ID", "id", keep=True),
    Column("From", "from"),
    Column("To", "to"),
    Column("Subject", "subject", main=True),
    Column("Received at", "received_at", time=True),
)
THREAD_COLUMNS = (
    Column("ID", "id", keep=True),
    Column("Subject", "subject", main=True),
    Column("Messages", "message_count", right=True),
    Column("Senders", "senders"),
    Column("Last activity", "last_activity_at", time=True),
)
RULE_COLUMNS = (*IDENTITY, Column("Conditions", _conditions), Column("Forwards to", _destinations))
MESSAGE_ID = "12 7012345678901234567"
SENT = (Column("Message IDs", "message_ids"),)

MAILBOXES: dict[str, Any] = {"kind": Kind.MAILBOX, "many": True}


def _answer(verb: str, path: str, help_: str, example: str, *, to_required: bool = False) -> Operation:
    fields = (
        Field("to", "Recipient; repeatable.", required=to_required, sample="ada@example.com", **MAILBOXES),
        Field("cc", "Copy; repeatable.", **MAILBOXES),
        Field("bcc", "Blind copy; repeatable.", **MAILBOXES),
        Field("from", "Sender.", kind=Kind.MAILBOX),
        Field("reply_to", "Reply-To address.", kind=Kind.MAILBOX),
        Field("text", "Text body."),
        Field("text", "Text body from a file; - is stdin.", kind=Kind.FILE, option="--text-file"),
        Field("html", "HTML body."),
        Field("html", "HTML body from a file; - is stdin.", kind=Kind.FILE, option="--html-file"),
        Field("category", "Category."),
        Field("attachments", "Attachment; repeatable.", kind=Kind.ATTACHMENT, many=True, option="--attach"),
        Field("headers", "Header; repeatable.", kind=Kind.MAP, option="--header"),
        Field("custom_variables", "Custom variable; repeatable.", kind=Kind.MAP, option="--variable"),
    )
    more: dict[str, Any] = {"fields": fields, "columns": SENT, "essential": "message_ids", "sends": True}
    return Operation(f"messages {verb}", "POST", path, help_, example, **more)


def _rule_fields(*, required: bool) -> tuple[Field, ...]:
    return (
        Field("name", "Name.", required=required, sample="Invoices"),
        Field("conditions", "At most 5 of match_type, operator, value, header_key.", kind=Kind.OBJECTS, longest=5),
        Field("destinations", 'At most 5, such as [{"email": "ada@example.com"}].', kind=Kind.OBJECTS, longest=5),
    )


RESOURCE = Resource(
    noun="inbound folder",
    columns=IDENTITY,
    ids={
        "folder_id": Id("inbound folder", path=FOLDERS),
        "inbox_id": Id("inbound inbox"),
        "id": Id("inbound message", kind=str),
        "thread_id": Id("thread", kind=str),
        "forward_rule_id": Id("forward rule"),
    },
    groups={
        "folders": Group("Folders of inboxes."),
        "inboxes": Group("Inboxes, each with its own address.", columns=INBOX_COLUMNS),
        "messages": Group("Received messages: read, reply, forward.", columns=MESSAGE_COLUMNS),
        "threads": Group("Messages by conversation.", columns=THREAD_COLUMNS),
        "forward-rules": Group("Rules that forward what an inbox receives.", columns=RULE_COLUMNS),
    },
    operations=(
        *standard_verbs(
            *("inbound folder", FOLDERS, "folder_id"),
            command="inbound",
            group="folders",
            sample="Support",
            create=(NAME,),
            update=(NAME,),
        ),
        *standard_verbs(
            *("inbound inbox", INBOXES, "inbox_id"),
            command="inbound",
            group="inboxes",
            plural="inbound inboxes",
            sample="12",
            create=(NAME, Field("domain_id", "Own domain (default: hosted).", kind=int, option="--domain", ref=DOMAIN)),
            update=(NAME,),
        ),
        *standard_verbs(
            *("inbound message", f"{INBOX}/messages", "id"),
            command="inbound",
            group="messages",
            sample="7012345678901234567",
            paging=PAGES,
            list_rows="data",
            whole=(*MESSAGE_COLUMNS, Column("Text", "text_body")),
            only="list get delete",
        ),
        _answer(
            *("reply", f"{MESSAGE}/reply", "Reply to the sender of a message."),
            f"mailtrap inbound messages reply {MESSAGE_ID} --text Thanks",
        ),
        _answer(
            *("reply-all", f"{MESSAGE}/reply_all", "Reply to everyone on a message."),
            f"mailtrap inbound messages reply-all {MESSAGE_ID} --text Thanks",
        ),
        _answer(
            "forward",
            f"{MESSAGE}/forward",
            "Forward a message.",
            f"mailtrap inbound messages forward {MESSAGE_ID} --to ada@example.com",
            to_required=True,
        ),
        *standard_verbs(
            *("thread", f"{INBOX}/threads", "thread_id"),
            command="inbound",
            group="threads",
            sample="7012345678901234567",
            filters=(Field("search", "Text to look for.", longest=256),),
            paging=PAGES,
            list_rows="data",
            only="list get delete",
        ),
        *standard_verbs(
            *("forward rule", f"{INBOX}/forward_rules", "forward_rule_id"),
            command="inbound",
            group="forward-rules",
            sample="3",
            create=_rule_fields(required=True),
            update=_rule_fields(required=False),
            rows="data",
        ),
    ),
)

app = commands(RESOURCE)
