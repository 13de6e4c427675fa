"""The ready file, which tells other processes that a local server is up."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..files import replace_file

SERVER_FILE = "server.json"  # in the store's folder


class ReadyFile:
    """A file that says that a server is up: URL, ports and PID as JSON. Removed when the server stops.

    A stale file, left by a server that was killed, is removed at once.
    """

    def __init__(self, name: str, *, private: bool = False) -> None:
        self._path = Path(name)
        self._private = private
        writer = self._writer()
        if writer is not None:
            try:
                os.kill(writer, 0)
            except ProcessLookupError:
                self._path.unlink(missing_ok=True)
            except OSError:
                pass  # the process runs as another user

    def write(self, document: Mapping[str, object]) -> None:
        """Write the file atomically, so that readers see all of it or nothing. Raises InputError.

        The document includes the `pid` of this process.
        """
        try:
            with replace_file(self._path, private=self._private) as file:
                file.write(json.dumps(document).encode() + b"\n")
        except OSError as error:
            raise InputError(f"Cannot write the ready file {self._path}: {error.strerror}") from error

    def remove(self) -> None:
        """Remove the file, unless another server has replaced it."""
        if self._writer() == os.getpid():
            self._path.unlink(missing_ok=True)

    def _writer(self) -> int | None:
        """Return the PID in the file; None if the file is missing or not a ready file."""
        try:
            found = json.loads(self._path.read_text())["pid"]
        except (OSError, ValueError, LookupError, TypeError):
            return None
        return found if isinstance(found, int) and 0 < found < 1 << 31 else None


def read_server(folder: Path) -> dict[str, Any] | None:
    """Read url, port, smtp_port and pid of the server running on the store in this folder; None if none is."""
    try:
        found: dict[str, Any] = json.loads((folder / SERVER_FILE).read_text())
        os.kill(found["pid"], 0)
    except PermissionError:  # the process runs as another user
        return None
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return found


def find_server(folder: Path) -> str | None:
    """Return the URL of the server running on the store in this folder; None if none is."""
    found = read_server(folder)
    return None if found is None else str(found.get("url"))
