"""The local server: sockets, TLS, and the event loop. Only this module and `protocol.py` import uvicorn."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import ssl
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from ..errors import InputError, name_option, reason_of
from .protocol import Connection

IDLE = 15  # seconds to keep an idle connection open for its next request
Background = Callable[[], Coroutine[Any, Any, None]]  # tasks that run beside the server, in its loop


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach this address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def load_certificate(cert: str, key: str) -> ssl.SSLContext:
    """Load the certificate and private key from these files (PEM) for TLS; InputError if they are not valid."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(cert, key, password=_no_password)
    except (OSError, ValueError) as error:  # includes ssl.SSLError
        raise InputError(
            f"{name_option('tls_cert')}, {name_option('tls_key')}: {cert} and {key} are not a certificate and its key: "
            f"{reason_of(error)}",
            hint="Both must be in PEM form, the key without a password.",
        ) from error
    return context


def _no_password() -> str:
    raise ValueError("the key has a password")


def run_server(
    app: ASGIApp,
    listening: socket.socket,
    *,
    tls: ssl.SSLContext | None,
    ready: Callable[[], None],
    background: Sequence[Background] = (),
) -> None:
    """Serve on this socket until SIGINT or SIGTERM; call `ready` once connections are accepted.

    The coroutines in `background` run in the same loop from then on, and are canceled at the end.
    """
    _raise_file_limit()
    config = uvicorn.Config(
        app,
        http=Connection,
        loop="asyncio",  # even if uvloop is installed, which saves little here and cannot reset a connection
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",  # client errors are reported to the client
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=5,
    )
    if tls is not None:
        config.load()
        config.ssl = tls

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Treat both signals as a normal exit: do not raise them again afterwards."""
            handled = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
            try:
                yield
            finally:
                for number, handler in handled.items():
                    signal.signal(number, handler)

        async def startup(self, sockets: list[Any] | None = None) -> None:
            await super().startup(sockets)
            self._background = [asyncio.create_task(start()) for start in background]
            ready()

        async def shutdown(self, sockets: list[Any] | None = None) -> None:
            for task in self._background:
                task.cancel()
            await asyncio.gather(*self._background, return_exceptions=True)
            await super().shutdown(sockets)

    Server(config).run(sockets=[listening])


class PortError(InputError):
    """Ports that the server cannot listen on. `names` are the names given to `open_sockets`; empty if the address
    itself is the problem.
    """

    def __init__(self, message: str, names: Sequence[str]) -> None:
        super().__init__(message)
        self.names = names


def open_sockets(host: str, ports: Mapping[str, int]) -> dict[str, socket.socket]:
    """Listen on all of these ports of an address, or on none; port 0 picks a free one. Raises PortError for all that
    fail.

    The keys are what people call the ports, such as API and SMTP.
    """
    opened: dict[str, socket.socket] = {}
    failed: dict[str, OSError] = {}
    for name, port in ports.items():
        try:
            opened[name] = _open_socket(host, port)
        except OSError as error:
            failed[name] = error
    if not failed:
        return opened
    for listening in opened.values():
        listening.close()
    first = next(iter(failed.values()))
    if first.errno not in (errno.EADDRINUSE, errno.EACCES):
        raise PortError(f"Cannot listen on {host}: {first.strerror}", ()) from first
    named = " and ".join(f"{name} port {ports[name]}" for name in failed)
    others = "".join(f" ({name} port {port} is free)" for name, port in ports.items() if name in opened and port)
    reason = "already in use" if first.errno == errno.EADDRINUSE else "not permitted for this user"
    raise PortError(
        f"{named} of {host} {'is' if len(failed) == 1 else 'are'} {reason}{others}", tuple(failed)
    ) from first


def _open_socket(host: str, port: int) -> socket.socket:
    # Name the protocol: asyncio disables Nagle's delay (40 ms per answer) only for sockets that do.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(2048)
    except OSError:
        listening.close()
        raise
    return listening


def _raise_file_limit() -> None:
    """Raise the limit of open files as far as the system allows: each connection takes one, and 1,024 run out
    quickly.
    """
    if os.name == "posix":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = min(hard, 65_536) if hard != resource.RLIM_INFINITY else 65_536
        if soft < wanted:
            with suppress(ValueError, OSError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
