"""Files that are written from something else, and checked to be up to date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parent.parent


def write(files: Mapping[Path, str], *, check: bool) -> int:
    """Write the files that differ, or only name them.

    Args:
        files: the text that each should hold.
        check: write nothing.

    Returns:
        The exit code: 1 if something differs and was not written.
    """
    stale = {
        path: text
        for path, text in files.items()
        if not path.exists() or path.read_text("utf-8") != text
    }
    for path, text in stale.items():
        print(path.relative_to(ROOT))
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", newline="\n")
    return 1 if stale and check else 0
