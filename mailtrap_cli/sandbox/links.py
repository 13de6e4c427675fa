"""Finds the one link that an email was sent for. Pure: text and HTML in, the address out; never raises.

A link is judged by its text and by whole segments of its path, never by a token or another value:
what looks like a word inside a random token must not matter. Words that act (confirm, reset, sign in) beat words that
do not (terms, support). A link that is returned is one of the message's own.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from .html import Link, find_links
from .vocabulary import ASIDE, GENERIC, GLUE, NOUNS, STRONG, WEAK, compile_words

MOST_LINKS = 20_000  # links examined: a second at most
NOT_WANTED = -4.0  # a link below this is returned only on request
LONGEST_ENDING = 8  # letters after a stem, as in "confirmation"
LONGEST_LABEL = 80  # characters before a link in plain text that are read as its label

_STRONG, _WEAK, _NOUNS, _ASIDE = (compile_words(words) for words in (STRONG, WEAK, NOUNS, ASIDE))
_GENERIC = re.compile(rf"\W*(?:{compile_words(GENERIC).pattern})\W*")
_KNOWN = compile_words(STRONG, WEAK, NOUNS, ASIDE, GLUE)
_ELSEWHERE = re.compile(
    r"(?:^|\.)(?:facebook|fb|twitter|x|linkedin|instagram|youtube|youtu|tiktok|pinterest|threads|mastodon"
    r"|t|wa|discord|medium|bsky)\.(?:com|be|me|net|org|gg|social|app)$|^apps\.apple\.com$|^play\.google\.com$"
    r"|(?:^|\.)goo\.gl$|^maps\.google\.|(?:^|\.)w3\.org$|^schemas\.",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|ico|css|js|woff2?|ttf)$", re.IGNORECASE)
_TOKEN = re.compile(r"[\w.~%+-]{16,}")
_SLUG = re.compile(r"[a-z]+(?:-[a-z]+)+")
# No space or control character is part of an address, nor one that `text.clean` would take out of what is printed.
_NOWHERE = r"\s\x00-\x20\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff"
URL = re.compile(rf"""[a-zA-Z][a-zA-Z0-9+.-]{{1,30}}://[^<>"'`{{}}|\\^\u3000-\u303f\uff00-\uffef{_NOWHERE}]+""")
_ABSOLUTE = re.compile(rf"[a-zA-Z][a-zA-Z0-9+.-]*://[^{_NOWHERE}]+")
_CLAUSE_END = re.compile(r"[.!?。！？;|]\s|[。！？]|\n\s*\n")


def collect_links(text: str | None, html: str | None) -> list[Link]:
    """Collect the absolute links of a message, HTML first, each address once."""
    found: dict[str, Link] = {}
    for link in _list_links(text, html):
        found.setdefault(link.url, link)
    return list(found.values())


def _list_links(text: str | None, html: str | None) -> list[Link]:
    """List the absolute links of a message, as often as they occur."""
    every = (*find_links(html or "", MOST_LINKS), *_links_in_text(text or ""))
    return [link for link in every if _ABSOLUTE.fullmatch(link.url)]


def _links_in_text(text: str) -> list[Link]:
    found: list[Link] = []
    end_of_last = 0
    for match in URL.finditer(text):
        if len(found) == MOST_LINKS:
            break
        url = _strip_punctuation(match[0], text[match.start() - 1 : match.start()])
        before = text[max(end_of_last, match.start() - 160) : match.start()]
        label = _last_clause(before.rstrip(" <(["))
        found.append(Link(url, label if len(label) <= LONGEST_LABEL else "", " ".join(before.split())))
        end_of_last = match.end()
    return found


