"""The settings to paste: each is read by the language it is for, where that is at hand."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest

from mailtrap_cli.sandbox.frameworks import FRAMEWORKS, SmtpLogin, format_settings

LOGIN = SmtpLogin("sandbox.smtp.mailtrap.io", 2525, "user", 'p"a#{1}\\s', sender="shop@acme.example")


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_framework_gets_host_port_user_and_sender(framework: str) -> None:
    text = format_settings(framework, LOGIN)
    for word in ("sandbox.smtp.mailtrap.io", "2525", "user", "shop@acme.example"):
        assert word in text
    assert text.endswith("\n")


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_password_in_a_variable_is_named_not_shown(framework: str) -> None:
    login = SmtpLogin("localhost", 2525, "user", "secret", password_env="ACME_TOKEN")
    text = format_settings(framework, login)
    assert "ACME_TOKEN" in text
    assert "secret" not in text


def test_django_reads_its_settings() -> None:
    settings: dict[str, Any] = {}
    exec(format_settings("django", LOGIN), settings)
    assert settings["EMAIL_HOST_PASSWORD"] == LOGIN.password
    assert settings["EMAIL_USE_TLS"] is True
    assert settings["DEFAULT_FROM_EMAIL"] == "shop@acme.example"


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_node_reads_its_settings() -> None:
    fake = "const require = () => ({ createTransport: (given, defaults) => [given.auth.pass, defaults.from] });\n"
    source = format_settings("nodemailer", LOGIN).replace("const nodemailer", f"{fake}const nodemailer")
    script = f"{source}process.stdout.write(JSON.stringify(transport));"
    found = subprocess.run(["node", "-e", script], capture_output=True, text=True, timeout=60, check=True).stdout
    assert found == '["p\\"a#{1}\\\\s","shop@acme.example"]'
