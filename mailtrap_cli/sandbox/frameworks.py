"""Paste-ready SMTP settings for web frameworks and mail libraries. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Framework = Literal["rails", "laravel", "django", "nodemailer", "spring"]
FRAMEWORKS: tuple[str, ...] = get_args(Framework)


@dataclass(frozen=True)
class SmtpLogin:
    """Where to send by SMTP, and as whom. `password_env` names the variable that holds the password, if one does."""

    host: str
    port: int
    username: str
    password: str = ""
    password_env: str | None = None
    starttls: bool = True
    sender: str | None = None


def format_settings(framework: str, login: SmtpLogin) -> str:
    """Format the settings of one of FRAMEWORKS, with a comment that names the file they belong in."""
    return _FORMATS[framework](login)


def _format_rails(login: SmtpLogin) -> str:
    password = f"ENV.fetch({_quote(login.password_env)})" if login.password_env else _quote_ruby(login.password)
    return f"""\
# config/environments/development.rb
config.action_mailer.delivery_method = :smtp
config.action_mailer.smtp_settings = {{
  address: {_quote_ruby(login.host)},
  port: {login.port},
  user_name: {_quote_ruby(login.username)},
  password: {password},
  authentication: :plain,
  enable_starttls_auto: {_word(login.starttls)}
}}
""" + _if_sender("config.action_mailer.default_options = {{ from: {} }}\n", login, _quote_ruby)


def _format_laravel(login: SmtpLogin) -> str:
    password = f"${{{login.password_env}}}" if login.password_env else login.password
    return f"""\
# .env
MAIL_MAILER=smtp
MAIL_HOST={login.host}
MAIL_PORT={login.port}
MAIL_USERNAME={_quote(login.username)}
MAIL_PASSWORD={_quote(password)}
""" + _if_sender("MAIL_FROM_ADDRESS={}\n", login, _quote)


def _format_django(login: SmtpLogin) -> str:
    password = f"os.environ[{_quote(login.password_env)}]" if login.password_env else _quote(login.password)
    imports = "import os\n\n" if login.password_env else ""
    return f"""\
# settings.py
{imports}EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = {_quote(login.host)}
EMAIL_PORT = {login.port}
EMAIL_HOST_USER = {_quote(login.username)}
EMAIL_HOST_PASSWORD = {password}
EMAIL_USE_TLS = {login.starttls}
""" + _if_sender("DEFAULT_FROM_EMAIL = {}\n", login, _quote)


def _format_nodemailer(login: SmtpLogin) -> str:
    password = f"process.env.{login.password_env}" if login.password_env else _quote(login.password)
    defaults = _if_sender(", {{ from: {} }}", login, _quote)
    return f"""\
// npm install nodemailer
const nodemailer = require("nodemailer");

const transport = nodemailer.createTransport({{
  host: {_quote(login.host)},
  port: {login.port},
  secure: false,
  requireTLS: {_word(login.starttls)},
  auth: {{ user: {_quote(login.username)}, pass: {password} }},
}}{defaults});
"""


def _format_spring(login: SmtpLogin) -> str:
    password = f"${{{login.password_env}}}" if login.password_env else login.password
    return f"""\
# src/main/resources/application.properties
spring.mail.host={login.host}
spring.mail.port={login.port}
spring.mail.username={login.username}
spring.mail.password={password}
spring.mail.properties.mail.smtp.auth=true
spring.mail.properties.mail.smtp.starttls.enable={_word(login.starttls)}
""" + _if_sender("spring.mail.properties.mail.smtp.from={}\n", login, str)


_FORMATS: Mapping[str, Callable[[SmtpLogin], str]] = {
    "rails": _format_rails,
    "laravel": _format_laravel,
    "django": _format_django,
    "nodemailer": _format_nodemailer,
    "spring": _format_spring,
}


def _if_sender(line: str, login: SmtpLogin, quote: Callable[[str], str]) -> str:
    return line.format(quote(login.sender)) if login.sender else ""


def _quote(text: str | None) -> str:
    """A string literal of Python, JavaScript and .env files alike."""
    return json.dumps(text or "")


def _quote_ruby(text: str) -> str:
    return json.dumps(text).replace("#", "\\#")


def _word(value: bool) -> str:
    return "true" if value else "false"
