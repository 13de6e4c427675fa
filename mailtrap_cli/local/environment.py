"""What points programs at a local server: its URL, and the variables that hold it."""

from __future__ import annotations

PORT = 3580
LOOPBACK = "127.0.0.1"
TOKEN = "local"
SENDER = "local@example.com"


def format_url(host: str, port: int, *, https: bool) -> str:
    """Format the URL of the server that listens on this address, for a client on this machine."""
    host = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(host, host)  # all addresses: this machine's own is among them
    return f"http{'s' if https else ''}://{f'[{host}]' if ':' in host else host}:{port}"


def list_variables(url: str) -> dict[str, str]:
    """List the variables that point this tool at the server, except for the token."""
    return {
        "MAILTRAP_SEND_URL": f"{url}/send",
        "MAILTRAP_BULK_URL": f"{url}/bulk",
        "MAILTRAP_SANDBOX_URL": f"{url}/sandbox",
        "MAILTRAP_API_URL": f"{url}/account",
        "MAILTRAP_USE_SANDBOX": "true",
        "MAILTRAP_SANDBOX_ID": "1",
        "MAILTRAP_FROM_EMAIL": SENDER,
    }


def format_exports(url: str, token_env: str | None) -> list[str]:
    """Format the same as lines for a shell; a token in a variable of the user's is named, not shown."""
    from shlex import quote

    token = TOKEN if token_env is None else f'"${token_env}"'
    exports = [f"export {name}={quote(value)}" for name, value in list_variables(url).items()]
    return [f"export MAILTRAP_API_TOKEN={token}", *exports]
