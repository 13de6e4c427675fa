"""Where each setting of a run comes from, what is refused, and how the file is rewritten."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailtrap_cli.config.file import (
    ConfigFile,
    config_path,
    edit_config,
    has_comments,
    parse_config,
    read_config,
    replace_config,
)
from mailtrap_cli.config.profile import find_profile, mask_token
from mailtrap_cli.config.settings import Flags, Settings, resolve_settings
from mailtrap_cli.config.target import Target, choose_target
from mailtrap_cli.errors import ConfigError, InputError
from tests.loopback import until
from tests.processes import start

posix = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mailtrap" / "config.toml"


class Resolve:
    """Resolves settings from a file with this text (None: no file), this environment and these flags."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, text: str = "", env: Mapping[str, str] | None = None, **flags: Any) -> Settings:
        if text:
            self.path.parent.mkdir(exist_ok=True, mode=0o700)
            self.path.touch(mode=0o600)
            self.path.write_text(text, encoding="utf-8")
        known = {"MAILTRAP_CONFIG": str(self.path), "MAILTRAP_STATE_DIR": str(self.path.parent / "state")}
        return resolve_settings(Flags(**flags), {**known, **(env or {})})


@pytest.fixture
def settle(path: Path) -> Resolve:
    return Resolve(path)


# ---------------------------------------------------------------------------------------------- precedence


class Key(NamedTuple):
    """A setting: its flag, its variable, two values (in Settings, in TOML), and its default."""

    name: str
    flag: str | None
    variable: str | None
    wins: tuple[Any, str]
    loses: tuple[Any, str]
    default: Any
    of: Callable[[Settings], Any]


def host_of(name: str) -> Callable[[Settings], Any]:
    return lambda found: found.hosts[name]


KEYS = [
    Key(
        "token",
        None,
        "MAILTRAP_API_TOKEN",
        ("right", '"right"'),
        ("wrong", '"wrong"'),
        None,
        lambda s: s.token() if s.credential else None,
    ),
    Key(
        "stream",
        "stream",
        "MAILTRAP_STREAM",
        ("bulk", '"bulk"'),
        ("transactional", '"transactional"'),
        "transactional",
        lambda s: s.stream,
    ),
    Key(
        "stream",
        "stream",
        "MAILTRAP_STREAM",
        ("transactional", '"transactional"'),
        ("bulk", '"bulk"'),
        "transactional",
        lambda s: s.stream,
    ),
    Key("sandbox", "sandbox", "MAILTRAP_USE_SANDBOX", (True, "true"), (False, "false"), False, lambda s: s.sandbox),
    Key("sandbox", "sandbox", "MAILTRAP_USE_SANDBOX", (False, "false"), (True, "true"), False, lambda s: s.sandbox),
    Key("sandbox_id", "sandbox_id", "MAILTRAP_SANDBOX_ID", (7, "7"), (8, "8"), None, lambda s: s.sandbox_id),
    Key(
        "from",
        "sender",
        "MAILTRAP_FROM_EMAIL",
        ("a@acme.example", '"a@acme.example"'),
        ("b@acme.example", '"b@acme.example"'),
        None,
        lambda s: s.sender,
    ),
    Key(
        "rate_limit",
        None,
        None,
        ("10/s", '"10/s"'),
        ("20/s", '"20/s"'),
        None,
        lambda s: s.rate_limit,
    ),
    *(
        Key(
            f"hosts.{host}",
            None,
            variable,
            ("https://right.example", '"https://right.example"'),
            ("https://wrong.example", '"https://wrong.example"'),
            url,
            host_of(host),
        )
        for host, variable, url in (
            ("send", "MAILTRAP_SEND_URL", "https://send.api.mailtrap.io"),
            ("bulk", "MAILTRAP_BULK_URL", "https://bulk.api.mailtrap.io"),
            ("sandbox", "MAILTRAP_SANDBOX_URL", "https://sandbox.api.mailtrap.io"),
            ("account", "MAILTRAP_API_URL", "https://mailtrap.io"),
        )
    ),
]

ORDER = {
    "--profile": ("flag", "profile", "environment"),
    "MAILTRAP_PROFILE": ("flag", "environment", "profile"),
    "default_profile": ("flag", "environment", "profile"),
}


