"""A project under rehearsal: what is known of it so far, and all that has to be
cleaned up after it. POSIX only.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from scaffold import temporary
from scaffold.engine import environment
from scaffold.engine.cause import project_paths
from scaffold.engine.guardian import guardian
from scaffold.engine.loglimits import Excess
from scaffold.engine.manifest import Manifest
from scaffold.engine.process import Process, uninterrupted
from scaffold.errors import FailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scaffold.engine.images import Builder, Image
    from scaffold.engine.interpreter import Interpreter
    from scaffold.hosts import Host
    from scaffold.temporary import Temporary

# While cleaning up, nobody wants to wait for a server that has shown how it takes
# SIGTERM, or that is interrupted.
CLEAN_UP_TIMEOUT = 1.0


class Remark(NamedTuple):
    """Something to know about a project that is no failure."""

    kind: Literal["note", "warning"]
    text: str


@dataclass
class BootRun:
    """A project on its way through the steps, and all that has to be cleaned up after it.

    Attributes:
        directory: the user's project, which is only read.
        installer: one of `build.INSTALLERS`.
        extra: the user's own variables for the instance.
        instance: the size in MB that it has to fit, None for any.
        host: the host that is rehearsed, None for the platform.
    """

    directory: Path
    installer: str
    extra: Mapping[str, str]
    instance: int | None = None
    host: Host | None = None
    folder: Path | None = None
    _temporary: Temporary | None = None
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
    in_container: bool = False
    build_arguments: tuple[str, ...] = ()
    builder: Builder | None = None
    tag: str = ""
    image: Image | None = None
    undo: list[Callable[[], None]] = field(default_factory=list)

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
        return int(self.variables["PORT" if self.host else "LEANCLOUD_APP_PORT"])

    @property
    def start_timeout(self) -> int:
        """Seconds from the start in which it has to be healthy."""
        return self.host.start_timeout if self.host else self.manifest.startup_timeout

    @property
    def running_server(self) -> Process:
        """The server, in the steps after `start`."""
        assert self.server
        return self.server

    @property
    def running_builder(self) -> Builder:
        """What builds the image, in the steps after `builder`."""
        assert self.builder
        return self.builder

    @property
    def built_image(self) -> Image:
        """The image, in the steps after `image`."""
        assert self.image
        return self.image

    def make_folder(self, *, keep: bool = False) -> None:
        """Make the temporary folder that holds the copy, the virtualenv and the
        logs; `keep` as for `clean_up`.
        """
        with uninterrupted():
            if keep:
                self.folder = Path(tempfile.mkdtemp(prefix="scaffold-boot-"))
                return
            self._temporary = temporary.make("boot")
            self.folder = self._temporary.path
            guardian.watch_folder(self.folder)

    def start(
        self,
        command: str | Sequence[str],
        *,
        folder: Path,
        environ: Mapping[str, str],
        on_line: Callable[[str, bool], None] | None = None,
    ) -> Process:
        """Start a command that `clean_up` ends if nothing else does; `on_line` as for `Process`."""
        with uninterrupted():
            process = Process(command, folder=folder, environ=environ, on_line=on_line)
            self.processes.append(process)
        return process

    def run(
        self, command: str | Sequence[str], error: str, *, folder: Path, environ: Mapping[str, str]
    ) -> None:
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
        """Return the last lines of the command that ran last, with the project's own paths."""
        if not self.processes:
            return []
        return project_paths(self.processes[-1].lines(count), self.app, self.virtualenv)

    def clean_up(self, *, keep: bool) -> None:
        """End every process; remove the folder, or write the logs into it."""
        with uninterrupted():
            for process in self.processes:
                process.stop(CLEAN_UP_TIMEOUT)
            for undo in reversed(self.undo):
                undo()
            if self.folder and keep:
                lines = [line for process in self.processes for line in process.lines()]
                (self.folder / "boot.log").write_text(
                    "".join(f"{line}\n" for line in lines), "utf-8"
                )
            elif self._temporary:
                self._temporary.remove()
                guardian.forget_folder(self._temporary.path)

    def _inside(self, name: str) -> Path:
        assert self.folder
        return self.folder / name