def _strip_punctuation(url: str, before: str) -> str:
    """Strip the punctuation of the surrounding sentence from an address.

    Brackets that it opens itself stay, and so do the `_` and `~` of a token unless one stands `before` it as well.
    """
    closing_marks = ".,;:!?…·»”’" + (before if before in ("*", "_", "~") else "")
    spare = {closing: url.count(closing) - url.count(opening) for opening, closing in ("()", "[]")}
    end = len(url)
    while end and (url[end - 1] in closing_marks or spare.get(url[end - 1], 0) > 0):
        end -= 1
        if url[end] in spare:
            spare[url[end]] -= 1
    return url[:end]


def find_link(text: str | None, html: str | None, narrow: str = "") -> str | None:
    """Find the address of the link that the message was sent for, with `narrow` in its address or text.

    None without one, or with nothing but links to unsubscribe, to other sites and to files.
    """
    wanted = narrow.casefold()
    best, score = None, 0.0
    for link in _list_links(text, html):
        if wanted and wanted not in link.url.casefold() and wanted not in link.words.casefold():
            continue
        worth = _score_link(link)
        if best is None or worth > score:
            best, score = link, worth
    return None if best is None or (score < NOT_WANTED and not wanted) else best.url


def _score_link(link: Link) -> float:
    """Score a link: above 0 if it acts, below NOT_WANTED if nobody waits for it."""
    words = link.words.casefold()[:300]
    before = _last_clause(link.before).casefold()
    if "://" in words or _GENERIC.fullmatch(words) or not words.strip():
        words = before
    host, segments, names, values = _split_url(link.url)
    path = " / ".join(filter(None, map(_read_words, (*segments, *names))))
    acts = _score_acting(words, 6, 3, 1)
    path_acts = _score_acting(path, 4, 2, 1)
    score = acts + path_acts
    score += 2 if _STRONG.search(before) and words is not before else 0
    score += 1 if any(_TOKEN.fullmatch(value) and not _SLUG.fullmatch(value) for value in (*segments, *values)) else 0
    score += 2 if link.button else 0
    if (acts < 3 and _ASIDE.search(words)) or (acts < 3 and path_acts < 2 and _ASIDE.search(path)):
        score -= 12
    elif _ASIDE.search(words):
        score -= 2  # "Need help verifying?"
    if acts < 3 and (_ELSEWHERE.search(host) or (segments and _FILE.search(segments[-1]))):
        score -= 12
    score -= 2 if link.image and acts < 3 else 0  # a logo
    return score - (3 if not any(segments) and not values else 0)


def _score_acting(words: str, strong: float, weak: float, noun: float) -> float:
    if _STRONG.search(words):
        return strong
    return weak if _WEAK.search(words) else noun if _NOUNS.search(words) else 0


def _split_url(url: str) -> tuple[str, list[str], list[str], list[str]]:
    """Split into host, path segments, and names and values of the query."""
    try:
        parts = urlsplit(url[:2000])
        host = parts.hostname or ""
    except ValueError:
        return "", [], [], []
    pairs = [pair.partition("=") for pair in parts.query.split("&") if pair]
    segments = [piece for segment in parts.path.split("/") for piece in unquote(segment).split("/")]
    if parts.scheme not in ("http", "https"):  # acme://verify?t=1 names no host
        segments.insert(0, host)
    return host, segments, [name for name, _, _ in pairs], [value for _, _, value in pairs]


def _read_words(segment: str) -> str:
    """Return the words of a segment that has only known ones, else "": a random token has others."""
    words = re.split(r"[-_. ]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", segment[:80]).casefold())
    return " ".join(words) if all(map(_is_known, words)) else ""


def _is_known(word: str) -> bool:
    found = _KNOWN.match(word)
    return found is not None and len(word) - found.end() <= LONGEST_ENDING


def _last_clause(text: str) -> str:
    """Return the text after its last full sentence, on one line."""
    text = text[-200:].rstrip()
    for match in reversed(list(_CLAUSE_END.finditer(text))):
        if text[match.end() :].strip():
            return " ".join(text[match.end() :].split())
    return " ".join(text.split())
