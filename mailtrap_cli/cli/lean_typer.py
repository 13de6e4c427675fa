"""Typer without what it imports for the parts of it that this program does not use: its own completion, its way to open
a browser, its printing of tracebacks, and what the standard library brings for them.
"""

from __future__ import annotations

from importlib import import_module

from ..deferred import defer_imports

# By the module that imports them, of Typer 0.28 and Python 3.11; what another version does not import does no harm.
_SELDOM_USED: dict[str, tuple[str, ...]] = {
    # typer.main
    "platform": (),
    "subprocess": (),
    "traceback": (),
    "uuid": (),
    "typer.completion": ("get_completion_inspect_parameters",),
    # typer.core
    "difflib": ("get_close_matches",),
    "gettext": ("gettext",),
    # pathlib
    "urllib.parse": ("quote_from_bytes",),
    # inspect
    "linecache": (),
    "tokenize": (),
    # shutil
    "bz2": (),
    "lzma": (),
}

# Types that a command could declare its parameters with; none of ours does.
_STAND_INS = {"uuid.UUID": type(None), "traceback.FrameSummary": object, "traceback.StackSummary": object}


def import_typer() -> None:
    """Import Typer before anything else does, without its seldom used parts."""
    with defer_imports(_SELDOM_USED, _STAND_INS):
        import_module("typer")
