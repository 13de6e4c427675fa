"""Answers of the local sandbox, in the shape of each of the API's hosts."""

from __future__ import annotations

import json
from typing import Literal

from ..api.responses import Answer

Host = Literal["send", "bulk", "sandbox", "account"]


_JSON = {"content-type": "application/json; charset=utf-8"}


def error(host: Host, status: int, *sentences: str) -> Answer:
    """Build an error for this host: the account host puts 403 and 422 under `errors`, all others under `error`."""
    if host != "account":
        return answer(status, {"success": False, "errors": list(sentences)})
    return answer(status, {"errors" if status in (403, 422) else "error": sentences[0]})


def answer(status: int, document: object) -> Answer:
    """Build a JSON answer."""
    return Answer(status, _JSON, json.dumps(document).encode())


NOTHING = Answer(204, {}, b"")
