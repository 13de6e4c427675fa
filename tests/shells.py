"""Completion in real shells: a script, a command line, and the completions of its last word."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.terminal import Terminal


def complete(shell: str, script: Path, line: str, env: Mapping[str, str], cwd: Path) -> dict[str, str]:
    """Return the candidates, each with its description (empty in bash, which shows none)."""
    ask = {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell]
    return ask(script, line, env, cwd)


def _bash(script: Path, line: str, env: Mapping[str, str], cwd: Path) -> dict[str, str]:
    words = re.findall(r"[=:]|[^\s=:]+", line)  # bash cuts at COMP_WORDBREAKS
    if line.endswith(" "):
        words.append("")
    program = f"""
        source {shlex.quote(str(script))}
        COMP_WORDS=({" ".join(map(shlex.quote, words))})
        COMP_CWORD={len(words) - 1}
        COMP_LINE={shlex.quote(line)}
        _mailtrap
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", program], env=env, cwd=cwd, capture_output=True, text=True, check=True)
    assert not re.sub(r".*compopt: not currently executing.*\n", "", done.stderr), done.stderr
    return {name: "" for name in done.stdout.splitlines() if name}


def _fish(script: Path, line: str, env: Mapping[str, str], cwd: Path) -> dict[str, str]:
    program = f"source {shlex.quote(str(script))}; complete -C {shlex.quote(line)}"
    done = subprocess.run(
        ["fish", "--no-config", "-c", program], env=env, cwd=cwd, capture_output=True, text=True, check=True
    )
    assert not done.stderr, done.stderr
    found = (candidate.partition("\t") for candidate in done.stdout.splitlines())
    return {name: help_ for name, _, help_ in found}


ZSH = """
autoload -Uz compinit && compinit -u -C -d "$ZCOMPDUMP"
source {script}
PS1='' PROMPT_EOL_MARK='' LISTMAX=9999
zstyle ':completion:*' list-packed no
zstyle ':completion:*' menu no
setopt no_beep no_always_last_prompt
leave() {{ print -r -- '<end>'; exit }}
zle -N leave
bindkey '^T' list-choices
bindkey '^G' leave
print -r -- '<begin>'
"""


def _zsh(script: Path, line: str, env: Mapping[str, str], cwd: Path) -> dict[str, str]:
    folder = cwd / ".zsh"
    folder.mkdir(exist_ok=True)
    (folder / ".zshrc").write_text(ZSH.format(script=shlex.quote(str(script))))
    terminal = Terminal(
        ["zsh", "-i"], {**env, "ZDOTDIR": str(folder), "TERM": "xterm", "CDPATH": ""}, columns=200, cwd=cwd
    )
    terminal.until("<begin>")
    terminal.type(f"{line}\x14\x07")
    assert terminal.wait() == 0
    shown = re.sub(r"\x1b(\[[0-9;?>]*[a-zA-Z]|[=>])|[\x00\x07\x0f]", "", terminal.screen.rpartition("<begin>")[2])
    shown = shown.partition("<end>")[0].replace("\r", "\n")
    found: dict[str, str] = {}
    for row in shown.split("\n"):
        names, dashes, help_ = row.partition(" -- ")
        if line.startswith(row.strip()) or row.startswith(line.rstrip()):  # the prompt, as it is typed and redrawn
            continue
        for name in re.split(r"\s{2,}", names.strip()):
            if name:
                found[name] = help_.strip() if dashes else ""
    return found
