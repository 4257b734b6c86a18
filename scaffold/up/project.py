"""A project under `scaffold up`: what its files ask for, read anew at each start."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffold.engine import build, manifest
from scaffold.engine import environment as engine_environment
from scaffold.errors import FailedError
from scaffold.up import environment
from scaffold.up.virtualenv import Virtualenv

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scaffold.engine.manifest import Manifest


API_SERVER = "LEANCLOUD_API_SERVER"


@dataclass(frozen=True)
class StartPlan:
    """How to start the app.

    Args:
        manifest: what leanengine.yaml says.
        source: the folder it runs in.
        virtualenv: what it runs with; perhaps not made yet.
        variables: what it finds in its environment beside the inherited variables.
        made_up_keys: keys that are made up although others are real.
    """

    manifest: Manifest
    source: Path
    virtualenv: Virtualenv
    variables: Mapping[str, str]
    made_up_keys: tuple[str, ...]

    @property
    def environ(self) -> dict[str, str]:
        """The whole environment of the app."""
        return {
            **build.activated(self.virtualenv.environ, self.virtualenv.folder),
            **self.variables,
        }

    @property
    def build_environ(self) -> dict[str, str]:
        """What install and build commands see: the app's variables only
        where leanengine.yaml asks for it.
        """
        return self.environ if self.manifest.expose_environments_on_build else self.bare_environ

    @property
    def bare_environ(self) -> dict[str, str]:
        """The environment without the app's variables."""
        return build.activated(self.virtualenv.environ, self.virtualenv.folder)


class UpProject:
    """A project, and what the user chose for this run.

    Args:
        directory: the project.
        installer: one of `build.INSTALLERS`.
        given: the user's `--env`.
    """

    def __init__(self, directory: Path, installer: str, given: Mapping[str, str]) -> None:
        self.directory = directory.resolve()
        self._installer = installer
        self._given = given
        self._outer = engine_environment.inherited(os.environ)
        self._made_up = environment.throw_away(self.directory)

    def plan(self) -> StartPlan:
        """Read the project's files and say how to start it.

        Raises:
            FailedError: leanengine.yaml or `.env` cannot be read, or the
                project is for another runtime.
        """
        read = manifest.load(self.directory)
        if read.runtime not in {None, "python"}:
            raise FailedError("boot.error.runtime", file=manifest.FILE, runtime=read.runtime)
        source = (self.directory / read.build_root).resolve()
        dotenv = environment.read_dotenv(source / environment.FILE)
        return StartPlan(
            manifest=read,
            source=source,
            virtualenv=Virtualenv(self.directory, source, read, self._installer, self._outer),
            variables=environment.variables(self._made_up, dotenv, self._given),
            made_up_keys=environment.missing_keys(dotenv, self._given),
        )

    def has_own_data(self) -> bool:
        """Say whether the project has real keys, or names the server of its data."""
        made_up = self._made_up
        variables = self.plan().variables
        return any(
            variables.get(name) != made_up.get(name) for name in ("LEANCLOUD_APP_ID", API_SERVER)
        )

    def use_data(self, url: str) -> None:
        """Let the app find its data at an address, unless it has real keys."""
        self._made_up[API_SERVER] = url

    def keep_made_up(self) -> None:
        """Let the next run, and `scaffold env`, find the made-up keys of this one."""
        environment.keep(self.directory, self._made_up)
