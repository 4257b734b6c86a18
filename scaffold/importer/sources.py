"""What there is to import: an export of ours, or files of the console."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scaffold import files
from scaffold.errors import FailedError, UsageError
from scaffold.export import layout
from scaffold.export.reader import Export
from scaffold.importer import reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scaffold.export.reader import FileEntry

LINES = (".jsonl", ".json")
BSON = ".bson"
# What mongodump writes beside each class.
_METADATA = ".metadata.json"
_MOST_FILES = 10_000
_DEEPEST = 4
_HEADER = b"#filetype:JSON-streaming "
_LONGEST_HEADER = 4096
# How the platform's database calls the entries of a relation.
_JOIN = re.compile(r"_Join:(?P<key>[A-Za-z][A-Za-z0-9_]*):(?P<name>_?[A-Za-z][A-Za-z0-9_]*)")
_MEMBERS = {"users": "_User", "roles": "_Role"}


@dataclass
class SourceClass:
    """The rows of a class.

    Attributes:
        name: of the class.
        paths: the files that have them.
        columns: as the platform described them; by name, `type` and perhaps `className`.
        expected: how many rows the manifest promises.
        sha256: what the manifest says of the file; "" where nothing does.
    """

    name: str
    paths: list[Path] = field(default_factory=list)
    columns: dict[str, Any] = field(default_factory=dict)
    expected: int | None = None
    sha256: str = ""

    @property
    def class_and_key(self) -> tuple[str, str]:
        """Return the class, and no column of it."""
        return self.name, ""


@dataclass
class SourceRelation:
    """The entries of a relation.

    Attributes:
        class_name: the class that has the column.
        key: the column.
        target: the class that it leads to; "" where the column of the class says it.
        paths: the files that have them.
        expected: how many entries the manifest promises.
        sha256: what the manifest says of the file.
    """

    class_name: str
    key: str
    target: str = ""
    paths: list[Path] = field(default_factory=list)
    expected: int | None = None
    sha256: str = ""

    @property
    def name(self) -> str:
        """Return class and key."""
        return f"{self.class_name}.{self.key}"

    @property
    def class_and_key(self) -> tuple[str, str]:
        """Return the class, and its column."""
        return self.class_name, self.key


@dataclass
class ImportSource:
    """What there is to import.

    Attributes:
        root: the folder that all files are in, or the only file.
        classes: those with rows or columns, in the order in which they are imported.
        relations: their entries.
        export: the export that it is; None for files of the console.
    """

    root: Path
    classes: list[SourceClass]
    relations: list[SourceRelation]
    export: Export | None = None

    def files(self) -> Iterator[FileEntry]:
        """Yield what became of each file, where an export knows it."""
        if self.export:
            yield from self.export.files()


def find(path: Path) -> ImportSource:
    """Return what there is to import.

    Raises:
        UsageError: there is nothing.
        FailedError: the manifest of an export cannot be read.
    """
    if files.is_file(path):
        return _of_console(path.resolve(), [path.resolve()])
    if not files.is_folder(path):
        raise UsageError("import.error.nothing", path=path)
    if files.exists(path / layout.MANIFEST):
        return _of_export(Export.open(path))
    found = list(_walk(path, _DEEPEST))
    if not found:
        raise UsageError("import.error.nothing", path=path)
    if len(found) > _MOST_FILES:
        raise FailedError("import.error.too-many", path=path, number=_MOST_FILES)
    return _of_console(path, sorted(found))


def _of_export(export: Export) -> ImportSource:
    schemas: Any = export.schemas()
    columns = schemas if isinstance(schemas, dict) else {}
    classes = []
    for name, entry in export.manifest.classes.items():
        written = entry.written
        known = columns.get(name)
        path = export.folder / written.path
        described = known if isinstance(known, dict) else {}
        classes.append(SourceClass(name, [path], described, written.rows, written.sha256))
    relations = []
    for related in export.manifest.relations.values():
        written = related.written
        path = export.folder / written.path
        relations.append(
            SourceRelation(
                related.class_name,
                related.key,
                related.target,
                [path],
                written.rows,
                written.sha256,
            )
        )
    return ImportSource(export.folder, _ordered(classes), relations, export)


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    """Yield the files of a folder that may have rows; no link is followed."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink():
            continue
        if path.is_dir():
            if depth and not path.name.startswith("."):
                yield from _walk(path, depth - 1)
        elif path.suffix in {*LINES, BSON} and not path.name.endswith(_METADATA):
            yield path


def _of_console(root: Path, paths: list[Path]) -> ImportSource:
    classes: dict[str, SourceClass] = {}
    relations: dict[str, SourceRelation] = {}
    for path in paths:
        name = _named(path, root)
        join = _JOIN.fullmatch(name)
        if join:
            target = _MEMBERS.get(join["key"], "") if join["name"] == "_Role" else ""
            found = SourceRelation(join["name"], join["key"], target)
            relations.setdefault(found.name, found).paths.append(path)
        else:
            classes.setdefault(name, SourceClass(name)).paths.append(path)
    return ImportSource(root, _ordered(list(classes.values())), list(relations.values()))


def _named(path: Path, root: Path) -> str:
    """Return the class that a file is of: by the line that the console writes above the rows,
    else by the file's name.
    """
    if path.suffix != BSON:
        with reading.opened(path, root) as file:
            first = file.readline(_LONGEST_HEADER)
        if first.startswith(_HEADER):
            try:
                return str(json.loads(first[len(_HEADER) :])["class"])
            except (KeyError, TypeError, ValueError, RecursionError):
                return path.stem
    return path.stem.replace("%3A", ":")


def _ordered(classes: list[SourceClass]) -> list[SourceClass]:
    """Return users, roles and files before what points to them."""
    first = ("_User", "_Role", "_File")

    def place(found: SourceClass) -> tuple[int, str]:
        return (first.index(found.name) if found.name in first else len(first)), found.name

    return sorted(classes, key=place)
