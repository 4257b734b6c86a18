"""Reading an export, and what somebody else may have put in its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scaffold.errors import FailedError
from scaffold.export import layout, lines, manifest
from scaffold.export.manifest import ClassEntry, ExportManifest, RelationEntry
from scaffold.export.reader import Export, FileEntry

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [{"objectId": "a", "n": 1}, {"objectId": "b", "text": "一\u2028\ud800"}]


def _written(folder: Path) -> Export:
    """Write an export by hand, as the format says."""
    found = ExportManifest("https://api.example.com", "app", "2026-11-29T00:00:00.000Z")
    rows = lines.write(folder, "classes/T.jsonl", map(lines.encode, ROWS), lines.header("T"))
    found.classes["T"] = ClassEntry(rows, "2026-11-29T00:00:00.000Z")
    entries = lines.write(
        folder, "relations/T.tags.jsonl", [lines.encode({"owningId": "a", "relatedId": "b"})]
    )
    found.relations["T.tags"] = RelationEntry(entries, "T", "tags", "Tag")
    (folder / "files").mkdir()
    (folder / "files/f-x.txt").write_bytes(b"hello")
    size, sha256 = lines.digest(folder / "files/f-x.txt")
    listed = [
        FileEntry("f", "saved", "files/f-x.txt", size, sha256),
        FileEntry("g", "gone", problem="404"),
    ]
    found.files = lines.write(
        folder, layout.FILES_LIST, (lines.encode(each.as_json()) for each in listed)
    )
    found.contents = {"saved": 1, "gone": 1}
    (folder / layout.SCHEMAS).write_text("{}", "utf-8")
    manifest.save(folder, found)
    return Export.open(folder)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Reader and writer have one format."""
    export = _written(tmp_path)
    assert list(export.rows("T")) == ROWS
    assert list(export.related("T.tags")) == [("a", "b")]
    assert [(each.object_id, each.state) for each in export.files()] == [
        ("f", "saved"),
        ("g", "gone"),
    ]
    assert export.content(next(export.files())).read_bytes() == b"hello"
    assert export.schemas() == {}
    assert list(export.messages()) == []
    assert list(export.damaged()) == []


def test_a_class_begins_as_the_console_writes_it(tmp_path: Path) -> None:
    """The line that other tools know stands above the rows."""
    _written(tmp_path)
    first = (tmp_path / "classes/T.jsonl").read_bytes().split(b"\n", maxsplit=1)[0]
    assert first == b'#filetype:JSON-streaming {"type":"Class","class":"T"}'


@pytest.mark.parametrize("path", ["classes/T.jsonl", "relations/T.tags.jsonl", "files/f-x.txt"])
def test_a_changed_byte_is_noticed(tmp_path: Path, path: str) -> None:
    """Every file is opened and compared with its SHA-256."""
    export = _written(tmp_path)
    content = (tmp_path / path).read_bytes()
    (tmp_path / path).write_bytes(content.replace(b"e", b"f"))
    assert list(export.damaged()) == [path]
    (tmp_path / path).unlink()
    assert list(export.damaged()) == [path]


def test_a_folder_without_an_export_is_refused(tmp_path: Path) -> None:
    """The error says which folder."""
    with pytest.raises(FailedError, match="no export in this folder"):
        Export.open(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 1}', "[" * 100_000])
def test_a_damaged_manifest_is_refused(tmp_path: Path, content: str) -> None:
    """What is no manifest is one error."""
    (tmp_path / layout.MANIFEST).write_text(content, "utf-8")
    with pytest.raises(FailedError, match="manifest cannot be read"):
        Export.open(tmp_path)


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    """An older scaffold does not guess."""
    (tmp_path / layout.MANIFEST).write_text('{"format": 2}', "utf-8")
    with pytest.raises(FailedError, match="Another version"):
        Export.open(tmp_path)


@pytest.mark.parametrize("path", ["../secret.jsonl", "/etc/hostname", "classes/\0"])
def test_a_manifest_leads_nowhere_else(tmp_path: Path, path: str) -> None:
    """An export of somebody else reads no other file of this machine."""
    folder = tmp_path / "export"
    folder.mkdir()
    _written(folder)
    (tmp_path / "secret.jsonl").write_text("{}\n", "utf-8")
    data = json.loads((folder / layout.MANIFEST).read_text("utf-8"))
    data["classes"]["T"]["path"] = path
    (folder / layout.MANIFEST).write_text(json.dumps(data), "utf-8")
    export = Export.open(folder)
    with pytest.raises(FailedError, match="missing or damaged"):
        list(export.rows("T"))
    assert list(export.damaged()) == [path]


@pytest.mark.parametrize("line", [b"[1]\n", b"{\n", b"nonsense\n", b"\xff\n"])
def test_a_line_that_is_no_row_is_an_error(tmp_path: Path, line: bytes) -> None:
    """A row is a JSON object."""
    export = _written(tmp_path)
    (tmp_path / "classes/T.jsonl").write_bytes(line)
    with pytest.raises(FailedError, match="missing or damaged"):
        list(export.rows("T"))


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    """Each file is the old or the new one."""
    lines.write(tmp_path, "a.jsonl", [b"{}\n"])

    def broken() -> bytes:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lines.write(tmp_path, "a.jsonl", (broken() for _ in (1,)))
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]
    assert (tmp_path / "a.jsonl").read_bytes() == b"{}\n"
