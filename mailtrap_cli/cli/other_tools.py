"""Recognize command lines of other tools: the error shows our spelling, ready to paste."""

from __future__ import annotations

from collections.abc import Sequence

# First words of other command lines (github.com/mailtrap/mailtrap-cli and others) → our words.
WORDS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("login",): ("config", "init"),
    ("auth",): ("config", "init"),
    ("init",): ("config", "init"),
    ("configure",): ("config", "init"),
    ("emails",): ("send",),
    ("emails", "send"): ("send",),
    ("inbox",): ("sandboxes",),
    ("inboxes",): ("sandboxes",),
    ("whoami",): ("doctor",),
    ("version",): ("--version",),
    ("email-logs",): ("logs",),
    ("email-campaigns",): ("campaigns",),
    ("email-templates",): ("templates",),
    ("api-tokens",): ("tokens",),
    ("send", "transactional"): ("send", "--live", "--stream", "transactional"),
    ("send", "bulk"): ("send", "--live", "--stream", "bulk"),
    ("send", "batch-transactional"): ("batch", "--live", "--stream", "transactional"),
    ("send", "batch-bulk"): ("batch", "--live", "--stream", "bulk"),
    ("sandbox-send",): ("send", "--sandbox"),
    ("sandbox-send", "single"): ("send", "--sandbox"),
    ("sandbox-send", "batch"): ("batch", "--sandbox"),
    ("messages", "spam-score"): ("messages", "spam"),
    ("messages", "html-analysis"): ("messages", "html-check"),
}
LONGEST = max(map(len, WORDS))


def translate_words(words: Sequence[str]) -> list[str] | None:
    """Return our spelling of this command line; None if it contains no word of another tool.

    An ID given as `--id 7` becomes our first argument, and so does the `--file` of a batch.
    """
    found = list(words)
    for length in range(min(LONGEST, len(found)), 0, -1):
        ours = WORDS.get(tuple(found[:length]))
        if ours is not None:
            found[:length] = ours
            break
    if "--sandbox-id" in found and "--sandbox" in found:
        found.remove("--sandbox")  # implied by the ID
    found = _move_value(found, "--id")
    if found[:1] == ["batch"]:
        found = _move_value(found, "--file")
    return found if found != list(words) else None


def _move_value(words: list[str], option: str) -> list[str]:
    """Move the value of an option to the first argument: before the first option."""
    for place, word in enumerate(words):
        if word.startswith(f"{option}="):
            value, rest = word.removeprefix(f"{option}="), words[:place] + words[place + 1 :]
        elif word == option and place + 1 < len(words):
            value, rest = words[place + 1], words[:place] + words[place + 2 :]
        else:
            continue
        first = next((number for number, other in enumerate(rest) if other.startswith("-")), len(rest))
        return [*rest[:first], value, *rest[first:]]
    return words
