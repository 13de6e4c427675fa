"""Completion scripts: written from the command tree by `.ci/generate.py`, shipped as files, printed and installed.

The scripts are static, so that pressing TAB starts no Python; only the names of profiles are asked of
`mailtrap config list -q`.
"""

from __future__ import annotations

from pathlib import Path

# Each shell's file in `completions/`.
FILES = {"bash": "mailtrap.bash", "zsh": "_mailtrap", "fish": "mailtrap.fish", "powershell": "mailtrap.ps1"}


def script(shell: str) -> str:
    """The shipped script for this shell, one of FILES."""
    package = Path(__file__).parent.parent
    folder = package / "completions"  # where the wheel has them; a checkout has them beside the package
    if not folder.is_dir():
        folder = package.parent / "completions"
    return (folder / FILES[shell]).read_text(encoding="utf-8")
