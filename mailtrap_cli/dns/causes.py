"""Why a record is missing or wrong: the usual slips in DNS forms, each with its cure. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from . import dmarc, spf
from .names import plain_name
from .records import Found, Neighbor, Record

_QUOTES = "\"'“”„‟‘’‚«»`\\"
# Characters that look like a space or like nothing, but are not white space in DNS records.
_INVISIBLE = re.compile("[\u00a0\u00ad\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]")


@dataclass(frozen=True)
class Cause:
    """What went wrong and how to fix it, one sentence each.

    `deletions` are records to delete at other names or of other types; `meant` is the text that the record was meant to
    have, as far as that can be told, or "".
    """

    reason: str
    cure: str
    deletions: tuple[Neighbor, ...] = ()
    meant: str = ""


def clean_text(text: str) -> str:
    """Strip surrounding quotes, backslashes and invisible characters."""
    spaced = _INVISIBLE.sub(lambda found: " " if found[0] in "\u00a0\u2007\u202f\u3000" else "", text)
    return spaced.strip(" \t").strip(_QUOTES).replace("\\", "").strip(" \t")


def zone_of(record: Record) -> str:
    """Return the domain that the record's name is relative to."""
    name, label = plain_name(record.domain), plain_name(record.name)
    return name.removeprefix(f"{label}.") if label else name


def list_questions(record: Record) -> list[tuple[str, str]]:
    """List the names and types under which a missing or wrong record may have ended up."""
    name, zone, kind = plain_name(record.domain), zone_of(record), record.type.upper()
    questions = [(f"{name}.{zone}", kind), *((other, kind) for other in _misspell_name(record))]
    if kind == "CNAME":
        questions += [(name, other) for other in ("A", "AAAA", "TXT")]
    elif record.kind == "dmarc" and name != zone:
        questions.append((zone, kind))
    return questions


def _misspell_name(record: Record) -> list[str]:
    """List the names that result from lost, added or moved underscores."""
    label, zone = plain_name(record.name), zone_of(record)
    if not label:
        return []
    bare = label.replace("_", "")
    labels = dict.fromkeys([bare, f"_{bare}", f"_{label.lstrip('_')}"])
    return [f"{other}.{zone}" for other in labels if other != label]


def find_cause(record: Record, found: Found, accept: Callable[[str], bool]) -> Cause | None:
    """Find out why a record is missing or wrong; None if the cause is not a known one.

    `accept` says whether a text would be right as the record's value.
    """
    if record.type.upper() == "CNAME":
        return _explain_value(record, found) or _explain_type(record, found) or _explain_place(record, found)
    return _explain_text(record, found, accept) or _explain_place(record, found)


def _explain_value(record: Record, found: Found) -> Cause | None:
    value, zone = plain_name(record.value), zone_of(record)
    if any(plain_name(text) == f"{value}.{zone}" for text in found.values):
        return Cause(
            f"The value ends in {zone}: the DNS provider appended the zone because the final dot is missing.",
            f"Enter the value with a dot at the end: {value}.",
        )
    if any(clean_text(text) != text and plain_name(clean_text(text)) == value for text in found.values):
        return Cause("The value has quotes or invisible characters.", f"Enter the value alone, without quotes: {value}")
    return None


def _explain_type(record: Record, found: Found) -> Cause | None:
    """Explain another record type where a CNAME is expected."""
    name, value = plain_name(record.domain), plain_name(record.value)
    texts = [one for one in found.neighbors if (one.name, one.type) == (name, "TXT")]
    if any(_matches_record(record, text) for one in texts for text in one.values):
        return Cause(
            f"{name} is a TXT record with the value of the CNAME.",
            f"Delete the TXT record and add a CNAME record at {name} with the value {value}.",
            tuple(texts),
        )
    addresses = tuple(one for one in found.neighbors if one.name == name and one.type in ("A", "AAAA"))
    if addresses and not found.values:
        return Cause(
            f"{name} has an address instead of a CNAME. A DNS provider that proxies or flattens CNAMEs causes that.",
            f"Turn off proxying and flattening for {name}, or replace its addresses with a CNAME to {value}.",
            addresses,
        )
    return None


