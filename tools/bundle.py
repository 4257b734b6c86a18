"""Read a published version out of the bundle, without git: a wheel may be
built where there is none.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING

from scaffold.versions import references

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Git's gitformat-pack: twelve bytes at the start, a checksum at the end, and
# the kinds of objects by number.
_START, _CHECKSUM = 12, 20
_KINDS = {1: b"commit", 2: b"tree", 3: b"blob"}
_HASH = 20


def _objects(bundle: Path) -> dict[str, bytes]:
    """Return what a bundle holds: contents by hash. `make release` writes no
    deltas, so none is understood.

    Raises:
        ValueError: a delta, or another thing that `make release` does not write.
    """
    pack = bundle.read_bytes().partition(b"\n\n")[2]
    rest = pack[_START:-_CHECKSUM]
    found = {}
    while rest:
        kind, length = _KINDS.get(rest[0] >> 4 & 7), 1
        while rest[length - 1] & 0x80:
            length += 1
        if kind is None:
            raise ValueError(bundle)
        reader = zlib.decompressobj()
        content = reader.decompress(rest[length:])
        rest = reader.unused_data
        named = b"%s %d\0%s" % (kind, len(content), content)
        found[hashlib.sha1(named).hexdigest()] = content  # as git names it
    return found


def _files(objects: dict[str, bytes], tree: str, folder: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield paths and contents of a tree."""
    rest = objects[tree]
    while rest:
        entry, _, rest = rest.partition(b"\0")
        mode, _, name = entry.decode().partition(" ")
        found, rest = rest[:_HASH].hex(), rest[_HASH:]
        if mode == "40000":
            yield from _files(objects, found, f"{folder}{name}/")
        else:
            yield f"{folder}{name}", objects[found]


def published(bundle: Path, version: str) -> dict[str, bytes]:
    """Return what a published version holds: contents by path.

    Args:
        bundle: written by `make release`.
        version: one of its tags.

    Raises:
        KeyError: there is no such version.
        ValueError: something else wrote the bundle.
    """
    objects = _objects(bundle)
    commit = objects[references(bundle)[f"refs/tags/{version}"]]
    return dict(_files(objects, commit.split()[1].decode()))
