"""`mailtrap config`, end to end with the installed program; its prompts on a real terminal."""

from __future__ import annotations

import os
import stat
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROGRAM, Run
from tests.loopback import Loopback, Reply
from tests.processes import start
from tests.terminal import Terminal

TOKEN = "tok-0123456789abcdef1a2b"
MESSAGE = ("--from", "a@acme.example", "--to", "ada@example.com", "--subject", "Hi", "--text", "Hello")


@pytest.fixture
def path(home: Path) -> Path:
    return home / ".config" / "mailtrap" / "config.toml"


TWO = f"""\
default_profile = "staging"

[profiles.staging]
token = "{TOKEN}"
from = "Acme <a@acme.example>"
sandbox_id = 123456
sandbox = true

[profiles.production]
token_env = "ACME"
stream = "bulk"
"""


@pytest.fixture
def two(path: Path) -> dict[str, Any]:
    """Create two profiles, staging (the default) and production; return the document."""
    path.parent.mkdir(parents=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_text(TWO)
    return document(path)


def document(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


# ---------------------------------------------------------------------------------------------- reading


def test_list_shows_every_profile_and_local(mailtrap: Run, two: dict[str, Any]) -> None:
    assert mailtrap("config", "list", "-o", "json").json() == [
        {
            "name": "staging",
            "default": True,
            "target": "sandbox 123456",
            "from": "Acme <a@acme.example>",
            "token": "••••1a2b",
        },
        {"name": "production", "default": False, "target": "LIVE bulk", "from": None, "token": "$ACME"},
        {"name": "local", "default": False, "target": "sandbox 1", "from": None, "token": None},
    ]
    assert mailtrap("config", "list", "-q").out == "staging\nproduction\nlocal\n"
    in_use = mailtrap("config", "list", "-o", "json", env={"MAILTRAP_PROFILE": "production"}).json()
    assert [row["name"] for row in in_use if row["default"]] == ["production"]


def test_show_is_the_profile_in_use_or_the_named_one(mailtrap: Run, two: dict[str, Any]) -> None:
    assert mailtrap("config", "show", "-o", "json").json() == {
        "token": "••••1a2b",
        "from": "Acme <a@acme.example>",
        "sandbox_id": 123456,
        "sandbox": True,
    }
    expected = "key\tvalue\ntoken_env\tACME\nstream\tbulk\n"
    assert mailtrap("config", "show", "production").out == expected
    assert mailtrap("config", "show", "-p", "production").out == expected
    assert mailtrap("config", "show", "local", "-o", "json").json() == {"sandbox": True, "sandbox_id": 1}


def test_show_origins_names_the_source_of_each_setting(mailtrap: Run, two: dict[str, Any]) -> None:
    env = {"MAILTRAP_FROM_EMAIL": "b@acme.example", "MAILTRAP_SANDBOX_ID": "9"}
    by_key = {
        row["key"]: (row["value"], row["origin"])
        for row in mailtrap("config", "show", "--origins", "-o", "json", env=env).json()
    }
    assert by_key["profile"] == ("staging", "default_profile")
    assert by_key["token"] == ("••••1a2b", "profile staging")
    assert by_key["stream"] == ("transactional", "default")
    assert by_key["sandbox"] == (True, "profile staging")
    assert by_key["sandbox_id"] == (9, "environment MAILTRAP_SANDBOX_ID")
    assert by_key["from"] == ("b@acme.example", "environment MAILTRAP_FROM_EMAIL")
    assert by_key["hosts.account"] == ("https://mailtrap.io", "default")
    named = mailtrap("config", "show", "staging", "--origins", env=env).out
    assert "sandbox_id\t123456\tprofile staging\n" in named
    assert "profile\tstaging\t--profile\n" in named
    local = mailtrap("config", "show", "--origins", "-p", "local").out
    assert "sandbox\ttrue\tprofile local\n" in local


def test_get_prints_one_value(mailtrap: Run, two: dict[str, Any]) -> None:
    assert mailtrap("config", "get", "from").out == "Acme <a@acme.example>\n"
    assert mailtrap("config", "get", "sandbox", "-o", "json").json() is True
    assert mailtrap("config", "get", "stream", "-p", "production").out == "bulk\n"
    missing = mailtrap("config", "get", "stream")
    assert (missing.code, missing.out) == (3, "")
    assert "The profile staging does not set stream" in missing.err
    unknown = mailtrap("config", "get", "strem")
    assert unknown.code == 2
    assert "Available keys: stream" in unknown.err


SHOWING = [
    ("list",),
    ("list", "-o", "json"),
    ("list", "-o", "csv"),
    ("show",),
    ("show", "-o", "json"),
    ("show", "-o", "jsonl"),
    ("show", "-q"),
    ("show", "-v"),
    ("show", "--origins"),
    ("show", "--origins", "-o", "json"),
    ("get", "token"),
    ("get", "token", "-o", "json"),
]


@pytest.mark.parametrize("arguments", SHOWING, ids=" ".join)
def test_no_command_shows_a_token(mailtrap: Run, path: Path, arguments: tuple[str, ...], two: dict[str, Any]) -> None:
    with path.open("a") as file:
        file.write('[profiles.spelled]\ntokn = "another-secret-value"\n')
    result = mailtrap("config", *arguments)
    assert result.code == 0
    assert TOKEN[:-4] not in result.out + result.err
    spelled = mailtrap("config", *arguments, "-p", "spelled")
    assert "another-secret-value" not in spelled.out + spelled.err


@pytest.mark.parametrize("origin", ["token", "token_env", "token_command", "MAILTRAP_API_TOKEN"])
def test_no_run_shows_the_token_it_uses(mailtrap: Run, path: Path, server: Loopback, origin: str) -> None:
    word = sys.executable.replace("\\", "/")
    credential = {
        "token": f'token = "{TOKEN}"',
        "token_env": 'token_env = "ACME"',
        "token_command": f"token_command = ['{word}', '-c', 'import os; print(os.environ[\"ACME\"])']",
    }.get(origin, "")
    path.parent.mkdir(parents=True)
    path.touch(mode=0o600)
    path.write_text(f'default_profile = "staging"\n[profiles.staging]\n{credential}\nsandbox_id = 7\nsandbox = true\n')
    env = {**server.env, "ACME": TOKEN, "MAILTRAP_API_TOKEN": TOKEN if origin.startswith("MAILTRAP") else ""}
    server.script = lambda request: Reply(
        *(401, {"errors": ["Unauthorized"]}) if request.method == "POST" else (200, [])
    )
    for fmt in ("table", "json", "jsonl", "csv"):
        for command in (
            ("send", *MESSAGE),
            ("send", *MESSAGE, "--dry-run"),
            ("messages", "list"),
            ("config", "show", "--origins"),
        ):
            result = mailtrap(*command, "-v", "-o", fmt, env=env)
            assert TOKEN[:-4] not in result.out + result.err
    assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {TOKEN}"}


def test_the_token_command_runs_once_per_run(mailtrap: Run, path: Path, server: Loopback, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    script = tmp_path / "token.py"
    script.write_text(f"open({str(asked)!r}, 'a').write('.')\nprint({TOKEN!r})\n")
    path.parent.mkdir(parents=True)
    path.touch(mode=0o600)
    path.write_text(f"[profiles.a]\ntoken_command = ['{sys.executable}', '{script}']\nsandbox_id = 7\n")
    server.reply(Reply(503, ""), Reply(200, [{"id": number} for number in range(30, 0, -1)]), Reply(200, []))
    result = mailtrap("messages", "list", "-p", "a", "-o", "json", env={**server.env, "MAILTRAP_API_TOKEN": ""})
    assert (result.code, len(result.json())) == (0, 30)
    assert len(server.requests) == 3
    assert asked.read_text() == "."


def test_without_a_profile_the_error_says_how_to_create_one(mailtrap: Run) -> None:
    for command in (("show",), ("get", "from"), ("set", "from", "a@acme.example"), ("unset", "from")):
        result = mailtrap("config", *command)
        assert result.code == 3
        assert "Set it up with: mailtrap config init" in result.err
    assert mailtrap("config", "list", "-q").out == "local\n"


def test_path_is_printed_even_if_the_file_does_not_exist(mailtrap: Run, path: Path, tmp_path: Path) -> None:
    assert mailtrap("config", "path").out == f"{path}\n"
    other = str(tmp_path / "other.toml")
    assert mailtrap("config", "path", "-o", "json", env={"MAILTRAP_CONFIG": other}).json() == other


def test_nothing_is_read_from_the_current_folder(mailtrap: Run, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    text = (
        'default_profile = "evil"\n[profiles.evil]\ntoken = "t"\n[profiles.evil.hosts]\nsend = "https://evil.example"\n'
    )
    for name in ("config.toml", "mailtrap.toml", ".mailtrap.toml", ".mailtrap", "pyproject.toml"):
        (folder / name).write_text(text)
    (folder / ".env").write_text("MAILTRAP_PROFILE=evil\nMAILTRAP_SEND_URL=https://evil.example\n")
    (folder / "mailtrap").mkdir()
    (folder / "mailtrap" / "config.toml").write_text(text)
    assert mailtrap("config", "list", "-q", cwd=folder).out == "local\n"
    assert "evil" not in mailtrap("config", "show", "--origins", cwd=folder).out


def test_commands_that_read_the_file_warn_about_a_wide_mode(mailtrap: Run, path: Path, two: dict[str, Any]) -> None:
    path.chmod(0o644)
    for command in (("config", "list"), ("config", "show"), ("send", "--dry-run", *MESSAGE)):
        result = mailtrap(*command)
        assert result.code == 0
        assert result.err.count(f"chmod 600 {path}") == 1
    assert mailtrap("config", "set", "stream", "bulk").code == 0
    assert mailtrap("config", "list").err == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[profiles.a\n", ":1: "),
        ('[profiles.a]\nsandbox_id = "abc"\n', ': profiles.a.sandbox_id must be a whole number, not "abc"'),
    ],
)
def test_a_broken_file_stops_every_command_except_path_and_edit(
    mailtrap: Run, path: Path, text: str, message: str
) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(text)
    path.chmod(0o600)
    for command in (("config", "list"), ("config", "use", "a"), ("send", *MESSAGE), ("send", "-p", "local", *MESSAGE)):
        result = mailtrap(*command)
        assert result.code == 3
        assert f"Error: {path}{message}" in result.err
        assert "mailtrap config edit" in result.err
    assert mailtrap("config", "path").code == 0
    assert path.read_text() == text


# ---------------------------------------------------------------------------------------------- changing


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("from", "b@acme.example", "b@acme.example"),
        ("stream", "bulk", "bulk"),
        ("sandbox", "false", False),
        ("sandbox_id", "7", 7),
        ("rate_limit", "150/10s", "150/10s"),
    ],
)
def test_set_and_unset_change_one_value(
    mailtrap: Run, path: Path, two: dict[str, Any], key: str, text: str, value: object
) -> None:
    before = two["profiles"]["staging"]
    assert mailtrap("config", "set", key, text).code == 0
    assert document(path)["profiles"]["staging"] == {**before, key: value}
    assert mailtrap("config", "unset", key).code == 0
    assert document(path)["profiles"]["staging"] == {name: kept for name, kept in before.items() if name != key}
    assert document(path)["profiles"]["production"] == two["profiles"]["production"]
    again = mailtrap("config", "unset", key)
    assert again.code == 3
    assert f"The profile does not set {key}" in again.err


def test_hosts_are_set_one_by_one(mailtrap: Run, path: Path, two: dict[str, Any]) -> None:
    assert mailtrap("config", "set", "hosts.send", "http://127.0.0.1:3580/send", "-p", "production").code == 0
    assert mailtrap("config", "set", "hosts.bulk", "https://proxy.example", "-p", "production").code == 0
    hosts = {"send": "http://127.0.0.1:3580/send", "bulk": "https://proxy.example"}
    assert document(path)["profiles"]["production"]["hosts"] == hosts
    assert mailtrap("config", "get", "hosts.bulk", "-p", "production").out == "https://proxy.example\n"
    for name in hosts:
        assert mailtrap("config", "unset", f"hosts.{name}", "-p", "production").code == 0
    assert document(path) == two


def test_setting_one_token_source_removes_the_other(mailtrap: Run, path: Path, two: dict[str, Any]) -> None:
    assert mailtrap("config", "set", "token_command", "op read x").code == 0
    assert mailtrap("config", "set", "token_env", "ACME").code == 0
    profile = document(path)["profiles"]["staging"]
    assert [(key, profile[key]) for key in profile if key.startswith("token")] == [("token_env", "ACME")]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("token", TOKEN, "A token is never taken from the command line"),
        ("colour", "red", 'A profile has no key "colour"'),
        ("hosts", "x", 'A profile has no key "hosts"'),
        ("hosts.inbound", "https://x.example", 'A profile has no key "hosts.inbound"'),
        ("hosts.send", "http://mailtrap.io", "hosts.send is plain http to mailtrap.io"),
        ("stream", "fast", 'stream must be transactional or bulk, not "fast"'),
        ("sandbox", "maybe", 'sandbox must be true or false, not "maybe"'),
        ("sandbox_id", "abc", 'sandbox_id must be a whole number of 1 or more, not "abc"'),
        ("sandbox_id", "0", 'sandbox_id must be a whole number of 1 or more, not "0"'),
        ("from", "a@b.example, c@d.example", "from"),
        ("rate_limit", "fast", "rate_limit"),
    ],
)
def test_set_refuses_invalid_values(
    mailtrap: Run, path: Path, two: dict[str, Any], key: str, value: str, message: str
) -> None:
    result = mailtrap("config", "set", key, value)
    assert result.code == 2
    assert message in result.err
    assert TOKEN not in result.err
    assert document(path) == two
    if key == "token":
        assert "--token-stdin" in result.err


