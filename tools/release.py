"""Publish the present templates as a version: `make release VERSION=x.y.z`.

Adds one commit and one tag to releases/starters.bundle. What a version holds is what copier
reads: copier.yml, the licence, and each starter with the files that it links to in the place
of the links, as Windows may not have those. The same versions give the same commits
everywhere, and with one release of git the same bytes: dates and names are fixed, and nothing
is left to git's choice of deltas.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from scaffold.template_compiler import PROJECT_FOLDER, files_of
from scaffold.versions import order, references
from tools.bundle import published
from tools.written import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BUNDLE = ROOT / "releases" / "starters.bundle"
# The day of the first release, in seconds; each release is one day later,
# so that they have an order.
FIRST_DAY = 1_795_132_800
DAY = 86_400
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
# No deltas and one thread: what git makes of the same objects does not depend on the machine.
_PACKING = (
    "-c",
    "pack.threads=1",
    "-c",
    "pack.depth=0",
    "-c",
    "pack.window=0",
    "-c",
    "core.compression=9",
    "-c",
    "pack.writeBitmaps=false",
)


class ReleaseError(Exception):
    """Why the templates cannot be published under a version."""


def _git(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    """Run git as on a machine without settings, in a repository of our own,
    and return what it prints.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    alone = {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_DEFAULT_HASH": "sha1",
        "LC_ALL": "C",
    }
    command = ["git", *_PACKING, *arguments]
    done = subprocess.run(
        command, cwd=folder, env={**kept, **alone}, input=given, capture_output=True, check=False
    )
    if done.returncode:
        raise ReleaseError(f"{' '.join(command)}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def templates(root: Path) -> dict[str, bytes]:
    """Return what a version holds: contents by path.

    Args:
        root: the folder of copier.yml.
    """
    files = {name: (root / name).read_bytes() for name in ("LICENSE", "copier.yml")}
    for folder in sorted(root.glob(f"templates/*/{PROJECT_FOLDER}")):
        for path in files_of(folder):
            files[path.relative_to(root).as_posix()] = path.read_bytes()
    return files


def _unpack(bundle: Path, folder: Path) -> Path:
    """Return a repository of what a bundle holds, empty if there is none yet."""
    _git(folder, "init", "--quiet", "--bare", "--initial-branch=main")
    if bundle.exists():
        _git(folder, "fetch", "--quiet", str(bundle.resolve()), "refs/*:refs/*")
    return folder


def _commit(files: Mapping[str, bytes], version: str, number: int) -> Iterator[bytes]:
    """Yield a commit and a tag in the language of git fast-import."""
    message = f"Release {version}".encode()
    yield b"commit refs/heads/main\nmark :1\n"
    yield b"committer scaffold <scaffold@invalid> %d +0000\n" % (FIRST_DAY + number * DAY)
    yield b"data %d\n%s\n" % (len(message), message)
    if number:
        yield b"from refs/heads/main^0\n"
    yield b"deleteall\n"
    for path, content in sorted(files.items()):
        # All of one mode: not every file system knows another, and nothing is run from there.
        yield b'M 100644 inline "%s"\n' % path.replace("\\", "\\\\").replace('"', '\\"').encode()
        yield b"data %d\n%s\n" % (len(content), content)
    yield b"reset refs/tags/%s\nfrom :1\n\n" % version.encode()


def release(root: Path, bundle: Path, version: str) -> None:
    """Publish the templates of a folder.

    Args:
        root: the folder of copier.yml.
        bundle: the file to add to; it is made if it is not there.
        version: x.y.z, greater than all that are published.

    Raises:
        ReleaseError: the version will not do, or nothing has changed since the last one.
    """
    if not _VERSION.fullmatch(version):
        raise ReleaseError(f"{version or 'nothing'} is not a version of the form x.y.z")
    tags = (
        [name.removeprefix("refs/tags/") for name in references(bundle)] if bundle.exists() else []
    )
    earlier = sorted(filter(_VERSION.fullmatch, tags), key=order)
    if version in earlier:
        raise ReleaseError(f"{version} is published; what is published never changes")
    if earlier and order(version) < order(earlier[-1]):
        raise ReleaseError(f"{version} is older than {earlier[-1]}, which is published")
    printed = (
        yaml.safe_load((root / "copier.yml").read_text("utf-8"))
        .get("template_version", {})
        .get("default")
    )
    if printed != version:
        raise ReleaseError(f"copier.yml says template_version {printed}: make it {version}")
    files = templates(root)
    if earlier and _unversioned(files) == _unversioned(published(bundle, earlier[-1])):
        raise ReleaseError(f"nothing has changed since {earlier[-1]}")
    with tempfile.TemporaryDirectory() as folder:
        repository = _unpack(bundle, Path(folder))
        _git(
            repository,
            "fast-import",
            "--quiet",
            "--depth=0",
            given=b"".join(_commit(files, version, len(earlier))),
        )
        names = ("HEAD", "refs/heads/main", *(f"refs/tags/{tag}" for tag in (*earlier, version)))
        made = repository / "starters.bundle"
        _git(repository, "bundle", "create", "--version=2", "--quiet", str(made), *names)
        bundle.parent.mkdir(parents=True, exist_ok=True)
        part = bundle.with_name(f".{bundle.name}.part")
        part.write_bytes(made.read_bytes())
        part.replace(bundle)


def _unversioned(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what a version holds but for its number."""
    return {**files, "copier.yml": re.sub(rb"(?m)^template_version: .*$", b"", files["copier.yml"])}


def unpublished(root: Path, bundle: Path) -> list[str]:
    """Return the files of a template that differ from its newest published version, sorted."""
    tags = [name.removeprefix("refs/tags/") for name in references(bundle)]
    newest = published(bundle, max(filter(_VERSION.fullmatch, tags), key=order))
    present = templates(root)
    return sorted(
        path for path in newest.keys() | present.keys() if newest.get(path) != present.get(path)
    )


def main(arguments: list[str]) -> int:
    """Publish the version that is the one argument; return the exit code."""
    try:
        release(ROOT, BUNDLE, "".join(arguments))
    except ReleaseError as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    print(
        f"{BUNDLE.relative_to(ROOT)}: {BUNDLE.stat().st_size} bytes, newest "
        f"{''.join(arguments)}; make pages, commit"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
