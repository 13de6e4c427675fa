"""Build the account host's JSON from stored data (sandbox.openapi.yml, email-sending.openapi.yml). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .rules import list_recipients
from .store import DEFAULT_SANDBOX

if TYPE_CHECKING:
    from .mime import Part
    from .store import Captured

LOOPBACK = "127.0.0.1"


def timestamp(milliseconds: int) -> str:
    """Format milliseconds as ISO 8601 in UTC, like the API."""
    from time import gmtime, strftime

    return strftime("%Y-%m-%dT%H:%M:%S", gmtime(milliseconds // 1000)) + f".{milliseconds % 1000:03}Z"


def human_size(size: int) -> str:
    """Format a size: `300 Bytes`, `1.2 KB`, `3.4 MB`."""
    if size < 1024:
        return f"{size} Bytes"
    return f"{size / 1024:.1f} KB" if size < 1 << 20 else f"{size / (1 << 20):.1f} MB"


def _message_path(captured: Captured) -> str:
    return f"/api/sandboxes/{captured.sandbox_id or DEFAULT_SANDBOX}/messages/{captured.id}"


def message(captured: Captured) -> dict[str, Any]:
    """Describe a captured message (schema SandboxMessage). `email_size` covers its bodies and attachments."""
    fields = captured.fields()
    sender = fields["from"]
    path = _message_path(captured)
    document = {
        "id": captured.id,
        "sandbox_id": captured.sandbox_id or DEFAULT_SANDBOX,
        "stream": captured.stream,  # our own field: "sandbox", "transactional" or "bulk"
        "subject": captured.subject,
        "sent_at": timestamp(captured.created_at),
        "from_email": sender["email"],
        "from_name": sender.get("name") or "",
        "to_email": captured.to_email,
        "to_name": captured.to_name,
        "email_size": captured.size,
        "is_read": bool(captured.is_read),
        "created_at": timestamp(captured.created_at),
        "updated_at": timestamp(captured.updated_at),
        "template_id": fields.get("template_id") or 0,
        "template_variables": fields.get("template_variables"),
        "html_body_size": captured.html_size,
        "text_body_size": captured.text_size,
        "human_size": human_size(captured.size),
        "html_path": f"{path}/body.html",
        "txt_path": f"{path}/body.txt",
        "raw_path": f"{path}/body.raw",
        "download_path": f"{path}/body.eml",
        "html_source_path": f"{path}/body.htmlsource",
        "blacklists_report_info": {
            "result": "pending",  # always: no blacklist is consulted
            "domain": sender["email"].rpartition("@")[2],
            "ip": LOOPBACK,
            "report": [],
        },
        "smtp_information": {
            "ok": True,
            "data": {
                "mail_from_addr": (fields.get("envelope") or {}).get("from", sender["email"]),
                "client_ip": LOOPBACK,
                "rcpt_to_addrs": list_recipients(fields),
            },
        },
    }
    if fields.get("template_uuid"):
        document["template_uuid"] = fields["template_uuid"]
    return document


def attachment(captured: Captured, part: Part) -> dict[str, Any]:
    """Describe an attachment (getSandboxMessageAttachment). Its ID is unique across all messages."""
    number = captured.id * 1000 + part.number
    return {
        "id": number,
        "message_id": captured.id,
        "filename": part.filename,
        "attachment_type": part.disposition,
        "content_type": part.content_type,
        "content_id": part.content_id,
        "transfer_encoding": "base64",
        "attachment_size": len(part.content),
        "created_at": timestamp(captured.created_at),
        "updated_at": timestamp(captured.created_at),
        "attachment_human_size": human_size(len(part.content)),
        "download_path": f"{_message_path(captured)}/attachments/{number}/download",
    }


PERMISSIONS = {"can_read": True, "can_update": True, "can_destroy": True, "can_leave": False}


def sandbox(row: Mapping[str, Any], smtp_ports: Sequence[int]) -> dict[str, Any]:
    """Describe a sandbox (schema TestingSandbox). It has no POP3 ports; POP3 is not supported."""
    last = row["last_message_sent_at"]
    return {
        "id": row["id"],
        "name": row["name"],
        "username": row["username"],
        "password": row["password"],
        "max_size": 0,
        "status": "active",
        "email_username": row["email_username"],
        "email_username_enabled": bool(row["email_username_enabled"]),
        "sent_messages_count": row["sent_messages_count"],
        "forwarded_messages_count": 0,
        "used": row["sent_messages_count"] > 0,
        "forward_from_email_address": f"sandbox-{row['id']}@forward.local.invalid",
        "project_id": row["project_id"],
        "domain": "localhost",
        "pop3_domain": "localhost",
        "email_domain": "localhost",
        "api_domain": "localhost",
        "emails_count": row["emails_count"],
        "emails_unread_count": row["emails_unread_count"],
        "last_message_sent_at": None if last is None else timestamp(last),
        "smtp_ports": list(smtp_ports),
        "pop3_ports": [],
        "max_message_size": 10 << 20,
        "permissions": PERMISSIONS,
    }


def project(
    number: int, name: str, sandboxes: Sequence[Mapping[str, Any]], smtp_ports: Sequence[int]
) -> dict[str, Any]:
    """Describe a project with its sandboxes (schema Project)."""
    return {
        "id": number,
        "name": name,
        "sandboxes": [sandbox(row, smtp_ports) for row in sandboxes],
        "permissions": PERMISSIONS,
    }


def spam_report() -> dict[str, Any]:
    """Return a spam report that says nothing was checked, with a score of 0 and no rules."""
    return {
        "report": {
            "ResponseCode": 0,
            "ResponseMessage": "Not checked: the local sandbox has no spam filter",
            "ResponseVersion": "1.2",
            "Score": 0.0,
            "Spam": False,
            "Threshold": 5.0,
            "Details": [
                {
                    "Pts": 0.0,
                    "RuleName": "NOT_CHECKED",
                    "Description": "Not checked: only the service runs this check",
                }
            ],
        }
    }
