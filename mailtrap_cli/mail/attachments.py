"""Read files as attachments. Devices, pipes and empty files are refused, and so are files outside a given folder."""

from __future__ import annotations

import os
import stat
from dataclasses import replace

from ..errors import InputError
from .message import MAX_BYTES, Attachment

MAX_FILE = 64 * 1024 * 1024  # bytes of any file that is read: no message in any encoding is near it


def read_file(path: str, where: str, limit: int = MAX_FILE) -> bytes:
    """Read a file; InputError naming `where` and the file if it is missing, a folder, unreadable or too large.

    No more than `limit` bytes are read, so that an endless device or pipe does not fill the memory.
    """
    try:
        with open(path, "rb") as stream:
            data = stream.read(limit + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(path, where, error) from error
    _check_size(data, path, where, limit)
    return data


def read_attachment(path: str, where: str, folder: str | None = None) -> Attachment:
    """Read a regular file as an attachment, typed by its name. With a `folder`, it must be inside, links resolved.

    InputError, its sentence starting with `where`, if it cannot be read, is empty, or is over the limit alone.
    """
    from mimetypes import guess_type

    content = _read_regular(path, where, folder)
    if not content:
        raise InputError(f"{where}: {path} is empty", hint="The API refuses empty files: leave it out.")
    kind, encoding = guess_type(path)
    return Attachment(content, os.path.basename(path), kind if kind and not encoding else "application/octet-stream")


def read_inline(given: str, where: str) -> Attachment:
    """Read `CID=PATH`, or `PATH` whose file name is the content ID, as an inline attachment."""
    identity, equals, path = given.partition("=")
    if not equals or os.path.exists(given):
        identity, path = os.path.basename(given), given
    return replace(read_attachment(path, where), disposition="inline", content_id=identity)


def _read_regular(path: str, where: str, folder: str | None) -> bytes:
    """Read a file that is regular before and after it is opened, so that opening never blocks."""
    try:
        real = os.path.realpath(os.path.join(folder or "", path))
        if folder is not None and not _is_inside(real, os.path.realpath(folder or ".")):
            raise InputError(
                f"{where}: {path} is outside {'the current folder' if folder in ('', '.') else folder}",
                hint="Move it there, or name another folder for attachments.",
            )
        mode = os.stat(real).st_mode
        if stat.S_ISREG(mode) and not real.startswith(("/proc/", "/sys/", "/dev/")):
            handle = os.open(real, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
            with open(handle, "rb") as stream:
                if stat.S_ISREG(os.fstat(handle).st_mode):
                    data = stream.read(MAX_BYTES + 1)
                    _check_size(data, path, where, MAX_BYTES)
                    return data
    except (OSError, ValueError) as error:
        raise _unreadable(path, where, error) from error
    kind = "is a folder" if stat.S_ISDIR(mode) else "is not a regular file"
    raise InputError(f"{where}: {path} {kind}", hint="Use a file.")


def _is_inside(path: str, folder: str) -> bool:
    return os.path.commonpath([path, folder]) == folder


def _check_size(data: bytes, path: str, where: str, limit: int) -> None:
    if len(data) > limit:
        raise InputError(
            f"{where}: {path} is over {limit >> 20} MB; the limit of a message is {MAX_BYTES >> 20} MB",
            hint="Send a link to the file instead.",
        )


def _unreadable(path: str, where: str, error: Exception) -> InputError:
    if isinstance(error, FileNotFoundError):
        return InputError(f"{where}: {path}: file not found", hint="Check its name.")
    if isinstance(error, IsADirectoryError):
        return InputError(f"{where}: {path} is a folder", hint="Use a file.")
    reason = getattr(error, "strerror", None) or "not a usable file name"
    return InputError(f"{where}: {path} cannot be read: {reason}", hint="Check its name and mode.")
