"""A project under rehearsal: what is known of it so far, and all that has to be cleaned up after it. POSIX only."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from scaffold.engine import environment
from scaffold.engine.guardian import guardian
from scaffold.engine.loglimits import Excess
from scaffold.engine.manifest import Manifest
from scaffold.engine.process import Process, uninterrupted
from scaffold.errors import FailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scaffold.engine.interpreter import Interpreter

# While cleaning up, nobody wants to wait for a server that has shown how it takes SIGTERM, or that is interrupted.
CLEAN_UP_TIMEOUT = 1.0


class Remark(NamedTuple):
    """Something to know about a project that is no failure."""

    kind: Literal["note", "warning"]
    text: str


@dataclass
class Rehearsal:
    """A project on its way through the steps, and all that has to be cleaned up after it.

    Args:
        directory: the user's project, which is only read.
        installer: one of `build.INSTALLERS`.
        extra: the user's own variables for the instance.
        instance: the size in MB that it has to fit, None for any.
    """

    directory: Path
    installer: str
    extra: Mapping[str, str]
    instance: int | None = None
    folder: Path | None = None
    manifest: Manifest = field(default_factory=Manifest)
    python: Interpreter | None = None
    outer: dict[str, str] = field(default_factory=lambda: environment.inherited(os.environ))
    variables: dict[str, str] = field(default_factory=dict)
    processes: list[Process] = field(default_factory=list)
    server: Process | None = None
    healthy: bool = False
    cold_start: float | None = None
    memory: float | None = None
    functions: list[str] | None = None
    excess: Excess = field(default_factory=Excess)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def source(self) -> Path:
        """The folder of the project that is built."""
        return self.directory / self.manifest.build_root

    @property
    def app(self) -> Path:
        """The copy of the project that is built and run."""
        return self._inside("app")

    @property
    def virtualenv(self) -> Path:
        """The fresh virtualenv."""
        return self._inside("venv")

    @property
    def port(self) -> int:
        """The TCP port the app has to listen on."""
        return int(self.variables["LEANCLOUD_APP_PORT"])

    @property
    def running_server(self) -> Process:
        """The server, in the steps after `start`."""
        assert self.server  # noqa: S101 - the steps come in order
        return self.server

    def make_folder(self, *, keep: bool = False) -> None:
        """Make the temporary folder that holds the copy, the virtualenv and the logs; `keep` as for `clean_up`."""
        with uninterrupted():
            self.folder = Path(tempfile.mkdtemp(prefix="scaffold-boot-"))
            if not keep:
                guardian.watch_folder(self.folder)

    def start(
        self,
        command: str | Sequence[str],
        *,
        folder: Path,
        environ: Mapping[str, str],
        heard: Callable[[str, bool], None] | None = None,
    ) -> Process:
        """Start a command that `clean_up` ends if nothing else does; `heard` as for `Process`."""
        with uninterrupted():
            process = Process(command, folder=folder, environ=environ, heard=heard)
            self.processes.append(process)
        return process

    def run(self, command: str | Sequence[str], error: str, *, folder: Path, environ: Mapping[str, str]) -> None:
        """Run a command to its end.

        Raises:
            FailedError: with key `error`, when it fails.
        """
        process = self.start(command, folder=folder, environ=environ)
        code = process.wait()
        process.kill()  # what it left in the background
        if code:
            line = command if isinstance(command, str) else " ".join(command)
            raise FailedError(error, command=line, code=code)

    def log(self, count: int) -> list[str]:
        """Return the last lines of the command that ran last."""
        return self.processes[-1].lines(count) if self.processes else []

    def clean_up(self, *, keep: bool) -> None:
        """End every process; remove the folder, or write the logs into it."""
        with uninterrupted():
            for process in self.processes:
                process.stop(CLEAN_UP_TIMEOUT)
            if self.folder and keep:
                lines = [line for process in self.processes for line in process.lines()]
                (self.folder / "boot.log").write_text("".join(f"{line}\n" for line in lines), "utf-8")
            elif self.folder:
                shutil.rmtree(self.folder, ignore_errors=True)
                guardian.forget_folder(self.folder)

    def _inside(self, name: str) -> Path:
        assert self.folder  # noqa: S101 - made before the first step
        return self.folder / name
