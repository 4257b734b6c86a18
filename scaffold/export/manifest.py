"""manifest.json: what an export holds."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold import atomic, files
from scaffold.errors import FailedError
from scaffold.export import layout
from scaffold.export.lines import LinesFile
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from scaffold.export.lines import Json, Row

_MAX_BYTES = 50_000_000
# Of files whose contents the export has not; another run may get them.
WITHOUT_CONTENTS = ("gone", "refused", "failed")


def in_words(states: Mapping[str, int], wanted: Iterable[str] | None = None) -> str:
    """Return how many files are in each state, for people.

    Args:
        states: their numbers.
        wanted: the states to show; by default all.
    """
    shown = states if wanted is None else [state for state in wanted if state in states]
    return ", ".join(f"{text(f'export.state.{state}')}: {states[state]:,}" for state in shown)


@dataclass
class ClassEntry:
    """A class.

    Attributes:
        written: its file.
        updated_at: the newest `updatedAt` of its rows, "" without rows.
        deleted: how many rows the server has no more; they are in `deleted/`.
    """

    written: LinesFile
    updated_at: str = ""
    deleted: int = 0


@dataclass
class RelationEntry:
    """A relation.

    Attributes:
        written: its file.
        class_name: the class that has the column.
        key: the column.
        target: the class that it leads to.
    """

    written: LinesFile
    class_name: str
    key: str
    target: str


@dataclass(frozen=True)
class ArchiveEntry:
    """The archive that the platform itself made.

    Attributes:
        path: where it is, from the folder of the export.
        bytes: its size.
        sha256: of it.
    """

    path: str
    bytes: int
    sha256: str

    def as_json(self) -> Row:
        """Return what the manifest says of it."""
        return {"path": self.path, "bytes": self.bytes, "sha256": self.sha256}


@dataclass
class ExportManifest:
    """What an export holds.

    Attributes:
        server: where it came from.
        app_id: the app.
        started_at: when the last run began, by the server's clock.
        finished_at: when the last complete run began: what the server had then is here. None before
            there was one. It stays while a later run is not complete.
        verified_at: when `--verify` found all as on the server; None since the last change.
        classes: by name.
        relations: by class and key, with a dot between.
        files: the list of files; None before they were looked at.
        contents: how many files are in each state, and the bytes of those that are saved.
        messages: the history of conversations; None where the server gives none.
        inboxes: which statuses reached whom; None where there are none.
        archive: the platform's own archive; None where nobody asked for it.
        problems: what is not as it should be, for people; another run may help.
        notes: what the server does not give.
    """

    server: str
    app_id: str
    started_at: str = ""
    finished_at: str | None = None
    verified_at: str | None = None
    classes: dict[str, ClassEntry] = field(default_factory=dict)
    relations: dict[str, RelationEntry] = field(default_factory=dict)
    files: LinesFile | None = None
    contents: dict[str, int] = field(default_factory=dict)
    messages: LinesFile | None = None
    inboxes: LinesFile | None = None
    archive: ArchiveEntry | None = None
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def written(self) -> list[LinesFile]:
        """Return all files of rows that it names."""
        found = [entry.written for entry in self.classes.values()]
        found += [entry.written for entry in self.relations.values()]
        return found + [each for each in (self.messages, self.inboxes, self.files) if each]

    def as_json(self) -> Row:
        """Return what the file says."""
        return {
            "format": layout.FORMAT,
            "server": self.server,
            "appId": self.app_id,
            "startedAt": self.started_at,
            "finishedAt": self.finished_at,
            "verifiedAt": self.verified_at,
            "classes": {
                name: entry.written.as_json()
                | {"updatedAt": entry.updated_at, "deleted": entry.deleted}
                for name, entry in sorted(self.classes.items())
            },
            "relations": {
                name: entry.written.as_json()
                | {"class": entry.class_name, "key": entry.key, "target": entry.target}
                for name, entry in sorted(self.relations.items())
            },
            "files": self.files and self.files.as_json() | {"contents": self.contents},
            "messages": self.messages and self.messages.as_json(),
            "inboxes": self.inboxes and self.inboxes.as_json(),
            "archive": self.archive and self.archive.as_json(),
            "problems": self.problems,
            "notes": self.notes,
        }


def save(folder: Path, manifest: ExportManifest) -> None:
    """Write the manifest of an export.

    Raises:
        OSError: it cannot be written; the old one stays.
    """
    text = json.dumps(manifest.as_json(), ensure_ascii=True, indent=2)
    atomic.write(folder / layout.MANIFEST, f"{text}\n".encode())


def load(folder: Path) -> ExportManifest:
    """Read the manifest of an export.

    Raises:
        FailedError: there is none, it is none, or a newer scaffold wrote it.
    """
    path = folder / layout.MANIFEST
    try:
        data = json.loads(files.read(path, limit=_MAX_BYTES))
    except FileNotFoundError as error:
        raise FailedError("export.error.no-manifest", folder=folder) from error
    except (OSError, ValueError, RecursionError) as error:
        raise FailedError("export.error.bad-manifest", file=path, problem=error) from error
    try:
        number = int(data["format"])
        if number == layout.FORMAT:
            return _read(data)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise FailedError("export.error.bad-manifest", file=path, problem=repr(error)) from error
    raise FailedError("export.error.format", file=path, format=number, known=layout.FORMAT)


def _read(data: Row) -> ExportManifest:
    listed, messages = data["files"], data["messages"]
    inboxes, archive = data.get("inboxes"), data.get("archive")  # older exports have none
    return ExportManifest(
        str(data["server"]),
        str(data["appId"]),
        str(data["startedAt"]),
        data["finishedAt"],
        data["verifiedAt"],
        {
            str(name): ClassEntry(_written(entry), str(entry["updatedAt"]), int(entry["deleted"]))
            for name, entry in data["classes"].items()
        },
        {
            str(name): RelationEntry(
                _written(entry), str(entry["class"]), str(entry["key"]), str(entry["target"])
            )
            for name, entry in data["relations"].items()
        },
        listed and _written(listed),
        {str(state): int(number) for state, number in (listed or {}).get("contents", {}).items()},
        messages and _written(messages),
        inboxes and _written(inboxes),
        archive
        and ArchiveEntry(str(archive["path"]), int(archive["bytes"]), str(archive["sha256"])),
        [str(problem) for problem in data["problems"]],
        [str(note) for note in data["notes"]],
    )


def _written(entry: Json) -> LinesFile:
    return LinesFile(
        str(entry["path"]), int(entry["rows"]), int(entry["bytes"]), str(entry["sha256"])
    )
