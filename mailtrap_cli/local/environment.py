"""The URLs of a local server, and the environment variables that point programs at it."""

from __future__ import annotations

from dataclasses import dataclass

PORT = 3580
SMTP_PORT = 2525
LOOPBACK = "127.0.0.1"
TOKEN = "local"
SENDER = "local@example.com"


@dataclass(frozen=True)
class Endpoint:
    """The address of a local server. `smtp_port` is None without SMTP; `token_env` names the variable with the
    token.
    """

    host: str = LOOPBACK
    port: int = PORT
    smtp_port: int | None = SMTP_PORT
    https: bool = False
    token_env: str | None = None

    @property
    def client_host(self) -> str:
        """The address that clients on this machine use, even if the server listens on all addresses."""
        return {"0.0.0.0": LOOPBACK, "::": "::1"}.get(self.host, self.host)

    @property
    def url(self) -> str:
        """The URL of the API hosts and of the web inbox."""
        host = self.client_host
        return f"http{'s' if self.https else ''}://{f'[{host}]' if ':' in host else host}:{self.port}"

    def list_variables(self) -> dict[str, str]:
        """List the variables that point programs at the server. Leaves out a token that is in the user's own
        variable.
        """
        variables = {
            "MAILTRAP_API_TOKEN": TOKEN,
            "MAILTRAP_SEND_URL": f"{self.url}/send",
            "MAILTRAP_BULK_URL": f"{self.url}/bulk",
            "MAILTRAP_SANDBOX_URL": f"{self.url}/sandbox",
            "MAILTRAP_API_URL": f"{self.url}/account",
            "MAILTRAP_USE_SANDBOX": "true",
            "MAILTRAP_SANDBOX_ID": "1",
            "MAILTRAP_FROM_EMAIL": SENDER,
        }
        if self.smtp_port is not None:
            variables |= {
                "SMTP_HOST": self.client_host,
                "SMTP_PORT": str(self.smtp_port),
                "SMTP_USERNAME": TOKEN,  # any username other than those of the live streams means the default sandbox
                "SMTP_PASSWORD": TOKEN,
            }
        secret = () if self.token_env is None else ("MAILTRAP_API_TOKEN", "SMTP_PASSWORD")
        return {name: value for name, value in variables.items() if name not in secret}

    def format_exports(self) -> str:
        """Format the variables as shell code. A token in the user's own variable is named, not shown."""
        from shlex import quote

        exports = {name: quote(value) for name, value in self.list_variables().items()}
        if self.token_env is not None:
            names = ["MAILTRAP_API_TOKEN", *([] if self.smtp_port is None else ["SMTP_PASSWORD"])]
            exports = dict.fromkeys(names, f'"${self.token_env}"') | exports
        return "\n".join(f"export {name}={value}" for name, value in exports.items())
