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
    """What tells runs apart, as a hash."""
    return sha256(json.dumps(parts).encode()).hexdigest()[:24]


def new_id() -> str:
    """The name of a new run: 8 letters and digits that nobody else has chosen."""
    from base64 import b32encode

    return b32encode(os.urandom(5)).decode().lower()


def path_of(state_dir: Path, key: str, run: str) -> Path:
    """Where a run's journal is kept."""
    return state_dir / FOLDER / f"{key}-{run}{SUFFIX}"


def lock_of(state_dir: Path, key: str) -> FileLock:
    """The lock of all runs with this key, so that two processes that begin at once do not begin two runs."""
    return FileLock(state_dir / FOLDER / f"{key}.lock")


def lock_beside(path: Path) -> FileLock:
    """The lock of a journal that the user named."""
    return FileLock(path.with_name(path.name + ".lock"))


def known_runs(state_dir: Path) -> list[Known]:
    """The runs in the state folder, newest first; ConfigError where a file is broken."""
    newest = runs_with(state_dir, "*")
    held = {each: lock_of(state_dir, each).is_held() for each in {run.key for run in newest}}
    return [replace(run, running=held[run.key]) for run in newest]


def runs_with(state_dir: Path, key: str) -> list[Known]:
    """The runs with this key, newest first; whether they are at work is not looked at."""
    found = [read_run(path) for path in (state_dir / FOLDER).glob(f"{key}-*{SUFFIX}")]
    return sorted(found, key=lambda run: run.created_at, reverse=True)


def unfinished_runs(state_dir: Path, like: Known) -> list[Known]:
    """Runs of the same file to the same target that are not finished, newest first; broken journals are passed over."""
    found = []
    for path in (state_dir / FOLDER).glob(f"*{SUFFIX}"):
        with suppress(ConfigError):
            run = read_run(path, whole=False)
            if run.finished_at is None and run.key != like.key and (run.path, run.target) == (like.path, like.target):
                found.append(read_run(path))
    return sorted(found, key=lambda run: run.created_at, reverse=True)


def forget_run(state_dir: Path, run: str) -> None:
    """Remove the journal of this run. Raises InputError where there is none, or while a process is at it."""
    folder = state_dir / FOLDER
    found = [path for path in folder.glob(f"*{SUFFIX}") if path.stem.rpartition("-")[2] == run]
    if not found:
        raise InputError(f"There is no run {run!r}", hint="They are listed by: mailtrap batch --runs")
    key = found[0].stem.rpartition("-")[0]
    lock = lock_of(state_dir, key)
    if not lock.take():
        raise InputError(f"The run {run} is at work", hint="Stop it first: Ctrl-C, or kill its process.")
    try:
        remove_files(found[0])
    finally:
        lock.release(remove=not any(folder.glob(f"{key}-*{SUFFIX}")))
