"""This program's folders for the user: configuration, and state (journals and the local sandbox)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal

_DEFAULTS = {"config": ".config", "state": ".local/state"}


def user_folder(kind: Literal["config", "state"]) -> Path:
    """Return platformdirs' folder. On Linux, find it without that library, whose import takes 5 % of the start-up.

    The rule there is short (XDG Base Directory Specification); anything unusual is left to the library.
    """
    if sys.platform == "linux" and "ANDROID_ROOT" not in os.environ:
        given, home = os.environ.get(f"XDG_{kind.upper()}_HOME", ""), os.environ.get("HOME", "")
        if given.startswith("/") and given == given.strip():
            return Path(given, "mailtrap")
        if not given and home.startswith("/"):
            return Path(home, _DEFAULTS[kind], "mailtrap")
    from platformdirs import user_config_path, user_state_path

    return (user_config_path if kind == "config" else user_state_path)("mailtrap", appauthor=False)
