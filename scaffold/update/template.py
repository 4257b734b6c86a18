"""The template that a project came from: its versions and its questions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import versions
from scaffold.errors import FailedError, UsageError
from scaffold.update.repository import git

if TYPE_CHECKING:
    from scaffold.starters import Catalog

_SHORT = {"gh:": "https://github.com/", "gl:": "https://gitlab.com/"}
_RELEASE = re.compile(r"v?\d+(\.\d+)*")
_NAMES = ("copier.yml", "copier.yaml")


def order(version: str) -> tuple[int, ...]:
    """Return what versions such as `2.0.0` or `v2.1` are sorted by."""
    return tuple(map(int, version.removeprefix("v").split(".")))


@dataclass(frozen=True)
class Template:
    """Where a project came from.

    Args:
        source: the address in its answers file.
        work: a folder for what has to be fetched.
    """

    source: str
    work: Path

    @property
    def ours(self) -> bool:
        """Whether it is the one that comes with scaffold."""
        return self.source == versions.SOURCE

    @cached_property
    def address(self) -> str:
        """What git calls it."""
        if self.ours:
            return str(versions.BUNDLE)
        for short, whole in _SHORT.items():
            if self.source.startswith(short):
                return whole + self.source.removeprefix(short).lstrip("/")
        address = self.source.removeprefix("git+")
        local = Path(address).expanduser()
        return str(local.absolute()) if local.exists() else address

    @cached_property
    def versions(self) -> list[str]:
        """Its released versions, the oldest first.

        Raises:
            UsageError: it cannot be reached.
        """
        if self.ours:
            try:
                return versions.published()
            except (OSError, ValueError) as error:
                raise FailedError("remote.error.broken", bundle=versions.BUNDLE, reason=error) from error
        try:
            listed = git(self.work, "ls-remote", "--tags", "--refs", "--", self.address).decode("utf-8", "replace")
        except FailedError as error:
            raise UsageError(
                "update.error.template-unreachable", source=self.source, said=error.params["said"]
            ) from error
        tags = re.findall(r"refs/tags/(\S+)$", listed, re.MULTILINE)
        return sorted(filter(_RELEASE.fullmatch, tags), key=order)

    def target(self, wanted: str | None) -> str:
        """Return the version to go to: the wanted one, else the newest.

        Raises:
            UsageError: it is not among the released ones, or there is none.
        """
        if not self.versions:
            raise UsageError("update.error.no-versions", source=self.source)
        if wanted is None:
            return self.versions[-1]
        if wanted not in self.versions:
            raise UsageError(
                "update.error.no-such-version", version=wanted, source=self.source, known=", ".join(self.versions)
            )
        return wanted

    def check_from(self, current: str, target: str) -> None:
        """Refuse a step that cannot be made.

        Args:
            current: the version in the answers file.
            target: the one to go to.

        Raises:
            UsageError: `current` is unknown, newer than what is installed, or newer than `target`.
        """
        released = bool(_RELEASE.fullmatch(current))
        seen = {"version": current, "source": self.source, "newest": self.versions[-1]}
        if self.ours and released and order(current) > order(self.versions[-1]):
            raise UsageError("update.error.newer-than-installed", **seen)
        if current not in self.versions and (self.ours or not self._knows(current)):
            raise UsageError("update.error.unknown-version", **seen, known=", ".join(self.versions))
        if released and order(current) > order(target):
            raise UsageError("update.error.downgrade", version=current, target=target)

    def is_newer(self, version: str, current: str) -> bool:
        """Return whether a released version is newer than the one of the answers file, which may be any commit."""
        return version != current and not (_RELEASE.fullmatch(current) and order(version) <= order(current))

    def catalog(self, version: str) -> Catalog | None:
        """Return the questions of one version; None for a template that asks in ways that scaffold does not know."""
        from scaffold.compiler import TemplateError  # noqa: PLC0415 - not needed for --check
        from scaffold.starters import Catalog  # noqa: PLC0415 - as above

        folder = self.work / f"questions-{version}"
        folder.mkdir(exist_ok=True)
        (folder / "copier.yml").write_bytes(self._settings(version))
        catalog = Catalog(folder)
        try:
            asked = catalog.questions
        except TemplateError:
            return None
        return catalog if {question.kind for question in asked.values()} <= {"str", "bool"} else None

    def keys(self, version: str) -> list[str]:
        """Return the names of the questions of a template of any kind."""
        import yaml  # noqa: PLC0415 - slow, and seldom needed

        class Loose(yaml.SafeLoader):
            """Passes over copier's `!include`."""

        Loose.add_multi_constructor("", lambda *_: {})
        parts = yaml.load_all(self._settings(version), Loader=Loose)
        return [str(key) for part in parts if isinstance(part, dict) for key in part if not str(key).startswith("_")]

    @cached_property
    def _clone(self) -> Path:
        """Return a repository that has all of its commits."""
        folder = self.work / "template.git"
        if not folder.is_dir():
            try:
                git(self.work, "clone", "--bare", "--quiet", "--", self.address, str(folder))
            except FailedError as error:
                raise UsageError(
                    "update.error.template-unreachable", source=self.source, said=error.params["said"]
                ) from error
        return folder

    def _knows(self, commit: str) -> bool:
        arguments = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}")
        return bool(git(self._clone, *arguments, ok=(0, 1, 128)))

    def _settings(self, version: str) -> bytes:
        listed = git(self._clone, "ls-tree", "--name-only", version, *_NAMES).decode().split()
        return git(self._clone, "cat-file", "blob", f"{version}:{listed[0]}") if listed else b""
