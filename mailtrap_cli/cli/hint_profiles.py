"""The commands that a hint names: each works when it is pasted."""

from __future__ import annotations

import re

# A command begins a sentence, or follows a colon, "or" or "with", and ends with the sentence.
COMMAND = re.compile(r"(?:(?<=: )|(?<=or )|(?<=with )|^)mailtrap ([a-z][^\n]*?)(?=$|\. |\.$|, | \(|\)|; |`)")
# What takes no profile, or has one of its own.
_WITHOUT = re.compile(r"(help|completion|commands|local)\b|config (?!(show|get|set|unset)\b)|.*(--help|-p |--profile)")


def keep_profile(hint: str, profile: str | None) -> str:
    """Add `-p PROFILE`, if the command line named one, to the commands of a hint: they mean the same account."""
    if profile is None:
        return hint
    from shlex import quote

    def add_profile(found: re.Match[str]) -> str:
        return found[0] if _WITHOUT.match(found[1]) else f"{found[0]} -p {quote(profile)}"

    return COMMAND.sub(add_profile, hint)
