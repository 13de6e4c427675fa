"""Files: safe names, new files, atomic replacement, private folders, and locks between processes."""

from __future__ import annotations

import os
import re
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from .errors import InputError
from .text import clean

LONGEST = 150  # bytes of a name, well under the 255 that file systems allow
# Names that Windows reserves for devices, with any extension.
_DEVICES = r"(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?"


def safe_name(given: str, fallback: str) -> str:
    """Return a file name that is not a path, device or hidden file, and harmless in a listing; otherwise `fallback`."""
    name = re.split(r"[/\\]", clean(given))[-1]
    name = re.sub(r'[<>:"|?*\x00-\x1f]', "_", name).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > 20:
        stem, dot, ending = name, "", ""
    stem = stem.encode()[:LONGEST].decode(errors="ignore").rstrip(" .")
    name = stem + dot + ending
    if not stem or name.startswith("-"):
        name = f"{fallback}{name}" if name.startswith("-") else fallback
    return f"_{name}" if re.fullmatch(_DEVICES, name) else name


def save_file(content: bytes, folder: Path, name: str, *, force: bool = False) -> Path:
    """Write a new file `name` in `folder`, which is created if missing.

    If the file exists, it is called `name (2)` and so on; with `force` it is replaced. Links are not followed. Returns
    the path. Raises InputError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"Cannot create the folder {folder}: {error.strerror}", hint="Use another folder.") from error
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + ending) if stem else (name, "")
    path = folder / name
    for number in range(2, 10_000):
        try:
            return write_new_file(content, path, force=force)
        except FileExistsError:
            path = folder / f"{stem} ({number}){ending}"
    raise InputError(f"{folder} has too many files named {name}")


def write_new_file(content: bytes, path: Path, *, force: bool = False) -> Path:
    """Write a new file. FileExistsError if it exists and `force` is not given; InputError if it cannot be written."""
    try:
        if force and not is_special(path):
            with replace_file(path) as file:
                file.write(content)
            return path
        with open(path, "xb") as file:
            try:
                file.write(content)
            except OSError:
                path.unlink(missing_ok=True)
                raise
    except FileExistsError:
        raise
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path}: cannot be written: {describe_failure(error)}", hint="Use a folder that exists and is writable."
        ) from error
    return path


@contextmanager
def replace_file(path: Path, *, private: bool = False, new: bool = False) -> Iterator[BinaryIO]:
    """Write the new content of a file. It replaces the old one atomically when the block ends.

    With `new`, a file that exists by then stays as it is: FileExistsError.

    A new file is `private` (mode 0600) or has the mode of the one it replaces. A link is replaced, not followed: give
    `os.path.realpath(path)` to follow it. A device or pipe is written to as it is. Raises OSError.
    """
    if is_special(path):
        with open(path, "wb") as file:
            yield file
        return
    draft = path.with_name(f".{path.name.encode()[:LONGEST].decode(errors='ignore')}.{os.urandom(4).hex()}.part")
    mode = 0o600 if private else 0o666
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        with open(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(handle)
        if not private:
            with suppress(OSError):
                os.chmod(draft, path.stat().st_mode & 0o777)
        if new:
            _rename_new(draft, path)
        else:
            os.replace(draft, path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _rename_new(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(f"{path} exists") from None
        os.replace(draft, path)


def is_special(path: Path) -> bool:
    """Whether this is a device, a pipe or a socket."""
    with suppress(OSError, ValueError):
        mode = path.stat().st_mode
        return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)
    return False


def check_writable(path: Path, where: str, *, makes_folders: bool = False) -> None:
    """Raise InputError before any work if this file could not be written later."""
    try:
        place = path.absolute()
    except FileNotFoundError as error:
        raise InputError(f"{where}: the current folder has been deleted", hint="Change to another folder.") from error
    try:
        place.stat()
        exists = True
    except (FileNotFoundError, NotADirectoryError):
        exists = False
    except (OSError, ValueError) as error:
        raise InputError(
            f"{where}: {_cut_path(path)} cannot be written: {describe_failure(error)}", hint="Use another file name."
        ) from error
    if not exists:
        place = next(parent for parent in place.parents if parent.exists()) if makes_folders else place.parent
        if not place.is_dir():
            raise InputError(f"{where}: {path} cannot be written: no such folder", hint="Use a folder that exists.")
    elif place.is_dir():
        raise InputError(f"{where}: {path} is a folder", hint="Use the name of a file.")
    if not os.access(place, os.W_OK):
        raise InputError(f"{where}: {path} cannot be written: no permission", hint="Use a file that you can write to.")


def _cut_path(path: Path) -> str:
    text = str(path)
    return text if len(text) <= 100 else f"{text[:99]}…"


def describe_failure(error: Exception) -> str:
    """Describe why a file operation failed, in the system's words."""
    return getattr(error, "strerror", None) or "not a usable file name"


def make_private_folder(folder: Path) -> None:
    """Create a folder and its missing parents, each for its owner only. Raises OSError."""
    for path in (*reversed(folder.parents), folder):
        if not path.exists():
            path.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


NOTE = 200  # bytes of a note in a lock


class FileLock:
    """An operating system lock on a file beside what it guards. It ends with the process that holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def take(self, *, patient: bool = True) -> bool:
        """Take the lock without waiting; return whether it is ours now. OSError if the file cannot be created.

        Without `patient`, do not even wait for processes that only look at it.
        """
        make_private_folder(self.path.parent)
        if not patient:
            return self._try_once(wait=False)
        for pause in (0.05, 0.15, 0.0):  # another process may only be looking at it, see `is_held`
            if self._try_once(wait=False):
                return True
            time.sleep(pause)
        return False

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Wait for the lock and hold it during the block. OSError if the file cannot be created."""
        make_private_folder(self.path.parent)
        self._try_once(wait=True)
        try:
            yield
        finally:
            self.release()

    def _try_once(self, *, wait: bool) -> bool:
        while True:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
            try:
                _lock_handle(handle, wait=wait)
                # unless its last holder removed the file on exit
                if os.path.samestat(os.fstat(handle), os.stat(self.path)):
                    self._handle = handle
                    return True
            except FileNotFoundError:
                pass
            except OSError:
                os.close(handle)
                if wait:
                    raise
                return False
            os.close(handle)

    def is_held(self) -> bool:
        """Whether another process holds it."""
        if not self.path.exists():
            return False
        if not self.take():
            return True
        self.release()
        return False

    def read_note(self) -> str:
        """Read the note of previous holders; only while the lock is held."""
        assert self._handle is not None
        return os.pread(self._handle, NOTE, 0).decode(errors="replace") if hasattr(os, "pread") else ""

    def write_note(self, text: str) -> None:
        """Write a durable note for the next holder; only while the lock is held."""
        assert self._handle is not None
        if hasattr(os, "pwrite"):
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, text.encode(), 0)
            os.fsync(self._handle)

    def release(self, *, remove: bool = False) -> None:
        """Release the lock, and remove the file if it is no longer needed."""
        if self._handle is not None:
            if remove:
                self.path.unlink(missing_ok=True)
            os.close(self._handle)
            self._handle = None


def _lock_handle(handle: int, *, wait: bool) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
