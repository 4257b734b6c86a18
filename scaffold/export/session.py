"""One run of an export, from the schemas to the manifest."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from scaffold import atomic
from scaffold.errors import FailedError
from scaffold.export import contents, history, inboxes, layout, lines, manifest, relations
from scaffold.export.archive import ArchiveReader, NotReadyError
from scaffold.export.classes import ClassReader
from scaffold.export.client import RefusedError
from scaffold.export.manifest import ClassEntry, ExportManifest, RelationEntry
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scaffold.export.client import Api
    from scaffold.export.downloads import Downloads
    from scaffold.export.journal import ClassState, ExportJournal
    from scaffold.export.lines import Row

# Classes of the platform that a list of schemas may leave out.
WELL_KNOWN = (
    "_User",
    "_Role",
    "_File",
    "_Installation",
    "_Conversation",
    "_Status",
    "_Follower",
    "_Followee",
)
_DENIED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
# The app itself answers this one; it may be gone already.
_FUNCTIONS = "/1.1/functions/_ops/metadatas"
_FEW_ATTEMPTS = 2
# In the journal: the last run did not reach its end.
_UNFINISHED = "unfinished"


@dataclass
class Session:
    """A run.

    Args:
        folder: the export, prepared.
        api: whom to ask.
        downloads: fetches the contents of files.
        journal: what an earlier run left.
        progress: is called with what is read, and how much more of it there is.
        archives: fetch the platform's own archive as well.
    """

    folder: Path
    api: Api
    downloads: Downloads
    journal: ExportJournal
    progress: Callable[[str, int], None]
    archives: bool = False
    _manifest: ExportManifest = field(init=False)
    _problems: list[str] = field(default_factory=list)
    _notes: list[str] = field(default_factory=list)
    _schemas: dict[str, Row] = field(default_factory=dict)

    def run(self) -> ExportManifest:
        """Bring the export up to date; return what it holds.

        Raises:
            FailedError: the server fails, refuses the keys, or is that of another app.
            OSError: the export cannot be written.
        """
        self._manifest = load(self.folder, self.api)
        reader = ClassReader(self.api, self.journal, self.progress)
        self._read_schemas()
        self._manifest.started_at = reader.now()
        is_resumed = bool(self.journal.meta(_UNFINISHED))
        self.journal.set_meta(_UNFINISHED, "yes")
        states = self._states()
        for state in states:
            self._class(reader, state, is_resumed=is_resumed)
        self._relations([state for state in states if state.name in self._manifest.classes])
        by_name = {state.name: state for state in states}
        self._files(by_name[contents.CLASS])
        self._messages(by_name[history.CLASS])
        self._inboxes(by_name[inboxes.STATUSES], by_name[inboxes.USERS])
        self._functions()
        if self.archives:
            self._archive()
        self._manifest.problems, self._manifest.notes = self._problems, self._notes
        if not self._problems:
            begun = [state.place.begun for state in states if state.place.phase == "done"]
            self._manifest.finished_at = min(begun, default=self._manifest.started_at)
        manifest.save(self.folder, self._manifest)
        self.journal.set_meta(_UNFINISHED, "")
        return self._manifest

    def _read_schemas(self) -> None:
        """Read the columns of all classes: the first thing that needs the master key."""
        try:
            found = self.api.get("/1.1/schemas")
        except RefusedError as error:
            key = "keys" if error.status in _DENIED else "refused"
            raise FailedError(
                f"export.error.{key}", server=self.api.server, name="schemas", problem=error.reason
            ) from error
        if not isinstance(found, dict):
            raise FailedError(
                "export.error.refused", server=self.api.server, name="schemas", problem="no schemas"
            )
        self._schemas = {
            name: columns for name, columns in found.items() if isinstance(columns, dict)
        }
        content = json.dumps(self._schemas, ensure_ascii=True, indent=2)
        atomic.write(self.folder / layout.SCHEMAS, f"{content}\n".encode())

    def _states(self) -> list[ClassState]:
        """Return the classes to read, those of the platform first."""
        self.journal.add_classes(sorted({*self._schemas, *WELL_KNOWN}))
        return sorted(self.journal.classes(), key=lambda state: state.name)

    def _class(self, reader: ClassReader, state: ClassState, *, is_resumed: bool) -> None:
        try:
            is_read = is_resumed and state.place.is_fresh(self._manifest.started_at)
            problem = "" if is_read else reader.read(state)
        except RefusedError as error:
            if state.name not in self._schemas and not self.journal.count(state):
                return  # one of the platform's classes that this app has not
            problem = text("export.problem.refused", name=state.name, problem=error.reason)
        if problem:
            self._problems.append(problem)
        if state.name in self._schemas or self.journal.count(state):
            relations.add(self.journal, state, self._schemas.get(state.name, {}))
            self._write_class(state)

    def _write_class(self, state: ClassState) -> None:
        known = self._manifest.classes.get(state.name)
        if known and not self.journal.dirty(state) and self._is_there(known.written):
            return
        newest = ""

        def bodies() -> Iterator[bytes]:
            nonlocal newest
            for updated, body in self.journal.bodies(state):
                newest = max(newest, updated)
                yield body

        written = lines.write(self.folder, state.path, bodies(), lines.header(state.name))
        entry = ClassEntry(written, newest, self._write_deleted(state))
        self._manifest.classes[state.name] = entry
        self._changed()
        self.journal.set_dirty(state, dirty=False)

    def _write_deleted(self, state: ClassState) -> int:
        path = state.path.replace(layout.CLASSES, layout.DELETED, 1)
        if next(self.journal.gone(state), None) is None:
            (self.folder / path).unlink(missing_ok=True)
            return 0
        rows = self.journal.gone(state)
        return lines.write(self.folder, path, rows, lines.header(state.name)).rows

    def _relations(self, states: list[ClassState]) -> None:
        reader = relations.RelationReader(self.api, self.journal, self.progress)
        for relation in relations.known(self.journal, self.journal.classes()):
            if relation.state.name not in {state.name for state in states}:
                continue
            try:
                reader.read(relation)
            except RefusedError as error:
                self._problems.append(
                    text("export.problem.refused", name=relation.name, problem=error.reason)
                )
            known = self._manifest.relations.get(relation.name)
            if known and not reader.is_dirty(relation) and self._is_there(known.written):
                continue
            written = lines.write(self.folder, relation.path, reader.entries(relation))
            self._manifest.relations[relation.name] = RelationEntry(
                written, relation.state.name, relation.key, relation.target
            )
            self._changed()
            reader.is_written(relation)

    def _files(self, state: ClassState) -> None:
        reader = contents.FileReader(self.folder, self.journal, self.downloads, self.progress)
        reader.read(state)
        found: dict[str, int] = {}
        for entry in reader.entries(state):
            found[entry.state] = found.get(entry.state, 0) + 1
            found["bytes"] = found.get("bytes", 0) + entry.bytes
        if found.get(contents.FAILED):
            self._problems.append(text("export.problem.files", number=found[contents.FAILED]))
        written = lines.write(self.folder, layout.FILES_LIST, reader.lines(state))
        if self._manifest.files != written:
            self._manifest.files, self._manifest.contents = written, found
            self._changed()

    def _messages(self, state: ClassState) -> None:
        reader = history.HistoryReader(self.api, self.journal, self.progress)
        try:
            reader.read(state)
        except RefusedError as error:
            if self.journal.count(state):  # it has conversations, so there may be messages
                self._notes.append(text("export.note.messages", problem=error.reason))
        except FailedError as error:
            if self.journal.count(state):
                self._problems.append(error.parts()["seen"])
        if reader.count():
            written = lines.write(self.folder, layout.MESSAGES, reader.lines())
            if self._manifest.messages != written:
                self._manifest.messages = written
                self._changed()

    def _inboxes(self, statuses: ClassState, users: ClassState) -> None:
        reader = inboxes.InboxReader(self.api, self.journal, self.progress)
        try:
            reader.read(statuses, users)
        except RefusedError as error:
            self._notes.append(text("export.note.inboxes", problem=error.reason))
        except FailedError as error:
            self._problems.append(error.parts()["seen"])
        if reader.count():
            written = lines.write(self.folder, layout.INBOXES, reader.lines())
            if self._manifest.inboxes != written:
                self._manifest.inboxes = written
                self._changed()

    def _functions(self) -> None:
        """Keep the list of functions and hooks, where the app still answers."""
        try:
            found = self.api.get(_FUNCTIONS, attempts=_FEW_ATTEMPTS)
        except (RefusedError, FailedError):
            return
        content = json.dumps(found, ensure_ascii=True, indent=2)
        atomic.write(self.folder / layout.FUNCTIONS, f"{content}\n".encode())

    def _archive(self) -> None:
        reader = ArchiveReader(self.api, self.downloads, self.journal, self.progress)
        try:
            self._manifest.archive = reader.read(self.folder)
        except RefusedError as error:
            self._notes.append(text("export.note.archive", problem=error.reason))
        except NotReadyError as error:
            self._problems.append(text("export.problem.archive-later", problem=error))
        except FailedError as error:
            self._problems.append(error.parts()["seen"])
        else:
            self._changed()

    def _is_there(self, written: lines.LinesFile) -> bool:
        try:
            return (self.folder / written.path).stat().st_size == written.bytes
        except OSError:
            return False

    def _changed(self) -> None:
        """Save the manifest with what was written; nobody has verified that."""
        self._manifest.verified_at = None
        manifest.save(self.folder, self._manifest)


def load(folder: Path, api: Api) -> ExportManifest:
    """Return the manifest of an earlier run, or a new one.

    Raises:
        FailedError: it is of another app.
    """
    try:
        found = manifest.load(folder)
    except FailedError:  # what is missing or damaged is written anew
        return ExportManifest(api.server, api.keys.app_id)
    if found.app_id != api.keys.app_id:
        raise FailedError("export.error.other-app", folder=folder, app=found.app_id)
    found.server = api.server
    return found
