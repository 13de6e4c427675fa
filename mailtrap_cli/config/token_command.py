"""Get a profile's token from a command, such as a password manager."""

from __future__ import annotations

import os
from functools import cache
from typing import IO

from ..errors import ConfigError
from .profile import LARGEST_TOKEN


@cache  # a batch needs the token for each request
def load_token(command: tuple[str, ...]) -> str:
    """Run a command and return the token that it prints. Raises ConfigError."""
    shown = command[0]
    try:
        code, out, err = _run_command(command)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError(
            f"token_command {shown!r} cannot be run: {reason}", hint="See: mailtrap config show --origins"
        ) from None
    token = out.decode(errors="replace").strip()
    if code is None:
        raise ConfigError(f"token_command {shown!r} printed no token within {LONGEST_COMMAND:g} s", hint=_BY_HAND)
    if len(token) > LARGEST_TOKEN:
        raise ConfigError(f"token_command {shown!r} printed too much to be a token", hint=_BY_HAND)
    if code or not token:
        said = err.decode(errors="replace").strip().splitlines()
        reason = said[-1] if said else f"exit code {code}" if code else "it printed nothing"
        raise ConfigError(f"token_command {shown!r} printed no token: {reason}", hint=_BY_HAND)
    return token


LONGEST_COMMAND = 60.0  # seconds
_BY_HAND = "Run it yourself to see why."


def _run_command(command: tuple[str, ...]) -> tuple[int | None, bytes, bytes]:
    """Return exit code, standard output and standard error of a command; the code is None after a timeout.

    Does not wait for the streams to close: a background process, such as a password manager's agent, may keep them
    open. Kills a command that writes far more than a token.
    """
    import subprocess
    from threading import Thread

    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    assert process.stderr
    written = bytearray(), bytearray()

    def collect(stream: IO[bytes], data: bytearray) -> None:
        with stream:
            while chunk := os.read(stream.fileno(), LARGEST_TOKEN):
                data += chunk
                if len(data) > LARGEST_TOKEN:
                    process.kill()
                    return

    streams = process.stdout, process.stderr
    readers = [Thread(target=collect, args=pair, daemon=True) for pair in zip(streams, written, strict=True)]
    for reader in readers:
        reader.start()
    code: int | None
    try:
        code = process.wait(LONGEST_COMMAND)
    except subprocess.TimeoutExpired:
        code = None
    finally:
        process.kill()
    for reader in readers:
        reader.join(1.0)  # the command's output is already in the pipe
    return code, bytes(written[0]), bytes(written[1])
