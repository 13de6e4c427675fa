"""Make foreign text harmless before it reaches a person or a terminal."""

from __future__ import annotations

import codecs
import re

# Patterns are compiled when first needed (`re` caches them); most runs never need them.
#
# Whole escape sequences first (CSI, OSC and the other string sequences, two-character ones), then what is left of
# control characters, and the characters that reorder text (Unicode TR 36, "Trojan Source").
_ESCAPES = (
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x9b[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = rf"[\x00-\x08\x0b-\x1f\x7f-\x9f{_BIDI}\ufeff\ud800-\udfff]"
_BREAKS = r"[\t\n\x0b\x0c\r\x85\u2028\u2029]+"
_JSON_UNSAFE = rf"[\x7f-\x9f\u2028\u2029{_BIDI}\ufeff\ud800-\udfff]"


ESCAPED = "mailtrap.escaped"  # the error handler of streams: characters outside their encoding become JSON escapes


def _escape_unencodable(error: UnicodeError) -> tuple[str, int]:
    """Escape `ä` as `\\u00e4`: still JSON inside a JSON string, unlike `\\xe4`, and as readable anywhere else."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{high:02x}{low:02x}" for high, low in zip(units[::2], units[1::2], strict=True)), error.end


codecs.register_error(ESCAPED, _escape_unencodable)


def clean(text: str) -> str:
    """Return `text` on one line, without terminal escapes, control characters and bidirectional overrides."""
    if text.isprintable():  # no control, format, surrogate or separator character but the space
        return text
    return re.sub(_INVISIBLE, "", re.sub(_BREAKS, " ", re.sub(_ESCAPES, "", text)))


def clean_block(text: str) -> str:
    """Like `clean`, but keep line breaks and tabs: for bodies shown as they are."""
    if text.replace("\n", "").isprintable():
        return text
    return re.sub(_INVISIBLE, "", re.sub(_ESCAPES, "", text.replace("\r\n", "\n")))


def shorten_text(text: str, length: int) -> str:
    """Shorten `text` to `length` characters by cutting its middle, so that its end stays readable."""
    if len(text) <= length:
        return text
    tail = min(100, length // 4)
    return f"{text[: length - tail - 3]} … {text[-tail:]}"


def dumps(value: object, *, indent: int | None = None) -> str:
    """Write JSON (RFC 8259) in UTF-8 without characters that can control a terminal or reorder text; nothing is lost.

    NaN and the infinities, which JSON does not have, become null.
    """
    import json

    try:
        text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    except ValueError:
        text = json.dumps(_without_nan(value), ensure_ascii=False, indent=indent, allow_nan=False)
    text = text.replace("##[", "#\\u0023[")  # GitHub Actions reads it as a workflow command, at any position
    if text.isascii() and "\x7f" not in text:
        return text
    return re.sub(_JSON_UNSAFE, lambda m: f"\\u{ord(m[0]):04x}", text)


def _without_nan(value: object) -> object:
    match value:
        case float() if value != value or value in (float("inf"), float("-inf")):
            return None
        case dict():
            return {key: _without_nan(item) for key, item in value.items()}
        case list() | tuple():
            return [_without_nan(item) for item in value]
        case _:
            return value
