"""Draw the README's pictures in `.github/images/`, each from real runs of the program on a terminal of its own.

    python .ci/pictures.py [--check]

With --check nothing is written: the pictures whose words no longer are what the program prints are named, and the exit
code is 1. What differs from run to run (ids, speeds, times) is fixed before it is drawn.
"""

from __future__ import annotations

import fcntl
import html
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import tempfile
import termios
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

TOP = Path(__file__).resolve().parent.parent
IMAGES = TOP / ".github" / "images"
PROGRAM = Path(sys.executable).with_name("mailtrap")
COLUMNS, LINES = 88, 40

PEOPLE = "email,name,plan\nada@example.com,Ada,pro\ngrace@example.com,Grace,basic\nalan@example.com,Alan,pro\n"
SIGN_UP = (
    "--subject 'Confirm your address' "
    """--html '<p>Hi Ada,</p><p><a href="https://shop.example/confirm?token=4711">Confirm</a></p>'"""
)

# What differs from run to run, and what the picture shows in its place.
FIXED = (
    (re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"), "01a21094-951c-72a7-8210-8acf8619fe9f"),
    (re.compile(r" in [0-9.]+ (?:ms|s) \([0-9,.]+/s\)"), " in 0.1 s (30/s)"),
    (re.compile(r"(?<!\d)(?:\d s ago)(?!\w)"), "now    "),
)


@dataclass(frozen=True)
class Scene:
    """One picture: the command lines it shows, run one after another in one empty home."""

    name: str
    commands: tuple[str, ...]
    before: tuple[str, ...] = ()  # run first, and not shown


SCENES = (
    Scene(
        "tour",
        (
            "mailtrap send -p local --to ada@example.com --subject 'Your receipt' --text 'Thank you!'",
            "mailtrap messages list -p local",
        ),
        before=(f"mailtrap send -p local --to ada@example.com {SIGN_UP}",),
    ),
    Scene(
        "batch",
        (
            "mailtrap batch people.csv -p local --subject 'Hello {{ name }}' --text 'You have the {{ plan }} plan.'",
            "mailtrap messages list -p local --to grace",
        ),
    ),
    Scene(
        "wait",
        (
            "mailtrap messages expect -p local --to ada@example.com --contains 'Hi Ada' --links-ok",
            "mailtrap messages wait -p local --to ada@example.com --extract link",
        ),
        before=(f"mailtrap send -p local --to ada@example.com {SIGN_UP}",),
    ),
)


def draw(scene: Scene) -> str:
    """Draw the scene as an SVG that loads no fonts."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), force_terminal=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "people.csv").write_text(PEOPLE, encoding="utf-8")
        for command in scene.before:
            run(command, home)
        for number, command in enumerate(scene.commands):
            if number:
                console.print()
            console.print(Text.assemble(("$ ", "green"), (command, "bold")))
            console.print(Text.from_ansi(run(command, home)))
    layout = re.sub(r"@font-face \{\{.*?\}\}\n?", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return place_words(console.export_svg(title="mailtrap", code_format=layout, unique_id=scene.name))


def place_words(svg: str) -> str:
    """Move each text to the position of its first letter: librsvg drops leading spaces, even non-breaking ones."""

    def move(found: re.Match[str]) -> str:
        head, x, y, length, tail, text = found.groups()
        count = len(html.unescape(text))
        size = float(length) / count
        kept = re.sub(r"^(?:&#160;)+|(?:&#160;)+$", "", text)
        skipped = len(html.unescape(text[: text.index(kept)])) if kept else 0
        place = f'x="{float(x) + skipped * size:g}" y="{y}" textLength="{len(html.unescape(kept)) * size:g}"'
        return f"<text{head}{place}{tail}>{kept}</text>" if kept else ""

    return re.sub(r'<text([^>]*?)x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"([^>]*)>([^<]*)</text>', move, svg)


def run(command: str, home: Path) -> str:
    """Run a command line on a terminal; return its output without what differs from run to run."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    words = shlex.split(command)
    process = subprocess.Popen(
        [str(PROGRAM), *words[1:]],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "xterm-256color", "LANG": "C.UTF-8", "TZ": "UTC"},
        cwd=home,
        stdin=child,
        stdout=child,
        stderr=child,
    )
    os.close(child)
    received = b""
    try:
        while data := os.read(parent, 65536):
            received += data
    except OSError:  # what Linux answers once the program has gone
        pass
    os.close(parent)
    if process.wait() != 0:
        raise SystemExit(f"{command} ended with {process.returncode}:\n{received.decode()}")
    text = settle_screen(received.decode()).rstrip("\n")
    for pattern, instead in FIXED:
        text = pattern.sub(instead, text)
    return text


def settle_screen(received: str) -> str:
    """Return what is left on the screen once progress bars are gone."""
    lines, row = [""], 0
    for piece in re.split(r"(\x1b\[(?:1A|2K|\?25[lh])|\r\n|\r|\n)", received):
        match piece:
            case "\x1b[1A":
                row -= 1
            case "\x1b[2K":
                lines[row] = ""
            case "\n" | "\r\n":
                row += 1
                lines += [""] * (row + 1 - len(lines))
            case "\r" | "\x1b[?25l" | "\x1b[?25h":
                pass
            case _:
                lines[row] += piece
    return "\n".join(lines)


def words_of(svg: str) -> str:
    """Return the words of a picture: other versions of Rich draw the same words differently."""
    found = html.unescape(" ".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg)))
    return re.sub(r"[\s─]+", " ", found)  # the width of a column may depend on what differs from run to run


def main(arguments: list[str]) -> int:
    """Draw the pictures, or with --check name the stale ones; return the exit code."""
    stale = 0
    for scene in SCENES:
        path = IMAGES / f"{scene.name}.svg"
        svg = draw(scene)
        if arguments != ["--check"]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(svg, encoding="utf-8", newline="\n")
            print(f"wrote {path.relative_to(TOP)}")
        elif not path.is_file() or words_of(path.read_text(encoding="utf-8")) != words_of(svg):
            stale += 1
            print(f"{path.relative_to(TOP)} is stale; run: .venv/bin/python .ci/pictures.py", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
