"""Missing and wrong records, written in the formats that DNS providers accept. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from . import spf
from .names import plain_name
from .records import Record
from .verdict import Checked, Verdict, judge_record

Provider = Literal["bind", "cloudflare", "route53", "terraform"]

TTL = 3600  # seconds
STRING_LIMIT = 255  # bytes of one string of a TXT record (RFC 1035, 3.3.14)

_NAME = re.compile(r"[a-z0-9_*-]+(\.[a-z0-9_*-]+)*")


@dataclass(frozen=True)
class Fixes:
    """`text` is for the provider, "" if nothing can be fixed this way; `notes` are sentences for the user."""

    text: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """What a name should have. `instead` are current values to remove; `beside` are current values to keep.

    Without `values`, those of `instead` are only deleted; `ttl` is theirs, which Route 53 requires.
    """

    name: str
    type: str
    values: tuple[str, ...]
    instead: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    ttl: int = TTL

    @property
    def deletes(self) -> bool:
        """Whether nothing is left at the name."""
        return not self.values and not self.beside


def write_fixes(checked: Sequence[Checked], provider: Provider) -> Fixes:
    """Write missing, wrong and duplicate records as text to paste or apply, with notes.

    bind: lines for a zone file. cloudflare: a file for its import. route53: the change batch of `aws route53
    change-resource-record-sets`. terraform: `aws_route53_record` resources. Other TXT values at the same name are
    kept: Route 53 and Terraform set all values of a name at once.
    """
    changes: dict[tuple[str, str], Change] = {}
    notes: list[str] = []
    for one in checked:
        change = _plan_change(one)
        if isinstance(change, str):
            notes.append(change)
        elif change:
            for each in [*_list_deletions(one), change]:
                key = (each.name, each.type)
                changes[key] = _merge_changes(changes[key], each) if key in changes else each
            if one.found.addresses:
                notes.append(f"{change.name} has addresses ({', '.join(one.found.addresses)}): delete those first.")
            if one.inherited and one.found.parent and one.wanted != one.record.value:
                parent = one.found.parent[0]
                notes.append(
                    f"{change.name}: the policy is not weaker than that of {parent}, which holds without it "
                    "(RFC 7489, 6.6.3)."
                )
    if not changes:
        return Fixes("", tuple(notes))
    usage, render = _PROVIDERS[provider]
    ordered = sorted(changes.values(), key=lambda change: bool(change.values))  # deletions come first
    return Fixes(render(ordered), (usage, *notes))


def _list_deletions(checked: Checked) -> list[Change]:
    """List what a cause says to delete at other names or of other types."""
    places = checked.cause.deletions if checked.cause else ()
    return [
        Change(one.name, one.type, (), one.values, one.rest, one.ttl) for one in places if _NAME.fullmatch(one.name)
    ]


def _plan_change(checked: Checked) -> Change | str | None:
    """Plan the change for a record: a sentence if it cannot be automated, None if it is fine."""
    record, found = checked.record, checked.found
    name, kind = plain_name(record.domain), record.type.upper()
    if checked.verdict is Verdict.OK:
        return None
    if not checked.told:
        return f"{name} {kind} is skipped, because DNS did not say what is there now: {checked.detail}"
    value = plain_name(record.value) if kind == "CNAME" else record.value
    if not _NAME.fullmatch(name) or kind not in ("CNAME", "TXT") or (kind == "CNAME" and not _NAME.fullmatch(value)):
        return f"{name} {kind} is skipped: its name or type is unusual. Set it yourself to: {value}"
    if kind == "CNAME":
        return Change(name, kind, (value,), instead=found.values)
    meant = [checked.cause.meant] if checked.cause and checked.cause.meant else list(checked.values)
    if record.kind == "spf" and (old := list(filter(spf.is_spf, meant))):
        one = spf.merge_records(old, value)
        left = f"{name} TXT cannot be fixed automatically: {checked.detail}"
        if one is None:
            return f"{left} It must have: {value}"
        if wrong := _check_value(record, checked, one):
            return left if wrong.rstrip(".") in checked.detail else f"{left} Combined: {wrong}"
        value = one
    elif record.kind == "dmarc":
        value = checked.wanted
        if wrong := _check_value(record, checked, value):
            return f"{name} TXT cannot be fixed automatically: {wrong} It must have: {record.value}"
    if found.aliases:
        return f"{name} is an alias of {found.aliases[-1]}: set the TXT record there, to: {value}"
    beside = tuple(text for text in found.values if text not in checked.values)
    return Change(name, kind, (value,), instead=checked.values, beside=beside)


def _check_value(record: Record, checked: Checked, value: str) -> str:
    """Return what the check would say about a value to be set, or ""."""
    after = judge_record(record, [replace(checked.found, values=(value,), aliases=(), strings={}, failure=None)])
    return "" if after.verdict in (Verdict.OK, Verdict.WARNING) else after.detail


def _merge_changes(one: Change, other: Change) -> Change:
    """Merge two changes of the same name and type."""
    instead = tuple(dict.fromkeys(one.instead + other.instead))
    beside = dict.fromkeys(one.beside + other.beside)
    return Change(
        one.name,
        one.type,
        tuple(dict.fromkeys(one.values + other.values)),
        instead,
        tuple(text for text in beside if text not in instead),
        one.ttl,
    )


def quote_strings(text: str, *, octal: bool = False) -> list[str]:
    """Split a text into the quoted strings of a TXT record, at most 255 bytes each.

    Escapes are those of zone files (RFC 1035, 5.1: `\\DDD` in decimal); `octal` gives those of Route 53.
    """

    def escape_byte(byte: int) -> str:
        if byte in b'"\\':
            return f"\\{byte:c}"
        return f"{byte:c}" if 32 <= byte < 127 else f"\\{byte:03o}" if octal else f"\\{byte:03d}"

    data = text.encode("utf-8", "surrogateescape")
    parts = [data[start : start + STRING_LIMIT] for start in range(0, len(data), STRING_LIMIT)] or [b""]
    return [f'"{"".join(map(escape_byte, part))}"' for part in parts]


def _zone_value(kind: str, value: str, *, octal: bool = False) -> str:
    if kind in ("A", "AAAA"):
        return value
    return f"{value.rstrip('.')}." if kind == "CNAME" else " ".join(quote_strings(value, octal=octal))


def _write_zone_file(changes: list[Change]) -> str:
    lines = []
    for change in changes:
        word = "replaces" if change.values else "delete"
        lines += [f"; {word}: {change.name}. {change.type} {_zone_value(change.type, old)}" for old in change.instead]
        lines += [f"{change.name}. {TTL} IN {change.type} {_zone_value(change.type, value)}" for value in change.values]
    return "\n".join(lines) + "\n"


def _write_cloudflare(changes: list[Change]) -> str:
    return "; zone file for Cloudflare; import it without proxying\n" + _write_zone_file(changes)


def _write_route53(changes: list[Change]) -> str:
    batch = {
        "Comment": "The records that Mailtrap needs",
        "Changes": [
            {
                "Action": "DELETE" if change.deletes else "UPSERT",
                "ResourceRecordSet": {
                    "Name": f"{change.name}.",
                    "Type": change.type,
                    "TTL": change.ttl if change.deletes else TTL,
                    "ResourceRecords": [
                        {"Value": _zone_value(change.type, value, octal=True)}
                        for value in (change.instead if change.deletes else change.beside + change.values)
                    ],
                },
            }
            for change in changes
        ],
    }
    return json.dumps(batch, indent=2) + "\n"


def _write_terraform(changes: list[Change]) -> str:
    blocks = ["# for the AWS provider; if Terraform already manages a record, change it there instead\n"]
    blocks.append(
        'variable "zone_id" {\n  description = "ID of the hosted zone in Route 53"\n  type        = string\n}\n'
    )
    blocks += [
        f"# delete: {change.name} {change.type} {_zone_value(change.type, old)}\n"
        for change in changes
        if change.deletes
        for old in change.instead
    ]
    for change in changes:
        if change.deletes:
            continue
        label = re.sub(r"[^a-z0-9_]+", "_", f"mailtrap_{change.name}_{change.type.lower()}")
        values = ", ".join(_quote_hcl(_terraform_value(change.type, value)) for value in change.beside + change.values)
        lines = [
            f'resource "aws_route53_record" "{label}" {{',
            "  zone_id         = var.zone_id",
            f"  name            = {_quote_hcl(change.name)}",
            f'  type            = "{change.type}"',
            f"  ttl             = {TTL}",
            f"  records         = [{values}]",
        ]
        if change.instead or change.beside:
            lines.append("  allow_overwrite = true # the name has records now; all of its values are set here")
        blocks.append("\n".join([*lines, "}"]) + "\n")
    return "\n".join(blocks)


def _terraform_value(kind: str, value: str) -> str:
    """The provider puts quotes around a TXT value itself, and takes `""` between its strings (aws_route53_record)."""
    return f"{value}." if kind == "CNAME" else "".join(quote_strings(value, octal=True))[1:-1]


def _quote_hcl(text: str) -> str:
    """Quote a string for HCL, where `${` and `%{` would start a template."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
    return f'"{escaped}"'


_PROVIDERS: dict[Provider, tuple[str, Callable[[list[Change]], str]]] = {
    "bind": (
        "Add these lines to the zone file, delete the records in its comments, increase the serial, and reload it.",
        _write_zone_file,
    ),
    "cloudflare": (
        "Delete the records named in comments, then import the file under DNS > Records > Import and Export, with "
        "“Proxy imported DNS records” off; or POST it to /zones/ZONE_ID/dns_records/import with proxied=false.",
        _write_cloudflare,
    ),
    "route53": (
        "Apply with: aws route53 change-resource-record-sets --hosted-zone-id ZONE_ID --change-batch file://FILE",
        _write_route53,
    ),
    "terraform": ("Apply with: terraform apply -var zone_id=ZONE_ID", _write_terraform),
}
