"""The project's own virtualenv: `.venv`, made as the platform would, and made anew
when what it is made of changes.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold import files, parsing, requirements, walking
from scaffold.engine import build, interpreter
from scaffold.engine.manifest import Command, Require
from scaffold.errors import FailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from scaffold.engine.interpreter import Interpreter
    from scaffold.engine.manifest import Manifest

FOLDER = ".venv"
STAMP = "scaffold.json"


@dataclass(frozen=True)
class Virtualenv:
    """The virtualenv of a project.

    Args:
        directory: the project; the virtualenv is its folder `.venv`.
        source: the folder that is built, `directory` unless leanengine.yaml has a `buildRoot`.
        manifest: what leanengine.yaml says.
        installer: one of `build.INSTALLERS`.
        environ: the environment of the installer.
    """

    directory: Path
    source: Path
    manifest: Manifest
    installer: str
    environ: Mapping[str, str]

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self.directory / FOLDER

    def is_current(self) -> bool:
        """Tell whether the virtualenv is there and was made of what the project asks for now."""
        return (
            self._stamp().get("fingerprint") == self.fingerprint()
            and (self.folder / "bin" / "python").exists()
        )

    def fingerprint(self) -> str:
        """Return a digest of all that decides what is installed, but the package index."""
        digest = hashlib.sha256()
        digest.update(repr((self.installer, self.manifest.install)).encode())
        if self.installer == "uv":
            digest.update(str(interpreter.uv_binary()).encode())  # `.venv/bin/pip` calls it
        for path in sorted(self._files()):
            digest.update(f"\0{path.relative_to(self.source)}\0".encode())
            digest.update(files.read(path))
        return digest.hexdigest()

    def make(self, run: Callable[[str | list[str], str, Mapping[str, str]], None]) -> None:
        """Make the virtualenv and install what the project needs.

        One that `scaffold up` made is made from scratch: packages that requirements.txt forgets
        must be missing here too. One that somebody else made is theirs, and only installed into.

        Args:
            run: runs a command, which may be a line for the shell; raises the
                error that is named when it fails.

        Raises:
            FailedError: there is no such interpreter, the folder is not
                ours to use, or a command failed.
        """
        python = interpreter.find(interpreter.requested(self.source), self.environ)
        fingerprint = self.fingerprint()
        ours = self._make_folder(python, run)
        inside = build.activated(self.environ, self.folder)
        for line in self._install_commands():
            run(line, "boot.error.install-failed", inside)
        stamp = {"fingerprint": fingerprint, "ours": ours}
        (self.folder / STAMP).write_text(json.dumps(stamp), "utf-8")

    def _make_folder(
        self, python: Interpreter, run: Callable[[str | list[str], str, Mapping[str, str]], None]
    ) -> bool:
        """Return whether the virtualenv is ours."""
        if self.folder.exists() or self.folder.is_symlink():
            if not self._stamp().get("ours"):
                self._check_foreign(python)
                return False
            shutil.rmtree(self.folder)
        run(
            build.virtualenv_command(python.path, self.folder, self.installer),
            "boot.error.virtualenv-failed",
            self.environ,
        )
        # From here on it is ours to remove, even if the installation fails.
        (self.folder / STAMP).write_text(json.dumps({"ours": True}), "utf-8")
        if self.installer == "uv":
            build.put_pip_shim(self.folder)
        return True

    def _check_foreign(self, python: Interpreter) -> None:
        """Check that a virtualenv of somebody else's is one, of the right Python."""
        try:
            settings = files.decode(files.read(self.folder / walking.VIRTUALENV_MARK))
        except OSError as error:
            raise FailedError("up.error.not-a-virtualenv", folder=self.folder) from error
        found = re.search(r"^version(?:_info)?\s*=\s*(\d+)\.(\d+)", settings, re.MULTILINE)
        if found and (int(found[1]), int(found[2])) != python.version[:2]:
            raise FailedError(
                "up.error.other-python",
                folder=self.folder,
                found=f"{found[1]}.{found[2]}",
                wanted=python.dotted,
            )
        if not (self.folder / "bin" / "pip").exists():
            build.put_pip_shim(self.folder)

    def _stamp(self) -> dict[str, object]:
        try:
            stamp = parsing.load_json(files.read(self.folder / STAMP))
        except (OSError, parsing.ParseError):
            return {}
        return stamp if isinstance(stamp, dict) else {}

    def _install_commands(self) -> Iterator[str]:
        """Yield the shell lines of `install`. What `require` names is there
        already: nothing is copied here.
        """
        for step in self.manifest.install:
            if isinstance(step, Command):
                yield step.line
            elif not isinstance(step, Require):
                yield build.DEFAULT_INSTALL

    def _files(self) -> set[Path]:
        """Return the files that the installation reads: lists of dependencies,
        those they include, required ones.
        """
        found: set[Path] = set()
        waiting = [self.source / name for name in build.DEPENDENCY_LISTS]
        for step in self.manifest.install:
            if isinstance(step, Command):
                waiting += [
                    self.source / include.path for include in requirements.included_by(step.line)
                ]
            elif isinstance(step, Require):
                waiting += [self.source / name for name in step.files]
        while waiting:
            path = waiting.pop().resolve()
            if path in found or not path.is_relative_to(self.source):
                continue
            if path.is_dir():
                waiting += path.iterdir()
            elif path.is_file():
                found.add(path)
                if path.suffix in {".txt", ".in"}:
                    waiting += self._named_in(path)
        return found

    def _named_in(self, path: Path) -> Iterator[Path]:
        """Yield the files that a requirements file names."""
        listed = requirements.parse(path.name, files.decode(files.read(path)))
        for include in listed.includes:
            yield path.parent / include.path
        for line in listed.requirements:
            if line.local_path:
                yield self.source / line.local_path
