"""Put a check's edits into files: byte for byte, each file whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold import atomic, files
from scaffold.edits import apply_edits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from scaffold.checks.rule import Finding
    from scaffold.edits import Edit


def fixed(directory: Path, findings: Iterable[Finding]) -> dict[str, tuple[bytes, bytes]]:
    """Return what would change: each file's bytes before and after."""
    edits: dict[str, list[Edit]] = {}
    for finding in findings:
        edits.setdefault(finding.file, []).extend(finding.edits)
    changed = {}
    for path, wanted in edits.items():
        if wanted:
            before = files.read(directory / path)
            changed[path] = before, apply_edits(before, wanted)
    return changed


def write(directory: Path, changed: Mapping[str, tuple[bytes, bytes]]) -> None:
    """Write the files that changed: all of them or none.

    Raises:
        FailedError: one cannot be written.
    """
    atomic.write_all(directory, {path: after for path, (_, after) in changed.items()})
