"""A lock between processes that dies with the one that holds it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path


class Lock:
    """The operating system's lock on a file beside what it guards."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def take(self) -> bool:
        """Whether it is ours now. OSError where the file cannot be made."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for pause in (0.05, 0.15, 0.0):  # it may only be looked at, see `held`
            if self._take():
                return True
            time.sleep(pause)
        return False

    def _take(self) -> bool:
        while True:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if not _locked(handle):
                os.close(handle)
                return False
            try:  # unless whoever had it removed the file on the way out
                if os.path.samestat(os.fstat(handle), os.stat(self.path)):
                    self._handle = handle
                    return True
            except FileNotFoundError:
                pass
            os.close(handle)

    def held(self) -> bool:
        """Whether another process has it."""
        if not self.path.exists():
            return False
        if not self.take():
            return True
        self.release()
        return False

    def release(self, *, remove: bool = False) -> None:
        """Give it back, and where it is no longer needed remove the file."""
        if self._handle is not None:
            if remove:
                self.path.unlink(missing_ok=True)
            os.close(self._handle)
            self._handle = None


def _locked(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
