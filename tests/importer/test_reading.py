"""Files that anybody may have written."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from scaffold.errors import FailedError
from scaffold.importer import reading
from scaffold.importer.reading import LinesReader
from tests.some import some

if TYPE_CHECKING:
    from pathlib import Path


def test_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has its number; a line that is too long is skipped in pieces, and the next one read."""
    monkeypatch.setattr(reading, "MAX_LINE", 40)
    monkeypatch.setattr(reading, "_PIECE", 16)
    content = b'#filetype\n{"a": 1}\n\n{"long": "' + b"x" * 200 + b'"}\nnull\n{"b": 2}'
    (tmp_path / "a.jsonl").write_bytes(content)
    reader = LinesReader(tmp_path / "a.jsonl", tmp_path)
    found = [(line.number, line.row, bool(line.problem)) for line in reader]
    assert found == [(2, {"a": 1}, False), (4, None, True), (5, None, True), (6, {"b": 2}, False)]
    assert reader.sha256 == hashlib.sha256(content).hexdigest()


def test_what_is_no_file(tmp_path: Path) -> None:
    """Links, pipes, folders and what is outside are refused, without waiting for anybody."""
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret").write_text("{}", "utf-8")
    (inside / "link").symlink_to(tmp_path / "secret")
    (inside / "near").symlink_to(inside / "real")
    (inside / "real").write_text("{}", "utf-8")
    os.mkfifo(inside / "pipe")
    names = ("link", "near", "pipe", ".", "../secret", "missing")
    for path in some(inside / name for name in names):
        with pytest.raises(FailedError, match="cannot be read"):
            list(LinesReader(path, inside))
    assert len(list(LinesReader(inside / "real", inside))) == 1
