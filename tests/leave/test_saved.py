"""Exports that are there, and folders that hold none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scaffold.errors import UsageError
from scaffold.export import manifest
from scaffold.export.lines import LinesFile
from scaffold.export.manifest import ClassEntry, ExportManifest
from scaffold.leave.saved import describe, find, load

if TYPE_CHECKING:
    from pathlib import Path

VERIFIED: dict[str, Any] = {
    "server": "https://api.example.com",
    "app_id": "id",
    "finished_at": "2026-11-28T00:00:00.000Z",
    "verified_at": "2026-11-28T01:00:00.000Z",
}
CLASS = ClassEntry(LinesFile("classes/Todo.jsonl", 1, 10, "0" * 64))


def write(folder: Path, **changed: object) -> Path:
    """Write the manifest of a verified export, with changes."""
    folder.mkdir()
    manifest.save(folder, ExportManifest(**{**VERIFIED, **changed}))
    return folder


def test_states(tmp_path: Path) -> None:
    """No export, one that is not complete, one that is not verified, a verified one."""
    unfinished = load(write(tmp_path / "a", finished_at=None, verified_at=None))
    unverified = load(write(tmp_path / "b", verified_at=None))
    verified = load(write(tmp_path / "c"))
    assert [found.is_verified for found in (unfinished, unverified, verified)] == [
        False,
        False,
        True,
    ]
    assert describe(None) == "no export was found"
    assert describe(unfinished).endswith("is not complete")
    assert describe(unverified).endswith("not verified")
    assert describe(verified).endswith("was verified on 2026-11-28T01:00:00.000Z")


def test_history_counts_where_the_export_has_it(tmp_path: Path) -> None:
    """An export may be verified and have no messages: an app without realtime has none."""
    messages = LinesFile("conversations/messages.jsonl", 1, 10, "0" * 64)
    assert not load(write(tmp_path / "a")).has_messages
    assert load(write(tmp_path / "b", messages=messages)).has_messages


def test_find_takes_the_export_verified_last(tmp_path: Path) -> None:
    """Of several exports in the app's folder the newest counts; other manifests are none."""
    assert find(tmp_path) is None
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "manifest.json").write_text('{"name": "an app of the web"}')
    assert find(tmp_path) is None
    write(tmp_path / "old", verified_at="2026-11-01T00:00:00.000Z")
    write(tmp_path / "new")
    write(tmp_path / "begun", finished_at=None, verified_at=None)
    found = find(tmp_path)
    assert found is not None
    assert found.folder == "new"


@pytest.mark.parametrize("content", [None, "", "{}", '{"format": 99}'])
def test_a_folder_without_an_export_is_refused(content: str | None, tmp_path: Path) -> None:
    """The error says what is wrong with what the user named."""
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(UsageError) as caught:
        load(tmp_path)
    assert caught.value.code == "leave-no-export"
    assert str(tmp_path) in caught.value.parts()["seen"]