def test_set_does_not_create_a_profile(mailtrap: Run, path: Path, two: dict[str, Any]) -> None:
    result = mailtrap("config", "set", "stream", "bulk", "-p", "stagin")
    assert result.code == 3
    assert "Available profiles: staging" in result.err
    assert document(path) == two


def test_local_takes_a_sender(mailtrap: Run, path: Path) -> None:
    assert mailtrap("config", "set", "from", "me@acme.example", "-p", "local").code == 0
    assert document(path) == {"profiles": {"local": {"from": "me@acme.example"}}}
    assert mailtrap("config", "set", "stream", "bulk", "-p", "local").code == 3
    assert mailtrap("config", "unset", "from", "-p", "local").code == 0
    assert mailtrap("config", "unset", "sandbox_id", "-p", "local").code == 3


def test_use_makes_a_profile_the_default(mailtrap: Run, path: Path, two: dict[str, Any]) -> None:
    assert mailtrap("config", "use", "production").code == 0
    assert document(path) == {**two, "default_profile": "production"}
    assert mailtrap("config", "use", "local").code == 0
    assert document(path)["default_profile"] == "local"
    unknown = mailtrap("config", "use", "producton")
    assert unknown.code == 3
    assert "Available profiles: production" in unknown.err
    noticed = mailtrap("config", "use", "staging", env={"MAILTRAP_PROFILE": "production"})
    assert noticed.err.splitlines() == [
        "MAILTRAP_PROFILE=production still takes precedence",
        '✓ The default profile is now "staging" (sandbox 123456)',
    ]


