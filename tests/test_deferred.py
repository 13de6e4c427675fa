"""Deferred imports: nothing is imported before it is used, and everything works when it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LIBRARY = """
import email.message
import difflib
from gettext import gettext
from uuid import UUID
import http.client


def make_message():
    message = email.message.Message()
    message["Subject"] = gettext("Hi")
    return message["Subject"]


def find_near(word):
    return difflib.get_close_matches(word, ["send"])


def read_port():
    return http.client.HTTP_PORT
"""
PROGRAM = """
import sys
from mailtrap_cli.deferred import defer_imports
deferred = {"email": (), "email.message": (), "difflib": (), "gettext": ("gettext",), "uuid": (), "http": ()}
deferred["http.client"] = ()
with defer_imports(deferred, {"uuid.UUID": None}):
    import library
assert not {*deferred} & set(sys.modules), {*deferred} & set(sys.modules)
"""


@pytest.mark.parametrize(
    "use",
    [
        "assert library.make_message() == 'Hi'; import email.utils; assert email.utils.quote('a') == 'a'",
        "assert library.find_near('sned') == ['send']; import difflib; assert difflib.Differ",
        "import http.client; assert library.http.client.HTTP_PORT == library.read_port() == 80",
        "assert library.read_port() == 80; assert 'http.client' in sys.modules",
        "import uuid; assert library.UUID is None; assert uuid.UUID(int=1)",
    ],
)
def test_a_deferred_module_is_imported_when_it_is_used(tmp_path: Path, use: str) -> None:
    (tmp_path / "library.py").write_text(LIBRARY, encoding="utf-8")
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{PROGRAM}\n{use}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_deferred_module_in_use_is_imported_at_once(tmp_path: Path) -> None:
    (tmp_path / "library.py").write_text("import difflib\nfound = difflib.get_close_matches('a', ['a'])\n")
    program = f"""
import sys; sys.path.insert(0, {str(tmp_path)!r})
from mailtrap_cli.deferred import defer_imports
with defer_imports({{"difflib": ()}}):
    import library
import difflib
assert library.found == ["a"] and sys.modules["difflib"] is difflib
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
