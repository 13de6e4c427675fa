"""Compares a message with expectations. Its parts are fetched when needed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ..errors import InputError
from .extract import match_attachments, searched_texts
from .html import find_links
from .link_check import find_link_fault, request_links
from .links import collect_links
from .mailbox import is_spam_checked
from .patterns import search_pattern
from .snapshot import compare_snapshots, read_snapshot, render_snapshot, write_snapshot

if TYPE_CHECKING:
    from .mailbox import Mail

SHOWN = 5  # found items that are named
MOST_LINKS = 10_000  # of a message that are checked


@dataclass(frozen=True)
class SnapshotFile:
    """A snapshot's file. `update` replaces it; `where` starts the error message."""

    path: Path
    masks: tuple[re.Pattern[str], ...] = ()
    update: bool = False
    where: str = "snapshot"


@dataclass(frozen=True)
class Expectations:
    """Everything that `messages expect` can ask of one message."""

    contains: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    patterns: tuple[re.Pattern[str], ...] = ()
    headers: tuple[tuple[str, str | None], ...] = ()  # name, and value or None for any
    attachments: tuple[str, ...] = ()
    max_spam_score: float | None = None
    no_html_errors: bool = False
    has_link: bool = False
    links_ok: bool = False
    online: bool = False  # links are requested too
    allow_private: bool = False  # also those to private addresses, over http
    variables_filled: bool = False
    snapshot: SnapshotFile | None = None

    @property
    def of_body(self) -> Expectations:
        """The expectations that show whether the body is there, without requests of their own."""
        return Expectations(
            contains=self.contains,
            patterns=self.patterns,
            has_link=self.has_link,
        )


@dataclass(frozen=True)
class Check:
    """One expectation and its result: `ok` is None if it could not be checked; `found` says what was found.

    `details` are further lines for people, such as a diff.
    """

    expectation: str
    ok: bool | None
    found: str
    message_id: int | None = None
    details: tuple[str, ...] = ()


_LEFT_OVER = re.compile(r"{{[^{}\n]{0,80}}?}?|{%[^{}\n]{0,80}%}")


def parse_header(text: str, where: str) -> tuple[str, str | None]:
    """Name and value of `Name: value`; a name alone means any value. InputError, named `where`, without a name."""
    name, colon, value = text.partition(":")
    if not re.fullmatch(r"[!-9;-~]+", name.strip()):
        raise InputError(f"{where}: {text!r} does not start with a header's name", hint="Example: 'X-Id: 42'")
    return name.strip(), value.strip() if colon else None


def check_mail(mail: Mail, expected: Expectations) -> Iterator[Check]:
    """Check every expectation against the message."""
    for text in expected.contains:
        yield _check_contains(mail, text)
    for text in expected.excludes:
        yield _check_excludes(mail, text)
    for pattern in expected.patterns:
        yield _check_matches(mail, pattern)
    for name, value in expected.headers:
        yield _check_header(mail, name, value)
    for name in expected.attachments:
        yield _check_attachment(mail, name)
    if expected.max_spam_score is not None:
        yield _check_spam(mail, expected.max_spam_score)
    if expected.no_html_errors:
        yield _check_html(mail)
    if expected.has_link:
        yield _check_has_link(mail)
    if expected.links_ok:
        yield _check_links(mail, expected)
    if expected.variables_filled:
        yield _check_variables(mail)
    if expected.snapshot:
        yield _check_snapshot(mail, expected.snapshot)


def _check_contains(mail: Mail, text: str) -> Check:
    there = any(_fold_space(text) in _fold_space(body) for body in searched_texts(mail))
    return Check(f"contains {text!r}", there, "found" if there else _quote_beginning(mail), mail.id)


def _check_excludes(mail: Mail, text: str) -> Check:
    for body in searched_texts(mail):
        flat = _fold_space(body)
        at = flat.find(_fold_space(text))
        if at >= 0:
            around = flat[max(0, at - 30) : at + len(text) + 30]
            return Check(f"does not contain {text!r}", False, f"…{around}…", mail.id)
    return Check(f"does not contain {text!r}", True, "not found", mail.id)


def _check_matches(mail: Mail, pattern: re.Pattern[str]) -> Check:
    what = f"matches {pattern.pattern!r}"
    for body in searched_texts(mail):
        if found := search_pattern(pattern, body, "matches"):
            return Check(what, True, found[0][:100], mail.id)
    return Check(what, False, _quote_beginning(mail), mail.id)