def test_rename_keeps_the_order_and_the_default(mailtrap: Run, path: Path, two: dict[str, Any]) -> None:
    assert mailtrap("config", "rename", "staging", "qa").code == 0
    assert document(path) == {
        "default_profile": "qa",
        "profiles": {"qa": two["profiles"]["staging"], "production": two["profiles"]["production"]},
    }
    assert list(document(path)["profiles"]) == ["qa", "production"]
    assert mailtrap("config", "rename", "qa", "production").code == 2
    assert mailtrap("config", "rename", "qa", "local").code == 2
    assert mailtrap("config", "rename", "local", "mine").code == 2
    assert mailtrap("config", "rename", "gone", "mine").code == 3
    assert list(document(path)["profiles"]) == ["qa", "production"]


def test_remove_asks_first_and_clears_the_default(mailtrap: Run, path: Path, two: dict[str, Any]) -> None:
    unasked = mailtrap("config", "remove", "staging")
    assert unasked.code == 2
    assert "--yes" in unasked.err
    assert document(path) == two
    assert mailtrap("config", "remove", "staging", "--yes").code == 0
    assert document(path) == {"profiles": {"production": two["profiles"]["production"]}}
    assert mailtrap("config", "remove", "staging", "--yes").code == 3
    assert mailtrap("config", "remove", "local", "--yes").code == 2