@pytest.mark.parametrize("named_by", ORDER)
@pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{key.name}={key.wins[1]}")
def test_each_setting_comes_from_the_first_layer_that_has_it(settle: Resolve, key: Key, named_by: str) -> None:
    possible = [
        layer
        for layer in ORDER[named_by]
        if layer == "profile" or (key.flag if layer == "flag" else key.variable) is not None
    ]
    for size in range(len(possible) + 1):
        for layers in combinations(possible, size):
            value = dict.fromkeys(layers, key.loses) | ({layers[0]: key.wins} if layers else {})
            text = ('default_profile = "it"\n' if named_by == "default_profile" else "") + "[profiles.it]\n"
            text += f"{key.name} = {value['profile'][1]}\n" if "profile" in value else ""
            env = {"MAILTRAP_PROFILE": "it"} if named_by == "MAILTRAP_PROFILE" else {}
            if "environment" in value and key.variable:
                env[key.variable] = value["environment"][1].strip('"')
            flags: dict[str, Any] = {"profile": "it"} if named_by == "--profile" else {}
            if "flag" in value and key.flag:
                flags[key.flag] = value["flag"][0]
            found = settle(text, env, **flags)
            origin = {
                "flag": "flag",
                "profile": "profile it",
                "environment": f"environment {key.variable}",
                "nothing": "none" if key.name == "token" else "default",
            }[layers[0] if layers else "nothing"]
            assert key.of(found) == (key.wins[0] if layers else key.default), layers
            if key.name != "token" or layers:
                assert found.origins[key.name] == origin, layers


def test_a_profile_named_with_a_flag_takes_nothing_from_the_default_one(settle: Resolve) -> None:
    text = """
        default_profile = "production"
        [profiles.production]
        token = "production-token"
        from = "live@acme.example"
        [profiles.proxy.hosts]
        send = "https://proxy.example"
    """
    found = settle(text, profile="proxy")
    assert found.profile == "proxy"
    assert found.sender is None
    assert found.credential is None  # or production's token would go to the proxy


def test_the_flag_names_the_profile_before_the_environment_and_the_file(settle: Resolve) -> None:
    text = 'default_profile = "a"\n[profiles.a]\n[profiles.b]\n[profiles.c]\n'
    assert settle(text).profile == "a"
    assert settle(text, {"MAILTRAP_PROFILE": "b"}).profile == "b"
    assert settle(text, {"MAILTRAP_PROFILE": "b"}, profile="c").profile == "c"


def test_a_token_source_hides_those_of_lower_layers(settle: Resolve) -> None:
    text = '[profiles.it]\ntoken_env = "ACME"\n'
    env = {"MAILTRAP_API_TOKEN": "of-the-environment", "ACME": "of-acme"}
    assert settle(text, env, profile="it").token() == "of-acme"
    assert settle(text, {**env, "MAILTRAP_PROFILE": "it"}).token() == "of-the-environment"


# ---------------------------------------------------------------------------------------------- environment


@pytest.mark.parametrize(
    ("variables", "key"),
    [
        (("MAILTRAP_API_TOKEN", "MAILTRAP_API_KEY"), "token"),
        (("MAILTRAP_SANDBOX_ID", "MAILTRAP_TEST_INBOX_ID", "MAILTRAP_INBOX_ID"), "sandbox_id"),
    ],
)
def test_a_variable_precedes_its_other_names_unless_empty(
    settle: Resolve, variables: tuple[str, ...], key: str
) -> None:
    env = {variable: str(number) for number, variable in enumerate(variables, 1)}
    for number, variable in enumerate(variables, 1):
        found = settle("", env)
        assert (found.token() if key == "token" else str(found.sandbox_id)) == str(number)
        assert found.origins[key] == f"environment {variable}"
        env[variable] = " "
    assert settle("", env).origins[key] in ("none", "default")


def test_empty_variables_count_as_not_set(settle: Resolve) -> None:
    names = "PROFILE API_TOKEN STREAM USE_SANDBOX SANDBOX_ID FROM_EMAIL SEND_URL BULK_URL SANDBOX_URL API_URL STATE_DIR"
    found = settle("", {f"MAILTRAP_{name}": "" for name in names.split()})
    assert (found.profile, found.credential, found.stream, found.sandbox) == (None, None, "transactional", False)
    assert (found.sandbox_id, found.sender) == (None, None)
    assert found.hosts["account"] == "https://mailtrap.io"
    assert found.state_dir.name == "mailtrap"


