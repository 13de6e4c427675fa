"""Recognize command lines of other tools: the error shows our spelling, ready to paste."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Rewrite = Callable[[str], list[str]]

# First words of other command lines (github.com/mailtrap/mailtrap-cli and others) → our words.
WORDS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("login",): ("config", "init"),
    ("auth",): ("config", "init"),
    ("auth", "login"): ("config", "init"),
    ("auth", "status"): ("doctor",),
    ("auth", "whoami"): ("doctor",),
    ("auth", "logout"): ("config", "list"),
    ("init",): ("config", "init"),
    ("configure",): ("config", "init"),
    ("emails",): ("send",),
    ("emails", "send"): ("send",),
    ("emails", "list"): ("logs", "list"),
    ("emails", "get"): ("logs", "get"),
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
    ("messages", "source"): ("messages", "html-source"),
    ("messages", "update"): ("messages", "mark-read"),
    ("account-access", "remove"): ("account-access", "delete"),
    ("organizations", "create-sub-account"): ("organizations", "sub-accounts", "create"),
    ("organizations", "list-sub-accounts"): ("organizations", "sub-accounts", "list"),
    ("permissions", "resources"): ("permissions", "list"),
    ("permissions", "bulk-update"): ("permissions", "update"),
}

# Options of other command lines that are arguments here, in our order; `--id` everywhere else.
ARGUMENTS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("attachments",): ("--message-id", "--id"),
    ("batch",): ("--file",),
    ("contacts", "import"): ("--file",),
    ("messages", "forward"): ("--id", "--email"),
    ("organizations",): ("--org-id",),
    ("permissions", "update"): ("--access-id",),
    ("sandboxes", "create"): ("--project-id",),
}
VALUE_OPTIONS = ("-p", "--profile", "-o", "--output", "--timeout")
TOKEN_OPTIONS = ("--api-token", "--api-key", "--token")
TOKEN_HINT = "Set MAILTRAP_API_TOKEN, or save the token with: mailtrap config init"


def _rename(option: str, prefix: str = "") -> Rewrite:
    return lambda value: [option, prefix + value]


def _repeat(option: str) -> Rewrite:
    return lambda value: [word for part in value.split(",") for word in (option, part.strip())]


def _list_parameters(value: str) -> list[str]:
    import json

    try:
        parameters = json.loads(value)
    except ValueError:
        parameters = None
    if not isinstance(parameters, dict):
        return ["--param", "KEY=VALUE"]
    texts = {key: item if isinstance(item, str) else json.dumps(item) for key, item in parameters.items()}
    return [word for key, text in texts.items() for word in ("--param", f"{key}={text}")]


_SEND: dict[str, Rewrite] = {"--template-uuid": _rename("--template"), "--body": _rename("--text")}
# Options of other command lines, for the commands that start with these words of ours.
OPTIONS: dict[tuple[str, ...], dict[str, Rewrite]] = {
    (): {"--account-id": lambda value: [], "--inbox-id": _rename("--sandbox-id")},
    ("send",): _SEND,
    ("batch",): _SEND,
    ("domains", "create"): {"--name": _rename("--domain-name")},
    ("templates",): {"--body-html": _rename("--html"), "--body-text": _rename("--text")},
    ("contact-fields", "create"): {"--data-type": _rename("--type")},
    ("contacts",): {
        "--first-name": _rename("--field", "first_name="),
        "--last-name": _rename("--field", "last_name="),
        "--list-ids": _repeat("--list"),
        "--list-ids-included": _repeat("--add-to-list"),
        "--list-ids-excluded": _repeat("--remove-from-list"),
        "--params": _list_parameters,
    },
    ("logs", "list"): {
        "--sent-after": _rename("--since"),
        "--sent-before": _rename("--until"),
        "--cursor": lambda value: ["--limit", "all"],
    },
    ("messages", "eml"): {"--output-file": _rename("--save")},
    ("permissions", "update"): {"--file": _rename("--permissions", "@")},
    ("stats",): {
        "--domain-ids": _repeat("--domain"),
        "--streams": _repeat("--stream"),
        "--categories": _repeat("--category"),
        "--esps": _repeat("--esp"),
    },
    ("suppressions", "list"): {"--start-time": _rename("--since"), "--end-time": _rename("--until")},
    ("tokens", "create"): {"--permissions": _rename("--resources")},
}
LONGEST = max(map(len, WORDS))


def suggest_command(words: Sequence[str]) -> str | None:
    """Return a hint with our spelling of this command line; None if it contains nothing of another tool."""
    import shlex

    if any(word.partition("=")[0] in TOKEN_OPTIONS for word in words):
        return TOKEN_HINT
    ours = translate_words(words)
    return None if ours is None else f"Run: {shlex.join(['mailtrap', *ours])}"


def translate_words(words: Sequence[str]) -> list[str] | None:
    """Return our spelling of this command line; None if it contains no word of another tool.

    IDs and files given as options become our first arguments; the common options before the command stay there.
    """
    end = list(words).index("--") if "--" in words else len(words)
    start = count_common(words[:end])
    found = list(words[start:end])
    for length in range(min(LONGEST, len(found)), 0, -1):
        ours = WORDS.get(tuple(found[:length]))
        if ours is not None:
            found[:length] = ours
            break
    if "--sandbox-id" in found and "--sandbox" in found:
        found.remove("--sandbox")  # implied by the ID
    if found[:2] == ["messages", "mark-read"]:
        found = _apply_read_state(found)
    if found[:2] == ["logs", "list"]:
        found = _apply_operators(found)
    for path, options in OPTIONS.items():
        if tuple(found[: len(path)]) == path:
            for option, rewrite in options.items():
                found = _replace_option(found, option, rewrite)
    found = _move_arguments(found)
    found = _name_format(found)
    found = [*words[:start], *found, *words[end:]]
    return found if found != list(words) else None


def count_common(words: Sequence[str]) -> int:
    """Count the words before the command's name: common options and their values."""
    place = 0
    while place < len(words) and words[place].startswith("-"):
        word = words[place]
        cluster = "" if word.startswith("--") else word[1:].lstrip("qvh")
        place += 2 if word in VALUE_OPTIONS or cluster in ("p", "o") else 1
    return min(place, len(words))