@pytest.mark.parametrize(("keys", "left"), [("y\n", False), ("n\n", True), ("\n", True), ("\x04", True)])
def test_remove_on_a_terminal_accepts_only_yes(
    environment: dict[str, str], path: Path, two: dict[str, Any], keys: str, left: bool
) -> None:
    terminal = Terminal([PROGRAM, "config", "remove", "staging"], environment)
    terminal.until("Remove the profile staging? [y/N] ")
    terminal.type(keys)
    assert terminal.wait() == 0
    assert ("staging" in document(path)["profiles"]) is left


def test_comments_are_kept_in_a_copy_with_a_notice(mailtrap: Run, path: Path, two: dict[str, Any]) -> None:
    text = "# our profiles\n" + path.read_text()
    path.write_text(text)
    result = mailtrap("config", "set", "stream", "bulk")
    backup = path.with_name("config.toml.bak")
    assert result.err.splitlines() == [
        f"Comments cannot be kept. The file with its comments is now {backup}",
        '✓ Set stream to bulk in profile "staging"',
    ]
    assert backup.read_text() == text


def test_programs_that_write_concurrently_lose_nothing(environment: dict[str, str], path: Path) -> None:
    programs = [
        start([PROGRAM, "config", "init", f"p{number}", "--token-env", "X", "--live", "-q"], env=environment)
        for number in range(8)
    ]
    assert [program.wait(60) for program in programs] == [0] * 8
    assert set(document(path)["profiles"]) == {f"p{number}" for number in range(8)}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_folder_that_cannot_be_written_to_is_an_error(mailtrap: Run) -> None:
    result = mailtrap(
        "config", "init", "a", "--live", "--token-env", "X", env={"MAILTRAP_CONFIG": "/dev/full/config.toml"}
    )
    assert result.code == 3
    assert "Not a directory" in result.err


