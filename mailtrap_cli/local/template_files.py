"""Read templates kept as files: a folder for each, with template.toml, body.html and body.txt. Stores nothing."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid5

from ..config.file import describe_place
from ..errors import InputError
from ..files import describe_failure

META = "template.toml"
BODIES = {"body_html": "body.html", "body_text": "body.txt"}  # the API's fields → their files
KEYS = ("uuid", "name", "category", "subject")  # of META
LONGEST = {"name": 255, "category": 255, "subject": 255}  # characters (templates.openapi.yml)
LARGEST = 10_000_000  # bytes of a file
CATEGORY = "default"  # of a template without one: the API requires it
NAMESPACE = UUID("7b0f4a52-8b60-5d0e-9a65-3f9a7c3c6a11")  # of UUIDs made from the names of folders
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

# The state of the files of a template: inode, size and times of each; None if it does not exist.
Signature = tuple[tuple[int, int, int, int] | None, ...]


@dataclass(frozen=True)
class TemplateFile:
    """A template as read from its files: the name of its folder, its UUID, and the API's fields.

    `derived` means that the UUID was made from the folder's name. `problem` says why a template cannot be used; it then
    has no fields, and no UUID unless that could be read.
    """

    folder: str
    uuid: str | None = None
    derived: bool = False
    fields: Mapping[str, str] | None = None
    problem: str | None = None


class TemplateFolder:
    """The folder that holds the templates. Raises InputError if it cannot."""

    def __init__(self, name: str) -> None:
        self.path = Path(name)
        try:
            self.root = self.path.resolve(strict=True)
            self.sign_all()
        except (OSError, ValueError) as error:
            raise InputError(f"{name}: {_explain(error)}", hint="Give a folder of templates.") from error
        if (self.root / META).exists():
            raise InputError(
                f"{name} is a template itself: it has a {META}", hint=f"Give the folder above: {self.path.parent}"
            )

    def sign_all(self) -> dict[str, Signature]:
        """Return the state of each folder that has a file of a template, sorted by name. Raises OSError."""
        with os.scandir(self.root) as entries:
            names = sorted(entry.name for entry in entries if not entry.name.startswith(".") and entry.is_dir())
        return {name: signature for name in names if any(signature := self.sign(name))}

    def sign(self, name: str) -> Signature:
        """Return the state of a template's files, which differs once one of them was changed."""
        return tuple(self._sign_file(f"{self.root}{os.sep}{name}{os.sep}{file}") for file in (META, *BODIES.values()))

    def _sign_file(self, path: str) -> tuple[int, int, int, int] | None:
        try:
            found = os.stat(path)
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns

    def read(self, name: str) -> TemplateFile:
        """Read a template; its `problem` names file and line."""
        uuid, derived = None, False
        try:
            meta = self._read_meta(name)
            derived = "uuid" not in meta
            uuid = meta.pop("uuid", str(uuid5(NAMESPACE, name))).lower()
            fields = self._read_fields(name, meta)
        except InputError as error:
            return TemplateFile(name, uuid, derived, problem=error.message)
        return TemplateFile(name, uuid, derived, fields)

    def locate(self, name: str, field: str) -> str:
        """Return the path of the file that has this field of a template, as messages show it."""
        return str(self.path / name / BODIES.get(field, META))

    def _read_fields(self, name: str, meta: Mapping[str, str]) -> dict[str, str]:
        fields = {"name": name, "category": CATEGORY, **meta}
        for field, file in BODIES.items():
            fields[field] = self._read_text(name, file) or ""
        if not any(fields[field] for field in BODIES):
            raise InputError(f"{self.path / name}: no {' and no '.join(BODIES.values())}, or both are empty")
        self._check_syntax(name, fields)
        return fields

    def _read_meta(self, name: str) -> dict[str, str]:
        path = self.path / name / META
        text = self._read_text(name, META)
        if text is None:
            raise InputError(f"{path.parent}: no {META}")
        try:
            meta = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}{describe_place(str(error), text.encode())}") from error
        for key, value in meta.items():
            line = _find_line(text, key)
            if key not in KEYS:
                raise InputError(f"{path}:{line}: unknown key {key!r} (known: {', '.join(KEYS)})")
            if not isinstance(value, str) or not value.strip():
                raise InputError(f"{path}:{line}: {key} must be a text in quotes")
            if len(value) > LONGEST.get(key, len(value)):
                raise InputError(f"{path}:{line}: {key} is too long (maximum is {LONGEST[key]} characters)")
            if key == "uuid" and not _UUID.fullmatch(value):
                raise InputError(f"{path}:{line}: uuid {value!r} is not a UUID")
        if "subject" not in meta:
            raise InputError(f"{path}: no subject")
        return meta

    def _read_text(self, name: str, file: str) -> str | None:
        """Read a file; None if it does not exist."""
        path = self.path / name / file
        real = self.root / name / file
        try:
            if not real.is_symlink() and not real.exists():
                return None
            target = real.resolve(strict=True)
            if not target.is_relative_to(self.root):
                raise InputError(f"{path} leads out of {self.path}, to {target}")
            if not stat.S_ISREG(target.stat().st_mode):
                raise InputError(f"{path} is not a regular file")
            if target.stat().st_size > LARGEST:
                raise InputError(f"{path} is too large (maximum is {LARGEST // 1_000_000} MB)")
            data = target.read_bytes()
        except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: links in a circle
            raise InputError(f"{path}: {_explain(error)}") from error
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise InputError(f"{path}:{line}: not UTF-8 text") from error

    def _check_syntax(self, name: str, fields: Mapping[str, str]) -> None:
        from .handlebars_parser import TemplateError, parse_template

        for field in ("subject", *BODIES):
            try:
                parse_template(fields[field])
            except TemplateError as error:
                path = self.locate(name, field)
                line = error.line if field in BODIES else _find_line(self._read_text(name, META) or "", field)
                raise InputError(f"{path}:{line}: {error.problem}") from error


def _find_line(text: str, key: str) -> int:
    """Find the line of a key in a TOML document."""
    found = re.search(rf"^[ \t]*([\"']?){re.escape(key)}\1[ \t]*[=.]|^[ \t]*\[+[ \t]*{re.escape(key)}\b", text, re.M)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _explain(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "not found"
    if isinstance(error, NotADirectoryError):
        return "not a folder"
    return describe_failure(error) if isinstance(error, OSError) else "not a usable file name"
