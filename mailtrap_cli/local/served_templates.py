"""The templates of `local serve --templates`: files that are in the store while the server runs."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

from ..errors import InputError, MailtrapError
from ..units import format_count
from .resource_store import Row
from .store import Store
from .template_files import BODIES, Signature, TemplateFile, TemplateFolder

KIND = "template"
# The field of a stored template that marks it as kept in files: their folder, the problem, the file of each field
# (`parts`), and the document that it replaced.
MARK = "files"
TICK = 0.5  # seconds between looks at the files; a send looks at those of its template


class ServedTemplates:
    """Keep the store up to date with the files of a folder; report changes and problems to `trouble`.

    A file replaces a stored template with the same UUID, which is restored when the file is deleted or the server ends.
    """

    def __init__(self, store: Store, folder: TemplateFolder, trouble: Callable[[str], None]) -> None:
        self._store = store
        self._folder = folder
        self._trouble = trouble
        self._signatures: dict[str, Signature] = {}
        self._read: dict[str, TemplateFile] = {}  # by folder, as read
        self._served: dict[str, TemplateFile] = {}  # the same, with duplicates marked
        self._problem = ""

    def load(self) -> None:
        """Read and store all templates. Raises InputError for the first that has a problem."""
        self._update()
        for file in self._served.values():
            if file.problem is not None:
                raise InputError(file.problem, hint="See: mailtrap help local")

    def list_files(self) -> list[TemplateFile]:
        """List the templates, sorted by folder."""
        return list(self._served.values())

    def describe(self) -> Iterator[str]:
        """Yield a line with the number of templates, and one for each whose UUID is in no file."""
        yield f"{format_count(len(self._served), 'template')} in {self._folder.path}"
        for file in self._served.values():
            if file.derived:
                yield describe_template(file)

    def refresh(self, uuid: str) -> None:
        """Update the template with this UUID if its files changed; if it is unknown or changed, look at all files."""
        name = next((name for name, file in self._served.items() if file.uuid == uuid.lower()), None)
        if name is None or self._folder.sign(name) != self._signatures.get(name):
            self.refresh_all()

    def refresh_all(self) -> None:
        """Update the templates whose files changed, and report them."""
        before = self._served
        try:
            self._update()
        except OSError as error:
            self._report(f"The templates in {self._folder.path} cannot be read: {error.strerror}")
            return
        self._problem = ""
        for name, file in self._served.items():
            if file == before.get(name):
                continue
            if file.problem is not None:
                self._trouble(f"Template {name} cannot be used: {file.problem}")
            else:
                self._trouble(f"Template {name} was changed" if name in before else describe_template(file))
        for name in before.keys() - self._served.keys():
            self._trouble(f"Template {name} was deleted")

    async def follow(self) -> None:
        """Look for changes until canceled."""
        while True:
            await asyncio.sleep(TICK)
            try:
                self.refresh_all()
            except MailtrapError as error:
                self._report(f"Templates are not updated: {error.message}")

    def withdraw(self) -> None:
        """Remove the templates from the store."""
        withdraw_templates(self._store, str(self._folder.root))

    def _report(self, sentence: str) -> None:
        if sentence != self._problem:
            self._problem = sentence
            self._trouble(sentence)

    def _update(self) -> None:
        """Read and store the templates whose files changed. Raises OSError."""
        signatures = self._folder.sign_all()
        if signatures == self._signatures:
            return
        read: dict[str, TemplateFile] = {}
        for name, signature in signatures.items():
            known = self._read.get(name)
            if known is None or signature != self._signatures.get(name):
                found = self._folder.read(name)
                if found.uuid is None and known is not None:  # its sends are refused with the problem
                    found = replace(found, uuid=known.uuid, derived=known.derived)
                read[name] = found
            else:
                read[name] = known
        served = self._mark_duplicates(read)
        self._store_all(served)
        self._signatures, self._read, self._served = signatures, read, served

    def _mark_duplicates(self, files: Mapping[str, TemplateFile]) -> dict[str, TemplateFile]:
        names = defaultdict(list)
        for name, file in files.items():
            names[file.uuid].append(name)
        marked = dict(files)
        for uuid, same in names.items():
            if uuid is not None and len(same) > 1:
                paths = " and ".join(self._folder.locate(name, "uuid") for name in same)
                for name in same:
                    marked[name] = replace(files[name], problem=f"{paths} have the same uuid {uuid}")
        return marked

    def _store_all(self, files: Mapping[str, TemplateFile]) -> None:
        folder = str(self._folder.root)
        wanted = {file.uuid: file for file in files.values() if file.uuid is not None}
        resources = self._store.resources
        with self._store.database.writing():
            withdraw_templates(self._store, folder, kept=wanted.keys())
            for uuid, file in wanted.items():
                row = resources.get_by_uuid(KIND, uuid)
                before = row.document if row is not None else None
                replaced = before[MARK]["replaced"] if before is not None and MARK in before else before
                parts = {field: self._folder.locate(file.folder, field) for field in ("subject", *BODIES)}
                mark = {"folder": folder, "problem": file.problem, "parts": parts, "replaced": replaced}
                document = {**(file.fields or before or _make_empty(file)), MARK: mark}
                if row is None:
                    resources.create(KIND, document, key=document["name"], uuid=uuid)
                elif before != document:
                    resources.update(row, document, key=document["name"])


def _make_empty(file: TemplateFile) -> dict[str, str]:
    return {"name": file.folder, "category": "", "subject": "", "body_text": "", "body_html": ""}


def describe_template(file: TemplateFile) -> str:
    """Describe a template in one line."""
    made = " (made from the folder's name; `uuid` in template.toml sets another)" if file.derived else ""
    return f"Template {file.folder} · uuid {file.uuid}{made}"


def find_problem(row: Row) -> str | None:
    """Return why a stored template cannot be used, or None."""
    mark = row.document.get(MARK)
    return None if mark is None else mark["problem"]


def find_file(row: Row, field: str) -> str | None:
    """Return the file that a field of a stored template comes from, or None if the template is not kept as files."""
    mark = row.document.get(MARK)
    return None if mark is None else mark["parts"][field]


def withdraw_templates(store: Store, folder: str | None = None, *, kept: Collection[str] = ()) -> None:
    """Remove the templates of one folder, or of all folders, from the store; keep those with the UUIDs in `kept`."""
    with store.database.writing():
        for row in store.resources.list_rows(KIND):
            mark = row.document.get(MARK)
            if mark is None or row.uuid in kept or folder not in (None, mark["folder"]):
                continue
            if mark["replaced"] is None:
                store.resources.delete(row)
            else:
                store.resources.update(row, mark["replaced"], key=mark["replaced"]["name"])
