"""The completion scripts, driven by the real shells; the command that prints and installs them; the generator."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from completion import bash, fish, powershell, tree, zsh

from mailtrap_cli.cli.commands import COMMANDS
from mailtrap_cli.cli.root import root
from mailtrap_cli.completion import FILES
from tests.conftest import PROGRAM, Run
from tests.shells import complete
from tests.terminal import Terminal

TOP = Path(__file__).parents[2]
RENDER = {"bash": bash.render, "zsh": zsh.render, "fish": fish.render, "powershell": powershell.render}


def shell(name: str) -> object:
    missing = shutil.which(name) is None
    return pytest.param(name, marks=pytest.mark.skipif(missing, reason=f"{name} is not installed here"))


SHELLS = [shell("bash"), shell("zsh"), shell("fish")]
FORMATS = {"table", "json", "jsonl", "csv"}


@pytest.fixture
def env(shell_environment: dict[str, str]) -> dict[str, str]:
    """The installed program is the first on the PATH."""
    return {**shell_environment, "PATH": f"{Path(PROGRAM).parent}{os.pathsep}{shell_environment['PATH']}"}


@pytest.fixture
def shell_environment(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Let all zsh shells share what takes half a second to compute: its own functions."""
    return {**environment, "ZCOMPDUMP": str(tmp_path_factory.getbasetemp() / "zcompdump")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two files of nearly the same name."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "report.pdf").touch()
    (folder / "report two.txt").touch()
    return folder


@pytest.mark.parametrize("name", SHELLS)
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("mailtrap send --te", {"--text", "--text-file", "--template", "--template-var", "--template-vars"}),
        ("mailtrap send --subject hi --li", {"--live"}),
        ("mailtrap -o ", FORMATS),
        ("mailtrap send -o js", {"json", "jsonl"}),
        ("mailtrap -qo ", FORMATS),
        ("mailtrap send --stream ", {"transactional", "bulk"}),
        ("mailtrap -o json send --str", {"--stream"}),
        ("mailtrap --output=json send --str", {"--stream"}),
        ("mailtrap --profile config send --str", {"--stream"}),
        ("mailtrap --profile send config un", {"unset"}),
        ("mailtrap config --prof", {"--profile"}),
        ("mailtrap config use --prof", {"--profile"}),
        ("mailtrap config -p x -q us", {"use"}),
        ("mailtrap -q config -o json get --prof", {"--profile"}),
        ("mailtrap send -p x --str", {"--stream"}),
        ("mailtrap completion ", {"bash", "zsh", "fish", "powershell"}),
        ("mailtrap send --text ", set()),
        ("mailtrap send -- --te", set()),
        ("mailtrap nonsense ", set()),
    ],
)
def test_every_shell_completes(name: str, line: str, offered: set[str], env: dict[str, str], folder: Path) -> None:
    assert set(complete(name, TOP / "completions" / FILES[name], line, env, folder)) == offered


@pytest.mark.parametrize("name", SHELLS)
def test_every_shell_offers_the_commands_and_the_common_options(name: str, env: dict[str, str], folder: Path) -> None:
    script = TOP / "completions" / FILES[name]
    commands = complete(name, script, "mailtrap ", env, folder)
    assert set(commands) == set(COMMANDS)
    options = complete(name, script, "mailtrap -", env, folder)
    assert {"-p", "--profile", "-o", "--output", "-q", "--timeout", "--no-color", "-h", "--version"} <= set(options)
    if name != "bash":  # which shows no descriptions
        assert commands["send"] == "Send one email."
        assert options["--profile"] == "Profile to use."


@pytest.mark.parametrize("name", SHELLS)
def test_every_shell_completes_files_for_file_options(name: str, env: dict[str, str], folder: Path) -> None:
    script = TOP / "completions" / FILES[name]
    for line, lead in (("mailtrap send --attach rep", ""), ("mailtrap send --inline logo=rep", "logo=")):
        found = {file.replace("\\", "") for file in complete(name, script, line, env, folder)}
        lead = lead if name == "fish" else ""  # which replaces the whole word
        assert found == {f"{lead}report.pdf", f"{lead}report two.txt"}


