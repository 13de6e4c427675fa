"""The inline images of a message (`cid:…`, RFC 2392) as data URLs, so that nothing is requested to show them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

LARGEST_IMAGES = 10 << 20  # bytes of all inline images together
LARGEST_PAGE = 30 << 20  # characters of them in the page, where one may stand many times


class InlineImages:
    """Embeds images, each fetched once, up to a total size.

    `attachments` gives the attachments as the API describes them, `fetch` the bytes of one.
    """

    def __init__(
        self, attachments: Callable[[], list[dict[str, Any]]], fetch: Callable[[dict[str, Any]], bytes]
    ) -> None:
        self._attachments = attachments
        self._fetch_content = fetch
        self._left_to_fetch, self._left_to_embed = LARGEST_IMAGES, LARGEST_PAGE
        self._data: dict[str, str] = {}

    def embed(self, text: str) -> str:
        """The text with its references to images replaced by their data, as far as there is room."""
        return re.sub(r"cid:([^\s\"'()<>]{1,500})", self._replace, text) if "cid:" in text else text

    def _replace(self, reference: re.Match[str]) -> str:
        from urllib.parse import unquote

        name = unquote(reference[1])
        if name not in self._data:
            self._data[name] = self._fetch(name)
        data = self._data[name]
        if not data or len(data) > self._left_to_embed:
            return reference[0]
        self._left_to_embed -= len(data)
        return data

    def _fetch(self, name: str) -> str:
        from base64 import b64encode

        for attachment in self._attachments():
            kind = str(attachment.get("content_type") or "").partition(";")[0].strip()
            size = int(attachment.get("attachment_size") or 0)
            image = re.fullmatch(r"image/[\w.+-]+", kind, re.ASCII)
            if str(attachment.get("content_id") or "").strip("<>") == name and image and size <= self._left_to_fetch:
                content = self._fetch_content(attachment)
                self._left_to_fetch -= max(size, len(content))
                return f"data:{kind};base64,{b64encode(content).decode()}"
        return ""
