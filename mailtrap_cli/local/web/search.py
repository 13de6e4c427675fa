"""Parse the text of the search field into the filters that commands use. Pure."""

from __future__ import annotations

import re

from ...errors import InputError
from ...sandbox.mailbox import STREAMS, Filters

_WORD = re.compile(r'(?<!\S)(from|to|subject|since|is|stream):(?:"([^"]*)"|(\S+))', re.IGNORECASE)
_FIELDS = {"from": "sender", "to": "to", "subject": "subject", "since": "since"}


def parse_search(text: str, *, unread: bool = False, stream: str = "") -> Filters:
    """Parse `from:shop is:unread order` into Filters; words that are not filters are searched for. Raises
    InputError.
    """
    values: dict[str, str] = {}
    for match in _WORD.finditer(text):
        name, value = match[1].lower(), match[2] or match[3] or ""
        if name == "is":
            if value.lower() != "unread":
                raise InputError(f"is:{value} is not a filter; only is:unread is supported")
            unread = True
        elif name == "stream":
            stream = value.lower()
        else:
            values[_FIELDS[name]] = value
    if stream and stream not in STREAMS:
        raise InputError(f"The stream {stream!r} is not one of {', '.join(STREAMS)}")
    words = " ".join(_WORD.sub(" ", text).split())
    return Filters(search=words or None, unread=unread, stream=stream or None, **values)