@pytest.mark.parametrize("name", SHELLS)
def test_every_shell_asks_the_program_for_profiles(name: str, env: dict[str, str], folder: Path, mailtrap: Run) -> None:
    for profile in ("staging", "production"):
        assert mailtrap("config", "init", profile, "--token-env", "T", "--live").code == 0
    script = TOP / "completions" / FILES[name]
    for line in ("mailtrap -p ", "mailtrap send --profile ", "mailtrap config use ", "mailtrap config rename "):
        assert set(complete(name, script, line, env, folder)) == {"staging", "production", "local"}
    assert set(complete(name, script, "mailtrap config remove st", env, folder)) == {"staging"}
    assert complete(name, script, "mailtrap config rename staging ", env, folder) == {}


@pytest.mark.parametrize("name", SHELLS)
def test_a_broken_configuration_offers_nothing_and_says_nothing(
    name: str, env: dict[str, str], folder: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("[")
    script = TOP / "completions" / FILES[name]
    assert complete(name, script, "mailtrap -p ", {**env, "MAILTRAP_CONFIG": str(broken)}, folder) == {}


@pytest.mark.parametrize("name", SHELLS)
def test_a_profile_name_is_never_executed(
    name: str, shell_environment: dict[str, str], folder: Path, tmp_path: Path
) -> None:
    stand_in(tmp_path / "bin", r"printf '%s\n' '$(touch ran)' '`touch ran`' ';touch ran'")
    env = {**shell_environment, "PATH": f"{tmp_path / 'bin'}{os.pathsep}{shell_environment['PATH']}"}
    assert len(complete(name, TOP / "completions" / FILES[name], "mailtrap -p ", env, folder)) == 3
    assert not (folder / "ran").exists()


@pytest.mark.parametrize("name", SHELLS)
def test_only_profiles_start_the_program(
    name: str, shell_environment: dict[str, str], folder: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    stand_in(tmp_path / "bin", f'echo "$@" >> {log}; echo staging')
    env = {**shell_environment, "PATH": f"{tmp_path / 'bin'}{os.pathsep}{shell_environment['PATH']}"}
    script = TOP / "completions" / FILES[name]
    for line in ("mailtrap ", "mailtrap s", "mailtrap send --", "mailtrap -o ", "mailtrap send --attach "):
        assert complete(name, script, line, env, folder)
    assert not log.exists()
    assert set(complete(name, script, "mailtrap -p ", env, folder)) == {"staging"}
    assert set(log.read_text().splitlines()) == {"config list -q"}


def stand_in(folder: Path, body: str) -> None:
    """Create a program named mailtrap that runs this shell script."""
    folder.mkdir()
    program = folder / "mailtrap"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)


def test_tab_on_a_bash_prompt_completes_the_line(env: dict[str, str], folder: Path) -> None:
    terminal = Terminal(["bash", "--norc", "--noprofile", "-i"], {**env, "PS1": "$ "}, cwd=folder)
    terminal.type(f"source {TOP}/completions/mailtrap.bash\n")
    terminal.type("clear; echo be''gin\n")
    terminal.until("begin\n")
    terminal.type("mailtrap send --attach=report\\ t\t--out\tcs\t-p lo\t")
    terminal.until("--attach=report\\ two.txt --output csv -p local ")
    terminal.type("\x15exit\n")
    assert terminal.wait() == 0


HOSTILE = tree.Node(
    (),
    "Root.",
    options=(tree.Option(("-p", "--profile"), "Profile.", tree.Value("NAME", "profile")),),
    members=(
        tree.Node(
            ("a",),
            """It's "odd": [x] `touch ran` $(touch ran) %s \\ {y} (z) 100% ~ * ? #.""",
            members=(
                tree.Node(
                    ("a", "company-info"),
                    "Deeper.",
                    members=(
                        tree.Node(
                            ("a", "company-info", "get"),
                            "Deepest.",
                            options=(
                                tree.Option(("--kind",), "Don't [a:b].", tree.Value("x|y", "choice", ("x", "y"))),
                                tree.Option(("--many",), "`touch ran`", tree.Value("K=V"), many=True),
                            ),
                            arguments=(
                                tree.Argument(tree.Value("KIND", "choice", ("left", "right"))),
                                tree.Argument(tree.Value("FILE", "file"), many=True),
                            ),
                        ),
                    ),
                ),
            ),
        ),
        tree.Node(("get",), "Another."),
    ),
)


@pytest.mark.parametrize("name", SHELLS)
def test_groups_nest_to_any_depth_and_descriptions_are_only_shown(
    name: str, env: dict[str, str], folder: Path, tmp_path: Path
) -> None:
    script = tmp_path / FILES[name]
    script.write_text(RENDER[name](HOSTILE))

    def offered(line: str) -> dict[str, str]:
        return complete(name, script, line, env, folder)

    assert set(offered("mailtrap ")) == {"a", "get"}
    if name != "bash":
        assert offered("mailtrap ")["a"] == HOSTILE.members[0].help
        assert offered("mailtrap a company-info get --kin") == {"--kind": "Don't [a:b]."}
    assert set(offered("mailtrap -p get a ")) == {"company-info"}
    assert set(offered("mailtrap a -p x company-info ")) == {"get"}
    assert set(offered("mailtrap a company-info get --kind ")) == {"x", "y"}
    assert set(offered("mailtrap a company-info get --many k=v --k")) == {"--kind"}
    assert set(offered("mailtrap a company-info get ")) == {"left", "right"}
    assert set(offered("mailtrap a company-info get --kind x r")) == {"right"}
    assert len(offered("mailtrap a company-info get left rep")) == 2
    assert len(offered("mailtrap a company-info get left report.pdf rep")) >= 1
    assert not (folder / "ran").exists()


def test_the_tree_describes_each_value() -> None:
    nodes = {" ".join(node.path): node for node in tree.read(root()).walk()}
    options = {name: option for option in nodes["send"].options for name in option.names}
    assert options["--text-file"].value == tree.Value("FILE", "file")
    assert options["--profile"].value == tree.Value("NAME", "profile")
    assert options["--stream"].value == tree.Value("transactional|bulk", "choice", ("transactional", "bulk"))
    assert options["--to"].many
    assert options["--live"].rivals == ("--sandbox",)
    assert options["--dry-run"].value is None
    assert nodes["config rename"].arguments[0].value.kind == "profile"
    assert nodes["config rename"].arguments[1].value.kind == "text"


def test_the_powershell_script_is_complete() -> None:
    """No PowerShell runs here; this checks the script's shape, and that it matches the tree."""
    text = RENDER["powershell"](HOSTILE)
    assert "'It''s \"odd\": [x] `touch ran` $(touch ran) %s \\ {y} (z) 100% ~ * ? #.'" in text
    bare = re.sub(r"#.*", "", re.sub(r"'(?:[^']|'')*'|\"[^\"]*\"", "", text))
    for opening, closing in ("()", "{}", "[]"):
        assert bare.count(opening) == bare.count(closing)
    assert "Register-ArgumentCompleter -Native -CommandName mailtrap -ScriptBlock {" in text
    shipped = (TOP / "completions" / FILES["powershell"]).read_text()
    for node in tree.read(root()).walk():
        for option in node.options:
            for name in option.names:
                assert f"'{name}' = " in shipped
        for member in node.members:
            assert f"        '{member.name}' = '" in shipped
    assert "        'send:--stream' = 'transactional|bulk'" in shipped
    assert "        ':--profile' = 'profile'" in shipped


@pytest.mark.parametrize("name", list(FILES))
def test_the_command_prints_the_shipped_script(mailtrap: Run, name: str) -> None:
    result = mailtrap("completion", name)
    assert result.code == 0
    assert result.out == (TOP / "completions" / FILES[name]).read_text()
    assert mailtrap("completion", name, "-o", "json").json() == {"shell": name, "script": result.out}


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("bash", ".local/share/bash-completion/completions/mailtrap"),
        ("zsh", ".local/share/zsh/site-functions/_mailtrap"),
        ("fish", ".config/fish/completions/mailtrap.fish"),
        ("powershell", ".config/powershell/mailtrap.ps1"),
    ],
)
def test_install_writes_to_the_shells_folder_once(mailtrap: Run, home: Path, name: str, path: str) -> None:
    first = mailtrap("completion", name, "--install")
    assert first.code == 0
    assert first.out.startswith(f"Wrote the completion script: {home / path}\n")
    assert (home / path).read_text(encoding="utf-8-sig") == (TOP / "completions" / FILES[name]).read_text()
    before = {file: file.read_bytes() for file in home.rglob("*") if file.is_file() and "zcompdump" not in file.name}
    again = mailtrap("completion", name, "--install")
    assert again.out.startswith("The completion script is up to date: ")
    assert before == {
        file: file.read_bytes() for file in home.rglob("*") if file.is_file() and "zcompdump" not in file.name
    }


