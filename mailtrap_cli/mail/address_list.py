"""The grammar of address lists (RFC 5322, 3.4): text to mailboxes, in one pass, marking malformed ones. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .encoded_words import decode_words


class Token(NamedTuple):
    """`kind` is atom, word (an encoded one), quoted, comment, literal, or the special character itself."""

    kind: str
    text: str
    spaced: bool  # white space before it


@dataclass(frozen=True)
class Mailbox:
    """One entry of a list. `local` and `domain` are empty if it has no usable address; `source` is its text.

    `comment` is the last `(comment)`, which old programs put names in. `name_has_at` means that the name is not quoted
    and holds an @, so it could be taken for the address; `malformed` that the entry violates the RFC.
    """

    name: str
    comment: str
    local: str
    domain: str
    source: str
    name_has_at: bool = False
    malformed: bool = False


# An encoded word may contain spaces and commas, as programs write them, but nothing that could hide an address.
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<word>=\?[^?\s<>]{1,60}\?[bBqQ]\?[^?<>]*\?=)"
    r'|"(?P<quoted>(?:[^"\\]|\\.)*)"'
    r"|(?P<literal>\[[^\]\[]*\])"
    r"|(?P<special>[<>,:;@()\"\[\]])"
    r"|(?P<atom>[^\s<>,:;@()\"\[\]]+)",
    re.DOTALL,
)
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]"
_DOT_ATOM = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*")


def split_addresses(text: str) -> list[Mailbox]:
    """Split an address list into its entries, including those of groups; empty entries and groups yield none."""
    found: list[Mailbox] = []
    entry: list[Token] = []
    in_group = False
    for token in _split_tokens(text):
        if token.kind == ":" and not in_group and not any(each.kind in "<@" for each in entry):
            entry, in_group = [], True
            continue
        if token.kind in ",;":
            _add_entry(entry, found, misplaced=token.kind == ";" and not in_group)
            entry = []
            in_group = in_group and token.kind != ";"
            continue
        entry.append(token)
    _add_entry(entry, found, misplaced=in_group)
    return found


def _split_tokens(text: str) -> Iterator[Token]:
    place, spaced = 0, False
    while place < len(text):
        if text[place] == "(":
            end = _find_comment_end(text, place)
            if not end:  # it never ends
                yield Token("(", text[place:], spaced)
                return
            yield Token("comment", _unescape(text[place + 1 : end - 1]), spaced)
            place, spaced = end, False
            continue
        match = _TOKEN.match(text, place)
        assert match is not None, "every character begins a token"
        place = match.end()
        kind = match.lastgroup or ""
        if kind == "space":
            spaced = True
            continue
        shown = _unescape(match[kind]) if kind == "quoted" else match[0]
        yield Token(shown if kind == "special" else kind, shown, spaced)
        spaced = False


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def _find_comment_end(text: str, start: int) -> int:
    """Find the position after a comment, which may be nested; 0 if it does not end."""
    depth, place = 0, start
    for match in re.compile(r"\\.|[()]", re.DOTALL).finditer(text, start):
        place = match.end()
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0:
            return place
    return 0


def _add_entry(tokens: Sequence[Token], found: list[Mailbox], *, misplaced: bool) -> None:
    """Read the tokens between two commas."""
    comments = [token.text for token in tokens if token.kind == "comment"]
    tokens = [token for token in tokens if token.kind != "comment"]
    if not tokens:
        return
    kinds = [token.kind for token in tokens]
    before, inside, malformed = [], list(tokens), misplaced
    if "<" in kinds:
        start = kinds.index("<")
        end = kinds.index(">", start) if ">" in kinds[start:] else len(kinds)
        before, inside = list(tokens[:start]), list(tokens[start + 1 : end])
        malformed = malformed or end != len(kinds) - 1 or any(token.kind in '(":>' for token in before)
        if inside and inside[0].kind == "@":  # a route, which is ignored (RFC 5322, 4.4)
            inside = inside[next((n for n, token in enumerate(inside) if token.kind == ":"), -1) + 1 :]
    local, domain, odd = _split_address(inside)
    found.append(
        Mailbox(
            name=_join_phrase(before),
            comment=decode_words(comments[-1]).strip() if comments else "",
            local=local,
            domain=domain,
            source=_join_phrase(tokens, quoted=True),
            name_has_at=any(token.kind == "@" for token in before),
            malformed=malformed or odd,
        )
    )


def _split_address(tokens: Sequence[Token]) -> tuple[str, str, bool]:
    """Return local part and domain, both empty if ambiguous, and whether they are malformed."""
    places = [place for place, token in enumerate(tokens) if token.kind == "@"]
    if len(places) != 1:
        return "", "", True
    local, domain = tokens[: places[0]], tokens[places[0] + 1 :]
    if not local or any(token.kind not in ("atom", "word", "quoted") for token in local):
        return "", "", True
    if len(domain) != 1 or domain[0].kind not in ("atom", "literal") or any(token.spaced for token in local[1:]):
        return "", "", True
    text = "".join(token.text for token in local)
    return text, domain[0].text, local[0].kind != "quoted" and not _DOT_ATOM.fullmatch(text)


def _join_phrase(tokens: Sequence[Token], *, quoted: bool = False) -> str:
    """Join words with single spaces. Encoded words are decoded, and adjacent ones merged.

    `quoted` keeps the quotes, so that the text can be parsed again.
    """
    text = ""
    for token in tokens:
        shown = f'"{quote_inside(token.text)}"' if quoted and token.kind == "quoted" else token.text
        text += (" " if token.spaced and text else "") + shown
    return text if quoted else decode_words(text).strip()


def quote_inside(text: str) -> str:
    """Escape the inside of a quoted-string (RFC 5322, 3.2.4)."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
