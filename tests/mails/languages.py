"""Phrases of services in thirty languages: one-time codes, confirmations, receipts, offers."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Language(NamedTuple):
    """The sentences of one language. `{code}`, `{order}`, `{total}` and `{promo}` are filled in."""

    tag: str
    hello: str
    code_subject: str
    code_line: str  # the code within a sentence
    label: str  # the text above or before a code that stands alone
    expiry: str
    ignore: str
    confirm_subject: str
    confirm_line: str
    button: str
    receipt_subject: str
    receipt_line: str
    offer_line: str
    unsubscribe: str
    privacy: str
    help: str


_LINES = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
LANGUAGES = tuple(Language(*line.split("|")) for line in _LINES)
