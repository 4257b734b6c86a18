"""The template that a project came from: its versions and its questions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from scaffold import git, versions
from scaffold.errors import FailedError, UsageError
from scaffold.template_source import as_recorded, git_address, is_release, releases
from scaffold.versions import order

if TYPE_CHECKING:
    from pathlib import Path

    from scaffold.catalog import Catalog

_NAMES = ("copier.yml", "copier.yaml")
# A commit's name, or what `git describe` makes of it. A branch, or HEAD, is
# another commit from day to day.
_COMMIT = re.compile(r"(?:\S+-\d+-g)?[0-9a-f]{7,64}")


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
        """What git calls it.

        Raises:
            UsageError: it is of a kind that makes git start programs.
        """
        return git_address(self.source)

    @property
    def copier_source(self) -> str:
        """What copier calls it."""
        return as_recorded(self.source)

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
                raise FailedError(
                    "remote.error.broken", bundle=versions.BUNDLE, reason=error
                ) from error
        return releases(self._fetch("ls-remote", "--tags", "--refs", "--", self.address))

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
                "update.error.no-such-version",
                version=wanted,
                source=self.source,
                known=", ".join(self.versions),
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
        released = is_release(current)
        seen = {"version": current, "source": self.source, "newest": self.versions[-1]}
        if self.ours and released and order(current) > order(self.versions[-1]):
            raise UsageError("update.error.newer-than-installed", **seen)
        if current not in self.versions and (self.ours or not self._knows(current)):
            raise UsageError("update.error.unknown-version", **seen, known=", ".join(self.versions))
        if released and order(current) > order(target):
            raise UsageError("update.error.downgrade", version=current, target=target)

    def is_newer(self, version: str, current: str) -> bool:
        """Return whether a released version is newer than the one of the answers
        file, which may be any commit.
        """
        return version != current and not (is_release(current) and order(version) <= order(current))

    def catalog(self, version: str) -> Catalog | None:
        """Return the questions of one version; None for a template that asks in
        ways that scaffold does not know.
        """
        from scaffold.catalog import Catalog
        from scaffold.jinja_compiler import TemplateError

        folder = self.work / f"questions-{version}"
        folder.mkdir(exist_ok=True)
        (folder / "copier.yml").write_bytes(self._settings(version))
        catalog = Catalog(folder)
        try:
            asked = catalog.questions
        except TemplateError:
            return None
        return (
            catalog if {question.kind for question in asked.values()} <= {"str", "bool"} else None
        )

    def keys(self, version: str) -> list[str]:
        """Return the names of the questions of a template of any kind."""
        import yaml

        class Loose(yaml.SafeLoader):
            """Passes over copier's `!include`."""

        Loose.add_multi_constructor("", lambda *_: {})
        parts = yaml.load_all(self._settings(version), Loader=Loose)
        return [
            str(key)
            for part in parts
            if isinstance(part, dict)
            for key in part
            if not str(key).startswith("_")
        ]

    @cached_property
    def _clone(self) -> Path:
        """Return a repository that has all of its commits."""
        folder = self.work / "template.git"
        if not folder.is_dir():
            self._fetch(
                "clone", "--bare", "--quiet", "--template=", "--", self.address, str(folder)
            )
        return folder

    def _fetch(self, *arguments: str) -> bytes:
        """Run git with the template's address, and return what it printed.

        Raises:
            UsageError: it cannot be reached.
        """
        done = git.run(self.work, *arguments, network=True)
        if done.returncode:
            raise UsageError(
                "update.error.template-unreachable", source=self.source, output=git.message(done)
            )
        return done.stdout

    def _knows(self, version: str) -> bool:
        arguments: tuple[str, ...] = ("show-ref", "--verify", f"refs/tags/{version}")
        if _COMMIT.fullmatch(version):
            arguments = (
                "rev-parse",
                "--verify",
                "--quiet",
                "--end-of-options",
                f"{version}^{{commit}}",
            )
        return bool(self._read(*arguments, ok=(0, 1, 128)))

    def _settings(self, version: str) -> bytes:
        listed = self._read("ls-tree", "--name-only", version, *_NAMES).decode().split()
        return self._read("cat-file", "blob", f"{version}:{listed[0]}") if listed else b""

    def _read(self, *arguments: str, ok: tuple[int, ...] = (0,)) -> bytes:
        # The clone is bare, and git may be set to read such repositories
        # only where they are named.
        return git.output(self._clone, *arguments, variables={"GIT_DIR": str(self._clone)}, ok=ok)
