"""Import Typer without modules that this program never uses: those for Typer's own completion, opening a browser and
printing tracebacks, and what they import from the standard library.
"""

from __future__ import annotations

from importlib import import_module

from ..deferred import defer_imports

# By importing module, for Typer 0.28 and Python 3.11; other versions may import less, which does no harm.
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

# Parameter types that commands could use; none of ours does.
_STAND_INS = {"uuid.UUID": type(None), "traceback.FrameSummary": object, "traceback.StackSummary": object}


def import_typer() -> None:
    """Import Typer first, without its rarely used parts."""
    with defer_imports(_SELDOM_USED, _STAND_INS):
        import_module("typer")
