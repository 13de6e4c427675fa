"""Finds the one-time code that an email was sent for. Pure: text and HTML in, the code out; never raises.

A code is 4 to 8 digits, or letters and digits, that the words around it call a code. Years, prices, telephone and
order numbers are not codes, and neither are promotion codes. A code ends at anything but an ASCII letter or digit,
since Chinese, Japanese and Thai put no space around it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from .html import read_text
from .links import URL
from .vocabulary import CODE, ENTER, OTHER, PROMOTION, SIGNING_IN, plain_text

MOST_CODES = 3_000  # candidates scored: a few seconds at most
NEAR = 120  # characters before a code in which a word may announce it
AFTER = 40  # characters after a code in which a word may explain it
CONTEXT = 20_000  # characters that determine the topic of a message
LONGEST_BODY, LONGEST_LINE = 500_000, 20_000  # characters searched

_TAG = "\x1f"  # stands for a tag within a line
_PHONE, _DEVICE = "\x1d", "\x1e"  # stand for the masked digits of one, for a moment
_CANDIDATE = re.compile(
    r"(?<![A-Za-z0-9_.,/@+#$€£¥₩₹₽-])(?<![0-9]:)(?<![0-9]{2} )(?:[A-Z]-(?=[0-9]{4}))?"
    r"(?P<code>[0-9](?: (?:- )?[0-9]){3,7}|[0-9]{2}(?: [0-9]{2}){2,3}|[0-9]{3}[ -][0-9]{3}"
    r"|[0-9]{4}[ -][0-9]{4}|[0-9]{4,8}"
    r"|[A-Z0-9](?: [A-Z0-9]){4,7}|[A-Z0-9]{3,5}-[A-Z0-9]{3,5}|[A-Za-z0-9]{5,10})"
    r"(?![A-Za-z0-9_@%€$£¥₩₹₽]|[,:/][0-9]|\.[0-9a-z]|[@/-][A-Za-z0-9]| [0-9]{2,}|-)"
)
_DIGITS = re.compile(r"[0-9 -]+")
_CLAUSE_END = re.compile(r"[.!?;](?=[\s\x1f])|[。！？；，](?=\D)|[。！？；]")
_ANNOUNCES = re.compile(
    r"(?:[:=–—([【「『\[]|(?<!\w)(?:is|lautet|est|es|é|è|är|er|on|to|je|este|adalah|là|είναι|هو|הוא|है)|是|为|為|は|คือ)[\s\"'\x1f]*$"
)
_MONEY = re.compile(r"[$€£¥₹₽₩₺₴]|(?<![a-z])(?:usd|eur|gbp|chf|jpy|pln|czk|inr|rub|kr|zł|tl)(?![a-z])|円|元|원")
_UNIT = re.compile(
    r"\s?(?:s|seconds?|minutes?|hours?|days?|kb|mb|gb|kg|g|km|m|lines?|guests?|stars?|steps|developers|sekunden|uhr|times)"
    r"(?![a-z])"
)
# "your phone ending 4417", "尾号4417": digits that are shown to name a device or card.
_ENDING = re.compile(
    r"(?:(?:phone|mobile|number|card|device|account) ){0,2}"
    r"(?<![a-z])(?:end(?:ing|s)(?: in| with)?"
    r"|endet auf|terminant par|termina(?:da|do|ndo)? (?:en|em|con|in)"
    r"|eindigend op|slutar på|kończącym się na|尾号为?|末尾)[\s:•*x.-]*[0-9]{2,4}(?![0-9])",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[\[【［〔][^\[\]【】［］〔〕]{1,60}[\]】］〕]")
_ALONE = re.compile(r"[\s*_>|:.()\[\]【】「」『』<\"'\x1f-]*")
_SINGLE = re.compile(r"[A-Z0-9-]")


def find_code(subject: str, text: str | None, html: str | None, narrow: str = "") -> str | None:
    """Find the one-time code of the message; None if nothing looks like one.

    `narrow` is the code's length (`6`), or text that must stand before it on its line or the line before. Digits in
    groups come out as one number (`123 456` as 123456), those of other scripts as ASCII.
    """
    bodies = [plain_text(body[:LONGEST_BODY]) for body in (text, read_text(html, _TAG) if html else None) if body]
    context = "\n".join([plain_text(subject), *(body[:CONTEXT] for body in bodies)]).replace(_TAG, "").casefold()
    mail = _Mail(bool(CODE.search(context)), bool(SIGNING_IN.search(context)), bool(PROMOTION.search(context)))
    best, worth = None, 0.0
    for body in (*bodies, plain_text(subject)):
        for found in _find_candidates(body, mail):
            value = found.value
            if found.worth > worth and _matches_narrow(value, narrow, found.before):
                best, worth = value, found.worth
    return best


@dataclass(frozen=True)
class _Mail:
    """What the whole message is about."""

    names_code: bool
    signing_in: bool
    promotion: bool


@dataclass(frozen=True)
class _Found:
    """A candidate: the text before it, and its score (above 0)."""

    code: str
    before: str
    worth: float

    @property
    def value(self) -> str:
        grouped = _DIGITS.fullmatch(self.code) or " " in self.code
        return re.sub(r"[ -]", "", self.code) if grouped else self.code


@dataclass
class _Line:
    """A line of the message, and where its relevant words are."""

    text: str
    folded: str
    codes: list[tuple[int, int]] = field(default_factory=list)
    others: list[tuple[int, int]] = field(default_factory=list)  # other numbers, and promotions
    promotions: list[tuple[int, int]] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    phones: list[int] = field(default_factory=list)  # masked digits of telephones
    devices: list[int] = field(default_factory=list)  # and those of cards and accounts

    @classmethod
    def read(cls, text: str) -> _Line:
        """Return the line without addresses, masked digits and brands in brackets."""
        text = text[:LONGEST_LINE]
        text = URL.sub(" ", text) if "://" in text else text
        if _TAG in text:
            text = re.sub(rf"(?<=[A-Za-z0-9]){_TAG}+(?=[A-Za-z0-9])", _split_or_join, text)
        text = _BRACKETS.sub(_drop_brand, _ENDING.sub(_mark_device, text))
        phones, devices = ([place for place, mark in enumerate(text) if mark == one] for one in (_PHONE, _DEVICE))
        text = text.replace(_PHONE, " ").replace(_DEVICE, " ")
        folded = text.casefold() if len(text.casefold()) == len(text) else text.lower()
        folded = folded if len(folded) == len(text) else text
        promotions = [match.span() for match in PROMOTION.finditer(folded)]
        return cls(
            text,
            folded,
            [match.span() for match in CODE.finditer(folded)],
            sorted([*promotions, *(match.span() for match in OTHER.finditer(folded))]),
            promotions,
            [match.end() for match in _CLAUSE_END.finditer(text)],
            phones,
            devices,
        )

    def start_of_clause(self, at: int) -> int:
        """Return where the sentence at this position begins."""
        number = bisect_right(self.ends, at)
        return max(self.ends[number - 1] if number else 0, at - NEAR)

    def names_code(self) -> bool:
        """Whether the line mentions a code, and no other kind of number after it."""
        return bool(self.codes) and not self.others_near(self.codes[-1])

    def others_near(self, code: tuple[int, int]) -> bool:
        """Whether this word means another kind of code: an order number, or a promotion."""
        if any(other[0] < code[1] and code[0] < other[1] for other in self.others):
            return True
        start = self.start_of_clause(code[0])
        number = bisect_right(self.ends, code[1])
        end = min(self.ends[number] if number < len(self.ends) else len(self.text), code[1] + NEAR)
        return any(start <= promotion[0] < end for promotion in self.promotions)


def _split_or_join(mark: re.Match[str]) -> str:
    """Join tiles of single digits, but not a word and the bold code after it."""
    text, start, end = mark.string, mark.start(), mark.end()
    single = (start < 2 or not text[start - 2].isalnum()) or (end + 1 >= len(text) or not text[end + 1].isalnum())
    return "" if single and text[start - 1].isdigit() and text[end].isdigit() else " "


def _mark_device(masked: re.Match[str]) -> str:
    return _PHONE if re.search("phone|mobile|number", masked[0], re.IGNORECASE) else _DEVICE


def _drop_brand(brackets: re.Match[str]) -> str:
    inner = brackets[0][1:-1]
    if CODE.search(inner.casefold()) or not re.search(r"[^\W\d]", inner) or re.fullmatch(r"[A-Z0-9-]{4,11}", inner):
        return brackets[0]
    return " "


def _find_candidates(body: str, mail: _Mail) -> Iterator[_Found]:
    """Find the candidates with a score above 0."""
    judged = 0
    before: list[_Line] = []
    lines = map(_Line.read, _join_tiles(body.splitlines()))
    for line, after in _pair_with_next(lines):
        for match in _CANDIDATE.finditer(line.text):
            judged += 1
            if judged > MOST_CODES:
                return
            worth = _score_code(match, line, before[-2:], after, mail)
            if worth > 0:
                said = line.text[max(0, match.start() - NEAR) : match.start()]
                said = f"{before[-1].text[-NEAR:]} {said}" if before else said
                yield _Found(match["code"], said, worth)
        before = [*before[-1:], line]


def _pair_with_next(lines: Iterable[_Line]) -> Iterator[tuple[_Line, _Line | None]]:
    """Pair each line with the next; the last one has none."""
    this: _Line | None = None
    for line in lines:
        if this is not None:
            yield this, line
        this = line
    if this is not None:
        yield this, None


def _join_tiles(lines: list[str]) -> Iterator[str]:
    """Join consecutive lines of a single letter or digit: a code whose tiles are blocks."""
    tiles: list[str] = []
    for line in lines:
        shown = line.strip(f" \t{_TAG}")
        if _SINGLE.fullmatch(shown):
            tiles.append(shown)
        elif shown:
            if tiles:
                yield " ".join(tiles)
                tiles = []
            yield line
    if tiles:
        yield " ".join(tiles)


def _matches_narrow(value: str, narrow: str, context: str) -> bool:
    if narrow.isdecimal():
        return len(value) == int(narrow)
    return narrow.casefold() in context.casefold()


def _score_code(match: re.Match[str], line: _Line, before: list[_Line], after: _Line | None, mail: _Mail) -> float:
    """Score how likely the candidate is the code that the message was sent for."""
    code, start, end = match["code"], match.start(), match.end()
    digits = bool(_DIGITS.fullmatch(code))
    clause = line.start_of_clause(start)
    near, rest = line.folded[clause:start], line.folded[end : end + AFTER]
    alone = bool(_ALONE.fullmatch(line.folded[:start]) and _ALONE.fullmatch(line.folded[end:]))
    word = _last_span(line.codes, clause, start)
    other = _last_span(line.others, clause, start)
    announced = bool(_ANNOUNCES.search(line.folded[:start][-12:]))
    label = next((earlier for earlier in reversed(before) if earlier.codes or earlier.others), None)
    score = 0.0
    if word and not (other and other[1] >= word[1]):
        score = 10 - (start - word[1]) / 20
    elif _explains(line, end):
        score = 7
    elif digits and announced and _follows_device(line, start, mail):
        score = 6
    elif alone and label and label.names_code():
        score = 8 if label is before[-1] else 6
    elif (alone and after and after.names_code() and after.codes[0][0] < AFTER) or (
        digits and ENTER.search(near) and mail.signing_in and SIGNING_IN.search(line.folded[clause : end + NEAR])
    ):
        score = 6
    elif alone and mail.names_code and mail.signing_in and not (label and label.others):
        score = 3
    clear = announced or alone or mail.signing_in or not rest[:2].strip(" .,;!)")
    if word and not (clear or not line.text[start - 1].isascii() or ENTER.search(near[: word[0] - clause])):
        return 0
    if not score or (word and line.others_near(word)) or (other and not word and not _explains(line, end)):
        return 0
    if _MONEY.search(near[-6:]) or _MONEY.search(rest[:6]) or (digits and _UNIT.match(rest)):
        return 0
    if digits and re.fullmatch(r"(?:19|20)[0-9]{2}", code) and not announced and not (alone and score > 7):
        return 0
    if not digits and not _may_be_letters(
        code, announced, alone, bool(word) and start - word[1] <= 2 if word else False
    ):
        return 0
    if not digits and not mail.signing_in and (mail.promotion or not (announced or alone)):
        return 0
    score += 2 * announced + 2 * alone
    return score + (1 if digits and len(re.sub(r"\D", "", code)) == 6 else 0)


def _follows_device(line: _Line, start: int, mail: _Mail) -> bool:
    """Whether the candidate stands right after the device that it was sent to: `phone ending 4417: 481516`."""
    places = line.phones if not (mail.names_code or mail.signing_in) else [*line.phones, *line.devices]
    return any(not line.text[place:start].strip(" :") for place in places if place < start)


def _explains(line: _Line, end: int) -> bool:
    """Whether a word for a code follows soon after the candidate, and no other kind of number before it."""
    number = bisect_right(line.ends, end)
    stop = min(line.ends[number] if number < len(line.ends) else len(line.text), end + AFTER)
    number = bisect_right(line.codes, (end,))
    word = line.codes[number] if number < len(line.codes) else None
    if word is None or word[0] >= stop or line.others_near(word):
        return False
    number = bisect_right(line.others, (end,))
    return number == len(line.others) or line.others[number][0] > word[1]


def _may_be_letters(code: str, announced: bool, alone: bool, adjacent: bool) -> bool:
    """Whether letters may be a code here: with digits or mixed case, or all capitals after a clear label."""
    if not (announced or alone or adjacent):
        return False
    mixed = any(letter.isdigit() for letter in code) and any(letter.isalpha() for letter in code)
    if mixed:
        return not code.islower() or announced
    if code.isupper():
        return announced or alone
    changes = sum(first.isupper() != second.isupper() for first, second in pairwise(code))
    return announced and code.isalpha() and changes >= 2 and not code.istitle()


def _last_span(spans: list[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    """Return the last span between the two positions."""
    number = bisect_right(spans, (end, end))
    while number and spans[number - 1][1] > end:
        number -= 1
    found = spans[number - 1] if number else None
    return found if found and found[0] >= start else None