# ---------------------------------------------------------------------------------------------- edit


def editor(tmp_path: Path, program: str) -> str:
    """Return an editor that runs this Python code on `path`, the file it is given; tests an argument and a quoted
    path too.
    """
    script = tmp_path / "my editor.py"
    script.write_text(f"import os, sys\nfrom pathlib import Path\npath = Path(sys.argv[2])\n{program}\n")
    return f"{sys.executable} '{script}' --wait"


def test_edit_replaces_the_file_with_the_edited_text(
    mailtrap: Run, path: Path, tmp_path: Path, two: dict[str, Any]
) -> None:
    seen = tmp_path / "seen"
    program = (
        "mode = oct(path.parent.stat().st_mode & 0o077)\n"
        f"Path({str(seen)!r}).write_text(f'{{path}} {{mode}}')\n"
        "path.write_text('# mine\\n' + path.read_text())"
    )
    before = path.read_text()
    environment = {"VISUAL": editor(tmp_path, program), "EDITOR": "false"}
    assert mailtrap("config", "edit", env=environment).code == 0
    assert path.read_text() == "# mine\n" + before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    copy, folder_mode = seen.read_text().split(" ")
    assert folder_mode == "0o0"  # so nobody else gets at the copy
    assert copy != str(path)
    assert not Path(copy).exists()
    assert list(path.parent.glob("*.bak")) == []


