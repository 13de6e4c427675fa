"""Keep the profile in the commands of a hint, so that each works when pasted."""

from __future__ import annotations

import re

# A command starts a sentence or follows a colon, "or" or "with", and ends with the sentence.
COMMAND = re.compile(r"(?:(?<=: )|(?<=or )|(?<=with )|^)mailtrap ([a-z][^\n]*?)(?=$|\. |\.$|, | \(|\)|; |`)")
# Commands that take no profile, or have one already.
_WITHOUT = re.compile(r"(help|completion|commands|local)\b|config (?!(show|get|set|unset)\b)|.*(--help|-p |--profile)")


def keep_profile(hint: str, profile: str | None) -> str:
    """Add `-p PROFILE`, if the command line named one, to the commands in a hint: they refer to the same account."""
    if profile is None:
        return hint
    from shlex import quote

    def add_profile(found: re.Match[str]) -> str:
        return found[0] if _WITHOUT.match(found[1]) else f"{found[0]} -p {quote(profile)}"

    return COMMAND.sub(add_profile, hint)
