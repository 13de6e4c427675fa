"""Files whose names and contents came from outside: they land where the user said, and replace nothing."""

from __future__ import annotations

import os
import re
from pathlib import Path

from .errors import InputError
from .text import clean

LONGEST = 150  # bytes of a name, well under the 255 that file systems take
# Names that Windows keeps for devices, whatever their ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def safe_name(given: str, fallback: str) -> str:
    """A file's name that is no path, no device, not hidden, and harmless in a shell's listing; `fallback` for none."""
    name = re.split(r"[/\\]", clean(given))[-1]
    name = re.sub(r'[<>:"|?*\x00-\x1f]', "_", name).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > 20:
        stem, dot, ending = name, "", ""
    stem = stem.encode()[:LONGEST].decode(errors="ignore").rstrip(" .")
    name = stem + dot + ending
    if not stem or name.startswith("-"):
        name = f"{fallback}{name}" if name.startswith("-") else fallback
    return f"_{name}" if _DEVICES.fullmatch(name) else name


def save(content: bytes, folder: Path, name: str, *, force: bool = False) -> Path:
    """Write a new file `name` in `folder`, which is made; where it exists, `name (2)` and so on, or with `force` in its
    place.

    Returns its path. No link is followed. Raises InputError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"The folder {folder} cannot be made: {error.strerror}", hint="Name another one.") from error
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + ending) if stem else (name, "")
    path = folder / name
    for number in range(2, 10_000):
        try:
            return write(content, path, force=force)
        except FileExistsError:
            path = folder / f"{stem} ({number}){ending}"
    raise InputError(f"{folder} has too many files named {name}")


def write(content: bytes, path: Path, *, force: bool = False) -> Path:
    """Write a new file; FileExistsError where it exists, unless `force` puts the new one in its place.

    Raises InputError for a folder that is missing or cannot be written to.
    """
    target = path.with_name(f".{path.name[:LONGEST]}.{os.getpid()}.part") if force else path
    try:
        with open(target, "xb") as file:
            try:
                file.write(content)
            except OSError:
                target.unlink(missing_ok=True)
                raise
        if force:
            target.replace(path)
    except FileExistsError:
        raise
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}", hint="Name a folder that exists and can be written to."
        ) from error
    return path
