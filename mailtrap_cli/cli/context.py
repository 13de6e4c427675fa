"""Everything a command needs from the outside world, in one object that tests can replace: streams, environment,
settings, API.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TextIO

from ..errors import InputError
from ..terminal import ClosedStream, guard_stream, is_terminal
from .options import Common

if TYPE_CHECKING:
    from ..api.client import Client
    from ..config.settings import Settings
    from ..output import Output
    from ..sandbox.mailbox import Mailbox


class World:
    """The outside world of one run; `ctx.obj` of every command."""

    def __init__(
        self,
        *,
        env: Mapping[str, str] | None = None,
        stdin: TextIO | None = None,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.sleep = sleep  # seconds between attempts of a request; tests bring their own
        self.env: Mapping[str, str] = os.environ if env is None else env
        self.stdin: TextIO | None = stdin or sys.stdin
        self.stdout: TextIO = guard_stream(stdout or sys.stdout or ClosedStream(), self.env)
        self.stderr: TextIO = guard_stream(stderr or sys.stderr or _nowhere(), self.env)
        self.common = Common()
        self.arguments: list[str] = []  # the command line, for hints that repeat it
        self.reading = False  # whether `mailtrap help` was typed

    def settings(
        self,
        *,
        stream: str | None = None,
        sandbox: bool | None = None,
        sandbox_id: int | None = None,
        sender: str | None = None,
    ) -> Settings:
        """Return the settings of this run: flags over profile over environment (see
        `config.settings.resolve_settings`).
        """
        from ..config.settings import Flags, resolve_settings

        settings = resolve_settings(
            Flags(profile=self.common.profile, stream=stream, sandbox=sandbox, sandbox_id=sandbox_id, sender=sender),
            self.env,
        )
        for warning in settings.warnings:
            self.notice(warning)
        return settings

    def api(self, settings: Settings) -> Client:
        """Create an API client for these settings; a context manager."""
        from ..api.client import Client

        log = self.trace if self.common.verbose else None
        transport = None
        if settings.local:
            from ..local.transport import SandboxTransport

            transport = SandboxTransport(settings, log)
        return Client(
            settings,
            timeout=self.common.timeout,
            log=log,
            notice=self.notice,
            transport=transport,
            sleep=self.sleep,
        )

    @contextlib.contextmanager
    def mailbox(self, sandbox_id: int | None) -> Iterator[Mailbox]:
        """Open the sandbox in use. Raises ConfigError if none is named."""
        from ..sandbox.mailbox import Mailbox, require_sandbox_id

        settings = self.settings(sandbox_id=sandbox_id)
        number = require_sandbox_id(settings)
        with self.api(settings) as api:
            yield Mailbox(api, number)

    @property
    def out(self) -> Output:
        """Return the printer for results, in the requested format."""
        from ..output import Output

        return Output(
            self.stdout,
            fmt=self.common.output,
            quiet=self.common.quiet,
            color=self.color(self.stdout),
            env=self.env,
            notice=self.notice,
            pages=self.pages,
        )

    def show_help(self, text: str) -> None:
        """Print a help page. `mailtrap help` uses the pager, `--help` does not (as in uv)."""
        self.out.show(text, paged=self.reading)

    def write(self, text: str) -> None:
        """Write to stdout unchanged. Raises OutputError if that fails (a full disk)."""
        try:
            self.stdout.write(text)
        except BrokenPipeError:
            raise
        except OSError as error:
            from ..errors import lost_output

            raise lost_output(error) from error

    def notice(self, text: str) -> None:
        """Print a line for the person at the terminal on stderr, unless --quiet."""
        if not self.common.quiet:
            self.trace(text)

    def tell_destination(self, label: str) -> None:
        """Print on stderr where emails go; LIVE stands out."""
        if self.common.quiet:
            return
        if not self.color(self.stderr):
            self.trace(label)
            return
        from ..text import clean

        with contextlib.suppress(OSError, ValueError):
            self.stderr.write(clean(label).replace("LIVE", "\x1b[1;31mLIVE\x1b[0m", 1) + "\n")
            self.stderr.flush()

    def trace(self, text: str) -> None:
        """Print a line on stderr, cleaned of terminal escapes. Ignore a full or closed stderr."""
        from ..text import clean

        with contextlib.suppress(OSError, ValueError):
            self.stderr.write(clean(text) + "\n")
            self.stderr.flush()

    @property
    def interactive(self) -> bool:
        """Whether questions are possible: stdin and stderr are terminals, and --no-input is not set."""
        return self._takes_input and is_terminal(self.stderr)

    @property
    def pages(self) -> bool:
        """Whether long output goes through a pager: only if a person can press its keys."""
        return not self.common.no_pager and self._takes_input and is_terminal(self.stdout)

    @property
    def _takes_input(self) -> bool:
        never = self.common.no_input or self.env.get("MAILTRAP_NO_INPUT", "0").lower() not in ("", "0", "false")
        return not never and is_terminal(self.stdin)

    def color(self, stream: TextIO) -> bool:
        """Whether this stream gets colors (no-color.org, bixense.com/clicolors)."""
        if self.common.no_color or self.env.get("NO_COLOR"):
            return False
        if any(self.env.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
            return True
        return is_terminal(stream) and self.env.get("TERM") != "dumb" and self.env.get("CLICOLOR") != "0"

    def confirm(self, question: str, *, yes: bool, hint: str = "Use --yes to confirm.") -> bool:
        """Ask a yes-or-no question on the terminal; `yes` skips it.

        Raises InputError without a terminal.
        """
        from ..text import clean

        if yes:
            return True
        if not self.interactive or self.stdin is None:
            raise InputError(f"Refusing to continue without confirmation: {question}", hint=hint)
        self.stderr.write(f"{clean(question)} [y/N] ")
        self.stderr.flush()
        return self.stdin.readline().strip().lower() in {"y", "yes"}

    def read_stdin(self, flag: str) -> str:
        """Read standard input as UTF-8 text; errors name `flag`."""
        return self.read_stdin_bytes(flag).decode("utf-8-sig", errors="replace")

    def read_stdin_bytes(self, flag: str, limit: int | None = None) -> bytes:
        """Read standard input as bytes. Raises InputError if it exceeds `limit` or cannot be read."""
        if self.stdin is None:
            raise InputError(f"{flag}: standard input is closed", hint="Pipe the text in, or use a file.")
        try:
            data = self.stdin.buffer.read(-1 if limit is None else limit + 1)
        except OSError as error:
            raise InputError(
                f"{flag}: cannot read standard input: {error.strerror}", hint="Pipe the text in, or use a file."
            ) from error
        if limit is not None and len(data) > limit:
            raise InputError(f"{flag}: standard input has more than {limit >> 20} MB")
        return data


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")
