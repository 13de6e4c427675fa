"""Completion scripts: the shipped files, where each shell looks for them, and their installation.

The scripts are generated from the command tree. They are static, so pressing TAB starts no Python; only profile
names are looked up, with `mailtrap config list -q`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import ConfigError
from .files import make_private_folder, replace_file

# Each shell's file in `completions/`.
FILES = {"bash": "mailtrap.bash", "zsh": "_mailtrap", "fish": "mailtrap.fish", "powershell": "mailtrap.ps1"}

# What an interactive bash sources of the package bash-completion: on Linux, of Homebrew, of FreeBSD.
BASH_COMPLETION = (
    "/usr/share/bash-completion/bash_completion",
    "/opt/homebrew/etc/profile.d/bash_completion.sh",
    "/usr/local/etc/profile.d/bash_completion.sh",
    "/usr/local/share/bash-completion/bash_completion.sh",
)


@dataclass(frozen=True)
class Installed:
    """What was done: the script's file, whether it was already there unchanged, and the remaining steps."""

    path: Path
    unchanged: bool
    notes: tuple[str, ...]


def install(shell: str, script: str, env: Mapping[str, str]) -> Installed:
    """Install the script where this shell looks for it. Repeating it changes nothing.

    Raises ConfigError where a file cannot be written.
    """
    path = place(shell, env)
    unchanged = _write_script(
        path, script if shell != "powershell" else f"\ufeff{script}"
    )  # else 5.1 takes it for ANSI
    match shell:
        case "bash":
            notes = _notes_bash(path)
        case "zsh":
            notes = _notes_zsh(path, env)
        case "powershell":
            notes = _load_in_profile(path, env)
        case _:
            notes = ("Open a new shell to use it.",)
    return Installed(path, unchanged, notes)


def place(shell: str, env: Mapping[str, str]) -> Path:
    """The file of the script: in the folder that bash-completion, fish, or PowerShell's profile loads on its own; of
    zsh in a folder for `fpath`, which has no place of the user's own."""
    data = _xdg_folder(env, "XDG_DATA_HOME", ".local/share")
    match shell:
        case "bash":  # bash-completion's README, "where should I install my own completions"
            home = env.get("BASH_COMPLETION_USER_DIR", "").split(":")[0]
            return (Path(home) if home else data / "bash-completion") / "completions" / "mailtrap"
        case "zsh":
            return data / "zsh" / "site-functions" / FILES["zsh"]
        case "fish":
            return _xdg_folder(env, "XDG_CONFIG_HOME", ".config") / "fish" / "completions" / FILES["fish"]
        case _:
            return profile(env).with_name(FILES["powershell"])


def profile(env: Mapping[str, str]) -> Path:
    """PowerShell's profile of the current user for all hosts (about_Profiles)."""
    if sys.platform == "win32":
        return _home_of(env) / "Documents" / "PowerShell" / "profile.ps1"
    return _xdg_folder(env, "XDG_CONFIG_HOME", ".config") / "powershell" / "profile.ps1"


def _notes_bash(path: Path) -> tuple[str, ...]:
    if any(Path(loader).exists() for loader in BASH_COMPLETION):
        return ("Open a new shell to use it.",)
    return (f"The package bash-completion, which loads it, is not installed. Add to ~/.bashrc: . {_quote_path(path)}",)


def _notes_zsh(path: Path, env: Mapping[str, str]) -> tuple[str, ...]:
    if str(path.parent) in _read_fpath(env):
        return ("Open a new shell to use it.",)
    return (
        f"Add this line to ~/.zshrc, before compinit: fpath=({_quote_path(path.parent)} $fpath)",
        "If ~/.zshrc does not have this line yet, add it below: autoload -U compinit && compinit",
    )


def _read_fpath(env: Mapping[str, str]) -> list[str]:
    """Read the fpath of an interactive zsh after its .zshrc; empty without zsh."""
    try:
        done = subprocess.run(
            ["zsh", "-ic", "print -rl -- $fpath"],
            env=dict(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=5,
            start_new_session=True,  # it must not take over the terminal
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.decode(errors="replace").splitlines()


def _load_in_profile(path: Path, env: Mapping[str, str]) -> tuple[str, ...]:
    """Make the profile load the script: one line, added once."""
    line = ". (Join-Path $PSScriptRoot 'mailtrap.ps1')"
    home = profile(env)
    try:
        before = home.read_text(encoding="utf-8-sig") if home.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{home} cannot be read", hint=f"Add this line yourself: {line}") from error
    if line in before.splitlines():
        return (f"{home} already loads it.",)
    _write_script(home, f"{before}{'' if before.endswith(chr(10)) or not before else chr(10)}{line}\n")
    return (f"Added to {home}: {line}", "Open a new shell to use it.")


def _write_script(path: Path, text: str) -> bool:
    """Write the file atomically. Return whether it had this content already."""
    try:
        if path.is_file() and path.read_bytes() == text.encode():
            return True
        path = path.resolve()  # a link, as dotfile managers create, stays a link
        make_private_folder(path.parent)
        with replace_file(path) as file:
            file.write(text.encode())
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}", hint="Print the script instead.") from error
    return False


def _xdg_folder(env: Mapping[str, str], variable: str, otherwise: str) -> Path:
    """Return an XDG folder; a relative path in the variable is ignored (XDG Base Directory Specification)."""
    given = env.get(variable, "")
    return Path(given) if os.path.isabs(given) else _home_of(env) / otherwise


def _home_of(env: Mapping[str, str]) -> Path:
    return Path(env.get("HOME") or Path.home())


def _quote_path(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))


def script(shell: str) -> str:
    """Read the shipped script for this shell, one of FILES."""
    package = Path(__file__).parent
    folder = package / "completions"  # where the wheel has them; a checkout has them beside the package
    if not folder.is_dir():
        folder = package.parent / "completions"
    return (folder / FILES[shell]).read_text(encoding="utf-8")
