"""What the API's answers mean: errors become sentences, failures exceptions. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from ..errors import ApiError, NotInLocalSandbox, Outcome, TransportError
from ..records import record
from ..text import dumps, shorten_text
from .rate_limit import LIMIT_HINTS
from .retries import is_refusal

LOCAL_GAP = "x-mailtrap-local-gap"  # the header that marks operations missing from the local sandbox
LOCAL_NOTICE = "x-mailtrap-local-notice"  # the header with a notice from the local sandbox for the user
LARGEST_JSON = 32 * 1024 * 1024  # bytes; the answer to a batch of 500 messages to 1,000 recipients each is 20 MB
MOST_NODES = 100_000  # lists and objects: 10 million of them, in 30 MB, would take 40 s and 900 MB to parse
MOST_VALUES = 2_000_000
DEEPEST_JSON = 100  # levels; no answer of the API has ten
LONGEST_SENTENCE = 600  # characters of a server's error message
MOST_SENTENCES = 20
# Codecs for text. Python has others: `punycode` takes quadratic time, `idna` and `undefined` raise other exceptions.
_CHARSETS = (
    "utf-8",
    "utf-16",
    "utf-32",
    "ascii",
    "iso8859",
    "cp125",
    "cp932",
    "koi8",
    "gb",
    "big5",
    "shift_jis",
    "euc_",
    "mac-roman",
)


@record
class Answer:
    """A server's answer: `headers` have lowercase names, `body` is decompressed.

    `sent` is set if the request may have had an effect, as with anything but a GET.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    sent: bool = False

    def json(self) -> Any:
        """Parse the body as JSON, with NaN and infinities as None. Raises TransportError if it is not JSON."""
        try:
            return load_json(self.body)
        except (ValueError, RecursionError) as error:
            found = _html_title(self) or (repr(_short_text(self, 60)) if self.body.strip() else "an empty body")
            what = str(error) if isinstance(error, OversizedJson) else f"{found}, not JSON"
            raise unexpected_answer(f"{self.status} with {what}", sent=self.sent) from error

    @property
    def text(self) -> str:
        """Decode the body with the charset of the answer, or UTF-8."""
        return self._decode_text(self.body)

    def excerpt(self, size: int) -> str:
        """Return the text of the first `size` bytes."""
        return self._decode_text(self.body[:size])

    def _decode_text(self, data: bytes) -> str:
        import codecs

        charset = self.headers.get("content-type", "").partition("charset=")[2].split(";")[0].strip(" \"'") or "utf-8"
        try:
            name = codecs.lookup(charset).name
            return data.decode(name if name.startswith(_CHARSETS) else "utf-8", errors="replace")
        except (LookupError, ValueError):
            return data.decode("utf-8", errors="replace")


class OversizedJson(ValueError):  # noqa: N818 - a verdict on what a server sent
    """JSON that is larger, longer or more deeply nested than any answer of the API."""


def load_json(data: bytes) -> Any:
    """Parse a server's JSON, with NaN and infinities as None.

    Raises ValueError or RecursionError if it is not JSON, too large or nested too deeply.
    """
    if len(data) > LARGEST_JSON:
        raise OversizedJson(f"more than {LARGEST_JSON >> 20} MB of JSON")
    if len(data) > MOST_NODES and (  # fewer bytes cannot hold that many
        data.count(b"[") + data.count(b"{") > MOST_NODES or data.count(b",") > MOST_VALUES
    ):
        raise OversizedJson("more JSON than any answer of the API")
    document = json.loads(data, parse_constant=lambda _: None)
    if len(data) > DEEPEST_JSON and _is_deeper(document, DEEPEST_JSON):
        raise OversizedJson(f"more than {DEEPEST_JSON} levels of JSON")
    return document


def _is_deeper(document: Any, levels: int) -> bool:
    nested = (dict, list)  # the exact types that `json` makes
    nodes = [document] if type(document) in nested else []
    for _ in range(levels):
        nodes = [
            child
            for node in nodes
            for child in (node.values() if type(node) is dict else node)
            if type(child) in nested
        ]
        if not nodes:
            return False
    return True


def unexpected_answer(what: str, *, sent: bool = False) -> TransportError:
    """Build the error for an answer that does not match the API; `sent` if the request may have had an effect."""
    message = f"The server's answer does not match the Mailtrap API: {shorten_text(what, LONGEST_SENTENCE)}"
    return TransportError(
        f"{message}: outcome unknown" if sent else message,
        outcome="outcome unknown" if sent else None,
        hint="Is the host the Mailtrap API's? See: mailtrap config show --origins",
        passing=False,
    )


HINTS: dict[Outcome, str] = {
    "not sent": "Nothing was done. Run the same command again.",
    "outcome unknown": "It may have been done. Check the sandbox or the email logs before you run the command again.",
}


