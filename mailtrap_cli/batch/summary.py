"""The summary of a plan before it is sent: how much, where, from whom, how long; and previews of messages."""

from __future__ import annotations

from ..api.rate_limit import most_messages
from ..errors import name_option
from ..mail.message import Message
from ..text import clean, clean_block
from ..units import format_count, format_duration
from .preflight import Checked
from .requests import ENOUGH_BYTES, MOST_MESSAGES

Rate = tuple[int, float] | None  # (count, seconds); None for no limit


def least_requests(plan: Checked, count: int, rate: Rate = None) -> int:
    """Estimate the fewest requests that `count` messages of average size need at this rate of messages."""
    size = plan.bytes * count // max(1, plan.total - plan.invalid)
    return max(-(-count // most_messages(rate, MOST_MESSAGES)), -(-size // ENOUGH_BYTES))


def least_seconds(plan: Checked, messages: int, limit: Rate, rate: Rate) -> float:
    """Return the least time that the limits require for N messages: `limit` in requests, `rate` in messages."""
    requests = least_requests(plan, messages, rate)
    by_requests = (requests - 1) // limit[0] * limit[1] if limit else 0.0
    by_messages = (messages - 1) / rate[0] * rate[1] if rate else 0.0
    return max(0.0, by_requests, by_messages)


def summary_lines(plan: Checked, label: str, limit: Rate, rate: Rate, *, messages: int) -> list[str]:
    """Write the summary; its first line says where the emails go. `messages` is how many are not settled yet."""
    first = plan.first
    assert first is not None
    assert first.sender is not None
    left = plan.total - plan.count
    subject = first.subject if first.template_uuid is None else f"by template {first.template_uuid}"
    settled = plan.count - messages
    requests = least_requests(plan, messages, rate)
    seconds = least_seconds(plan, messages, limit, rate)
    bound = (
        f"{rate[0]:,} emails in {format_duration(rate[1])}"
        if rate and seconds > least_seconds(plan, messages, limit, None)
        else f"{limit[0]} requests in {format_duration(limit[1])}"
        if limit
        else "no limit"
    )
    return [
        label,
        f"  rows     {plan.total:,} in {plan.name}, {messages:,} {'left ' if settled else ''}to send"
        + (f", {settled:,} already done" if settled else "")
        + (f", {left:,} left out" if left else ""),
        f"  from     {first.sender}",
        f"  subject  {clean(subject or '')}",
        f"  time     {'at least ' + format_duration(seconds) if seconds >= 1 else 'a moment'}: "
        f"{format_count(requests, 'request')}, {bound}",
    ]


def plan_notices(plan: Checked, *, dedupe: bool) -> list[str]:
    """Notices about rows that are skipped, and about repeated recipients."""
    found = plan.misleading_columns() + plan.name_problems()
    if plan.invalid > len(found):
        found.append(f"… and {plan.invalid - len(found):,} more")
    if plan.invalid:
        found.append(f"{format_count(plan.invalid, 'row')} cannot be sent and will be skipped.")
    if plan.repeated:
        places = ", ".join(f"{plan.name}:{line}" for line in plan.repeats)
        more = ", …" if plan.repeated > len(plan.repeats) else ""
        one = plan.repeated == 1
        skip = f"{'it is' if one else 'they are'} skipped."
        keep = f"{'it' if one else 'each'} still gets its email. Use {name_option('dedupe')} to skip repeats."
        found.append(
            f"{format_count(plan.repeated, 'row')} {'repeats' if one else 'repeat'} an earlier recipient "
            f"({places}{more}): {skip if dedupe else keep}"
        )
    return found


def format_message(line: int, name: str, message: Message) -> str:
    """Format a message for people."""
    head = [f"── {name}:{line}"]
    if message.sender:
        head.append(f"From: {message.sender}")
    for title, addresses in (("To", message.to), ("Cc", message.cc), ("Bcc", message.bcc)):
        if addresses:
            head.append(f"{title}: {', '.join(map(str, addresses))}")
    if message.reply_to:
        head.append(f"Reply-To: {message.reply_to}")
    if message.subject is not None:
        head.append(f"Subject: {message.subject}")
    head += [f"{title}: {value}" for title, value in message.headers.items()]
    if message.category:
        head.append(f"Category: {message.category}")
    for attachment in message.attachments:
        head.append(f"Attachment: {attachment.filename} ({len(attachment.content):,} bytes)")
    text = "\n".join(clean(entry) for entry in head)
    if message.template_uuid is not None:
        from ..text import dumps

        return f"{text}\nTemplate: {message.template_uuid}\n\n{dumps(message.template_variables, indent=2)}\n"
    bodies = [clean_block(body).rstrip("\n") for body in (message.text, message.html) if body]
    return f"{text}\n\n" + "\n\n── HTML\n\n".join(bodies) + "\n"