@pytest.mark.parametrize(
    ("word", "expected"),
    [("true", True), ("TRUE", True), ("1", True), ("yes", True), ("false", False), ("False", False), ("0", False)],
)
def test_use_sandbox_takes_the_usual_words(settle: Resolve, word: str, expected: bool) -> None:
    assert settle("", {"MAILTRAP_USE_SANDBOX": word}).sandbox is expected


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("MAILTRAP_USE_SANDBOX", "maybe", 'MAILTRAP_USE_SANDBOX must be true or false, not "maybe"'),
        ("MAILTRAP_SANDBOX_ID", "abc", 'MAILTRAP_SANDBOX_ID must be a whole number of 1 or more, not "abc"'),
        ("MAILTRAP_INBOX_ID", "0", 'MAILTRAP_INBOX_ID must be a whole number of 1 or more, not "0"'),
        ("MAILTRAP_INBOX_ID", "-1", 'MAILTRAP_INBOX_ID must be a whole number of 1 or more, not "-1"'),
        ("MAILTRAP_STREAM", "fast", 'MAILTRAP_STREAM must be transactional or bulk, not "fast"'),
        ("MAILTRAP_API_URL", "mailtrap.io", 'MAILTRAP_API_URL is not an http or https URL: "mailtrap.io"'),
    ],
)
def test_a_bad_variable_is_named(settle: Resolve, variable: str, value: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settle("", {variable: value})
    assert caught.value.message == message


def test_a_number_of_ten_thousand_digits_is_an_error_like_any_other(settle: Resolve) -> None:
    with pytest.raises(ConfigError, match="whole number"):
        settle("", {"MAILTRAP_SANDBOX_ID": "9" * 10_000})
    with pytest.raises(ConfigError, match=r"config\.toml: Exceeds the limit"):
        settle("[profiles.it]\nsandbox_id = " + "9" * 10_000)


def test_the_state_folder_is_the_environments_or_the_users(settle: Resolve, tmp_path: Path) -> None:
    assert settle("", {"MAILTRAP_STATE_DIR": str(tmp_path / "s")}).state_dir == tmp_path / "s"
    assert settle("", {"MAILTRAP_STATE_DIR": "s"}).state_dir == Path.cwd() / "s"


def test_the_file_is_the_environments_or_the_users_never_the_current_folders(tmp_path: Path) -> None:
    assert config_path({"MAILTRAP_CONFIG": str(tmp_path / "other.toml")}) == tmp_path / "other.toml"
    by_default = config_path({"MAILTRAP_CONFIG": ""})
    assert (by_default.parent.name, by_default.name) == ("mailtrap", "config.toml")
    assert by_default.is_absolute()


# ---------------------------------------------------------------------------------------------- targets

LIVE = '[profiles.production]\ntoken = "t"\n'
STAGING = '[profiles.staging]\ntoken = "t"\nsandbox = true\nsandbox_id = 123456\n'


@pytest.mark.parametrize(
    ("text", "flags", "target"),
    [
        ("", {}, Target("transactional", "send", "/api/send", "/api/batch", "LIVE transactional")),
        ("", {"stream": "bulk"}, Target("bulk", "bulk", "/api/send", "/api/batch", "LIVE bulk")),
        (
            LIVE,
            {"profile": "production"},
            Target("transactional", "send", "/api/send", "/api/batch", "LIVE transactional · profile production"),
        ),
        (
            STAGING,
            {"profile": "staging"},
            Target("sandbox", "sandbox", "/api/send/123456", "/api/batch/123456", "sandbox 123456 · profile staging"),
        ),
        (
            STAGING,
            {"profile": "staging", "sandbox": False, "stream": "bulk"},
            Target("bulk", "bulk", "/api/send", "/api/batch", "LIVE bulk · profile staging"),
        ),
        (
            STAGING,
            {"profile": "staging", "stream": "bulk"},  # a stream alone does not make it live
            Target("sandbox", "sandbox", "/api/send/123456", "/api/batch/123456", "sandbox 123456 · profile staging"),
        ),
        (
            LIVE,
            {"profile": "production", "sandbox_id": 5},  # an id implies --sandbox
            Target("sandbox", "sandbox", "/api/send/5", "/api/batch/5", "sandbox 5 · profile production"),
        ),
        (
            "",
            {"profile": "local"},
            Target("sandbox", "sandbox", "/api/send/1", "/api/batch/1", "sandbox 1 · profile local"),
        ),
    ],
)
def test_where_an_email_goes(settle: Resolve, text: str, flags: dict[str, Any], target: Target) -> None:
    assert choose_target(settle(text, **flags)) == target


def test_a_sandbox_without_an_id_is_an_error_only_when_sending(settle: Resolve) -> None:
    found = settle("", sandbox=True)
    with pytest.raises(ConfigError) as caught:
        choose_target(found)
    assert caught.value.message == "No sandbox to send to"
    assert (caught.value.hint or "").startswith("Use sandbox_id, or set ")


def test_live_with_a_sandbox_id_is_bad_usage(settle: Resolve) -> None:
    with pytest.raises(InputError, match="live and sandbox_id cannot be used together"):
        settle("", sandbox=False, sandbox_id=5)


def test_an_unknown_stream_is_bad_usage(settle: Resolve) -> None:
    with pytest.raises(InputError, match="stream: 'fast'"):
        settle("", stream="fast")


# ---------------------------------------------------------------------------------------------- the local profile


def test_local_needs_no_file_no_token_and_no_sender(settle: Resolve) -> None:
    found = settle("", profile="local")
    assert (found.local, found.sandbox, found.sandbox_id) == (True, True, 1)
    assert found.sender == "local@mailtrap.test"
    assert found.token()
    assert set(found.origins) >= {"profile", "token", "stream", "sandbox", "sandbox_id", "from", "hosts.send"}


def test_nothing_takes_local_out_of_this_machine(settle: Resolve) -> None:
    env = {
        "MAILTRAP_USE_SANDBOX": "false",
        "MAILTRAP_SANDBOX_ID": "99",
        "MAILTRAP_SANDBOX_URL": "https://elsewhere.example",
        "MAILTRAP_API_TOKEN": "secret",
    }
    for found in (settle("", env, profile="local"), settle("", {**env, "MAILTRAP_PROFILE": "local"})):
        assert found.local
        assert choose_target(found).kind == "sandbox"
        assert found.token() != "secret"
        assert {url.rpartition(".")[2] for url in found.hosts.values()} == {"invalid"}
    assert settle("", env, profile="local").sandbox_id == 1
    live = settle("", {**env, "MAILTRAP_STREAM": "bulk"}, profile="local", sandbox=False)
    assert choose_target(live) == Target("bulk", "bulk", "/api/send", "/api/batch", "local bulk stream · profile local")
    assert {url.rpartition(".")[2] for url in live.hosts.values()} == {"invalid"}


def test_local_takes_a_sender_and_a_sandbox_from_the_file_and_nothing_else(settle: Resolve) -> None:
    found = settle('[profiles.local]\nfrom = "me@acme.example"\nsandbox_id = 3\nnote = "mine"\n', profile="local")
    assert (found.sender, found.sandbox_id) == ("me@acme.example", 3)
    with pytest.raises(ConfigError, match="it can set only from and sandbox_id"):
        settle('[profiles.local]\ntoken = "t"\n')


# ---------------------------------------------------------------------------------------------- tokens


def command(*words: str) -> str:
    return "[profiles.it]\ntoken_command = [" + ", ".join(f"{word!r}" for word in words) + "]\n"


def test_a_token_comes_from_a_command_run_without_a_shell(settle: Resolve) -> None:
    program = "import sys; print('  ' + sys.argv[1] + '  ')"
    found = settle(command(sys.executable, "-c", program, "$HOME;ls"), profile="it")
    assert found.token() == "$HOME;ls"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            (sys.executable, "-c", "raise SystemExit('locked: sign in first')"),
            "printed no token: locked: sign in first",
        ),
        ((sys.executable, "-c", "raise SystemExit(4)"), "printed no token: exit code 4"),
        ((sys.executable, "-c", "print()"), "printed no token: it printed nothing"),
        (("no-such-program",), "cannot be run: No such file or directory"),
    ],
)
def test_a_command_without_a_token_says_why(settle: Resolve, words: tuple[str, ...], message: str) -> None:
    found = settle(command(*words), profile="it")
    with pytest.raises(ConfigError) as caught:
        found.token()
    assert caught.value.message == f"token_command {words[0]!r} {message}"
    assert caught.value.hint


