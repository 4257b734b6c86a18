"""What the user wrote into requirements.txt goes into requirements.in too,
when an update brings that file.

Version 1 had requirements.txt alone. Since then it is compiled from requirements.in: a
line that the merge kept in requirements.txt only would be gone with the next
compilation, and nobody would notice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold import git
from scaffold.atomic import write_all
from scaffold.checks.project import RANGES, REQUIREMENTS
from scaffold.files import decode, read
from scaffold.migrate import sdk
from scaffold.requirements import on_one_line, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scaffold.requirements import Requirement

# What version 1 asked for, for where git has no base: published, so it never changes.
_VERSION_1 = b"Flask>=0.10.1\ngevent>=1.0.2\nDjango>=1.10,<1.12\nleancloud-sdk>=1.0.9\n"
_SDK = frozenset({"leancloud", "leancloud-sdk"})
_SDK_ASKED = re.compile(r"leancloud==[\w.]+")
_BASE, _OURS, _THEIRS = "1", "2", "3"
_LINK = "120000"
# A checksum is one file's of one version; the compilation takes the newest,
# and can make checksums anew.
_HASH = re.compile(r"\s+--hash[=\s]\s*\S+")
_NOTE = re.compile(r"(?:^|\s)#.*")


@dataclass(frozen=True)
class KeptRequirements:
    """The user's requirements, after they were looked at.

    Attributes:
        lines: those that are in requirements.in now.
        others: those that are not, each with what the template asks for in
            its place, which may be nothing.
    """

    lines: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = ()


def keep_requirements(folder: Path, versions: Mapping[str, bytes]) -> KeptRequirements:
    """Add the user's own requirements to a requirements.in that the update has just brought.

    For a package that the template asks for itself, the template's line counts:
    its pins were started together.

    Args:
        folder: the project.
        versions: requirements.txt by stage, as far as git has it unmerged.

    Raises:
        FailedError: requirements.in cannot be written.
    """
    target = folder / RANGES
    if target.is_symlink() or not target.is_file() or _indexed(folder, RANGES) is not None:
        return KeptRequirements()  # there is none, or it is the user's own
    ours = versions.get(_OURS) or _indexed(folder, REQUIREMENTS)
    if not ours:
        return KeptRequirements()
    content, merged = read(target), _bytes(folder / REQUIREMENTS)
    known = _TemplateRequirements(
        content,
        versions.get(_THEIRS, merged),
        versions.get(_BASE, _VERSION_1),
        _bytes(folder / "leanengine.yaml"),
    )
    stays = None
    if _BASE not in versions and b"\0" not in ours:
        # The user's lines are among those that the merge has kept.
        stays = {text.strip() for text in _logical(decode(merged))}
    lines, others = _sort(decode(ours).lstrip("\ufeff"), known, stays)
    if lines:
        end = "\r\n" if b"\r\n" in content else "\n"
        start = content if content.endswith(b"\n") else content + end.encode()
        write_all(
            folder,
            {RANGES: start + "".join(line.replace("\n", end) + end for line in lines).encode()},
        )
    return KeptRequirements(
        tuple(line for line in lines if not line.startswith("#")), tuple(others)
    )


class _TemplateRequirements:
    """What the template asks for, and asked for."""

    def __init__(self, ranges: bytes, pins: bytes, base: bytes, manifest: bytes) -> None:
        self.present = {text.strip() for text in _logical(decode(ranges))}
        self.before = {text.strip() for text in _logical(decode(base))}
        self._before = {found.name for found in parse("", decode(base)).requirements}
        self._ranges = {
            found.name: found.source for found in parse("", decode(ranges)).requirements
        }
        self._pins = {found.name: found.source for found in parse("", decode(pins)).requirements}
        asked = _SDK_ASKED.search(decode(manifest))
        self._sdk = asked[0] if asked else ""

    def instead(self, asked: Requirement | None, body: str) -> str | None:
        """Return what the template asks for in place of a line, perhaps nothing;
        None if the line is the user's.
        """
        if (
            sdk.OLD.search(body.encode())
            or sdk.is_official(body.encode())
            or (asked and asked.name in _SDK)
        ):
            return self._ranges.get("leancloud", self._sdk)
        if asked is None:
            return None
        if asked.name in self._ranges or asked.name in self._before:
            return self._ranges.get(asked.name, "")
        # One that the template's libraries bring: any limit of old may be in their way.
        return self._pins.get(asked.name) if asked.is_bounded else None


def _sort(
    ours: str, known: _TemplateRequirements, stays: set[str] | None
) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the lines to keep, comments among them, and the user's other requirements."""
    lines: list[str] = []
    others: list[tuple[str, str]] = []
    notes: list[str] = []
    for text in _logical(ours):
        body = text.strip()
        if body.startswith("#"):
            notes.append(body)
            continue
        # A comment belongs to the requirement below it.
        above, notes = notes, []
        if not body:
            lines += above
        elif body not in known.before and (stays is None or body in stays):
            plain = _without_hashes(text)
            asked = parse("", plain).requirements
            instead = known.instead(asked[0] if asked else None, plain)
            if instead is None:
                lines += [*above, plain]
            elif body not in known.present:
                others.append((_NOTE.sub("", plain).strip(), instead))
    lines += notes
    wanted = [line for line in lines if line not in known.present and line not in known.before]
    return list(dict.fromkeys(wanted)), others


def _logical(text: str) -> Iterator[str]:
    """Yield a file's lines, those that go on in the next one together with it."""
    pending: list[str] = []
    for line in re.split(r"\r\n|\r|\n", text):
        pending.append(line.rstrip())
        if not pending[-1].endswith("\\") or line.lstrip().startswith("#"):
            yield "\n".join(pending)
            pending = []
    if pending:
        yield "\n".join(pending)


def _without_hashes(text: str) -> str:
    if "--hash" not in text:
        return text.strip().rstrip("\\").rstrip()
    return _HASH.sub("", on_one_line(text)).strip()


def _bytes(path: Path) -> bytes:
    return read(path) if path.is_file() else b""


def _indexed(folder: Path, path: str) -> bytes | None:
    """Return a file as the user committed it, None if they have none, or a link."""
    listed = git.run(folder, "ls-files", "--stage", "-z", "--", path).stdout.split(b"\0")[0]
    if not listed:
        return None
    mode, sha, _ = listed.partition(b"\t")[0].decode().split()
    return b"" if mode == _LINK else git.run(folder, "cat-file", "blob", sha).stdout
