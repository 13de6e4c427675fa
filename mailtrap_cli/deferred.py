"""Defer modules that a library imports at its top although a run seldom needs them, until they are first used.

They would take half of a command's start-up. The library gets stand-ins while it is imported; nothing else notices,
since the stand-ins are removed from `sys.modules` afterwards.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


class Deferred(ModuleType):
    """Stands in for a module; the first attribute it does not have imports the module."""

    is_package = False

    def __getattr__(self, name: str) -> Any:
        if name == "__path__" and not self.is_package:  # every `from … import` asks for it
            raise AttributeError(name)
        return getattr(_load_module(self.__name__), name)


@contextmanager
def defer_imports(
    modules: Mapping[str, tuple[str, ...]], stand_ins: Mapping[str, object] | None = None
) -> Iterator[None]:
    """Defer these modules, unless already imported, for everything imported in the block. If one is imported as `import
    email.message`, list its package before it.

    Functions imported from them by name, as in `from difflib import get_close_matches`, import the module when called.
    Any other name imports it at once, except those of `stand_ins` ("uuid.UUID"), which replace names that the importer
    mentions but never uses.
    """
    placed = [name for name in modules if name not in sys.modules]
    for name in placed:
        module = Deferred(name)
        vars(module).update({function: _defer_function(name, function) for function in modules[name]})
        _place_module(name, module)
    for whole, value in (stand_ins or {}).items():
        home, _, name = whole.rpartition(".")
        if home in placed:
            setattr(sys.modules[home], name, value)
    try:
        yield
    finally:
        _take_out()


def _place_module(name: str, module: Deferred) -> None:
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent in sys.modules:  # `import email.message` binds the name `email` in the importer
        vars(sys.modules[parent]).setdefault(child, module)
        if isinstance(sys.modules[parent], Deferred):
            vars(sys.modules[parent])["is_package"] = True


def _load_module(name: str) -> ModuleType:
    """Import a module for real, with what it imports."""
    waiting = _take_out()
    try:
        return import_module(name)
    finally:
        for other, module in waiting.items():
            if other not in sys.modules:
                _place_module(other, module)


def _take_out() -> dict[str, Deferred]:
    found = {name: module for name, module in sys.modules.items() if isinstance(module, Deferred)}
    for name in found:
        del sys.modules[name]
    return found


def _defer_function(module: str, name: str) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        return getattr(_load_module(module), name)(*arguments, **named)

    return call