def _take_option(words: list[str], option: str) -> tuple[str, int, list[str]] | None:
    """Take out an option: its value, its place, the other words."""
    for place, word in enumerate(words):
        if word.startswith(f"{option}="):
            return word.removeprefix(f"{option}="), place, words[:place] + words[place + 1 :]
        if word == option and place + 1 < len(words):
            return words[place + 1], place, words[:place] + words[place + 2 :]
    return None


def _replace_option(words: list[str], option: str, rewrite: Rewrite) -> list[str]:
    taken = _take_option(words, option)
    if taken is None:
        return words
    value, place, rest = taken
    ours = rewrite(value)
    same = ours == [option, value]
    return words if same else [*rest[:place], *ours, *rest[place:]]


def _move_arguments(words: list[str]) -> list[str]:
    """Move options that are arguments here before the first option."""
    names = next((names for path, names in ARGUMENTS.items() if tuple(words[: len(path)]) == path), ("--id",))
    values = []
    for name in names:
        taken = _take_option(words, name)
        if taken is not None:
            values.append(taken[0])
            words = taken[2]
    first = next((number for number, other in enumerate(words) if other.startswith("-")), len(words))
    return [*words[:first], *values, *words[first:]]


def _name_format(words: list[str]) -> list[str]:
    """Turn `--json`, `--format json` and `--output text` into our `--output`."""
    found = [part for word in words for part in (("--output", "json") if word == "--json" else (word,))]
    if found[:1] != ["local"]:  # `local env` has a --format of its own
        found = _replace_option(found, "--format", _rename("--output"))
    return _replace_option(found, "--output", lambda value: ["--output", "table" if value == "text" else value])


def _apply_read_state(words: list[str]) -> list[str]:
    """Turn `messages update --is-read[=false]` into mark-read or mark-unread."""
    flags = [word for word in words if word.partition("=")[0] == "--is-read"]
    unread = any(word.endswith(("=false", "=0", "=f")) for word in flags)
    rest = [word for word in words if word not in flags]
    return [rest[0], "mark-unread", *rest[2:]] if unread else rest


def _apply_operators(words: list[str]) -> list[str]:
    """Turn `--to X --to-operator ci_contain` into `--to-contains X`; equality is what `--to` means."""
    for option in ("--to", "--from", "--subject"):
        taken = _take_option(words, f"{option}-operator")
        if taken is not None:
            words = taken[2]
            if taken[0] == "ci_contain":
                words = _replace_option(words, option, _rename(f"{option}-contains"))
    return words