def test_a_token_is_loaded_only_when_needed(settle: Resolve, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    choose_target(settle(command(sys.executable, "-c", f"open({str(mark)!r}, 'w')"), profile="it"))
    assert not mark.exists()


def test_a_variable_without_a_token_is_named(settle: Resolve) -> None:
    found = settle('[profiles.it]\ntoken_env = "ACME_TOKEN"\n', {"ACME_TOKEN": ""}, profile="it")
    with pytest.raises(ConfigError, match="ACME_TOKEN, which profile it names for the token, is not set"):
        found.token()


def test_without_a_token_the_hint_says_how_to_get_one_or_go_without(settle: Resolve) -> None:
    with pytest.raises(ConfigError) as caught:
        settle("").token()
    assert caught.value.message == "No API token: nothing is set up yet"
    assert "mailtrap config init" in (caught.value.hint or "")
    assert "-p local" in (caught.value.hint or "")


def test_the_line_break_that_secrets_end_with_is_not_part_of_the_token(settle: Resolve) -> None:
    assert settle("", {"MAILTRAP_API_TOKEN": "abc\n"}).token() == "abc"


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        ("0123456789abcdef0123456789ab1a2b", "••••1a2b"),
        ("0123456789abcdef", "••••cdef"),
        ("short", "••••"),
        ("", "••••"),
    ],
)
def test_a_masked_token_shows_four_characters_of_a_long_one_at_most(token: str, shown: str) -> None:
    assert mask_token(token) == shown


