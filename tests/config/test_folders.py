"""The user's folders are those of platformdirs, which is imported only if the simple rule does not apply."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from mailtrap_cli.config.folders import user_folder


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"XDG_CONFIG_HOME": "/srv/etc", "XDG_STATE_HOME": "/srv/var/"},
        {"XDG_CONFIG_HOME": "", "XDG_STATE_HOME": " "},
        {"XDG_CONFIG_HOME": "etc", "XDG_STATE_HOME": "~/state"},
        {"HOME": "/srv/ada"},
        {"HOME": ""},
    ],
)
def test_folders_are_those_of_platformdirs(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(Path.home()))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert user_folder("config") == platformdirs.user_config_path("mailtrap", appauthor=False)
    assert user_folder("state") == platformdirs.user_state_path("mailtrap", appauthor=False)
