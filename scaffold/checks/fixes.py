"""Put a check's edits into files: byte for byte, each file whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from scaffold.errors import FailedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from scaffold.checks.rule import Edit, Finding


def mended(directory: Path, findings: Iterable[Finding]) -> dict[str, tuple[bytes, bytes]]:
    """Return what would change: each file's bytes before and after."""
    edits: dict[str, list[Edit]] = {}
    for finding in findings:
        edits.setdefault(finding.file, []).extend(finding.edits)
    changed = {}
    for path, wanted in edits.items():
        if wanted:
            before = (directory / path).read_bytes()
            changed[path] = before, _apply(before, wanted)
    return changed


def _apply(data: bytes, edits: Iterable[Edit]) -> bytes:
    pieces: list[bytes] = []
    position = 0
    for edit in sorted(dict.fromkeys(edits), key=lambda edit: edit.start):
        if edit.start >= position:  # of two edits that overlap the first wins; the next run finds the other
            pieces += [data[position : edit.start], edit.new]
            position = edit.end
    return b"".join([*pieces, data[position:]])


def write(directory: Path, changed: Mapping[str, tuple[bytes, bytes]]) -> None:
    """Write the files that changed; an interruption leaves each of them old or new, never half.

    Raises:
        FailedError: one cannot be written.
    """
    for path, (_, after) in changed.items():
        # A link stays a link: what it leads to is replaced.
        target = (directory / path).resolve()
        beside = target.with_name(f".{target.name}.{os.urandom(8).hex()}")
        try:
            beside.write_bytes(after)
            beside.chmod(target.stat().st_mode & 0o7777)
            beside.replace(target)
        except OSError as error:
            raise FailedError("check.error.not-written", path=path, reason=error.strerror or error) from error
        finally:
            beside.unlink(missing_ok=True)


def difference(changed: Mapping[str, tuple[bytes, bytes]]) -> str:
    """Return the changes as a unified diff, which `git apply` takes where the files are UTF-8."""
    from difflib import unified_diff  # noqa: PLC0415 - slow, and only needed here

    lines: list[str] = []
    for path, (before, after) in changed.items():
        lines += unified_diff(_lines(before), _lines(after), f"a/{path}", f"b/{path}", lineterm="")
    return "\n".join(lines)


def _lines(data: bytes) -> list[str]:
    """Return lines without their ends; one that has none at the end of a file says so, as in every diff."""
    lines = data.decode("utf-8", "replace").split("\n")
    last = lines.pop()
    return [*lines, f"{last}\n\\ No newline at end of file"] if last else lines
