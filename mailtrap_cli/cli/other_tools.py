"""Other tools' words for our commands: the error of such a command line names ours, ready to paste."""

from __future__ import annotations

from collections.abc import Sequence

# First words, of the vendor's command line (github.com/mailtrap/mailtrap-cli) and others, to the words of ours.
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
    """Our spelling of this command line; None if no word of it is another tool's.

    An ID given as `--id 7` is the first argument of ours, and so is the `--file` of a batch.
    """
    found = list(words)
    for length in range(min(LONGEST, len(found)), 0, -1):
        ours = WORDS.get(tuple(found[:length]))
        if ours is not None:
            found[:length] = ours
            break
    if "--sandbox-id" in found and "--sandbox" in found:
        found.remove("--sandbox")  # which the ID implies
    found = _move_value(found, "--id")
    if found[:1] == ["batch"]:
        found = _move_value(found, "--file")
    return found if found != list(words) else None


def _move_value(words: list[str], option: str) -> list[str]:
    """Put the value of an option in the place of the first argument: before the first option."""
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
