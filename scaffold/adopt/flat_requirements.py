"""The user's requirements with the files that they include, sorted by what becomes of each line.

A resolver builds folders, repositories and source archives to learn their dependencies, which runs
their code. So it is not given these; they stay as written.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scaffold import files
from scaffold.adopt.text_style import read_style
from scaffold.checks.project import NEW_SDK
from scaffold.requirements import Requirement, parse

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.requirements import RequirementsFile, Version

_MAX_FILES = 50
# Options that say where packages come from.
_SOURCES = re.compile(
    r"(?:^|\s)(?:-i|--(?:extra-)?index-url|--pypi-url|-f|--find-links|--no-index)\b"
)
_TRUSTED = re.compile(r"--trusted-host[\s=]+(\S+)")
_OFFICIAL_SDK = re.compile(r"github\.com[/:]leancloud/(?:leancloud-)?python-sdk\b", re.IGNORECASE)


@dataclass
class Flat:
    """Requirements in one list.

    Attributes:
        requirements: what is installed, of all files.
        constraints: lines that only limit versions.
        options: lines with options for the whole installation, without doubles.
        missing: files that are included and not among the project's.
    """

    requirements: list[Requirement] = field(default_factory=list)
    constraints: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def has_hashes(self) -> bool:
        """Whether checksums are demanded: then every package needs one."""
        asked = any("--require-hashes" in line for line in self.options)
        return asked or any(line.hashes for line in self.requirements)

    @property
    def has_own_sources(self) -> bool:
        """Whether packages come from another index or folder than the usual one."""
        return any(_SOURCES.search(line) for line in self.options)

    @property
    def trusted_hosts(self) -> list[str]:
        """The hosts that are trusted without a certificate."""
        return [host for line in self.options for host in _TRUSTED.findall(line)]

    def unbuilt(self) -> list[Requirement]:
        """Return what a resolver would have to build: it stays as it is written."""
        return [line for line in self.requirements if line.url and not _is_wheel(line.url)]

    def elsewhere(self, python: Version) -> list[Requirement]:
        """Return what its marker leaves out on the platform: it stays for whoever it is for."""
        return [line for line in self.requirements if line.applies(python) is False]

    def for_resolver(self, python: Version) -> str:
        """Return what a resolver is asked, as the text of a requirements file."""
        kept = {id(line) for line in (*self.unbuilt(), *self.elsewhere(python))}
        asked = [line.source for line in self.requirements if id(line) not in kept]
        asked += [_of_index(line) for line in self.unbuilt() if _is_official(line)]
        return "\n".join([*self.options, *asked]) + "\n"


def _is_wheel(url: str) -> bool:
    return url.partition("#")[0].lower().endswith(".whl")


def _is_official(line: Requirement) -> bool:
    """Return whether a line installs the SDK from its official repository; the index has it too."""
    return line.name == NEW_SDK and _OFFICIAL_SDK.search(line.url) is not None


def _of_index(line: Requirement) -> str:
    version = line.lowest
    return f"{NEW_SDK}=={'.'.join(map(str, version))}" if version else f"{NEW_SDK}>=2.9.12,<4"


def flatten(folder: Path, file: str, text: str) -> Flat:
    """Return requirements in one list, with those of the files that they include.

    Args:
        folder: the project.
        file: the path of the file that the text is, or is to be.
        text: the requirements.
    """
    flat = Flat()
    waiting = [(file, parse(file, text))]
    seen = {file}
    while waiting:
        file, found = waiting.pop(0)
        _take(flat, file, found)
        for include in found.includes:
            path = include.resolved
            if path and path in seen:
                continue
            seen.add(path)
            read = _read(folder, path) if path and len(seen) <= _MAX_FILES else None
            if read is None:
                flat.missing.append(include.path)
            else:
                waiting.append((path, parse(path, read, is_constraint=include.is_constraint)))
    flat.options[:] = dict.fromkeys(flat.options)
    return flat


def _take(flat: Flat, file: str, found: RequirementsFile) -> None:
    for line in found.requirements:
        if line.is_constraint:
            flat.constraints.append(line.source)
        else:
            flat.requirements.append(line)
    for option in found.options:
        flat.options.append(_from_root(option.source, option.folders, posixpath.dirname(file)))


def _from_root(source: str, folders: tuple[str, ...], base: str) -> str:
    """Return an option as it has to be written in the root: its folders begin where its file is."""
    for folder in folders if base else ():
        if not folder.startswith("/"):
            source = source.replace(folder, posixpath.join(base, folder))
    return source


def _read(folder: Path, path: str) -> str | None:
    """Return the text of a file inside the project, None where there is none."""
    try:
        return read_style(files.read(folder / path, root=folder))[0]
    except OSError:
        return None


def local_files(folder: Path, flat: Flat) -> list[str]:
    """Return the files and folders of the project that the requirements install from."""
    paths = [line.local_path for line in flat.requirements]
    paths += [
        found
        for source in flat.options
        for option in parse("", source).options
        for found in option.folders
    ]
    inside = (
        posixpath.normpath(path) for path in paths if path and not path.startswith(("/", "~"))
    )
    return sorted(
        {path for path in inside if not path.startswith("..") and (folder / path).exists()}
    )


def minor(python: str) -> Version:
    """Return major and minor version: `3.11.7` is (3, 11)."""
    return tuple(int(part) for part in python.split("."))[:2]