# ---------------------------------------------------------------------------------------------- bad input


def test_an_unknown_profile_is_an_error_with_the_nearest_names(settle: Resolve, path: Path) -> None:
    text = "[profiles.staging]\n[profiles.production]\n"
    for named_by, env, flags in (
        ("profile", {}, {"profile": "stagin"}),
        ("MAILTRAP_PROFILE", {"MAILTRAP_PROFILE": "stagin"}, {}),
    ):
        with pytest.raises(ConfigError) as caught:
            settle(text, env, **flags)
        assert caught.value.message == f"The profile 'stagin', which {named_by} names, is not in {path}"
        assert caught.value.hint == "Available profiles: staging. To create it: mailtrap config init stagin"
    with pytest.raises(ConfigError, match="which default_profile names"):
        settle('default_profile = "gone"\n' + text)
    with pytest.raises(ConfigError, match="''"):
        settle(text, profile="")


def test_the_hint_for_an_unknown_profile_names_each_once_and_can_be_pasted(settle: Resolve) -> None:
    with pytest.raises(ConfigError) as caught:
        settle('[profiles.local]\nfrom = "a@b.example"\n', profile="no such")
    assert caught.value.hint == "Available profiles: local. To create it: mailtrap config init 'no such'"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[profiles.a]\nfrom = "x\n', ":2: Illegal character '\\n'"),
        ("[profiles.a]\n\n[profiles.a]\n", ":3: Cannot declare ('profiles', 'a') twice"),
        ("[profiles.a", ":1: Expected ']' at the end of a table declaration"),
        ("default_profile = 5", ": default_profile must be the name of a profile, in quotes"),
        ("profiles = 5", ": profiles must be a table"),
        ("[profiles]\na = 5", ": profiles.a must be a table"),
        ("[profiles.a]\nstream = 5", ": profiles.a.stream must be text in quotes, not 5"),
        ('[profiles.a]\nstream = "fast"', ': profiles.a.stream must be transactional or bulk, not "fast"'),
        ('[profiles.a]\nsandbox = "yes"', ': profiles.a.sandbox must be true or false, not "yes"'),
        ("[profiles.a]\nsandbox = 1", ": profiles.a.sandbox must be true or false, not 1"),
        ('[profiles.a]\nsandbox_id = "abc"', ': profiles.a.sandbox_id must be a whole number, not "abc"'),
        ("[profiles.a]\nsandbox_id = true", ": profiles.a.sandbox_id must be a whole number, not true"),
        (
            "[profiles.a]\nsandbox_id = 0",
            ": profiles.a.sandbox_id must be a positive number of at most 18 digits, not 0",
        ),
        ("[profiles.a]\nfrom = 2026-01-01", ': profiles.a.from must be text in quotes, not "2026-01-01"'),
        ('[profiles.a]\nfrom = ""', ": profiles.a.from is empty"),
        ("[profiles.a]\ntoken = 123456789", ": profiles.a.token must be text in quotes"),
        ('[profiles.a]\ntoken = ""', ": profiles.a.token is empty"),
        (
            '[profiles.a]\ntoken = "secret token"',
            ": profiles.a.token contains a space, a line break or another character that tokens never contain",
        ),
        (
            '[profiles.a]\ntoken = "t"\ntoken_env = "T"',
            ": profiles.a has more than one of token, token_env, token_command, token_keyring",
        ),
        (
            '[profiles.a]\ntoken_command = "op read"',
            ': profiles.a.token_command must be a list of words, not "op read"',
        ),
        (
            "[profiles.a]\ntoken_command = []",
            ': profiles.a.token_command must be a list of words, such as ["op", "read", "op://vault/mailtrap"]',
        ),
        (
            "[profiles.a]\ntoken_command = [1]",
            ': profiles.a.token_command must be a list of words, such as ["op", "read", "op://vault/mailtrap"]',
        ),
        ('[profiles.a]\nhosts = "x"', ': profiles.a.hosts must be a table, not "x"'),
        ("[profiles.a.hosts]\nsend = 5", ": profiles.a.hosts.send must be text in quotes, not 5"),
        ('[profiles.a]\nrate_limit = "fast"', ": profiles.a.rate_limit: 'fast' is not a rate"),
        ('[profiles."\u00e9"]\nstream = ""', ': profiles.\u00e9.stream must be transactional or bulk, not ""'),
    ],
)
def test_errors_in_the_file_are_reported_with_their_place(settle: Resolve, path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settle(text)
    assert caught.value.message == f"{path}{message}"
    assert caught.value.hint


def test_invalid_utf8_is_reported_with_its_line(path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml:2: not UTF-8 text"):
        parse_config(b"a = 1\nb = '\xff'\n", path)


def test_a_deeply_nested_document_is_an_error_like_any_other(path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml:"):
        parse_config(b"a = " + b"[" * 100_000, path)


def test_a_byte_order_mark_and_windows_line_breaks_are_read(path: Path) -> None:
    assert parse_config(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n", path) == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    "url",
    [
        "https://mailtrap.io",
        "https://proxy.example:8443/mailtrap",
        "http://127.0.0.1:3580/send",
        "http://127.8.8.8",
        "http://localhost:3580",
        "http://[::1]:3580/send",
    ],
)
def test_https_and_loopback_hosts_are_accepted(settle: Resolve, url: str) -> None:
    assert settle("", {"MAILTRAP_SEND_URL": f"{url}/"}).hosts["send"] == url
    assert settle(f'[profiles.a.hosts]\nsend = "{url}/"', profile="a").hosts["send"] == url


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://mailtrap.io", "is plain http to mailtrap.io"),
        ("http://127.0.0.1.evil.example", "is plain http"),
        ("http://localhost.evil.example", "is plain http"),
        ("http://10.0.0.1", "is plain http"),
        ("http://[2001:db8::1]", "is plain http"),
        ("http://0.0.0.0", "is plain http"),
        ("ftp://127.0.0.1", "is not an http or https URL"),
        ("send.api.mailtrap.io", "is not an http or https URL"),
        ("https://", "is not an http or https URL"),
        ("https://mail trap.io", "is not an http or https URL"),
        ("https://m\u00e4iltrap.io", "is not an http or https URL"),
        ("https://mailtrap.io:port", "is not an http or https URL"),
        ("https://[::1", "is not an http or https URL"),
        ("http://x[::1]y", "is not an http or https URL"),
        ("http://[::1]y", "is not an http or https URL"),
        ("http://[::1]:1:2", "is not an http or https URL"),
        ("https://xn--a", "is not an http or https URL"),
        ("https://a:99999", "is not an http or https URL"),
        ("https://a:\u0663", "is not an http or https URL"),
        ("http://127.0.0.1\\\\.evil.example", "is not an http or https URL"),
        ("http://127.0.0.1%2e.evil.example", "is not an http or https URL"),
        ("https://me:secret@mailtrap.io", "must not have a user name, query or fragment"),
        ("http://127.0.0.1@evil.example", "must not have a user name, query or fragment"),
        ("https://mailtrap.io?x=1", "must not have a user name, query or fragment"),
        ("https://mailtrap.io#x", "must not have a user name, query or fragment"),
    ],
)
def test_a_host_that_could_leak_a_token_is_refused(settle: Resolve, url: str, words: str) -> None:
    with pytest.raises(ConfigError, match=r"^MAILTRAP_API_URL ") as by_environment:
        settle("", {"MAILTRAP_API_URL": url})
    with pytest.raises(ConfigError, match=r": profiles\.a\.hosts\.account ") as by_file:
        settle(f'[profiles.a.hosts]\naccount = "{url}"')
    for caught in (by_environment, by_file):
        assert words in caught.value.message
        assert "secret" not in caught.value.message


def test_unknown_keys_are_ignored(settle: Resolve) -> None:
    text = 'colour = "red"\n[profiles.a]\nfuture = [1]\n[profiles.a.hosts]\ninbound = 5\n[other]\nx = 1\n'
    assert settle(text, profile="a").hosts["send"] == "https://send.api.mailtrap.io"


def test_a_file_that_cannot_be_read_is_an_error(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(ConfigError) as caught:
        read_config(path)
    assert caught.value.message == f"{path} is a folder"


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root reads everything")
def test_a_file_of_another_owner_is_an_error(path: Path) -> None:
    path.parent.mkdir()
    path.touch(mode=0o000)
    with pytest.raises(ConfigError, match="cannot be read: Permission denied"):
        read_config(path)


@posix
def test_an_endless_file_is_not_read_to_its_end() -> None:
    with pytest.raises(ConfigError, match="is over 1 MB"):
        read_config(Path("/dev/zero"))


@posix
def test_a_special_file_is_read_but_not_checked_or_replaced(tmp_path: Path) -> None:
    assert read_config(Path("/dev/null")) == ConfigFile(None, {}, ())
    link = tmp_path / "config.toml"
    link.symlink_to("/dev/null")
    with pytest.raises(ConfigError, match="is not a regular file"):
        edit_config(link, add("a"))
    assert Path("/dev/null").is_char_device()
    assert os.listdir(tmp_path) == ["config.toml"]


def test_an_impossible_file_name_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="null"):
        read_config(tmp_path / "a\0b")


def test_no_file_is_an_empty_one(path: Path) -> None:
    assert read_config(path) == ConfigFile(None, {}, ())


# ---------------------------------------------------------------------------------------------- writing


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def add(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda document: document.setdefault("profiles", {}).update({name: {"token": "t"}})


@posix
def test_the_file_and_its_folder_are_private(path: Path) -> None:
    assert edit_config(path, add("a")) == []
    assert mode_of(path) == 0o600
    assert mode_of(path.parent) == 0o700
    assert read_config(path).warnings == ()


@posix
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_wider_mode_is_warned_about_until_the_file_is_rewritten(path: Path, mode: int) -> None:
    edit_config(path, add("a"))
    path.chmod(mode)
    (warning,) = resolve_settings(Flags(), {"MAILTRAP_CONFIG": str(path)}).warnings
    assert f"(mode 0{mode:o})" in warning
    assert f"chmod 600 {path}" in warning
    edit_config(path, add("b"))
    assert read_config(path).warnings == ()


@posix
@pytest.mark.parametrize(
    ("mode", "warned"), [(0o700, False), (0o755, False), (0o775, True), (0o777, True), (0o1777, False)]
)
def test_a_folder_that_others_can_write_to_is_warned_about(path: Path, mode: int, warned: bool) -> None:
    edit_config(path, add("a"))
    path.parent.chmod(mode)
    words = f"{path.parent} can be written to by others (mode 0{mode:o}). Fix it with: chmod 700 {path.parent}"
    assert read_config(path).warnings == ((f"Warning: {words}",) if warned else ())


@posix
def test_a_linked_file_is_rewritten_in_place(path: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "mailtrap.toml"
    edit_config(real, add("a"))
    path.parent.mkdir()
    path.symlink_to(real)
    edit_config(path, add("b"))
    assert path.is_symlink()
    assert set(read_config(real).profiles) == {"a", "b"}


@posix
def test_a_link_to_itself_is_an_error(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(path)
    with pytest.raises(ConfigError, match="cannot be"):
        edit_config(path, add("a"))


def test_comments_are_kept_in_a_copy_of_the_file_with_a_notice(path: Path) -> None:
    path.parent.mkdir()
    text = '# mine\n[profiles.a]\ntoken = "t"  # of the test account\n'
    path.write_text(text)
    (notice,) = edit_config(path, add("b"))
    backup = path.with_name("config.toml.bak")
    assert notice == f"Comments cannot be kept. The file with its comments is now {backup}"
    assert backup.read_text() == text
    assert os.name != "posix" or mode_of(backup) == 0o600
    assert set(read_config(path).profiles) == {"a", "b"}
    assert edit_config(path, add("c")) == []  # and the copy stays
    assert backup.read_text() == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1", False),
        ("a = 1 # x", True),
        ("# x", True),
        ('a = "#"', False),
        ('a = "\\"#"', False),
        ('a = "\\\\" # x', True),
        ("a = '#'", False),
        ("a = '\\' # x", True),
        ('a = """\n#\n"""', False),
        ('a = """x"""" # say "hi"', True),
        ("a = '''\n#'''", False),
        ("a = '''x'''' # it's", True),
        ("a = 1 # it's\nb = 'x'", True),
        ('"#" = 1', False),
    ],
)
def test_a_comment_differs_from_a_hash_in_a_string(path: Path, text: str, expected: bool) -> None:
    parse_config(text.encode(), path)  # valid TOML, so that the question has an answer
    assert has_comments(text.encode()) is expected


def test_a_change_that_breaks_the_rules_is_not_written(path: Path) -> None:
    edit_config(path, add("a"))
    before = path.read_bytes()
    with pytest.raises(ConfigError, match=r"profiles\.a\.stream"):
        edit_config(path, lambda document: document["profiles"]["a"].update(stream="fast"))
    assert path.read_bytes() == before
    assert sorted(entry.name for entry in path.parent.iterdir()) == [".config.toml.lock", "config.toml"]


def test_a_broken_file_is_not_overwritten(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("[profiles.a")
    with pytest.raises(ConfigError, match=r":1: "):
        edit_config(path, add("b"))
    assert path.read_text() == "[profiles.a"


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be written to: "):
        edit_config(tmp_path / "file" / "config.toml", add("a"))


def test_a_hand_edited_text_replaces_the_file_unchanged(path: Path) -> None:
    edit_config(path, add("a"))
    replace_config(path, path.read_bytes(), b"# mine\n[profiles.b]\n")
    assert path.read_bytes() == b"# mine\n[profiles.b]\n"
    with pytest.raises(ConfigError, match="profiles must be a table"):
        replace_config(path, path.read_bytes(), b"profiles = 5")


def test_a_hand_edited_text_does_not_undo_concurrent_changes(path: Path) -> None:
    edit_config(path, add("a"))
    before = path.read_bytes()
    edit_config(path, add("b"))
    with pytest.raises(ConfigError, match="was changed by another process in the meantime") as caught:
        replace_config(path, before, b"[profiles.c]\n")
    assert set(read_config(path).profiles) == {"a", "b"}
    kept = path.with_name("config.toml.edited")
    assert kept.read_bytes() == b"[profiles.c]\n"
    assert caught.value.hint == f"Your text is in {kept}"


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS = TEXT | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.floats(allow_nan=False) | st.dates()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8
)
OURS = {"default_profile", "profiles"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    root=st.dictionaries(TEXT.filter(lambda key: key not in OURS), VALUES, max_size=3),
    inside=st.dictionaries(TEXT.map("x-{}".format), VALUES, max_size=3),
    name=TEXT.filter(lambda name: name != "local"),
)
def test_a_rewrite_keeps_every_unknown_key_and_value(
    path: Path, root: dict[str, Any], inside: dict[str, Any], name: str
) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(tomli_w.dumps({**root, "profiles": {name: {"token": "t", **inside}}}).encode())
    assert not has_comments(path.read_bytes())
    assert edit_config(path, lambda document: document["profiles"][name].update(token="new")) == []
    assert tomllib.loads(path.read_bytes().decode()) == {**root, "profiles": {name: {"token": "new", **inside}}}
    assert find_profile(read_config(path).profiles, name, path)["token"] == "new"


WRITER = """
import sys
from pathlib import Path
from mailtrap_cli.config.file import edit_config
path, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for number in range(count):
    profile = {f"{name}-{number}": {"token": "t" * 99}}
    edit_config(path, lambda document: document.setdefault("profiles", {}).update(profile))
"""


def writer(path: Path, name: str, count: int) -> subprocess.Popen[bytes]:
    return start([sys.executable, "-c", WRITER, str(path), name, str(count)])


def test_ten_concurrent_writers_lose_nothing(path: Path) -> None:
    writers = [writer(path, f"p{number}", 5) for number in range(10)]
    assert [process.wait(60) for process in writers] == [0] * 10
    assert set(read_config(path).profiles) == {f"p{number}-{turn}" for number in range(10) for turn in range(5)}


def has_profile(path: Path, name: str) -> bool:
    return name in read_config(path).profiles


@posix
def test_a_process_killed_while_writing_leaves_a_complete_file_and_no_lock(path: Path) -> None:
    edit_config(path, add("first"))
    for turn in range(5):
        process = writer(path, f"killed-{turn}", 100_000)
        until(partial(has_profile, path, f"killed-{turn}-0"))
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        assert "first" in read_config(path).profiles
        edit_config(path, lambda document: document.update(profiles={"first": {"token": "t"}}))
