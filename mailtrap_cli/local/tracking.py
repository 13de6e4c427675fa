"""Open and click tracking of live mail: the HTML as the recipient gets it, and what its pixel and links do.

HTML is stored as it was sent. The pixel and the links are added when it is read, with the address of the server running
at that time. A link holds a message ID and a number, so it can lead only to a link of that message.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import quote

from ..sandbox.html import OPT_OUT, UNSUBSCRIBE
from .delivery import TRACKED, is_opted_out, is_tracked
from .log_store import Entry
from .store import Captured, Store

PATH = "/track"
LEFT_ALONE = "data-mt-no-track"

_START = re.compile(r"<(?:!--|(a|script|style|title|textarea)(?=[\s/>]))", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""[\s/]*+([^\s/>=][^\s/>=]*+)(?:\s*+=\s*+("[^"]*"|'[^']*'|[^\s>"'][^\s>]*+))?""")
_TAG_END = re.compile(r"[\s/]*+>")
_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """A link in HTML: its URL, and the position of its value, including quotes."""

    url: str
    start: int
    end: int


def track_html(store: Store, captured: Captured, html: str, base: str) -> str:
    """Return the HTML of a captured message as its first recipient gets it, with links to the server at `base`.

    Returns it unchanged if the message was not sent live, or if its domain or recipient has no tracking.
    """
    message_id = captured.ids.partition(" ")[0]
    entry = store.log.find(message_id) if captured.sandbox_id == 0 else None
    if entry is None:
        return html
    tracked = {kind for kind in TRACKED if is_tracked(store, entry.recipient, entry.domain_id, kind)}
    pieces: list[str] = []
    place = number = 0
    for link in find_links(html):
        if link.url in (UNSUBSCRIBE, OPT_OUT):
            url = f"{base}{PATH}/{'unsubscribe' if link.url == UNSUBSCRIBE else 'opt-out'}/{message_id}"
        else:
            number += 1
            if "click" not in tracked:
                continue
            url = f"{base}{PATH}/click/{message_id}/{number}"
        pieces += [html[place : link.start], f'"{escape(url)}"']
        place = link.end
    html = "".join([*pieces, html[place:]])
    if "open" not in tracked:
        return html
    pixel = f'<img src="{escape(base)}{PATH}/open/{message_id}.gif" width="1" height="1" alt="">'
    ends = [found.start() for found in _BODY_END.finditer(html)]
    end = ends[-1] if ends else len(html)
    return html[:end] + pixel + html[end:]


def find_links(html: str) -> Iterator[Link]:
    """Return the links to track, and those Mailtrap fills in, in order."""
    place = 0
    while start := _START.search(html, place):
        name = (start[1] or "").lower()
        if not name:
            place = html.find("-->", start.end())
            if place < 0:
                return
            continue
        href: Link | None = None
        alone = False
        place = start.end()
        while not (end := _TAG_END.match(html, place)):
            attribute = _ATTRIBUTE.match(html, place)
            if attribute is None:
                return  # the tag never ends, so nothing follows
            place = attribute.end()
            key = attribute[1].lower()
            alone = alone or key == LEFT_ALONE
            if key == "href" and attribute[2] and href is None:
                href = Link(_read_url(attribute[2]), *attribute.span(2))
        place = end.end()
        if name != "a":
            closing = re.compile(f"</{name}(?=[\\s/>])", re.IGNORECASE).search(html, place)
            if closing is None:
                return
            place = closing.end()
        elif href is not None and _is_trackable(href.url) and not alone:
            yield href


def follow_click(store: Store, message_id: str, number: int) -> tuple[Entry, str] | None:
    """Return the log entry of a message and the URL of its link with this number (from 1)."""
    entry = find_entry(store, message_id)
    found = store.message(None, entry.message) if entry and entry.message is not None else None
    if entry is None or found is None:
        return None
    links = (link.url for link in find_links(found[1].get("html") or "") if link.url not in (UNSUBSCRIBE, OPT_OUT))
    url = next((url for place, url in enumerate(links, 1) if place == number), None)
    return None if url is None else (entry, url)


def find_entry(store: Store, message_id: str) -> Entry | None:
    """Return the log entry of a sent message."""
    entry = store.log.find(message_id)
    return entry if entry is not None and entry.message is not None else None


def record_visit(store: Store, entry: Entry, kind: str, *, ip: str | None, user_agent: str, url: str = "") -> None:
    """Log an open or a click, unless the domain or the recipient has tracking turned off."""
    if is_tracked(store, entry.recipient, entry.domain_id, kind):
        details = {"click_url": url} if url else {}
        details |= {"web_ip_address": ip or "", "user_agent": user_agent[:1000]}
        store.log.record(entry, kind, details, _now())


def unsubscribe(store: Store, entry: Entry, *, ip: str | None, user_agent: str) -> None:
    """Log that a recipient unsubscribed, and suppress the address on this stream."""
    from .delivery import find_suppression, suppress_entry

    with store.database.writing():
        if find_suppression(store, entry.recipient, entry.stream, entry.domain_id) is None:
            details = {"web_ip_address": ip or "", "user_agent": user_agent[:1000]}
            store.log.record(entry, "unsubscribe", details, _now())
            suppress_entry(store, entry, "unsubscription", _now())


def opt_out(store: Store, entry: Entry) -> None:
    """Record that a recipient opted out of tracking by this domain."""
    domain = store.resources.get("domain", entry.domain_id)
    with store.database.writing():
        if domain is not None and not is_opted_out(store, entry.recipient, entry.domain_id):
            document = {
                "email": entry.recipient,
                "domain_id": entry.domain_id,
                "domain_name": domain.document["domain_name"],
            }
            store.resources.create("tracking_opt_out", document, key=entry.recipient)


def quote_location(url: str) -> str:
    """Quote a URL for use in a header."""
    return quote(url.encode("utf-8", "replace"), safe="%/:=&?~#+!$,;'@()*[]")


def _read_url(value: str) -> str:
    """Read a URL from an attribute (WHATWG URL: strip the ends, remove tabs and line breaks)."""
    return re.sub(r"[\t\r\n]", "", unescape(value.strip("\"'"))).strip()


def _is_trackable(url: str) -> bool:
    return url in (UNSUBSCRIBE, OPT_OUT) or re.match(r"https?://", url, re.IGNORECASE) is not None


def _now() -> int:
    return time.time_ns() // 1_000_000
