"""The configuration file: found, read with clear errors, and rewritten atomically, one process at a time."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from ..files import FileLock, replace_file
from ..records import record
from .folders import user_folder
from .profile import check_profile

_FIX = "Fix it with: mailtrap config edit"
LARGEST = 1 << 20  # bytes of a configuration file


@record
class ConfigFile:
    """The content of the file: profiles by name, the name of the default one, and warnings about its mode."""

    default_profile: str | None
    profiles: Mapping[str, dict[str, Any]]
    warnings: tuple[str, ...]


def config_path(env: Mapping[str, str]) -> Path:
    """Return MAILTRAP_CONFIG, or config.toml in the user's configuration folder; never a file in the current folder."""
    if env.get("MAILTRAP_CONFIG"):
        return absolute_path(env["MAILTRAP_CONFIG"], "MAILTRAP_CONFIG")
    return user_folder("config") / "config.toml"


def absolute_path(name: str, where: str) -> Path:
    """Make the path of a file absolute. ConfigError, named `where`, if it is relative to a deleted folder."""
    try:
        return Path(name).absolute()
    except OSError as error:
        raise ConfigError(
            f"{where} is {name}, but the current folder no longer exists", hint="Use an absolute path."
        ) from error


def read_config(path: Path) -> ConfigFile:
    """Read and check the file; a missing one is empty. Raises ConfigError if it is unreadable, broken or mistyped."""
    data, mode = _read_file(path)
    document = check_config(parse_config(data, path), path)
    warnings = tuple(_mode_warnings(path, mode)) if os.name == "posix" and stat.S_ISREG(mode) else ()
    return ConfigFile(document.get("default_profile"), document.get("profiles", {}), warnings)


def _mode_warnings(path: Path, mode: int) -> Iterator[str]:
    """Warn if others can read the file or replace it."""
    if mode & 0o077:
        shown = f"{stat.S_IMODE(mode):04o}"
        yield f"Warning: {path} can be read by others (mode {shown}). Fix it with: chmod 600 {path}"
    folder = path.parent
    with contextlib.suppress(OSError):
        mode = folder.stat().st_mode
        if mode & 0o022 and not mode & stat.S_ISVTX:
            shown = f"{stat.S_IMODE(mode):04o}"
            yield f"Warning: {folder} can be written to by others (mode {shown}). Fix it with: chmod 700 {folder}"


def parse_config(data: bytes, path: Path) -> dict[str, Any]:
    """Parse the TOML document; ConfigError with file and line if it is broken."""
    if not data:
        return {}
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8 text", hint=_FIX) from error
    except (ValueError, RecursionError) as error:  # of TOML, of a number with thousands of digits, of deep nesting
        raise ConfigError(f"{path}{describe_place(str(error), data)}", hint=_FIX) from error


def check_config(document: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return the document if all known keys have the right type; otherwise raise ConfigError. Unknown keys pass."""
    default = document.get("default_profile")
    if default is not None and not isinstance(default, str):
        raise ConfigError(f"{path}: default_profile must be the name of a profile, in quotes", hint=_FIX)
    profiles = document.get("profiles", {})
    if not isinstance(profiles, dict):
        raise ConfigError(f"{path}: profiles must be a table", hint="Write a profile as [profiles.NAME].")
    for name, profile in profiles.items():
        try:
            check_profile(name, profile, str(path))
        except ConfigError as error:
            error.hint = error.hint or _FIX
            raise
    return document


def edit_config(path: Path, change: Callable[[dict[str, Any]], None]) -> list[str]:
    """Apply `change` to the document and replace the file, atomically, while no other process does.

    Returns notices, such as where a copy with the comments is. An invalid document is not written.
    """
    import tomli_w

    notices = []
    with _hold_lock(path) as target:
        before = read_bytes(target)
        document = check_config(parse_config(before, path), path)
        change(document)
        after = tomli_w.dumps(check_config(document, path)).encode()
        if has_comments(before):
            backup = target.with_name(f"{target.name}.bak")
            _write_privately(backup, before)
            notices.append(f"Comments cannot be kept. The file with its comments is now {backup}")
        _write_privately(target, after)
    return notices


def replace_config(path: Path, before: bytes, after: bytes) -> None:
    """Replace the file, whose text was `before`, with hand-edited text, which must be valid.

    If another process changed the file in the meantime, it stays and the edited text is saved beside it.
    """
    check_config(parse_config(after, path), path)
    with _hold_lock(path) as target:
        if read_bytes(target) != before:
            kept = target.with_name(f"{target.name}.edited")
            _write_privately(kept, after)
            raise ConfigError(
                f"{path} was changed by another process in the meantime and was not overwritten",
                hint=f"Your text is in {kept}",
            )
        _write_privately(target, after)


def read_bytes(path: Path) -> bytes:
    """Read the file; a missing one is empty. Raises ConfigError if it cannot be read or is too large."""
    return _read_file(path)[0]


def _read_file(path: Path) -> tuple[bytes, int]:
    """Read the file's bytes and mode; the mode of a missing file is 0."""
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            data = stream.read(LARGEST + 1)
    except FileNotFoundError:
        return b"", 0
    except IsADirectoryError as error:
        raise ConfigError(f"{path} is a folder", hint="Name a file, such as config.toml in it.") from error
    except (OSError, ValueError) as error:  # ValueError for a name with a null character
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"{path}: cannot be read: {reason}", hint="Check its mode and owner.") from error
    if len(data) > LARGEST:
        raise ConfigError(
            f"{path} is over {LARGEST >> 20} MB, too large for a configuration file", hint="Check MAILTRAP_CONFIG."
        )
    return data, mode


def _write_privately(path: Path, data: bytes) -> None:
    """Write a file atomically, readable only by its owner."""
    try:
        with replace_file(path, private=True) as stream:
            stream.write(data)
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be written: {error.strerror}", hint="Check the folder's mode and the free space."
        ) from error


def has_comments(data: bytes) -> bool:
    """Return whether a TOML document has a comment: a `#` outside of a string."""
    import re

    strings = rb'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\''
    return b"#" in re.sub(strings, b"", data, flags=re.DOTALL)


@contextlib.contextmanager
def _hold_lock(path: Path) -> Iterator[Path]:
    """Hold the lock of the file at `path`; yields its real path, behind any link.

    Creates a missing folder, for its owner only.
    """
    target = Path(os.path.realpath(path))
    with contextlib.ExitStack() as held:
        try:
            if target.exists() and not target.is_file():
                raise ConfigError(f"{path} is not a regular file, so it is not replaced", hint="Check MAILTRAP_CONFIG.")
            held.enter_context(FileLock(target.with_name(f".{target.name}.lock")).hold())
        except OSError as error:
            raise ConfigError(
                f"{target.parent} cannot be written to: {error.strerror}", hint="Check its mode."
            ) from error
        yield target


def describe_place(message: str, data: bytes) -> str:
    """`:3: what is wrong`, from tomllib's "what is wrong (at line 3, column 5)"."""
    import re

    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", message, re.DOTALL)
    if not found:
        return f": {message}"
    return f":{found[2] or data.count(bytes([10])) + 1}: {found[1]}"
