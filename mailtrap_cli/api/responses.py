"""What an answer of the API means: its errors as sentences, its failures as exceptions. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ApiError, Outcome, TransportError


@dataclass(frozen=True)
class Answer:
    """What a server answered: `headers` have lower-case names, `body` is decoded of any compression."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; TransportError where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise TransportError(
                f"The answer {self.status} is {_html_title(self) or repr(_short_text(self)[:60])}, not JSON",
                outcome="outcome unknown",
                hint="Is the host the Mailtrap API's? See: mailtrap config show --origins",
            ) from error

    @property
    def text(self) -> str:
        """The body as text, in the charset that the answer names, else UTF-8."""
        charset = self.headers.get("content-type", "").partition("charset=")[2].split(";")[0].strip(' "') or "utf-8"
        try:
            return self.body.decode(charset, errors="replace")
        except LookupError:
            return self.body.decode("utf-8", errors="replace")


HINTS: dict[Outcome, str] = {
    "not sent": "Nothing was done, so the same command can be given again.",
    "outcome unknown": "It may have been done: look before giving the command again, for an email in the sandbox or "
    "the email logs.",
}


DENIED = {
    401: "The token is not accepted there. Which one it is: mailtrap config show --origins",
    403: "The token may not do this: see its permissions in Settings, API Tokens.",
}  # on the account host; a send has other reasons


def failure_of(answer: Answer, method: str, base: str) -> ApiError | TransportError | None:
    """The error that an answer stands for; None for a success."""
    status = answer.status
    if 200 <= status < 300:
        return None
    where = base.partition("://")[2]
    errors = decode_errors(answer.body)
    said = "; ".join(errors) or _html_title(answer) or _short_text(answer)
    if 400 <= status < 500 and errors:
        return ApiError(said, status=status, details=errors if len(errors) > 1 else ())
    passing = status >= 400
    if not passing:
        target = answer.headers.get("location", "another address")
        said = f"redirected to {target}, which is not followed because the token would go along"
    message = f"{where} answered {status}" + (f": {said}" if said else "")
    if 400 <= status < 500:
        return ApiError(message, status=status)
    if method == "GET":
        hint = "Try again later." if passing else "Name the host it leads to: mailtrap config show --origins"
        return TransportError(message, outcome=None, status=status, hint=hint, passing=passing)
    # 500 with `errors`, and not with an `error` as any program's crash has, is documented as "not delivered".
    refused = status == 503 or (status == 500 and errors and "errors" in json.loads(answer.body))
    outcome: Outcome = "not sent" if refused else "outcome unknown"
    return TransportError(f"{message}: {outcome}", outcome=outcome, status=status, hint=HINTS[outcome])


def decode_errors(body: bytes) -> list[str]:
    """The sentences of an error body in any of the API's shapes; [] where it is none of them.

    The shapes: `{"errors": [..]}`, `{"errors": ".."}`, `{"errors": {field: [..]}}`,
    `{"error": ".."}`.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if not isinstance(document, dict):
        return []
    match document.get("errors") or document.get("error"):
        case list() as errors:
            found = [error if isinstance(error, str) else json.dumps(error, ensure_ascii=False) for error in errors]
        case dict() as errors:
            found = [
                f"{sentence}" if field == "base" else f"{field} {sentence}"
                for field, sentences in errors.items()
                for sentence in (sentences if isinstance(sentences, list) else [sentences])
            ]
        case error:
            found = [error] if isinstance(error, str) else []
    return [sentence for sentence in found if sentence.strip()]


def _html_title(answer: Answer) -> str:
    """What a gateway's HTML page says in its title or first heading."""
    import re

    if "html" not in answer.headers.get("content-type", "") and answer.body.lstrip()[:1] != b"<":
        return ""
    found = re.search(r"<(title|h1)[^>]*>(.*?)</\1\s*>", answer.text, re.DOTALL | re.IGNORECASE)
    title = re.sub(r"<[^>]*>|\s+", " ", found[2]).strip() if found else ""
    return f'an HTML page, "{title[:100]}"' if title else "an HTML page"


def _short_text(answer: Answer) -> str:
    return " ".join(answer.text.split())[:200]


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds to wait by a Retry-After header (RFC 9110, 10.2.3: seconds or a date); None where it says nothing."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        from email.utils import parsedate_to_datetime

        try:
            seconds = parsedate_to_datetime(value).timestamp() - now
        except ValueError:
            return None
    return max(0.0, seconds) if seconds == seconds and seconds != float("inf") else None
