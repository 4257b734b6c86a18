"""Old projects that are kept as shapes."""

from __future__ import annotations

import shutil
from pathlib import Path

SHAPES = Path(__file__).parent / "shapes"


def copy_shape(name: str, folder: Path) -> Path:
    """Copy the project of a shape."""
    return Path(shutil.copytree(SHAPES / name / "before", folder))
