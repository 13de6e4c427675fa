"""Convert addresses as people write them (RFC 5322 lists, internationalized domains) to those the API accepts."""

from __future__ import annotations

import re

from ..errors import InputError
from ..records import record

# Nearly every address looks like this. The full parser takes 200 times as long, so it only sees the rest.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++"
_LABEL = r"(?!-)[A-Za-z0-9-]{1,63}+(?<!-)"
_NO_A_LABEL = r"(?![xX][nN]--)"
# The rest is compiled when first needed: most runs never get there.
_PLAIN = re.compile(
    rf"(?=[^@]{{1,64}}@)(?=.{{1,254}}\Z){_ATOM}(?:\.{_ATOM})*@(?:{_NO_A_LABEL}{_LABEL}\.)+{_NO_A_LABEL}{_LABEL}"
)
_DOMAIN = rf"(?:{_LABEL}\.)+{_LABEL}"
_CONTROL = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
_NAME_WITH_COMMA = r"""(?:^|[@>][^,<]*,)\s*([^@<>"]*,[^@<>"]*?)\s*<([^<>@\s]+@[^<>@\s]+)>"""


@record
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
    """Whether this is one plain ASCII address, which `parse_addresses` returns unchanged."""
    return _PLAIN.fullmatch(text) is not None


def parse_address(text: str, where: str) -> Address:
    """Parse one address; InputError, its sentence starting with `where`, for none, several or a malformed one."""
    addresses = parse_addresses(text, where)
    if len(addresses) != 1:
        raise InputError(
            f"{where}: {_shorten(text)} has {len(addresses)} addresses; only one is allowed", hint="Use one of them."
        )
    return addresses[0]


def parse_addresses(text: str, where: str) -> list[Address]:
    """Parse an RFC 5322 list; members of groups count too.

    InputError, its sentence starting with `where`, for anything malformed.
    """
    if is_plain(text):
        return [Address(text)]
    return _parse_fully(text, where)


def _parse_fully(text: str, where: str) -> list[Address]:
    control = re.search(_CONTROL, text)
    if control:
        raise InputError(
            f"{where}: {_shorten(text)} contains a control character ({control[0]!r})",
            hint="Write addresses on one line.",
        )
    from .address_list import split_addresses

    entries = split_addresses(text)
    if not entries:
        raise InputError(f"{where}: no address in {_shorten(text)}", hint=_EXAMPLE)
    for entry in entries:
        if entry.name_has_at and entry.local:
            from .address_list import quote_inside

            name, _, address = entry.source.partition("<")
            raise InputError(
                f"{where}: a name with an @ must be quoted in {_shorten(text)}",
                hint=f"""Write '"{quote_inside(name.strip())}" <{address}'.""",
            )
        if entry.malformed or not entry.local:
            raise _malformed_list(text, where)
        if re.search(_CONTROL, entry.name):  # hidden in an encoded word
            raise InputError(f"{where}: the name in {_shorten(text)} contains a control character", hint=_EXAMPLE)
    return [Address(join_address(entry.local, entry.domain, where), entry.name or None) for entry in entries]


_EXAMPLE = "Example: ada@example.com, or 'Ada <ada@example.com>'."


def _malformed_list(text: str, where: str) -> InputError:
    """Build the error with its likely cause: a name with a comma, a semicolon between addresses, a lone word."""
    name_with_comma = re.search(_NAME_WITH_COMMA, text[:1000])
    if name_with_comma:
        from .address_list import quote_inside

        name, address = name_with_comma.groups()
        return InputError(
            f"{where}: a name with a comma must be quoted in {_shorten(text)}",
            hint=f"""Write '"{quote_inside(name)}" <{address}>'.""",
        )
    if ";" in text:
        return InputError(
            f"{where}: {_shorten(text)} is not a list of addresses", hint="Separate addresses with commas."
        )
    return InputError(f"{where}: {_shorten(text)} is not an address", hint=_EXAMPLE)


def join_address(local: str, domain: str, where: str) -> str:
    """Join `local@domain` in ASCII; InputError if the former is not ASCII or the latter is not a domain name."""
    text = f"{local}@{domain}"
    if not local.isascii():
        raise InputError(
            f"{where}: the part before the @ of {_shorten(text)} is not ASCII, which the API does not accept",
            hint="Only the domain and the name can contain other letters.",
        )
    ascii_domain = domain if domain.isascii() else _to_ascii(domain, text, where)
    if not re.fullmatch(_DOMAIN, ascii_domain):
        raise InputError(
            f"{where}: {_shorten(domain)} in {_shorten(text)} is not a domain name", hint="Example: ada@example.com."
        )
    if "xn--" in ascii_domain.lower():
        _check_a_labels(ascii_domain, text, where)
    if not re.fullmatch(rf"{_ATOM}(?:\.{_ATOM})*", local):
        from .address_list import quote_inside

        local = f'"{quote_inside(local)}"'
    if len(local) > 64 or len(local) + 1 + len(ascii_domain) > 254:
        raise InputError(
            f"{where}: {_shorten(text)} is too long for an address",
            hint="RFC 5321 allows 64 characters before the @, and 254 in all.",
        )
    return f"{local}@{ascii_domain}"


def _check_a_labels(domain: str, text: str, where: str) -> None:
    """Raise InputError for a label that starts with `xn--` and is not the ASCII form of anything (RFC 5890)."""
    import idna

    for label in domain.split("."):
        if label.lower().startswith("xn--"):
            try:
                idna.decode(label.lower())
            except (idna.IDNAError, UnicodeError) as error:
                raise InputError(
                    f"{where}: {_shorten(domain)} in {_shorten(text)} is not a domain name ({label})",
                    hint="Write the domain in its own letters.",
                ) from error


def _to_ascii(domain: str, text: str, where: str) -> str:
    import idna

    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError as error:
        raise InputError(f"{where}: {_shorten(domain)} in {_shorten(text)} is not a domain name: {error}") from error


def _shorten(text: str) -> str:
    """Quote `text`, cut to fit in a sentence."""
    return repr(text if len(text) <= 100 else f"{text[:99]}…")