def test_install_guesses_the_shell(mailtrap: Run, home: Path) -> None:
    result = mailtrap("completion", "--install", "-q", env={"SHELL": "/usr/bin/fish"})
    assert result.out == f"{home}/.config/fish/completions/mailtrap.fish\n"
    assert mailtrap("completion", "--install", env={"SHELL": "/bin/tcsh"}).code == 2


def test_install_keeps_the_powershell_profile(mailtrap: Run, home: Path) -> None:
    profile = home / ".config" / "powershell" / "profile.ps1"
    profile.parent.mkdir(parents=True)
    profile.write_text("Set-Alias ll ls")
    assert mailtrap("completion", "powershell", "--install").code == 0
    assert profile.read_text() == "Set-Alias ll ls\n. (Join-Path $PSScriptRoot 'mailtrap.ps1')\n"


def test_install_reports_what_prevents_it(mailtrap: Run, home: Path) -> None:
    (home / ".config").write_text("a file")
    result = mailtrap("completion", "fish", "--install")
    assert result.code == 3
    assert "mailtrap.fish cannot be written" in result.err


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed here")
def test_zsh_gets_instructions_that_work(mailtrap: Run, env: dict[str, str], home: Path) -> None:
    said = mailtrap("completion", "zsh", "--install").out
    line = re.search(r"fpath=\(.* \$fpath\)", said)
    assert line
    (home / ".zshrc").write_text(f"{line[0]}\nautoload -U compinit && compinit -u -D\n")
    assert "Add this line" not in mailtrap("completion", "zsh", "--install").out
    done = subprocess.run(
        ["zsh", "-ic", "print $_comps[mailtrap]"],
        env=env,
        capture_output=True,
        text=True,
        check=True,
        start_new_session=True,
    )
    assert done.stdout.strip() == "_mailtrap"


def test_an_unknown_or_missing_shell_is_named(mailtrap: Run) -> None:
    for arguments in (("completion", "tcsh"), ("completion",)):
        result = mailtrap(*arguments)
        assert result.code == 2
        assert "ne of bash, zsh, fish, powershell" in result.err


def test_the_generated_files_are_current(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "FORCE_COLOR": "1", "COLUMNS": "40", "LANG": "C"}
    done = subprocess.run(
        [sys.executable, TOP / ".ci" / "generate.py", "--check"], env=env, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
