"""The account host's JSON, made from what the store holds (sandbox.openapi.yml, email-sending.openapi.yml). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .mime import Part
from .store import Captured

LOOPBACK = "127.0.0.1"

# HTML elements that have no end tag, and those whose end tag may be left out (HTML Living Standard, 13.1.2).
VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
OPTIONAL = frozenset(
    ("html", "head", "body", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "colgroup")
)


def timestamp(seconds: float) -> str:
    """ISO 8601 in UTC with milliseconds, as the API writes it."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def human_size(size: int) -> str:
    """`300 Bytes`, `1.2 KB`, `3.4 MB`."""
    if size < 1024:
        return f"{size} Bytes"
    return f"{size / 1024:.1f} KB" if size < 1 << 20 else f"{size / (1 << 20):.1f} MB"


def message(captured: Captured) -> dict[str, Any]:
    """A captured message (schema SandboxMessage)."""
    stored = captured.message()
    path = f"/api/sandboxes/{captured.sandbox_id}/messages/{captured.id}"
    text, html = stored.get("text") or "", stored.get("html") or ""
    attached = sum(len(entry["content"]) * 3 // 4 for entry in stored.get("attachments") or ())
    size = len(text.encode("utf-8", "replace")) + len(html.encode("utf-8", "replace")) + attached
    recipients = [entry["email"] for field in ("to", "cc", "bcc") for entry in stored.get(field) or ()]
    document = {
        "id": captured.id,
        "sandbox_id": captured.sandbox_id,
        "subject": captured.subject,
        "sent_at": timestamp(captured.created_at),
        "from_email": stored["from"]["email"],
        "from_name": stored["from"].get("name") or "",
        "to_email": captured.to_email,
        "to_name": captured.to_name,
        "email_size": size,
        "is_read": bool(captured.is_read),
        "created_at": timestamp(captured.created_at),
        "updated_at": timestamp(captured.updated_at),
        "template_id": 0,
        "template_variables": stored.get("template_variables"),
        "html_body_size": len(html.encode("utf-8", "replace")),
        "text_body_size": len(text.encode("utf-8", "replace")),
        "human_size": human_size(size),
        "html_path": f"{path}/body.html",
        "txt_path": f"{path}/body.txt",
        "raw_path": f"{path}/body.raw",
        "download_path": f"{path}/body.eml",
        "html_source_path": f"{path}/body.htmlsource",
        "blacklists_report_info": {"result": "pending"},
        "smtp_information": {
            "ok": True,
            "data": {
                "mail_from_addr": stored["from"]["email"],
                "client_ip": LOOPBACK,
                "rcpt_to_addrs": recipients,
            },
        },
    }
    if stored.get("template_uuid"):
        document["template_uuid"] = stored["template_uuid"]
    return document


def attachment(captured: Captured, part: Part) -> dict[str, Any]:
    """An attachment of a message (getSandboxMessageAttachment). Its id is unique over all messages."""
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
        "download_path": f"/api/sandboxes/{captured.sandbox_id}/messages/{captured.id}/attachments/{number}/download",
    }


PERMISSIONS = {"can_read": True, "can_update": True, "can_destroy": True, "can_leave": False}


def sandbox(row: Mapping[str, Any]) -> dict[str, Any]:
    """A sandbox (schema TestingSandbox). There is no SMTP and no POP3 here, so these list no ports."""
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
        "forwarded_messages_count": row["forwarded_messages_count"],
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
        "smtp_ports": [],
        "pop3_ports": [],
        "max_message_size": 10 << 20,
        "permissions": PERMISSIONS,
    }


def project(row: Mapping[str, Any], sandboxes: list[dict[str, Any]]) -> dict[str, Any]:
    """A project with its sandboxes (schema Project)."""
    return {
        "id": row["id"],
        "name": row["name"],
        "sandboxes": [sandbox(entry) for entry in sandboxes],
        "permissions": PERMISSIONS,
    }


def log_entry(captured: Captured, index: int) -> dict[str, Any]:
    """The email log of one recipient of a live message (EmailLogsListResponse)."""
    stored = captured.message()
    recipients = [entry["email"] for field in ("to", "cc", "bcc") for entry in stored.get(field) or ()]
    return {
        "message_id": captured.ids.split()[index],
        "status": "delivered",
        "subject": stored.get("subject"),
        "from": stored["from"]["email"],
        "to": recipients[index],
        "sent_at": timestamp(captured.created_at),
        "client_ip": LOOPBACK,
        "category": stored.get("category"),
        "custom_variables": stored.get("custom_variables") or {},
        "sending_stream": captured.stream,
        "domain_id": 0,
        "template_id": None,
        "template_variables": stored.get("template_variables") or {},
        "opens_count": 0,
        "clicks_count": 0,
    }


def spam_report(captured: Captured) -> dict[str, Any]:
    """The shape of a spam report; it says that nothing was checked, and invents no score."""
    return {
        "report": {
            "ResponseCode": 1,
            "ResponseMessage": "Not checked: the embedded sandbox has no spam filter",
            "ResponseVersion": "1.2",
            "Score": 0.0,
            "Spam": False,
            "Threshold": 5.0,
            "Details": [
                {
                    "Pts": 0.0,
                    "RuleName": "NOT_CHECKED",
                    "Description": "The embedded sandbox checks nothing here; the service's does",
                }
            ],
        }
    }


def analysis(html: str | None) -> dict[str, Any]:
    """An HTML report of what is known here: tags that are never closed or never opened, no clients' quirks."""
    from html.parser import HTMLParser

    errors: list[dict[str, Any]] = []
    opened: list[tuple[str, int]] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in VOID:
                opened.append((tag, self.getpos()[0]))

        def handle_endtag(self, tag: str) -> None:
            if not any(name == tag for name, _ in opened):
                if tag not in VOID and tag not in OPTIONAL:
                    errors.append(_finding(self.getpos()[0], f"</{tag}> closes nothing"))
                return
            while opened:
                name, line = opened.pop()
                if name == tag:
                    return
                if name not in OPTIONAL:
                    errors.append(_finding(line, f"<{name}> is not closed"))

    parser = Tags()
    parser.feed(html or "")
    parser.close()
    errors += [_finding(line, f"<{name}> is not closed") for name, line in opened if name not in OPTIONAL]
    return {"report": {"status": "success", "errors": errors}}


def _finding(line: int, rule: str) -> dict[str, Any]:
    return {"error_line": line, "rule_name": rule, "email_clients": {"desktop": [], "mobile": [], "web": []}}
