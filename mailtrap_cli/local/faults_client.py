"""Read or change the faults of a running local server."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from typing import Any

from ..errors import ApiError, TransportError, name_option, reason_of

LOOPBACK = "127.0.0.1"


def change_faults(port: int, changes: dict[str, Any], token: str | None) -> dict[str, Any]:
    """Change the faults of the server on this local port (no changes: only read them); return the resulting settings.

    Raises ApiError if the server refuses, TransportError if no server is running.
    """
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    # Nothing leaves this machine, so the user's own certificate need not be trusted here.
    unverified = ssl._create_unverified_context()
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=unverified)
    )
    reason: object = None
    for scheme in ("http", "https"):
        url = f"{scheme}://{LOOPBACK}:{port}/faults"
        request = urllib.request.Request(url, json.dumps(changes).encode(), headers, method="PATCH")
        try:
            with opener.open(request, timeout=10) as response:
                document: Any = json.load(response)
                if isinstance(document, dict) and "latency" in document:
                    return document
                raise _another(port)
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error, port) from error
        except (OSError, ValueError) as error:
            reason = reason or reason_of(getattr(error, "reason", error))
    raise TransportError(
        f"No local sandbox is listening on port {port}: {reason}",
        outcome=None,
        hint=f"Start it with mailtrap local serve, or name its port with {name_option('port')}.",
    )


def _another(port: int) -> TransportError:
    return TransportError(
        f"The server on port {port} is not a local sandbox of mailtrap",
        outcome=None,
        hint=f"Use another port with {name_option('port')}.",
    )


def _refusal(error: urllib.error.HTTPError, port: int) -> ApiError | TransportError:
    try:
        sentence = json.loads(error.read())["error"]
    except (OSError, ValueError, KeyError, TypeError):
        return _another(port)
    token = f"Use {name_option('token_env')} with the variable that the server was started with."
    return ApiError(
        f"The server on port {port} refused: {sentence}", status=error.code, hint=token if error.code == 401 else None
    )
