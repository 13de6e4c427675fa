"""Addresses as people write them (RFC 5322 lists, internationalised domains) to addresses as the API takes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from ..errors import InputError

if TYPE_CHECKING:
    from email.headerregistry import HeaderRegistry

# What nearly every address is: the full parser takes two hundred times as long, so it only sees the rest.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# The rest is compiled where it is first needed: most runs never come to it.
_PLAIN = re.compile(rf"(?=[^@]{{1,64}}@)(?=.{{1,254}}\Z){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")
_DOMAIN = rf"(?:{_LABEL}\.)+{_LABEL}"
_CONTROL = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
_NAME_WITH_COMMA = r"""(?:^|[@>][^,<]*,)\s*([^@<>"]*,[^@<>"]*?)\s*<([^<>@\s]+@[^<>@\s]+)>"""

# Departures from RFC 5322 that everybody writes and that leave no doubt, `Dr. Who <who@acme.example>` and
# `a@b.example,`; and the one that `_checked` explains better.
_TOLERATED = (
    "period in 'phrase'",
    "empty element in address-list",
    "address-list entry with no content",
    "local-part contains non-ASCII characters)",
)


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox: `email` is ASCII (the domain in its A-label form), `name` may be any text without line breaks."""

    email: str
    name: str | None = None

    def __str__(self) -> str:
        """As a person reads it: `Ada <ada@example.com>`; its name may need quotes to be parsed again."""
        return f"{self.name} <{self.email}>" if self.name else self.email

    def to_payload(self) -> dict[str, str]:
        """The API's form (email-sending openapi, Address)."""
        return {"email": self.email, "name": self.name} if self.name else {"email": self.email}


def is_plain(text: str) -> bool:
    """Whether this is one plain ASCII address, which `parse_addresses` gives as it is."""
    return _PLAIN.fullmatch(text) is not None


def parse_address(text: str, where: str) -> Address:
    """Exactly one address; InputError, its sentence starting with `where`, for none, several or a malformed one."""
    addresses = parse_addresses(text, where)
    if len(addresses) != 1:
        raise InputError(f"{where}: {_shown(text)} names {len(addresses)} addresses where one is wanted")
    return addresses[0]


def parse_addresses(text: str, where: str) -> list[Address]:
    """The addresses of an RFC 5322 list, those in its groups too.

    InputError, its sentence starting with `where`, for anything malformed.
    """
    if is_plain(text):
        return [Address(text)]
    return _parse_fully(text, where)


def _parse_fully(text: str, where: str) -> list[Address]:
    control = re.search(_CONTROL, text)
    if control:
        raise InputError(
            f"{where}: {_shown(text)} holds a control character ({control[0]!r})",
            hint="Addresses stand on one line of text.",
        )
    from email.errors import MessageError

    try:
        header = _header_registry()("To", text)
    except (IndexError, ValueError, AttributeError, TypeError, RecursionError, MessageError):
        # The standard library's parser gives up on some malformed input in any of these ways.
        raise InputError(f"{where}: {_shown(text)} is not an address", hint="Such as ada@example.com.") from None
    defects = [str(defect) for defect in header.defects if str(defect) not in _TOLERATED]
    found = [(entry.display_name, entry.username, entry.domain) for entry in header.addresses]  # type: ignore[attr-defined]  # what the registry makes of a To header
    if not found:
        raise InputError(f"{where}: there is no address", hint="Such as ada@example.com.")
    if defects or any(not local or not domain for _, local, domain in found):
        raise _malformed(text, where)
    if any(re.search(_CONTROL, name) for name, _, _ in found):  # hidden in an encoded word
        raise InputError(f"{where}: the name in {_shown(text)} holds a control character")
    return [Address(_checked(local, domain, text, where), name or None) for name, local, domain in found]


def _malformed(text: str, where: str) -> InputError:
    """The error with its likely cause: a name with a comma, a semicolon between addresses, a lone word."""
    name_with_comma = re.search(_NAME_WITH_COMMA, text[:1000])
    if name_with_comma:
        name, address = name_with_comma.groups()
        return InputError(
            f"{where}: a name with a comma must be quoted in {_shown(text)}",
            hint=f"""Write '"{_escaped(name)}" <{address}>'.""",
        )
    if ";" in text:
        return InputError(f"{where}: {_shown(text)} is not a list of addresses", hint="Separate addresses by commas.")
    return InputError(
        f"{where}: {_shown(text)} is not an address", hint="Such as ada@example.com, or 'Ada <ada@example.com>'."
    )


def _checked(local: str, domain: str, text: str, where: str) -> str:
    """`local@domain` in ASCII; InputError where the one is not ASCII or the other no domain name."""
    if not local.isascii():
        raise InputError(
            f"{where}: the part before the @ of {_shown(text)} is not ASCII, which the API does not take",
            hint="Only the domain and the name may hold other letters.",
        )
    ascii_domain = domain if domain.isascii() else _to_ascii(domain, text, where)
    if not re.fullmatch(_DOMAIN, ascii_domain):
        raise InputError(
            f"{where}: {_shown(domain)} in {_shown(text)} is not a domain name", hint="Such as example.com."
        )
    if not re.fullmatch(rf"{_ATOM}(?:\.{_ATOM})*", local):
        local = f'"{_escaped(local)}"'
    if len(local) > 64 or len(local) + 1 + len(ascii_domain) > 254:
        raise InputError(
            f"{where}: {_shown(text)} is longer than an address can be (RFC 5321: 64 characters before the @)"
        )
    return f"{local}@{ascii_domain}"


def _to_ascii(domain: str, text: str, where: str) -> str:
    import idna

    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError as error:
        raise InputError(f"{where}: {_shown(domain)} in {_shown(text)} is not a domain name: {error}") from error


def _escaped(text: str) -> str:
    """The inside of a quoted-string (RFC 5322, 3.2.4)."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _shown(text: str) -> str:
    """`text` in quotes, cut to what a sentence can hold."""
    return repr(text if len(text) <= 100 else f"{text[:99]}…")


@cache
def _header_registry() -> HeaderRegistry:
    from email.headerregistry import HeaderRegistry

    return HeaderRegistry()
