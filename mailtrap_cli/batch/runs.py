"""The runs whose journals are kept in the state folder: their names, places and locks."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from ..errors import ConfigError, InputError
from ..files import FileLock
from .journal_file import Known, read_run, remove_files

FOLDER = "runs"  # in the state folder
SUFFIX = ".sqlite3"


def key_of(*parts: object) -> str:
    """Hash what identifies a run."""
    return sha256(json.dumps(parts).encode()).hexdigest()[:24]


def new_id() -> str:
    """Return the name of a new run: 8 random letters and digits."""
    from base64 import b32encode

    return b32encode(os.urandom(5)).decode().lower()


def path_of(state_dir: Path, key: str, run: str) -> Path:
    """Return the path of a run's journal."""
    return state_dir / FOLDER / f"{key}-{run}{SUFFIX}"


def storable_path(path: str, *, absolute: bool = False) -> str:
    """Convert a path to text that a journal can store, whatever bytes it has."""
    if absolute:
        with suppress(FileNotFoundError):  # the current folder has been deleted
            path = os.path.abspath(path)
    return os.fsencode(path).decode(errors="backslashreplace")


def lock_of(state_dir: Path, key: str) -> FileLock:
    """Return the lock of all runs with this key, so that two processes cannot begin the same run."""
    return FileLock(state_dir / FOLDER / f"{key}.lock")


def lock_beside(path: Path) -> FileLock:
    """Return the lock of a journal that the user named."""
    return FileLock(path.with_name(path.name + ".lock"))


def known_runs(state_dir: Path) -> tuple[list[Known], list[ConfigError]]:
    """List the runs in the state folder, newest first, and an error for each unusable journal."""
    runs, problems = [], []
    for path in _list_journals(state_dir):
        try:
            run = read_run(path)
            runs.append(replace(run, running=lock_of(state_dir, run.key).is_held()))
        except ConfigError as error:
            problems.append(error)
    return _newest_first(runs), problems


def _list_journals(state_dir: Path) -> list[Path]:
    folder = state_dir / FOLDER
    try:
        return sorted(folder / name for name in os.listdir(folder) if name.endswith(SUFFIX))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigError(
            f"The runs in {folder} cannot be read: {error.strerror}", hint="Check MAILTRAP_STATE_DIR."
        ) from error


def runs_with(state_dir: Path, key: str) -> list[Known]:
    """List the runs with this key, newest first, running or not. Raises ConfigError for a damaged journal."""
    return _newest_first([read_run(path) for path in (state_dir / FOLDER).glob(f"{key}-*{SUFFIX}")])


def unfinished_runs(state_dir: Path, like: Known) -> list[Known]:
    """List unfinished runs of the same file to the same target, newest first; damaged journals are skipped."""
    found = []
    for path in (state_dir / FOLDER).glob(f"*{SUFFIX}"):
        with suppress(ConfigError):
            run = read_run(path, whole=False)
            if run.finished_at is None and run.key != like.key and (run.path, run.target) == (like.path, like.target):
                found.append(read_run(path))
    return _newest_first(found)


def _newest_first(runs: list[Known]) -> list[Known]:
    return sorted(runs, key=lambda run: run.created_at, reverse=True)


def forget_run(state_dir: Path, run: str) -> None:
    """Remove the journal of this run. Raises InputError if it is unknown or running."""
    folder = state_dir / FOLDER
    found = [path for path in folder.glob(f"*{SUFFIX}") if path.stem.rpartition("-")[2] == run]
    if not found:
        raise InputError(f"No run {run!r}", hint="List the runs: mailtrap batch --runs")
    key = found[0].stem.rpartition("-")[0]
    lock = lock_of(state_dir, key)
    if not lock.take():
        raise InputError(f"Run {run} is still sending", hint="Stop it first, with Ctrl-C or by ending its process.")
    try:
        remove_files(found[0])
    finally:
        lock.release(remove=not any(folder.glob(f"{key}-*{SUFFIX}")))