DENIED = {
    401: "This host does not accept the token. To see which one is used: mailtrap config show --origins",
    403: "The token may not do this. Its permissions are at https://mailtrap.io/api-tokens",
}  # on the account host; for sends there are other reasons


def join_sentences(sentences: Sequence[str]) -> str:
    """Join the API's error sentences into one; only the last keeps its full stop."""
    return "; ".join([*(one.rstrip(".") for one in sentences[:-1]), *sentences[-1:]])


def failure_of(answer: Answer, method: str, base: str) -> ApiError | TransportError | None:
    """Return the error for an answer; None if it is a success."""
    status = answer.status
    if 200 <= status < 300:
        return None
    where = base.partition("://")[2]
    document = _load_object(answer.body)
    errors = sentences_of(document)
    said = shorten_text(join_sentences(errors), LONGEST_SENTENCE) or _html_title(answer) or _short_text(answer, 200)
    if status == 404 and LOCAL_GAP in answer.headers:
        return NotInLocalSandbox(said, status=status)
    if status == 429:
        return ApiError(said or f"{where} answered 429", status=status, hint=LIMIT_HINTS.get(said))
    if 400 <= status < 500 and errors:
        return ApiError(said, status=status, details=errors if len(errors) > 1 else ())
    passing = status >= 400
    if not passing:
        target = shorten_text(answer.headers.get("location", "another address"), 200)
        said = f"redirected to {target}, which is not followed because it would receive the token"
    message = f"{where} answered {status}" + (f": {said}" if said else "")
    if 400 <= status < 500:
        return ApiError(message, status=status)
    if method == "GET":
        hint = "Try again later." if passing else "Name the host it leads to: mailtrap config show --origins"
        return TransportError(message, outcome=None, status=status, hint=hint, passing=passing)
    refused = is_refusal(status, bool(_sentences_in(document.get("errors"))))
    outcome: Outcome = "not sent" if refused else "outcome unknown"
    return TransportError(f"{message}: {outcome}", outcome=outcome, status=status, hint=HINTS[outcome])


def decode_errors(body: bytes) -> list[str]:
    """Return the sentences of an error body in any of the API's shapes, each cut to LONGEST_SENTENCE; [] for any other
    body.

    The shapes: `{"errors": [..]}`, `{"errors": ".."}`, `{"errors": {field: [..]}}` (or `{field: ".."}`), `{"error":
    ".."}`, and for imports `{"errors": [{"email": "..", "errors": {field: [..]}}]}`.
    """
    return sentences_of(_load_object(body))


def _load_object(body: bytes) -> dict[str, Any]:
    try:
        document = load_json(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def sentences_of(document: Mapping[str, Any]) -> list[str]:
    """Return the sentences of an error object, see `decode_errors`."""
    return _sentences_in(document.get("errors")) or _sentences_in(document.get("error"))


def _sentences_in(errors: Any) -> list[str]:
    match errors:
        case list():
            found = [sentence for error in errors[:MOST_SENTENCES] for sentence in sentences_of_item(error)]
        case dict():
            found = [
                _sentence(said) if field == "base" else f"{field[:100]} {_sentence(said)}"
                for field, value in islice(errors.items(), MOST_SENTENCES)
                for said in (value[:MOST_SENTENCES] if isinstance(value, list) else [value])
            ]
        case str():
            found = [_sentence(errors)]
        case _:
            found = []
    return [sentence for sentence in found if sentence.strip()]


def sentences_of_item(error: Any) -> list[str]:
    """Return the sentences of one error in a list: the error itself, or those of one row of an import, prefixed with
    its address.
    """
    if not isinstance(error, dict) or "errors" not in error:
        return [_sentence(error)]
    which = next((value for key, value in error.items() if key != "errors" and isinstance(value, str)), "")
    return [f"{which[:100]}: {sentence}" if which else sentence for sentence in _sentences_in(error["errors"])]


def _sentence(error: Any) -> str:
    return shorten_text(error if isinstance(error, str) else dumps(error), LONGEST_SENTENCE)


def _html_title(answer: Answer) -> str:
    """Return the title or first heading of a gateway's HTML page."""
    if "html" not in answer.headers.get("content-type", "") and answer.body[:1000].lstrip()[:1] != b"<":
        return ""
    page = answer.excerpt(20_000)
    folded = page.translate(_LOWER)
    for tag in ("title", "h1"):
        start = folded.find(">", max(folded.find(f"<{tag}"), 0)) + 1
        end = folded.find(f"</{tag}", start)
        if f"<{tag}" in folded and 0 < start < end:
            import re

            title = " ".join(re.sub(r"<[^<>]*>", " ", page[start : min(end, start + 1000)]).split())
            if title:
                return f'an HTML page, "{title[:100]}"'
    return "an HTML page"


_LOWER = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}  # keeps all indexes valid


def _short_text(answer: Answer, length: int) -> str:
    return " ".join(answer.excerpt(4 * length).split())[:length]
