"""Help pages: their sections, their width, and that every example is a command line that works."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup

from mailtrap_cli.cli.commands import COMMANDS
from mailtrap_cli.cli.context import World
from mailtrap_cli.cli.examples import LONGEST, collect_examples, wrap_example
from mailtrap_cli.cli.help import format_page, read_page
from mailtrap_cli.cli.root import root
from mailtrap_cli.cli.root import run as run_command
from mailtrap_cli.cli.topics import RELATED, list_topics
from mailtrap_cli.cli.typer_internals import Context
from tests.conftest import Run

# What asks, waits, serves, edits or needs the network is only parsed.
NOT_RUN = re.compile(
    r"webhooks (create|update)|config (init|edit)|messages (wait|open|forward|send)|local (serve|reset|fault)"
    r"|completion|doctor|domains check|--wait|--web"
)


FILES = {
    "people.csv": "email,name\nada@example.com,Ada\n",
    "customers.csv": "email,first_name\nada@example.com,Ada\n",
    "gone.csv": "email,domain,stream\n" + "".join(f"u{number}@example.com,1,bulk\n" for number in range(251)),
    "failed.csv": "email,name\ngrace@example.com,Grace\n",
    "letter.txt": "Hello",
    "bill.pdf": "%PDF",
    "receipt.pdf": "%PDF",
    "welcome.html": "<p>Hi</p>",
    "permissions.json": "[]",
}
SEEDS = (
    "mailtrap projects create --name Shop",
    "mailtrap domains create --domain-name acme.example",
    "mailtrap config init production --live --no-check --token-env T",
    "mailtrap config init staging --sandbox-id 123456 --from a@acme.example --no-check --token-env T",
    "mailtrap config use local",
    "mailtrap config set from no-reply@acme.example",
)
# The order to run examples in: what makes something, what changes it, the rest, what removes it.
EARLY = (" create ", " send ", " batch ", "--html", " update ")
LATE = (" config unset", " config use ", " config rename", " delete", " remove", " reset")


def rank_example(example: str) -> int:
    late = [number for number, word in enumerate(LATE, 1) if word in example]
    early = [number - len(EARLY) for number, word in enumerate(EARLY) if word in example]
    return max(late or early or [0])


@cache
def pages() -> dict[str, Context]:
    """The context of every command and group, by its path."""

    def walk(command: Any, ctx: Context) -> Iterator[tuple[str, Context]]:
        yield ctx.command_path, ctx
        for name in getattr(command, "commands", {}):
            member = command.get_command(ctx, name)
            yield from walk(member, Context(member, info_name=name, parent=ctx, obj=ctx.obj))

    top = root()
    return dict(walk(top, Context(top, info_name="mailtrap", obj=World(env={}))))


def words_of(example: str) -> list[str]:
    """Return the words of the `mailtrap` call in a shell line."""
    words = shlex.split(re.sub(r'^[\w -]+ "\$\((.*)\)"$', r"\1", example))
    words = words[words.index("mailtrap") + 1 :]
    return words[: words.index(">")] if ">" in words else words


def test_every_command_has_two_or_three_examples_that_can_be_parsed() -> None:
    for path, page in pages().items():
        if hasattr(page.command, "commands"):
            continue
        examples = collect_examples(page.command)
        assert 2 <= len(examples) <= 3, path
        for example in examples:
            assert parse_example(example).command_path == path, example


def parse_example(example: str) -> Context:
    """The context of the command that it calls. Raises UsageError."""
    ctx = root().make_context("mailtrap", words_of(example), obj=World())
    while True:
        group, rest = ctx.command, [*ctx._protected_args, *ctx.args]
        if not isinstance(group, TyperGroup):
            return ctx
        word, member, rest = group.resolve_command(ctx, rest)
        assert member, example
        ctx = member.make_context(word, rest, parent=ctx)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_of_any_page_is_wider_than_the_screen(width: int) -> None:
    for path, ctx in pages().items():
        for line in format_page(read_page(ctx), width - 2).splitlines():
            # An option, its value, a quoted word of an example: these are never broken.
            whole = len(re.findall(r"'.*?'|\S+", line.removesuffix("\\"))) <= 2 or re.fullmatch(
                r"  mailtrap( \w\S*)+( \\)?", line
            )
            assert len(line) <= width or whole, f"{path}: {line}"


def test_only_long_examples_are_wrapped_and_in_shell_syntax() -> None:
    examples = [example for ctx in pages().values() for example in collect_examples(ctx.command)]
    assert len(examples) > 300
    for example in examples:
        lines = wrap_example(example, LONGEST)
        assert shlex.split("\n".join(lines).replace("\\\n", "")) == shlex.split(example)
        assert lines == [example] or len(example) > LONGEST
    long = [example for example in examples if len(example) > LONGEST]
    assert len(long) < len(examples) / 10, long


def text_of(*words: str) -> str:
    """Return the page of a command at 80 columns."""
    return format_page(read_page(pages()[" ".join(("mailtrap", *words))]), 78)


def test_the_sections_of_a_page_are_in_the_order_of_the_reader() -> None:
    def sections(*command: str) -> list[str]:
        return re.findall(r"^(\S[^:\n]*):", text_of(*command), re.MULTILINE)

    page = sections("messages", "show")
    assert page[:3] == ["Usage", "Examples", "Arguments"]
    assert page[-2:] == ["Global options", "Learn more"]
    top = sections()
    assert top[:3] == ["Usage", "Try it without an account", "Sending"]
    assert top[-2:] == ["Global options", "Learn more"]
    assert sections("messages")[:3] == ["Usage", "Examples", "Commands"]


def test_the_global_options_take_two_lines_except_on_the_root_page() -> None:
    page = text_of("send")
    common = page.partition("Global options:\n")[2].partition("\n\n")[0].splitlines()
    assert len(common) == 2
    assert common[-1].endswith("(see mailtrap --help)")
    named = set(re.findall(r"--[a-z-]+", " ".join(common)))
    told = text_of().partition("Global options:\n")[2].partition("\n\n")[0]
    assert named == set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", told, re.MULTILINE))


def test_defaults_and_choices_are_shown() -> None:
    page = " ".join(text_of("webhooks", "create").split())
    assert "one of: email_sending, campaigns, audit_log, inbound_receiving; default: email_sending" in page
    assert "(default: 29d)" in text_of("stats", "get")
    assert "(default: 100)" in text_of("messages", "list")


def test_a_page_names_only_existing_topics() -> None:
    topics = {topic for topics in RELATED.values() for topic in topics}
    assert topics <= set(list_topics())
    assert set(RELATED) <= set(COMMANDS)
    for ctx in pages().values():
        named = re.findall(r"mailtrap help ([a-z-]+)", str(read_page(ctx).more))
        assert set(named) <= set(list_topics())


def test_the_root_page_shows_first_commands_documentation_and_where_to_report_bugs(mailtrap: Run) -> None:
    page = mailtrap("--help").out
    first, second = page.partition("account:\n")[2].splitlines()[:2]
    assert first.startswith("  mailtrap send -p local ")
    assert mailtrap(*shlex.split(first)[1:]).code == 0
    assert "Hello" in mailtrap(*shlex.split(second)[1:]).out
    assert "https://docs.mailtrap.io" in page
    assert "mailtrap doctor" in " ".join(page.partition("Report a bug")[2].split())


def test_the_examples_run_on_the_local_sandbox(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each exits 0, or 5 if it names something by an ID; a deletion is refused without --yes."""
    monkeypatch.chdir(tmp_path)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for name, text in FILES.items():
        Path(name).write_text(text, encoding="utf-8")
    lists = [collect_examples(ctx.command) for ctx in pages().values() if not hasattr(ctx.command, "commands")]
    # What is created twice is refused by the API: of these only the first.
    examples = [one for lines in lists for one in (lines[:1] if " create " in lines[0] else lines)]
    examples = [one for one in examples if not re.search(r" (-o json|-o csv|-q)$", one) and one not in SEEDS]
    examples.append("mailtrap send --to ada@example.com --subject Hello --text 'Hello Ada' --html '<p>Hello Ada</p>'")
    problems = []
    for example in [*SEEDS, *sorted((one for one in examples if not NOT_RUN.search(one)), key=rank_example)]:
        out, err = io.StringIO(), io.StringIO()
        env = {**environment, "MAILTRAP_PROFILE": "local", "T": "token"}
        piped = io.TextIOWrapper(io.BytesIO(b"The build is green.\n" if "|" in example else b""), encoding="utf-8")
        code = run_command(words_of(example), World(env=env, stdin=piped, stdout=out, stderr=err, sleep=print))
        if code not in (0, 5) and "Refusing to continue without confirmation" not in err.getvalue():
            problems.append(f"{code} {example}: {err.getvalue().strip()}")
    assert len(examples) > 200
    assert not problems, "\n".join(problems)
