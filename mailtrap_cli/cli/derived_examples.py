"""Derive the examples of declared operations: the declared one, plus typical uses of such an operation."""

from __future__ import annotations

from .declarations import Field, Kind, Operation, sample_of
from .examples import LONGEST, MOST

UNGUESSABLE = (Kind.FILE, Kind.OBJECT, Kind.OBJECTS, Kind.ATTACHMENT, Kind.MAP, Kind.MAILBOX)


def derive_examples(operation: Operation) -> list[str]:
    """List the examples of a declared operation: its own, plus typical uses.

    A list is filtered and saved, a deletion asks first, and a creation prints the new ID for scripts.
    """
    example = operation.example
    unused = [sample for one in operation.fields if (sample := _sample_flag(one)) and sample.split()[0] not in example]
    if operation.more:
        found = [example, *operation.more]
    elif operation.question:
        found = [example.removesuffix(" --yes"), f"{example.removesuffix(' --yes')} --yes"]
    elif operation.is_list:
        found = [example, *(f"{example} {sample}" for sample in unused[:1])]
        found.append(f"{example} --limit all -o csv" if operation.paging else f"{example} -o json")
    elif operation.method == "POST":
        longer = [f"{example} {sample}" for sample in unused[:1] if not operation.sends]
        found = [example, *(line for line in longer if len(line) <= LONGEST), f"{example} -q"]
    elif operation.method in ("PATCH", "PUT") and unused:
        needed = any(one.required for one in operation.fields)
        found = [example, f"{example if needed else example.partition(' --')[0]} {unused[0]}"]
    else:
        found = [example, f"{example} -o json"]
    if operation.web:
        found[MOST - 1 :] = [f"{example} --web"]
    return found[:MOST]


def _sample_flag(one: Field) -> str:
    """Return the flag with a sample value; "" if no value can be guessed."""
    guessable = one.sample or one.choices or (one.kind is not str and one.kind not in UNGUESSABLE and not one.ref)
    return f"{one.flag} {sample_of(one)}".strip() if guessable and not one.default else ""
