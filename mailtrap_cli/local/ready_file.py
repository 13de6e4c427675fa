"""The ready file, by which other processes learn that a local server is up."""

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
    """The file that says that a server is up: url, ports and pid as JSON. It goes with the server.

    One that a server left behind, killed before it could remove it, is removed at once.
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
                pass  # it runs, and belongs to somebody else

    def write(self, document: Mapping[str, object]) -> None:
        """Say that the server is up; whoever waits for the file finds it whole. Raises InputError.

        The document has the `pid` of this process.
        """
        try:
            with replace_file(self._path, private=self._private) as file:
                file.write(json.dumps(document).encode() + b"\n")
        except OSError as error:
            raise InputError(f"The ready file {self._path} cannot be written: {error.strerror}") from error

    def remove(self) -> None:
        """Remove it, unless another server has written it since."""
        if self._writer() == os.getpid():
            self._path.unlink(missing_ok=True)

    def _writer(self) -> int | None:
        """The process that wrote it; None where it is not there, or no ready file."""
        try:
            found = json.loads(self._path.read_text())["pid"]
        except (OSError, ValueError, LookupError, TypeError):
            return None
        return found if isinstance(found, int) and 0 < found < 1 << 31 else None


def read_server(folder: Path) -> dict[str, Any] | None:
    """Read url, port, smtp_port and pid of the server that runs on the store in this folder; None if none does."""
    try:
        found: dict[str, Any] = json.loads((folder / SERVER_FILE).read_text())
        os.kill(found["pid"], 0)
    except PermissionError:  # it runs, and belongs to somebody else
        return None
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return found


def find_server(folder: Path) -> str | None:
    """The URL of the server that runs on the store in this folder; None if none does."""
    found = read_server(folder)
    return None if found is None else str(found.get("url"))