def _check_header(mail: Mail, name: str, value: str | None) -> Check:
    found = mail.header(name)
    what = f"has the header {name}" + ("" if value is None else f": {value}")
    if found is None:
        return Check(what, False, f"no {name} among {', '.join(mail.headers)}", mail.id)
    return Check(what, value is None or _fold_space(found) == _fold_space(value), f"{name}: {found}", mail.id)


def _check_attachment(mail: Mail, name: str) -> Check:
    found = match_attachments(mail, name)
    names = ", ".join(str(attachment.get("filename")) for attachment in found or mail.attachments)
    return Check(f"has the attachment {name}", bool(found), names or "no attachments", mail.id)


def _check_spam(mail: Mail, most: float) -> Check:
    what = f"has a spam score of {most:g} or less"
    report = mail.spam.get("report") or {}
    if not is_spam_checked(report):
        return Check(what, None, f"not checked: {report.get('ResponseMessage')}", mail.id)
    score = report.get("Score")
    if not isinstance(score, int | float):
        return Check(what, False, "no score; the report may not be ready yet", mail.id)
    rules = [f"{rule.get('RuleName')} {rule.get('Pts')}" for rule in report.get("Details") or () if rule]
    return Check(what, score <= most, f"{score:g}" + (f": {', '.join(rules)}" if score > most else ""), mail.id)


def _check_html(mail: Mail) -> Check:
    what = "has no HTML errors"
    if not mail.html:
        return Check(what, True, "no HTML", mail.id)
    report = mail.analysis.get("report") or {}
    errors = [error for error in report.get("errors") or () if error]
    said = _join_first([_describe_html_error(error) for error in errors]) or "none"
    aside = f" (not checked: {report['not_checked']})" if report.get("not_checked") else ""
    return Check(what, not errors, said + aside, mail.id)


def _describe_html_error(error: Mapping[str, Any]) -> str:
    """Name the line, the feature, and the email clients that lack it, without their platforms."""
    kinds = error.get("email_clients")
    clients = [name for found in kinds.values() for name in found or ()] if isinstance(kinds, dict) else []
    names = list(dict.fromkeys(str(name).partition(" (")[0] for name in clients))
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    lacking = f" (not in {', '.join(names[:SHOWN])}{more})" if names else ""
    return f"line {error.get('error_line')}: {error.get('rule_name')}{lacking}"


def _check_has_link(mail: Mail) -> Check:
    found = [link.url for link in collect_links(mail.text, mail.html)]
    return Check("has a link", bool(found), _join_first(found) or "no links", mail.id)


def _check_links(mail: Mail, expected: Expectations) -> Check:
    written = [link.url for link in find_links(mail.html or "", MOST_LINKS)]
    written += [link.url for link in collect_links(mail.text, None)]
    urls = list(dict.fromkeys(written))
    private = expected.allow_private
    faults = {url: fault for url in urls if (fault := find_link_fault(url, allow_private=private))}
    if expected.online:
        faults |= request_links([url for url in urls if url not in faults], allow_private=private)
    bad = [f"{url or '(empty)'}: {faults[url]}" for url in urls if url in faults]
    good = "no links" if not urls else f"{len(urls)} good link{'s' * (len(urls) != 1)}"
    what = "has only links that work" if expected.online else "has only good links"
    return Check(what, not bad, _join_first(bad) or good, mail.id)


def _check_snapshot(mail: Mail, snapshot: SnapshotFile) -> Check:
    now = render_snapshot(mail, snapshot.masks)
    kept = None if snapshot.update else read_snapshot(snapshot.path, snapshot.where)
    what = f"matches {snapshot.path}"
    if kept is None:
        write_snapshot(snapshot.path, now, snapshot.where)
        return Check(what, True, f"written to {snapshot.path}", mail.id)
    changes = compare_snapshots(kept, now)
    found = f"{sum(line[:1] in '+-' for line in changes)} changed lines" if changes else "the same"
    return Check(what, not changes, found, mail.id, tuple(changes))


def _check_variables(mail: Mail) -> Check:
    said = [*searched_texts(mail), *(f"{name}: {value}" for name, value in mail.headers.items())]
    found = [left for text in said for left in _LEFT_OVER.findall(unquote(text))]
    return Check("has no unfilled placeholder", not found, _join_first(list(dict.fromkeys(found))) or "none", mail.id)


def _fold_space(text: str) -> str:
    return " ".join(text.split())


def _quote_beginning(mail: Mail) -> str:
    """Quote the first words of the message, to show what it is instead."""
    text = _fold_space(mail.text or mail.html_text)
    if not text:
        return "no text and no HTML"
    return f"{text[:80]}…" if len(text) > 80 else text


def _join_first(found: list[str]) -> str:
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return "; ".join(found[:SHOWN]) + more