def test_edit_creates_the_first_file(mailtrap: Run, path: Path, tmp_path: Path) -> None:
    program = "path.write_text('[profiles.a]\\ntoken_env = \"X\"\\n')"
    assert mailtrap("config", "edit", env={"EDITOR": editor(tmp_path, program)}).code == 0
    assert document(path) == {"profiles": {"a": {"token_env": "X"}}}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_edit_repairs_a_broken_file(mailtrap: Run, path: Path, tmp_path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("[profiles.a")
    program = "path.write_text(path.read_text() + ']\\n')"
    assert mailtrap("config", "edit", env={"EDITOR": editor(tmp_path, program)}).code == 0
    assert document(path) == {"profiles": {"a": {}}}


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("path.write_text('[profiles.a\\n')", "config.toml:1: "),
        ("path.write_text('[profiles.a]\\nstream = 5\\n')", "profiles.a.stream must be text in quotes"),
        ("path.write_bytes(b'\\xff')", "config.toml:1: not UTF-8 text"),
        ("path.unlink(); path.mkdir()", "is a folder"),
        ("sys.exit(3)", "ended with exit code 3; nothing was changed"),
    ],
)
def test_edit_leaves_the_file_alone_if_the_text_is_invalid(
    mailtrap: Run, path: Path, tmp_path: Path, two: dict[str, Any], program: str, message: str
) -> None:
    result = mailtrap("config", "edit", env={"EDITOR": editor(tmp_path, program)})
    assert result.code == 3
    assert message in result.err
    assert document(path) == two


def test_edit_without_a_change_says_so(mailtrap: Run, path: Path, tmp_path: Path, two: dict[str, Any]) -> None:
    result = mailtrap("config", "edit", env={"EDITOR": editor(tmp_path, "pass")})
    assert (result.code, result.err) == (0, "Nothing was changed.\n")
    assert document(path) == two


@pytest.mark.parametrize(("command", "words"), [("no-such-editor", "No such file"), ("vi 'x", "No closing quotation")])
def test_an_editor_that_cannot_be_run_is_an_error(mailtrap: Run, command: str, words: str) -> None:
    result = mailtrap("config", "edit", env={"EDITOR": command})
    assert result.code == 3
    assert words in result.err


def test_edit_does_not_undo_concurrent_changes(mailtrap: Run, path: Path, tmp_path: Path, two: dict[str, Any]) -> None:
    program = (
        f"import subprocess\nsubprocess.run([{PROGRAM!r}, 'config', 'use', 'production'], check=True)\n"
        "path.write_text('[profiles.mine]\\n')"
    )
    result = mailtrap("config", "edit", env={"EDITOR": editor(tmp_path, program)})
    assert result.code == 3
    assert "was changed by another process in the meantime" in result.err
    assert document(path) == {**two, "default_profile": "production"}
    assert path.with_name("config.toml.edited").read_text() == "[profiles.mine]\n"


def test_edit_on_a_terminal_offers_to_edit_again(
    environment: dict[str, str], path: Path, tmp_path: Path, two: dict[str, Any]
) -> None:
    mend = "text = path.read_text()\npath.write_text('[profiles.b]\\n' if 'broken' in text else 'broken')"
    terminal = Terminal([PROGRAM, "config", "edit"], {**environment, "EDITOR": editor(tmp_path, mend)})
    terminal.until("Edit again? [y/N] ")
    terminal.type("y\n")
    assert terminal.wait() == 0
    assert document(path) == {"profiles": {"b": {}}}


def test_a_linked_file_is_edited_in_place(mailtrap: Run, path: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.touch()
    path.parent.mkdir(parents=True)
    path.symlink_to(real)
    program = "path.write_text('[profiles.b]\\n')"
    assert mailtrap("config", "edit", env={"EDITOR": editor(tmp_path, program)}).code == 0
    assert path.is_symlink()
    assert os.path.realpath(path) == str(real)
    assert document(real) == {"profiles": {"b": {}}}