def _explain_place(record: Record, found: Found) -> Cause | None:
    """Explain a record that is at another name instead."""
    name, zone = plain_name(record.domain), zone_of(record)
    if found.values if record.type.upper() == "CNAME" else any(is_kind(record, text) for text in found.values):
        return None
    for one in found.neighbors:
        texts = tuple(text for text in one.values if _matches_record(record, text))
        if one.name == name or not texts:
            continue
        kind = f"{record.kind.upper()} record" if record.kind != "plain" else f"{one.type} record"
        if one.name == f"{name}.{zone}":
            reason = f"The zone appears twice in the name: the {kind} is at {one.name}."
            label = record.name or "@"
            cure = f"Delete it and add it again with only {label} as the name."
        elif one.name == zone:
            reason = f"The {kind} is at {one.name} itself, where no receiver looks for it."
            cure = f"Delete it there and add it at {name}."
        else:
            reason = f"The {kind} is at {one.name}: the underscores differ."
            cure = f"Delete it there and add it at {name}."
        meant = clean_text(texts[0]) if record.kind == "dmarc" else ""
        rest = tuple(text for text in one.values if text not in texts)
        return Cause(reason, cure, (Neighbor(one.name, one.type, texts, rest, one.ttl),), meant)
    return None


def _explain_text(record: Record, found: Found, accept: Callable[[str], bool]) -> Cause | None:
    """Explain a wrong TXT value."""
    name = plain_name(record.domain)
    for text in found.values:
        strings = found.strings.get(text, ())
        for gap in (" ", "; ") if len(strings) > 1 else ():
            spaced = gap.join(part.strip(" \t;") if gap == "; " else part for part in strings)
            if is_kind(record, spaced) and accept(spaced) and not accept(text):
                return Cause(
                    "The value is several strings, which are joined without a space.",
                    f"Enter the value of {name} as one string, or end each string but the last with a space.",
                    meant=spaced,
                )
        cleaned = clean_text(text)
        if cleaned == text or not is_kind(record, cleaned):
            continue
        if _INVISIBLE.search(text):
            points = ", ".join(dict.fromkeys(f"U+{ord(one):04X}" for one in _INVISIBLE.findall(text)))
            return Cause(
                f"The value has an invisible character ({points}), which is not white space in DNS.",
                f"Type the value of {name} again instead of pasting it.",
                meant=cleaned,
            )
        if not is_kind(record, text) or (accept(cleaned) and not accept(text)):
            what = "quotes" if any(quote in text for quote in _QUOTES[:-1]) else "backslashes"
            return Cause(
                f"The {what} are part of the value.",
                f"Enter the value of {name} without {what}; the DNS provider adds those that are needed.",
                meant=cleaned,
            )
    if record.kind == "spf":
        for text in filter(spf.is_spf, found.values):
            if (repaired := spf.repair_record(text, record.value)) != text:
                return Cause("A space is missing before “all”.", f"Put a space before “all” in {name}.", meant=repaired)
    return None


def is_kind(record: Record, text: str) -> bool:
    """Whether a text has the record's kind, or, for records without one, is its value."""
    match record.kind:
        case "spf":
            return spf.is_spf(text)
        case "dmarc":
            return dmarc.is_dmarc(text)
    return text == record.value


def _matches_record(record: Record, text: str) -> bool:
    cleaned = clean_text(text)
    if record.type.upper() == "CNAME" or record.kind == "plain":
        return plain_name(cleaned) == plain_name(record.value)
    if record.kind == "spf":
        expected = {word.lower() for word in record.value.split() if word.lower().startswith("include:")}
        return spf.is_spf(cleaned) and expected <= {word.lower() for word in cleaned.split()}
    return dmarc.is_dmarc(cleaned)


def list_parents(record: Record) -> list[str]:
    """List the names of DMARC records of parent domains, nearest first (RFC 7489, 6.6.3; no top-level domain)."""
    labels = zone_of(record).split(".")
    return [f"_dmarc.{'.'.join(labels[start:])}" for start in range(1, len(labels) - 1)]
