"""Small projects, written where they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

Tree = Mapping[str, "str | bytes | None"]


def build_file_tree(folder: Path, *trees: Tree) -> Path:
    """Write files below a folder; of several trees the last one counts, and None is no file."""
    files: dict[str, str | bytes | None] = {}
    for tree in trees:
        files.update(tree)
    for path, content in files.items():
        if content is not None:
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder
